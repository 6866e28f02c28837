/* What compare and gate are asked in common: --metric, --margin, --margins, --alpha, --allow-missing. */
#ifndef PVT_COMPARE_OPTIONS_H
#define PVT_COMPARE_OPTIONS_H

#include "bench/regress/compare.h"
#include "bench/regress/margins.h"

enum { COMPARE_LIMITS_MAX = 16 };

/* As it was given; the texts belong to the caller. */
struct compare_flags {
	const char *metrics; /* "span_ns:2%,minflt:0" */
	const char *margins; /* a file; NULL */
	double margin;       /* where a metric has none of its own */
	double alpha;
	bool allow_missing;
};

struct compare_parsed {
	struct compare_options question; /* points into the rest */
	struct metric_limit limit[COMPARE_LIMITS_MAX];
	struct margins exceptions;
};

extern const struct compare_flags compare_flags_default;

/* What --margin says, "0" as well as "2%": 0, or EXIT_UNUSABLE after a message that names `flag`. */
int compare_flags_margin(const char *flag, const char *text, double *margin);

/* What --alpha says: the same. */
int compare_flags_alpha(const char *text, double *alpha);

/* The options that say it, for a table of getopt_long's, and what takes them, with their value in optarg. */
#define COMPARE_OPTIONS                                                                              \
	{"margin", required_argument, NULL, 'm'}, {"alpha", required_argument, NULL, 'a'},           \
		{"metric", required_argument, NULL, 'M'}, {"allow-missing", no_argument, NULL, 'L'}, \
	{                                                                                            \
		"margins", required_argument, NULL, 'F'                                              \
	}
int compare_flags_take(struct compare_flags *asked, int id);

/* 0, or EXIT_UNUSABLE after a message. `to` must not move afterwards. */
int compare_flags_parse(const struct compare_flags *asked, struct compare_parsed *to);
void compare_parsed_free(struct compare_parsed *q);

#endif
