/* Our triad beside STREAM's loop (McCalpin, 1995) over arrays of the same length and kind of page. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench/peers/peers.h"
#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/runner.h"

struct bandwidth {
	struct params params;
	struct arena arena, stream;
	double *a, *b, *c;
	size_t n;
};

__attribute__((noinline)) static void stream_triad(double *restrict a, const double *restrict b,
						   const double *restrict c, double scalar, size_t n)
{
	for (size_t j = 0; j < n; j++)
		a[j] = b[j] + scalar * c[j];
}

static int round_triad(void *state, double *ours_ns, double *peer_ns)
{
	static const int nowhere = -1;
	struct bandwidth *w = state;
	char why[256];
	struct session *session;
	struct totals totals;
	struct job job = {.runner = runner_find("seq"),
			  .kernel = kernel_find("triad"),
			  .params = &w->params,
			  .shared = &w->arena,
			  .workers = 1,
			  .pus = &nowhere,
			  .capacity = 1,
			  .hold = -1};
	int error = session_open(&session, &job, why, sizeof why);
	if (error)
		return error;
	error = session_run(session, false, why, sizeof why);
	session_close(session, &totals, why, sizeof why);
	*ours_ns = (double)totals.span_ns;
	uint64_t start = clock_ns();
	stream_triad(w->a, w->b, w->c, 3.0, w->n);
	*peer_ns = (double)(clock_ns() - start);
	return error ? -EIO : 0;
}

static void close_triad(void *state)
{
	struct bandwidth *w = state;
	arena_destroy(&w->arena);
	arena_destroy(&w->stream);
	free(w);
}

static void *open_triad(const struct pair *pair, uint32_t workers)
{
	(void)pair;
	(void)workers;
	const struct kernel *triad = kernel_find("triad");
	struct bandwidth *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->n = triad->sizes[SIZE_MEDIUM];
	w->params.size = w->n;
	w->arena = w->stream = ARENA_NONE;
	if ((triad->configure && triad->configure(&w->params)) ||
	    arena_create(&w->arena, "triad", kernel_shared_bytes(triad, &w->params)) ||
	    arena_create(&w->stream, "stream", 3 * w->n * sizeof(double)) ||
	    (triad->prepare && triad->prepare(w->arena.base, &w->params))) {
		close_triad(w);
		return NULL;
	}
	w->a = w->stream.base;
	w->b = w->a + w->n;
	w->c = w->b + w->n;
	for (size_t j = 0; j < w->n; j++) {
		w->a[j] = 1;
		w->b[j] = 2;
		w->c[j] = (double)(j % 8);
	}
	return w;
}

const struct pair bandwidth_pairs[] = {
	{"triad, one core, time of a pass", "STREAM's loop", 1 / 0.95, 1, round_triad, open_triad,
	 close_triad, NULL, NULL, NULL},
	{.what = NULL},
};
