/*
 * input_impl.h - the inside of the filter, for the files that make it
 *
 * input.c cuts the stream into tokens, input_token.c says what a whole one is.
 *
 * Threads: as input.h.
 */
#ifndef UI_INPUT_IMPL_H
#define UI_INPUT_IMPL_H

#include "base/base.h"
#include "ui/event.h"
#include "ui/keys.h"
#include "ui/paste.h"

enum {
	ESC = 0x1b,

	SEQ_MAX = 64, /* of a CSI, its ESC included */
};

enum state {
	GROUND,
	UTF8,         /* in a character */
	PREFIX,       /* in what only terminfo can complete */
	ESCAPE,       /* after ESC */
	CSI,          /* after ESC [ */
	SS3,          /* after ESC O */
	STRING_START, /* after ESC ] and its like: still a key perhaps */
	STRING,
	STRING_ESCAPE,
	X10, /* the three bytes after ESC [ M */
	PASTE,
};

struct queued {
	struct event event;
	char *text; /* owned; of a paste */
};

struct input {
	struct keys *keys; /* owned */
	bool utf8, fence;
	bool rxvt; /* the terminal has its own way with modifiers */
	uint64_t wait_ns;

	enum state state;
	bool alt;
	bool over; /* the token is longer than seq */
	unsigned char seq[SEQ_MAX];
	size_t len, need; /* need: bytes of the character, or left of X10 */

	uint64_t now, since, patience;
	uint64_t string_since;
	size_t string_len;

	struct paste paste;

	struct queued *queue; /* owned; [head, tail) wait */
	size_t head, tail, queue_cap;
	char *given; /* owned; the text that the caller borrows */
};

/* An event to be had by input_next(); takes the text. One that finds no memory
   is lost as a whole. */
void input_queue(struct input *in, const struct event *event, char *text);

/* Begin a token, or none; and what is added to it. */
void input_enter(struct input *in, enum state state);
void input_append(struct input *in, unsigned char byte);

/* The token is no key. */
void input_drop(struct input *in);
/* The token is complete: any, one after CSI, one after SS3. */
void input_finish(struct input *in);
void input_finish_csi(struct input *in);
void input_finish_ss3(struct input *in);
/* The token is ESC and one byte, both typed; an ESC before it was, too. */
void input_finish_alt(struct input *in);
/* The token ended before it was complete. */
void input_finish_short(struct input *in);

/* An ESC stood before what turned out to be no key: it was one itself. */
void input_escape_before(struct input *in);

#endif
