/*
 * The options of a command as a table of which everything is made: they are read by it, `pvt help` prints it,
 * `pvt list options` tells it to the completions, and the test `manual` holds the manual pages to it.
 */
#ifndef PVT_OPTION_TABLE_H
#define PVT_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind {
	OPTION_FLAG,   /* bool, which becomes true */
	OPTION_TEXT,   /* const char *, as given */
	OPTION_NAME,   /* the same, and not empty */
	OPTION_COUNT,  /* uint64_t, a whole number from `least` to `most` */
	OPTION_TIME,   /* uint64_t, ns, not 0 */
	OPTION_SHARE,  /* double, above 0 */
	OPTION_CHOICE, /* int, which of `words` it is, from 0 */
	OPTION_TAKEN,  /* `take` does it; of a flag, `text` is NULL */
};

struct option_row {
	const char *name;  /* without dashes; NULL: the table ends */
	const char *value; /* what stands for its value in help; NULL: it has none */
	/* What may be its value, for completions: words with blanks between them, or @kernels, @runners,
	 * @suites,
	 * @file, @folder; before a list "," says that several may be given. NULL: anything. */
	const char *words;
	const char *help;    /* one sentence; NULL: the option is pvt's own, and not shown */
	const char *heading; /* of the options from here on, in help; NULL: as before */
	enum option_kind kind;
	size_t offset; /* of its place in the request */
	uint64_t least, most;
	/* 0, or EXIT_UNUSABLE after a message: option_refuse. */
	int (*take)(void *request, const struct option_row *row, const char *text);
};

/*
 * Reads argv[1…] into the request, until one is refused; arguments that are no options go to the end, from
 * argv[optind] on. 0, or EXIT_UNUSABLE after a message that names the option. `command` is for the message.
 */
int option_table_read(const char *command, const struct option_row *rows, int argc, char **argv,
		      void *request);

/* What one option is given, as if it stood on the command line. */
int option_take(const struct option_row *row, void *request, const char *text);

/* The row of that name, of `length` characters; NULL: there is none. */
const struct option_row *option_table_find(const struct option_row *rows, const char *name, size_t length);

/* "--NAME: 'TEXT' is not WANTED": EXIT_UNUSABLE. */
int option_refuse(const struct option_row *row, const char *text, const char *wanted);

/* All options for people, in 80 columns. */
void option_table_put_help(FILE *file, const struct option_row *rows);

#endif
