/* A run folder's samples as JSON: of each case every metric that it has, as its median and range. */
#ifndef PVT_REPORT_JSON_H
#define PVT_REPORT_JSON_H

/*
 * To standard output; nothing is written into the folder. An exit code: EXIT_FAILED when some sample is wrong
 * or its worker failed, EXIT_UNUSABLE after a message.
 */
int report_json(const char *dir);

#endif
