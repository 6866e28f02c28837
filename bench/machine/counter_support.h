/* What can be counted on this machine (runners/counters.h), and why not, in words. */
#ifndef PVT_COUNTER_SUPPORT_H
#define PVT_COUNTER_SUPPORT_H

#include <jansson.h>
#include <stddef.h>

#include "runners/counters.h"

struct counter_support {
	size_t available;
	char value[256];  /* "cycles, …", or what is missing and why */
	const char *mend; /* NULL when all are there */
};

/* From what counters_look says: errors[COUNTERS], 0 or the errno of each counter. */
void counter_support_explain(const int *errors, struct counter_support *counts);

/* An object: for each counter "counted", or the name of the errno that refused it. The caller owns it. */
json_t *counter_support_describe(void);

#endif
