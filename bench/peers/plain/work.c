/*
 * How long does a computation take on N workers, their creation included: STREAM's triad, squares, or the
 * edges of an image? Prints the wall ns from before the first create to after the last join, the median of 7
 * jobs.
 */
#define _GNU_SOURCE 1
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain.h"

enum {
	MAX = 256,
	JOBS = 7,
	ELEMENTS = 1 << 24,
	NUMBERS = 2000000,
	WIDTH = 4800,
	HEIGHT = 4800,
	PERIOD = 128
};
static double *a, *b, *c;
static volatile uint64_t *squares;
static uint32_t *edges;
static uint16_t *image;
static uint64_t *sums, items, workers;
static uint64_t (*kernel)(uint64_t begin, uint64_t end);
static cpu_set_t allowed;

static void *map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static uint64_t triad(uint64_t begin, uint64_t end)
{
	double *restrict to = a;
	const double *restrict from = b, *restrict scaled = c;
	for (uint64_t i = begin; i < end; i++)
		to[i] = from[i] + 3 * scaled[i];
	return 0;
}

static uint64_t square(uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		squares[i] = (i + 1) * (i + 1);
		sum += squares[i];
	}
	return sum;
}

static inline uint32_t gradient(const uint16_t *up, const uint16_t *at, const uint16_t *down, int l, int x,
				int r)
{
	int gx = up[r] + 2 * at[r] + down[r] - up[l] - 2 * at[l] - down[l];
	int gy = down[l] + 2 * down[x] + down[r] - up[l] - 2 * up[x] - up[r];
	return (uint32_t)(int32_t)sqrt((double)gx * gx + (double)gy * gy);
}

static uint64_t sobel(uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	for (uint64_t y = begin; y < end; y++) {
		const uint16_t *at = image + y * WIDTH;
		const uint16_t *up = y > 0 ? at - WIDTH : at, *down = y + 1 < HEIGHT ? at + WIDTH : at;
		uint32_t *restrict out = edges + y * WIDTH;

		out[0] = gradient(up, at, down, 0, 0, 1);
		for (int x = 1; x < WIDTH - 1; x++)
			out[x] = gradient(up, at, down, x - 1, x, x + 1);
		out[WIDTH - 1] = gradient(up, at, down, WIDTH - 2, WIDTH - 1, WIDTH - 1);
		for (int x = 0; x < WIDTH; x++)
			sum += out[x];
	}
	return sum;
}

static int prepare(const char *name)
{
	if (!strcmp(name, "triad")) {
		kernel = triad, items = ELEMENTS;
		a = map(ELEMENTS * sizeof *a), b = map(ELEMENTS * sizeof *b), c = map(ELEMENTS * sizeof *c);
		for (int i = 0; i < ELEMENTS; i++)
			b[i] = i % 1021, c[i] = i % 509;
	} else if (!strcmp(name, "square")) {
		kernel = square, items = NUMBERS;
		squares = map(NUMBERS * sizeof *squares);
	} else if (!strcmp(name, "sobel")) {
		kernel = sobel, items = HEIGHT;
		edges = map(sizeof *edges * WIDTH * HEIGHT), image = map(sizeof *image * WIDTH * HEIGHT);
		for (int i = 0; i < WIDTH * HEIGHT; i++)
			image[i] = (uint16_t)(i % WIDTH % PERIOD * (i / WIDTH % PERIOD));
	}
	return kernel != NULL;
}

static void *work(void *arg)
{
	uint64_t rank = (uint64_t)(uintptr_t)arg;
	cpu_set_t own;
	int cpu = 0;

	for (uint64_t left = rank; !CPU_ISSET(cpu, &allowed) || left--; cpu++)
		;
	CPU_ZERO(&own);
	CPU_SET(cpu, &own);
	if (sched_setaffinity(0, sizeof own, &own))
		die("sched_setaffinity");
	sums[rank] = kernel(items * rank / workers, items * (rank + 1) / workers);
	return NULL;
}

static double job(int forks)
{
	uint64_t start = now_ns();
	pthread_t thread[MAX];
	pid_t pid[MAX];
	int status = 0;

	for (uintptr_t i = 0; i < workers; i++) {
		if (forks ? (pid[i] = fork()) < 0 : pthread_create(&thread[i], NULL, work, (void *)i))
			die("no worker");
		if (forks && pid[i] == 0) {
			work((void *)i);
			_exit(0);
		}
	}
	for (uint64_t i = 0; i < workers; i++)
		if (forks ? waitpid(pid[i], &status, 0) < 0 || status : pthread_join(thread[i], NULL))
			die("a worker failed");
	return (double)(now_ns() - start);
}

int main(int argc, char **argv)
{
	int forks = argc > 1 && !strcmp(argv[1], "fork"), count = argc == 4 ? atoi(argv[3]) : 2;
	double ns[JOBS];

	if (argc < 3 || argc > 4 || (!forks && strcmp(argv[1], "thread") != 0) || count < 1 || count > MAX ||
	    !prepare(argv[2]))
		return fprintf(stderr, "usage: work thread|fork triad|square|sobel [WORKERS]\n"), 2;
	if (sched_getaffinity(0, sizeof allowed, &allowed) || CPU_COUNT(&allowed) < count)
		die("CPUs");
	workers = (uint64_t)count;
	sums = map(MAX * sizeof *sums);
	uint64_t expected = kernel(0, items); /* which also touches all of the output */
	for (int i = 0; i < JOBS; i++) {
		ns[i] = job(forks);
		uint64_t sum = 0;
		for (uint64_t rank = 0; rank < workers; rank++)
			sum += sums[rank];
		if (sum != expected)
			die("wrong sum");
	}
	printf("%.6g\n", median(ns, JOBS));
}
