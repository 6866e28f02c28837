/* samples.csv: what is read is written back and read again as the same, and all that is made from it is made.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/text.h"
#include "bench/claims/files.h"
#include "bench/findings/contrasts.h"
#include "bench/findings/findings.h"
#include "bench/measure/invocation.h"
#include "bench/report/html.h"
#include "bench/report/markdown.h"
#include "bench/report/tables.h"
#include "bench/samples/run_id.h"
#include "bench/samples/samples.h"
#include "bench/samples/summary.h"
#include "runners/runner.h"
#include "tests/fuzz/fuzz.h"

static char *write_back(const struct samples *samples, size_t *bytes)
{
	FILE *file = tmpfile();
	MUST(file && samples_write_header(file) == 0);
	for (size_t i = 0; i < samples->count; i++)
		MUST(samples_write(file, &samples->row[i]) == 0);
	MUST(fseek(file, 0, SEEK_END) == 0);
	*bytes = (size_t)ftell(file);
	rewind(file);
	char *text = malloc(*bytes);
	MUST(text && fread(text, 1, *bytes, file) == *bytes);
	fclose(file);
	return text;
}

static void check_round_trip(const struct samples *samples)
{
	struct samples again;
	char why[512];
	size_t bytes, bytes_again;
	char *text = write_back(samples, &bytes);
	MUST(samples_read(fuzz_file((const uint8_t *)text, bytes), &again, why, sizeof why) == 0);
	MUST(again.count == samples->count);
	char *text_again = write_back(&again, &bytes_again);
	MUST(bytes == bytes_again && memcmp(text, text_again, bytes) == 0);
	free(text);
	free(text_again);
	samples_free(&again);
}

static void make_report(const struct samples *samples)
{
	static const struct figure none[1];
	struct summary summary = {0};
	struct findings findings;
	struct claims claims;
	struct curves curves = {0};
	struct scale scale;
	size_t ratios;
	MUST(summary_make(samples, &summary) == 0);
	findings_make(&summary, "3.11.7", &findings);
	MUST(tables_write_summary(fuzz_folder(), &summary) == 0);
	MUST(tables_write_ratios(fuzz_folder(), &summary, &ratios) == 0);
	MUST(curves_make(&summary, &curves) == 0);
	MUST(curves_write(fuzz_folder(), &curves) == 0);
	MUST(scale_make(&summary, false, &scale) == 0);
	MUST(scale_write(fuzz_folder(), &scale) == 0);
	claims_make(&summary, &curves.grains, &scale, NULL, &claims);
	MUST(claims_write(fuzz_folder(), &claims) == 0);
	struct env_file env = env_read(fuzz_folder());
	MUST(contrasts_write(fuzz_folder(), &summary) == 0);
	MUST(markdown_write(&(struct markdown){fuzz_folder(), &env, &summary, &claims, &findings, &curves,
					       &scale, none}) == 0);
	MUST(html_write(&(struct html_page){.dir = fuzz_folder(),
					    .env = &env,
					    .summary = &summary,
					    .claims = &claims,
					    .findings = &findings,
					    .scale = &scale,
					    .figures = none}) == 0);
	env_free(&env);
	tables_print(&summary);
	scale_free(&scale);
	curves_free(&curves);
	summary_free(&summary);
}

static void check_field(const struct sample *sample, const struct column *column)
{
	const void *field = sample_field(sample, column);
	if (column->type == COLUMN_TEXT)
		MUST(text_is_plain(*(const char *const *)field));
	if (column->type == COLUMN_REAL && !isnan(*(const double *)field)) {
		double value = *(const double *)field;
		MUST(isfinite(value));
		MUST(value >= 0 || strcmp(column->unit, "KiB") == 0);
	}
}

static void check_sound(const struct sample *sample)
{
	bool ok = strcmp(sample->status, "ok") == 0;
	for (size_t i = 0; i < sample_column_count; i++)
		check_field(sample, &sample_columns[i]);
	MUST(*sample->run_id && *sample->suite && *sample->kernel && *sample->runner && *sample->status);
	MUST(sample->workers > 0 && sample->workers <= WORKERS_MAX);
	MUST(!ok || (!isnan(sample->wall_ns) && !isnan(sample->span_ns) && sample->iterations > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct samples samples;
	char why[512] = "";
	int error = samples_read(fuzz_file(data, bytes), &samples, why, sizeof why);
	MUST(error ? *why : samples.count > 0);
	for (size_t i = 0; i < samples.count; i++) {
		check_sound(&samples.row[i]);
		run_id_invocation(samples.row[i].run_id);
	}
	if (!error) {
		check_round_trip(&samples);
		make_report(&samples);
	}
	samples_free(&samples);
	return 0;
}
