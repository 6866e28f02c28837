/*
 * A kernel that misbehaves on demand, to see what a runner makes of it. `size` is the number of items;
 * params.extent[0] says what goes wrong and extent[1] in which rank.
 */
#ifndef PVT_TESTS_FAULTY_H
#define PVT_TESTS_FAULTY_H

#include "kernels/kernel.h"

enum fault {
	FAULT_NONE,
	FAULT_SEGV,
	FAULT_EXIT,
	FAULT_ABORT,
	FAULT_KILL,
	FAULT_HANG,
	FAULT_ENTER,
	FAULT_ENTER_KILL,
	FAULT_RETURN,
	FAULT_LEAVE
};

extern const struct kernel kernel_faulty;

#endif
