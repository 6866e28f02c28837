/* Operations on the address space: threads share one, with its lock and its page tables; processes do not. */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kernels/params.h"
#include "kernels/touch.h"

#define MAP_BYTES ((size_t)128 << 10)
/* Of 16 MiB: threads meet neither in a page table nor, often, when pages are given back. */
#define FAULT_PAGES ((size_t)4096)
#define PAGES_BYTES (FAULT_PAGES * TOUCH_PAGE)
#define LARGE_BYTES ((size_t)128 << 20)
#define LARGE_PAGES (LARGE_BYTES / TOUCH_PAGE)
#define MEDIUM_BYTES ((size_t)64 << 10)
#define SMALL_BYTES 64

static void *map_private(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

/* Pages that have not been touched since they were given back: those from `next` on. */
struct pages {
	volatile unsigned char *byte;
	uint64_t next;
};

/* Pages of 4 KiB, whatever the system prefers: each touch is to be one fault. */
static int enter_pages(struct context *ctx)
{
	struct pages *pages = malloc(sizeof *pages);
	void *memory = pages ? map_private(PAGES_BYTES) : NULL;
	if (!memory) {
		free(pages);
		return -ENOMEM;
	}
	madvise(memory, PAGES_BYTES, MADV_NOHUGEPAGE);
	*pages = (struct pages){.byte = memory};
	ctx->local = pages;
	return 0;
}

static void leave_pages(struct context *ctx)
{
	struct pages *pages = ctx->local;
	munmap((void *)(uintptr_t)pages->byte, PAGES_BYTES);
	free(pages);
}

/* The pages are given back together, after each round of them. */
static uint64_t run_fault(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct pages *pages = ctx->local;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		volatile unsigned char *byte = pages->byte + pages->next * TOUCH_PAGE;
		/* An exchange: to read first would be a fault of its own, for the page of zeros. */
		int well = __atomic_exchange_n(byte, 1, __ATOMIC_RELAXED) == 0;
		pages->next = (pages->next + 1) % FAULT_PAGES;
		if (pages->next == 0)
			well = well &&
			       madvise((void *)(uintptr_t)pages->byte, PAGES_BYTES, MADV_DONTNEED) == 0;
		sum += operation_done(i, well);
	}
	return sum;
}

/* While others run in the same address space, their processors have to forget the page too. */
static uint64_t run_madvise(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct pages *pages = ctx->local;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		*pages->byte = 1;
		sum += operation_done(i, madvise((void *)(uintptr_t)pages->byte, TOUCH_PAGE, MADV_DONTNEED) ==
						 0);
	}
	return sum;
}

/*
 * The other experiment on page faults, that of will-it-scale's page_fault1: a mapping of 128 MiB comes and
 * goes around the touches, so that threads meet in giving pages and page tables back, too. In pages of 4 KiB.
 */
static int open_mapped(void *shared, struct params *params, uint32_t workers)
{
	const double gib = 1024.0 * 1024 * 1024, need = (double)LARGE_BYTES * workers;
	(void)shared;
	if (!params->memory || need <= (double)params->memory)
		return 0;
	return params_fail(params, EOPNOTSUPP,
			   "%u workers would hold %.1f GiB of pages, %.1f GiB are there for them", workers,
			   need / gib, (double)params->memory / gib);
}

static int enter_mapped(struct context *ctx)
{
	ctx->local = calloc(1, sizeof(struct pages));
	return ctx->local ? 0 : -ENOMEM;
}

static void leave_mapped(struct context *ctx)
{
	struct pages *pages = ctx->local;
	if (pages->byte)
		munmap((void *)(uintptr_t)pages->byte, LARGE_BYTES);
	free(pages);
}

static bool map_anew(struct pages *pages)
{
	void *memory = map_private(LARGE_BYTES);
	pages->byte = memory;
	return memory && madvise(memory, LARGE_BYTES, MADV_NOHUGEPAGE) == 0;
}

/* A mapping that a job begins and does not fill is the next job's to go on with. */
static uint64_t run_mapped(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct pages *pages = ctx->local;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int well = pages->byte || map_anew(pages);
		if (well)
			pages->byte[pages->next * TOUCH_PAGE] = 1;
		pages->next = (pages->next + 1) % LARGE_PAGES;
		if (well && pages->next == 0) {
			well = munmap((void *)(uintptr_t)pages->byte, LARGE_BYTES) == 0;
			pages->byte = NULL;
		}
		sum += operation_done(i, well);
	}
	return sum;
}

static uint64_t run_mmap(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		volatile unsigned char *byte = map_private(MAP_BYTES);
		if (byte)
			*byte = 1;
		sum += operation_done(i, byte && munmap((void *)(uintptr_t)byte, MAP_BYTES) == 0);
	}
	return sum;
}

/* The first byte is written, so that no compiler finds the pair superfluous. */
static uint64_t allocate(size_t bytes, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		volatile unsigned char *byte = malloc(bytes);
		if (byte)
			*byte = 1;
		sum += operation_done(i, byte != NULL);
		free((void *)(uintptr_t)byte);
	}
	return sum;
}

static uint64_t run_large(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)ctx;
	return allocate(LARGE_BYTES, begin, end);
}

static uint64_t run_medium(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)ctx;
	return allocate(MEDIUM_BYTES, begin, end);
}

/* A thread gets its arena at its first malloc, a mapping of 128 MiB: it has one before anything is timed, as
 * a forked worker does. */
static int enter_arena(struct context *ctx)
{
	(void)ctx;
	return allocate(SMALL_BYTES, 0, 1) ? 0 : -ENOMEM;
}

/*
 * Equal heaps at t0, as far as a kernel can see to it. glibc serves 64 KiB neither from a thread's cache (up
 * to 1 KiB) nor by a mapping (from 128 KiB on, unless freed mappings have raised that limit), but from an
 * arena: out of a free chunk in its bins, else off the chunk at its end, which grows by brk or mprotect. A
 * thread gets an arena of its own at its first malloc, with empty bins. A forked worker inherits the arena of
 * the program that launched it, with whatever holes that has left there, and pages that its first write to
 * each copies. So each worker takes blocks of the same size first, as long as it lives: they fill the holes.
 * Then it does some of what is measured: the end of the heap grows, is trimmed down to what glibc keeps
 * (M_TOP_PAD, 128 KiB), and is written to. From then on a pair neither asks the system nor faults.
 */
enum { HOLES = 64, ROUNDS = 64 };

struct filling {
	void *block[HOLES];
};

static void leave_heap(struct context *ctx)
{
	struct filling *filling = ctx->local;
	for (int i = 0; i < HOLES; i++)
		free(filling->block[i]);
	free(filling);
}

static int enter_heap(struct context *ctx)
{
	struct filling *filling = calloc(1, sizeof *filling);
	bool filled = filling;
	ctx->local = filling;
	for (int i = 0; i < HOLES && filled; i++)
		filled = (filling->block[i] = malloc(MEDIUM_BYTES)) != NULL;
	if (filled && allocate(MEDIUM_BYTES, 0, ROUNDS))
		return 0;
	if (filling)
		leave_heap(ctx);
	return -ENOMEM;
}

static uint64_t run_small(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)ctx;
	return allocate(SMALL_BYTES, begin, end);
}

const struct kernel kernel_fault = {
	OPERATION("fault", "page faults: the first touch of a private page", "fault"),
	.sizes = {500, 5000, 500000},
	.enter = enter_pages,
	.run = run_fault,
	.verify = operation_verify,
	.leave = leave_pages,
};

/* No size is smaller than a mapping has pages: each job gives at least one back. */
const struct kernel kernel_map_fault = {
	OPERATION("map-fault",
		  "page faults in a mapping of 128 MiB that is made before and unmapped after them", "fault"),
	.sizes = {LARGE_PAGES, 2 * LARGE_PAGES, 32 * LARGE_PAGES},
	.open = open_mapped,
	.enter = enter_mapped,
	.run = run_mapped,
	.verify = operation_verify,
	.leave = leave_mapped,
};

const struct kernel kernel_madvise = {
	OPERATION("madvise", "touches a page and gives it back, which other processors must hear of", "page"),
	.sizes = {300, 3000, 300000},
	.enter = enter_pages,
	.run = run_madvise,
	.verify = operation_verify,
	.leave = leave_pages,
};

const struct kernel kernel_mmap = {
	OPERATION("mmap", "maps 128 KiB of private memory, touches one page and unmaps it", "mapping"),
	.sizes = {200, 2000, 200000},
	.run = run_mmap,
	.verify = operation_verify,
};

const struct kernel kernel_malloc_large = {
	OPERATION("malloc-large", "malloc and free of 128 MiB: a mapping of its own each time", "pair"),
	.sizes = {200, 2000, 200000},
	.enter = enter_arena,
	.run = run_large,
	.verify = operation_verify,
};

const struct kernel kernel_malloc_medium = {
	OPERATION("malloc-medium",
		  "malloc and free of 64 KiB at the end of a heap: a thread's own arena, a process's "
		  "inherited one",
		  "pair"),
	.sizes = {1000, 10000, 1000000},
	.enter = enter_heap,
	.run = run_medium,
	.verify = operation_verify,
	.leave = leave_heap,
};

const struct kernel kernel_malloc_small = {
	OPERATION("malloc-small", "malloc and free of 64 B: from the allocator's own cache", "pair"),
	.sizes = {20000, 200000, 20000000},
	.enter = enter_arena,
	.run = run_small,
	.verify = operation_verify,
};
