/*
 * What does one worker's mmap, munmap or mprotect cost another, who has nothing to do with it? The second
 * worker computes, or touches fresh pages of its own, for 40 ms; the first meanwhile spins, maps and unmaps
 * 128 KiB, or makes a page read-only and writable again.
 *
 * Prints ns per operation of the second worker.
 */
#include "plain.h"

#include <stdint.h>

enum { MAP_BYTES = 128 << 10, PAGE = 4096, PAGES = 4096, ROUNDS = 200, WINDOW_NS = 40000000 };

static const char *work, *beside;
static struct {
	atomic_uint ready;
	_Alignas(128) atomic_bool stop;
	_Alignas(128) double ns;
	uint64_t sum;
} * shared;

static void *fresh(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void meet(size_t cpu)
{
	pin(cpu);
	atomic_fetch_add(&shared->ready, 1);
	while (shared->ready < 2)
		relax();
}

static void *change(void *arg)
{
	volatile char *page = fresh(PAGE);
	(void)arg;
	*page = 1;
	meet(1);
	while (!shared->stop) {
		if (strcmp(beside, "mmap") == 0) {
			volatile char *memory = fresh(MAP_BYTES);
			*memory = 1;
			munmap((void *)(uintptr_t)memory, MAP_BYTES);
		} else if (strcmp(beside, "mprotect") == 0) {
			mprotect((void *)(uintptr_t)page, PAGE, PROT_READ);
			mprotect((void *)(uintptr_t)page, PAGE, PROT_READ | PROT_WRITE);
			++*page;
		} else {
			relax();
		}
	}
	return NULL;
}

static uint64_t compute(uint64_t x)
{
	for (int round = 0; round < ROUNDS; round++) {
		x++;
		x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
		x ^= x >> 31;
	}
	return x;
}

static void *suffer(void *arg)
{
	char *memory = fresh((size_t)PAGES * PAGE);
	uint64_t sum = 0, done = 0;
	bool computes = strcmp(work, "compute") == 0;
	(void)arg;
	madvise(memory, (size_t)PAGES * PAGE, MADV_NOHUGEPAGE);
	meet(0);
	double begin = now_ns(), now;
	do {
		for (int i = 0; i < 64; i++, done++) {
			if (computes)
				sum += compute(done);
			else
				*(volatile char *)(memory + done % PAGES * PAGE) = 1;
			if (!computes && done % PAGES == PAGES - 1)
				madvise(memory, (size_t)PAGES * PAGE, MADV_DONTNEED);
		}
		now = now_ns();
	} while (now - begin < WINDOW_NS);
	shared->stop = true;
	shared->ns = (now - begin) / (double)done;
	shared->sum = sum;
	return NULL;
}

int main(int argc, char **argv)
{
	struct worker workers[2];
	if (argc != 4)
		usage("bystander thread|fork compute|fault spin|mmap|mprotect");
	work = argv[2];
	beside = argv[3];
	shared = shared_memory(sizeof *shared);
	start(&workers[0], is_process(argv[1]), change, NULL);
	start(&workers[1], is_process(argv[1]), suffer, NULL);
	finish(&workers[1]);
	finish(&workers[0]);
	printf("%.2f\n", shared->ns);
	return 0;
}
