/* Made-up samples for the tests of what samples come to. */
#ifndef PVT_TESTS_MADE_H
#define PVT_TESTS_MADE_H

#include "bench/samples/samples.h"

/* The invocations of the made-up runs; six are enough for an interval. */
enum { RUNS = 6 };

/* One good sample of one item, without times. */
static inline struct sample *make_sample(struct sample *s, size_t run, const char *suite, const char *kernel,
					 uint64_t size, const char *runner, uint64_t workers)
{
	static const char *const runs[RUNS] = {"a", "b", "c", "d", "e", "f"};
	sample_clear(s);
	s->run_id = runs[run];
	s->suite = suite;
	s->kernel = kernel;
	s->size = size;
	s->runner = runner;
	s->workers = workers;
	s->placement = "compact";
	s->schedule = "static";
	s->status = "ok";
	s->items = s->iterations = 1;
	return s;
}

#endif
