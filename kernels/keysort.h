/* Sorts one block of keys in place, without allocating: what a worker of the sort kernel does on its own. */
#ifndef PVT_KEYSORT_H
#define PVT_KEYSORT_H

#include <stdint.h>

/* Ascending; O(count log count) whatever the keys. */
void keysort(uint64_t *keys, uint64_t count);

#endif
