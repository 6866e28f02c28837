#include "bench/render/csv_table.h"

#include <csv.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

int csv_table_open(struct csv_table *t, const char *head)
{
	*t = (struct csv_table){0};
	int error = draft_open(&t->draft);
	if (!error)
		fprintf(t->draft.file, "%s\r\n", head);
	return error;
}

static FILE *next_cell(struct csv_table *t)
{
	if (t->cells++)
		fputc(',', t->draft.file);
	return t->draft.file;
}

void csv_text(struct csv_table *t, const char *text)
{
	csv_fwrite(next_cell(t), text, strlen(text));
}

void csv_word(struct csv_table *t, const char *word)
{
	fputs(word, next_cell(t));
}

void csv_count(struct csv_table *t, uint64_t count)
{
	fprintf(next_cell(t), "%" PRIu64, count);
}

void csv_number(struct csv_table *t, double value)
{
	FILE *file = next_cell(t);
	if (isfinite(value))
		fprintf(file, "%.8g", value);
}

void csv_interval(struct csv_table *t, double value, double low, double high)
{
	csv_number(t, value);
	csv_number(t, low);
	csv_number(t, high);
}

void csv_end_row(struct csv_table *t)
{
	fputs("\r\n", t->draft.file);
	t->cells = 0;
}

int csv_table_write(struct csv_table *t, const char *dir, const char *name)
{
	return draft_write(&t->draft, 0, dir, name);
}
