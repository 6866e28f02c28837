/* The verdicts on a terminal of 80 columns and 24 lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/claims/files.h"
#include "bench/claims/judges.h"

/* Of the 24 lines the shell's prompt takes one, and where the report is up to two. */
enum { COLUMNS = 80, LINES = 21, FIGURE_COLUMN = 52 };

/* Words after `label`, in lines that begin at its end; how many lines. On a NULL file it only counts. */
static size_t put_wrapped(FILE *file, const char *label, const char *text)
{
	int indent = (int)strlen(label), column = indent;
	size_t lines = 1;
	if (file)
		fputs(label, file);
	for (const char *word = text; *word;) {
		int length = (int)strcspn(word, " ");
		bool begins = column == indent;
		if (!begins && column + 1 + length > COLUMNS) {
			if (file)
				fprintf(file, "\n%*s", indent, "");
			column = indent;
			begins = true;
			lines++;
		}
		if (file)
			fprintf(file, "%s%.*s", begins ? "" : " ", length, word);
		column += length + !begins;
		word += length;
		word += *word == ' ';
	}
	if (file)
		fputc('\n', file);
	return lines;
}

static const char *short_verdict(enum claim_verdict verdict)
{
	return verdict == CLAIM_SAME ? "no difference" : claims_verdict_name(verdict);
}

/* "2.95 [2.61, 3.30] x time"; the unit where there is room for it. */
static void show_figure(const struct claim *c, char text[static CLAIM_FIGURE_BYTES])
{
	const struct estimate *e = &c->deciding;
	if (!e->n) {
		snprintf(text, CLAIM_FIGURE_BYTES, "%s", c->tally);
		return;
	}
	claims_show_ratio(e, text);
	char *note = strchr(text, '(');
	if (note) /* what it rests on, without the extremes */
		snprintf(note, CLAIM_FIGURE_BYTES - (size_t)(note - text), "(%zu invocation%s)", e->n,
			 e->n == 1 ? "" : "s");
	size_t n = strlen(text);
	if (FIGURE_COLUMN + n + 1 + strlen(c->unit) < COLUMNS)
		snprintf(text + n, CLAIM_FIGURE_BYTES - n, " %s", c->unit);
}

static size_t print_rows(const struct claims *claims)
{
	char figure[CLAIM_FIGURE_BYTES];
	size_t lines = 2;
	printf("\n%-17s %-33s %s\n", "verdict", "claim", "figure [95 % interval]");
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		if (c->verdict == CLAIM_UNMEASURED)
			continue;
		show_figure(c, figure);
		printf("%-17s %-*s%s%s\n", short_verdict(c->verdict), *figure ? 33 : 0, c->brief,
		       *figure ? " " : "", figure);
		lines++;
	}
	return lines;
}

/* The names of suites in a command, "pvt run --suite lifecycle,channel", that `text` does not have yet. */
static void add_suites(const char *command, char *text)
{
	const char *suites = strstr(command, "--suite ");
	char name[64];
	for (const char *s = suites ? suites + strlen("--suite ") : ""; *s && *s != ' ';) {
		size_t length = strcspn(s, ", ");
		snprintf(name, sizeof name, "%.*s", (int)length, s);
		if (!strstr(text, name))
			claims_add(text, "%s%s", *text ? "," : "", name);
		s += length;
		s += *s == ',';
	}
}

/* The command that would decide what is open, if time would: on one line, to be copied. */
static size_t print_open(const struct claims *claims)
{
	static const char label[] = "To decide what is open:  ";
	char suites[CLAIM_BYTES] = "", text[CLAIM_BYTES] = "";
	for (size_t i = 0; i < claims->count; i++)
		if (claims->claim[i].takes_time && claims->claim[i].command)
			add_suites(claims->claim[i].command, suites);
	if (!*suites)
		return 0;
	claims_add(text, "%spvt run --suite %s --budget 5min", label, suites);
	if (strlen(text) > COLUMNS) /* so much is open that it takes a whole run */
		snprintf(text, sizeof text, "%spvt run --budget 10min", label);
	puts(text);
	return 1;
}

static size_t print_unmeasured(const struct claims *claims)
{
	char *text = NULL;
	size_t bytes, lines = 0;
	FILE *file = claims_count(claims, CLAIM_UNMEASURED) ? open_memstream(&text, &bytes) : NULL;
	if (!file)
		return 0;
	claims_put_unmeasured(file, claims);
	if (fclose(file) != EOF)
		lines = put_wrapped(stdout, "", text);
	free(text);
	return lines;
}

/* What changes a choice comes before what changes none. */
static bool is_first(const struct claim *c)
{
	return c->verdict == CLAIM_HOLDS || c->verdict == CLAIM_DEPENDS;
}

/* Whole ones alone, as many as fit. */
static void print_consequences(const struct claims *claims, size_t room)
{
	size_t left = 0, taken = 2; /* an empty line, and one for how many are left */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < claims->count; i++) {
			const struct claim *c = &claims->claim[i];
			if (!c->consequence || is_first(c) != (round == 0))
				continue;
			size_t lines = put_wrapped(NULL, "- ", c->consequence);
			if (left || taken + lines > room) {
				left++;
				continue;
			}
			if (taken == 2)
				putchar('\n');
			taken += put_wrapped(stdout, "- ", c->consequence);
		}
	if (left)
		printf("%s%zu more recommendation%s: RESULTS.md\n", taken == 2 ? "" : "- ", left,
		       left == 1 ? "" : "s");
}

void claims_print(const struct claims *claims)
{
	size_t lines = 0;
	if (claims_count(claims, CLAIM_UNMEASURED) < claims->count)
		lines += print_rows(claims);
	lines += print_unmeasured(claims);
	lines += print_open(claims);
	print_consequences(claims, lines < LINES ? LINES - lines : 0);
}
