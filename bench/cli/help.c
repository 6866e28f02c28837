/* pvt help: what the commands take. The manual pages say more. */
#include <stdio.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/plan/options.h"

static void put_all(void)
{
	fputs("pvt: should this work run in processes or in threads?\n\n", stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("  pvt %-9s %s\n", c->name, c->brief);
	fputs("\n`pvt help COMMAND` explains a command; `pvt --version`\n\n"
	      "Exit codes:\n"
	      "  0    no failure; compare and gate: no regression shown\n"
	      "  1    a wrong result or a failed worker; compare and gate: a regression\n"
	      "  2    wrong usage or unusable input\n"
	      "  3    compare, gate and advise: inconclusive, the data do not decide it\n"
	      "  130  interrupted; every finished sample is on disk\n\n"
	      "No command needs any privilege.\n",
	      stdout);
}

static void put_one(const struct command *c)
{
	fputs(c->about, stdout);
	if (c->options && (c->options != options_of_run || strcmp(c->name, "run") == 0)) {
		putchar('\n');
		option_table_put_help(stdout, c->options);
	}
	if (c->exit)
		printf("\n%s", c->exit);
}

/* Ten lines for who has just built it. */
void help_put_first(void)
{
	fputs("pvt: should this work run in processes or in threads?\n\n"
	      "  pvt doctor         what will make timings noisy on this machine\n"
	      "  pvt run --quick    a first look in one minute; decides little\n"
	      "  pvt run            measure for three minutes, then print the verdicts\n"
	      "  pvt report --html  the last run again as RESULTS.md and report.html\n"
	      "  pvt advise         a runner for your work, predicted from the last run\n"
	      "  pvt gate           is one build slower than another? for CI\n\n"
	      "All commands and exit codes: `pvt help`\n",
	      stdout);
}

int command_help(int argc, char **argv, char *const *original)
{
	(void)original;
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;
	if (argc > 1 && !c && strcmp(argv[1], "pvt") != 0)
		return complain(EXIT_UNUSABLE, "there is no help on '%s'; `pvt help` lists the commands",
				argv[1]);
	if (c)
		put_one(c);
	else
		put_all();
	return EXIT_WELL;
}
