/* Binding the calling thread to CPUs (PUs), by the operating system's index. No hwloc: see
 * placement.h. */
#ifndef PVT_AFFINITY_H
#define PVT_AFFINITY_H

#include <stdint.h>

/* Masks for machines of any size: glibc's cpu_set_t ends at 1024. */
enum { AFFINITY_PUS_MAX = 8192 };

/*
 * Binds the calling thread to one PU and reads the binding back. 0; -errno, also when what was read back
 * is another set; 1 when pu is -1 (nothing to do).
 */
int affinity_bind(int pu);

/* How many PUs the calling thread may use, on a kernel built for any number of them; 1 if that cannot be
 * read. */
uint32_t affinity_allowed(void);

/* The calling thread's allowed PUs, to be restored later. Opaque; free() it. NULL on failure. */
void *affinity_save(void);
void affinity_restore(const void *saved);

/*
 * Moves the calling thread off the workers' PUs, or if they have taken all, to the last worker's, without
 * keeping it there. Otherwise a worker that is up already would hold up the launch of the next.
 */
void affinity_stand_aside(const int *pus, uint32_t workers, const void *saved);

#endif
