/* The figures of the suite `bystander`: one worker changes its address space, the others do not. */
#ifndef PVT_FINDINGS_BYSTANDER_H
#define PVT_FINDINGS_BYSTANDER_H

#include "bench/samples/pairing.h"

#define BYSTANDER_SUITE "bystander"

/* A kernel's case at the most workers that have a unit each; NULL: not measured. */
const struct case_summary *bystander_case(const struct summary *s, const char *kernel, const char *runner);

/* What mmap, a touch and munmap take a thread next to others that compute, less what they take a process, in
 * ns. */
struct estimate bystander_shootdown(const struct summary *s);

#endif
