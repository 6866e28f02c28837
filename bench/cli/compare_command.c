/* pvt compare: is head slower than base? Two sets of samples that are there already. */
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/machine/same_machine.h"
#include "bench/regress/compare.h"
#include "bench/regress/compare_options.h"
#include "bench/regress/verdicts.h"

struct request {
	struct compare_flags asked;
	int format; /* enum format */
	bool any_machine, any_build, all;
};

/* ---- what is asked ---- */

const struct option_row options_of_compare[] = {
	COMPARE_OPTION_ROWS(struct request, asked),
	VERDICTS_FORMAT_ROW(struct request, format),
	{"all", NULL, NULL, "also show what passed and what is inconclusive", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, all)},
	{"any-machine", NULL, NULL, "allow different machines", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, any_machine)},
	{"any-build", NULL, NULL, "allow different compilers", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, any_build)},
	{0},
};

static int read_request(int argc, char **argv, struct request *r)
{
	int code = option_table_read("compare", options_of_compare, argc, argv, r);
	if (!code && argc - optind != 2)
		code = complain(
			EXIT_UNUSABLE,
			"compare takes two sides, BASE and HEAD: a file, a run folder, or a pattern in "
			"quotes; see `pvt help compare`");
	return code;
}

static int check_sides(const struct request *r, const struct sample_set *base, const struct sample_set *head)
{
	int code = same_machine_check(base->path[0], base->path, base->file_count, r->any_machine,
				      r->any_build);
	return code ? code
		    : same_machine_check(base->path[0], head->path, head->file_count, r->any_machine,
					 r->any_build);
}

/* ---- the command ---- */

static int compare_and_show(const struct request *r, const struct compare_options *question,
			    const struct sample_set *base, const struct sample_set *head)
{
	struct compared compared;
	int code = compare_sides(base, head, question, &compared) ? complain(EXIT_UNUSABLE, "out of memory")
								  : 0;
	if (!code)
		code = verdicts_put(stdout, &compared, (enum format)r->format, r->all);
	if (!code)
		code = compare_code(&compared);
	compare_free(&compared);
	return code;
}

int command_compare(int argc, char **argv, char *const *original)
{
	(void)original;
	struct request r = {.asked = compare_flags_default};
	struct compare_parsed asked = {0};
	struct sample_set base = {0}, head = {0};
	char why[512] = "out of memory";
	int code = read_request(argc, argv, &r);
	code = code ? code : compare_flags_parse(&r.asked, &asked);
	if (!code && (compare_read(&base, argv[optind], why, sizeof why) ||
		      compare_read(&head, argv[optind + 1], why, sizeof why)))
		code = complain(EXIT_UNUSABLE, "%s", why);
	code = code ? code : check_sides(&r, &base, &head);
	code = code ? code : compare_and_show(&r, &asked.question, &base, &head);
	sample_set_free(&base);
	sample_set_free(&head);
	compare_parsed_free(&asked);
	return code;
}
