/* pvt help: what the commands take. The manual pages say more. */
#include <stdio.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/plan/options.h"

static void put_all(void)
{
	fputs("pvt — processes vs threads: should this work run in processes or in threads?\n\n", stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("  pvt %-9s %s\n", c->name, c->brief);
	fputs("\n`pvt help COMMAND` says more; pvt --version\n\n"
	      "Exit: 0 all well; 1 a wrong result or a failed worker; 2 usage or unusable input;\n"
	      "3 compare, gate, advise: not enough to tell; 130 interrupted, with every finished sample on\n"
	      "disk. No command needs any privilege.\n",
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

int command_help(int argc, char **argv, char *const *original)
{
	(void)original;
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;
	if (argc > 1 && !c && strcmp(argv[1], "pvt") != 0)
		return complain(EXIT_UNUSABLE, "there is no help on '%s'; `pvt help` names the commands",
				argv[1]);
	if (c)
		put_one(c);
	else
		put_all();
	return EXIT_WELL;
}
