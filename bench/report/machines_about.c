/* What each of several machines is, as its run wrote it down, and which of them are the same one. */
#include <stdlib.h>
#include <string.h>

#include "bench/machine/environment.h"
#include "bench/machine/same_machine.h"
#include "bench/render/markdown_text.h"
#include "bench/report/machines.h"

void machines_put_head(FILE *file, const struct machines *m, const char *first, const char *align)
{
	fprintf(file, "| %s |", first);
	for (size_t i = 0; i < m->count; i++) {
		fputc(' ', file);
		markdown_put_text(file, m->run[i].label);
		fputs(" |", file);
	}
	fputs("\n|---|", file);
	for (size_t i = 0; i < m->count; i++)
		fprintf(file, "%s|", align);
	fputc('\n', file);
}

static void put_texts(FILE *file, const struct machines *m, const char *label, const char *path)
{
	fprintf(file, "| %s |", label);
	for (size_t i = 0; i < m->count; i++) {
		char *text = env_text(&m->run[i].env, path);
		fputc(' ', file);
		markdown_put_text(file, text && *text ? text : "–");
		fputs(" |", file);
		free(text);
	}
	fputc('\n', file);
}

/* hwloc's XML names each of them. */
static void put_packages(FILE *file, const struct machines *m)
{
	fputs("| packages |", file);
	for (size_t i = 0; i < m->count; i++) {
		char *topology = env_text(&m->run[i].env, "topology");
		size_t packages = 0;
		for (const char *at = topology; at && (at = strstr(at, "type=\"Package\"")); at++)
			packages++;
		if (packages)
			fprintf(file, " %zu |", packages);
		else
			fputs(" – |", file);
		free(topology);
	}
	fputc('\n', file);
}

static void put_machines(FILE *file, const struct machines *m)
{
	static const struct {
		const char *label, *path;
	} rows[] = {{"host", "machine.host"},
		    {"processor", "machine.cpu"},
		    {"architecture", "machine.architecture"},
		    {"cores", "machine.cores"},
		    {"CPUs", "machine.pus"},
		    {"packages", NULL},
		    {"virtual machine", "machine.virtual"},
		    {"kernel", "machine.kernel"},
		    {"distribution", "machine.os"},
		    {"compiler", "pvt.compiler"},
		    {"flags", "pvt.flags"},
		    {"pvt", "pvt.version"},
		    {"commit", "pvt.commit"},
		    {"started", "started"}};
	fputs("## The machines\n\n", file);
	machines_put_head(file, m, "", "---");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].path)
			put_texts(file, m, rows[i].label, rows[i].path);
		else
			put_packages(file, m);
	fputs("| samples |", file);
	for (size_t i = 0; i < m->count; i++)
		fprintf(file, " %zu |", m->run[i].summary.sample_count);
	fputs("\n| invocations |", file);
	for (size_t i = 0; i < m->count; i++)
		fprintf(file, " %zu |", m->run[i].summary.run_count);
	fputs("\n\n", file);
}

static void put_twins(FILE *file, const struct machines *m)
{
	size_t noted = 0;
	for (size_t a = 0; a < m->count; a++)
		for (size_t b = a + 1; b < m->count; b++) {
			if (!same_machine_is(&m->run[a].env, &m->run[b].env))
				continue;
			fputs("*", file);
			markdown_put_text(file, m->run[a].label);
			fputs("* and *", file);
			markdown_put_text(file, m->run[b].label);
			fputs("* are of the same machine: what differs between them is chance, the builds, "
			      "or what else it was doing.\n",
			      file);
			noted++;
		}
	if (noted)
		fputc('\n', file);
}

void machines_put_about(FILE *file, const struct machines *m)
{
	put_machines(file, m);
	put_twins(file, m);
}
