#include "bench/advise/unit_costs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct advised_runner advised_runners[ADVISED] = {
	[ADVISED_SEQ] = {"seq", .once = ADVISED_SEQ},
	[ADVISED_PTHREAD] = {"pthread", .once = ADVISED_PTHREAD},
	[ADVISED_FORK] = {"fork", .processes = true, .once = ADVISED_FORK},
	[ADVISED_SPAWN] = {"spawn", .processes = true, .once = ADVISED_SPAWN},
	[ADVISED_PTHREAD_POOL] = {"pthread-pool", .pool = true, .once = ADVISED_PTHREAD},
	[ADVISED_FORK_POOL] = {"fork-pool", .processes = true, .pool = true, .once = ADVISED_FORK},
	[ADVISED_PTHREAD_STEAL] = {"pthread-steal", .pool = true, .steals = true, .once = ADVISED_PTHREAD},
	[ADVISED_FORK_STEAL] = {"fork-steal", true, true, true, ADVISED_FORK},
};

const struct operation_name operation_names[OPERATIONS] = {
	[OPERATION_SYSCALL] = {"syscalls", "getppid", "system calls", false},
	[OPERATION_MAP] = {"maps", "mmap", "mapping and unmapping memory", true},
	[OPERATION_ALLOCATION] = {"allocations", "malloc-small", "allocations", false},
	[OPERATION_DESCRIPTOR] = {"descriptors", "dup", "opening and closing descriptors", false},
	[OPERATION_WRITE] = {"shared-writes", "atomic", "writes to a shared cache line", false},
};

void unit_costs_init(struct unit_costs *p)
{
	*p = (struct unit_costs){
		.parent_create = {.name = "fork, by the parent's memory", .measure = "--suite lifecycle"},
		.parent_exit = {.name = "the end of a forked worker, by the parent's memory",
				.measure = "--suite lifecycle"},
		.map = {{.name = "mapping a shared page in a forked worker", .measure = "--suite lifecycle"},
			{.name = "mapping a shared page in a spawned worker",
			 .measure = "--suite lifecycle"}},
		.unmap = {{.name = "unmapping a shared page in a forked worker",
			   .measure = "--suite lifecycle"},
			  {.name = "unmapping a shared page in a spawned worker",
			   .measure = "--suite lifecycle"}},
		.message = {.name = "a message through a pipe", .measure = "--suite channel"},
		.barrier = {{.name = "a round trip between threads", .measure = "--suite channel"},
			    {.name = "a round trip between processes", .measure = "--suite channel"}},
		.python = {{.name = "Python's bytecode in threads", .measure = "--suite python"},
			   {.name = "Python's bytecode in processes", .measure = "--suite python"}},
		.bandwidth = {.name = "memory bandwidth", .measure = "--suite scaling --kernel triad"},
	};
	for (int r = 0; r < ADVISED; r++) {
		bool steals = advised_runners[r].steals, pool = advised_runners[r].pool;
		p->fixed[r].name = "the overhead of a job";
		p->fixed[r].measure = steals ? "--suite pool"
				      : pool ? "--suite granularity,pool"
				      : r    ? "--suite lifecycle,granularity"
					     : "--suite granularity";
		p->later[r].name = "that cost after a longer job";
		p->later[r].measure = "--suite granularity";
		p->handout[r].name = "scheduling tasks one at a time";
		p->handout[r].measure = "--suite granularity";
		p->recovery[r].name = "recovery after a crash";
		p->recovery[r].measure = "--suite isolation";
	}
	for (int o = 0; o < OPERATIONS; o++)
		for (int processes = 0; processes < 2; processes++) {
			p->operation[o][processes].name = operation_names[o].words;
			p->operation[o][processes].measure = "--suite contention";
		}
}

void unit_cost_add(struct unit_cost *p, double x, struct estimate y, const char *source)
{
	size_t at = 0;
	while (at < p->count && p->mark[at].x < x)
		at++;
	if (p->count == UNIT_COST_MARKS || !isfinite(y.value) || (at < p->count && p->mark[at].x == x))
		return;
	/* Fewer than three invocations have no interval: then nothing but the value is known. */
	y.low = isfinite(y.low) ? y.low : y.value;
	y.high = isfinite(y.high) ? y.high : y.value;
	memmove(&p->mark[at + 1], &p->mark[at], (p->count - at) * sizeof p->mark[0]);
	p->mark[at] = (struct mark){.x = x, .y = y};
	snprintf(p->mark[at].source, sizeof p->mark[at].source, "%s", source);
	p->count++;
}

static void use(struct unit_costs_used *used, const struct unit_cost *p, const struct mark *mark)
{
	for (size_t i = 0; used && i < used->count; i++)
		if (used->mark[i] == mark)
			return;
	if (!used || used->count == UNIT_COSTS_USED_MAX)
		return;
	used->unit_cost[used->count] = p;
	used->mark[used->count++] = mark;
}

static void note_beyond(struct unit_costs_used *used, const struct unit_cost *p, double x)
{
	if (!used || used->beyond_count == UNIT_COSTS_BEYOND_MAX)
		return;
	for (size_t i = 0; i < used->beyond_count; i++)
		if (strcmp(used->beyond[i]->name, p->name) == 0)
			return;
	used->beyond[used->beyond_count] = p;
	used->beyond_at[used->beyond_count++] = x;
}

static double between(double a, double b, double share)
{
	double y = a + (b - a) * share;
	return y > 0 ? y : 0;
}

struct estimate unit_cost_at(const struct unit_cost *p, double x, enum beyond beyond,
			     struct unit_costs_used *used)
{
	size_t right = 0;
	while (right < p->count && p->mark[right].x < x)
		right++;
	if (right == p->count && beyond == BEYOND_LINE)
		note_beyond(used, p, x);
	if (right == p->count && (beyond == BEYOND_FLAT || p->count == 1))
		right--;
	else if (right == p->count)
		right = p->count - 1;
	else if (right == 0 || p->mark[right].x == x)
		x = p->mark[right].x;
	const struct mark *b = &p->mark[right];
	use(used, p, b);
	if (b->x == x || right == 0 || (x > b->x && beyond == BEYOND_FLAT))
		return b->y;
	const struct mark *a = &p->mark[right - 1];
	double share = (x - a->x) / (b->x - a->x);
	use(used, p, a);
	struct estimate y = {.value = between(a->y.value, b->y.value, share),
			     .low = between(a->y.low, b->y.low, share),
			     .high = between(a->y.high, b->y.high, share)};
	/* Past the measured the interval of the line turns over where it narrows towards the end. */
	if (y.low > y.value)
		y.low = y.value;
	if (y.high < y.value)
		y.high = y.value;
	return y;
}

/* ---- reading them from a summary ---- */

struct reading {
	struct unit_costs *unit_costs;
	const struct summary *summary;
	double *x; /* [run_count] */
};

/* A metric of a case, with a factor. */
struct part {
	const struct case_summary *c;
	enum metric metric;
	double factor;
};

/* Their sum, of each invocation that has all of them, never below 0. */
static struct estimate sum_of(const struct reading *r, const struct part *part, size_t parts)
{
	size_t n = 0;
	for (size_t run = 0; run < r->summary->run_count; run++) {
		double sum = 0;
		for (size_t i = 0; i < parts; i++)
			sum += part[i].factor * part[i].c->by_run[part[i].metric][run];
		if (isfinite(sum))
			r->x[n++] = sum;
	}
	if (n == 0)
		return (struct estimate){.value = NAN};
	struct estimate e = parts > 1 ? stat_difference_interval(r->x, n) : stat_interval(r->x, n);
	e.value = fmax(e.value, 0);
	e.low = e.low < 0 ? 0 : e.low; /* NaN stays */
	e.high = e.high < 0 ? 0 : e.high;
	return e;
}

static void source_of(const struct case_summary *c, const char *what, char *source)
{
	char ballast[40] = "";
	if (c->id.ballast)
		snprintf(ballast, sizeof ballast, "/ballast:%llu", (unsigned long long)c->id.ballast);
	snprintf(source, UNIT_COST_SOURCE, "%.20s/%.24s/%llu/%.16s/workers:%llu%s %s", c->id.suite,
		 c->id.kernel, (unsigned long long)c->id.size, c->id.runner,
		 (unsigned long long)c->id.workers, ballast, what);
}

/* Where workers were put as anyone would; those of lifecycle and memory are nowhere in particular. */
static bool is_plain(const struct case_summary *c, const char *suite, const char *kernel, const char *runner)
{
	bool unbound = strcmp(c->id.placement, "none") == 0 && strcmp(suite, "lifecycle") != 0 &&
		       strcmp(suite, "memory") != 0;
	return c->samples && !c->failed && strcmp(c->id.suite, suite) == 0 &&
	       strcmp(c->id.kernel, kernel) == 0 && strcmp(c->id.runner, runner) == 0 &&
	       strcmp(c->id.placement, "single") != 0 && !unbound && strcmp(c->id.pages, "huge") != 0;
}

/* The next case from *at on; NULL: no more. */
static const struct case_summary *next_case(const struct reading *r, size_t *at, const char *suite,
					    const char *kernel, const char *runner)
{
	while (*at < r->summary->count) {
		const struct case_summary *c = &r->summary->cases[(*at)++];
		if (is_plain(c, suite, kernel, runner))
			return c;
	}
	return NULL;
}

static const struct case_summary *find(const struct reading *r, const char *suite, const char *kernel,
				       const char *runner, uint64_t workers, uint64_t size)
{
	const struct case_summary *c;
	for (size_t at = 0; (c = next_case(r, &at, suite, kernel, runner));)
		if (c->id.workers == workers && c->id.size == size && !c->id.ballast)
			return c;
	return NULL;
}

/* wall - span of the cases of a suite, those of the smallest size, each number of workers. */
static void read_beside(const struct reading *r, const char *suite, const char *kernel, enum advised runner,
			uint64_t workers_over)
{
	const struct case_summary *c;
	uint64_t size = 0;
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0; (c = next_case(r, &at, suite, kernel, advised_runners[runner].name));) {
		size = size ? size : c->id.size; /* they are in order */
		if (c->id.size != size || c->id.ballast || c->id.workers <= workers_over)
			continue;
		const struct part parts[] = {{c, METRIC_WALL, 1}, {c, METRIC_SPAN, -1}};
		source_of(c, "wall-span", source);
		unit_cost_add(&r->unit_costs->fixed[runner], (double)c->id.workers, sum_of(r, parts, 2),
			      source);
	}
}

/* After a longer job the system's own code and data have left the caches, and processors sleep deeper. */
static void read_later(const struct reading *r, enum advised runner)
{
	const struct case_summary *c, *least = NULL;
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0; (c = next_case(r, &at, "granularity", "task", advised_runners[runner].name));) {
		least = least ? least : c;
		const struct part parts[] = {{c, METRIC_WALL, 1},
					     {c, METRIC_SPAN, -1},
					     {least, METRIC_WALL, -1},
					     {least, METRIC_SPAN, 1}};
		source_of(c, "wall-span, over the smallest", source);
		unit_cost_add(&r->unit_costs->later[runner], (double)c->id.size, sum_of(r, parts, 4), source);
	}
}

static void read_fixed(const struct reading *r)
{
	for (int runner = 0; runner < ADVISED; runner++) {
		const struct advised_runner *a = &advised_runners[runner];
		if (!a->steals) {
			read_beside(r, "granularity", "task", (enum advised)runner, 0);
			read_later(r, (enum advised)runner);
		}
		if (!a->pool)
			read_beside(r, "lifecycle", "empty", (enum advised)runner, 0);
		if (a->pool)
			read_beside(r, "pool", "spin", (enum advised)runner, 0);
		if (a->pool && r->unit_costs->fixed[runner].count)
			read_beside(r, "waiting", "wait", (enum advised)runner, 2);
	}
}

/* What a worker's task takes beyond its sequential time: until it drowns in the noise of longer tasks. */
static void read_handout(const struct reading *r, enum advised runner)
{
	const struct case_summary *c;
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0; (c = next_case(r, &at, "granularity", "spin", advised_runners[runner].name));) {
		const struct case_summary *seq = find(r, "granularity", "spin", "seq", 1, c->id.size);
		if (!seq || !c->items)
			continue;
		double items = (double)c->items;
		const struct part parts[] = {{c, METRIC_SPAN, (double)c->id.workers / items},
					     {seq, METRIC_SPAN, -1 / items}};
		struct estimate e = sum_of(r, parts, 2);
		if (!(e.value > 0 && e.low > 0))
			break;
		source_of(c, "span*workers-seq", source);
		unit_cost_add(&r->unit_costs->handout[runner], seq->span.value / items, e, source);
	}
}

static void read_parent(const struct reading *r)
{
	const struct case_summary *c, *none = find(r, "lifecycle", "empty", "fork", 1, 1);
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0; none && (c = next_case(r, &at, "lifecycle", "empty", "fork"));) {
		if (c->id.workers != 1)
			continue;
		const struct part create[] = {{c, METRIC_CREATE, 1}, {none, METRIC_CREATE, -1}};
		const struct part leave[] = {{c, METRIC_EXIT, 1}, {none, METRIC_EXIT, -1}};
		source_of(c, "create", source);
		unit_cost_add(&r->unit_costs->parent_create, (double)c->id.ballast, sum_of(r, create, 2),
			      source);
		source_of(c, "exit", source);
		unit_cost_add(&r->unit_costs->parent_exit, (double)c->id.ballast, sum_of(r, leave, 2),
			      source);
	}
}

/* What a new process takes from its first instruction to its work: its memory, the shared one too. */
static size_t preparation(const struct case_summary *c, double factor, struct part *part)
{
	part[0] = (struct part){c, METRIC_WALL, factor};
	part[1] = (struct part){c, METRIC_SPAN, -factor};
	part[2] = (struct part){c, METRIC_START, -factor};
	part[3] = (struct part){c, METRIC_EXIT, -factor};
	return 4;
}

static void read_page(const struct reading *r, int spawn, const struct case_summary *c)
{
	const char *runner = spawn ? "spawn" : "fork";
	const struct case_summary *empty = find(r, "lifecycle", "empty", runner, c->id.workers, 1);
	char source[UNIT_COST_SOURCE];
	struct part map[8];
	double pages = (double)c->id.size / 4;
	empty = empty ? empty : find(r, "granularity", "task", runner, c->id.workers, 10);
	empty = empty ? empty : find(r, "memory", "empty", runner, c->id.workers, 1);
	if (!empty)
		return;
	size_t n = preparation(c, 1 / pages, map);
	n += preparation(empty, -1 / pages, map + n);
	const struct part unmap[] = {{c, METRIC_EXIT, 1 / pages}, {empty, METRIC_EXIT, -1 / pages}};
	source_of(c, "wall-span-start-exit", source);
	unit_cost_add(&r->unit_costs->map[spawn], (double)c->id.workers, sum_of(r, map, n), source);
	source_of(c, "exit", source);
	unit_cost_add(&r->unit_costs->unmap[spawn], (double)c->id.workers, sum_of(r, unmap, 2), source);
}

/* From the largest of the shared memories: it hides least in the rest. With more than two workers the
 * launches of the others lie in between. */
static void read_pages(const struct reading *r, int spawn)
{
	static const char *const suite[] = {"lifecycle", "memory"};
	const struct case_summary *c;
	uint64_t size = 0;
	for (int pass = 0; pass < 2; pass++)
		for (int s = 0; s < 2; s++)
			for (size_t at = 0;
			     (c = next_case(r, &at, suite[s], "touch-shared", spawn ? "spawn" : "fork"));) {
				if (!pass)
					size = c->id.size > size ? c->id.size : size;
				else if (c->id.size == size && c->id.workers <= 2)
					read_page(r, spawn, c);
			}
}

static void read_operation(const struct reading *r, int operation, int processes)
{
	const struct case_summary *c;
	char source[UNIT_COST_SOURCE];
	const char *kernel = operation_names[operation].kernel;
	for (size_t at = 0; (c = next_case(r, &at, "contention", kernel, processes ? "fork" : "pthread"));) {
		const struct part part = {c, METRIC_SPAN, (double)c->id.workers / (double)c->items};
		source_of(c, "span", source);
		unit_cost_add(&r->unit_costs->operation[operation][processes], (double)c->id.workers,
			      sum_of(r, &part, 1), source);
	}
}

static void read_channels(const struct reading *r)
{
	const struct case_summary *c;
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0; (c = next_case(r, &at, "channel", "bandwidth-pipe", "fork"));) {
		const struct part part = {c, METRIC_SPAN, 1 / (double)c->items};
		source_of(c, "span", source);
		unit_cost_add(&r->unit_costs->message, (double)c->id.size, sum_of(r, &part, 1), source);
	}
	for (int processes = 0; processes < 2; processes++) {
		c = find(r, "channel", "latency-spin", processes ? "fork" : "pthread", 2, 1);
		if (!c)
			continue;
		const struct part part = {c, METRIC_SPAN, 1 / (double)c->items};
		source_of(c, "span", source);
		unit_cost_add(&r->unit_costs->barrier[processes], 0, sum_of(r, &part, 1), source);
	}
}

/* A property of the machine, not of a runner: the best that any got, and the worst as its other end. */
static void read_bandwidth(const struct reading *r)
{
	for (int runner = 0; runner < ADVISED; runner++) {
		const struct case_summary *c;
		char source[UNIT_COST_SOURCE];
		for (size_t at = 0;
		     (c = next_case(r, &at, "scaling", "triad", advised_runners[runner].name));) {
			struct unit_cost *p = &r->unit_costs->bandwidth;
			const struct part part = {c, METRIC_SPAN, 1 / c->work};
			struct estimate e = sum_of(r, &part, 1);
			size_t i = 0;
			while (i < p->count && p->mark[i].x != (double)c->id.workers)
				i++;
			source_of(c, "span", source);
			if (i == p->count) {
				unit_cost_add(p, (double)c->id.workers, e, source);
				continue;
			}
			p->mark[i].y.high = fmax(p->mark[i].y.high, e.value);
			if (e.value >= p->mark[i].y.value)
				continue;
			p->mark[i].y.value = p->mark[i].y.low = e.value;
			memcpy(p->mark[i].source, source, sizeof source);
		}
	}
}

/* Of the first Python that was measured. Workers that take turns each take as many times as long as there
 * are. */
static void read_python(const struct reading *r, int processes)
{
	const struct case_summary *c, *seq = NULL;
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0;
	     (c = next_case(r, &at, "python", "python-loop", processes ? "fork" : "pthread"));) {
		seq = summary_find(r->summary, c, "seq", 1);
		if (!seq || c->oversubscribed || !isfinite(c->speedup.value))
			continue;
		struct estimate e = c->speedup;
		double workers = (double)c->id.workers;
		source_of(c, "workers/speedup", source);
		unit_cost_add(&r->unit_costs->python[processes], workers,
			      (struct estimate){.value = workers / e.value,
						.low = workers / e.high,
						.high = workers / e.low,
						.n = e.n},
			      source);
	}
}

static void read_recovery(const struct reading *r, int runner)
{
	const struct case_summary *c;
	char source[UNIT_COST_SOURCE];
	for (size_t at = 0;
	     (c = next_case(r, &at, "isolation", "crash-segv", advised_runners[runner].name));) {
		const struct part parts[] = {{c, METRIC_RECOVERY, 1}, {c, METRIC_REDO, 1}};
		source_of(c, "recovery", source);
		unit_cost_add(&r->unit_costs->recovery[runner], 0,
			      sum_of(r, parts, c->metric[METRIC_REDO].n ? 2 : 1), source);
	}
}

void unit_costs_read(struct unit_costs *p, const struct summary *summary)
{
	struct reading r = {p, summary, calloc(summary->run_count + 1, sizeof(double))};
	unit_costs_init(p);
	if (!r.x)
		return;
	read_fixed(&r);
	read_parent(&r);
	read_channels(&r);
	read_bandwidth(&r);
	for (int spawn = 0; spawn < 2; spawn++)
		read_pages(&r, spawn);
	for (int processes = 0; processes < 2; processes++)
		read_python(&r, processes);
	for (int runner = 0; runner < ADVISED; runner++) {
		read_recovery(&r, runner);
		if (advised_runners[runner].pool)
			read_handout(&r, (enum advised)runner);
	}
	for (int o = 0; o < OPERATIONS; o++)
		for (int processes = 0; processes < 2; processes++)
			read_operation(&r, o, processes);
	free(r.x);
}
