/*
 * Memory for pool_alloc and for copies: a reserved stretch of shared memory. The caller alone keeps the
 * books, in its private memory, out of its workers' reach. Small blocks come in powers of two, which are
 * never cut up again; large ones take whole pages, from the first room that is large enough, and neighbouring
 * room becomes one again (first fit; Knuth, The Art of Computer Programming 1, 2.5): all of the stretch can
 * be handed out.
 */
#ifndef PVT_POOL_HEAP_H
#define PVT_POOL_HEAP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAP_CLASSES = 20, HEAP_DIRTY_MAX = 1 << (HEAP_CLASSES - 1) };

struct heap {
	unsigned char *base;
	size_t bytes;
	uint32_t *kind_of; /* of the block that begins in a page: its class, or its pages */
	/* What nobody has, by place; no two are neighbours. */
	struct room {
		struct extent {
			size_t offset, bytes;
		} * extent;
		size_t count, capacity;
	} room;
	struct stack {
		size_t *offset;
		size_t count, capacity;
	} free[HEAP_CLASSES];
	pthread_mutex_t lock;
};

/* Reserves `bytes` of address space, or what can be had of it. 0 or -errno. */
int heap_open(struct heap *heap, size_t bytes);
void heap_close(struct heap *heap);
/* Of a forked child: the memory alone, for the books may have been forked while another thread wrote them. */
void heap_let_go(struct heap *heap);

/* 64-byte aligned; NULL: none left. Blocks of more than HEAP_DIRTY_MAX bytes are zero. */
void *heap_take(struct heap *heap, size_t bytes);
void heap_give(struct heap *heap, void *block);
/* Does [memory, memory + bytes) lie within? */
bool heap_has(const struct heap *heap, const void *memory, size_t bytes);

#endif
