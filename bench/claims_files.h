/* The verdicts as people and programs read them. */
#ifndef PVT_CLAIMS_FILES_H
#define PVT_CLAIMS_FILES_H

#include <stdio.h>

#include "bench/claims.h"

/* The first section of RESULTS.md: a row a claim. */
void claims_put_section(FILE *file, const struct claims *claims);

/* On standard output at 80 columns: the verdicts on what was measured. */
void claims_print(const struct claims *claims);

/* DIR/claims.csv: id, claim, verdict, measured, reason, command, figure. 0 or -errno. */
int claims_write(const char *dir, const struct claims *claims);

#endif
