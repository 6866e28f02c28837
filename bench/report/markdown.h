/* RESULTS.md. */
#ifndef PVT_MARKDOWN_H
#define PVT_MARKDOWN_H

#include <stdio.h>

#include "bench/findings/claims.h"
#include "bench/findings/curves.h"
#include "bench/findings/findings.h"
#include "bench/machine/env_file.h"
#include "bench/render/plots.h"
#include "bench/samples/summary.h"

/* Writes DIR/RESULTS.md; figures that were drawn are shown. 0 or -errno. */
int markdown_write(const char *dir, const struct env_file *env, const struct summary *summary,
		   const struct claims *claims, const struct findings *findings, const struct curves *curves,
		   const struct scale *scale, const struct figure *figures);

#endif
