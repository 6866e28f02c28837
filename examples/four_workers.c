/* Four workers; each says its number and its process: four processes, or one, if they are threads. */
#include <pvt/pool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int introduce(void *arg, uint32_t number)
{
	(void)arg;
	printf("worker %u, process %d\n", number, (int)getpid());
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	char why[256];
	struct pool *pool = pool_open(
		&(struct pool_options){.kind = argc > 1 && strcmp(argv[1], "threads") == 0 ? POOL_THREADS
											   : POOL_PROCESSES,
				       .workers = 4,
				       .init = introduce},
		why, sizeof why);
	if (!pool) {
		fprintf(stderr, "four_workers: %s\n", why);
		return 1;
	}
	pool_free(pool);
	return 0;
}
