/* What every plain program here needs: the clock, a median, and a way out. */
#ifndef PLAIN_H
#define PLAIN_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static inline uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
static inline _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}
static inline int plain_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}
static inline double median(double *x, size_t n)
{
	qsort(x, n, sizeof *x, plain_order);
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}
#endif
