/* One worker counts at a pause, while the program that started it waits, and then goes on. */
#include <pvt/pool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int count(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in, (void)in_bytes, (void)out, (void)out_bytes;
	for (int i = 0; i < 5; i++) {
		printf("%d\n", i);
		fflush(stdout);
		usleep(100000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char why[256];
	struct pool_future *counting;
	struct pool *pool = pool_open(
		&(struct pool_options){.kind = argc > 1 && strcmp(argv[1], "threads") == 0 ? POOL_THREADS
											   : POOL_PROCESSES,
				       .workers = 1},
		why, sizeof why);
	if (!pool || pool_submit(pool, count, NULL, 0, NULL, 0, NULL, NULL, NULL, &counting) != 0) {
		fprintf(stderr, "one_worker: %s\n", pool ? pool_reason(pool) : why);
		return 1;
	}
	pool_wait(counting, UINT64_MAX, NULL);
	puts("the worker is done, the program goes on");
	pool_free(pool);
	return 0;
}
