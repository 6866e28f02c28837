/*
 * Work in Python: its bytecode, which one thread at a time may run where there is a GIL, on objects of each
 * worker's own and on one that all share; and C code that gives the GIL away while it computes. The same
 * runners as everywhere launch the workers; as in Python itself, threads share an interpreter (or each has a
 * sub-interpreter), a forked child inherits it, and a spawned one begins its own.
 */
#include "kernels/params.h"
#include "kernels/python/embed.h"
#include "kernels/python/find.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

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

/*
 * One counter that all add to, in turns, as Python's manual has it: threads an attribute behind a Lock,
 * processes a multiprocessing.Value behind its own. open() makes both; it is found again in the module sys,
 * which all threads share and a forked child inherits.
 */
static const char shared_source[] =
	"import os, sys, threading\n"
	"class Shared:\n"
	"    def __init__(self):\n"
	"        self.lock, self.total, self.home = threading.Lock(), 0, os.getpid()\n"
	"        try:\n"
	"            import multiprocessing\n"
	"            self.value = multiprocessing.get_context('fork').Value('Q')\n"
	"        except ImportError as error:\n"
	"            self.value, self.why = None, error\n"
	"shared = sys.__dict__.setdefault('_pvt_shared', None) or Shared()\n"
	"sys._pvt_shared = shared\n"
	"if os.getpid() == shared.home:\n"
	"    def work(begin, end):\n"
	"        lock, total = shared.lock, 0\n"
	"        for i in range(begin + 1, end + 1):\n"
	"            with lock:\n"
	"                shared.total += 1\n"
	"            total += i\n"
	"        return total\n"
	"elif shared.value:\n"
	"    def work(begin, end):\n"
	"        value, total = shared.value, 0\n"
	"        lock = value.get_lock()\n"
	"        for i in range(begin + 1, end + 1):\n"
	"            with lock:\n"
	"                value.value += 1\n"
	"            total += i\n"
	"        return total\n"
	"else:\n"
	"    raise ImportError('no shared memory for processes: %s' % shared.why)\n";

/* How often all workers of this cell have added, whichever way. */
static const char total_source[] = "import sys\n"
				   "def work(begin, end):\n"
				   "    shared = sys._pvt_shared\n"
				   "    return shared.total + (shared.value.value if shared.value else 0)\n";

/* The shared area. */
struct area {
	struct python_place place;
	atomic_int entering;       /* who makes or ends a sub-interpreter is alone */
	atomic_uint_fast64_t done; /* items of python-shared, as the workers count them outside Python */
};

static int configure(struct params *params)
{
	return params_limit(params, UINT32_MAX);
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct area);
}

/* In turns, where each makes an interpreter. */
static int enter_in_turn(struct area *area, const char *source, struct python_worker **worker, char *why,
			 size_t why_bytes)
{
	bool turns = area->place.own_gil;

	while (turns && atomic_exchange(&area->entering, 1))
		sched_yield();
	int error = python_enter(source, turns, worker, why, why_bytes);
	if (turns)
		atomic_store(&area->entering, 0);
	return error;
}

static void leave_in_turn(struct area *area, struct python_worker *worker)
{
	bool turns = area->place.own_gil;

	while (turns && atomic_exchange(&area->entering, 1))
		sched_yield();
	python_leave(worker);
	if (turns)
		atomic_store(&area->entering, 0);
}

/* Looks whether it can be done at all, which a Python without its modules shows only when it is tried. */
static int try(struct area *area, struct params *params, const char *source)
{
	struct python_worker *worker;
	int error = python_begin(&area->place, params->why, sizeof params->why);

	if (!error)
		error = enter_in_turn(area, source, &worker, params->why, sizeof params->why);
	if (!error)
		leave_in_turn(area, worker);
	return error;
}

static int prepare_for(void *shared, struct params *params, const char *source)
{
	struct area *area = shared;
	int error = python_find(params->input, &area->place, params->why, sizeof params->why);

	return error ? error : try(area, params, source);
}

static int prepare_loop(void *area, struct params *params)
{
	return prepare_for(area, params, loop_source);
}

static int prepare_hash(void *area, struct params *params)
{
	return prepare_for(area, params, hash_source);
}

/* From here on what the workers say that they have done is what has to be added. */
static int begin_count(struct area *area, struct params *params)
{
	struct python_worker *worker;
	int error = try(area, params, shared_source);

	if (!error)
		error = python_enter(total_source, false, &worker, params->why, sizeof params->why);
	if (error)
		return error;
	atomic_store(&area->done, python_work(worker, 0, 0));
	python_leave(worker);
	return 0;
}

static int prepare_shared(void *shared, struct params *params)
{
	struct area *area = shared;
	int error = python_find(params->input, &area->place, params->why, sizeof params->why);

	if (!error && area->place.own_gil)
		return params_fail(params, EOPNOTSUPP, "sub-interpreters share no objects");
	return error ? error : begin_count(area, params);
}

static int open(void *area, struct params *params, uint32_t workers)
{
	(void)workers;
	return python_begin(&((struct area *)area)->place, params->why, sizeof params->why);
}

/* What is shared has to be there before anybody is forked. */
static int open_shared(void *area, struct params *params, uint32_t workers)
{
	(void)workers;
	return begin_count(area, params);
}

/* Who was spawned has no interpreter yet. */
static int enter_with(struct context *ctx, const char *source)
{
	struct area *area = ctx->shared;
	struct python_worker *worker = NULL;
	char why[200] = "";
	int error = python_begin(&area->place, why, sizeof why);

	if (!error)
		error = enter_in_turn(area, source, &worker, why, sizeof why);
	ctx->local = worker;
	if (error)
		fprintf(stderr, "pvt: a worker has no Python: %s\n", why);
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

static int enter_shared(struct context *ctx)
{
	return enter_with(ctx, shared_source);
}

static void leave(struct context *ctx)
{
	leave_in_turn(ctx->shared, ctx->local);
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	return python_work(ctx->local, begin, end);
}

static uint64_t run_shared(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct area *area = ctx->shared;
	uint64_t sum = python_work(ctx->local, begin, end);

	atomic_fetch_add(&area->done, end - begin);
	return sum;
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

/* The items are the right ones, and each has been added to what all share: not to a copy of it. */
static int verify_shared(const void *shared, const struct params *params, uint64_t checksum)
{
	const struct area *area = shared;
	struct python_worker *worker;
	char why[200];
	uint64_t n = params->size, total;

	if (python_enter(total_source, false, &worker, why, sizeof why))
		return -EBADMSG;
	total = python_work(worker, 0, 0);
	python_leave(worker);
	return n * (n + 1) / 2 == checksum && total == atomic_load(&area->done) ? 0 : -EBADMSG;
}

static struct cost cost_of_hash(const struct params *params)
{
	(void)params;
	return (struct cost){.per_item = 262144, .unit = "B"};
}

#define PYTHON .abi = KERNEL_ABI, .configure = configure, .shared_bytes = shared_bytes, .leave = leave

const struct kernel kernel_python_loop = {
	PYTHON,
	.needs = KERNEL_NEEDS_INTERPRETER,
	.open = open,
	.run = run,
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
	.needs = KERNEL_NEEDS_INTERPRETER,
	.open = open,
	.run = run,
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

const struct kernel kernel_python_shared = {
	PYTHON,
	.needs = KERNEL_NEEDS_INTERPRETER | KERNEL_NEEDS_INHERITANCE,
	.open = open_shared,
	.run = run_shared,
	.name = "python-shared",
	.help = "a counter behind a lock in Python, which all workers add to",
	.item = "addition",
	.size_unit = "additions",
	.sizes = {10000, 100000, 2000000},
	.prepare = prepare_shared,
	.enter = enter_shared,
	.verify = verify_shared,
};
