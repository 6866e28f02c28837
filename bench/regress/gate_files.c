#include "bench/regress/gate_files.h"

#include <stdlib.h>
#include <string.h>

#include "bench/base/draft.h"
#include "bench/base/exit.h"
#include "bench/regress/verdicts.h"
#include "bench/render/plots.h"

enum { PICTURE_ROWS = 40 };

const char *gate_headline(const struct gate_result *r)
{
	switch (r->code) {
	case EXIT_WELL:
		return "No regression shown";
	case EXIT_FAILED:
		return "Regression: head is slower than base";
	case EXIT_INCONCLUSIVE:
		return "Inconclusive: this run does not decide it";
	default:
		return "No verdict: something is missing or failed";
	}
}

static int put_summary(FILE *file, const struct gate_result *r)
{
	fprintf(file, "## %s\n\n", gate_headline(r));
	if (*r->cause)
		fprintf(file, "Cause: %s.\n\n", r->cause);
	fprintf(file, "Measured %s.\n\n", gate_how(r));
	int error = verdicts_put(file, &r->of_head, FORMAT_MARKDOWN, false);
	fprintf(file, "\n%s (`|`: no difference, `:` the margin, `X` a regression):\n\n```text\n",
		r->how ? "Instructions of head over those of base"
		       : "Times of head over those of base, with intervals of 95 %");
	verdicts_draw(file, &r->of_head, PICTURE_ROWS);
	fputs("```\n", file);
	return error;
}

static int put_table(FILE *file, const struct gate_result *r)
{
	return verdicts_put(file, &r->of_head, FORMAT_CSV, true);
}

static int put_json(FILE *file, const struct gate_result *r)
{
	return verdicts_put(file, &r->of_head, FORMAT_JSON, true);
}

static int write_file(const char *dir, const char *name, int (*put)(FILE *, const struct gate_result *),
		      const struct gate_result *r)
{
	struct draft draft;
	int error = draft_open(&draft);
	if (!error)
		error = draft_write(&draft, put(draft.file, r), dir, name);
	return error ? complain(EXIT_UNUSABLE, "'%s/%s' cannot be written", dir, name) : 0;
}

static void draw(const char *dir, const struct gate_result *r)
{
	char caption[512];
	struct figure figures[] = {{.name = "intervals",
				    .script = "intervals",
				    .table = "verdicts.csv",
				    .title = gate_headline(r),
				    .caption = caption,
				    .suite = ""},
				   {.name = NULL}};
	verdicts_tell(&r->of_head, caption, sizeof caption);
	plots_draw(dir, figures);
}

int gate_files_write(const char *dir, const struct gate_result *r)
{
	int code = write_file(dir, "verdicts.csv", put_table, r);
	code = code ? code : write_file(dir, "verdicts.json", put_json, r);
	code = code ? code : write_file(dir, "summary.md", put_summary, r);
	if (!code)
		draw(dir, r);
	return code;
}
