/*
 * A worker as a fresh program: posix_spawn of the program that launches it (a cell), like Python's spawn
 * method. It inherits nothing but two descriptors, the control arena and the kernel's area, and maps them
 * wherever they fit.
 */
#include "runners/launcher.h"
#include "runners/program.h"

static int spawn_start(struct handle *handle)
{
	const int memory[] = {handle->control_fd, handle->worker.shared.fd};
	return program_start(&handle->pid, PROGRAM_WORKER, (int)handle->worker.rank, memory);
}

const struct launcher launch_spawn = {.start = spawn_start, .join = process_join};
