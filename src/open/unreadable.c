/* unreadable.c - see unreadable.h */
#include "config.h"

#include "open/unreadable.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/text.h"
#include "source/run.h"

static const char option[] = "--unreadable=";

/* {hex digits}: two for each byte, blanks between bytes. */
static bool parse_bytes(struct unreadable *out, const char *text,
                        struct error *err)
{
	for (text += strspn(text, " "); *text && *text != '}';
	     text += strspn(text, " ")) {
		int high = text_hex_digit(text[0]);
		int low = high < 0 ? -1 : text_hex_digit(text[1]);

		if (low < 0 || out->fill_len == sizeof(out->fill))
			return error_set(err, ERR_SYNTAX,
			                 "a fill value is a number 0..255 or "
			                 "{hex digits}, %zu bytes at most",
			                 sizeof(out->fill));
		out->fill[out->fill_len++] = (unsigned char)(high << 4 | low);
		text += 2;
	}
	if (*text != '}' || text[1] || out->fill_len == 0)
		return error_set(err, ERR_SYNTAX, "'}' expected");
	return true;
}

/* What stands behind "fill", if anything. */
static bool parse_fill(struct unreadable *out, const char *text,
                       struct error *err)
{
	static const char words[] = "UNREADABLE BYTES ";
	uint64_t value;

	out->what = UNREADABLE_FILL;
	out->fill_len = 0;
	if (!*text) {
		out->fill_len = sizeof(words) - 1;
		memcpy(out->fill, words, out->fill_len);
		return true;
	}
	if (*++text == '{')
		return parse_bytes(out, text + 1, err);
	if (!number_parse(text, &units_default, &value, err))
		return false;
	if (value > 255)
		return error_set(err, ERR_SYNTAX, "%s does not fit in a byte",
		                 text);
	out->fill[0] = (unsigned char)value;
	out->fill_len = 1;
	return true;
}

bool unreadable_is(const char *word)
{
	return strncmp(word, option, sizeof(option) - 1) == 0;
}

bool unreadable_parse(const char *word, struct unreadable *out,
                      struct error *err)
{
	word += sizeof(option) - 1;
	if (strncmp(word, "fill", 4) == 0 && (!word[4] || word[4] == ':'))
		return parse_fill(out, word + 4, err);
	if (strcmp(word, "stop") == 0)
		out->what = UNREADABLE_STOP;
	else if (strcmp(word, "skip") == 0)
		out->what = UNREADABLE_SKIP;
	else
		return error_set(err, ERR_SYNTAX,
		                 "--unreadable wants stop, skip or "
		                 "fill[:VALUE]");
	return true;
}

bool unreadable_error(const struct run *run, uint64_t addr, struct error *err)
{
	error_set(err, ERR_STATE,
	          "the byte at 0x%" PRIx64 " has no value (%s%s%s); "
	          "--unreadable=skip or fill:VALUE goes on",
	          addr, state_name(run->state),
	          run->why != WHY_NONE ? ": " : "", run_why(run));
	return error_add_addr(err, addr);
}
