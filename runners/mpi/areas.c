#include "runners/mpi/areas.h"
#include "runners/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static size_t total(const struct areas *a)
{
	size_t bytes = 0;
	for (int i = 0; i < AREAS_KEPT; i++)
		bytes += a->kept[i].arena.bytes;
	return bytes;
}

/* The place that has not been used for the longest time; an empty one first. */
static int oldest(const struct areas *a, bool empty)
{
	int found = -1;
	for (int i = 0; i < AREAS_KEPT; i++)
		if ((empty || a->kept[i].arena.bytes) && (found < 0 || a->kept[i].used < a->kept[found].used))
			found = i;
	return found;
}

static void drop(struct areas *a, int i)
{
	arena_destroy(&a->kept[i].arena);
	a->kept[i].id = a->kept[i].used = 0;
}

static int make(struct areas *a, uint64_t id, size_t bytes)
{
	for (int i; total(a) && total(a) + bytes > AREAS_BYTES; drop(a, i))
		i = oldest(a, false);
	int place = oldest(a, true);
	if (a->kept[place].arena.bytes)
		drop(a, place);
	int error = arena_create(&a->kept[place].arena, "pvt-area", bytes);
	a->kept[place].id = id;
	return error ? error : place;
}

int areas_get(struct areas *a, uint64_t id, size_t bytes, struct arena *arena, bool *filled)
{
	int place = 0;
	while (place < AREAS_KEPT && (a->kept[place].id != id || a->kept[place].arena.bytes != bytes))
		place++;
	*filled = place < AREAS_KEPT;
	if (!*filled)
		place = make(a, id, bytes);
	if (place < 0)
		return place;
	a->kept[place].used = ++a->clock;
	*arena = a->kept[place].arena;
	return 0;
}

void areas_free(struct areas *a)
{
	for (int i = 0; i < AREAS_KEPT; i++)
		if (a->kept[i].arena.bytes)
			drop(a, i);
}

int areas_of_process(int pid, int fd, struct arena *arena)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
	*arena = ARENA_NONE;
	if (!procfs_is_own())
		return -ENOTSUP;
	int own = open(path, O_RDWR | O_CLOEXEC);
	if (own < 0)
		return -errno;
	int error = arena_adopt(arena, own);
	if (error)
		arena_destroy(arena);
	return error;
}
