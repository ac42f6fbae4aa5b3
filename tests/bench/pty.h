/*
 * pty.h - a program in a terminal of 120x40, and what it costs there
 *
 * Nothing is asked of the program: a screen is done when no byte has come for
 * a while, and its time is that of the last byte that came.
 *
 * Threads: one.
 */
#ifndef TESTS_BENCH_PTY_H
#define TESTS_BENCH_PTY_H

#include <sys/types.h>

#include "base/base.h"

enum { PTY_ROWS = 40, PTY_COLS = 120 };

struct VTerm;

struct pty {
	pid_t pid;
	int fd;
	struct VTerm *vt; /* owned: has seen what came */
	uint64_t start;   /* just before exec, ns */
	uint64_t bytes;   /* that came since then, or since pty_send() */
	uint64_t last;    /* when the last of them came */
	char text[PTY_ROWS * (PTY_COLS * 4 + 1) + 1];
};

/* Start it with TERM xterm-256color, this HOME, and at most so many
   descriptors (0: as we have), soft and hard. */
void pty_start(struct pty *pty, const char *const argv[], const char *home,
               size_t descriptors);
/* Kill it. */
void pty_stop(struct pty *pty);

void pty_send(struct pty *pty, const char *keys);

/* Wait until it has drawn and no byte came for `quiet` ms. Fails after a
   minute. */
void pty_settle(struct pty *pty, unsigned quiet);

/* The same, until this text is on the screen and `rows` of its rows or more
   have something in them. */
void pty_wait(struct pty *pty, const char *text, int rows);

/* CPU time it has used, all threads, ns. */
uint64_t pty_cpu(const struct pty *pty);
/* write() calls it has made. 0 where the kernel does not count them. */
uint64_t pty_writes(const struct pty *pty);
/* VmHWM, in MiB. */
double pty_memory(const struct pty *pty);

#endif
