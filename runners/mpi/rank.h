/* A process of an MPI job: it waits for orders, and carries out sessions that rank 0 opens for the harness.
 */
#ifndef PVT_RANK_H
#define PVT_RANK_H

#include <stdint.h>

#include "kernels/kernel.h"

/* What the program is, to be the same in all ranks. */
struct rank_program {
	const char *version;
	/* The kernel of that name from that plug-in ("": built in), or NULL after a message. */
	const struct kernel *(*find)(const char *name, const char *plugin);
};

/*
 * The harness starts a rank as this very program, again: call this first in main(). If the arguments are a
 * rank's it never returns.
 */
void rank_main(int argc, char **argv, const struct rank_program *program);

/*
 * This process, which a launcher started with the one of rank 0, is a rank; it returns when the harness
 * has no more orders. patience_ns: how long it waits for any before it gives up; 0: for ever. An exit code.
 */
int rank_serve(const char *flavour, uint64_t patience_ns, const struct rank_program *program);

/* The word by which main() knows a rank. Then follow flavour, harness's pid, its descriptor of the desk,
 * patience. */
#define RANK_FLAG "--pvt-rank"

/* What a rank that ends with a message says begins so. */
#define RANK_SAYS "pvt: rank "

/* So much longer than a job may take a rank waits for an order. */
#define RANK_GRACE_NS (5 * UINT64_C(1000000000))

#endif
