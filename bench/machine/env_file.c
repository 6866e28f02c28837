#include "bench/machine/env_file.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/base/text.h"

struct env_file env_read(const char *dir)
{
	char path[PATH_MAX + 32];
	return (struct env_file){json_load_file(folder_file(dir, "env.json", path, sizeof path), 0, NULL)};
}

struct env_file env_read_beside(const char *file)
{
	char *copy = strdup(file);
	struct env_file env = copy ? env_read(dirname(copy)) : (struct env_file){0};
	free(copy);
	return env;
}

void env_free(struct env_file *env)
{
	json_decref(env->root);
	env->root = NULL;
}

char *env_value(const json_t *json)
{
	char number[32] = "";
	const char *text = number;
	if (json_is_integer(json))
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
	else if (json_is_real(json))
		snprintf(number, sizeof number, "%.6g", json_real_value(json));
	else if (json_is_boolean(json))
		text = json_is_true(json) ? "yes" : "no";
	else if (json_is_string(json))
		text = json_string_value(json);
	return strdup(text);
}

char *env_text(const struct env_file *env, const char *path)
{
	char key[64];
	const json_t *at = env->root;
	while (at && *path) {
		size_t length = strcspn(path, ".");
		snprintf(key, sizeof key, "%.*s", (int)length, path);
		at = json_object_get(at, key);
		path += length + (path[length] == '.');
	}
	return env_value(at);
}

bool env_hosts_share(const struct env_file *env)
{
	char *shared = env_text(env, "hosts_share_machine");
	bool yes = shared && strcmp(shared, "yes") == 0;
	free(shared);
	return yes;
}

char *env_python(const struct env_file *env)
{
	char *version = env_text(env, "python.version"), *gil = env_text(env, "python.gil");
	char *python = NULL;
	if (!version || !gil ||
	    asprintf(&python, "%s%s", version, strcmp(gil, "no") == 0 ? " (free-threaded)" : "") < 0)
		python = strdup("");
	free(version);
	free(gil);
	return python;
}

void env_put_doctor(const struct env_file *env, FILE *file, const char *before, env_put_finding *put,
		    const char *after)
{
	size_t i, listed = 0;
	json_t *finding;
	json_array_foreach(json_object_get(env->root, "doctor"), i, finding)
	{
		struct doctor_finding f;
		if (json_unpack(finding, "{s:s, s:s, s:s, s:s, s:s}", "name", &f.name, "state", &f.state,
				"value", &f.value, "why", &f.why, "mend", &f.mend) ||
		    !*f.mend)
			continue;
		if (listed++ == 0)
			fputs(before, file);
		put(file, &f);
	}
	if (listed)
		fputs(after, file);
}

/* Does the shell take the word as it is? */
static bool is_plain(const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,%+@";
	return *word && strspn(word, plain) == strlen(word);
}

/* $'…', for a page is to have no control characters; '…' where there are none. */
static void put_quoted(FILE *file, const char *text)
{
	bool plain = text_is_plain(text);
	fputs(plain ? "'" : "$'", file);
	for (; *text; text++)
		if (*text == '\'')
			fputs(plain ? "'\\''" : "\\'", file);
		else if (!plain && *text == '\\')
			fputs("\\\\", file);
		else if ((unsigned char)*text < ' ' || *text == 0x7f)
			fprintf(file, "\\%03o", (unsigned char)*text);
		else
			fputc(*text, file);
	fputc('\'', file);
}

char *env_command(const struct env_file *env)
{
	char *command = NULL;
	size_t bytes, i;
	json_t *word;
	FILE *file = open_memstream(&command, &bytes);
	json_array_foreach(json_object_get(env->root, "command"), i, word)
	{
		const char *text = json_is_string(word) ? json_string_value(word) : "";
		fputs(i ? " " : "", file);
		if (is_plain(text)) {
			fputs(text, file);
			continue;
		}
		put_quoted(file, text);
	}
	fclose(file);
	return command;
}

char *env_caption(const struct env_file *env)
{
	char *cpu = env_text(env, "machine.cpu"), *cores = env_text(env, "machine.cores");
	char *pus = env_text(env, "machine.pus"), *os = env_text(env, "machine.os");
	char *kernel = env_text(env, "machine.kernel"), *caption = NULL;
	if (!cpu || !cores || !pus || !os || !kernel || !*cpu ||
	    asprintf(&caption, "%s, %s cores, %s CPUs; %s, Linux %s", cpu, cores, pus, os, kernel) < 0)
		caption = strdup("");
	free(cpu);
	free(cores);
	free(pus);
	free(os);
	free(kernel);
	char shown[1024]; /* it goes into plots, too: a control character is not even XML */
	char *plain = caption ? strdup(text_show(caption, shown, sizeof shown)) : NULL;
	free(caption);
	return plain;
}
