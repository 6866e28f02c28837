/* What several machines say to the claims that are taught: a row a claim, a verdict a machine. */
#include <stdlib.h>
#include <string.h>

#include "bench/claims/claims.h"
#include "bench/machine/environment.h"
#include "bench/render/markdown_text.h"
#include "bench/report/machines.h"

static void judge(const struct machine_run *run, struct claims *claims)
{
	char *python = env_python(&run->env);
	struct scale scale;
	if (scale_make(&run->summary, env_hosts_share(&run->env), &scale) != 0)
		scale_free(&scale);
	claims_make(&run->summary, &run->curves.grains, &scale, python, claims);
	scale_free(&scale);
	free(python);
}

static const char *verdict_on(const struct claims *claims, const char *id)
{
	for (size_t i = 0; i < claims->count; i++)
		if (strcmp(claims->claim[i].id, id) == 0)
			return claims_verdict_name(claims->claim[i].verdict);
	return "–";
}

void machines_put_claims(FILE *file, const struct machines *m)
{
	struct claims *of = calloc(m->count, sizeof *of);
	if (!of)
		return;
	for (size_t i = 0; i < m->count; i++)
		judge(&m->run[i], &of[i]);
	fputs("## The verdicts\n\nBy all samples of each machine, by rule; its own report says what was "
	      "measured and on what it depends.\n\n",
	      file);
	machines_put_head(file, m, "what is claimed", "---");
	for (size_t c = 0; c < of[0].count; c++) { /* all machines are asked the same */
		fputs("| ", file);
		markdown_put_text(file, of[0].claim[c].claim);
		fputs(" |", file);
		for (size_t i = 0; i < m->count; i++)
			fprintf(file, " %s |", verdict_on(&of[i], of[0].claim[c].id));
		fputc('\n', file);
	}
	fputc('\n', file);
	free(of);
}
