/*
 * Standard output and standard error around a fork. What a stream's buffer holds is written once: by the
 * parent, before. Other streams are their owners' business, as in Python's multiprocessing: fflush(NULL)
 * would wait for a stream that another thread holds, be it for a whole read from a terminal.
 */
#ifndef PVT_STREAMS_H
#define PVT_STREAMS_H

/* Writes what both hold; one that another thread holds is passed over. */
void streams_flush(void);

/* In the child: drops what is the parent's to write. */
void streams_drop(void);

#endif
