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

struct error;
struct input;

enum {
	KEY_TEXT = 32, /* of a key's name, NUL included */
	PASTE_MAX = 16 << 20,
};

enum input_kind {
	INPUT_KEY,
	INPUT_MOUSE,
	INPUT_PASTE,        /* a whole paste: text, len */
	INPUT_PASTE_STALLED,/* no byte for a second and no end: say so */
	INPUT_FOCUS,        /* the window got the focus */
	INPUT_BLUR,
	INPUT_FENCE,        /* the harness: answer when the frame is out */
};

enum mouse_kind {
	MOUSE_PRESS,
	MOUSE_DRAG,
	MOUSE_RELEASE,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct input_event {
	enum input_kind kind;
	/* The key in the notation of keymaps: "a", "<C-x>", "<S-F3>", "<lt>";
	   modifiers in the order C M S. */
	char key[KEY_TEXT];
	uint32_t codepoint; /* of a key that is a character alone, else 0 */
	enum mouse_kind mouse;
	int button;         /* 1..3 */
	int row, col;       /* from 0 */
	bool ctrl, shift, alt;
	const char *text;   /* of a paste; borrowed until the next call */
	size_t len;
	bool cut;           /* the paste was longer than PASTE_MAX */
	uint64_t fence;
	bool fence_idle;    /* answer only when no job runs */
};

struct input_options {
	const char *term; /* terminfo name */
	bool utf8;
	bool fence;       /* HEXSPAN_TEST=1: know the fence */
	bool erase_is_h;  /* the terminal's VERASE is ^H: <C-h> is Backspace */
	int wait_ms;      /* after an ESC, before it is the Escape key */
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
bool input_next(struct input *in, struct input_event *event);

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
