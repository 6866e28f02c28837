/* pvt list: what there is to measure. */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/json_put.h"
#include "bench/base/text.h"
#include "bench/base/units.h"
#include "bench/cli/commands.h"
#include "bench/plan/catalog.h"
#include "bench/plan/hosts_option.h"
#include "bench/plan/plan.h"
#include "bench/plan/suites.h"
#include "bench/samples/samples.h"

/* A listing is a JSON array of flat objects; as text each is a line of its first fields. */
static void add(json_t *list, const char *name, const char *help, json_t *more)
{
	json_t *entry = json_pack("{s:s, s:s}", "name", name, "help", help);
	json_object_update_missing(entry, more);
	json_decref(more);
	json_array_append_new(list, entry);
}

static json_t *list_kernels(void)
{
	json_t *list = json_array();
	const struct kernel *kernel;
	for (size_t i = 0; (kernel = catalog_kernel(i)); i++) {
		char shown[PATH_MAX];
		const char *plugin = catalog_plugin(kernel);
		add(list, kernel->name, kernel->help,
		    json_pack("{s:s, s:s, s:s, s:[I, I, I], s:s?, s:s}", "kind",
			      kernel->kind == KERNEL_RATE ? "rate" : "work", "item", kernel->item,
			      "size_unit", kernel->size_unit ? kernel->size_unit : "items", "sizes",
			      (json_int_t)kernel->sizes[0], (json_int_t)kernel->sizes[1],
			      (json_int_t)kernel->sizes[2], "input", kernel->input, "from",
			      plugin ? text_show(plugin, shown, sizeof shown) : "built in"));
	}
	return list;
}

static json_t *list_runners(void)
{
	json_t *list = json_array();
	for (const struct runner *r = runners; r->name; r++)
		add(list, r->name, r->help,
		    json_pack("{s:b, s:b, s:s?}", "processes", runner_has_processes(r), "pool", r->pool,
			      "missing", r->missing));
	return list;
}

static json_t *list_suites(void)
{
	json_t *list = json_array();
	for (const struct suite *s = suites; s->name; s++)
		add(list, s->name, s->help, json_object());
	return list;
}

static json_t *list_columns(void)
{
	static const char *const types[] = {"text", "whole number", "number", "64 bits, hexadecimal"};
	json_t *list = json_array();
	for (size_t i = 0; i < sample_column_count; i++) {
		const struct column *c = &sample_columns[i];
		add(list, c->name, c->meaning,
		    json_pack("{s:s, s:s}", "type", types[c->type], "unit", c->unit));
	}
	return list;
}

/* What completions ask for: of one command, by name. */
static json_t *list_options(const struct command *command)
{
	json_t *list = json_array();
	for (const struct option_row *row = command->options; row && row->name; row++)
		if (row->help)
			add(list, row->name, row->help,
			    json_pack("{s:s?, s:s}", "value", row->value, "words",
				      row->words ? row->words : ""));
	return list;
}

/* The commands, and what each takes beside options. */
static json_t *list_commands(void)
{
	json_t *list = json_array();
	for (const struct command *c = commands; c->name; c++)
		add(list, c->name, c->brief, json_pack("{s:s}", "words", c->arguments ? c->arguments : ""));
	return list;
}

static int list_cases(const struct options *o, json_t **list)
{
	struct machine *machine;
	struct plan plan = {0};
	char why[256];
	if (machine_load(&machine, NULL, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	struct cluster *cluster;
	int code = hosts_option_make(o, machine, NULL, &cluster);
	if (!code)
		code = plan_make(o, machine, cluster, &plan);
	*list = json_array();
	for (size_t i = 0; i < plan.count; i++)
		json_array_append_new(*list, json_string(plan.cases[i].name));
	plan_free(&plan);
	cluster_free(cluster);
	machine_free(machine);
	return code;
}

static void print_sizes(const json_t *entry)
{
	const json_t *sizes = json_object_get(entry, "sizes");
	printf("%-13s   %s\n", "", json_string_value(json_object_get(entry, "from")));
	printf("%-13s   --size in %s: small %lld, medium %lld, large %lld\n", "",
	       json_string_value(json_object_get(entry, "size_unit")),
	       (long long)json_integer_value(json_array_get(sizes, 0)),
	       (long long)json_integer_value(json_array_get(sizes, 1)),
	       (long long)json_integer_value(json_array_get(sizes, 2)));
}

static const char *text_of(const json_t *entry, const char *key)
{
	const char *text = json_string_value(json_object_get(entry, key));
	return text && *text ? text : "-";
}

static void print_text(const json_t *list)
{
	size_t i;
	json_t *entry;
	json_array_foreach(list, i, entry)
	{
		if (json_is_string(entry))
			printf("%s\n", json_string_value(entry));
		else if (json_object_get(entry,
					 "words")) /* for completions: tabs between, and "-" for nothing */
			printf("%s\t%s\t%s\t%s\n", text_of(entry, "name"), text_of(entry, "value"),
			       text_of(entry, "words"), text_of(entry, "help"));
		else
			printf("%-13s %s\n", text_of(entry, "name"), text_of(entry, "help"));
		if (json_object_get(entry, "sizes"))
			print_sizes(entry);
	}
}

/* ---- the command ---- */

static const struct listing {
	const char *name;
	json_t *(*make)(void);
} listings[] = {{"kernels", list_kernels}, {"runners", list_runners},   {"suites", list_suites},
		{"columns", list_columns}, {"commands", list_commands}, {0}};

static int make_list(const char *what, const char *command, const struct options *options, json_t **list)
{
	for (const struct listing *l = listings; l->name; l++)
		if (strcmp(l->name, what) == 0) {
			*list = l->make();
			return 0;
		}
	if (strcmp(what, "cases") == 0)
		return list_cases(options, list);
	if (strcmp(what, "options") != 0)
		return complain(
			EXIT_UNUSABLE,
			"list: '%s' is none of kernels, runners, suites, cases, columns, commands, options",
			what);
	if (!command || !command_find(command))
		return complain(EXIT_UNUSABLE, "list options: name a command; `pvt list commands` has them");
	*list = list_options(command_find(command));
	return 0;
}

/* The words before the first option: what is listed, and of options the command. */
int command_list(int argc, char **argv, char *const *original)
{
	struct options options;
	const char *what = argc > 1 && argv[1][0] != '-' ? argv[1] : "kernels";
	const char *command = argc > 2 && strcmp(what, "options") == 0 && argv[2][0] != '-' ? argv[2] : NULL;
	int skip = (argc > 1 && argv[1] == what) + (command != NULL);
	json_t *list = NULL;
	(void)original;
	argc -= skip;
	int code = options_read(&argc, argv + skip, &options);
	if (!code)
		code = make_list(what, command, &options, &list);
	if (!code && !options.json)
		print_text(list);
	else if (!code && json_put(json_incref(list), stdout))
		code = complain(EXIT_UNUSABLE, "out of memory");
	json_decref(list);
	return code;
}
