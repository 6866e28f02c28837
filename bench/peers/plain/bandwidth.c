/*
 * How fast do messages of 1 MiB go from one thread, or process, to another? The workers are pinned to the
 * first two CPUs that this program may use; the sender writes each message in full and the receiver adds it
 * up. ring: two slots in shared memory    spin: one slot, written and read in turn (both spin while they
 * wait) pipe: write() and read() of whole messages Prints bytes per second, over 256 messages (pipe: 64)
 * after 16 to warm up.
 */
#include "plain.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGE = 1 << 20, WORDS = MESSAGE / 8, WARM_UP = 16 };

/* In memory that both share: how many messages were written and read, and the slots. */
static struct shared {
	_Alignas(128) atomic_uint written;
	_Alignas(128) atomic_uint read;
	_Alignas(4096) unsigned char slot[2][MESSAGE];
} * shared;
static unsigned slots; /* 0: a pipe */
static unsigned messages;
static int ends[2];

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Pins the caller to the n-th CPU, from 0, of those that it may use. */
static void pin_to(int n)
{
	cpu_set_t allowed, one;
	int cpu = -1;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
		die("no second CPU");
	while (n >= 0)
		if (CPU_ISSET(++cpu, &allowed))
			n--;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof one, &one) != 0)
		die("sched_setaffinity");
}

static void *sender(void *unused)
{
	static unsigned char buffer[MESSAGE];
	pin_to(1);
	for (unsigned i = 0; i < WARM_UP + messages; i++) {
		if (slots) {
			while (i - atomic_load_explicit(&shared->read, memory_order_acquire) == slots)
				relax();
			memset(shared->slot[i % slots], (int)(i % 251), MESSAGE);
			atomic_store_explicit(&shared->written, i + 1, memory_order_release);
		} else {
			memset(buffer, (int)(i % 251), MESSAGE);
			if (write(ends[1], buffer, MESSAGE) != MESSAGE)
				die("write");
		}
	}
	return unused;
}

/* The sum of the words of message i. */
static uint64_t receive(unsigned i)
{
	static uint64_t buffer[WORDS];
	const uint64_t *word = buffer;
	uint64_t sum = 0;
	if (slots) {
		while (atomic_load_explicit(&shared->written, memory_order_acquire) == i)
			relax();
		word = (const uint64_t *)shared->slot[i % slots];
	} else {
		for (size_t done = 0; done < MESSAGE;) {
			ssize_t n = read(ends[0], (char *)buffer + done, MESSAGE - done);
			if (n <= 0)
				die("read");
			done += (size_t)n;
		}
	}
	for (size_t j = 0; j < WORDS; j++)
		sum += word[j];
	atomic_store_explicit(&shared->read, i + 1, memory_order_release);
	return sum;
}

int main(int argc, char **argv)
{
	const char *kind = argc == 3 ? argv[1] : "", *how = argc == 3 ? argv[2] : "";
	if ((strcmp(kind, "thread") != 0 && strcmp(kind, "fork") != 0) ||
	    (strcmp(how, "ring") != 0 && strcmp(how, "pipe") != 0 && strcmp(how, "spin") != 0)) {
		fprintf(stderr, "usage: bandwidth thread|fork ring|pipe|spin\n");
		return 2;
	}
	slots = *how == 'r' ? 2 : *how == 's' ? 1 : 0;
	messages = slots ? 256 : 64;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || pipe(ends) != 0)
		die("setup");
	pthread_t thread;
	pid_t pid = 0;
	if (*kind == 't') {
		if (pthread_create(&thread, NULL, sender, NULL) != 0)
			die("pthread_create");
	} else if ((pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sender(NULL);
		_exit(0);
	} else if (pid < 0) {
		die("fork");
	}
	pin_to(0);
	uint64_t start = 0;
	for (unsigned i = 0; i < WARM_UP + messages; i++) {
		if (i == WARM_UP)
			start = now_ns();
		if (receive(i) != i % 251 * UINT64_C(0x0101010101010101) * WORDS)
			die("a message is wrong");
	}
	printf("%.6g\n", messages * (double)MESSAGE / ((double)(now_ns() - start) / 1e9));
	return pid ? waitpid(pid, NULL, 0) < 0 : pthread_join(thread, NULL);
}
