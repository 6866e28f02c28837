#include "bench/stats/loggp.h"

#include <math.h>
#include <stdbool.h>

static bool is_usable(const struct loggp_point *p)
{
	return isfinite(p->bytes) && isfinite(p->ns) && p->bytes >= 1 && p->ns > 0;
}

/* Sums of the normal equations; x is what lies behind the first byte, each point weighs 1 / ns^2. */
struct sums {
	size_t points;
	double one, x, xx, t, xt;
	double least, most; /* x */
};

static struct sums add_up(const struct loggp_point *point, size_t count)
{
	struct sums s = {.least = INFINITY, .most = -INFINITY};
	for (size_t i = 0; i < count; i++) {
		if (!is_usable(&point[i]))
			continue;
		double x = point[i].bytes - 1, t = point[i].ns, weight = 1 / (t * t);
		s.points++;
		s.one += weight;
		s.x += weight * x;
		s.xx += weight * x * x;
		s.t += weight * t;
		s.xt += weight * x * t;
		s.least = fmin(s.least, x);
		s.most = fmax(s.most, x);
	}
	return s;
}

enum loggp_fault loggp_fit(const struct loggp_point *point, size_t count, double gap_ns, struct loggp *fitted)
{
	struct sums s = add_up(point, count);
	*fitted = (struct loggp){NAN, NAN, NAN};
	if (s.points == 0)
		return LOGGP_NOTHING;
	if (s.least == s.most)
		return LOGGP_ONE_SIZE;
	double determinant = s.one * s.xx - s.x * s.x;
	double byte_ns = (s.one * s.xt - s.x * s.t) / determinant;
	double latency_ns = (s.xx * s.t - s.x * s.xt) / determinant;
	if (!(byte_ns > 0))
		return LOGGP_NO_SLOPE;
	if (!(latency_ns > 0))
		return LOGGP_NO_LATENCY;
	*fitted = (struct loggp){latency_ns, gap_ns, byte_ns};
	return LOGGP_FITTED;
}

const char *loggp_fault_text(enum loggp_fault fault)
{
	static const char *const texts[] = {
		[LOGGP_FITTED] = "",
		[LOGGP_NOTHING] = "no message was measured",
		[LOGGP_ONE_SIZE] = "messages of one size alone have no time a byte",
		[LOGGP_NO_SLOPE] = "long messages took no longer than short ones",
		[LOGGP_NO_LATENCY] = "the times leave nothing for the first byte",
	};
	return texts[fault];
}

double loggp_message(const struct loggp *model, double bytes)
{
	return model->latency_ns + (bytes - 1) * model->byte_ns;
}

/* ceil(lg n) */
static unsigned rounds(uint64_t n)
{
	unsigned r = 0;
	while (r < 63 && (UINT64_C(1) << r) < n)
		r++;
	return r;
}

double loggp_all_reduce(const struct loggp_net *net, uint64_t ranks, uint64_t hosts, double bytes)
{
	unsigned all = rounds(ranks), crossing = rounds(hosts);
	double ns = 0;
	if (all > crossing)
		ns += (all - crossing) * loggp_message(&net->inside, bytes);
	if (crossing)
		ns += crossing * loggp_message(&net->across, bytes);
	return ns;
}

double loggp_barrier(const struct loggp_net *net, uint64_t ranks, uint64_t hosts)
{
	return loggp_all_reduce(net, ranks, hosts, 1);
}

double loggp_waiting_ns(const struct loggp_net *net, const struct loggp_job *job, uint64_t hosts)
{
	double messages = job->bytes > 0 ? LOGGP_MESSAGES * (double)(hosts - 1) : 0;
	if (hosts < 2)
		return 0;
	return job->phases *
	       (messages * net->across.latency_ns + loggp_barrier(net, hosts * job->workers, hosts));
}

double loggp_sending_ns(const struct loggp_net *net, double bytes, uint64_t hosts)
{
	return hosts < 2 ? 0 : (double)(hosts - 1) * bytes * net->across.byte_ns / (double)hosts;
}

double loggp_strong(const struct loggp_net *net, const struct loggp_job *job, uint64_t hosts)
{
	return job->span_ns / (double)hosts + loggp_waiting_ns(net, job, hosts) +
	       loggp_sending_ns(net, job->bytes, hosts);
}

double loggp_weak(const struct loggp_net *net, const struct loggp_job *job, uint64_t hosts)
{
	return job->span_ns + loggp_waiting_ns(net, job, hosts) +
	       loggp_sending_ns(net, job->bytes * (double)hosts, hosts);
}
