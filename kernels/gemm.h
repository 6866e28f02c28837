/*
 * The inner loop of a matrix product: a block of C that stays in registers while rows of a packed panel of B
 * stream past. The compiler makes vector instructions of it, whatever the machine has.
 */
#ifndef PVT_GEMM_H
#define PVT_GEMM_H

#include <stdbool.h>
#include <stdint.h>

/* A block is BLOCK_ROWS rows of three vectors: 24 or 12 sums, three vectors of B and one element of A. */
#if defined(__AVX512F__)
enum { LANES = 8, BLOCK_ROWS = 8 };
#elif defined(__AVX__)
enum { LANES = 4, BLOCK_ROWS = 4 };
#else
enum { LANES = 2, BLOCK_ROWS = 4 };
#endif
enum { BLOCK_VECTORS = 3, PANEL = BLOCK_VECTORS * LANES };

/*
 * c[BLOCK_ROWS][PANEL] += a[BLOCK_ROWS][depth] * panel[depth][PANEL]; fresh: = instead of +=. Rows of a and c
 * are `stride` elements apart, those of the panel PANEL. c and panel are aligned to a vector.
 */
void gemm_block(const double *a, const double *panel, double *c, uint64_t stride, uint64_t depth, bool fresh);

#endif
