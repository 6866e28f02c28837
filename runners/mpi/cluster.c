#include "runners/mpi/cluster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/launcher.h"
#include "runners/mpi/launch.h"
#include "runners/mpi/rank.h"
#include "runners/orphans.h"

/* What is kept of the time to come up, for finding out who did not. */
#define PROBE_NS (2 * NS_PER_S)
enum { PROBED = 16 /* hosts at the most */, LAST_WORDS_MS = 4000 };
/* How often the harness looks whether the MPI job is still there. */
#define LOOK_NS (10 * NS_PER_MS)

struct cluster {
	struct cluster_options options;
	const struct flavour *flavour;
	char missing[256], hopeless[512]; /* why there are no ranks, and none will be */
	bool launched;                    /* by somebody else */
	struct host host[HOSTS_MAX];
	uint32_t hosts, reserved; /* ranks on a host without a number */
	struct launch launch;
	struct arena arena;
	struct desk *desk;
	uint32_t seen; /* answers */
	bool up;
	bool alone; /* this process has no children but these: see orphans_adopt */
	uint64_t started_ns, up_ns;
};

const char *cluster_missing(const struct cluster *c)
{
	return *c->missing ? c->missing : NULL;
}

uint32_t cluster_hosts(const struct cluster *c)
{
	return c->hosts;
}

const char *cluster_host_name(const struct cluster *c, uint32_t host)
{
	return c->up ? c->desk->host[host].name : c->host[host].name;
}

static uint32_t slots_of(const struct cluster *c, uint32_t host)
{
	return c->host[host].slots ? c->host[host].slots : c->options.slots;
}

uint32_t cluster_room(const struct cluster *c, uint32_t hosts)
{
	uint32_t least = WORKERS_MAX;
	for (uint32_t h = 0; h < hosts; h++)
		least = slots_of(c, h) < least ? slots_of(c, h) : least;
	return least * hosts < WORKERS_MAX ? least * hosts : WORKERS_MAX;
}

bool cluster_is_launched(const struct cluster *c)
{
	return c->launched;
}

bool cluster_fits(const struct cluster *c, uint32_t workers, uint32_t hosts)
{
	for (uint32_t h = 0; h < hosts; h++)
		if (h >= c->hosts || hosts_share(workers, hosts, h) > slots_of(c, h))
			return false;
	return true;
}

bool cluster_reserve(struct cluster *c, uint32_t ranks, uint32_t hosts)
{
	for (uint32_t h = 0; h < hosts; h++) {
		uint32_t share = hosts_share(ranks, hosts, h);
		if (h >= c->hosts || (c->host[h].slots && share > c->host[h].slots))
			return false;
		if (!c->host[h].slots && share > c->reserved)
			c->reserved = share;
	}
	return true;
}

const struct desk *cluster_desk(const struct cluster *c)
{
	return c->up ? c->desk : NULL;
}

bool cluster_launch_time(const struct cluster *c, uint64_t *started_ns, uint64_t *up_ns)
{
	*started_ns = c->started_ns;
	*up_ns = c->up_ns;
	return c->up && !c->launched;
}

struct sitting *cluster_sitting(struct cluster *c)
{
	return &c->desk->sitting;
}

bool cluster_choose(const struct cluster *c, struct sitting *s)
{
	uint32_t n = 0;
	for (uint32_t h = 0; h < s->hosts; h++) {
		uint32_t wanted = hosts_share(s->ranks, s->hosts, h);
		for (uint32_t r = 0; r < c->desk->ranks && wanted; r++)
			if (c->desk->host_of[r] == h) {
				s->rank[n++] = r;
				wanted--;
			}
	}
	return n == s->ranks;
}

/* ---- answers ---- */

void cluster_end(struct cluster *c)
{
	char left[80];
	launch_end(&c->launch);
	if (c->alone) /* remote shells that mpirun left behind */
		orphans_end(left, sizeof left);
	c->up = false;
	if (c->launched)
		snprintf(c->hopeless, sizeof c->hopeless,
			 "the ranks that a launcher started are gone; with --hosts pvt starts them itself, "
			 "and anew");
}

static int await(struct cluster *c, uint64_t timeout_ns, uint64_t spin_ns, char *why, size_t why_bytes)
{
	uint64_t start = clock_ns();
	while (gate_wait_for(&c->desk->answered, c->seen, spin_ns, LOOK_NS) == c->seen) {
		launch_listen(&c->launch);
		if (launch_failed(&c->launch, why, why_bytes) || launch_ended(&c->launch, 0, why, why_bytes))
			return STATUS_CRASHED;
		if (c->options.interrupted && *c->options.interrupted) {
			if (!c->launched)
				return -EINTR;
			snprintf(why, why_bytes,
				 "the launcher that started the ranks ends them, and has said why");
			return STATUS_CRASHED;
		}
		if (timeout_ns &&
		    clock_ns() - start > timeout_ns) /* a launcher that has begun to complain ends soon */
			return c->launch.said_bytes && launch_ended(&c->launch, LAST_WORDS_MS, why, why_bytes)
				       ? STATUS_CRASHED
				       : STATUS_TIMEOUT;
	}
	c->seen = atomic_load(&c->desk->answered.epoch);
	return STATUS_OK;
}

int cluster_order(struct cluster *c, const struct message *message, uint64_t timeout_ns, uint64_t spin_ns,
		  char *why, size_t why_bytes)
{
	c->desk->message = *message;
	gate_open(&c->desk->asked);
	int status = await(c, timeout_ns, spin_ns, why, why_bytes);
	if (status == STATUS_OK && c->desk->status)
		snprintf(why, why_bytes, "%s", c->desk->why);
	return status == STATUS_OK ? c->desk->status : status;
}

/* ---- starting ---- */

static struct launch_plan plan_launch(struct cluster *c)
{
	uint64_t timeout_ns = c->options.timeout_ns;
	uint32_t room = c->reserved ? c->reserved : 1;
	for (uint32_t h = 0; h < c->hosts && !c->launched; h++)
		if (!c->host[h].slots)
			c->host[h].slots = room;
	return (struct launch_plan){.flavour = c->flavour,
				    .mpirun = c->options.mpirun,
				    .hosts = c->host,
				    .host_count = c->hosts,
				    .desk_fd = c->arena.fd,
				    .patience_ns = timeout_ns ? timeout_ns + RANK_GRACE_NS : 0};
}

static int make_desk(struct cluster *c)
{
	arena_destroy(&c->arena);
	int error = arena_create(&c->arena, "pvt-desk", sizeof(struct desk));
	c->desk = c->arena.base;
	c->seen = 0;
	if (!error)
		gethostname(c->desk->harness_host, sizeof c->desk->harness_host - 1);
	return error;
}

static uint64_t probe_time(const struct cluster *c)
{
	return c->options.timeout_ns < 2 * PROBE_NS ? c->options.timeout_ns / 2 : PROBE_NS;
}

static void tell_silence(const struct cluster *c, const struct launch_plan *plan, char *why, size_t why_bytes)
{
	uint32_t others = c->hosts - 1 < PROBED ? c->hosts - 1 : PROBED;
	uint32_t silent = c->launched ? UINT32_MAX : launch_probe(plan, 1, others, probe_time(c));
	double seconds = (double)c->options.timeout_ns / (double)NS_PER_S;
	if (silent != UINT32_MAX)
		snprintf(why, why_bytes,
			 "%.200s does not answer: mpirun could start nothing there within %.3g s",
			 c->host[silent].name, seconds);
	else
		snprintf(why, why_bytes,
			 "the ranks did not come up within %.3g s; try what mpirun does on each host (`ssh "
			 "HOST true`)",
			 seconds);
}

static bool are_alike(const struct desk_host *a, const struct desk_host *b)
{
	return strcmp(a->model, b->model) == 0 && a->pus == b->pus && a->cores == b->cores &&
	       a->nodes == b->nodes;
}

/* What mpirun made of the hosts that were named. */
static int check_hosts(const struct cluster *c, char *why, size_t why_bytes)
{
	if (c->launched || c->desk->hosts == c->hosts)
		return STATUS_OK;
	snprintf(why, why_bytes,
		 "%u hosts are named, and the ranks are on %u: two names are one machine, or mpirun does not "
		 "use all",
		 c->hosts, c->desk->hosts);
	return -EPROTO;
}

static int check_alike(const struct cluster *c, char *why, size_t why_bytes)
{
	const struct desk_host *first = &c->desk->host[0], *other = first;
	for (uint32_t h = 1; h < c->desk->hosts && are_alike(first, other); h++)
		other = &c->desk->host[h];
	if (c->options.unlike || are_alike(first, other))
		return STATUS_OK;
	snprintf(why, why_bytes,
		 "%.60s (%.80s, %u cores, %u units) and %.60s (%.80s, %u cores, %u units) are unlike "
		 "machines: work spread "
		 "over them measures neither; name hosts of one kind, or say --unlike-hosts",
		 first->name, first->model, first->cores, first->pus, other->name, other->model, other->cores,
		 other->pus);
	return -EPROTO;
}

static int start(struct cluster *c, char *why, size_t why_bytes)
{
	int error = make_desk(c);
	if (error)
		return snprintf(why, why_bytes, "no memory to talk to the ranks: %s", strerror(-error)),
		       error;
	struct launch_plan plan = plan_launch(c);
	c->alone = orphans_adopt();
	c->started_ns = clock_ns();
	error = c->launched ? launch_first(&c->launch, &plan) : launch_ranks(&c->launch, &plan);
	if (error)
		return snprintf(why, why_bytes, "mpirun cannot be started: %s", strerror(-error)), error;
	int status = await(c, c->options.timeout_ns ? c->options.timeout_ns - probe_time(c) : 0, 0, why,
			   why_bytes);
	c->up_ns = clock_ns();
	if (status == STATUS_TIMEOUT) {
		launch_end(&c->launch);
		tell_silence(c, &plan, why, why_bytes);
	}
	if (status != STATUS_OK)
		return status;
	if (c->desk->status)
		return snprintf(why, why_bytes, "%s", c->desk->why), c->desk->status;
	status = check_hosts(c, why, why_bytes);
	return status ? status : check_alike(c, why, why_bytes);
}

int cluster_up(struct cluster *c, char *why, size_t why_bytes)
{
	if (*c->missing || *c->hopeless) {
		snprintf(why, why_bytes, "%s", *c->missing ? c->missing : c->hopeless);
		return STATUS_SKIPPED;
	}
	if (c->up)
		return STATUS_OK;
	int status = start(c, why, why_bytes);
	c->up = status == STATUS_OK;
	if (!c->up) {
		cluster_end(c);
		/* It would be the same with every case. */
		if (status != -EINTR)
			snprintf(c->hopeless, sizeof c->hopeless, "%s", why);
	}
	return status;
}

/* ---- making ---- */

static int take_launched(struct cluster *c, char *why, size_t why_bytes)
{
	if (c->options.hosts) {
		snprintf(why, why_bytes,
			 "a launcher has started these ranks already: leave --hosts out, or the launcher");
		return -EINVAL;
	}
	int status = cluster_up(c, why, why_bytes);
	if (status)
		return status < 0 ? status : -ECANCELED;
	c->hosts = c->desk->hosts;
	for (uint32_t h = 0; h < c->hosts; h++) {
		c->host[h].slots = c->desk->host[h].ranks;
		memcpy(c->host[h].name, c->desk->host[h].name, sizeof c->host[h].name);
	}
	return 0;
}

int cluster_make(struct cluster **cluster, const struct cluster_options *options, char *why, size_t why_bytes)
{
	struct cluster *c = calloc(1, sizeof *c);
	uint32_t rank, ranks;
	int error = 0;
	if (!c)
		return -ENOMEM;
	*cluster = c;
	c->options = *options;
	c->arena = ARENA_NONE;
	c->launch = (struct launch){.fd = -1, .output = -1};
	c->launched = load_launched(&rank, &ranks);
	c->flavour = load_choose(options->mpirun, c->missing, sizeof c->missing);
	c->hosts = 1;
	snprintf(c->host[0].name, sizeof c->host[0].name, "localhost");
	if (options->hosts)
		error = hosts_read(options->hosts, c->host, &c->hosts, why, why_bytes);
	if (!error && c->launched && c->flavour)
		error = take_launched(c, why, why_bytes);
	return error;
}

void cluster_free(struct cluster *c)
{
	char why[256];
	if (!c)
		return;
	if (c->up)
		cluster_order(c, &(struct message){.order = ORDER_QUIT}, NS_PER_S, 0, why, sizeof why);
	for (uint64_t start = clock_ns(); c->launch.pid && clock_ns() - start < 3 * NS_PER_S;) {
		launch_listen(&c->launch);
		if (launch_ended(&c->launch, 0, why, sizeof why))
			break;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_NS / 10}, NULL);
	}
	launch_end(&c->launch);
	arena_destroy(&c->arena);
	free(c);
}
