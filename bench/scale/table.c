/* scale.csv. */
#include <math.h>

#include "bench/render/csv_table.h"
#include "bench/scale/scale.h"

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

static void put_estimate(struct csv_table *table, const struct estimate *e)
{
	csv_interval(table, e->value, e->low, e->high);
	csv_count(table, e->n);
}

static void put_point(struct csv_table *table, const struct scale_point *p)
{
	csv_text(table, names[p->what]);
	csv_text(table, p->predicted ? "predicted" : "measured");
	csv_text(table, p->kernel);
	csv_count(table, p->size);
	csv_text(table, p->runner);
	csv_count(table, p->hosts);
	csv_count(table, p->workers);
	put_estimate(table, &p->y);
	csv_number(table, p->over_measured);
	csv_end_row(table);
}

static void put_fit(struct csv_table *table, const struct scale_fit *f, unsigned hosts)
{
	const struct {
		const char *name;
		const struct estimate *e;
	} parameters[] = {{"L + 2 o", &f->latency}, {"g", &f->gap}, {"G", &f->byte}};
	for (size_t i = 0; i < 3; i++) {
		if (!isfinite(parameters[i].e->value))
			continue;
		csv_text(table, "parameter");
		csv_text(table, "fitted");
		csv_text(table, parameters[i].name);
		csv_count(table, 1);
		csv_text(table, SCALE_RUNNER);
		csv_count(table, hosts);
		csv_count(table, 2);
		put_estimate(table, parameters[i].e);
		csv_number(table, NAN);
		csv_end_row(table);
	}
}

int scale_write(const char *dir, const struct scale *scale)
{
	struct csv_table table;
	if (!scale->count)
		return 0;
	int error = csv_table_open(
		&table, "what,kind,kernel,size,runner,hosts,workers,value,low,high,runs,over_measured");
	if (error)
		return error;
	for (size_t i = 0; i < scale->count; i++)
		put_point(&table, &scale->point[i]);
	put_fit(&table, &scale->fit[0], 1);
	put_fit(&table, &scale->fit[1], 2);
	return csv_table_write(&table, dir, "scale.csv");
}
