/*
 * Any program as a kernel: each item starts the command in the environment variable PROGRAM, as of sh(1), and
 * waits for its end. So a whole program can be timed and gated, in whatever language it is written:
 *
 *   PROGRAM='./tool --some input' pvt run --plugin ./program.so --kernel program --runner seq
 *
 * What the program prints is thrown away. A job whose program does not end with 0 is a failed one: it becomes
 * no measurement. Starting a shell and a program costs about a millisecond, which is in the time.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pvt/kernel.h>

extern char **environ; // NOLINT(readability-redundant-declaration): <unistd.h> has it under _GNU_SOURCE only

static int configure(struct params *params)
{
	const char *command = getenv("PROGRAM");
	if (command && *command)
		return 0;
	snprintf(params->why, sizeof params->why, "set PROGRAM to the command that is to be measured");
	return -EINVAL;
}

enum { COUNTING_WORDS = 5, COUNTED_BYTES = 4400 };

/* `pvt gate --metric instructions` gives a folder for callgrind's files, of which a run begins with its time.
 */
static int is_counted(char file[static COUNTED_BYTES])
{
	struct timespec now;
	const char *folder = getenv("PVT_CALLGRIND");
	if (!folder || !*folder)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(file, COUNTED_BYTES, "--callgrind-out-file=%s/program.%012lld%09ld.%%p", folder,
		 (long long)now.tv_sec, now.tv_nsec);
	return 1;
}

static int spawn_quietly(char *command, pid_t *pid)
{
	char file[COUNTED_BYTES];
	char *argv[] = {(char[]){"valgrind"},
			(char[]){"-q"},
			(char[]){"--tool=callgrind"},
			(char[]){"--trace-children=yes"},
			file,
			(char[]){"/bin/sh"},
			(char[]){"-c"},
			command,
			NULL};
	char **words = is_counted(file) ? argv : argv + COUNTING_WORDS;
	posix_spawn_file_actions_t quiet;
	int error = posix_spawn_file_actions_init(&quiet);
	if (error)
		return error;
	error = posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (!error)
		error = posix_spawnp(pid, words[0], &quiet, NULL, words, environ);
	posix_spawn_file_actions_destroy(&quiet);
	return error;
}

static uint64_t ended_well(char *command)
{
	pid_t pid;
	int status;
	if (spawn_quietly(command, &pid))
		return 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The checksum counts the programs that ended with 0. */
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t good = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++)
		good += ended_well(getenv("PROGRAM"));
	return good;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	return checksum == params->size ? 0 : -EBADMSG;
}

static const struct kernel program = {
	.abi = KERNEL_ABI,
	.name = "program",
	.help = "the command in the environment variable PROGRAM",
	.item = "run of the program",
	.size_unit = "runs",
	.sizes = {1, 4, 16},
	.configure = configure,
	.run = run,
	.verify = verify,
	.writes = kernel_writes_nothing,
};

extern const struct kernel *const pvt_kernels[];
const struct kernel *const pvt_kernels[] = {&program, NULL};
