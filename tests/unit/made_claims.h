/* What each claim is judged by, made up: fillers of samples, each from the few numbers that decide. */
#ifndef PVT_TESTS_MADE_CLAIMS_H
#define PVT_TESTS_MADE_CLAIMS_H

#include "tests/unit/check.h"

#include <string.h>

#include "tests/unit/made.h"

enum { ROWS_MAX = 600, NUMBERS = 4 };

struct made {
	struct sample row[ROWS_MAX];
	struct samples samples;
	size_t runs;
	bool shared;   /* the hosts are one machine */
	bool older;    /* the rows to come lack the stamps of a worker's life */
	double wobble; /* how far the invocations lie from each other, in the rows to come */
};

/* One sample in each invocation, of a job of `ns`; the first of them, of `runs` in a row. */
static struct sample *put(struct made *m, const char *suite, const char *kernel, uint64_t size,
			  const char *runner, uint64_t workers, double ns)
{
	struct sample *first = &m->row[m->samples.count];
	for (size_t run = 0; run < m->runs; run++) {
		assert_true(m->samples.count < ROWS_MAX);
		struct sample *s = make_sample(&m->row[m->samples.count++], run, suite, kernel, size, runner,
					       workers);
		s->work = 1;
		s->span_ns = s->wall_ns = ns * (1 + m->wobble * ((double)run - 2.5));
		if (!m->older && !strstr(runner, "pool"))
			s->work_ns = 1;
	}
	return first;
}

/* ---- what each claim is judged by; `x` are the numbers that decide ---- */

typedef void filler(struct made *m, const double *x);

static void both(struct made *m, const char *suite, const char *kernel, uint64_t workers, double processes,
		 double wobble)
{
	m->wobble = 0;
	put(m, suite, kernel, 1, "pthread", workers, 1e6);
	m->wobble = wobble;
	put(m, suite, kernel, 1, "fork", workers, 1e6 * processes);
	m->wobble = 0;
}

/* Processes over threads in two kernels; their wobble; workers. */
static void compute(struct made *m, const double *x)
{
	both(m, "scaling", "matmul", (uint64_t)x[3], x[0], x[2]);
	both(m, "scaling", "sort", (uint64_t)x[3], x[1], x[2]);
}

static void contention(struct made *m, const double *x)
{
	both(m, "contention", "dup", (uint64_t)x[3], x[0], x[2]);
	both(m, "contention", "mmap", (uint64_t)x[3], x[1], x[2]);
}

/* The second experiment on page faults is shown, and has no vote. */
static void second_experiment(struct made *m, const double *x)
{
	contention(m, x);
	both(m, "contention", "map-fault", (uint64_t)x[3], 0.1, x[2]);
}

/* Three operations on one lock, the last of them by a factor apart; three on others; getppid meets on
 * nothing. */
static void one_lock(struct made *m, const double *x)
{
	both(m, "contention", "fault", (uint64_t)x[3], x[0], x[2]);
	both(m, "contention", "madvise", (uint64_t)x[3], x[0] / 0.8, x[2]);
	both(m, "contention", "mmap", (uint64_t)x[3], x[0] * 0.8, x[2]);
	both(m, "contention", "dup", (uint64_t)x[3], x[1], x[2]);
	both(m, "contention", "pipe", (uint64_t)x[3], x[1], x[2]);
	both(m, "contention", "getppid", (uint64_t)x[3], 1, 0);
}

/* The same in a window, where the spans say that all is even. */
static void windows(struct made *m, const double *x)
{
	struct sample *rows = &m->row[m->samples.count];
	contention(m, x);
	for (size_t i = 0; i < 4 * m->runs; i++) {
		rows[i].operation_ns = rows[i].span_ns / 1e3;
		rows[i].span_ns = 1e6;
	}
}

/*
 * Fourteen operations, in one of which processes take x[0] of the time, give or take x[2]: looked at alone,
 * its interval is below 1 and it is more than 5 % off.
 */
static void many_looks(struct made *m, const double *x)
{
	static const char *const kernels[] = {"getppid", "signal", "futex-wake", "fault",   "madvise",
					      "mmap",    "open",   "dup",        "pipe",    "atomic",
					      "mutex",   "rwlock", "semaphore",  "own-line"};
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
		bool apart = strcmp(kernels[k], "pipe") == 0;
		both(m, "contention", kernels[k], 2, apart ? x[0] : 1, apart ? x[2] : 0);
	}
}

static void beside(struct made *m, const char *runner, uint64_t ballast, const char *pages, double ns)
{
	struct sample *s = put(m, "lifecycle", "empty", 1, runner, 1, ns);
	for (size_t run = 0; run < m->runs; run++) {
		s[run].ballast = ballast;
		s[run].pages = pages;
	}
}

/* A fork over a thread; wobble; a fork beside 1 GiB in small pages, and in huge ones, over one beside none.
 */
static void creation(struct made *m, const double *x)
{
	both(m, "lifecycle", "empty", 1, x[0], x[1]);
	put(m, "lifecycle", "empty", 1, "spawn", 1, 4e6);
	for (size_t i = 2; i < 4; i++) {
		if (x[i] <= 0)
			continue;
		beside(m, "spawn", UINT64_C(1) << 30, i == 2 ? "small" : "huge", 4e6);
		m->wobble = x[1];
		beside(m, "fork", UINT64_C(1) << 30, i == 2 ? "small" : "huge", 1e6 * x[0] * x[i]);
		m->wobble = 0;
	}
}

static void creation_before(struct made *m, const double *x)
{
	m->older = true;
	creation(m, x);
}

/* Launching over pooled, at tasks of 1 µs and 1 ms: threads, processes; wobble; what opening takes over the
 * shortest job, 0: not known. */
static void pool(struct made *m, const double *x)
{
	static const char *const kinds[][2] = {{"pthread", "pthread-pool"}, {"fork", "fork-pool"}};
	for (uint64_t size = 1000; size <= 1000000; size *= 1000)
		for (size_t k = 0; k < 2; k++) {
			if (x[k] <= 0)
				continue;
			struct sample *s = put(m, "granularity", "task", size, kinds[k][1], 2, (double)size);
			for (size_t run = 0; x[3] > 0 && run < m->runs; run++)
				s[run].open_ns = 1e3 * x[3] * (1 + 0.1 * ((double)run - 2.5));
			m->wobble = x[2];
			put(m, "granularity", "task", size, kinds[k][0], 2, (double)size * x[k]);
			m->wobble = 0;
		}
}

static void pool_before(struct made *m, const double *x)
{
	m->older = true;
	pool(m, x);
}

static void pool_of_threads(struct made *m, const double *x)
{
	pool(m, x);
}

/* Only processes wobble. */
static void pool_open(struct made *m, const double *x)
{
	pool(m, (const double[NUMBERS]){x[0], 0, 0, 0});
	pool(m, (const double[NUMBERS]){0, x[1], x[2], 0});
}

/* Processes over threads in one way; the processes wobble. */
static void switching_by(struct made *m, const char *kernel, uint64_t size, double ratio, double wobble)
{
	for (size_t k = 0; k < 2; k++) {
		m->wobble = k ? wobble : 0;
		struct sample *s = put(m, "switch", kernel, size, k ? "fork" : "pthread", 2,
				       k ? 1e6 * ratio : 1e6);
		m->wobble = 0;
		for (size_t run = 0; run < m->runs; run++)
			s[run].placement = "single";
	}
}

/* Processes over threads at a small working set and at a large one; wobble. */
static void switching(struct made *m, const double *x)
{
	switching_by(m, "switch-pipe", 64, x[0], x[2]);
	switching_by(m, "switch-pipe", 1 << 20, x[1], x[2]);
}

/* By yield, by pipe; by futex, which alone wobbles. */
static void switching_ways(struct made *m, const double *x)
{
	switching_by(m, "switch-yield", 64, x[0], 0);
	switching_by(m, "switch-pipe", 64, x[1], 0);
	switching_by(m, "switch-futex", 64, x[3], x[2]);
}

static void pages(struct made *m, const char *kernel, const char *runner, double ns, const char *pages)
{
	struct sample *s = put(m, "lifecycle", kernel, 1, runner, 1, ns);
	for (size_t run = 0; run < m->runs; run++)
		s[run].pages = pages;
}

/* The first write to a page, and a round trip through shared memory: processes over threads; wobble; the
 * first write over a fresh page, and the parent's own over the first write, 0: not measured. */
static void sharing(struct made *m, const double *x)
{
	m->wobble = x[2];
	pages(m, "copy", "fork", 20 * x[0], "small");
	m->wobble = 0;
	pages(m, "copy", "pthread", 20, "small");
	if (x[1] > 0)
		both(m, "channel", "latency-spin", 2, x[1], x[2]);
	if (x[3] > 0) {
		pages(m, "fresh", "pthread", 20 * x[0] / x[3], "");
		pages(m, "copy-parent", "pthread", 40 * x[0], "small");
	}
}

/* A pipe between processes over a variable between threads, and the same variable between processes over it.
 */
static void communication(struct made *m, const double *x)
{
	both(m, "channel", "latency-spin", 2, x[1], 0);
	both(m, "channel", "latency-pipe", 2, x[0], x[2]);
}

/* Nothing but the pipe between processes, and what it is held against. */
static void pipe_alone(struct made *m, const double *x)
{
	put(m, "channel", "latency-spin", 1, "pthread", 2, 1e6);
	put(m, "channel", "latency-pipe", 1, "fork", 2, 1e6 * x[0]);
}

/* A mutex of processes over one of threads: free, contended; wobble; workers. */
static void lock(struct made *m, const double *x)
{
	for (uint64_t workers = 1; workers <= (uint64_t)x[3]; workers++) {
		put(m, "contention", "mutex-private", 1, "pthread", workers, 1e6);
		m->wobble = x[2];
		put(m, "contention", "mutex", 1, "fork", workers, 1e6 * x[workers - 1]);
		m->wobble = 0;
	}
}

/* Only the free one wobbles. */
static void lock_half_open(struct made *m, const double *x)
{
	lock(m, (const double[NUMBERS]){x[0], 1, x[2], 1});
	put(m, "contention", "mutex-private", 1, "pthread", 2, 1e6);
	put(m, "contention", "mutex", 1, "fork", 2, 1e6 * x[1]);
}

static void lock_contended(struct made *m, const double *x)
{
	put(m, "contention", "mutex-private", 1, "pthread", 2, 1e6);
	put(m, "contention", "mutex", 1, "fork", 2, 1e6 * x[1]);
}

static void lock_windows(struct made *m, const double *x)
{
	struct sample *rows = &m->row[m->samples.count];
	lock(m, x);
	for (size_t i = 0; &rows[i] < &m->row[m->samples.count]; i++) {
		rows[i].operation_ns = rows[i].span_ns / 1e3;
		rows[i].span_ns = 1e6;
	}
}

/* How much more than processes threads are slowed down by one that disturbs: where they compute, where they
 * fault; wobble; workers. */
static void bystander(struct made *m, const double *x)
{
	static const char *const kernels[][3] = {{"compute-spin", "compute-mmap", "compute-mprotect"},
						 {"fault-spin", "fault-mmap", "fault-mprotect"}};
	for (size_t k = 0; k < 2; k++)
		for (size_t beside = 0; beside < 3; beside++) {
			put(m, "bystander", kernels[k][beside], 1, "fork", (uint64_t)x[3], 1e6);
			m->wobble = beside ? x[2] : 0;
			put(m, "bystander", kernels[k][beside], 1, "pthread", (uint64_t)x[3],
			    beside ? 1e6 * x[k] : 1e6);
			m->wobble = 0;
		}
}

/* Processes over threads after 1 µs, 1 ms and 10 ms; wobble. */
static void idle_of(struct made *m, const double *x, uint64_t workers)
{
	static const uint64_t pauses[] = {1000, 1000000, 10000000};
	for (size_t i = 0; i < 3; i++)
		for (int processes = 0; processes < 2; processes++) {
			m->wobble = processes ? x[3] : 0;
			struct sample *s = put(m, "idle", "after-pause", pauses[i],
					       processes ? "fork-pool" : "pthread-pool", workers,
					       processes ? 3e4 * x[i] : 3e4);
			for (size_t run = 0; run < m->runs; run++)
				s[run].waiting_share = 0.02;
			m->wobble = 0;
		}
}

static void idle(struct made *m, const double *x)
{
	idle_of(m, x, 2);
}

static void idle_on_one(struct made *m, const double *x)
{
	idle_of(m, x, 1);
}

/* Processes over threads: page tables, the first pass, later passes and reads at random; the times wobble
 * with x[3]. */
static void mapping_of(struct made *m, const double *x, uint64_t workers)
{
	static const char *const kernels[] = {"mapping-first", "mapping-later", "mapping-random"};
	for (size_t k = 0; k < 3; k++)
		for (size_t p = 0; p < 2; p++) {
			m->wobble = p ? x[3] : 0;
			struct sample *s = put(m, "mapping", kernels[k], 256, p ? "fork" : "pthread", workers,
					       p ? 1e6 * x[k ? 2 : 1] : 1e6);
			m->wobble = 0;
			for (size_t run = 0; run < m->runs; run++)
				s[run].tables_kib = p ? 512 * x[0] : 512;
		}
}

static void mapping(struct made *m, const double *x)
{
	mapping_of(m, x, 2);
}

static void mapping_on_one(struct made *m, const double *x)
{
	mapping_of(m, x, 1);
}

/* Beside it in transparent huge pages. */
static void mapping_in_huge(struct made *m, const double *x)
{
	mapping(m, x);
	struct sample *s = put(m, "mapping", "mapping-first-thp", 256, "fork", 2, 1e6);
	for (size_t run = 0; run < m->runs; run++)
		s[run].tables_kib = 64;
	put(m, "mapping", "mapping-random-thp", 256, "fork", 2, 5e5);
}

static struct sample *serve_put(struct made *m, const char *kernel, const char *runner, uint64_t workers,
				double factor, double wobble)
{
	m->wobble = wobble;
	struct sample *s = put(m, "serve", kernel, 100, runner, workers, 1e6 * factor);
	m->wobble = 0;
	for (size_t run = 0; run < m->runs; run++)
		if (workers > 2)
			s[run].flags = "oversubscribed";
	return s;
}

/* A process over a thread: time per request and latency; memory; a new connection; wobble of the latency. */
static void serve(struct made *m, const double *x)
{
	for (size_t p = 0; p < 2; p++) {
		struct sample *s = serve_put(m, "serve-each", p ? "fork" : "pthread", 101, 1, 0);
		for (size_t run = 0; run < m->runs; run++) {
			s[run].request_ns = 2e4 * (p ? x[0] : 1);
			s[run].p99_ns = 1e5 * (p ? x[0] * (1 + x[3] * ((double)run - 2.5)) : 1);
			s[run].pss_kib = s[run].tables_kib = s[run].stacks_kib = 1000 * (p ? x[1] : 1);
		}
	}
	serve_put(m, "connect-thread", "fork", 2, 1, 0);
	serve_put(m, "connect-process", "fork", 2, x[2], 0);
}

static void serve_with_pools(struct made *m, const double *x)
{
	serve(m, x);
	serve_put(m, "connect-standing", "fork", 2, 0.5, 0);
	for (size_t p = 0; p < 2; p++) {
		struct sample *s = serve_put(m, "serve-pool", p ? "fork" : "pthread", 4, 1, 0);
		for (size_t run = 0; run < m->runs; run++)
			s[run].request_ns = p ? 1.1e4 : 1e4;
	}
}

/* On a machine of one unit both workers of the smallest case are too many. */
static void serve_on_one(struct made *m, const double *x)
{
	serve(m, x);
	for (size_t i = 0; i < m->samples.count; i++)
		m->row[i].flags = "oversubscribed";
}

/* KiB of a process over those of a thread, half of it pages; wobble. */
static void memory(struct made *m, const double *x)
{
	for (size_t k = 0; k < 2; k++) {
		struct sample *s = put(m, "memory", "empty", 1, k ? "fork" : "pthread", 100, 1e6);
		for (size_t run = 0; run < m->runs; run++) {
			double kib = 1000 * (k ? x[0] * (1 + x[1] * ((double)run - 2.5)) : 1);
			s[run].pss_kib = kib / 2;
			s[run].tables_kib = kib / 4;
			s[run].stacks_kib = kib / 4;
		}
	}
}

/* Speedups at two workers: bytecode in threads, in processes; C code in threads; workers. */
static void python(struct made *m, const double *x)
{
	uint64_t workers = (uint64_t)x[3];
	put(m, "python", "python-loop", 1, "seq", 1, 1e6);
	put(m, "python", "python-loop", 1, "pthread", workers, 1e6 / x[0]);
	put(m, "python", "python-loop", 1, "fork", workers, 1e6 / x[1]);
	if (x[2] > 0) {
		put(m, "python", "python-hash", 1, "seq", 1, 1e6);
		put(m, "python", "python-hash", 1, "pthread", workers, 1e6 / x[2]);
		put(m, "python", "python-hash", 1, "fork", workers, 1e6 / x[2]);
	}
}

static void of_build(struct made *m, const char *build, const char *kernel, const char *runner,
		     uint64_t workers, double ns)
{
	struct sample *s = put(m, "python", kernel, 1, runner, workers, ns);
	for (size_t run = 0; run < m->runs; run++)
		s[run].python = build;
}

/* With a GIL threads take turns; speedups of threads in sub-interpreters (0: not measured), in threads
 * without a GIL; workers; one where C code gains. */
static void pythons(struct made *m, const double *x)
{
	const struct {
		const char *name;
		double threads;
	} builds[] = {{"3.13.5", 1}, {"3.13.5+sub", x[0]}, {"3.13.5t", x[1]}};
	uint64_t workers = (uint64_t)x[2];
	for (size_t i = 0; i < 3; i++) {
		bool subs = i == 1;
		double in_c = subs && builds[i].threads <= 1 ? 1 : x[3];
		if (builds[i].threads <= 0)
			continue;
		of_build(m, builds[i].name, "python-loop", "seq", 1, 1e6);
		of_build(m, builds[i].name, "python-loop", "pthread", workers, 1e6 / builds[i].threads);
		if (!subs)
			of_build(m, builds[i].name, "python-loop", "fork", workers, 1e6 / 1.9);
		of_build(m, builds[i].name, "python-hash", "seq", 1, 1e6);
		of_build(m, builds[i].name, "python-hash", "pthread", workers, 1e6 / in_c);
		if (!subs)
			of_build(m, builds[i].name, "python-hash", "fork", workers, 1e6 / in_c);
	}
}

/* Without a GIL: the speedup of two threads on objects of their own, and on one that they share (0: not
 * measured); one thread's time over that with the GIL (0: not measured); the wobble of all. */
static void free_threads(struct made *m, const double *x)
{
	of_build(m, "3.13.5t", "python-loop", "seq", 1, 1e6);
	if (x[2] > 0)
		of_build(m, "3.13.5", "python-loop", "seq", 1, 1e6 / x[2]);
	m->wobble = x[3];
	of_build(m, "3.13.5t", "python-loop", "pthread", 2, 1e6 / x[0]);
	m->wobble = 0;
	of_build(m, "3.13.5t", "python-loop", "fork", 2, 1e6 / 1.9);
	if (x[1] > 0) {
		of_build(m, "3.13.5t", "python-shared", "seq", 1, 1e6);
		of_build(m, "3.13.5t", "python-shared", "pthread", 2, 1e6 / x[1]);
	}
}

/* The same, and on one object as wide as the wobble. */
static void free_threads_open(struct made *m, const double *x)
{
	free_threads(m, (const double[]){x[0], 0, x[2], 0});
	of_build(m, "3.13.5t", "python-shared", "seq", 1, 1e6);
	m->wobble = x[3];
	of_build(m, "3.13.5t", "python-shared", "pthread", 2, 1e6 / x[1]);
	m->wobble = 0;
}

/* The gain of 8 workers over 2 by wall, of which the spans know nothing: threads, processes; wobble; pooled
 * threads, 0: not measured. */
static void waiting(struct made *m, const double *x)
{
	static const char *const runners[] = {"pthread", "fork", "pthread-pool"};
	const double gain[] = {x[0], x[1], x[3]};
	for (size_t k = 0; k < 3; k++) {
		if (gain[k] <= 0)
			continue;
		put(m, "waiting", "wait", 1, runners[k], 2, 1e6);
		m->wobble = x[2];
		struct sample *s = put(m, "waiting", "wait", 1, runners[k], 8, 1e6 / gain[k]);
		m->wobble = 0;
		for (size_t run = 0; run < m->runs; run++) {
			s[run].flags = "oversubscribed";
			s[run].span_ns = 1e3;
		}
	}
}

static void waiting_before(struct made *m, const double *x)
{
	m->older = true;
	waiting(m, x);
}

enum { NO_TIMES, REPLACED_AND_REDONE, BOTH_IN_ONE };

/* Workers left of two: forked, of one kind of crash and of another; threads; which times there are. */
static void isolation(struct made *m, const double *x)
{
	static const char *const kinds[] = {"crash-abort", "crash-memory"};
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 2; k++) {
			struct sample *s = put(m, "isolation", kinds[i], 1, k ? "fork" : "pthread", 2, 1e6);
			for (size_t run = 0; run < m->runs; run++) {
				s[run].survivors = k ? x[i] : x[2];
				if ((int)x[3] != NO_TIMES)
					s[run].recovery_ns = k ? 270e3 : 470e3;
				if ((int)x[3] == REPLACED_AND_REDONE)
					s[run].redo_ns = k ? 10e3 : 3e6;
			}
		}
}

/* Messages between two workers of one host and of two: what the model is fitted to. */
static void messages(struct made *m)
{
	for (uint64_t hosts = 1; hosts <= 2; hosts++)
		for (uint64_t size = 1; size <= 4096; size *= 4096) {
			struct sample *s = put(m, "scale", "message-latency", size, "mpi", 2,
					       2e3 * (double)(hosts * (1 + size)));
			for (size_t run = 0; run < m->runs; run++)
				s[run].hosts = hosts;
		}
}

enum { APART, ONE_MACHINE, ONE_WRONG, ALL_WRONG, ALL_SKIPPED, NO_MORE_WORKERS, FEW_BYTES };

/* Processes on two hosts over threads on one in two kernels; their wobble; what else there is to it. */
static void machines(struct made *m, const double *x)
{
	static const char *const kernels[] = {"kmeans", "primes"};
	int how = (int)x[3];
	m->shared = how == ONE_MACHINE;
	for (size_t k = 0; k < 2; k++) {
		put(m, "scale", kernels[k], 1, "pthread", 2, 1e6);
		put(m, "scale", kernels[k], 1, "mpi", 2, 1e6);
		m->wobble = x[2];
		struct sample *s = put(m, "scale", kernels[k], 1, "mpi", how == NO_MORE_WORKERS ? 2 : 4,
				       1e6 * x[k]);
		m->wobble = 0;
		for (size_t run = 0; run < m->runs; run++) {
			s[run].hosts = 2;
			s[run].phases = 1;
			s[run].exchanged = how == FEW_BYTES ? 1 : 1e6;
			if (how == ALL_WRONG || (how == ONE_WRONG && k == 0 && run == 1))
				s[run].status = "wrong";
			if (how == ALL_SKIPPED)
				s[run].status = run ? "skipped" : "crashed";
		}
	}
	messages(m);
}

static void first_works(struct made *m, uint64_t ballast, uint64_t threads, double forked, double wobble)
{
	static const char *const runners[] = {"forkserver", "fork", "spawn", "fork-pool"};
	const double ns[] = {2e5, 2e5 * forked, 3e5, 1e4};
	for (size_t k = 0; k < 4; k++) {
		struct sample *s = put(m, "first-work", "beside", threads, runners[k], 1, ns[k]);
		for (size_t run = 0; run < m->runs; run++) {
			double noise = k == 1 ? 1 + wobble * ((double)run - 2.5) : 1;
			s[run].ballast = ballast;
			s[run].pages = ballast ? "small" : "";
			if (k == 3)
				continue;
			s[run].wall_ns = 1; /* is not what counts */
			s[run].bind_ns = s[run].enter_ns = s[run].meet_ns = 0;
			s[run].start_ns = 0.75 * ns[k] * noise;
			s[run].work_ns = 0.25 * ns[k] * noise;
		}
	}
}

/* A fork over a fork server: for a small parent, one with memory, one with threads (0: not measured); wobble.
 */
static void first_work(struct made *m, const double *x)
{
	first_works(m, 0, 1, x[0], x[3]);
	if (x[1] > 0)
		first_works(m, UINT64_C(64) << 20, 1, x[1], x[3]);
	if (x[2] > 0)
		first_works(m, 0, 65, x[2], x[3]);
}

/* The gap beside a fork over that beside posix_spawn; wobble; the page that the parent copies, in ns (0: not
 * measured). */
static void stalls(struct made *m, const double *x)
{
	static const char *const kernels[] = {"stall-spawn", "stall-fork", "stall-vfork", "stall-clone"};
	for (size_t k = 0; k < 4; k++)
		for (size_t large = 0; large < 2; large++) {
			struct sample *s = put(m, "stall", kernels[k], 4, "pthread", 2, 1e6);
			for (size_t run = 0; run < m->runs; run++) {
				double noise = k == 1 ? 1 + x[1] * ((double)run - 2.5) : 1;
				s[run].ballast = UINT64_C(64) << (20 + 4 * large);
				s[run].pages = "small";
				s[run].gap_ns = 1e5 * (k == 1 && large ? x[0] : 1) * noise;
			}
		}
	if (x[2] > 0)
		pages(m, "copy-parent", "pthread", x[2], "small");
}

/* Of 100 workers in each invocation hang at a mutex, in localtime, in malloc, at stdio. */
static void hangs(struct made *m, const double *x)
{
	static const char *const kernels[] = {"hang-mutex", "hang-localtime", "hang-malloc", "hang-stdio"};
	for (size_t k = 0; k < 4; k++)
		for (size_t other = 0; other < 2; other++) {
			struct sample *s = put(m, "fork-safety", kernels[k], 1, other ? "forkserver" : "fork",
					       1, 1e6);
			for (size_t run = 0; run < m->runs; run++) {
				s[run].tried = 150;
				s[run].hung = other ? 0 : x[k];
			}
		}
}

/* Two that tried in each invocation, and found nothing locked. */
static void few_tries(struct made *m, const double *x)
{
	hangs(m, x);
	for (size_t i = 0; i < m->samples.count; i++)
		m->row[i].tried = 2;
}

static void none(struct made *m, const double *x)
{
	(void)x;
	put(m, "pool", "spin", 1, "seq", 1, 1e6);
}

#endif
