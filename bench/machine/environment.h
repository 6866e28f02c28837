/* env.json: what made the numbers what they are — program, compiler, machine, its noise, and the order. */
#ifndef PVT_ENVIRONMENT_H
#define PVT_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "bench/plan/interpreters.h"
#include "bench/plan/options.h"
#include "runners/cell/protocol.h"

/* What measuring itself costs, in ns. */
struct overhead {
	double clock_ns; /* one reading of the clock */
	double batch_ns; /* what Google Benchmark's loop costs per batch of jobs, which are timed in the cell
			  */
	struct {
		const char *runner;
		double wall_ns; /* an empty job: launch to reap, or submission to completion; -1: not measured
				 */
	} empty_job[RUNNERS_MOST];
	unsigned workers; /* of the empty jobs */
	size_t runners;
	double cell_open_ns;    /* from starting a cell to its being up */
	struct cell_about cell; /* what it occupies then */
};

struct environment {
	int argc; /* the command that was given */
	char **argv;
	uint64_t seed;
	const struct machine *machine;
	const struct overhead *overhead;
	const struct interpreters *pythons; /* those that cases need */
};

/* Writes DIR/env.json. 0, or -errno. */
int environment_write(const char *dir, const struct environment *environment);

/* Adds these members to DIR/env.json; takes over the object. 0 or -errno. */
int environment_add(const char *dir, json_t *more);

/* Adds to DIR/env.json that the run came to its end. 0 or -errno. */
int environment_end(const char *dir);

/*
 * Are the machine, the program or the plug-ins others than those of DIR/env.json? `what` then tells the first
 * difference.
 */
bool environment_differs(const char *dir, const struct machine *machine, char *what, size_t what_bytes);

/* The first key of which the values differ: `what` says it; false if none does. */
bool environment_find_difference(const char *where, const json_t *then, const json_t *now, char *what,
				 size_t what_bytes);

/* "123456 bytes of 2026-11-23T12:00:00.123456789Z": whether a file is still the same one. */
json_t *environment_file_stamp(const char *path);

#endif
