/* The table that plots/machines.gp draws, and the words around it. */
#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/environment.h"
#include "bench/exit.h"
#include "bench/findings.h"
#include "bench/machines.h"
#include "bench/plots.h"

static size_t put_table(FILE *file, const struct machines *m)
{
	size_t rows = 0;
	fputs("what,machine,ratio,low,high\r\n", file);
	for (size_t row = 0; row < machines_ratios(); row++)
		for (size_t i = 0; i < m->count; i++) {
			struct estimate e = machines_ratio(&m->run[i], row);
			if (!e.n || !(e.value > 0))
				continue;
			const char *name = machines_ratio_name(row), *label = m->run[i].label;
			csv_fwrite(file, name, strlen(name));
			fputc(',', file);
			csv_fwrite(file, label, strlen(label));
			fprintf(file, ",%.8g,", e.value);
			if (isfinite(e.low))
				fprintf(file, "%.8g,%.8g\r\n", e.low, e.high);
			else
				fputs(",\r\n", file);
			rows++;
		}
	return rows;
}

/* In how many rows every machine's difference is proved, and the same way. */
static void tell(const struct machines *m, char *title, size_t bytes)
{
	size_t compared = 0, agree = 0;
	for (size_t row = 0; row < machines_ratios(); row++) {
		size_t measured = 0, above = 0, below = 0;
		for (size_t i = 0; i < m->count; i++) {
			struct estimate e = machines_ratio(&m->run[i], row);
			measured += e.n > 0;
			above += findings_differ(&e) && e.value > 1;
			below += findings_differ(&e) && e.value < 1;
		}
		compared += measured == m->count;
		agree += above == m->count || below == m->count;
	}
	snprintf(title, bytes,
		 "Processes over threads on %zu machines: in %zu of %zu comparisons the same is faster on "
		 "all of "
		 "them",
		 m->count, agree, compared);
}

static void list_machines(FILE *file, const struct machines *m)
{
	for (size_t i = 0; i < m->count; i++) {
		char *caption = environment_caption(m->run[i].dir);
		fprintf(file, "%s%s: %s", i ? " · " : "", m->run[i].label,
			caption && *caption ? caption : "machine unknown");
		free(caption);
	}
}

int machines_plot(const char *path, const struct machines *m)
{
	char *table = NULL, *caption = NULL, title[256];
	size_t bytes, length;
	FILE *rows = open_memstream(&table, &bytes), *words = open_memstream(&caption, &length);
	size_t drawn = rows && words ? put_table(rows, m) : 0;
	if (words)
		list_machines(words, m);
	int error = !rows || !words;
	error |= rows && fclose(rows) == EOF;
	error |= words && fclose(words) == EOF;
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
							       .caption = caption},
					      table, bytes);
	free(table);
	free(caption);
	return code;
}
