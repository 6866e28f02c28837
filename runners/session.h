/* What the parts of a session share: session.c runs it, supervise.c looks after its workers, totals.c adds
 * up. */
#ifndef PVT_SESSION_H
#define PVT_SESSION_H

#include <poll.h>

#include "runners/control.h"
#include "runners/launcher.h"

struct session {
	struct job job;
	struct arena control_arena;
	struct control *control;
	struct handle *handle;           /* [workers] */
	struct pollfd *poll;             /* [workers] */
	struct source source;            /* of the workers, where the launcher has one */
	void *affinity;                  /* the harness's own, given back after each job */
	uint64_t wall_ns;                /* of the last job */
	struct memory_use memory_before; /* of the harness, and … */
	int64_t stacks_before_kib;       /* … of the machine, before the job that is probed */
	uint64_t counted;                /* jobs with PROBE_COUNTERS */
	void *own;                       /* what its engine keeps between open and close */
	bool opened;                     /* the kernel's open went well */
	bool hung;                       /* a thread hangs and keeps using this memory */
	bool failed;                     /* no job may follow, and its stamps are incomplete */
	bool has_plain;                  /* some jobs were plain ones: they count for wall */
	struct totals totals;
};

/*
 * Of a session on a pool: a job of items [begin, end) of one phase alone, without what lies between phases;
 * as session_run. And what its worker did last.
 */
int session_run_range(struct session *s, uint32_t phase, uint64_t begin, uint64_t end, char *why,
		      size_t why_bytes);
const struct worker_record *session_worker(const struct session *s, uint32_t rank);

/* supervise.c: all return STATUS_* or a negative errno, with `why` filled, as session_run does. */
int session_launch(struct session *s, char *why, size_t why_bytes);
int session_finish(struct session *s, uint64_t start_ns, char *why, size_t why_bytes);
/* Reaps process workers that have ended, after at most timeout_ms (-1: whenever one ends). */
int session_watch(struct session *s, int timeout_ms, char *why, size_t why_bytes);
/* Tells who is late; STATUS_TIMEOUT. */
int session_late(struct session *s, char *why, size_t why_bytes);
int session_reap(struct handle *h, const struct launcher *launcher, uint64_t timeout_ns);
/* Ends what is still alive, after a failure. A thread that does not leave by itself stays. */
void session_end_workers(struct session *s);
bool session_any_alive(const struct session *s);
bool session_interrupted(const struct session *s);
/* Of job.timeout_ns, at least 1. */
uint64_t session_time_left(const struct session *s, uint64_t start_ns);

/*
 * How a session carries out its jobs. All return STATUS_* or a negative errno, with `why` filled, as
 * session_open, session_run and session_close do. `open` brings the workers to life that outlive a job,
 * `close` ends them, also after failures (failed); both are NULL where a job has its own.
 */
struct engine {
	int (*open)(struct session *s, char *why, size_t why_bytes);
	int (*run)(struct session *s, char *why, size_t why_bytes);
	int (*close)(struct session *s, char *why, size_t why_bytes);
	/* Why it cannot carry the kernel out, besides what any runner refuses (runner_refuses); NULL: it can.
	 * Itself NULL where it has nothing to add. */
	const char *(*refuses)(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
			       uint32_t hosts);
	bool launches;       /* workers of their own for each job */
	bool steals;         /* items are stolen, and not dealt by a schedule */
	bool leaves_machine; /* workers may be on several hosts, and can send each other messages */
};

extern const struct engine engine_once, engine_pool; /* session.c */
extern const struct engine engine_steal;             /* session_steal.c */
extern const struct engine engine_openmp;            /* session_openmp.c */
extern const struct engine engine_mpi;               /* session_mpi.c */

/* probe.c: tells the workers what the next job is for. */
void session_probe(struct session *s, enum probe probe);

/* totals.c */
void totals_init(struct totals *totals);
void totals_add_checksum(struct session *s);
void totals_add_wall(struct session *s);
void totals_add_span(struct session *s);
void totals_add_lives(struct session *s);
void totals_add_memory(struct session *s);
void totals_add_counts(struct session *s);

#endif
