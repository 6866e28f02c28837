#include <sys/resource.h>

#include "runners/clock.h"
#include "runners/worker.h"

static uint64_t timeval_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_usec * NS_PER_US;
}

struct usage usage_of(const struct rusage *r)
{
	return (struct usage){
		.user_ns = timeval_ns(r->ru_utime),
		.sys_ns = timeval_ns(r->ru_stime),
		.minflt = (uint64_t)r->ru_minflt,
		.majflt = (uint64_t)r->ru_majflt,
		.nvcsw = (uint64_t)r->ru_nvcsw,
		.nivcsw = (uint64_t)r->ru_nivcsw,
	};
}

struct usage usage_now(void)
{
	struct rusage r;
	getrusage(RUSAGE_THREAD, &r);
	return usage_of(&r);
}

struct usage usage_since(struct usage start)
{
	struct usage now = usage_now();
	return (struct usage){
		.user_ns = now.user_ns - start.user_ns,
		.sys_ns = now.sys_ns - start.sys_ns,
		.minflt = now.minflt - start.minflt,
		.majflt = now.majflt - start.majflt,
		.nvcsw = now.nvcsw - start.nvcsw,
		.nivcsw = now.nivcsw - start.nivcsw,
	};
}
