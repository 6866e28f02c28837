#include "bench/findings/overview.h"

#include <math.h>
#include <stdio.h>

int overview_open(struct csv_table *table)
{
	return csv_table_open(table, "what,machine,ratio,low,high");
}

bool overview_put_row(struct csv_table *table, const struct comparison *y, const char *machine,
		      const struct estimate *ratio)
{
	if (!ratio->n || !(ratio->value > 0))
		return false;
	csv_text(table, y->name);
	csv_text(table, machine);
	csv_number(table, ratio->value);
	csv_number(table, isfinite(ratio->low) ? ratio->low : (double)NAN);
	csv_number(table, isfinite(ratio->low) ? ratio->high : (double)NAN);
	csv_end_row(table);
	return true;
}

int overview_write(const char *dir, const struct summary *s)
{
	struct csv_table table;
	int error = overview_open(&table);
	if (error)
		return error;
	for (const struct comparison *y = comparisons; y->name; y++) {
		struct estimate ratio = comparison_ratio(s, y);
		overview_put_row(&table, y, "", &ratio);
	}
	return csv_table_write(&table, dir, "overview.csv");
}

void overview_tell(const struct summary *s, char *title, size_t bytes)
{
	size_t compared = 0, count[STANDING_UNSURE + 1] = {0};
	for (const struct comparison *y = comparisons; y->name; y++) {
		struct estimate ratio = comparison_ratio(s, y);
		if (!ratio.n || !(ratio.value > 0))
			continue;
		compared++;
		count[pairing_standing(&ratio)]++;
	}
	*title = '\0';
	if (compared)
		snprintf(title, bytes,
			 "Of %zu comparisons threads are faster in %zu, processes in %zu; the others are "
			 "even or not told apart",
			 compared, count[STANDING_MORE], count[STANDING_LESS]);
}
