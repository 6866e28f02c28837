#include "bench/findings/published.h"

#include "bench/base/units.h"
#include "bench/claims/bystander.h"
#include "bench/claims/judges.h"
#include "bench/claims/mapping.h"
#include "bench/claims/serve.h"
#include "bench/claims/stall.h"
#include "bench/render/markdown_text.h"

const struct published published[] = {
	{"bystander",
	 "what a TLB shootdown costs who unmaps: a thread's mmap, touch and munmap less a process's", 1e3,
	 10e3, PUBLISHED_NS,
	 "1–10 µs, unseel.com/cs/tlb-shootdown; 1–3 µs on a Xeon, newsletter.onedfrk.com, 2026-05-27",
	 bystander_shootdown},
	{"mapping", "page tables of 4 KiB pages per process and GiB of memory that all map shared", 2048,
	 2048, PUBLISHED_KIB,
	 "8 B per page: Intel SDM vol. 3A, 4.5; what PostgreSQL's documentation advises huge pages for (19.4.5)",
	 mapping_tables_of_a_gib},
	{"serve",
	 "memory per connection, a process each; published of PostgreSQL's backends, which have caches of their own",
	 0, 2048, PUBLISHED_KIB,
	 "A. Freund, Measuring the memory overhead of a Postgres connection, 2020: blog.anarazel.de",
	 serve_kib_of_process},
	{"fork-stall", "for how long a fork holds up the program, per GB of its memory in pages of 4 KiB",
	 9e6, 23.3e6, PUBLISHED_NS,
	 "9 to 23.3 ms per GB on physical machines and KVM, redis.io/docs, *Diagnosing latency issues*, fork time",
	 stall_per_gib},
	{"free-threads", "one thread of Python 3.13 without a GIL over one with it, in bytecode", 1.4, 1.4,
	 PUBLISHED_RATIO,
	 "about 40 % over pyperformance, docs.python.org/3.13/howto/free-threading-python.html",
	 claims_free_threads_price},
	{0},
};

static const char *show(enum published_unit unit, const struct estimate *e,
			char text[static CLAIM_FIGURE_BYTES])
{
	return unit == PUBLISHED_NS    ? claims_show_time(e, text)
	       : unit == PUBLISHED_KIB ? claims_show_kib(e, text)
				       : claims_show_ratio(e, text);
}

static void put_published(FILE *file, const struct published *p)
{
	char text[CLAIM_FIGURE_BYTES];
	if (p->low <= 0)
		fputs("less than ", file);
	for (int i = p->low <= 0; i < 2; i++) {
		double value = i ? p->high : p->low;
		if (i && p->high <= p->low)
			return;
		fputs(i && p->low > 0 ? " to " : "", file);
		if (p->unit == PUBLISHED_RATIO) {
			fprintf(file, "%.2f", value);
			continue;
		}
		fprintf(file, "%s",
			p->unit == PUBLISHED_NS ? units_show_ns(value, text, sizeof text)
						: claims_kib(value, text));
	}
}

/* Over the nearer end of what is published; 1: within it. */
static double factor(const struct published *p, double ours)
{
	return ours < p->low ? ours / p->low : ours > p->high ? ours / p->high : 1;
}

void published_put_section(FILE *file, const struct summary *s)
{
	bool begun = false;
	for (const struct published *p = published; p->claim; p++) {
		struct estimate ours = p->ours(s);
		char text[CLAIM_FIGURE_BYTES];
		if (!ours.n)
			continue;
		if (!begun)
			fputs("## What others have published\n\nThe same figure from this run. *factor*: ours over the "
			      "nearer end of what is published; 1.00: within it.\n\n"
			      "| what | published | here | factor | source |\n|---|---:|---:|---:|---|\n",
			      file);
		begun = true;
		fprintf(file, "| %s | ", p->what);
		put_published(file, p);
		fputs(" | ", file);
		markdown_put_text(file, show(p->unit, &ours, text));
		fprintf(file, " | %.2f | %s |\n", factor(p, ours.value), p->source);
	}
	if (begun)
		fputc('\n', file);
}
