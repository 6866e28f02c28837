#include "bench/base/option_table.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/text.h"
#include "bench/base/units.h"

enum { SHOWN_BYTES = 80, WANTED_BYTES = 200 };

int option_refuse(const struct option_row *row, const char *text, const char *wanted)
{
	char shown[SHOWN_BYTES];
	return complain(EXIT_UNUSABLE, "--%s: '%s' is not %s", row->name,
			text_show(text, shown, sizeof shown), wanted);
}

const struct option_row *option_table_find(const struct option_row *rows, const char *name, size_t length)
{
	for (const struct option_row *row = rows; row->name; row++)
		if (strlen(row->name) == length && strncmp(row->name, name, length) == 0)
			return row;
	return NULL;
}

/* ---- one option ---- */

static int take_count(const struct option_row *row, uint64_t *value, const char *text)
{
	char wanted[WANTED_BYTES];
	if (units_count(text, value) == 0 && *value >= row->least && *value <= row->most)
		return 0;
	snprintf(wanted, sizeof wanted, "a whole number from %llu to %llu", (unsigned long long)row->least,
		 (unsigned long long)row->most);
	return option_refuse(row, text, wanted);
}

static int take_choice(const struct option_row *row, int *value, const char *text)
{
	char wanted[WANTED_BYTES], *words = strdup(row->words), *rest = words, *word;
	int n = 0;
	if (!words)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (; (word = strsep(&rest, " ")); n++)
		if (strcmp(word, text) == 0)
			break;
	free(words);
	*value = n;
	if (word)
		return 0;
	size_t length = (size_t)snprintf(wanted, sizeof wanted, "one of ");
	for (const char *c = row->words; *c && length < sizeof wanted - 2; c++) {
		if (*c == ' ')
			wanted[length++] = ',';
		wanted[length++] = *c;
	}
	wanted[length] = '\0';
	return option_refuse(row, text, wanted);
}

int option_take(const struct option_row *row, void *request, const char *text)
{
	void *place = (char *)request + row->offset;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)place = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)place = text;
		return 0;
	case OPTION_NAME:
		*(const char **)place = text;
		return *text ? 0 : option_refuse(row, text, "a name");
	case OPTION_COUNT:
		return take_count(row, place, text);
	case OPTION_TIME:
		return units_time_ns(text, place) == 0 && *(uint64_t *)place > 0
			       ? 0
			       : option_refuse(row, text, "a time such as 500ms, 180s or 3min");
	case OPTION_SHARE:
		return units_share(text, place) == 0 && *(double *)place > 0
			       ? 0
			       : option_refuse(row, text, "a share such as 2%");
	case OPTION_CHOICE:
		return take_choice(row, place, text);
	default: /* OPTION_TAKEN */
		return row->take(request, row, text);
	}
}

/* ---- all of them ---- */

static size_t count_rows(const struct option_row *rows)
{
	size_t n = 0;
	while (rows[n].name)
		n++;
	return n;
}

int option_table_read(const char *command, const struct option_row *rows, int argc, char **argv,
		      void *request)
{
	size_t count = count_rows(rows);
	struct option *options = calloc(count + 1, sizeof *options);
	int index = 0, found, code = options ? 0 : complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < count && options; i++)
		options[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument,
					     NULL, 1};
	opterr = 0;
	optind = 1;
	while (!code && (found = getopt_long(argc, argv, ":", options, &index)) != -1)
		code = found == 1 ? option_take(&rows[index], request, optarg)
				  : complain(EXIT_UNUSABLE, "%s %s; see `pvt help %s`", argv[optind - 1],
					     found == ':' ? "needs a value" : "is not an option", command);
	free(options);
	return code;
}

/* ---- for people ---- */

enum { HELP_COLUMN = 24, HELP_WIDTH = 79 };

/* A sentence in lines, from the column on; the first one begins there. */
static void put_lines(FILE *file, const char *text)
{
	size_t room = HELP_WIDTH - HELP_COLUMN, at = 0;
	while (*text) {
		size_t word = strcspn(text, " ");
		if (at && at + 1 + text_columns(text, word) > room) {
			fprintf(file, "\n%*s", HELP_COLUMN, "");
			at = 0;
		}
		fprintf(file, "%s%.*s", at ? " " : "", (int)word, text);
		at += (at ? 1 : 0) + text_columns(text, word);
		text += word + strspn(text + word, " ");
	}
	fputc('\n', file);
}

void option_table_put_help(FILE *file, const struct option_row *rows)
{
	for (const struct option_row *row = rows; row->name; row++) {
		char option[SHOWN_BYTES];
		if (!row->help)
			continue;
		if (row->heading)
			fprintf(file, "%s\n", row->heading);
		snprintf(option, sizeof option, "  --%s%s%s", row->name, row->value ? " " : "",
			 row->value ? row->value : "");
		fprintf(file, "%s", option);
		size_t columns = text_columns(option, strlen(option));
		if (columns + 2 > HELP_COLUMN)
			fprintf(file, "\n%*s", HELP_COLUMN, "");
		else
			fprintf(file, "%*s", (int)(HELP_COLUMN - columns), "");
		put_lines(file, row->help);
	}
}
