/*
 * The arms of a gate: commands that write samples, one fresh process each time. What they measured is kept
 * in DIR/STAGE-ARM.csv under run_ids that name the block, so that the arms of a block are pairs, and so that
 * a gate that was broken off goes on where it was.
 */
#ifndef PVT_ARMS_H
#define PVT_ARMS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum arm { ARM_BASE, ARM_HEAD, ARM_CONTROL, ARMS }; /* control: base once more */

/* One process of an arm: what else than the build could have made it slower. A row of DIR/blocks.csv. */
struct gate_turn {
	unsigned stage;
	size_t block;
	enum arm arm;
	size_t position; /* in its block, from 0 */
	size_t padding;  /* bytes added to the environment */
	uint64_t seed;
	uint64_t ns; /* from its start to its end */
	bool kept;   /* the block was not dropped */
	bool live;   /* the block's arms took turns sample by sample; `position` is then that of its start */
};

enum { PROCESS_REPETITIONS = 3 };

struct live; /* live_arms.h */

struct gate_run {
	const char *command[ARMS]; /* for sh; options are added to them */
	const char *dir;           /* of the samples, made already */
	uint64_t seed;
	uint64_t repetitions; /* of a case in a block; 0: arms that take turns, as many as `aim` takes, within
				 block_ns; whole processes, PROCESS_REPETITIONS */
	double aim;           /* standard deviation of the log ratio of a block's case */
	uint64_t block_ns;
	bool spans; /* nothing but spans is judged */
	uint64_t deadline_ns;
	uint64_t timeout_ns; /* of one answer of an arm; and of what a whole process takes beyond the deadline
			      */
	const volatile sig_atomic_t *interrupted;
	bool counts;      /* instructions: base and head alone, in whole processes; no block is too noisy */
	uint64_t dropped; /* blocks that were too noisy; counted by arms_block */
	/* Its own: */
	bool looked;       /* the arms have been started once … */
	struct live *live; /* … and take turns, if this is not NULL */
};

/* "DIR/stage1-base.csv" */
const char *arms_file(const struct gate_run *run, unsigned stage, enum arm arm, char *path, size_t bytes);

/* How many blocks of a stage are on disk, whole. */
size_t arms_blocks(const struct gate_run *run, unsigned stage);

/*
 * Measures one more block: one fresh process of each arm, in an environment of random size; all at the same
 * time and sample by sample, or one after another in a random order where an arm takes no turns. Before the
 * first block each arm is started once and nothing of it kept. A block of which an arm has more than half of
 * its samples flagged noisy is dropped, whatever they say. `filter` chooses cases (a regular expression);
 * NULL: all. 0, an exit code after a message, or EXIT_INTERRUPTED.
 */
int arms_block(struct gate_run *run, unsigned stage, size_t block, const char *filter);

/* Forgets what is known of the arms. */
void arms_close(struct gate_run *run);

/* All turns of DIR/blocks.csv in their order, to be freed. 0, or -errno: -EINVAL for a line that is none. */
int arms_turns(const struct gate_run *run, struct gate_turn **turns, size_t *count);

#endif
