/* The model fitted to the messages of each invocation, and what its medians predict. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples/readings.h"
#include "bench/scale/scale.h"

enum { SIZES_MAX = 16 };

/* ---- fitting ---- */

static bool is_message(const struct case_summary *c, const char *kernel, uint64_t hosts)
{
	return c->samples && strcmp(c->id.suite, SCALE_STRONG) == 0 &&
	       strcmp(c->id.runner, SCALE_RUNNER) == 0 && strcmp(c->id.kernel, kernel) == 0 &&
	       c->id.hosts == hosts && c->id.workers == 2;
}

static enum loggp_fault fit_run(const struct summary *s, uint64_t hosts, size_t run, struct loggp *fitted)
{
	struct loggp_point point[SIZES_MAX];
	size_t n = 0;
	double gap = NAN;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (is_message(c, "message-latency", hosts) && n < SIZES_MAX)
			point[n++] = (struct loggp_point){(double)c->id.size, reading_hand_over(s, c, run)};
		if (is_message(c, "message-bandwidth", hosts) && c->id.size == 1)
			gap = reading_span_an_item(s, c, run);
	}
	return loggp_fit(point, n, gap, fitted);
}

static struct estimate median(double *x, size_t n)
{
	return n ? stat_interval(x, n) : (struct estimate){.value = NAN, .low = NAN, .high = NAN};
}

static int fit(const struct summary *s, uint64_t hosts, struct scale_fit *f, struct loggp *model)
{
	double *x = calloc(3 * s->run_count + 1, sizeof *x);
	size_t n = 0, gaps = 0;
	if (!x)
		return -ENOMEM;
	double *latency = x, *byte = x + s->run_count, *gap = byte + s->run_count;
	enum loggp_fault fault = LOGGP_NOTHING;
	for (size_t r = 0; r < s->run_count; r++) {
		struct loggp fitted;
		enum loggp_fault failed = fit_run(s, hosts, r, &fitted);
		if (failed != LOGGP_FITTED) {
			fault = failed;
			continue;
		}
		latency[n] = fitted.latency_ns;
		byte[n++] = fitted.byte_ns;
		if (isfinite(fitted.gap_ns))
			gap[gaps++] = fitted.gap_ns;
	}
	*f = (struct scale_fit){.latency = median(latency, n),
				.gap = median(gap, gaps),
				.byte = median(byte, n),
				.fault = n ? LOGGP_FITTED : fault};
	*model = (struct loggp){f->latency.value, f->gap.value, f->byte.value};
	free(x);
	return 0;
}

/* ---- jobs ---- */

/* A kernel of one size, or of one size a worker, whose case on several hosts says what it sends. */
struct line {
	bool weak;
	uint64_t size;
	const struct case_summary *told;
};

static bool line_of(const struct summary *s, const struct case_summary *c, struct line *line)
{
	bool weak = strcmp(c->id.suite, SCALE_WEAK) == 0;
	if (!c->samples || strcmp(c->id.runner, SCALE_RUNNER) != 0 || !(weak || scale_is_job(c)))
		return false;
	const struct case_summary *base = weak ? scale_weak_base(s, c) : c;
	*line = (struct line){.weak = weak, .size = base ? base->id.size : 0, .told = c};
	return base;
}

static const struct case_summary *find(const struct summary *s, const struct line *line, uint64_t hosts,
				       uint64_t workers)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		struct line of;
		if (c->id.hosts == hosts && c->id.workers == workers &&
		    strcmp(c->id.kernel, line->told->id.kernel) == 0 && line_of(s, c, &of) &&
		    of.weak == line->weak && of.size == line->size)
			return c;
	}
	return NULL;
}

static bool is_predicted(const struct scale *scale, const struct line *line, uint64_t hosts, uint64_t workers)
{
	return scale_find(scale, line->weak ? SCALE_WEAK_SPAN : SCALE_SPAN, true, line->told->id.kernel,
			  line->size, SCALE_RUNNER, hosts, workers);
}

/* One number of hosts with so many workers each: the span, and what it is as speedup or efficiency. */
static int add_job(const struct summary *s, struct scale *scale, const struct line *line, uint64_t hosts,
		   uint64_t workers)
{
	const struct case_summary *t = line->told, *one = find(s, line, 1, workers),
				  *measured = find(s, line, hosts, hosts * workers),
				  *base = line->weak ? find(s, line, 1, 1) : summary_find(s, t, "seq", 1);
	if (!one || is_predicted(scale, line, hosts, hosts * workers) ||
	    !isfinite(loggp_barrier(&scale->net, 2 * workers, 2)))
		return 0;
	const struct loggp_job job = {.span_ns = one->span.value,
				      .workers = workers,
				      .phases = (uint32_t)t->phases,
				      .bytes = t->exchanged *
					       (line->weak ? (double)workers / (double)t->id.workers : 1)};
	double ns = line->weak ? loggp_weak(&scale->net, &job, hosts)
			       : loggp_strong(&scale->net, &job, hosts);
	struct scale_point p = {.what = line->weak ? SCALE_WEAK_SPAN : SCALE_SPAN,
				.predicted = true,
				.kernel = t->id.kernel,
				.runner = SCALE_RUNNER,
				.size = line->size,
				.hosts = hosts,
				.workers = hosts * workers,
				.y = {.value = ns, .low = NAN, .high = NAN},
				.over_measured = measured && hosts > 1 ? ns / measured->span.value
								       : (double)NAN};
	int error = scale_add(scale, &p);
	p.what = line->weak ? SCALE_EFFICIENCY : SCALE_SPEEDUP;
	p.y.value = base ? base->span.value / ns : (double)NAN;
	p.over_measured = NAN;
	return error ? error : scale_add(scale, &p);
}

static int add_line(const struct summary *s, struct scale *scale, const struct line *line)
{
	int error = 0;
	for (size_t i = 0; i < s->count && !error; i++) {
		const struct case_summary *c = &s->cases[i];
		struct line of;
		if (c->id.hosts > 1 && c->id.workers % c->id.hosts == 0 &&
		    strcmp(c->id.kernel, line->told->id.kernel) == 0 && line_of(s, c, &of) &&
		    of.weak == line->weak && of.size == line->size)
			error = add_job(s, scale, line, c->id.hosts, c->id.workers / c->id.hosts);
	}
	for (uint64_t hosts = 1; hosts <= SCALE_HOSTS_MOST && !error && scale->a_host; hosts *= 2)
		error = add_job(s, scale, line, hosts, scale->a_host);
	return error;
}

/* The first case of each line that tells what is sent stands for it; where none does nothing is predicted. */
static int add_jobs(const struct summary *s, struct scale *scale)
{
	int error = 0;
	for (size_t i = 0; i < s->count && !error; i++) {
		const struct case_summary *c = &s->cases[i];
		struct line line;
		if (c->id.hosts > 1 && c->phases && isfinite(c->exchanged) && line_of(s, c, &line) &&
		    !is_predicted(scale, &line, 1, scale->a_host))
			error = add_line(s, scale, &line);
	}
	return error;
}

/* ---- what all workers call for at once ---- */

static int add_collective(struct scale *scale, enum scale_what what, const char *kernel, uint64_t size,
			  uint64_t hosts, uint64_t workers)
{
	const struct scale_point *measured = scale_find(scale, what, false, kernel, size, SCALE_RUNNER, hosts,
							workers);
	if (scale_find(scale, what, true, kernel, size, SCALE_RUNNER, hosts, workers))
		return 0;
	double ns = loggp_all_reduce(&scale->net, workers, hosts, (double)size);
	const struct scale_point p = {.what = what,
				      .predicted = true,
				      .kernel = kernel,
				      .runner = SCALE_RUNNER,
				      .size = size,
				      .hosts = hosts,
				      .workers = workers,
				      .y = {.value = ns, .low = NAN, .high = NAN},
				      .over_measured = measured ? ns / measured->y.value : (double)NAN};
	return scale_add(scale, &p);
}

static bool is_collective(const struct scale_point *p)
{
	return !p->predicted && (p->what == SCALE_ALL_REDUCE || p->what == SCALE_BARRIER) && p->workers > 1 &&
	       strcmp(p->runner, SCALE_RUNNER) == 0;
}

/* Of one kind and size: where it was measured, then on to the most hosts. */
static int add_collectives_of(struct scale *scale, size_t measured, const struct scale_point *like)
{
	int error = 0;
	for (size_t i = 0; i < measured && !error; i++) {
		const struct scale_point p = scale->point[i];
		if (is_collective(&p) && p.what == like->what && p.size == like->size)
			error = add_collective(scale, p.what, p.kernel, p.size, p.hosts, p.workers);
	}
	for (uint64_t h = 1; h <= SCALE_HOSTS_MOST && !error && scale->a_host; h *= 2)
		if (h * scale->a_host > 1)
			error = add_collective(scale, like->what, like->kernel, like->size, h,
					       h * scale->a_host);
	return error;
}

static int add_collectives(struct scale *scale)
{
	int error = 0;
	for (size_t i = 0, measured = scale->count; i < measured && !error; i++) {
		const struct scale_point p = scale->point[i]; /* the list grows */
		if (is_collective(&p) &&
		    !scale_find(scale, p.what, true, p.kernel, p.size, p.runner, p.hosts, p.workers))
			error = add_collectives_of(scale, measured, &p);
	}
	return error;
}

/* Messages between hosts of one machine cross no network, and its cores are not those of two: from them
 * nothing follows for machines. */
int scale_predict(const struct summary *s, struct scale *scale)
{
	static const struct estimate nothing = {.value = NAN, .low = NAN, .high = NAN};
	static const struct loggp unknown = {NAN, NAN, NAN};
	for (size_t i = 0; i < 2; i++)
		scale->fit[i] = (struct scale_fit){nothing, nothing, nothing, LOGGP_NOTHING};
	scale->net = (struct loggp_net){unknown, unknown};
	if (scale->shared)
		return 0;
	int error = fit(s, 1, &scale->fit[0], &scale->net.inside);
	if (!error)
		error = fit(s, 2, &scale->fit[1], &scale->net.across);
	if (error || scale->fit[1].fault != LOGGP_FITTED) /* one worker a host needs no message inside */
		return error;
	error = add_jobs(s, scale);
	return error ? error : add_collectives(scale);
}
