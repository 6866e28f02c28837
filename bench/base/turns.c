#include "bench/base/turns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool is_socket(int fd)
{
	int type;
	socklen_t bytes = sizeof type;
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 && type == SOCK_SEQPACKET;
}

int turns_offered(void)
{
	int version, fd, end = 0;
	const char *text = getenv(TURNS_VARIABLE);
	bool offered = text && sscanf(text, "%d:%d%n", &version, &fd, &end) == 2 && !text[end] &&
		       version == TURNS_VERSION && fd > 2 && is_socket(fd) &&
		       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
	unsetenv(TURNS_VARIABLE);
	return offered ? fd : -1;
}

int turns_say(int socket, const char *format, ...)
{
	char text[TURNS_BYTES];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof text)
		return -E2BIG;
	ssize_t sent;
	do
		sent = send(socket, text, (size_t)n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

int turns_hear(int socket, char text[static TURNS_BYTES])
{
	ssize_t n = recv(socket, text, TURNS_BYTES, MSG_TRUNC);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	if (n == 0)
		return -EPIPE;
	if (n >= TURNS_BYTES || memchr(text, '\0', (size_t)n))
		return -EPROTO;
	text[n] = '\0';
	return 0;
}
