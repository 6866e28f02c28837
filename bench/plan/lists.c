#include "bench/plan/lists.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "bench/plan/suites.h"
#include "runners/runner.h"

static const char *const size_names[SIZE_COUNT] = {"small", "medium", "large"};

static bool known_suite(const char *word)
{
	for (const struct suite *s = suites; s->name; s++)
		if (strcmp(s->name, word) == 0)
			return true;
	return false;
}

static bool known_kernel(const char *word)
{
	const struct kernel *kernel;
	for (size_t i = 0; (kernel = catalog_kernel(i)); i++)
		if (fnmatch(word, kernel->name, 0) == 0)
			return true;
	return false;
}

static bool known_runner(const char *word)
{
	return runner_find(word) != NULL;
}

static int check_words(const char *list, const char *flag, bool (*known)(const char *), const char *what)
{
	char word[64];
	if (list && !*list)
		return complain(EXIT_UNUSABLE, "--%s: the list is empty", flag);
	for (const char *at = list; (at = word_list_next(at, word, sizeof word));)
		if (!known(word))
			return complain(EXIT_UNUSABLE, "--%s: there is no %s '%s'; `pvt list %ss` shows them",
					flag, flag, word, what);
	return 0;
}

bool list_has_runner(const char *list, const struct runner *runner)
{
	static const char *const kinds[] = {
		[RUNNER_LAUNCHED] = "@launched", [RUNNER_POOLED] = "@pooled", [RUNNER_STEALS] = "@steal"};
	enum runner_kind kind = runner_kind(runner);
	return word_list_has(list, runner->name) ||
	       (kind != RUNNER_OTHER && word_list_has(list, kinds[kind]));
}

static void add_count(struct worker_counts *counts, uint64_t value)
{
	for (size_t i = 0; i < counts->count; i++)
		if (counts->value[i] == value)
			return;
	if (counts->count < sizeof counts->value / sizeof *counts->value)
		counts->value[counts->count++] = (uint32_t)value;
}

static void add_sweep(struct worker_counts *counts, uint32_t most)
{
	for (uint32_t n = 1; n < most; n *= 2)
		add_count(counts, n);
	add_count(counts, most);
}

int list_workers(const char *list, uint32_t pus, bool own, struct worker_counts *counts)
{
	char word[32];
	for (const char *at = list; (at = word_list_next(at, word, sizeof word));) {
		uint64_t n = 0;
		size_t length = strlen(word);
		uint64_t times = length > 1 && word[length - 1] == 'x' ? pus : 1;
		if (strcmp(word, "auto") == 0) {
			add_sweep(counts, pus);
			continue;
		}
		if (times > 1 || (length > 1 && word[length - 1] == 'x'))
			word[length - 1] = '\0';
		if (own && units_count(word, &n) == 0 && n * times > WORKERS_MAX) {
			add_count(counts, WORKERS_MAX);
			continue;
		}
		if (units_count(word, &n) != 0 || n < 1 || n > WORKERS_MAX || n * times > WORKERS_MAX)
			return complain(EXIT_UNUSABLE,
					"--workers: '%s' is neither a number from 1 to %d, nor 4x (four a "
					"PU), nor auto",
					word, WORKERS_MAX);
		add_count(counts, n * times);
	}
	return counts->count ? 0 : complain(EXIT_UNUSABLE, "--workers: the list is empty");
}

int list_size(const char *word, const struct kernel *kernel, uint64_t *size)
{
	for (int i = 0; i < SIZE_COUNT; i++)
		if (strcmp(word, size_names[i]) == 0) {
			*size = kernel->sizes[i] ? kernel->sizes[i] : 1;
			return 0;
		}
	if (units_size(word, size) == 0 && *size >= 1)
		return 0;
	return complain(EXIT_UNUSABLE,
			"--size: '%s' is neither small, medium, large nor a number such as 512 or 64K", word);
}

int list_check(const char *names_of_suites, const char *names_of_kernels, const char *names_of_runners)
{
	int error = check_words(names_of_suites, "suite", known_suite, "suite");
	if (!error)
		error = check_words(names_of_kernels, "kernel", known_kernel, "kernel");
	return error ? error : check_words(names_of_runners, "runner", known_runner, "runner");
}

const char *list_size_name(enum kernel_size size)
{
	return size_names[size];
}
