/* What processes and threads cost: to create, to switch between, to lock, to keep in memory. */
#include <math.h>
#include <string.h>

#include "bench/claims_judges.h"
#include "bench/units.h"

static const struct estimate nothing = {.value = NAN, .low = NAN, .high = NAN};

/* One worker's life beside `ballast` bytes of the parent's in `pages`. */
static const struct case_summary *life(const struct summary *s, const char *runner, uint64_t ballast,
				       const char *pages)
{
	const struct pairing p = {
		.suite = "lifecycle", .kernels = "empty", .workers = 1, .ballast = ballast, .pages = pages};
	return pairing_find(s, &p, runner);
}

static uint64_t most_ballast(const struct summary *s)
{
	uint64_t most = 0;
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].suite, "lifecycle") == 0 && strcmp(s->cases[i].kernel, "empty") == 0 &&
		    s->cases[i].samples && s->cases[i].ballast > most)
			most = s->cases[i].ballast;
	return most;
}

/* "; beside 1 GiB of the parent's memory a fork takes 70.4 times as long as beside none in pages of 4 KiB and
 * 2.55 times in huge pages" */
static void say_growth(const struct summary *s, char *reason)
{
	static const char *const pages[][2] = {{"small", "in pages of 4 KiB"}, {"huge", "in huge pages"}};
	uint64_t most = most_ballast(s);
	const struct case_summary *alone = life(s, "fork", 0, NULL);
	bool begun = false;
	for (size_t i = 0; most && alone && i < 2; i++) {
		const struct case_summary *beside = life(s, "fork", most, pages[i][0]);
		char figure[CLAIM_FIGURE_BYTES];
		if (!beside)
			continue;
		struct estimate growth = pairing_over(s, beside, alone, reading_wall);
		if (!begun)
			claims_add(reason, "%sbeside %.3g GiB of the parent's memory a fork takes",
				   *reason ? "; " : "", (double)most / 0x1p30);
		claims_add(reason, "%s %s times as long %s", begun ? " and" : "",
			   claims_show_ratio(&growth, figure), pages[i][1]);
		begun = true;
	}
}

/* From how much memory of the parent's on a fork costs more than a spawn: by interpolation in the logarithm
 * of both between the sizes that were measured. 0: always; NaN: at none of them. */
static double spawn_pays_from(const struct summary *s)
{
	double below_x = 0, below = NAN;
	for (size_t i = 0; i < s->count; i++) { /* they come in the order of the ballast */
		const struct case_summary *c = &s->cases[i], *spawn;
		if (c->ballast ? strcmp(c->pages, "small") != 0 : below_x > 0)
			continue;
		if (c != life(s, "fork", c->ballast, c->pages) ||
		    !(spawn = life(s, "spawn", c->ballast, c->pages)))
			continue;
		double ratio = log(c->wall.value / spawn->wall.value), x = (double)c->ballast;
		if (ratio > 0 && isnan(below))
			return 0;
		if (ratio > 0)
			return below_x > 0
				       ? exp(log(below_x) - below / (ratio - below) * (log(x) - log(below_x)))
				       : -below / (ratio - below) * x;
		below_x = x;
		below = ratio;
	}
	return NAN;
}

enum claim_verdict claims_judge_creation(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *thread = life(s, "pthread", 0, NULL), *fork = life(s, "fork", 0, NULL),
				  *spawn = life(s, "spawn", 0, NULL);
	char text[CLAIM_FIGURE_BYTES], time[CLAIM_FIGURE_BYTES];
	if (!thread || !fork)
		return claims_unsure(&nothing, c);
	struct estimate of_thread = pairing_reading(s, thread, reading_wall);
	struct estimate ratio = pairing_over(s, fork, thread, reading_wall);
	claims_add(c->measured, "to launch and reap a thread takes %s, a forked process %s times that",
		   claims_show_time(&of_thread, time), claims_show_ratio(&ratio, text));
	if (spawn) {
		struct estimate fresh = pairing_over(s, spawn, thread, reading_wall);
		claims_add(c->measured, ", a fresh program %s times", claims_show_ratio(&fresh, text));
	}
	enum claim_verdict verdict = claims_more(&ratio, c);
	say_growth(s, c->reason);
	double from = spawn ? spawn_pays_from(s) : (double)NAN;
	if (isfinite(from))
		claims_add(c->reason, "; from %.0f MiB on a fresh program is cheaper than a fork",
			   from / 0x1p20);
	return verdict;
}

enum claim_verdict claims_judge_memory(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *most = NULL;
	struct pairing p = {.suite = "memory",
			    .kernels = "empty",
			    .a = "fork",
			    .b = "pthread",
			    .ballast = PAIRING_ANY_BALLAST,
			    .reading = reading_kib_a_worker};
	for (size_t i = 0; i < s->count; i++)
		if (pairing_counterpart(s, &p, &s->cases[i]) &&
		    (!most || s->cases[i].workers > most->workers))
			most = &s->cases[i];
	if (!most)
		return claims_unsure(&nothing, c);
	char text[CLAIM_FIGURE_BYTES];
	struct estimate ratio = pairing_of(s, &p, most);
	struct estimate thread = pairing_reading(s, pairing_counterpart(s, &p, most), reading_kib_a_worker);
	struct estimate process = pairing_reading(s, most, reading_kib_a_worker);
	claims_add(c->measured,
		   "one of %llu idle threads occupies %.3g KiB, one of as many processes %.3g KiB: %s times "
		   "that",
		   (unsigned long long)most->workers, thread.value, process.value,
		   claims_show_ratio(&ratio, text));
	return claims_more(&ratio, c);
}

/* The smallest working set from which on all that were measured cost processes markedly more; 0: none. */
static uint64_t switching_costs_from(const struct summary *s, struct pairing p)
{
	uint64_t from = 0, last = 0;
	for (size_t i = 0; i < s->count; i++)
		if (pairing_counterpart(s, &p, &s->cases[i]) && s->cases[i].size > last)
			last = s->cases[i].size;
	for (uint64_t size = last; size; size = p.size) {
		size_t cases;
		uint64_t next = 0;
		p.size = size;
		struct estimate ratio = pairing_across(s, &p, &cases);
		if (!pairing_is_marked(&ratio) || ratio.value < 1)
			break;
		from = size;
		p.size = 0;
		for (size_t i = 0; i < s->count; i++)
			if (pairing_counterpart(s, &p, &s->cases[i]) && s->cases[i].size < size &&
			    s->cases[i].size > next)
				next = s->cases[i].size;
		p.size = next;
	}
	return from;
}

enum claim_verdict claims_judge_switch(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct pairing p = {.suite = "switch",
				  .kernels = "switch-*",
				  .a = "fork",
				  .b = "pthread",
				  .placement = "single",
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_hand_over};
	size_t cases;
	char text[CLAIM_FIGURE_BYTES];
	struct estimate ratio = pairing_across(s, &p, &cases);
	if (ratio.n == 0)
		return claims_unsure(&ratio, c);
	claims_add(c->measured,
		   "to hand over on one processing unit takes processes %s of the time it takes threads (%zu "
		   "cases: "
		   "ways and working sets)",
		   claims_show_ratio(&ratio, text), cases);
	uint64_t from = switching_costs_from(s, p);
	if (pairing_standing(&ratio) != STANDING_MORE && from) {
		claims_add(c->reason, "on the working set: from %.4g KiB on it costs processes more",
			   (double)from / 1024);
		return CLAIM_DEPENDS;
	}
	return claims_more(&ratio, c);
}

/* The lock that processes can share, over the one that threads take, both under their own workers. */
static struct estimate lock_ratio(const struct summary *s, const char *shared, const char *private,
				  uint64_t workers)
{
	const struct pairing p = {
		.suite = "contention", .workers = workers, .ballast = PAIRING_ANY_BALLAST, .kernels = shared};
	const struct pairing q = {.suite = "contention",
				  .workers = workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .kernels = private};
	const struct case_summary *processes = pairing_find(s, &p, "fork"),
				  *threads = pairing_find(s, &q, "pthread");
	return processes && threads ? pairing_over(s, processes, threads, reading_span_an_item) : nothing;
}

enum claim_verdict claims_judge_lock(const struct evidence *e, struct claim *c)
{
	uint64_t workers = pairing_most_workers(e->summary, "contention");
	char text[2][CLAIM_FIGURE_BYTES];
	struct estimate free_lock = lock_ratio(e->summary, "mutex", "mutex-private", 1);
	struct estimate contended = lock_ratio(e->summary, "mutex", "mutex-private", workers);
	if (workers == 1)
		return claims_one_unit(c);
	if (free_lock.n == 0 || contended.n == 0)
		return claims_unsure(free_lock.n ? &contended : &free_lock, c);
	claims_add(c->measured,
		   "a mutex shared by processes takes %s of the time of one among threads where nobody else "
		   "wants "
		   "it, and %s where %llu workers do",
		   claims_show_ratio(&free_lock, text[0]), claims_show_ratio(&contended, text[1]),
		   (unsigned long long)workers);
	enum standing alone = pairing_standing(&free_lock), fought = pairing_standing(&contended);
	if (alone == STANDING_MORE && fought == STANDING_MORE)
		return CLAIM_HOLDS;
	if (pairing_is_not_more(&free_lock) && pairing_is_not_more(&contended))
		return CLAIM_FAILS;
	if (alone == STANDING_MORE ? pairing_is_not_more(&contended)
				   : fought == STANDING_MORE && pairing_is_not_more(&free_lock)) {
		claims_add(c->reason, "on whether others want the lock: it costs more only where %s do",
			   alone == STANDING_MORE ? "none" : "others");
		return CLAIM_DEPENDS;
	}
	return claims_unsure(
		alone == STANDING_MORE || pairing_is_not_more(&free_lock) ? &contended : &free_lock, c);
}
