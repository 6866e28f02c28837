/*
 * Beyond one machine: what the suites `scale` and `weak` measured with workers that send messages, on one
 * host and on several, and apart from it what the model of bench/stats/loggp.h predicts for more. All that
 * tables, figures and sentences say of it are points of one list, which is also scale.csv.
 */
#ifndef PVT_SCALE_H
#define PVT_SCALE_H

#include <stdio.h>

#include "bench/scale/grain.h"
#include "bench/stats/loggp.h"

#define SCALE_STRONG "scale"
#define SCALE_WEAK "weak"
#define SCALE_RUNNER "mpi" /* whose messages are fitted, and whose jobs are predicted */

enum { SCALE_HOSTS_MOST = 64 }; /* as far as is predicted */

enum scale_what {
	SCALE_SPAN,       /* ns, of a job of a given size */
	SCALE_SPEEDUP,    /* of it over seq */
	SCALE_WEAK_SPAN,  /* ns, of a job that grows with the workers */
	SCALE_EFFICIENCY, /* of one worker's over it */
	SCALE_LATENCY,    /* ns, of a message one way */
	SCALE_BANDWIDTH,  /* B/s, of messages one way */
	SCALE_ALL_REDUCE, /* ns */
	SCALE_BARRIER,    /* ns */
	SCALE_DEAL,       /* ns, one fetch-and-add by each worker */
	SCALE_WHATS
};

struct scale_point {
	enum scale_what what;
	bool predicted;
	const char *kernel, *runner;   /* belong to the samples, or are constants */
	uint64_t size, hosts, workers; /* the size of a job that grows: of one worker's */
	struct estimate y;             /* predicted: without an interval */
	double over_measured;          /* predicted over measured; NaN where it was not measured */
};

/* The model's parameters over the invocations; NaN with a fault, which is then the last invocation's. */
struct scale_fit {
	struct estimate latency, gap, byte;
	enum loggp_fault fault;
};

struct scale {
	struct scale_point *point;
	size_t count;
	struct scale_fit fit[2]; /* on one host, between two */
	struct loggp_net net;    /* their medians */
	uint64_t most_hosts;     /* that were measured */
	uint64_t a_host;         /* workers: the most a host that were measured on several, or on one */
	bool shared;             /* the hosts share one machine: they show that it works, not how fast */
	struct grains grains;    /* METG under runners with messages; seq is their comparison */
};

/*
 * 0 or -ENOMEM; scale_free is fine in both cases. No point at all where no runner with messages measured one
 * of the two suites. The summary's samples have to outlive it.
 */
int scale_make(const struct summary *summary, bool shared, struct scale *scale);
void scale_free(struct scale *scale);

/* Does a runner send messages, so that it can leave its machine? */
bool scale_has_messages(const char *runner);

/* A job of the suite `scale`, no message and no task by itself. */
bool scale_is_job(const struct case_summary *c);

/* The case of one worker with a share of 1 / workers of this one's work; NULL: not measured. */
const struct case_summary *scale_weak_base(const struct summary *summary, const struct case_summary *c);

/* The first point like this, or NULL. */
const struct scale_point *scale_find(const struct scale *scale, enum scale_what what, bool predicted,
				     const char *kernel, uint64_t size, const char *runner, uint64_t hosts,
				     uint64_t workers);

/* Adds a point; 0 or -ENOMEM. */
int scale_add(struct scale *scale, const struct scale_point *point);

/* Fits the model and adds what it predicts; nothing where the hosts share one machine. 0 or -ENOMEM. */
int scale_predict(const struct summary *summary, struct scale *scale);

/* DIR/scale.csv; nothing where there is no point. 0 or -errno. */
int scale_write(const char *dir, const struct scale *scale);

/* What the figures `scale`, `weak` and `messages` measured, as sentences without a full stop; "": nothing. */
enum { SCALE_TITLE_BYTES = 400 };
void scale_tell_strong(const struct scale *scale, char title[static SCALE_TITLE_BYTES]);
void scale_tell_weak(const struct scale *scale, char title[static SCALE_TITLE_BYTES]);
void scale_tell_messages(const struct scale *scale, char title[static SCALE_TITLE_BYTES]);

/* What is predicted for the most hosts: for the section of predictions alone, never for a title. */
void scale_tell_predicted(const struct scale *scale, char text[static SCALE_TITLE_BYTES]);

/* Is there a section of predictions? */
bool scale_is_modelled(const struct scale *scale);

/* The sections about it as RESULTS.md and report.html have them; nothing where there is no point. */
void scale_put_markdown(FILE *file, const struct scale *scale);
void scale_put_html(FILE *file, const struct scale *scale);

#endif
