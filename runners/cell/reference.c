/*
 * What every sample is compared with: the checksum of one job that no runner carries out, by the caller
 * alone, or by as many threads as the kernel cannot do without.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernels/registry.h"
#include "runners/cell/jobs.h"
#include "runners/clock.h"

static int do_job(const struct kernel *kernel, const struct params *params, const struct arena *area,
		  void *ballast, const struct arena *records, uint64_t *checksum, char *why)
{
	static int nowhere[WORKERS_MAX];
	uint32_t group = kernel_group(kernel);
	struct session *session;
	struct totals totals;
	for (uint32_t rank = 0; rank < group; rank++)
		nowhere[rank] = -1;
	struct job job = {.runner = group > 1 ? runner_find("pthread") : &runners[0],
			  .kernel = kernel,
			  .params = params,
			  .shared = area,
			  .workers = group,
			  .pus = nowhere,
			  .capacity = group,
			  .ballast = ballast,
			  .hold = -1,
			  .records = records};
	int status = session_open(&session, &job, why, CELL_WHY);
	if (status)
		return status;
	status = session_run(session, PROBE_NONE, why, CELL_WHY);
	session_close(session, &totals, why, CELL_WHY);
	*checksum = totals.checksum;
	return status;
}

int reference_make(const struct kernel *kernel, const struct params *params, const char *input,
		   const struct arena *area, void *ballast, _Atomic uint64_t *since_ns,
		   const struct arena *records, struct cell_reference *reference, char *why)
{
	struct params prepared = *params;
	prepared.input = input;
	int error = kernel->prepare ? kernel->prepare(area->base, &prepared) : 0;
	prepared.input = NULL;
	reference->params = prepared;
	if (error) {
		snprintf(why, CELL_WHY, "%s", *prepared.why ? prepared.why : strerror(-error));
		return error == -EOPNOTSUPP ? STATUS_SKIPPED : error;
	}
	if (since_ns)
		atomic_store(since_ns, clock_ns());
	int status = do_job(kernel, &prepared, area, ballast, records, &reference->checksum, why);
	reference->verified = status == STATUS_OK &&
			      (!kernel->verify ||
			       kernel->verify(area->base, &prepared, reference->checksum) == 0);
	return status;
}
