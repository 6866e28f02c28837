/*
 * What teaching material claims about processes and threads, and what this run's samples say to it: one row
 * a claim. The verdict and its words come from the numbers by rule; no row is written by hand.
 */
#ifndef PVT_CLAIMS_H
#define PVT_CLAIMS_H

#include "bench/samples/summary.h"
#include "bench/scale/grain.h"
#include "bench/scale/scale.h"

enum claim_verdict {
	CLAIM_HOLDS,
	CLAIM_FAILS,      /* does not hold */
	CLAIM_DEPENDS,    /* on what `reason` says, with the crossing point where there is one */
	CLAIM_SAME,       /* no difference that matters: surely less than 5 % in either direction */
	CLAIM_UNKNOWN,    /* measured, and open: `reason` says what it would take */
	CLAIM_UNMEASURED, /* not measured in this run */
	CLAIM_VERDICTS
};

enum { CLAIM_BYTES = 1200, CLAIM_STAMPS_BYTES = 96, CLAIM_FIGURE_BYTES = 128, CLAIMS = 32 };

struct claim {
	const char *id;      /* of lower-case letters and hyphens: an anchor */
	const char *claim;   /* a sentence without a full stop */
	const char *brief;   /* the same in 33 columns */
	const char *unit;    /* what the deciding figure is a multiple of, in 16 columns: "x the time" */
	const char *command; /* what measures it; NULL: nothing that runs on one machine */
	const char *figure;  /* the plot that shows it, as struct figure names it; NULL: none does */
	enum claim_verdict verdict;
	const char *consequence;    /* of the verdict, for who has to choose; a sentence without a full stop;
				       NULL: nothing follows */
	char measured[CLAIM_BYTES]; /* figures with intervals, without a full stop; "" when nothing was
				       measured */
	char reason[CLAIM_BYTES];   /* "" where the measured figures say it all */
	struct estimate deciding;   /* the figure that the verdict rests on, or that is open; n is 0 where no
				       single one does */
	char tally[32];             /* what it rests on instead, in words; "" */
	bool takes_time;            /* a longer run would decide it */
	char stamps[CLAIM_STAMPS_BYTES]; /* the columns of samples.csv that the figures come from, "wall_ns
					    open_ns"; "" when nothing was measured */
};

struct claims {
	struct claim claim[CLAIMS];
	size_t count;
};

/*
 * `python` names the interpreter that was measured, as env.json has it ("3.11.7"); NULL: unknown. The texts
 * that are pointed to are constants.
 */
void claims_make(const struct summary *summary, const struct grains *grains, const struct scale *scale,
		 const char *python, struct claims *claims);

/* "holds", "does not hold", "depends", "no difference that matters", "cannot tell here", "not measured" */
const char *claims_verdict_name(enum claim_verdict verdict);

#endif
