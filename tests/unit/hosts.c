#include "tests/unit/hosts.h"

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/mix.h"
#include "kernels/registry.h"

enum { HOSTS_MAX = 3, WORKERS_MAX = 3, SEEDS = 3, CHUNKS = 12 };
enum { LARGE = 1 << 20 }; /* bytes of an area that is tried with one partition only */

struct chunk {
	uint64_t begin, end;
	uint32_t host;
};

struct host {
	unsigned char *area;
	struct context worker[WORKERS_MAX];
	uint32_t workers;
	unsigned char garbage;
};

struct hosts {
	struct rig rig; /* its area: how all copies begin */
	struct spoiling spoiling;
	struct host host[HOSTS_MAX];
	uint32_t count;
	struct host alone;            /* one that does all items */
	unsigned char *private;       /* which bytes it has written and told nobody of */
	unsigned char *before, *told; /* an area before a phase; which bytes its items tell of */
	uint64_t checksum, expected, random;
};

/* ---- what the kernel tells ---- */

/* Item by item, and all in one: inside, apart, and the same bytes. */
static const char *check_pieces(const struct hosts *h, uint32_t phase)
{
	uint64_t items = kernel_items(h->rig.kernel, &h->rig.params);
	struct marks single = {.byte = h->told, .bytes = h->rig.bytes};
	struct marks whole = {.byte = h->before, .bytes = h->rig.bytes};

	memset(h->told, 0, h->rig.bytes);
	memset(h->before, 0, h->rig.bytes);
	for (uint64_t i = 0; i < items; i++)
		tell(&h->rig, &h->spoiling, phase, i, i + 1, mark_piece, &single);
	tell(&h->rig, &h->spoiling, phase, 0, items, mark_piece, &whole);
	if (single.outside || whole.outside)
		return "a piece lies outside of the area";
	if (single.twice || whole.twice)
		return "pieces overlap";
	return memcmp(h->told, h->before, h->rig.bytes) == 0
		       ? NULL
		       : "item by item other pieces are told than at once";
}

/* ---- a phase ---- */

/* A few chunks of random lengths, each of a random host. */
static uint32_t cut(struct hosts *h, struct chunk chunk[CHUNKS])
{
	uint64_t items = kernel_items(h->rig.kernel, &h->rig.params), begin = 0;
	uint32_t count = 0;

	for (; begin < items; count++) {
		uint64_t most = (items - begin) / 4 + 1, length = 1 + splitmix64(&h->random) % most;

		if (count + 1 == CHUNKS)
			length = items - begin;
		chunk[count] = (struct chunk){begin, begin + length,
					      (uint32_t)(splitmix64(&h->random) % h->count)};
		begin += length;
	}
	return count;
}

/* What items have written and do not tell of nobody needs: it is forgotten. */
static void run_chunks(struct hosts *h, uint32_t who, const struct chunk *chunk, uint32_t count,
		       uint32_t phase)
{
	struct host *host = &h->host[who];
	struct marks told = {.byte = h->told, .bytes = h->rig.bytes};

	memcpy(h->before, host->area, h->rig.bytes);
	memset(h->told, 0, h->rig.bytes);
	for (uint32_t i = 0; i < count; i++) {
		struct context *ctx = &host->worker[splitmix64(&h->random) % host->workers];

		if (chunk[i].host != who)
			continue;
		ctx->phase = phase;
		h->checksum += h->rig.kernel->run(ctx, chunk[i].begin, chunk[i].end);
		tell(&h->rig, &h->spoiling, phase, chunk[i].begin, chunk[i].end, mark_piece, &told);
	}
	for (size_t i = 0; i < h->rig.bytes; i++)
		if (!h->told[i] && host->area[i] != h->before[i])
			host->area[i] = h->spoiling.garbage;
}

struct copy {
	unsigned char *to;
	const unsigned char *from;
};

static void copy_piece(void *arg, size_t offset, size_t bytes)
{
	struct copy *copy = arg;

	memcpy(copy->to + offset, copy->from + offset, bytes);
}

/* After the last phase host 0 alone gets all. */
static void exchange(struct hosts *h, const struct chunk *chunk, uint32_t count, uint32_t phase, bool last)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t to = 0; to < (last ? 1 : h->count); to++)
			if (to != chunk[i].host)
				tell(&h->rig, &h->spoiling, phase, chunk[i].begin, chunk[i].end, copy_piece,
				     &(struct copy){h->host[to].area, h->host[chunk[i].host].area});
}

static void spoil_piece(void *arg, size_t offset, size_t bytes)
{
	const struct host *host = arg;

	memset(host->area + offset, host->garbage, bytes);
}

/* The same phase by the one that does all. */
static void run_alone(struct hosts *h, uint32_t phase)
{
	uint64_t items = kernel_items(h->rig.kernel, &h->rig.params);
	struct marks told = {.byte = h->told, .bytes = h->rig.bytes};

	memcpy(h->before, h->alone.area, h->rig.bytes);
	memset(h->told, 0, h->rig.bytes);
	h->alone.worker[0].phase = phase;
	h->expected += h->rig.kernel->run(&h->alone.worker[0], 0, items);
	tell(&h->rig, &h->spoiling, phase, 0, items, mark_piece, &told);
	for (size_t i = 0; i < h->rig.bytes; i++)
		h->private[i] = !h->told[i] && (h->private[i] || h->alone.area[i] != h->before[i]);
}

static void between(const struct hosts *h, const struct host *host, uint32_t phase)
{
	if (h->rig.kernel->between)
		h->rig.kernel->between(host->area, &h->rig.params, phase);
}

static bool is_alike(const struct hosts *h, const struct host *host)
{
	if (memcmp(host->area, h->alone.area, h->rig.bytes) == 0)
		return true;
	for (size_t i = 0; i < h->rig.bytes; i++)
		if (host->area[i] != h->alone.area[i] && !h->private[i])
			return false;
	return true;
}

/* Before the phase, what it is going to write is garbage everywhere: no earlier phase has left it right. */
static const char *check_phase(struct hosts *h, uint32_t phase, bool last)
{
	const struct kernel *k = h->rig.kernel;
	struct chunk chunk[CHUNKS];
	uint32_t count = cut(h, chunk);

	for (uint32_t i = 0; i < h->count; i++)
		k->writes(&h->rig.params, phase, 0, kernel_items(k, &h->rig.params), spoil_piece,
			  &h->host[i]);
	for (uint32_t i = 0; i < h->count; i++)
		run_chunks(h, i, chunk, count, phase);
	exchange(h, chunk, count, phase, last);
	run_alone(h, phase);
	between(h, &h->alone, phase);
	for (uint32_t i = 0; i < h->count; i++)
		between(h, &h->host[i], phase);
	for (uint32_t i = 0; i < (last ? 1 : h->count); i++)
		if (!is_alike(h, &h->host[i]))
			return "a host does not have what a sequential run has written";
	return NULL;
}

/* ---- a job ---- */

static void enter(const struct hosts *h, struct host *host, uint32_t workers)
{
	const struct kernel *k = h->rig.kernel;

	memcpy(host->area, h->rig.shared, h->rig.bytes);
	host->workers = workers;
	for (uint32_t w = 0; w < workers; w++) {
		host->worker[w] = (struct context){
			.shared = host->area, .params = &h->rig.params, .rank = w, .workers = workers};
		if (k->enter)
			assert_int_equal(k->enter(&host->worker[w]), 0);
	}
}

static void leave(const struct hosts *h, struct host *host)
{
	for (uint32_t w = 0; w < host->workers; w++)
		if (h->rig.kernel->leave)
			h->rig.kernel->leave(&host->worker[w]);
}

/* All bytes, also those that no phase writes. */
static const char *check_result(const struct hosts *h)
{
	struct rig result = h->rig;

	result.shared = h->host[0].area;
	if (h->checksum != h->expected)
		return "the checksum is not the sequential one";
	if (rig_verify(&result, h->checksum) != 0)
		return "verify() refuses the result on host 0";
	return memcmp(result.shared, h->alone.area, h->rig.bytes) == 0
		       ? NULL
		       : "host 0 does not have the area that a sequential run leaves";
}

static const char *check_job(struct hosts *h)
{
	uint32_t phases = kernel_phases(h->rig.kernel, &h->rig.params);
	const char *wrong = NULL;

	h->checksum = h->expected = 0;
	memset(h->private, 0, h->rig.bytes);
	enter(h, &h->alone, 1);
	for (uint32_t i = 0; i < h->count; i++)
		enter(h, &h->host[i], 1 + (uint32_t)(splitmix64(&h->random) % WORKERS_MAX));
	for (uint32_t phase = 0; !wrong && phase < phases; phase++)
		wrong = check_phase(h, phase, phase + 1 == phases);
	leave(h, &h->alone);
	for (uint32_t i = 0; i < h->count; i++)
		leave(h, &h->host[i]);
	return wrong ? wrong : check_result(h);
}

static const char *check_jobs(struct hosts *h)
{
	bool large = h->rig.bytes > LARGE;
	const char *wrong = NULL;

	for (uint32_t phase = 0; !wrong && phase < kernel_phases(h->rig.kernel, &h->rig.params); phase++)
		wrong = check_pieces(h, phase);
	for (h->count = 2; !wrong && h->count <= HOSTS_MAX; h->count++)
		for (uint64_t seed = 1; !wrong && seed <= (large ? 1 : SEEDS); seed++) {
			h->random = seed;
			wrong = check_job(h);
		}
	return wrong;
}

static unsigned char *take(const struct hosts *h)
{
	void *area = NULL;

	assert_int_equal(posix_memalign(&area, 4096, h->rig.bytes ? h->rig.bytes : 1), 0);
	return area;
}

static void take_all(struct hosts *h)
{
	h->before = take(h);
	h->told = take(h);
	h->private = take(h);
	h->alone.area = take(h);
	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		h->host[i] = (struct host){.area = take(h), .garbage = h->spoiling.garbage};
}

static void free_all(struct hosts *h)
{
	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		free(h->host[i].area);
	free(h->alone.area);
	free(h->private);
	free(h->told);
	free(h->before);
	rig_teardown(&h->rig);
}

const char *hosts_check(const struct kernel *kernel, uint64_t size, const struct spoiling *spoiling)
{
	struct hosts h = {.spoiling = *spoiling};
	const char *wrong;

	rig_setup(&h.rig, kernel, size, NULL);
	memset(h.rig.shared, spoiling->garbage, h.rig.bytes);
	if (kernel->prepare)
		assert_int_equal(kernel->prepare(h.rig.shared, &h.rig.params), 0);
	take_all(&h);
	wrong = check_jobs(&h);
	free_all(&h);
	return wrong;
}
