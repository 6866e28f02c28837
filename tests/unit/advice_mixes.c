/*
 * Work of which the advice has to be right, too: tasks that compute and something else besides. A plug-in,
 * for scripts/check-advice. How often a task does what is repeated there, for `pvt advise` to be told.
 */
#include "kernels/kernel.h"
#include "kernels/mix.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	MAPS = 4,
	ALLOCATIONS = 100,
	WRITES = 200,
	SYSCALLS = 20,
	DESCRIPTORS = 10,
	MAP_BYTES = 128 * 1024,
	SMALL_BYTES = 64,
};

#define MEMORY_BYTES_A_TASK UINT64_C(65536)
#define STEPS_A_US UINT64_C(700) /* about */

/* A chain of multiplications that no compiler shortens. */
static uint64_t compute(uint64_t seed, uint64_t steps)
{
	uint64_t x = seed + 1;
	for (uint64_t i = 0; i < steps; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

static uint64_t run_tiny(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++)
		sum += compute(i, 30);
	return sum;
}

/* One in sixteen takes ten times as long; neighbours, so that contiguous shares would differ. */
static uint64_t run_uneven(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0, items = ctx->params->size;
	for (uint64_t i = begin; i < end; i++)
		sum += compute(i, (i < items / 16 ? 100 : 10) * STEPS_A_US);
	return sum;
}

static size_t memory_bytes(const struct params *params)
{
	return params->size * MEMORY_BYTES_A_TASK;
}

static uint64_t run_memory(struct context *ctx, uint64_t begin, uint64_t end)
{
	const uint64_t words = MEMORY_BYTES_A_TASK / sizeof(uint64_t);
	uint64_t sum = 0, *word = ctx->shared;
	for (uint64_t i = begin * words; i < end * words; i++)
		sum += (word[i] = i + 1);
	return sum;
}

static struct cost memory_cost(const struct params *params)
{
	(void)params;
	return (struct cost){.per_item = MEMORY_BYTES_A_TASK, .unit = "B"};
}

static uint64_t run_maps(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		for (int k = 0; k < MAPS; k++) {
			char *byte = mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (byte == MAP_FAILED)
				continue;
			*(volatile char *)byte = 1;
			sum += munmap(byte, MAP_BYTES) == 0;
		}
		sum += compute(i, 20 * STEPS_A_US);
	}
	return sum;
}

static uint64_t run_allocations(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		for (int k = 0; k < ALLOCATIONS; k++) {
			volatile char *byte = malloc(SMALL_BYTES);
			if (byte)
				*byte = 1;
			sum += byte != NULL;
			free((void *)(uintptr_t)byte);
		}
		sum += compute(i, STEPS_A_US);
	}
	return sum;
}

/* Whoever counts is told to nobody: the checksum has to be the same in any partition. */
static uint64_t run_writes(struct context *ctx, uint64_t begin, uint64_t end)
{
	_Atomic uint64_t *counter = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		for (int k = 0; k < WRITES; k++) {
			atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
			sum += mix64((uint64_t)k + 1); /* as the kernel atomic does in between */
		}
		sum += compute(i, STEPS_A_US);
	}
	return sum;
}

static size_t line_bytes(const struct params *params)
{
	(void)params;
	return 64;
}

static uint64_t run_syscalls(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		for (int k = 0; k < SYSCALLS; k++)
			sum += syscall(SYS_getppid) >= 0;
		sum += compute(i, STEPS_A_US);
	}
	return sum;
}

static uint64_t run_descriptors(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		for (int k = 0; k < DESCRIPTORS; k++) {
			int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
			sum += fd >= 0 && close(fd) == 0;
		}
		sum += compute(i, 2 * STEPS_A_US);
	}
	return sum;
}

// NOLINTBEGIN(bugprone-macro-parentheses): these are initialisers, not expressions
#define MIX(named, about, tasks)                                                               \
	.abi = KERNEL_ABI, .name = named, .help = about, .item = "task", .size_unit = "tasks", \
	.sizes = {(tasks) / 10, tasks, UINT64_C(10) * (tasks)}

// NOLINTEND(bugprone-macro-parentheses)

static const struct kernel tiny = {
	MIX("mix-tiny", "tasks of tens of nanoseconds, handed out one at a time", 200000),
	.uneven = true,
	.run = run_tiny,
};

static const struct kernel uneven = {
	MIX("mix-uneven", "tasks of which the first sixteenth takes ten times as long", 320),
	.uneven = true,
	.run = run_uneven,
};

static const struct kernel memory = {
	MIX("mix-memory", "writes and reads 64 KiB of shared memory a task", 1024),
	.shared_bytes = memory_bytes,
	.cost = memory_cost,
	.run = run_memory,
};

static const struct kernel maps = {
	MIX("mix-maps", "maps and unmaps memory four times a task", 200),
	.run = run_maps,
};

static const struct kernel allocations = {
	MIX("mix-allocations", "a hundred small allocations a task", 2000),
	.run = run_allocations,
};

static const struct kernel writes = {
	MIX("mix-writes", "two hundred writes to a counter of all a task", 2000),
	.shared_bytes = line_bytes,
	.run = run_writes,
};

static const struct kernel syscalls = {
	MIX("mix-syscalls", "twenty system calls a task", 2000),
	.run = run_syscalls,
};

static const struct kernel descriptors = {
	MIX("mix-descriptors", "ten descriptors a task, opened and closed", 1000),
	.run = run_descriptors,
};

const struct kernel *const pvt_kernels[] = {&tiny,   &uneven,   &memory,      &maps, &allocations,
					    &writes, &syscalls, &descriptors, NULL};
