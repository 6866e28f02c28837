/* A pool of three maps the cube over 1 … 9, as a stream: results come in order, while later ones are at work.
 */
#include <pvt/pool.h>
#include <stdio.h>
#include <string.h>

static int cube(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int x;
	(void)in_bytes;
	memcpy(&x, in, sizeof x);
	x *= x * x;
	memcpy(out, &x, out_bytes);
	return 0;
}

static int one_to_nine(void *arg, void *input)
{
	int *next = arg;
	memcpy(input, next, sizeof *next);
	return (*next)++ <= 9;
}

int main(int argc, char **argv)
{
	char why[256];
	int next = 1, result;
	struct pool *pool = pool_open(
		&(struct pool_options){.kind = argc > 1 && strcmp(argv[1], "threads") == 0 ? POOL_THREADS
											   : POOL_PROCESSES,
				       .workers = 3},
		why, sizeof why);
	struct pool_imap *cubes = pool ? pool_imap(pool, cube, one_to_nine, &next, sizeof next, sizeof result,
						   0, true)
				       : NULL;
	if (!cubes) {
		fprintf(stderr, "pool_cube: %s\n", pool ? pool_reason(pool) : why);
		return 1;
	}
	while (pool_imap_next(cubes, &result, NULL, NULL) == 1)
		printf("%d\n", result);
	pool_imap_close(cubes);
	pool_free(pool);
	return 0;
}
