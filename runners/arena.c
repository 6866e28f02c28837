/* Shared memory by memfd: it has no name in the file system, so nothing of it outlives its processes. */
#include "runners/arena.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t whole_pages(size_t bytes)
{
	return (bytes + page_bytes() - 1) / page_bytes() * page_bytes();
}

/* Room for the arena and a guard page on either side, then the arena in the middle of it. */
static int arena_map(struct arena *arena)
{
	size_t guard = page_bytes(), room = whole_pages(arena->bytes) + 2 * guard;
	char *base = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return -errno;
	if (mmap(base + guard, arena->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, arena->fd, 0) ==
	    MAP_FAILED) {
		int error = -errno;
		munmap(base, room);
		return error;
	}
	arena->base = base + guard;
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

size_t arena_overrun(const struct arena *arena)
{
	const unsigned char *byte = arena->base;
	size_t written = 0;
	for (size_t i = arena->bytes; byte && i < whole_pages(arena->bytes); i++)
		written += byte[i] != 0;
	return written;
}

void arena_park(struct arena *arena)
{
	size_t guard = page_bytes();
	if (arena->base)
		munmap((char *)arena->base - guard, whole_pages(arena->bytes) + 2 * guard);
	arena->base = NULL;
}

int arena_unpark(struct arena *arena)
{
	int error = arena->base || arena->fd < 0 ? 0 : arena_map(arena);
	return error ? error : arena_populate(arena);
}

void arena_destroy(struct arena *arena)
{
	arena_park(arena);
	if (arena->fd >= 0)
		close(arena->fd);
	*arena = ARENA_NONE;
}
