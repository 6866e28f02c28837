/*
 * report.html: the whole report in one file that asks no host for anything. It can be read without its
 * script, which sorts, filters and draws; its Content-Security-Policy lets nothing else run or load.
 */
#ifndef PVT_HTML_H
#define PVT_HTML_H

#include "bench/claims/claims.h"
#include "bench/findings/findings.h"
#include "bench/machine/env_file.h"
#include "bench/render/plots.h"
#include "bench/samples/summary.h"
#include "bench/scale/scale.h"

/* What the page shows. The figures end with one without a name; those that are drawn lie in DIR/plots. */
struct html_page {
	const char *dir;
	const struct env_file *env;
	const struct summary *summary;
	const struct claims *claims;
	const struct findings *findings;
	const struct scale *scale;
	const struct figure *figures;
};

/* DIR/report.html; 0 or -errno. */
int html_write(const struct html_page *page);

#endif
