/* What the suites that say why come to: made-up samples, and each sentence flips when the numbers do. */
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/findings/curves.h"
#include "bench/findings/recovery_table.h"
#include "bench/samples/summary.h"
#include "bench/scale/grain.h"
#include "tests/unit/made.h"

enum { ROWS_MAX = 400 };

struct made {
	struct sample row[ROWS_MAX];
	struct samples samples;
	struct summary summary;
	struct curves curves;
};

static struct sample *add(struct made *m, size_t run, const char *suite, const char *kernel, uint64_t size,
			  const char *runner, uint64_t workers)
{
	assert_true(m->samples.count < ROWS_MAX);
	return make_sample(&m->row[m->samples.count++], run, suite, kernel, size, runner, workers);
}

static void reduce(struct made *m)
{
	m->samples.row = m->row;
	assert_int_equal(summary_make(&m->samples, &m->summary), 0);
	assert_int_equal(curves_make(&m->summary, &m->curves), 0);
}

static void clear(struct made *m)
{
	curves_free(&m->curves);
	summary_free(&m->summary);
	free(m);
}

static struct made *begin(void)
{
	struct made *m = calloc(1, sizeof *m);
	assert_non_null(m);
	return m;
}

/* Tasks of 1, 10 and 100 µs under two workers of one runner, whose jobs take `overhead` ns more than their
 * tasks do. */
static struct made *make_grain(double overhead, double wobble)
{
	struct made *m = begin();
	for (size_t run = 0; run < RUNS; run++)
		for (uint64_t size = 1000; size <= 100000; size *= 10) {
			struct sample *seq = add(m, run, "granularity", "task", size, "seq", 1);
			seq->span_ns = seq->wall_ns = seq->work = (double)size;
			struct sample *s = add(m, run, "granularity", "task", size, "fork", 2);
			s->span_ns = (double)size;
			s->wall_ns = (double)size + overhead * (1 + wobble * (double)run);
			s->work = 2 * (double)size;
		}
	reduce(m);
	return m;
}

/* Efficiency is size / (size + overhead): between 1 and 10 µs it rises from 1/6 to 2/3 where the overhead is
 * 5 µs, and crosses one half, linear in the logarithm, at 1000 · 10^((1/2 - 1/6) / (2/3 - 1/6)). */
static void test_metg_is_interpolated_in_the_logarithm(void **state)
{
	(void)state;
	struct made *m = make_grain(5000, 0);
	assert_int_equal(m->curves.grains.count, 1);
	const struct grain *g = &m->curves.grains.grain[0];
	assert_string_equal(g->series, "fork");
	assert_string_equal(g->panel, GRAIN_TASK);
	assert_near(g->half.size.value, 1000 * pow(10, 2 / 3.0), 1e-6);
	assert_near(g->half.size.low, g->half.size.value, 1e-6);
	assert_int_equal(g->half.size.n, RUNS);
	assert_near(g->pays.threshold, 0.5, 0);
	clear(m);
	m = make_grain(5000, 0.1);
	g = &m->curves.grains.grain[0];
	assert_true(g->half.size.low < g->half.size.value && g->half.size.value < g->half.size.high);
	clear(m);
}

static char *sentences_of(const struct made *m)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);
	grains_put_sentences(file, &m->curves.grains);
	fclose(file);
	return text;
}

static void test_where_a_runner_pays_is_said_as_it_is(void **state)
{
	(void)state;
	static const struct {
		double overhead;
		const char *sentence, *title;
	} golden[] = {
		{5000, "- fork pays from tasks of 4.64 µs [4.64 µs, 4.64 µs] on; METG(50 %) is 4.64 µs",
		 "fork 4.64 µs"},
		{500,
		 "- fork pays from the smallest task measured on, 1.00 µs; METG(50 %) is at most 1.00 µs",
		 "fork at most 1.00 µs"},
		{500000, "- fork pays nowhere up to tasks of 100 µs; METG(50 %) is more than 100 µs",
		 "fork more than 100 µs"}};
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		struct made *m = make_grain(golden[i].overhead, 0);
		char title[CURVE_TITLE_BYTES], *said = sentences_of(m);
		curves_title(&m->curves, "grain", title, sizeof title);
		if (!strstr(said, golden[i].sentence))
			fail_msg("'%s' does not say '%s'", said, golden[i].sentence);
		if (!strstr(title, golden[i].title))
			fail_msg("'%s' does not say '%s'", title, golden[i].title);
		free(said);
		clear(m);
	}
}

/* One channel with round trips of 30 µs for threads; for processes `factor` times as much. */
static struct made *make_channel(double factor)
{
	struct made *m = begin();
	for (size_t run = 0; run < RUNS; run++)
		for (int processes = 0; processes < 2; processes++) {
			struct sample *s = add(m, run, "channel", "latency-pipe", 1,
					       processes ? "fork" : "pthread", 2);
			s->span_ns = (processes ? factor : 1) * (30000 + (double)run);
			s->wall_ns = 2 * s->span_ns;
			s->cpu_ns = 10000;
		}
	reduce(m);
	return m;
}

static void test_channels_differ_where_their_intervals_are_apart(void **state)
{
	(void)state;
	static const struct {
		double factor;
		const char *title;
	} golden[] = {
		{1,
		 "no difference between threads and processes was shown in 1 channels; smallest detectable "
		 "difference: ±0 % (pipe)"},
		{1.5,
		 "A round trip of 1 B takes 30.0 µs (pipe, pthread) to 45.0 µs (pipe, fork); threads and "
		 "processes differ in 1 of 1 channels"}};
	for (size_t i = 0; i < 2; i++) {
		struct made *m = make_channel(golden[i].factor);
		char title[CURVE_TITLE_BYTES];
		curves_title(&m->curves, "latency", title, sizeof title);
		if (!strstr(title, golden[i].title))
			fail_msg("'%s' does not say '%s'", title, golden[i].title);
		curves_title(&m->curves, "effort", title, sizeof title);
		assert_non_null(strstr(title, "A round trip of 1 B uses CPU time of 10.0 µs"));
		curves_title(&m->curves, "switch", title, sizeof title);
		assert_string_equal(title, "");
		clear(m);
	}
}

static struct made *make_crash(bool apart)
{
	struct made *m = begin();
	for (size_t run = 0; run < RUNS; run++)
		for (int processes = 0; processes < 2; processes++) {
			struct sample *s = add(m, run, "isolation", "crash-kill", 10,
					       processes ? "fork" : "pthread", 4);
			s->items = 200;
			s->survivors = processes ? 3 : 0;
			s->lost = processes ? 1 : 104;
			s->recovery_ns = processes ? 400000 : 3e6;
			if (apart)
				s->redo_ns = processes ? 20000 : 5e6;
		}
	reduce(m);
	return m;
}

static void test_a_crash_is_told_as_it_was(void **state)
{
	(void)state;
	struct made *m = make_crash(false);
	char said[400], *table = NULL;
	size_t bytes;
	recovery_tell(&m->summary, said, sizeof said);
	assert_string_equal(
		said,
		"When a worker crashes, 3 of 4 forked processes and 0 of 4 threads are left (1 kind of crash); "
		"processes lose 1 of 200 items and recover after 0.4 ms, threads lose 104 of 200 items and "
		"recover after 3 ms");
	FILE *file = open_memstream(&table, &bytes);
	recovery_put_section(file, &m->summary);
	fclose(file);
	assert_non_null(strstr(table, "| crash-kill | fork | 3 of 4 | 1 of 200 | 0.4 ms [0.4, 0.4] |\n"));
	assert_non_null(strstr(table, "measured by an older version"));
	free(table);
	clear(m);
	m = make_channel(1);
	recovery_tell(&m->summary, said, sizeof said);
	assert_string_equal(said, "");
	clear(m);
}

static void test_what_is_done_again_is_apart(void **state)
{
	(void)state;
	struct made *m = make_crash(true);
	char said[400], *table = NULL;
	size_t bytes;
	recovery_tell(&m->summary, said, sizeof said);
	assert_string_equal(
		said, "When a worker crashes, 3 of 4 forked processes and 0 of 4 threads are left (1 kind of "
		      "crash); processes lose 1 of 200 items and have a new worker after 0.4 ms, "
		      "threads lose 104 of 200 items and have a new worker after 3 ms");
	FILE *file = open_memstream(&table, &bytes);
	recovery_put_section(file, &m->summary);
	fclose(file);
	assert_non_null(strstr(table, "| lost | new worker after | done again in |"));
	assert_non_null(strstr(table, "| 1 of 200 | 0.4 ms [0.4, 0.4] | 0.02 ms [0.02, 0.02] |"));
	assert_null(strstr(table, "older version"));
	free(table);
	clear(m);
}

/* Cases that differ in their hosts alone are two series. */
static void test_hosts_are_told_apart(void **state)
{
	(void)state;
	struct made *m = make_grain(20000, 0);
	size_t rows = m->samples.count;
	curves_free(&m->curves);
	summary_free(&m->summary);
	for (size_t i = 0; i < rows; i++) {
		if (strcmp(m->row[i].runner, "seq") == 0)
			continue;
		assert_true(m->samples.count < ROWS_MAX);
		struct sample *s = &m->row[m->samples.count++];
		*s = m->row[i];
		s->hosts = 2;
		s->wall_ns += 10000;
	}
	reduce(m);
	const struct grains *grains = &m->curves.grains;
	assert_int_equal(grains->count, 2);
	assert_string_equal(grains->grain[0].series, "fork");
	assert_string_equal(grains->grain[1].series, "fork, 2 hosts");
	assert_near(grains->grain[0].half.size.value, 1e4 * pow(10, 1 / 3.0), 1e-6);
	assert_true(grains->grain[1].half.size.value > grains->grain[0].half.size.value);
	clear(m);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metg_is_interpolated_in_the_logarithm),
		cmocka_unit_test(test_where_a_runner_pays_is_said_as_it_is),
		cmocka_unit_test(test_channels_differ_where_their_intervals_are_apart),
		cmocka_unit_test(test_a_crash_is_told_as_it_was),
		cmocka_unit_test(test_what_is_done_again_is_apart),
		cmocka_unit_test(test_hosts_are_told_apart),
	};
	return check_main(argc, argv, tests);
}
