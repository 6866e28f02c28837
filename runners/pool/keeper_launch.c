/* How the keeper starts a worker: as a thread of its process, or as a fork of itself. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/pool/keeping.h"
#include "runners/streams.h"

struct seat {
	struct pool *pool;
	uint32_t rank;
};

static void *thread_main(void *arg)
{
	struct seat seat = *(struct seat *)arg;
	free(arg);
	worker_main(seat.pool, seat.rank);
	keeper_command(seat.pool);
	return NULL;
}

static int launch_thread(struct keeping *k, uint32_t rank)
{
	struct seat *seat = malloc(sizeof *seat);
	if (!seat)
		return -ENOMEM;
	*seat = (struct seat){k->pool, rank};
	int error = pthread_create(&k->kept[rank].thread, NULL, thread_main, seat);
	if (error)
		free(seat);
	return -error;
}

/* The keeper ignores them. Workers are ended by those that the caller does not ignore, as nohup(1) leaves it.
 */
const int keeper_ending_signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, 0};

static void process_main(struct keeping *k, uint32_t rank, pid_t keeper)
{
	char name[24];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(EXIT_FAILURE);
	close(k->signal_fd);
	close(k->caller_fd);
	for (size_t i = 0; keeper_ending_signals[i]; i++)
		signal(keeper_ending_signals[i], k->ignored[keeper_ending_signals[i]] ? SIG_IGN : SIG_DFL);
	signal(SIGINT, SIG_IGN); /* Ctrl-C is the caller's */
	sigprocmask(SIG_SETMASK, &k->workers_signals, NULL);
	snprintf(name, sizeof name, "pool/w%u", rank);
	prctl(PR_SET_NAME, name);
	worker_main(k->pool, rank);
	streams_flush();
	_exit(EXIT_SUCCESS);
}

static int launch_process(struct keeping *k, uint32_t rank)
{
	pid_t keeper = getpid(), pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		process_main(k, rank, keeper);
	atomic_store(&k->pool->shared->worker[rank].pid, pid);
	return 0;
}

uint64_t keeper_backoff_ns(uint32_t failures)
{
	uint32_t shift = failures < KEEPER_BACKOFF_SHIFT_MAX ? failures : KEEPER_BACKOFF_SHIFT_MAX;
	return failures ? NS_PER_MS << shift : 0;
}

void keeper_launch(struct keeping *k, uint32_t rank)
{
	struct pool_worker *w = &k->pool->shared->worker[rank];
	struct kept *kept = &k->kept[rank];
	atomic_store(&w->life, LIFE_STARTING);
	atomic_store(&w->busy, 0);
	w->joined = 0;
	kept->born_beats = kept->beats = atomic_load(&w->beats);
	kept->since_ns = clock_ns();
	int error = pool_is_processes(k->pool) ? launch_process(k, rank) : launch_thread(k, rank);
	kept->lives = error == 0;
	kept->expired = kept->evicted = kept->killed = false;
	kept->due_ns = 0;
	if (!error) {
		k->living++;
		return;
	}
	atomic_store(&w->life, LIFE_ABSENT);
	if (++k->stillborn >= KEEPER_STILLBORN_MAX)
		pool_break(k->pool->shared, "worker %u cannot be started: %s", rank, strerror(-error));
	kept->due_ns = clock_ns() + keeper_backoff_ns(k->stillborn);
}
