/*
 * syntax.c - a regex as a tree of the bytes it may take
 *
 * A recursive descent that knows every construct of PCRE2 10.42 well enough to
 * pass it, and gives up at anything else. Regexes that PCRE2 refuses need no
 * care: they are never searched. Where versions of PCRE2 read a text in
 * different ways, as {,3}, it gives up too.
 *
 * Y1 A node is made after its children, so that numbers go up with height.
 * Y2 Groups of one thing are that thing: ALT and SEQ have two children or more.
 */
#include "config.h"

#include "find/syntax.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "find/syntax_impl.h"

enum { REPEAT_MAX = 65535 };

/* --- what is passed over --- */

static bool is_blank(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Comments and blanks, which may stand in front of a quantifier too. False if
   a comment does not end. */
static bool skip_ignored(struct parser *p)
{
	struct reader *in = &p->in;

	for (;;) {
		bool extended = (in->flags & CHARS_EXTENDED) != 0;

		if (in->is_quoting) {
			if (!reader_takes(in, "\\E"))
				return true;
			in->is_quoting = false;
		} else if (reader_takes(in, "\\Q")) {
			in->is_quoting = true;
		} else if (reader_takes(in, "(?#")) {
			if (!reader_passes(in, ')'))
				return false;
		} else if (extended && in->at < in->end && is_blank(*in->at)) {
			in->at++;
		} else if (extended && syntax_has(p, '#')) {
			if (!reader_passes(in, '\n'))
				in->at = in->end;
		} else if (!reader_takes(in, "\\E")) {
			return true;
		}
	}
}

/* --- quantifiers --- */

static bool read_count(struct parser *p, uint32_t *count)
{
	*count = 0;
	if (!reader_has_digit(&p->in))
		return false;
	while (reader_has_digit(&p->in)) {
		*count = *count * 10 + (uint32_t)(*p->in.at++ - '0');
		if (*count > REPEAT_MAX)
			return false;
	}
	return true;
}

/* Is what stands behind a brace a quantifier, to some version of PCRE2? */
static bool is_quantifier(const struct parser *p)
{
	bool has_digit = false;

	for (const unsigned char *c = p->in.at; c < p->in.end; c++) {
		if (*c == '}')
			return has_digit;
		if (*c >= '0' && *c <= '9')
			has_digit = true;
		else if (*c != ',' && *c != ' ' && *c != '\t')
			return false;
	}
	return false;
}

static bool read_braces(struct parser *p, uint32_t *min, uint32_t *max)
{
	if (!read_count(p, min))
		return false;
	*max = *min;
	if (reader_takes(&p->in, ",") && !syntax_has(p, '}')) {
		if (!read_count(p, max))
			return false;
	} else if (p->in.at[-1] == ',') {
		*max = SYNTAX_FOREVER;
	}
	return reader_takes(&p->in, "}");
}

/* The item with the quantifier behind it, or as it is. */
static uint32_t quantified(struct parser *p, uint32_t item)
{
	struct reader *in = &p->in;
	const unsigned char *before;
	uint32_t min = 0;
	uint32_t max = SYNTAX_FOREVER;
	uint32_t node;

	if (!item || !skip_ignored(p) || in->is_quoting)
		return item;
	before = in->at;
	if (reader_takes(in, "+")) {
		min = 1;
	} else if (reader_takes(in, "?")) {
		max = 1;
	} else if (reader_takes(in, "{") && is_quantifier(p)) {
		if (!read_braces(p, &min, &max))
			return syntax_give_up(p);
	} else if (in->at != before || !reader_takes(in, "*")) {
		in->at = before;
		return item;
	}
	/* In \1410{0} a 0 is repeated, if there is no group 1410. */
	node = p->tree->nodes[item].kind == SYNTAX_ANY
	               ? item
	               : syntax_add_repeat(p, item, min, max);
	if (!node || !skip_ignored(p) || in->is_quoting)
		return node;
	p->tree->nodes[node].is_lazy = reader_takes(in, "?");
	(void)reader_takes(in, "+");
	return node;
}

/* --- items --- */

static uint32_t any_newline(struct parser *p)
{
	struct chars chars = { .wide = false };
	struct row pair = { 0 };
	struct row row = { 0 };

	if (!syntax_put(p, &pair, syntax_add_range(p, '\r', '\r')) ||
	    !syntax_put(p, &pair, syntax_add_range(p, '\n', '\n')) ||
	    !syntax_put(p, &row, syntax_add_row(p, SYNTAX_SEQ, &pair)) ||
	    !reader_shorthand(&p->in, 'v', &chars) ||
	    !syntax_put(p, &row, syntax_add_chars(p, &chars)))
		return 0;
	return syntax_add_row(p, SYNTAX_ALT, &row);
}

/* Behind \g or \k: a reference or a call, in any of their brackets. */
static uint32_t reference(struct parser *p, unsigned char letter)
{
	struct reader *in = &p->in;

	if (reader_takes(in, "{"))
		return syntax_behind_name(p, '}', syntax_add_any);
	if (reader_takes(in, "<"))
		return syntax_behind_name(p, '>', syntax_add_any);
	if (reader_takes(in, "'"))
		return syntax_behind_name(p, '\'', syntax_add_any);
	if (letter == 'k')
		return syntax_give_up(p);
	if (syntax_has(p, '-') || syntax_has(p, '+'))
		in->at++;
	if (!reader_has_digit(in))
		return syntax_give_up(p);
	while (reader_has_digit(in))
		in->at++;
	return syntax_add_any(p);
}

static uint32_t escape_letter(struct parser *p, unsigned char letter)
{
	struct chars chars = { .wide = false };
	uint32_t cp;

	switch (letter) {
	case 'b':
	case 'B':
	case 'A':
	case 'z':
	case 'Z':
		return syntax_add_assert(p);
	case 'g':
	case 'k':
		return reference(p, letter);
	case 'C':
		memset(&chars.maybe, 0xff, sizeof(chars.maybe));
		return syntax_add_byte(p, &chars.maybe, &chars.maybe);
	case 'N':
		if (syntax_has(p, '{'))
			return syntax_give_up(p);
		return syntax_add_all(p, false);
	case 'R':
		return any_newline(p);
	case 'X':
		return syntax_add_repeat(p, syntax_add_all(p, true), 1,
		                         SYNTAX_FOREVER);
	default:
		if (reader_shorthand(&p->in, letter, &chars))
			return syntax_add_chars(p, &chars);
		if (!reader_escape(&p->in, letter, &cp))
			return syntax_give_up(p);
		return syntax_add_char(p, cp);
	}
}

/* Behind a backslash. */
static uint32_t escape(struct parser *p)
{
	struct reader *in = &p->in;
	uint32_t cp;
	unsigned char c;

	if (in->at == in->end)
		return syntax_give_up(p);
	c = *in->at;
	if (c >= '1' && c <= '9') {
		/* A reference, or octal digits and others: anything. */
		while (reader_has_digit(in))
			in->at++;
		return syntax_add_any(p);
	}
	if (c == '0' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
		in->at++;
		return escape_letter(p, c);
	}
	return reader_char(in, &cp) ? syntax_add_char(p, cp)
	                            : syntax_give_up(p);
}

/* A character that means itself. Beyond ASCII, (?x) may ignore it. */
static uint32_t plain_char(struct parser *p)
{
	bool extended = (p->in.flags & CHARS_EXTENDED) != 0;
	uint32_t cp;

	if (!reader_char(&p->in, &cp) ||
	    (cp >= 0x80 && extended && !p->in.is_quoting))
		return syntax_give_up(p);
	return syntax_add_char(p, cp);
}

static uint32_t item(struct parser *p)
{
	struct chars chars = { .wide = false };
	struct reader *in = &p->in;

	if (in->is_quoting)
		return plain_char(p);
	if (reader_takes(in, "\\"))
		return escape(p);
	if (reader_takes(in, "("))
		return syntax_parenthesis(p);
	if (reader_takes(in, "["))
		return reader_class(in, &chars) ? syntax_add_chars(p, &chars)
		                                : syntax_give_up(p);
	if (reader_takes(in, "."))
		return syntax_add_all(p, (in->flags & CHARS_DOTALL) != 0);
	if (reader_takes(in, "^") || reader_takes(in, "$"))
		return syntax_add_assert(p);
	if (syntax_has(p, '*') || syntax_has(p, '+') || syntax_has(p, '?'))
		return syntax_give_up(p);
	if (reader_takes(in, "{")) {
		if (is_quantifier(p))
			return syntax_give_up(p);
		return syntax_add_char(p, '{');
	}
	return plain_char(p);
}

static uint32_t sequence(struct parser *p)
{
	struct row row = { 0 };

	for (;;) {
		if (!skip_ignored(p))
			return syntax_give_up(p);
		if (p->in.at == p->in.end ||
		    (!p->in.is_quoting &&
		     (syntax_has(p, '|') || syntax_has(p, ')'))))
			return syntax_add_row(p, SYNTAX_SEQ, &row);
		if (!syntax_put(p, &row, quantified(p, item(p))))
			return 0;
	}
}

/* Options that a branch sets hold for those behind it too. */
uint32_t syntax_alternatives(struct parser *p)
{
	struct row row = { 0 };

	do
		if (!syntax_put(p, &row, sequence(p)))
			return 0;
	while (reader_takes(&p->in, "|"));
	return syntax_add_row(p, SYNTAX_ALT, &row);
}

bool syntax_parse(struct syntax *syntax, const char *regex, size_t len,
                  unsigned flags, struct error *err)
{
	struct parser p = {
		.in = { .at = (const unsigned char *)regex,
		        .end = (const unsigned char *)regex + len,
		        .flags = flags },
		.tree = syntax,
		.err = err,
	};

	if (flags & CHARS_EXTENDED_MORE)
		p.in.flags |= CHARS_EXTENDED;
	*syntax = (struct syntax){ .is_plain = true };
	err->code = ERR_NONE;
	if (syntax_add_kind(&p, SYNTAX_EMPTY) == 0 && err->code == ERR_NONE)
		syntax->root = syntax_alternatives(&p);
	/* A parenthesis too many ends the alternatives. */
	if (syntax->root && p.in.at < p.in.end)
		syntax->root = syntax_give_up(&p);
	if (!syntax->root)
		syntax_free(syntax);
	return syntax->root != 0;
}

void syntax_free(struct syntax *syntax)
{
	mem_free(syntax->nodes);
	*syntax = (struct syntax){ .root = 0 };
}
