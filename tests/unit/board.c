#include "tests/unit/board.h"

#include <stdlib.h>
#include <string.h>

static struct board *board_of(const struct messages *self)
{
	return ((const struct board_member *)(const void *)self)->board;
}

static void flip(const struct board *b, void *data, size_t bytes)
{
	unsigned char *byte = data;

	if (b->fault == FAULT_FIRST_BYTE)
		byte[0] ^= 1;
	if (b->fault == FAULT_LAST_BYTE)
		byte[bytes - 1] ^= 1;
}

static void send(const struct messages *self, uint32_t to, const void *data, size_t bytes)
{
	struct board *b = board_of(self);
	struct letter letter = {malloc(bytes), bytes};
	uint64_t *sent = &b->sent[self->rank][to], *received = &b->received[self->rank][to];

	memcpy(letter.data, data, bytes);
	pthread_mutex_lock(&b->lock);
	if (b->calls++ == b->at)
		flip(b, letter.data, bytes);
	while (*sent - *received == QUEUE)
		pthread_cond_wait(&b->changed, &b->lock);
	b->letter[self->rank][to][(*sent)++ % QUEUE] = letter;
	if (*sent - *received > b->behind_max)
		b->behind_max = *sent - *received;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void receive(const struct messages *self, uint32_t from, void *data, size_t bytes)
{
	struct board *b = board_of(self);
	uint64_t *sent = &b->sent[from][self->rank], *received = &b->received[from][self->rank];
	struct letter *letter;

	pthread_mutex_lock(&b->lock);
	while (*sent == *received)
		pthread_cond_wait(&b->changed, &b->lock);
	letter = &b->letter[from][self->rank][(*received)++ % QUEUE];
	if (letter->bytes == bytes)
		memcpy(data, letter->data, bytes);
	free(letter->data);
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void spoil_sum(const struct board *b, double *values, size_t count)
{
	double first = values[0];

	flip(b, values, count * sizeof(*values));
	if (b->fault == FAULT_SWAP && count > 1) {
		values[0] = values[1];
		values[1] = first;
	}
}

/* Those who come add theirs; when all have, they take the total, and the last one to leave clears it. */
static void sum(const struct messages *self, double *values, size_t count)
{
	struct board *b = board_of(self);

	pthread_mutex_lock(&b->lock);
	while (b->left)
		pthread_cond_wait(&b->changed, &b->lock);
	if (b->arrived++ == 0)
		b->total = calloc(count, sizeof(*b->total));
	for (size_t j = 0; j < count; j++)
		b->total[j] += values[j] -
			       (b->fault == FAULT_DOUBLED && self->rank == 1); /* as rank 0 has it */
	if (b->arrived == b->ranks) {
		b->left = b->ranks;
		b->arrived = 0;
		pthread_cond_broadcast(&b->changed);
	}
	while (!b->left)
		pthread_cond_wait(&b->changed, &b->lock);
	memcpy(values, b->total, count * sizeof(*values));
	if (b->calls++ == b->at)
		spoil_sum(b, values, count);
	if (--b->left == 0) {
		free(b->total);
		b->total = NULL;
	}
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static uint64_t take(const struct messages *self, uint64_t count)
{
	struct board *b = board_of(self);
	uint64_t number;

	pthread_mutex_lock(&b->lock);
	if (b->calls++ == b->at) {
		b->counter += b->fault == FAULT_SKIPPED;
		b->counter -= b->fault == FAULT_TWICE;
	}
	number = b->counter;
	b->counter += count;
	if (b->calls - 1 == b->at && b->fault == FAULT_AGAIN)
		number--;
	pthread_mutex_unlock(&b->lock);
	return number;
}

void board_open(struct board *b)
{
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
}

void board_close(struct board *b)
{
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
}

struct board_member board_join(struct board *b, uint32_t rank)
{
	return (struct board_member){{rank, b->ranks, send, receive, sum, take}, b};
}
