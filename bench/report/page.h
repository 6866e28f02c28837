/*
 * The style and the script of report.html, bench/page/ as bytes. cmake/embed.cmake makes them at build, with
 * the hashes that the page's Content-Security-Policy names: a page can neither miss them nor find others.
 */
#ifndef PVT_PAGE_H
#define PVT_PAGE_H

#include <stddef.h>

enum { PAGE_SHA256_BYTES = 32 };

extern const unsigned char page_css[], page_js[];
extern const size_t page_css_bytes, page_js_bytes;
extern const unsigned char page_css_sha256[PAGE_SHA256_BYTES], page_js_sha256[PAGE_SHA256_BYTES];

#endif
