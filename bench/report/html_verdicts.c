/* The verdicts of report.html, each with the plot that shows it, and the figures that no verdict names. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/claims/files.h"
#include "bench/claims/mechanisms.h"
#include "bench/render/html_text.h"
#include "bench/report/html_parts.h"

/* Processes over threads by every comparison: below the verdicts' list. */
static const char first_figure[] = "overview";

/* The topic of a consequence is what stands before its colon. */
void html_put_answer(FILE *file, const struct claims *claims)
{
	bool begun = false;
	for (size_t i = 0; i < claims->count; i++) {
		const char *text = claims->claim[i].consequence;
		if (!text)
			continue;
		if (!begun)
			fputs("<ul class=\"answer\">\n", file);
		begun = true;
		int topic = (int)strcspn(text, ":");
		fprintf(file, "<li><a href=\"#%s\">%.*s</a>", claims->claim[i].id, topic, text);
		html_put_text(file, text + topic);
		fputs(".</li>\n", file);
	}
	if (begun)
		fputs("</ul>\n", file);
}

const struct figure *html_find_figure(const struct html_page *page, const char *name)
{
	for (const struct figure *f = page->figures; name && f->name; f++)
		if (f->drawn && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* An image, not inline markup: its ids cannot collide, and its text cannot become the page's. */
void html_put_figure(FILE *file, const struct html_page *page, const struct figure *figure)
{
	char plot[128], path[PATH_MAX + 160], *url = NULL;
	size_t bytes;
	snprintf(plot, sizeof plot, "plots/%.64s.svg", figure->name);
	FILE *image = open_memstream(&url, &bytes);
	int error = image ? html_put_svg_url(image, folder_file(page->dir, plot, path, sizeof path)) : -1;
	if (image && fclose(image) == EOF)
		error = -1;
	if (!error) {
		fprintf(file,
			"<details class=\"plot\" id=\"figure-%s\" open><summary>Plot: %s"
			"</summary>\n<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\" "
			"aria-label=\"Plot: %s, can be scrolled\"><img src=\"",
			figure->name, figure->name, figure->name);
		fwrite(url, 1, bytes, file);
		fputs("\" alt=\"", file);
		html_put_text(file, figure->title);
		fputs("\"></div></figure></details>\n", file);
	}
	free(url);
}

static bool shows(const struct claim *c, const char *figure)
{
	return c->verdict != CLAIM_UNMEASURED && c->figure && strcmp(c->figure, figure) == 0;
}

/* The first claim that a figure shows has it below; the others point there. */
static bool is_shown_above(const struct claims *claims, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (shows(&claims->claim[i], claims->claim[index].figure))
			return true;
	return false;
}

static void put_claim_figure(FILE *file, const struct html_page *page, size_t index)
{
	const struct figure *figure = html_find_figure(page, page->claims->claim[index].figure);
	if (!figure)
		return;
	if (is_shown_above(page->claims, index))
		fprintf(file, "<p><a href=\"#figure-%s\">The plot is above: %s</a></p>\n", figure->name,
			figure->name);
	else
		html_put_figure(file, page, figure);
}

/* A text as a sentence of its own, or after what begins it. */
static void put_sentence(FILE *file, const char *label, const char *beginning, const char *text)
{
	char first[2] = {*text, '\0'};
	if (!*text)
		return;
	fprintf(file, "<p><b>%s</b> %s", label, beginning);
	if (!*beginning)
		first[0] = (char)toupper((unsigned char)*text);
	if ((unsigned char)*text < 0x80) {
		html_put_text(file, first);
		text++;
	}
	html_put_text(file, text);
	fputs(".</p>\n", file);
}

static void put_badge(FILE *file, enum claim_verdict verdict)
{
	static const char *const classes[] = {
		[CLAIM_HOLDS] = "holds", [CLAIM_FAILS] = "fails",     [CLAIM_DEPENDS] = "depends",
		[CLAIM_SAME] = "same",   [CLAIM_UNKNOWN] = "unknown", [CLAIM_UNMEASURED] = "unmeasured"};
	fprintf(file, "<span class=\"badge %s\">%s</span><span class=\"colon\">:</span> ", classes[verdict],
		claims_verdict_name(verdict));
}

/* Folded, for nobody asks for it first; links to any of them lead here. */
static void put_unmeasured(FILE *file, const struct claims *claims)
{
	size_t n = claims_count(claims, CLAIM_UNMEASURED);
	if (!n)
		return;
	fprintf(file,
		"<details class=\"unmeasured\"><summary>Not measured in this run: %zu claim%s</summary>\n"
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Not measured, can be "
		"scrolled\"><table><caption>What this run did not measure, and what does</caption>\n<thead><tr>"
		"<th scope=\"col\">Claim</th><th scope=\"col\">Why not</th><th scope=\"col\">To measure "
		"it</th></tr></thead>\n<tbody>\n",
		n, n == 1 ? "" : "s");
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->claim[i];
		if (c->verdict != CLAIM_UNMEASURED)
			continue;
		fprintf(file, "<tr id=\"%s\">", c->id);
		html_put_element(file, "th scope=row", c->claim);
		html_put_element(file, "td", *c->reason ? c->reason : "its suite was not part of the run");
		fputs("<td>", file);
		if (c->command)
			html_put_element(file, "code", c->command);
		fputs("</td></tr>\n", file);
	}
	fputs("</tbody></table></div></details>\n", file);
}

static void put_claim(FILE *file, const struct html_page *page, size_t index)
{
	const struct claim *c = &page->claims->claim[index];
	fprintf(file, "<li><article class=\"claim\" id=\"%s\">\n<h3>", c->id);
	put_badge(file, c->verdict);
	html_put_text(file, c->claim);
	fputs("</h3>\n", file);
	put_sentence(file, "Measured:", "", c->measured);
	put_sentence(file, "Why:", c->verdict == CLAIM_DEPENDS ? "It depends " : "", c->reason);
	const struct mechanism *mechanism = mechanism_of(c->id);
	if (mechanism) {
		fputs("<p class=\"mechanism\"><b>Mechanism:</b> ", file);
		html_put_text(file, mechanism->text);
		fputs(" <i>See ", file);
		html_put_text(file, mechanism->source);
		fputs(".</i></p>\n", file);
	}
	if (*c->stamps) {
		fputs("<p class=\"stamps\"><b>From:</b> ", file);
		html_put_element(file, "code", c->stamps);
		fputs("</p>\n", file);
	}
	if (c->command) {
		fputs("<p class=\"command\"><b>To measure it:</b> ", file);
		html_put_element(file, "code", c->command);
		fputs("</p>\n", file);
	}
	put_claim_figure(file, page, index);
	fputs("</article></li>\n", file);
}

void html_put_verdicts(FILE *file, const struct html_page *page)
{
	fputs("<section aria-labelledby=\"verdicts\">\n<h2 id=\"verdicts\">The verdicts</h2>\n"
	      "<p>What is taught, and what this machine shows. Each verdict follows from the samples by rule; "
	      "brackets are 95 % intervals over the invocations; a difference of 5 % or less does not "
	      "matter.</p>\n",
	      file);
	const struct figure *first = html_find_figure(page, first_figure);
	if (first)
		html_put_figure(file, page, first);
	fputs("<ol class=\"claims\">\n", file);
	for (size_t i = 0; i < page->claims->count; i++)
		if (page->claims->claim[i].verdict != CLAIM_UNMEASURED)
			put_claim(file, page, i);
	fputs("</ol>\n", file);
	put_unmeasured(file, page->claims);
	fputs("</section>\n", file);
}

static bool is_shown_with_the_verdicts(const struct claims *claims, const char *name)
{
	if (strcmp(name, first_figure) == 0)
		return true;
	for (size_t i = 0; i < claims->count; i++)
		if (shows(&claims->claim[i], name))
			return true;
	return false;
}

void html_put_figures(FILE *file, const struct html_page *page)
{
	size_t shown = 0;
	fputs("<section aria-labelledby=\"figures\">\n<h2 id=\"figures\">More figures</h2>\n", file);
	for (const struct figure *f = page->figures; f->name; f++) {
		if (!f->drawn || is_shown_with_the_verdicts(page->claims, f->name))
			continue;
		html_put_figure(file, page, f);
		shown++;
	}
	if (!shown)
		fputs("<p>There are none except those of the verdicts.</p>\n", file);
	fputs("</section>\n", file);
}
