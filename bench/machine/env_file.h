/* env.json, read: once a run folder, and then asked. What is not there, or cannot be read, says nothing. */
#ifndef PVT_ENV_FILE_H
#define PVT_ENV_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct env_file {
	json_t *root; /* NULL: there is none that can be read */
};

/* Of a run folder, or of the one that a file lies in; to be freed. */
struct env_file env_read(const char *dir);
struct env_file env_read_beside(const char *file);
void env_free(struct env_file *env);

/* A value at a path such as "machine.cpu" as text, or ""; free it. */
char *env_text(const struct env_file *env, const char *path);
char *env_value(const json_t *json);

/* "Debian GNU/Linux 12, Linux 6.1, AMD EPYC, 2 cores"; "" when it is not known. Free it. */
char *env_caption(const struct env_file *env);

/* The command of the run, quoted for a shell; "" when it is not known. Free it. */
char *env_command(const struct env_file *env);

/* What `pvt doctor` found not to be good before the run. The texts may be anybody's. */
struct doctor_finding {
	const char *name, *state, *value, *why, *mend;
};
typedef void env_put_finding(FILE *file, const struct doctor_finding *finding);

/* Puts each, with `before` and `after` around them all; nothing when all was good. */
void env_put_doctor(const struct env_file *env, FILE *file, const char *before, env_put_finding *put,
		    const char *after);

/* "3.11.7", or "3.13.1 (free-threaded)": the Python that was measured; "" if none was. Free it. */
char *env_python(const struct env_file *env);

/* Do the hosts of the run share one machine? false when it is not known. */
bool env_hosts_share(const struct env_file *env);

#endif
