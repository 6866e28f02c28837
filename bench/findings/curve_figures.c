#include "bench/findings/curve_figures.h"

#include <math.h>
#include <string.h>

#include "bench/claims/mapping.h"
#include "bench/claims/serve.h"
#include "bench/scale/grain.h"

/* ---- where on the figure ---- */

static double x_ballast(const struct case_summary *c)
{
	return (double)c->id.ballast;
}

static double x_workers(const struct case_summary *c)
{
	return (double)c->id.workers;
}

static double x_size(const struct case_summary *c)
{
	return (double)c->id.size;
}

static bool is_any(const struct case_summary *c)
{
	return c->samples > 0;
}

static bool in_small_pages(const struct case_summary *c)
{
	return c->id.workers == 1 && strcmp(c->id.pages, "huge") != 0;
}

static bool in_huge_pages(const struct case_summary *c)
{
	return c->id.workers == 1 && strcmp(c->id.pages, "small") != 0;
}

static bool is_of_small_pages(const struct case_summary *c)
{
	return strcmp(c->id.pages, "small") == 0;
}

static bool is_of_huge_pages(const struct case_summary *c)
{
	return strcmp(c->id.pages, "huge") == 0;
}

static bool is_single(const struct case_summary *c)
{
	return c->id.workers == 1;
}

static bool without_ballast(const struct case_summary *c)
{
	return c->id.ballast == 0;
}

static bool is_alone(const struct case_summary *c)
{
	return c->id.size == 1;
}

static bool is_among_few(const struct case_summary *c)
{
	return c->id.size == 9;
}

static bool is_among_many(const struct case_summary *c)
{
	return c->id.size == 65;
}

const struct curve_figure curve_figures[] = {
	{
		.name = "lifecycle",
		.suite = "lifecycle",
		.kernels = "empty",
		.x = x_ballast,
		.y = reading_wall_a_worker,
		.panel = {{"parent's memory in pages of 4 KiB", .has = in_small_pages},
			  {"parent's memory in huge pages", .has = in_huge_pages}},
		.x_unit = UNIT_BYTES,
		.heading = "Creating and ending a worker, by the parent's memory",
		.about =
			"One worker without work, from before its launch to after its end, by how much memory "
			"the parent has touched. A fork copies the page tables of all of it.",
		.panel_head = "pages",
		.x_head = "parent holds",
		.title = "Creating and ending one worker in a parent that holds",
		.title_end = "",
	},
	{
		.name = "lives",
		.suite = "lifecycle",
		.kernels = "empty",
		.x = x_workers,
		.panel = {{"inside the launch call", .has = without_ballast, .y = reading_create},
			  {"launch call to first instruction", .has = without_ballast, .y = reading_start},
			  {"last instruction to reaped", .has = without_ballast, .y = reading_leave},
			  {"end of all work to all reaped, per worker", .has = without_ballast,
			   .y = reading_drain}},
		.x_unit = UNIT_WORKERS,
		.heading = "Creating and ending a worker, by the number of workers",
		.about = "Workers without work; the mean per worker.",
		.panel_head = "step",
		.x_head = "workers",
		.title = "Launch call per worker, workers launched:",
		.title_end = "",
	},
	{
		.name = "firstwork",
		.suite = "first-work",
		.kernels = "beside",
		.x = x_ballast,
		.y = reading_first_result,
		.panel = {{"a parent with 1 thread", .has = is_alone},
			  {"a parent with 9 threads", .has = is_among_few},
			  {"a parent with 65 threads", .has = is_among_many}},
		.x_unit = UNIT_BYTES,
		.heading = "Time to a worker's first result",
		.about = "From asking for a worker, or giving a pool a job, to the end of its (empty) work, "
			 "by the memory in small pages and the number of threads of the parent; all of "
			 "its threads but one sleep.",
		.panel_head = "parent",
		.x_head = "parent holds",
		.title = "Time to a worker's first result in a parent that holds",
		.title_end = "",
	},
	{
		.name = "program",
		.suite = "lifecycle",
		.kernels = "exec",
		.x = x_ballast,
		.y = reading_span_an_item,
		.panel = {{"posix_spawn of /bin/true, and its end", .has = is_single}},
		.x_unit = UNIT_BYTES,
		.only_a_table = true,
		.heading = "What a new program costs",
		.about = "For scale: a thread starts the smallest program there is and waits for its end, by "
			 "how much memory the process holds. posix_spawn copies no page tables.",
		.panel_head = "operation",
		.x_head = "parent holds",
		.title = "Starting and reaping a minimal program from a process that holds",
		.title_end = "",
	},
	{
		.name = "copied",
		.suite = "lifecycle",
		.kernels = "*",
		.x = x_ballast,
		.y = reading_span_an_item,
		.panel = {{"small pages (4 KiB)", .kernel = "copy", .has = is_of_small_pages},
			  {"huge pages", .kernel = "copy", .has = is_of_huge_pages},
			  {"fresh memory", .kernel = "fresh"},
			  {"the parent's own, small pages", .kernel = "copy-parent",
			   .has = is_of_small_pages},
			  {"the parent's own, huge pages", .kernel = "copy-parent", .has = is_of_huge_pages}},
		.x_unit = UNIT_BYTES,
		.only_a_table = true,
		.heading = "The first write to the parent's memory",
		.about =
			"A worker writes a byte to each 4 KiB of 16 MiB that its parent holds; the time per "
			"page. After a fork that write copies the page; a thread writes to it in place. *Fresh "
			"memory*: pages that nobody has written to. *The parent's own*: its first write to "
			"each while a child has them too.",
		.panel_head = "pages",
		.x_head = "parent holds",
		.title = "The first write to a page of the parent's memory,",
		.title_end = " in pages of 4 KiB",
	},
	{
		.name = "memory",
		.suite = "memory",
		.kernels = "*",
		.x = x_workers,
		.y = reading_kib_a_worker,
		.panel = {{"idle", .kernel = "empty"},
			  {"1 MiB each", .kernel = "touch-private"},
			  {"1 MiB in all", .kernel = "touch-shared"}},
		.x_unit = UNIT_WORKERS,
		.y_unit = UNIT_KIB,
		.heading = "Memory per worker",
		.about = "Proportional set size, page tables and kernel stacks that the workers added, per "
			 "worker. The workers have touched 1 MiB each, 1 MiB in all, or nothing.",
		.panel_head = "the workers have",
		.x_head = "workers",
		.title = "Memory of each of",
		.title_end = " idle workers",
	},
	{
		.name = "idle",
		.suite = "idle",
		.kernels = "*",
		.x = x_size,
		.y = reading_wall,
		.panel = {{"first job after a pause", .has = is_any}},
		.x_unit = UNIT_NS,
		.heading = "How late a pool's job is after a pause",
		.about =
			"The caller computes for the pause, then submits a job without work: the time until all workers have answered.",
		.panel_head = "job",
		.x_head = "pause",
		.title = "A job after a pause of",
		.title_end = "",
	},
	{
		.name = "waiting",
		.suite = "idle",
		.kernels = "*",
		.x = x_size,
		.y = reading_waiting,
		.panel = {{"a waiting worker", .has = is_any}},
		.x_unit = UNIT_NS,
		.y_unit = UNIT_SHARE,
		.only_a_table = true,
		.heading = "What an idle pool takes",
		.about =
			"Share of a CPU that a worker takes from one job to the next: 100 % where it waits by looking, "
			"near 0 where it sleeps.",
		.panel_head = "who",
		.x_head = "pause",
		.title = "A waiting worker takes, in a pause of",
		.title_end = ", of a CPU",
	},
	{
		.name = "bystander",
		.suite = "bystander",
		.kernels = "*",
		.x = x_workers,
		.y = reading_span_an_item,
		.panel = {{"computing next to mmap and munmap", .kernel = "compute-mmap"},
			  {"computing next to mprotect", .kernel = "compute-mprotect"},
			  {"computing next to a spinning worker", .kernel = "compute-spin"},
			  {"faulting next to mmap and munmap", .kernel = "fault-mmap"},
			  {"faulting next to mprotect", .kernel = "fault-mprotect"},
			  {"faulting next to a spinning worker", .kernel = "fault-spin"}},
		.x_unit = UNIT_WORKERS,
		.heading = "What a worker that changes its memory costs the others",
		.about =
			"One worker maps and unmaps, or protects memory of its own, or spins; the others compute, or touch "
			"fresh pages of their own: the time of one such operation.",
		.panel_head = "the others",
		.x_head = "workers",
		.title = "Computing next to a worker that maps and unmaps memory,",
		.title_end = " workers",
	},
	{
		.name = "mapping",
		.suite = "mapping",
		.kernels = "*",
		.x = x_workers,
		.y = reading_page,
		.panel = {{"first pass, 4 KiB", .kernel = "mapping-first"},
			  {"first pass, populated in one call", .kernel = "mapping-first-populate"},
			  {"first pass, transparent huge", .kernel = "mapping-first-thp"},
			  {"later passes, 4 KiB", .kernel = "mapping-later"},
			  {"random reads, 4 KiB", .kernel = "mapping-random"},
			  {"random reads, transparent huge", .kernel = "mapping-random-thp"},
			  {"random reads, hugetlbfs", .kernel = "mapping-random-hugetlb"}},
		.x_unit = UNIT_WORKERS,
		.heading = "What memory that all map shared costs to read",
		.about =
			"All workers read one word of each page of the same memory, which is full: the time per page. *First pass*: "
			"the worker's page tables are empty. *Later passes*, *random reads*: they are full.",
		.panel_head = "pass",
		.x_head = "workers",
		.title = "Time per page in the first pass over memory that",
		.title_end = " workers map shared",
	},
	{
		.name = "tables",
		.suite = "mapping",
		.kernels = "*",
		.x = x_workers,
		.y = reading_tables,
		.panel = {{"pages of 4 KiB", .kernel = "mapping-first"},
			  {"transparent huge pages", .kernel = "mapping-first-thp"},
			  {"pages of hugetlbfs", .kernel = "mapping-first-hugetlb"}},
		.x_unit = UNIT_WORKERS,
		.y_unit = UNIT_KIB,
		.heading = "What page tables memory that all map shared takes",
		.about =
			"Page tables that the workers added, of all of them together, after each has read all of it.",
		.panel_head = "pages",
		.x_head = "workers",
		.title = "Page tables of",
		.title_end = " workers that map the same memory",
	},
	{
		.name = "serve",
		.suite = "serve",
		.kernels = "serve-*",
		.x = x_size,
		.panel = {{"time per request, a worker each", .kernel = "serve-each", .y = reading_request},
			  {"time per request, a pool", .kernel = "serve-pool", .y = reading_request},
			  {"median latency, a worker each", .kernel = "serve-each", .y = reading_p50},
			  {"median latency, a pool", .kernel = "serve-pool", .y = reading_p50},
			  {"99th percentile, a worker each", .kernel = "serve-each", .y = reading_p99},
			  {"99th percentile, a pool", .kernel = "serve-pool", .y = reading_p99}},
		.x_unit = UNIT_WORKERS,
		.heading = "What a server's requests take",
		.about =
			"1 KiB there and back over 127.0.0.1. *Time per request*: one is under way on each connection. *Latency*: at "
			"10,000 requests per second, whose gaps are exponential, from when a request was due.",
		.panel_head = "what",
		.x_head = "connections",
		.title = "Time per request with a worker per connection,",
		.title_end = " connections",
	},
	{
		.name = "served",
		.suite = "serve",
		.kernels = "serve-*",
		.x = x_size,
		.y = reading_kib_a_connection,
		.panel = {{"a worker each", .kernel = "serve-each"}, {"a pool", .kernel = "serve-pool"}},
		.x_unit = UNIT_WORKERS,
		.y_unit = UNIT_KIB,
		.only_a_table = true,
		.heading = "What a server's connections occupy",
		.about =
			"Proportional set size, page tables and kernel stacks of all workers, the client's included, over the connections; "
			"the buffers of the sockets are not in it.",
		.panel_head = "workers",
		.x_head = "connections",
		.title = "Memory per connection with a worker each, connections:",
		.title_end = "",
	},
	{
		.name = "connect",
		.suite = "serve",
		.kernels = "connect-*",
		.x = x_workers,
		.y = reading_span_an_item,
		.panel = {{"a new thread", .kernel = "connect-thread"},
			  {"a new forked process", .kernel = "connect-process"},
			  {"a worker that is there", .kernel = "connect-standing"}},
		.x_unit = UNIT_WORKERS,
		.only_a_table = true,
		.heading = "What a new connection costs",
		.about =
			"The client connects, sends 1 KiB, reads the answer and closes, one connection after the other. The columns "
			"say what the server is that accepts.",
		.panel_head = "it is answered by",
		.x_head = "workers",
		.title = "A connection with one request,",
		.title_end = " workers",
	},
	{
		.name = "switch",
		.suite = "switch",
		.kernels = "switch-*",
		.x = x_size,
		.y = reading_hand_over,
		.only_a_table = true,
		.x_unit = UNIT_BYTES,
		.heading = "Context switches",
		.about = "Two workers take turns; each touches its working set before it lets the other run. "
			 "*single*: both on one CPU; else on two.",
		.panel_head = "by",
		.x_head = "working set",
		.title = "A context switch with a working set of",
		.title_end = " takes",
		.panels_are = "ways of switching",
		.difference_first = true,
	},
	{
		.name = "latency",
		.suite = "channel",
		.kernels = "latency-*",
		.x = x_size,
		.y = reading_span_an_item,
		.x_unit = UNIT_BYTES,
		.heading = "Round trips",
		.about =
			"A message and its answer between two workers on two CPUs. The receiver reads all of "
			"it.",
		.panel_head = "channel",
		.x_head = "message",
		.title = "A round trip of",
		.title_end = " takes",
		.panels_are = "channels",
	},
	{
		.name = "effort",
		.suite = "channel",
		.kernels = "latency-*",
		.x = x_size,
		.y = reading_cpu_an_item,
		.x_unit = UNIT_BYTES,
		.heading = "CPU time of round trips",
		.about = "CPU time of both workers per round trip. A worker that spins uses its CPU while it "
			 "waits, one that sleeps does not.",
		.panel_head = "channel",
		.x_head = "message",
		.title = "A round trip of",
		.title_end = " uses CPU time of",
		.panels_are = "channels",
	},
	{
		.name = "bandwidth",
		.suite = "channel",
		.kernels = "bandwidth-*",
		.x = x_size,
		.y = reading_work_a_second,
		.x_unit = UNIT_BYTES,
		.y_unit = UNIT_BYTES_A_SECOND,
		.heading = "Bandwidth of channels",
		.about =
			"In one direction, from one worker to another; the time to write the payload and to read it is "
			"included.",
		.panel_head = "channel",
		.x_head = "message",
		.title = "With messages of",
		.title_end = " a channel moves",
		.panels_are = "channels",
		.title_at_most = true,
	},
	{
		.name = "grain",
		.suite = "granularity",
		.kernels = "*",
		.x = x_size,
		.y = grain_efficiency,
		.panel = {{GRAIN_TASK, .has = grain_is_task}, {GRAIN_STREAM, .has = grain_is_stream}},
		.x_unit = UNIT_NS,
		.y_unit = UNIT_SHARE,
		.heading = "How small a task can be",
		.about = "Efficiency: sequential time of the tasks over workers × the job's wall time.",
		.panel_head = "tasks",
		.x_head = "size of a task",
	},
	{.name = NULL},
};
