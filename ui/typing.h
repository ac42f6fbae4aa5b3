/*
 * typing.h - what is typed and pasted into the panes becomes edits
 *
 * In the hex pane digits are data, in the text pane characters are, in the
 * encoding that it shows. Each of them is an edit; what is typed and erased
 * with no other key in between is undone together. The option `insert` says
 * whether they go over what is there or before it.
 *
 * Threads: the UI thread.
 */
#ifndef UI_TYPING_H
#define UI_TYPING_H

#include "base/base.h"

struct app;
struct error;

/* Where typing goes on; holds as long as nothing else has happened. */
struct typing {
	uint64_t generation, addr;
	uint64_t count; /* of keys that were typed */
	bool low;       /* the first digit of this byte was typed */
	bool alone;     /* and it is a step of undo of its own */
	bool run;       /* what is typed or erased next is of the same step */
	bool erased;    /* the last key has erased */
	bool full; /* this last byte was typed: there is no place for more */
};

/* Does the next digit go to the low nibble of the cursor's byte? */
bool typing_is_low(const struct app *app);

/* Would a key go on where the one before has ended? */
bool typing_goes_on(const struct app *app);

/* The next digit is the first one of a byte. */
void typing_stop(struct app *app);

/* May the cursor stand behind the last byte? */
bool typing_may_append(const struct app *app);

/* Is this character data where the keyboard is? */
bool typing_takes(const struct app *app, uint32_t cp);

/* Type it. Fails as session_edit() does; ERR_SYNTAX: the encoding has no such
   character; ERR_RANGE: nothing is left to overwrite. */
bool typing_key(struct app *app, uint32_t cp, struct error *err) MUST_USE;

/* Type all of a text, in the normal mode too: into the pane where the cursor
   is. ERR_SYNTAX: it is not of what is typed there; else as typing_key(). */
bool typing_text(struct app *app, const char *text, size_t len,
                 struct error *err) MUST_USE;

/* Put a pasted text in, whole or not at all, as one edit: hex digits in the hex
   pane, characters in the text pane. ERR_SYNTAX: it is not that. */
bool typing_paste(struct app *app, const char *text, size_t len,
                  struct error *err) MUST_USE;

/* Delete the selection, else the byte at the cursor. */
bool typing_erase(struct app *app, struct error *err) MUST_USE;
/* Take back a digit. Else, where typing inserts, delete the selection or the
   byte before the cursor; where it overwrites, go there and let the byte be
   what the file has. */
bool typing_erase_back(struct app *app, struct error *err) MUST_USE;

#endif
