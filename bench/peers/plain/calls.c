/*
 * Which calls do threads get in each other's way with? Two workers, each on a CPU of its own, repeat a call
 * for 40 ms or more. Threads share a table of descriptors, an address space and a heap; processes have their
 * own.
 *
 * Prints ns per call (or pair of calls) as one worker sees it: the time of both, over the calls of both.
 */
#include <fcntl.h>
#include <signal.h>

#include "plain.h"

/* A mapping of map-fault fills such a window alone: it has one ten times as long, in which it comes and goes.
 */
enum { WORKERS = 2, WINDOW_US = 40000, MAPPINGS = 10, MAP_BYTES = 128 << 10 };

static struct {
	atomic_uint ready;
	_Alignas(128) atomic_bool go, stop;
	_Alignas(128) atomic_ulong calls;
} * shared;

/* What a worker has of its own. */
struct own {
	size_t rank;
	char path[64];
	int file;
	sigset_t signals;
	pid_t process, thread;
	volatile char *mapping;
	size_t touched;
};

static bool allocate(size_t bytes)
{
	volatile char *memory = malloc(bytes);
	if (memory)
		*memory = 1;
	free((void *)(size_t)memory);
	return memory;
}

static bool call_malloc_64k(struct own *own)
{
	(void)own;
	return allocate((size_t)64 << 10);
}

static bool call_malloc_128m(struct own *own)
{
	(void)own;
	return allocate((size_t)128 << 20);
}

static bool call_mmap(struct own *own)
{
	volatile char *memory = mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				     0);
	(void)own;
	if (memory == MAP_FAILED)
		return false;
	*memory = 1;
	return munmap((void *)(size_t)memory, MAP_BYTES) == 0;
}

/* A page is written to; with the first one a mapping of 128 MiB comes, with the last one it goes. */
static bool call_map_fault(struct own *own)
{
	size_t bytes = (size_t)128 << 20;
	if (own->touched == 0) {
		own->mapping = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (own->mapping == MAP_FAILED ||
		    madvise((void *)(size_t)own->mapping, bytes, MADV_NOHUGEPAGE))
			return false;
	}
	own->mapping[own->touched] = 1;
	own->touched = (own->touched + 4096) % bytes;
	return own->touched || munmap((void *)(size_t)own->mapping, bytes) == 0;
}

static bool call_open(struct own *own)
{
	int fd = open(own->path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && close(fd) == 0;
}

static bool call_dup(struct own *own)
{
	int fd = dup(own->file);
	return fd >= 0 && close(fd) == 0;
}

static bool call_getppid(struct own *own)
{
	(void)own;
	return getppid() >= 0;
}

/* To oneself; the signal is blocked and waits until it is taken. */
static bool call_signal(struct own *own)
{
	static const struct timespec at_once;
	return syscall(SYS_tgkill, own->process, own->thread, SIGUSR1) == 0 &&
	       sigtimedwait(&own->signals, NULL, &at_once) == SIGUSR1;
}

static const struct {
	const char *name;
	bool (*call)(struct own *);
} list[] = {
	{"malloc-64k", call_malloc_64k},
	{"malloc-128m", call_malloc_128m},
	{"mmap", call_mmap},
	{"map-fault", call_map_fault},
	{"open", call_open},
	{"dup", call_dup},
	{"getppid", call_getppid},
	{"signal", call_signal},
};
static bool (*call)(struct own *);

static void prepare(struct own *own)
{
	pin(own->rank);
	snprintf(own->path, sizeof own->path, "/dev/shm/plain-XXXXXX");
	own->file = mkstemp(own->path);
	if (own->file < 0)
		die("mkstemp");
	sigemptyset(&own->signals);
	sigaddset(&own->signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &own->signals, NULL);
	own->process = getpid();
	own->thread = gettid();
}

static void *repeat(void *arg)
{
	struct own *own = arg;
	unsigned long calls = 0;
	prepare(own);
	atomic_fetch_add(&shared->ready, 1);
	while (!shared->go)
		relax();
	for (; !atomic_load_explicit(&shared->stop, memory_order_relaxed); calls++)
		if (!call(own))
			die("the call has failed");
	atomic_fetch_add(&shared->calls, calls);
	unlink(own->path);
	return NULL;
}

int main(int argc, char **argv)
{
	struct own own[WORKERS];
	struct worker workers[WORKERS];
	for (size_t i = 0; argc == 3 && i < sizeof list / sizeof *list; i++)
		if (strcmp(argv[1], list[i].name) == 0)
			call = list[i].call;
	if (!call)
		usage("calls malloc-64k|malloc-128m|mmap|map-fault|open|dup|getppid|signal thread|fork");
	shared = shared_memory(sizeof *shared);

	for (size_t i = 0; i < WORKERS; i++) {
		own[i].rank = i;
		start(&workers[i], is_process(argv[2]), repeat, &own[i]);
	}
	while (shared->ready < WORKERS)
		usleep(100);
	double begin = now_ns();
	shared->go = true;
	usleep(call == call_map_fault ? MAPPINGS * WINDOW_US : WINDOW_US);
	shared->stop = true;
	double ns = now_ns() - begin;
	for (size_t i = 0; i < WORKERS; i++)
		finish(&workers[i]);
	printf("%.2f\n", WORKERS * ns / (double)shared->calls);
	return 0;
}
