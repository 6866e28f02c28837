/* A cell that is linked statically loads no libraries: what wants one is given a pvt-cell-dynamic. */
#include <dlfcn.h>
#include <stddef.h>

void *dlopen(const char *file, int mode)
{
	(void)file, (void)mode;
	return NULL;
}

void *dlsym(void *restrict handle, const char *restrict name)
{
	(void)handle, (void)name;
	return NULL;
}

char *dlerror(void)
{
	static char text[] = "this pvt-cell is linked statically";
	return text;
}
