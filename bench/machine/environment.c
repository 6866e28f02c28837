#include "bench/machine/environment.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bench/base/folder.h"
#include "bench/base/system.h"
#include "bench/base/text.h"
#include "bench/machine/counter_support.h"
#include "bench/machine/doctor.h"
#include "bench/machine/env_file.h"
#include "bench/machine/python.h"
#include "bench/plan/catalog.h"
#include "runners/launcher.h"
#include "runners/module.h"
#include "version.h"

static json_t *text(const char *value)
{
	json_t *json = json_string(value);
	char shown[PATH_MAX];
	return json ? json : json_string(text_show(value, shown, sizeof shown));
}

static json_t *file_line(const char *path)
{
	char line[256];
	return text(system_read_line(path, line, sizeof line));
}

static json_t *describe_program(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "version", PVT_VERSION, "commit", PVT_COMMIT,
			 "build_type", PVT_BUILD_TYPE, "compiler", PVT_COMPILER, "flags", PVT_FLAGS, "libc",
			 gnu_get_libc_version());
}

static void os_name(char *name, size_t bytes)
{
	char line[256];
	FILE *file = fopen("/etc/os-release", "re");
	snprintf(name, bytes, "Linux");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "PRETTY_NAME=", 12) == 0)
			snprintf(name, bytes, "%.*s", (int)strcspn(line + 13, "\"\n"), line + 13);
	if (file)
		fclose(file);
}

static json_t *describe_machine(const struct machine *m)
{
	struct utsname u;
	char cpu[256], os[256], flags[8192];
	uname(&u);
	os_name(os, sizeof os);
	system_cpuinfo("model name", cpu, sizeof cpu);
	system_cpuinfo("flags", flags, sizeof flags);
	double quota = system_cpu_quota();
	json_t *machine = json_pack(
		"{s:o, s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "host", text(u.nodename), "os",
		text(os), "kernel", u.release, "architecture", u.machine, "cpu", *cpu ? cpu : u.machine,
		"pus", (json_int_t)machine_pus(m), "cores", (json_int_t)machine_cores(m), "numa_nodes",
		(json_int_t)machine_numa_nodes(m), "kinds_of_core", (json_int_t)machine_kinds(m),
		"page_bytes", (json_int_t)sysconf(_SC_PAGESIZE), "virtual",
		strstr(flags, " hypervisor") != NULL);
	json_object_set_new(
		machine, "memory_bytes",
		json_integer((json_int_t)sysconf(_SC_PHYS_PAGES) * (json_int_t)sysconf(_SC_PAGESIZE)));
	json_object_set_new(machine, "cpu_quota", isfinite(quota) ? json_real(quota) : json_null());
	return machine;
}

/* What makes timings noisy, as the kernel says it; empty where it does not. */
static json_t *describe_noise(void)
{
	static const struct {
		const char *name, *path;
	} files[] = {
		{"governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"},
		{"boost", "/sys/devices/system/cpu/cpufreq/boost"},
		{"no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo"},
		{"smt", "/sys/devices/system/cpu/smt/control"},
		{"transparent_hugepages", "/sys/kernel/mm/transparent_hugepage/enabled"},
		{"shmem_hugepages", "/sys/kernel/mm/transparent_hugepage/shmem_enabled"},
		{"aslr", "/proc/sys/kernel/randomize_va_space"},
		{"perf_event_paranoid", "/proc/sys/kernel/perf_event_paranoid"},
		{"clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
		{"load_average", "/proc/loadavg"},
	};
	json_t *noise = json_object();
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		json_object_set_new(noise, files[i].name, file_line(files[i].path));
	return noise;
}

static json_t *describe_overhead(const struct overhead *overhead)
{
	json_t *empty = json_object();
	for (size_t i = 0; i < overhead->runners; i++)
		json_object_set_new(empty, overhead->empty_job[i].runner,
				    json_real(overhead->empty_job[i].wall_ns));
	return json_pack("{s:f, s:f, s:I, s:o}", "clock_ns", overhead->clock_ns, "batch_ns",
			 overhead->batch_ns, "empty_job_workers", (json_int_t)overhead->workers,
			 "empty_job_wall_ns", empty);
}

static json_t *describe_cell(const struct overhead *overhead)
{
	const struct cell_about *cell = &overhead->cell;
	return json_pack("{s:f, s:I, s:I, s:I, s:I, s:s}", "open_ns", overhead->cell_open_ns, "rss_kib",
			 (json_int_t)cell->memory.rss_kib, "pss_kib", (json_int_t)cell->memory.pss_kib,
			 "tables_kib", (json_int_t)cell->memory.tables_kib, "mappings",
			 (json_int_t)cell->mappings, "libraries", cell->libraries);
}

/* What a resumed run needs as it was; null, which it refuses, if that is not UTF-8. */
static json_t *exact(const char *value)
{
	json_t *json = json_string(value);
	return json ? json : json_null();
}

static json_t *describe_command(const struct environment *e)
{
	json_t *args = json_array();
	for (int i = 0; i < e->argc; i++)
		json_array_append_new(args, exact(e->argv[i]));
	return args;
}

static const char *time_stamp(char *stamp, size_t bytes)
{
	time_t now = time(NULL);
	struct tm utc;
	strftime(stamp, bytes, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	return stamp;
}

json_t *environment_file_stamp(const char *path)
{
	struct stat st;
	char stamp[32];
	struct tm utc;
	if (stat(path, &st) != 0)
		return json_null();
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", gmtime_r(&st.st_mtim.tv_sec, &utc));
	return json_sprintf("%lld bytes of %s.%09ldZ", (long long)st.st_size, stamp, st.st_mtim.tv_nsec);
}

/* All code that a run executes: the program, its cells and the plug-ins. */
static json_t *describe_files(void)
{
	json_t *files = json_object();
	const struct kernel *kernel;
	char cell[MODULE_FILE_BYTES];
	module_file(CELL_PROGRAM, cell, sizeof cell);
	json_object_set_new(files, "cell", environment_file_stamp(cell));
	json_object_set_new(files, "program", environment_file_stamp(process_program()));
	for (size_t i = 0; (kernel = catalog_kernel(i)); i++)
		if (catalog_plugin(kernel))
			json_object_set_new(files, catalog_plugin(kernel),
					    environment_file_stamp(catalog_plugin(kernel)));
	return files;
}

static json_t *working_directory(void)
{
	char *path = getcwd(NULL, 0);
	json_t *json = path ? exact(path) : json_null();
	free(path);
	return json;
}

static int write_json(const char *dir, const json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(2));
	int error = text ? folder_write(dir, "env.json", text, strlen(text)) : -ENOMEM;
	free(text);
	return error;
}

int environment_write(const char *dir, const struct environment *e)
{
	char stamp[32];
	time_stamp(stamp, sizeof stamp);
	char *xml = machine_xml(e->machine);
	json_t *seed = json_sprintf("%llu", (unsigned long long)e->seed);
	json_t *json = json_pack(
		"{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "started", stamp, "command",
		describe_command(e), "seed", seed, "order",
		"each invocation shuffles its blocks, each pass the cases of its block (Fisher-Yates, splitmix64 of "
		"seed, invocation, block and pass); column seq is the order as it was",
		"pvt", describe_program(), "machine", describe_machine(e->machine), "noise", describe_noise(),
		"doctor", doctor_look(e->machine), "counters", counter_support_describe(), "overhead",
		describe_overhead(e->overhead), "topology", xml ? xml : "");
	free(xml);
	const char *plugin_path = getenv("PVT_PLUGIN_PATH");
	json_object_set_new(json, "files", describe_files());
	json_object_set_new(json, "cell", describe_cell(e->overhead));
	json_object_set_new(json, "directory", working_directory());
	json_object_set_new(json, "plugin_path", exact(plugin_path ? plugin_path : ""));
	json_t *pythons = python_describe(e->pythons);
	if (pythons) {
		json_object_set(json, "python", json_array_get(pythons, 0));
		json_object_set_new(json, "pythons", pythons);
	}
	if (!json)
		return -ENOMEM;
	int error = write_json(dir, json);
	json_decref(json);
	return error;
}

bool environment_find_difference(const char *where, const json_t *then, const json_t *now, char *what,
				 size_t bytes)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)now, key, value)
	{
		const json_t *old = json_object_get(then, key);
		if (old && json_equal(old, value))
			continue;
		char *was = env_value(old), *is = env_value(value);
		snprintf(what, bytes, "%s, %s: then '%s', now '%s'", where, key, was ? was : "",
			 is ? is : "");
		free(was);
		free(is);
		return true;
	}
	return false;
}

bool environment_differs(const char *dir, const struct machine *machine, char *what, size_t bytes)
{
	char path[PATH_MAX + 32];
	json_t *root = json_load_file(folder_file(dir, "env.json", path, sizeof path), 0, NULL);
	json_t *program = describe_program(), *here = describe_machine(machine), *files = describe_files();
	const json_t *pythons = json_object_get(root, "pythons");
	bool differs =
		environment_find_difference("machine", json_object_get(root, "machine"), here, what, bytes) ||
		environment_find_difference("program", json_object_get(root, "pvt"), program, what, bytes) ||
		environment_find_difference("file", json_object_get(root, "files"), files, what, bytes) ||
		python_differs(pythons ? pythons : json_object_get(root, "python"), what, bytes);
	json_decref(files);
	json_decref(here);
	json_decref(program);
	json_decref(root);
	return differs;
}

int environment_add(const char *dir, json_t *more)
{
	char path[PATH_MAX + 32];
	json_t *root = json_load_file(folder_file(dir, "env.json", path, sizeof path), 0, NULL);
	int error = root ? 0 : -EBADMSG;
	if (!error && (!more || json_object_update(root, more)))
		error = -ENOMEM;
	if (!error)
		error = write_json(dir, root);
	json_decref(more);
	json_decref(root);
	return error;
}

int environment_end(const char *dir)
{
	char stamp[32];
	return environment_add(dir, json_pack("{s:s}", "ended", time_stamp(stamp, sizeof stamp)));
}
