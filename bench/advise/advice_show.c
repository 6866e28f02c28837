#include "bench/advise/advice_show.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "bench/base/json_put.h"
#include "bench/base/units.h"

enum { WIDTH = 80 };

static const char *show_ns(double ns, char *text, size_t bytes)
{
	return units_show_ns(ns, text, bytes);
}

/* Columns, not bytes: a µ has two. */
static void put_right(FILE *file, const char *text, int columns)
{
	int used = 0;
	for (const char *c = text; *c; c++)
		used += (*c & 0xc0) != 0x80;
	fprintf(file, "%*s%s", columns > used ? columns - used : 0, "", text);
}

/* Words, broken before column 80; later lines begin at `indent`. */
static void put_wrapped(FILE *file, const char *text, int indent, int column)
{
	while (*text) {
		int length = (int)strcspn(text, " ");
		if (column + length > WIDTH && column > indent) {
			fprintf(file, "\n%*s", indent, "");
			column = indent;
		}
		fprintf(file, "%.*s", length, text);
		text += length;
		column += length;
		if (*text == ' ') {
			text++;
			if (column + 1 + (int)strcspn(text, " ") <= WIDTH) {
				fputc(' ', file);
				column++;
			} else {
				fprintf(file, "\n%*s", indent, "");
				column = indent;
			}
		}
	}
	fputc('\n', file);
}

static void put_range(FILE *file, struct estimate e)
{
	char a[32], b[32];
	put_right(file, show_ns(e.low, a, sizeof a), 10);
	fputs(" ..", file);
	put_right(file, show_ns(e.high, b, sizeof b), 10);
}

static void put_runner(FILE *file, const struct advice *a, int id)
{
	const struct prediction *p = &a->prediction[id];
	char text[200];
	fprintf(file, "%c %-14s", a->any && (int)a->choice == id ? '*' : ' ', advised_runners[id].name);
	if (p->refused) {
		snprintf(text, sizeof text, "cannot do it: %s", p->refused);
		put_wrapped(file, text, 18, 16);
		return;
	}
	if (p->missing) {
		snprintf(text, sizeof text, "not predicted: the folder lacks \"%s\": pvt run %s",
			 p->missing->name, p->missing->measure);
		put_wrapped(file, text, 18, 16);
		return;
	}
	put_right(file, show_ns(p->wall.value, text, sizeof text), 10);
	put_range(file, p->wall);
	if (p->once.value > 0) {
		put_right(file, show_ns(p->once.value, text, sizeof text), 10);
		fputs(" once", file);
	}
	fputs(p->excluded ? "  not crash-safe\n" : "\n", file);
}

/* Its time in ascending order; what is not predicted, last. */
static void put_runners(FILE *file, const struct advice *a)
{
	bool shown[ADVISED] = {false};
	fputs("  runner          predicted            range              start\n", file);
	for (int n = 0; n < ADVISED; n++) {
		int next = -1;
		for (int i = 0; i < ADVISED; i++) {
			const struct prediction *p = &a->prediction[i],
						*best = next < 0 ? NULL : &a->prediction[next];
			if (shown[i])
				continue;
			bool worse = best && (best->missing || best->refused), bad = p->missing || p->refused;
			if (!best || (worse && !bad) || (worse == bad && p->wall.value < best->wall.value))
				next = i;
		}
		shown[next] = true;
		put_runner(file, a, next);
	}
}

static void put_comparison(FILE *file, const struct advice *a, const struct advice_difference *c)
{
	char ns[32], text[160];
	bool faster = c->ns < 0;
	fprintf(file, "\nWhy %s, compared with %s, which takes %s %s:\n", advised_runners[a->choice].name,
		advised_runners[c->other].name, show_ns(fabs(c->ns), ns, sizeof ns),
		faster ? "less" : "more");
	for (size_t i = 0; i < c->reasons; i++) {
		const struct reason *r = &c->reason[i];
		if (i > 0 && fabs(r->share) < 0.01)
			continue;
		fprintf(file, "%6.0f %%  ", 100 * r->share);
		put_right(file, show_ns(r->ns, ns, sizeof ns), 8);
		fputs("  ", file);
		snprintf(text, sizeof text, "%s", advice_term_words(r->term));
		put_wrapped(file, text, 21, 21);
	}
}

static void put_price(FILE *file, const struct advice *a, const struct unit_costs *unit_costs)
{
	char price[32], back[32], text[400];
	if (!a->costs)
		return;
	const struct unit_cost *recovery = &unit_costs->recovery[a->choice];
	int n = snprintf(
		text, sizeof text,
		"A crash must be survived, but a thread that crashes ends its whole process. That costs ");
	if (a->price_ns > 0)
		snprintf(text + n, sizeof text - (size_t)n, "%s (%.1f %%) over %s.",
			 show_ns(a->price_ns, price, sizeof price),
			 100 * a->price_ns / a->prediction[a->fastest].wall.value,
			 advised_runners[a->fastest].name);
	else
		snprintf(text + n, sizeof text - (size_t)n, "nothing here.");
	fputc('\n', file);
	put_wrapped(file, text, 0, 0);
	if (recovery->count)
		snprintf(text, sizeof text, "After a crash %s recovers within %s (%s).",
			 advised_runners[a->choice].name,
			 show_ns(recovery->mark[0].y.value, back, sizeof back), recovery->mark[0].source);
	else
		snprintf(text, sizeof text, "The recovery time after a crash is not known: pvt run %s",
			 recovery->measure);
	put_wrapped(file, text, 0, 0);
}

static void put_figures(FILE *file, const struct advice *a, const char *from)
{
	char ns[32];
	fprintf(file, "\nFigures of this machine, from %s:\n", from);
	for (size_t i = 0; i < a->used.count; i++) {
		const struct mark *m = a->used.mark[i];
		put_right(file, show_ns(m->y.value, ns, sizeof ns), 10);
		fputs("  ", file);
		put_wrapped(file, a->used.unit_cost[i]->name, 12, 12);
		fprintf(file, "%12s", "");
		put_wrapped(file, m->source, 12, 12);
	}
}

/* Whoever is as fast as can be told. */
static void put_ties(FILE *file, const struct advice *a)
{
	char text[400] = "";
	size_t n = 0;
	for (int i = 0; i < ADVISED && n < sizeof text; i++)
		if (a->prediction[i].tied && (int)a->choice != i)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? ", " : "",
					      advised_runners[i].name);
	char line[600];
	if (n)
		snprintf(
			line, sizeof line,
			"A tie within the model's error of %.0f %% with %s; the simplest of them is advised.",
			100 * ADVICE_MODEL_ERROR, text);
	else
		snprintf(line, sizeof line, "No other is within the model's error of %.0f %%.",
			 100 * ADVICE_MODEL_ERROR);
	put_wrapped(file, line, 0, 0);
}

static void put_service(FILE *file, const struct advice *a, const struct workload *d)
{
	const struct prediction *p = &a->prediction[a->choice];
	char text[200], rate[32], one[32];
	if (!isfinite(p->latency_ns))
		return;
	snprintf(text, sizeof text, "Throughput: %stasks/s. Latency of a single task: %s.",
		 units_show_si(d->tasks * d->phases / p->wall.value * 1e9, rate, sizeof rate),
		 show_ns(p->latency_ns, one, sizeof one));
	put_wrapped(file, text, 0, 0);
}

static void put_extrapolated(FILE *file, const struct advice *a)
{
	for (size_t i = 0; i < a->used.beyond_count; i++) {
		const struct unit_cost *p = a->used.beyond[i];
		char text[300];
		snprintf(text, sizeof text, "Extrapolated: %s, measured up to %.6g, taken at %.6g.", p->name,
			 p->mark[p->count - 1].x, a->used.beyond_at[i]);
		put_wrapped(file, text, 0, 0);
	}
}

void advice_put_text(FILE *file, const struct advice *a, const struct advice_subject *s)
{
	char text[512], wall[32], low[32], high[32];
	if (a->any) {
		const struct prediction *p = &a->prediction[a->choice];
		char workers[32];
		snprintf(text, sizeof text, "Advice: %s, %s: %s (%s to %s) per job.",
			 advised_runners[a->choice].name,
			 units_show_count(p->workers, "worker", workers, sizeof workers),
			 show_ns(p->wall.value, wall, sizeof wall), show_ns(p->wall.low, low, sizeof low),
			 show_ns(p->wall.high, high, sizeof high));
		put_wrapped(file, text, 0, 0);
	}
	if (a->any) {
		put_ties(file, a);
		put_service(file, a, s->workload);
		put_extrapolated(file, a);
	}
	put_wrapped(file, s->basis, 0, 0);
	fputc('\n', file);
	put_runners(file, a);
	for (size_t i = 0; i < a->comparisons; i++)
		put_comparison(file, a, &a->comparison[i]);
	put_price(file, a, s->unit_costs);
	if (s->verbose)
		put_figures(file, a, s->from);
	else
		fprintf(file, "\n--verbose shows the %zu figures of this machine that were used.\n",
			a->used.count);
}

/* ---- JSON ---- */

static json_t *of_estimate(struct estimate e)
{
	return json_pack("{s:f, s:f, s:f}", "ns", e.value, "low_ns", e.low, "high_ns", e.high);
}

static json_t *of_prediction(const struct advice *a, int id)
{
	const struct prediction *p = &a->prediction[id];
	const struct advised_runner *r = &advised_runners[id];
	json_t *o = json_pack("{s:s, s:s, s:b, s:i, s:b}", "runner", r->name, "kind",
			      id == ADVISED_SEQ ? "sequential"
			      : r->processes    ? "processes"
						: "threads",
			      "pool", r->pool, "workers", (int)p->workers, "excluded", p->excluded);
	if (p->refused) {
		json_object_set_new(o, "refused", json_string(p->refused));
		return o;
	}
	if (p->missing) {
		char command[80];
		snprintf(command, sizeof command, "pvt run %s", p->missing->measure);
		json_object_set_new(
			o, "missing",
			json_pack("{s:s, s:s}", "primitive", p->missing->name, "command", command));
		return o;
	}
	json_t *terms = json_object();
	for (int t = 0; t < TERMS; t++)
		if (p->term[t].value > 0 || p->term[t].high > 0)
			json_object_set_new(terms, advice_term_name((enum term)t), of_estimate(p->term[t]));
	json_object_set_new(o, "tied", json_boolean(p->tied));
	if (isfinite(p->latency_ns))
		json_object_set_new(o, "latency_ns", json_real(p->latency_ns));
	json_object_set_new(o, "wall", of_estimate(p->wall));
	json_object_set_new(o, "once", of_estimate(p->once));
	json_object_set_new(o, "terms", terms);
	return o;
}

static json_t *of_comparison(const struct advice_difference *c)
{
	json_t *reasons = json_array();
	for (size_t i = 0; i < c->reasons; i++)
		json_array_append_new(reasons, json_pack("{s:s, s:s, s:f, s:f}", "term",
							 advice_term_name(c->reason[i].term), "words",
							 advice_term_words(c->reason[i].term), "ns",
							 c->reason[i].ns, "share", c->reason[i].share));
	return json_pack("{s:s, s:f, s:o}", "beside", advised_runners[c->other].name, "ns", c->ns, "reasons",
			 reasons);
}

static json_t *of_figures(const struct advice *a)
{
	json_t *figures = json_array();
	for (size_t i = 0; i < a->used.count; i++) {
		const struct mark *m = a->used.mark[i];
		json_array_append_new(figures,
				      json_pack("{s:s, s:s, s:f, s:o}", "name", a->used.unit_cost[i]->name,
						"source", m->source, "at", m->x, "value", of_estimate(m->y)));
	}
	return figures;
}

static json_t *of_demand(const struct workload *d)
{
	return json_pack("{s:f, s:o, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:b}", "tasks", d->tasks, "task",
			 of_estimate(d->task_ns), "phases", (int)d->phases, "workers", (int)d->workers, "pus",
			 (int)d->pus, "dealing", d->dealing == DEALING_EACH ? "each" : "shares",
			 "shared_bytes", d->mapped_bytes, "traffic_bytes", d->traffic_bytes, "bytes_in",
			 d->bytes_in, "parent_bytes", d->parent_bytes, "survive_crash", d->survive_crash);
}

int advice_put_json(FILE *file, const struct advice *a, const struct advice_subject *s)
{
	json_t *runners = json_array(), *comparisons = json_array();
	for (int i = 0; i < ADVISED; i++)
		json_array_append_new(runners, of_prediction(a, i));
	for (size_t i = 0; i < a->comparisons; i++)
		json_array_append_new(comparisons, of_comparison(&a->comparison[i]));
	json_t *root = json_pack(
		"{s:s, s:s, s:s?, s:I, s:o, s:o, s:s?, s:s?, s:o, s:o, s:o}", "from", s->from, "basis",
		s->basis, "kernel", s->kernel, "size", (json_int_t)s->size, "demand", of_demand(s->workload),
		"runners", runners, "advice", a->any ? advised_runners[a->choice].name : NULL, "fastest",
		a->any ? advised_runners[a->first].name : NULL, "comparisons", comparisons, "figures",
		of_figures(a), "crash",
		a->costs ? json_pack("{s:s, s:f}", "beside", advised_runners[a->fastest].name, "price_ns",
				     a->price_ns)
			 : json_null());
	json_t *beyond = json_array();
	for (size_t i = 0; i < a->used.beyond_count; i++)
		json_array_append_new(beyond, json_pack("{s:s, s:f}", "name", a->used.beyond[i]->name, "at",
							a->used.beyond_at[i]));
	json_object_set_new(root, "extrapolated", beyond);
	json_object_set_new(root, "model_error", json_real(ADVICE_MODEL_ERROR));
	return json_put(root, file);
}
