#include "bench/measure/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runners/clock.h"

#define REFRESH_NS (100 * NS_PER_MS)

void progress_start(struct progress *p, uint64_t start_ns, uint64_t deadline_ns)
{
	p->start_ns = start_ns;
	p->deadline_ns = deadline_ns;
	p->terminal = isatty(STDERR_FILENO);
}

static unsigned seconds_left(const struct progress *p)
{
	uint64_t now = clock_ns();
	return now < p->deadline_ns ? (unsigned)((p->deadline_ns - now) / NS_PER_S) : 0;
}

void progress_show(struct progress *p, const char *deciding, const char *case_name)
{
	uint64_t now = clock_ns();
	if (!p->terminal || now - p->shown_ns < REFRESH_NS)
		return;
	p->shown_ns = now;
	unsigned left = seconds_left(p);
	fprintf(stderr, "\r\033[K%2llu/%llu %4zu/%zu  %.21s: %-.*s  at most %u:%02u left",
		(unsigned long long)p->invocation + 1, (unsigned long long)p->invocations, p->done, p->total,
		deciding, (int)(strlen(deciding) < 21 ? 42 - strlen(deciding) : 21), case_name, left / 60,
		left % 60);
}

void progress_clear(const struct progress *p)
{
	if (p->terminal)
		fputs("\r\033[K", stderr);
}

void progress_invocation(const struct progress *p, uint64_t samples, uint64_t left)
{
	if (p->terminal || samples == 0)
		return;
	fprintf(stderr,
		"invocation %" PRIu64 " of about %" PRIu64 ": %" PRIu64 " samples, at most %u s left\n",
		p->invocation + 1, p->invocation + left, samples, seconds_left(p));
}
