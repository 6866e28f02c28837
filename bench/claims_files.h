/* The verdicts as people and programs read them. */
#ifndef PVT_CLAIMS_FILES_H
#define PVT_CLAIMS_FILES_H

#include <stdio.h>

#include "bench/claims.h"

/* The first sections of RESULTS.md: what follows for who has to choose, and a row a claim. */
void claims_put_sections(FILE *file, const struct claims *claims);

/* "Of 12 claims …, 7 hold, 2 do not, 3 depend": a sentence without its full stop, without markup. */
void claims_put_count(FILE *file, const struct claims *claims);

/* On standard output at 80 columns: the verdicts on what was measured. */
void claims_print(const struct claims *claims);

/* DIR/claims.csv: id, claim, verdict, measured, reason, consequence, command, figure, stamps. 0 or -errno. */
int claims_write(const char *dir, const struct claims *claims);

#endif
