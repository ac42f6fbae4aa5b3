/*
 * input.h - from the bytes of the terminal to keys, mouse, paste and focus
 *
 * A filter stands in front of libtermkey: it takes out bracketed paste, focus
 * reports, the test fence, unasked-for replies (OSC, DCS, APC, PM, SOS) and
 * malformed sequences, so that nothing but keys becomes a key. libtermkey never
 * touches the terminal: the caller reads, this module is pushed bytes.
 *
 *	tty bytes -> input_push() -> filter -> libtermkey -> input_next() events
 *
 * Threads: the UI thread only.
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include "base/base.h"
#include "ui/event.h"

struct error;
struct input;

struct input_options {
	const char *term; /* terminfo name */
	bool utf8;
	bool fence;      /* HEXSPAN_TEST=1: know the fence */
	bool erase_is_h; /* the terminal's VERASE is ^H: <C-h> is Backspace */
	int wait_ms;     /* after an ESC, before it is the Escape key */
};

/* ERR_NOMEM; ERR_STATE: terminfo has no such terminal, or no keys of it. */
struct input *input_new(const struct input_options *options,
                        struct error *err) MUST_USE;
void input_free(struct input *in); /* NULL is allowed */

/* Feed what was read, in order. Bytes that find no memory are dropped with
   what belongs to them, never turned into keys. */
void input_push(struct input *in, const void *bytes, size_t len,
                uint64_t now_ns);

/* The next event, or false: no more until more bytes or time. */
bool input_next(struct input *in, struct event *event);

/* How long poll() may wait before input_timeout() is due, in ms; -1: for ever.
   A lone ESC, a sequence cut short, and a silent paste have deadlines.
   input_timeout() means silence: call it when poll() found nothing to read.
   Before its time it does nothing. */
int input_wait_ms(const struct input *in, uint64_t now_ns);
void input_timeout(struct input *in, uint64_t now_ns);

/* A lone Esc byte ended a stalled paste? Then it is dropped, and this module
   has reported nothing of it: a paste is data or nothing. */
bool input_in_paste(const struct input *in);

#endif
