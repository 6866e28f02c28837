#include "bench/samples/case_id.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "runners/runner.h"

struct case_id case_id_of_sample(const struct sample *s)
{
	return (struct case_id){.suite = s->suite,
				.kernel = s->kernel,
				.size = s->size,
				.runner = s->runner,
				.workers = s->workers,
				.hosts = s->hosts ? s->hosts : 1,
				.placement = s->placement,
				.schedule = s->schedule,
				.chunk = s->chunk,
				.ballast = s->ballast,
				.pages = s->pages,
				.python = s->python};
}

void case_id_to_sample(const struct case_id *id, struct sample *s)
{
	s->suite = id->suite;
	s->kernel = id->kernel;
	s->size = id->size;
	s->runner = id->runner;
	s->workers = id->workers;
	s->hosts = id->hosts;
	s->placement = id->placement;
	s->schedule = id->schedule;
	s->chunk = id->chunk;
	s->ballast = id->ballast;
	s->pages = id->pages;
	s->python = id->python;
}

static int runner_order(const char *name)
{
	int i = 0;
	while (runners[i].name && strcmp(runners[i].name, name) != 0)
		i++;
	return i;
}

static int number_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int case_id_order(const struct case_id *a, const struct case_id *b)
{
	int order = strcmp(a->suite, b->suite);
	order = order ? order : strcmp(a->kernel, b->kernel);
	order = order ? order : number_order(a->size, b->size);
	order = order ? order : runner_order(a->runner) - runner_order(b->runner);
	order = order ? order : strcmp(a->runner, b->runner);
	order = order ? order : number_order(a->workers, b->workers);
	order = order ? order : number_order(a->hosts, b->hosts);
	order = order ? order : strcmp(a->placement, b->placement);
	order = order ? order : strcmp(a->schedule, b->schedule);
	order = order ? order : number_order(a->ballast, b->ballast);
	order = order ? order : strcmp(a->pages, b->pages);
	order = order ? order : strcmp(a->python, b->python);
	return order ? order : number_order(a->chunk, b->chunk);
}

bool case_id_is(const struct case_id *a, const struct case_id *b)
{
	return case_id_order(a, b) == 0;
}

bool case_id_is_same_work(const struct case_id *a, const struct case_id *b)
{
	return a->size == b->size && a->ballast == b->ballast && strcmp(a->kernel, b->kernel) == 0 &&
	       strcmp(a->suite, b->suite) == 0 && strcmp(a->pages, b->pages) == 0 &&
	       strcmp(a->python, b->python) == 0;
}

bool case_id_is_seq(const struct case_id *id)
{
	return strcmp(id->runner, "seq") == 0;
}

int case_id_base(const struct case_id *id, char *text, size_t bytes)
{
	return snprintf(text, bytes, "%.128s/%.128s/%" PRIu64 "/%.128s/workers:%" PRIu64, id->suite,
			id->kernel, id->size, id->runner, id->workers);
}

const char *case_id_name(const struct case_id *id, char text[static CASE_NAME_BYTES])
{
	size_t n = (size_t)case_id_base(id, text, CASE_NAME_BYTES);
	if (strcmp(id->placement, "compact") != 0)
		n += (size_t)snprintf(text + n, CASE_NAME_BYTES - n, "/placement:%.128s", id->placement);
	if (id->hosts > 1)
		n += (size_t)snprintf(text + n, CASE_NAME_BYTES - n, "/hosts:%" PRIu64, id->hosts);
	if (id->ballast)
		n += (size_t)snprintf(text + n, CASE_NAME_BYTES - n, "/ballast:%" PRIu64 "/pages:%.128s",
				      id->ballast, id->pages);
	if (*id->python)
		snprintf(text + n, CASE_NAME_BYTES - n, "/python:%.128s", id->python);
	return text;
}
