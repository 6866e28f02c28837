/* The figures of the suite `mapping`: memory that all workers map shared. */
#ifndef PVT_FINDINGS_MAPPING_H
#define PVT_FINDINGS_MAPPING_H

#include "bench/samples/readings.h"

#define MAPPING_SUITE "mapping"

/* Page tables of all workers, KiB; the time per page as one worker sees it, who goes through all of them, ns.
 */
reading reading_tables, reading_page;

/* Page tables of 4 KiB pages per process and GiB of the mapping, KiB. */
struct estimate mapping_tables_of_a_gib(const struct summary *s);

#endif
