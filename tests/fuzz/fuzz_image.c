/* PGM and PPM images, as sobel reads them. */
#include "tests/fuzz/read_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	read_input("sobel", data, bytes);
	return 0;
}
