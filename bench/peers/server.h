/*
 * A peer that runs in a process of its own, and is asked to measure: OpenMP, oneTBB, Python. While it is not
 * asked it is stopped by SIGSTOP, so that its waiting threads take no processor from what else is measured.
 */
#ifndef PVT_PEERS_SERVER_H
#define PVT_PEERS_SERVER_H

struct server;

/* Starts `program` (searched in PATH if it has no slash) with one argument, or NULL. NULL and errno on
 * failure. */
struct server *server_start(const char *program, const char *argument);
/* A program that was built next to this one. */
struct server *server_start_beside(const char *name, const char *argument);
void server_stop(struct server *server);

/* Asks; the answer is a time in ns. 0 or -errno; -ENOENT: it says that it has no such thing. */
int server_ask(struct server *server, double *ns, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
