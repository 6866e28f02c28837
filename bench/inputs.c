#include "bench/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/system.h"
#include "bench/text.h"
#include "kernels/registry.h"
#include "runners/clock.h"

enum { UNIT_MAX = 128 }; /* samples.csv takes no longer text */

void inputs_init(struct inputs *inputs, const struct machine *machine, uint64_t timeout_ns,
		 const volatile sig_atomic_t *interrupted)
{
	*inputs = (struct inputs){.per_placement = machine_numa_nodes(machine) > 1,
				  .bytes_max = system_memory_available() / 2,
				  .timeout_ns = timeout_ns,
				  .interrupted = interrupted};
}

/* Only a child that prepares it has to share it: a mapping each would be one more for every fork to copy. */
static struct input *input_alloc(bool shared)
{
	struct input *input = shared ? isolate_alloc(sizeof *input) : calloc(1, sizeof *input);
	if (input)
		input->shared = shared;
	return input;
}

static void input_release(struct input *input)
{
	if (input->shared)
		isolate_free(input, sizeof *input);
	else
		free(input);
}

static void input_free(struct inputs *inputs, struct input *input)
{
	inputs->bytes -= input->arena.bytes;
	if (inputs->mapped == input)
		inputs->mapped = NULL;
	arena_destroy(&input->arena);
	input_release(input);
}

/* Makes room by forgetting what has not been used for longest. */
static void evict_for(struct inputs *inputs, size_t bytes)
{
	while (inputs->first && inputs->bytes + bytes > inputs->bytes_max) {
		struct input **oldest = &inputs->first;
		for (struct input **i = &inputs->first; *i; i = &(*i)->next)
			if ((*i)->used < (*oldest)->used)
				oldest = i;
		struct input *gone = *oldest;
		*oldest = gone->next;
		input_free(inputs, gone);
	}
}

/* The sequential job, or one of the workers that the kernel cannot do without: the checksum that all others
 * have to give, and the kernel's own verification of it. */
static int input_reference(struct input *input, const struct cell *cell)
{
	static int nowhere[WORKERS_MAX];
	uint32_t group = kernel_group(input->kernel);
	struct session *session;
	struct totals totals;
	for (uint32_t rank = 0; rank < group; rank++)
		nowhere[rank] = -1;
	struct job job = {.runner = group > 1 ? runner_find("pthread") : &runners[0],
			  .kernel = input->kernel,
			  .params = &input->params,
			  .shared = &input->arena,
			  .workers = group,
			  .pus = nowhere,
			  .capacity = group,
			  .ballast = input->ballast,
			  .hold = -1,
			  .records = cell ? &cell->records : NULL};
	int status = session_open(&session, &job, input->why, sizeof input->why);
	if (status)
		return status;
	status = session_run(session, false, input->why, sizeof input->why);
	session_close(session, &totals, input->why, sizeof input->why);
	if (status)
		return status;
	input->expected = totals.checksum;
	input->verified = !input->kernel->verify ||
			  input->kernel->verify(input->arena.base, &input->params, totals.checksum) == 0;
	return STATUS_OK;
}

struct preparation {
	struct input *input;
	struct cell *cell; /* NULL: not isolated */
};

static void input_prepare(void *arg)
{
	const struct preparation *p = arg;
	struct input *input = p->input;
	const struct kernel *kernel = input->kernel;
	int error = kernel->prepare ? kernel->prepare(input->arena.base, &input->params) : 0;
	if (error) {
		input->status = error == -EOPNOTSUPP ? STATUS_SKIPPED : error;
		snprintf(input->why, sizeof input->why, "%s",
			 *input->params.why ? input->params.why : strerror(-error));
		return;
	}
	struct cost cost = kernel_cost(kernel, &input->params);
	input->items = kernel_items(kernel, &input->params);
	input->work = cost.per_item * (double)input->items;
	input->work_unit = cost.unit && strlen(cost.unit) <= UNIT_MAX && text_is_plain(cost.unit) ? cost.unit
												  : "?";
	if (p->cell)
		atomic_store(&p->cell->since_ns, clock_ns());
	input->status = input_reference(input, p->cell);
}

static void input_prepare_isolated(const struct inputs *inputs, struct preparation *p)
{
	char why[sizeof p->input->why - 32];
	struct isolation isolation = {.cell = p->cell,
				      .body = input_prepare,
				      .arg = p,
				      .timeout_ns = inputs->timeout_ns,
				      .alone = inputs->alone,
				      .interrupted = inputs->interrupted};
	int status = isolate(&isolation, why, sizeof why);
	if (status == STATUS_OK)
		return;
	p->input->status = status;
	snprintf(p->input->why, sizeof p->input->why, "the sequential reference: %s", why);
}

static bool serves(const struct inputs *inputs, const struct input *input, const struct bench_case *c)
{
	return input->kernel == c->kernel && input->params.size == c->params.size &&
	       input->params.ballast == c->params.ballast &&
	       (!inputs->per_placement || input->workers == c->workers);
}

static struct input *find_input(struct inputs *inputs, const struct bench_case *c)
{
	struct input *i = inputs->first;
	while (i && !serves(inputs, i, c))
		i = i->next;
	return i;
}

static int make_input(struct inputs *inputs, const struct bench_case *c, void *ballast, struct cell *cell,
		      struct input **input, char *why, size_t why_bytes)
{
	size_t bytes = kernel_shared_bytes(c->kernel, &c->params);
	evict_for(inputs, bytes);
	struct input *fresh = input_alloc(cell);
	if (!fresh)
		return -ENOMEM;
	*fresh = (struct input){.shared = cell,
				.kernel = c->kernel,
				.params = c->params,
				.arena = ARENA_NONE,
				.ballast = ballast,
				.work_unit = "",
				.workers = c->workers};
	int error = arena_create(&fresh->arena, c->kernel->name, bytes);
	if (error) {
		snprintf(why, why_bytes, "no shared memory of %zu bytes: %s", bytes, strerror(-error));
		input_release(fresh);
		return error;
	}
	struct preparation preparation = {fresh, cell};
	if (cell)
		input_prepare_isolated(inputs, &preparation);
	else
		input_prepare(&preparation);
	inputs->bytes += fresh->arena.bytes;
	fresh->next = inputs->first;
	inputs->first = fresh;
	*input = fresh;
	return 0;
}

/* Where pages lie is decided by who touches them first: on several NUMA nodes not by the harness. */
static int map_alone(struct inputs *inputs, struct input *input)
{
	if (inputs->per_placement || inputs->mapped == input)
		return 0;
	if (inputs->mapped)
		arena_park(&inputs->mapped->arena);
	inputs->mapped = input;
	return arena_unpark(&input->arena);
}

int inputs_get(struct inputs *inputs, const struct bench_case *c, void *ballast, struct cell *cell,
	       const struct input **input, char *why, size_t why_bytes)
{
	struct input *found = find_input(inputs, c);
	int error = found ? 0 : make_input(inputs, c, ballast, cell, &found, why, why_bytes);
	if (!error)
		error = map_alone(inputs, found);
	if (error)
		return error;
	found->used = ++inputs->clock;
	*input = found;
	if (found->status >= 0)
		return 0;
	snprintf(why, why_bytes, "%s", found->why);
	return found->status;
}

void inputs_free(struct inputs *inputs)
{
	while (inputs->first) {
		struct input *gone = inputs->first;
		inputs->first = gone->next;
		input_free(inputs, gone);
	}
}
