/*
 * A fake of struct messages for the threads of one process: messages hang on a board until they are taken. It
 * also goes wrong on purpose.
 */
#ifndef PVT_TESTS_BOARD_H
#define PVT_TESTS_BOARD_H

#include <pthread.h>

#include "kernels/kernel.h"

enum { RANKS_MAX = 4, QUEUE = 256 };

/* What the board does wrong, at one call: the `at`-th message, sum or take of all, but FAULT_DOUBLED at all.
 */
enum fault {
	FAULT_NOT,
	FAULT_FIRST_BYTE, /* a bit is flipped in the first byte */
	FAULT_LAST_BYTE,
	FAULT_SWAP,    /* the first two elements of a sum change places */
	FAULT_DOUBLED, /* rank 0's part is in the sum twice, for rank 1's */
	FAULT_TWICE,   /* a number is dealt twice, and all later ones are one less */
	FAULT_AGAIN,   /* a number is dealt twice, instead of another one */
	FAULT_SKIPPED, /* a number is left out */
};

struct letter {
	void *data;
	size_t bytes;
};

struct board {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct letter letter[RANKS_MAX][RANKS_MAX][QUEUE];
	uint64_t sent[RANKS_MAX][RANKS_MAX], received[RANKS_MAX][RANKS_MAX], behind_max;
	double *total;
	uint32_t ranks, arrived, left;
	uint64_t counter;
	enum fault fault;
	uint64_t calls, at;
};

struct board_member {
	struct messages messages;
	struct board *board;
};

/* `ranks`, and what may go wrong, are set before. */
void board_open(struct board *board);
void board_close(struct board *board);

/* What a worker of that rank has as context.messages: the first member of it. */
struct board_member board_join(struct board *board, uint32_t rank);

#endif
