/* The doctor's checks: what each looks at, why it matters, and its mend. */
#ifndef PVT_CHECKS_H
#define PVT_CHECKS_H

#include <stddef.h>

#include "runners/placement.h"

enum check_state { CHECK_GOOD, CHECK_NOISY, CHECK_LOW, CHECK_UNKNOWN };

struct check_finding {
	enum check_state state;
	char value[256];
	const char *mend; /* where it depends on what was found; NULL: the check's */
};

struct check {
	const char *name;
	void (*look)(const struct machine *machine,
		     struct check_finding *finding); /* CHECK_GOOD until it says more */
	const char *why, *mend;
};

extern const struct check checks[];
extern const size_t check_count;

#endif
