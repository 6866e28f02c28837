/*
 * The queue of single tasks. Taking one is a compare-and-swap of the slot's own word from READY to RUNNING by
 * this worker: head only follows, and whoever finds it behind helps it on. So a worker that is killed here
 * has either not taken the task, or is named in its word.
 */
#include <errno.h>

#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/state.h"

#define NOBODY 0xffffffu

static uint64_t make_word(uint64_t ticket, uint32_t rank, unsigned state)
{
	return ticket << 32 | (uint64_t)(rank & NOBODY) << 8 | state;
}

/* The cell at the head, or NULL; passes over what is not to be taken any more. */
static struct queue_cell *front(struct pool_shared *shared, uint64_t *ticket, uint64_t *word)
{
	struct queue *q = &shared->queue;
	for (;;) {
		uint64_t head = atomic_load(&q->head);
		struct queue_cell *cell = &q->cell[head % POOL_QUEUE_CELLS];
		if (atomic_load(&cell->turn) != head + 1) {
			if (head == atomic_load(&q->head))
				return NULL;
			continue;
		}
		*ticket = head;
		*word = atomic_load(&shared->slot[atomic_load(&cell->slot) % POOL_SLOTS].word);
		if (*word == make_word(head, NOBODY, SLOT_READY))
			return cell;
		atomic_compare_exchange_strong(&q->head, &head, head + 1);
	}
}

int queue_push(struct queue *q, struct pool_shared *shared, uint32_t slot)
{
	uint64_t ticket = atomic_load(&q->tail), head_ticket, word;
	do
		if (ticket - atomic_load(&q->head) >= POOL_QUEUE_CELLS) {
			front(shared, &head_ticket, &word);
			if (ticket - atomic_load(&q->head) >= POOL_QUEUE_CELLS)
				return -EAGAIN;
		}
	while (!atomic_compare_exchange_weak(&q->tail, &ticket, ticket + 1));
	struct queue_cell *cell = &q->cell[ticket % POOL_QUEUE_CELLS];
	atomic_store_explicit(&shared->slot[slot].word, make_word(ticket, NOBODY, SLOT_READY),
			      memory_order_release);
	atomic_store_explicit(&cell->slot, slot, memory_order_relaxed);
	atomic_store(&cell->turn, ticket + 1);
	return 0;
}

bool queue_is_empty(struct pool_shared *shared)
{
	uint64_t ticket, word;
	return !front(shared, &ticket, &word);
}

int queue_take(struct pool_shared *shared, uint32_t rank)
{
	uint64_t ticket, word;
	struct queue_cell *cell;
	while ((cell = front(shared, &ticket, &word))) {
		uint32_t slot = atomic_load(&cell->slot) % POOL_SLOTS;
		bool mine = atomic_compare_exchange_strong(&shared->slot[slot].word, &word,
							   make_word(ticket, rank, SLOT_RUNNING));
		uint64_t head = ticket;
		atomic_compare_exchange_strong(&shared->queue.head, &head, ticket + 1);
		if (mine)
			return (int)slot;
	}
	return -1;
}

bool slot_change(struct slot *slot, unsigned from, uint32_t rank, unsigned to)
{
	uint64_t word = atomic_load(&slot->word);
	return slot_state(word) == from && slot_rank(word) == (rank & NOBODY) &&
	       atomic_compare_exchange_strong(&slot->word, &word, make_word(word >> 32, rank, to));
}

bool slot_is_passed(struct pool_shared *shared, const struct slot *slot)
{
	uint32_t ticket = (uint32_t)(atomic_load(&slot->word) >> 32);
	return (int32_t)((uint32_t)atomic_load(&shared->queue.head) - ticket) > 0;
}

void slot_wake(struct pool_shared *shared, struct slot *slot)
{
	if (atomic_load(&slot->waiters))
		futex_wake_all((_Atomic uint32_t *)&slot->word);
	if (atomic_load(&shared->finish_waiters)) {
		atomic_fetch_add(&shared->finished, 1);
		futex_wake_all(&shared->finished);
	}
}
