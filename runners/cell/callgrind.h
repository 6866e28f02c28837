/*
 * Cells under valgrind's callgrind, which counts the instructions of each job of a worker (worker_job, what
 * span_ns times): where the processor's own counters cannot be read, `pvt gate --metric instructions` asks
 * for this with PVT_CALLGRIND=FOLDER in the environment of its arms.
 */
#ifndef PVT_CALLGRIND_H
#define PVT_CALLGRIND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CALLGRIND_VARIABLE "PVT_CALLGRIND"
#define CALLGRIND_PROGRAM "valgrind"

enum { CALLGRIND_WORDS = 6, CALLGRIND_BYTES = 4400 };

/* The folder for its files; NULL: cells run as they are. */
const char *callgrind_folder(void);

/* What a cell's command line begins with; the last one is the file's name, made in `text`. */
void callgrind_words(char *words[static CALLGRIND_WORDS], char text[static CALLGRIND_BYTES]);

/* The instructions of the last job of the cell that had this pid; NaN: it has counted none. Its files are
 * removed. */
double callgrind_instructions(pid_t pid);

#endif
