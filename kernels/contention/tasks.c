/* Operations on the caller's own task: what a system call costs at the least. */
#include "kernels/contention/operation.h"

#include <sys/syscall.h>
#include <unistd.h>

static uint64_t run_getppid(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++)
		sum += operation_done(i, syscall(SYS_getppid) >= 0);
	return sum;
}

const struct kernel kernel_getppid = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.name = "getppid",
	.help = "the cheapest system call",
	.item = "call",
	.size_unit = "calls a worker",
	.sizes = {1000, 20000, 2000000},
	.configure = operation_configure,
	.verify = operation_verify,
	.run = run_getppid,
};
