/* SIGINT, SIGTERM and SIGHUP end a run in order: they set a flag that everybody who waits looks at. */
#ifndef PVT_SIGNALS_H
#define PVT_SIGNALS_H

#include <signal.h>

/* The number of the signal that came; 0: none. Global, as handlers have no argument. */
extern volatile sig_atomic_t signals_interrupted;

/* How often this process was continued after a stop (SIGSTOP, Ctrl-Z): what was timed meanwhile includes it.
 */
extern volatile sig_atomic_t signals_continued;

/* Installs the handlers, but for signals that were ignored at the start, and lets in what signals_hold of the
 * invocation before has kept out. */
void signals_catch(void);

/* Keeps the signals out while the program executes itself anew, for handlers do not survive that. */
void signals_hold(void);

#endif
