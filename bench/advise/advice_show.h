/* The advice as text of 80 columns, and as JSON. */
#ifndef PVT_ADVICE_SHOW_H
#define PVT_ADVICE_SHOW_H

#include <stdio.h>

#include "bench/advise/advice.h"

/* What the advice is about. */
struct advice_subject {
	const char *from;   /* the run folder */
	const char *kernel; /* NULL: flags or dialogue */
	uint64_t size;      /* of the kernel */
	const char *basis;  /* where the work's time is from, in words */
	bool verbose;       /* with the figures that were used */
	const struct workload *workload;
	const struct unit_costs *unit_costs;
};

void advice_put_text(FILE *file, const struct advice *advice, const struct advice_subject *subject);

/* 0 or -ENOMEM. */
int advice_put_json(FILE *file, const struct advice *advice, const struct advice_subject *subject);

#endif
