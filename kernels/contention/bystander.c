/*
 * One worker keeps changing its address space, or only spins; the others compute, or fault in pages of their
 * own. What the first one does is nobody else's business: threads share the page tables and the lock that it
 * takes, processes do not. The last rank is the one that disturbs; it is done when all others are, so the
 * span is theirs.
 */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernels/relax.h"
#include "kernels/touch.h"

#define MAP_BYTES ((size_t)128 << 10)
/* Of 16 MiB: victims meet neither in a page table nor, often, when pages are given back. */
#define FAULT_PAGES ((size_t)4096)
#define FAULT_BYTES (FAULT_PAGES * TOUCH_PAGE)
#define COMPUTE_ROUNDS 200
#define LINE 128
#define WORKERS 4096

struct shared {
	_Alignas(LINE) _Atomic uint32_t working; /* of the victims, in this job */
	_Alignas(LINE) uint32_t victims;
	uint64_t sum[WORKERS]; /* of each victim, of its last job */
};

struct local {
	volatile unsigned char *page; /* of FAULT_BYTES, or of MAP_BYTES where this worker disturbs */
	size_t bytes;
	uint64_t next; /* pages that have not been touched since they were given back: those from here on */
};

typedef int disturb(struct local *local);
typedef uint64_t suffer(struct local *local, uint64_t begin, uint64_t end);

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct shared);
}

static int open_shared(void *area, struct params *params, uint32_t workers)
{
	struct shared *s = area;
	(void)params;
	memset(s, 0, sizeof *s);
	s->victims = workers - 1;
	atomic_store(&s->working, s->victims);
	return 0;
}

static bool disturbs(const struct context *ctx)
{
	return ctx->rank + 1 == ctx->workers;
}

static void *map_private(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

/* Pages of 4 KiB, whatever the system prefers: each touch is to be one fault. */
static int enter(struct context *ctx)
{
	struct local *local = calloc(1, sizeof *local);
	size_t bytes = disturbs(ctx) ? MAP_BYTES : FAULT_BYTES;
	void *memory = local ? map_private(bytes) : NULL;
	if (!memory) {
		free(local);
		return -ENOMEM;
	}
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	*local = (struct local){.page = memory, .bytes = bytes};
	if (disturbs(ctx))
		*local->page = 1;
	ctx->local = local;
	return 0;
}

static void leave(struct context *ctx)
{
	struct local *local = ctx->local;
	if (local)
		munmap((void *)(uintptr_t)local->page, local->bytes);
	free(local);
}

/* ---- who disturbs: each 0, or -errno ---- */

static int spin(struct local *local)
{
	(void)local;
	relax();
	return 0;
}

static int map_and_unmap(struct local *local)
{
	volatile unsigned char *byte = map_private(MAP_BYTES);
	(void)local;
	if (!byte)
		return -ENOMEM;
	*byte = 1;
	return munmap((void *)(uintptr_t)byte, MAP_BYTES) == 0 ? 0 : -errno;
}

/* To read-only and back, with a write: what a garbage collector's barrier or a guard page does. */
static int protect(struct local *local)
{
	void *page = (void *)(uintptr_t)local->page;
	if (mprotect(page, TOUCH_PAGE, PROT_READ) != 0 ||
	    mprotect(page, TOUCH_PAGE, PROT_READ | PROT_WRITE) != 0)
		return -errno;
	++*local->page;
	return 0;
}

/* ---- who is disturbed ---- */

static uint64_t compute(struct local *local, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)local;
	for (uint64_t i = begin; i < end; i++) {
		uint64_t x = i;
		for (int round = 0; round < COMPUTE_ROUNDS; round++) {
			x = mix64(x + 1);
			__asm__ volatile(""
					 : "+r"(x)); /* one chain after the other: no compiler joins them */
		}
		sum += x;
	}
	return sum;
}

/* The pages are given back together, after each round of them. */
static uint64_t fault(struct local *local, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		volatile unsigned char *byte = local->page + local->next * TOUCH_PAGE;
		/* An exchange: to read first would be a fault of its own, for the page of zeros. */
		int well = __atomic_exchange_n(byte, 1, __ATOMIC_RELAXED) == 0;
		local->next = (local->next + 1) % FAULT_PAGES;
		if (local->next == 0)
			well = well &&
			       madvise((void *)(uintptr_t)local->page, FAULT_BYTES, MADV_DONTNEED) == 0;
		sum += operation_done(i, well);
	}
	return sum;
}

/* ---- the job ---- */

/* Once, and until the last of the others is done. The next job begins when all have met. */
static uint64_t run_disturber(struct context *ctx, disturb *act)
{
	struct shared *s = ctx->shared;
	uint64_t acts = 0;
	int error = 0;
	do {
		error = act(ctx->local);
		acts++;
	} while (!error && atomic_load_explicit(&s->working, memory_order_relaxed));
	if (!error)
		atomic_store(&s->working, s->victims);
	if (ctx->told && act != spin)
		ctx->told[TOLD_DISTURBANCES] = (double)acts;
	return error ? 1 : 0;
}

/* The first victim's sum is the job's, the others' are compared with it in the end. */
static uint64_t run_both(struct context *ctx, uint64_t begin, uint64_t end, suffer *work, disturb *act)
{
	struct shared *s = ctx->shared;
	if (disturbs(ctx))
		return run_disturber(ctx, act);
	uint64_t sum = work(ctx->local, begin, end);
	s->sum[ctx->rank] = sum;
	atomic_fetch_sub(&s->working, 1);
	return ctx->rank == 0 ? sum : 0;
}

static int verify_victims(const void *shared, uint64_t checksum)
{
	const struct shared *s = shared;
	for (uint32_t rank = 0; rank < s->victims; rank++)
		if (s->sum[rank] != checksum)
			return -EBADMSG;
	return 0;
}

static int verify_compute(const void *shared, const struct params *params, uint64_t checksum)
{
	return compute(NULL, 0, params->size) == checksum ? verify_victims(shared, checksum) : -EBADMSG;
}

static int verify_fault(const void *shared, const struct params *params, uint64_t checksum)
{
	int error = operation_verify(shared, params, checksum);
	return error ? error : verify_victims(shared, checksum);
}

// NOLINTBEGIN(bugprone-macro-parentheses): names, texts and initialisers cannot have any
#define BYSTANDER(work, act, beside, name_of, text, what, ...)                                     \
	static uint64_t run_##work##_##beside(struct context *ctx, uint64_t begin, uint64_t end)   \
	{                                                                                          \
		return run_both(ctx, begin, end, work, act);                                       \
	}                                                                                          \
	const struct kernel kernel_##work##_##beside = {                                           \
		OPERATION(name_of, text, what), .group = KERNEL_GROUP_ALL, .sizes = {__VA_ARGS__}, \
		.shared_bytes = shared_bytes,   .open = open_shared,       .enter = enter,         \
		.run = run_##work##_##beside,   .verify = verify_##work,   .leave = leave,         \
	};

BYSTANDER(compute, spin, spin, "compute-spin", "computes next to a worker that only spins", "chain", 1000,
	  10000, 200000)
BYSTANDER(compute, map_and_unmap, mmap, "compute-mmap",
	  "computes next to a worker that maps and unmaps 128 KiB", "chain", 1000, 10000, 200000)
BYSTANDER(compute, protect, mprotect, "compute-mprotect",
	  "computes next to a worker that makes a page read-only and writable again", "chain", 1000, 10000,
	  200000)
BYSTANDER(fault, spin, spin, "fault-spin", "page faults next to a worker that only spins", "fault", 500, 5000,
	  100000)
BYSTANDER(fault, map_and_unmap, mmap, "fault-mmap",
	  "page faults next to a worker that maps and unmaps 128 KiB", "fault", 500, 5000, 100000)
BYSTANDER(fault, protect, mprotect, "fault-mprotect",
	  "page faults next to a worker that makes a page read-only and writable again", "fault", 500, 5000,
	  100000)
// NOLINTEND(bugprone-macro-parentheses)
