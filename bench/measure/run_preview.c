/* What a run will measure, and whether its budget is enough: before it begins, and instead of it (--dry-run).
 */
#include <math.h>
#include <stdio.h>

#include "bench/base/exit.h"
#include "bench/base/signals.h"
#include "bench/measure/run.h"
#include "bench/plan/hosts_option.h"
#include "runners/clock.h"

/* The machine, the hosts and the cases. */
int run_look_around(struct run *run, bool launched)
{
	char why[256];
	if (machine_load(&run->machine, NULL, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	if (launched) /* these ranks cannot be started again for another */
		run->options.invocations = 1;
	int code = hosts_option_make(&run->options, run->machine, &signals_interrupted, &run->cluster);
	if (!code)
		code = plan_make(&run->options, run->machine, run->cluster, &run->plan);
	uint32_t units = machine_sweep_pus(run->machine);
	if (!code && (blocks_make(&run->plan, units, &run->blocks) ||
		      agenda_make(&run->agenda, &run->plan, &run->blocks, units, run->options.min_time_s)))
		code = complain(EXIT_UNUSABLE, "out of memory");
	return code;
}

/* Seconds are enough to choose a budget by. */
static const char *show_seconds(double ns, char text[static 32])
{
	snprintf(text, 32, ns < 9.95e9 ? "%.1f s" : "%.0f s", ns / (double)NS_PER_S);
	return text;
}

/* Says so where the budget has no room for enough invocations of what the verdicts rest on. */
void run_say_whether_it_fits(const struct run *run, const char *known)
{
	const struct agenda *agenda = &run->agenda;
	double needed = agenda_budget_ns(agenda);
	char least[32], budget[32];
	if (run->options.repetitions || run->options.invocations < AGENDA_ENOUGH_INVOCATIONS ||
	    needed <= (double)run->options.budget_ns)
		return;
	complain(
		0,
		"%s, the comparisons of the verdicts take %s per invocation: %d of them, and the plots, take "
		"--budget %.0fs, and there are %s",
		known, show_seconds(agenda_least_ns(agenda), least), AGENDA_ENOUGH_INVOCATIONS,
		ceil(needed / (double)NS_PER_S), show_seconds((double)run->options.budget_ns, budget));
}

/* The blocks of a case, "12" or "12,47"; whether one of them is core, and what one sample takes. */
static void print_case(const struct run *run, size_t index)
{
	const struct blocks *blocks = &run->blocks;
	const struct bench_case *c = &run->plan.cases[index];
	bool core = false;
	char text[256] = "";
	size_t n = 0;
	for (size_t b = 0; b < blocks->count; b++)
		for (size_t k = 0; k < blocks->block[b].count; k++)
			if (blocks->block[b].member[k] == index && n + 24 < sizeof text) {
				n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu", n ? "," : "",
						      b + 1);
				core |= agenda_is_core(&run->agenda, b);
			}
	printf("%s\t%s\tblock %s\t%.1f ms\n", c->name, core ? "core" : "breadth", text,
	       blocks_guess_ns(c, machine_sweep_pus(run->machine), run->options.min_time_s) / 1e6);
}

int run_preview(struct run *run)
{
	const struct agenda *agenda = &run->agenda;
	size_t core = 0;
	char an_invocation[32], all[32];
	for (size_t i = 0; i < run->plan.count; i++)
		print_case(run, i);
	agenda_plan(&run->agenda, 0, run->options.invocations, (double)run->options.budget_ns);
	for (size_t b = 0; b < run->blocks.count; b++)
		core += agenda_is_core(agenda, b);
	complain(0,
		 "core: %zu of %zu blocks, %.0f ms per case, about %s per invocation; %d invocations and the "
		 "plots take about %s",
		 core, run->blocks.count, agenda->core_case_ns / 1e6,
		 show_seconds(agenda->core_ns, an_invocation), AGENDA_ENOUGH_INVOCATIONS,
		 show_seconds(agenda_budget_ns(agenda), all));
	run_say_whether_it_fits(run, "as far as is known beforehand");
	return EXIT_WELL;
}
