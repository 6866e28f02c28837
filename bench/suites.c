#include "bench/suites.h"

#include <stddef.h>

const struct suite suites[] = {
	{
		.name = "scaling",
		.help = "every kernel under every runner, from one worker to all processing units",
		.part = {{.workers = "auto"}},
	},
	{
		.name = "waiting",
		.help = "work that waits and needs no processor, with up to eight workers a processing unit",
		.part = {{.kernels = "wait", .workers = "auto,2x,4x,8x"}},
	},
	{.name = NULL},
};
