#include "bench/regress/arms.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/random.h"
#include "bench/samples/samples.h"
#include "runners/clock.h"

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

/* The turn says which arm, with which seed and padding. */
static int take_turn(const struct gate_run *run, struct gate_turn *turn, const char *filter)
{
	enum arm arm = turn->arm;
	char path[PATH_MAX];
	unlink(fresh_file(run, arm, path, sizeof path));
	char *line = command_line(run, arm, turn->seed, filter);
	uint64_t begin = clock_ns();
	int status = line ? launch(run, line, turn->padding) : -ENOMEM;
	int code = 0;
	turn->ns = clock_ns() - begin;
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

static int write_turns(const struct gate_run *run, const struct gate_turn *turns, bool kept)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/blocks.csv", run->dir);
	FILE *file = fopen(path, "ae");
	if (file && fseek(file, 0, SEEK_END) == 0 && ftell(file) == 0)
		fputs("stage,block,arm,position,padding_bytes,seed,ns,kept\r\n", file);
	for (size_t i = 0; file && i < ARMS; i++)
		fprintf(file, "%u,%zu,%s,%zu,%zu,%" PRIu64 ",%" PRIu64 ",%d\r\n", turns[i].stage,
			turns[i].block, arm_name(turns[i].arm), turns[i].position, turns[i].padding,
			turns[i].seed, turns[i].ns, kept);
	return file && fclose(file) == 0
		       ? 0
		       : complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
}

/* All of a block or nothing. */
static int keep(struct gate_run *run, unsigned stage, size_t block, const struct gate_turn *turns)
{
	struct samples samples[ARMS] = {0};
	bool noisy = false;
	int code = read_arms(run, samples, &noisy);
	if (!code && noisy)
		run->dropped++;
	for (int arm = 0; arm < ARMS && !code && !noisy; arm++)
		code = append(run, stage, (enum arm)arm, block, &samples[arm]);
	code = code ? code : write_turns(run, turns, !noisy);
	for (int arm = 0; arm < ARMS; arm++)
		samples_free(&samples[arm]);
	return code;
}

/* Each arm once, in a random order. */
static int take_turns(const struct gate_run *run, struct gate_turn *turns, unsigned stage, size_t block,
		      const char *filter)
{
	size_t order[ARMS] = {ARM_BASE, ARM_HEAD, ARM_CONTROL};
	uint64_t random = run->seed ^ ((uint64_t)stage << 48) ^ ((uint64_t)run->dropped << 32) ^ block;
	int code = 0;
	random_shuffle(order, ARMS, &random);
	for (size_t i = 0; i < ARMS && !code; i++) {
		turns[i] = (struct gate_turn){.stage = stage,
					      .block = block,
					      .arm = (enum arm)order[i],
					      .position = i,
					      .seed = random_next(&random) >> 1,
					      .padding = random_next(&random) % PADDING_MAX};
		code = take_turn(run, &turns[i], filter);
	}
	return code;
}

int arms_block(struct gate_run *run, unsigned stage, size_t block, const char *filter)
{
	struct gate_turn turns[ARMS];
	int code = take_turns(run, turns, stage, block, filter);
	return code ? code : keep(run, stage, block, turns);
}

int arms_warm_up(struct gate_run *run, const char *filter)
{
	struct gate_turn turns[ARMS];
	struct gate_run once = *run;
	once.repetitions = 1;
	return take_turns(&once, turns, 0, 0, filter);
}

/* ---- what is there ---- */

static bool read_turn(const char *line, struct gate_turn *turn)
{
	char arm[16];
	int kept, end = 0;
	if (sscanf(line, "%u,%zu,%15[a-z],%zu,%zu,%" SCNu64 ",%" SCNu64 ",%d %n", &turn->stage, &turn->block,
		   arm, &turn->position, &turn->padding, &turn->seed, &turn->ns, &kept, &end) != 8 ||
	    line[end])
		return false;
	turn->kept = kept;
	for (int a = 0; a < ARMS; a++)
		if (strcmp(arm, arm_name((enum arm)a)) == 0) {
			turn->arm = (enum arm)a;
			return true;
		}
	return false;
}

static int add_turn(const char *line, struct gate_turn **turns, size_t *count)
{
	struct gate_turn *more = realloc(*turns, (*count + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	*turns = more;
	return read_turn(line, &more[(*count)++]) ? 0 : -EINVAL;
}

int arms_turns(const struct gate_run *run, struct gate_turn **turns, size_t *count)
{
	char path[PATH_MAX], *line = NULL;
	size_t room = 0;
	*turns = NULL;
	*count = 0;
	snprintf(path, sizeof path, "%s/blocks.csv", run->dir);
	FILE *file = fopen(path, "re");
	if (!file)
		return -errno;
	int error = 0;
	for (size_t n = 0; !error && getline(&line, &room, file) > 0; n++)
		error = n ? add_turn(line, turns, count) : 0; /* the first names the columns */
	free(line);
	fclose(file);
	return error;
}

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
