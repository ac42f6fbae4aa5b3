/*
 * translate.h - from the text of a pattern to the source of a regex on bytes
 *
 *	/regex/flags   {de ad ?? e? ~00 [4-6] (aa|bb)}   "text"   u32le:1234
 *	utf16le:"text"   @email
 *
 * Everything becomes one regex in the syntax of PCRE2, so that one engine and
 * one prefilter serve all kinds of patterns. Nothing here compiles it.
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef FIND_TRANSLATE_H
#define FIND_TRANSLATE_H

#include "base/base.h"
#include "base/lexer.h"
#include "find/charset.h"
#include "find/number.h"

struct error;

/* What the user asked for beside the pattern. */
struct pattern_options {
	bool caseless; /* not for bytes and numbers */
	bool word;     /* no letter, digit or '_' on either side: of Unicode
	                  with flag u, else of ASCII */
	/* The regex need not be closed, and may begin with '?': /abc, ?abc. */
	bool open_end;
	/* The encodings of a "text", each once; 0: its bytes as typed. */
	enum charset charsets[CHARSETS];
	size_t charset_count;
	struct number_scope numbers;
	/* More named patterns, which go before ours: the text of a file as
	   keymaps/patterns is, NUL-terminated, borrowed; or NULL. */
	const char *patterns;
};

enum { REGEX_JUMP_MAX = 65535 }; /* bytes of a jump that is bounded */

enum {                      /* flags of a regex, beside what its source says */
       REGEX_CASELESS = 1,  /* i */
       REGEX_MULTILINE = 2, /* m */
       REGEX_DOTALL = 4,    /* s */
       REGEX_EXTENDED = 8,  /* x */
       REGEX_UTF = 16,      /* u */
};

struct regex {
	char *text; /* owned, NUL-terminated; may hold NULs */
	size_t len;
	unsigned flags;
	/* The bytes from where an attempt begins that it can look at, at most;
	   SIZE_MAX: not known. */
	size_t reach;
	/* Group 1 + i matches in charsets[i]. */
	enum charset charsets[CHARSETS];
	size_t charset_count;
	/* The part of the text that was written as a regex; own_len 0: none. */
	size_t own, own_len;
	size_t column; /* of the pattern in its line, from 1 */
	bool named;    /* it was @name */
};

/*
 * The pattern at the lexer, which goes behind it; a blank or the end follows
 * there. ERR_SYNTAX with a column: not a pattern, an empty one, one that is not
 * closed, an odd number of hex digits, an option that does not go with it, an
 * unknown name or flag, a text that the encodings do not have, and what
 * number.h says; ERR_NOMEM. Then lx did not move.
 */
bool translate(struct lexer *lx, const struct pattern_options *options,
               struct regex *out, struct error *err) MUST_USE;
void regex_free(struct regex *regex);

/* An error about the pattern at lx is one about what @name stands for, if that
   is what it is: say what that is, as the line does not. */
void translate_blame(const struct lexer *lx,
                     const struct pattern_options *options, struct error *err);

/* The column, in the line that lx is of, of byte `at` of the part that was
   written as a regex. A "\/" of the line is one byte of the regex. */
size_t translate_column(const struct lexer *lx, const struct regex *regex,
                        size_t at);

#endif
