#include "bench/advise/advise_options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "runners/runner.h"

/* ---- those that are more than a value ---- */

static void *place_of(void *request, const struct option_row *row)
{
	return (char *)request + row->offset;
}

static int take_plugin(void *request, const struct option_row *row, const char *text)
{
	*(const char **)place_of(request, row) = text;
	return catalog_load(text);
}

static int take_no_measure(void *request, const struct option_row *row, const char *text)
{
	(void)text;
	*(bool *)place_of(request, row) = false;
	return 0;
}

static int take_each(void *request, const struct option_row *row, const char *text)
{
	struct advise_request *r = request;
	(void)row;
	(void)text;
	r->workload.dealing = DEALING_EACH;
	r->workload.arrives = true;
	return 0;
}

static int take_task(void *request, const struct option_row *row, const char *text)
{
	struct advise_request *r = request;
	uint64_t ns = 0;
	if (units_time_ns(text, &ns) != 0 || ns < 1)
		return option_refuse(row, text, "a time such as 20us");
	r->workload.task_ns = (struct estimate){.value = (double)ns, .low = (double)ns, .high = (double)ns};
	r->task_given = true;
	return 0;
}

/* A whole number as a double. */
static int take_number(void *request, const struct option_row *row, const char *text)
{
	uint64_t n = 0;
	char wanted[64];
	snprintf(wanted, sizeof wanted, "a number from 1 to %llu", (unsigned long long)row->most);
	if (units_count(text, &n) != 0 || n < 1 || n > row->most)
		return option_refuse(row, text, wanted);
	*(double *)place_of(request, row) = (double)n;
	return 0;
}

static int take_tasks(void *request, const struct option_row *row, const char *text)
{
	((struct advise_request *)request)->tasks_given = true;
	return take_number(request, row, text);
}

static int take_workers(void *request, const struct option_row *row, const char *text)
{
	struct advise_request *r = request;
	uint64_t n = 0;
	char wanted[64];
	snprintf(wanted, sizeof wanted, "a number from 1 to %d", WORKERS_MAX);
	if (units_count(text, &n) != 0 || n < 1 || n > WORKERS_MAX)
		return option_refuse(row, text, wanted);
	r->workload.workers = (uint32_t)n;
	r->workers_given = true;
	return 0;
}

#define BYTES_MOST (UINT64_C(1) << 50)
#define NUMBER_MOST (UINT64_C(1) << 40)

static int take_bytes(void *request, const struct option_row *row, const char *text)
{
	uint64_t n = 0;
	if (units_size(text, &n) != 0 || n > BYTES_MOST)
		return option_refuse(row, text, "a number of bytes such as 64, 4K or 2G");
	*(double *)place_of(request, row) = (double)n;
	return 0;
}

/* N a task, or N/s; which operation, the row's `least` says. */
static int take_operation(void *request, const struct option_row *row, const char *text)
{
	struct advise_request *r = request;
	char number[32];
	size_t length = strlen(text);
	uint64_t n = 0;
	bool a_second = length > 2 && strcmp(text + length - 2, "/s") == 0;
	length -= a_second ? 2 : 0;
	snprintf(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : 0), text);
	if (units_count(number, &n) != 0 || n > BYTES_MOST)
		return option_refuse(
			row, text, "a number per task, such as 3, or per second of its time, such as 5000/s");
	r->workload.per_task[row->least] = (double)n;
	r->a_second[row->least] = a_second;
	return 0;
}

/* ---- the table ---- */

#define AT(member) .offset = offsetof(struct advise_request, member)
#define OPERATION(name, which, text, heading)                                                          \
	{                                                                                              \
		name, "N", NULL, text, heading, OPTION_TAKEN, .least = (which), .take = take_operation \
	}
#define BYTES(name, member, text)                                                         \
	{                                                                                 \
		name, "B", NULL, text, NULL, OPTION_TAKEN, AT(member), .take = take_bytes \
	}

const struct option_row options_of_advise[] = {
	{"task", "TIME", NULL, "time of one task, alone on a core (20us)", "What the work is", OPTION_TAKEN,
	 .take = take_task},
	{"tasks", "N", NULL, "number of tasks in a job", NULL, OPTION_TAKEN, AT(workload.tasks),
	 .most = NUMBER_MOST, .take = take_tasks},
	{"longest-task", "TIME", NULL, "the longest task, if they differ", NULL, OPTION_TIME, AT(longest_ns)},
	{"wait", "TIME", NULL, "part of --task in which it waits and needs no CPU", NULL, OPTION_TIME,
	 AT(wait_ns)},
	{"language", "L", "c python", "c, or python: bytecode as measured by the suite python", NULL,
	 OPTION_CHOICE, AT(language)},
	{"each", NULL, NULL, "tasks are scheduled one at a time", NULL, OPTION_TAKEN, .take = take_each},
	{"workers", "N", NULL, "number of workers (default: all CPUs)", NULL, OPTION_TAKEN,
	 .take = take_workers},
	BYTES("bytes-in", workload.bytes_in, "input per task, sent where memory is not shared"),
	BYTES("bytes-out", workload.bytes_out, "output per task"),
	BYTES("shared-memory", workload.mapped_bytes, "memory that all workers share"),
	BYTES("traffic", traffic_a_task, "memory traffic per task"),
	BYTES("parent-memory", workload.parent_bytes, "memory that the parent holds at the launch"),
	{"jobs", "N", NULL, "jobs per pool (default: many)", NULL, OPTION_TAKEN, AT(workload.jobs),
	 .most = NUMBER_MOST, .take = take_number},
	{"survive-crash", NULL, NULL, "a crash must be survived: excludes threads", NULL, OPTION_FLAG,
	 AT(workload.survive_crash)},
	OPERATION("shared-writes", OPERATION_WRITE, "writes to state that all share",
		  "Per task; N/s: per second of its time"),
	OPERATION("syscalls", OPERATION_SYSCALL, "system calls", NULL),
	OPERATION("maps", OPERATION_MAP, "system calls that map or unmap memory", NULL),
	OPERATION("allocations", OPERATION_ALLOCATION, "small allocations", NULL),
	OPERATION("descriptors", OPERATION_DESCRIPTOR, "descriptors opened or duplicated", NULL),
	{"kernel", "K", "@kernels", "as in `pvt run`", "A kernel", OPTION_TEXT, AT(kernel)},
	{"size", "S", "small medium large", "size of the kernel", NULL, OPTION_TEXT, AT(size)},
	{"input", "FILE", "@file", "what the kernel reads", NULL, OPTION_TEXT, AT(input)},
	{"plugin", "FILE", "@file", "a shared object with kernels", NULL, OPTION_TAKEN, AT(plugin),
	 .take = take_plugin},
	{"budget", "TIME", NULL, "time to measure the kernel (default 1s)", NULL, OPTION_TIME, AT(budget_ns)},
	{"no-measure", NULL, NULL, "use the run folder's sequential time", NULL, OPTION_TAKEN, AT(measure),
	 .take = take_no_measure},
	{"from", "DIR", "@folder", "the run folder (default results/latest)", "Other", OPTION_TEXT, AT(from)},
	{"verbose", NULL, NULL, "also print the figures that were used", NULL, OPTION_FLAG, AT(verbose)},
	{"format", "F", "text json", "text, json", NULL, OPTION_CHOICE, AT(format)},
	{0},
};

/* The kernel that a plug-in alone can mean. */
static int kernel_of_plugin(struct advise_request *r)
{
	char *path = realpath(r->plugin, NULL);
	const struct kernel *kernel;
	size_t found = 0;
	for (size_t i = 0; (kernel = catalog_kernel(i)); i++) {
		const char *file = catalog_plugin(kernel);
		if (!path || !file || strcmp(file, path) != 0)
			continue;
		r->kernel = kernel->name;
		found++;
	}
	free(path);
	return found == 1
		       ? 0
		       : complain(EXIT_UNUSABLE,
				  "--plugin: '%s' has %zu kernels; name the one to advise on with --kernel",
				  r->plugin, found);
}

static int check(struct advise_request *r)
{
	if (r->plugin && !r->kernel) {
		int code = kernel_of_plugin(r);
		if (code)
			return code;
	}
	if (r->kernel && (r->task_given || r->tasks_given || r->longest_ns))
		return complain(EXIT_UNUSABLE,
				"--%s: a kernel says that itself; leave out either this or --kernel",
				r->task_given    ? "task"
				: r->tasks_given ? "tasks"
						 : "longest-task");
	if (r->kernel && (r->wait_ns || r->language))
		return complain(EXIT_UNUSABLE, "--%s: belongs to --task; leave out either this or --kernel",
				r->wait_ns ? "wait" : "language");
	if (r->kernel)
		return 0;
	if (r->size || r->input || !r->measure)
		return complain(EXIT_UNUSABLE, "--%s belongs to a kernel; name it with --kernel",
				r->size    ? "size"
				: r->input ? "input"
					   : "no-measure");
	if (!r->task_given || !r->tasks_given)
		return complain(EXIT_UNUSABLE,
				"--%s is missing: say how long a task takes (--task 20us) and how many a job "
				"has (--tasks 1000), or name a kernel (--kernel); see `pvt help advise`",
				r->task_given ? "tasks" : "task");
	if ((double)r->wait_ns > r->workload.task_ns.value)
		return complain(EXIT_UNUSABLE, "--wait: it is longer than --task, which it is a part of");
	if (r->longest_ns && r->wait_ns)
		return complain(EXIT_UNUSABLE,
				"--longest-task: tasks that wait count as alike; leave out this or --wait");
	if (r->longest_ns && (double)r->longest_ns < r->workload.task_ns.value)
		return complain(EXIT_UNUSABLE,
				"--longest-task: it is shorter than --task, which is the mean");
	return 0;
}

/* What depends on other flags. */
static void complete(struct advise_request *r)
{
	struct workload *d = &r->workload;
	d->wait_ns = (double)r->wait_ns;
	d->python = r->language == 1;
	if (r->longest_ns) {
		d->longest = (double)r->longest_ns / d->task_ns.value;
		d->dealing = DEALING_EACH;
	}
}

int advise_read(int argc, char **argv, struct advise_request *r)
{
	*r = (struct advise_request){.from = "results/latest",
				     .measure = true,
				     .budget_ns = 1000000000,
				     .workload = workload_none()};
	int code = catalog_load_folders(getenv("PVT_PLUGIN_PATH"));
	if (!code)
		code = option_table_read("advise", options_of_advise, argc, argv, r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "advise takes no argument '%s'; see `pvt help advise`",
				argv[optind]);
	if (!code && argc == 1 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		code = advise_ask(r);
	if (!code)
		code = check(r);
	if (!code)
		complete(r);
	return code;
}

/* ---- the dialogue ---- */

static const struct {
	const char *name, *question, *otherwise; /* NULL: there has to be an answer */
} questions[] = {
	{"task", "How long does one task take, alone on a core (20us)?", NULL},
	{"tasks", "How many tasks has a job?", NULL},
	{"bytes-in", "Bytes that a task is given (4K)?", "0"},
	{"bytes-out", "Bytes that it gives back?", "0"},
	{"shared-writes", "Writes to shared state, per task (or 500/s)?", "0"},
	{"syscalls", "System calls, per task (or 5000/s)?", "0"},
	{"maps", "Of those that map or unmap memory?", "0"},
	{"allocations", "Small allocations a task?", "0"},
	{"parent-memory", "Memory that the parent holds (2G)?", "0"},
	{"survive-crash", "Must the crash of one task be survived (yes, no)?", "no"},
};

static int answer(struct advise_request *r, const char *name, const char *text)
{
	const struct option_row *row = option_table_find(options_of_advise, name, strlen(name));
	if (row->value)
		return option_take(row, r, text);
	if (*text != 'y' && *text != 'n')
		return option_refuse(row, text, "yes or no");
	return *text == 'y' ? option_take(row, r, NULL) : 0;
}

int advise_ask(struct advise_request *r)
{
	char line[128];
	for (size_t i = 0; i < sizeof questions / sizeof *questions;) {
		const char *otherwise = questions[i].otherwise;
		printf("%s ", questions[i].question);
		if (otherwise)
			printf("[%s] ", otherwise);
		fflush(stdout);
		if (!fgets(line, sizeof line, stdin))
			return complain(EXIT_UNUSABLE, "the answers ended before the questions did");
		line[strcspn(line, "\r\n")] = '\0';
		if (*line || otherwise)
			i += answer(r, questions[i].name, *line ? line : otherwise) == 0;
	}
	putchar('\n');
	return 0;
}
