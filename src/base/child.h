/*
 * child.h - another program, between two pipes
 *
 * Runs a command line with /bin/sh. What it reads, writes and complains about
 * goes through pipes that never block us. It has no terminal, and is ended
 * together with all that it has started.
 *
 * Threads: a struct child belongs to one thread, in which SIGPIPE is blocked or
 * ignored.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/base.h"

struct error;

struct child {
	int pid;
	int in, out, err; /* our ends; -1: closed */
};

/* What child_poll() may find. Bits. */
enum {
	CHILD_IN = 1,  /* it takes bytes, or none any more */
	CHILD_OUT = 2, /* it has written, or ended to */
	CHILD_ERR = 4,
};

/* ERR_IO: it cannot be started. A command that the shell does not know is no
   failure here. */
bool child_start(struct child *child, const char *command,
                 struct error *err) MUST_USE;

/* Wait for any of these, at most so long; what there is. */
unsigned child_poll(const struct child *child, unsigned what, int ms);

/* How many bytes it has taken; -EPIPE: it takes no more; -EAGAIN. */
int64_t child_write(struct child *child, const void *bytes, size_t len);
/* From child->out or child->err: 0 at the end, -EAGAIN. */
int64_t child_read(int fd, void *buf, size_t len);
/* Close one of its pipes, and set it to -1. */
void child_close(int *fd);

/* Has it ended? Then *status is what waitpid() says. Never waits. */
bool child_ended(struct child *child, int *status);

/* End it if it has not ended, and close what is open. Waits for it: at most a
   second or so. */
void child_stop(struct child *child);

/* "status 1", "signal 9": what is wrong with how it ended; NULL for nothing. */
const char *child_wrong(int status, char dst[static 32]);

#endif
