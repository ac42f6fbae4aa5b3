/*
 * keyname.h - how keys are written: "a", "<C-x>", "<S-F3>", "gg"
 *
 * The notation of keymap files and of input_event.key. A key is a character, or
 * <..>: modifiers C- M- S-, then a character or a name. Keys in a row are a
 * sequence. What is written here is canonical: modifiers in the order C M S,
 * <lt> for '<', <Space>, and <#>, since a word that begins with '#' can be a
 * comment. More spellings are read: "<M-<>" is "<M-lt>", "<a>" is "a".
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef UI_KEYNAME_H
#define UI_KEYNAME_H

#include "base/base.h"

struct error;

enum {
	KEY_SEQ_MAX = 8,
	/* Longest key: <C-M-S-Backspace>. Of a sequence, NUL included. */
	KEY_SEQ_TEXT = KEY_SEQ_MAX * 24,
};

/* A key is a number: a code point, or a named key, with modifier bits. */
struct key_seq {
	uint32_t key[KEY_SEQ_MAX];
	size_t count;
};

/* ERR_SYNTAX: "bad key at '<C-s'", with a guess where there is one; no key at
   all; more than KEY_SEQ_MAX. */
bool keyname_parse(const char *text, size_t len, struct key_seq *out,
                   struct error *err) MUST_USE;

/* The canonical form; returns its length. */
size_t keyname_write(char dst[KEY_SEQ_TEXT], const struct key_seq *seq);

/* The character of a key that is one without modifiers, Space included; 0. */
uint32_t keyname_char(uint32_t key);

/*
 * Why a terminal may never send this key: "<C-i> is Tab on most terminals".
 * False, and nothing is written, when there is no doubt.
 */
bool keyname_doubt(uint32_t key, char *dst, size_t cap);

#endif
