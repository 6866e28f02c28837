#include "runners/crash.h"

#include <signal.h>

#include "runners/clock.h"

enum { LIVES_MAX = 3 }; /* of a rank: who dies again and again has another fault than the one foreseen */

void crash_arm(struct session *s)
{
	struct control *c = s->control;
	if (!c->crashes)
		return;
	atomic_store(&c->begun, 0);
	c->crash_at = s->job.crash ? c->items / 2 : UINT64_MAX;
	atomic_store(&c->struck_ns, s->job.crashed.struck_ns);
	atomic_store(&c->struck_item, s->job.crashed.item);
	atomic_store(&c->ended_ns, s->job.crashed.ended_ns);
	atomic_store(&c->retaken_ns, 0);
	atomic_store(&c->redone_ns, 0);
	for (uint32_t rank = 0; rank < c->workers; rank++)
		c->worker[rank].begun = c->worker[rank].kept = 0;
	for (uint32_t rank = 0; rank < c->workers && s->job.runner->pool; rank++)
		c->worker[rank].lives = 1;
}

/* Half-way through the job, in whatever order its items come. */
static void crash_if_due(struct control *c, const struct kernel *kernel, struct context *ctx, uint64_t item)
{
	if (atomic_fetch_add(&c->begun, 1) != c->crash_at || atomic_load(&c->struck_ns))
		return;
	c->struck_rank = ctx->rank;
	atomic_store(&c->struck_item, item);
	atomic_store(&c->struck_ns, clock_ns());
	kernel->crash(ctx);
}

/* Of the item that was hit: when it is begun anew, and when it is done. */
static void note(struct control *c, uint64_t item, _Atomic uint64_t *when)
{
	if (atomic_load(&c->struck_ns) && atomic_load(&c->struck_item) == item)
		atomic_store(when, clock_ns());
}

uint64_t crash_run(struct control *c, const struct kernel *kernel, struct context *ctx, uint64_t begin,
		   uint64_t end)
{
	struct worker_record *me = &c->worker[ctx->rank];
	uint64_t sum = 0;
	me->begun += end - begin;
	atomic_store(&me->since, clock_ns());
	for (uint64_t i = begin; i < end; i++) {
		crash_if_due(c, kernel, ctx, i);
		note(c, i, &c->retaken_ns);
		sum += kernel->run(ctx, i, i + 1);
		note(c, i, &c->redone_ns);
	}
	atomic_store(&me->since, 0);
	return sum;
}

bool crash_foreseen(const struct session *s, uint32_t rank)
{
	const struct worker_record *r = &s->control->worker[rank];
	return s->job.crash && r->lives < LIVES_MAX && atomic_load(&r->step) == STEP_RUN &&
	       !atomic_load(&s->control->abort);
}

void crash_end_silent(const struct session *s)
{
	uint64_t now = clock_ns();
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		uint64_t since = atomic_load(&s->control->worker[rank].since);
		if (!s->handle[rank].alive || !since || since + CRASH_PATIENCE_NS >= now)
			continue;
		atomic_store(&s->control->ended_ns, clock_ns());
		kill(s->handle[rank].pid, SIGKILL);
	}
}

void crash_look(const struct control *c, struct crash *crash)
{
	*crash = (struct crash){.struck_ns = c->struck_ns,
				.ended_ns = c->ended_ns,
				.retaken_ns = c->retaken_ns,
				.redone_ns = c->redone_ns,
				.item = c->struck_item};
	for (uint32_t rank = 0; rank < c->workers; rank++) { /* who is there from before is not the new one */
		uint64_t born = c->worker[rank].born_ns;
		if (c->struck_ns && born > c->struck_ns && (!crash->reborn_ns || born < crash->reborn_ns))
			crash->reborn_ns = born;
	}
	for (uint32_t rank = 0; rank < c->workers; rank++) {
		bool struck = c->struck_ns && rank == c->struck_rank;
		crash->begun += c->worker[rank].begun;
		crash->survivors += c->worker[rank].lives == 1 && !struck;
	}
}

void session_crash(const struct arena *records, struct crash *crash)
{
	crash_look(records->base, crash);
}
