/* Shared memory by memfd: it has no name in the file system, so nothing of it outlives its processes. */
#include "runners/arena.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

static int arena_map(struct arena *arena)
{
	void *base = mmap(NULL, arena->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, arena->fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	arena->base = base;
	return 0;
}

int arena_create(struct arena *arena, const char *name, size_t bytes)
{
	*arena = ARENA_NONE;
	if (bytes == 0)
		return 0;
	arena->bytes = bytes;
	arena->fd = memfd_create(name, MFD_CLOEXEC);
	int error = arena->fd < 0 ? -errno : 0;
	if (!error && ftruncate(arena->fd, (off_t)bytes) != 0)
		error = -errno;
	if (!error)
		error = arena_map(arena);
	if (error)
		arena_destroy(arena);
	return error;
}

int arena_adopt(struct arena *arena, int fd)
{
	struct stat st;
	*arena = (struct arena){.fd = fd};
	if (fstat(fd, &st) != 0)
		return -errno;
	arena->bytes = (size_t)st.st_size;
	return arena_map(arena);
}

int arena_populate(const struct arena *arena)
{
	if (!arena->base || madvise(arena->base, arena->bytes, MADV_POPULATE_WRITE) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	/* An older kernel: touch each page by hand. Reading is enough for a page that exists. */
	const volatile unsigned char *byte = arena->base;
	for (size_t i = 0; i < arena->bytes; i += 4096)
		(void)byte[i];
	return 0;
}

void arena_destroy(struct arena *arena)
{
	if (arena->base)
		munmap(arena->base, arena->bytes);
	if (arena->fd >= 0)
		close(arena->fd);
	*arena = ARENA_NONE;
}
