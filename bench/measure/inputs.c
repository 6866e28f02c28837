#include "bench/measure/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/base/system.h"
#include "bench/plan/catalog.h"

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
	       input->params.ballast == c->params.ballast && input->params.workers == c->params.workers &&
	       strcmp(input->python, c->python ? c->python->program : "") == 0 &&
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
	*fresh = (struct input){
		.kernel = c->kernel, .params = c->params, .arena = ARENA_NONE, .workers = c->workers};
	snprintf(fresh->python, sizeof fresh->python, "%s", c->python ? c->python->program : "");
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
	found->items = c->items;
	found->work = c->work_per_item * (double)c->items;
	found->work_unit = c->work_unit;
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

/* ---- from one invocation to the next ---- */

enum { NAME_BYTES = 64 };

/* One input in the file that is handed over. Both sides are the same program. */
struct record {
	char kernel[NAME_BYTES], python[PATH_MAX];
	struct params params;
	int fd; /* -1: it needs no shared area */
	uint64_t bytes, expected;
	bool verified;
	uint32_t workers;
};

static int keep_open(int fd, bool open)
{
	return fcntl(fd, F_SETFD, open ? 0 : FD_CLOEXEC);
}

/* Only what came out well: what failed fails again, and says so then. */
static bool hand_over(const struct input *input, int table)
{
	struct record r = {.params = input->params,
			   .fd = input->arena.fd,
			   .bytes = input->arena.bytes,
			   .expected = input->expected,
			   .verified = input->verified,
			   .workers = input->workers};
	r.params.input = NULL;
	if (input->status != STATUS_OK || strlen(input->kernel->name) >= sizeof r.kernel)
		return true;
	memcpy(r.kernel, input->kernel->name, strlen(input->kernel->name) + 1);
	memcpy(r.python, input->python, sizeof r.python);
	return (r.fd < 0 || keep_open(r.fd, true) == 0) && write(table, &r, sizeof r) == sizeof r;
}

int inputs_hand_over(const struct inputs *inputs)
{
	int table = memfd_create("pvt-inputs", 0);
	for (const struct input *i = inputs->first; i && table >= 0; i = i->next)
		if (!hand_over(i, table)) {
			close(table);
			return -1;
		}
	return table;
}

static bool is_whole(const struct record *r)
{
	struct stat st;
	return memchr(r->kernel, '\0', sizeof r->kernel) && catalog_find(r->kernel) &&
	       memchr(r->python, '\0', sizeof r->python) &&
	       (r->fd < 0 ? r->bytes == 0
			  : keep_open(r->fd, false) == 0 && fstat(r->fd, &st) == 0 &&
				    (uint64_t)st.st_size == r->bytes);
}

static bool take_over(struct inputs *inputs, const struct record *r)
{
	struct input *input = is_whole(r) ? calloc(1, sizeof *input) : NULL;
	if (!input)
		return false;
	*input = (struct input){.kernel = catalog_find(r->kernel),
				.params = r->params,
				.arena = {.fd = r->fd, .bytes = r->bytes},
				.expected = r->expected,
				.verified = r->verified,
				.workers = r->workers,
				.next = inputs->first};
	memcpy(input->python, r->python, sizeof input->python);
	inputs->first = input;
	inputs->bytes += input->arena.bytes;
	return true;
}

void inputs_take_over(struct inputs *inputs, int fd)
{
	struct record r;
	bool good = lseek(fd, 0, SEEK_SET) == 0;
	while (good && read(fd, &r, sizeof r) == sizeof r)
		good = take_over(inputs, &r);
	close(fd);
}
