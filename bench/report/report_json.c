#include "bench/report/report_json.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/json_put.h"
#include "bench/samples/summary.h"

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Each invocation counts as its median; NULL: none has this metric. */
static json_t *metric_json(const struct summary *s, const struct case_summary *c, enum metric metric)
{
	double least = INFINITY, most = -INFINITY;
	size_t n = 0;
	for (size_t r = 0; r < s->run_count; r++)
		if (isfinite(c->by_run[metric][r])) {
			least = fmin(least, c->by_run[metric][r]);
			most = fmax(most, c->by_run[metric][r]);
			n++;
		}
	const struct estimate *e = &c->metric[metric];
	return n ? json_pack("{s:I, s:o, s:o, s:o, s:f, s:f}", "invocations", (json_int_t)n, "median",
			     number(e->value), "low", number(e->low), "high", number(e->high), "min", least,
			     "max", most)
		 : NULL;
}

static json_t *case_json(const struct summary *s, const struct case_summary *c)
{
	char name[CASE_NAME_BYTES];
	json_t *metrics = json_object();
	for (int m = 0; m < METRICS; m++) {
		json_t *metric = metric_json(s, c, (enum metric)m);
		if (metric)
			json_object_set_new(metrics, summary_metric_column((enum metric)m), metric);
	}
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:s, s:o}", "case",
			 case_id_name(&c->id, name), "suite", c->id.suite, "kernel", c->id.kernel, "size",
			 (json_int_t)c->id.size, "runner", c->id.runner, "workers", (json_int_t)c->id.workers,
			 "samples", (json_int_t)c->samples, "failed", (json_int_t)c->failed, "noisy",
			 (json_int_t)c->noisy, "status", c->status, "metrics", metrics);
}

static int put(const struct summary *s)
{
	json_t *cases = json_array();
	int code = EXIT_WELL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		json_array_append_new(cases, case_json(s, c));
		if (c->failed && strcmp(c->status, "skipped") != 0)
			code = EXIT_FAILED;
	}
	json_t *whole = json_pack("{s:I, s:I, s:o}", "samples", (json_int_t)s->sample_count, "invocations",
				  (json_int_t)s->run_count, "cases", cases);
	return json_put(whole, stdout) ? complain(EXIT_UNUSABLE, "out of memory") : code;
}

int report_json(const char *dir)
{
	char path[PATH_MAX + 32], why[512];
	struct samples samples;
	struct summary summary = {0};
	int code;
	if (samples_read(folder_file(dir, "samples.csv", path, sizeof path), &samples, why, sizeof why))
		code = complain(EXIT_UNUSABLE, "%s", why);
	else if (summary_make(&samples, &summary))
		code = complain(EXIT_UNUSABLE, "out of memory");
	else
		code = put(&summary);
	summary_free(&summary);
	samples_free(&samples);
	return code;
}
