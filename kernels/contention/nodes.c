/*
 * Reading memory of the worker's own node, or of the one that is farthest from it. Each worker has memory of
 * its own, which is bound before its first touch; where the pages came to lie is read back. Threads and
 * processes do the same.
 */
#include "kernels/contention/nodes.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/contention/operation.h"
#include "kernels/params.h"
#include "kernels/touch.h"

/* More than a core's share of the caches. */
#define NODE_BYTES ((size_t)64 << 20)
#define NODE_PAGES (NODE_BYTES / TOUCH_PAGE)
#define FOLDER "/sys/devices/system/node/"

enum { BITS = 8 * sizeof(unsigned long) };

static bool has(const struct nodes *nodes, unsigned long node)
{
	return node < NODES_MAX && nodes->mask[node / BITS] >> node % BITS & 1;
}

static void add(struct nodes *nodes, unsigned long node)
{
	nodes->count += !has(nodes, node);
	nodes->mask[node / BITS] |= 1ul << node % BITS;
}

int nodes_read(const char *list, struct nodes *nodes)
{
	*nodes = (struct nodes){.count = 0};
	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long first = strtoul(list, &end, 10), last = first;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last >= NODES_MAX || last < first)
			return -EINVAL;
		for (unsigned long node = first; node <= last; node++)
			add(nodes, node);
		list = *end == ',' ? end + 1 : end;
	}
	return nodes->count && (*list == '\n' || !*list) ? 0 : -EINVAL;
}

int nodes_farthest(const char *distances, const struct nodes *online, const struct nodes *with_memory,
		   int own)
{
	int farthest = -1;
	unsigned long most = 0;
	for (int node = 0; node < NODES_MAX; node++) {
		char *end;
		if (!has(online, (unsigned long)node))
			continue;
		unsigned long distance = strtoul(distances, &end, 10);
		if (end == distances)
			return -1;
		distances = end;
		if (node == own || !has(with_memory, (unsigned long)node) || distance <= most)
			continue;
		most = distance;
		farthest = node;
	}
	return farthest;
}

/* The first line of a file in the system's folder of nodes; "": none. */
static const char *read_line(const char *name, char *text, size_t bytes)
{
	char path[128];
	snprintf(path, sizeof path, FOLDER "%s", name);
	FILE *file = fopen(path, "re");
	if (!file || !fgets(text, (int)bytes, file))
		*text = '\0';
	if (file)
		fclose(file);
	return text;
}

static int configure_nodes(struct params *params)
{
	char text[1024];
	struct nodes nodes;
	if (nodes_read(read_line("has_memory", text, sizeof text), &nodes) != 0)
		return params_fail(params, EOPNOTSUPP,
				   "the system does not say which NUMA nodes it has (" FOLDER ")");
	if (nodes.count < 2)
		return params_fail(params, EOPNOTSUPP, "this machine has one NUMA node: all memory is local");
	return operation_configure(params);
}

static int own_node(void)
{
	unsigned cpu, node;
	return getcpu(&cpu, &node) == 0 ? (int)node : -errno;
}

static int remote_node(int own)
{
	char text[8 * NODES_MAX], name[32];
	struct nodes online, with_memory;
	if (nodes_read(read_line("online", text, sizeof text), &online) != 0 ||
	    nodes_read(read_line("has_memory", text, sizeof text), &with_memory) != 0)
		return -ENOENT;
	snprintf(name, sizeof name, "node%d/distance", own);
	int node = nodes_farthest(read_line(name, text, sizeof text), &online, &with_memory, own);
	return node < 0 ? -ENOENT : node;
}

/* Pages of 4 KiB that lie on the node, all of them touched. NULL: errno says why not. */
static unsigned char *map_on(int node)
{
	struct nodes only = {.count = 0};
	int where = -1;
	unsigned char *memory = mmap(NULL, NODE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				     -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	add(&only, (unsigned long)node);
	madvise(memory, NODE_BYTES, MADV_NOHUGEPAGE);
	if (syscall(SYS_mbind, memory, NODE_BYTES, MPOL_BIND, only.mask, NODES_MAX, 0) == 0) {
		memset(memory, 1, NODE_BYTES);
		if (syscall(SYS_get_mempolicy, &where, NULL, 0, memory, MPOL_F_NODE | MPOL_F_ADDR) == 0 &&
		    where == node)
			return memory;
		errno = where < 0 ? errno : EXDEV;
	}
	int error = errno;
	munmap(memory, NODE_BYTES);
	errno = error;
	return NULL;
}

static int enter_on(struct context *ctx, int node)
{
	ctx->local = node < 0 ? NULL : map_on(node);
	return node < 0 ? node : ctx->local ? 0 : -errno;
}

static int enter_local(struct context *ctx)
{
	return enter_on(ctx, own_node());
}

static int enter_remote(struct context *ctx)
{
	int own = own_node();
	return enter_on(ctx, own < 0 ? own : remote_node(own));
}

static void leave_node(struct context *ctx)
{
	if (ctx->local)
		munmap(ctx->local, NODE_BYTES);
}

/* A word of each line; the memory holds ones. */
static uint64_t run_read(struct context *ctx, uint64_t begin, uint64_t end)
{
	const volatile unsigned char *memory = ctx->local;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		const volatile unsigned char *page = memory + i % NODE_PAGES * TOUCH_PAGE;
		unsigned seen = 0;
		for (unsigned line = 0; line < TOUCH_PAGE; line += 64)
			seen += page[line];
		sum += operation_done(i, seen == TOUCH_PAGE / 64);
	}
	return sum;
}

#define READS(word, where)                                                                      \
	OPERATION_UNCONFIGURED(word, "reads 64 MiB that lie on " where, "page"),                \
		.configure = configure_nodes, .sizes = {4096, 16384, 1638400}, .run = run_read, \
		.verify = operation_verify, .leave = leave_node

const struct kernel kernel_node_local = {READS("node-local", "the worker's own NUMA node"),
					 .enter = enter_local};
const struct kernel kernel_node_remote = {READS("node-remote", "the NUMA node farthest from the worker"),
					  .enter = enter_remote};
