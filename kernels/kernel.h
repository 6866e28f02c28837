/*
 * The contract of a kernel: a piece of CPU-bound work made of independent items.
 *
 * Every runner carries out the same kernel, so nothing here knows about threads or processes. A kernel has
 * no writable globals: after fork() a global is a private copy, and what looks shared is not. All shared
 * state lies in the area that `shared_bytes` asks for. Processes may map that area at different addresses,
 * so it holds offsets, never pointers.
 */
#ifndef PVT_KERNEL_H
#define PVT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_ABI 1u

/* Sizes by name; by number a size is in the kernel's own unit, `size_unit`. */
enum kernel_size { SIZE_SMALL, SIZE_MEDIUM, SIZE_LARGE, SIZE_COUNT };

/* What one case asks of a kernel. The harness owns it; only `configure` may write to it. */
struct params {
	uint64_t size;      /* in the kernel's size_unit; at least 1 */
	const char *input;  /* path given with --input, or NULL; valid in configure and prepare only */
	uint64_t extent[2]; /* what configure learnt, e.g. width and height of an image, bytes of a text */
	char why[256];      /* a function that fails may say why here, in words for the user */
};

/* How much work one item stands for, over all phases, in the unit its field uses ("FLOP", "B", "key"). */
struct cost {
	double per_item;
	const char *unit;
};

/* What a worker knows while it runs. The harness fills it; `local` belongs to the kernel. */
struct context {
	void *shared;                /* the shared area, page-aligned, zeroed before prepare */
	const struct params *params; /* without `input` */
	void *local;                 /* private to this worker: made in enter, freed in leave */
	uint32_t rank;               /* 0 .. workers - 1 */
	uint32_t workers;
	uint32_t phase; /* 0 .. phases - 1 */
};

/*
 * Only name, help, item and run are needed; a NULL function means: nothing to do.
 *
 * A job runs phases 0 .. phases-1 with a barrier between them. In each phase the workers share out items
 * 0 .. items-1, each item exactly once, in any order and grouping. `run` does items [begin, end) of the
 * phase ctx->phase and returns their checksum. Checksums add up (mod 2^64): any partition over any workers
 * gives the sequential sum. A job must not depend on what an earlier job left in the shared area.
 */
struct kernel {
	uint32_t abi;               /* KERNEL_ABI */
	const char *name, *help;    /* "matmul", one line without a full stop */
	const char *item;           /* what one item is: "row of the product" */
	const char *size_unit;      /* what --size N counts: "matrix order" */
	uint64_t sizes[SIZE_COUNT]; /* small, medium, large: about 1, 10 and 200 ms of one core's work */
	bool uneven;                /* items differ in cost: dealt dynamically unless the user says else */
	const char *input;          /* what --input reads ("PGM or PPM image"); NULL: takes no input */

	/* Untimed, in the harness. */
	int (*configure)(struct params *params);             /* fills extent; 0 or -errno with `why` */
	uint64_t (*items)(const struct params *params);      /* items of each phase; NULL: size */
	uint32_t (*phases)(const struct params *params);     /* NULL: 1 */
	struct cost (*cost)(const struct params *params);    /* NULL: one item counts as one item */
	size_t (*shared_bytes)(const struct params *params); /* NULL: none */
	int (*prepare)(void *shared, struct params *params); /* once; 0 or -errno with `why` */
	int (*verify)(const void *shared, const struct params *params, uint64_t checksum); /* 0 or -EBADMSG */

	/* In each worker, pinned and untimed: allocate `local`, touch memory first. 0 or -errno. */
	int (*enter)(struct context *ctx);
	void (*leave)(struct context *ctx);

	/* Timed. */
	uint64_t (*run)(struct context *ctx, uint64_t begin, uint64_t end);
	void (*between)(void *shared, const struct params *params,
			uint32_t phase); /* rank 0, after `phase` */
};

#endif
