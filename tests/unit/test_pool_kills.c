/*
 * SIGKILL at any moment. Rounds of tasks and maps while a killer strikes workers: idle, taking a task,
 *running it, writing its result. Every future resolves, no callback comes twice, and under `retry` nothing is
 *lost.
 *
 *	test_pool_kills [ROUNDS [SEED]]     the soak: make soak
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/base/random.h"
#include "runners/clock.h"
#include "runners/pool/pool.h"

enum { WORKERS = 3, TASKS = 24, ITEMS = 300, RESULT = 4096 };

struct killer {
	struct pool *pool;
	uint32_t first; /* rank 0 is the caller if it works: not to be struck */
	uint64_t random;
	_Atomic int stop;
	_Atomic uint64_t kills;
};

static void die(const char *format, uint64_t round, uint64_t a, uint64_t b)
{
	fprintf(stderr, format, (unsigned long long)round, (unsigned long long)a, (unsigned long long)b);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

static void *strike(void *arg)
{
	struct killer *k = arg;
	int pids[WORKERS];
	while (!k->stop) {
		/* from a moment to a little more than a round */
		usleep((unsigned)(random_next(&k->random) % 400));
		pool_pids(k->pool, pids);
		int pid = pids[k->first + random_next(&k->random) % (WORKERS - k->first)];
		/* A pid that was reaped meanwhile could be anybody's: it is ours only while its keeper says
		 * so, and pids are not reused within a round. */
		if (pid > 0 && kill(pid, SIGKILL) == 0)
			k->kills++;
	}
	return NULL;
}

/* Works for up to 100 µs, then writes a page of a pattern. */
static int task(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	uint64_t x, state;
	(void)in_bytes;
	memcpy(&x, in, sizeof x);
	state = x;
	for (uint64_t spins = x % 20000; spins; spins--)
		__asm__ volatile("");
	for (size_t i = 0; i < out_bytes; i += 8) {
		uint64_t word = random_next(&state);
		memcpy((char *)out + i, &word, 8);
	}
	return 0;
}

static bool is_right(uint64_t x, const unsigned char *out)
{
	uint64_t state = x;
	for (size_t i = 0; i < RESULT; i += 8) {
		uint64_t word = random_next(&state);
		if (memcmp(out + i, &word, 8) != 0)
			return false;
	}
	return true;
}

static void count(void *arg, const struct pool_outcome *outcome)
{
	(void)outcome;
	(*(_Atomic int *)arg)++;
}

static uint64_t round_of_tasks(struct pool *pool, bool retry, uint64_t round, uint64_t *random)
{
	static unsigned char out[TASKS][RESULT];
	static _Atomic int calls[TASKS];
	struct pool_future *f[TASKS];
	uint64_t x[TASKS], lost = 0;
	for (int i = 0; i < TASKS; i++) {
		x[i] = random_next(random);
		calls[i] = 0;
		if (pool_submit(pool, task, &x[i], 8, out[i], RESULT, i % 3 ? NULL : count,
				i % 3 ? NULL : count, &calls[i], &f[i]))
			die("round %llu: task %llu is refused", round, (uint64_t)i, 0);
	}
	for (int i = 0; i < TASKS; i++) {
		struct pool_outcome o;
		int error = pool_wait(f[i], 60 * NS_PER_S, &o);
		if (error)
			die("round %llu: task %llu did not end: error %llu", round, (uint64_t)i,
			    (uint64_t)-error);
		if (o.state == POOL_LOST && !retry)
			lost++;
		else if (o.state != POOL_DONE)
			die("round %llu: task %llu ended in state %llu", round, (uint64_t)i, o.state);
		else if (!is_right(x[i], out[i]))
			die("round %llu: task %llu has a wrong result", round, (uint64_t)i, 0);
	}
	for (int i = 0; i < TASKS; i++) {
		for (int ms = 0; i % 3 == 0 && !calls[i]; ms++) {
			if (ms > 60000)
				die("round %llu: task %llu was not called back", round, (uint64_t)i, 0);
			usleep(1000);
		}
		if (calls[i] > 1)
			die("round %llu: task %llu was called back %llu times", round, (uint64_t)i,
			    (uint64_t)calls[i]);
		pool_forget(f[i]);
	}
	return lost;
}

static uint64_t round_of_map(struct pool *pool, bool retry, uint64_t round)
{
	static uint64_t x[ITEMS], y[ITEMS];
	struct pool_map_outcome m;
	for (uint64_t i = 0; i < ITEMS; i++) {
		x[i] = round * ITEMS + i;
		y[i] = 0;
	}
	int error = pool_map(pool, task, x, 8, y, 8, ITEMS, 1 + round % 7, &m);
	if (error == -ECANCELED)
		fprintf(stderr, "the pool is broken: %s\n", pool_reason(pool));
	if (error != 0 && (retry || error != -EIO))
		die("round %llu: the map ended with %llu, %llu items not done", round, (uint64_t)-error,
		    m.not_done);
	uint64_t wrong = 0;
	for (uint64_t i = 0; i < ITEMS; i++) {
		uint64_t state = x[i];
		wrong += y[i] != random_next(&state);
	}
	/* an item may be right although its chunk was lost: it was done before its worker died */
	if (wrong > m.not_done || m.done + m.not_done != ITEMS)
		die("round %llu: %llu items are wrong, %llu were told", round, wrong, m.not_done);
	return m.not_done;
}

static struct pool *open_pool(bool retry, bool caller_works)
{
	char why[256];
	struct pool *pool = pool_open(&(struct pool_options){.kind = POOL_PROCESSES,
							     .workers = WORKERS,
							     .caller_works = caller_works,
							     .on_loss = retry ? POOL_RETRY : POOL_FAIL,
							     .retries = UINT32_MAX,
							     .shared_bytes = 1u << 30},
				      why, sizeof why);
	if (!pool) {
		fprintf(stderr, "pool_open: %s\n", why);
		exit(EXIT_FAILURE);
	}
	return pool;
}

/* A pool for so many rounds; the killer is at work all the time. What was lost, and how often it struck. */
static void rounds_of_one_pool(uint64_t first, uint64_t rounds, uint64_t *random, uint64_t *lost,
			       uint64_t *kills)
{
	bool retry = random_next(random) % 2, caller_works = random_next(random) % 4 == 0;
	struct killer killer = {
		.pool = open_pool(retry, caller_works), .first = caller_works, .random = random_next(random)};
	pthread_t thread;
	if (pthread_create(&thread, NULL, strike, &killer) != 0)
		die("round %llu: no killer", first, 0, 0);
	for (uint64_t round = first; round < first + rounds; round++)
		*lost += round % 2 ? round_of_tasks(killer.pool, retry, round, random)
				   : round_of_map(killer.pool, retry, round);
	killer.stop = 1;
	pthread_join(thread, NULL);
	*kills += killer.kills;
	pool_free(killer.pool);
}

int main(int argc, char **argv)
{
	enum { ROUNDS_A_POOL = 50 };
	uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 300;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : clock_ns(), random = seed;
	uint64_t lost = 0, kills = 0;
	if (getenv("PVT_THREADS_ONLY"))
		return 77;
	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	for (uint64_t round = 0; round < rounds; round += ROUNDS_A_POOL)
		rounds_of_one_pool(round, ROUNDS_A_POOL, &random, &lost, &kills);
	printf("%llu rounds, %llu kills: every task ended once; %llu lost, all of them told and none under "
	       "retry\n",
	       (unsigned long long)rounds, (unsigned long long)kills, (unsigned long long)lost);
	return kills ? EXIT_SUCCESS : EXIT_FAILURE;
}
