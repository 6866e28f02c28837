/* The list, by what people ask first: the work, its start, its context switches and messages, the kernel, the
 * crash. */
#include "bench/findings/comparisons.h"

#include <math.h>
#include <string.h>

#include "bench/claims/python_words.h"

#define KIND(of_suite, of_kernels, ...)                                                            \
	{                                                                                          \
		.suite = of_suite, .kernels = of_kernels, .a = "fork", .b = "pthread", __VA_ARGS__ \
	}
#define ONE_WORKER .workers = 1, .reading = reading_wall
#define ROUND_TRIP .size = 1, .reading = reading_span_an_item
#define MESSAGES .size = UINT64_C(1) << 20, .reading = reading_span_an_item
#define GIB (UINT64_C(1) << 30)

const struct comparison comparisons[] = {
	{.name = "the work of all kernels", .pairing = KIND("scaling", NULL, .reading = reading_span)},
	{.name = "whole jobs, with launch and exit",
	 .pairing = KIND("scaling", NULL, .reading = reading_wall)},
	{.name = "whole jobs in pools",
	 .pairing = {.suite = "scaling", .a = "fork-pool", .b = "pthread-pool", .reading = reading_wall}},
	{.name = "creating and ending one worker",
	 .pairing = KIND("lifecycle", "empty", ONE_WORKER),
	 .shown = reading_wall},
	{.name = "the same with 1 GiB in the parent",
	 .pairing = KIND("lifecycle", "empty", ONE_WORKER, .ballast = GIB, .pages = "small"),
	 .shown = reading_wall},
	{.name = "first touch of a fresh page",
	 .pairing = KIND("lifecycle", "fresh", .workers = 1, .ballast = PAIRING_ANY_BALLAST,
			 .reading = reading_span_an_item),
	 .shown = reading_span_an_item},
	{.name = "context switch by pipe",
	 .pairing = KIND("switch", "switch-pipe", .size = 64, .placement = "single",
			 .reading = reading_hand_over),
	 .shown = reading_hand_over},
	{.name = "context switch by futex",
	 .pairing = KIND("switch", "switch-futex", .size = 64, .placement = "single",
			 .reading = reading_hand_over),
	 .shown = reading_hand_over},
	{.name = "round trip by pipe",
	 .pairing = KIND("channel", "latency-pipe", ROUND_TRIP),
	 .shown = reading_span_an_item},
	{.name = "round trip by shared memory, spinning",
	 .pairing = KIND("channel", "latency-spin", ROUND_TRIP),
	 .shown = reading_span_an_item},
	{.name = "round trip by shared memory and futex",
	 .pairing = KIND("channel", "latency-futex", ROUND_TRIP),
	 .shown = reading_span_an_item},
	{.name = "bandwidth of a pipe",
	 .pairing = KIND("channel", "bandwidth-pipe", MESSAGES),
	 .shown = reading_work_a_second,
	 .rate = true},
	{.name = "bandwidth of shared memory",
	 .pairing = KIND("channel", "bandwidth-ring-futex", MESSAGES),
	 .shown = reading_work_a_second,
	 .rate = true},
	{.name = "page faults", .pairing = KIND("contention", "fault", .reading = reading_operation)},
	{.name = "malloc and free of large blocks",
	 .pairing = KIND("contention", "malloc-large", .reading = reading_operation)},
	{.name = "mmap and munmap", .pairing = KIND("contention", "mmap", .reading = reading_operation)},
	{.name = "Python bytecode", .pairing = KIND("python", "python-loop", .reading = reading_span)},
	{.name = "Python C code that releases the GIL",
	 .pairing = KIND("python", "python-hash", .reading = reading_span)},
	{.name = "replacing a crashed worker",
	 .pairing = KIND("isolation", "crash-abort", .reading = reading_replacement),
	 .shown = reading_replacement},
	{.name = "redoing a crashed worker's item",
	 .pairing = KIND("isolation", "crash-abort", .reading = reading_recovery),
	 .shown = reading_recovery},
	{.name = NULL},
};

static struct pairing pairing_in(const struct summary *s, const struct comparison *y)
{
	const char *python[PYTHONS_MOST];
	struct pairing p = y->pairing;
	if (!p.workers)
		p.workers = pairing_most_workers(s, p.suite);
	if (strcmp(p.suite, "python") == 0 && python_list(s, python))
		p.python = python[0]; /* a mean over several would be nobody's */
	return p;
}

struct estimate comparison_shown(const struct summary *s, const struct comparison *y, const char *runner)
{
	const struct pairing p = pairing_in(s, y);
	const struct case_summary *c = y->shown && p.workers ? pairing_find(s, &p, runner) : NULL;
	return c ? pairing_reading(s, c, y->shown) : (struct estimate){.value = NAN, .low = NAN, .high = NAN};
}

struct estimate comparison_ratio(const struct summary *s, const struct comparison *y)
{
	const struct pairing p = pairing_in(s, y);
	size_t cases;
	return p.workers ? pairing_across(s, &p, &cases)
			 : (struct estimate){.value = NAN, .low = NAN, .high = NAN};
}
