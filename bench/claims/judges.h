/*
 * The judges of the claims, one each: from the samples to the measured figures in words, the verdict, and
 * what it depends on or what is missing. And the words that they share.
 */
#ifndef PVT_CLAIMS_JUDGES_H
#define PVT_CLAIMS_JUDGES_H

#include "bench/claims/claims.h"
#include "bench/claims/looks.h"
#include "bench/samples/pairing.h"

struct evidence {
	const struct summary *summary;
	const struct grains *grains;
	const struct scale *scale;
	const char *python; /* NULL: unknown */
};

/* Adds to claim->measured, claim->reason and claim->stamps, which are empty at first. */
typedef enum claim_verdict claim_judge(const struct evidence *evidence, struct claim *claim);

claim_judge claims_judge_compute;                                        /* power.c */
claim_judge claims_judge_contention;                                     /* contention.c */
claim_judge claims_judge_python, claims_judge_free_threads;              /* python.c */
claim_judge claims_judge_waiting;                                        /* gain.c */
claim_judge claims_judge_pool;                                           /* pool.c */
claim_judge claims_judge_creation;                                       /* creation.c */
claim_judge claims_judge_forkserver;                                     /* forkserver.c */
claim_judge claims_judge_stall;                                          /* stall.c */
claim_judge claims_judge_forksafety;                                     /* forksafety.c */
claim_judge claims_judge_memory, claims_judge_switch, claims_judge_lock; /* cost.c */
claim_judge claims_judge_sharing, claims_judge_communication;            /* reach.c */
claim_judge claims_judge_isolation;                                      /* crash.c */
claim_judge claims_judge_idle;                                           /* idle.c */
claim_judge claims_judge_bystander;                                      /* bystander.c */
claim_judge claims_judge_mapping;                                        /* mapping.c */
claim_judge claims_judge_serve;                                          /* serve.c */
claim_judge claims_judge_machines;                                       /* machines.c */

/* One thread of Python 3.13 without a GIL over one with it; n is 0: not both were measured. */
struct estimate claims_free_threads_price(const struct summary *summary);

/* No figure: nothing was measured. */
extern const struct estimate claims_nothing;

/* Adds to a text of CLAIM_BYTES; what does not fit is cut. */
void claims_add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A further part of a text: begins with a semicolon where there is something before it. */
void claims_also(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Names a column that a figure comes from; once is enough. */
void claims_stamp(struct claim *claim, const char *column);

/* Adds to the measured figures that the wall times of such a case are an older version's, if they are. */
void claims_say_older(const struct case_summary *launched, struct claim *claim);

/* "7.71 [6.1, 8.9]", of these words; without an interval that covers 95 %, what it rests on instead. */
const char *claims_show_interval(const struct estimate *e, const char *value, const char *low,
				 const char *high, char text[static CLAIM_FIGURE_BYTES]);
/* The same of a ratio. */
const char *claims_show_ratio(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES]);
/* The same of a time: "516 µs [369 µs, 673 µs]". */
const char *claims_show_time(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES]);

/* The same of a difference: "+771 ns [+60 ns, +1084 ns]". */
const char *claims_show_difference(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES]);
/* The same of a size: "96.3 KiB [90.1 KiB, 101 KiB]"; and one number of it. */
const char *claims_show_kib(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES]);
const char *claims_kib(double kib, char text[static CLAIM_FIGURE_BYTES]);

/* Is there an interval that covers 95 %? No verdict rests on less. */
bool claims_is_sure(const struct estimate *e);

/* This is the figure that the verdict rests on. */
void claims_rest_on(struct claim *claim, const struct estimate *e);

/*
 * "More" was claimed: holds if the ratio is more by a difference that matters, is no difference if it surely
 * lies within 5 %, does not hold if it is surely not more by 5 %, and is open otherwise; the reason then says
 * what is missing.
 */
enum claim_verdict claims_more(const struct estimate *ratio, struct claim *claim);

/* The verdict on a figure that is open, with what is missing as the reason; on one of nothing: not measured.
 */
enum claim_verdict claims_unsure(const struct estimate *e, struct claim *claim);

/* Cannot be told: fewer than two workers could run at once. */
enum claim_verdict claims_one_unit(struct claim *claim);

/* ---- claims of several parts (parts.c) ---- */

enum { CLAIM_PARTS = 4 };

/* A situation that the claim has to hold in; of one that was not measured, n of the ratio is 0. */
struct claim_part {
	const char *where; /* "where 2 workers want the lock" */
	struct estimate ratio;
	bool more; /* surely; as pairing_is_more, or by a look */
};

struct claim_parts {
	const char *more, *not_more; /* "it costs processes more", "it costs them no more" */
	struct claim_part part[CLAIM_PARTS];
	size_t count;
};

/* How many of them were measured; are more; are surely not. */
size_t claims_parts_measured(const struct claim_parts *parts);
size_t claims_parts_more(const struct claim_parts *parts);
size_t claims_parts_not_more(const struct claim_parts *parts);

/*
 * The verdict where all that were measured agree: holds, does not hold, no difference. Else CLAIM_UNKNOWN,
 * and nothing is said. It rests on the part that is nearest to another verdict.
 */
enum claim_verdict claims_agree(const struct claim_parts *parts, struct claim *claim);

/* Open: says of each part that is decided what it is, and of the first that is not, its figure and what is
 * missing. */
enum claim_verdict claims_name_open(const struct claim_parts *parts, struct claim *claim);

/* Adds to the reason, after `before`, where those are that are more, or surely not. */
void claims_list_parts(const struct claim_parts *parts, bool more, const char *before, struct claim *claim);

/*
 * One that is more and one that surely is not are an answer, whatever a third does: it depends, and the
 * reason says `more` before those that are and `not_more` before those that are not. It rests on the one that
 * is most. Else all agree, or it is open.
 */
enum claim_verdict claims_decide(const struct claim_parts *parts, const char *more, const char *not_more,
				 struct claim *claim);

/* Adds to the reason which of them were measured, if not all were. */
void claims_name_measured(const struct claim_parts *parts, struct claim *claim);

#endif
