#include "bench/findings/overview.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"

void overview_put_head(FILE *file)
{
	fputs("what,machine,ratio,low,high\r\n", file);
}

bool overview_put_row(FILE *file, const struct comparison *y, const char *machine,
		      const struct estimate *ratio)
{
	if (!ratio->n || !(ratio->value > 0))
		return false;
	csv_fwrite(file, y->name, strlen(y->name));
	fputc(',', file);
	csv_fwrite(file, machine, strlen(machine));
	fprintf(file, ",%.8g,", ratio->value);
	if (isfinite(ratio->low))
		fprintf(file, "%.8g,%.8g\r\n", ratio->low, ratio->high);
	else
		fputs(",\r\n", file);
	return true;
}

int overview_write(const char *dir, const struct summary *s)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);
	if (!file)
		return -ENOMEM;
	overview_put_head(file);
	for (const struct comparison *y = comparisons; y->name; y++) {
		struct estimate ratio = comparison_ratio(s, y);
		overview_put_row(file, y, "", &ratio);
	}
	int error = fclose(file) == EOF ? -ENOMEM : folder_write(dir, "overview.csv", text, bytes);
	free(text);
	return error;
}

void overview_tell(const struct summary *s, char *title, size_t bytes)
{
	size_t compared = 0, count[STANDING_UNSURE + 1] = {0};
	for (const struct comparison *y = comparisons; y->name; y++) {
		struct estimate ratio = comparison_ratio(s, y);
		if (!ratio.n || !(ratio.value > 0))
			continue;
		compared++;
		count[pairing_standing(&ratio)]++;
	}
	*title = '\0';
	if (compared)
		snprintf(title, bytes,
			 "Of %zu comparisons threads are faster in %zu, processes in %zu; the others are "
			 "even or not "
			 "told apart",
			 compared, count[STANDING_MORE], count[STANDING_LESS]);
}
