/*
 * What does a lock cost? Each worker takes the mutex, adds 1 to a counter, and lets the mutex go, for 80 ms.
 * With one worker nobody is ever in the way; with two, each on a CPU of its own, somebody mostly is.
 *
 * Prints ns per operation as one worker sees it: workers times the 80 ms, over the operations of all.
 */
#include "plain.h"

enum { WORKERS_MAX = 64, WINDOW_US = 80000 };

static struct {
	pthread_mutex_t mutex;
	long counter;
	_Alignas(128) atomic_uint ready;
	_Alignas(128) atomic_bool go, stop;
} * shared;

static void *count(void *arg)
{
	pin(*(const size_t *)arg);
	atomic_fetch_add(&shared->ready, 1);
	while (!shared->go)
		relax();
	while (!atomic_load_explicit(&shared->stop, memory_order_relaxed)) {
		pthread_mutex_lock(&shared->mutex);
		shared->counter++;
		pthread_mutex_unlock(&shared->mutex);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static size_t rank[WORKERS_MAX];
	struct worker workers[WORKERS_MAX];
	pthread_mutexattr_t attr;
	size_t n = argc == 3 ? number(argv[2]) : 0;
	if (n == 0 || n > WORKERS_MAX)
		usage("mutex thread|fork WORKERS");
	shared = shared_memory(sizeof *shared);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->mutex, &attr);

	for (size_t i = 0; i < n; i++) {
		rank[i] = i;
		start(&workers[i], is_process(argv[1]), count, &rank[i]);
	}
	while (shared->ready < n)
		usleep(100);
	double begin = now_ns();
	shared->go = true;
	usleep(WINDOW_US);
	shared->stop = true;
	double ns = now_ns() - begin;
	for (size_t i = 0; i < n; i++)
		finish(&workers[i]);
	printf("%.2f\n", (double)n * ns / (double)shared->counter);
	return 0;
}
