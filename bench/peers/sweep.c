/* What is measured at several numbers of workers: a table, and a figure over the workers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/peers/peers.h"
#include "bench/render/plots.h"

struct sweep {
	FILE *csv;
	const char *path;
	uint32_t least, most; /* workers */
};

struct sweep *sweep_open(const char *path)
{
	struct sweep *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	*s = (struct sweep){.csv = fopen(path, "we"), .path = path, .least = UINT32_MAX};
	if (s->csv) {
		fputs("quantity,who,workers,ns,low,high\r\n", s->csv);
		return s;
	}
	complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
	free(s);
	return NULL;
}

void sweep_note(struct sweep *s, const char *quantity, const char *series, uint32_t workers,
		const struct estimate *ns)
{
	fprintf(s->csv, "\"%s\",\"%s\",%u,%.5g,%.5g,%.5g\r\n", quantity, series, workers, ns->value, ns->low,
		ns->high);
	s->least = workers < s->least ? workers : s->least;
	s->most = workers > s->most ? workers : s->most;
}

int sweep_close(struct sweep *s)
{
	bool several = s->most > s->least;
	int code = fclose(s->csv) == EOF
			   ? complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", s->path, strerror(errno))
			   : 0;
	free(s);
	if (code || !several)
		return code;
	struct figure figures[] = {
		{"peers", "peers", "peers-workers.csv", "",
		 "Pools by the number of workers, with libgomp and oneTBB",
		 "Medians of 31 rounds with their 95 % intervals; all workers take part in "
		 "an empty job",
		 false, false},
		{.name = NULL}};
	code = plots_draw("results", figures);
	if (!code)
		puts("the plot over workers is results/plots/peers.png");
	return code;
}
