#include "bench/suites.h"

#include <stddef.h>

#define ONE_WORKER_BODY "seq,pthread,fork,spawn,pthread-pool,fork-pool"

const struct suite suites[] = {
	{
		.name = "scaling",
		.help = "every kernel under every runner, from one worker to all processing units",
		.part = {{.runners = ONE_WORKER_BODY, .workers = "auto"}},
	},
	{
		.name = "waiting",
		.help = "work that waits and needs no processor, with up to eight workers a processing unit",
		.part = {{.kernels = "wait", .runners = ONE_WORKER_BODY, .workers = "auto,2x,4x,8x"}},
	},
	{
		.name = "pool",
		.help = "the pool library, which steals, beside pools that deal by schedule",
		.part = {{.kernels = "spin,square,cube,primes,nqueens,mandelbrot",
			  .runners = "seq,pthread-pool,fork-pool,pthread-steal,fork-steal",
			  .workers = "auto"}},
	},
	{.name = NULL},
};
