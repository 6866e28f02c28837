/*
 * The pieces that a kernel's writes() tells of: as it does, or spoilt on purpose, and marked byte by byte.
 */
#ifndef PVT_TESTS_TOLD_H
#define PVT_TESTS_TOLD_H

#include "tests/unit/conform.h"

/* How what a kernel tells is spoilt, to see that it is found. */
enum spoilt {
	SPOILT_NOT,
	SPOILT_END,       /* each piece ends a byte early */
	SPOILT_BEGIN,     /* or begins a byte late */
	SPOILT_HALF,      /* or ends in the middle */
	SPOILT_SHIFTED,   /* or lies a byte further on */
	SPOILT_FIRST,     /* the first piece of a call is missing */
	SPOILT_LAST_ITEM, /* the last item of a call is missing */
	SPOILT_BEFORE,    /* an item more in front */
	SPOILT_COUNT,
};

struct spoiling {
	enum spoilt how;
	uint32_t phase;        /* in that one alone */
	unsigned char garbage; /* what stands where nothing has been written */
};

/* As kernel->writes does, or spoilt. */
void tell(const struct rig *rig, const struct spoiling *spoiling, uint32_t phase, uint64_t begin,
	  uint64_t end, kernel_piece *piece, void *arg);

/* Which bytes of an area have been told of: 1, else 0. */
struct marks {
	unsigned char *byte;
	size_t bytes;
	bool outside, twice;
};

/* A kernel_piece, `arg` the marks. */
void mark_piece(void *arg, size_t offset, size_t bytes);

#endif
