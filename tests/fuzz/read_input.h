/* --input of a kernel: what configure accepts is prepared, worked on in one go and verified. */
#ifndef PVT_TESTS_READ_INPUT_H
#define PVT_TESTS_READ_INPUT_H

#include "kernels/registry.h"
#include "tests/fuzz/fuzz.h"

enum { AREA_MAX = 64 << 20 };

static inline uint64_t work(const struct kernel *kernel, struct context *ctx)
{
	uint64_t sum = 0;
	MUST(!kernel->enter || kernel->enter(ctx) == 0);
	for (ctx->phase = 0; ctx->phase < kernel_phases(kernel, ctx->params); ctx->phase++) {
		sum += kernel->run(ctx, 0, kernel_items(kernel, ctx->params));
		if (kernel->between)
			kernel->between(ctx->shared, ctx->params, ctx->phase);
	}
	if (kernel->leave)
		kernel->leave(ctx);
	return sum;
}

static inline void read_input(const char *name, const uint8_t *data, size_t bytes)
{
	const struct kernel *kernel = kernel_find(name);
	struct params params = {.size = 1, .input = fuzz_file(data, bytes)};
	MUST(kernel && kernel->configure);
	if (kernel->configure(&params) != 0) {
		MUST(*params.why);
		return;
	}
	size_t area = kernel_shared_bytes(kernel, &params);
	if (area > AREA_MAX)
		return;
	void *shared = aligned_alloc(4096, (area / 4096 + 1) * 4096);
	MUST(shared);
	for (size_t i = 0; i < area; i++)
		((char *)shared)[i] = 0;
	if (kernel->prepare(shared, &params) == 0) {
		struct context ctx = {.shared = shared, .params = &params, .workers = 1};
		MUST(kernel->verify(shared, &params, work(kernel, &ctx)) == 0);
	} else {
		MUST(*params.why);
	}
	free(shared);
}

#endif
