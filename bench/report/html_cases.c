/* The explorer of report.html: controls and chart, which the script brings to life, and the table of all
 * cases. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench/base/text.h"
#include "bench/base/units.h"
#include "bench/render/html_text.h"
#include "bench/report/html_parts.h"

static const struct {
	const char *key, *label, *class;
} columns[] = {
	{"suite", "Suite", ""},      {"kernel", "Kernel", ""},
	{"size", "Size", "n"},       {"runner", "Runner", ""},
	{"workers", "Workers", "n"}, {"setting", "Placement", ""},
	{"wall", "Wall", "n"},       {"span", "Span", "n"},
	{"speedup", "Speedup", "n"}, {"wall_speedup", "Wall speedup", "n"},
	{"samples", "Samples", "n"}, {"status", "Status", ""},
};

/* "64 MiB", exactly. */
static const char *show_bytes(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
	size_t i = 0;
	for (; bytes >= 1024 && bytes % 1024 == 0 && i < 3; i++)
		bytes /= 1024;
	snprintf(text, size, "%" PRIu64 " %s", bytes, units[i]);
	return text;
}

const char *html_setting(const struct case_summary *c, char *text, size_t bytes)
{
	char ballast[96] = "", hosts[40] = "", size[32], placement[64], schedule[64];
	if (c->id.ballast)
		snprintf(ballast, sizeof ballast, ", with %s%s in the parent",
			 show_bytes(c->id.ballast, size, sizeof size),
			 strcmp(c->id.pages, "huge") == 0 ? " in huge pages" : "");
	if (c->id.hosts > 1)
		snprintf(hosts, sizeof hosts, ", %" PRIu64 " hosts", c->id.hosts);
	snprintf(text, bytes, "%s, %s%s%s", text_show(c->id.placement, placement, sizeof placement),
		 text_show(c->id.schedule, schedule, sizeof schedule), hosts, ballast);
	return text;
}

static void append(char *text, size_t bytes, const char *part)
{
	size_t used = strlen(text);
	snprintf(text + used, bytes - used, "%s%s", used ? ", " : "", part);
}

const char *html_status(const struct case_summary *c, char *text, size_t bytes)
{
	char part[96], shown[64];
	*text = '\0';
	if (c->failed) {
		snprintf(part, sizeof part, "%s × %zu", text_show(c->status, shown, sizeof shown), c->failed);
		append(text, bytes, part);
	}
	if (c->noisy) {
		snprintf(part, sizeof part, "noisy × %zu", c->noisy);
		append(text, bytes, part);
	}
	if (c->oversubscribed)
		append(text, bytes, "more workers than units");
	if (!*text)
		append(text, bytes, "ok");
	return text;
}

static const char *show_ratio(double value, char *text, size_t bytes)
{
	snprintf(text, bytes, "%.2f", value);
	return text;
}

/* A value and, below it, its interval. */
static void put_estimate(FILE *file, const struct estimate *e,
			 const char *(*show)(double value, char *text, size_t bytes))
{
	char text[32];
	if (!isfinite(e->value)) {
		fputs("<td class=n>–</td>", file);
		return;
	}
	fprintf(file, "<td class=n>%s", show(e->value, text, sizeof text));
	if (isfinite(e->low)) {
		fprintf(file, " <small>[%s, ", show(e->low, text, sizeof text));
		fprintf(file, "%s]</small>", show(e->high, text, sizeof text));
	}
	fputs("</td>", file);
}

static void put_row(FILE *file, const struct case_summary *c)
{
	char text[HTML_NOTE_BYTES];
	fputs("<tr>", file);
	html_put_element(file, "td", c->id.suite);
	html_put_element(file, "th scope=row", c->id.kernel);
	fprintf(file, "<td class=n>%" PRIu64 "</td>", c->id.size);
	html_put_element(file, "td", c->id.runner);
	fprintf(file, "<td class=n>%" PRIu64 "</td>", c->id.workers);
	html_put_element(file, "td", html_setting(c, text, sizeof text));
	put_estimate(file, &c->wall, units_show_ns);
	put_estimate(file, &c->span, units_show_ns);
	put_estimate(file, &c->speedup, show_ratio);
	put_estimate(file, &c->wall_speedup, show_ratio);
	fprintf(file, "<td class=n>%zu <small>in %zu</small></td>", c->samples, c->wall.n);
	html_put_element(file, "td", html_status(c, text, sizeof text));
	fputs("</tr>\n", file);
}

/* Shown by the script alone: without it they would do nothing. */
static void put_controls(FILE *file)
{
	fputs("<form id=\"controls\" hidden>\n"
	      "<label>Filter <input type=\"search\" id=\"filter\" placeholder=\"matmul 768\" "
	      "autocomplete=\"off\" spellcheck=\"false\"></label>\n"
	      "<label>Suite <select id=\"suite\"><option value=\"\">all</option></select></label>\n"
	      "<label>Runner <select id=\"runner\"><option value=\"\">all</option></select></label>\n"
	      "<button type=\"reset\">All cases</button>\n"
	      "<output id=\"count\" for=\"filter suite runner\"></output>\n</form>\n",
	      file);
}

static void put_chart(FILE *file)
{
	fputs("<div id=\"explorer\" hidden>\n<h3 id=\"chart-title\">The cases that are shown, as a "
	      "chart</h3>\n"
	      "<form id=\"chart-controls\">\n"
	      "<label>Show <select id=\"measure\"></select></label>\n"
	      "<label><input type=\"checkbox\" id=\"log\"> logarithmic axis</label>\n"
	      "<fieldset id=\"series\"><legend>Runners</legend></fieldset>\n</form>\n"
	      "<p class=\"hint\" id=\"chart-hint\">A mark is a median, its line the interval. Point at one, "
	      "or reach them by Tab and move with the arrow keys; Escape closes the note.</p>\n"
	      "<div id=\"chart\"></div>\n<p id=\"chart-note\" role=\"status\"></p>\n"
	      "<div id=\"tip\" role=\"tooltip\" hidden></div>\n</div>\n",
	      file);
}

void html_put_cases(FILE *file, const struct html_page *page)
{
	fputs("<section aria-labelledby=\"cases\">\n<h2 id=\"cases\">All cases</h2>\n", file);
	put_controls(file);
	put_chart(file);
	fputs("<h3 id=\"table-title\">The cases as a table</h3>\n"
	      "<div class=\"scroll tall\" role=\"region\" tabindex=\"0\" aria-labelledby=\"table-title\">\n"
	      "<table id=\"table\">\n<caption>Medians over the process invocations, with their intervals. "
	      "<i>Wall</i>: the whole job, with launch and exit. <i>Span</i>: the work itself. "
	      "<i>Speedup</i>: the sequential span over this one. <i>Wall speedup</i>: the same of the whole "
	      "job. <i>Samples</i>: how many, in how many invocations.</caption>\n<thead><tr>",
	      file);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		fprintf(file, "<th scope=\"col\"%s data-key=\"%s\">%s</th>",
			*columns[i].class ? " class=n" : "", columns[i].key, columns[i].label);
	fputs("</tr></thead>\n<tbody>\n", file);
	for (size_t i = 0; i < page->summary->count; i++)
		put_row(file, &page->summary->cases[i]);
	fputs("</tbody></table></div>\n</section>\n", file);
}
