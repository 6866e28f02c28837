/*
 * What messages between workers cost, as a model, and what follows for jobs on more machines than there are.
 * LogGP: A. Alexandrov, M. Ionescu, K. Schauser, C. Scheiman: LogGP: Incorporating Long Messages into the
 * LogP Model, SPAA 1995. A message of k bytes takes from sender to receiver
 *
 *     o + (k - 1) G + L + o
 *
 * with L the wire's latency, o what either end spends, G the time a byte, and g the time between two small
 * messages of one sender. Round trips alone cannot split L from o: the model keeps their sum L + 2 o. It
 * knows no other traffic, no topology, no memory that gets too small, and no work that hides a message. All
 * functions are pure; times in ns, sizes in bytes.
 */
#ifndef PVT_LOGGP_H
#define PVT_LOGGP_H

#include <stddef.h>
#include <stdint.h>

struct loggp {
	double latency_ns; /* L + 2 o */
	double gap_ns;     /* g; NaN: unknown. No prediction here needs it */
	double byte_ns;    /* G */
};

/* A message of so many bytes took so long, one way. */
struct loggp_point {
	double bytes, ns;
};

enum loggp_fault {
	LOGGP_FITTED,
	LOGGP_NOTHING,    /* no point */
	LOGGP_ONE_SIZE,   /* points of one size: no slope */
	LOGGP_NO_SLOPE,   /* long messages take no longer than short ones */
	LOGGP_NO_LATENCY, /* the line meets a message of one byte at or below 0 */
};

/*
 * L + 2 o and G by least squares of the relative deviations, sum of ((L + 2 o + (k - 1) G) / t - 1)^2, for
 * what is uncertain of a time is a share of it; `gap_ns` is passed on. Points that are not positive and
 * finite are left out. With a fault all of *fitted is NaN.
 */
enum loggp_fault loggp_fit(const struct loggp_point *point, size_t count, double gap_ns,
			   struct loggp *fitted);

/* "cannot be fitted: …" without the first three words; "" when it was. */
const char *loggp_fault_text(enum loggp_fault fault);

/* Between workers of one host, and between hosts. */
struct loggp_net {
	struct loggp inside, across;
};

/* (a) A message, one way. */
double loggp_message(const struct loggp *model, double bytes);

/*
 * (b) An all-reduce of so many bytes by recursive doubling: ceil(lg P) rounds in which each rank exchanges
 * all of it with one other (R. Thakur, R. Rabenseifner, W. Gropp: Optimization of Collective Communication
 * Operations in MPICH, 2005). With ranks numbered host by host ceil(lg H) of the rounds cross hosts, at their
 * price. The adding costs nothing here, and an MPI that splits long vectors is faster.
 */
double loggp_all_reduce(const struct loggp_net *net, uint64_t ranks, uint64_t hosts, double bytes);

/* (c) A barrier: the same rounds with messages of one byte. */
double loggp_barrier(const struct loggp_net *net, uint64_t ranks, uint64_t hosts);

/* A job as it is on one host: what the predictions start from. */
struct loggp_job {
	double span_ns;   /* measured */
	uint64_t workers; /* w, on that host; as many on each other */
	uint32_t phases;
	double bytes; /* W: what all items of it write */
};

/*
 * (d) The same job on H hosts: T / H + (H - 1) (3 phases (L + 2 o) + W G / H) + phases barrier(H w). After
 * each phase hosts send each other what they wrote, in three messages (runners/mpi/exchange.c): how much,
 * which items, and the bytes (an all-gather). Each receives (H - 1) W / H bytes in the end; after the last
 * only the first receives, as many. A job that writes nothing (W = 0) sends nothing. On one host it is T.
 */
enum { LOGGP_MESSAGES = 3 }; /* of an exchange, from each host to each */
double loggp_strong(const struct loggp_net *net, const struct loggp_job *job, uint64_t hosts);

/* (e) A job that grows with the workers: H times the items and the bytes on H hosts, so T in place of T / H,
 * and H W in place of W. */
double loggp_weak(const struct loggp_net *net, const struct loggp_job *job, uint64_t hosts);

/* Of a prediction what the latencies are, barriers included, and what the bytes are. */
double loggp_waiting_ns(const struct loggp_net *net, const struct loggp_job *job, uint64_t hosts);
double loggp_sending_ns(const struct loggp_net *net, double bytes, uint64_t hosts);

#endif
