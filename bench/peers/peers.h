/*
 * `make peers`: ours beside others, in one run. Each pair is measured alternately, round by round; a round
 * gives one ratio, and the median of the ratios is shown with its interval.
 */
#ifndef PVT_PEERS_H
#define PVT_PEERS_H

#include <stddef.h>

struct pair {
	const char *what; /* "create + join, 1 thread" */
	const char *peer; /* "bare pthread_create + pthread_join" */
	double to_reach;  /* NaN: for information */
	int at_most;      /* ours/peer has to be at most (1) or at least (0) to_reach */
	/* One round: the time of one operation each, in ns. Zero or -errno. */
	int (*round)(void *state, double *ours_ns, double *peer_ns);
	void *(*open)(void); /* NULL: no state; returns NULL on failure */
	void (*close)(void *state);
};

extern const struct pair launch_pairs[]; /* each list ends with a pair without a name */
extern const struct pair bandwidth_pairs[];
extern const struct pair peak_pairs[];

#endif
