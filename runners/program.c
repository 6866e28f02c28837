#include "runners/program.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/control.h"
#include "runners/launcher.h"

/* Signals meant for the harness stay away from its workers: it ends them itself. */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGTERM);
	int error = posix_spawnattr_setsigmask(attr, &blocked);
	return error ? error : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK);
}

/* The same number on both sides: adddup2 of a descriptor onto itself clears its close-on-exec flag. */
static int pass_descriptors(posix_spawn_file_actions_t *actions, const int *descriptor, size_t count)
{
	int error = 0;
	for (size_t i = 0; i < count && !error; i++)
		if (descriptor[i] >= 0)
			error = posix_spawn_file_actions_adddup2(actions, descriptor[i], descriptor[i]);
	return error;
}

int program_start(pid_t *pid, const char *role, int number, const int descriptor[2])
{
	posix_spawnattr_t attr;
	posix_spawn_file_actions_t actions;
	bool is_server = strcmp(role, PROGRAM_SERVER) == 0;
	const int passed[] = {descriptor[0], descriptor[1], is_server ? number : -1};
	char flag[32], text[3][16], harness[16];
	snprintf(flag, sizeof flag, "%s", role);
	snprintf(harness, sizeof harness, "%d", (int)getpid());
	for (int i = 0; i < 3; i++)
		snprintf(text[i], sizeof text[i], "%d", i == 0 ? number : descriptor[i - 1]);
	char *argv[] = {(char[]){"pvt"}, flag, text[0], text[1], text[2], harness, NULL};
	int error = posix_spawnattr_init(&attr);
	if (error)
		return -error;
	error = posix_spawn_file_actions_init(&actions);
	if (!error) {
		error = set_attributes(&attr);
		if (!error)
			error = pass_descriptors(&actions, passed, 3);
		if (!error)
			error = posix_spawn(pid, process_program(), &actions, &attr, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	posix_spawnattr_destroy(&attr);
	return -error;
}

_Noreturn void program_be_worker(uint32_t rank, int control_fd, int shared_fd, kernel_finder *find)
{
	struct arena control, shared = ARENA_NONE;
	int error = arena_adopt(&control, control_fd);
	if (!error && shared_fd >= 0)
		error = arena_adopt(&shared, shared_fd);
	if (error) {
		fprintf(stderr, "pvt: a worker cannot map its memory: %s\n", strerror(-error));
		_exit(EXIT_FAILURE);
	}
	struct control *c = control.base;
	process_follow_harness(c->harness);
	struct worker worker = {.control = c,
				.kernel = find(c->kernel, c->plugin),
				.shared = shared,
				.rank = rank,
				.own_process = true};
	if (!worker.kernel) {
		fprintf(stderr, "pvt: a worker does not know the kernel '%s'\n", c->kernel);
		_exit(EXIT_FAILURE);
	}
	_exit(worker_body(&worker) ? EXIT_FAILURE : EXIT_SUCCESS);
}

void spawn_worker_main(int argc, char **argv, kernel_finder *find)
{
	if (argc != 6)
		return;
	int number = atoi(argv[2]);
	if (strcmp(argv[1], PROGRAM_SERVER) == 0)
		forkserver_main(number, (pid_t)atoi(argv[5]), find);
	if (strcmp(argv[1], PROGRAM_WORKER) == 0)
		program_be_worker((uint32_t)number, atoi(argv[3]), atoi(argv[4]), find);
}
