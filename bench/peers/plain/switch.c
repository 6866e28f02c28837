/*
 * What does a context switch cost? Two workers on the same CPU take turns. Who has had its turn wakes the
 * other one and sleeps (futex, pipe), or gives up the CPU until it is its turn again (yield): each turn is a
 * switch.
 *
 * Prints ns per switch, waking included: half of a round trip, the mean of ROUNDS.
 */
#include "plain.h"

static enum { FUTEX, PIPE, YIELD } by;
static int pipes[2][2];
static size_t rounds;
static struct {
	atomic_uint turn;
	double ns;
} * shared;

static void wait_for_turn(unsigned me)
{
	char byte;
	if (by == PIPE && read(pipes[me][0], &byte, 1) != 1)
		die("read");
	while (by == FUTEX && shared->turn != me)
		futex_wait(&shared->turn, !me);
	while (by == YIELD && shared->turn != me)
		sched_yield();
}

static void give_turn(unsigned other)
{
	if (by == PIPE && write(pipes[other][1], "", 1) != 1)
		die("write");
	if (by != PIPE)
		shared->turn = other;
	if (by == FUTEX)
		futex_wake(&shared->turn, 1);
}

static void *take_turns(void *arg)
{
	unsigned me = *(const unsigned *)arg;
	double begin = 0;
	pin(0);
	for (size_t i = 0; i <= rounds; i++) {
		wait_for_turn(me);
		if (i == 0)
			begin = now_ns();
		if (i == rounds && me == 0)
			shared->ns = now_ns() - begin;
		give_turn(!me);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static unsigned side[] = {0, 1};
	struct worker workers[2];
	if (argc != 4)
		usage("switch futex|pipe|yield thread|fork ROUNDS");
	by = *argv[1] == 'f' ? FUTEX : *argv[1] == 'p' ? PIPE : YIELD;
	rounds = number(argv[3]);
	shared = shared_memory(sizeof *shared);
	if (pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0)
		die("pipe");

	give_turn(0);
	for (int i = 0; i < 2; i++)
		start(&workers[i], is_process(argv[2]), take_turns, &side[i]);
	for (int i = 0; i < 2; i++)
		finish(&workers[i]);
	printf("%.1f\n", shared->ns / (2 * (double)rounds));
	return 0;
}
