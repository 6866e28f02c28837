/* The tasks that ours and the peers do: the same code on all sides. */
#ifndef PVT_PEERS_WORK_H
#define PVT_PEERS_WORK_H

#include <stdint.h>

/* A chain of multiplications, a few cycles each, that no compiler can shorten. */
static inline uint64_t work_spin(uint64_t steps)
{
	uint64_t x = steps;
	for (; steps; steps--) {
		x *= UINT64_C(6364136223846793005);
#ifdef __GNUC__
		__asm__ volatile("" : "+r"(x));
#endif
	}
	return x;
}

/* All sides begin with so many untimed ones: waking a second processor takes as long as thousands of small
 * tasks. */
#define WORK_WARM(count) ((count) / 8 + 2)

/* Both parts of an empty job wait until the other has begun: that both take part is then no assumption. */
static inline void work_meet(uint64_t *arrivals, uint64_t job)
{
	__atomic_fetch_add(arrivals, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(arrivals, __ATOMIC_ACQUIRE) < 2 * (job + 1))
		;
}

#endif
