#include "bench/findings/overview.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* "creating and ending one worker (4.6 times as fast)" */
static void tell_lead(char *title, size_t bytes, const char *before, const struct comparison *y, double lead)
{
	size_t n = strlen(title);
	snprintf(title + n, bytes - n, "%s%s (%.1f times as fast)", before, y->name, lead);
}

void overview_tell(const struct summary *s, char *title, size_t bytes)
{
	const struct comparison *threads = NULL, *processes = NULL;
	double of_threads = 1, of_processes = 1;
	struct estimate work = {0};
	*title = '\0';
	for (const struct comparison *y = comparisons; y->name; y++) {
		struct estimate ratio = comparison_ratio(s, y);
		if (!ratio.n || !(ratio.value > 0))
			continue;
		if (y == comparisons)
			work = ratio;
		enum standing standing = pairing_standing(&ratio);
		/* After a crash it is not speed that is compared. */
		if (strcmp(y->pairing.suite, "isolation") == 0)
			continue;
		if (standing == STANDING_MORE && ratio.value > of_threads) {
			threads = y;
			of_threads = ratio.value;
		}
		if (standing == STANDING_LESS && 1 / ratio.value > of_processes) {
			processes = y;
			of_processes = 1 / ratio.value;
		}
	}
	if (threads)
		tell_lead(title, bytes, "Threads lead most at ", threads, of_threads);
	if (processes)
		tell_lead(title, bytes, threads ? ", processes at " : "Processes lead most at ", processes,
			  of_processes);
	size_t n = strlen(title);
	if (!work.n)
		return;
	enum standing standing = pairing_standing(&work);
	snprintf(title + n, bytes - n, "%s%s", n ? "; f" : "F",
		 standing == STANDING_MORE   ? "or the work itself threads are faster"
		 : standing == STANDING_LESS ? "or the work itself processes are faster"
		 : standing == STANDING_SAME ? "or the work itself both are equally fast"
					     : "or the work itself no difference was shown");
}
