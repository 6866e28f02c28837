/*
 * Three prices of writing to a page: one that is mapped and written to already (copy, by a thread), one that
 * a fork has left to be copied (copy, by a forked worker), and one that is fresh (fresh). What the parent
 * pays for its own pages while a child has them is copy_parent.c.
 */
#include "kernels/ballast.h"
#include "kernels/contention/operation.h"
#include "kernels/params.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Who has the ballast: the process that launches the workers. */
struct holder {
	pid_t pid;
};

static size_t holder_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct holder);
}

static int open_holder(void *shared, struct params *params, uint32_t workers)
{
	(void)params;
	(void)workers;
	((struct holder *)shared)->pid = getpid();
	return 0;
}

/*
 * A fork in this process, for an earlier case or by anybody else, leaves all its pages write-protected, and
 * a thread would find them so. Here a thread writes to each page first. A forked worker must not: the copies
 * are what is measured. Nobody tells a kernel which of them its worker is, but open() runs in the process
 * that launches, so a worker with another pid was forked.
 */
static int enter_copy(struct context *ctx)
{
	if (((const struct holder *)ctx->shared)->pid == getpid())
		ballast_write(ctx, 0, ballast_pages(ctx));
	return 0;
}

static uint64_t run_copy(struct context *ctx, uint64_t begin, uint64_t end)
{
	return ballast_write(ctx, begin, end);
}

/* Memory that nobody has written to; `written` once somebody has. */
struct fresh {
	unsigned char *byte;
	bool written;
};

static size_t fresh_bytes(const struct context *ctx)
{
	return ctx->params->size * TOUCH_PAGE;
}

/* Pages of 4 KiB, whatever the system prefers: each is to be a fault. */
static int enter_fresh(struct context *ctx)
{
	struct fresh *fresh = malloc(sizeof *fresh);
	void *memory = mmap(NULL, fresh_bytes(ctx), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);

	if (!fresh || memory == MAP_FAILED) {
		if (memory != MAP_FAILED)
			munmap(memory, fresh_bytes(ctx));
		free(fresh);
		return -ENOMEM;
	}
	madvise(memory, fresh_bytes(ctx), MADV_NOHUGEPAGE);
	*fresh = (struct fresh){.byte = memory};
	ctx->local = fresh;
	return 0;
}

static void leave_fresh(struct context *ctx)
{
	struct fresh *fresh = ctx->local;

	munmap(fresh->byte, fresh_bytes(ctx));
	free(fresh);
}

/* Only the second job of a worker of a pool, and who waits for others, has to give the pages back first. */
static uint64_t run_fresh(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct fresh *fresh = ctx->local;
	uint64_t sum = 0;

	if (begin == 0 && fresh->written && madvise(fresh->byte, fresh_bytes(ctx), MADV_DONTNEED) != 0)
		return 0;
	fresh->written = true;
	for (uint64_t i = begin; i < end; i++) {
		/* An exchange: to read first would be a fault of its own, for the page of zeros. */
		unsigned char *byte = &fresh->byte[i * TOUCH_PAGE];
		sum += operation_done(i, __atomic_exchange_n(byte, 1, __ATOMIC_RELAXED) == 0);
	}
	return sum;
}

const struct kernel kernel_copy = {
	BALLAST_KERNEL("copy", "writes a byte to each page of the ballast: mapped for a thread, copied for a "
			       "forked process"),
	.needs = KERNEL_NEEDS_INHERITANCE | KERNEL_NEEDS_BALLAST,
	.shared_bytes = holder_bytes,
	.open = open_holder,
	.enter = enter_copy,
	.run = run_copy,
};

const struct kernel kernel_fresh = {
	PAGES_KERNEL("fresh", "writes the first byte to each page of newly mapped memory"),
	.size_unit = "pages of 4 KiB per worker",
	.enter = enter_fresh,
	.run = run_fresh,
	.leave = leave_fresh,
};
