/* What was measured, as points. */
#include "bench/scale/scale.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples/pairing.h"

#define NO_JOBS "@(message-*|all-reduce|deal|spin|task)"
#define CHANNELS "@(latency|bandwidth)-@(pipe|tcp|ring-spin)"

bool scale_has_messages(const char *runner)
{
	return strcmp(runner, "mpi") == 0 || strncmp(runner, "mpi+", 4) == 0;
}

static bool is_of(const struct case_summary *c, const char *suite)
{
	return c->samples && strcmp(c->id.suite, suite) == 0;
}

bool scale_is_job(const struct case_summary *c)
{
	return strcmp(c->id.suite, SCALE_STRONG) == 0 && fnmatch(NO_JOBS, c->id.kernel, FNM_EXTMATCH) != 0;
}

const struct case_summary *scale_weak_base(const struct summary *s, const struct case_summary *c)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *o = &s->cases[i];
		if (o->samples && o->id.workers == 1 && o->id.hosts == 1 &&
		    strcmp(o->id.suite, c->id.suite) == 0 && strcmp(o->id.kernel, c->id.kernel) == 0 &&
		    strcmp(o->id.runner, c->id.runner) == 0 &&
		    fabs(o->work * (double)c->id.workers / c->work - 1) < 0.01)
			return o;
	}
	return NULL;
}

int scale_add(struct scale *scale, const struct scale_point *point)
{
	if (!isfinite(point->y.value))
		return 0;
	struct scale_point *more = realloc(scale->point, (scale->count + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	scale->point = more;
	scale->point[scale->count++] = *point;
	return 0;
}

const struct scale_point *scale_find(const struct scale *scale, enum scale_what what, bool predicted,
				     const char *kernel, uint64_t size, const char *runner, uint64_t hosts,
				     uint64_t workers)
{
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		if (p->what == what && p->predicted == predicted && p->size == size && p->hosts == hosts &&
		    p->workers == workers && strcmp(p->kernel, kernel) == 0 && strcmp(p->runner, runner) == 0)
			return p;
	}
	return NULL;
}

static int add_measured(struct scale *scale, enum scale_what what, const struct case_summary *c,
			uint64_t size, struct estimate y)
{
	const struct scale_point p = {.what = what,
				      .kernel = c->id.kernel,
				      .runner = c->id.runner,
				      .size = size,
				      .hosts = c->id.hosts,
				      .workers = c->id.workers,
				      .y = y,
				      .over_measured = NAN};
	return scale_add(scale, &p);
}

static int add_job(struct scale *scale, const struct case_summary *c)
{
	int error = add_measured(scale, SCALE_SPAN, c, c->id.size, c->span);
	if (!error && !case_id_is_seq(&c->id))
		error = add_measured(scale, SCALE_SPEEDUP, c, c->id.size, c->speedup);
	return error;
}

static int add_weak(const struct summary *s, struct scale *scale, const struct case_summary *c)
{
	const struct case_summary *base = scale_weak_base(s, c);
	if (!base)
		return 0;
	int error = add_measured(scale, SCALE_WEAK_SPAN, c, base->id.size, c->span);
	if (!error)
		error = add_measured(scale, SCALE_EFFICIENCY, c, base->id.size,
				     pairing_over(s, base, c, reading_span));
	return error;
}

/* What is read of a kernel that does nothing but send. */
static const struct {
	const char *kernel;
	enum scale_what what;
	reading *read;
} messages[] = {
	{"message-latency", SCALE_LATENCY, reading_hand_over},
	{"message-bandwidth", SCALE_BANDWIDTH, reading_work_a_second},
	{"all-reduce", SCALE_ALL_REDUCE, reading_span_an_item},
	{"deal", SCALE_DEAL, reading_span_an_item},
};

static int add_message(const struct summary *s, struct scale *scale, const struct case_summary *c)
{
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		if (strcmp(c->id.kernel, messages[i].kernel) == 0 && c->id.workers > 1)
			return add_measured(scale, messages[i].what, c, c->id.size,
					    pairing_reading(s, c, messages[i].read));
	return 0;
}

/* For scale: what processes of one machine have without messages. */
static int add_channel(const struct summary *s, struct scale *scale, const struct case_summary *c)
{
	if (strcmp(c->id.runner, "fork") != 0 || fnmatch(CHANNELS, c->id.kernel, FNM_EXTMATCH) != 0)
		return 0;
	bool latency = strncmp(c->id.kernel, "latency", 7) == 0;
	return add_measured(scale, latency ? SCALE_LATENCY : SCALE_BANDWIDTH, c, c->id.size,
			    pairing_reading(s, c, latency ? reading_hand_over : reading_work_a_second));
}

/* ---- barriers: each job tells of one; of all jobs with as many workers on as many hosts the median ---- */

static bool has_barrier_of(const struct case_summary *c, uint64_t hosts, uint64_t workers)
{
	return scale_is_job(c) && strcmp(c->id.runner, SCALE_RUNNER) == 0 && c->id.hosts == hosts &&
	       c->id.workers == workers && workers > 1;
}

static struct estimate barrier(const struct summary *s, uint64_t hosts, uint64_t workers, double *x,
			       double *of_run)
{
	size_t n = 0;
	for (size_t r = 0; r < s->run_count; r++) {
		size_t k = 0;
		for (size_t i = 0; i < s->count; i++) {
			const struct case_summary *c = &s->cases[i];
			if (has_barrier_of(c, hosts, workers) && isfinite(c->by_run[METRIC_BARRIER][r]))
				x[k++] = c->by_run[METRIC_BARRIER][r];
		}
		if (k)
			of_run[n++] = stat_median(x, k);
	}
	return n ? stat_interval(of_run, n) : (struct estimate){.value = NAN, .low = NAN, .high = NAN};
}

static int add_barriers(const struct summary *s, struct scale *scale)
{
	double *x = calloc(s->count + 1, sizeof *x), *of_run = calloc(s->run_count + 1, sizeof *of_run);
	int error = x && of_run ? 0 : -ENOMEM;
	for (size_t i = 0; i < s->count && !error; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!has_barrier_of(c, c->id.hosts, c->id.workers) ||
		    scale_find(scale, SCALE_BARRIER, false, "barrier", 1, SCALE_RUNNER, c->id.hosts,
			       c->id.workers))
			continue;
		struct scale_point p = {.what = SCALE_BARRIER,
					.kernel = "barrier",
					.runner = SCALE_RUNNER,
					.size = 1,
					.hosts = c->id.hosts,
					.workers = c->id.workers,
					.y = barrier(s, c->id.hosts, c->id.workers, x, of_run),
					.over_measured = NAN};
		error = scale_add(scale, &p);
	}
	free(x);
	free(of_run);
	return error;
}

/* ---- all of it ---- */

/* 0: not as many on each. */
static uint64_t workers_a_host(const struct case_summary *c)
{
	return c->id.hosts && c->id.workers % c->id.hosts == 0 ? c->id.workers / c->id.hosts : 0;
}

/* How far it went; false: no runner with messages was measured. */
static bool survey(const struct summary *s, struct scale *scale)
{
	bool any = false;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!is_of(c, SCALE_STRONG) && !is_of(c, SCALE_WEAK))
			continue;
		bool messages_too = scale_has_messages(c->id.runner);
		any |= messages_too;
		if (messages_too && c->id.hosts > scale->most_hosts)
			scale->most_hosts = c->id.hosts;
	}
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		bool counts = c->samples && (scale_is_job(c) || is_of(c, SCALE_WEAK)) &&
			      strcmp(c->id.runner, SCALE_RUNNER) == 0 && !c->oversubscribed &&
			      (c->id.hosts > 1 || scale->most_hosts < 2);
		if (counts && workers_a_host(c) > scale->a_host)
			scale->a_host = workers_a_host(c);
	}
	return any;
}

static int add_case(const struct summary *s, struct scale *scale, const struct case_summary *c)
{
	if (scale_is_job(c))
		return add_job(scale, c);
	if (is_of(c, SCALE_WEAK))
		return add_weak(s, scale, c);
	if (is_of(c, SCALE_STRONG))
		return add_message(s, scale, c);
	return is_of(c, "channel") ? add_channel(s, scale, c) : 0;
}

int scale_make(const struct summary *s, bool shared, struct scale *scale)
{
	int error = 0;
	*scale = (struct scale){.shared = shared};
	if (!survey(s, scale))
		return 0;
	for (size_t i = 0; i < s->count && !error; i++)
		error = add_case(s, scale, &s->cases[i]);
	if (!error)
		error = add_barriers(s, scale);
	if (!error)
		error = scale_predict(s, scale);
	if (!error)
		error = grains_make(s, SCALE_STRONG, &scale->grains);
	return error;
}

void scale_free(struct scale *scale)
{
	free(scale->point);
	grains_free(&scale->grains);
	*scale = (struct scale){0};
}
