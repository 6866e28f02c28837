/* The table that plots/machines.gp draws, and the words around it. */
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/findings/overview.h"
#include "bench/machine/environment.h"
#include "bench/render/plots.h"
#include "bench/report/machines.h"

static size_t put_table(struct csv_table *table, const struct machines *m)
{
	size_t rows = 0;
	for (const struct comparison *y = comparisons; y->name; y++)
		for (size_t i = 0; i < m->count; i++) {
			struct estimate e = machines_ratio(&m->run[i], y);
			rows += overview_put_row(table, y, m->run[i].label, &e);
		}
	return rows;
}

/* In how many rows every machine's difference is proved, and the same way. */
static void tell(const struct machines *m, char *title, size_t bytes)
{
	size_t compared = 0, agree = 0;
	for (const struct comparison *y = comparisons; y->name; y++) {
		size_t measured = 0, above = 0, below = 0;
		for (size_t i = 0; i < m->count; i++) {
			struct estimate e = machines_ratio(&m->run[i], y);
			measured += e.n > 0;
			above += pairing_standing(&e) == STANDING_MORE;
			below += pairing_standing(&e) == STANDING_LESS;
		}
		compared += measured == m->count;
		agree += above == m->count || below == m->count;
	}
	snprintf(title, bytes,
		 "Processes over threads on %zu machines: in %zu of %zu comparisons the same is faster on "
		 "all of them",
		 m->count, agree, compared);
}

static void list_machines(FILE *file, const struct machines *m)
{
	for (size_t i = 0; i < m->count; i++) {
		char *caption = env_caption(&m->run[i].env);
		fprintf(file, "%s%s: %s", i ? " · " : "", m->run[i].label,
			caption && *caption ? caption : "machine unknown");
		free(caption);
	}
}

int machines_plot(const char *path, const struct machines *m)
{
	char title[256];
	struct csv_table table;
	struct draft caption;
	if (overview_open(&table))
		return complain(EXIT_UNUSABLE, "out of memory");
	size_t drawn = put_table(&table, m);
	int error = draft_close(&table.draft) || draft_open(&caption);
	if (!error) {
		list_machines(caption.file, m);
		error = draft_close(&caption);
	}
	tell(m, title, sizeof title);
	int code = error    ? complain(EXIT_UNUSABLE, "out of memory")
		   : !drawn ? complain(EXIT_UNUSABLE,
				       "--plot: no run has a primitive under both threads and processes")
			    : plots_draw_file(path,
					      &(struct figure){.name = "machines",
							       .script = "machines",
							       .table = "machines.csv",
							       .suite = "",
							       .title = title,
							       .caption = caption.text},
					      table.draft.text, table.draft.bytes);
	free(table.draft.text);
	if (!error)
		free(caption.text);
	return code;
}
