/* Transports through the kernel: a message is copied in by the sender and out by the receiver. */
#include "kernels/channel/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernels/params.h"

enum { MESSAGES = 100 };

static unsigned char *own_buffer(struct end *end)
{
	return end->buffer;
}

static int nothing(struct end *end)
{
	(void)end;
	return 0;
}

/* ---- streams of bytes ---- */

static int write_all(struct end *end)
{
	for (size_t done = 0; done < end->bytes;) {
		ssize_t n = write(end->lane->fd[1], end->buffer + done, end->bytes - done);
		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

unsigned char *channel_read_all(struct end *end)
{
	for (size_t done = 0; done < end->bytes;) {
		ssize_t n = read(end->lane->fd[0], end->buffer + done, end->bytes - done);
		if (n == 0 || (n < 0 && errno != EINTR))
			return NULL;
		done += n > 0 ? (size_t)n : 0;
	}
	return end->buffer;
}

static void close_both(struct lane *lane)
{
	close(lane->fd[0]);
	close(lane->fd[1]);
}

static int open_pipe(struct lane *lane, size_t bytes)
{
	(void)bytes;
	return pipe2(lane->fd, O_CLOEXEC) == 0 ? 0 : -errno;
}

static int open_stream(struct lane *lane, size_t bytes)
{
	(void)bytes;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lane->fd) == 0 ? 0 : -errno;
}

/* A connection to itself, on a port that the system chooses. */
static int connect_loopback(int listener, struct lane *lane)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof at;
	const int on = 1;
	if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &length) != 0)
		return -errno;
	lane->fd[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (lane->fd[1] < 0)
		return -errno;
	if (connect(lane->fd[1], (struct sockaddr *)&at, sizeof at) == 0 &&
	    setsockopt(lane->fd[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
		lane->fd[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	else
		lane->fd[0] = -1;
	if (lane->fd[0] >= 0)
		return 0;
	int error = -errno;
	close(lane->fd[1]);
	return error;
}

static int open_tcp(struct lane *lane, size_t bytes)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)bytes;
	if (listener < 0)
		return -errno;
	int error = connect_loopback(listener, lane);
	close(listener);
	return error;
}

const struct transport transport_pipe = {open_pipe, close_both, own_buffer, write_all, channel_read_all,
					 nothing,   MESSAGES,   0,          NULL};
const struct transport transport_stream = {open_stream, close_both, own_buffer, write_all, channel_read_all,
					   nothing,     MESSAGES,   0,          NULL};
const struct transport transport_tcp = {open_tcp, close_both, own_buffer, write_all, channel_read_all,
					nothing,  MESSAGES,   0,          NULL};

/* ---- messages that stay whole ---- */

static uint64_t limit_of(const char *path)
{
	unsigned long long value = 0;
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%llu", &value) != 1)
		value = 0;
	if (file)
		fclose(file);
	return value;
}

static int within(struct params *params, const char *path, uint64_t share)
{
	uint64_t limit = limit_of(path) / share;
	if (params->size <= limit)
		return 0;
	return params_fail(params, EOPNOTSUPP,
			   "a message of %llu bytes is above the limit of %llu that %s sets",
			   (unsigned long long)params->size, (unsigned long long)limit, path);
}

int mqueue_fits(struct params *params)
{
	return within(params, "/proc/sys/fs/mqueue/msgsize_max", 1);
}

/* Half of the buffer is the kernel's own book-keeping, socket(7). */
int seqpacket_fits(struct params *params)
{
	return within(params, "/proc/sys/net/core/wmem_default", 2);
}

static int open_seqpacket(struct lane *lane, size_t bytes)
{
	(void)bytes;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, lane->fd) == 0 ? 0 : -errno;
}

/* Its name is gone before anybody else can see it. */
static int open_mqueue(struct lane *lane, size_t bytes)
{
	char name[64];
	struct mq_attr attr = {.mq_maxmsg = 8, .mq_msgsize = (long)bytes};
	snprintf(name, sizeof name, "/pvt-%d-%p", (int)getpid(), (void *)lane);
	lane->fd[0] = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attr);
	if (lane->fd[0] < 0)
		return -errno;
	lane->fd[1] = lane->fd[0];
	mq_unlink(name);
	return 0;
}

static void close_mqueue(struct lane *lane)
{
	mq_close(lane->fd[0]);
}

static int send_mqueue(struct end *end)
{
	int error;
	do
		error = mq_send(end->lane->fd[1], (const char *)end->buffer, end->bytes, 0) == 0 ? 0 : -errno;
	while (error == -EINTR);
	return error;
}

static unsigned char *receive_mqueue(struct end *end)
{
	ssize_t n;
	do
		n = mq_receive(end->lane->fd[0], (char *)end->buffer, end->bytes, NULL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)end->bytes ? end->buffer : NULL;
}

const struct transport transport_seqpacket = {
	open_seqpacket, close_both, own_buffer, write_all, channel_read_all, nothing, MESSAGES, 0, NULL};
const struct transport transport_mqueue = {open_mqueue, close_mqueue, own_buffer, send_mqueue, receive_mqueue,
					   nothing,     MESSAGES,     0,          NULL};
