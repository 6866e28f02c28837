/*
 * Introsort (D. Musser: Introspective sorting and selection algorithms, 1997) whose partition has no branch
 * to mispredict (S. Edelkamp, A. Weiss: BlockQuicksort, 2016; here Lomuto's loop with a conditional step).
 */
#include "kernels/keysort.h"

#include <stdbool.h>

enum { INSERTION_MAX = 24 };

static void swap(uint64_t *a, uint64_t *b)
{
	uint64_t key = *a;

	*a = *b;
	*b = key;
}

static void insertion_sort(uint64_t *keys, uint64_t count)
{
	for (uint64_t i = 1; i < count; i++) {
		uint64_t key = keys[i], j = i;

		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
}

static void sift_down(uint64_t *keys, uint64_t root, uint64_t count)
{
	for (uint64_t child = 2 * root + 1; child < count; root = child, child = 2 * root + 1) {
		if (child + 1 < count && keys[child + 1] > keys[child])
			child++;
		if (keys[root] >= keys[child])
			return;
		swap(&keys[root], &keys[child]);
	}
}

static void heap_sort(uint64_t *keys, uint64_t count)
{
	for (uint64_t root = count / 2; root-- > 0;)
		sift_down(keys, root, count);
	for (uint64_t last = count; last-- > 1;) {
		swap(&keys[0], &keys[last]);
		sift_down(keys, 0, last);
	}
}

/* Moves the middle one of three keys to the front. */
static void median_to_front(uint64_t *keys, uint64_t count)
{
	uint64_t *low = keys, *middle = keys + count / 2, *high = keys + count - 1;

	if (*middle > *high)
		swap(middle, high);
	if (*low > *high)
		swap(low, high);
	if (*low < *middle)
		swap(low, middle);
}

/* The keys below the pivot, which is keys[0], to its left; returns its place. */
static uint64_t partition(uint64_t *keys, uint64_t count, bool equal_too)
{
	uint64_t pivot = keys[0], bound = pivot + equal_too, below = 0;

	if (equal_too && bound == 0)
		return count - 1;
	for (uint64_t i = 1; i < count; i++) {
		uint64_t key = keys[i];

		keys[i] = keys[below + 1];
		keys[below + 1] = key;
		below += key < bound;
	}
	swap(&keys[0], &keys[below]);
	return below;
}

static void sort(uint64_t *keys, uint64_t count, int depth)
{
	while (count > INSERTION_MAX) {
		uint64_t place;

		if (depth-- == 0) {
			heap_sort(keys, count);
			return;
		}
		median_to_front(keys, count);
		place = partition(keys, count, false);
		if (place == 0) /* the pivot is the least: its equals are in place, too */
			place = partition(keys, count, true);
		else
			sort(keys, place, depth);
		keys += place + 1;
		count -= place + 1;
	}
	insertion_sort(keys, count);
}

void keysort(uint64_t *keys, uint64_t count)
{
	int depth = 0;

	for (uint64_t n = count; n; n >>= 1)
		depth += 2;
	sort(keys, count, depth);
}
