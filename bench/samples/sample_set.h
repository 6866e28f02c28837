/* The samples of several files as one: one side of a comparison, or a history. */
#ifndef PVT_SAMPLE_SET_H
#define PVT_SAMPLE_SET_H

#include "bench/samples/summary.h"

struct sample_set {
	struct samples samples; /* rows point into `files` */
	struct samples *files;
	char **path; /* of the files */
	size_t file_count;
	struct summary summary;
};

/*
 * Reads all files of the patterns (glob(7)), in this order, each once; a folder stands for its samples.csv.
 * 0, or -errno with `why`, which is left alone where there is no memory. sample_set_free is fine afterwards
 * in both cases.
 */
int sample_set_read(struct sample_set *side, size_t count, const char *const *pattern, char *why,
		    size_t why_bytes);
void sample_set_free(struct sample_set *side);

#endif
