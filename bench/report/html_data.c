/* The cases of report.html as JSON, for its script. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "bench/report/html_parts.h"

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* [value, low, high, invocations]; null where nothing was measured. */
static json_t *estimate(const struct estimate *e)
{
	return isfinite(e->value) ? json_pack("[o, o, o, I]", number(e->value), number(e->low),
					      number(e->high), (json_int_t)e->n)
				  : json_null();
}

static json_t *describe(const struct case_summary *c)
{
	char setting[HTML_NOTE_BYTES], status[HTML_NOTE_BYTES];
	return json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "suite", c->id.suite, "kernel", c->id.kernel, "size", (json_int_t)c->id.size,
			 "runner", c->id.runner, "workers", (json_int_t)c->id.workers, "hosts",
			 (json_int_t)c->id.hosts, "setting", html_setting(c, setting, sizeof setting),
			 "samples", (json_int_t)c->samples, "status", html_status(c, status, sizeof status),
			 "wall", estimate(&c->wall), "span", estimate(&c->span), "speedup",
			 estimate(&c->speedup), "wall_speedup", estimate(&c->wall_speedup), "create",
			 estimate(&c->metric[METRIC_CREATE]), "pss", estimate(&c->metric[METRIC_PSS]));
}

/* In a script block `</script` and `<!--` would be obeyed, even in a string: no `<` is left. */
static void put_escaped(FILE *file, const char *json)
{
	for (; *json; json++)
		if (*json == '<' || *json == '>' || *json == '&')
			fprintf(file, "\\u%04x", *json);
		else
			fputc(*json, file);
}

int html_put_data(FILE *file, const struct summary *summary)
{
	json_t *cases = json_array();
	int error = cases ? 0 : -ENOMEM;
	for (size_t i = 0; i < summary->count && !error; i++)
		if (json_array_append_new(cases, describe(&summary->cases[i])))
			error = -ENOMEM;
	char *text = error ? NULL : json_dumps(cases, JSON_COMPACT | JSON_REAL_PRECISION(8));
	if (!text)
		error = -ENOMEM;
	fputs("<script type=\"application/json\" id=\"data\">", file);
	put_escaped(file, text ? text : "[]");
	fputs("</script>\n", file);
	free(text);
	json_decref(cases);
	return error;
}
