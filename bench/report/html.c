#include "bench/report/html.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/base/draft.h"
#include "bench/claims/files.h"
#include "bench/machine/environment.h"
#include "bench/render/html_text.h"
#include "bench/report/doubts.h"
#include "bench/report/html_parts.h"
#include "bench/report/page.h"

static void put_source(FILE *file, const char *kind, const unsigned char *sha256)
{
	fprintf(file, "; %s-src 'sha256-", kind);
	html_put_base64(file, sha256, PAGE_SHA256_BYTES);
	fputc('\'', file);
}

/* By their hashes this style and this script are let in, and no other: text that got past the escapes would
 * still not run. */
static void put_head(FILE *file)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:",
	      file);
	put_source(file, "style", page_css_sha256);
	put_source(file, "script", page_js_sha256);
	fputs("; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n"
	      "<title>Processes or threads? What this machine says</title>\n<style>",
	      file);
	fwrite(page_css, 1, page_css_bytes, file);
	fputs("</style>\n</head>\n", file);
}

static void put_sentence(FILE *file, const char *sentence)
{
	if (!*sentence)
		return;
	fputc(' ', file);
	html_put_text(file, sentence);
	fputc('.', file);
}

static void put_basis(FILE *file, const struct summary *s)
{
	size_t failed = 0, noisy = 0;
	for (size_t i = 0; i < s->count; i++) {
		failed += s->cases[i].failed;
		noisy += s->cases[i].noisy;
	}
	fprintf(file,
		"<p>%zu samples of %zu cases, from %zu process invocation%s; %zu failed or were skipped, %zu are "
		"flagged noisy. Every result was verified.</p>\n",
		s->sample_count, s->count, s->run_count, s->run_count == 1 ? "" : "s", failed, noisy);
}

/* In the words of RESULTS.md, before any verdict. */
static void put_doubts(FILE *file, const struct summary *s)
{
	char doubts[DOUBTS_BYTES];
	doubts_tell(s, doubts);
	fputs("<p id=\"doubts\"><b>What to doubt first.</b>", file);
	put_sentence(file, doubts);
	fputs("</p>\n", file);
}

static void put_header(FILE *file, const struct html_page *page)
{
	const struct findings *f = page->findings;
	char *machine = env_caption(page->env);
	fputs("<body>\n<a class=\"skip\" href=\"#main\">Skip to the verdicts</a>\n<header>\n"
	      "<div class=\"title\"><h1>Processes or threads? What this machine says</h1>\n"
	      "<button type=\"button\" id=\"theme\" hidden>Dark page</button></div>\n<p class=\"machine\">",
	      file);
	html_put_text(file, machine && *machine ? machine : "machine unknown");
	fputs("</p>\n<p class=\"lead\">", file);
	claims_put_count(file, page->claims);
	fputs(".", file);
	put_sentence(file, f->ratio);
	put_sentence(file, f->whole_job);
	fputs("</p>\n", file);
	put_doubts(file, page->summary);
	html_put_answer(file, page->claims);
	put_basis(file, page->summary);
	fputs("<nav aria-label=\"Sections\"><ul>\n"
	      "<li><a href=\"#verdicts\">Verdicts</a></li>\n<li><a href=\"#cases\">All cases</a></li>\n",
	      file);
	if (page->scale->count)
		fputs("<li><a href=\"#beyond\">Beyond one machine</a></li>\n", file);
	if (scale_is_modelled(page->scale))
		fputs("<li><a href=\"#model\">What the model predicts</a></li>\n", file);
	fputs("<li><a href=\"#figures\">More figures</a></li>\n"
	      "<li><a href=\"#words\">Words</a></li>\n"
	      "<li><a href=\"#machine\">Machine</a></li>\n"
	      "<li><a href=\"#reproduce\">How to reproduce it</a></li>\n</ul></nav>\n</header>\n",
	      file);
	free(machine);
}

static int put_page(FILE *file, const struct html_page *page)
{
	put_head(file);
	put_header(file, page);
	fputs("<main id=\"main\" tabindex=\"-1\">\n", file);
	html_put_verdicts(file, page);
	html_put_cases(file, page);
	scale_put_html(file, page->scale);
	html_put_figures(file, page);
	html_put_words(file, page);
	html_put_machine(file, page);
	fputs("</main>\n<footer><p>Written by <code>pvt report --html</code> from the run folder's samples "
	      "alone. This file loads nothing from elsewhere.</p></footer>\n",
	      file);
	int error = html_put_data(file, page->summary);
	fputs("<script>", file);
	fwrite(page_js, 1, page_js_bytes, file);
	fputs("</script>\n</body>\n</html>\n", file);
	return error;
}

int html_write(const struct html_page *page)
{
	struct draft draft;
	int error = draft_open(&draft);
	return error ? error : draft_write(&draft, put_page(draft.file, page), page->dir, "report.html");
}
