/*
 * What a connection costs that brings one request: the client connects, asks, reads the answer and closes,
 * again and again. The server's worker answers it itself (prefork, and a pool), or makes a thread or a
 * process for it.
 */
#include "kernels/serve/serve.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/mix.h"
#include "kernels/params.h"

#define CONNECTIONS_MOST 100000

static int configure(struct params *params)
{
	return params_limit(params, CONNECTIONS_MOST);
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct serve_shared);
}

static int open_server(void *area, struct params *params, uint32_t workers)
{
	int error = serve_listen(area);
	(void)workers;
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
	uint64_t sum = 0;
	(void)shared;
	for (uint64_t i = 0; i < params->size; i++)
		sum += mix64(i + 1);
	return sum == checksum ? 0 : -EBADMSG;
}

/* What came back, mixed; 0: nothing that is right. */
static uint64_t ask(const struct serve_shared *s, uint64_t number)
{
	struct serve_message message = {.number = number};
	int fd = serve_connect(s);
	if (fd < 0)
		return 0;
	int error = serve_send(fd, &message);
	message.number = 0;
	if (!error)
		error = serve_receive(fd, &message);
	close(fd);
	return !error && message.number == number ? mix64(number) : 0;
}

static void answer_and_close(int fd)
{
	struct serve_message message;
	if (serve_receive(fd, &message) == 0)
		serve_send(fd, &message);
	close(fd);
}

/* ---- who answers: 0, or -errno ---- */

static int answer_here(int fd)
{
	answer_and_close(fd);
	return 0;
}

static void *answer_in_thread(void *argument)
{
	answer_and_close((int)(intptr_t)argument);
	return NULL;
}

static int answer_by_thread(int fd)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, answer_in_thread, (void *)(intptr_t)fd);
	if (error) {
		close(fd);
		return -error;
	}
	return -pthread_join(thread, NULL);
}

/* The child takes no more of the C library than what is safe after a fork of one thread of several. */
static int answer_by_process(int fd)
{
	pid_t pid = fork();
	if (pid == 0) {
		answer_and_close(fd);
		_exit(0);
	}
	int error = pid < 0 ? -errno : 0;
	close(fd);
	if (!error && waitpid(pid, NULL, 0) != pid)
		error = -errno;
	return error;
}

typedef int respond(int fd);

/* The first of the server's workers answers; further ones have nothing to do, for there is one client. */
static uint64_t run(struct context *ctx, respond *how, uint64_t begin, uint64_t end)
{
	const struct serve_shared *s = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end && ctx->rank < 2; i++) {
		if (ctx->rank == 0) {
			uint64_t got = ask(s, i + 1);
			if (!got)
				return 0;
			sum += got;
			continue;
		}
		int fd = serve_accept(s);
		if (fd < 0 || how(fd) != 0)
			return 0;
	}
	return sum;
}

// NOLINTBEGIN(bugprone-macro-parentheses): names and texts that are put together cannot have any
#define CONNECT(symbol, name_of, text, how)                                             \
	static uint64_t run_##symbol(struct context *ctx, uint64_t begin, uint64_t end) \
	{                                                                               \
		return run(ctx, how, begin, end);                                       \
	}                                                                               \
	const struct kernel kernel_##symbol = {                                         \
		.abi = KERNEL_ABI,                                                      \
		.kind = KERNEL_RATE,                                                    \
		.group = KERNEL_GROUP_ALL,                                              \
		.needs = KERNEL_NEEDS_INHERITANCE,                                      \
		.name = name_of,                                                        \
		.help = text,                                                           \
		.item = "connection",                                                   \
		.size_unit = "connections, one after the other",                        \
		.sizes = {10, 100, 2000},                                               \
		.configure = configure,                                                 \
		.shared_bytes = shared_bytes,                                           \
		.open = open_server,                                                    \
		.close = close_server,                                                  \
		.run = run_##symbol,                                                    \
		.verify = verify,                                                       \
	};

CONNECT(connect_standing, "connect-standing", "a worker that is there answers each new connection",
	answer_here)
CONNECT(connect_thread, "connect-thread", "a new thread answers each new connection", answer_by_thread)
CONNECT(connect_process, "connect-process", "a new forked process answers each new connection",
	answer_by_process)
// NOLINTEND(bugprone-macro-parentheses)
