#include "bench/machine/counter_support.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* perf_event_open(2), ERRORS. The last one stands for all others. */
static const struct refusal {
	int error;
	const char *why, *mend;
} refusals[] = {
	{ENOENT, "the processor's counters cannot be seen from here, as in most virtual machines",
	 "let the host pass its PMU on to the virtual machine, or measure on the bare machine"},
	{ENODEV, "this processor does not have them", "none, but another machine"},
	{EOPNOTSUPP, "this processor does not have them", "none, but another machine"},
	{EACCES, "kernel.perf_event_paranoid forbids them",
	 "sysctl kernel.perf_event_paranoid=1, or give CAP_PERFMON"},
	{EPERM, "a container's seccomp filter or a security module forbids them",
	 "start the container with --cap-add PERFMON; sysctl kernel.perf_event_paranoid=1"},
	{ENOSYS, "the kernel has no perf events, or a sandbox hides them",
	 "a kernel with CONFIG_PERF_EVENTS"},
	{EMFILE, "there is no descriptor left", "ulimit -n 8192"},
	{0, "the kernel refuses them", "see perf_event_open(2)"},
};

static const struct refusal *refusal_of(int error)
{
	const struct refusal *r = refusals;
	while (r->error && r->error != error)
		r++;
	return r;
}

static const char *error_name(int error)
{
	const char *name = strerrorname_np(error);
	return name ? name : "?";
}

/* Is this side, and nothing else, refused? */
static bool only_kernel_is_refused(const int *errors)
{
	for (size_t i = 0; i < COUNTERS; i += 2)
		if (errors[i] || !errors[i + 1])
			return false;
	return true;
}

static size_t list_refused(const int *errors, char *text, size_t bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < COUNTERS; i++)
		if (errors[i])
			n += (size_t)snprintf(text + n, bytes - n, "%s%s", n ? ", " : "",
					      counter_name((enum counter)i));
	return n;
}

void counter_support_explain(const int *errors, struct counter_support *c)
{
	char refused[COUNTERS * 24];
	int first = 0;
	*c = (struct counter_support){.available = COUNTERS};
	for (size_t i = COUNTERS; i-- > 0;)
		if (errors[i]) {
			first = errors[i];
			c->available--;
		}
	if (!first) {
		snprintf(c->value, sizeof c->value,
			 "cycles, instructions, cache and TLB misses, in user mode and in the kernel");
		return;
	}
	const struct refusal *r = refusal_of(first);
	c->mend = r->mend;
	list_refused(errors, refused, sizeof refused);
	snprintf(c->value, sizeof c->value, "%s%s (%s: %s)",
		 c->available == 0 || only_kernel_is_refused(errors) ? "" : "without ",
		 c->available == 0                ? "none"
		 : only_kernel_is_refused(errors) ? "in user mode only"
						  : refused,
		 error_name(first), r->why);
}

json_t *counter_support_describe(void)
{
	struct counter_event events[COUNTERS];
	int errors[COUNTERS];
	json_t *json = json_object();
	counters_look(events, errors);
	for (size_t i = 0; i < COUNTERS; i++)
		json_object_set_new(json, counter_name((enum counter)i),
				    json_string(errors[i] ? error_name(errors[i]) : "counted"));
	return json;
}
