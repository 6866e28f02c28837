/* Private memory that the cell holds and has touched, as a program does that has worked for a while. */
#include <stdio.h>
#include <sys/mman.h>

#include "kernels/touch.h"
#include "runners/cell/jobs.h"

#define HUGE_SHARE 0.9 /* of a ballast that is asked for in huge pages; its ends may lie in small ones */

static void touch(void *memory, size_t bytes)
{
	volatile char *byte = memory;
	for (size_t at = 0; at < bytes; at += TOUCH_PAGE)
		byte[at] = 1;
}

void *ballast_map(size_t bytes, bool huge, char *why)
{
	int64_t before_kib = memory_huge_kib();
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		snprintf(why, CELL_WHY, "no ballast of %zu bytes", bytes);
		return NULL;
	}
	/* A kernel without transparent huge pages refuses both: then there are small ones. */
	madvise(memory, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	touch(memory, bytes);
	int64_t huge_kib = memory_difference(memory_huge_kib(), before_kib);
	double share = huge_kib == MEMORY_UNKNOWN ? 0 : (double)huge_kib * 1024 / (double)bytes;
	if (!huge || share >= HUGE_SHARE)
		return memory;
	/* The kernel gives huge pages when it likes; a ballast that has few of them is not what was asked
	 * for. */
	munmap(memory, bytes);
	snprintf(why, CELL_WHY, "only %.0f %% of the ballast came in huge pages (transparent_hugepage)",
		 100 * (share > 0 ? share : 0));
	return NULL;
}
