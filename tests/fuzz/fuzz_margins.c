/* --margins: what is read is sound, and read again as the same when written. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/text.h"
#include "bench/regress/margins.h"
#include "tests/fuzz/fuzz.h"

static void check_sound(const struct margins *margins)
{
	for (size_t i = 0; i < margins->count; i++) {
		const struct exception *e = &margins->exception[i];
		MUST(*e->pattern && !strpbrk(e->pattern, " \t") && text_is_plain(e->pattern));
		MUST(isfinite(e->margin) && e->margin >= 0);
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(margins->exception[k].pattern, e->pattern) != 0);
	}
}

static void check_round_trip(const struct margins *margins)
{
	struct margins again;
	char *text = NULL, why[512];
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);
	MUST(file);
	for (size_t i = 0; i < margins->count; i++)
		fprintf(file, "%s %.17g%%\n", margins->exception[i].pattern,
			100 * margins->exception[i].margin);
	fclose(file);
	MUST(margins_read(fuzz_file((const uint8_t *)text, bytes), &again, why, sizeof why) == 0);
	MUST(again.count == margins->count);
	for (size_t i = 0; i < again.count; i++) {
		double was = margins->exception[i].margin, is = again.exception[i].margin;
		MUST(strcmp(again.exception[i].pattern, margins->exception[i].pattern) == 0);
		MUST(fabs(is - was) <= 1e-12 * was + 1e-300);
	}
	margins_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct margins margins;
	char why[512];
	int error = margins_read(fuzz_file(data, bytes), &margins, why, sizeof why);
	MUST(error ? *why : 1);
	check_sound(&margins);
	if (!error)
		check_round_trip(&margins);
	margins_free(&margins);
	return 0;
}
