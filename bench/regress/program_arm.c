#include "bench/regress/program_arm.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/draft.h"
#include "bench/base/exit.h"
#include "runners/launcher.h"
#include "runners/module.h"

/* One word for the shell, whatever is in it. */
static void put_word(FILE *file, const char *text)
{
	fputc('\'', file);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", file);
		else
			fputc(*text, file);
	fputc('\'', file);
}

char *program_arm(const char *command)
{
	char plugin[MODULE_FILE_BYTES], program[PATH_MAX];
	struct draft draft;
	if (!realpath(process_program(), program)) {
		complain(EXIT_UNUSABLE, "the file of this program cannot be found: %s", strerror(errno));
		return NULL;
	}
	if (!module_file("pvt-program.so", plugin, sizeof plugin)) {
		complain(EXIT_UNUSABLE,
			 "'%s' is missing, which runs a command as a kernel: install pvt whole", plugin);
		return NULL;
	}
	if (draft_open(&draft)) {
		complain(EXIT_UNUSABLE, "out of memory");
		return NULL;
	}
	fputs("env PROGRAM=", draft.file);
	put_word(draft.file, command);
	fputc(' ', draft.file);
	put_word(draft.file, program);
	fputs(" run --plugin ", draft.file);
	put_word(draft.file, plugin);
	fputs(" --kernel program --suite scaling --runner seq --size 1", draft.file);
	if (draft_close(&draft)) {
		free(draft.text);
		complain(EXIT_UNUSABLE, "out of memory");
		return NULL;
	}
	return draft.text;
}
