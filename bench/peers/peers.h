/*
 * `make peers`: ours compared with others, in one run. Each pair is measured alternately, round by round; a
 * round gives one ratio, and the median of the ratios is shown with its interval.
 */
#ifndef PVT_PEERS_H
#define PVT_PEERS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bench/stats/statistics.h"

struct pair {
	const char *what; /* "create + join, 1 thread" */
	const char *peer; /* "bare pthread_create + pthread_join" */
	double to_reach;  /* NaN: for information */
	int at_most;      /* ours/peer has to be at most (1) or at least (0) to_reach */
	/* One round: the time of one operation each, in ns. Zero or -errno. */
	int (*round)(void *state, double *ours_ns, double *peer_ns);
	/* NULL on failure: with errno ENOENT the peer is not on this machine, with ENODEV it takes two units;
	 * the pair is skipped. */
	void *(*open)(const struct pair *pair, uint32_t workers);
	void (*close)(void *state);
	const void *detail; /* for open, round and close */
	/* Measured at each number of workers, and drawn over them: the series of ours, which is the curve's
	 * name in the figure, and what of. NULL: measured once, with 2 where there are several. */
	const char *series, *quantity;
};

extern const struct pair launch_pairs[]; /* each list ends with a pair without a name */
extern const struct pair bandwidth_pairs[];
extern const struct pair peak_pairs[];
extern const struct pair pool_pairs[];
extern const struct pair busy_pairs[]; /* with a program that keeps one CPU busy */
extern const struct pair python_pairs[];

/*
 * Efficiency over task size, ours and the peers', into `path`; the smallest efficient tasks into the table of
 * peers; what was found, as a title. 0 or -errno.
 */
int efficiency_measure(FILE *peers, const char *path, char *finding, size_t finding_bytes);

/*
 * sweep.c: the figure of pairs over the number of workers. What is noted is written to `path`; drawn where
 * there are several numbers of workers. 0, or an exit code after a message.
 */
struct sweep;
struct sweep *sweep_open(const char *path);
void sweep_note(struct sweep *sweep, const char *quantity, const char *series, uint32_t workers,
		const struct estimate *ns);
int sweep_close(struct sweep *sweep);

/* idle.c: how late the first job after a gap is, and what waiting for it costs; into `path`. 0 or -errno. */
int idle_measure(const char *path);

/* More than any task that is tried. */
#define PEERS_NEVER_NS 1e18

/* A row that compares a time with a limit instead of a peer; NaN: none. */
void peers_show_limit(FILE *csv, const char *what, const char *whose, const struct estimate *ns,
		      double limit_ns);

#endif
