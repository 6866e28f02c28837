#include "bench/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/catalog.h"
#include "bench/system.h"

void inputs_init(struct inputs *inputs, const struct machine *machine, struct cell *cell, uint64_t timeout_ns)
{
	*inputs = (struct inputs){.per_placement = machine_numa_nodes(machine) > 1,
				  .bytes_max = system_memory_available() / 2,
				  .cell = cell,
				  .timeout_ns = timeout_ns};
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

/* Whatever became of it is the input's: a crash of prepare() or of the reference is a row of each case. */
static void prepare(struct inputs *inputs, struct input *input)
{
	char why[sizeof input->why - 32];
	struct cell_board *b = inputs->cell->board;
	cell_close(inputs->cell); /* one that was kept for its ballast */
	cell_set_kernel(inputs->cell, input->kernel, catalog_plugin(input->kernel), &input->params);
	inputs->cell->loads = cell_must_load(input->kernel, catalog_plugin(input->kernel));
	b->job = (struct job){.timeout_ns = inputs->timeout_ns};
	b->huge = false;
	input->status = cell_ask(inputs->cell, CELL_PREPARE, input->arena.fd, why, sizeof why);
	if (input->status == STATUS_OK) {
		input->params = b->reference.params;
		input->expected = b->reference.checksum;
		input->verified = b->reference.verified;
	}
	bool died = input->status == STATUS_CRASHED || input->status == STATUS_TIMEOUT;
	snprintf(input->why, sizeof input->why, "%s%s", died ? "the sequential reference: " : "", why);
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

static int make_input(struct inputs *inputs, const struct bench_case *c, struct input **input, char *why,
		      size_t why_bytes)
{
	size_t bytes = c->shared_bytes;
	evict_for(inputs, bytes);
	struct input *fresh = calloc(1, sizeof *fresh);
	if (!fresh)
		return -ENOMEM;
	*fresh = (struct input){.kernel = c->kernel,
				.params = c->params,
				.arena = ARENA_NONE,
				.items = c->items,
				.work = c->work_per_item * (double)c->items,
				.work_unit = c->work_unit,
				.workers = c->workers};
	int error = arena_create(&fresh->arena, c->kernel->name, bytes);
	if (error) {
		snprintf(why, why_bytes, "no shared memory of %zu bytes: %s", bytes, strerror(-error));
		free(fresh);
		return error;
	}
	arena_park(&fresh->arena);
	prepare(inputs, fresh);
	inputs->bytes += fresh->arena.bytes;
	fresh->next = inputs->first;
	inputs->first = fresh;
	*input = fresh;
	return 0;
}

int inputs_get(struct inputs *inputs, const struct bench_case *c, bool mapped, const struct input **input,
	       char *why, size_t why_bytes)
{
	struct input *found = find_input(inputs, c);
	int error = found ? 0 : make_input(inputs, c, &found, why, why_bytes);
	if (!error && mapped)
		error = arena_unpark(&found->arena);
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
