#include "bench/ballast.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "bench/system.h"
#include "bench/units.h"
#include "kernels/touch.h"
#include "runners/memory.h"

#define HUGE_SHARE 0.9 /* of a ballast that is asked for in huge pages; its ends may lie in small ones */

const char *ballast_pages_name(bool huge)
{
	return huge ? "huge" : "small";
}

void ballast_release(struct ballast *b)
{
	if (b->memory)
		munmap(b->memory, b->bytes);
	*b = (struct ballast){0};
}

static int map(struct ballast *b, size_t bytes, bool huge)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	*b = (struct ballast){.memory = memory, .bytes = bytes, .huge = huge};
	/* A kernel without transparent huge pages refuses both: then there are small ones. */
	madvise(memory, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return 0;
}

static void touch(const struct ballast *b)
{
	volatile char *byte = b->memory;
	for (size_t at = 0; at < b->bytes; at += TOUCH_PAGE)
		byte[at] = 1;
}

/* The kernel gives huge pages when it likes; a ballast that has few of them is not what was asked for. */
static int check_huge(struct ballast *b, int64_t before_kib, char *why, size_t why_bytes)
{
	double share = (double)(memory_huge_kib() - before_kib) * 1024 / (double)b->bytes;
	if (share >= HUGE_SHARE)
		return 0;
	ballast_release(b);
	snprintf(why, why_bytes, "only %.0f %% of the ballast came in huge pages (transparent_hugepage)",
		 100 * (share > 0 ? share : 0));
	return -ENOMEM;
}

int ballast_hold(struct ballast *b, size_t bytes, bool huge, char *why, size_t why_bytes)
{
	char need[32], have[32];
	uint64_t available;
	if (b->bytes == bytes && (b->huge == huge || bytes == 0))
		return 0;
	ballast_release(b);
	if (bytes == 0)
		return 0;
	available = system_memory_available();
	if (bytes > available / 2) { /* a forked worker may copy all of it */
		snprintf(why, why_bytes, "a ballast of %sB and a copy of it need more than the %sB available",
			 units_show_si((double)bytes, need, sizeof need),
			 units_show_si((double)available, have, sizeof have));
		return -ENOMEM;
	}
	int64_t before_kib = memory_huge_kib();
	int error = map(b, bytes, huge);
	if (error) {
		snprintf(why, why_bytes, "no ballast of %zu bytes: %s", bytes, strerror(-error));
		return error;
	}
	touch(b);
	return huge ? check_huge(b, before_kib, why, why_bytes) : 0;
}
