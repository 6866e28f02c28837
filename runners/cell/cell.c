#include "runners/cell/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/cell/callgrind.h"
#include "runners/clock.h"
#include "runners/launcher.h"
#include "runners/module.h"
#include "runners/orphans.h"

/* A session ends a job that takes too long by itself, and says more: it goes first, by half the time or so.
 */
#define GRACE_MAX_NS (2 * NS_PER_S)
/* A process that does not say that it is up within this time is given up. */
#define HELLO_NS (10 * NS_PER_S)
/* How long a cell has to leave once it is told to. */
#define LEAVE_MS 1000
/* Without pidfd_open it is looked at so often whether the process is still there. */
enum { LOOK_MS = 20 };

int cell_alloc(struct cell **made)
{
	struct cell *cell = calloc(1, sizeof *cell);
	if (!cell)
		return -ENOMEM;
	*cell = (struct cell){.board_arena = ARENA_NONE, .records = ARENA_NONE, .socket = -1, .ended = -1};
	int error = arena_create(&cell->board_arena, "pvt-board", sizeof *cell->board);
	if (!error)
		error = arena_create(&cell->records, "pvt-records", session_record_bytes(WORKERS_MAX));
	cell->board = cell->board_arena.base;
	if (error)
		cell_free(cell);
	*made = error ? NULL : cell;
	return error;
}

void cell_free(struct cell *cell)
{
	if (!cell)
		return;
	cell_close(cell);
	arena_destroy(&cell->records);
	arena_destroy(&cell->board_arena);
	free(cell);
}

bool cell_must_load(const struct kernel *kernel, const char *plugin)
{
	return plugin || (kernel->needs & KERNEL_NEEDS_INTERPRETER);
}

void cell_set_kernel(struct cell *cell, const struct kernel *kernel, const char *plugin,
		     const struct params *params)
{
	struct cell_board *b = cell->board;
	snprintf(b->kernel, sizeof b->kernel, "%s", kernel->name);
	snprintf(b->plugin, sizeof b->plugin, "%s", plugin ? plugin : "");
	snprintf(b->input, sizeof b->input, "%s", params->input ? params->input : "");
	b->params = *params;
	b->params.input = NULL;
}

/* ---- the process ---- */

/* Signals meant for the desk stay away from its cells: it ends them itself. */
static int start_attributes(posix_spawnattr_t *attr)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGTERM);
	int error = posix_spawnattr_init(attr);
	if (!error)
		error = posix_spawnattr_setsigmask(attr, &blocked);
	return error ? error : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK);
}

/* The same number on both sides: adddup2 of a descriptor onto itself clears its close-on-exec flag. */
static int start_process(struct cell *cell, const char *program, int socket)
{
	const int fds[] = {socket, cell->board_arena.fd, cell->records.fd};
	char number[4][16];
	for (size_t i = 0; i < 3; i++)
		snprintf(number[i], sizeof number[i], "%d", fds[i]);
	snprintf(number[3], sizeof number[3], "%d", (int)getpid());
	char *words[] = {(char[]){CELL_PROGRAM},
			 (char[]){CELL_FLAG},
			 number[0],
			 number[1],
			 number[2],
			 number[3],
			 NULL};
	char *argv[CALLGRIND_WORDS + sizeof words / sizeof *words], text[CALLGRIND_BYTES];
	bool counts = callgrind_folder() != NULL;
	if (counts)
		callgrind_words(argv, text);
	memcpy(argv + (counts ? CALLGRIND_WORDS : 0), words, sizeof words);
	if (counts)
		argv[CALLGRIND_WORDS] = (char *)(uintptr_t)program;
	posix_spawnattr_t attr;
	posix_spawn_file_actions_t actions;
	int error = start_attributes(&attr);
	if (!error)
		error = posix_spawn_file_actions_init(&actions);
	for (size_t i = 0; i < 3 && !error; i++)
		error = posix_spawn_file_actions_adddup2(&actions, fds[i], fds[i]);
	if (!error)
		error = (counts ? posix_spawnp : posix_spawn)(&cell->pid, counts ? argv[0] : program,
							      &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (error)
		cell->pid = 0;
	cell->last = cell->pid;
	return -error;
}

static int start(struct cell *cell, char *why, size_t why_bytes)
{
	char program[MODULE_FILE_BYTES];
	int pair[2];
	if (!module_file(cell->loads ? CELL_PROGRAM_DYNAMIC : CELL_PROGRAM, program, sizeof program)) {
		snprintf(why, why_bytes,
			 "the program '%s', which launches the workers, is missing; it is built and "
			 "installed with pvt",
			 program);
		return -ENOENT;
	}
	int error = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ? -errno : 0;
	if (!error) {
		cell->socket = pair[0];
		error = start_process(cell, program, pair[1]);
		close(pair[1]);
	}
	if (error)
		snprintf(why, why_bytes, "no process of '%s' to carry out the case in: %s", program,
			 strerror(-error));
	else
		cell->ended = (int)syscall(SYS_pidfd_open, cell->pid, 0);
	return error;
}

/* Waits for an answer or the end of the process, for at most left_ms (-1: for ever). */
static bool is_there_news(const struct cell *cell, int left_ms)
{
	struct pollfd news[] = {{.fd = cell->socket, .events = POLLIN},
				{.fd = cell->ended, .events = POLLIN}};
	bool looks = cell->ended < 0 && (left_ms < 0 || left_ms > LOOK_MS);
	siginfo_t child = {0};
	if (poll(news, 2, looks ? LOOK_MS : left_ms) > 0)
		return true;
	return looks && waitid(P_PID, (id_t)cell->pid, &child, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       child.si_pid;
}

/* Does the process end within this time? */
static bool has_ended(const struct cell *cell, int patience_ms)
{
	struct pollfd end = {.fd = cell->ended, .events = POLLIN};
	siginfo_t child = {0};
	for (int waited = 0; cell->ended < 0 && waited < patience_ms && !child.si_pid; waited += LOOK_MS) {
		waitid(P_PID, (id_t)cell->pid, &child, WEXITED | WNOHANG | WNOWAIT);
		poll(NULL, 0, child.si_pid ? 0 : LOOK_MS);
	}
	return cell->ended < 0 ? child.si_pid : poll(&end, 1, patience_ms) > 0;
}

/* Reaps the process, which is killed unless it ends by itself in time. Its wait status. */
static int reap(struct cell *cell, int patience_ms)
{
	int status = 0;
	if (!has_ended(cell, patience_ms))
		kill(cell->pid, SIGKILL);
	while (waitpid(cell->pid, &status, 0) < 0 && errno == EINTR)
		;
	cell->pid = 0;
	if (cell->ended >= 0)
		close(cell->ended);
	close(cell->socket);
	cell->socket = cell->ended = -1;
	return status;
}

static void end_orphans(const struct cell *cell)
{
	char left[80];
	if (cell->alone)
		orphans_end(left, sizeof left);
}

void cell_close(struct cell *cell)
{
	if (cell->pid) {
		shutdown(cell->socket, SHUT_WR);
		reap(cell, cell->failed ? 0 : LEAVE_MS);
		end_orphans(cell);
	}
	if (cell->socket >= 0)
		close(cell->socket);
	cell->socket = -1;
	cell->failed = false;
}

/* ---- orders ---- */

/* Milliseconds until the job at hand is late; -1: it never is; 0: it is. */
static int time_left_ms(uint64_t since_ns, uint64_t timeout_ns)
{
	uint64_t grace = timeout_ns / 2 < GRACE_MAX_NS ? timeout_ns / 2 : GRACE_MAX_NS;
	uint64_t end = since_ns + timeout_ns + grace, now = clock_ns();
	if (timeout_ns == 0)
		return -1;
	return now < end ? (int)((end - now) / NS_PER_MS) + 1 : 0;
}

/* The process is gone: who took it along. */
static int tell_end(struct cell *cell, char *why, size_t why_bytes)
{
	pid_t pid = cell->pid;
	int wait_status = reap(cell, LEAVE_MS);
	end_orphans(cell);
	session_tell_end(&cell->records, pid, atomic_load(&cell->board->culprit), wait_status, why,
			 why_bytes);
	return STATUS_CRASHED;
}

static int tell_nonsense(struct cell *cell, char *why, size_t why_bytes)
{
	snprintf(why, why_bytes,
		 "pvt-cell (pid %d) gave an answer that makes no sense: are it and pvt of one build?",
		 cell->pid);
	return -EPROTO;
}

/* Waits for the answer to an order, without waking while all goes well. As cell_call. */
static int await(struct cell *cell, enum cell_order order, uint64_t timeout_ns, struct cell_message *m,
		 char *why, size_t why_bytes)
{
	for (;;) {
		int left = time_left_ms(atomic_load(&cell->board->since_ns), timeout_ns);
		if (left == 0)
			return STATUS_TIMEOUT;
		bool news = is_there_news(cell, left);
		if (cell->interrupted && *cell->interrupted)
			return -EINTR;
		if (!news)
			continue;
		ssize_t got = recv(cell->socket, m, sizeof *m, MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return tell_end(cell, why, why_bytes);
		bool sense = got == sizeof *m && m->magic == CELL_MAGIC && m->order == order;
		return sense ? STATUS_OK : tell_nonsense(cell, why, why_bytes);
	}
}

static int send_order(struct cell *cell, enum cell_order order, int fd, uint64_t count)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.room = {0}};
	struct cell_message m = {CELL_MAGIC, CELL_PROTOCOL, order, 0, count};
	struct iovec text = {&m, sizeof m};
	struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		control.head = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
		memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	}
	return sendmsg(cell->socket, &message, MSG_NOSIGNAL) == sizeof m ? 0 : -errno;
}

static int fail(struct cell *cell, int status)
{
	cell->failed = status != STATUS_OK;
	return status;
}

int cell_call(struct cell *cell, enum cell_order order, int fd, uint64_t count, char *why, size_t why_bytes)
{
	struct cell_message m;
	uint64_t timeout_ns = cell->board->job.timeout_ns;
	memset(cell->records.base, 0, session_record_bytes(1)); /* its session may never begin */
	atomic_store(&cell->board->since_ns, clock_ns());
	send_order(cell, order, fd, count); /* who cannot hear has ended, which is seen below */
	int status = await(cell, order, timeout_ns, &m, why, why_bytes);
	if (status == STATUS_TIMEOUT)
		session_tell_late(&cell->records, timeout_ns, why, why_bytes);
	if (status)
		return fail(cell, status);
	bool known = m.status <= STATUS_SKIPPED && m.status > -4096;
	if (m.status)
		snprintf(why, why_bytes, "%.*s", CELL_WHY - 1, cell->board->why);
	return fail(cell, known ? m.status : tell_nonsense(cell, why, why_bytes));
}

static int say_hello(struct cell *cell, char *why, size_t why_bytes)
{
	struct cell_message m;
	memset(cell->records.base, 0, session_record_bytes(1));
	atomic_store(&cell->board->culprit, 0);
	atomic_store(&cell->board->since_ns, clock_ns());
	int status = await(cell, CELL_HELLO, HELLO_NS, &m, why, why_bytes);
	if (status == STATUS_TIMEOUT)
		snprintf(why, why_bytes, "pvt-cell (pid %d) does not say that it is up after %llu s",
			 cell->pid, HELLO_NS / NS_PER_S);
	if (status)
		return status;
	if (m.protocol == CELL_PROTOCOL && m.count == sizeof *cell->board && m.status == STATUS_OK)
		return STATUS_OK;
	snprintf(why, why_bytes,
		 "pvt-cell is of another version (protocol %u, board of %llu bytes; this pvt: %u, %zu): "
		 "build or install both anew",
		 m.protocol, (unsigned long long)m.count, CELL_PROTOCOL, sizeof *cell->board);
	return -EPROTO;
}

int cell_open(struct cell *cell, char *why, size_t why_bytes)
{
	int status = start(cell, why, why_bytes);
	return fail(cell, status ? status : say_hello(cell, why, why_bytes));
}

int cell_ask(struct cell *cell, enum cell_order order, int fd, char *why, size_t why_bytes)
{
	int status = cell_open(cell, why, why_bytes);
	if (!status)
		status = cell_call(cell, order, fd, 0, why, why_bytes);
	cell_close(cell);
	return status;
}
