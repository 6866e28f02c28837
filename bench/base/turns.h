/*
 * What the arms of a gate and the gate say to each other while they take turns: each arm is a `pvt run` that
 * measures a sample when it is told to, and sleeps while the others do. One packet a message, over a socket
 * whose descriptor is in the environment, behind the version: PVT_TURNS=2:7. A program that does not know
 * the variable measures on its own, as it always did, which is how the gate notices.
 *
 *   arm:  "pvt-turns 2 CASES", then "case NAME" for each of them
 *   gate: "calibrate NAME"               arm: "iterations N NAME", or "failed NAME"
 *   gate: "sample N PASS NAME"           arm: "done NS NAME" once the row is in its CSV, or "failed NAME"
 *   gate: "span N PASS NAME"             the same; nothing but the span is wanted of this sample
 *   gate: "close", or its end            arm: ends
 *
 * NS is the span of a job, at least 1. Samples of one case that follow each other are taken in one cell,
 * which is warmed up once and stays open until another case is asked about: opening one takes longer than a
 * short sample.
 */
#ifndef PVT_TURNS_H
#define PVT_TURNS_H

#define TURNS_VARIABLE "PVT_TURNS"
#define TURNS_HELLO "pvt-turns"
enum { TURNS_VERSION = 2, TURNS_ARMS = 3, TURNS_BYTES = 1200 };

/* The socket that the environment offers, which is cleared of it so that nobody inherits it; -1: none, or
 * one of another version. */
int turns_offered(void);

/* One message. 0 or -errno; -E2BIG: it is too long. */
__attribute__((format(printf, 2, 3))) int turns_say(int socket, const char *format, ...);

/* The next message, waited for. 0 or -errno: -EPIPE when the other side is gone, -EINTR after a signal,
 * -EPROTO for what is no text of a fitting length. */
int turns_hear(int socket, char text[static TURNS_BYTES]);

#endif
