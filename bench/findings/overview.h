/* The figure that a reader sees first: processes over threads by every comparison of one run. */
#ifndef PVT_OVERVIEW_H
#define PVT_OVERVIEW_H

#include <stdio.h>

#include "bench/findings/comparisons.h"

/* The table that plots/machines.gp draws: its head, and a row of one machine. A ratio without a value is left
 * out: false. */
void overview_put_head(FILE *file);
bool overview_put_row(FILE *file, const struct comparison *y, const char *machine,
		      const struct estimate *ratio);

/* DIR/overview.csv; 0 or -errno. */
int overview_write(const char *dir, const struct summary *summary);

/* What the figure shows, without a full stop. */
void overview_tell(const struct summary *summary, char *title, size_t bytes);

#endif
