/* The verdicts as people and programs read them. */
#ifndef PVT_CLAIMS_FILES_H
#define PVT_CLAIMS_FILES_H

#include <stdio.h>

#include "bench/claims/claims.h"

/* The first sections of RESULTS.md: what follows for who has to choose, and a row a claim. */
void claims_put_sections(FILE *file, const struct claims *claims);

/* "Of 12 claims …, 7 hold, 2 do not, 3 depend": a sentence without its full stop, without markup. */
void claims_put_count(FILE *file, const struct claims *claims);

/* How many have this verdict. */
size_t claims_count(const struct claims *claims, enum claim_verdict verdict);

/* "Not measured in this run: creation, pool; …": a sentence without its full stop, without markup. */
void claims_put_unmeasured(FILE *file, const struct claims *claims);

/*
 * On standard output, for a terminal of 80 columns and 24 lines: each verdict with its figure, what is open
 * and the command that would decide it, and as much of what follows as there is room for. Plain ASCII,
 * without colours.
 */
void claims_print(const struct claims *claims);

/* DIR/claims.csv: id, claim, verdict, measured, reason, consequence, command, figure, stamps, and the
 * deciding figure: value, low, high. 0 or -errno. */
int claims_write(const char *dir, const struct claims *claims);

#endif
