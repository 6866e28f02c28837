/* RESULTS.md, which is read, and TABLES.md, in which numbers are looked up. */
#ifndef PVT_MARKDOWN_H
#define PVT_MARKDOWN_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/claims/claims.h"
#include "bench/findings/curves.h"
#include "bench/findings/findings.h"
#include "bench/machine/env_file.h"
#include "bench/render/plots.h"
#include "bench/samples/summary.h"

struct markdown {
	const char *dir;
	const struct env_file *env;
	const struct summary *summary;
	const struct claims *claims;
	const struct findings *findings;
	const struct curves *curves;
	const struct scale *scale;
	const struct figure *figures; /* end with one without a name; those that were drawn are shown */
};

/* Writes DIR/RESULTS.md and DIR/TABLES.md. 0 or -errno. */
int markdown_write(const struct markdown *m);

/* The second of the two alone. 0 or -errno. */
int markdown_write_tables(const struct markdown *m);

/* The figures that come first, or the others. */
void markdown_put_figures(FILE *file, const struct figure *figures, bool first);

#endif
