/*
 * Transports that copy a large message once, out of the sender's own memory. It is on loan until the receiver
 * has it; the sender writes the next one into another buffer meanwhile. `full` counts the messages that were
 * lent, `empty` those that came back.
 */
#include "kernels/channel/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kernels/params.h"

enum { BYTES_MIN = 4096, MESSAGES = 100 };

static int large_enough(struct params *params)
{
	if (params->size >= BYTES_MIN)
		return params_limit(params, CHANNEL_BYTES_MAX);
	return params_fail(params, EOPNOTSUPP, "only for messages of at least %d bytes", BYTES_MIN);
}

static int open_counts(struct lane *lane, size_t bytes)
{
	(void)bytes;
	atomic_store(&lane->full.count, 0);
	atomic_store(&lane->empty.count, 0);
	return 0;
}

static unsigned char *buffer_of(const struct end *end, uint32_t number)
{
	return end->buffer + number % CHANNEL_LOANS * end->stride;
}

static unsigned char *loan_claim(struct end *end)
{
	uint32_t number = atomic_load(&end->lane->full.count), back;
	while (number - (back = atomic_load(&end->lane->empty.count)) == CHANNEL_LOANS)
		count_sleep(&end->lane->empty, back);
	return buffer_of(end, number);
}

static int loan_release(struct end *end)
{
	return count_raise(&end->lane->empty);
}

/* ---- vmsplice: the pages go into a pipe as they are ---- */

int vmsplice_fits(struct params *params)
{
	return large_enough(params);
}

static int open_splice(struct lane *lane, size_t bytes)
{
	open_counts(lane, bytes);
	return pipe2(lane->fd, O_CLOEXEC) == 0 ? 0 : -errno;
}

static void close_splice(struct lane *lane)
{
	close(lane->fd[0]);
	close(lane->fd[1]);
}

static int splice_publish(struct end *end)
{
	struct iovec left = {buffer_of(end, atomic_load(&end->lane->full.count)), end->bytes};
	while (left.iov_len) {
		ssize_t n = vmsplice(end->lane->fd[1], &left, 1, 0);
		if (n < 0 && errno != EINTR)
			return -errno;
		left.iov_base = (char *)left.iov_base + (n > 0 ? n : 0);
		left.iov_len -= n > 0 ? (size_t)n : 0;
	}
	return count_raise(&end->lane->full);
}

/* ---- process_vm_readv: the receiver takes it ---- */

/* A container may forbid the call as such: it is tried on oneself. */
int vm_readv_fits(struct params *params)
{
	char from = 1, to = 0;
	const struct iovec there = {&from, 1}, here = {&to, 1};
	if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != 1)
		return params_fail(params, EOPNOTSUPP, "process_vm_readv: %s", strerror(errno));
	return large_enough(params);
}

/* Where the security module Yama restricts tracing, the peer, no descendant, has to be let in. */
static int let_peer_in(void)
{
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	return 0;
}

static void close_counts(struct lane *lane)
{
	(void)lane;
}

static int readv_publish(struct end *end)
{
	uint32_t number = atomic_load(&end->lane->full.count);
	end->lane->loan[number % CHANNEL_LOANS] = (struct loan){.address = (uintptr_t)buffer_of(end, number),
								.pid = end->pid};
	return count_raise(&end->lane->full);
}

static unsigned char *readv_await(struct end *end)
{
	struct lane *lane = end->lane;
	uint32_t number = atomic_load(&lane->empty.count);
	while (atomic_load(&lane->full.count) == number)
		count_sleep(&lane->full, number);
	struct loan loan = lane->loan[number % CHANNEL_LOANS];
	for (size_t done = 0; done < end->bytes;) {
		struct iovec here = {end->buffer + done, end->bytes - done};
		struct iovec there = {(void *)(uintptr_t)(loan.address + done), end->bytes - done};
		ssize_t n = process_vm_readv(loan.pid, &here, 1, &there, 1, 0);
		if (n <= 0)
			return NULL;
		done += (size_t)n;
	}
	return end->buffer;
}

const struct transport transport_vmsplice = {
	open_splice, close_splice, loan_claim, splice_publish, channel_read_all, loan_release, MESSAGES,
	0,           NULL};
const struct transport transport_vm_readv = {open_counts, close_counts, loan_claim, readv_publish,
					     readv_await, loan_release, MESSAGES,   0,
					     let_peer_in};
