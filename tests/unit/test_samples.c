/* samples.csv and what is made of it: written and read back, refused when it is not whole, reduced to cases.
 */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/base/units.h"
#include "bench/findings/counters_table.h"
#include "bench/findings/findings.h"
#include "bench/samples/pairing.h"
#include "bench/samples/samples.h"
#include "bench/samples/summary.h"

struct file {
	char path[64];
};

static FILE *open_file(struct file *f)
{
	snprintf(f->path, sizeof f->path, "/tmp/pvt-samples-XXXXXX");
	int fd = mkstemp(f->path);
	assert_true(fd >= 0);
	return fdopen(fd, "w");
}

static struct sample make(const char *run, const char *kernel, const char *runner, uint64_t workers,
			  double wall, double span)
{
	struct sample s;
	sample_clear(&s);
	s.run_id = run;
	s.suite = "scaling";
	s.kernel = kernel;
	s.size = 10;
	s.runner = runner;
	s.workers = workers;
	s.placement = "compact";
	s.schedule = "static";
	s.status = "ok";
	s.iterations = 3;
	s.wall_ns = wall;
	s.span_ns = span;
	s.work = 100;
	s.work_unit = "item";
	return s;
}

static void test_a_sample_survives_the_file(void **state)
{
	(void)state;
	struct file f;
	struct samples samples;
	char why[256] = "";
	struct sample s = make("a\"b,c", "odd, \"kernel\"", "fork", 2, 1234.5, 1000.25);
	s.flags = "noisy unpinned";
	s.checksum = 0xfedcba9876543210u;
	s.seq = UINT64_MAX;
	FILE *file = open_file(&f);
	assert_int_equal(samples_write_header(file), 0);
	assert_int_equal(samples_write(file, &s), 0);
	fclose(file);
	if (samples_read(f.path, &samples, why, sizeof why))
		fail_msg("%s", why);
	assert_int_equal(samples.count, 1);
	const struct sample *r = &samples.row[0];
	assert_string_equal(r->run_id, "a\"b,c");
	assert_string_equal(r->kernel, "odd, \"kernel\"");
	assert_string_equal(r->flags, "noisy unpinned");
	assert_true(r->checksum == s.checksum && r->seq == s.seq);
	assert_near(r->wall_ns, 1234.5, 0);
	assert_true(isnan(r->pss_kib)); /* not available stays not available */
	samples_free(&samples);
	unlink(f.path);
}

/* Writes header and one row, lets `spoil` change the text, and expects the reader to say `expected`. */
static void expect_refusal(const char *from, const char *to, const char *expected)
{
	struct file f;
	struct samples samples;
	char why[512] = "", text[8192];
	struct sample s = make("r", "k", "seq", 1, 777.5, 5);
	FILE *file = open_file(&f);
	samples_write_header(file);
	samples_write(file, &s);
	fclose(file);
	file = fopen(f.path, "r");
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	char *at = from ? strstr(text, from) : text;
	assert_non_null(at);
	file = fopen(f.path, "w");
	fwrite(text, 1, (size_t)(at - text), file);
	fputs(to, file);
	if (from)
		fputs(at + strlen(from), file);
	fclose(file);
	if (samples_read(f.path, &samples, why, sizeof why) == 0)
		fail_msg("accepted: %s -> %s", from ? from : "(all)", to);
	if (!strstr(why, expected) || !strstr(why, f.path))
		fail_msg("'%s' does not say '%s'", why, expected);
	samples_free(&samples);
	unlink(f.path);
}

static void test_what_is_not_whole_is_refused(void **state)
{
	(void)state;
	expect_refusal(NULL, "", "no samples in it");
	expect_refusal(NULL, "a,b,c\r\n1,2,3\r\n", "not a samples file of pvt");
	expect_refusal("777.5", "fast", ":2:18: 'fast' is not a number");
	expect_refusal("777.5", "nan", "is not a number");
	expect_refusal("777.5", "inf", "is not a number");
	expect_refusal("777.5", "0x10", "is not a number");
	expect_refusal("777.5", "1e999", "is not a number");
	expect_refusal("777.5", "1.7976931348623157e308", "is not a number"); /* written back: 1e309 */
	expect_refusal("777.5", "-777.5", ":2:18: wall_ns is negative");
	expect_refusal(",k,", ",\"k\"x,", "not CSV");
	expect_refusal(",,\r\n", ",,,9\r\n", "more fields than the header's ");
	expect_refusal(",,\r\n", ",\r\n", " fields where the header has ");
	expect_refusal(",1,compact", ",-1,compact", "'-1' is not a whole number");
	expect_refusal(",0000000000000000,", ",0x00000000000001,", "is not a whole number");
	expect_refusal(",1,compact", ",0,compact", "a sample of no workers");
	expect_refusal(",k,", ",\xe2\x80\xaek,", "a control character");
	expect_refusal(",k,", ",\xc0\x80k,", "not UTF-8"); /* NUL, overlong */
	expect_refusal(
		",k,",
		",kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk,",
		"a name of more than 128 bytes");
	expect_refusal(",1,compact", ",99999999999999999999999,compact", "is not a whole number");
	expect_refusal(",,\r\n", ",0", "the last line is cut");
	expect_refusal("run_id,seq", "seq,seq", "appears twice");
	expect_refusal("wall_ns", "wall", "not a samples file of pvt");
}

/* What was written before there were counters, and a cut in one of the columns that were always there. */
static void test_files_of_older_versions_are_read(void **state)
{
	(void)state;
	static const char header[] =
		"run_id,seq,suite,kernel,size,runner,workers,placement,schedule,chunk,repetition,iterations,status,flags,items,work,work_unit,wall_ns,span_ns,create_ns,start_ns,exit_ns,imbalance,user_ns,sys_ns,minflt,majflt,nvcsw,nivcsw,pss_kib,steal_ns,checksum,cpus";
	static const char row[] =
		"r,0,scaling,k,1,seq,1,compact,static,0,0,1,ok,,1,1,item,5,4,1,1,1,1,1,1,1,0,0,0,9,0,0000000000000007,0";
	struct file f;
	struct samples samples;
	char why[256] = "";
	FILE *file = open_file(&f);
	fprintf(file, "%s\r\n%s\r\n", header, row);
	fclose(file);
	if (samples_read(f.path, &samples, why, sizeof why))
		fail_msg("%s", why);
	assert_int_equal(samples.count, 1);
	assert_near(samples.row[0].wall_ns, 5, 0);
	assert_true(isnan(samples.row[0].cycles_user) && isnan(samples.row[0].counted));
	samples_free(&samples);
	file = fopen(f.path, "w"); /* one of the later columns does not stand for one of the others */
	fprintf(file, "%.*scycles_user\r\n%s\r\n", (int)(strlen(header) - strlen("cpus")), header, row);
	fclose(file);
	assert_int_equal(samples_read(f.path, &samples, why, sizeof why), -EINVAL);
	assert_non_null(strstr(why, "32 of its 33 columns are there"));
	samples_free(&samples);
	unlink(f.path);
}

static struct summary summarise(struct sample *rows, size_t count, struct samples *samples)
{
	struct summary summary;
	*samples = (struct samples){.row = rows, .count = count};
	assert_int_equal(summary_make(samples, &summary), 0);
	return summary;
}

/* Twelve invocations; in each the two runners drift together, so that only pairing shows their ratio. */
static void test_ratios_pair_what_one_invocation_measured(void **state)
{
	(void)state;
	static const char *const runs[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
	struct sample rows[12 * 6];
	struct samples samples;
	size_t n = 0;
	for (int r = 0; r < 12; r++) {
		double drift = 1 + 0.2 * r;
		for (int k = 0; k < 3; k++) { /* one outlier a run does not move the run's median */
			rows[n++] = make(runs[r], "k", "pthread", 2, 200 * drift,
					 (k == 2 ? 9000 : 100) * drift);
			rows[n++] = make(runs[r], "k", "fork", 2, 300 * drift, 110 * drift);
		}
	}
	struct summary s = summarise(rows, n, &samples);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.run_count, 12);
	const struct case_summary *threads = &s.cases[0], *forks = &s.cases[1];
	assert_string_equal(threads->id.runner, "pthread");
	assert_int_equal(threads->samples, 36);
	struct estimate span = pairing_over(&s, forks, threads, reading_span);
	assert_int_equal(span.n, 12); /* invocations, not samples */
	assert_near(span.value, 1.1, 1e-12);
	assert_near(span.low, 1.1, 1e-12);
	assert_true(threads->span.high > 1.5 * threads->span.low); /* unpaired, the drift hides it */
	struct findings f;
	findings_make(&s, NULL, &f);
	assert_non_null(strstr(f.ratio, "takes 10.0 % longer in forked processes than in threads"));
	assert_non_null(strstr(f.whole_job, "50.0 % longer"));
	summary_free(&s);
}

static void test_findings_flip_with_the_numbers(void **state)
{
	(void)state;
	static const char *const runs[] = {"a", "b", "c", "d", "e", "f"};
	static const struct {
		double fork, wobble;
		const char *expected;
	} golden[] = {
		{0.8, 0, "takes 20.0 % less in forked processes"},
		{3, 0, "takes 3.0 times as long in forked processes as in threads"},
		{1.1, 0.3, "longer in forked processes than in threads (no difference was shown: interval"},
		{1.005, 0, "takes as long in forked processes as in threads"}};
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
		struct sample rows[12];
		struct samples samples;
		for (size_t r = 0; r < 6; r++) {
			double fork = golden[g].fork + (r % 2 ? golden[g].wobble : -golden[g].wobble);
			rows[2 * r] = make(runs[r], "k", "pthread", 2, 100, 100);
			rows[2 * r + 1] = make(runs[r], "k", "fork", 2, 100 * fork, 100 * fork);
		}
		struct summary s = summarise(rows, 12, &samples);
		struct findings f;
		findings_make(&s, NULL, &f);
		if (!strstr(f.ratio, golden[g].expected))
			fail_msg("'%s' does not say '%s'", f.ratio, golden[g].expected);
		summary_free(&s);
	}
}

static void test_what_python_does_is_told_from_its_suite(void **state)
{
	(void)state;
	struct sample rows[] = {make("a", "python-loop", "seq", 1, 100, 100),
				make("a", "python-loop", "pthread", 2, 125, 125),
				make("a", "python-loop", "fork", 2, 50, 50),
				make("a", "python-hash", "seq", 1, 90, 90),
				make("a", "python-hash", "pthread", 2, 60, 60),
				make("a", "python-hash", "fork", 2, 45, 45)};
	struct samples samples;
	struct findings f;
	struct summary s = summarise(rows, 6, &samples);
	findings_make(&s, "3.11.7", &f);
	assert_string_equal(f.python, ""); /* another suite's */
	summary_free(&s);
	for (size_t i = 0; i < 6; i++)
		rows[i].suite = "python";
	s = summarise(rows, 6, &samples);
	findings_make(&s, "3.11.7", &f);
	assert_string_equal(f.python,
			    "In Python 3.11.7, 2 threads run bytecode 0.80 times as fast as one, 2 "
			    "processes 2.00 times; C code that releases the GIL: threads 1.50 times, "
			    "processes 2.00 times");
	findings_make(&s, "", &f);
	assert_non_null(strstr(f.python, "In Python, 2 threads run"));
	summary_free(&s);
	/* three builds beside each other; a sub-interpreter has no processes */
	static const char *const builds[] = {"3.13.5",     "3.13.5",     "3.13.5",
					     "3.13.5+sub", "3.13.5+sub", "3.13.5t"};
	static const char *const by[] = {"seq", "pthread", "fork", "seq", "pthread", "seq"};
	for (size_t i = 0; i < 6; i++) {
		rows[i] = make("a", "python-loop", by[i], strcmp(by[i], "seq") == 0 ? 1 : 2, 100,
			       100 / (double)(i % 3 + 1));
		rows[i].suite = "python";
		rows[i].python = builds[i];
	}
	s = summarise(rows, 6, &samples);
	findings_make(&s, "other", &f);
	assert_string_equal(f.python,
			    "In Python 3.13.5, 2 threads run bytecode 2.00 times as fast as one, 2 "
			    "processes 3.00 times; Python 3.13.5 (sub-interpreters): threads 2.00 times");
	summary_free(&s);
}

static void test_speedup_needs_the_same_kernel_and_size(void **state)
{
	(void)state;
	struct sample rows[] = {make("a", "k", "seq", 1, 100, 100), make("a", "k", "fork", 2, 60, 50),
				make("a", "j", "fork", 2, 60, 50)};
	struct samples samples;
	struct summary s = summarise(rows, 3, &samples);
	assert_near(s.cases[2].speedup.value, 2, 1e-12); /* sorted: j/fork, k/seq, k/fork */
	assert_near(s.cases[2].wall_speedup.value, 100 / 60.0, 1e-12);
	assert_true(isnan(s.cases[0].speedup.value));
	summary_free(&s);
}

static void test_failed_samples_are_no_numbers(void **state)
{
	(void)state;
	struct sample rows[] = {make("a", "k", "fork", 2, 60, 50), make("a", "k", "fork", 2, 1, 1)};
	struct samples samples;
	rows[1].status = "crashed";
	struct summary s = summarise(rows, 2, &samples);
	assert_int_equal(s.cases[0].samples, 1);
	assert_int_equal(s.cases[0].failed, 1);
	assert_string_equal(s.cases[0].status, "crashed");
	assert_near(s.cases[0].wall.value, 60, 0);
	summary_free(&s);
}

/* The counts here are made up: 1000 items, and processes that miss more and live more in the kernel. */
static void test_counts_become_a_table(void **state)
{
	(void)state;
	struct sample rows[] = {make("a", "k", "pthread", 2, 60, 50), make("a", "k", "fork", 2, 60, 50),
				make("a", "k", "fork", 4, 60, 50), make("a", "j|", "fork", 2, 60, 50)};
	struct samples samples;
	char *text = NULL;
	size_t bytes;
	for (int i = 0; i < 4; i++) {
		rows[i].suite = "scaling";
		rows[i].items = 1000;
		rows[i].cycles_user = 3e6;
		rows[i].instructions_user = i ? 4.5e6 : 6e6;
		rows[i].cache_misses_user = i ? 2500 : 500;
		rows[i].cycles_kernel = i ? 1e6 : NAN; /* refused to the threads */
	}
	struct summary s = summarise(rows, 4, &samples);
	FILE *file = open_memstream(&text, &bytes);
	counts_table_put(file, &s, 2);
	fclose(file);
	if (!strstr(text, "| k 10 | 2 | 1.5 | 0.5 | 2.5 | – | – | – | 25 |\n") ||
	    !strstr(text, "| j\\| 10 | – | 1.5 | – | 2.5 | – | – | – | 25 |\n"))
		fail_msg("%s", text);
	free(text);
	file = open_memstream(&text, &bytes);
	counts_table_put(file, &s, 3); /* there are no such cases: no table, not even its head */
	fclose(file);
	assert_string_equal(text, "");
	free(text);
	summary_free(&s);
	for (int i = 0; i < 4; i++)
		rows[i].cycles_user = NAN;
	s = summarise(rows, 4, &samples);
	file = open_memstream(&text, &bytes);
	counts_table_put(file, &s, 2); /* nothing was counted */
	fclose(file);
	assert_string_equal(text, "");
	free(text);
	summary_free(&s);
}

static void test_units(void **state)
{
	(void)state;
	uint64_t n;
	double x;
	char text[32];
	assert_true(units_size("64K", &n) == 0 && n == 65536);
	assert_true(units_size("3", &n) == 0 && n == 3);
	assert_true(units_time_ns("1.5ms", &n) == 0 && n == 1500000);
	assert_true(units_time_ns("3min", &n) == 0 && n == 180000000000u);
	assert_int_equal(units_share("2%", &x), 0);
	assert_near(x, 0.02, 1e-15);
	static const char *const nonsense[] = {"",
					       "-1",
					       "K",
					       "1KK",
					       "1 K",
					       "0x10",
					       "nan",
					       "inf",
					       "1e3",
					       "99999999999999999999",
					       "99999999999T"};
	for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++)
		if (units_size(nonsense[i], &n) == 0)
			fail_msg("'%s' was taken as a size", nonsense[i]);
	static const char *const no_times[] = {"",      "5",     "-5ms", "5 ms", "ms", "5lightyears",
					       "0x5ms", "nanms", "1e99s"};
	for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++)
		if (units_time_ns(no_times[i], &n) == 0)
			fail_msg("'%s' was taken as a time", no_times[i]);
	assert_true(units_share("2", &x) != 0 && units_share("%", &x) != 0 && units_share("-2%", &x) != 0);
	assert_string_equal(units_show_ns(999.6e3, text, sizeof text), "1.00 ms");
	assert_string_equal(units_show_ns(12345, text, sizeof text), "12.3 µs");
	assert_string_equal(units_show_si(2.5e9, text, sizeof text), "2.50 G");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_sample_survives_the_file),
		cmocka_unit_test(test_what_is_not_whole_is_refused),
		cmocka_unit_test(test_files_of_older_versions_are_read),
		cmocka_unit_test(test_ratios_pair_what_one_invocation_measured),
		cmocka_unit_test(test_findings_flip_with_the_numbers),
		cmocka_unit_test(test_what_python_does_is_told_from_its_suite),
		cmocka_unit_test(test_speedup_needs_the_same_kernel_and_size),
		cmocka_unit_test(test_failed_samples_are_no_numbers),
		cmocka_unit_test(test_counts_become_a_table),
		cmocka_unit_test(test_units),
	};
	return check_main(argc, argv, tests);
}
