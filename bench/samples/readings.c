/* What is read of a case; each is one line, and no figure or verdict reads in a way of its own. */
#include "bench/samples/readings.h"

#include <math.h>

double reading_span(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_SPAN][run];
}

double reading_wall(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_WALL][run];
}

double reading_replacement(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->metric[METRIC_REDO].n ? c->by_run[METRIC_RECOVERY][run] : (double)NAN;
}

double reading_redone(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_REDO][run];
}

double reading_recovery(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_RECOVERY][run] + (c->metric[METRIC_REDO].n ? c->by_run[METRIC_REDO][run] : 0);
}

double reading_wall_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	return reading_wall(s, c, run) / (double)c->id.workers;
}

double reading_create(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_CREATE][run];
}

double reading_start(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_START][run];
}

double reading_leave(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_EXIT][run];
}

double reading_first_result(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	double *const *of = c->by_run;
	if (!c->metric[METRIC_WORK].n)
		return of[METRIC_WALL][run];
	return of[METRIC_START][run] + of[METRIC_BIND][run] + of[METRIC_ENTER][run] + of[METRIC_MEET][run] +
	       of[METRIC_WORK][run];
}

double reading_drain(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_DRAIN][run];
}

double reading_open(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_OPEN][run];
}

double reading_span_an_item(const struct summary *s, const struct case_summary *c, size_t run)
{
	return reading_span(s, c, run) / (double)c->items;
}

double reading_cpu_an_item(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_CPU][run] / (double)c->items;
}

double reading_hand_over(const struct summary *s, const struct case_summary *c, size_t run)
{
	return reading_span_an_item(s, c, run) / 2;
}

double reading_operation(const struct summary *s, const struct case_summary *c, size_t run)
{
	return readings_has_window(c) ? c->by_run[METRIC_OPERATION][run] : reading_span_an_item(s, c, run);
}

double reading_gap(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_GAP][run];
}

double reading_disturbances(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_DISTURBANCES][run];
}

double reading_waiting(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_WAITING][run];
}

double reading_p50(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_P50][run];
}

double reading_p99(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_P99][run];
}

double reading_request(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_REQUEST][run];
}

double reading_work_a_second(const struct summary *s, const struct case_summary *c, size_t run)
{
	return c->work / reading_span(s, c, run) * 1e9;
}

double reading_pss_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_PSS][run] / (double)c->id.workers;
}

double reading_tables_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_TABLES][run] / (double)c->id.workers;
}

double reading_stacks_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_STACKS][run] / (double)c->id.workers;
}

double reading_kib_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return (c->by_run[METRIC_PSS][run] + c->by_run[METRIC_TABLES][run] + c->by_run[METRIC_STACKS][run]) /
	       (double)c->id.workers;
}

bool readings_has_window(const struct case_summary *c)
{
	return c->metric[METRIC_OPERATION].n > 0;
}

bool readings_is_older(const struct case_summary *c)
{
	return c->metric[METRIC_WALL].n && !c->metric[METRIC_WORK].n;
}
