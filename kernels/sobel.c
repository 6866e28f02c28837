/*
 * The Sobel operator on a grey image (R. Duda, P. Hart: Pattern Classification and Scene Analysis, 1973,
 * p. 271): a stencil, read three rows, write one. Out comes the length of the gradient, rounded down; beyond
 * its edges the image goes on as at the edge.
 */
#include "kernels/mix.h"
#include "kernels/params.h"
#include "kernels/pnm.h"
#include "kernels/touch.h"

#include <errno.h>
#include <math.h>

enum { PERIOD = 128, SAMPLED_ROWS = 64 };

struct layout {
	uint32_t *out; /* extent[0] pixels wide, extent[1] high; like `in` */
	uint16_t *in;
	bool *generated;
	size_t bytes;
};

static struct layout layout(const void *shared, const struct params *params)
{
	uintptr_t base = (uintptr_t)shared; /* a number: shared may be NULL */
	size_t pixels = params->extent[0] * params->extent[1];
	size_t in = to_line(pixels * sizeof(uint32_t)), generated = in + to_line(pixels * sizeof(uint16_t));

	return (struct layout){.out = (uint32_t *)base,
			       .in = (uint16_t *)(base + in),
			       .generated = (bool *)(base + generated),
			       .bytes = generated + sizeof(bool)};
}

static int read_image(struct params *params, uint16_t *grey)
{
	struct pnm pnm;
	uint64_t bytes;
	FILE *file;
	int error = params_open(params, &file, &bytes);

	if (error)
		return error;
	error = pnm_header(file, bytes, &pnm, params);
	if (!error && !grey) {
		params->extent[0] = pnm.width;
		params->extent[1] = pnm.height;
	} else if (!error) {
		error = pnm.width == params->extent[0] && pnm.height == params->extent[1]
				? pnm_grey(file, &pnm, grey, params)
				: params_fail(params, EBUSY, "%.150s: changed while it was read",
					      params->input);
	}
	fclose(file);
	return error;
}

/* A generated image is a square of `size`, with bumps of x * y. */
static int configure(struct params *params)
{
	int error = 0;

	if (params->input)
		error = read_image(params, NULL);
	else
		params->extent[0] = params->extent[1] = params->size;
	return error ? error : params_fit(params, (double)params->extent[0] * (double)params->extent[1] * 6);
}

static uint64_t items(const struct params *params)
{
	return params->extent[1];
}

static struct cost cost(const struct params *params)
{
	return (struct cost){.per_item = (double)params->extent[0], .unit = "pixel"};
}

static size_t shared_bytes(const struct params *params)
{
	return layout(NULL, params).bytes;
}

static int prepare(void *shared, struct params *params)
{
	struct layout image = layout(shared, params);
	uint64_t width = params->extent[0], height = params->extent[1];

	*image.generated = !params->input;
	if (params->input)
		return read_image(params, image.in);
	for (uint64_t y = 0; y < height; y++)
		for (uint64_t x = 0; x < width; x++)
			image.in[y * width + x] = (uint16_t)(x % PERIOD * (y % PERIOD));
	return 0;
}

static int enter(struct context *ctx)
{
	touch_share(ctx, ctx->shared, ctx->params->extent[0] * ctx->params->extent[1] * sizeof(uint32_t));
	return 0;
}

/* The pixels at left, x and right of the rows above, at and below; exact in double, so any compiler agrees.
 */
static inline uint32_t gradient(const uint16_t *above, const uint16_t *at, const uint16_t *below,
				uint64_t left, uint64_t x, uint64_t right)
{
	int32_t gx = above[right] + 2 * at[right] + below[right] - above[left] - 2 * at[left] - below[left];
	int32_t gy = below[left] + 2 * below[x] + below[right] - above[left] - 2 * above[x] - above[right];

	return (uint32_t)(int32_t)sqrt((double)gx * gx + (double)gy * gy);
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t width = ctx->params->extent[0], height = ctx->params->extent[1], sum = 0;
	struct layout image = layout(ctx->shared, ctx->params);

	for (uint64_t y = begin; y < end; y++) {
		const uint16_t *at = image.in + y * width;
		const uint16_t *above = y > 0 ? at - width : at, *below = y + 1 < height ? at + width : at;
		uint32_t *restrict out = image.out + y * width;

		out[0] = gradient(above, at, below, 0, 0, width > 1);
		for (uint64_t x = 1; x + 1 < width; x++)
			out[x] = gradient(above, at, below, x - 1, x, x + 1);
		if (width > 1)
			out[width - 1] = gradient(above, at, below, width - 2, width - 1, width - 1);
		for (uint64_t x = 0; x < width; x++)
			sum += out[x];
	}
	return sum;
}

static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	size_t row = params->extent[0] * sizeof(uint32_t);

	(void)phase;
	piece(arg, begin * row, (end - begin) * row);
}

static bool is_root(uint64_t root, uint64_t square)
{
	return root <= 0x80000 && root * root <= square && (root + 1) * (root + 1) > square;
}

/* The same from the definition: weights 1 2 1 times -1 0 1, coordinates clamped, the root in integers. */
static bool is_gradient(const uint16_t *in, const struct params *params, uint64_t x, uint64_t y,
			uint64_t found)
{
	int64_t width = (int64_t)params->extent[0], height = (int64_t)params->extent[1], gx = 0, gy = 0;

	for (int64_t j = -1; j <= 1; j++)
		for (int64_t i = -1; i <= 1; i++) {
			int64_t u = (int64_t)x + i, v = (int64_t)y + j, pixel;

			u = u < 0 ? 0 : u >= width ? width - 1 : u;
			v = v < 0 ? 0 : v >= height ? height - 1 : v;
			pixel = in[v * width + u];
			gx += i * (2 - j * j) * pixel;
			gy += j * (2 - i * i) * pixel;
		}
	return is_root(found, (uint64_t)(gx * gx + gy * gy));
}

/* Of the image x * y the gradient is 8 (y, x), for d(xy) = y dx + x dy, wherever no seam or edge is near. */
static bool is_known(const struct params *params, uint64_t x, uint64_t y, uint64_t found)
{
	uint64_t u = x % PERIOD, v = y % PERIOD;

	if (u == 0 || v == 0 || u == PERIOD - 1 || v == PERIOD - 1 || x + 1 == params->extent[0] ||
	    y + 1 == params->extent[1])
		return true;
	return is_root(found, 64 * (u * u + v * v));
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	uint64_t width = params->extent[0], height = params->extent[1], sum = 0;
	struct layout image = layout(shared, params);

	for (uint64_t y = 0; y < height; y++) {
		bool sampled = y % ceil_div(height, SAMPLED_ROWS) == 0 || y + 1 == height;

		for (uint64_t x = 0; x < width; x++) {
			uint32_t found = image.out[y * width + x];

			if (sampled && !is_gradient(image.in, params, x, y, found))
				return -EBADMSG;
			if (*image.generated && !is_known(params, x, y, found))
				return -EBADMSG;
			sum += found;
		}
	}
	return sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_sobel = {
	.abi = KERNEL_ABI,
	.name = "sobel",
	.help = "edges of a grey image, a 3 x 3 stencil; generated or read with --input",
	.item = "row of the image",
	.size_unit = "width of the image in pixels",
	.sizes = {1600, 4800, 12000},
	.input = "PGM or PPM image",
	.configure = configure,
	.items = items,
	.cost = cost,
	.shared_bytes = shared_bytes,
	.prepare = prepare,
	.verify = verify,
	.writes = writes,
	.enter = enter,
	.run = run,
};
