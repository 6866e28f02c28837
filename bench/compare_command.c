/* pvt compare: is head slower than base? Two sets of samples that are there already. */
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/arguments.h"
#include "bench/commands.h"
#include "bench/compare.h"
#include "bench/environment.h"
#include "bench/question.h"
#include "bench/text.h"
#include "bench/verdicts.h"

struct request {
	struct asked asked;
	enum format format;
	bool any_machine, any_build, all;
};

/* ---- what is asked ---- */

static int take(void *request, int id)
{
	struct request *r = request;
	switch (id) {
	case 'm':
		return question_margin("--margin", optarg, &r->asked.margin);
	case 'a':
		return question_alpha(optarg, &r->asked.alpha);
	case 'M':
		r->asked.metrics = optarg;
		return 0;
	case 'F':
		r->asked.margins = optarg;
		return 0;
	case 'f':
		return verdicts_format(optarg, &r->format);
	case 'x':
		r->any_machine = true;
		return 0;
	case 'b':
		r->any_build = true;
		return 0;
	default:
		r->all = true;
		return 0;
	}
}

static int read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {{"margin", required_argument, NULL, 'm'},
						{"alpha", required_argument, NULL, 'a'},
						{"metric", required_argument, NULL, 'M'},
						{"margins", required_argument, NULL, 'F'},
						{"format", required_argument, NULL, 'f'},
						{"any-machine", no_argument, NULL, 'x'},
						{"any-build", no_argument, NULL, 'b'},
						{"all", no_argument, NULL, 'A'},
						{NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && argc - optind != 2)
		code = complain(
			EXIT_UNUSABLE,
			"compare takes two sides, BASE and HEAD: a file, a run folder, or a pattern in "
			"quotes; see `pvt help compare`");
	return code;
}

/* ---- may they be compared? ---- */

/* What has to be alike, and what the user says who knows better. */
static const struct {
	const char *path, *what, *flag;
	bool build;
} alike[] = {
	{"machine.cpu", "processor", "--any-machine", false},
	{"machine.cores", "number of cores", "--any-machine", false},
	{"machine.pus", "number of processing units", "--any-machine", false},
	{"machine.memory_bytes", "memory", "--any-machine", false},
	{"machine.kernel", "kernel", "--any-machine", false},
	{"machine.host", "host", "--any-machine", false},
	{"pvt.compiler", "compiler", "--any-build", true},
	{"pvt.flags", "flags of the compiler", "--any-build", true},
	{"pvt.build_type", "type of build", "--any-build", true},
};

static char *said_of(const char *path, const char *key)
{
	char *copy = strdup(path), *text = copy ? environment_text(dirname(copy), key) : NULL;
	free(copy);
	return text;
}

static int check_alike(const struct request *r, const char *first, const char *other, size_t key)
{
	char *a = said_of(first, alike[key].path), *b = said_of(other, alike[key].path);
	char shown[2][160];
	int code = 0;
	if (alike[key].build ? r->any_build : r->any_machine)
		code = 0;
	else if (!a || !b || !*a || !*b)
		code = complain(EXIT_UNUSABLE,
				"'%s': no env.json beside it that names the %s; give run folders, or %s",
				a && *a ? other : first, alike[key].what, alike[key].flag);
	else if (strcmp(a, b) != 0)
		code = complain(EXIT_UNUSABLE,
				"'%s' and '%s' differ in the %s: %s, %s; compare like with like, or give %s",
				first, other, alike[key].what, text_show(a, shown[0], sizeof shown[0]),
				text_show(b, shown[1], sizeof shown[1]), alike[key].flag);
	else if (strcmp(alike[key].path, "pvt.build_type") == 0 && strcmp(a, "Debug") == 0)
		code = complain(EXIT_UNUSABLE,
				"'%s' is of a debug build; build for release, or give --any-build", first);
	free(a);
	free(b);
	return code;
}

static int check_sides(const struct request *r, const struct side *base, const struct side *head)
{
	int code = 0;
	const struct side *sides[] = {base, head};
	for (size_t s = 0; s < 2; s++)
		for (size_t f = 0; f < sides[s]->file_count; f++)
			for (size_t k = 0; k < sizeof alike / sizeof *alike && !code; k++)
				code = check_alike(r, base->path[0], sides[s]->path[f], k);
	return code;
}

/* ---- the command ---- */

static int compare_and_show(const struct request *r, const struct question *question, const struct side *base,
			    const struct side *head)
{
	struct compared compared;
	int error = compare_sides(base, head, question, &compared);
	int code = error ? complain(EXIT_UNUSABLE, "out of memory") : compare_code(&compared);
	if (!error && verdicts_put(stdout, &compared, r->format, r->all))
		code = complain(EXIT_UNUSABLE, "out of memory");
	compare_free(&compared);
	return code;
}

int command_compare(int argc, char **argv)
{
	struct request r = {.asked = question_defaults};
	struct asked_question asked = {0};
	struct side base = {0}, head = {0};
	char why[512] = "out of memory";
	int code = read_request(argc, argv, &r);
	code = code ? code : question_make(&r.asked, &asked);
	if (!code && (side_read(&base, argv[optind], why, sizeof why) ||
		      side_read(&head, argv[optind + 1], why, sizeof why)))
		code = complain(EXIT_UNUSABLE, "%s", why);
	code = code ? code : check_sides(&r, &base, &head);
	code = code ? code : compare_and_show(&r, &asked.question, &base, &head);
	side_free(&base);
	side_free(&head);
	question_free(&asked);
	return code;
}
