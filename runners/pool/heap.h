/*
 * Memory for pool_alloc and for copies: a reserved stretch of shared memory, handed out in powers of two by
 * the caller, which alone keeps the books: in its private memory, out of its workers' reach.
 */
#ifndef PVT_POOL_HEAP_H
#define PVT_POOL_HEAP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAP_CLASSES = 48, HEAP_DIRTY_MAX = 1 << 19 };

struct heap {
	unsigned char *base;
	size_t bytes, used;
	unsigned char *class_of; /* of the block that begins in a page */
	struct stack {
		size_t *offset;
		size_t count, capacity;
	} free[HEAP_CLASSES];
	pthread_mutex_t lock;
};

/* Reserves `bytes` of address space, or what can be had of it. 0 or -errno. */
int heap_open(struct heap *heap, size_t bytes);
void heap_close(struct heap *heap);

/* 64-byte aligned; NULL: none left. Blocks of more than HEAP_DIRTY_MAX bytes are zero. */
void *heap_take(struct heap *heap, size_t bytes);
void heap_give(struct heap *heap, void *block);
/* Does [memory, memory + bytes) lie within? */
bool heap_has(const struct heap *heap, const void *memory, size_t bytes);

#endif
