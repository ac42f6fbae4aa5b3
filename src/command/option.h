/*
 * option.h - the options that `set` knows
 *
 * One table says names, kinds, words and defaults; set, completion, help and
 * the editor read it. Values are plain members of struct option_values.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_OPTION_H
#define COMMAND_OPTION_H

#include "base/base.h"
#include "base/lexer.h"

struct error;

enum { OPTION_NAME = 32 };

enum offset_form {
	OFFSET_SPACE,
	OFFSET_SEGMENT,
	OFFSET_BOTH,
	OFFSET_SECTOR,
	OFFSET_DECIMAL,
};

enum encoding {
	ENCODING_ASCII,
	ENCODING_LATIN1,
	ENCODING_CP437,
	ENCODING_EBCDIC,
	ENCODING_UTF8,
	ENCODING_UTF16LE,
};

enum auto_switch {
	SWITCH_AUTO,
	SWITCH_ON,
	SWITCH_OFF,
};

enum glyphs {
	GLYPHS_AUTO,
	GLYPHS_UNICODE,
	GLYPHS_ASCII,
};

enum clipboard {
	CLIPBOARD_OSC52,
	CLIPBOARD_OFF,
};

enum letter_case {
	CASE_LOWER,
	CASE_UPPER,
};

/* Words are held as the index of the word, switches as 0 or 1. */
struct option_values {
	uint64_t offset;   /* enum offset_form */
	uint64_t groups;   /* enum auto_switch */
	uint64_t columns;  /* bytes a row: 0 auto, 1..64 */
	uint64_t letters;  /* enum letter_case */
	uint64_t encoding; /* enum encoding */
	uint64_t radix;    /* 10 or 16, in the prompt */
	uint64_t sector;   /* bytes; 0: auto */
	uint64_t block;
	uint64_t rules;
	uint64_t keybar;
	uint64_t title;
	uint64_t mouse;
	uint64_t sync;
	uint64_t marks;     /* enum auto_switch */
	uint64_t glyphs;    /* enum glyphs */
	uint64_t color;     /* enum auto_switch */
	uint64_t scrolloff; /* rows */
	uint64_t errors;    /* 0 stop, 1 go-on */
	uint64_t wrapscan;
	uint64_t highlight;
	uint64_t clipboard; /* enum clipboard */
	uint64_t insert;    /* typing inserts; else it overwrites */
	uint64_t watch;
	uint64_t journallimit; /* bytes */
	uint64_t undolimit;    /* bytes */
	char theme[OPTION_NAME];
	char keymap[OPTION_NAME];
};

enum option_kind {
	OPTION_SWITCH, /* on, off */
	OPTION_WORD,
	OPTION_NUMBER,
	OPTION_TEXT,
};

struct option {
	const char *name;
	enum option_kind kind;
	const char *words; /* OPTION_WORD: "space segment both" */
	uint64_t min, max; /* OPTION_NUMBER */
	bool has_auto;     /* OPTION_NUMBER: 0 is called auto */
	size_t member;     /* offset in struct option_values */
	const char *help;  /* one line */
};

extern const struct option option_table[]; /* sorted; ends with a NULL name */

void options_default(struct option_values *values);

/* By name; ERR_SYNTAX with a guess when there is none. */
const struct option *option_find(const char *name, struct error *err) MUST_USE;

/* ERR_SYNTAX: not a value of this option; the text says which are. */
bool option_set(struct option_values *values, const struct option *option,
                const char *text, const struct units *units,
                struct error *err) MUST_USE;

/* The value as text; dst has room for OPTION_NAME bytes. Returns dst. */
const char *option_text(const struct option_values *values,
                        const struct option *option,
                        char dst[static OPTION_NAME]);

/* Take the next word of a switch or word option; ERR_SYNTAX for others. */
bool option_cycle(struct option_values *values, const struct option *option,
                  struct error *err) MUST_USE;

#endif
