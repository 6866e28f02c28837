/*
 * The contract of a kernel: a piece of work made of independent items, or an operation to repeat.
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

#define KERNEL_ABI 4u

/* Sizes by name; by number a size is in the kernel's own unit, `size_unit`. */
enum kernel_size { SIZE_SMALL, SIZE_MEDIUM, SIZE_LARGE, SIZE_COUNT };

/* What a job asks of its workers. */
enum kernel_kind {
	KERNEL_WORK, /* the workers share out the items */
	KERNEL_RATE, /* each worker does all items: operations per second are measured */
};

/* What a kernel cannot do without; a runner that does not have it is not asked. Bits. */
enum kernel_needs {
	KERNEL_NEEDS_INHERITANCE = 1, /* descriptors and memory of the harness: no spawned workers */
	KERNEL_NEEDS_ONE_PROCESS = 2, /* one address space: threads only */
	KERNEL_NEEDS_BALLAST = 4,     /* --ballast */
	KERNEL_NEEDS_INTERPRETER = 8, /* of a language, which stays in its process: always isolated, and in no
					 suite that does not name it */
	KERNEL_NEEDS_MESSAGES = 16,   /* context.messages: runners that can leave their machine */
	KERNEL_NEEDS_UNITS = 32,      /* a CPU per worker: they spin until another one answers */
};

/* What one case asks of a kernel. The harness owns it; only `configure` may write to it. */
struct params {
	uint64_t size;      /* in the kernel's size_unit; at least 1 */
	const char *input;  /* path given with --input, or NULL; valid in configure and prepare only */
	uint64_t extent[2]; /* what configure learnt, e.g. width and height of an image, bytes of a text */
	char why[256];      /* a function that fails may say why here, in words for the user */
	uint64_t ballast;   /* bytes of private memory that the harness holds meanwhile; 0: none */
	uint64_t memory;    /* bytes that all workers together may take of this machine's; 0: not known */
	uint32_t workers;   /* of a kernel with a group: the most that shared_bytes() makes room for; 0: one
			     * group
			     */
};

/* How much work one item stands for, over all phases, in the unit its field uses ("FLOP", "B", "key"). */
struct cost {
	double per_item;
	const char *unit;
};

/*
 * Messages between workers that share no memory. All calls block; one that fails ends the job, so there is no
 * error to look at. `rank` of `ranks` is the worker's number among all workers, on whatever host.
 */
struct messages {
	uint32_t rank, ranks;
	void (*send)(const struct messages *self, uint32_t to, const void *data, size_t bytes);
	void (*receive)(const struct messages *self, uint32_t from, void *data, size_t bytes);
	/* Element by element the sum over all ranks, which all get and all have to call for. */
	void (*sum)(const struct messages *self, double *values, size_t count);
	/* Fetch and add: adds `count` to the counter of the job, which begins at 0; what it was before. */
	uint64_t (*take)(const struct messages *self, uint64_t count);
};

/* What a kernel may report of a job besides its time, each a column of samples.csv. */
enum told {
	TOLD_DISTURBANCES, /* operations of the worker that disturbs the others */
	TOLD_P50,          /* of a server's latencies in an open loop, ns; … */
	TOLD_P99,
	TOLD_REQUEST, /* … and the time per request in a closed one, ns */
	TOLD_GAP,     /* ns: for how long a worker that looks at the clock was held up */
	TOLD_TRIED,   /* 1: it has tried what may hang … */
	TOLD_HUNG,    /* … and 1: it has hung */
	TOLD_WAITING, /* share of a CPU that a worker took while it waited for the job */
	TOLDS
};

/* Of a rate, as `group`: all workers do the items together, and there are at least two. */
#define KERNEL_GROUP_ALL UINT32_MAX

/* What a worker knows while it runs. The harness fills it; `local` belongs to the kernel. */
struct context {
	void *shared;                /* the shared area, page-aligned, zeroed before prepare */
	const struct params *params; /* without `input` */
	void *local;                 /* private to this worker: made in enter, freed in leave */
	uint32_t rank;               /* 0 .. workers - 1, among those that share this memory */
	uint32_t workers;
	uint32_t phase; /* 0 .. phases - 1 */
	void *ballast;  /* the harness's private memory, as this worker sees it; NULL: none, or not inherited
			 */
	const struct messages *messages; /* NULL: workers have nothing but the shared area */
	double *told; /* [TOLDS] of this worker, 0 before each job; summed over the workers. NULL: not
			 recorded */
};

/* Receives a piece of the shared area, `bytes` from `offset` on. */
typedef void kernel_piece(void *arg, size_t offset, size_t bytes);

/*
 * Only name, help, item and run are needed; a NULL function means: nothing to do.
 *
 * A job runs phases 0 .. phases-1 with a barrier between them. In each phase the workers share out items
 * 0 .. items-1, each item exactly once, in any order and grouping. `run` does items [begin, end) of the
 * phase ctx->phase and returns their checksum. Checksums add up (mod 2^64): any partition over any workers
 * gives the sequential sum. A job must not depend on what an earlier job left in the shared area.
 *
 * Of a KERNEL_RATE, each worker does all items 0 .. items-1 of the one phase, timed, and has the checksum of
 * one worker alone. A worker that finishes early continues, untimed and in small portions from item 0, until
 * the last one is done; otherwise the slowest would run on an idle machine. With a `group`, that number of
 * workers of neighbouring ranks do the items together, and none continues; nor does a worker that sends
 * messages, because others would have to answer.
 *
 * Of a kernel with crash(), the worker that comes to the item in the middle calls that first, once in a job:
 * its worker does not survive it. Items are scheduled one by one, and a replacement worker does the rest.
 */
struct kernel {
	uint32_t abi;               /* KERNEL_ABI */
	const char *name, *help;    /* "matmul", one line without a full stop */
	const char *item;           /* what one item is: "row of the product" */
	const char *size_unit;      /* what --size N counts: "matrix order" */
	uint64_t sizes[SIZE_COUNT]; /* small, medium, large: about 1, 10 and 200 ms of one core's work */
	bool uneven;       /* items differ in cost: scheduled dynamically unless --schedule is given */
	const char *input; /* what --input reads ("PGM or PPM image"); NULL: takes no input */
	enum kernel_kind kind;
	uint32_t group; /* of a rate: workers that do the items together; 0 and 1: each alone;
			   KERNEL_GROUP_ALL */
	unsigned needs; /* enum kernel_needs */

	/* Untimed, in the harness. configure: -EOPNOTSUPP when this size is out of reach here: not measured.
	 */
	int (*configure)(struct params *params);             /* fills extent; 0 or -errno with `why` */
	uint64_t (*items)(const struct params *params);      /* items of each phase; NULL: size */
	uint32_t (*phases)(const struct params *params);     /* NULL: 1 */
	struct cost (*cost)(const struct params *params);    /* NULL: one item counts as one item */
	size_t (*shared_bytes)(const struct params *params); /* NULL: none */
	int (*prepare)(void *shared, struct params *params); /* once; as configure */
	int (*verify)(const void *shared, const struct params *params, uint64_t checksum); /* 0 or -EBADMSG */
	/*
	 * Which pieces of the shared area run() of items [begin, end) of a phase writes, in any order, except
	 * those that only the item itself reads; they do not overlap those of other items of the phase, and
	 * may be empty. Hosts that share no memory send them to each other after the phase, after the
	 * last one to where verify() is called, and then each calls between() on its own copy. Nothing else
	 * moves between hosts: enter() of one host's workers has to leave its whole copy ready for any item.
	 * NULL: unknown, so the workers have to be on one host, unless there is no shared area.
	 */
	void (*writes)(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		       kernel_piece *piece, void *arg);
	/* Around one case's jobs, before the first launch and after the last end: descriptors, fresh state.
	 * open: as configure; -EOPNOTSUPP when this number of workers is out of reach. */
	int (*open)(void *shared, struct params *params, uint32_t workers);
	uint64_t (*pause)(const struct params *params); /* ns, untimed: the caller computes for so long before
							   each job. NULL: jobs follow at once */
	void (*close)(void *shared, const struct params *params); /* also after failed jobs */

	/* In each worker, pinned and untimed: allocate `local`, touch memory first. 0 or -errno. */
	int (*enter)(struct context *ctx);
	void (*leave)(struct context *ctx);

	/* Timed. */
	void (*crash)(struct context *ctx); /* NULL: it never does on purpose */
	uint64_t (*run)(struct context *ctx, uint64_t begin, uint64_t end);
	void (*between)(void *shared, const struct params *params,
			uint32_t phase); /* rank 0, after `phase` */
};

/* writes() of a kernel whose items only read the shared area, or have none. */
static inline void kernel_writes_nothing(const struct params *params, uint32_t phase, uint64_t begin,
					 uint64_t end, kernel_piece *piece, void *arg)
{
	(void)params, (void)phase, (void)begin, (void)end, (void)piece, (void)arg;
}

#endif
