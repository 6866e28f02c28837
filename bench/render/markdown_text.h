/* Text inside a page of Markdown. */
#ifndef PVT_MARKDOWN_TEXT_H
#define PVT_MARKDOWN_TEXT_H

#include <stdio.h>

/* Text from outside goes into a table cell or a sentence without becoming markup. */
void markdown_put_text(FILE *file, const char *text);

#endif
