/*
 * A filter over an image, with all that belongs to it: two workers find the edges in half of the rows each
 * (Sobel's operator: the length of the gradient of 3 x 3 pixels). Both images are in shared memory that the
 * parent has touched: a thread finds the pages mapped, a forked process has to map each of them.
 *
 * Prints ns from before the first worker is created to after the last one is joined: the median of JOBS.
 */
#include <math.h>
#include <stdint.h>

#include "plain.h"

enum { WORKERS = 2 };

static uint16_t *image;
static uint32_t *edges;
static size_t width; /* and height */

struct part {
	size_t begin, end;
};

/* The outermost pixels have no neighbours, and no edge. */
static void *find_edges(void *arg)
{
	const struct part *part = arg;
	uint64_t sum = 0;
	for (size_t y = part->begin; y < part->end; y++) {
		const uint16_t *at = image + y * width, *up = at - width, *down = at + width;
		uint32_t *restrict out = edges + y * width;
		for (size_t x = 1; x + 1 < width; x++) {
			int gx = up[x + 1] + 2 * at[x + 1] + down[x + 1] - up[x - 1] - 2 * at[x - 1] -
				 down[x - 1];
			int gy = down[x - 1] + 2 * down[x] + down[x + 1] - up[x - 1] - 2 * up[x] - up[x + 1];
			out[x] = (uint32_t)(int32_t)sqrt((double)gx * gx + (double)gy * gy);
		}
		for (size_t x = 0; x < width; x++)
			sum += out[x];
	}
	return sum ? NULL : arg;
}

static void do_job(bool process)
{
	struct worker workers[WORKERS];
	struct part parts[WORKERS];
	size_t rows = width - 2;
	for (size_t i = 0; i < WORKERS; i++) {
		parts[i] = (struct part){1 + rows * i / WORKERS, 1 + rows * (i + 1) / WORKERS};
		start(&workers[i], process, find_edges, &parts[i]);
	}
	for (size_t i = 0; i < WORKERS; i++)
		finish(&workers[i]);
}

int main(int argc, char **argv)
{
	double ns[1000];
	size_t jobs = argc == 4 ? number(argv[3]) : 0;
	if (jobs == 0 || jobs > 1000 || number(argv[2]) < 3)
		usage("sobel thread|fork WIDTH JOBS (at least 3 pixels, at most 1000 jobs)");
	bool process = is_process(argv[1]);
	width = number(argv[2]);
	image = shared_memory(width * width * sizeof *image);
	edges = shared_memory(width * width * sizeof *edges);
	for (size_t i = 0; i < width * width; i++) {
		image[i] = (uint16_t)(i % width % 128 * (i / width % 128));
		edges[i] = 0;
	}

	for (size_t i = 0; i < jobs; i++) {
		double begin = now_ns();
		do_job(process);
		ns[i] = now_ns() - begin;
	}
	if (width > 4 && edges[2 * width + 2] == 0)
		die("the result has not arrived");
	printf("%.0f\n", median(ns, jobs));
	return 0;
}
