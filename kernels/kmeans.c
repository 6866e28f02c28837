/*
 * k-means (S. Lloyd: Least squares quantization in PCM, 1982): a parallel pass and a reduction, five times
 * over, which is what most iterative codes look like. Each item leaves its sums in a slot of its own, the
 * reduction is serial, and every phase has its own centroids, so nothing needs resetting.
 *
 * Coordinates are integers and centroids are rounded to sixteenths: all sums and distances are exact.
 */
#include "kernels/mix.h"
#include "kernels/params.h"

#include <errno.h>
#include <math.h>

enum { DIM = 8, K = 16, ROUNDS = 5, BLOCK = 128, ITEMS_MAX = 1024, CENTRE = 1000, NOISE = 250 };

typedef double octet __attribute__((vector_size(8 * sizeof(double)), may_alias));

struct sums {
	double sum[K][DIM], count[K];
};

struct layout {
	uint8_t *labels;             /* of the last round run */
	double (*centroids)[DIM][K]; /* ROUNDS + 1 sets */
	struct sums *slots;          /* one an item */
	double (*points)[DIM];
	size_t bytes;
};

static uint64_t items(const struct params *params)
{
	uint64_t blocks = ceil_div(params->size, BLOCK);

	return blocks < ITEMS_MAX ? blocks : ITEMS_MAX;
}

static struct layout layout(const void *shared, const struct params *params)
{
	uintptr_t base = (uintptr_t)shared; /* a number: shared may be NULL */
	size_t centroids = to_line(params->size);
	size_t slots = centroids + to_line((ROUNDS + 1) * sizeof(double[DIM][K]));
	size_t points = slots + to_line(items(params) * sizeof(struct sums));

	return (struct layout){.labels = (uint8_t *)base,
			       .centroids = (double(*)[DIM][K])(base + centroids),
			       .slots = (struct sums *)(base + slots),
			       .points = (double(*)[DIM])(base + points),
			       .bytes = points + params->size * sizeof(double[DIM])};
}

static int configure(struct params *params)
{
	return params_fit(params, (double)params->size * (sizeof(double[DIM]) + 1) + 0x1p21);
}

static uint32_t phases(const struct params *params)
{
	(void)params;
	return ROUNDS;
}

/* A subtraction, a multiplication and an addition per point, centroid, dimension and round. */
static struct cost cost(const struct params *params)
{
	return (struct cost){.per_item = 3.0 * DIM * K * ROUNDS * (double)params->size /
					 (double)items(params),
			     .unit = "FLOP"};
}

static size_t shared_bytes(const struct params *params)
{
	return layout(NULL, params).bytes;
}

/* Two centres differ in two coordinates by 2000 or more; noise moves a point by 250 at most in each. */
static double true_centre(uint64_t cluster, uint64_t d)
{
	return cluster >> d % 4 & 1 ? CENTRE : -CENTRE;
}

/* The first K points, one of each cluster, are the first centroids; where there are fewer, point 0 is again.
 */
static uint64_t true_cluster(uint64_t point)
{
	return point < K ? point : mix64(point) % K;
}

static int prepare(void *shared, struct params *params)
{
	struct layout area = layout(shared, params);
	uint64_t state = 0;

	for (uint64_t i = 0; i < params->size; i++)
		for (uint64_t d = 0; d < DIM; d++)
			area.points[i][d] = true_centre(true_cluster(i), d) +
					    (double)(splitmix64(&state) % (2 * NOISE + 1)) - NOISE;
	for (uint64_t c = 0; c < K; c++)
		for (uint64_t d = 0; d < DIM; d++)
			area.centroids[0][d][c] = area.points[c < params->size ? c : 0][d];
	return 0;
}

/*
 * Squared distances are exact multiples of 1/256 below 2^25: with the label in the bits below, the least of
 * them is found without a branch, which random labels would mispredict.
 */
static uint8_t nearest(const double point[DIM], const octet centroids[DIM][K / 8])
{
	octet sum[K / 8] = {{0}};
	double key[K], least;

	for (int d = 0; d < DIM; d++)
		for (int v = 0; v < K / 8; v++) {
			octet apart = point[d] - centroids[d][v];

			sum[v] += apart * apart;
		}
	for (int c = 0; c < K; c++)
		key[c] = sum[c / 8][c % 8] * (256 * K) + c;
	least = key[0];
	for (int c = 1; c < K; c++)
		least = key[c] < least ? key[c] : least;
	return (uint8_t)((uint64_t)least % K);
}

static void add_point(struct sums *sums, const double point[DIM], uint64_t cluster)
{
	sums->count[cluster] += 1;
	for (int d = 0; d < DIM; d++)
		sums->sum[cluster][d] += point[d];
}

/* A coordinate of a cluster's mean, to the nearest sixteenth. */
static double centroid(const struct sums *sums, uint64_t cluster, uint64_t d)
{
	return rint(sums->sum[cluster][d] / sums->count[cluster] * 16) / 16;
}

static uint64_t run_item(const struct layout *area, const struct context *ctx, uint64_t item)
{
	uint64_t size = ctx->params->size, count = items(ctx->params), checksum = 0;
	uint64_t first = split(size, item, count), past = split(size, item + 1, count);
	const octet(*centroids)[K / 8] = (const void *)area->centroids[ctx->phase];
	struct sums sums = {0};

	for (uint64_t i = first; i < past; i++) {
		uint8_t label = nearest(area->points[i], centroids);

		area->labels[i] = label;
		add_point(&sums, area->points[i], label);
	}
	area->slots[item] = sums;
	for (uint64_t i = first; i < past; i++)
		checksum += (area->labels[i] + UINT64_C(1)) * (2 * i + 1);
	return checksum;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct layout area = layout(ctx->shared, ctx->params);
	uint64_t checksum = 0;

	for (uint64_t i = begin; i < end; i++)
		checksum += run_item(&area, ctx, i);
	return checksum;
}

/* The labels are read by nobody before the last round has written them. */
static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	struct layout area = layout(NULL, params);
	uint64_t count = items(params), first = split(params->size, begin, count);

	piece(arg, (size_t)(uintptr_t)area.slots + begin * sizeof(struct sums),
	      (end - begin) * sizeof(struct sums));
	if (phase + 1 == ROUNDS)
		piece(arg, first, split(params->size, end, count) - first);
}

/* The next centroids; a cluster without points keeps its own. */
static void between(void *shared, const struct params *params, uint32_t phase)
{
	struct layout area = layout(shared, params);
	struct sums total = {0};

	for (uint64_t i = 0; i < items(params); i++)
		for (int c = 0; c < K; c++) {
			total.count[c] += area.slots[i].count[c];
			for (int d = 0; d < DIM; d++)
				total.sum[c][d] += area.slots[i].sum[c][d];
		}
	for (uint64_t c = 0; c < K; c++)
		for (uint64_t d = 0; d < DIM; d++)
			area.centroids[phase + 1][d][c] = total.count[c] > 0 ? centroid(&total, c, d)
									     : area.centroids[phase][d][c];
}

/*
 * Clusters are so far apart that every round must find the true labels, which fixes the checksum and all
 * centroids; these must lie within six standard errors (of uniform noise) of the true centres, too.
 */
static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	struct layout area = layout(shared, params);
	struct sums total = {0};
	uint64_t sum = 0;

	for (uint64_t i = 0; i < params->size; i++) {
		uint64_t cluster = true_cluster(i);

		if (area.labels[i] != cluster)
			return -EBADMSG;
		add_point(&total, area.points[i], cluster);
		sum += ROUNDS * (cluster + 1) * (2 * i + 1);
	}
	for (uint64_t c = 0; c < K && total.count[c] > 0; c++)
		for (uint64_t d = 0; d < DIM; d++) {
			double found = area.centroids[ROUNDS][d][c], error = NOISE / sqrt(3 * total.count[c]);

			if (found != centroid(&total, c, d) ||
			    fabs(found - true_centre(c, d)) > 6 * error + 0.1)
				return -EBADMSG;
		}
	return sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_kmeans = {
	.abi = KERNEL_ABI,
	.name = "kmeans",
	.help = "five rounds of k-means, 16 clusters in 8 dimensions: a pass and a serial reduction each",
	.item = "block of 128 points or more",
	.size_unit = "points",
	.sizes = {2000, 20000, 500000},
	.configure = configure,
	.items = items,
	.phases = phases,
	.cost = cost,
	.shared_bytes = shared_bytes,
	.prepare = prepare,
	.verify = verify,
	.writes = writes,
	.run = run,
	.between = between,
};
