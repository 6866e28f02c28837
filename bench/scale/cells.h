/* What cells of the tables about several machines hold. */
#ifndef PVT_SCALE_CELLS_H
#define PVT_SCALE_CELLS_H

#include "bench/render/document.h"
#include "bench/scale/scale.h"

/* In the unit of what it is of; NULL: a dash. */
void scale_cell_estimate(struct document_row *row, enum scale_what what, const struct estimate *e);

/* "kmeans 180000", "all-reduce of 8 B"; returns `text`. */
const char *scale_point_name(const struct scale_point *p, char text[static DOCUMENT_CELL_BYTES]);

/* The section about what is predicted. */
void scale_put_model(struct document *page, const struct scale *scale);

#endif
