#include "runners/orphans.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/procfs.h"

bool orphans_adopt(void)
{
	siginfo_t child;
	if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0)
		return false;
	return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

static void tell(pid_t pid, char *text, size_t bytes)
{
	char path[64], name[32] = "";
	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	FILE *file = fopen(path, "re");
	if (file && fgets(name, sizeof name, file))
		name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
	snprintf(text, bytes, "process %d ('%s')", (int)pid, name);
}

/* Kills the children of one of our threads; their number. */
static unsigned kill_children_of(const char *tid, char *text, size_t bytes)
{
	char path[300];
	unsigned killed = 0;
	int pid;
	snprintf(path, sizeof path, "/proc/self/task/%s/children", tid);
	FILE *file = fopen(path, "re");
	while (file && fscanf(file, "%d", &pid) == 1) {
		if (!*text)
			tell(pid, text, bytes);
		killed++;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	if (file)
		fclose(file);
	return killed;
}

static unsigned kill_children(char *text, size_t bytes)
{
	unsigned killed = 0;
	/* The pids that another namespace's /proc lists are strangers' here. */
	DIR *tasks = procfs_is_own() ? opendir("/proc/self/task") : NULL;
	const struct dirent *task;
	while (tasks && (task = readdir(tasks)))
		if (task->d_name[0] != '.')
			killed += kill_children_of(task->d_name, text, bytes);
	if (tasks)
		closedir(tasks);
	return killed;
}

/* Those killed may have left children in their turn: again, until there is nobody. */
unsigned orphans_end(char *text, size_t bytes)
{
	unsigned ended = 0, killed;
	pid_t reaped;
	*text = '\0';
	do {
		while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (reaped < 0)
			return ended; /* ECHILD: nobody, as always but when something went wrong */
		killed = kill_children(text, bytes);
		ended += killed;
	} while (killed);
	snprintf(text, bytes, "a process that cannot be found without /proc, and still runs");
	return ended + 1;
}
