/*
 * Readers of other people's files, fed with anything: make fuzz lets libFuzzer think of it (clang), `corpus`
 * feeds what is kept in corpus/ through the same functions with any compiler.
 */
#ifndef PVT_TESTS_FUZZ_H
#define PVT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* What must hold for any input; a sanitizer or the debugger tells where. */
#define MUST(condition) ((condition) ? (void)0 : abort())

/* A file with this content, for readers that take a path; valid until the next call. */
const char *fuzz_file(const uint8_t *data, size_t bytes);

/* A folder for this process alone, gone when it ends; and a file in it. */
const char *fuzz_folder(void);
const char *fuzz_folder_file(const char *name, const uint8_t *data, size_t bytes);

/* The bytes with a NUL behind; free it. */
char *fuzz_text(const uint8_t *data, size_t bytes);

#endif
