/* syntax_group.c - what a regex has in parentheses: see syntax_impl.h */
#include "config.h"

#include "find/syntax_impl.h"

#include <string.h>

#include "base/error.h"

enum { DEPTH_MAX = 100 };

/* What is in the parentheses, from behind the opening one and its kind. */
static uint32_t group(struct parser *p)
{
	unsigned flags = p->in.flags;
	uint32_t node;

	if (p->depth >= DEPTH_MAX)
		return syntax_give_up(p);
	p->depth++;
	node = syntax_alternatives(p);
	p->depth--;
	p->in.flags = flags;
	if (node && !reader_takes(&p->in, ")"))
		return syntax_give_up(p);
	return node;
}

static uint32_t lookaround(struct parser *p)
{
	return group(p) ? syntax_add_assert(p) : 0;
}

/* A name that ends in this byte, and what it stands for. */
uint32_t syntax_behind_name(struct parser *p, unsigned char end,
                            uint32_t (*then)(struct parser *))
{
	return reader_passes(&p->in, end) ? then(p) : syntax_give_up(p);
}

static uint32_t call(struct parser *p)
{
	return syntax_behind_name(p, ')', syntax_add_any);
}

/* The condition of (?(..)yes|no), which was read up to the parenthesis. */
static bool condition(struct parser *p)
{
	static const char *const asserts[] = { "(?=", "(?!",  "(?<=", "(?<!",
		                               "(?*", "(?<*", "(*" };
	const unsigned char *before = p->in.at;

	for (size_t i = 0; i < ARRAY_LEN(asserts); i++) {
		if (!reader_takes(&p->in, asserts[i]))
			continue;
		if (asserts[i][1] != '*')
			return lookaround(p) != 0;
		/* A name that says which, as (*pla:..). */
		return reader_passes(&p->in, ':') && lookaround(p) != 0;
	}
	p->in.at = before + 1;
	return !syntax_has(p, '?') && reader_passes(&p->in, ')');
}

static uint32_t conditional(struct parser *p)
{
	struct row row = { 0 };

	p->tree->is_plain = false;
	/* Without a second branch, a condition that is false takes nothing.
	   That there may be one is not made use of. */
	if (!condition(p) || !syntax_put(p, &row, group(p)) ||
	    !syntax_put(p, &row, syntax_add_kind(p, SYNTAX_EMPTY)))
		return p->err->code == ERR_NONE ? syntax_give_up(p) : 0;
	return syntax_add_row(p, SYNTAX_ALT, &row);
}

static unsigned flag_of(unsigned char letter)
{
	switch (letter) {
	case 'i':
		return CHARS_CASELESS;
	case 'm':
		return CHARS_MULTILINE;
	case 's':
		return CHARS_DOTALL;
	case 'x':
		return CHARS_EXTENDED;
	default:
		return 0;
	}
}

/* The letters of (?i-s) up to ')' or ':'. */
static bool read_options(struct parser *p, unsigned *flags)
{
	struct reader *in = &p->in;
	bool on = true;

	if (reader_takes(in, "^"))
		*flags &= CHARS_UTF;
	while (!syntax_has(p, ')') && !syntax_has(p, ':')) {
		if (reader_takes(in, "-"))
			on = false;
		else if (in->at == in->end || !memchr("imsxnJU", *in->at, 7))
			return false;
		else {
			unsigned char letter = *in->at++;
			unsigned flag = flag_of(letter);

			/* (?x) without a second x ends (?xx). */
			if (letter == 'x') {
				*flags &= ~(unsigned)CHARS_EXTENDED_MORE;
				if (reader_takes(in, "x") && on)
					flag |= CHARS_EXTENDED_MORE;
			}
			if (letter == 'U')
				p->tree->is_plain = false;
			*flags = on ? *flags | flag : *flags & ~flag;
		}
	}
	return true;
}

static uint32_t options(struct parser *p)
{
	unsigned flags = p->in.flags;
	unsigned outside = p->in.flags;
	uint32_t node;

	if (!read_options(p, &flags))
		return syntax_give_up(p);
	p->in.flags = flags;
	if (reader_takes(&p->in, ")"))
		return syntax_add_kind(p, SYNTAX_EMPTY);
	p->in.at++;
	node = group(p);
	p->in.flags = outside;
	return node;
}

static uint32_t callout(struct parser *p)
{
	while (reader_has_digit(&p->in))
		p->in.at++;
	p->tree->is_plain = false;
	if (!reader_takes(&p->in, ")"))
		return syntax_give_up(p);
	return syntax_add_kind(p, SYNTAX_EMPTY);
}

/* Behind "(?". */
static uint32_t special_group(struct parser *p)
{
	struct reader *in = &p->in;

	if (reader_takes(in, "=") || reader_takes(in, "!") ||
	    reader_takes(in, "*") || reader_takes(in, "<=") ||
	    reader_takes(in, "<!") || reader_takes(in, "<*"))
		return lookaround(p);
	if (reader_takes(in, ":") || reader_takes(in, "|") ||
	    reader_takes(in, ">"))
		return group(p);
	if (reader_takes(in, "P<") || reader_takes(in, "<"))
		return syntax_behind_name(p, '>', group);
	if (reader_takes(in, "'"))
		return syntax_behind_name(p, '\'', group);
	if (syntax_has(p, '('))
		return conditional(p);
	if (reader_takes(in, "P=") || reader_takes(in, "P>") ||
	    reader_takes(in, "&") || reader_takes(in, "R") ||
	    reader_takes(in, "+") || reader_has_digit(in))
		return call(p);
	if (syntax_has(p, '-') && in->end - in->at > 1 && in->at[1] >= '0' &&
	    in->at[1] <= '9')
		return call(p);
	if (reader_takes(in, "C"))
		return callout(p);
	return options(p);
}

/* Is the name one of those, which a '|' separates? */
static bool is_among(const char *list, const char *name, size_t len)
{
	for (const char *at = list; *at;) {
		size_t one = strcspn(at, "|");

		if (one == len && memcmp(at, name, len) == 0)
			return true;
		at += one + (at[one] == '|');
	}
	return false;
}

static bool is_name(unsigned char c)
{
	return c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Behind "(*": a verb, or a group that is written like one. */
static uint32_t verb(struct parser *p)
{
	static const char around[] =
		"pla|positive_lookahead|nla|negative_lookahead|"
		"plb|positive_lookbehind|nlb|negative_lookbehind|"
		"napla|non_atomic_positive_lookahead|"
		"naplb|non_atomic_positive_lookbehind";
	static const char plain[] =
		"atomic|sr|script_run|asr|atomic_script_run";
	static const char verbs[] = "F|FAIL|COMMIT|PRUNE|SKIP|THEN";
	const unsigned char *at = p->in.at;
	const char *name = (const char *)at;
	size_t len;

	while (at < p->in.end && is_name(*at))
		at++;
	len = (size_t)(at - p->in.at);
	p->in.at = at;
	if (syntax_has(p, ':') && is_among(around, name, len)) {
		p->in.at++;
		return lookaround(p);
	}
	if (syntax_has(p, ':') && is_among(plain, name, len)) {
		p->in.at++;
		return group(p);
	}
	if (len != 0 && !is_among("MARK", name, len)) {
		p->tree->is_plain = false;
		if (!is_among(verbs, name, len))
			return syntax_give_up(p);
	}
	if (!reader_passes(&p->in, ')'))
		return syntax_give_up(p);
	return syntax_add_kind(p, SYNTAX_EMPTY);
}

uint32_t syntax_parenthesis(struct parser *p)
{
	if (reader_takes(&p->in, "*"))
		return verb(p);
	if (reader_takes(&p->in, "?"))
		return special_group(p);
	return group(p);
}
