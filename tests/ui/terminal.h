/*
 * terminal.h - a terminal without a screen: a pty with libvterm behind it
 *
 * Quiet screen: the fence is the key "ESC[777;N~", which no keyboard sends. It
 * waits in the same queue as the input before it, and the program answers
 * "OSC 7770;N BEL" after the frame that follows is flushed. When the answer has
 * been read, everything before it is on the screen. Nothing sleeps; the only
 * time-out is a watchdog.
 *
 * Threads: one.
 */
#ifndef TESTS_UI_TERMINAL_H
#define TESTS_UI_TERMINAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>
#include <vterm.h>

struct terminal {
	VTerm *vt;           /* owned */
	VTermScreen *screen; /* part of vt */
	int fd;              /* of the pty; not blocking */
	pid_t child;         /* 0: reaped */
	bool closed;         /* nothing holds the other side any more */
	struct termios before;

	int rows, cols;
	VTermPos cursor;
	bool cursor_visible;
	bool alternate;
	int mouse; /* VTERM_PROP_MOUSE_* */
	char title[128];
	char clipboard[256]; /* what it was given last, in base64 */

	char held[1024]; /* a string of the program that has not ended */
	size_t held_len;
	char *pending; /* bytes on their way to the program; owned */
	size_t pending_len;
	uint64_t fence;    /* the last one sent */
	uint64_t answered; /* the last one answered */

	bool cursor_shown; /* by the last ESC[?25h or l */
	char sequence[32]; /* of the output; begins with ESC */
	size_t sequence_len;

	/* Since terminal_mark(). */
	uint64_t bytes;
	uint64_t frames;        /* synchronized updates begun */
	uint64_t writes_before; /* write calls of the program until then */
};

/* What the shell sees besides a fixed environment: "NAME=VALUE", NULL ends. */
struct terminal *terminal_run(int rows, int cols, const char *folder,
                              char *const env[], const char *command);
/* Kills what still runs; NULL is allowed. */
void terminal_free(struct terminal *t);

/* The fixed environment, so that nothing of the developer's leaks in, the
   folder, and "sh -c COMMAND"; does not return. For the child of a fork. */
void terminal_exec(const char *folder, char *const env[], const char *command)
	__attribute__((noreturn));

/* Put bytes behind those that wait. What libvterm encodes goes there too. */
void terminal_send(struct terminal *t, const char *bytes, size_t len);

/* Begin counting bytes, frames and write calls anew. */
void terminal_mark(struct terminal *t);
/* The program's write calls since the mark; false: the system does not say. */
bool terminal_writes(const struct terminal *t, uint64_t *writes);

/* Has the program switched line editing off, so that what is sent to it is not
   echoed? */
bool terminal_is_taken(const struct terminal *t);

/* When a wait that begins now is given up, in ns of the monotonic clock. */
uint64_t terminal_deadline(void);
/* Write what waits and read once; false: closed, or past the deadline. */
bool terminal_pump(struct terminal *t, uint64_t deadline);
/* False: no answer before the watchdog, or the program has gone. `idle` asks
   the program to answer only when no job runs. */
bool terminal_fence(struct terminal *t, bool idle);

void terminal_resize(struct terminal *t, int rows, int cols);
void terminal_signal(struct terminal *t, int signal_number);

/* Wait for the end. False: it did not end before the watchdog. *status is that
   of a shell: the exit status, or 128 and the signal. */
bool terminal_wait(struct terminal *t, int *status);
/* After terminal_wait(): what the program left behind, "" if nothing. */
void terminal_left_behind(struct terminal *t, char *text, size_t size);

#endif
