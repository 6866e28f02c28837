/*
 * Waiting for each other: a gate that opens once per job, and a barrier. Both lie in shared memory, spin
 * for a while and then sleep on a futex; both let everybody go when the job is aborted, so that the death
 * of one worker never leaves the others waiting.
 */
#ifndef PVT_GATE_H
#define PVT_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct gate {
	_Atomic uint32_t epoch; /* how often it has opened */
	_Atomic uint32_t sleepers;
};

/* Waits until the epoch differs from `seen`; returns it. Spins for spin_ns before it sleeps. */
uint32_t gate_wait(struct gate *gate, uint32_t seen, uint64_t spin_ns);

/* The same, giving up after timeout_ns of sleep: then it returns `seen`. */
uint32_t gate_wait_for(struct gate *gate, uint32_t seen, uint64_t spin_ns, uint64_t timeout_ns);

void gate_open(struct gate *gate);

struct barrier {
	uint32_t parties;
	_Atomic uint32_t arrived;
	struct gate gate;
};

/* Waits for all parties, or until *abort is set (then returns false). */
bool barrier_wait(struct barrier *barrier, uint64_t spin_ns, const _Atomic uint32_t *abort);

#endif
