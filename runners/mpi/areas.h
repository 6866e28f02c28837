/*
 * Shared areas on a host that is not the harness's: kept from session to session, so that an input goes over
 * the network once and not with every sample.
 */
#ifndef PVT_AREAS_H
#define PVT_AREAS_H

#include <stdbool.h>
#include <stdint.h>

#include "runners/arena.h"

enum { AREAS_KEPT = 32 };
#define AREAS_BYTES ((size_t)1 << 31) /* all together; the one at hand may be larger */

struct areas {
	struct {
		uint64_t id, used;
		struct arena arena;
	} kept[AREAS_KEPT];
	uint64_t clock;
};

/* The area of this id, mapped. *filled: it has been here before. 0 or -errno; it belongs to `areas`. */
int areas_get(struct areas *areas, uint64_t id, size_t bytes, struct arena *arena, bool *filled);
void areas_free(struct areas *areas);

/* Maps descriptor `fd` of process `pid`, which runs on this machine. 0 or -errno; free it with arena_destroy.
 */
int areas_of_process(int pid, int fd, struct arena *arena);

#endif
