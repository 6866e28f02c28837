/*
 * The client. Its open loop sends each request when it is due, whether or not earlier ones have been
 * answered, and a latency counts from when the request was due: a server that stands still for a while is
 * charged for all that fell due meanwhile, which a client that waits for its answers leaves out ("coordinated
 * omission": G. Tene, How NOT to measure latency, 2013). It spins, as a machine of its own would: waking up
 * is not the server's.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kernels/mix.h"
#include "kernels/serve/serve.h"

#define NS_PER_S 1000000000ull
#define GIVES_UP_NS (SERVE_PATIENCE_S * NS_PER_S)
enum { EVENTS = 64 };

struct connection {
	int fd;
	uint64_t next; /* the request whose answer comes next on it: every `connections`-th is its own */
	struct serve_message answer;
	size_t got; /* bytes of it */
};

struct client {
	struct connection *connection;
	uint32_t connections;
	int epoll;
	bool touches;
	uint64_t requests, sent, answered, sum; /* of one part */
	double *due_ns, *latency_ns;            /* of each request; due: since the part's begin */
	uint64_t begin_ns, heard_ns;
	bool failed;
};

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t serve_requests(const struct params *params)
{
	return SERVE_REQUESTS + params->size;
}

/* One on each connection, the open loop, the closed one. */
uint64_t serve_sum(const struct params *params)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < serve_requests(params); i++)
		sum += 2 * mix64(i) + (i < params->size ? mix64(i) : 0);
	return sum;
}

/* ---- opening and closing ---- */

static void close_all(struct client *c)
{
	for (uint32_t i = 0; c->connection && i < c->connections; i++)
		if (c->connection[i].fd >= 0)
			close(c->connection[i].fd);
	if (c->epoll >= 0)
		close(c->epoll);
	free(c->connection);
	free(c->due_ns);
	free(c->latency_ns);
}

static bool open_connection(struct client *c, const struct serve_shared *s, uint32_t i)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
	c->connection[i].fd = serve_connect(s);
	return c->connection[i].fd >= 0 &&
	       epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->connection[i].fd, &event) == 0;
}

static bool open_all(struct client *c, const struct serve_shared *s)
{
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->connection = calloc(c->connections, sizeof *c->connection);
	c->due_ns = calloc(c->requests, sizeof *c->due_ns);
	c->latency_ns = calloc(c->requests, sizeof *c->latency_ns);
	if (c->epoll < 0 || !c->connection || !c->due_ns || !c->latency_ns)
		return false;
	for (uint32_t i = 0; i < c->connections; i++)
		c->connection[i].fd = -1;
	for (uint32_t i = 0; i < c->connections; i++)
		if (!open_connection(c, s, i))
			return false;
	return true;
}

/* ---- requests and answers ---- */

/* False: the socket has no room now, or, with `failed`, never again. */
static bool send_next(struct client *c)
{
	struct serve_message request = {.number = c->sent};
	int fd = c->connection[c->sent % c->connections].fd;
	ssize_t sent = send(fd, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent == (ssize_t)sizeof request) {
		c->sent++;
		return true;
	}
	c->failed = c->failed || sent >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
	return false;
}

static void take_answer(struct client *c, struct connection *from)
{
	const struct serve_message *answer = &from->answer;
	uint64_t now = now_ns();
	if (answer->number != from->next || (answer->touched != 0) != c->touches) {
		c->failed = true;
		return;
	}
	c->latency_ns[answer->number] = (double)(now - c->begin_ns) - c->due_ns[answer->number];
	c->sum += mix64(answer->number);
	c->heard_ns = now;
	c->answered++;
	from->next += c->connections;
	from->got = 0;
}

static void receive_from(struct client *c, struct connection *from)
{
	char *at = (char *)&from->answer + from->got;
	ssize_t got = recv(from->fd, at, sizeof from->answer - from->got, MSG_DONTWAIT);
	if (got <= 0) {
		c->failed = c->failed || got == 0 || (errno != EAGAIN && errno != EINTR);
		return;
	}
	from->got += (size_t)got;
	if (from->got == sizeof from->answer)
		take_answer(c, from);
}

/* What has come; spins until then no longer than a look. */
static void receive(struct client *c)
{
	struct epoll_event event[EVENTS];
	int n = epoll_wait(c->epoll, event, EVENTS, 0);
	for (int i = 0; i < n && !c->failed; i++)
		receive_from(c, &c->connection[event[i].data.u32]);
	if (now_ns() - c->heard_ns > GIVES_UP_NS)
		c->failed = true;
}

static void begin_part(struct client *c, uint64_t requests)
{
	c->requests = requests;
	c->sent = c->answered = 0;
	for (uint32_t i = 0; i < c->connections; i++)
		c->connection[i].next = i;
	c->begin_ns = c->heard_ns = now_ns();
}

/* ---- the three parts ---- */

/* No more of them under way than there are connections: all at once, and one on each. In ns. */
static double closed_loop(struct client *c, uint64_t requests)
{
	begin_part(c, requests);
	while (c->answered < c->requests && !c->failed) {
		while (c->sent < c->requests && c->sent - c->answered < c->connections && send_next(c))
			continue;
		receive(c);
	}
	return (double)(now_ns() - c->begin_ns);
}

/* Arrivals of many clients that do not know of each other: the gaps are exponential, and the same in each
 * job. */
static void plan_arrivals(struct client *c, double rate)
{
	uint64_t state = 1;
	double at = 0;
	for (uint64_t i = 0; i < c->requests; i++) {
		double uniform = ((double)(splitmix64(&state) >> 11) + 0.5) * 0x1p-53;
		at -= log(uniform) / rate * (double)NS_PER_S;
		c->due_ns[i] = at;
	}
}

static void open_loop(struct client *c, uint64_t requests, double rate)
{
	begin_part(c, requests);
	plan_arrivals(c, rate);
	while (c->answered < c->requests && !c->failed) {
		while (c->sent < c->requests && c->due_ns[c->sent] <= (double)(now_ns() - c->begin_ns) &&
		       send_next(c))
			continue;
		if (c->sent == c->answered)
			c->heard_ns = now_ns(); /* nothing is awaited */
		receive(c);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The nearest rank. */
static double quantile(const double *sorted, uint64_t n, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)n);
	return sorted[rank ? rank - 1 : 0];
}

static void tell(const struct context *ctx, struct client *c, double closed_ns)
{
	qsort(c->latency_ns, c->requests, sizeof *c->latency_ns, compare);
	ctx->told[TOLD_P50] = quantile(c->latency_ns, c->requests, 0.5);
	ctx->told[TOLD_P99] = quantile(c->latency_ns, c->requests, 0.99);
	ctx->told[TOLD_REQUEST] = closed_ns / (double)c->requests;
}

uint64_t serve_ask(struct context *ctx, double rate, bool touches)
{
	const struct serve_shared *s = ctx->shared;
	struct client c = {.connections = s->connections,
			   .requests = serve_requests(ctx->params),
			   .epoll = -1,
			   .touches = touches};
	uint64_t requests = c.requests;
	bool well = open_all(&c, s);
	if (well) {
		closed_loop(&c, c.connections); /* who has accepted is at work: what comes now is timed */
		double closed_ns = closed_loop(&c, requests);
		open_loop(&c, requests, rate);
		well = !c.failed;
		if (well && ctx->told)
			tell(ctx, &c, closed_ns);
	}
	close_all(&c);
	return well ? c.sum : 0;
}
