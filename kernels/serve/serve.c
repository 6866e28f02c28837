/*
 * How a server's workers share out its connections: one each, which it waits on (a thread or a process per
 * connection, and prefork, where they are there before the connections are), or a pool, whose workers have
 * many each and take whichever has a request. A request is echoed, or 1 MiB of the worker's memory is touched
 * for it first.
 */
#include "kernels/serve/serve.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernels/mix.h"
#include "kernels/params.h"

#define ECHO_RATE 10000.0
#define TOUCH_RATE 1000.0
#define SPARE_DESCRIPTORS 64
#define POOL_WAIT_MS (SERVE_PATIENCE_S * 1000)

/* ---- what the kernels say of themselves ---- */

/* Both ends are of one process where workers are threads. */
static int configure(struct params *params)
{
	struct rlimit files;
	int error = params_limit(params, SERVE_CONNECTIONS);
	uint64_t wanted = 2 * params->size + SPARE_DESCRIPTORS;
	if (error)
		return error;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < wanted)
		return params_fail(
			params, EOPNOTSUPP,
			"%llu connections take %llu open files, %llu are allowed; raise `ulimit -n`",
			(unsigned long long)params->size, (unsigned long long)wanted,
			(unsigned long long)files.rlim_cur);
	return 0;
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct serve_shared);
}

/* The first CPU that the job may use. */
static int client_cpu(void)
{
	cpu_set_t allowed;
	int cpu = 0;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
		return -1;
	while (!CPU_ISSET((size_t)cpu, &allowed))
		cpu++;
	return cpu;
}

static int open_server(void *area, struct params *params, uint32_t workers)
{
	struct serve_shared *s = area;
	(void)workers;
	s->connections = (uint32_t)params->size;
	s->client_cpu = client_cpu();
	int error = serve_listen(s);
	return error ? params_fail(params, -error, "no socket that listens on 127.0.0.1: %s",
				   strerror(-error))
		     : 0;
}

static void close_server(void *area, const struct params *params)
{
	(void)params;
	close(((struct serve_shared *)area)->listener);
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	return serve_sum(params) == checksum ? 0 : -EBADMSG;
}

/* ---- a worker ---- */

struct local {
	cpu_set_t before; /* where the worker may run */
	unsigned char touched[SERVE_TOUCHED];
};

/* The client has a CPU of its own, as if it were on another machine: a scheduler that puts a server's worker
 * there lets it wait for the end of a time slice. What is bound to one CPU by the harness stays there. */
static void keep_apart(const struct context *ctx, const cpu_set_t *before)
{
	const struct serve_shared *s = ctx->shared;
	cpu_set_t own = *before;
	if (s->client_cpu < 0 || CPU_COUNT(before) < 2)
		return;
	if (ctx->rank == 0)
		CPU_ZERO(&own);
	if (ctx->rank == 0)
		CPU_SET((size_t)s->client_cpu, &own);
	else
		CPU_CLR((size_t)s->client_cpu, &own);
	sched_setaffinity(0, sizeof own, &own);
}

static int enter(struct context *ctx)
{
	struct local *local = calloc(1, sizeof *local);
	if (!local || sched_getaffinity(0, sizeof local->before, &local->before) != 0) {
		free(local);
		return -ENOMEM;
	}
	keep_apart(ctx, &local->before);
	ctx->local = local;
	return 0;
}

static void leave(struct context *ctx)
{
	struct local *local = ctx->local;
	if (local)
		sched_setaffinity(0, sizeof local->before, &local->before);
	free(local);
}

/* One line after the other, as a request does that looks something up and counts. */
static uint64_t touch_memory(unsigned char *memory)
{
	for (size_t at = 0; at < SERVE_TOUCHED; at += 64)
		memory[at]++;
	return SERVE_TOUCHED;
}

/* One request; as serve_receive. */
static int answer(int fd, unsigned char *touched)
{
	struct serve_message message;
	int status = serve_receive(fd, &message);
	if (status)
		return status;
	message.touched = touched ? touch_memory(touched) : 0;
	return serve_send(fd, &message);
}

/* Its share of the connections into an epoll of its own; how many those are, or -errno. */
static int accept_share(const struct context *ctx, int epoll)
{
	const struct serve_shared *s = ctx->shared;
	uint32_t servers = ctx->workers - 1;
	uint64_t share = split(s->connections, ctx->rank, servers) -
			 split(s->connections, ctx->rank - 1, servers);
	for (uint64_t i = 0; i < share; i++) {
		int fd = serve_accept(s);
		struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
		if (fd < 0)
			return fd;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
			return -errno;
	}
	return (int)share;
}

/* Until all of them are closed, or nobody has asked for long. */
static void serve_many(const struct context *ctx, unsigned char *touched)
{
	struct epoll_event event;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int left = epoll < 0 ? -errno : accept_share(ctx, epoll);
	for (int ready = 1; left > 0 && ready;) {
		ready = epoll_wait(epoll, &event, 1, POOL_WAIT_MS);
		if (ready == 1 && answer(event.data.fd, touched) != 0) {
			close(event.data.fd);
			left--;
		}
		if (ready < 0 && errno != EINTR)
			break;
	}
	if (epoll >= 0)
		close(epoll);
}

/* The first `connections` of the server's workers have one each. Where there are fewer workers, as in the job
 * that a result is compared with, each has several. */
static void serve_one(const struct context *ctx, unsigned char *touched)
{
	const struct serve_shared *s = ctx->shared;
	if (ctx->workers <= s->connections) {
		serve_many(ctx, touched);
		return;
	}
	int fd = ctx->rank <= s->connections ? serve_accept(s) : -1;
	if (fd < 0)
		return;
	while (answer(fd, touched) == 0)
		continue;
	close(fd);
}

typedef void serve(const struct context *ctx, unsigned char *touched);

static uint64_t run(struct context *ctx, serve *how, bool touches)
{
	if (ctx->rank == 0)
		return serve_ask(ctx, touches ? TOUCH_RATE : ECHO_RATE, touches);
	how(ctx, touches ? ((struct local *)ctx->local)->touched : NULL);
	return 0;
}

// NOLINTBEGIN(bugprone-macro-parentheses): names and texts that are put together cannot have any
#define SERVE(symbol, name_of, text, how, touches)                                      \
	static uint64_t run_##symbol(struct context *ctx, uint64_t begin, uint64_t end) \
	{                                                                               \
		(void)begin, (void)end;                                                 \
		return run(ctx, how, touches);                                          \
	}                                                                               \
	const struct kernel kernel_##symbol = {                                         \
		.abi = KERNEL_ABI,                                                      \
		.kind = KERNEL_RATE,                                                    \
		.group = KERNEL_GROUP_ALL,                                              \
		.needs = KERNEL_NEEDS_INHERITANCE,                                      \
		.name = name_of,                                                        \
		.help = text,                                                           \
		.item = "request",                                                      \
		.size_unit = "connections",                                             \
		.sizes = {1, 10, 100},                                                  \
		.configure = configure,                                                 \
		.items = serve_requests,                                                \
		.shared_bytes = shared_bytes,                                           \
		.open = open_server,                                                    \
		.close = close_server,                                                  \
		.enter = enter,                                                         \
		.run = run_##symbol,                                                    \
		.verify = verify,                                                       \
		.leave = leave,                                                         \
	};

SERVE(serve_each, "serve-each", "a server with a worker per connection echoes 1 KiB", serve_one, false)
SERVE(serve_pool, "serve-pool", "a server with a pool of workers echoes 1 KiB", serve_many, false)
SERVE(serve_each_1m, "serve-each-1m", "a worker per connection touches 1 MiB for each request", serve_one,
      true)
SERVE(serve_pool_1m, "serve-pool-1m", "a pool of workers touches 1 MiB for each request", serve_many, true)
// NOLINTEND(bugprone-macro-parentheses)
