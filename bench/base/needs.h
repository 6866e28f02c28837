/* What nothing can be measured without: asked for before it is needed, where its lack would be a crash. */
#ifndef PVT_NEEDS_H
#define PVT_NEEDS_H

/*
 * Room on the stack. 0, or EXIT_UNUSABLE after a message. (The system call futex is asked for by itself,
 * before main.)
 */
int needs_stack(void);

/* pvt needs no privilege: it runs nobody's plug-ins with the rights of another. As needs_stack. */
int needs_no_privilege(void);

#endif
