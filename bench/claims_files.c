#include "bench/claims_files.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/folder.h"
#include "bench/markdown.h"

void claims_put_count(FILE *file, const struct claims *claims)
{
	static const char *const words[][2] = {
		[CLAIM_HOLDS] = {"holds", "hold"},
		[CLAIM_FAILS] = {"does not", "do not"},
		[CLAIM_DEPENDS] = {"depends", "depend"},
		[CLAIM_UNKNOWN] = {"cannot be told here", "cannot be told here"}};
	size_t count[4] = {0};
	for (size_t i = 0; i < claims->count; i++)
		count[claims->claim[i].verdict]++;
	fprintf(file, "Of %zu claims that are taught about processes and threads,", claims->count);
	const char *comma = "";
	for (size_t v = 0; v < 4; v++) {
		if (!count[v])
			continue;
		fprintf(file, "%s %zu %s", comma, count[v], words[v][count[v] != 1]);
		comma = ",";
	}
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
	      "invocations. "
	      "*Depends* and *cannot tell* say on what. *From* names the columns of `samples.csv` that the "
	      "figures come from.\n\n",
	      file);
	fputs("| what is claimed | verdict | what was measured | from | by |\n|---|---|---|---|---|\n", file);
	for (size_t i = 0; i < claims->count; i++)
		put_row(file, &claims->claim[i]);
	fputc('\n', file);
}

/* Words after an indent of `indent` columns, in lines of at most 80. All of it is plain ASCII. */
static void print_wrapped(const char *text, int indent)
{
	int column = indent;
	for (const char *word = text; *word;) {
		int length = (int)strcspn(word, " ");
		if (column > indent && column + 1 + length > 80) {
			printf("\n%*s", indent, "");
			column = indent;
		}
		column += printf("%s%.*s", column > indent ? " " : "", length, word);
		word += length;
		word += *word == ' ';
	}
	putchar('\n');
}

static bool is_unknown(const struct claim *c)
{
	return c->verdict == CLAIM_UNKNOWN && *c->measured;
}

/* Why what was measured does not tell, each reason once. */
static void print_reasons(const struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		bool told = !is_unknown(c);
		for (size_t k = 0; k < i && !told; k++)
			told = is_unknown(&claims->claim[k]) &&
			       strcmp(claims->claim[k].reason, c->reason) == 0;
		if (told)
			continue;
		printf("%-16s  ", "cannot tell:");
		print_wrapped(c->reason, 18);
	}
}

void claims_print(const struct claims *claims)
{
	bool begun = false;
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		if (!*c->measured)
			continue;
		if (!begun)
			printf("\n%-16s  %s\n", "verdict", "claim");
		begun = true;
		printf("%-16s  ", claims_verdict_name(c->verdict));
		print_wrapped(c->claim, 18);
	}
	print_reasons(claims);
}

int claims_write(const char *dir, const struct claims *claims)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);
	if (!file)
		return -ENOMEM;
	fputs("id,claim,verdict,measured,reason,consequence,command,figure,stamps\r\n", file);
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		const char *fields[] = {c->id,
					c->claim,
					claims_verdict_name(c->verdict),
					c->measured,
					c->reason,
					c->consequence ? c->consequence : "",
					c->command ? c->command : "",
					c->figure ? c->figure : "",
					c->stamps};
		for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
			if (k)
				fputc(',', file);
			csv_fwrite(file, fields[k], strlen(fields[k]));
		}
		fputs("\r\n", file);
	}
	int error = fclose(file) == EOF ? -ENOMEM : folder_write(dir, "claims.csv", text, bytes);
	free(text);
	return error;
}
