/*
 * The processor's counters of one thread, through perf_event_open(2): cycles, instructions, cache and TLB
 * misses, in user mode and in the kernel apart. A counter that cannot be had is NaN, never 0.
 *
 * The counters of one side form a group where the processor has room for it, so that they count the same
 * moments. Groups that take turns on the processor are scaled up to the whole time.
 */
#ifndef PVT_COUNTERS_H
#define PVT_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In pairs: in user mode, in the kernel. */
enum counter {
	CYCLES_USER,
	CYCLES_KERNEL,
	INSTRUCTIONS_USER,
	INSTRUCTIONS_KERNEL,
	CACHE_MISSES_USER,
	CACHE_MISSES_KERNEL,
	DTLB_MISSES_USER,
	DTLB_MISSES_KERNEL,
	COUNTERS
};

/* What is counted in one place of the list above: plain data, for it lies in memory that workers share. */
struct counter_event {
	bool wanted;     /* false: it cannot be opened here, or is not to be */
	uint32_t type;   /* PERF_TYPE_… */
	uint64_t config; /* PERF_COUNT_… */
};

/* "cycles_user": also the name of its column. */
const char *counter_name(enum counter counter);

/*
 * Finds out which counters this process may open: fills `events` (wanted or not) and, unless NULL, `errors`
 * (0, or the errno with which it was refused), both [COUNTERS]. Returns how many there are.
 */
size_t counters_look(struct counter_event *events, int *errors);

/* The counters that one thread has opened for itself. */
struct counters {
	int fd[COUNTERS];     /* -1: not counted */
	int leader[COUNTERS]; /* of one that is counted: who leads its group */
};

#define COUNTERS_NONE ((struct counters){.fd = {-1, -1, -1, -1, -1, -1, -1, -1}})

/*
 * Opens what is wanted of `events` [COUNTERS] for the calling thread; nothing counts yet. Not all may have
 * room on the processor at once, nor a group when something else, like the kernel's watchdog, holds one of
 * its counters; in a short job the first ones are then the only ones. Those that were left out have their
 * turn `again`: the kernel's side first, and each for itself. When there are not enough descriptors, none
 * stays open.
 */
void counters_open(struct counters *counters, const struct counter_event *events, bool again);

/* Count, and no longer. The kernel's side starts last and stops first: it sees little of these calls. */
void counters_start(const struct counters *counters);
void counters_stop(const struct counters *counters);

/*
 * What has been counted so far, scaled: value[COUNTERS], NaN where nothing was. `share`: how much of the time
 * a group was really on the processor, the least of those that were at all; NaN: none was.
 */
void counters_read(const struct counters *counters, double *value, double *share);

/* Closes; fine on COUNTERS_NONE and on one already closed. */
void counters_close(struct counters *counters);

/* ---- the pure parts ---- */

/* A group as read(2) gives it with PERF_FORMAT_GROUP and both times (ns). */
struct counter_reading {
	uint64_t enabled, running;
	uint64_t value[COUNTERS]; /* of the leader, then of the members as they were opened */
};

/* 0, or -EBADMSG when these `bytes` are not a group of `members`. */
int counters_parse(const void *buffer, size_t bytes, size_t members, struct counter_reading *reading);

/* value × enabled / running; NaN when it never ran. */
double counters_scale(uint64_t value, uint64_t enabled, uint64_t running);

#endif
