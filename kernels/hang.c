/*
 * Is a lock free in a worker that was made while another thread of the program held it? A thread of the
 * harness takes it again and again, or does what takes it; the worker does the same once, under an alarm. A
 * fork copies the lock as it is, but not the thread that would release it.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernels/mix.h"
#include "kernels/params.h"

#define ALARM_NS 10000000 /* and so often: one that was only late has got on meanwhile */
enum { ALARMS = 3, ROUNDS = 300 };

typedef void touch_it(void);

/* In the process of open() and close(): who keeps the lock busy. */
struct busy {
	_Atomic uint32_t begun, leave;
	uint64_t thread; /* a pthread_t */
};

/* A program's own mutex, one in each process: what a fork copies, and a new program has anew. The one
 * writable global of all kernels, for it is about them. */
static pthread_mutex_t mutex_of_program = PTHREAD_MUTEX_INITIALIZER;

/* ---- what takes a lock ---- */

static uint64_t work(uint64_t seed)
{
	uint64_t x = seed;
	for (int i = 0; i < ROUNDS; i++)
		x = mix64(x + 1);
	return x;
}

static void take_mutex(void)
{
	pthread_mutex_lock(&mutex_of_program);
	volatile uint64_t x = work(1);
	(void)x;
	pthread_mutex_unlock(&mutex_of_program);
}

/* glibc's tzset_lock: a lock inside of the C library that fork knows nothing of, as those of getaddrinfo. */
static void take_localtime(void)
{
	time_t now = 1;
	struct tm tm;
	volatile const struct tm *told = localtime_r(&now, &tm);
	(void)told;
}

static void take_malloc(void)
{
	void *volatile block[8];
	for (size_t i = 0; i < 8; i++)
		block[i] = malloc((size_t)2000 << i);
	for (size_t i = 0; i < 8; i++)
		free(block[i]);
}

static void take_stdio(void)
{
	flockfile(stdout);
	volatile uint64_t x = work(2);
	(void)x;
	funlockfile(stdout);
}

/* ---- the thread of the harness ---- */

struct task {
	struct busy *busy;
	touch_it *touch;
};

static void *keep_busy(void *task)
{
	struct task t = *(struct task *)task;
	free(task);
	atomic_store(&t.busy->begun, 1);
	while (!atomic_load_explicit(&t.busy->leave, memory_order_relaxed)) {
		t.touch();
		volatile uint64_t x = work(3);
		(void)x;
	}
	return NULL;
}

static int begin_busy(void *shared, struct params *params, touch_it *touch)
{
	struct busy *b = shared;
	struct task *task = malloc(sizeof *task);
	pthread_t thread;
	if (!task)
		return -ENOMEM;
	*task = (struct task){b, touch};
	atomic_store(&b->begun, 0);
	atomic_store(&b->leave, 0);
	int error = pthread_create(&thread, NULL, keep_busy, task);
	if (error) {
		free(task);
		return params_fail(params, error, "no thread can be had");
	}
	b->thread = (uint64_t)thread;
	while (!atomic_load(&b->begun))
		;
	return 0;
}

static void close_busy(void *shared, const struct params *params)
{
	struct busy *b = shared;
	(void)params;
	atomic_store(&b->leave, 1);
	pthread_join((pthread_t)b->thread, NULL);
}

/* ---- the worker ---- */

struct alarm {
	sigjmp_buf back;
	volatile sig_atomic_t rung;
};

static void ring(int number, siginfo_t *info, void *where)
{
	struct alarm *a = info->si_value.sival_ptr;
	(void)number;
	(void)where;
	if (a && ++a->rung >= ALARMS)
		siglongjmp(a->back, 1);
}

static int start_alarm(struct alarm *a, timer_t *timer)
{
	struct sigaction action = {.sa_sigaction = ring, .sa_flags = SA_SIGINFO | SA_RESTART};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM, .sigev_value.sival_ptr = a};
	struct itimerspec period = {{0, ALARM_NS}, {0, ALARM_NS}};
	event._sigev_un._tid = gettid();
	if (sigaction(SIGALRM, &action, NULL) != 0 || timer_create(CLOCK_MONOTONIC, &event, timer) != 0)
		return -errno;
	return timer_settime(*timer, 0, &period, NULL) == 0 ? 0 : -errno;
}

/* Who hangs in it is taken out of it, and leaves what it was about as it is. */
static uint64_t try_it(struct context *ctx, uint64_t begin, uint64_t end, touch_it *touch)
{
	struct alarm a = {.rung = 0};
	timer_t timer = NULL;
	if (start_alarm(&a, &timer) != 0)
		return 0;
	volatile double hung = 0;
	if (sigsetjmp(a.back, 1) == 0)
		for (uint64_t i = begin; i < end; i++)
			touch();
	else
		hung = 1;
	timer_delete(timer);
	if (ctx->told) {
		ctx->told[TOLD_TRIED] = 1;
		ctx->told[TOLD_HUNG] = hung;
	}
	return end - begin;
}

static uint64_t one(const struct params *params)
{
	(void)params;
	return 1;
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct busy);
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	(void)params;
	return checksum == 1 ? 0 : -EBADMSG;
}

// NOLINTBEGIN(bugprone-macro-parentheses): names, texts and initialisers cannot have any
#define HANG(what, name_of, text)                                                     \
	static int open_##what(void *shared, struct params *params, uint32_t workers) \
	{                                                                             \
		(void)workers;                                                        \
		return begin_busy(shared, params, take_##what);                       \
	}                                                                             \
	static uint64_t run_##what(struct context *ctx, uint64_t begin, uint64_t end) \
	{                                                                             \
		return try_it(ctx, begin, end, take_##what);                          \
	}                                                                             \
	const struct kernel kernel_hang_##what = {                                    \
		.abi = KERNEL_ABI,                                                    \
		.kind = KERNEL_RATE,                                                  \
		.name = name_of,                                                      \
		.help = text,                                                         \
		.item = "attempt",                                                    \
		.size_unit = "nothing: the size has no meaning",                      \
		.sizes = {1, 2, 3},                                                   \
		.items = one,                                                         \
		.shared_bytes = shared_bytes,                                         \
		.open = open_##what,                                                  \
		.close = close_busy,                                                  \
		.run = run_##what,                                                    \
		.verify = verify,                                                     \
		.writes = kernel_writes_nothing,                                      \
	};

HANG(mutex, "hang-mutex", "takes a mutex of the program, which a thread of the parent takes all the time")
HANG(localtime, "hang-localtime", "calls localtime, as a thread of the parent does all the time")
HANG(malloc, "hang-malloc", "allocates memory, as a thread of the parent does all the time")
HANG(stdio, "hang-stdio", "locks stdout, as a thread of the parent does all the time")
// NOLINTEND(bugprone-macro-parentheses)
