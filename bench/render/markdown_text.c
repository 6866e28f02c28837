#include "bench/render/markdown_text.h"

#include <string.h>

void markdown_put_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>#|", *text))
			fputc('\\', file);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
	}
}
