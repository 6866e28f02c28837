/* What samples_read makes of the file named: written as it was read, or why not and exit code 2. */
#include <stdio.h>

#include "bench/samples/samples.h"

int main(int argc, char **argv)
{
	struct samples samples;
	char why[512];
	if (argc != 2)
		return 64;
	int code = samples_read(argv[1], &samples, why, sizeof why) ? 2 : 0;
	if (code)
		fprintf(stderr, "%s\n", why);
	else if (samples_write_header(stdout))
		code = 1;
	for (size_t i = 0; i < samples.count && !code; i++)
		code = samples_write(stdout, &samples.row[i]) ? 1 : 0;
	samples_free(&samples);
	return code;
}
