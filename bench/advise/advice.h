/*
 * The advice: unit_costs times workload gives a prediction for each runner, a choice and its reasons. Pure:
 * it measures nothing, reads nothing and prints nothing. docs/man/pvt-advise.1 has the formulas.
 */
#ifndef PVT_ADVICE_H
#define PVT_ADVICE_H

#include "bench/advise/workload.h"

/* The parts of a job's wall time. */
enum term {
	TERM_WORK,
	TERM_LAUNCH,
	TERM_PARENT,
	TERM_PAGES,
	TERM_ENTER,
	TERM_HANDOUT,
	TERM_BARRIERS,
	TERM_BANDWIDTH,
	TERM_MESSAGES,
	TERM_START,  /* of a pool, over its jobs */
	TERM_PYTHON, /* threads take turns in its bytecode */
	TERM_OPERATION,
	TERMS = TERM_OPERATION + OPERATIONS
};

/* A machine's name ("launch") and a phrase for people. */
const char *advice_term_name(enum term term);
const char *advice_term_words(enum term term);

struct prediction {
	uint32_t workers;            /* seq: 1 */
	struct estimate term[TERMS]; /* ns */
	struct estimate wall;        /* their sum, with the sum of their ranges */
	double latency_ns; /* from handing in a task of its own to its result, when nothing else is under way;
			      NaN */
	bool tied;         /* with the fastest, within the model's error */
	struct estimate once; /* before a pool's first job; not in wall unless the jobs are counted */
	const struct unit_cost *missing; /* that keeps it from being predicted; NULL: none */
	const char *refused;             /* why it cannot carry out the work at all; NULL: it can */
	bool excluded;                   /* it cannot do what is asked for */
};

struct reason {
	enum term term;
	double ns;    /* how much more the other one takes; negative: less */
	double share; /* of the whole difference */
};

struct advice_difference {
	enum advised other;
	double ns;                   /* the other's wall - the advised one's */
	struct reason reason[TERMS]; /* the weightiest first */
	size_t reasons;
};

/*
 * Three of four predictions of docs/example/advice.csv lie within this of what was measured (294, without seq
 * and triad; half of them within 3 %, nine of ten within 12 %). What is predicted to differ by no more is a
 * tie, and the simplest of those that tie is advised.
 */
#define ADVICE_MODEL_ERROR 0.06

struct advice {
	struct prediction prediction[ADVISED];
	bool any;            /* some runner is left, and … */
	enum advised choice; /* … this is the simplest of those that cannot be told from … */
	enum advised first;  /* … the fastest */
	/* Beside the best of the other kind (of seq: of all), and of the same kind with another lifetime. */
	struct advice_difference comparison[2];
	size_t comparisons;
	bool costs; /* surviving a crash: `fastest` is excluded and would take price_ns less */
	enum advised fastest;
	double price_ns;
	struct unit_costs_used used;
};

void advice_make(const struct unit_costs *unit_costs, const struct workload *workload, struct advice *advice);

#endif
