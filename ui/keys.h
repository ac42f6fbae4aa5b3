/*
 * keys.h - what a key is called: libtermkey and terminfo behind one door
 *
 * Bytes come as whole tokens, one key each; where a token ends is input.c's
 * affair. libtermkey never touches the terminal. This is the one file that
 * knows it.
 *
 * Threads: the UI thread only.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include "base/base.h"

struct error;
struct event;
struct keys;

/* Modifiers, as the parameter of a CSI has them, less one. */
enum {
	KEYS_SHIFT = 1,
	KEYS_ALT = 2,
	KEYS_CTRL = 4,
};

enum keys_match {
	KEYS_NONE,
	KEYS_PART, /* a string begins like this */
	KEYS_WHOLE,
};

/* erase_is_h: <C-h> is Backspace. ERR_NOMEM; ERR_STATE: libtermkey is not here,
   or terminfo has no such terminal, or no keys of it. */
struct keys *keys_new(const char *term, bool utf8, bool erase_is_h,
                      struct error *err) MUST_USE;
void keys_free(struct keys *keys); /* NULL is allowed */

/* What len > 0 bytes are among the strings of terminfo, no one of which begins
   another. Cost: the number of strings. */
enum keys_match keys_match(const struct keys *keys, const void *bytes,
                           size_t len);

/*
 * Each fills in an EVENT_KEY, or returns false if this is no key.
 *
 * A token: one byte, one UTF-8 character, or one sequence. `alt` adds Alt.
 */
bool keys_token(struct keys *keys, const void *bytes, size_t len, bool alt,
                struct event *event);
/* The key that CSI number ; mods final means. Letters have number 1. */
bool keys_plain(struct keys *keys, uint64_t number, int mods, char final,
                struct event *event);
/* The key with a code point, or with a number of kitty's in the private use
   area. */
bool keys_coded(struct keys *keys, uint64_t code, int mods,
                struct event *event);

#endif
