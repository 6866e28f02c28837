/*
 * Memory shared between workers: a memfd, mapped. Threads use the very same mapping as processes do, so
 * that both sides pay for the same kind of page. A page that nobody may touch lies on either side of it: who
 * writes past its end dies there, instead of writing into something else.
 */
#ifndef PVT_ARENA_H
#define PVT_ARENA_H

#include <stddef.h>

struct arena {
	int fd;     /* close-on-exec; -1: no arena */
	void *base; /* page-aligned; NULL when bytes is 0 */
	size_t bytes;
};

#define ARENA_NONE ((struct arena){.fd = -1})

/* A zeroed arena of `bytes` (0 gives ARENA_NONE). 0 or -errno. The caller owns it. */
int arena_create(struct arena *arena, const char *name, size_t bytes);

/* Maps an arena received from another process as `fd`, which it takes over. 0 or -errno. */
int arena_adopt(struct arena *arena, int fd);

/*
 * Maps all pages into this process now, so that a process does not pay in its timed region for page
 * faults that threads, sharing one page table, do not have. 0 or -errno.
 */
int arena_populate(const struct arena *arena);

/* Takes the arena out of this process's address space; its contents stay. No pointer into it holds. */
void arena_park(struct arena *arena);

/* Maps a parked arena again, wherever it fits, with all its pages; fine on one that is mapped. 0 or -errno.
 */
int arena_unpark(struct arena *arena);

/*
 * How many bytes somebody wrote between the end of the arena and the end of its last page, where no guard
 * page can stop it; 0 if none.
 */
size_t arena_overrun(const struct arena *arena);

/* Unmaps and closes; fine on ARENA_NONE and on one already destroyed. */
void arena_destroy(struct arena *arena);

#endif
