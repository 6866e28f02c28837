/* A rank takes its place in a session: finds the kernel, the area and its CPU, and leaves it
 * again. */
#include "runners/mpi/member.h"
#include "runners/affinity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/digest.h"
#include "runners/mpi/fabric.h"
#include "runners/session.h"
#include "runners/worker.h"

/* How long a barrier takes is the mean of as many as fit into this time, but no fewer and no more than so
 * many. */
#define BARRIERS_NS (10 * NS_PER_MS)
enum { BARRIERS_MIN = 10, BARRIERS_MAX = 200 };

uint32_t sitting_inside(const struct sitting *s)
{
	return s->inside ? s->inside : 1;
}

int member_prepare(struct member *m, struct rank *rank, const struct sitting *sitting, char *why,
		   size_t why_bytes)
{
	uint64_t digest = 0;
	memset(m, 0, sizeof *m);
	m->rank = rank;
	m->sitting = *sitting;
	m->shared = ARENA_NONE;
	if (*sitting->plugin) {
		int error = digest_file(sitting->plugin, &digest);
		if (error || digest != sitting->plugin_hash) {
			snprintf(
				why, why_bytes, "the plug-in '%.300s' %s", sitting->plugin,
				error ? strerror(-error)
				      : "is another file than on the first host: install the same file on all");
			return error ? error : -ESTALE;
		}
	}
	m->kernel = rank->find(sitting->kernel, sitting->plugin);
	if (m->kernel)
		return 0;
	snprintf(why, why_bytes, "there is no kernel '%s' here", sitting->kernel);
	return -ENOENT;
}

/* ---- groups ---- */

static void find_place(struct member *m)
{
	const struct sitting *s = &m->sitting;
	while (s->rank[m->index] != m->rank->rank)
		m->index++;
	m->host = hosts_of_worker(m->index, s->ranks, s->hosts);
	m->locals = hosts_share(s->ranks, s->hosts, m->host);
	for (uint32_t i = m->index; i > 0 && hosts_of_worker(i - 1, s->ranks, s->hosts) == m->host; i--)
		m->local++;
}

static void make_groups(struct member *m)
{
	const struct sitting *s = &m->sitting;
	const struct fabric *fabric = m->rank->fabric;
	uint32_t *leader = calloc(s->hosts, sizeof *leader), first = 0;
	if (!leader)
		rank_fail(m->rank, "out of memory");
	for (uint32_t h = 0; h < s->hosts; h++) {
		leader[h] = s->rank[first];
		first += hosts_share(s->ranks, s->hosts, h);
	}
	m->group = fabric->group(s->rank, s->ranks);
	fabric->counted(m->group);
	m->host_group = fabric->group(&s->rank[m->index - m->local], m->locals);
	if (m->local == 0)
		m->leaders = fabric->group(leader, s->hosts);
	free(leader);
}

/* ---- the area ---- */

/* Where the ranks of a host find its area. */
struct place {
	int pid, fd;
};

/* The first host has the harness's own area; the leaders of the others get a copy, unless they have it
 * already. */
static struct place area_of_host(struct member *m)
{
	const struct sitting *s = &m->sitting;
	bool filled = true;
	double lacking;
	int error = 0;
	if (m->host > 0)
		error = areas_get(&m->rank->areas, s->shared_id, s->shared_bytes, &m->shared, &filled);
	else
		error = areas_of_process(s->harness, s->shared_fd, &m->shared);
	if (error)
		rank_fail(m->rank, "no area of %zu bytes: %s", s->shared_bytes, strerror(-error));
	m->lent = m->host > 0;
	lacking = !filled;
	m->rank->fabric->sum(m->leaders, &lacking, 1);
	if (lacking > 0)
		m->rank->fabric->broadcast(m->leaders, m->shared.base, s->shared_bytes);
	return m->host > 0 ? (struct place){getpid(), m->shared.fd}
			   : (struct place){s->harness, s->shared_fd};
}

static void open_area(struct member *m)
{
	struct place place = {0, -1};
	if (m->sitting.shared_fd < 0)
		return;
	if (m->leaders)
		place = area_of_host(m);
	m->rank->fabric->broadcast(m->host_group, &place, sizeof place);
	int error = m->leaders ? 0 : areas_of_process(place.pid, place.fd, &m->shared);
	if (error)
		rank_fail(m->rank,
			  "the shared area of rank 0 of this host (process %d) cannot be opened: %s; the "
			  "ranks of a host have to see each other's processes",
			  place.pid, strerror(-error));
}

/* ---- the worker, or the workers inside ---- */

static const struct runner *runner_inside(const struct sitting *s)
{
	return runner_find(s->inside_processes ? "fork-pool" : "pthread-pool");
}

static int open_inside(struct member *m, char *why, size_t why_bytes)
{
	const struct sitting *s = &m->sitting;
	uint32_t pus = machine_pus(m->rank->machine);
	struct job job = {.runner = runner_inside(s),
			  .kernel = m->kernel,
			  .plugin = *s->plugin ? s->plugin : NULL,
			  .params = &m->sitting.params,
			  .shared = &m->shared,
			  .workers = s->inside,
			  .pus = m->pus,
			  .capacity = pus,
			  .schedule = s->schedule,
			  .chunk = s->chunk,
			  .timeout_ns = s->timeout_ns,
			  .hold = s->hold - (int)(m->index * s->inside)};
	return session_open(&m->inside, &job, why, why_bytes);
}

static int open_worker(struct member *m, char *why, size_t why_bytes)
{
	const struct sitting *s = &m->sitting;
	struct worker_record *me = &m->records[0];
	me->pid = (int32_t)getpid();
	me->born_ns = clock_ns();
	me->pinned = affinity_bind(m->pus[0]) == 0;
	m->messages = (struct rank_messages){.messages = {.rank = m->index,
							  .ranks = s->ranks,
							  .send = member_send,
							  .receive = member_receive,
							  .sum = member_sum,
							  .take = member_take},
					     .fabric = m->rank->fabric,
					     .group = m->group};
	m->ctx = (struct context){.shared = m->shared.base,
				  .params = &m->sitting.params,
				  .rank = m->local,
				  .workers = m->locals,
				  .messages = &m->messages.messages};
	int error = arena_populate(&m->shared);
	if (!error && m->kernel->enter)
		error = m->kernel->enter(&m->ctx);
	m->entered = !error;
	if (s->hold == (int)m->index) {
		char where[HOST_NAME_BYTES + 4];
		snprintf(where, sizeof where, " on %.200s", m->rank->host);
		worker_hold_here(m->index, me->pid, where);
	}
	if (error)
		snprintf(why, why_bytes, "enter(): %s", strerror(-error));
	return error;
}

static void plan_units(struct member *m)
{
	uint32_t inside = sitting_inside(&m->sitting);
	m->pus = calloc(inside, sizeof *m->pus);
	m->records = aligned_alloc(CACHE_LINE, inside * sizeof *m->records);
	m->heard = calloc(m->sitting.ranks, sizeof *m->heard);
	if (!m->pus || !m->records || !m->heard)
		rank_fail(m->rank, "out of memory");
	memset(m->records, 0, inside * sizeof *m->records);
	m->yields = !hosts_units(m->rank->machine, m->sitting.policy, m->locals, m->local, inside, m->pus);
}

static void time_barriers(struct member *m)
{
	double count = BARRIERS_MIN;
	uint64_t start = 0;
	for (int round = 0; round < 2; round++) {
		start = clock_ns();
		for (int i = 0; i < (int)count; i++)
			member_meet(m, NULL);
		if (round == 1)
			break;
		double fit = (double)BARRIERS_NS * count / (double)(clock_ns() - start);
		count = fit < BARRIERS_MIN ? BARRIERS_MIN : fit > BARRIERS_MAX ? BARRIERS_MAX : fit;
		m->rank->fabric->broadcast(m->group, &count, sizeof count);
	}
	m->barrier_ns = (double)(clock_ns() - start) / (double)(int)count;
}

static void prepare_exchange(struct member *m)
{
	m->exchanges = m->sitting.hosts > 1 && m->shared.base && m->kernel->writes && !m->sitting.rate;
	m->exchange = (struct exchange){.fabric = m->rank->fabric,
					.kernel = m->kernel,
					.params = &m->sitting.params,
					.area = m->shared.base,
					.host = m->host_group,
					.leaders = m->leaders,
					.own = m->local,
					.locals = m->locals,
					.hosts = m->sitting.hosts,
					.index = m->host};
	if (m->exchanges && m->leaders)
		exchange_spoil(&m->exchange, m->sitting.items, m->sitting.phases);
}

int member_open(struct member *m, char *why, size_t why_bytes)
{
	find_place(m);
	make_groups(m);
	open_area(m);
	plan_units(m);
	int error = m->sitting.inside ? open_inside(m, why, why_bytes) : open_worker(m, why, why_bytes);
	prepare_exchange(m);
	time_barriers(m);
	m->usage = usage_now();
	return error < 0 ? error : error ? -ECANCELED : 0;
}

/* A pool's workers tell what they used when they end, all together. */
static void close_inside(struct member *m)
{
	struct totals t = {0};
	char why[512];
	if (session_close(m->inside, &t, why, sizeof why) != STATUS_OK)
		rank_fail(m->rank, "%s", why);
	m->records[0].usage = (struct usage){t.user_ns, t.sys_ns, t.minflt, t.majflt, t.nvcsw, t.nivcsw};
}

void member_close(struct member *m, struct control *control)
{
	const struct fabric *fabric = m->rank->fabric;
	if (m->inside)
		close_inside(m);
	else
		m->records[0].usage = usage_since(m->usage);
	if (m->entered && m->kernel->leave)
		m->kernel->leave(&m->ctx);
	affinity_restore(m->rank->affinity);
	member_report(m, control);
	fabric->barrier(m->group); /* an area is taken away when nobody needs it any more */
	exchange_free(&m->exchange);
	if (!m->lent)
		arena_destroy(&m->shared);
	free(m->pus);
	free(m->records);
	free(m->heard);
	if (m->leaders)
		fabric->leave(m->leaders);
	fabric->leave(m->host_group);
	fabric->leave(m->group);
}
