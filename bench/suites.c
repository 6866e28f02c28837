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
	{
		.name = "lifecycle",
		.help = "what the life of a worker costs, over the parent's memory and the number of workers",
		.part = {{.kernels = "empty",
			  .runners = "pthread,fork,spawn",
			  .workers = "1",
			  .sizes = "small",
			  .ballast = "0,64M,256M,1G",
			  .pages = "small,huge"},
			 {.kernels = "empty",
			  .runners = "pthread,fork,spawn",
			  .workers = "1,10,100",
			  .sizes = "small"},
			 {.kernels = "empty", .runners = "pthread,fork", .workers = "1000", .sizes = "small"},
			 {.kernels = "copy",
			  .runners = "pthread,fork",
			  .workers = "1",
			  .sizes = "4096",
			  .ballast = "64M",
			  .pages = "small,huge"}},
	},
	{
		.name = "memory",
		.help = "what one more worker occupies: idle, with memory of its own, with memory of all",
		.part = {{.kernels = "empty",
			  .runners = "pthread,fork,spawn",
			  .workers = "1,10,100",
			  .sizes = "small"},
			 {.kernels = "touch-private,touch-shared",
			  .runners = "pthread,fork,spawn",
			  .workers = "1,10,100"}},
	},
	{
		.name = "contention",
		.help = "operations that meet in the kernel or on a cache line, over the number of workers",
		.part = {{.kernels = "getppid,signal,futex-wake,fault,madvise,mmap,malloc-*,open,dup,pipe,"
				     "atomic,"
				     "false-sharing,own-line,mutex*,rwlock*,semaphore*",
			  .runners = "seq,pthread,fork",
			  .workers = "auto"}},
	},
	{
		.name = "switch",
		.help = "handing over to another worker, on one processing unit and on two, over the working "
			"set",
		.part = {{.kernels = "switch-*",
			  .runners = "pthread,fork",
			  .workers = "2",
			  .sizes = "64,32K,256K,1M,4M",
			  .placements = "compact,single"}},
	},
	{
		.name = "channel",
		.help = "round trips and bandwidth between two workers over the size of the message",
		.part = {{.kernels = "latency-*,bandwidth-*",
			  .runners = "pthread,fork",
			  .workers = "2",
			  .sizes = "1,4K,1M"}},
	},
	{
		.name = "granularity",
		.help = "how small a task may be before the runner costs more than it does",
		.part = {{.kernels = "task",
			  .runners = ONE_WORKER_BODY,
			  .workers = "1x",
			  .sizes = "10,100,1000,10000,100000,1000000,10000000"},
			 {.kernels = "spin",
			  .runners = "seq,pthread-pool,fork-pool,pthread-steal,fork-steal",
			  .workers = "1x",
			  .sizes = "10,100,1000,10000,100000",
			  .each = true}},
	},
	{
		.name = "isolation",
		.help = "one worker crashes: what is lost, and when its work goes on",
		.part = {{.kernels = "crash-*",
			  .runners = "pthread,fork,spawn,pthread-pool,fork-pool,pthread-steal,fork-steal",
			  .workers = "1x",
			  .sizes = "50000"}},
	},
	{.name = NULL},
};
