/*
 * Spin, then futex. The opener pays for a system call only when somebody sleeps: waking a second virtual
 * CPU costs tens of microseconds, which is why spinning pays at all.
 */
#include "runners/gate.h"

#include "runners/clock.h"
#include "runners/futex.h"

enum { SPINS_PER_LOOK = 64 }; /* looks at the gate between two looks at the clock */

static bool gate_spin(struct gate *gate, uint32_t seen, uint64_t spin_ns)
{
	uint64_t give_up = spin_ns ? clock_ns() + spin_ns : 0;
	do {
		for (int i = 0; i < SPINS_PER_LOOK; i++) {
			if (atomic_load_explicit(&gate->epoch, memory_order_acquire) != seen)
				return true;
			clock_relax();
		}
	} while (spin_ns && clock_ns() < give_up);
	return false;
}

uint32_t gate_wait_for(struct gate *gate, uint32_t seen, uint64_t spin_ns, uint64_t timeout_ns)
{
	if (!gate_spin(gate, seen, spin_ns)) {
		atomic_fetch_add(&gate->sleepers, 1);
		while (atomic_load(&gate->epoch) == seen) {
			futex_wait(&gate->epoch, seen, timeout_ns);
			if (timeout_ns)
				break;
		}
		atomic_fetch_sub(&gate->sleepers, 1);
	}
	return atomic_load_explicit(&gate->epoch, memory_order_acquire);
}

uint32_t gate_wait(struct gate *gate, uint32_t seen, uint64_t spin_ns)
{
	return gate_wait_for(gate, seen, spin_ns, 0);
}

void gate_open(struct gate *gate)
{
	atomic_fetch_add(&gate->epoch, 1);
	if (atomic_load(&gate->sleepers))
		futex_wake_all(&gate->epoch);
}

bool barrier_wait(struct barrier *barrier, uint64_t spin_ns, const _Atomic uint32_t *abort)
{
	uint32_t seen = atomic_load_explicit(&barrier->gate.epoch, memory_order_acquire);
	if (atomic_fetch_add(&barrier->arrived, 1) + 1 == barrier->parties) {
		atomic_store(&barrier->arrived, 0);
		gate_open(&barrier->gate);
	} else if (!atomic_load(abort)) {
		gate_wait(&barrier->gate, seen, spin_ns);
	}
	return !atomic_load(abort);
}
