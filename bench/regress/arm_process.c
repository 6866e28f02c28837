#include "bench/regress/arm_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "runners/clock.h"

#define PADDING_MAX 4096 /* of the environment: moves the stack, as another user's would */
#define PADDING_NAME "PVT_PADDING="
#define GRACE_NS (2 * NS_PER_S) /* from being asked to end to being ended */

const char *arm_name(enum arm arm)
{
	static const char *const names[] = {"base", "head", "control"};
	return names[arm];
}

const char *arm_fresh_file(const struct gate_run *run, enum arm arm, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/fresh-%s.csv", run->dir, arm_name(arm));
	return path;
}

/* ---- starting ---- */

/* The words that are added, quoted for the shell where they are not ours. */
static char *command_line(const struct gate_run *run, const struct gate_turn *turn, const char *filter)
{
	char path[PATH_MAX], *line = NULL;
	arm_fresh_file(run, turn->arm, path, sizeof path);
	if (asprintf(&line, "exec %s --csv '%s' --repetitions %llu --seed %llu%s%s%s >>'%s/%s.log' 2>&1",
		     run->command[turn->arm], path,
		     (unsigned long long)(run->repetitions ? run->repetitions : PROCESS_REPETITIONS),
		     (unsigned long long)turn->seed, filter ? " '--benchmark_filter=" : "",
		     filter ? filter : "", filter ? "'" : "", run->dir, arm_name(turn->arm)) < 0)
		return NULL;
	return line;
}

struct surroundings {
	char padding[PADDING_MAX + sizeof PADDING_NAME];
	char offer[sizeof TURNS_VARIABLE + 32];
	char **environment;
};

static struct surroundings *surround(size_t padding, int socket)
{
	size_t n = 0;
	struct surroundings *s = calloc(1, sizeof *s);
	while (environ[n])
		n++;
	if (s)
		s->environment = calloc(n + 3, sizeof *s->environment);
	if (!s || !s->environment)
		return free(s), NULL;
	memcpy(s->environment, environ, n * sizeof *s->environment);
	memset(stpcpy(s->padding, PADDING_NAME), 'x', padding < PADDING_MAX ? padding : PADDING_MAX);
	s->environment[n++] = s->padding;
	snprintf(s->offer, sizeof s->offer, TURNS_VARIABLE "=%d:%d", TURNS_VERSION, socket);
	if (socket >= 0)
		s->environment[n++] = s->offer;
	return s;
}

/* By sh, in a group of its own, with nothing to read. */
static int spawn(struct arm_process *process, char *line, char **environment)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, line, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	int error = posix_spawn_file_actions_init(&files);
	if (error)
		return -error;
	error = posix_spawnattr_init(&how);
	if (!error) {
		posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
		error = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		error = error ? error
			      : posix_spawn(&process->pid, "/bin/sh", &files, &how, argv, environment);
		posix_spawnattr_destroy(&how);
	}
	posix_spawn_file_actions_destroy(&files);
	if (error)
		process->pid = 0;
	return -error;
}

/* Theirs stays open in the arm; ours does not. */
static int make_socket(bool turns, int pair[static 2])
{
	pair[0] = pair[1] = -1;
	if (turns && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -errno;
	return turns && fcntl(pair[1], F_SETFD, 0) != 0 ? -errno : 0;
}

static int start(struct arm_process *process, char *line, size_t padding, bool turns)
{
	int pair[2], error = make_socket(turns, pair);
	struct surroundings *s = error ? NULL : surround(padding, pair[1]);
	if (!error)
		error = s ? spawn(process, line, s->environment) : -ENOMEM;
	if (s)
		free(s->environment);
	free(s);
	if (pair[1] >= 0)
		close(pair[1]);
	process->socket = pair[0];
	if (!error && (process->ended = pidfd_open(process->pid, 0)) < 0)
		error = -errno;
	return error;
}

int arm_start(const struct gate_run *run, const struct gate_turn *turn, const char *filter, bool turns,
	      struct arm_process *process)
{
	char path[PATH_MAX];
	*process = (struct arm_process){.arm = turn->arm, .ended = -1, .socket = -1};
	unlink(arm_fresh_file(run, turn->arm, path, sizeof path));
	char *line = command_line(run, turn, filter);
	int error = line ? start(process, line, turn->padding, turns) : -ENOMEM;
	free(line);
	if (!error)
		return 0;
	arm_stop(process);
	return complain(EXIT_UNUSABLE, "--%s: cannot be started: %s", arm_name(turn->arm), strerror(-error));
}

/* ---- waiting ---- */

/* Until one of them can be read. 0, -ETIMEDOUT, or -EINTR where the gate is interrupted. */
static int wait_until(const struct gate_run *run, struct pollfd *fds, nfds_t n, uint64_t deadline)
{
	for (;;) {
		uint64_t now = clock_ns(), left = now < deadline ? (deadline - now) / NS_PER_MS + 1 : 0;
		if (run->interrupted && *run->interrupted)
			return -EINTR;
		int ready = poll(fds, n, left < 1000 ? (int)left : 1000);
		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (!left)
			return -ETIMEDOUT;
	}
}

int arm_hear(const struct gate_run *run, struct arm_process *p, uint64_t ns, char text[static TURNS_BYTES])
{
	struct pollfd fds[] = {{.fd = p->socket, .events = POLLIN}, {.fd = p->ended, .events = POLLIN}};
	int error = wait_until(run, fds, 2, clock_ns() + ns);
	if (error)
		return error;
	return fds[0].revents ? turns_hear(p->socket, text) : -EPIPE;
}

static void forget(struct arm_process *p)
{
	if (p->ended >= 0)
		close(p->ended);
	if (p->socket >= 0)
		close(p->socket);
	p->pid = 0;
	p->ended = p->socket = -1;
}

static void reap(struct arm_process *p, int *status)
{
	while (waitpid(p->pid, status, 0) < 0 && errno == EINTR)
		;
}

void arm_stop(struct arm_process *p)
{
	int status;
	if (p->pid) {
		struct pollfd ended = {.fd = p->ended, .events = POLLIN};
		kill(-p->pid, SIGTERM);
		kill(-p->pid, SIGCONT); /* one that was stopped would not hear it */
		if (p->ended >= 0)
			poll(&ended, 1, (int)(GRACE_NS / NS_PER_MS));
		kill(-p->pid, SIGKILL);
		reap(p, &status);
	}
	forget(p);
}

static int tell_end(const struct gate_run *run, enum arm arm, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return complain(EXIT_UNUSABLE, "--%s: `%s` ended with %s %d; what it said is in %s/%s.log",
			arm_name(arm), run->command[arm], WIFEXITED(status) ? "code" : "signal",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), run->dir, arm_name(arm));
}

int arm_finish(const struct gate_run *run, struct arm_process *p, uint64_t ns)
{
	enum arm arm = p->arm;
	int status = 0;
	struct pollfd ended = {.fd = p->ended, .events = POLLIN};
	int error = wait_until(run, &ended, 1, clock_ns() + ns);
	if (!error) {
		reap(p, &status);
		kill(-p->pid, SIGKILL); /* whom it left behind */
		forget(p);
		return tell_end(run, arm, status);
	}
	arm_stop(p);
	if (error == -EINTR)
		return EXIT_INTERRUPTED;
	return complain(EXIT_UNUSABLE,
			"--%s: `%s` did not end within %.0f s and was ended; see %s/%s.log, and --timeout",
			arm_name(arm), run->command[arm], (double)ns / (double)NS_PER_S, run->dir,
			arm_name(arm));
}
