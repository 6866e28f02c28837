#include "bench/report/markdown.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/base/draft.h"
#include "bench/claims/files.h"
#include "bench/claims/mechanisms.h"
#include "bench/render/markdown_text.h"
#include "bench/report/doubts.h"

static void put_finding(FILE *file, const char *sentence)
{
	if (!*sentence)
		return;
	fputs("- ", file);
	markdown_put_text(file, sentence);
	fputs(".\n", file);
}

static void put_findings(FILE *file, const struct findings *f, const struct curves *curves,
			 const struct scale *scale)
{
	void (*const tell_scale[])(const struct scale *, char[static SCALE_TITLE_BYTES]) = {
		scale_tell_strong, scale_tell_weak, scale_tell_messages};
	char title[CURVE_TITLE_BYTES], beyond[SCALE_TITLE_BYTES];
	const char *figure;
	const char *sentences[] = {f->ratio,    f->whole_job, f->launching.text, f->creation,   f->speedup,
				   f->pools,    f->stealing,  f->waiting,        f->contention, f->numa,
				   f->recovery, f->python,    f->spread};
	fputs("## What was found\n\n", file);
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
		put_finding(file, sentences[i]);
	for (size_t i = 0; (figure = curves_figure(i)); i++) {
		curves_title(curves, figure, title, sizeof title);
		put_finding(file, title);
	}
	for (size_t i = 0; i < 3; i++) {
		tell_scale[i](scale, beyond);
		put_finding(file, beyond);
	}
	fputc('\n', file);
}

/* The PNG, for every viewer has its fonts; the SVG lies beside it. */
void markdown_put_figures(FILE *file, const struct figure *figures, bool first)
{
	for (const struct figure *f = figures; f->name; f++) {
		if (!f->drawn || f->first != first)
			continue;
		fputs("![", file);
		markdown_put_text(file, f->title);
		fprintf(file, "](plots/%s.png)\n\n", f->name);
	}
}

/* Why it is so, of each claim that was measured: text, no figures. */
static void put_mechanisms(FILE *file, const struct claims *claims)
{
	bool begun = false;
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		const struct mechanism *m = c->verdict == CLAIM_UNMEASURED ? NULL : mechanism_of(c->id);
		if (!m)
			continue;
		if (!begun)
			fputs("## Mechanisms\n\n", file);
		begun = true;
		fprintf(file, "- **%s**: ", c->id);
		markdown_put_text(file, m->text);
		fputs(" *See ", file);
		markdown_put_text(file, m->source);
		fputs(".*\n", file);
	}
	if (begun)
		fputc('\n', file);
}

/* What RESULTS.md says before any verdict. */
static void put_first_doubts(FILE *file, const struct summary *s)
{
	char doubts[DOUBTS_BYTES];
	doubts_tell(s, doubts);
	fputs("**What to doubt first.** ", file);
	markdown_put_text(file, doubts);
	fputs(".\n\n", file);
}

int markdown_write(const struct markdown *m)
{
	struct draft draft;
	int error = draft_open(&draft);
	if (error)
		return error;
	FILE *file = draft.file;
	char *caption = env_caption(m->env);
	fputs("# Processes or threads? What this machine says\n\n", file);
	if (caption && *caption) {
		fputs("Measured on: ", file);
		markdown_put_text(file, caption);
		fputs(".\n\n", file);
	}
	free(caption);
	put_first_doubts(file, m->summary);
	claims_put_sections(file, m->claims);
	put_findings(file, m->findings, m->curves, m->scale);
	markdown_put_figures(file, m->figures, true);
	put_mechanisms(file, m->claims);
	fputs("All tables, the other figures, the machine and how to reproduce the run: `TABLES.md`.\n",
	      file);
	error = draft_write(&draft, 0, m->dir, "RESULTS.md");
	return error ? error : markdown_write_tables(m);
}
