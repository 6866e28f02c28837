/* Inputs go from one invocation to the next as they are; what does not look like them is prepared anew. */
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/measure/inputs.h"
#include "kernels/registry.h"
#include "runners/placement.h"
#include "runners/runner.h"

enum { MARK = 0x5a };

struct side {
	struct cell *cell;
	struct inputs inputs;
	const struct input *input;
};

static struct machine *machine;

static struct bench_case sort_of(uint64_t size)
{
	const struct kernel *kernel = kernel_find("sort");
	struct params params = {.size = size};
	if (kernel->configure)
		assert_int_equal(kernel->configure(&params), 0);
	return (struct bench_case){.suite = "scaling",
				   .kernel = kernel,
				   .runner = runner_find("pthread"),
				   .params = params,
				   .items = kernel->items(&params),
				   .shared_bytes = kernel->shared_bytes(&params),
				   .work_per_item = 2,
				   .workers = 1,
				   .hosts = 1};
}

static void open_side(struct side *s)
{
	assert_int_equal(cell_alloc(&s->cell), 0);
	inputs_init(&s->inputs, machine, s->cell, 0);
}

static void close_side(struct side *s)
{
	inputs_free(&s->inputs);
	cell_free(s->cell);
}

static void get(struct side *s, const struct bench_case *c)
{
	char why[512];
	assert_int_equal(inputs_get(&s->inputs, c, true, &s->input, why, sizeof why), 0);
	assert_int_equal(s->input->status, 0);
}

/* A byte that preparing would have written over is still there, with the reference and the work. */
static void test_an_input_is_prepared_once(void **state)
{
	struct bench_case c = sort_of(1000), other = sort_of(2000);
	struct side first, next;
	(void)state;
	open_side(&first);
	open_side(&next);
	get(&first, &c);
	memset(first.input->arena.base, MARK, 1);
	int fd = inputs_hand_over(&first.inputs);
	assert_true(fd > 0);
	uint64_t expected = first.input->expected;
	int area = dup(first.input->arena.fd); /* as executing a program anew would keep it */
	assert_true(area >= 0);
	inputs_take_over(&next.inputs, fd);
	get(&next, &c);
	assert_true(next.input->expected == expected);
	assert_int_equal(*(unsigned char *)next.input->arena.base, MARK);
	assert_true(next.input->items == c.items);
	assert_true(next.input->work == 2 * (double)c.items);
	get(&next, &other); /* which was not handed over */
	close(area);
	free(first.inputs.first); /* the descriptors are the next one's now */
	first.inputs.first = NULL;
	close_side(&first);
	close_side(&next);
}

static void test_what_is_no_input_is_nothing(void **state)
{
	struct bench_case c = sort_of(1000);
	struct side next;
	(void)state;
	open_side(&next);
	for (size_t bytes = 0; bytes < 8192; bytes += 1000) {
		int fd = memfd_create("none", 0);
		char *text = malloc(bytes + 1);
		assert_non_null(text);
		memset(text, bytes % 2000 ? 'x' : 0, bytes);
		assert_int_equal(write(fd, text, bytes), (ssize_t)bytes);
		free(text);
		inputs_take_over(&next.inputs, fd);
		assert_null(next.inputs.first);
	}
	inputs_take_over(&next.inputs, 1000000); /* no descriptor at all */
	get(&next, &c);
	close_side(&next);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_input_is_prepared_once),
		cmocka_unit_test(test_what_is_no_input_is_nothing),
	};
	char why[256];
	if (machine_load(&machine, NULL, why, sizeof why))
		return EXIT_FAILURE;
	int code = check_main(argc, argv, tests);
	machine_free(machine);
	return code;
}
