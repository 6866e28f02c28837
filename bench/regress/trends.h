/* How a history is shown: as text for 80 columns, Markdown, JSON, or a plot. */
#ifndef PVT_TRENDS_H
#define PVT_TRENDS_H

#include <stdio.h>

#include "bench/regress/history.h"
#include "bench/regress/verdicts.h"

/* As text and Markdown the cases that changed, or `all`; then the sums. As JSON all. 0 or -ENOMEM. */
int trends_put(FILE *file, const struct history *history, enum format format, bool all);

/*
 * Draws the cases with the largest changes into an .svg or .png; `machine` is a caption of where they were
 * measured. 0, or an exit code after a message.
 */
int trends_plot(const char *path, const struct history *history, const char *machine);

#endif
