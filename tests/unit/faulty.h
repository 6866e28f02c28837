/*
 * A kernel that misbehaves on demand, to see what a runner makes of it. `size` is the number of items;
 * params.extent[0] says what goes wrong and extent[1] in which rank (modulo the number of workers). Compiled
 * with FAULTY_PLUGIN it is a plug-in with one kernel a fault, named fault-segv and so on, of which the
 * sequential reference does well.
 */
#ifndef PVT_TESTS_FAULTY_H
#define PVT_TESTS_FAULTY_H

#include "kernels/kernel.h"

/* FAULT(what, name of the plug-in's kernel) */
#define FAULTS(FAULT)                           \
	FAULT(NONE, "fault-none")               \
	FAULT(SEGV, "fault-segv")               \
	FAULT(EXIT, "fault-exit")               \
	FAULT(ABORT, "fault-abort")             \
	FAULT(KILL, "fault-kill")               \
	FAULT(HANG, "fault-hang")               \
	FAULT(STOP, "fault-stop")               \
	FAULT(ENTER, "fault-enter")             \
	FAULT(ENTER_KILL, "fault-enter-kill")   \
	FAULT(RETURN, "fault-return")           \
	FAULT(LEAVE, "fault-leave-kill")        \
	FAULT(WRONG, "fault-wrong")             \
	FAULT(OVERRUN, "fault-overrun")         \
	FAULT(FAR_OVERRUN, "fault-far-overrun") \
	FAULT(GRANDCHILD, "fault-grandchild")   \
	FAULT(CONFIGURE, "fault-configure")     \
	FAULT(ITEMS, "fault-items")             \
	FAULT(BYTES, "fault-bytes")             \
	FAULT(REFERENCE, "fault-reference")

#define FAULT_NUMBER(what, name) FAULT_##what,
enum fault { FAULTS(FAULT_NUMBER) };

extern const struct kernel kernel_faulty;

#endif
