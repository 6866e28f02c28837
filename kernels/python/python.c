/*
 * Work in Python: its bytecode, which one thread at a time may run where there is a GIL, and C code that
 * gives the GIL away while it computes. The same runners as everywhere launch the workers; as in Python
 * itself, threads share an interpreter, a forked child inherits it, and a spawned one begins its own.
 */
#include "kernels/params.h"
#include "kernels/python/embed.h"
#include "kernels/python/find.h"

#include <errno.h>

/* The first 8 bytes of `head -c 262144 /dev/zero | sha256sum`. */
#define DIGEST UINT64_C(0x8a39d2abd3999ab7)
#define BUFFER "262144"

static const char loop_source[] = "def work(begin, end):\n"
				  "    total = 0\n"
				  "    for i in range(begin + 1, end + 1):\n"
				  "        total += i * i\n"
				  "    return total\n";

/* The sha256 that came with Python before 3.12 keeps the GIL; OpenSSL's, which is the usual one, does not. */
static const char hash_source[] =
	"import sys\n"
	"from hashlib import sha256\n"
	"if sys.version_info < (3, 12) and sha256.__name__ != 'openssl_sha256':\n"
	"    raise ImportError('this Python has no OpenSSL: its own sha256 keeps the GIL')\n"
	"buffer = bytes(" BUFFER ")\n"
	"def work(begin, end):\n"
	"    total = 0\n"
	"    for i in range(begin + 1, end + 1):\n"
	"        total += i * int.from_bytes(sha256(buffer).digest()[:8], 'big')\n"
	"    return total\n";

static int configure(struct params *params)
{
	return params_limit(params, UINT32_MAX);
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct python_place);
}

/* Looks whether it can be done at all, which a Python without its modules shows only when it is tried. */
static int prepare_for(void *area, struct params *params, const char *source)
{
	struct python_worker *worker;
	int error = python_find(area, params->why, sizeof params->why);

	if (!error)
		error = python_begin(area, params->why, sizeof params->why);
	if (!error)
		error = python_enter(source, &worker, params->why, sizeof params->why);
	if (!error)
		python_leave(worker);
	return error;
}

static int prepare_loop(void *area, struct params *params)
{
	return prepare_for(area, params, loop_source);
}

static int prepare_hash(void *area, struct params *params)
{
	return prepare_for(area, params, hash_source);
}

static int open(void *area, struct params *params, uint32_t workers)
{
	(void)workers;
	return python_begin(area, params->why, sizeof params->why);
}

/* Who was spawned has no interpreter yet. */
static int enter_with(struct context *ctx, const char *source)
{
	struct python_worker *worker = NULL;
	char why[200];
	int error = python_begin(ctx->shared, why, sizeof why);

	if (!error)
		error = python_enter(source, &worker, why, sizeof why);
	ctx->local = worker;
	return error;
}

static int enter_loop(struct context *ctx)
{
	return enter_with(ctx, loop_source);
}

static int enter_hash(struct context *ctx)
{
	return enter_with(ctx, hash_source);
}

static void leave(struct context *ctx)
{
	python_leave(ctx->local);
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	return python_work(ctx->local, begin, end);
}

/* 1 + 4 + .. + n^2: as square's. */
static int verify_loop(const void *area, const struct params *params, uint64_t checksum)
{
	uint64_t n = params->size;
	unsigned __int128 sum = (unsigned __int128)n * (n + 1) * (2 * n + 1) / 6;

	(void)area;
	return (uint64_t)sum == checksum ? 0 : -EBADMSG;
}

/* Item i adds i times the digest, so that it matters which items were done. */
static int verify_hash(const void *area, const struct params *params, uint64_t checksum)
{
	uint64_t n = params->size;

	(void)area;
	return DIGEST * (n * (n + 1) / 2) == checksum ? 0 : -EBADMSG;
}

static struct cost cost_of_hash(const struct params *params)
{
	(void)params;
	return (struct cost){.per_item = 262144, .unit = "B"};
}

#define PYTHON                                                                        \
	.abi = KERNEL_ABI, .needs = KERNEL_NEEDS_INTERPRETER, .configure = configure, \
	.shared_bytes = shared_bytes, .open = open, .leave = leave, .run = run

const struct kernel kernel_python_loop = {
	PYTHON,
	.name = "python-loop",
	.help = "sum of squares in Python bytecode, which holds the GIL",
	.item = "turn of the loop",
	.size_unit = "turns",
	.sizes = {20000, 400000, 4000000},
	.prepare = prepare_loop,
	.enter = enter_loop,
	.verify = verify_loop,
};

const struct kernel kernel_python_hash = {
	PYTHON,
	.name = "python-hash",
	.help = "SHA-256 from Python, in C code that releases the GIL",
	.item = "buffer of 256 KiB",
	.size_unit = "buffers",
	.sizes = {8, 128, 1280},
	.prepare = prepare_hash,
	.enter = enter_hash,
	.cost = cost_of_hash,
	.verify = verify_hash,
};
