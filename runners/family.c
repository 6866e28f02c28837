#include "runners/family.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/procfs.h"

enum { GENERATIONS = 32, LOOKS = 1000, LOOK_US = 50 };

bool family_stop(pid_t child)
{
	if (kill(child, SIGSTOP) != 0)
		return false;
	for (int i = 0; i < LOOKS; i++) {
		siginfo_t info = {0};
		if (waitid(P_PID, (id_t)child, &info, WSTOPPED | WEXITED | WNOHANG | WNOWAIT) != 0)
			return false;
		if (info.si_pid)
			return info.si_code == CLD_STOPPED;
		usleep(LOOK_US);
	}
	return false;
}

static void kill_tree(pid_t pid, int generation);

static void kill_children(pid_t pid, const char *thread, int generation)
{
	char path[64], list[16384];
	snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)pid, thread);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t got = read(fd, list, sizeof list - 1);
	close(fd);
	list[got > 0 ? got : 0] = '\0';
	char *end;
	for (char *at = list;; at = end) {
		long child = strtol(at, &end, 10);
		if (end == at)
			break;
		if (child > 1)
			kill_tree((pid_t)child, generation + 1);
	}
}

static void kill_tree(pid_t pid, int generation)
{
	char path[48];
	if (generation > 0)
		kill(pid, SIGSTOP);
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *threads = generation < GENERATIONS ? opendir(path) : NULL;
	for (struct dirent *d; threads && (d = readdir(threads));)
		if (*d->d_name != '.')
			kill_children(pid, d->d_name, generation);
	if (threads)
		closedir(threads);
	kill(pid, SIGKILL);
}

void family_kill(pid_t pid)
{
	if (!procfs_is_own()) {
		kill(pid, SIGKILL);
		return;
	}
	family_stop(pid);
	kill_tree(pid, 0);
}
