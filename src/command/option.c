/* option.c - see option.h */
#include "config.h"

#include "command/option.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/guess.h"
#include "base/text.h"

#define MEMBER(m) offsetof(struct option_values, m)
#define SWITCH(n, h)                                                    \
	{                                                               \
		.name = #n, .kind = OPTION_SWITCH, .member = MEMBER(n), \
		.help = h                                               \
	}
#define WORD(n, m, w, h)                                    \
	{                                                   \
		.name = n, .kind = OPTION_WORD, .words = w, \
		.member = MEMBER(m), .help = h              \
	}

const struct option option_table[] = {
	{ .name = "block",
	  .kind = OPTION_NUMBER,
	  .min = 1,
	  .max = UINT64_C(1) << 40,
	  .member = MEMBER(block),
	  .help = "bytes of the unit c and of next block" },
	WORD("case", letters, "lower upper", "hex digits in this case"),
	WORD("clipboard", clipboard, "osc52 off",
	     "what is copied also goes to the terminal's clipboard"),
	WORD("color", color, "auto on off", "colours; auto obeys NO_COLOR"),
	{ .name = "columns",
	  .kind = OPTION_NUMBER,
	  .min = 0,
	  .max = 64,
	  .has_auto = true,
	  .member = MEMBER(columns),
	  .help = "bytes a row; auto takes what fits" },
	WORD("encoding", encoding, "ascii latin1 cp437 ebcdic utf-8 utf-16le",
	     "how the text pane reads bytes"),
	WORD("errors", errors, "stop go-on",
	     "what a batch run does after a failed command"),
	WORD("glyphs", glyphs, "auto unicode ascii",
	     "which signs are drawn for bytes and seams"),
	WORD("groups", groups, "auto on off",
	     "separate the digits of offsets in fours"),
	SWITCH(highlight, "mark the matches of the last search"),
	SWITCH(insert, "what is typed is inserted, and does not overwrite"),
	{ .name = "journallimit",
	  .kind = OPTION_NUMBER,
	  .min = 1 << 16,
	  .max = UINT64_C(1) << 50,
	  .member = MEMBER(journallimit),
	  .help = "bytes that edits may fill of the journal" },
	SWITCH(keybar, "the bar of function keys"),
	{ .name = "keymap",
	  .kind = OPTION_TEXT,
	  .member = MEMBER(keymap),
	  .help = "keys: default vi emacs hexedit, or one of your own" },
	WORD("marks", marks, "auto on off",
	     "draw signs where colour would say the same"),
	SWITCH(mouse, "clicks and the wheel go to the editor"),
	WORD("offset", offset, "space segment both sector decimal",
	     "what the offset column shows"),
	{ .name = "radix",
	  .kind = OPTION_NUMBER,
	  .min = 10,
	  .max = 16,
	  .member = MEMBER(radix),
	  .help = "of bare numbers in the prompt: 10 or 16" },
	SWITCH(rules, "a line above the row in which a file starts"),
	{ .name = "scrolloff",
	  .kind = OPTION_NUMBER,
	  .min = 0,
	  .max = 100,
	  .member = MEMBER(scrolloff),
	  .help = "rows kept in sight above and below the cursor" },
	{ .name = "sector",
	  .kind = OPTION_NUMBER,
	  .min = 0,
	  .max = UINT64_C(1) << 30,
	  .has_auto = true,
	  .member = MEMBER(sector),
	  .help = "bytes of the unit s; auto: of the devices, else 512" },
	SWITCH(sync, "frames as a whole, where the terminal can"),
	{ .name = "theme",
	  .kind = OPTION_TEXT,
	  .member = MEMBER(theme),
	  .help = "colours: auto dark light, or one of your own" },
	SWITCH(title, "the line at the top"),
	{ .name = "undolimit",
	  .kind = OPTION_NUMBER,
	  .min = 0,
	  .max = UINT64_C(1) << 50,
	  .member = MEMBER(undolimit),
	  .help = "bytes of closed journals that are kept, for 90 days" },
	SWITCH(watch, "mark what other programs change on the screen"),
	SWITCH(wrapscan, "a search goes on from the other end"),
	{ .name = NULL },
};

void options_default(struct option_values *values)
{
	*values = (struct option_values){
		.radix = 10,
		.block = 4096,
		.rules = 1,
		.keybar = 1,
		.title = 1,
		.mouse = 1,
		.sync = 1,
		.wrapscan = 1,
		.highlight = 1,
		.scrolloff = 2,
		.journallimit = UINT64_C(1) << 30,
		.undolimit = UINT64_C(256) << 20,
		.theme = "auto",
		.keymap = "default",
	};
}

const struct option *option_find(const char *name, struct error *err)
{
	struct guess guess = guess_begin(name, strlen(name));

	for (const struct option *o = option_table; o->name; o++) {
		if (strcmp(o->name, name) == 0)
			return o;
		guess_offer(&guess, o->name);
	}
	error_set(err, ERR_SYNTAX, "unknown option '%s'%s", text_shown(name).s,
	          guess_hint(&guess).s);
	return NULL;
}

static uint64_t get(const struct option_values *values,
                    const struct option *option)
{
	uint64_t value;

	memcpy(&value, (const char *)values + option->member, sizeof(value));
	return value;
}

static bool put(struct option_values *values, const struct option *option,
                uint64_t value)
{
	memcpy((char *)values + option->member, &value, sizeof(value));
	return true;
}

static const char *words_of(const struct option *option)
{
	return option->kind == OPTION_SWITCH ? "off on" : option->words;
}

/* The word with this index, and its length; NULL past the last. */
static const char *word_at(const char *words, uint64_t index, size_t *len)
{
	for (; index > 0; index--) {
		words = strchr(words, ' ');
		if (!words)
			return NULL;
		words++;
	}
	*len = strcspn(words, " ");
	return words;
}

static bool set_word(struct option_values *values, const struct option *option,
                     const char *text, struct error *err)
{
	const char *words = words_of(option);
	const char *word;
	size_t len;

	for (uint64_t i = 0; (word = word_at(words, i, &len)); i++)
		if (strlen(text) == len && memcmp(text, word, len) == 0)
			return put(values, option, i);
	return error_set(err, ERR_SYNTAX, "%s wants one of: %s", option->name,
	                 words);
}

static bool set_number(struct option_values *values,
                       const struct option *option, const char *text,
                       const struct units *units, struct error *err)
{
	uint64_t value = 0;

	if ((!option->has_auto || strcmp(text, "auto") != 0) &&
	    !number_parse(text, units, &value, err))
		return error_prefix(err, "%s", option->name);
	if (value < option->min || value > option->max ||
	    (option->member == MEMBER(radix) && value != 10 && value != 16))
		return error_set(err, ERR_SYNTAX,
		                 "%s wants %s%" PRIu64 " %s %" PRIu64,
		                 option->name, option->has_auto ? "auto, " : "",
		                 option->min,
		                 option->member == MEMBER(radix) ? "or" : "to",
		                 option->max);
	return put(values, option, value);
}

bool option_set(struct option_values *values, const struct option *option,
                const char *text, const struct units *units, struct error *err)
{
	switch (option->kind) {
	case OPTION_TEXT:
		if (strlen(text) >= OPTION_NAME || !*text)
			return error_set(err, ERR_SYNTAX,
			                 "%s wants a name of 1 to %d bytes",
			                 option->name, OPTION_NAME - 1);
		memcpy((char *)values + option->member, text, strlen(text) + 1);
		return true;
	case OPTION_NUMBER:
		return set_number(values, option, text, units, err);
	default:
		return set_word(values, option, text, err);
	}
}

const char *option_text(const struct option_values *values,
                        const struct option *option,
                        char dst[static OPTION_NAME])
{
	const char *word;
	size_t len = 0;

	switch (option->kind) {
	case OPTION_TEXT:
		memcpy(dst, (const char *)values + option->member, OPTION_NAME);
		break;
	case OPTION_NUMBER:
		if (option->has_auto && get(values, option) == 0)
			snprintf(dst, OPTION_NAME, "auto");
		else
			snprintf(dst, OPTION_NAME, "%" PRIu64,
			         get(values, option));
		break;
	default:
		word = word_at(words_of(option), get(values, option), &len);
		snprintf(dst, OPTION_NAME, "%.*s", (int)len, word ? word : "");
		break;
	}
	return dst;
}

bool option_cycle(struct option_values *values, const struct option *option,
                  struct error *err)
{
	uint64_t next = get(values, option) + 1;
	size_t len;

	if (option->kind != OPTION_SWITCH && option->kind != OPTION_WORD)
		return error_set(err, ERR_SYNTAX,
		                 "%s has no list of values to go through",
		                 option->name);
	if (!word_at(words_of(option), next, &len))
		next = 0;
	return put(values, option, next);
}
