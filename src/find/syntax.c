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
#include "base/text.h"
#include "find/chars.h"

enum {
	DEPTH_MAX = 100,
	NODES_MAX = 1 << 16,
	REPEAT_MAX = 65535,
};

struct parser {
	struct reader in;
	struct syntax *tree;
	unsigned depth;
	struct error *err;
};

/* A row of children that is being made. */
struct row {
	uint32_t first;
	uint32_t last;
	size_t count;
};

static uint32_t alternatives(struct parser *p);

static uint32_t give_up(struct parser *p)
{
	error_set(p->err, ERR_NO, "this regex has no prefilter");
	return 0;
}

/* --- nodes --- */

static uint32_t add(struct parser *p, struct syntax_node node)
{
	struct syntax *tree = p->tree;

	if (tree->count >= NODES_MAX)
		return give_up(p);
	if (!mem_grow(&tree->nodes, &tree->cap, tree->count + 1,
	              sizeof(*tree->nodes), p->err))
		return 0;
	tree->nodes[tree->count] = node;
	return (uint32_t)tree->count++;
}

static uint32_t add_kind(struct parser *p, enum syntax_kind kind)
{
	return add(p, (struct syntax_node){ .kind = kind });
}

static uint32_t add_byte(struct parser *p, const struct byte_set *set,
                         const struct byte_set *sure)
{
	return add(p, (struct syntax_node){
			      .kind = SYNTAX_BYTE,
			      .set = *set,
			      .is_wider = !byte_set_is_equal(set, sure) });
}

static uint32_t add_range(struct parser *p, unsigned char first,
                          unsigned char last)
{
	struct byte_set set = { { 0 } };

	byte_set_add_range(&set, first, last);
	return add_byte(p, &set, &set);
}

static uint32_t add_repeat(struct parser *p, uint32_t child, uint32_t min,
                           uint32_t max)
{
	if (!child)
		return 0;
	return add(p, (struct syntax_node){ .kind = SYNTAX_REPEAT,
	                                    .min = min,
	                                    .max = max,
	                                    .child = child });
}

/* False when there is no child, which has failed then. */
static bool put(struct parser *p, struct row *row, uint32_t child)
{
	if (!child)
		return false;
	if (row->count++)
		p->tree->nodes[row->last].next = child;
	else
		row->first = child;
	row->last = child;
	return true;
}

static uint32_t add_row(struct parser *p, enum syntax_kind kind,
                        const struct row *row)
{
	if (row->count == 0)
		return add_kind(p, SYNTAX_EMPTY);
	if (row->count == 1)
		return row->first;
	return add(p,
	           (struct syntax_node){ .kind = kind, .child = row->first });
}

/* Any character that is longer than a byte. */
static uint32_t add_wide(struct parser *p)
{
	struct row row = { 0 };
	uint32_t more;

	if (!put(p, &row, add_range(p, 0xc2, 0xf4)) ||
	    !put(p, &row, add_range(p, 0x80, 0xbf)))
		return 0;
	more = add_range(p, 0x80, 0xbf);
	if (!put(p, &row, add_repeat(p, more, 0, 2)))
		return 0;
	return add_row(p, SYNTAX_SEQ, &row);
}

static uint32_t add_chars(struct parser *p, const struct chars *chars)
{
	struct byte_set maybe = chars->maybe;
	struct byte_set sure = chars->sure;
	struct row row = { 0 };

	if (!(p->in.flags & CHARS_UTF))
		return add_byte(p, &maybe, &sure);
	maybe.bits[2] = maybe.bits[3] = 0;
	sure.bits[2] = sure.bits[3] = 0;
	if (!put(p, &row, add_byte(p, &maybe, &sure)))
		return 0;
	if (chars->wide && !put(p, &row, add_wide(p)))
		return 0;
	return add_row(p, SYNTAX_ALT, &row);
}

static uint32_t add_all(struct parser *p, bool with_newline)
{
	struct chars chars = { .wide = false };

	chars_add_all(&chars, with_newline);
	return add_chars(p, &chars);
}

/* A character as it stands in the text. */
static uint32_t add_char(struct parser *p, uint32_t cp)
{
	struct chars chars = { .wide = false };
	struct row row = { 0 };
	char bytes[4];
	size_t len;

	if (cp < 0x80 || !(p->in.flags & CHARS_UTF) ||
	    (p->in.flags & CHARS_CASELESS)) {
		chars_add(&chars, cp, p->in.flags);
		chars_fold(&chars, p->in.flags);
		return add_chars(p, &chars);
	}
	len = text_encode(bytes, cp);
	if (len == 0)
		return give_up(p);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (!put(p, &row, add_range(p, byte, byte)))
			return 0;
	}
	return add_row(p, SYNTAX_SEQ, &row);
}

static uint32_t add_assert(struct parser *p)
{
	return add_kind(p, SYNTAX_ASSERT);
}

static uint32_t add_any(struct parser *p)
{
	p->tree->is_plain = false;
	return add_kind(p, SYNTAX_ANY);
}

/* --- what is passed over --- */

static bool is_blank(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool has(const struct parser *p, unsigned char c)
{
	return p->in.at < p->in.end && *p->in.at == c;
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
		} else if (extended && has(p, '#')) {
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
	if (reader_takes(&p->in, ",") && !has(p, '}')) {
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
			return give_up(p);
	} else if (in->at != before || !reader_takes(in, "*")) {
		in->at = before;
		return item;
	}
	/* In \1410{0} a 0 is repeated, if there is no group 1410. */
	node = p->tree->nodes[item].kind == SYNTAX_ANY
	               ? item
	               : add_repeat(p, item, min, max);
	if (!node || !skip_ignored(p) || in->is_quoting)
		return node;
	p->tree->nodes[node].is_lazy = reader_takes(in, "?");
	(void)reader_takes(in, "+");
	return node;
}

/* --- groups --- */

/* What is in the parentheses, from behind the opening one and its kind. */
static uint32_t group(struct parser *p)
{
	unsigned flags = p->in.flags;
	uint32_t node;

	if (p->depth >= DEPTH_MAX)
		return give_up(p);
	p->depth++;
	node = alternatives(p);
	p->depth--;
	p->in.flags = flags;
	if (node && !reader_takes(&p->in, ")"))
		return give_up(p);
	return node;
}

static uint32_t lookaround(struct parser *p)
{
	return group(p) ? add_assert(p) : 0;
}

/* A name that ends in this byte, and what it stands for. */
static uint32_t behind_name(struct parser *p, unsigned char end,
                            uint32_t (*then)(struct parser *))
{
	return reader_passes(&p->in, end) ? then(p) : give_up(p);
}

static uint32_t call(struct parser *p)
{
	return behind_name(p, ')', add_any);
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
	return !has(p, '?') && reader_passes(&p->in, ')');
}

static uint32_t conditional(struct parser *p)
{
	struct row row = { 0 };

	p->tree->is_plain = false;
	/* Without a second branch, a condition that is false takes nothing.
	   That there may be one is not made use of. */
	if (!condition(p) || !put(p, &row, group(p)) ||
	    !put(p, &row, add_kind(p, SYNTAX_EMPTY)))
		return p->err->code == ERR_NONE ? give_up(p) : 0;
	return add_row(p, SYNTAX_ALT, &row);
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
	while (!has(p, ')') && !has(p, ':')) {
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
		return give_up(p);
	p->in.flags = flags;
	if (reader_takes(&p->in, ")"))
		return add_kind(p, SYNTAX_EMPTY);
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
		return give_up(p);
	return add_kind(p, SYNTAX_EMPTY);
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
		return behind_name(p, '>', group);
	if (reader_takes(in, "'"))
		return behind_name(p, '\'', group);
	if (has(p, '('))
		return conditional(p);
	if (reader_takes(in, "P=") || reader_takes(in, "P>") ||
	    reader_takes(in, "&") || reader_takes(in, "R") ||
	    reader_takes(in, "+") || reader_has_digit(in))
		return call(p);
	if (has(p, '-') && in->end - in->at > 1 && in->at[1] >= '0' &&
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
	if (has(p, ':') && is_among(around, name, len)) {
		p->in.at++;
		return lookaround(p);
	}
	if (has(p, ':') && is_among(plain, name, len)) {
		p->in.at++;
		return group(p);
	}
	if (len != 0 && !is_among("MARK", name, len)) {
		p->tree->is_plain = false;
		if (!is_among(verbs, name, len))
			return give_up(p);
	}
	if (!reader_passes(&p->in, ')'))
		return give_up(p);
	return add_kind(p, SYNTAX_EMPTY);
}

/* --- items --- */

static uint32_t any_newline(struct parser *p)
{
	struct chars chars = { .wide = false };
	struct row pair = { 0 };
	struct row row = { 0 };

	if (!put(p, &pair, add_range(p, '\r', '\r')) ||
	    !put(p, &pair, add_range(p, '\n', '\n')) ||
	    !put(p, &row, add_row(p, SYNTAX_SEQ, &pair)) ||
	    !reader_shorthand(&p->in, 'v', &chars) ||
	    !put(p, &row, add_chars(p, &chars)))
		return 0;
	return add_row(p, SYNTAX_ALT, &row);
}

/* Behind \g or \k: a reference or a call, in any of their brackets. */
static uint32_t reference(struct parser *p, unsigned char letter)
{
	struct reader *in = &p->in;

	if (reader_takes(in, "{"))
		return behind_name(p, '}', add_any);
	if (reader_takes(in, "<"))
		return behind_name(p, '>', add_any);
	if (reader_takes(in, "'"))
		return behind_name(p, '\'', add_any);
	if (letter == 'k')
		return give_up(p);
	if (has(p, '-') || has(p, '+'))
		in->at++;
	if (!reader_has_digit(in))
		return give_up(p);
	while (reader_has_digit(in))
		in->at++;
	return add_any(p);
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
		return add_assert(p);
	case 'g':
	case 'k':
		return reference(p, letter);
	case 'C':
		memset(&chars.maybe, 0xff, sizeof(chars.maybe));
		return add_byte(p, &chars.maybe, &chars.maybe);
	case 'N':
		if (has(p, '{'))
			return give_up(p);
		return add_all(p, false);
	case 'R':
		return any_newline(p);
	case 'X':
		return add_repeat(p, add_all(p, true), 1, SYNTAX_FOREVER);
	default:
		if (reader_shorthand(&p->in, letter, &chars))
			return add_chars(p, &chars);
		if (!reader_escape(&p->in, letter, &cp))
			return give_up(p);
		return add_char(p, cp);
	}
}

/* Behind a backslash. */
static uint32_t escape(struct parser *p)
{
	struct reader *in = &p->in;
	uint32_t cp;
	unsigned char c;

	if (in->at == in->end)
		return give_up(p);
	c = *in->at;
	if (c >= '1' && c <= '9') {
		/* A reference, or octal digits and others: anything. */
		while (reader_has_digit(in))
			in->at++;
		return add_any(p);
	}
	if (c == '0' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
		in->at++;
		return escape_letter(p, c);
	}
	return reader_char(in, &cp) ? add_char(p, cp) : give_up(p);
}

static uint32_t open_parenthesis(struct parser *p)
{
	if (reader_takes(&p->in, "*"))
		return verb(p);
	if (reader_takes(&p->in, "?"))
		return special_group(p);
	return group(p);
}

/* A character that means itself. Beyond ASCII, (?x) may ignore it. */
static uint32_t plain_char(struct parser *p)
{
	bool extended = (p->in.flags & CHARS_EXTENDED) != 0;
	uint32_t cp;

	if (!reader_char(&p->in, &cp) ||
	    (cp >= 0x80 && extended && !p->in.is_quoting))
		return give_up(p);
	return add_char(p, cp);
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
		return open_parenthesis(p);
	if (reader_takes(in, "["))
		return reader_class(in, &chars) ? add_chars(p, &chars)
		                                : give_up(p);
	if (reader_takes(in, "."))
		return add_all(p, (in->flags & CHARS_DOTALL) != 0);
	if (reader_takes(in, "^") || reader_takes(in, "$"))
		return add_assert(p);
	if (has(p, '*') || has(p, '+') || has(p, '?'))
		return give_up(p);
	if (reader_takes(in, "{")) {
		if (is_quantifier(p))
			return give_up(p);
		return add_char(p, '{');
	}
	return plain_char(p);
}

static uint32_t sequence(struct parser *p)
{
	struct row row = { 0 };

	for (;;) {
		if (!skip_ignored(p))
			return give_up(p);
		if (p->in.at == p->in.end ||
		    (!p->in.is_quoting && (has(p, '|') || has(p, ')'))))
			return add_row(p, SYNTAX_SEQ, &row);
		if (!put(p, &row, quantified(p, item(p))))
			return 0;
	}
}

/* Options that a branch sets hold for those behind it too. */
static uint32_t alternatives(struct parser *p)
{
	struct row row = { 0 };

	do
		if (!put(p, &row, sequence(p)))
			return 0;
	while (reader_takes(&p->in, "|"));
	return add_row(p, SYNTAX_ALT, &row);
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
	if (add_kind(&p, SYNTAX_EMPTY) == 0 && err->code == ERR_NONE)
		syntax->root = alternatives(&p);
	/* A parenthesis too many ends the alternatives. */
	if (syntax->root && p.in.at < p.in.end)
		syntax->root = give_up(&p);
	if (!syntax->root)
		syntax_free(syntax);
	return syntax->root != 0;
}

void syntax_free(struct syntax *syntax)
{
	mem_free(syntax->nodes);
	*syntax = (struct syntax){ .root = 0 };
}
