#include "runners/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FNV_PRIME UINT64_C(0x100000001b3)

uint64_t digest_bytes(const void *data, size_t bytes, uint64_t so_far)
{
	const unsigned char *byte = data;
	for (size_t i = 0; i < bytes; i++)
		so_far = (so_far ^ byte[i]) * FNV_PRIME;
	return so_far;
}

int digest_file(const char *path, uint64_t *digest)
{
	char text[1 << 16];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*digest = DIGEST_START;
	while ((n = read(fd, text, sizeof text)) > 0)
		*digest = digest_bytes(text, (size_t)n, *digest);
	int error = n < 0 ? -errno : 0;
	close(fd);
	return error;
}
