/* What the keeper does about workers that have ended, or that have to: settles what they held, and kills. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/family.h"
#include "runners/futex.h"
#include "runners/pool/keeping.h"

bool keeper_is_ending(const struct keeping *k)
{
	const struct pool_shared *shared = k->pool->shared;
	return atomic_load(&shared->stop) == STOP_NOW || atomic_load(&shared->broken);
}

static void tell_death(int wait_status, char *text, size_t bytes)
{
	if (WIFSIGNALED(wait_status))
		snprintf(text, bytes, "was killed by SIG%s", sigabbrev_np(WTERMSIG(wait_status)));
	else
		snprintf(text, bytes, "exited with %d", WEXITSTATUS(wait_status));
}

struct pool_outcome keeper_outcome(int wait_status, bool timed_out, uint32_t attempts)
{
	struct pool_outcome o = {.state = timed_out ? POOL_TIMED_OUT : POOL_LOST, .attempts = attempts};
	if (WIFSIGNALED(wait_status))
		o.signal = WTERMSIG(wait_status);
	else
		o.code = WEXITSTATUS(wait_status);
	return o;
}

void keeper_settle(struct pool_shared *shared, struct slot *slot, unsigned from, uint32_t rank,
		   const struct pool_outcome *outcome)
{
	uint64_t word = atomic_load(&slot->word);
	if (slot_state(word) != from || (from == SLOT_RUNNING && slot_rank(word) != rank))
		return;
	slot->outcome[SLOT_BY_KEEPER] = *outcome;
	if (slot_change(slot, from, rank, SLOT_SETTLED))
		slot_wake(shared, slot);
}

/* The task in a dead worker's hands, if there is one. Was there? */
static bool settle_task(struct keeping *k, uint32_t rank, int wait_status)
{
	struct pool_shared *shared = k->pool->shared;
	const struct pool_options *o = &k->pool->options;
	uint32_t used = atomic_load(&shared->slots_used);
	bool found = false, timed_out = k->kept[rank].expired;
	for (uint32_t i = 0; i < used; i++) {
		struct slot *slot = &shared->slot[i];
		uint64_t word = atomic_load(&slot->word);
		if (slot_state(word) != SLOT_RUNNING || slot_rank(word) != rank)
			continue;
		found = true;
		uint32_t attempts = atomic_load(&slot->attempts);
		struct pool_outcome outcome = keeper_outcome(wait_status, timed_out, attempts);
		bool unwanted = atomic_load(&slot->evicted);
		if (unwanted)
			outcome = (struct pool_outcome){.state = POOL_CANCELLED, .attempts = attempts};
		if (o->on_loss != POOL_RETRY || timed_out || unwanted || attempts > o->retries ||
		    queue_push(&shared->queue, shared, i))
			keeper_settle(shared, slot, SLOT_RUNNING, rank, &outcome);
	}
	return found;
}

/* The chunk in a dead worker's hands: the caller closes the job and sees to it. Was there one? */
static bool settle_job(struct keeping *k, uint32_t rank, int wait_status)
{
	struct pool_shared *shared = k->pool->shared;
	struct pool_worker *w = &shared->worker[rank];
	uint64_t job = atomic_load(&w->in_job);
	if (!job)
		return false;
	uint32_t n = atomic_load(&shared->casualties);
	/* Who is killed because the pool, or the job, ends is no casualty: its chunk is cancelled. */
	if (n < POOL_CASUALTIES && !keeper_is_ending(k) && !k->kept[rank].evicted) {
		shared->casualty[n] = (struct casualty){.job = job,
							.chunk = atomic_load(&w->chunk),
							.timed_out = k->kept[rank].expired,
							.wait_status = wait_status};
		atomic_store(&shared->casualties, n + 1);
	}
	atomic_fetch_add(&shared->job.deaths, 1);
	atomic_store(&w->in_job, 0);
	atomic_fetch_add(&shared->job.ended, 1);
	futex_wake_all(&shared->job.ended);
	return true;
}

static void count_short_lives(struct keeping *k, uint32_t rank, uint32_t life, const char *death)
{
	struct pool_worker *w = &k->pool->shared->worker[rank];
	bool worked = atomic_load(&w->beats) != k->kept[rank].born_beats;
	k->short_lives = worked ? 0 : k->short_lives + 1;
	/* Killed on the way to its initialiser, it says nothing about that. */
	if (life == LIFE_INITIALISING)
		k->stillborn++;
	else if (life != LIFE_STARTING)
		k->stillborn = 0;
	if (k->stillborn >= KEEPER_STILLBORN_MAX)
		pool_break(k->pool->shared, "%u workers in a row died in their initialiser; worker %u %s",
			   k->stillborn, rank, death);
}

/* wait_status: 0 for a thread */
static void bury(struct keeping *k, uint32_t rank, int wait_status)
{
	struct pool_shared *shared = k->pool->shared;
	struct pool_worker *w = &shared->worker[rank];
	struct kept *kept = &k->kept[rank];
	uint32_t life = atomic_load(&w->life);
	bool well = kept->evicted || (wait_status == 0 && life == LIFE_ENDED);
	int init_code = atomic_load(&w->init_code);
	char death[64];
	tell_death(wait_status, death, sizeof death);
	k->living--;
	kept->lives = false;
	workers_forget(shared, rank);
	atomic_store(&w->life, LIFE_ABSENT);
	atomic_store(&w->pid, 0);
	if (init_code)
		pool_break(shared, "the initialiser of worker %u returned %d", rank, init_code);
	/* Of those that were killed to end the pool, the tasks are cancelled, not lost: see cancel_rest. */
	bool held = !keeper_is_ending(k) && settle_task(k, rank, wait_status);
	held |= settle_job(k, rank, wait_status);
	if (!well) {
		count_short_lives(k, rank, life, death);
		if (k->pool->options.on_loss == POOL_BREAK && (held || life == LIFE_INITIALISING))
			pool_break(shared, "worker %u %s %s", rank, death,
				   held ? "while it had a task" : "in its initialiser");
	}
	kept->due_ns = clock_ns() + (well ? 0 : keeper_backoff_ns(k->short_lives));
	if (!queue_is_empty(shared))
		workers_wake(shared, k->pool->workers, UINT32_MAX);
	atomic_fetch_add(&shared->ready, 1);
	futex_wake_all(&shared->ready);
}

static void reap_processes(struct keeping *k)
{
	struct signalfd_siginfo info;
	while (read(k->signal_fd, &info, sizeof info) > 0)
		;
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (uint32_t r = k->pool->first_worker; r < k->pool->workers; r++)
			if (k->kept[r].lives && atomic_load(&k->pool->shared->worker[r].pid) == pid) {
				bury(k, r, status);
				break;
			}
}

static void reap_threads(struct keeping *k)
{
	for (uint32_t r = k->pool->first_worker; r < k->pool->workers; r++)
		if (k->kept[r].lives && atomic_load(&k->pool->shared->worker[r].life) == LIFE_ENDED) {
			pthread_join(k->kept[r].thread, NULL);
			bury(k, r, 0);
		}
}

void keeper_reap(struct keeping *k)
{
	if (pool_is_processes(k->pool))
		reap_processes(k);
	else
		reap_threads(k);
}

/* ---- the time limit ---- */

static void expire_thread(struct keeping *k, uint32_t rank)
{
	struct pool_shared *shared = k->pool->shared;
	struct pool_outcome outcome = {.state = POOL_TIMED_OUT, .attempts = 1};
	uint64_t job = atomic_load(&shared->worker[rank].in_job);
	if (job) {
		shared->casualty[0] = (struct casualty){
			.job = job, .chunk = atomic_load(&shared->worker[rank].chunk), .timed_out = true};
		atomic_store(&shared->casualties, 1);
		atomic_store(&shared->hung, 1);
		pool_break(shared, "worker %u, a thread, hangs in a map and cannot be stopped", rank);
		return;
	}
	for (uint32_t i = 0, used = atomic_load(&shared->slots_used); i < used; i++)
		keeper_settle(shared, &shared->slot[i], SLOT_RUNNING, rank, &outcome);
}

void keeper_watch_time(struct keeping *k)
{
	uint64_t now = clock_ns(), limit = k->pool->options.timeout_ns;
	for (uint32_t r = k->pool->first_worker; limit && r < k->pool->workers; r++) {
		struct pool_worker *w = &k->pool->shared->worker[r];
		struct kept *kept = &k->kept[r];
		uint32_t beats = atomic_load(&w->beats);
		if (!kept->lives || !atomic_load(&w->busy) || beats != kept->beats) {
			kept->beats = beats;
			kept->since_ns = now;
			if (!pool_is_processes(k->pool))
				kept->expired = false; /* it came back */
		} else if (now - kept->since_ns >= limit && !kept->expired) {
			kept->expired = true;
			if (pool_is_processes(k->pool))
				family_kill(atomic_load(&w->pid));
			else
				expire_thread(k, r);
		}
	}
}

/* ---- what nobody wants any more ---- */

/* Has it in its hands what its caller has given up? */
static bool is_unwanted(struct pool *pool, uint32_t rank)
{
	struct pool_shared *shared = pool->shared;
	uint64_t job = atomic_load(&shared->worker[rank].in_job);
	bool unwanted = job && job == atomic_load(&shared->job.evicted);
	for (uint32_t i = 0, used = atomic_load(&shared->slots_used); i < used && !unwanted; i++) {
		uint64_t word = atomic_load(&shared->slot[i].word);
		unwanted = slot_state(word) == SLOT_RUNNING && slot_rank(word) == rank &&
			   atomic_load(&shared->slot[i].evicted);
	}
	return unwanted;
}

/* Who is killed must still have it: it is stopped, looked at again, and killed or let go. */
void keeper_look_at_evictions(struct keeping *k)
{
	struct pool *pool = k->pool;
	uint32_t evictions = atomic_load(&pool->shared->evictions);
	if (evictions == k->evictions || !pool_is_processes(pool))
		return;
	k->evictions = evictions;
	for (uint32_t r = pool->first_worker; r < pool->workers; r++) {
		pid_t pid = atomic_load(&pool->shared->worker[r].pid);
		if (!k->kept[r].lives || !is_unwanted(pool, r))
			continue;
		family_stop(pid);
		k->kept[r].evicted = is_unwanted(pool, r);
		if (k->kept[r].evicted)
			family_kill(pid);
		else
			kill(pid, SIGCONT);
	}
}
