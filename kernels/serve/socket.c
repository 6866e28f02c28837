#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "kernels/serve/serve.h"

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Nobody waits for ever for who is dead; and small messages leave at once. */
static int prepare(int fd)
{
	struct timeval patience = {.tv_sec = SERVE_PATIENCE_S};
	int on = 1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
		return -errno;
	return 0;
}

static int close_after(int fd, int error)
{
	close(fd);
	return error;
}

int serve_listen(struct serve_shared *s)
{
	struct sockaddr_in address = loopback(0);
	socklen_t bytes = sizeof address;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0)
		return -errno;
	int error = prepare(s->listener);
	if (!error && (bind(s->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
		       listen(s->listener, SERVE_CONNECTIONS) != 0 ||
		       getsockname(s->listener, (struct sockaddr *)&address, &bytes) != 0))
		error = -errno;
	s->port = address.sin_port;
	return error ? close_after(s->listener, error) : 0;
}

/*
 * Prepared after it is connected: with a time limit a call ends with EINTR at any signal, and this one could
 * not be called again.
 */
int serve_connect(const struct serve_shared *s)
{
	struct sockaddr_in address = loopback(s->port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	int error = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : -errno;
	if (!error)
		error = prepare(fd);
	return error ? close_after(fd, error) : fd;
}

int serve_accept(const struct serve_shared *s)
{
	int fd;
	do
		fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -errno;
	int error = prepare(fd);
	return error ? close_after(fd, error) : fd;
}

int serve_receive(int fd, struct serve_message *message)
{
	ssize_t got;
	do
		got = recv(fd, message, sizeof *message, MSG_WAITALL);
	while (got < 0 && errno == EINTR);
	if (got == (ssize_t)sizeof *message)
		return 0;
	return got < 0 ? -errno : got == 0 ? 1 : -ECONNRESET;
}

int serve_send(int fd, const struct serve_message *message)
{
	ssize_t sent;
	do
		sent = send(fd, message, sizeof *message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof *message ? 0 : sent < 0 ? -errno : -EPIPE;
}
