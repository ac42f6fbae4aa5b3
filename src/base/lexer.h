/*
 * lexer.h - words and numbers, as commands, layouts and keymaps write them
 *
 * A word is a run of bytes without a blank, or "..." with the escapes of a
 * text (\n \r \t \0 \\ \" \xNN). Columns count bytes from 1.
 *
 * Threads: any; a struct lexer belongs to one thread.
 */
#ifndef BASE_LEXER_H
#define BASE_LEXER_H

#include "base/base.h"

struct error;

/* A cursor over one line; a plain value. The line is borrowed. */
struct lexer {
	const char *line;
	size_t len;
	size_t pos; /* 0..len; the column is pos + 1 */
};

struct word {
	char *text; /* owned, NUL-terminated, unescaped; may hold NULs */
	size_t len;
	size_t column; /* of its first byte, the quote included */
	bool quoted;
};

struct words {
	struct word *v; /* owned */
	size_t count, cap;
};

/* At the start of a line, which is borrowed. */
struct lexer lexer_of(const char *line, size_t len);
void lexer_blanks(struct lexer *lx); /* skip blanks and tabs */
bool lexer_end(struct lexer *lx);    /* blanks, then nothing more? */

/*
 * The next word; false and ERR_NONE in err->code when there is none.
 * ERR_SYNTAX with a column: a quote that is not closed, an unknown escape, text
 * behind a closing quote. ERR_NOMEM. *out is the caller's: word_free().
 */
bool lexer_word(struct lexer *lx, struct word *out, struct error *err) MUST_USE;
void word_free(struct word *word);

/* As lexer_word() where the lexer stands at a quote, and whatever stands behind
   the closing one. */
bool lexer_quoted(struct lexer *lx, struct word *out,
                  struct error *err) MUST_USE;

/* All words of a line; an unquoted word that begins with '#' and is followed by
   a blank, '!' or nothing, and what comes behind it, is a comment. */
bool words_split(const char *line, size_t len, struct words *out,
                 struct error *err) MUST_USE;
/* The same, from the lexer's position on. */
bool words_from(struct lexer *lx, struct words *out,
                struct error *err) MUST_USE;
void words_free(struct words *words);

/* What a number's text depends on. */
struct units {
	uint64_t sector; /* bytes of the unit s */
	uint64_t block;  /* bytes of the unit c */
	unsigned radix;  /* of bare digits: 10, or 16 in the prompt if asked */
};

extern const struct units units_default; /* 512, 4096, 10 */

/*
 * The number at the lexer: digits of the radix, 0x, 0o, 0b, hex digits with h
 * behind them; '_' between digits; a fraction with a unit (1.5G); units K M G
 * T P E (powers of 1024; KiB the same), KB MB GB TB PB EB (of 1000), s, c. A
 * letter behind a 0x number is a digit where it can be one (0x10c).
 * Stops behind the number. ERR_SYNTAX with a column: no number here, too big
 * for 64 bits, a fraction without unit or with more than 18 digits, one that
 * is no whole number of bytes (1.3K), an unknown unit.
 */
bool lexer_number(struct lexer *lx, const struct units *units, uint64_t *out,
                  struct error *err) MUST_USE;

/* A whole string as one number. */
bool number_parse(const char *text, const struct units *units, uint64_t *out,
                  struct error *err) MUST_USE;

#endif
