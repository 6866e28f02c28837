/*
 * How soon is a worker's first result there? From just before it is asked for to its own look at the clock.
 * It is forked, or forked by a small server, which gets the memory for the result as a descriptor. A fork
 * copies the page tables of its parent, who has touched BYTES; the server was forked before.
 *
 * Prints ns, the mean of COUNT.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "plain.h"

static void answer(int memory)
{
	double *result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (result == MAP_FAILED)
		_exit(1);
	*result = now_ns();
	_exit(0);
}

/* A message of one byte with room for one descriptor. */
struct letter {
	char byte;
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	struct iovec text;
	struct msghdr message;
};

static struct msghdr *write_letter(struct letter *l)
{
	*l = (struct letter){.text = {&l->byte, 1}};
	l->message = (struct msghdr){.msg_iov = &l->text,
				     .msg_iovlen = 1,
				     .msg_control = l->room,
				     .msg_controllen = sizeof l->room};
	return &l->message;
}

/* Forks a child for each descriptor that it gets, and says what became of it. */
static void serve(int socket)
{
	struct letter l;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recvmsg(socket, write_letter(&l), 0) > 0) {
		struct cmsghdr *head = CMSG_FIRSTHDR(&l.message);
		int memory, status;
		if (!head)
			break;
		memcpy(&memory, CMSG_DATA(head), sizeof memory);
		pid_t child = fork();
		if (child == 0)
			answer(memory);
		close(memory);
		if (child < 0 || waitpid(child, &status, 0) != child)
			status = -1;
		if (send(socket, &status, sizeof status, MSG_NOSIGNAL) != sizeof status)
			break;
	}
	_exit(0);
}

static void ask_server(int socket, int memory)
{
	struct letter l;
	struct msghdr *message = write_letter(&l);
	struct cmsghdr *head = CMSG_FIRSTHDR(message);
	int status;
	*head = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof memory)};
	memcpy(CMSG_DATA(head), &memory, sizeof memory);
	if (sendmsg(socket, message, 0) != 1 || recv(socket, &status, sizeof status, 0) != sizeof status ||
	    status != 0)
		die("the server");
}

static void ask_fork(int memory)
{
	int status;
	pid_t child = fork();
	if (child == 0)
		answer(memory);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		die("fork");
}

int main(int argc, char **argv)
{
	if ((argc != 3 && argc != 4) || (strcmp(argv[1], "fork") != 0 && strcmp(argv[1], "server") != 0))
		usage("first fork|server COUNT [BYTES]");
	size_t count = number(argv[2]);
	int ends[2], memory = memfd_create("result", 0);
	double *result, sum = 0;
	if (memory < 0 || ftruncate(memory, sizeof *result) != 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		die("memory and a socket");
	if (fork() == 0) {
		close(ends[0]);
		serve(ends[1]);
	}
	close(ends[1]);
	result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (argc == 4) {
		void *held = mmap(NULL, number(argv[3]), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0);
		if (held == MAP_FAILED)
			die("mmap");
		madvise(held, number(argv[3]), MADV_NOHUGEPAGE);
		memset(held, 1, number(argv[3]));
	}
	for (size_t i = 0; i <= count; i++) {
		double begin = now_ns();
		strcmp(argv[1], "server") == 0 ? ask_server(ends[0], memory) : ask_fork(memory);
		sum += i ? *result - begin : 0; /* the first one warms up */
	}
	printf("%.1f\n", sum / (double)count);
	return 0;
}
