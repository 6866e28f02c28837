/* What became of a worker, in words. */
#ifndef PVT_FATE_H
#define PVT_FATE_H

#include <stdbool.h>
#include <stddef.h>

#include "runners/launcher.h"

/* Did a joined worker come to a good end? */
bool fate_is_good(const struct handle *handle);

/* "worker 1 (pid 4242, cpu 3): killed by SIGSEGV in run()" */
void fate_tell(const struct handle *handle, char *text, size_t bytes);

/* "worker 1 (pid 4242, cpu 3): still in run() after 5 s" */
void fate_tell_late(const struct handle *handle, uint64_t timeout_ns, char *text, size_t bytes);

#endif
