/*
 * Sessions whose workers are ranks of an MPI job (mpi/cluster.h): rank 0 does for the others what the harness
 * does for its own workers, and leaves their records where the harness finds them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/digest.h"
#include "runners/mpi/cluster.h"
#include "runners/session.h"

/* ---- opening ---- */

/* Workers are in as many ranks as there are, or in one a host; one a NUMA node, where they come out even. */
static uint32_t ranks_of(const struct job *job)
{
	uint32_t nodes = cluster_desk(job->cluster)->host[0].nodes;
	if (!job->runner->inside)
		return job->workers;
	return nodes > 1 && job->workers % (job->hosts * nodes) == 0 ? job->hosts * nodes : job->hosts;
}

/* Another number where another area lies, or where the kernel prepares it anew for each session. */
static uint64_t id_of_area(const struct job *job)
{
	struct stat st;
	if (job->kernel->open || fstat(job->shared->fd, &st) != 0)
		return clock_ns();
	return (uint64_t)st.st_ino;
}

static int describe(const struct session *s, struct sitting *d)
{
	const struct control *c = s->control;
	const struct job *job = &s->job;
	snprintf(d->kernel, sizeof d->kernel, "%s", c->kernel);
	snprintf(d->plugin, sizeof d->plugin, "%s", c->plugin);
	d->plugin_hash = 0;
	d->params = c->params;
	d->items = c->items;
	d->phases = c->phases;
	d->rate = c->rate;
	d->keeps_time = c->keeps_time;
	d->workers = c->workers;
	d->hosts = job->hosts;
	d->ranks = ranks_of(job);
	d->inside = job->runner->inside ? job->workers / d->ranks : 0;
	d->inside_processes = job->runner->inside && runner_find(job->runner->inside)->processes;
	d->policy = job->placement;
	d->schedule = c->schedule;
	d->chunk = c->chunk;
	d->timeout_ns = job->timeout_ns;
	memcpy(d->counter, c->counter, sizeof d->counter);
	d->counting = job->counters;
	d->hold = job->hold;
	d->harness = (int32_t)c->harness;
	d->control_fd = s->control_arena.fd;
	d->shared_fd = job->shared->fd;
	d->shared_bytes = job->shared->bytes;
	d->shared_id = id_of_area(job);
	if (!cluster_choose(job->cluster, d))
		return -EDQUOT;
	return *c->plugin ? digest_file(c->plugin, &d->plugin_hash) : 0;
}

/* ---- orders ---- */

static void tell_worker(const struct session *s, uint32_t worker, char *text, size_t bytes)
{
	uint32_t host = hosts_of_worker(worker, s->job.workers, s->job.hosts);
	snprintf(text, bytes, "worker %u on %s", worker, cluster_host_name(s->job.cluster, host));
}

/* "worker 1 on b, worker 3 on d", those that have not come to their end. */
static void tell_missing(const struct session *s, char *text, size_t bytes)
{
	size_t n = 0;
	for (uint32_t w = 1; w < s->job.workers && n < bytes; w++) {
		if (atomic_load(&s->control->worker[w].step) == STEP_DONE)
			continue;
		if (n)
			n += (size_t)snprintf(text + n, bytes - n, ", ");
		if (n < bytes)
			tell_worker(s, w, text + n, bytes - n);
		n += strlen(text + n);
	}
}

/* All but the one that rank 0 is on, if there are others. */
static void tell_hosts(const struct session *s, char *text, size_t bytes)
{
	size_t n = 0;
	for (uint32_t h = s->job.hosts > 1; h < s->job.hosts && n < bytes; h++)
		n += (size_t)snprintf(text + n, bytes - n, "%s%s", n ? ", " : "",
				      cluster_host_name(s->job.cluster, h));
}

static void tell_late(const struct session *s, char *why, size_t why_bytes)
{
	static const char *const when[] = {"", "when it was to take its place", "at the start",
					   "at the end of a phase", "at the end"};
	double seconds = (double)s->job.timeout_ns / (double)NS_PER_S;
	char who[300] = "";
	enum control_wait waits = s->control->waits;
	if (waits == WAITS_NOT) {
		snprintf(why, why_bytes, "worker 0 on %s: still in run() after %.3g s",
			 cluster_host_name(s->job.cluster, 0), seconds);
		return;
	}
	if (s->control->awaited)
		tell_worker(s, s->control->awaited, who, sizeof who);
	else if (waits == WAITS_FOR_END)
		tell_missing(s, who, sizeof who);
	else
		tell_hosts(s, who, sizeof who);
	snprintf(why, why_bytes, "%s: no answer %s within %.3g s: still at work, or cut off", who,
		 when[waits], seconds);
}

static int order(struct session *s, enum order order, char *why, size_t why_bytes)
{
	struct message message = {.order = order, .probe = s->control->probe, .again = s->control->again};
	int status = cluster_order(s->job.cluster, &message, s->job.timeout_ns, s->control->idle_spin_ns, why,
				   why_bytes);
	if (status == STATUS_TIMEOUT)
		tell_late(s, why, why_bytes);
	if (status == STATUS_TIMEOUT || status == STATUS_CRASHED || status == -EINTR)
		cluster_end(s->job.cluster);
	return status;
}

/* ---- a session's life ---- */

/* The launch was for all sessions of this invocation; its share is told with each. */
static void tell_launch(struct session *s)
{
	uint64_t started_ns, up_ns;
	if (!cluster_launch_time(s->job.cluster, &started_ns, &up_ns))
		return;
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		s->handle[rank].launched_ns = started_ns;
		s->handle[rank].created_ns = started_ns +
					     (up_ns - started_ns) / cluster_desk(s->job.cluster)->ranks;
	}
}

static int mpi_open(struct session *s, char *why, size_t why_bytes)
{
	struct cluster *cluster = s->job.cluster;
	if (!cluster)
		return snprintf(why, why_bytes, "there are no hosts for ranks"), -EINVAL;
	int status = cluster_up(cluster, why, why_bytes);
	if (status)
		return status;
	int error = describe(s, cluster_sitting(cluster));
	if (error == -EDQUOT) {
		snprintf(why, why_bytes,
			 "a host has fewer ranks than its share: name this machine first in --hosts");
		return -EPROTO;
	}
	if (error) {
		snprintf(why, why_bytes, "the plug-in '%s' cannot be read: %s", s->control->plugin,
			 strerror(-error));
		return error;
	}
	affinity_stand_aside(s->job.pus, hosts_share(s->job.workers, s->job.hosts, 0), s->affinity);
	s->control->waits = WAITS_TO_OPEN;
	status = order(s, ORDER_OPEN, why, why_bytes);
	if (status)
		return status;
	tell_launch(s);
	s->totals.barrier_ns = cluster_desk(cluster)->barrier_ns;
	return STATUS_OK;
}

static int mpi_run(struct session *s, char *why, size_t why_bytes)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		atomic_store_explicit(&s->control->worker[rank].step, STEP_RUN, memory_order_relaxed);
	uint64_t start_ns = clock_ns();
	int status = order(s, ORDER_JOB, why, why_bytes);
	s->wall_ns = clock_ns() - start_ns;
	if (status)
		return status;
	s->control->span_ns = cluster_desk(s->job.cluster)->span_ns;
	s->totals.exchanged = cluster_desk(s->job.cluster)->exchanged;
	return STATUS_OK;
}

static int mpi_close(struct session *s, char *why, size_t why_bytes)
{
	int status = s->failed ? STATUS_OK : order(s, ORDER_CLOSE, why, why_bytes);
	affinity_restore(s->affinity);
	return status;
}

static const char *mpi_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
			       uint32_t hosts)
{
	if (kernel->needs & (KERNEL_NEEDS_INHERITANCE | KERNEL_NEEDS_BALLAST))
		return "it needs what only a thread or a fork inherits, and ranks are started by mpirun";
	if (kernel->needs & KERNEL_NEEDS_INTERPRETER)
		return "its interpreter stays in the process that it is in";
	if (kernel->crash)
		return "a rank that crashes takes the whole MPI job along";
	if (runner->inside && (kernel->needs & KERNEL_NEEDS_MESSAGES))
		return "workers inside a rank cannot send messages";
	if (runner->inside && workers % hosts != 0)
		return "each host gets a rank, and each rank as many workers as the others";
	if (hosts > 1 && kernel->shared_bytes && !kernel->writes)
		return "it needs memory that all workers share, and hosts have none in common";
	return NULL;
}

const struct engine engine_mpi = {
	.open = mpi_open, .run = mpi_run, .close = mpi_close, .refuses = mpi_refuses, .leaves_machine = true};
