#include "bench/plan/interpreters.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/word_list.h"

/* ---- one of them ---- */

static bool has_subs(const struct python_place *place)
{
	int major = 0, minor = 0;
	sscanf(place->version, "%d.%d", &major, &minor);
	return place->gil && (major > 3 || (major == 3 && minor >= 12));
}

static bool is_known(const struct interpreters *all, const struct python_place *place)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->one[i].place.library, place->library) == 0 &&
		    all->one[i].place.own_gil == place->own_gil && *all->one[i].label)
			return true;
	return false;
}

/* Two builds of one version differ by a number. */
static void name(const struct interpreters *all, struct interpreter *one)
{
	size_t alike = 1;
	for (size_t i = 0; i < all->count; i++)
		alike += strcmp(all->one[i].place.version, one->place.version) == 0 &&
			 all->one[i].place.gil == one->place.gil &&
			 all->one[i].place.own_gil == one->place.own_gil;
	int n = snprintf(one->label, sizeof one->label, "%s%s%s", one->place.version,
			 one->place.gil ? "" : "t", one->place.own_gil ? PYTHON_SUB : "");
	if (alike > 1)
		snprintf(one->label + n, sizeof one->label - (size_t)n, "#%zu", alike);
}

static void add(struct interpreters *all, const char *program, const struct python_place *place)
{
	if (all->count == INTERPRETERS_MOST || is_known(all, place))
		return;
	struct interpreter *one = &all->one[all->count];
	*one = (struct interpreter){.place = *place};
	snprintf(one->program, sizeof one->program, "%s%s", program, place->own_gil ? PYTHON_SUB : "");
	name(all, one);
	all->count++;
}

static void add_with_subs(struct interpreters *all, const char *program, struct python_place *place)
{
	add(all, program, place);
	place->own_gil = has_subs(place);
	if (place->own_gil)
		add(all, program, place);
}

/* ---- what PATH has ---- */

enum { NAMES_MOST = 32, NAME_BYTES = 24 };

struct names {
	char name[NAMES_MOST][NAME_BYTES];
	size_t count;
};

/* "python3", "python3.13", "python3.13t". */
static bool is_python(const char *name)
{
	if (strncmp(name, "python3", 7) != 0 || strlen(name) >= NAME_BYTES)
		return false;
	name += 7;
	if (!*name)
		return true;
	size_t digits = *name == '.' ? strspn(name + 1, "0123456789") : 0;
	return digits && (!name[1 + digits] || strcmp(name + 1 + digits, "t") == 0);
}

static int minor_of(const char *name)
{
	return strlen(name) > 8 ? atoi(name + 8) : 0;
}

/* Newest first. */
static int compare_names(const void *a, const void *b)
{
	int order = minor_of(b) - minor_of(a);
	return order ? order : strcmp(a, b);
}

static void add_names_in(const char *folder, struct names *names)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	while (dir && (entry = readdir(dir))) {
		bool known = !is_python(entry->d_name) || names->count == NAMES_MOST;
		for (size_t i = 0; i < names->count && !known; i++)
			known = strcmp(names->name[i], entry->d_name) == 0;
		if (!known)
			snprintf(names->name[names->count++], NAME_BYTES, "%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
}

static void list_names(struct names *names)
{
	const char *path = getenv("PATH");
	char folder[PATH_MAX];
	names->count = 0;
	while (path && *path) {
		size_t length = strcspn(path, ":");
		snprintf(folder, sizeof folder, "%.*s", (int)length, path);
		if (*folder == '/')
			add_names_in(folder, names);
		path += length + (path[length] == ':');
	}
	qsort(names->name, names->count, sizeof *names->name, compare_names);
}

static bool add_found(struct interpreters *all, const char *program, bool without_gil)
{
	char why[INTERPRETER_WHY];
	struct python_place place;
	if (python_find(program, &place, why, sizeof why) != 0 || (without_gil && place.gil))
		return false;
	add_with_subs(all, program, &place);
	return true;
}

static void add_all(struct interpreters *all)
{
	struct names names;
	list_names(&names);
	for (size_t i = 0; i < names.count; i++)
		add_found(all, names.name[i], false);
}

/* The newest without a GIL, and its sibling, so that what a thread pays can be told. */
static void add_free_threaded(struct interpreters *all)
{
	struct names names;
	list_names(&names);
	for (size_t i = 0; i < names.count; i++) {
		size_t length = strlen(names.name[i]);
		if (names.name[i][length - 1] != 't' || !add_found(all, names.name[i], true))
			continue;
		names.name[i][length - 1] = '\0';
		add_found(all, names.name[i], false);
		return;
	}
}

/* ---- what was asked for ---- */

static int add_listed(struct interpreters *all, const char *list)
{
	char word[PATH_MAX], why[INTERPRETER_WHY];
	struct python_place place;
	if (!*list)
		return complain(EXIT_UNUSABLE, "--python: the list is empty");
	for (const char *at = list; (at = word_list_next(at, word, sizeof word));) {
		if (strcmp(word, "all") == 0) {
			add_all(all);
			continue;
		}
		if (python_find(word, &place, why, sizeof why) != 0)
			return complain(EXIT_UNUSABLE, "--python: %s", why);
		if (place.own_gil) {
			word[strlen(word) - strlen(PYTHON_SUB)] = '\0';
			add(all, word, &place);
		} else {
			add_with_subs(all, word, &place);
		}
	}
	return all->count ? 0 : complain(EXIT_UNUSABLE, "--python: no Python 3 on PATH can be used");
}

int interpreters_find(const char *list, struct interpreters *all)
{
	char why[INTERPRETER_WHY];
	const char *named = getenv("PVT_PYTHON");
	struct python_place place;
	all->one = calloc(INTERPRETERS_MOST, sizeof *all->one);
	if (!all->one)
		return complain(EXIT_UNUSABLE, "out of memory");
	if (list)
		return add_listed(all, list);
	if (python_find(NULL, &place, why, sizeof why) == 0) {
		add_with_subs(all, python_program(), &place);
		if (!named || !*named)
			add_free_threaded(all);
	} else {
		all->count = 1;
		snprintf(all->one->program, sizeof all->one->program, "%s", python_program());
	}
	return 0;
}

void interpreters_free(struct interpreters *all)
{
	free(all->one);
	*all = (struct interpreters){0};
}
