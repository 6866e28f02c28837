#include "bench/peers/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct server {
	pid_t pid;
	FILE *questions, *answers;
};

static int connect_pipes(int question[2], int answer[2])
{
	if (pipe2(question, O_CLOEXEC) != 0)
		return -errno;
	if (pipe2(answer, O_CLOEXEC) == 0)
		return 0;
	int error = -errno;
	close(question[0]);
	close(question[1]);
	return error;
}

struct server *server_start(const char *program, const char *argument)
{
	int question[2] = {-1, -1}, answer[2] = {-1, -1};
	char *argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)argument, NULL};
	posix_spawn_file_actions_t actions;
	struct server *s = calloc(1, sizeof *s);
	if (!s || connect_pipes(question, answer) != 0)
		return free(s), NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, question[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, answer[1], STDOUT_FILENO);
	int error = posix_spawnp(&s->pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(question[0]);
	close(answer[1]);
	s->questions = fdopen(question[1], "w");
	s->answers = fdopen(answer[0], "r");
	if (!error)
		return s;
	fclose(s->questions);
	fclose(s->answers);
	free(s);
	errno = error;
	return NULL;
}

struct server *server_start_beside(const char *name, const char *argument)
{
	char path[PATH_MAX + 64];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
	if (n < 0)
		return NULL;
	path[n] = '\0';
	snprintf(strrchr(path, '/') + 1, 64, "%s", name);
	return server_start(path, argument);
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	fclose(s->questions); /* the end of its input ends it */
	kill(s->pid, SIGCONT);
	fclose(s->answers);
	waitpid(s->pid, NULL, 0);
	free(s);
}

int server_ask(struct server *s, double *ns, const char *format, ...)
{
	char line[256];
	va_list arguments;
	kill(s->pid, SIGCONT);
	va_start(arguments, format);
	vfprintf(s->questions, format, arguments);
	va_end(arguments);
	fputc('\n', s->questions);
	fflush(s->questions);
	bool answered = fgets(line, sizeof line, s->answers);
	/* Until all its threads have stopped: one that still ran would push our workers onto one processor.
	 */
	kill(s->pid, SIGSTOP);
	waitpid(s->pid, NULL, WUNTRACED);
	if (!answered)
		return -EPIPE;
	if (strncmp(line, "missing", 7) == 0)
		return -ENOENT;
	char *end;
	*ns = strtod(line, &end);
	return end == line || !(*ns > 0) ? -EPROTO : 0;
}
