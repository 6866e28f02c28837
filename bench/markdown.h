/* RESULTS.md. */
#ifndef PVT_MARKDOWN_H
#define PVT_MARKDOWN_H

#include <stdio.h>

#include "bench/claims.h"
#include "bench/curves.h"
#include "bench/findings.h"
#include "bench/plots.h"
#include "bench/summary.h"

/* Writes DIR/RESULTS.md; figures that were drawn are shown. 0 or -errno. */
int markdown_write(const char *dir, const struct summary *summary, const struct claims *claims,
		   const struct findings *findings, const struct curves *curves, const struct scale *scale,
		   const struct figure *figures);

/* Text from outside goes into a table cell or a sentence without becoming markup. */
void markdown_put_text(FILE *file, const char *text);

#endif
