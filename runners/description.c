#include "runners/description.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIAL_S = 10, TRIAL_CPU_S = 2 };

bool description_is_xml(const char *description)
{
	size_t length = strlen(description);
	return length > 4 && strcmp(description + length - 4, ".xml") == 0;
}

bool description_version(const char *file, char *version, size_t bytes)
{
	static const char key[] = "<topology version=\"";
	char text[1024];
	FILE *xml = fopen(file, "re");
	size_t got = xml ? fread(text, 1, sizeof text - 1, xml) : 0;
	if (xml)
		fclose(xml);
	text[got] = '\0';
	const char *found = strstr(text, key);
	if (found)
		snprintf(version, bytes, "%.*s", (int)strcspn(found + strlen(key), "\""),
			 found + strlen(key));
	return found;
}

/* indexes=0,2,1,3 in the parentheses of a level: is one beyond what a PU can be called? */
static bool has_far_index(const char *text, uint64_t most)
{
	static const char key[] = "indexes=";
	for (text = strstr(text, key); text; text = strstr(text, key))
		for (text += strlen(key); *text && *text != ')' && *text != ' ';) {
			char *end;
			uint64_t index = strtoull(text, &end, 0);
			if (end != text && index >= most)
				return true;
			text = end != text ? end : text + 1;
		}
	return false;
}

/*
 * Does a synthetic description ask for more objects than there can be PUs? hwloc would make a billion of
 * them. A level is TYPE:COUNT, or COUNT alone; what stands in () and [] is none.
 */
static bool has_many_objects(const char *text, uint64_t most)
{
	uint64_t objects = 1;
	for (bool begins = true; *text;) {
		if (*text == '(' || *text == '[') {
			text += strcspn(text, *text == '(' ? ")" : "]");
		} else if (begins && *text >= '0' && *text <= '9') {
			char *end;
			uint64_t count = strtoull(text, &end, 0);
			if (count > most || (objects *= count ? count : 1) > most)
				return true;
			text = end;
			begins = false;
		} else {
			begins = *text == ':' || isspace((unsigned char)*text);
			text++;
		}
	}
	return false;
}

bool description_is_too_big(const char *description, uint64_t most)
{
	return has_many_objects(description, most) || has_far_index(description, most);
}

/* In the child: as quiet and as short as the end may be. */
static void try_here(const char *description, void (*load)(const char *description))
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	static const struct rlimit no_core, cpu = {TRIAL_CPU_S, TRIAL_CPU_S + 1};
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		signal(deadly[i], SIG_DFL); /* a handler of the parent's could bring the child back to life */
	setrlimit(RLIMIT_CORE, &no_core);
	setrlimit(RLIMIT_CPU, &cpu); /* hwloc writes out sets of four billion nodes, bit by bit */
	alarm(TRIAL_S);
	load(description);
	_exit(EXIT_SUCCESS);
}

/* hwloc 2.9 crashes on some XML files. */
int description_try(const char *description, void (*load)(const char *description), char *why,
		    size_t why_bytes)
{
	int status;
	pid_t child = fork();
	if (child == 0)
		try_here(description, load);
	if (child < 0) {
		int error = errno;
		snprintf(why, why_bytes, "no child process to try the topology in: %s", strerror(error));
		return -error;
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 0; /* somebody else has waited for it: nothing is known */
	if (status == 0)
		return 0;
	snprintf(why, why_bytes, "topology file '%.150s' is broken: hwloc %s on it", description,
		 WIFSIGNALED(status) && (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU)
			 ? "does not end"
			 : "crashes");
	return -EINVAL;
}
