/*
 * The keeper starts workers, notices their ends, settles what dead ones held, replaces them, and watches the
 * time limit. Of a process pool it is a process: it forks workers, and being single-threaded may do so
 * whatever the caller's threads are at; when the caller dies, it ends with all workers. Of a thread pool it
 * is a thread.
 */
#include "runners/pool/keeper.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/family.h"
#include "runners/futex.h"
#include "runners/streams.h"

enum { STILLBORN_MAX = 10, BACKOFF_SHIFT_MAX = 10 };

struct kept {
	bool lives, expired;
	bool evicted; /* killed because its caller does not want its work any more: no fault of its own */
	bool killed;  /* with all that it has started */
	pthread_t thread;
	uint64_t due_ns; /* of its replacement; 0: none */
	uint32_t beats;  /* as last seen, and since when */
	uint64_t since_ns;
	uint32_t born_beats;
};

struct keeping {
	struct pool *pool;
	struct kept *kept;
	uint32_t living;
	uint32_t short_lives; /* in a row: workers that ended without beginning a task */
	uint32_t stillborn;   /* in a row: workers that could not start, or died in their initialiser */
	uint32_t evictions;   /* as last seen */
	int caller_fd, signal_fd;
	sigset_t workers_signals;
	bool ignored[NSIG]; /* by the caller */
};

/* ---- launching ---- */

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
static const int ending[] = {SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

static void process_main(struct keeping *k, uint32_t rank, pid_t keeper)
{
	char name[24];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(EXIT_FAILURE);
	close(k->signal_fd);
	close(k->caller_fd);
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		signal(ending[i], k->ignored[ending[i]] ? SIG_IGN : SIG_DFL);
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

static uint64_t backoff_ns(uint32_t failures)
{
	uint32_t shift = failures < BACKOFF_SHIFT_MAX ? failures : BACKOFF_SHIFT_MAX;
	return failures ? NS_PER_MS << shift : 0;
}

static void launch(struct keeping *k, uint32_t rank)
{
	struct pool_worker *w = &k->pool->shared->worker[rank];
	struct kept *kept = &k->kept[rank];
	atomic_store(&w->life, LIFE_STARTING);
	atomic_store(&w->busy, 0);
	w->joined = 0;
	kept->born_beats = atomic_load(&w->beats);
	int error = pool_is_processes(k->pool) ? launch_process(k, rank) : launch_thread(k, rank);
	kept->lives = error == 0;
	kept->expired = kept->evicted = kept->killed = false;
	kept->due_ns = 0;
	if (!error) {
		k->living++;
		return;
	}
	atomic_store(&w->life, LIFE_ABSENT);
	if (++k->stillborn >= STILLBORN_MAX)
		pool_break(k->pool->shared, "worker %u cannot be started: %s", rank, strerror(-error));
	kept->due_ns = clock_ns() + backoff_ns(k->stillborn);
}

/* ---- ends ---- */

static bool is_ending(const struct keeping *k)
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

static void settle(struct pool_shared *shared, struct slot *slot, unsigned from, uint32_t rank,
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
			settle(shared, slot, SLOT_RUNNING, rank, &outcome);
	}
	return found;
}

/* The chunk in a dead worker's hands: the caller closes the job and sees to it. Was there one? */
static bool settle_job(struct keeping *k, uint32_t rank, int wait_status)
{
	struct pool_shared *shared = k->pool->shared;
	struct pool_worker *w = &shared->worker[rank];
	if (!atomic_load(&w->in_job))
		return false;
	uint32_t n = atomic_load(&shared->casualties);
	/* Who is killed because the pool, or the job, ends is no casualty: its chunk is cancelled. */
	if (n < POOL_CASUALTIES && !is_ending(k) && !k->kept[rank].evicted) {
		shared->casualty[n] = (struct casualty){.chunk = atomic_load(&w->chunk),
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
	if (k->stillborn >= STILLBORN_MAX)
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
	bool held = !is_ending(k) && settle_task(k, rank, wait_status);
	held |= settle_job(k, rank, wait_status);
	if (!well) {
		count_short_lives(k, rank, life, death);
		if (k->pool->options.on_loss == POOL_BREAK && (held || life == LIFE_INITIALISING))
			pool_break(shared, "worker %u %s %s", rank, death,
				   held ? "while it had a task" : "in its initialiser");
	}
	kept->due_ns = clock_ns() + (well ? 0 : backoff_ns(k->short_lives));
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

/* ---- the time limit ---- */

static void expire_thread(struct keeping *k, uint32_t rank)
{
	struct pool_shared *shared = k->pool->shared;
	struct pool_outcome outcome = {.state = POOL_TIMED_OUT, .attempts = 1};
	if (atomic_load(&shared->worker[rank].in_job)) {
		shared->casualty[0] = (struct casualty){.chunk = atomic_load(&shared->worker[rank].chunk),
							.timed_out = true};
		atomic_store(&shared->casualties, 1);
		atomic_store(&shared->hung, 1);
		pool_break(shared, "worker %u, a thread, hangs in a map and cannot be stopped", rank);
		return;
	}
	for (uint32_t i = 0, used = atomic_load(&shared->slots_used); i < used; i++)
		settle(shared, &shared->slot[i], SLOT_RUNNING, rank, &outcome);
}

static void watch_time(struct keeping *k)
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

/* ---- the loop ---- */

static void kill_all(struct keeping *k)
{
	for (uint32_t r = k->pool->first_worker; r < k->pool->workers; r++) {
		if (!k->kept[r].lives || k->kept[r].killed)
			continue;
		struct pool_worker *w = &k->pool->shared->worker[r];
		pid_t pid = atomic_load(&w->pid);
		k->kept[r].killed = true;
		if (atomic_load(&w->busy))
			family_kill(pid);
		else
			kill(pid, SIGKILL);
	}
}

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
static void evict(struct keeping *k)
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

/* Starts what is due; when the pool drains, only if tasks are left and nobody to do them. The next due time.
 */
static uint64_t replace(struct keeping *k)
{
	uint64_t next = UINT64_MAX, now = clock_ns();
	bool drains = atomic_load(&k->pool->shared->stop) == STOP_DRAIN;
	if (is_ending(k) || (drains && (k->living || queue_is_empty(k->pool->shared))))
		return next;
	for (uint32_t r = k->pool->first_worker; r < k->pool->workers; r++) {
		struct kept *kept = &k->kept[r];
		if (kept->lives || !kept->due_ns)
			continue;
		if (kept->due_ns <= now)
			launch(k, r);
		if (!kept->lives && kept->due_ns < next)
			next = kept->due_ns;
	}
	return next;
}

/* Sleeps until something ended, was commanded, or is due. False: the caller is dead. */
static bool wait_for_news(struct keeping *k, uint64_t due_ns)
{
	bool processes = pool_is_processes(k->pool);
	struct pollfd fds[] = {{.fd = k->pool->command_fd, .events = POLLIN},
			       {.fd = k->signal_fd, .events = POLLIN},
			       {.fd = k->caller_fd, .events = POLLIN}};
	uint64_t now = clock_ns(), limit = k->pool->options.timeout_ns;
	uint64_t wait_ns = due_ns == UINT64_MAX ? UINT64_MAX : due_ns > now ? due_ns - now : 0;
	if (limit && limit / 8 < wait_ns)
		wait_ns = limit / 8;
	uint64_t wait_ms = wait_ns / NS_PER_MS + (wait_ns % NS_PER_MS != 0);
	int ms = wait_ns == UINT64_MAX ? -1 : wait_ms < INT_MAX ? (int)wait_ms : INT_MAX;
	poll(fds, processes ? 3 : 1, ms);
	if (fds[0].revents) {
		eventfd_t count;
		eventfd_read(k->pool->command_fd, &count);
	}
	return !processes || fds[2].revents == 0;
}

static bool is_over(const struct keeping *k)
{
	uint32_t stop = atomic_load(&k->pool->shared->stop);
	return k->living == 0 && (is_ending(k) || (stop == STOP_DRAIN && queue_is_empty(k->pool->shared)));
}

static void cancel_rest(struct pool_shared *shared)
{
	struct pool_outcome cancelled = {.state = POOL_CANCELLED};
	for (uint32_t i = 0, used = atomic_load(&shared->slots_used); i < used; i++) {
		struct slot *slot = &shared->slot[i];
		uint64_t word = atomic_load(&slot->word);
		cancelled.attempts = atomic_load(&slot->attempts);
		if (slot_state(word) == SLOT_READY || slot_state(word) == SLOT_RUNNING)
			settle(shared, slot, slot_state(word), slot_rank(word), &cancelled);
	}
}

static void say_gone(struct pool_shared *shared)
{
	cancel_rest(shared);
	atomic_store(&shared->gone, 1);
	_Atomic uint32_t *const words[] = {&shared->ready, &shared->finished, &shared->job.ended,
					   &shared->gone};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (words[i] != &shared->gone)
			atomic_fetch_add(words[i], 1);
		futex_wake_all(words[i]);
	}
}

static void keep(struct keeping *k)
{
	struct pool *pool = k->pool;
	for (uint32_t r = pool->first_worker; r < pool->workers; r++)
		k->kept[r].due_ns = 1;
	bool told = false;
	for (;;) {
		uint64_t due_ns = replace(k);
		if (is_over(k))
			break;
		if (is_ending(k) && pool_is_processes(pool))
			kill_all(k);
		if ((is_ending(k) || atomic_load(&pool->shared->stop)) && !told) {
			told = true; /* the sleepers among them */
			workers_wake(pool->shared, pool->workers, UINT32_MAX);
		}
		evict(k);
		if (!wait_for_news(k, due_ns))
			atomic_store(&pool->shared->stop, STOP_NOW);
		if (pool_is_processes(pool))
			reap_processes(k);
		else
			reap_threads(k);
		watch_time(k);
	}
	say_gone(pool->shared);
}

/* ---- the keeper's own life ---- */

static struct keeping *prepare(struct pool *pool)
{
	struct keeping *k = calloc(1, sizeof *k);
	if (!k)
		return NULL;
	*k = (struct keeping){.pool = pool, .caller_fd = -1, .signal_fd = -1};
	k->kept = calloc(pool->workers, sizeof *k->kept);
	if (!k->kept) {
		free(k);
		return NULL;
	}
	return k;
}

static void discard(struct keeping *k)
{
	if (k)
		free(k->kept);
	free(k);
}

static void *keeper_thread(void *keeping)
{
	keep(keeping);
	discard(keeping);
	return NULL;
}

static void keeper_process(struct keeping *k)
{
	sigset_t children;
	prctl(PR_SET_NAME, "pool/keeper");
	streams_drop();
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		k->ignored[ending[i]] = signal(ending[i], SIG_IGN) == SIG_IGN;
	signal(SIGINT, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, NULL, &k->workers_signals);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	k->signal_fd = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	k->caller_fd = (int)syscall(SYS_pidfd_open, k->pool->caller, 0);
	if (k->caller_fd < 0 || k->signal_fd < 0 || getppid() != k->pool->caller) {
		pool_break(k->pool->shared, "the keeper cannot watch: %s", strerror(errno));
		say_gone(k->pool->shared);
		_exit(EXIT_FAILURE);
	}
	keep(k);
	_exit(EXIT_SUCCESS);
}

static int start_process(struct pool *pool, struct keeping *k)
{
	streams_flush();
	pool->keeper = fork();
	if (pool->keeper < 0)
		return -errno;
	if (pool->keeper == 0)
		keeper_process(k);
	discard(k);
	pool->keeper_fd = (int)syscall(SYS_pidfd_open, pool->keeper, 0);
	return 0; /* without a pidfd its death is noticed by waitpid */
}

int keeper_start(struct pool *pool)
{
	pool->command_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->command_fd < 0)
		return -errno;
	struct keeping *k = prepare(pool);
	if (!k)
		return -ENOMEM;
	int error = pool_is_processes(pool) ? start_process(pool, k)
					    : -pthread_create(&pool->keeper_thread, NULL, keeper_thread, k);
	if (error)
		discard(k);
	/* the keeper frees what is its own: NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	pool->kept = !error;
	return error;
}

void keeper_command(struct pool *pool)
{
	eventfd_write(pool->command_fd, 1);
}

void keeper_evict(struct pool *pool)
{
	atomic_fetch_add(&pool->shared->evictions, 1);
	keeper_command(pool);
}

void keeper_join(struct pool *pool)
{
	if (!pool->kept)
		return;
	if (pool_is_processes(pool)) {
		while (waitpid(pool->keeper, NULL, 0) < 0 && errno == EINTR)
			;
		if (pool->keeper_fd >= 0)
			close(pool->keeper_fd);
		pool->keeper_fd = -1;
	} else {
		pthread_join(pool->keeper_thread, NULL);
	}
	pool->kept = false;
}

/* Its workers die with it, which takes a moment; zombies may stay until init sees to them. */
static void await_orphans(struct pool *pool)
{
	for (uint32_t r = pool->first_worker; r < pool->workers; r++) {
		int pid = atomic_load(&pool->shared->worker[r].pid);
		for (int i = 0; pid > 0 && i < 100 && kill(pid, 0) == 0; i++)
			usleep(1000);
		atomic_store(&pool->shared->worker[r].in_job, 0);
		atomic_store(&pool->shared->worker[r].pid, 0);
	}
}

void keeper_check(struct pool *pool)
{
	struct pool_shared *shared = pool->shared;
	struct pollfd ended = {.fd = pool->keeper_fd, .events = POLLIN};
	if (!pool_is_processes(pool) || atomic_load(&shared->gone) || pool->keeper_fd < 0)
		return;
	if (poll(&ended, 1, 0) == 1 && !atomic_load(&shared->gone) && !atomic_exchange(&pool->mourned, 1)) {
		pool_break(shared, "the keeper (pid %d) was killed", (int)pool->keeper);
		await_orphans(pool);
		say_gone(shared);
	}
}
