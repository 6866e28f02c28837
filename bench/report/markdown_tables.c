/* TABLES.md: what RESULTS.md rests on, in full. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/draft.h"
#include "bench/findings/published.h"
#include "bench/findings/recovery_table.h"
#include "bench/machine/env_labels.h"
#include "bench/render/markdown_text.h"
#include "bench/report/case_tables.h"
#include "bench/report/doubts.h"
#include "bench/report/markdown.h"

static void put_from_environment(FILE *file, const struct env_file *env, const char *label, const char *path)
{
	char *value = env_text(env, path);
	if (value && *value) {
		fprintf(file, "| %s | ", label);
		markdown_put_text(file, value);
		fputs(" |\n", file);
	}
	free(value);
}

/* From a file that may be anybody's: no markup but what stands in backticks, as in the mends. */
static void put_doctor_finding(FILE *file, const struct doctor_finding *f)
{
	static const char *const before[] = {"- **", "** (", "): ", ". Why it matters: ", ". Fix: "};
	const char *const text[] = {f->name, f->state, f->value, f->why, f->mend};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		fputs(before[i], file);
		for (const char *c = text[i]; *c; c++)
			if (*c == '<')
				fputs("&lt;", file);
			else if (*c == '[')
				fputs("&#91;", file);
			else
				fputc((unsigned char)*c < ' ' ? ' ' : *c, file);
	}
	fputs(".\n", file);
}

static void put_machine(FILE *file, const struct env_file *env)
{
	fputs("## The machine\n\n| | |\n|---|---|\n", file);
	for (const struct env_label *label = env_labels; label->label; label++)
		put_from_environment(file, env, label->label, label->path);
	fputc('\n', file);
	env_put_doctor(env, file, "What `pvt doctor` found before the run:\n\n", put_doctor_finding, "\n");
}

/* A fence is longer than any row of backticks in what it encloses. */
static void put_fence(FILE *file, const char *text, const char *language)
{
	size_t longest = 2;
	for (size_t row; *text; text += row ? row : 1) {
		row = strspn(text, "`");
		longest = row > longest ? row : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		fputc('`', file);
	fprintf(file, "%s\n", language);
}

static void put_reproduction(FILE *file, const struct env_file *env, const struct summary *s)
{
	char *command = env_command(env), *seed = env_text(env, "seed");
	const char *shown = command && *command ? command : "pvt run";
	fputs("## How to reproduce it\n\n", file);
	put_fence(file, shown, "sh");
	fprintf(file, "%s\n", shown);
	put_fence(file, shown, "");
	fprintf(file, "\n%zu samples of %zu cases, from %zu process invocations%s", s->sample_count, s->count,
		s->run_count, seed && *seed ? "; seed " : "");
	markdown_put_text(file, seed ? seed : "");
	fputs(". Intervals cover the median over the invocations with 95 %: of three to five by Student's t "
	      "on the logarithms, of six to eight by the averages of all pairs (Walsh), of nine or more by "
	      "order statistics; fewer have no interval. Samples within one invocation are not counted as "
	      "independent. Every figure here can be recomputed from `samples.csv` with `pvt report`.\n\n",
	      file);
	free(command);
	free(seed);
}

/* A line a kernel and size: its doubtful cases. */
static size_t put_doubts_of(FILE *file, const struct summary *s, size_t first, size_t last)
{
	size_t shown = 0;
	for (size_t i = first; i < last; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!c->failed && doubts_width(c) == 0)
			continue;
		fputs(shown++ ? ", " : "- ", file);
		if (shown == 1) {
			markdown_put_text(file, c->id.kernel);
			fprintf(file, " %" PRIu64, c->id.size);
			if (!case_tables_is_of_scaling(c)) {
				fputs(", suite ", file);
				markdown_put_text(file, c->id.suite);
			}
			fputs(": ", file);
		}
		markdown_put_text(file, c->id.runner);
		fprintf(file, " × %" PRIu64, c->id.workers);
		if (c->id.hosts > 1)
			fprintf(file, " on %" PRIu64 " hosts", c->id.hosts);
		if (c->failed) {
			fprintf(file, " (%zu samples *", c->failed);
			markdown_put_text(file, c->status);
			fputs("*)", file);
		}
		if (doubts_width(c) > 0)
			fprintf(file, " (±%.0f %%)", 100 * doubts_width(c));
	}
	if (shown)
		fputc('\n', file);
	return shown;
}

static void put_doubts(FILE *file, const struct summary *s)
{
	size_t shown = 0;
	fputs("## What to doubt\n\n", file);
	if (s->run_count < 2)
		fputs("- All of it: one invocation does not show how much the next one would differ.\n",
		      file);
	else
		fputs("Cases (runner × workers) that failed, or whose interval of the span is wider than ±5 %:\n\n",
		      file);
	for (size_t i = 0, next; i < s->count; i = next) {
		const struct case_summary *c = &s->cases[i];
		for (next = i + 1; next < s->count && s->cases[next].id.size == c->id.size &&
				   strcmp(s->cases[next].id.suite, c->id.suite) == 0 &&
				   strcmp(s->cases[next].id.kernel, c->id.kernel) == 0;)
			next++;
		shown += put_doubts_of(file, s, i, next);
	}
	fprintf(file, "%s%zu of %zu cases.\n", shown ? "\n" : "", shown, s->count);
}

static bool has_more_figures(const struct figure *figures)
{
	for (const struct figure *f = figures; f->name; f++)
		if (f->drawn && !f->first)
			return true;
	return false;
}

int markdown_write_tables(const struct markdown *m)
{
	struct draft draft;
	int error = draft_open(&draft);
	if (error)
		return error;
	FILE *file = draft.file;
	fputs("# The tables behind the results\n\nThe verdicts and findings are in `RESULTS.md`; every number "
	      "of both can be recomputed from `samples.csv`.\n\n",
	      file);
	case_tables_put_scaling(file, m->summary, m->findings->workers);
	case_tables_put_pools(file, m->summary);
	curves_put_sections(file, m->curves);
	case_tables_put_contention(file, m->summary);
	case_tables_put_python(file, m->summary);
	recovery_put_section(file, m->summary);
	published_put_section(file, m->summary);
	scale_put_markdown(file, m->scale);
	if (has_more_figures(m->figures)) {
		fputs("## More figures\n\n", file);
		markdown_put_figures(file, m->figures, false);
	}
	put_reproduction(file, m->env, m->summary);
	put_machine(file, m->env);
	put_doubts(file, m->summary);
	return draft_write(&draft, 0, m->dir, "TABLES.md");
}
