#include "bench/claims/files.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/render/csv_table.h"
#include "bench/render/markdown_text.h"

void claims_put_count(FILE *file, const struct claims *claims)
{
	static const char *const words[CLAIM_VERDICTS][2] = {
		[CLAIM_HOLDS] = {"holds", "hold"},
		[CLAIM_FAILS] = {"does not", "do not"},
		[CLAIM_DEPENDS] = {"depends", "depend"},
		[CLAIM_SAME] = {"shows no difference that matters", "show no difference that matters"},
		[CLAIM_UNKNOWN] = {"is inconclusive", "are inconclusive"},
		[CLAIM_UNMEASURED] = {"was not measured", "were not measured"}};
	size_t count[CLAIM_VERDICTS] = {0};
	for (size_t i = 0; i < claims->count; i++)
		count[claims->claim[i].verdict]++;
	fprintf(file, "Of %zu claims that are taught about processes and threads,", claims->count);
	const char *comma = "";
	for (size_t v = 0; v < CLAIM_VERDICTS; v++) {
		if (!count[v])
			continue;
		fprintf(file, "%s %zu %s", comma, count[v], words[v][count[v] != 1]);
		comma = ",";
	}
}

size_t claims_count(const struct claims *claims, enum claim_verdict verdict)
{
	size_t n = 0;
	for (size_t i = 0; i < claims->count; i++)
		n += claims->claim[i].verdict == verdict;
	return n;
}

void claims_put_unmeasured(FILE *file, const struct claims *claims)
{
	const char *before = "Not measured in this run: ";
	bool plain = false; /* some would be measured if only they were asked for */
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		if (c->verdict != CLAIM_UNMEASURED)
			continue;
		fprintf(file, "%s%s", before, c->id);
		if (*c->reason)
			fprintf(file, " (%s)", c->reason);
		plain = plain || !*c->reason;
		before = ", ";
	}
	if (plain)
		fputs("; `pvt run` of all suites, with its default budget, measures what needs nothing else",
		      file);
}

/* A text as a sentence of its own. */
static void put_sentence(FILE *file, const char *text)
{
	char first[2] = {(char)toupper((unsigned char)*text), '\0'};
	if (!*text)
		return;
	markdown_put_text(file, first);
	markdown_put_text(file, text + 1);
	fputs(".", file);
}

/* "`wall_ns`, `open_ns`" */
static void put_stamps(FILE *file, const struct claim *c)
{
	if (!*c->stamps)
		fputs("–", file);
	for (const char *word = c->stamps; *word;) {
		int length = (int)strcspn(word, " ");
		fprintf(file, "%s`%.*s`", word == c->stamps ? "" : ", ", length, word);
		word += length;
		word += *word == ' ';
	}
}

static void put_row(FILE *file, const struct claim *c)
{
	fputs("| ", file);
	markdown_put_text(file, c->claim);
	fprintf(file, " | **%s** | ", claims_verdict_name(c->verdict));
	put_sentence(file, c->measured);
	if (*c->measured && *c->reason)
		fputs(" ", file);
	if (*c->reason && c->verdict == CLAIM_DEPENDS)
		fputs("It depends ", file), markdown_put_text(file, c->reason), fputs(".", file);
	else
		put_sentence(file, c->reason);
	fputs(" | ", file);
	put_stamps(file, c);
	if (c->command)
		fprintf(file, " | `%s` |\n", c->command);
	else
		fputs(" | – |\n", file);
}

static void put_answer(FILE *file, const struct claims *claims)
{
	bool begun = false;
	for (size_t i = 0; i < claims->count; i++) {
		const char *text = claims->claim[i].consequence;
		size_t topic = text ? strcspn(text, ":") : 0;
		if (!text)
			continue;
		if (!begun)
			fputs("## The answer\n\n", file);
		begun = true;
		fprintf(file, "- **%.*s**%s.\n", (int)topic, text, text + topic);
	}
	if (begun)
		fputc('\n', file);
}

void claims_put_sections(FILE *file, const struct claims *claims)
{
	put_answer(file, claims);
	fputs("## The verdicts\n\n", file);
	claims_put_count(file, claims);
	fputs(". Each verdict follows from the samples by rule; brackets are 95 % intervals over the "
	      "invocations. A difference that matters is one of more than 5 %. *Depends* and *cannot tell* "
	      "say on what. *From* names the columns of `samples.csv` that the figures come from.\n\n",
	      file);
	if (claims_count(claims, CLAIM_UNMEASURED) < claims->count) {
		fputs("| what is claimed | verdict | what was measured | from | by "
		      "|\n|---|---|---|---|---|\n",
		      file);
		for (size_t i = 0; i < claims->count; i++)
			if (claims->claim[i].verdict != CLAIM_UNMEASURED)
				put_row(file, &claims->claim[i]);
		fputc('\n', file);
	}
	if (claims_count(claims, CLAIM_UNMEASURED)) {
		fputs("- ", file);
		claims_put_unmeasured(file, claims);
		fputs(".\n\n", file);
	}
}

/* A number of the deciding figure, empty where there is none. */
static void put_number(struct csv_table *table, const struct claim *c, double x)
{
	char text[32] = "";
	if (c->deciding.n && isfinite(x))
		snprintf(text, sizeof text, "%.6g", x);
	csv_word(table, text);
}

int claims_write(const char *dir, const struct claims *claims)
{
	struct csv_table table;
	int error = csv_table_open(
		&table, "id,claim,verdict,measured,reason,consequence,command,figure,stamps,value,low,high");
	if (error)
		return error;
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		const char *texts[] = {c->id,
				       c->claim,
				       claims_verdict_name(c->verdict),
				       c->measured,
				       c->reason,
				       c->consequence ? c->consequence : "",
				       c->command ? c->command : "",
				       c->figure ? c->figure : "",
				       c->stamps};
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			csv_text(&table, texts[k]);
		put_number(&table, c, c->deciding.value);
		put_number(&table, c, c->deciding.low);
		put_number(&table, c, c->deciding.high);
		csv_end_row(&table);
	}
	return csv_table_write(&table, dir, "claims.csv");
}
