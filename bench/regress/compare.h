/*
 * Two sets of samples, case by case and metric by metric: is head slower than base by more than a margin? The
 * unit of evidence is one process invocation (run_id), reduced to its median. Invocations that both sides
 * name alike are pairs (signed ranks), others are not (Mann and Whitney); both tests are exact, and Holm's
 * adjustment over all of them keeps the chance of any false regression below alpha. Where so many cases leave
 * the ranks of so few invocations no room, all cases are tested jointly (family.h), at the same alpha.
 */
#ifndef PVT_COMPARE_H
#define PVT_COMPARE_H

#include "bench/samples/sample_set.h"
#include "bench/stats/ranks.h"

/* What is compared, and by how much it may grow. */
struct metric_limit {
	char metric[32]; /* a column */
	double margin;   /* 0.02: by 2 % */
};

/* For cases whose name matches (glob(7)), another margin. */
struct exception {
	char *pattern;
	double margin;
};

/* What is asked for; the caller owns it. */
struct compare_options {
	const struct metric_limit *limit;
	size_t limits;
	const struct exception *exception; /* the first that matches counts */
	size_t exceptions;
	double alpha;       /* the chance of any regression where there is none */
	bool any_slowdown;  /* test for any at all: the margins are only to be shown */
	size_t planned;     /* pairs that there will be in the end; 0: those that there are */
	bool allow_missing; /* a case that only base has is no error */
};

enum verdict {
	VERDICT_PASS,
	VERDICT_REGRESSION,
	VERDICT_CANNOT_TELL,
	/* Not tested: */
	VERDICT_MISSING, /* there on both sides, but without a good sample on one */
	VERDICT_ONLY_BASE,
	VERDICT_ONLY_HEAD /* news, and no error */
};

struct compared_case {
	const struct case_summary *base, *head; /* one is NULL where the case is missing */
	const char *metric;                     /* of the question */
	double margin;
	struct estimate ratio;  /* head over base; its interval at 95 % */
	double p, adjusted;     /* that the ratio exceeds 1 + margin; the second over all comparisons */
	double p_least, p_most; /* what p can still come to when the planned pairs are there */
	double q;               /* of its being any other than 1, over all comparisons */
	double noise; /* of pairs: the standard deviation of the log ratio; else of the shift, its standard
			 error */
	double seen;  /* the smallest slowdown that this would have found in 95 of 100 cases; NaN: none at all
		       */
	size_t base_runs, head_runs, runs_needed; /* a side, for a verdict to be possible */
	bool paired;
	enum verdict verdict;
};

struct compared {
	struct compared_case *comparison;
	size_t count;
	double alpha;
	bool allow_missing;
};

enum { COMPARE_RUNS_MAX = 40 }; /* invocations a side: exact tests of more would take too long */

/* sample_set_read of one pattern; -E2BIG, with `why`, beyond COMPARE_RUNS_MAX. */
int compare_read(struct sample_set *side, const char *pattern, char *why, size_t why_bytes);

/* 0 or -ENOMEM. The sides have to outlive what comes of it. */
int compare_sides(const struct sample_set *base, const struct sample_set *head,
		  const struct compare_options *question, struct compared *compared);
void compare_free(struct compared *compared);

enum { VERDICT_BYTES = 80 };
/* "regression", "only in base", "crashed in head"; in `text`, which is returned. */
const char *compare_verdict(const struct compared_case *c, char text[static VERDICT_BYTES]);
static inline bool verdict_is_tested(enum verdict verdict)
{
	return verdict <= VERDICT_CANNOT_TELL;
}

/* As case_id_name; "" of nothing. Returns `name`. */
const char *compare_case_name(const struct compared_case *comparison, char name[static CASE_NAME_BYTES]);

/* Of all: EXIT_WELL, EXIT_FAILED (a regression), EXIT_UNUSABLE (something is missing), EXIT_INCONCLUSIVE. */
int compare_code(const struct compared *compared);

#endif
