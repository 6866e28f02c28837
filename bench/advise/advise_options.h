/* What `pvt advise` was asked, by flags or in its dialogue. */
#ifndef PVT_ADVISE_OPTIONS_H
#define PVT_ADVISE_OPTIONS_H

#include "bench/advise/workload.h"
#include "bench/base/option_table.h"

struct advise_request {
	const char *from, *kernel, *size, *input, *plugin;
	bool measure;
	int format;   /* 0: text, 1: JSON */
	bool verbose; /* the figures, too */
	uint64_t wait_ns;
	int language; /* 0: C or the like, 1: Python */
	bool task_given, tasks_given, workers_given;
	uint64_t budget_ns;
	uint64_t longest_ns; /* 0: not given */
	double traffic_a_task;
	bool a_second[OPERATIONS]; /* the workload's per_task is per second of a task's time */
	struct workload workload;
};

extern const struct option_row options_of_advise[];

/* Reads argv[1…]. 0, or EXIT_UNUSABLE after a message that names the flag. */
int advise_read(int argc, char **argv, struct advise_request *request);

/* Asks for the same, on a terminal. 0, or EXIT_UNUSABLE when the answers end early. */
int advise_ask(struct advise_request *request);

#endif
