#include "bench/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/system.h"
#include "kernels/registry.h"

void inputs_init(struct inputs *inputs, const struct machine *machine)
{
	*inputs = (struct inputs){.per_placement = machine_numa_nodes(machine) > 1,
				  .bytes_max = system_memory_available() / 2};
}

static void input_free(struct inputs *inputs, struct input *input)
{
	inputs->bytes -= input->arena.bytes;
	arena_destroy(&input->arena);
	free(input);
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

/* The sequential job: the checksum that all others have to give, and the kernel's own verification of it. */
static int input_reference(struct input *input, char *why, size_t why_bytes)
{
	static const int nowhere = -1;
	struct session *session;
	struct totals totals;
	struct job job = {.runner = &runners[0],
			  .kernel = input->kernel,
			  .params = &input->params,
			  .shared = &input->arena,
			  .workers = 1,
			  .pus = &nowhere,
			  .capacity = 1,
			  .hold = -1};
	int status = session_open(&session, &job, why, why_bytes);
	if (status)
		return status;
	status = session_run(session, false, why, why_bytes);
	session_close(session, &totals, why, why_bytes);
	if (status)
		return status < 0 ? status : -EIO;
	input->expected = totals.checksum;
	input->verified = !input->kernel->verify ||
			  input->kernel->verify(input->arena.base, &input->params, totals.checksum) == 0;
	return 0;
}

static int input_prepare(struct input *input, char *why, size_t why_bytes)
{
	const struct kernel *kernel = input->kernel;
	size_t bytes = kernel_shared_bytes(kernel, &input->params);
	int error = arena_create(&input->arena, kernel->name, bytes);
	if (error) {
		snprintf(why, why_bytes, "no shared memory of %zu bytes: %s", bytes, strerror(-error));
		return error;
	}
	error = kernel->prepare ? kernel->prepare(input->arena.base, &input->params) : 0;
	if (error) {
		snprintf(why, why_bytes, "%s", *input->params.why ? input->params.why : strerror(-error));
		return error;
	}
	struct cost cost = kernel_cost(kernel, &input->params);
	input->items = kernel_items(kernel, &input->params);
	input->work = cost.per_item * (double)input->items;
	input->work_unit = cost.unit;
	return input_reference(input, why, why_bytes);
}

static bool serves(const struct inputs *inputs, const struct input *input, const struct bench_case *c)
{
	return input->kernel == c->kernel && input->params.size == c->params.size &&
	       (!inputs->per_placement || input->workers == c->workers);
}

int inputs_get(struct inputs *inputs, const struct bench_case *c, const struct input **input, char *why,
	       size_t why_bytes)
{
	for (struct input *i = inputs->first; i; i = i->next)
		if (serves(inputs, i, c)) {
			i->used = ++inputs->clock;
			*input = i;
			return 0;
		}
	evict_for(inputs, kernel_shared_bytes(c->kernel, &c->params));
	struct input *fresh = calloc(1, sizeof *fresh);
	if (!fresh)
		return -ENOMEM;
	*fresh = (struct input){.kernel = c->kernel,
				.params = c->params,
				.arena = ARENA_NONE,
				.workers = c->workers,
				.used = ++inputs->clock};
	int error = input_prepare(fresh, why, why_bytes);
	inputs->bytes += fresh->arena.bytes;
	if (error) {
		input_free(inputs, fresh);
		return error;
	}
	fresh->next = inputs->first;
	inputs->first = fresh;
	*input = fresh;
	return 0;
}

void inputs_free(struct inputs *inputs)
{
	while (inputs->first) {
		struct input *gone = inputs->first;
		inputs->first = gone->next;
		input_free(inputs, gone);
	}
}
