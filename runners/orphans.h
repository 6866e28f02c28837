/*
 * Processes that a worker started and left behind. They outlive their parent, and would go on using the
 * machine while other cases are measured.
 */
#ifndef PVT_ORPHANS_H
#define PVT_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * From now on whoever loses its parent below this process becomes its child, so that orphans_end finds it.
 * False if this process has children already, from the program that it was before exec: then orphans_end,
 * which could not tell them apart, is not to be called.
 */
bool orphans_adopt(void);

/*
 * Kills and reaps every child of this process, which must have none of its own left. How many were still
 * running, with the first one told in `text`: "process 4242 ('kernel/w1')". A forked process has its name
 * from the worker that it came from.
 */
unsigned orphans_end(char *text, size_t bytes);

#endif
