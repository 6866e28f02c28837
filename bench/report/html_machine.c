/* What report.html tells of the words, of the machine, and of how to do it again. */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/machine/env_labels.h"
#include "bench/machine/environment.h"
#include "bench/plan/suites.h"
#include "bench/render/html_text.h"
#include "bench/report/html_parts.h"
#include "runners/runner.h"

static void put_word(FILE *file, const char *word, const char *meaning)
{
	fputs("<div>", file);
	html_put_element(file, "dt", word);
	html_put_element(file, "dd", meaning);
	fputs("</div>\n", file);
}

static bool has_runner(const struct summary *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].id.runner, name) == 0)
			return true;
	return false;
}

static bool has_suite(const struct summary *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].id.suite, name) == 0)
			return true;
	return false;
}

void html_put_words(FILE *file, const struct html_page *page)
{
	fputs("<section aria-labelledby=\"words\">\n<h2 id=\"words\">Words</h2>\n<dl>\n", file);
	put_word(file, "kernel", "work made of independent items");
	put_word(file, "runner", "the way in which workers carry it out: as threads or as processes");
	put_word(file, "case",
		 "a kernel of one size under one runner with a number of workers, on given CPUs");
	put_word(file, "span", "from the first worker's start of work to the last one's end");
	put_word(file, "wall", "from before the first launch to after the last worker is gone");
	put_word(
		file, "interval",
		"where the median lies, with a confidence of 95 %: of three to five invocations by Student's "
		"t on the logarithms, of six to eight by the averages of all pairs (Walsh), of nine or more "
		"by order statistics; fewer have none. Invocations are processes started anew: samples of "
		"one are not counted as independent");
	for (const struct runner *r = runners; r->name; r++)
		if (has_runner(page->summary, r->name))
			put_word(file, r->name, r->help);
	for (const struct suite *s = suites; s->name; s++)
		if (has_suite(page->summary, s->name)) {
			char word[64];
			snprintf(word, sizeof word, "suite %.40s", s->name);
			put_word(file, word, s->help);
		}
	fputs("</dl>\n</section>\n", file);
}

static void put_facts(FILE *file, const struct env_file *env)
{
	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"The machine, as a table\">\n"
	      "<table class=\"facts\"><caption>The machine and the program, from env.json</caption>\n"
	      "<thead><tr><th scope=\"col\">What</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n",
	      file);
	for (const struct env_label *label = env_labels; label->label; label++) {
		char *value = env_text(env, label->path);
		if (value && *value) {
			fputs("<tr>", file);
			html_put_element(file, "th scope=row", label->label);
			html_put_element(file, "td", value);
			fputs("</tr>\n", file);
		}
		free(value);
	}
	fputs("</tbody></table></div>\n", file);
}

static void put_doctor_finding(FILE *file, const struct doctor_finding *f)
{
	const char *const rest[][2] = {
		{" (", f->state}, {"): ", f->value}, {". Why it matters: ", f->why}, {". Fix: ", f->mend}};
	fputs("<li>", file);
	html_put_element(file, "b", f->name);
	for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
		fputs(rest[k][0], file);
		html_put_text(file, rest[k][1]);
	}
	fputs(".</li>\n", file);
}

static void put_reproduction(FILE *file, const struct env_file *env)
{
	char *command = env_command(env), *seed = env_text(env, "seed");
	fputs("<section aria-labelledby=\"reproduce\">\n<h2 id=\"reproduce\">How to reproduce it</h2>\n"
	      "<p>The command of this run:</p>\n<pre tabindex=\"0\" aria-label=\"Command\"><code>",
	      file);
	html_put_text(file, command && *command ? command : "pvt run");
	fputs("</code></pre>\n<p>", file);
	if (seed && *seed) {
		fputs("The order of measurement follows from the seed ", file);
		html_put_element(file, "code", seed);
		fputs("; with <code>--seed</code> it is the same again. ", file);
	}
	fputs("Workers were pinned to one CPU each, cases measured in random order, and every "
	      "job's result checked; a worker that crashed or hung is a row with that status, never a "
	      "number. All figures here can be recomputed from <code>samples.csv</code> in the run folder "
	      "with <code>pvt report --html</code>; tables with every number are in "
	      "<code>TABLES.md</code>.</p>\n</section>\n",
	      file);
	free(command);
	free(seed);
}

void html_put_machine(FILE *file, const struct html_page *page)
{
	fputs("<section aria-labelledby=\"machine\">\n<h2 id=\"machine\">The machine</h2>\n", file);
	put_facts(file, page->env);
	env_put_doctor(page->env, file, "<h3>What makes timings noisy here</h3>\n<ul>\n", put_doctor_finding,
		       "</ul>\n");
	fputs("</section>\n", file);
	put_reproduction(file, page->env);
}
