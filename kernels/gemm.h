/*
 * The inner loop of a matrix product: a block of C that stays in registers while rows of a packed panel of B
 * stream past. The compiler makes vector instructions of it, whatever the machine has.
 */
#ifndef PVT_GEMM_H
#define PVT_GEMM_H

#include <stdbool.h>
#include <stdint.h>

/* A block is GEMM_ROWS rows of three vectors: 24 or 12 sums, three vectors of B and one element of A. */
#if defined(__AVX512F__)
enum { GEMM_LANES = 8, GEMM_ROWS = 8 };
#elif defined(__AVX__)
enum { GEMM_LANES = 4, GEMM_ROWS = 4 };
#else
enum { GEMM_LANES = 2, GEMM_ROWS = 4 };
#endif
enum { GEMM_VECTORS = 3, GEMM_PANEL = GEMM_VECTORS * GEMM_LANES };

/*
 * c[GEMM_ROWS][GEMM_PANEL] += a[GEMM_ROWS][depth] * panel[depth][GEMM_PANEL]; fresh: = instead of +=. Rows of
 * a and c are `stride` elements apart, those of the panel GEMM_PANEL. c and panel are aligned to a vector.
 */
void gemm_block(const double *a, const double *panel, double *c, uint64_t stride, uint64_t depth, bool fresh);

#endif
