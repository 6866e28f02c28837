/*
 * How fast do messages of 1 MiB go from one CPU to another? The sender writes each of them word by word, the
 * receiver reads all of it. Through a pipe the kernel copies it twice; in shared memory it is read where it
 * was written: one buffer that both use in turn (flag), or two, so that one is written while the other one is
 * read (ring).
 *
 * Prints bytes per second, over MESSAGES messages after the first two.
 */
#include <stdint.h>

#include "plain.h"

/* malloc's 1 MiB begins 16 bytes behind a page, and the kernel copies to there at half the speed. */
enum { PAGE = 4096, BYTES = 1 << 20, WORDS = BYTES / 8, WARM_UP = 2, BUFFERS = 2 };

static bool by_pipe;
static unsigned buffers;
static int ends[2];
static size_t messages;
static struct {
	_Alignas(128) atomic_uint sent;
	_Alignas(128) atomic_uint read;
	_Alignas(128) double ns;
	_Alignas(4096) uint64_t buffer[BUFFERS][WORDS];
} * shared;

static void fill(uint64_t *words, uint64_t first)
{
	for (uint64_t i = 0; i < WORDS; i++)
		words[i] = first + i;
}

static uint64_t add_up(const uint64_t *words)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < WORDS; i++)
		sum += words[i];
	return sum;
}

static void *send_all(void *arg)
{
	uint64_t *own = aligned_alloc(PAGE, BYTES);
	pin(0);
	for (unsigned i = 0; own && i < messages + WARM_UP; i++) {
		if (!by_pipe) {
			while (i - atomic_load_explicit(&shared->read, memory_order_acquire) == buffers)
				relax();
			fill(shared->buffer[i % buffers], i);
			atomic_store_explicit(&shared->sent, i + 1, memory_order_release);
			continue;
		}
		fill(own, i);
		if (write(ends[1], own, BYTES) != BYTES)
			die("write");
	}
	free(own);
	return arg;
}

static uint64_t receive(uint64_t *own, unsigned i)
{
	if (!by_pipe) {
		while (atomic_load_explicit(&shared->sent, memory_order_acquire) == i)
			relax();
		uint64_t sum = add_up(shared->buffer[i % buffers]);
		atomic_store_explicit(&shared->read, i + 1, memory_order_release);
		return sum;
	}
	for (size_t done = 0; done < BYTES;) {
		ssize_t n = read(ends[0], (char *)own + done, BYTES - done);
		if (n <= 0)
			die("read");
		done += (size_t)n;
	}
	return add_up(own);
}

static void *receive_all(void *arg)
{
	uint64_t *own = aligned_alloc(PAGE, BYTES);
	double begin = 0;
	pin(1);
	for (unsigned i = 0; own && i < messages + WARM_UP; i++) {
		if (receive(own, i) != WORDS * (uint64_t)i + (uint64_t)WORDS * (WORDS - 1) / 2)
			die("a message has changed on its way");
		if (i == WARM_UP - 1)
			begin = now_ns();
	}
	shared->ns = now_ns() - begin;
	free(own);
	return arg;
}

int main(int argc, char **argv)
{
	struct worker sender, receiver;
	if (argc != 4)
		usage("bandwidth pipe|flag|ring thread|fork MESSAGES");
	by_pipe = strcmp(argv[1], "pipe") == 0;
	buffers = strcmp(argv[1], "ring") == 0 ? BUFFERS : 1;
	messages = number(argv[3]);
	shared = shared_memory(sizeof *shared);
	if (pipe(ends) != 0)
		die("pipe");

	start(&receiver, is_process(argv[2]), receive_all, NULL);
	start(&sender, is_process(argv[2]), send_all, NULL);
	finish(&sender);
	finish(&receiver);
	printf("%.4g\n", BYTES * (double)messages / (shared->ns * 1e-9));
	return 0;
}
