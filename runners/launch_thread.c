/* A worker as a POSIX thread. */
#include "runners/launcher.h"

#include <time.h>

#include "runners/clock.h"

static void *thread_main(void *worker)
{
	worker_body(worker);
	return NULL;
}

static int thread_start(struct handle *handle)
{
	return -pthread_create(&handle->thread, NULL, thread_main, &handle->worker);
}

static int thread_join(struct handle *handle, uint64_t timeout_ns)
{
	if (timeout_ns == 0)
		return -pthread_join(handle->thread, NULL);
	uint64_t end = clock_ns() + timeout_ns;
	struct timespec until = {.tv_sec = (time_t)(end / NS_PER_S), .tv_nsec = (long)(end % NS_PER_S)};
	return -pthread_clockjoin_np(handle->thread, NULL, CLOCK_MONOTONIC, &until);
}

const struct launcher launch_thread = {.start = thread_start, .join = thread_join, .inherits = true};
