/* How many descriptors this process has open: what a test leaves behind. */
#ifndef PVT_TESTS_DESCRIPTORS_H
#define PVT_TESTS_DESCRIPTORS_H

#include <dirent.h>

static int count_descriptors(void)
{
	int count = 0;
	DIR *dir = opendir("/proc/self/fd");
	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

#endif
