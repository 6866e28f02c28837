/* What a report tells of the machine and the program: labels, and where env.json has their values. */
#ifndef PVT_ENV_LABELS_H
#define PVT_ENV_LABELS_H

struct env_label {
	const char *label, *path; /* the path as environment_text wants it */
};

/* Ends with one without a label. */
extern const struct env_label env_labels[];

#endif
