/* What became of a worker, in words. */
#ifndef PVT_FATE_H
#define PVT_FATE_H

#include <stdbool.h>
#include <stddef.h>

#include "runners/control.h"
#include "runners/launcher.h"

/*
 * "worker 1 (pid 4242, cpu 3): " from the worker's record, whatever it was launched by. How much was written.
 */
size_t fate_tell_who(const struct control *control, uint32_t rank, char *text, size_t bytes);

/* Did a joined worker come to a good end? */
bool fate_is_good(const struct handle *handle);

/* "worker 1 (pid 4242, cpu 3): killed by SIGSEGV in run()" */
void fate_tell(const struct handle *handle, char *text, size_t bytes);

/* Of the worker that all wait for: "worker 1 (pid 4242, cpu 3): still in run() after 5 s", or "stopped in …".
 */
void fate_tell_late(const struct control *control, uint64_t timeout_ns, char *text, size_t bytes);

/*
 * A whole process with its thread workers has ended: the worker with thread id `culprit`, which a signal
 * struck (0: not known), or where each of them was.
 */
void fate_tell_process(const struct control *control, pid_t pid, pid_t culprit, int wait_status, char *text,
		       size_t bytes);

#endif
