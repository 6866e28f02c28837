/* Why a claim comes out as it does: general knowledge with its source, which no sample of the run says. */
#ifndef PVT_MECHANISMS_H
#define PVT_MECHANISMS_H

struct mechanism {
	const char *claim; /* as struct claim has its id */
	const char *text;  /* two sentences */
	const char *source;
};

/* NULL: none is known. */
const struct mechanism *mechanism_of(const char *claim);

#endif
