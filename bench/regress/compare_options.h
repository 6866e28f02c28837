/* What compare and gate are asked in common: --metric, --margin, --margins, --alpha, --allow-missing. */
#ifndef PVT_COMPARE_OPTIONS_H
#define PVT_COMPARE_OPTIONS_H

#include "bench/base/option_table.h"
#include "bench/regress/compare.h"
#include "bench/regress/margins.h"

enum { COMPARE_LIMITS_MAX = 16 };

/* As it was given; the texts belong to the caller. */
struct compare_flags {
	const char *metrics; /* "span_ns:2%,minflt:0" */
	const char *margins; /* a file; NULL */
	double margin;       /* where a metric has none of its own; NaN: its default */
	double alpha;
	bool allow_missing;
};

struct compare_parsed {
	struct compare_options question; /* points into the rest */
	struct metric_limit limit[COMPARE_LIMITS_MAX];
	struct margins exceptions;
};

extern const struct compare_flags compare_flags_default;

/* Takers of --margin and --alpha: into the double at the row's offset. */
int compare_flags_margin(void *request, const struct option_row *row, const char *text);
int compare_flags_alpha(void *request, const struct option_row *row, const char *text);

/* The rows for a request of this type, which has the flags as this member. */
/* NOLINTBEGIN(bugprone-macro-parentheses): offsetof takes no parentheses. */
#define COMPARE_OPTION_ROWS(type, member)                                                                 \
	{"margin",                                                                                        \
	 "SHARE",                                                                                         \
	 NULL,                                                                                            \
	 "what may be lost without alarm (default 2%; of instructions 0.2%)",                             \
	 NULL,                                                                                            \
	 OPTION_TAKEN,                                                                                    \
	 .offset = offsetof(type, member.margin),                                                         \
	 .take = compare_flags_margin},                                                                   \
		{"alpha",                                                                                 \
		 "CHANCE",                                                                                \
		 NULL,                                                                                    \
		 "the chance of any false alarm in the whole comparison (default 0.01)",                  \
		 NULL,                                                                                    \
		 OPTION_TAKEN,                                                                            \
		 .offset = offsetof(type, member.alpha),                                                  \
		 .take = compare_flags_alpha},                                                            \
		{"metric",                                                                                \
		 "M[:X],…",                                                                               \
		 NULL,                                                                                    \
		 "columns, each with its margin (default span_ns): wall_ns:2%,minflt:0; or instructions", \
		 NULL,                                                                                    \
		 OPTION_TEXT,                                                                             \
		 .offset = offsetof(type, member.metrics)},                                               \
		{"margins",                                                                               \
		 "FILE",                                                                                  \
		 "@file",                                                                                 \
		 "lines of a pattern and a margin: scaling/triad/* 5%",                                   \
		 NULL,                                                                                    \
		 OPTION_TEXT,                                                                             \
		 .offset = offsetof(type, member.margins)},                                               \
	{                                                                                                 \
		"allow-missing", NULL, NULL,                                                              \
			"a case that only base has is no error; one that only head has never is", NULL,   \
			OPTION_FLAG, .offset = offsetof(type, member.allow_missing)                       \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

/* 0, or EXIT_UNUSABLE after a message. `to` must not move afterwards. */
int compare_flags_parse(const struct compare_flags *asked, struct compare_parsed *to);
void compare_parsed_free(struct compare_parsed *q);

#endif
