#include "bench/advise/advise_options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/base/arguments.h"
#include "bench/base/exit.h"
#include "bench/base/text.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "runners/runner.h"

enum {
	OPT_FROM = 256,
	OPT_KERNEL,
	OPT_SIZE,
	OPT_INPUT,
	OPT_PLUGIN,
	OPT_NO_MEASURE,
	OPT_BUDGET,
	OPT_FORMAT,
	OPT_TASK,
	OPT_TASKS,
	OPT_LONGEST,
	OPT_WORKERS,
	OPT_EACH,
	OPT_BYTES_IN,
	OPT_BYTES_OUT,
	OPT_SHARED_MEMORY,
	OPT_TRAFFIC,
	OPT_PARENT_MEMORY,
	OPT_JOBS,
	OPT_SURVIVE,
	OPT_OPERATION, /* and the OPERATIONS from here on */
};

static const struct option options[] = {
	{"from", required_argument, NULL, OPT_FROM},
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"size", required_argument, NULL, OPT_SIZE},
	{"input", required_argument, NULL, OPT_INPUT},
	{"plugin", required_argument, NULL, OPT_PLUGIN},
	{"no-measure", no_argument, NULL, OPT_NO_MEASURE},
	{"budget", required_argument, NULL, OPT_BUDGET},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"task", required_argument, NULL, OPT_TASK},
	{"tasks", required_argument, NULL, OPT_TASKS},
	{"longest-task", required_argument, NULL, OPT_LONGEST},
	{"workers", required_argument, NULL, OPT_WORKERS},
	{"each", no_argument, NULL, OPT_EACH},
	{"bytes-in", required_argument, NULL, OPT_BYTES_IN},
	{"bytes-out", required_argument, NULL, OPT_BYTES_OUT},
	{"shared-memory", required_argument, NULL, OPT_SHARED_MEMORY},
	{"traffic", required_argument, NULL, OPT_TRAFFIC},
	{"parent-memory", required_argument, NULL, OPT_PARENT_MEMORY},
	{"jobs", required_argument, NULL, OPT_JOBS},
	{"survive-crash", no_argument, NULL, OPT_SURVIVE},
	{"syscalls", required_argument, NULL, OPT_OPERATION + OPERATION_SYSCALL},
	{"maps", required_argument, NULL, OPT_OPERATION + OPERATION_MAP},
	{"allocations", required_argument, NULL, OPT_OPERATION + OPERATION_ALLOCATION},
	{"descriptors", required_argument, NULL, OPT_OPERATION + OPERATION_DESCRIPTOR},
	{"shared-writes", required_argument, NULL, OPT_OPERATION + OPERATION_WRITE},
	{NULL, 0, NULL, 0},
};

static const char *flag_of(int id)
{
	size_t i = 0;
	while (options[i].name && options[i].val != id)
		i++;
	return options[i].name;
}

static int refuse(int id, const char *text, const char *what)
{
	char shown[80];
	return complain(EXIT_UNUSABLE, "--%s: '%s' is not %s", flag_of(id),
			text_show(text, shown, sizeof shown), what);
}

static int take_time(int id, const char *text, uint64_t *ns)
{
	return units_time_ns(text, ns) == 0 && *ns >= 1 ? 0 : refuse(id, text, "a time such as 20us");
}

static int take_count(int id, const char *text, uint64_t most, double *count)
{
	uint64_t n = 0;
	char what[64];
	snprintf(what, sizeof what, "a number from 1 to %llu", (unsigned long long)most);
	if (units_count(text, &n) != 0 || n < 1 || n > most)
		return refuse(id, text, what);
	*count = (double)n;
	return 0;
}

static int take_bytes(int id, const char *text, double *bytes)
{
	uint64_t n = 0;
	if (units_size(text, &n) != 0 || n > UINT64_C(1) << 50)
		return refuse(id, text, "a number of bytes such as 64, 4K or 2G");
	*bytes = (double)n;
	return 0;
}

/* N a task, or N/s. */
static int take_operation(struct advise_request *r, int id, const char *text)
{
	char number[32];
	size_t length = strlen(text);
	int operation = id - OPT_OPERATION;
	uint64_t n = 0;
	bool a_second = length > 2 && strcmp(text + length - 2, "/s") == 0;
	length -= a_second ? 2 : 0;
	snprintf(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : 0), text);
	if (units_count(number, &n) != 0 || n > UINT64_C(1) << 50)
		return refuse(id, text,
			      "a number a task, such as 3, or a second of its time, such as 5000/s");
	r->workload.per_task[operation] = (double)n;
	r->a_second[operation] = a_second;
	return 0;
}

static int take_format(struct advise_request *r, const char *text)
{
	r->json = strcmp(text, "json") == 0;
	return r->json || strcmp(text, "text") == 0 ? 0 : refuse(OPT_FORMAT, text, "text or json");
}

static int take_value(struct advise_request *r, int id, const char *text)
{
	struct workload *d = &r->workload;
	uint64_t ns = 0;
	double n = 0;
	int code = 0;
	switch (id) {
	case OPT_TASK:
		code = take_time(id, text, &ns);
		d->task_ns = (struct estimate){.value = (double)ns, .low = (double)ns, .high = (double)ns};
		r->task_given = true;
		return code;
	case OPT_TASKS:
		r->tasks_given = true;
		return take_count(id, text, UINT64_C(1) << 40, &d->tasks);
	case OPT_LONGEST:
		r->longest_given = true;
		return take_time(id, text, &r->longest_ns);
	case OPT_WORKERS:
		code = take_count(id, text, WORKERS_MAX, &n);
		d->workers = (uint32_t)n;
		r->workers_given = true;
		return code;
	case OPT_JOBS:
		return take_count(id, text, UINT64_C(1) << 40, &d->jobs);
	case OPT_BUDGET:
		return take_time(id, text, &r->budget_ns);
	case OPT_BYTES_IN:
		return take_bytes(id, text, &d->bytes_in);
	case OPT_BYTES_OUT:
		return take_bytes(id, text, &d->bytes_out);
	case OPT_SHARED_MEMORY:
		return take_bytes(id, text, &d->mapped_bytes);
	case OPT_TRAFFIC:
		return take_bytes(id, text, &r->traffic_a_task);
	case OPT_PARENT_MEMORY:
		return take_bytes(id, text, &d->parent_bytes);
	default:
		return take_operation(r, id, text);
	}
}

static int take(void *request, int id)
{
	struct advise_request *r = request;
	switch (id) {
	case OPT_FROM:
		r->from = optarg;
		return 0;
	case OPT_KERNEL:
		r->kernel = optarg;
		return 0;
	case OPT_SIZE:
		r->size = optarg;
		return 0;
	case OPT_INPUT:
		r->input = optarg;
		return 0;
	case OPT_PLUGIN:
		r->plugin = optarg;
		return catalog_load(optarg);
	case OPT_NO_MEASURE:
		r->measure = false;
		return 0;
	case OPT_FORMAT:
		return take_format(r, optarg);
	case OPT_EACH:
		r->workload.dealing = DEALING_EACH;
		r->workload.arrives = true;
		return 0;
	case OPT_SURVIVE:
		r->workload.survive_crash = true;
		return 0;
	default:
		return take_value(r, id, optarg);
	}
}

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
	if (r->kernel && (r->task_given || r->tasks_given || r->longest_given))
		return complain(EXIT_UNUSABLE,
				"--%s: a kernel says that itself; leave out either this or --kernel",
				r->task_given    ? "task"
				: r->tasks_given ? "tasks"
						 : "longest-task");
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
	if (r->longest_given && (double)r->longest_ns < r->workload.task_ns.value)
		return complain(EXIT_UNUSABLE,
				"--longest-task: it is shorter than --task, which is the mean");
	return 0;
}

/* What depends on other flags. */
static void complete(struct advise_request *r)
{
	struct workload *d = &r->workload;
	if (r->longest_given) {
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
		code = arguments_read(argc, argv, options, take, r);
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
	int id;
	const char *question, *otherwise; /* NULL: there has to be an answer */
} questions[] = {
	{OPT_TASK, "How long does one task take, alone on a core (20us)?", NULL},
	{OPT_TASKS, "How many tasks has a job?", NULL},
	{OPT_BYTES_IN, "Bytes that a task is given (4K)?", "0"},
	{OPT_BYTES_OUT, "Bytes that it gives back?", "0"},
	{OPT_OPERATION + OPERATION_WRITE, "Writes to state that all share, a task (or 500/s)?", "0"},
	{OPT_OPERATION + OPERATION_SYSCALL, "System calls a task (or 5000/s)?", "0"},
	{OPT_OPERATION + OPERATION_MAP, "Of those that map or unmap memory?", "0"},
	{OPT_OPERATION + OPERATION_ALLOCATION, "Small allocations a task?", "0"},
	{OPT_PARENT_MEMORY, "Memory that the parent holds (2G)?", "0"},
	{OPT_SURVIVE, "Must the crash of one task be survived (yes, no)?", "no"},
};

static int answer(struct advise_request *r, int id, const char *text)
{
	if (id != OPT_SURVIVE)
		return take_value(r, id, text);
	r->workload.survive_crash = *text == 'y';
	return *text == 'y' || *text == 'n' ? 0 : refuse(id, text, "yes or no");
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
			i += answer(r, questions[i].id, *line ? line : otherwise) == 0;
	}
	putchar('\n');
	return 0;
}
