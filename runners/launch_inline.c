/* seq: the same body, in the caller itself. Nothing is created, so join does the work. */
#include "runners/launcher.h"

static int inline_start(struct handle *handle)
{
	(void)handle;
	return 0;
}

static int inline_join(struct handle *handle, uint64_t timeout_ns)
{
	(void)timeout_ns;
	worker_body(&handle->worker);
	return 0;
}

const struct launcher launch_inline = {
	.start = inline_start, .join = inline_join, .inherits = true, .is_caller = true};
