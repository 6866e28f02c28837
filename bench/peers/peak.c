/*
 * The most that this core can do with doubles: a loop of independent fused multiply-adds on registers, as
 * wide as the compiler's vectors, beside matmul. The ratio is peak time over ours: the fraction of the peak.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/peers/peers.h"
#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/runner.h"

#if defined(__AVX512F__)
enum { GEMM_LANES = 8 };
#elif defined(__AVX__)
enum { GEMM_LANES = 4 };
#else
enum { GEMM_LANES = 2 };
#endif
enum { CHAINS = 12, PEAK_STEPS = 2000000 };

typedef double vec __attribute__((vector_size(GEMM_LANES * sizeof(double))));

/* Enough chains to hide the latency of the unit, few enough to stay in registers. */
__attribute__((noinline)) static double fma_chains(uint64_t steps, double start)
{
	vec x[CHAINS], m = start - (vec){0}, total = {0};
	for (int k = 0; k < CHAINS; k++)
		x[k] = m + k;
	for (uint64_t i = 0; i < steps; i++)
		for (int k = 0; k < CHAINS; k++)
			x[k] = x[k] * m + m;
	for (int k = 0; k < CHAINS; k++)
		total += x[k];
	double sum = 0;
	for (int l = 0; l < GEMM_LANES; l++)
		sum += total[l];
	return sum;
}

struct peak {
	struct params params;
	struct arena arena;
	double flop;
	volatile double sink;
};

static int round_matmul(void *state, double *ours_ns, double *peer_ns)
{
	static const int nowhere = -1;
	struct peak *p = state;
	char why[256];
	struct session *session;
	struct totals totals;
	struct job job = {.runner = runner_find("seq"),
			  .kernel = kernel_find("matmul"),
			  .params = &p->params,
			  .shared = &p->arena,
			  .workers = 1,
			  .pus = &nowhere,
			  .capacity = 1,
			  .hold = -1};
	uint64_t start = clock_ns();
	p->sink = fma_chains(PEAK_STEPS, 0.5);
	double peak_flop_ns = 2.0 * CHAINS * GEMM_LANES * PEAK_STEPS / (double)(clock_ns() - start);
	int error = session_open(&session, &job, why, sizeof why);
	if (error)
		return error;
	error = session_run(session, false, why, sizeof why);
	session_close(session, &totals, why, sizeof why);
	*peer_ns = (double)totals.span_ns;
	*ours_ns = p->flop / peak_flop_ns; /* what the product would take at peak */
	return error ? -EIO : 0;
}

static void close_matmul(void *state)
{
	struct peak *p = state;
	arena_destroy(&p->arena);
	free(p);
}

static void *open_matmul(const struct pair *pair, uint32_t workers)
{
	(void)pair;
	(void)workers;
	const struct kernel *matmul = kernel_find("matmul");
	struct peak *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->params.size = matmul->sizes[SIZE_MEDIUM];
	p->arena = ARENA_NONE;
	if ((matmul->configure && matmul->configure(&p->params)) ||
	    arena_create(&p->arena, "matmul", kernel_shared_bytes(matmul, &p->params)) ||
	    (matmul->prepare && matmul->prepare(p->arena.base, &p->params))) {
		close_matmul(p);
		return NULL;
	}
	p->flop = kernel_cost(matmul, &p->params).per_item * (double)kernel_items(matmul, &p->params);
	return p;
}

const struct pair peak_pairs[] = {
	{"a product at the core's peak (fused multiply-adds), time", "our matmul", NAN, 0, round_matmul,
	 open_matmul, close_matmul, NULL, NULL, NULL},
	{.what = NULL},
};
