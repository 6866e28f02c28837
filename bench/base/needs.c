#include "bench/base/needs.h"

#include <linux/futex.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/base/exit.h"

/* The libraries' share of it is not ours to know: what was seen to be enough, four times over. */
#define STACK_MIN (512u << 10)

int needs_stack(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= STACK_MIN)
		return 0;
	return complain(EXIT_UNUSABLE,
			"the stack is limited to %llu KiB, less than %u: raise it with `ulimit -s 8192`",
			(unsigned long long)limit.rlim_cur >> 10, STACK_MIN >> 10);
}

int needs_no_privilege(void)
{
	if (!getauxval(AT_SECURE))
		return 0;
	return complain(EXIT_UNUSABLE,
			"pvt is installed set-user-ID, set-group-ID or with capabilities; it needs no "
			"privilege, and loads the code that it is given: take these rights away");
}

/*
 * Without futex the C++ library ends the program before main(), with a message that helps nobody: it has to
 * be asked before any library begins, from where stdio is not to be used yet.
 */
static void need_futex(void)
{
	static const char message[] = "pvt: the system call futex is refused: no thread or process can wait "
				      "for another without it; "
				      "allow it in the seccomp filter of the container\n";
	uint32_t word = 0;
	if (syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0) >= 0)
		return;
	ssize_t told = write(STDERR_FILENO, message, sizeof message - 1);
	_exit(told < 0 ? EXIT_FAILED : EXIT_UNUSABLE);
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = need_futex;
