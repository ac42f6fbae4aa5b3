/*
 * event.h - what comes from the terminal: keys, mouse, pastes, focus
 *
 * Threads: plain values.
 */
#ifndef UI_EVENT_H
#define UI_EVENT_H

#include "base/base.h"

enum {
	KEY_TEXT = 32, /* of a key's name, NUL included */
	PASTE_MAX = 16 << 20,
};

enum event_kind {
	EVENT_KEY,
	EVENT_MOUSE,
	EVENT_PASTE,         /* a whole paste: text, len */
	EVENT_PASTE_STALLED, /* no byte for a second and no end: say so */
	EVENT_PASTE_DROPPED, /* that paste was ended by Esc: nothing is left */
	EVENT_FOCUS,         /* the window got the focus */
	EVENT_BLUR,
	EVENT_FENCE, /* the harness: answer when the frame is out */
};

enum mouse_kind {
	MOUSE_PRESS,
	MOUSE_DRAG,
	MOUSE_RELEASE,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct event {
	enum event_kind kind;
	/* The key in the notation of keymaps: "a", "<C-x>", "<S-F3>", "<lt>";
	   modifiers in the order C M S. */
	char key[KEY_TEXT];
	uint32_t codepoint; /* of a key that is a character alone, else 0 */
	enum mouse_kind mouse;
	int button;   /* 1..3 */
	int row, col; /* from 0 */
	bool ctrl, shift, alt;
	const char *text; /* of a paste; borrowed until the next call */
	size_t len;
	bool cut; /* the paste was longer than PASTE_MAX */
	uint64_t fence;
	bool fence_idle; /* answer only when no job runs */
};

#endif
