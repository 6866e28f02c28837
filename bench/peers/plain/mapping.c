/*
 * What does memory cost that two workers map shared? Both read a word of each page of the same memory, which
 * is full: for the first time, again, or at random. Each worker begins in a part of its own.
 *
 * Prints ns per page as a worker sees it; with `tables`, the KiB of page tables that two workers have more
 * than none.
 */
#include "plain.h"

#include <fcntl.h>
#include <stdint.h>

enum { PAGE = 4096, LINE = 64, ROUNDS = 8 };

static size_t pages;
static char *memory;
static const char *what;
static int file;
static struct {
	atomic_uint ready, done;
	_Alignas(128) double begin[2], end[2], kib[2];
} * shared;

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static volatile uint64_t *word(size_t page)
{
	return (volatile uint64_t *)(void *)(memory + page * PAGE + mix(page) % (PAGE / LINE) * LINE);
}

static char *map(void)
{
	char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

static double tables_kib(void)
{
	char line[256];
	double kib = 0;
	FILE *status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof line, status))
		sscanf(line, "VmPTE: %lf", &kib);
	if (status)
		fclose(status);
	return kib;
}

static void meet(atomic_uint *count)
{
	atomic_fetch_add(count, 1);
	while (*count < 2)
		relax();
}

static void *read_all(void *arg)
{
	size_t rank = *(const size_t *)arg, start = pages / 2 * rank, page = start;
	bool first = strcmp(what, "first") == 0 || strcmp(what, "tables") == 0,
	     random = strcmp(what, "random") == 0;
	size_t rounds = first || random ? 1 : ROUNDS;
	pin(rank);
	for (size_t i = 0; i < pages && !first; i++)
		(void)*word(i);
	meet(&shared->ready);
	shared->begin[rank] = now_ns();
	for (size_t i = 0; i < rounds * pages; i++)
		page = random ? *word(page) : (*word((start + i) % pages), page);
	shared->end[rank] = now_ns();
	meet(&shared->done);
	shared->kib[rank] = tables_kib();
	return NULL;
}

int main(int argc, char **argv)
{
	struct worker workers[2];
	static size_t rank[2] = {0, 1};
	if (argc != 4 || !strstr("first later random tables", argv[2]))
		usage("mapping thread|fork first|later|random|tables MIB");
	what = argv[2];
	pages = number(argv[3]) << 8;
	shared = shared_memory(sizeof *shared);
	file = memfd_create("plain", 0);
	if (file < 0 || ftruncate(file, (off_t)(pages * PAGE)) != 0)
		die("memfd_create");
	memory = map();
	for (size_t page = 0; page < pages; page++)
		*word(page) = (page * UINT64_C(0x5851f42d4c957f2d) + UINT64_C(0x14057b7ef767814f)) % pages;
	munmap(memory, pages * PAGE);
	memory = map();
	double before = tables_kib();
	for (size_t i = 0; i < 2; i++)
		start(&workers[i], is_process(argv[1]), read_all, &rank[i]);
	for (size_t i = 0; i < 2; i++)
		finish(&workers[i]);
	bool later = strcmp(what, "later") == 0, forked = is_process(argv[1]);
	double begin = shared->begin[0] < shared->begin[1] ? shared->begin[0] : shared->begin[1];
	double end = shared->end[0] > shared->end[1] ? shared->end[0] : shared->end[1];
	if (strcmp(what, "tables") == 0)
		printf("%.1f\n", forked ? shared->kib[0] + shared->kib[1] : shared->kib[0] - before);
	else
		printf("%.3f\n", (end - begin) / (double)(pages * (later ? ROUNDS : 1)));
	return 0;
}
