#include "runners/cell/serve.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/registry.h"
#include "runners/cell/jobs.h"
#include "runners/cell/load.h"
#include "runners/cell/slices.h"
#include "runners/clock.h"
#include "runners/orphans.h"

/* All that this process knows between two orders. */
struct service {
	int socket;
	struct cell_board *board;
	struct arena records;
	const struct kernel *kernel;
	struct params params;
	struct arena area;
	void *ballast;
	size_t ballast_bytes;
	bool ballast_huge;
	struct jobs jobs;
	int pus[WORKERS_MAX];
};

/* ---- who was struck ---- */

static _Atomic int32_t *culprit; /* for the signal handler */

/* Leaves a note of who was struck; then the signal does what it does. */
static void on_deadly_signal(int number)
{
	atomic_store(culprit, (int32_t)gettid()); /* NOLINT(bugprone-signal-handler): a system call */
	signal(number, SIG_DFL);
	raise(number);
}

static void watch_for_signals(struct cell_board *board)
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
	culprit = &board->culprit;
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		signal(deadly[i], on_deadly_signal);
}

/* ---- orders ---- */

static int find_kernel(struct service *s)
{
	struct cell_board *b = s->board;
	s->kernel = load_kernel(b->kernel, b->plugin);
	s->params = b->params;
	s->params.input = NULL;
	if (s->kernel)
		return STATUS_OK;
	snprintf(b->why, sizeof b->why, "pvt-cell does not know the kernel '%s'%s%.300s", b->kernel,
		 *b->plugin ? " of " : "", b->plugin);
	return -ENOENT;
}

/* A unit is data of the plug-in: what does not fit into a table is not told. */
static void describe_work(const struct kernel *kernel, struct cell_described *d)
{
	struct cost cost = kernel_cost(kernel, &d->params);
	bool fits = cost.unit && strlen(cost.unit) <= CELL_UNIT;
	d->work_per_item = cost.per_item;
	snprintf(d->work_unit, sizeof d->work_unit, "%s", fits ? cost.unit : "?");
}

static int do_describe(struct service *s, int fd)
{
	struct cell_board *b = s->board;
	struct cell_described *d = &b->described;
	int error = find_kernel(s);
	(void)fd;
	if (error)
		return error;
	d->params = s->params;
	d->params.input = *b->input ? b->input : NULL;
	error = s->kernel->configure ? s->kernel->configure(&d->params) : 0;
	d->params.input = NULL;
	if (error) {
		snprintf(b->why, sizeof b->why, "%s", *d->params.why ? d->params.why : strerror(-error));
		return error == -EOPNOTSUPP ? STATUS_SKIPPED : error;
	}
	d->items = kernel_items(s->kernel, &d->params);
	d->phases = kernel_phases(s->kernel, &d->params);
	d->shared_bytes = kernel_shared_bytes(s->kernel, &d->params);
	describe_work(s->kernel, d);
	return STATUS_OK;
}

/* Is it the area that is mapped already? Mapping a large one takes longer than the jobs. */
static bool is_mapped(const struct arena *area, int fd)
{
	struct stat held, sent;
	return area->base && fd >= 0 && fstat(area->fd, &held) == 0 && fstat(fd, &sent) == 0 &&
	       held.st_ino == sent.st_ino && held.st_dev == sent.st_dev && held.st_size == sent.st_size;
}

/* Maps the area that came with the order; -1: the kernel has none. What was open before is closed. */
static int map_area(struct service *s, int fd)
{
	if (is_mapped(&s->area, fd))
		return close(fd), 0;
	arena_destroy(&s->area);
	int error = fd < 0 ? 0 : arena_adopt(&s->area, fd);
	if (!error)
		error = arena_populate(&s->area);
	if (error)
		snprintf(s->board->why, sizeof s->board->why, "the shared area cannot be mapped: %s",
			 strerror(-error));
	return error;
}

static int hold_ballast(struct service *s)
{
	size_t bytes = s->params.ballast;
	bool huge = s->board->huge;
	if (s->ballast_bytes == bytes && (s->ballast_huge == huge || bytes == 0))
		return STATUS_OK;
	if (s->ballast) /* this cell has another: the desk takes a fresh one for each */
		return -EBUSY;
	s->ballast = ballast_map(bytes, huge, s->board->why);
	s->ballast_bytes = s->ballast ? bytes : 0;
	s->ballast_huge = huge;
	return s->ballast ? STATUS_OK : STATUS_SKIPPED;
}

static int do_prepare(struct service *s, int fd)
{
	struct cell_board *b = s->board;
	int error = find_kernel(s);
	if (!error)
		error = map_area(s, fd);
	if (!error && (s->kernel->needs & KERNEL_NEEDS_BALLAST)) /* the others do not look at it */
		error = hold_ballast(s);
	return error ? error
		     : reference_make(s->kernel, &s->params, *b->input ? b->input : NULL, &s->area,
				      s->ballast, &b->since_ns, &s->records, &b->reference, b->why);
}

static void make_job(struct service *s)
{
	struct cell_board *b = s->board;
	struct job *job = &s->jobs.job;
	s->jobs.expected = b->expected;
	s->jobs.since_ns = &b->since_ns;
	*job = b->job;
	job->runner = runner_find(b->runner);
	job->kernel = s->kernel;
	job->plugin = *b->plugin ? b->plugin : NULL;
	job->params = &s->params;
	job->shared = &s->area;
	job->cluster = NULL;
	job->pus = s->pus;
	job->ballast = s->ballast;
	job->counters = b->counts ? b->counters : NULL;
	job->interrupted = NULL;
	job->records = &s->records;
	memcpy(s->pus, b->pus, job->workers * sizeof *s->pus);
}

static int do_open(struct service *s, int fd)
{
	struct cell_board *b = s->board;
	int error = find_kernel(s);
	if (!error && (!runner_find(b->runner) || b->job.workers == 0 || b->job.workers > WORKERS_MAX)) {
		snprintf(b->why, sizeof b->why, "pvt-cell does not know the runner '%s'", b->runner);
		error = -EINVAL;
	}
	if (!error)
		error = map_area(s, fd);
	if (!error)
		error = hold_ballast(s);
	if (!error)
		make_job(s);
	return error;
}

static int do_probe(struct service *s, int fd)
{
	(void)fd;
	return jobs_probe(&s->jobs, &s->board->probed, s->board->why);
}

static int do_run(struct service *s, uint64_t count)
{
	struct cell_board *b = s->board;
	bool dies_whole = s->jobs.job.crash && !runner_has_processes(s->jobs.job.runner);
	atomic_store(&b->culprit, 0);
	return dies_whole ? recovery_run(&s->jobs, &b->culprit, &b->totals, b->cpus, b->why)
			  : jobs_run(&s->jobs, count, &b->totals, b->cpus, b->why);
}

static int do_slices(struct service *s, int fd)
{
	struct arena memory;
	int error = fd < 0 ? -EBADF : arena_adopt(&memory, fd);
	if (!error && memory.bytes < sizeof(struct slices))
		error = -EBADF;
	if (error)
		return error;
	slices_take(memory.base, &s->jobs, s->board->slices_budget_ns);
	arena_destroy(&memory);
	return STATUS_OK;
}

static int add_library(struct dl_phdr_info *info, size_t size, void *about)
{
	struct cell_about *a = about;
	size_t n = strlen(a->libraries);
	const char *slash = strrchr(info->dlpi_name, '/');
	(void)size;
	if (*info->dlpi_name)
		snprintf(a->libraries + n, sizeof a->libraries - n, "%s%s", n ? " " : "",
			 slash ? slash + 1 : info->dlpi_name);
	return 0;
}

static int do_about(struct service *s, int fd)
{
	struct cell_about *a = &s->board->about;
	(void)fd;
	*a = (struct cell_about){.memory = memory_use(0)};
	FILE *maps = fopen("/proc/self/maps", "re");
	for (int c; maps && (c = getc(maps)) != EOF;)
		a->mappings += c == '\n';
	if (maps)
		fclose(maps);
	dl_iterate_phdr(add_library, a);
	return STATUS_OK;
}

static int carry_out(struct service *s, const struct cell_message *m, int fd)
{
	static int (*const orders[CELL_ORDERS])(struct service * s, int fd) = {
		[CELL_DESCRIBE] = do_describe, [CELL_PREPARE] = do_prepare, [CELL_OPEN] = do_open,
		[CELL_PROBE] = do_probe,       [CELL_SLICES] = do_slices,   [CELL_ABOUT] = do_about};
	*s->board->why = '\0';
	atomic_store(&s->board->since_ns, clock_ns());
	return m->order == CELL_RUN ? do_run(s, m->count) : orders[m->order](s, fd);
}

/* ---- messages ---- */

static bool answer(int socket, uint32_t order, int status, uint64_t count)
{
	struct cell_message m = {CELL_MAGIC, CELL_PROTOCOL, order, status, count};
	return send(socket, &m, sizeof m, MSG_NOSIGNAL) == sizeof m;
}

/* The next order, and the descriptor beside it. False: the desk has no more, or makes no sense. */
static bool receive(int socket, struct cell_message *m, int *fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec text = {m, sizeof *m};
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	*fd = -1;
	ssize_t got;
	while ((got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	const struct cmsghdr *beside = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (beside && beside->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(beside), sizeof *fd);
	return got == sizeof *m && m->magic == CELL_MAGIC && m->protocol == CELL_PROTOCOL &&
	       m->order > CELL_HELLO && m->order < CELL_ORDERS;
}

/* Without the guard pages of an arena: a fork copies each mapping, and no kernel's memory lies beside this
 * one. */
static bool map_whole(struct arena *arena, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return false;
	void *base = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*arena = (struct arena){fd, base, (size_t)st.st_size};
	return base != MAP_FAILED;
}

int serve(int socket, int board_fd, int records_fd)
{
	static struct service s = {.area = ARENA_NONE};
	struct arena board;
	struct cell_message m;
	int fd;
	s.socket = socket;
	if (!map_whole(&board, board_fd) || !map_whole(&s.records, records_fd) ||
	    board.bytes != sizeof *s.board)
		return answer(socket, CELL_HELLO, -EPROTO, sizeof *s.board) ? EXIT_SUCCESS : EXIT_FAILURE;
	close(board_fd);
	s.board = board.base;
	s.jobs.alone = orphans_adopt();
	watch_for_signals(s.board);
	bool understood = answer(socket, CELL_HELLO, STATUS_OK, sizeof *s.board);
	while (understood && receive(socket, &m, &fd))
		understood = answer(socket, m.order, carry_out(&s, &m, fd), 0);
	return EXIT_SUCCESS;
}
