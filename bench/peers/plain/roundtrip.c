/*
 * How long does a message of one byte take to another CPU and back? Through two pipes, where the kernel wakes
 * the reader; or through shared memory, where the reader looks again and again (spin).
 *
 * Prints ns per round trip, the mean of ROUNDS.
 */
#include "plain.h"

/* A byte in memory; `full` says whether it is there to be read. Each mailbox has cache lines of its own. */
struct mailbox {
	_Alignas(128) atomic_bool full;
	char byte;
};

static bool by_pipe;
static int pipes[2][2];
static size_t rounds;
static struct {
	struct mailbox box[2];
	double ns;
} * shared;

static void send_byte(unsigned to, char byte)
{
	struct mailbox *box = &shared->box[to];
	if (by_pipe) {
		if (write(pipes[to][1], &byte, 1) != 1)
			die("write");
		return;
	}
	while (atomic_load_explicit(&box->full, memory_order_acquire))
		relax();
	box->byte = byte;
	atomic_store_explicit(&box->full, true, memory_order_release);
}

static char receive_byte(unsigned me)
{
	struct mailbox *box = &shared->box[me];
	char byte;
	if (by_pipe) {
		if (read(pipes[me][0], &byte, 1) != 1)
			die("read");
		return byte;
	}
	while (!atomic_load_explicit(&box->full, memory_order_acquire))
		relax();
	byte = box->byte;
	atomic_store_explicit(&box->full, false, memory_order_release);
	return byte;
}

static void *answer(void *arg)
{
	pin(1);
	for (size_t i = 0; i <= rounds; i++)
		send_byte(0, receive_byte(1));
	return arg;
}

static void *ask(void *arg)
{
	double begin = 0;
	pin(0);
	for (size_t i = 0; i <= rounds; i++) {
		send_byte(1, (char)i);
		if (receive_byte(0) != (char)i)
			die("another byte came back");
		if (i == 0)
			begin = now_ns();
	}
	shared->ns = now_ns() - begin;
	return arg;
}

int main(int argc, char **argv)
{
	struct worker asker, answerer;
	if (argc != 4)
		usage("roundtrip pipe|spin thread|fork ROUNDS");
	by_pipe = strcmp(argv[1], "pipe") == 0;
	rounds = number(argv[3]);
	shared = shared_memory(sizeof *shared);
	if (pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0)
		die("pipe");

	start(&answerer, is_process(argv[2]), answer, NULL);
	start(&asker, is_process(argv[2]), ask, NULL);
	finish(&asker);
	finish(&answerer);
	printf("%.1f\n", shared->ns / (double)rounds);
	return 0;
}
