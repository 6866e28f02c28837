/*
 * A run is struck by SIGINT, SIGTERM, SIGHUP or SIGKILL at a random moment, again and again: each time the
 *samples that it had finished are whole on disk, and nobody whom it started is left. Now and then the broken
 *run is resumed, and then has measured the same cases in the same order as one that was never broken.
 *
 *	test_signals PVT FOLDER [ROUNDS [SEED]]
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/base/random.h"
#include "bench/samples/samples.h"
#include "runners/clock.h"

enum { RESUME_EVERY = 10, DELAY_MAX_US = 300000, PATIENCE_MS = 10000 };

static const char *pvt;
static uint64_t seed, failures, broken, resumed;

static void fail(const char *what, const char *folder, const char *detail)
{
	fprintf(stderr, "FAILED (seed %llu): %s: %s %s\n", (unsigned long long)seed, folder, what, detail);
	failures++;
}

/* ---- the run ---- */

static pid_t start(char *const *argv)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(open("said.txt", O_WRONLY | O_CREAT | O_TRUNC, 0666), 2);
	execv(pvt, argv);
	_exit(127);
}

static pid_t start_run(const char *folder, bool isolate)
{
	char *argv[] = {"pvt",
			"run",
			"--suite",
			"scaling,pool",
			"--kernel",
			"cube,primes",
			"--workers",
			"2",
			"--size",
			"small",
			"--repetitions",
			"3",
			"--invocations",
			"3",
			"--min-time",
			"1ms",
			"--seed",
			"11",
			"--out",
			(char *)(uintptr_t)folder,
			isolate ? "--isolate" : "--no-isolate",
			NULL};
	return start(argv);
}

/* The order in which cases were measured. The caller frees it; NULL: there are no whole samples. */
static char *order_of(const char *folder, char *why, size_t why_bytes)
{
	char path[PATH_MAX], *order = NULL;
	size_t bytes;
	struct samples samples;
	snprintf(path, sizeof path, "%s/samples.csv", folder);
	if (samples_read(path, &samples, why, why_bytes) == 0) {
		FILE *file = open_memstream(&order, &bytes);
		for (size_t i = 0; i < samples.count; i++) {
			const struct sample *s = &samples.row[i];
			fprintf(file, "%s/%s/%s/%llu %s\n", s->suite, s->kernel, s->runner,
				(unsigned long long)s->repetition, s->status);
		}
		fclose(file);
	}
	samples_free(&samples);
	return order;
}

/* ---- what has to hold ---- */

/* This process is the reaper of all that lose their parent below it: when it has no child, nobody is left. */
static void check_nobody_is_left(const char *folder, bool at_once)
{
	int ms = 0;
	while (waitpid(-1, NULL, WNOHANG) >= 0) {
		if ((at_once || ms > PATIENCE_MS)) {
			fail("a process is left", folder, at_once ? "by a run that ended by itself" : "");
			return;
		}
		usleep(1000);
		ms++;
	}
}

/* Rows end where lines end; after SIGKILL the last one may be cut. */
static void check_rows(const char *folder, int number)
{
	char path[PATH_MAX], why[512];
	struct stat st;
	snprintf(path, sizeof path, "%s/samples.csv", folder);
	if (stat(path, &st) != 0 || st.st_size == 0)
		return;
	char *order = order_of(folder, why, sizeof why);
	if (!order && !strstr(why, "no samples in it") && !(number == SIGKILL && strstr(why, "is cut")))
		fail("samples.csv is not whole:", folder, why);
	free(order);
}

static void check_end(const char *folder, int number, int status)
{
	char path[PATH_MAX], detail[64];
	snprintf(path, sizeof path, "%s/env.json", folder);
	bool early = access(path, F_OK) != 0; /* before it had begun to measure */
	bool by_itself = WIFEXITED(status) && (WEXITSTATUS(status) == 130 || WEXITSTATUS(status) == 0);
	bool by_signal = WIFSIGNALED(status) && WTERMSIG(status) == number;
	snprintf(detail, sizeof detail, "signal %d, wait status %x", number, (unsigned)status);
	if (number == SIGKILL ? !by_signal && !by_itself : !by_itself && !(early && by_signal))
		fail("an end that is none:", folder, detail);
	broken += by_signal || (by_itself && WEXITSTATUS(status) == 130);
}

static void check_resumed(const char *folder, const char *expected)
{
	char path[PATH_MAX], why[512] = "";
	int status;
	snprintf(path, sizeof path, "%s/env.json", folder);
	if (access(path, F_OK) != 0)
		return;
	char *argv[] = {"pvt", "run", "--resume", (char *)(uintptr_t)folder, NULL};
	pid_t pid = start(argv);
	waitpid(pid, &status, 0);
	check_nobody_is_left(folder, true);
	char *order = order_of(folder, why, sizeof why);
	if (status != 0 || !order || strcmp(order, expected) != 0)
		fail("resumed, it is not what an unbroken run is:", folder, why);
	free(order);
	resumed++;
}

/* env.json is written when all is ready to be measured. */
static void wait_for_begin(const char *folder)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/env.json", folder);
	for (int ms = 0; access(path, F_OK) != 0 && ms < PATIENCE_MS; ms++)
		usleep(1000);
}

static void strike(uint64_t round, const char *expected, uint64_t *random)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGKILL};
	char folder[64];
	int status, number = numbers[random_next(random) % 4];
	snprintf(folder, sizeof folder, "run%llu", (unsigned long long)round);
	pid_t pid = start_run(folder, random_next(random) % 2);
	if (random_next(random) % 4)
		wait_for_begin(folder);
	usleep((unsigned)(random_next(random) % DELAY_MAX_US));
	kill(pid, number);
	waitpid(pid, &status, 0);
	check_nobody_is_left(folder, WIFEXITED(status));
	check_rows(folder, number);
	check_end(folder, number, status);
	if (round % RESUME_EVERY == 0)
		check_resumed(folder, expected);
}

int main(int argc, char **argv)
{
	char why[512] = "";
	int status;
	uint64_t rounds = argc > 3 ? strtoull(argv[3], NULL, 10) : 200, random;
	if (argc < 3 || (mkdir(argv[2], 0777) != 0 && errno != EEXIST) || chdir(argv[2]) != 0 ||
	    system("rm -rf run* whole") != 0) {
		fprintf(stderr, "usage: test_signals PVT FOLDER [ROUNDS [SEED]]\n");
		return 2;
	}
	pvt = argv[1];
	seed = random = argc > 4 ? strtoull(argv[4], NULL, 10) : clock_ns();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	waitpid(start_run("whole", false), &status, 0);
	char *expected = order_of("whole", why, sizeof why);
	if (!expected || status != 0) {
		fail("the unbroken run failed:", "whole", why);
		return EXIT_FAILURE;
	}
	for (uint64_t round = 0; round < rounds && failures < 5; round++)
		strike(round, expected, &random);
	printf("seed %llu: %llu runs struck, %llu of them broken, %llu resumed, %llu failures\n",
	       (unsigned long long)seed, (unsigned long long)rounds, (unsigned long long)broken,
	       (unsigned long long)resumed, (unsigned long long)failures);
	free(expected);
	return failures || broken < rounds / 2 || resumed == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
