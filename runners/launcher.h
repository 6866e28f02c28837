/*
 * How one worker comes to life and is reaped. A launcher is two functions; to add a runner, write them in
 * a file launch_NAME.c and add a line to runners.def.
 */
#ifndef PVT_LAUNCHER_H
#define PVT_LAUNCHER_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "runners/worker.h"

/* Who forks the workers of a session, where that is not the harness itself. */
struct source {
	pid_t pid; /* 0: nobody */
	int socket;
};

/* One worker as the harness sees it. */
struct handle {
	struct worker worker;
	const struct source *source; /* of its session; not looked at where the launcher has no open() */
	int control_fd;              /* of the control arena, for a worker that has to map it */
	pid_t pid;                   /* a process's */
	pthread_t thread;            /* a thread's */
	int fd;                      /* readable when the process has ended; -1: join has to wait */
	bool alive;                  /* started and not yet joined */
	int wait_status;             /* a process's, as wait4 gives it, and … */
	struct usage usage;          /* … what it has used in all its life */
	uint64_t launched_ns;        /* just before start was called */
	uint64_t created_ns;         /* just after start returned */
	uint64_t reaped_ns;          /* just after join returned */
};

struct launcher {
	/* Starts the worker; sets pid, or thread. 0 or -errno. */
	int (*start)(struct handle *handle);
	/* Waits for its end, for at most timeout_ns (0: for ever), and reaps it. 0, -ETIMEDOUT or -errno. */
	int (*join)(struct handle *handle, uint64_t timeout_ns);
	/* Before a session's first worker and after its last: who forks them. 0 or -errno. NULL: nobody does.
	 */
	int (*open)(struct source *source);
	void (*close)(struct source *source);
	bool inherits;  /* the worker has what the harness has: memory, descriptors */
	bool is_caller; /* it is no worker of its own, but the caller */
};

/* launch_thread and so on, of all that the table of runners names. */
#define LAUNCHED(name, how, processes, help) extern const struct launcher launch_##how;
#include "runners/runners.def"

/* Opens handle->fd for handle->pid, once all workers are launched; kills and reaps it where that fails:
 * -errno. */
int process_watch(struct handle *handle);
/* For launchers of processes. */
int process_join(struct handle *handle, uint64_t timeout_ns);
/* The file of the program that runs, also where there is no /proc. */
const char *process_program(void);
/* In the new process: die with the harness. Leaves at once if it has died already. */
void process_follow_harness(pid_t harness);

#endif
