#include "runners/pool/heap.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { CLASS_MIN = 8, PAGE_BITS = 12, RETURN_CLASS = 20 };

int heap_open(struct heap *heap, size_t bytes)
{
	*heap = (struct heap){0};
	pthread_mutex_init(&heap->lock, NULL);
	bytes = (bytes >> PAGE_BITS) << PAGE_BITS;
	for (;; bytes /= 2) {
		void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (base != MAP_FAILED) {
			heap->base = base;
			break;
		}
		if (bytes < (64u << 20))
			return -errno;
	}
	void *table = mmap(NULL, bytes >> PAGE_BITS, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (table == MAP_FAILED)
		return munmap(heap->base, bytes), -ENOMEM;
	heap->bytes = bytes;
	heap->class_of = table;
	return 0;
}

void heap_close(struct heap *heap)
{
	if (heap->base) {
		munmap(heap->base, heap->bytes);
		munmap(heap->class_of, heap->bytes >> PAGE_BITS);
	}
	for (int i = 0; i < HEAP_CLASSES; i++)
		free(heap->free[i].offset);
	pthread_mutex_destroy(&heap->lock);
	*heap = (struct heap){0};
}

static bool push(struct stack *stack, size_t offset)
{
	if (stack->count == stack->capacity) {
		size_t capacity = stack->capacity ? 2 * stack->capacity : 16;
		size_t *more = realloc(stack->offset, capacity * sizeof *more);
		if (!more)
			return false; /* the block is lost until the heap is closed */
		stack->offset = more;
		stack->capacity = capacity;
	}
	stack->offset[stack->count++] = offset;
	return true;
}

static int class_for(size_t bytes)
{
	int class = CLASS_MIN;
	while (class < HEAP_CLASSES && ((size_t)1 << class) < bytes)
		class ++;
	return class;
}

/* From the untouched end; a page of small blocks is cut up at once. */
static bool grow(struct heap *heap, int class, size_t *offset)
{
	size_t bytes = (size_t)1 << (class > PAGE_BITS ? class : PAGE_BITS);
	if (heap->bytes - heap->used < bytes)
		return false;
	*offset = heap->used;
	heap->used += bytes;
	heap->class_of[*offset >> PAGE_BITS] = (unsigned char)class;
	for (size_t at = (size_t)1 << class; at < bytes; at += (size_t)1 << class)
		push(&heap->free[class], *offset + at);
	return true;
}

void *heap_take(struct heap *heap, size_t bytes)
{
	int class = class_for(bytes);
	size_t offset;
	if (class >= HEAP_CLASSES)
		return NULL;
	pthread_mutex_lock(&heap->lock);
	struct stack *stack = &heap->free[class];
	bool found = stack->count > 0;
	if (found)
		offset = stack->offset[--stack->count];
	else
		found = grow(heap, class, &offset);
	pthread_mutex_unlock(&heap->lock);
	return found ? heap->base + offset : NULL;
}

void heap_give(struct heap *heap, void *block)
{
	size_t offset = (size_t)((unsigned char *)block - heap->base);
	pthread_mutex_lock(&heap->lock);
	int class = heap->class_of[offset >> PAGE_BITS];
	/* Large ones go back to the system, but for their place. */
	if (class >= RETURN_CLASS)
		madvise(block, (size_t)1 << class, MADV_REMOVE);
	push(&heap->free[class], offset);
	pthread_mutex_unlock(&heap->lock);
}

bool heap_has(const struct heap *heap, const void *memory, size_t bytes)
{
	const unsigned char *at = memory;
	return heap->base && at >= heap->base && at <= heap->base + heap->bytes &&
	       bytes <= (size_t)(heap->base + heap->bytes - at);
}
