/* The figure of the suite `stall` that others have published. */
#ifndef PVT_FINDINGS_STALL_H
#define PVT_FINDINGS_STALL_H

#include "bench/samples/pairing.h"

/* For how long a fork holds up another thread with the most memory in pages of 4 KiB, per GiB of it, in ns.
 */
struct estimate stall_per_gib(const struct summary *s);

#endif
