/*
 * What does the first write to a page cost?
 *
 *   mapped   nothing special: the page is there and was written to before
 *   fresh    the kernel has to find a page and fill it with zeros
 *   copied   a forked child writes to a page that it shares with its parent: the kernel copies it
 *   parent   the parent writes to such a page while its child is alive: the kernel copies it as well
 *
 * Prints ns per page of 4 KiB; there are 64 MiB of them.
 */
#include <signal.h>

#include "plain.h"

enum { PAGE = 4096, BYTES = 64 << 20, PAGES = BYTES / PAGE };

static double write_to_each(volatile char *area)
{
	double begin = now_ns();
	for (size_t at = 0; at < BYTES; at += PAGE)
		area[at] = 1;
	return (now_ns() - begin) / PAGES;
}

int main(int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";
	if (!*how || !strstr("mapped fresh copied parent", how))
		usage("page mapped|fresh|copied|parent");
	double *ns = shared_memory(sizeof *ns);
	char *area = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	madvise(area, BYTES, MADV_NOHUGEPAGE);

	*ns = write_to_each(area);
	if (strcmp(how, "mapped") == 0)
		*ns = write_to_each(area);
	if (strcmp(how, "copied") == 0 || strcmp(how, "parent") == 0) {
		bool by_child = *how == 'c';
		pid_t child = fork();
		if (child < 0)
			die("fork");
		if (child == 0) {
			if (by_child)
				*ns = write_to_each(area);
			else
				pause();
			_exit(0);
		}
		if (!by_child) {
			*ns = write_to_each(area);
			kill(child, SIGKILL);
		}
		waitpid(child, NULL, 0);
	}
	printf("%.2f\n", *ns);
	return 0;
}
