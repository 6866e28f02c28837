/*
 * The keeper starts workers, notices their ends, settles what dead ones held, replaces them, and watches the
 * time limit. Of a process pool it is a process: it forks workers, and being single-threaded may do so
 * whatever the caller's threads are at; when the caller dies, it ends with all workers. Of a thread pool it
 * is a thread.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/family.h"
#include "runners/futex.h"
#include "runners/pool/keeping.h"
#include "runners/streams.h"

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

/* Starts what is due; when the pool drains, only if tasks are left and nobody to do them. The next due time.
 */
static uint64_t replace(struct keeping *k)
{
	uint64_t next = UINT64_MAX, now = clock_ns();
	bool drains = atomic_load(&k->pool->shared->stop) == STOP_DRAIN;
	if (keeper_is_ending(k) || (drains && (k->living || queue_is_empty(k->pool->shared))))
		return next;
	for (uint32_t r = k->pool->first_worker; r < k->pool->workers; r++) {
		struct kept *kept = &k->kept[r];
		if (kept->lives || !kept->due_ns)
			continue;
		if (kept->due_ns <= now)
			keeper_launch(k, r);
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
	return k->living == 0 &&
	       (keeper_is_ending(k) || (stop == STOP_DRAIN && queue_is_empty(k->pool->shared)));
}

static void cancel_rest(struct pool_shared *shared)
{
	struct pool_outcome cancelled = {.state = POOL_CANCELLED};
	for (uint32_t i = 0, used = atomic_load(&shared->slots_used); i < used; i++) {
		struct slot *slot = &shared->slot[i];
		uint64_t word = atomic_load(&slot->word);
		cancelled.attempts = atomic_load(&slot->attempts);
		if (slot_state(word) == SLOT_READY || slot_state(word) == SLOT_RUNNING)
			keeper_settle(shared, slot, slot_state(word), slot_rank(word), &cancelled);
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
		if (keeper_is_ending(k) && pool_is_processes(pool))
			kill_all(k);
		if ((keeper_is_ending(k) || atomic_load(&pool->shared->stop)) && !told) {
			told = true; /* the sleepers among them */
			workers_wake(pool->shared, pool->workers, UINT32_MAX);
		}
		keeper_look_at_evictions(k);
		if (!wait_for_news(k, due_ns))
			atomic_store(&pool->shared->stop, STOP_NOW);
		keeper_reap(k);
		keeper_watch_time(k);
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
	for (size_t i = 0; keeper_ending_signals[i]; i++)
		k->ignored[keeper_ending_signals[i]] = signal(keeper_ending_signals[i], SIG_IGN) == SIG_IGN;
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
