/*
 * translate_hex.c - {hex} patterns: see translate_impl.h
 *
 * A jump takes as few bytes as it can (.{4,6}?): the match that ends first is
 * the one that is meant when bytes are skipped.
 */
#include "config.h"

#include "find/translate.h"

#include "base/error.h"
#include "base/text.h"
#include "find/translate_impl.h"

enum { HEX_DEPTH = 32 }; /* parentheses within parentheses */

static void put_byte(struct writer *out, int high, int low)
{
	writer_byte(out, (unsigned char)(high << 4 | low));
}

/* The bytes with these digits, -1 being any; `others`: all but those. */
static void put_nibbles(struct writer *out, int high, int low, bool others)
{
	if (high < 0 && low < 0) {
		writer_text(out, ".");
		return;
	}
	if (high >= 0 && low >= 0 && !others) {
		put_byte(out, high, low);
		return;
	}
	writer_text(out, others ? "[^" : "[");
	if (high >= 0 && low >= 0) {
		put_byte(out, high, low);
	} else if (high >= 0) {
		put_byte(out, high, 0);
		writer_text(out, "-");
		put_byte(out, high, 15);
	} else {
		for (int i = 0; i < 16; i++)
			put_byte(out, i, low);
	}
	writer_text(out, "]");
}

static bool is_nibble(char c)
{
	return c == '?' || text_hex_digit(c) >= 0;
}

static bool hex_byte(struct translator *t, size_t *reach)
{
	bool others = translator_peek(t) == '~';
	char high, low;

	t->lx.pos += others;
	high = translator_peek(t);
	if (!is_nibble(high))
		return translator_fail(t, others ? "the digits of a byte must "
		                                   "follow '~'"
		                                 : "hex digits, ??, ~00, "
		                                   "[4-6], (aa|bb) or } "
		                                   "expected");
	t->lx.pos++;
	low = translator_peek(t);
	if (translator_at_end(t) || !is_nibble(low)) {
		t->lx.pos--;
		return translator_fail(
			t, high == '?' ? "a byte is two digits: ?? is any "
					 "byte"
				       : "a hex digit without its second "
					 "one");
	}
	if (others && high == '?' && low == '?') {
		t->lx.pos -= 2;
		return translator_fail(t, "~?? would be no byte at all");
	}
	t->lx.pos++;
	put_nibbles(&t->out, text_hex_digit(high), text_hex_digit(low), others);
	*reach = translate_reach(*reach, 1);
	return true;
}

/* A bound of a jump, or UINT64_MAX where none is written. */
static bool jump_bound(struct translator *t, uint64_t *out)
{
	size_t column = t->lx.pos + 1;

	*out = UINT64_MAX;
	lexer_blanks(&t->lx);
	if (text_hex_digit(translator_peek(t)) >= 0 &&
	    !lexer_number(&t->lx, &units_default, out, t->err))
		return false;
	lexer_blanks(&t->lx);
	if (*out != UINT64_MAX && *out > REGEX_JUMP_MAX)
		return error_at(t->err, column,
		                "a jump is at most %d bytes; [N-] has no end",
		                REGEX_JUMP_MAX);
	return true;
}

static bool hex_jump(struct translator *t, size_t *reach)
{
	size_t column = t->lx.pos + 1;
	uint64_t least, most;

	t->lx.pos++;
	if (!jump_bound(t, &least))
		return false;
	most = least;
	if (translator_peek(t) == '-') {
		t->lx.pos++;
		if (!jump_bound(t, &most))
			return false;
		if (least == UINT64_MAX)
			least = 0;
	}
	if (translator_peek(t) != ']')
		return translator_fail(t, "']' expected");
	t->lx.pos++;
	if (least == UINT64_MAX)
		return error_at(t->err, column,
		                "how many bytes? [4], [4-6] or [4-]");
	if (most < least)
		return error_at(t->err, column,
		                "the jump ends before it begins");
	writer_text(&t->out, ".{");
	writer_number(&t->out, least);
	writer_text(&t->out, ",");
	if (most != UINT64_MAX)
		writer_number(&t->out, most);
	writer_text(&t->out, "}?");
	*reach = most == UINT64_MAX ? SIZE_MAX : translate_reach(*reach, most);
	return true;
}

static bool hex_choices(struct translator *t, int depth, size_t *reach);

/*
 * What stands between braces, bars and parentheses: bytes, jumps and choices.
 * Jumps stand between bytes, so that a match begins and ends where it says.
 */
static bool hex_items(struct translator *t, int depth, size_t *reach)
{
	bool begun = false; /* there was a byte or a choice */
	size_t jump = 0;    /* the column of a jump without a byte behind it */
	char c;

	for (;;) {
		lexer_blanks(&t->lx);
		c = translator_peek(t);
		if (translator_at_end(t) || c == '}' || c == '|' || c == ')')
			break;
		if (c == '[') {
			jump = t->lx.pos + 1;
			if (!begun)
				break;
			if (!hex_jump(t, reach))
				return false;
			continue;
		}
		if (c == '(' ? !hex_choices(t, depth + 1, reach)
		             : !hex_byte(t, reach))
			return false;
		begun = true;
		jump = 0;
	}
	if (jump)
		return error_at(t->err, jump, "a jump stands between bytes");
	return begun || translator_fail(t, depth ? "bytes expected"
	                                         : "the pattern is empty");
}

/* (items|items..) */
static bool hex_choices(struct translator *t, int depth, size_t *reach)
{
	size_t open = t->lx.pos + 1;
	size_t longest = 0;

	if (depth > HEX_DEPTH)
		return translator_fail(t, "too many parentheses");
	writer_text(&t->out, "(?:");
	do {
		size_t here = 0;

		if (longest > 0)
			writer_text(&t->out, "|");
		t->lx.pos++;
		if (!hex_items(t, depth, &here))
			return false;
		longest = here > longest ? here : longest;
	} while (translator_peek(t) == '|');
	if (translator_peek(t) != ')')
		return error_at(t->err, open, "the parenthesis is not closed");
	t->lx.pos++;
	writer_text(&t->out, ")");
	*reach = translate_reach(*reach, longest);
	return true;
}

bool translate_hex(struct translator *t)
{
	size_t open = t->lx.pos + 1;

	t->regex.flags = REGEX_DOTALL;
	t->lx.pos++;
	if (!hex_items(t, 0, &t->regex.reach))
		return false;
	if (translator_at_end(t))
		return error_at(t->err, open, "the brace is not closed");
	if (translator_peek(t) != '}')
		return translator_fail(t, "there is no parenthesis open");
	t->lx.pos++;
	return true;
}
