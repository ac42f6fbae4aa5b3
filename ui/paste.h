/*
 * paste.h - the bytes of one bracketed paste, up to its end
 *
 * A paste ends at ESC [ 201 ~. One that stalls is not over: its rest may still
 * come over a slow link, and must not become keys. Only the user ends it then,
 * by a lone Esc.
 *
 * Threads: the UI thread only.
 */
#ifndef UI_PASTE_H
#define UI_PASTE_H

#include "base/base.h"

struct paste {
	char *text; /* owned */
	size_t len, cap;
	size_t matched; /* bytes of the end mark that came last */
	bool cut;       /* longer than PASTE_MAX: the rest is dropped */
	bool lost;      /* no memory: nothing is left of it */
	bool stalled;   /* for a second nothing came */
	bool quiet;     /* it stalled, and nothing came for a while */
	bool lone;      /* it was quiet, and nothing came since but ESC */
};

/* How long to wait for more. */
enum paste_wait {
	PASTE_GIVE_UP, /* a second */
	PASTE_SHORT,   /* as long as after an ESC */
	PASTE_FOREVER,
};

enum paste_silence {
	PASTE_GOES_ON,
	PASTE_STALLS,  /* the first time: say so */
	PASTE_DROPPED, /* by a lone Esc */
};

void paste_begin(struct paste *paste); /* of zeros, or after its end */
void paste_clear(struct paste *paste); /* frees the text */

/* Before the bytes of one read, which may not all belong to the paste. */
void paste_arrive(struct paste *paste, const void *bytes, size_t len);

/* Take bytes up to the end of the paste, or all. Returns how many. */
size_t paste_push(struct paste *paste, const void *bytes, size_t len,
                  bool *ended);

/* Nothing came for paste_patience(). */
enum paste_wait paste_patience(const struct paste *paste);
enum paste_silence paste_silence(struct paste *paste);

#endif
