/*
 * A small server on 127.0.0.1 with a thread or a process per connection, and its client. `request`: N
 * connections stand, one request of 1 KiB is under way on each. `connection`: N connections one after the
 * other, each with one request and a worker of its own.
 *
 * Prints ns per request, or per connection.
 */
#include "plain.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>

enum { BYTES = 1024, REQUESTS = 200 };

static int listener;
static struct sockaddr_in address;

static void no_delay(int fd)
{
	int on = 1;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
		die("setsockopt");
}

static void exchange(int fd, char *text)
{
	if (send(fd, text, BYTES, MSG_NOSIGNAL) != BYTES || recv(fd, text, BYTES, MSG_WAITALL) != BYTES)
		die("client");
}

static int connected(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		die("connect");
	no_delay(fd);
	return fd;
}

static void *serve(void *arg)
{
	char text[BYTES];
	int fd = (int)(intptr_t)arg;
	no_delay(fd);
	while (recv(fd, text, BYTES, MSG_WAITALL) == BYTES)
		if (send(fd, text, BYTES, MSG_NOSIGNAL) != BYTES)
			die("server");
	close(fd);
	return NULL;
}

/* The client has the first CPU, the server all others. */
static void keep_apart(bool client)
{
	cpu_set_t own;
	size_t first = 0;
	if (sched_getaffinity(0, sizeof own, &own) != 0 || CPU_COUNT(&own) < 2)
		return;
	while (!CPU_ISSET(first, &own))
		first++;
	if (client)
		pin(0);
	else
		CPU_CLR(first, &own);
	if (!client)
		sched_setaffinity(0, sizeof own, &own);
}

static void *accept_one(void *arg)
{
	(void)arg;
	keep_apart(false);
	int fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	return serve((void *)(intptr_t)fd);
}

/* In a process of its own, so that what it forks is a small one. */
static pid_t serve_anew(size_t connections, bool process)
{
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	for (size_t i = 0; i < connections; i++) {
		struct worker w;
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			die("accept");
		start(&w, process, serve, (void *)(intptr_t)fd);
		if (process)
			close(fd);
		finish(&w);
	}
	_exit(0);
}

static double connections(size_t n, bool process)
{
	char text[BYTES] = {0};
	int status = 0;
	pid_t server = serve_anew(n, process);
	double begin = now_ns();
	for (size_t i = 0; i < n; i++) {
		int fd = connected();
		exchange(fd, text);
		close(fd);
	}
	double ns = (now_ns() - begin) / (double)n;
	if (waitpid(server, &status, 0) != server || status != 0)
		die("the server has failed");
	return ns;
}

static double requests(size_t n, bool process)
{
	struct worker *workers = calloc(n, sizeof *workers);
	struct pollfd *polls = calloc(n, sizeof *polls);
	char text[BYTES] = {0};
	size_t sent = 0, answered = 0, all = REQUESTS + n;
	if (!workers || !polls)
		die("calloc");
	for (size_t i = 0; i < n; i++)
		start(&workers[i], process, accept_one, NULL);
	keep_apart(true);
	for (size_t i = 0; i < n; i++) {
		polls[i] = (struct pollfd){.fd = connected(), .events = POLLIN};
		exchange(polls[i].fd, text);
	}
	double begin = now_ns();
	for (; sent < n; sent++)
		send(polls[sent].fd, text, BYTES, MSG_NOSIGNAL);
	while (answered < all) {
		poll(polls, n, 0);
		for (size_t i = 0; i < n && answered < all; i++) {
			if (!(polls[i].revents & POLLIN))
				continue;
			if (recv(polls[i].fd, text, BYTES, MSG_WAITALL) != BYTES)
				die("recv");
			answered++;
			if (sent < all && ++sent)
				send(polls[i].fd, text, BYTES, MSG_NOSIGNAL);
		}
	}
	double ns = (now_ns() - begin) / (double)all;
	for (size_t i = 0; i < n; i++)
		close(polls[i].fd);
	for (size_t i = 0; i < n; i++)
		finish(&workers[i]);
	return ns;
}

int main(int argc, char **argv)
{
	socklen_t bytes = sizeof address;
	if (argc != 4)
		usage("serve thread|fork request|connection N");
	address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(listener, 4096) != 0 || getsockname(listener, (struct sockaddr *)&address, &bytes) != 0)
		die("listen");
	bool process = is_process(argv[1]), stands = strcmp(argv[2], "request") == 0;
	printf("%.1f\n", (stands ? requests : connections)(number(argv[3]), process));
	return 0;
}
