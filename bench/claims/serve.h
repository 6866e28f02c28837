/* The figures of the suite `serve`: a small server and its client. */
#ifndef PVT_FINDINGS_SERVE_H
#define PVT_FINDINGS_SERVE_H

#include "bench/samples/pairing.h"

#define SERVE_SUITE "serve"

/* What one connection occupies, KiB: the workers' memory over the connections. */
reading reading_kib_a_connection;

/* The same of 100 connections with a process each. */
struct estimate serve_kib_of_process(const struct summary *s);

#endif
