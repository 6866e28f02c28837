#include "runners/pool/heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CLASS_MIN = 8, PAGE_BITS = 12, PAGE = 1 << PAGE_BITS };
#define LEAST_RESERVE ((size_t)64 << 20)
#define MOST_PAGES ((size_t)UINT32_MAX - HEAP_CLASSES)

static void *reserve(size_t bytes, int kind)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

/* ---- room ---- */

static bool insert_extent(struct room *room, size_t at, struct extent extent)
{
	if (room->count == room->capacity) {
		size_t capacity = room->capacity ? 2 * room->capacity : 16;
		struct extent *more = realloc(room->extent, capacity * sizeof *more);
		if (!more)
			return false; /* it is lost until the heap is closed */
		room->extent = more;
		room->capacity = capacity;
	}
	memmove(room->extent + at + 1, room->extent + at, (room->count - at) * sizeof extent);
	room->extent[at] = extent;
	room->count++;
	return true;
}

static void remove_extent(struct room *room, size_t at)
{
	room->count--;
	memmove(room->extent + at, room->extent + at + 1, (room->count - at) * sizeof *room->extent);
}

static bool take_room(struct room *room, size_t bytes, size_t *offset)
{
	for (size_t i = 0; i < room->count; i++) {
		struct extent *e = &room->extent[i];
		if (e->bytes < bytes)
			continue;
		*offset = e->offset;
		e->offset += bytes;
		e->bytes -= bytes;
		if (e->bytes == 0)
			remove_extent(room, i);
		return true;
	}
	return false;
}

static void give_room(struct room *room, struct extent new)
{
	size_t at = 0;
	while (at < room->count && room->extent[at].offset < new.offset)
		at++;
	struct extent *before = at > 0 ? &room->extent[at - 1] : NULL,
		      *after = at < room->count ? &room->extent[at] : NULL;
	bool joins_before = before && before->offset + before->bytes == new.offset;
	bool joins_after = after && new.offset + new.bytes == after->offset;
	if (joins_before) {
		before->bytes += new.bytes + (joins_after ? after->bytes : 0);
		if (joins_after)
			remove_extent(room, at);
	} else if (joins_after) {
		after->offset = new.offset;
		after->bytes += new.bytes;
	} else {
		insert_extent(room, at, new);
	}
}

/* ---- opening ---- */

int heap_open(struct heap *heap, size_t bytes)
{
	*heap = (struct heap){0};
	pthread_mutex_init(&heap->lock, NULL);
	bytes = bytes >> PAGE_BITS > MOST_PAGES ? MOST_PAGES << PAGE_BITS : bytes & ~(size_t)(PAGE - 1);
	while (!(heap->base = reserve(bytes, MAP_SHARED))) {
		if (bytes < LEAST_RESERVE)
			return -ENOMEM;
		bytes = bytes / 2 & ~(size_t)(PAGE - 1);
	}
	heap->bytes = bytes;
	heap->kind_of = reserve((bytes >> PAGE_BITS) * sizeof *heap->kind_of, MAP_PRIVATE);
	return heap->kind_of && insert_extent(&heap->room, 0, (struct extent){0, bytes}) ? 0 : -ENOMEM;
}

void heap_let_go(struct heap *heap)
{
	if (heap->base)
		munmap(heap->base, heap->bytes);
	if (heap->kind_of)
		munmap(heap->kind_of, (heap->bytes >> PAGE_BITS) * sizeof *heap->kind_of);
}

void heap_close(struct heap *heap)
{
	heap_let_go(heap);
	for (int i = 0; i < HEAP_CLASSES; i++)
		free(heap->free[i].offset);
	free(heap->room.extent);
	pthread_mutex_destroy(&heap->lock);
	*heap = (struct heap){0};
}

/* ---- small blocks ---- */

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

static uint32_t class_for(size_t bytes)
{
	uint32_t class = CLASS_MIN;
	while (((size_t)1 << class) < bytes)
		class ++;
	return class;
}

/* A page of small blocks is cut up at once. */
static bool take_small(struct heap *heap, size_t bytes, size_t *offset)
{
	uint32_t class = class_for(bytes);
	struct stack *stack = &heap->free[class];
	size_t block = (size_t)1 << class, whole = block > PAGE ? block : PAGE;
	if (stack->count) {
		*offset = stack->offset[--stack->count];
		return true;
	}
	if (!take_room(&heap->room, whole, offset))
		return false;
	heap->kind_of[*offset >> PAGE_BITS] = class;
	for (size_t at = block; at < whole; at += block)
		push(stack, *offset + at);
	return true;
}

/* ---- large blocks ---- */

static bool take_large(struct heap *heap, size_t bytes, size_t *offset)
{
	size_t pages = (bytes >> PAGE_BITS) + (bytes % PAGE != 0);
	if (bytes > heap->bytes || !take_room(&heap->room, pages << PAGE_BITS, offset))
		return false;
	heap->kind_of[*offset >> PAGE_BITS] = HEAP_CLASSES + (uint32_t)pages;
	return true;
}

void *heap_take(struct heap *heap, size_t bytes)
{
	size_t offset;
	pthread_mutex_lock(&heap->lock);
	bool found = (bytes <= HEAP_DIRTY_MAX ? take_small : take_large)(heap, bytes, &offset);
	pthread_mutex_unlock(&heap->lock);
	return found ? heap->base + offset : NULL;
}

void heap_give(struct heap *heap, void *block)
{
	size_t offset = (size_t)((unsigned char *)block - heap->base);
	pthread_mutex_lock(&heap->lock);
	uint32_t kind = heap->kind_of[offset >> PAGE_BITS];
	if (kind < HEAP_CLASSES) {
		push(&heap->free[kind], offset);
	} else { /* its memory goes back to the system, and is zero when it is taken again */
		size_t bytes = (size_t)(kind - HEAP_CLASSES) << PAGE_BITS;
		madvise(block, bytes, MADV_REMOVE);
		give_room(&heap->room, (struct extent){offset, bytes});
	}
	pthread_mutex_unlock(&heap->lock);
}

bool heap_has(const struct heap *heap, const void *memory, size_t bytes)
{
	const unsigned char *at = memory;
	return heap->base && at >= heap->base && at <= heap->base + heap->bytes &&
	       bytes <= (size_t)(heap->base + heap->bytes - at);
}
