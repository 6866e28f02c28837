#include "runners/mpi/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/launcher.h"
#include "runners/mpi/rank.h"

/* mpirun gets so long to end the ranks of other hosts before it is killed itself. */
enum { GENTLE_MS = 3000, WORDS_MAX = 96, TEXT_BYTES = HOSTS_MAX * 64 };

/* A command line; its words lie one behind the other in `text`. */
struct words {
	char *word[WORDS_MAX + 1];
	int count;
	char text[TEXT_BYTES];
	size_t used;
};

/* ---- the command ---- */

__attribute__((format(printf, 2, 3))) static void add(struct words *w, const char *format, ...)
{
	va_list arguments;
	size_t room = sizeof w->text - w->used;
	va_start(arguments, format);
	int n = vsnprintf(w->text + w->used, room, format, arguments);
	va_end(arguments);
	if (w->count == WORDS_MAX || (size_t)n >= room)
		return;
	w->word[w->count++] = w->text + w->used;
	w->used += (size_t)n + 1;
}

static void add_each(struct words *w, const char *command)
{
	for (size_t length; *command; command += length) {
		command += strspn(command, " ");
		length = strcspn(command, " ");
		if (length)
			add(w, "%.*s", (int)length, command);
	}
}

/*
 * pvt pins the ranks itself. A remote daemon of Open MPI that has lost mpirun notices by keep-alive messages,
 * which by default come after five minutes.
 */
static void add_orte_options(struct words *w)
{
	add_each(w, "--bind-to none --map-by slot --oversubscribe");
	add_each(w, "--mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_intvl 1 --mca "
		    "oob_tcp_keepalive_probes 3");
}

static void add_hosts(struct words *w, const struct launch_plan *plan)
{
	uint32_t ranks = 0;
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);
	for (uint32_t h = 0; file && h < plan->host_count; h++) {
		fprintf(file, "%s%s:%u", h ? "," : "", plan->hosts[h].name, plan->hosts[h].slots);
		ranks += plan->hosts[h].slots;
	}
	if (file)
		fclose(file);
	add(w, "-n");
	add(w, "%u", ranks);
	add(w, plan->flavour->orte ? "-H" : "-hosts");
	add(w, "%s", text ? text : "");
	free(text);
}

static void add_program(struct words *w, const struct launch_plan *plan)
{
	char program[PATH_MAX];
	add(w, "%s", realpath(process_program(), program) ? program : process_program());
	add(w, "%s", RANK_FLAG);
	add(w, "%s", plan->flavour->name);
	add(w, "%d", (int)getpid());
	add(w, "%d", plan->desk_fd);
	add(w, "%llu", (unsigned long long)plan->patience_ns);
}

/* ---- starting ---- */

/* In the child. The user has decided to run pvt as root; Open MPI asks again. */
static void become(char **argv, pid_t harness, int output)
{
	int nothing = open("/dev/null", O_RDONLY);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != harness)
		_exit(EXIT_FAILURE);
	dup2(nothing, STDIN_FILENO);
	if (output >= 0) {
		setpgid(0, 0); /* an interrupt from the terminal is for pvt, which ends the ranks */
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		if (geteuid() == 0) {
			setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
			setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
		}
	}
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "pvt: '%s' cannot be started: %s\n", argv[0], strerror(errno));
	_exit(EXIT_FAILURE);
}

static int start(struct launch *l, struct words *w, bool listens)
{
	pid_t harness = getpid();
	int ends[2] = {-1, -1};
	*l = (struct launch){.fd = -1, .output = -1};
	w->word[w->count] = NULL;
	if (listens && pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	l->pid = fork();
	if (l->pid == 0)
		become(w->word, harness, ends[1]);
	int error = l->pid < 0 ? -errno : 0;
	if (listens) {
		close(ends[1]);
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
		l->output = ends[0];
		l->group = true;
	}
	if (!error) {
		l->fd = (int)syscall(SYS_pidfd_open, l->pid, 0);
		error = l->fd < 0 ? -errno : 0;
	}
	if (error)
		launch_end(l);
	return error;
}

int launch_ranks(struct launch *launch, const struct launch_plan *plan)
{
	struct words *w = calloc(1, sizeof *w);
	if (!w)
		return -ENOMEM;
	add_each(w, plan->mpirun ? plan->mpirun : flavour_command(plan->flavour));
	if (plan->flavour->orte)
		add_orte_options(w);
	add_hosts(w, plan);
	add_program(w, plan);
	int error = start(launch, w, true);
	free(w);
	return error;
}

/* ---- looking who is there ---- */

static void add_probe(struct words *w, const struct launch_plan *plan, const char *host)
{
	add_each(w, plan->mpirun ? plan->mpirun : flavour_command(plan->flavour));
	if (plan->flavour->orte)
		add_each(w, "--bind-to none");
	add_each(w, plan->flavour->orte ? "-n 1 -H" : "-n 1 -hosts");
	add(w, "%s", host);
	add(w, "true");
}

uint32_t launch_probe(const struct launch_plan *plan, uint32_t first, uint32_t count, uint64_t patience_ns)
{
	struct words *w = calloc(1, sizeof *w);
	struct launch *probe = calloc(count, sizeof *probe);
	uint64_t end = clock_ns() + patience_ns;
	uint32_t silent = UINT32_MAX;
	char why[400];
	for (uint32_t i = 0; w && probe && i < count; i++) {
		w->count = 0;
		w->used = 0;
		add_probe(w, plan, plan->hosts[first + i].name);
		start(&probe[i], w, true);
	}
	for (uint32_t i = 0; w && probe && i < count; i++) {
		uint64_t now = clock_ns();
		int left_ms = now < end ? (int)((end - now) / NS_PER_MS) : 0;
		if (probe[i].pid > 0 && !launch_ended(&probe[i], left_ms, why, sizeof why) &&
		    silent == UINT32_MAX)
			silent = first + i;
	}
	for (uint32_t i = 0; probe && i < count; i++)
		launch_end(&probe[i]);
	free(probe);
	free(w);
	return silent;
}

int launch_first(struct launch *launch, const struct launch_plan *plan)
{
	struct words *w = calloc(1, sizeof *w);
	if (!w)
		return -ENOMEM;
	add_program(w, plan);
	int error = start(launch, w, false);
	free(w);
	return error;
}

/* ---- listening ---- */

/* The last of it is kept. */
void launch_listen(struct launch *l)
{
	char text[1024];
	ssize_t n;
	while (l->output >= 0 && (n = read(l->output, text, sizeof text)) > 0) {
		size_t more = (size_t)n, drop = 0;
		if (memmem(text, more, HOLDS, strlen(HOLDS))) /* it waits for whom it tells */
			fwrite(text, 1, more, stderr);
		if (l->said_bytes + more >= sizeof l->said)
			drop = l->said_bytes + more + 1 - sizeof l->said;
		memmove(l->said, l->said + drop, l->said_bytes - drop);
		l->said_bytes -= drop;
		memcpy(l->said + l->said_bytes, text, more);
		l->said_bytes += more;
		l->said[l->said_bytes] = '\0';
	}
}

/* Open MPI's word for a host that it cannot reach any more. */
#define LOST "Remote daemon"

/* What is worth most first: what pvt's own ranks say, then what launchers say of a rank that died, then any.
 */
static const char *const telling[] = {"pvt: ",
				      "noticed that process rank",
				      "RUNNING AT",
				      "Process name",
				      LOST,
				      "ssh: ",
				      "Permission denied",
				      "Host key",
				      "not found",
				      "lost connection",
				      "unable to",
				      "not ",
				      "rror",
				      ""};

/* A line without its frame; how long it was. */
static size_t read_line(const char *at, char *line, size_t bytes)
{
	size_t length = strcspn(at, "\n");
	snprintf(line, bytes, "%.*s", (int)length, at);
	size_t blank = strspn(line, " \t=|-");
	memmove(line, line + blank, strlen(line + blank) + 1);
	return length + (at[length] == '\n');
}

/* Which process ended is told in one line, and how in the next, by hydra and in some cases by mpirun. */
static bool goes_on(const char *sign)
{
	return strcmp(sign, "RUNNING AT") == 0 || strcmp(sign, "Process name") == 0;
}

static bool find_line(const char *said, const char *sign, char *line, size_t bytes)
{
	for (size_t length; *said; said += length) {
		length = read_line(said, line, bytes);
		if (!*line || !strstr(line, sign))
			continue;
		size_t n = strlen(line);
		if (goes_on(sign) && n + 2 < bytes) {
			memcpy(line + n, ", ", 3);
			read_line(said + length, line + n + 2, bytes - n - 2);
		}
		return true;
	}
	return false;
}

bool launch_failed(const struct launch *l, char *why, size_t why_bytes)
{
	char line[400];
	const char *said = l->said_bytes ? strstr(l->said, RANK_SAYS) : NULL;
	if (!said || !strchr(said, '\n') || !find_line(said, RANK_SAYS, line, sizeof line))
		return false; /* or not to the end of the line yet */
	snprintf(why, why_bytes, "the MPI job ended: %s", strstr(line, RANK_SAYS) + strlen("pvt: "));
	return true;
}

static void tell(const struct launch *l, int wait_status, char *why, size_t why_bytes)
{
	char line[400];
	for (size_t i = 0; l->said_bytes && i < sizeof telling / sizeof *telling; i++)
		if (find_line(l->said, telling[i], line, sizeof line)) {
			const char *own = strstr(line, telling[0]);
			snprintf(why, why_bytes, "the MPI job ended: %s%s",
				 strcmp(telling[i], LOST) == 0 ? "lost " : "",
				 own ? own + strlen(telling[0]) : line);
			return;
		}
	if (WIFSIGNALED(wait_status))
		snprintf(why, why_bytes, "the MPI job ended: its launcher was killed by SIG%s",
			 sigabbrev_np(WTERMSIG(wait_status)));
	else
		snprintf(why, why_bytes, "the MPI job ended with exit code %d and without a word",
			 WEXITSTATUS(wait_status));
}

static bool wait_for(const struct launch *l, int timeout_ms)
{
	struct pollfd ended = {.fd = l->fd, .events = POLLIN};
	return l->fd < 0 || poll(&ended, 1, timeout_ms) > 0;
}

static int reap(struct launch *l)
{
	int status = 0;
	while (waitpid(l->pid, &status, 0) < 0 && errno == EINTR)
		;
	launch_listen(l);
	if (l->fd >= 0)
		close(l->fd);
	if (l->output >= 0)
		close(l->output);
	if (l->group)
		kill(-l->pid, SIGKILL); /* remote shells that it left */
	l->pid = 0;
	l->fd = l->output = -1;
	return status;
}

bool launch_ended(struct launch *l, int wait_ms, char *why, size_t why_bytes)
{
	for (int ms = 0; !wait_for(l, ms < wait_ms ? 50 : 0); ms += 50) {
		if (ms >= wait_ms)
			return false;
		launch_listen(l); /* who writes into a full pipe does not end */
	}
	int status = reap(l);
	tell(l, status, why, why_bytes);
	return true;
}

void launch_end(struct launch *l)
{
	if (l->pid <= 0)
		return;
	kill(l->pid, SIGTERM);
	for (int ms = 0; ms < GENTLE_MS && !wait_for(l, 50); ms += 50)
		launch_listen(l);
	kill(l->pid, SIGKILL);
	reap(l);
}
