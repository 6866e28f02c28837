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

#define CHANNEL_BYTES_MAX (UINT64_C(16) << 20)

/* A count that one side waits for and the other one posts. Which member is used is the transport's choice. */
struct token {
	_Alignas(128) _Atomic uint32_t count;
	_Atomic uint32_t sleeper; /* somebody sleeps until the count changes */
	int fd;
	sem_t semaphore;
	pthread_mutex_t mutex;
	pthread_cond_t posted;
};

/* Where a message lies in its sender's own memory. */
struct loan {
	uint64_t address;
	int32_t pid;
};

enum { CHANNEL_LOANS = 2 };

struct lane {
	struct token full, empty; /* of the slots, where there are any */
	int fd[2];                /* to read and to write, where there are descriptors */
	uint64_t slot;            /* offset of the slots in the shared area */
	uint32_t slots;
	struct loan loan[CHANNEL_LOANS];
};

/* One end of a lane, as a worker has it. */
struct end {
	struct lane *lane;
	unsigned char *slot,
		*buffer;      /* the shared slots; private memory for CHANNEL_LOANS messages, page-aligned */
	size_t bytes, stride; /* of a message; from one slot, or buffer, to the next */
	int32_t pid;          /* the worker's process */
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
	uint32_t slots;    /* at most; 0: it has no shared memory */
	int (*enter)(void);
};

extern const struct transport transport_pipe, transport_stream, transport_seqpacket, transport_tcp,
	transport_mqueue, transport_vmsplice, transport_vm_readv, transport_ring_spin, transport_ring_futex;
extern const struct transport transport_spin, transport_yield, transport_futex, transport_eventfd,
	transport_semaphore, transport_mutex, transport_mutex_private;

/* configure() of queues whose messages the system limits: 0, or -EOPNOTSUPP with `why`. */
int mqueue_fits(struct params *params);
int seqpacket_fits(struct params *params);

/* configure() of transports that are for large messages: the same for short ones, or where it is forbidden.
 */
int vmsplice_fits(struct params *params);
int vm_readv_fits(struct params *params);

/* descriptors.c: a whole message into the buffer; NULL: failed. */
unsigned char *channel_read_all(struct end *end);

/* slots.c: a breath while spinning; sleep until the count is no longer `seen`; change it and wake who sleeps.
 */
void channel_relax(void);
int count_sleep(struct token *t, uint32_t seen);
int count_raise(struct token *t);

#endif
