/* See gemm.h. All loops but the one over the depth have constant bounds: they vanish, the sums are registers.
 */
#include "kernels/gemm.h"

typedef double vector __attribute__((vector_size(GEMM_LANES * sizeof(double)), may_alias));

void gemm_block(const double *restrict a, const double *restrict panel, double *restrict c, uint64_t stride,
		uint64_t depth, bool fresh)
{
	vector sums[GEMM_ROWS][GEMM_VECTORS];

	for (uint64_t i = 0; i < GEMM_ROWS; i++)
		for (int v = 0; v < GEMM_VECTORS; v++)
			sums[i][v] = fresh ? (vector){0} : ((const vector *)(c + i * stride))[v];
	for (uint64_t k = 0; k < depth; k++) {
		const vector *b = (const vector *)(panel + k * GEMM_PANEL);

		for (uint64_t i = 0; i < GEMM_ROWS; i++)
			for (int v = 0; v < GEMM_VECTORS; v++)
				sums[i][v] += a[i * stride + k] * b[v];
	}
	for (uint64_t i = 0; i < GEMM_ROWS; i++)
		for (int v = 0; v < GEMM_VECTORS; v++)
			((vector *)(c + i * stride))[v] = sums[i][v];
}
