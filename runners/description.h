/*
 * Descriptions of topologies that are not this machine's, looked at before hwloc reads them: it believes what
 * they say.
 */
#ifndef PVT_DESCRIPTION_H
#define PVT_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is it the name of an XML file, and not a synthetic description? */
bool description_is_xml(const char *description);

/* The version that an XML file says its topology is of: "3.0". False: it says none. */
bool description_version(const char *file, char *version, size_t bytes);

/* Has a synthetic description more than `most` objects on a level, or a PU with an index that high? */
bool description_is_too_big(const char *description, uint64_t most);

/*
 * Lets a child process load(description) first, for at most 10 s and 2 s of CPU time. 0 when it came to
 * its end, in whatever way; -errno with `why` when it crashed or did not end, or when there can be no child.
 */
int description_try(const char *description, void (*load)(const char *description), char *why,
		    size_t why_bytes);

#endif
