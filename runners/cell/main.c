/* pvt-cell: what the desk starts to load one kernel and launch its workers (protocol.h), and what a spawned
 * worker is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/cell/load.h"
#include "runners/cell/protocol.h"
#include "runners/cell/serve.h"
#include "runners/launcher.h"
#include "runners/runner.h"

enum { BAD_USAGE = 2 };

int main(int argc, char **argv)
{
	spawn_worker_main(argc, argv, load_kernel); /* returns unless this process is a spawned worker */
	if (argc != 6 || strcmp(argv[1], CELL_FLAG) != 0) {
		fputs("pvt-cell is started by pvt, to launch the workers that it measures; see `pvt help`\n",
		      stderr);
		return BAD_USAGE;
	}
	process_follow_harness((pid_t)atoi(argv[5]));
	return serve(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
}
