/* The cell's side of the protocol: takes orders until the desk has no more. */
#ifndef PVT_CELL_SERVE_H
#define PVT_CELL_SERVE_H

/* Descriptors as they were inherited. Returns when the desk closes its end, or is not understood: an exit
 * code. */
int serve(int socket, int board_fd, int records_fd);

#endif
