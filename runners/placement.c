/* Where workers belong, planned through hwloc. The binding itself is in affinity.c. */
#include "runners/placement.h"

#include <errno.h>
#include <hwloc.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/description.h"

struct machine {
	hwloc_topology_t topology;
	uint32_t pus, cores, numa_nodes, kinds;
	struct pu *pu; /* [pus], in the logical order of hwloc */
};

enum { PUS_MAX = AFFINITY_PUS_MAX };

/* hwloc reads files of its own major version and of older ones. */
static void say_unreadable(const char *file, char *why, size_t why_bytes)
{
	char version[16];
	unsigned own = hwloc_get_api_version() >> 16;
	if (description_version(file, version, sizeof version) && strtoul(version, NULL, 10) > own)
		snprintf(why, why_bytes,
			 "topology file '%s' is of hwloc %s, and this is hwloc %u: export it with `lstopo "
			 "--export-xml-flags v%u`, or by an lstopo of that version",
			 file, version, own, own);
	else
		snprintf(why, why_bytes, "topology file '%s' cannot be read as hwloc XML", file);
}

static int topology_source(hwloc_topology_t topology, const char *description, char *why, size_t why_bytes)
{
	if (!description)
		return 0;
	bool xml = description_is_xml(description);
	if (!xml && description_is_too_big(description, PUS_MAX)) {
		snprintf(why, why_bytes, "topology '%.100s' has more than %d CPUs, or one with such an index",
			 description, PUS_MAX);
		return -ERANGE;
	}
	int failed = xml ? hwloc_topology_set_xml(topology, description)
			 : hwloc_topology_set_synthetic(topology, description);
	if (failed && xml)
		say_unreadable(description, why, why_bytes);
	else if (failed)
		snprintf(why, why_bytes,
			 "topology '%s' is neither an .xml file nor a synthetic description such as "
			 "'pack:2 core:4 pu:2'",
			 description);
	return failed ? -EINVAL : 0;
}

static int ancestor_index(hwloc_topology_t topology, hwloc_obj_t pu, hwloc_obj_type_t type, int otherwise)
{
	hwloc_obj_t object = hwloc_get_ancestor_obj_by_type(topology, type, pu);
	return object ? (int)object->logical_index : otherwise;
}

/* ---- kinds of cores ---- */

/* Neighbours in rank are one kind up to such a step of the top frequency: favoured cores of one chip differ
 * by 1 to 6 %, dense cores (Zen 4c) or small ones by 20 % and more. */
#define FAVOURED 1.15

static bool is_frequency(const struct hwloc_info_s *info)
{
	return strncmp(info->name, "Frequency", strlen("Frequency")) == 0;
}

static const char *value_of(const struct hwloc_info_s *infos, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(infos[i].name, name) == 0)
			return infos[i].value;
	return NULL;
}

/* Is all that is said of the one, but for frequencies, said of the other? */
static bool says_alike(const struct hwloc_info_s *a, unsigned n, const struct hwloc_info_s *b, unsigned m)
{
	for (unsigned i = 0; i < n; i++) {
		const char *other = value_of(b, m, a[i].name);
		if (!is_frequency(&a[i]) && (!other || strcmp(a[i].value, other) != 0))
			return false;
	}
	return true;
}

/* Cores that differ in their top frequency alone, and not by much, are one kind. */
static bool are_one_kind(hwloc_topology_t topology, unsigned lower, unsigned higher)
{
	static const char frequency[] = "FrequencyMaxMHz";
	struct hwloc_info_s *a, *b;
	unsigned n, m;
	if (hwloc_cpukinds_get_info(topology, lower, NULL, NULL, &n, &a, 0) != 0 ||
	    hwloc_cpukinds_get_info(topology, higher, NULL, NULL, &m, &b, 0) != 0)
		return false;
	const char *low = value_of(a, n, frequency), *high = value_of(b, m, frequency);
	return low && high && strtod(high, NULL) <= FAVOURED * strtod(low, NULL) && says_alike(a, n, b, m) &&
	       says_alike(b, m, a, n);
}

/* hwloc ranks kinds from the most efficient to the fastest; here 0 is the fastest. */
static int kind_of(hwloc_topology_t topology, hwloc_obj_t pu)
{
	int kinds = hwloc_cpukinds_get_nr(topology, 0), faster = 0;
	int kind = kinds > 1 ? hwloc_cpukinds_get_by_cpuset(topology, pu->cpuset, 0) : -1;
	for (int k = kind; k >= 0 && k + 1 < kinds; k++)
		faster += !are_one_kind(topology, (unsigned)k, (unsigned)k + 1);
	return faster;
}

/* ---- reading a topology ---- */

static int thread_of(const struct machine *m, int core)
{
	int thread = 0;
	for (uint32_t i = 0; i < m->pus; i++)
		thread += m->pu[i].core == core;
	return thread;
}

static struct pu describe(const struct machine *m, hwloc_obj_t object)
{
	int core = ancestor_index(m->topology, object, HWLOC_OBJ_CORE, (int)object->logical_index);
	return (struct pu){
		.pu = (int)object->os_index,
		.core = core,
		.thread = thread_of(m, core),
		.package = ancestor_index(m->topology, object, HWLOC_OBJ_PACKAGE, 0),
		.numa = object->nodeset ? hwloc_bitmap_first(object->nodeset) : 0,
		.kind = kind_of(m->topology, object),
	};
}

/* How many different values the PUs have in the int that lies `offset` bytes into struct pu. */
static uint32_t count_distinct(const struct machine *m, size_t offset)
{
	uint32_t distinct = 0;
	for (uint32_t i = 0; i < m->pus; i++) {
		bool seen = false;
		for (uint32_t k = 0; k < i && !seen; k++)
			seen = *(const int *)(const void *)((const char *)&m->pu[k] + offset) ==
			       *(const int *)(const void *)((const char *)&m->pu[i] + offset);
		distinct += !seen;
	}
	return distinct;
}

static bool is_known(const struct machine *m, int pu)
{
	uint32_t i = 0;
	while (i < m->pus && m->pu[i].pu != pu)
		i++;
	return i < m->pus;
}

static int read_pus(struct machine *m, hwloc_const_bitmap_t allowed)
{
	int all = hwloc_get_nbobjs_by_type(m->topology, HWLOC_OBJ_PU);
	m->pu = calloc((size_t)(all > 0 ? all : 1), sizeof *m->pu);
	if (!m->pu)
		return -ENOMEM;
	for (int i = 0; i < all; i++) {
		hwloc_obj_t object = hwloc_get_obj_by_type(m->topology, HWLOC_OBJ_PU, (unsigned)i);
		if (object->os_index >= PUS_MAX)
			return -ERANGE;
		if (!hwloc_bitmap_isset(allowed, object->os_index))
			continue;
		if (is_known(m, (int)object->os_index))
			return -EEXIST;
		m->pu[m->pus] = describe(m, object);
		m->pus++;
	}
	m->cores = count_distinct(m, offsetof(struct pu, core));
	m->numa_nodes = count_distinct(m, offsetof(struct pu, numa));
	m->kinds = count_distinct(m, offsetof(struct pu, kind));
	return m->pus ? 0 : -ENODEV;
}

/* hwloc leaves out what a cpuset forbids; what taskset forbids has to be asked for. */
static int load_allowed(struct machine *m, bool here)
{
	hwloc_bitmap_t allowed = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(m->topology));
	hwloc_bitmap_t bound = hwloc_bitmap_alloc();
	if (allowed && bound && here && hwloc_get_cpubind(m->topology, bound, HWLOC_CPUBIND_PROCESS) == 0)
		hwloc_bitmap_and(allowed, allowed, bound);
	int error = allowed && bound ? read_pus(m, allowed) : -ENOMEM;
	hwloc_bitmap_free(bound);
	hwloc_bitmap_free(allowed);
	return error;
}

/*
 * Without hwloc's plug-ins, which come with Open MPI: they look for graphics cards, and bring X11 and OpenCL
 * into this process, 40 MB of mappings that each fork would copy. The user's own choice goes first.
 */
static int topology_init(hwloc_topology_t *topology)
{
	static const char name[] = "HWLOC_PLUGINS_PATH";
	bool unset = !getenv(name) && setenv(name, "/nonexistent", 1) == 0;
	int error = hwloc_topology_init(topology) ? -ENOMEM : 0;
	if (unset)
		unsetenv(name);
	return error;
}

/* What makes hwloc believe something else than what it finds. */
static const char *replaced_by(void)
{
	static const char *const names[] = {"HWLOC_SYNTHETIC", "HWLOC_XMLFILE", "HWLOC_FSROOT"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (getenv(names[i]))
			return names[i];
	return NULL;
}

/* hwloc takes a topology from the environment too. It is believed where it has the units that this process
 * may use, and no others: workers that were planned for anything else would run elsewhere, or not at all. */
static int check_here(const struct machine *m, char *why, size_t why_bytes)
{
	const char *name = replaced_by();
	cpu_set_t *allowed = name ? affinity_save() : NULL;
	uint32_t known = 0;
	for (uint32_t i = 0; allowed && i < m->pus; i++)
		known += CPU_ISSET_S((size_t)m->pu[i].pu, AFFINITY_PUS_MAX / 8, allowed) != 0;
	bool is_here = !allowed || (known == m->pus && known == affinity_allowed());
	free(allowed);
	if (is_here)
		return 0;
	snprintf(why, why_bytes,
		 "%s in the environment describes another machine: %u CPUs, of the %u that this "
		 "process may use %u; unset it; `pvt place --topology` plans for others",
		 name, m->pus, affinity_allowed(), known);
	return -EXDEV;
}

static int load(struct machine **machine, const char *description, char *why, size_t why_bytes)
{
	struct machine *m = calloc(1, sizeof *m);
	if (!m)
		return -ENOMEM;
	int error = topology_init(&m->topology);
	if (error) {
		free(m);
		return error;
	}
	error = topology_source(m->topology, description, why, why_bytes);
	if (!error && hwloc_topology_load(m->topology) != 0) {
		error = -EINVAL;
		if (description && description_is_xml(description))
			say_unreadable(description, why, why_bytes);
		else
			snprintf(why, why_bytes, "hwloc cannot load the topology%s%s%s",
				 description ? " '" : "", description ? description : " of this machine",
				 description ? "'" : "");
	}
	if (!error) {
		error = load_allowed(m, !description);
		if (error)
			snprintf(why, why_bytes,
				 error == -ERANGE   ? "the topology has a CPU numbered %d or higher"
				 : error == -EEXIST ? "the topology has a CPU twice"
						    : "the topology has no CPU that may be used",
				 PUS_MAX);
	}
	if (!error && !description)
		error = check_here(m, why, why_bytes);
	if (error) {
		machine_free(m);
		return error;
	}
	*machine = m;
	return 0;
}

static void try_to_load(const char *description)
{
	struct machine *machine;
	char why[256];
	if (load(&machine, description, why, sizeof why) == 0)
		free(machine_xml(machine));
}

int machine_load(struct machine **machine, const char *description, char *why, size_t why_bytes)
{
	int error = description && description_is_xml(description)
			    ? description_try(description, try_to_load, why, why_bytes)
			    : 0;
	return error ? error : load(machine, description, why, why_bytes);
}

void machine_free(struct machine *machine)
{
	if (!machine)
		return;
	hwloc_topology_destroy(machine->topology);
	free(machine->pu);
	free(machine);
}

uint32_t machine_pus(const struct machine *machine)
{
	return machine->pus;
}

uint32_t machine_cores(const struct machine *machine)
{
	return machine->cores;
}

uint32_t machine_numa_nodes(const struct machine *machine)
{
	return machine->numa_nodes;
}

uint32_t machine_kinds(const struct machine *machine)
{
	return machine->kinds;
}

static int fastest_kind(const struct machine *machine)
{
	int fastest = machine->pu[0].kind;
	for (uint32_t i = 1; i < machine->pus; i++)
		if (machine->pu[i].kind < fastest)
			fastest = machine->pu[i].kind;
	return fastest;
}

void machine_model(const struct machine *machine, char *text, size_t bytes)
{
	hwloc_obj_t package = hwloc_get_obj_by_type(machine->topology, HWLOC_OBJ_PACKAGE, 0);
	const char *model = package ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
	snprintf(text, bytes, "%s", model ? model : "");
}

uint32_t machine_sweep_pus(const struct machine *machine)
{
	int fastest = fastest_kind(machine);
	uint32_t count = 0;
	for (uint32_t i = 0; i < machine->pus; i++)
		count += machine->pu[i].kind == fastest;
	return count;
}

char *machine_xml(const struct machine *machine)
{
	char *xml, *copy = NULL;
	int length;
	if (hwloc_topology_export_xmlbuffer(machine->topology, &xml, &length, 0) == 0) {
		copy = strdup(xml);
		hwloc_free_xmlbuffer(machine->topology, xml);
	}
	return copy;
}

/* A PU with the keys that order it under a policy, the most important first. */
enum { KEYS = 5 };

struct ranked {
	int key[KEYS];
	struct pu pu;
};

static int ranked_compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	for (int i = 0; i < KEYS; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	return (x->pu.pu > y->pu.pu) - (x->pu.pu < y->pu.pu);
}

/* How many cores of the same package come before this PU's core: scatter deals packages like cards. */
static int core_in_package(const struct machine *m, const struct pu *pu)
{
	int before = 0;
	for (uint32_t i = 0; i < m->pus; i++)
		before += m->pu[i].package == pu->package && m->pu[i].numa == pu->numa &&
			  m->pu[i].thread == 0 && m->pu[i].core < pu->core;
	return before;
}

static int numa_in_package(const struct machine *m, const struct pu *pu)
{
	int before = 0, last = -1;
	for (uint32_t i = 0; i < m->pus; i++) {
		const struct pu *other = &m->pu[i];
		if (other->package == pu->package && other->numa < pu->numa && other->numa != last) {
			before++;
			last = other->numa;
		}
	}
	return before;
}

static struct ranked rank_pu(const struct machine *m, enum policy policy, const struct pu *p)
{
	struct ranked r = {.pu = *p};
	if (policy == PLACE_SCATTER) {
		int keys[KEYS] = {p->kind, p->thread, core_in_package(m, p), numa_in_package(m, p),
				  p->package};
		memcpy(r.key, keys, sizeof keys);
	} else if (policy == PLACE_SMT) {
		int keys[KEYS] = {p->kind, p->package, p->numa, p->core, p->thread};
		memcpy(r.key, keys, sizeof keys);
	} else {
		int keys[KEYS] = {p->kind, p->thread, p->package, p->numa, p->core};
		memcpy(r.key, keys, sizeof keys);
	}
	return r;
}

void placement_plan(const struct machine *machine, enum policy policy, uint32_t workers, struct pu *plan)
{
	static const struct pu nowhere = {
		.pu = -1, .core = -1, .thread = -1, .package = -1, .numa = -1, .kind = -1};
	struct ranked *order = calloc(machine->pus, sizeof *order);
	if (order && policy != PLACE_NONE) {
		for (uint32_t i = 0; i < machine->pus; i++)
			order[i] = rank_pu(machine, policy, &machine->pu[i]);
		qsort(order, machine->pus, sizeof *order, ranked_compare);
	}
	for (uint32_t rank = 0; rank < workers; rank++)
		plan[rank] = !order || policy == PLACE_NONE ? nowhere
			     : policy == PLACE_SINGLE       ? order[0].pu
							    : order[rank % machine->pus].pu;
	free(order);
}

const char *placement_name(enum policy policy)
{
	static const char *const names[] = {"compact", "scatter", "smt", "single", "none"};
	return names[policy];
}

bool placement_named(const char *name, enum policy *policy)
{
	for (enum policy p = PLACE_COMPACT; p <= PLACE_NONE; p++)
		if (strcmp(name, placement_name(p)) == 0)
			return *policy = p, true;
	return false;
}
