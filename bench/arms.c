#include "bench/arms.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/exit.h"
#include "bench/random.h"
#include "bench/samples.h"

#define PADDING_MAX 4096 /* of the environment: moves the stack, as another user's would */
#define NOISY_SHARE 0.5

const char *arm_name(enum arm arm)
{
	static const char *const names[] = {"base", "head", "control"};
	return names[arm];
}

const char *arms_file(const struct gate_run *run, unsigned stage, enum arm arm, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/stage%u-%s.csv", run->dir, stage, arm_name(arm));
	return path;
}

/* ---- one process ---- */

static const char *fresh_file(const struct gate_run *run, enum arm arm, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/fresh-%s.csv", run->dir, arm_name(arm));
	return path;
}

/* The words that are added, quoted for the shell where they are not ours. */
static char *command_line(const struct gate_run *run, enum arm arm, uint64_t seed, const char *filter)
{
	char path[PATH_MAX], *line = NULL;
	fresh_file(run, arm, path, sizeof path);
	if (asprintf(&line, "exec %s --csv '%s' --repetitions %llu --seed %llu%s%s%s >>'%s/%s.log' 2>&1",
		     run->command[arm], path, (unsigned long long)run->repetitions, (unsigned long long)seed,
		     filter ? " '--benchmark_filter=" : "", filter ? filter : "", filter ? "'" : "", run->dir,
		     arm_name(arm)) < 0)
		return NULL;
	return line;
}

static char **padded_environment(char *padding)
{
	size_t n = 0;
	while (environ[n])
		n++;
	char **env = calloc(n + 2, sizeof *env);
	if (env) {
		memcpy(env, environ, n * sizeof *env);
		env[n] = padding;
	}
	return env;
}

static int wait_for(pid_t pid, const struct gate_run *run)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return run->interrupted && *run->interrupted ? -EINTR : status;
}

/* The shell's wait status, or -errno. */
static int launch(const struct gate_run *run, char *line, size_t padding_bytes)
{
	char *padding = calloc(1, PADDING_MAX + sizeof "PVT_PADDING=");
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, line, NULL};
	char **env = padding ? padded_environment(padding) : NULL;
	pid_t pid;
	int status = -ENOMEM;
	if (env) {
		memset(stpcpy(padding, "PVT_PADDING="), 'x', padding_bytes);
		int error = posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, env);
		status = error ? -error : wait_for(pid, run);
	}
	free(env);
	free(padding);
	return status;
}

static int run_arm(const struct gate_run *run, enum arm arm, uint64_t *random, const char *filter)
{
	char path[PATH_MAX];
	unlink(fresh_file(run, arm, path, sizeof path));
	char *line = command_line(run, arm, random_next(random) >> 1, filter);
	int status = line ? launch(run, line, random_next(random) % PADDING_MAX) : -ENOMEM;
	int code = 0;
	if (status == -EINTR)
		code = EXIT_INTERRUPTED;
	else if (status < 0)
		code = complain(EXIT_UNUSABLE, "--%s: cannot be started: %s", arm_name(arm),
				strerror(-status));
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		code = complain(EXIT_UNUSABLE, "--%s: `%s` ended with %s %d; what it said is in %s/%s.log",
				arm_name(arm), line, WIFEXITED(status) ? "code" : "signal",
				WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), run->dir,
				arm_name(arm));
	free(line);
	return code;
}

/* ---- a block ---- */

static bool is_noisy(const struct samples *samples)
{
	size_t noisy = 0;
	for (size_t i = 0; i < samples->count; i++)
		noisy += strstr(samples->row[i].flags, "noisy") != NULL;
	return (double)noisy > NOISY_SHARE * (double)samples->count;
}

static int append(const struct gate_run *run, unsigned stage, enum arm arm, size_t block,
		  struct samples *samples)
{
	char path[PATH_MAX], id[32];
	struct stat st;
	bool fresh = stat(arms_file(run, stage, arm, path, sizeof path), &st) != 0 || st.st_size == 0;
	FILE *file = fopen(path, "ae");
	int error = file ? 0 : -errno;
	snprintf(id, sizeof id, "block-%u-%zu", stage, block);
	if (!error && fresh)
		error = samples_write_header(file);
	for (size_t i = 0; i < samples->count && !error; i++) {
		samples->row[i].run_id = id;
		error = samples_write(file, &samples->row[i]);
	}
	if (file && fclose(file) == EOF && !error)
		error = -errno;
	return error ? complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(-error)) : 0;
}

static int read_arms(const struct gate_run *run, struct samples *samples, bool *noisy)
{
	char path[PATH_MAX], why[512];
	int code = 0;
	for (int arm = 0; arm < ARMS && !code; arm++) {
		if (samples_read(fresh_file(run, (enum arm)arm, path, sizeof path), &samples[arm], why,
				 sizeof why))
			code = complain(EXIT_UNUSABLE, "--%s: %s", arm_name((enum arm)arm), why);
		else
			*noisy |= is_noisy(&samples[arm]);
	}
	return code;
}

/* All of a block or nothing. */
static int keep(struct gate_run *run, unsigned stage, size_t block)
{
	struct samples samples[ARMS] = {0};
	bool noisy = false;
	int code = read_arms(run, samples, &noisy);
	if (!code && noisy)
		run->dropped++;
	for (int arm = 0; arm < ARMS && !code && !noisy; arm++)
		code = append(run, stage, (enum arm)arm, block, &samples[arm]);
	for (int arm = 0; arm < ARMS; arm++)
		samples_free(&samples[arm]);
	return code;
}

int arms_block(struct gate_run *run, unsigned stage, size_t block, const char *filter)
{
	size_t order[ARMS] = {ARM_BASE, ARM_HEAD, ARM_CONTROL};
	uint64_t random = run->seed ^ ((uint64_t)stage << 48) ^ ((uint64_t)run->dropped << 32) ^ block;
	int code = 0;
	random_shuffle(order, ARMS, &random);
	for (size_t i = 0; i < ARMS && !code; i++)
		code = run_arm(run, (enum arm)order[i], &random, filter);
	return code ? code : keep(run, stage, block);
}

/* ---- what is there ---- */

static bool has_block(const struct samples *samples, unsigned stage, size_t block)
{
	char id[32];
	snprintf(id, sizeof id, "block-%u-%zu", stage, block);
	for (size_t i = 0; i < samples->count; i++)
		if (strcmp(samples->row[i].run_id, id) == 0)
			return true;
	return false;
}

size_t arms_blocks(const struct gate_run *run, unsigned stage)
{
	struct samples samples[ARMS] = {0};
	char path[PATH_MAX], why[512];
	size_t blocks = 0;
	bool all = true;
	for (int arm = 0; arm < ARMS; arm++)
		all = samples_read(arms_file(run, stage, (enum arm)arm, path, sizeof path), &samples[arm],
				   why, sizeof why) == 0 &&
		      all;
	while (all && has_block(&samples[ARM_BASE], stage, blocks) &&
	       has_block(&samples[ARM_HEAD], stage, blocks) &&
	       has_block(&samples[ARM_CONTROL], stage, blocks))
		blocks++;
	for (int arm = 0; arm < ARMS; arm++)
		samples_free(&samples[arm]);
	return blocks;
}
