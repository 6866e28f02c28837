#include "bench/claims/python_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

size_t python_list(const struct summary *s, const char *python[static PYTHONS_MOST])
{
	size_t count = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		bool known = strcmp(c->id.suite, "python") != 0 || !c->samples || count == PYTHONS_MOST;
		for (size_t k = 0; k < count && !known; k++)
			known = strcmp(python[k], c->id.python) == 0;
		if (known)
			continue;
		size_t at = count++;
		for (; at > 0 && strcmp(python[at - 1], c->id.python) > 0; at--)
			python[at] = python[at - 1];
		python[at] = c->id.python;
	}
	return count;
}

bool python_has_subs(const char *python)
{
	return strstr(python, "+sub") != NULL;
}

bool python_is_free(const char *python)
{
	size_t version = strspn(python, "0123456789.");
	return python[version] == 't';
}

const char *python_name(const char *python, const char *otherwise, char text[static PYTHON_NAME_BYTES])
{
	size_t version = strspn(python, "0123456789.");
	const char *build = strchr(python, '#');
	if (*python)
		snprintf(text, PYTHON_NAME_BYTES, "%.*s%.8s%s", (int)(version < 32 ? version : 32), python,
			 build ? build : "",
			 python_is_free(python)    ? " (free-threaded)"
			 : python_has_subs(python) ? " (sub-interpreters)"
						   : "");
	else
		snprintf(text, PYTHON_NAME_BYTES, "%s",
			 otherwise && *otherwise ? otherwise : "(version unknown)");
	return text;
}

/* The case of a kernel with most workers that were not oversubscribed. */
static const struct case_summary *most_threads(const struct summary *s, const char *python,
					       const char *kernel)
{
	const struct case_summary *most = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, "python") == 0 && strcmp(c->id.kernel, kernel) == 0 &&
		    strcmp(c->id.python, python) == 0 && strcmp(c->id.runner, "pthread") == 0 && c->samples &&
		    !c->oversubscribed && isfinite(c->speedup.value) &&
		    (!most || c->id.workers > most->id.workers))
			most = c;
	}
	return most;
}

static const char *show(const struct estimate *e, char *text, size_t bytes)
{
	if (isfinite(e->low))
		snprintf(text, bytes, "%.2f times (%.2f to %.2f)", e->value, e->low, e->high);
	else
		snprintf(text, bytes, "%.2f times", e->value);
	return text;
}

struct telling {
	const struct summary *s;
	char *text;
	size_t bytes, n;
	uint64_t workers; /* of the first */
};

static void tell_first(struct telling *t, const char *name, const struct case_summary *loop,
		       const struct case_summary *fork)
{
	char figure[4][64];
	t->workers = loop->id.workers;
	t->n = (size_t)snprintf(
		t->text, t->bytes,
		"In Python%s%s, %" PRIu64 " threads run bytecode %s as fast as one, %" PRIu64 " processes %s",
		*name ? " " : "", name, loop->id.workers, show(&loop->speedup, figure[0], sizeof *figure),
		loop->id.workers, show(&fork->speedup, figure[1], sizeof *figure));
	const struct case_summary *hash = most_threads(t->s, loop->id.python, "python-hash");
	fork = hash && hash->id.workers == loop->id.workers
		       ? summary_find(t->s, hash, "fork", hash->id.workers)
		       : NULL;
	if (fork && isfinite(fork->speedup.value))
		t->n += (size_t)snprintf(t->text + t->n, t->bytes - t->n,
					 "; C code that releases the GIL: threads %s, processes %s",
					 show(&hash->speedup, figure[2], sizeof *figure),
					 show(&fork->speedup, figure[3], sizeof *figure));
}

/* Further builds, as far as there is room. */
static void tell_further(struct telling *t, const char *name, const struct case_summary *loop,
			 const struct case_summary *fork)
{
	char said[256];
	int n = snprintf(said, sizeof said, "; Python %s: threads %.2f times", name, loop->speedup.value);
	if (fork)
		n += snprintf(said + n, sizeof said - (size_t)n, ", processes %.2f times",
			      fork->speedup.value);
	if (t->n + (size_t)n < t->bytes)
		t->n += (size_t)snprintf(t->text + t->n, t->bytes - t->n, "%s", said);
}

void python_tell(const struct summary *s, const char *python, char *text, size_t bytes)
{
	struct telling t = {.s = s, .text = text, .bytes = bytes};
	const char *pythons[PYTHONS_MOST];
	char name[PYTHON_NAME_BYTES];
	size_t count = python_list(s, pythons);
	for (size_t i = 0; i < count; i++) {
		const struct case_summary *loop = most_threads(s, pythons[i], "python-loop");
		const struct case_summary *fork = loop ? summary_find(s, loop, "fork", loop->id.workers)
						       : NULL;
		if (!loop || loop->id.workers < 2 || (fork && !isfinite(fork->speedup.value)))
			continue;
		python_name(pythons[i], python ? python : "", name);
		if (!*pythons[i] && (!python || !*python))
			*name = '\0';
		if (t.n && loop->id.workers == t.workers)
			tell_further(&t, name, loop, fork);
		else if (!t.n && fork)
			tell_first(&t, name, loop, fork);
	}
}
