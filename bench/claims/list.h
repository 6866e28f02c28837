/* The claims as data; claims_make judges them in this order. */
#ifndef PVT_CLAIMS_LIST_H
#define PVT_CLAIMS_LIST_H

#include "bench/claims/judges.h"

struct claim_entry {
	const char *id, *claim, *brief, *unit, *command, *figure; /* as in struct claim */
	claim_judge *judge;
	const char *consequence[CLAIM_UNKNOWN]; /* by verdict; nothing follows from what is open */
};

/* Ends with an entry without an id. */
extern const struct claim_entry claims_list[];

#endif
