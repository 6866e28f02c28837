#include "bench/report/missing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench/render/markdown_text.h"

/* How much of a case two have to have in common. */
enum depth { OF_SUITE, OF_NAME, OF_KERNEL, OF_RUNNER };

/* Do all workers share one unit? It is another experiment; other placements are the machine's own. */
static bool is_single(const struct case_summary *c)
{
	return strcmp(c->id.placement, "single") == 0;
}

/* Workers, placement and schedule are the machine's own, and no reason to call a case missing. */
static bool same(const struct case_summary *a, const struct case_summary *b, enum depth depth)
{
	return strcmp(a->id.suite, b->id.suite) == 0 &&
	       (depth < OF_NAME || strcmp(a->id.kernel, b->id.kernel) == 0) &&
	       (depth < OF_KERNEL || a->id.size == b->id.size) &&
	       (depth < OF_RUNNER ||
		(strcmp(a->id.runner, b->id.runner) == 0 && a->id.ballast == b->id.ballast &&
		 strcmp(a->id.pages, b->id.pages) == 0 && is_single(a) == is_single(b)));
}

static bool has(const struct machine_run *run, const struct case_summary *like, enum depth depth)
{
	for (size_t i = 0; i < run->summary.count; i++)
		if (run->summary.cases[i].samples && same(&run->summary.cases[i], like, depth))
			return true;
	return false;
}

static size_t count_having(const struct machines *m, const struct case_summary *like, enum depth depth)
{
	size_t n = 0;
	for (size_t i = 0; i < m->count; i++)
		n += has(&m->run[i], like, depth);
	return n;
}

/* Came it already, in this run or in one before it? */
static bool came(const struct machines *m, size_t run, size_t index, enum depth depth)
{
	const struct case_summary *c = &m->run[run].summary.cases[index];
	for (size_t r = 0; r < run; r++)
		if (has(&m->run[r], c, depth))
			return true;
	for (size_t i = 0; i < index; i++)
		if (m->run[run].summary.cases[i].samples && same(&m->run[run].summary.cases[i], c, depth))
			return true;
	return false;
}

/* ---- leaving out ---- */

/* Has another run this kernel, but not in this size? */
static bool clashes(const struct machines *m, const struct case_summary *c)
{
	for (size_t i = 0; i < m->count; i++)
		if (has(&m->run[i], c, OF_NAME) && !has(&m->run[i], c, OF_KERNEL))
			return true;
	return false;
}

/* Is there a counterpart, sequential or at this run's own most workers? */
static bool has_at_most_workers(const struct machine_run *run, const struct case_summary *like)
{
	for (size_t i = 0; i < run->summary.count; i++) {
		const struct case_summary *c = &run->summary.cases[i];
		if (c->samples && same(c, like, OF_RUNNER) &&
		    (case_id_is_seq(&c->id) || c->id.workers == run->workers))
			return true;
	}
	return false;
}

static bool is_common(const struct machines *m, const struct case_summary *c)
{
	for (size_t i = 0; i < m->count; i++)
		if (has(&m->run[i], c, OF_SUITE) && !has_at_most_workers(&m->run[i], c))
			return false;
	return true;
}

static int keep(const struct machines *m, const struct summary *all,
		bool (*wanted)(const struct machines *m, const struct case_summary *c), struct summary *kept)
{
	*kept = *all;
	kept->count = 0;
	kept->cases = calloc(all->count + 1, sizeof *kept->cases);
	for (size_t i = 0; kept->cases && i < all->count; i++)
		if (wanted(m, &all->cases[i]))
			kept->cases[kept->count++] = all->cases[i];
	return kept->cases ? 0 : -ENOMEM;
}

static bool is_alike(const struct machines *m, const struct case_summary *c)
{
	return !clashes(m, c);
}

int missing_align(struct machines *m)
{
	int error = 0;
	for (size_t i = 0; i < m->count && !error; i++) {
		error = keep(m, &m->run[i].summary, is_alike, &m->run[i].alike);
		if (!error)
			error = keep(m, &m->run[i].summary, is_common, &m->run[i].common);
	}
	return error;
}

/* ---- naming ---- */

static void put_line(FILE *file, const struct machines *m, const struct case_summary *c, enum depth depth)
{
	fputs("- suite ", file);
	markdown_put_text(file, c->id.suite);
	if (depth >= OF_NAME) {
		fputs(", ", file);
		markdown_put_text(file, c->id.kernel);
	}
	if (depth >= OF_KERNEL)
		fprintf(file, " %" PRIu64, c->id.size);
	if (depth == OF_RUNNER) {
		fputs(", ", file);
		markdown_put_text(file, c->id.runner);
		if (is_single(c))
			fputs(" on one unit", file);
		if (c->id.ballast) {
			fprintf(file, " with %" PRIu64 " MiB in pages ", c->id.ballast >> 20);
			markdown_put_text(file, c->id.pages);
		}
	}
	fputs(": only ", file);
	for (size_t i = 0, n = 0; i < m->count; i++)
		if (has(&m->run[i], c, depth)) {
			fputs(n++ ? ", " : "", file);
			markdown_put_text(file, m->run[i].label);
		}
	fputc('\n', file);
}

/* A whole suite is one line, and so is a whole kernel. */
static bool put_case(FILE *file, const struct machines *m, size_t run, size_t index)
{
	const struct case_summary *c = &m->run[run].summary.cases[index];
	if (!c->samples)
		return false;
	for (enum depth depth = OF_SUITE; depth <= OF_RUNNER; depth++) {
		if (count_having(m, c, depth) == m->count)
			continue;
		if (came(m, run, index, depth))
			return false;
		put_line(file, m, c, depth);
		return true;
	}
	return false;
}

void missing_put(FILE *file, const struct machines *m)
{
	size_t lines = 0;
	fputs("## What only some have\n\nMeasured on some of the machines alone, or there alone in this "
	      "size; a case that failed counts as not measured. Where another size or another set of kernels "
	      "would be compared with it, it is left out above.\n\n",
	      file);
	for (size_t run = 0; run < m->count; run++)
		for (size_t i = 0; i < m->run[run].summary.count; i++)
			lines += put_case(file, m, run, i);
	if (!lines)
		fputs("Nothing: every machine has every case.\n", file);
}
