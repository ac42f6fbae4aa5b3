/*
 * reader_source.c - bytes out of source of C and Python: see reader.h
 */
#include "config.h"

#include "command/reader_impl.h"

#include <string.h>

#include "base/text.h"

/* Go on in a comment of C, or begin one. False: it is none. */
static bool comment_put(struct reader *r, char c)
{
	switch (r->state) {
	case SLASH:
		r->state = c == '*'   ? COMMENT
		           : c == '/' ? COMMENT_LINE
		                      : OUTSIDE;
		return r->state != OUTSIDE;
	case COMMENT_LINE:
		if (c == '\n')
			r->state = OUTSIDE;
		return true;
	case COMMENT:
	case COMMENT_STAR:
		if (r->state == COMMENT_STAR && c == '/')
			r->state = OUTSIDE;
		else
			r->state = c == '*' ? COMMENT_STAR : COMMENT;
		return true;
	default:
		if (c == '/')
			r->state = SLASH;
		return c == '/';
	}
}

/* --- C ------------------------------------------------------------------- */

/* The number in r->word. */
static bool c_number(struct reader *r)
{
	const char *p = r->word;
	unsigned radix = 10, value = 0;
	bool any = false;

	r->word[r->word_len] = '\0';
	r->state = OUTSIDE;
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		radix = 16;
		p += 2;
	} else if (p[0] == '0') {
		radix = 8;
	}
	for (; text_hex_digit(*p) >= 0 && (unsigned)text_hex_digit(*p) < radix;
	     p++) {
		value = value * radix + (unsigned)text_hex_digit(*p);
		any = true;
	}
	if (*p == 'u' || *p == 'U')
		p++;
	if (!any || *p || value > 255)
		return reader_wrong(r, "'%s' is no number 0..255",
		                    text_shown(r->word).s);
	r->comma = true;
	return reader_give(r, (unsigned char)value);
}

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

static bool c_inside(struct reader *r, char c)
{
	if (reader_is_blank(c))
		return true;
	if (c == '}') {
		r->inside = false;
		return true;
	}
	if (c == ',' && r->comma) {
		r->comma = false;
		return true;
	}
	if (!is_word_char(c) || r->comma)
		return reader_wrong(r, "'%s' is not expected here",
		                    text_shown((char[]){ c, '\0' }).s);
	r->state = NUMBER;
	r->word[0] = c;
	r->word_len = 1;
	return true;
}

bool reader_c_put(struct reader *r, char c)
{
	if (r->state == NUMBER) {
		if (is_word_char(c) && r->word_len + 1 < sizeof(r->word)) {
			r->word[r->word_len++] = c;
			return true;
		}
		if (is_word_char(c))
			return reader_wrong(r, "a number is too long");
		if (!c_number(r))
			return false;
	}
	if (r->state == SLASH && r->inside && c != '/' && c != '*')
		return reader_wrong(r, "'/' is not expected here");
	if (comment_put(r, c))
		return true;
	if (r->inside)
		return c_inside(r, c);
	if (c == '{') {
		if (r->seen)
			return reader_wrong(r, "a second list in braces");
		r->inside = r->seen = true;
	}
	return true;
}

bool reader_c_end(struct reader *r)
{
	if (!r->seen)
		return reader_wrong(r, "there is no list in braces");
	return !r->inside || reader_wrong(r, "the brace is not closed");
}

/* --- Python -------------------------------------------------------------- */

static bool python_simple_escape(struct reader *r, char c)
{
	static const char from[] = "\\'\"abfnrtv";
	static const char to[] = "\\'\"\a\b\f\n\r\t\v";
	const char *at = c ? strchr(from, c) : NULL;

	r->state = LITERAL;
	if (c == '\n')
		return true;
	return at ? reader_give(r, (unsigned char)to[at - from])
	          : reader_wrong(r, "an escape that is not known");
}

static bool python_escape(struct reader *r, char c)
{
	if (r->state == ESCAPE && c == 'x') {
		r->state = ESCAPE_HEX;
	} else if (r->state == ESCAPE && c >= '0' && c <= '7') {
		r->state = ESCAPE_OCTAL;
		r->value = (uint32_t)(c - '0');
		r->digits = 1;
		return true;
	} else if (r->state == ESCAPE) {
		return python_simple_escape(r, c);
	} else {
		if (text_hex_digit(c) < 0)
			return reader_wrong(r, "\\x wants two hex digits");
		r->value = r->value << 4 | (uint32_t)text_hex_digit(c);
		if (++r->digits < 2)
			return true;
		r->state = LITERAL;
		return reader_give(r, (unsigned char)r->value);
	}
	r->value = 0;
	r->digits = 0;
	return true;
}

/* One to three octal digits; what ends them is looked at anew. */
static bool python_octal(struct reader *r, char c, bool *used)
{
	*used = c >= '0' && c <= '7' && r->digits < 3;
	if (*used) {
		r->value = r->value << 3 | (uint32_t)(c - '0');
		r->digits++;
		return true;
	}
	r->state = LITERAL;
	return r->value > 255 ? reader_wrong(r, "an escape above \\377")
	                      : reader_give(r, (unsigned char)r->value);
}

static bool python_literal(struct reader *r, char c)
{
	if (c == '\\')
		r->state = ESCAPE;
	else if (c == r->before)
		r->state = OUTSIDE;
	else if (c == '\n')
		return reader_wrong(r, "the literal is not closed");
	else if ((unsigned char)c >= 0x80)
		return reader_wrong(r, "a bytes literal has ASCII only");
	else
		return reader_give(r, (unsigned char)c);
	r->before = r->state == OUTSIDE ? '\0' : r->before;
	return true;
}

static bool python_outside(struct reader *r, char c)
{
	bool quote = c == '"' || c == '\'';

	if (quote && r->before != 'b' && r->before != 'B')
		return reader_wrong(r, "a literal that is not b\"..\"");
	if (c == '#')
		r->state = COMMENT_LINE;
	if (quote) {
		r->state = LITERAL;
		r->seen = true;
	}
	r->before = c;
	return true;
}

bool reader_python_put(struct reader *r, char c)
{
	bool used;

	switch (r->state) {
	case COMMENT_LINE:
		return comment_put(r, c);
	case ESCAPE:
	case ESCAPE_HEX:
		return python_escape(r, c);
	case ESCAPE_OCTAL:
		if (!python_octal(r, c, &used))
			return false;
		return used || python_literal(r, c);
	case LITERAL:
		return python_literal(r, c);
	default:
		return python_outside(r, c);
	}
}

bool reader_python_end(struct reader *r)
{
	if (!r->seen)
		return reader_wrong(r, "there is no literal b\"..\"");
	return r->state == OUTSIDE || r->state == COMMENT_LINE ||
	       reader_wrong(r, "the literal is not closed");
}
