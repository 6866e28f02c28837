/* What a run_id says: "<ns since 1970, hexadecimal>-<pid>-<invocation>". */
#ifndef PVT_RUN_ID_H
#define PVT_RUN_ID_H

#include <stdint.h>

/* The invocation that a run_id names. */
uint64_t run_id_invocation(const char *run_id);

/* When it began, in ns since 1970 (UTC), as its run_id says; 0 where that is none of ours. */
uint64_t run_id_time(const char *run_id);

#endif
