#include "bench/suites.h"

#include <stddef.h>

const struct suite suites[] = {
	{
		.name = "scaling",
		.help = "every kernel under every runner, from one worker to all processing units",
		.part = {{.workers = "auto"},
			 /* Work that waits gains from more workers than cores: asked for by number. */
			 {.kernels = "wait", .workers = "4x"}},
	},
	{.name = NULL},
};
