/*
 * Text and files inside an HTML page. Whatever comes from samples or env.json is written by these functions
 * alone: it is shown, and never becomes markup.
 */
#ifndef PVT_HTML_TEXT_H
#define PVT_HTML_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* The text as it stands between tags or in a quoted attribute. Control characters are shown as \xNN. */
void html_put_text(FILE *file, const char *text);

/* "<tag>text</tag>" with the text escaped; `tag` may have attributes: "td class=n". */
void html_put_element(FILE *file, const char *tag, const char *text);

/* The bytes as base64, as a Content-Security-Policy wants them. */
void html_put_base64(FILE *file, const unsigned char *bytes, size_t count);

/* An SVG file as a data: URL for a double-quoted attribute. 0 or -errno, then nothing was written. */
int html_put_svg_url(FILE *file, const char *path);

#endif
