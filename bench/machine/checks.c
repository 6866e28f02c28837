#include "bench/machine/checks.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/base/system.h"
#include "bench/machine/counter_support.h"
#include "bench/machine/neighbours.h"
#include "runners/clock.h"
#include "runners/procfs.h"
#include "runners/runner.h"

#define STEAL_LOOK_US 200000
#define STEAL_NOISY 0.01 /* as in a sample's flags: measure.c */
#define LOAD_NOISY 0.5   /* half a CPU is somebody else's */
enum { DESCRIPTORS_SPARE = 64 };

/* The first line of a file becomes the value; false, and unknown, where there is none. */
static bool read_value(const char *path, struct check_finding *f)
{
	if (*system_read_line(path, f->value, sizeof f->value))
		return true;
	f->state = CHECK_UNKNOWN;
	snprintf(f->value, sizeof f->value, "the system does not say");
	return false;
}

static void look_governor(const struct machine *m, struct check_finding *f)
{
	(void)m;
	if (read_value("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", f))
		f->state = strcmp(f->value, "performance") == 0 ? CHECK_GOOD : CHECK_NOISY;
}

static void look_turbo(const struct machine *m, struct check_finding *f)
{
	(void)m;
	bool on = false;
	if (read_value("/sys/devices/system/cpu/cpufreq/boost", f))
		on = strcmp(f->value, "1") == 0;
	else if (read_value("/sys/devices/system/cpu/intel_pstate/no_turbo", f))
		on = strcmp(f->value, "0") == 0;
	else
		return;
	f->state = on ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, on ? "on" : "off");
}

static void look_smt(const struct machine *m, struct check_finding *f)
{
	(void)m;
	if (!read_value("/sys/devices/system/cpu/smt/active", f))
		return;
	f->state = strcmp(f->value, "1") == 0 ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, f->state == CHECK_NOISY ? "on" : "off");
}

static void look_neighbours(const struct machine *m, struct check_finding *f)
{
	struct neighbourhood found;
	if (!neighbours_find(m, &found)) {
		f->state = CHECK_UNKNOWN;
		snprintf(f->value, sizeof f->value, "no two threads can be bound");
		return;
	}
	f->state = found.shared ? CHECK_NOISY : found.unknown ? CHECK_UNKNOWN : CHECK_GOOD;
	neighbours_tell(&found, f->value, sizeof f->value);
}

static void look_kinds(const struct machine *m, struct check_finding *f)
{
	uint32_t swept = machine_sweep_pus(m), all = machine_pus(m);
	f->state = swept < all ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, swept < all ? "%u of %u CPUs are of the fastest kind" : "one",
		 swept, all);
}

static void look_thp(const struct machine *m, struct check_finding *f)
{
	(void)m;
	if (read_value("/sys/kernel/mm/transparent_hugepage/enabled", f))
		f->state = strstr(f->value, "[always]") ? CHECK_NOISY : CHECK_GOOD;
}

static void look_aslr(const struct machine *m, struct check_finding *f)
{
	(void)m;
	if (!read_value("/proc/sys/kernel/randomize_va_space", f))
		return;
	f->state = strcmp(f->value, "0") == 0 ? CHECK_GOOD : CHECK_NOISY;
	snprintf(f->value, sizeof f->value, f->state == CHECK_NOISY ? "on" : "off");
}

static void look_quota(const struct machine *m, struct check_finding *f)
{
	double quota = system_cpu_quota();
	f->state = quota < (double)machine_pus(m) ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, isfinite(quota) ? "%.2f CPUs" : "none", quota);
}

static void look_cpuset(const struct machine *m, struct check_finding *f)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	f->state = (long)machine_pus(m) < online ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, "%u of %ld CPUs allowed", machine_pus(m), online);
}

static void look_load(const struct machine *m, struct check_finding *f)
{
	double load;
	(void)m;
	if (getloadavg(&load, 1) != 1) {
		f->state = CHECK_UNKNOWN;
		snprintf(f->value, sizeof f->value, "the system does not say");
		return;
	}
	f->state = load > LOAD_NOISY ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, "%.2f over the last minute", load);
}

static void look_steal(const struct machine *m, struct check_finding *f)
{
	double before = system_steal_ns();
	uint64_t start = clock_ns();
	usleep(STEAL_LOOK_US);
	double taken = system_steal_ns() - before, spent = (double)(clock_ns() - start);
	if (before < 0) {
		f->state = CHECK_UNKNOWN;
		snprintf(f->value, sizeof f->value, "the system does not say");
		return;
	}
	double share = taken / spent / (double)machine_pus(m);
	f->state = share > STEAL_NOISY ? CHECK_NOISY : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, "%.1f %% of the time", share * 100);
}

static void look_virtual(const struct machine *m, struct check_finding *f)
{
	char flags[8192];
	(void)m;
	f->state = strstr(system_cpuinfo("flags", flags, sizeof flags), " hypervisor") ? CHECK_NOISY
										       : CHECK_GOOD;
	if (!*flags)
		f->state = CHECK_UNKNOWN;
	snprintf(f->value, sizeof f->value, "%s",
		 !*flags                   ? "the system does not say"
		 : f->state == CHECK_NOISY ? "a virtual machine"
					   : "no hypervisor seen");
}

static void look_clock(const struct machine *m, struct check_finding *f)
{
	(void)m;
	if (read_value("/sys/devices/system/clocksource/clocksource0/current_clocksource", f))
		f->state = strcmp(f->value, "tsc") == 0 || strcmp(f->value, "arch_sys_counter") == 0
				   ? CHECK_GOOD
				   : CHECK_NOISY;
}

static void look_counters(const struct machine *m, struct check_finding *f)
{
	struct counter_event events[COUNTERS];
	int errors[COUNTERS];
	struct counter_support counts;
	(void)m;
	counters_look(events, errors);
	counter_support_explain(errors, &counts);
	f->state = counts.available == COUNTERS ? CHECK_GOOD : counts.available ? CHECK_LOW : CHECK_UNKNOWN;
	f->mend = counts.mend;
	snprintf(f->value, sizeof f->value, "%s", counts.value);
}

static void look_proc(const struct machine *m, struct check_finding *f)
{
	(void)m;
	f->state = procfs_is_own() ? CHECK_GOOD : CHECK_UNKNOWN;
	snprintf(f->value, sizeof f->value, "%s",
		 f->state == CHECK_GOOD ? "of this PID namespace" : "of another PID namespace");
}

static void look_limit(struct check_finding *f, int resource, const char *what, rlim_t needed)
{
	struct rlimit limit;
	if (getrlimit((__rlimit_resource_t)resource, &limit) || limit.rlim_max == RLIM_INFINITY) {
		snprintf(f->value, sizeof f->value, "%s: no limit", what);
		return;
	}
	f->state = limit.rlim_max < needed ? CHECK_LOW : CHECK_GOOD;
	snprintf(f->value, sizeof f->value, "%s: %llu", what, (unsigned long long)limit.rlim_max);
}

static void look_descriptors(const struct machine *m, struct check_finding *f)
{
	(void)m;
	look_limit(f, RLIMIT_NOFILE, "open files", WORKERS_MAX + DESCRIPTORS_SPARE);
}

static void look_processes(const struct machine *m, struct check_finding *f)
{
	(void)m;
	look_limit(f, RLIMIT_NPROC, "processes of this user", WORKERS_MAX);
}

static void look_address_space(const struct machine *m, struct check_finding *f)
{
	(void)m;
	look_limit(f, RLIMIT_AS, "address space", RLIM_INFINITY);
}

const struct check checks[] = {
	{"governor", look_governor, "a clock that follows the load makes the first samples slower",
	 "cpupower frequency-set -g performance"},
	{"turbo", look_turbo, "one busy core runs faster than many, so that speedups look smaller",
	 "write 0 to /sys/devices/system/cpu/cpufreq/boost, or 1 to intel_pstate/no_turbo"},
	{"smt", look_smt, "two workers on one core share its execution units",
	 "--placement compact; or smt/control"},
	{"shared cores", look_neighbours,
	 "CPUs that share a core without saying so share its vector units: speedups of vector work end at about "
	 "half the units",
	 "ask the host for whole cores; or count such CPUs as half when you read speedups of vector work"},
	{"core kinds", look_kinds, "only the fastest kind is measured, the others are left out",
	 "--workers N takes as many as you say; such rows are flagged mixed-cores"},
	{"huge pages", look_thp, "with 'always', faults and copies after fork depend on luck",
	 "write madvise to /sys/kernel/mm/transparent_hugepage/enabled"},
	{"aslr", look_aslr, "each process has another layout of memory, and so another speed",
	 "leave it on, and keep --invocations at 6 or more: layouts are then averaged"},
	{"cpu quota", look_quota, "workers beyond the quota are stopped, all at once",
	 "raise the cgroup's cpu.max, or take fewer workers"},
	{"cpuset", look_cpuset, "other CPUs are there but not ours", "widen the cgroup's cpuset or taskset"},
	{"load", look_load, "other programs take CPU time and caches", "stop them, or wait"},
	{"steal", look_steal, "the host gives our CPU to other guests (steal time)",
	 "another host, or another hour"},
	{"virtualisation", look_virtual, "the host moves and stops virtual CPUs unseen",
	 "measure on the bare machine for absolute times; ratios from one run suffer less"},
	{"clock source", look_clock, "a clock that is a system call costs more than short work",
	 "boot with clocksource=tsc"},
	{"counters", look_counters,
	 "cycles and cache misses show why a case is slow; without them their columns are empty",
	 "see perf_event_open(2)"},
	{"/proc", look_proc, "it shows other processes under our workers' numbers: memory columns are empty",
	 "mount -t proc proc /proc, in the container or by unshare --mount-proc"},
	{"open files", look_descriptors, "each process worker needs a file descriptor",
	 "ulimit -Hn 8192; or fewer workers"},
	{"processes", look_processes, "more workers than that cannot be created",
	 "ulimit -Hu 8192; or fewer workers"},
	{"address space", look_address_space, "threads' stacks and shared memory count against it",
	 "ulimit -Hv unlimited"},
};

const size_t check_count = sizeof checks / sizeof *checks;
