/*
 * This program anew, in another role: as a spawned worker, or as the server that forks workers. It inherits
 * no memory, and of the descriptors only those that it is given.
 */
#ifndef PVT_PROGRAM_H
#define PVT_PROGRAM_H

#include <sys/types.h>

#include "kernels/kernel.h"

/* Both are told to program_start, and are what spawn_worker_main knows them by. */
#define PROGRAM_WORKER "--pvt-worker"
#define PROGRAM_SERVER "--pvt-forkserver"

/* Finds a kernel, as spawn_worker_main is told to. */
typedef const struct kernel *kernel_finder(const char *name, const char *plugin);

/* Starts it with a number (of a worker its rank, of a server its socket) and up to two descriptors besides
 * that, -1: none; they have the same numbers there. 0 or -errno. */
int program_start(pid_t *pid, const char *role, int number, const int descriptor[2]);

/* A worker that inherits nothing: maps its memory from descriptors, carries out its body and leaves. */
_Noreturn void program_be_worker(uint32_t rank, int control_fd, int shared_fd, kernel_finder *find);

/* launch_forkserver.c: the server; leaves when the other end of the socket is closed. */
_Noreturn void forkserver_main(int socket, pid_t harness, kernel_finder *find);

#endif
