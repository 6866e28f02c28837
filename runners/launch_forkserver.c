/*
 * A worker as a fork of a server: a small program with one thread, started before the first worker, that
 * forks on request. So no worker copies what the harness has grown to, nor a lock that one of its threads
 * holds. What a worker is to work with comes with the request, as descriptors over the socket (SCM_RIGHTS).
 *
 * The server forks with CLONE_PARENT: the worker is the harness's own child. The harness waits for it, reads
 * its status and what it used, and kills it, as with any other; nobody has to pass statuses on, and a server
 * that dies takes no worker's status with it. The price is that fork(3) cannot be used: glibc's would leave
 * the server as the parent. What fork(3) does beyond the system call is done here, and it is little, because
 * the server has one thread, which holds no lock: the thread's own number is written anew where the C library
 * keeps it, and its list of robust locks is registered.
 */
#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/launcher.h"
#include "runners/program.h"

struct request {
	uint32_t rank;
	bool has_shared; /* a second descriptor: the kernel's area */
};

/* ---- messages ---- */

enum { DESCRIPTORS_MOST = 2 };

union ancillary {
	struct cmsghdr head;
	char room[CMSG_SPACE(DESCRIPTORS_MOST * sizeof(int))];
};

static int send_request(int socket, const struct request *request, const int *descriptor)
{
	union ancillary beside = {0};
	size_t bytes = (request->has_shared ? 2 : 1) * sizeof(int);
	struct iovec text = {(void *)(uintptr_t)request, sizeof *request};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = &beside,
				 .msg_controllen = CMSG_SPACE(bytes)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(head), descriptor, bytes);
	ssize_t sent;
	while ((sent = sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	return sent == sizeof *request ? 0 : sent < 0 ? -errno : -EPROTO;
}

/* False: there are no more. */
static bool receive_request(int socket, struct request *request, int descriptor[static DESCRIPTORS_MOST])
{
	union ancillary beside;
	struct iovec text = {request, sizeof *request};
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside};
	ssize_t got;
	while ((got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	const struct cmsghdr *head = got == sizeof *request ? CMSG_FIRSTHDR(&message) : NULL;
	size_t bytes = head ? head->cmsg_len - CMSG_LEN(0) : 0;
	descriptor[0] = descriptor[1] = -1;
	if (!head || head->cmsg_type != SCM_RIGHTS || bytes > DESCRIPTORS_MOST * sizeof(int))
		return false;
	memcpy(descriptor, CMSG_DATA(head), bytes);
	return true;
}

/* ---- the server ---- */

/* What the C library keeps of the one thread that a fork has: where its number is, and its robust locks. */
struct thread_of_libc {
	int *tid;
	void *robust;
	size_t robust_bytes;
};

static int look_at_thread(struct thread_of_libc *thread)
{
	if (prctl(PR_GET_TID_ADDRESS, &thread->tid) != 0 || !thread->tid)
		return -EOPNOTSUPP; /* CONFIG_CHECKPOINT_RESTORE */
	if (syscall(SYS_get_robust_list, 0, &thread->robust, &thread->robust_bytes) != 0)
		thread->robust = NULL;
	return 0;
}

/* As fork(3), but the child is the caller's sibling. The order of the last two arguments differs between
 * machines; one of them is the thread pointer, which is not looked at. */
static pid_t fork_sibling(const struct thread_of_libc *thread)
{
	unsigned long flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
	pid_t pid = (pid_t)syscall(SYS_clone, flags, 0, NULL, thread->tid, thread->tid);
	if (pid == 0 && thread->robust)
		syscall(SYS_set_robust_list, thread->robust, thread->robust_bytes);
	return pid;
}

_Noreturn void forkserver_main(int socket, pid_t harness, kernel_finder *find)
{
	struct thread_of_libc thread;
	struct request request;
	int fd[DESCRIPTORS_MOST];
	process_follow_harness(harness);
	int unable = look_at_thread(&thread);
	while (receive_request(socket, &request, fd)) {
		pid_t pid = unable ? unable : fork_sibling(&thread);
		if (pid == 0) {
			close(socket);
			program_be_worker(request.rank, fd[0], fd[1], find);
		}
		int32_t answer = pid < 0 && !unable ? -errno : pid;
		for (int i = 0; i < DESCRIPTORS_MOST; i++)
			if (fd[i] >= 0)
				close(fd[i]);
		if (send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
			break;
	}
	_exit(EXIT_SUCCESS);
}

/* ---- the harness ---- */

static int server_open(struct source *source)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return -errno;
	int error = program_start(&source->pid, PROGRAM_SERVER, ends[1], (const int[]){-1, -1});
	close(ends[1]);
	if (error) {
		close(ends[0]);
		return error;
	}
	source->socket = ends[0];
	return 0;
}

/* It has nothing to lose: its workers are the harness's children, not its own. */
static void server_close(struct source *source)
{
	close(source->socket);
	kill(source->pid, SIGKILL);
	while (waitpid(source->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Its answer: a pid, or -errno. */
static int32_t await_answer(int socket)
{
	int32_t answer;
	ssize_t got;
	while ((got = recv(socket, &answer, sizeof answer, 0)) < 0 && errno == EINTR)
		;
	return got == sizeof answer ? answer : -EOWNERDEAD;
}

static int server_start(struct handle *handle)
{
	const int memory[] = {handle->control_fd, handle->worker.shared.fd};
	struct request request = {handle->worker.rank, memory[1] >= 0};
	int error = send_request(handle->source->socket, &request, memory);
	int32_t answer = error == -EPIPE || error == -ECONNRESET ? -EOWNERDEAD
			 : error                                 ? error
								 : await_answer(handle->source->socket);
	if (answer < 0)
		return answer;
	handle->pid = answer;
	return 0;
}

const struct launcher launch_forkserver = {
	.start = server_start, .join = process_join, .open = server_open, .close = server_close};
