#include "bench/base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/base/exit.h"

#define RESULTS "results"

const char *folder_file(const char *dir, const char *name, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/%s", dir, name);
	return path;
}

static bool is_planted(const char *path);

/* mkdir -p */
static int make_path(const char *path)
{
	char part[PATH_MAX];
	if (strlen(path) >= sizeof part)
		return -ENAMETOOLONG;
	for (size_t i = 1; i <= strlen(path); i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		snprintf(part, sizeof part, "%.*s", (int)i, path);
		if (is_planted(part))
			return -ELOOP;
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return -errno;
	}
	struct stat st;
	if (stat(path, &st) != 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* A name by time and host; the host's name goes in with nothing but harmless characters. `attempt` > 0 adds a
 * number. */
static void fresh_name(char *path, size_t bytes, int attempt)
{
	char host[65] = "host", stamp[32];
	time_t now = time(NULL);
	struct tm utc;
	gethostname(host, sizeof host - 1);
	for (char *c = host; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *c))
			*c = '-';
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
	int n = snprintf(path, bytes, RESULTS "/%s-%s", stamp, host);
	if (attempt && n > 0)
		snprintf(path + n, bytes - (size_t)n, "-%d", attempt + 1);
}

/* results/latest -> the new folder, replaced in one step. */
static void point_latest(const char *path)
{
	const char *name = path + strlen(RESULTS "/");
	unlink(RESULTS "/.latest");
	if (symlink(name, RESULTS "/.latest") == 0)
		rename(RESULTS "/.latest", RESULTS "/latest");
}

/* Is it a link that another user has put where all may write? */
static bool is_planted(const char *path)
{
	char folder[PATH_MAX];
	struct stat link, above;
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length >= sizeof folder)
		return false;
	snprintf(folder, sizeof folder, "%.*s", (int)length, path);
	if (lstat(folder, &link) != 0 || !S_ISLNK(link.st_mode))
		return false;
	char *slash = strrchr(folder, '/');
	const char *where = slash ? folder : ".";
	if (slash)
		slash[slash == folder] = '\0';
	return stat(where, &above) == 0 && (above.st_mode & S_IWOTH) && link.st_uid != geteuid() &&
	       link.st_uid != above.st_uid;
}

FILE *folder_open_named(const char *path, bool fresh)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (fresh ? O_TRUNC : O_APPEND);
	int fd = open(path, flags | O_NOFOLLOW, 0666);
	int error = fd < 0 ? errno : 0;
	if ((error == ELOOP || error == EACCES) && is_planted(path)) { /* EACCES: fs.protected_symlinks */
		errno = ELOOP;
		return NULL;
	}
	if (error == ELOOP)
		fd = open(path, flags, 0666);
	FILE *file = fd >= 0 ? fdopen(fd, fresh ? "w" : "a") : NULL;
	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/* Of two runs that begin in one second, one takes the next number: a folder is made, never found. */
static int make_fresh(char *path, size_t bytes)
{
	int error = make_path(RESULTS);
	for (int attempt = 0; !error; attempt++) {
		fresh_name(path, bytes, attempt);
		if (mkdir(path, 0777) == 0)
			return 0;
		error = errno == EEXIST ? 0 : -errno;
	}
	return error;
}

int folder_create(const char *wanted, char *path, size_t bytes)
{
	char samples[PATH_MAX + 32];
	if (wanted && strlen(wanted) >= bytes)
		return complain(EXIT_UNUSABLE, "--out: the name is too long");
	if (wanted && is_planted(wanted))
		return complain(EXIT_UNUSABLE,
				"--out: '%s' is another user's link, in a folder that all may write to",
				wanted);
	if (wanted)
		snprintf(path, bytes, "%s", wanted);
	int error = wanted ? make_path(path) : make_fresh(path, bytes);
	if (error)
		return complain(EXIT_UNUSABLE, "the run folder '%s' cannot be made: %s", path,
				error == -ELOOP ? "another user's link is in the way" : strerror(-error));
	if (faccessat(AT_FDCWD, folder_file(path, "samples.csv", samples, sizeof samples), F_OK,
		      AT_SYMLINK_NOFOLLOW) == 0)
		return complain(EXIT_UNUSABLE, "'%s' holds the samples of another run; choose another --out",
				path);
	if (!wanted)
		point_latest(path);
	return 0;
}

FILE *folder_open_samples(const char *dir, bool fresh)
{
	char path[PATH_MAX + 32];
	int fd = open(folder_file(dir, "samples.csv", path, sizeof path),
		      O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (fresh ? O_CREAT | O_EXCL : 0), 0666);
	FILE *file = fd >= 0 ? fdopen(fd, "a") : NULL;
	if (!file)
		complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path,
			 errno == ELOOP ? "it is a link, and links are not followed" : strerror(errno));
	return file;
}

/* What the user's umask leaves of a file that all may read and write. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

int folder_write_all(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t put = write(fd, text, bytes);
		if (put < 0 && errno != EINTR)
			return -errno;
		text += put > 0 ? put : 0;
		bytes -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

int folder_write(const char *dir, const char *name, const char *text, size_t bytes)
{
	char path[PATH_MAX + 64], fresh[PATH_MAX + 64];
	folder_file(dir, name, path, sizeof path);
	snprintf(fresh, sizeof fresh, "%s/.%s.XXXXXX", dir, name);
	int fd = mkostemp(fresh, O_CLOEXEC); /* O_EXCL, and private until it is whole */
	if (fd < 0)
		return -errno;
	int error = folder_write_all(fd, text, bytes);
	if (!error && fchmod(fd, usual_mode()) != 0)
		error = -errno;
	if (close(fd) != 0 && !error)
		error = -errno;
	if (!error && rename(fresh, path) != 0)
		error = -errno;
	if (error)
		unlink(fresh);
	return error;
}
