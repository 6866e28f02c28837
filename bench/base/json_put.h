/* Writing JSON. */
#ifndef PVT_JSON_PUT_H
#define PVT_JSON_PUT_H

#include <jansson.h>
#include <stdio.h>

/*
 * Writes it and a newline, and drops the reference; NULL is what could not be made. 0 or -ENOMEM. A write
 * that fails is none of its errors: it is in ferror(file), where the file's owner looks (of standard output,
 * main).
 */
int json_put(json_t *root, FILE *file);

#endif
