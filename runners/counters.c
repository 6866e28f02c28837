#include "runners/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIDES = 2 }; /* user mode, the kernel */

_Static_assert(COUNTERS == 8, "COUNTERS_NONE has to close them all");

static const struct counter_event hardware[COUNTERS / SIDES] = {
	{true, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
	{true, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
	{true, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
	{true, PERF_TYPE_HW_CACHE,
	 PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_MISS << 16},
};

const char *counter_name(enum counter counter)
{
	static const char *const names[COUNTERS] = {
		"cycles_user",       "cycles_kernel",       "instructions_user", "instructions_kernel",
		"cache_misses_user", "cache_misses_kernel", "dtlb_misses_user",  "dtlb_misses_kernel",
	};
	return names[counter];
}

/* For the calling thread, on whichever CPU. Members of a group follow its leader. */
static int open_event(const struct counter_event *event, bool kernel, int leader)
{
	struct perf_event_attr attr = {
		.type = event->type,
		.size = sizeof attr,
		.config = event->config,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		.disabled = leader < 0,
		.exclude_user = kernel,
		.exclude_kernel = !kernel,
		.exclude_hv = 1,
	};
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
}

size_t counters_look(struct counter_event *events, int *errors)
{
	size_t found = 0;
	for (size_t i = 0; i < COUNTERS; i++) {
		events[i] = hardware[i / SIDES];
		int fd = open_event(&events[i], i % SIDES, -1);
		events[i].wanted = fd >= 0;
		if (errors)
			errors[i] = fd < 0 ? errno : 0;
		if (fd < 0)
			continue;
		close(fd);
		found++;
	}
	return found;
}

/* Who does not fit into the group (EINVAL) leads the next one; who is refused for itself is left out. */
static int open_side(struct counters *c, const struct counter_event *events, size_t side, bool apart)
{
	int leader = -1;
	for (size_t i = side; i < COUNTERS; i += SIDES) {
		if (!events[i].wanted)
			continue;
		leader = apart ? -1 : leader;
		c->fd[i] = open_event(&events[i], side, leader < 0 ? -1 : c->fd[leader]);
		if (c->fd[i] < 0 && errno == EINVAL && leader >= 0) {
			leader = -1;
			c->fd[i] = open_event(&events[i], side, -1);
		}
		if (c->fd[i] < 0 && (errno == EMFILE || errno == ENFILE))
			return -errno;
		if (c->fd[i] >= 0)
			c->leader[i] = leader = leader < 0 ? (int)i : leader;
	}
	return 0;
}

void counters_open(struct counters *c, const struct counter_event *events, bool again)
{
	*c = COUNTERS_NONE;
	if (open_side(c, events, again, again) || open_side(c, events, !again, again))
		counters_close(c);
}

static bool leads(const struct counters *c, size_t i)
{
	return c->fd[i] >= 0 && c->leader[i] == (int)i;
}

static void switch_side(const struct counters *c, size_t side, unsigned long how)
{
	for (size_t i = side; i < COUNTERS; i += SIDES)
		if (leads(c, i))
			ioctl(c->fd[i], how, 0);
}

void counters_start(const struct counters *c)
{
	switch_side(c, 0, PERF_EVENT_IOC_ENABLE);
	switch_side(c, 1, PERF_EVENT_IOC_ENABLE);
}

void counters_stop(const struct counters *c)
{
	switch_side(c, 1, PERF_EVENT_IOC_DISABLE);
	switch_side(c, 0, PERF_EVENT_IOC_DISABLE);
}

int counters_parse(const void *buffer, size_t bytes, size_t members, struct counter_reading *reading)
{
	uint64_t head[3];
	if (members > COUNTERS || bytes != sizeof head + members * sizeof(uint64_t))
		return -EBADMSG;
	memcpy(head, buffer, sizeof head);
	if (head[0] != members)
		return -EBADMSG;
	reading->enabled = head[1];
	reading->running = head[2];
	memcpy(reading->value, (const char *)buffer + sizeof head, members * sizeof(uint64_t));
	return 0;
}

double counters_scale(uint64_t value, uint64_t enabled, uint64_t running)
{
	if (running == 0)
		return NAN;
	if (running >= enabled)
		return (double)value;
	return (double)value * ((double)enabled / (double)running);
}

/* A group reads as nothing at all when it could not be put onto the processor. */
static void read_group(const struct counters *c, size_t leader, double *value, double *share)
{
	uint64_t buffer[3 + COUNTERS];
	size_t member[COUNTERS], members = 0;
	struct counter_reading r;
	for (size_t i = leader; i < COUNTERS; i += SIDES)
		if (c->fd[i] >= 0 && c->leader[i] == (int)leader)
			member[members++] = i;
	ssize_t got = read(c->fd[leader], buffer, sizeof buffer);
	if (got < 0 || counters_parse(buffer, (size_t)got, members, &r) || r.running == 0)
		return;
	for (size_t k = 0; k < members; k++)
		value[member[k]] = counters_scale(r.value[k], r.enabled, r.running);
	*share = fmin(*share, (double)r.running / (double)r.enabled);
}

void counters_read(const struct counters *c, double *value, double *share)
{
	*share = NAN;
	for (size_t i = 0; i < COUNTERS; i++)
		value[i] = NAN;
	for (size_t i = 0; i < COUNTERS; i++)
		if (leads(c, i))
			read_group(c, i, value, share);
}

void counters_close(struct counters *c)
{
	for (size_t i = 0; i < COUNTERS; i++) {
		if (c->fd[i] >= 0)
			close(c->fd[i]);
		c->fd[i] = -1;
	}
}
