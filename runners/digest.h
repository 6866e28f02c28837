/* Whether files on different machines are the same, told by a number: FNV-1a, 64 bits (G. Fowler, L. Noll,
 * K.-P. Vo, draft-eastlake-fnv). It guards against mistakes, not against malice. */
#ifndef PVT_DIGEST_H
#define PVT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

uint64_t digest_bytes(const void *data, size_t bytes, uint64_t so_far);
#define DIGEST_START UINT64_C(0xcbf29ce484222325)

/* Of a whole file's content. 0 or -errno. */
int digest_file(const char *path, uint64_t *digest);

#endif
