/* The part of a table that one figure shows: gnuplot reads a table slowly, and most of summary.csv is other
 * suites'. */
#ifndef PVT_PLOT_TABLE_H
#define PVT_PLOT_TABLE_H

/*
 * Writes the header of DIR/table and its rows of `suite` to DIR/part. 0 or -errno: -EINVAL for a table whose
 * first column is not `suite`, and for the suite "", which is all of them.
 */
int plot_table_cut(const char *dir, const char *table, const char *suite, const char *part);

#endif
