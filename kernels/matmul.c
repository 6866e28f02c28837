/*
 * C = A * B in double, what machines are ranked by: compute-bound if it is blocked well, so workers should
 * not be in each other's way. Phase 0 packs B into panels that a core can stream (K. Goto, R. van de Geijn:
 * Anatomy of high-performance matrix multiplication, 2008); phase 1 makes one tile of C an item.
 *
 * The matrices hold small integers: every sum is exact in double, in any order, and the product can be
 * checked.
 */
#include "kernels/gemm.h"
#include "kernels/mix.h"
#include "kernels/params.h"
#include "kernels/touch.h"

#include <errno.h>
#include <stdlib.h>

enum { TILE = 48, TILES_ACROSS = 12, TILE_GROWTH_MAX = 3, DEPTH = 384 };
_Static_assert(TILE % GEMM_ROWS == 0 && TILE % GEMM_PANEL == 0, "a tile is made of whole register blocks");

/* Square arrays of `stride` doubles a row, a multiple of `tile`; what lies beyond the order is zero. */
struct layout {
	uint64_t order, tile, stride;
	double *c, *a, *b, *panels;
};

/* Tiles grow with the order, for they are reused as often as they are wide, while 144 are left to deal. */
static uint64_t tile_of(const struct params *params)
{
	uint64_t growth = params->size / TILE / TILES_ACROSS;

	return TILE * (growth < 1 ? 1 : growth < TILE_GROWTH_MAX ? growth : TILE_GROWTH_MAX);
}

static uint64_t stride_of(const struct params *params)
{
	return ceil_div(params->size, tile_of(params)) * tile_of(params);
}

static struct layout layout(const void *shared, const struct params *params)
{
	uint64_t stride = stride_of(params), area = stride * stride;
	double *base = (double *)(uintptr_t)shared;

	return (struct layout){.order = params->size,
			       .tile = tile_of(params),
			       .stride = stride,
			       .c = base,
			       .a = base + area,
			       .b = base + 2 * area,
			       .panels = base + 3 * area};
}

static int configure(struct params *params)
{
	double padded = (double)params->size + TILE * TILE_GROWTH_MAX;

	return params_fit(params, 4 * padded * padded * sizeof(double));
}

static uint64_t items(const struct params *params)
{
	uint64_t side = stride_of(params) / tile_of(params);

	return side * side;
}

static uint32_t phases(const struct params *params)
{
	(void)params;
	return 2;
}

static struct cost cost(const struct params *params)
{
	double n = (double)params->size;

	return (struct cost){.per_item = 2 * n * n * n / (double)items(params), .unit = "FLOP"};
}

static size_t shared_bytes(const struct params *params)
{
	return 4 * stride_of(params) * stride_of(params) * sizeof(double);
}

/* Untimed: the pages that phases 0 and 1 write come into being. */
static int enter(struct context *ctx)
{
	struct layout m = layout(ctx->shared, ctx->params);

	touch_share(ctx, m.c, m.stride * m.stride * sizeof(double));
	touch_share(ctx, m.panels, m.stride * m.stride * sizeof(double));
	return 0;
}

static int prepare(void *shared, struct params *params)
{
	struct layout m = layout(shared, params);
	uint64_t state = 0;

	for (uint64_t i = 0; i < m.order; i++)
		for (uint64_t j = 0; j < m.order; j++) {
			uint64_t random = splitmix64(&state);

			m.a[i * m.stride + j] = (double)(random % 16) - 8;
			m.b[i * m.stride + j] = (double)(random / 16 % 16) - 8;
		}
	return 0;
}

/* Panel p holds columns p * GEMM_PANEL .. of B, row after row without a gap. */
static void pack_row(const struct layout *m, uint64_t row)
{
	for (uint64_t column = 0; column < m->order; column += GEMM_PANEL) {
		double *to = m->panels + column * m->order + row * GEMM_PANEL;

		for (uint64_t j = 0; j < GEMM_PANEL; j++)
			to[j] = m->b[row * m->stride + column + j];
	}
}

static uint64_t multiply_tile(const struct layout *m, uint64_t top, uint64_t left)
{
	uint64_t bottom = top + m->tile < m->order ? top + m->tile : m->order;
	uint64_t right = left + m->tile < m->order ? left + m->tile : m->order;
	int64_t sum = 0;

	for (uint64_t k = 0; k < m->order; k += DEPTH) {
		uint64_t depth = m->order - k < DEPTH ? m->order - k : DEPTH;

		for (uint64_t column = left; column < right; column += GEMM_PANEL)
			for (uint64_t row = top; row < bottom; row += GEMM_ROWS)
				gemm_block(m->a + row * m->stride + k,
					   m->panels + column * m->order + k * GEMM_PANEL,
					   m->c + row * m->stride + column, m->stride, depth, k == 0);
	}
	for (uint64_t row = top; row < bottom; row++)
		for (uint64_t column = left; column < right; column++)
			sum += (int64_t)m->c[row * m->stride + column];
	return (uint64_t)sum;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct layout m = layout(ctx->shared, ctx->params);
	uint64_t count = items(ctx->params), side = m.stride / m.tile, sum = 0;

	if (ctx->phase == 0) {
		for (uint64_t row = split(m.order, begin, count); row < split(m.order, end, count); row++)
			pack_row(&m, row);
		return 0;
	}
	for (uint64_t i = begin; i < end; i++)
		sum += multiply_tile(&m, i / side * m.tile, i % side * m.tile);
	return sum;
}

/* Pieces of `width` doubles, `stride` apart, the first one at double `at`; a single one, if they touch. */
static void tell_rows(uint64_t at, uint64_t rows, uint64_t width, uint64_t stride, kernel_piece *piece,
		      void *arg)
{
	if (width == stride) {
		width *= rows;
		rows = 1;
	}
	for (uint64_t row = 0; row < rows; row++)
		piece(arg, (at + row * stride) * sizeof(double), width * sizeof(double));
}

/* Of each panel the rows of B that the items pack. */
static void tell_panels(const struct params *params, uint64_t begin, uint64_t end, kernel_piece *piece,
			void *arg)
{
	uint64_t order = params->size, stride = stride_of(params), count = items(params);
	uint64_t first = split(order, begin, count), past = split(order, end, count);

	tell_rows(3 * stride * stride + first * GEMM_PANEL, ceil_div(order, GEMM_PANEL),
		  (past - first) * GEMM_PANEL, order * GEMM_PANEL, piece, arg);
}

/* Neighbours in a row of tiles are as one; at the edges, whole register blocks are written. */
static void tell_tiles(const struct params *params, uint64_t begin, uint64_t end, kernel_piece *piece,
		       void *arg)
{
	uint64_t tile = tile_of(params), stride = stride_of(params), side = stride / tile;
	uint64_t bottom = ceil_div(params->size, GEMM_ROWS) * GEMM_ROWS;
	uint64_t edge = ceil_div(params->size, GEMM_PANEL) * GEMM_PANEL;

	for (uint64_t past; begin < end; begin = past) {
		uint64_t top = begin / side * tile, left = begin % side * tile, right;

		past = (begin / side + 1) * side < end ? (begin / side + 1) * side : end;
		right = left + (past - begin) * tile < edge ? left + (past - begin) * tile : edge;
		tell_rows(top * stride + left, (top + tile < bottom ? top + tile : bottom) - top,
			  right - left, stride, piece, arg);
	}
}

static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	if (phase == 0)
		tell_panels(params, begin, end, piece, arg);
	else
		tell_tiles(params, begin, end, piece, arg);
}

/* One row of a matrix times x; false if there is an element that no sum of small integers can be. */
static bool row_times(const double *row, const double *x, uint64_t order, double *product)
{
	*product = 0;
	for (uint64_t j = 0; j < order; j++) {
		if (!(row[j] >= -0x1p40 && row[j] <= 0x1p40) || row[j] != (double)(int64_t)row[j])
			return false;
		*product += row[j] * x[j];
	}
	return true;
}

/*
 * C x = A (B x) for a fixed x without zeros (R. Freivalds: Probabilistic machines can use less running time,
 * 1977), and the sum of C from the column sums of A and the row sums of B. All of it is exact.
 */
static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	struct layout m = layout(shared, params);
	double *x = calloc(3 * m.order, sizeof(*x)), *y = x + m.order, *columns = y + m.order;
	double cx, abx, row_sum, sum = 0;
	bool good = true;

	if (!x)
		return -ENOMEM;
	for (uint64_t j = 0; j < m.order; j++)
		x[j] = 1 + (double)(mix64(j) % 1024);
	for (uint64_t k = 0; k < m.order; k++)
		good = row_times(m.b + k * m.stride, x, m.order, &y[k]) && good;
	for (uint64_t i = 0; i < m.order; i++) {
		good = row_times(m.a + i * m.stride, y, m.order, &abx) &&
		       row_times(m.c + i * m.stride, x, m.order, &cx) && cx == abx && good;
		for (uint64_t k = 0; k < m.order; k++)
			columns[k] += m.a[i * m.stride + k];
	}
	for (uint64_t k = 0; k < m.order; k++) {
		row_sum = 0;
		for (uint64_t j = 0; j < m.order; j++)
			row_sum += m.b[k * m.stride + j];
		sum += columns[k] * row_sum;
	}
	free(x);
	return good && (uint64_t)(int64_t)sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_matmul = {
	.abi = KERNEL_ABI,
	.name = "matmul",
	.help = "product of two square matrices of doubles, blocked for registers and caches",
	.item = "square tile of the product",
	.size_unit = "matrix order",
	.sizes = {384, 768, 2048},
	.configure = configure,
	.items = items,
	.phases = phases,
	.cost = cost,
	.shared_bytes = shared_bytes,
	.prepare = prepare,
	.verify = verify,
	.writes = writes,
	.enter = enter,
	.run = run,
};
