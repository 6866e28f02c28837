#include "bench/regress/arms.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/exit.h"
#include "bench/base/random.h"
#include "bench/regress/arm_process.h"
#include "bench/regress/live_arms.h"
#include "bench/samples/samples.h"
#include "bench/samples/summary.h"
#include "runners/clock.h"

#define PADDING_MAX 4096 /* of the environment: moves the stack, as another user's would */
#define NOISY_SHARE 0.5

/* Who takes part: without noise there is nothing to control. */
static int arms_of(const struct gate_run *run)
{
	return run->counts ? ARM_CONTROL : ARMS;
}

const char *arms_file(const struct gate_run *run, unsigned stage, enum arm arm, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/stage%u-%s.csv", run->dir, stage, arm_name(arm));
	return path;
}

/* ---- a block ---- */

/* Each case counts as much as any other, however many turns it had. Without memory for it no block is
 * dropped. */
static bool is_noisy(const struct samples *samples)
{
	struct summary s;
	double share = 0;
	if (summary_make(samples, &s) != 0)
		return false;
	for (size_t i = 0; i < s.count; i++)
		share += s.cases[i].samples ? (double)s.cases[i].noisy / (double)s.cases[i].samples : 0;
	bool noisy = share > NOISY_SHARE * (double)s.count;
	summary_free(&s);
	return noisy;
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
	for (int arm = 0; arm < arms_of(run) && !code; arm++) {
		if (samples_read(arm_fresh_file(run, (enum arm)arm, path, sizeof path), &samples[arm], why,
				 sizeof why))
			code = complain(EXIT_UNUSABLE, "--%s: %s", arm_name((enum arm)arm), why);
		else
			*noisy |= !run->counts && is_noisy(&samples[arm]);
	}
	return code;
}

static int write_turns(const struct gate_run *run, const struct gate_turn *turns, bool kept)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/blocks.csv", run->dir);
	FILE *file = fopen(path, "ae");
	if (file && fseek(file, 0, SEEK_END) == 0 && ftell(file) == 0)
		fputs("stage,block,arm,position,padding_bytes,seed,ns,kept,live\r\n", file);
	for (int i = 0; file && i < arms_of(run); i++)
		fprintf(file, "%u,%zu,%s,%zu,%zu,%" PRIu64 ",%" PRIu64 ",%d,%d\r\n", turns[i].stage,
			turns[i].block, arm_name(turns[i].arm), turns[i].position, turns[i].padding,
			turns[i].seed, turns[i].ns, kept, turns[i].live);
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
	for (int arm = 0; arm < arms_of(run) && !code && !noisy; arm++)
		code = append(run, stage, (enum arm)arm, block, &samples[arm]);
	code = code ? code : write_turns(run, turns, !noisy);
	for (int arm = 0; arm < ARMS; arm++)
		samples_free(&samples[arm]);
	return code;
}

/* Each arm once, in a random order; what is random in the block goes on from there. */
static uint64_t draw_turns(const struct gate_run *run, struct gate_turn *turns, unsigned stage, size_t block)
{
	size_t order[ARMS] = {ARM_BASE, ARM_HEAD, ARM_CONTROL};
	uint64_t random = run->seed ^ ((uint64_t)stage << 48) ^ ((uint64_t)run->dropped << 32) ^ block;
	size_t arms = (size_t)arms_of(run);
	random_shuffle(order, arms, &random);
	for (size_t i = 0; i < arms; i++)
		turns[i] = (struct gate_turn){.stage = stage,
					      .block = block,
					      .arm = (enum arm)order[i],
					      .position = i,
					      .live = run->live != NULL,
					      .seed = random_next(&random) >> 1,
					      .padding = random_next(&random) % PADDING_MAX};
	return random;
}

/* A whole process may take as long as the budget has left, and what else one answer may take. */
static int take_turns(const struct gate_run *run, struct gate_turn *turns, const char *filter)
{
	int code = 0;
	for (int i = 0; i < arms_of(run) && !code; i++) {
		struct arm_process process;
		uint64_t begin = clock_ns();
		uint64_t left = run->deadline_ns > begin ? run->deadline_ns - begin : 0;
		code = arm_start(run, &turns[i], filter, false, &process);
		code = code ? code : arm_finish(run, &process, left + run->timeout_ns);
		turns[i].ns = clock_ns() - begin;
	}
	return code;
}

/* Starts each arm once and keeps nothing, so that what they are made of is in memory for all of them alike.
 */
static int look(struct gate_run *run, const char *filter)
{
	struct gate_turn turns[ARMS];
	struct gate_run once = *run;
	once.repetitions = 1;
	draw_turns(run, turns, 0, 0);
	run->looked = true;
	return live_look(&once, turns, filter, &run->live);
}

int arms_block(struct gate_run *run, unsigned stage, size_t block, const char *filter)
{
	struct gate_turn turns[ARMS];
	int code = run->looked || run->counts ? 0 : look(run, filter);
	if (code)
		return code;
	uint64_t random = draw_turns(run, turns, stage, block);
	code = run->live ? live_block(run, run->live, turns, filter, &random)
			 : take_turns(run, turns, filter);
	return code ? code : keep(run, stage, block, turns);
}

void arms_close(struct gate_run *run)
{
	live_free(run->live);
	run->live = NULL;
	run->looked = false;
}

/* ---- what is there ---- */

static bool read_turn(const char *line, struct gate_turn *turn)
{
	char arm[16];
	int kept, live = 0, end = 0;
	int read = sscanf(line, "%u,%zu,%15[a-z],%zu,%zu,%" SCNu64 ",%" SCNu64 ",%d %n", &turn->stage,
			  &turn->block, arm, &turn->position, &turn->padding, &turn->seed, &turn->ns, &kept,
			  &end);
	int more = end;
	if (read == 8 && line[end] == ',' &&
	    sscanf(line + end, ",%d %n", &live, &more) == 1) /* not in files of before */
		end += more;
	if (read != 8 || line[end])
		return false;
	turn->kept = kept;
	turn->live = live;
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
	for (int arm = 0; arm < arms_of(run); arm++)
		all = samples_read(arms_file(run, stage, (enum arm)arm, path, sizeof path), &samples[arm],
				   why, sizeof why) == 0 &&
		      all;
	while (all && has_block(&samples[ARM_BASE], stage, blocks) &&
	       has_block(&samples[ARM_HEAD], stage, blocks) &&
	       (run->counts || has_block(&samples[ARM_CONTROL], stage, blocks)))
		blocks++;
	for (int arm = 0; arm < ARMS; arm++)
		samples_free(&samples[arm]);
	return blocks;
}
