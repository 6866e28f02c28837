/*
 * Runs a command in which a system call fails, as a container's seccomp filter or an old kernel makes it:
 * what pvt then does is tested so. Arguments: the call, the errno, the command. Ends with 77 where no filter
 * can be installed.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned number;
} calls[] = {
	{"futex", SYS_futex},
	{"memfd_create", SYS_memfd_create},
	{"perf_event_open", SYS_perf_event_open},
	{"pidfd_open", SYS_pidfd_open},
	{"sched_setaffinity", SYS_sched_setaffinity},
};

int main(int argc, char **argv)
{
	size_t call = 0, count = sizeof calls / sizeof *calls;
	while (argc > 3 && call < count && strcmp(calls[call].name, argv[1]) != 0)
		call++;
	if (argc < 4 || call == count)
		return 2;
	unsigned error = (unsigned)strtoul(argv[2], NULL, 10);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[call].number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		fprintf(stderr, "no filter can be installed: %s\n", strerror(errno));
		return 77;
	}
	execv(argv[3], &argv[3]);
	fprintf(stderr, "%s: %s\n", argv[3], strerror(errno));
	return 2;
}
