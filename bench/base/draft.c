#include "bench/base/draft.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/base/folder.h"

int draft_open(struct draft *d)
{
	*d = (struct draft){0};
	d->file = open_memstream(&d->text, &d->bytes);
	return d->file ? 0 : -ENOMEM;
}

int draft_close(struct draft *d)
{
	int error = fclose(d->file) == EOF ? -ENOMEM : 0;
	d->file = NULL;
	return error;
}

int draft_write(struct draft *d, int error, const char *dir, const char *name)
{
	int closed = draft_close(d);
	error = error ? error : closed ? closed : folder_write(dir, name, d->text, d->bytes);
	free(d->text);
	d->text = NULL;
	return error;
}
