/*
 * Channels between two workers: what one writes into a message the other reads, all of it. A transport moves
 * messages along a lane in one direction; a pair of workers has two lanes. The protocols over it (channel.c)
 * are the same for all transports, and for threads and processes.
 */
#ifndef PVT_CHANNEL_H
#define PVT_CHANNEL_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "kernels/kernel.h"

/* A count that one side waits for and the other one posts. Which member is used is the transport's choice. */
struct token {
	_Alignas(128) _Atomic uint32_t count;
	int fd;
	sem_t semaphore;
	pthread_mutex_t mutex;
	pthread_cond_t posted;
};

struct lane {
	struct token full, empty; /* of the slot, where there is one */
	int fd[2];                /* to read and to write, where there are descriptors */
	uint64_t slot;            /* offset of the slot in the shared area */
};

/* One end of a lane, as a worker has it. */
struct end {
	struct lane *lane;
	unsigned char *slot, *buffer; /* the shared slot; private memory; `bytes` each */
	size_t bytes;
};

/* 0 or -errno. */
struct transport {
	int (*open)(struct lane *lane, size_t bytes);
	void (*close)(struct lane *lane);
	unsigned char *(*claim)(struct end *end); /* where the next message is to be written; NULL: failed */
	int (*publish)(struct end *end);
	unsigned char *(*await)(struct end *end); /* where the next message is; NULL: failed */
	int (*release)(struct end *end);
	uint64_t messages; /* of a job, while they are small */
	bool slot;
};

extern const struct transport transport_pipe, transport_stream, transport_seqpacket, transport_tcp,
	transport_mqueue;
extern const struct transport transport_spin, transport_yield, transport_futex, transport_eventfd,
	transport_semaphore, transport_mutex, transport_mutex_private;

/* configure() of queues whose messages the system limits: 0, or -EOPNOTSUPP with `why`. */
int mqueue_fits(struct params *params);
int seqpacket_fits(struct params *params);

#endif
