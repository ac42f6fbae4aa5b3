/*
 * chars.h - the characters that an escape or a class of a regex stands for
 *
 * Reads the syntax of PCRE2 (pcre2pattern(3)), with newline LF and the tables
 * of the C locale. Where an answer depends on more than the text, such as on
 * properties of Unicode, it is given as two sets: what may be meant, and what
 * surely is. A negated class leaves out only what is sure.
 *
 * Threads: any; a reader belongs to one thread.
 */
#ifndef FIND_CHARS_H
#define FIND_CHARS_H

#include "base/base.h"
#include "find/byteset.h"

/* What holds at a place of the text. The first five as in a regex's flags. */
enum {
	CHARS_CASELESS = 1,
	CHARS_MULTILINE = 2, /* of no consequence here */
	CHARS_DOTALL = 4,
	CHARS_EXTENDED = 8,
	CHARS_UTF = 16,
	CHARS_EXTENDED_MORE = 32, /* (?xx) */
};

struct reader {
	const unsigned char *at; /* borrowed */
	const unsigned char *end;
	unsigned flags;
	bool is_quoting; /* between \Q and \E */
};

/* With CHARS_UTF, bytes from 80 on stand in `wide`, all of them alike. */
struct chars {
	struct byte_set maybe;
	struct byte_set sure; /* a part of it */
	bool wide;            /* a character of several bytes may be meant */
};

/* Does the text go on with this? Then it is passed. */
bool reader_takes(struct reader *r, const char *text);
/* Pass everything up to the byte and the byte; false if it does not come. */
bool reader_passes(struct reader *r, unsigned char byte);
/* Is there a decimal digit, a hex digit, a letter? */
bool reader_has_digit(const struct reader *r);

/* The character at the reader, as it stands; false at the end and in front of
   what is no UTF-8, with CHARS_UTF. */
bool reader_char(struct reader *r, uint32_t *cp);

/* What stands behind a backslash and the letter or digit 0 (in a class: any
   octal digit), which was read, if that is one character; else false. */
bool reader_escape(struct reader *r, unsigned char letter, uint32_t *cp);

/* The same for a set: d D s S w W h H v V p P. Adds to chars. */
bool reader_shorthand(struct reader *r, unsigned char letter,
                      struct chars *chars);

/* A class, from behind its bracket. False: not understood. */
bool reader_class(struct reader *r, struct chars *chars);

void chars_add(struct chars *chars, uint32_t cp, unsigned flags);
/* Everything but a line feed, or everything. */
void chars_add_all(struct chars *chars, bool with_newline);
/* Other cases of what is there, if the flags ask for them. */
void chars_fold(struct chars *chars, unsigned flags);

#endif
