/*
 * A worker as a fresh program: posix_spawn of the program that launches it (a cell), like Python's spawn
 * method. It inherits nothing but two descriptors, the control arena and the kernel's area, and maps them
 * wherever they fit.
 */
#include "runners/launcher.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/control.h"

#define WORKER_FLAG "--pvt-worker"

/* Signals meant for the harness stay away from its workers: it ends them itself. */
static int spawn_attributes(posix_spawnattr_t *attr)
{
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGTERM);
	int error = posix_spawnattr_init(attr);
	if (!error)
		error = posix_spawnattr_setsigmask(attr, &blocked);
	if (!error)
		error = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK);
	return error;
}

/* The same number on both sides: adddup2 of a descriptor onto itself clears its close-on-exec flag. */
static int spawn_descriptors(posix_spawn_file_actions_t *actions, const struct handle *handle)
{
	int error = posix_spawn_file_actions_init(actions);
	if (!error)
		error = posix_spawn_file_actions_adddup2(actions, handle->control_fd, handle->control_fd);
	int fd = handle->worker.shared.fd;
	return !error && fd >= 0 ? posix_spawn_file_actions_adddup2(actions, fd, fd) : error;
}

static int spawn_start(struct handle *handle)
{
	posix_spawnattr_t attr;
	posix_spawn_file_actions_t actions;
	char rank[16], control[16], shared[16];
	snprintf(rank, sizeof rank, "%u", handle->worker.rank);
	snprintf(control, sizeof control, "%d", handle->control_fd);
	snprintf(shared, sizeof shared, "%d", handle->worker.shared.fd);
	char *argv[] = {(char[]){"pvt"}, (char[]){WORKER_FLAG}, rank, control, shared, NULL};
	int error = spawn_attributes(&attr);
	if (!error)
		error = spawn_descriptors(&actions, handle);
	if (!error)
		error = posix_spawn(&handle->pid, process_program(), &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return -error;
}

void spawn_worker_main(int argc, char **argv,
		       const struct kernel *(*find)(const char *name, const char *plugin))
{
	if (argc != 5 || strcmp(argv[1], WORKER_FLAG) != 0)
		return;
	struct arena control, shared = ARENA_NONE;
	int shared_fd = atoi(argv[4]);
	int error = arena_adopt(&control, atoi(argv[3]));
	if (!error && shared_fd >= 0)
		error = arena_adopt(&shared, shared_fd);
	if (error) {
		fprintf(stderr, "pvt: a spawned worker cannot map its memory: %s\n", strerror(-error));
		_exit(EXIT_FAILURE);
	}
	struct control *c = control.base;
	process_follow_harness(c->harness);
	struct worker worker = {.control = c,
				.kernel = find(c->kernel, c->plugin),
				.shared = shared,
				.rank = (uint32_t)atoi(argv[2]),
				.own_process = true};
	if (!worker.kernel) {
		fprintf(stderr, "pvt: a spawned worker does not know the kernel '%s'\n", c->kernel);
		_exit(EXIT_FAILURE);
	}
	_exit(worker_body(&worker) ? EXIT_FAILURE : EXIT_SUCCESS);
}

const struct launcher launch_spawn = {.start = spawn_start, .join = process_join};
