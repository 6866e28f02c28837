/*
 * `make peers`: ours beside others, in one run. Each pair is measured alternately, round by round; a round
 * gives one ratio, and the median of the ratios is shown with its interval.
 */
#ifndef PVT_PEERS_H
#define PVT_PEERS_H

#include <stddef.h>
#include <stdio.h>

#include "bench/stats/statistics.h"

struct pair {
	const char *what; /* "create + join, 1 thread" */
	const char *peer; /* "bare pthread_create + pthread_join" */
	double to_reach;  /* NaN: for information */
	int at_most;      /* ours/peer has to be at most (1) or at least (0) to_reach */
	/* One round: the time of one operation each, in ns. Zero or -errno. */
	int (*round)(void *state, double *ours_ns, double *peer_ns);
	/* NULL on failure: with errno ENOENT the peer is not on this machine, and the pair is skipped. */
	void *(*open)(const struct pair *pair);
	void (*close)(void *state);
	const void *detail; /* for open, round and close */
};

extern const struct pair launch_pairs[]; /* each list ends with a pair without a name */
extern const struct pair bandwidth_pairs[];
extern const struct pair peak_pairs[];
extern const struct pair pool_pairs[];
extern const struct pair python_pairs[];

/*
 * Efficiency over task size, ours and the peers', into `path`; the smallest efficient tasks into the table of
 * peers; what was found, as a title. 0 or -errno.
 */
int efficiency_measure(FILE *peers, const char *path, char *finding, size_t finding_bytes);

/* More than any task that is tried. */
#define PEERS_NEVER_NS 1e18

/* A row that compares a time with a limit instead of a peer; NaN: none. */
void peers_show_limit(FILE *csv, const char *what, const char *whose, const struct estimate *ns,
		      double limit_ns);

#endif
