/* scale.csv. */
#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/findings/scale.h"

static const char *const names[SCALE_WHATS] = {
	[SCALE_SPAN] = "span",
	[SCALE_SPEEDUP] = "speedup",
	[SCALE_WEAK_SPAN] = "weak span",
	[SCALE_EFFICIENCY] = "efficiency",
	[SCALE_LATENCY] = "latency",
	[SCALE_BANDWIDTH] = "bandwidth",
	[SCALE_ALL_REDUCE] = "all-reduce",
	[SCALE_BARRIER] = "barrier",
	[SCALE_DEAL] = "deal",
};

static void put_number(FILE *file, double value)
{
	if (isfinite(value))
		fprintf(file, ",%.8g", value);
	else
		fputc(',', file);
}

static void put_estimate(FILE *file, const struct estimate *e)
{
	put_number(file, e->value);
	put_number(file, e->low);
	put_number(file, e->high);
	fprintf(file, ",%zu", e->n);
}

static void put_point(FILE *file, const struct scale_point *p)
{
	fprintf(file, "\"%s\",\"%s\",", names[p->what], p->predicted ? "predicted" : "measured");
	csv_fwrite(file, p->kernel, strlen(p->kernel));
	fprintf(file, ",%" PRIu64 ",", p->size);
	csv_fwrite(file, p->runner, strlen(p->runner));
	fprintf(file, ",%" PRIu64 ",%" PRIu64, p->hosts, p->workers);
	put_estimate(file, &p->y);
	put_number(file, p->over_measured);
	fputs("\r\n", file);
}

static void put_fit(FILE *file, const struct scale_fit *f, unsigned hosts)
{
	const struct {
		const char *name;
		const struct estimate *e;
	} parameters[] = {{"L + 2 o", &f->latency}, {"g", &f->gap}, {"G", &f->byte}};
	for (size_t i = 0; i < 3; i++) {
		if (!isfinite(parameters[i].e->value))
			continue;
		fprintf(file, "\"parameter\",\"fitted\",\"%s\",1,\"%s\",%u,2", parameters[i].name,
			SCALE_RUNNER, hosts);
		put_estimate(file, parameters[i].e);
		fputs(",\r\n", file);
	}
}

int scale_write(const char *dir, const struct scale *scale)
{
	char *text = NULL;
	size_t bytes;
	if (!scale->count)
		return 0;
	FILE *file = open_memstream(&text, &bytes);
	if (!file)
		return -ENOMEM;
	fputs("what,kind,kernel,size,runner,hosts,workers,value,low,high,runs,over_measured\r\n", file);
	for (size_t i = 0; i < scale->count; i++)
		put_point(file, &scale->point[i]);
	put_fit(file, &scale->fit[0], 1);
	put_fit(file, &scale->fit[1], 2);
	int error = fclose(file) == EOF ? -ENOMEM : folder_write(dir, "scale.csv", text, bytes);
	free(text);
	return error;
}
