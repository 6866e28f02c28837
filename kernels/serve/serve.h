/*
 * A small server on 127.0.0.1 and its client, in one job: rank 0 is the client, all others serve. What the
 * kernels of this folder differ in is how the server's workers share out the connections; whether they are
 * threads or processes is the runner's.
 */
#ifndef PVT_SERVE_H
#define PVT_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernel.h"

enum {
	SERVE_BYTES = 1024,        /* of a request, and of its answer */
	SERVE_TOUCHED = 1 << 20,   /* memory that a request touches, where it does */
	SERVE_CONNECTIONS = 10000, /* the most */
	SERVE_PATIENCE_S = 5,      /* who waits longer for the other side gives up: it is dead */
	SERVE_REQUESTS = 200,      /* of each part of a job, and one per connection */
};

/* In the area that all share. Descriptors are inherited. */
struct serve_shared {
	int listener;
	uint16_t port;
	uint32_t connections;
	int client_cpu; /* where the client spins, and nobody serves; -1: there is but one */
};

/* What a request carries, and what comes back with `touched` set to what the server has touched. */
struct serve_message {
	uint64_t number, touched;
	unsigned char filling[SERVE_BYTES - 2 * sizeof(uint64_t)];
};

/* ---- sockets (socket.c): 0 or a descriptor, or -errno ---- */

int serve_listen(struct serve_shared *s);
int serve_connect(const struct serve_shared *s);
/* A connection, within SERVE_PATIENCE_S. */
int serve_accept(const struct serve_shared *s);
/* All of a message. 0: all there; 1: the other side has closed; -errno. */
int serve_receive(int fd, struct serve_message *message);
int serve_send(int fd, const struct serve_message *message);

/* ---- the client (client.c) ---- */

/*
 * Connects, asks once on each connection, then in an open loop at `rate` requests per second and in a closed
 * one on all connections at once; tells of both (TOLD_…). The sum of what came back, 0 after any failure.
 */
uint64_t serve_ask(struct context *ctx, double rate, bool touches);

/* What the client's sum is when all is well. */
uint64_t serve_sum(const struct params *params);
uint64_t serve_requests(const struct params *params);

#endif
