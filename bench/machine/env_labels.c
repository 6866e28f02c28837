#include "bench/machine/env_labels.h"

#include <stddef.h>

const struct env_label env_labels[] = {
	{"processor", "machine.cpu"},
	{"cores", "machine.cores"},
	{"CPUs allowed", "machine.pus"},
	{"NUMA nodes", "machine.numa_nodes"},
	{"virtual machine", "machine.virtual"},
	{"CPU quota", "machine.cpu_quota"},
	{"system", "machine.os"},
	{"kernel", "machine.kernel"},
	{"libc", "pvt.libc"},
	{"compiler", "pvt.compiler"},
	{"flags", "pvt.flags"},
	{"pvt", "pvt.version"},
	{"commit", "pvt.commit"},
	{"frequency governor", "noise.governor"},
	{"transparent huge pages", "noise.transparent_hugepages"},
	{"load before the run", "noise.load_average"},
	{"one reading of the clock, ns", "overhead.clock_ns"},
	{"timing loop, ns a job", "overhead.loop_ns"},
	{"timing loop, ns per batch of jobs", "overhead.batch_ns"},
	{"a cell opens in, ns", "cell.open_ns"},
	{"a cell, KiB resident", "cell.rss_kib"},
	{"a cell, mappings", "cell.mappings"},
	{"Python", "python.version"},
	{"Python holds a GIL", "python.gil"},
	{"started", "started"},
	{NULL, NULL},
};
