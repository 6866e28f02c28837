/* Tables in CSV (RFC 4180), cell by cell: commas and the ends of lines are nobody else's business. */
#ifndef PVT_CSV_TABLE_H
#define PVT_CSV_TABLE_H

#include <stdint.h>

#include "bench/base/draft.h"

struct csv_table {
	struct draft draft;
	size_t cells; /* in the row that is begun */
};

/* `head` is the first line, without its end. 0 or -ENOMEM. */
int csv_table_open(struct csv_table *table, const char *head);

/* A cell: text in quotes; a word of ours, without; a number, empty where it is none. */
void csv_text(struct csv_table *table, const char *text);
void csv_word(struct csv_table *table, const char *word);
void csv_count(struct csv_table *table, uint64_t count);
void csv_number(struct csv_table *table, double value);

/* Three cells. */
void csv_interval(struct csv_table *table, double value, double low, double high);

void csv_end_row(struct csv_table *table);

/* To DIR/name, whole or not at all. 0 or -errno; nothing is left to free. */
int csv_table_write(struct csv_table *table, const char *dir, const char *name);

#endif
