#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void put(int fd, const uint8_t *data, size_t bytes)
{
	MUST(fd >= 0 && ftruncate(fd, 0) == 0);
	while (bytes) {
		ssize_t n = write(fd, data, bytes);
		MUST(n > 0);
		data += n;
		bytes -= (size_t)n;
	}
}

const char *fuzz_file(const uint8_t *data, size_t bytes)
{
	static int fd = -1;
	static char path[64];
	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	put(fd, data, bytes);
	MUST(lseek(fd, 0, SEEK_SET) == 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return path;
}

static char folder[PATH_MAX];
static pid_t owner;

static void leave_nothing(void)
{
	static const char *const names[] = {"env.json",   "topology.xml", "summary.csv",   "ratios.csv",
					    "curves.csv", "scale.csv",    "contrasts.csv", "claims.csv",
					    "RESULTS.md", "TABLES.md",    "report.html"};
	char path[PATH_MAX + 32];
	if (getpid() != owner)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

const char *fuzz_folder(void)
{
	if (!*folder) {
		snprintf(folder, sizeof folder, "%s/pvt-fuzz-XXXXXX",
			 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		MUST(mkdtemp(folder));
		owner = getpid();
		atexit(leave_nothing);
	}
	return folder;
}

const char *fuzz_folder_file(const char *name, const uint8_t *data, size_t bytes)
{
	static char path[PATH_MAX + 32];
	snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	put(fd, data, bytes);
	close(fd);
	return path;
}

char *fuzz_text(const uint8_t *data, size_t bytes)
{
	char *text = malloc(bytes + 1);
	MUST(text);
	if (bytes)
		memcpy(text, data, bytes);
	text[bytes] = '\0';
	return text;
}
