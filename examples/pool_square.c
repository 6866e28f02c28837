/* A pool maps the square over 1 … 10. */
#include <pvt/pool.h>
#include <stdio.h>
#include <string.h>

static int square(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int x;
	(void)in_bytes;
	memcpy(&x, in, sizeof x);
	x *= x;
	memcpy(out, &x, out_bytes);
	return 0;
}

int main(int argc, char **argv)
{
	int x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, y[10];
	char why[256];
	struct pool *pool = pool_open(
		&(struct pool_options){.kind = argc > 1 && strcmp(argv[1], "threads") == 0 ? POOL_THREADS
											   : POOL_PROCESSES},
		why, sizeof why);
	if (!pool || pool_map(pool, square, x, sizeof *x, y, sizeof *y, 10, 0, NULL) != 0) {
		fprintf(stderr, "pool_square: %s\n", pool ? pool_reason(pool) : why);
		return 1;
	}
	for (int i = 0; i < 10; i++)
		printf("%d%c", y[i], i < 9 ? ' ' : '\n');
	pool_free(pool);
	return 0;
}
