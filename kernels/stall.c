/*
 * Who waits while a process is made? One worker, a thread of the program that holds the ballast, makes a
 * process and waits for its end; the other does nothing but look at the clock and write down what it sees.
 * Its longest time between two looks is what it was held up for: `gap_ns`, of each item the longest, of all
 * items the median.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernels/contention/operation.h"
#include "kernels/params.h"

#define PROGRAM "/bin/true"
#define ITEMS_MAX 64
#define STACK_BYTES ((size_t)64 << 10)
#define LINE 128

/* Of two workers: for each item one has to be watching before the other begins, and to know when it is done.
 */
struct turn {
	_Alignas(LINE) _Atomic uint32_t watching;
	_Alignas(LINE) _Atomic uint32_t done;
};

struct watch {
	uint64_t seen; /* written at each look: private memory of the program */
	uint64_t gap[ITEMS_MAX];
	_Alignas(16) char stack[STACK_BYTES]; /* of a child that shares the memory */
};

typedef pid_t make_process(struct watch *own);

static int configure(struct params *params)
{
	if (access(PROGRAM, X_OK) != 0)
		return params_fail(params, EOPNOTSUPP, "there is no " PROGRAM);
	return params_limit(params, ITEMS_MAX);
}

static uint32_t pairs_of(const struct params *params)
{
	return params->workers > 2 ? params->workers / 2 : 1;
}

static size_t shared_bytes(const struct params *params)
{
	return pairs_of(params) * sizeof(struct turn);
}

static int open_turns(void *shared, struct params *params, uint32_t workers)
{
	struct turn *turn = shared;
	if (workers / 2 > pairs_of(params))
		return params_fail(params, ENOSPC, "the area has room for %u pairs of workers, not for %u",
				   pairs_of(params), workers / 2);
	for (uint32_t i = 0; i < workers / 2; i++) {
		atomic_store(&turn[i].watching, 0);
		atomic_store(&turn[i].done, 0);
	}
	return 0;
}

static int enter(struct context *ctx)
{
	ctx->local = calloc(1, sizeof(struct watch));
	return ctx->local ? 0 : -ENOMEM;
}

static void leave(struct context *ctx)
{
	free(ctx->local);
}

/* ---- ways to make a process; each child ends at once ---- */

static pid_t by_fork(struct watch *own)
{
	(void)own;
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid;
}

static pid_t by_vfork(struct watch *own)
{
	(void)own;
	pid_t pid = vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork): it is what is measured
	if (pid == 0)
		_exit(0);
	return pid;
}

static pid_t by_spawn(struct watch *own)
{
	char name[] = PROGRAM, *arguments[] = {name, NULL}, *environment[] = {NULL};
	pid_t pid;
	(void)own;
	return posix_spawn(&pid, PROGRAM, NULL, NULL, arguments, environment) == 0 ? pid : -1;
}

static int end_at_once(void *nothing)
{
	(void)nothing;
	_exit(0);
}

/* Like a thread that is a process: the memory is one, and nothing is copied. */
static pid_t by_clone(struct watch *own)
{
	return clone(end_at_once, own->stack + STACK_BYTES, CLONE_VM | SIGCHLD, NULL);
}

/* ---- the two workers of a pair ---- */

static struct turn *turn_of(struct context *ctx)
{
	return (struct turn *)ctx->shared + ctx->rank / 2;
}

static void await(_Atomic uint32_t *word, uint32_t value)
{
	while (atomic_load(word) != value)
		sched_yield();
}

static uint64_t make(struct context *ctx, make_process *way, uint64_t begin, uint64_t end)
{
	struct turn *t = turn_of(ctx);
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int status = -1;
		await(&t->watching, 1);
		pid_t pid = way(ctx->local);
		atomic_store(&t->done, 1);
		while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		sum += operation_done(i, status == 0);
		await(&t->watching, 0);
		atomic_store(&t->done, 0);
	}
	return sum;
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* One look more after the end: whoever was held up until then has seen nothing of it yet. */
static uint64_t watch_one(struct turn *t, volatile uint64_t *seen)
{
	uint64_t longest = 0;
	bool last = false;
	await(&t->done, 0);
	*seen = now_ns();
	atomic_store(&t->watching, 1);
	do {
		last = atomic_load(&t->done);
		uint64_t now = now_ns(), gap = now - *seen;
		longest = gap > longest ? gap : longest;
		*seen = now;
	} while (!last);
	atomic_store(&t->watching, 0);
	return longest;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void watch(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct watch *w = ctx->local;
	size_t n = 0;
	for (uint64_t i = begin; i < end && n < ITEMS_MAX; i++)
		w->gap[n++] = watch_one(turn_of(ctx), &w->seen);
	qsort(w->gap, n, sizeof *w->gap, compare);
	size_t middle = n / 2;
	if (ctx->told && n && ctx->rank == 1) /* what several tell adds up */
		ctx->told[TOLD_GAP] = (double)w->gap[middle];
}

static uint64_t run_both(struct context *ctx, make_process *way, uint64_t begin, uint64_t end)
{
	if (ctx->rank % 2 == 0)
		return make(ctx, way, begin, end);
	watch(ctx, begin, end);
	return 0;
}

// NOLINTBEGIN(bugprone-macro-parentheses): names, texts and initialisers cannot have any
#define STALL(way, name_of, text)                                                    \
	static uint64_t run_##way(struct context *ctx, uint64_t begin, uint64_t end) \
	{                                                                            \
		return run_both(ctx, by_##way, begin, end);                          \
	}                                                                            \
	const struct kernel kernel_stall_##way = {                                   \
		OPERATION_UNCONFIGURED(name_of, text, "process"),                    \
		.group = 2,                                                          \
		.sizes = {4, 16, 64},                                                \
		.needs = KERNEL_NEEDS_ONE_PROCESS,                                   \
		.configure = configure,                                              \
		.shared_bytes = shared_bytes,                                        \
		.open = open_turns,                                                  \
		.enter = enter,                                                      \
		.run = run_##way,                                                    \
		.verify = operation_verify,                                          \
		.leave = leave,                                                      \
	};

STALL(fork, "stall-fork", "one thread forks, another one looks at the clock")
STALL(vfork, "stall-vfork", "one thread calls vfork, another one looks at the clock")
STALL(spawn, "stall-spawn", "one thread calls posix_spawn, another one looks at the clock")
STALL(clone, "stall-clone", "one thread calls clone with CLONE_VM, another one looks at the clock")
// NOLINTEND(bugprone-macro-parentheses)
