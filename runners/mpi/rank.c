#include "runners/mpi/rank.h"
#include "runners/affinity.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/launcher.h"
#include "runners/mpi/fabric.h"
#include "runners/mpi/greeting.h"
#include "runners/mpi/load.h"
#include "runners/mpi/member.h"

/* Who waits for an order looks at once for a while, then less and less often, so as not to disturb others: a
 * message wakes nobody in MPI. */
#define LOOK_NS (50 * NS_PER_US)
#define NAP_LEAST_NS (20 * NS_PER_US)
#define NAP_IN_SESSION_NS NS_PER_MS
#define NAP_MOST_NS (10 * NS_PER_MS)
/* Rank 0 says so often that it is still there. */
#define ALIVE_NS NS_PER_S

struct ack {
	int32_t error;
	char why[384];
};

_Noreturn void rank_fail(const struct rank *r, const char *format, ...)
{
	char text[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments); /* NOLINT(clang-analyzer-valist.Uninitialized) */
	va_end(arguments);
	fprintf(stderr, RANK_SAYS "%u on %s: %s\n", r->rank, r->host, text); /* in one piece */
	_exit(EXIT_FAILURE);
}

/* ---- nobody is left behind: who hears nothing any more ends itself ---- */

static void on_silence(int number)
{
	static const char text[] = RANK_SAYS "that has heard nothing for too long ends\n";
	(void)number;
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
	(void)ignored;
	kill(getppid(),
	     SIGTERM); /* the launcher's daemon on this host: hydra's never notices that it is cut off */
	_exit(EXIT_FAILURE);
}

static void heard(uint64_t patience_ns)
{
	alarm((unsigned)((patience_ns + NS_PER_S - 1) / NS_PER_S));
}

/* ---- opening and closing ---- */

static bool await(const struct rank *r, uint32_t from, int tag, uint64_t nap_most_ns)
{
	uint64_t start = clock_ns(), nap = NAP_LEAST_NS;
	while (!r->fabric->waits(r->fabric->all(), from, tag)) {
		if (clock_ns() - start < LOOK_NS)
			continue;
		nanosleep(&(struct timespec){.tv_nsec = (long)nap}, NULL);
		nap = 2 * nap < nap_most_ns ? 2 * nap : nap_most_ns;
	}
	return true;
}

/* What a member says in each step of opening; rank 0 tells all whether to go on. */
static int agree(const struct rank *r, const struct sitting *s, struct control *control, struct ack *own,
		 char *why, size_t why_bytes)
{
	const struct fabric *f = r->fabric;
	struct ack ack = *own;
	if (!control) { /* not the first */
		f->send(f->all(), 0, TAG_ACK, own, sizeof *own);
		f->receive(f->all(), 0, TAG_ACK, &ack, sizeof ack);
		return ack.error;
	}
	if (own->error)
		snprintf(why, why_bytes, "rank 0 on %.100s: %.380s", r->host, own->why);
	for (uint32_t i = 1; i < s->ranks; i++) {
		struct ack other;
		control->awaited = i * sitting_inside(s);
		f->receive(f->all(), s->rank[i], TAG_ACK, &other, sizeof other);
		if (other.error && !ack.error) {
			ack = other;
			snprintf(why, why_bytes, "rank %u %.383s", s->rank[i], other.why);
		}
	}
	control->awaited = 0;
	for (uint32_t i = 1; i < s->ranks; i++)
		f->send(f->all(), s->rank[i], TAG_ACK, &ack, sizeof ack);
	return ack.error;
}

static void put_host(const struct rank *r, struct ack *ack)
{
	char text[sizeof ack->why];
	if (r->rank == 0 || !ack->error)
		return;
	snprintf(text, sizeof text, "on %.100s: %.250s", r->host, ack->why);
	memcpy(ack->why, text, sizeof text);
}

/* 0; or -errno: the session is not there, in any rank. `control`: as member_close has it. */
static int open_member(struct rank *r, struct member *m, const struct sitting *s, struct control *control,
		       char *why, size_t why_bytes)
{
	struct ack ack = {0};
	ack.error = member_prepare(m, r, s, ack.why, sizeof ack.why);
	put_host(r, &ack);
	int error = agree(r, s, control, &ack, why, why_bytes);
	if (error)
		return error;
	ack = (struct ack){0};
	ack.error = member_open(m, ack.why, sizeof ack.why);
	put_host(r, &ack);
	error = agree(r, s, control, &ack, why, why_bytes);
	if (error)
		member_close(m, control);
	return error;
}

/* ---- the others ---- */

static int serve_others(struct rank *r, uint64_t patience_ns)
{
	const struct fabric *f = r->fabric;
	struct sitting sitting;
	struct member member;
	struct message message;
	char why[512];
	bool open = false;
	for (;;) {
		await(r, 0, TAG_ORDER, open ? NAP_IN_SESSION_NS : NAP_MOST_NS);
		f->receive(f->all(), 0, TAG_ORDER, &message, sizeof message);
		heard(patience_ns);
		if (message.order == ORDER_QUIT)
			return 0;
		if (message.order == ORDER_OPEN) {
			f->receive(f->all(), 0, TAG_SITTING, &sitting, sizeof sitting);
			open = open_member(r, &member, &sitting, NULL, why, sizeof why) == 0;
		}
		if (message.order == ORDER_JOB)
			member_job(&member, &message, NULL);
		if (message.order == ORDER_CLOSE) {
			member_close(&member, NULL);
			open = false;
		}
	}
}

/* ---- rank 0 ---- */

struct first {
	struct rank *rank;
	struct desk *desk;
	struct member member;
	struct arena control;
};

static void order_all(const struct rank *r, const struct message *message)
{
	for (uint32_t i = 1; i < r->ranks; i++)
		r->fabric->send(r->fabric->all(), i, TAG_ORDER, message, sizeof *message);
}

static void order_members(const struct rank *r, const struct sitting *s, const struct message *message)
{
	for (uint32_t i = 1; i < s->ranks; i++) {
		r->fabric->send(r->fabric->all(), s->rank[i], TAG_ORDER, message, sizeof *message);
		if (message->order == ORDER_OPEN)
			r->fabric->send(r->fabric->all(), s->rank[i], TAG_SITTING, s, sizeof *s);
	}
}

static void open_first(struct first *f)
{
	struct desk *d = f->desk;
	d->status = areas_of_process(d->sitting.harness, d->sitting.control_fd, &f->control);
	if (d->status)
		rank_fail(f->rank, "the harness's memory cannot be opened: %s", strerror(-d->status));
	order_members(f->rank, &d->sitting, &d->message);
	d->status = open_member(f->rank, &f->member, &d->sitting, f->control.base, d->why, sizeof d->why);
	if (d->status)
		arena_destroy(&f->control);
	d->barrier_ns = f->member.barrier_ns;
}

static void close_first(struct first *f)
{
	order_members(f->rank, &f->desk->sitting, &f->desk->message);
	member_close(&f->member, f->control.base);
	arena_destroy(&f->control);
}

static void obey(struct first *f)
{
	struct desk *d = f->desk;
	d->status = 0;
	switch (d->message.order) {
	case ORDER_OPEN:
		open_first(f);
		break;
	case ORDER_JOB:
		order_members(f->rank, &d->sitting, &d->message);
		d->span_ns = member_job(&f->member, &d->message, f->control.base);
		d->exchanged = (double)f->member.exchange.bytes;
		break;
	case ORDER_CLOSE:
		close_first(f);
		break;
	case ORDER_QUIT:
	case ORDER_ALIVE:
		order_all(f->rank, &d->message);
		break;
	}
}

/*
 * Waits for the harness. Meanwhile the library gets its turn, for others may still be in a barrier that rank
 * 0 has left, and need what it has not sent; and they hear that rank 0 is there. False: the harness is gone.
 */
static bool await_harness(const struct first *f, pid_t harness, uint32_t *seen)
{
	uint64_t nap = NAP_LEAST_NS, told = clock_ns(), spin = LOOK_NS;
	uint32_t asked;
	while ((asked = gate_wait_for(&f->desk->asked, *seen, spin, nap)) == *seen) {
		f->rank->fabric->waits(f->rank->fabric->all(), 0, TAG_ORDER);
		nap = 2 * nap < NAP_MOST_NS ? 2 * nap : NAP_MOST_NS;
		spin = 0;
		if (clock_ns() - told < ALIVE_NS)
			continue;
		order_all(f->rank, &(struct message){.order = ORDER_ALIVE});
		told = clock_ns();
		if (kill(harness, 0) != 0)
			return false;
	}
	*seen = asked;
	return true;
}

static int serve_desk(struct rank *r, struct desk *desk, pid_t harness)
{
	struct first f = {.rank = r, .desk = desk};
	uint32_t seen = 0;
	gate_open(&desk->answered);
	for (bool quit = desk->status != 0; !quit;) {
		if (!await_harness(&f, harness, &seen))
			return EXIT_FAILURE; /* and with it all others */
		obey(&f);
		quit = desk->message.order == ORDER_QUIT;
		gate_open(&desk->answered);
	}
	if (desk->status)
		order_all(r, &(struct message){.order = ORDER_QUIT});
	return 0;
}

/* ---- the process ---- */

static void rank_begin(struct rank *r, const char *flavour, uint64_t patience_ns, char *library, size_t bytes)
{
	char why[512];
	gethostname(r->host, sizeof r->host - 1);
	signal(SIGALRM, on_silence);
	heard(patience_ns);
	r->fabric = load_fabric(flavour, why, sizeof why);
	if (!r->fabric)
		rank_fail(r, "%s", why);
	r->fabric->begin(&r->rank, &r->ranks, library, bytes);
	if (machine_load(&r->machine, NULL, why, sizeof why))
		rank_fail(r, "%s", why);
	r->affinity = affinity_save();
	heard(patience_ns);
}

static int rank_end(struct rank *r, int code)
{
	areas_free(&r->areas);
	r->fabric->end();
	machine_free(r->machine);
	free(r->affinity);
	return code;
}

int rank_serve(const char *flavour, uint64_t patience_ns, const struct rank_program *program)
{
	struct rank r = {.find = program->find};
	char library[128];
	rank_begin(&r, flavour, patience_ns, library, sizeof library);
	greeting_send(&r, program->version);
	return rank_end(&r, serve_others(&r, patience_ns));
}

void rank_main(int argc, char **argv, const struct rank_program *program)
{
	if (argc != 6 || strcmp(argv[1], RANK_FLAG) != 0)
		return;
	struct rank r = {.find = program->find};
	struct arena arena = ARENA_NONE;
	char library[128];
	pid_t harness = (pid_t)strtol(argv[3], NULL, 10);
	uint64_t patience_ns = strtoull(argv[5], NULL, 10);
	rank_begin(&r, argv[2], patience_ns, library, sizeof library);
	if (r.rank > 0) {
		greeting_send(&r, program->version);
		_exit(rank_end(&r, serve_others(&r, patience_ns)));
	}
	alarm(0); /* it knows the harness, and the harness it */
	if (areas_of_process(harness, (int)strtol(argv[4], NULL, 10), &arena) ||
	    arena.bytes != sizeof(struct desk) ||
	    strcmp(((struct desk *)arena.base)->harness_host, r.host) != 0)
		rank_fail(&r, "this is not the machine that pvt runs on: name that one first in --hosts");
	struct desk *desk = arena.base;
	snprintf(desk->library, sizeof desk->library, "%s", library);
	desk->status = greeting_collect(&r, program->version, desk, desk->why, sizeof desk->why);
	int code = serve_desk(&r, desk, harness);
	_exit(rank_end(&r, code));
}
