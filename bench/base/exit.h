/* How the program ends: the exit codes that scripts rely on, and the one way to complain. */
#ifndef PVT_EXIT_H
#define PVT_EXIT_H

enum exit_code {
	EXIT_WELL = 0,
	EXIT_FAILED = 1,       /* a wrong result, a worker that failed, a regression */
	EXIT_UNUSABLE = 2,     /* usage, or input that cannot be used */
	EXIT_INCONCLUSIVE = 3, /* the data cannot tell */
	EXIT_INTERRUPTED = 130,
};

/* Prints "pvt: …" and a newline to standard error; returns `code`. */
__attribute__((format(printf, 2, 3))) int complain(int code, const char *format, ...);

#endif
