/* The figure that a reader sees first: processes over threads by every comparison of one run. */
#ifndef PVT_OVERVIEW_H
#define PVT_OVERVIEW_H

#include "bench/findings/comparisons.h"
#include "bench/render/csv_table.h"

/* The table that plots/machines.gp draws: 0 or -ENOMEM; and a row of one machine. A ratio without a value is
 * left out: false. */
int overview_open(struct csv_table *table);
bool overview_put_row(struct csv_table *table, const struct comparison *y, const char *machine,
		      const struct estimate *ratio);

/* DIR/overview.csv; 0 or -errno. */
int overview_write(const char *dir, const struct summary *summary);

/* What the figure shows, without a full stop. */
void overview_tell(const struct summary *summary, char *title, size_t bytes);

#endif
