/*
 * Rings of slots in shared memory: a sender may be several messages ahead. `full` counts the messages that
 * were published, `empty` those that were released; each has one writer, and neither ever falls.
 */
#include "kernels/channel/channel.h"

enum { SLOTS = 8, MESSAGES_SPIN = 5000, MESSAGES_SLEEP = 500 };

static uint32_t own_count(const struct token *t)
{
	return atomic_load_explicit(&t->count, memory_order_relaxed);
}

static uint32_t other_count(const struct token *t)
{
	return atomic_load_explicit(&t->count, memory_order_acquire);
}

static unsigned char *slot_of(const struct end *end, uint32_t number)
{
	return end->slot + number % end->lane->slots * end->stride;
}

static int open_ring(struct lane *lane, size_t bytes)
{
	(void)bytes;
	atomic_store(&lane->full.count, 0);
	atomic_store(&lane->empty.count, 0);
	return 0;
}

static void close_ring(struct lane *lane)
{
	(void)lane;
}

/* ---- spinning ---- */

static unsigned char *spin_claim(struct end *end)
{
	uint32_t number = own_count(&end->lane->full);
	while (number - other_count(&end->lane->empty) == end->lane->slots)
		channel_relax();
	return slot_of(end, number);
}

static int spin_publish(struct end *end)
{
	atomic_store_explicit(&end->lane->full.count, own_count(&end->lane->full) + 1, memory_order_release);
	return 0;
}

static unsigned char *spin_await(struct end *end)
{
	uint32_t number = own_count(&end->lane->empty);
	while (other_count(&end->lane->full) == number)
		channel_relax();
	return slot_of(end, number);
}

static int spin_release(struct end *end)
{
	atomic_store_explicit(&end->lane->empty.count, own_count(&end->lane->empty) + 1,
			      memory_order_release);
	return 0;
}

/* ---- sleeping ---- */

static unsigned char *sleep_claim(struct end *end)
{
	uint32_t number = own_count(&end->lane->full), released;
	while (number - (released = other_count(&end->lane->empty)) == end->lane->slots)
		count_sleep(&end->lane->empty, released);
	return slot_of(end, number);
}

static int sleep_publish(struct end *end)
{
	return count_raise(&end->lane->full);
}

static unsigned char *sleep_await(struct end *end)
{
	uint32_t number = own_count(&end->lane->empty);
	while (other_count(&end->lane->full) == number)
		count_sleep(&end->lane->full, number);
	return slot_of(end, number);
}

static int sleep_release(struct end *end)
{
	return count_raise(&end->lane->empty);
}

const struct transport transport_ring_spin = {open_ring,     close_ring, spin_claim,
					      spin_publish,  spin_await, spin_release,
					      MESSAGES_SPIN, SLOTS,      NULL};
const struct transport transport_ring_futex = {open_ring,      close_ring,  sleep_claim,
					       sleep_publish,  sleep_await, sleep_release,
					       MESSAGES_SLEEP, SLOTS,       NULL};
