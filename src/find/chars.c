/*
 * chars.c - the characters that an escape or a class of a regex stands for
 *
 * Everything that cannot be told gives up or adds to what may be meant, never
 * takes away: the sets decide which bytes are not looked at by PCRE2 at all.
 *
 * C1 `sure` is a part of what PCRE2 takes, `maybe` and `wide` hold all of it.
 */
#include "config.h"

#include "find/chars.h"

#include <string.h>

#include "base/text.h"

/* --- reading --- */

bool reader_takes(struct reader *r, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

bool reader_passes(struct reader *r, unsigned char byte)
{
	const unsigned char *p = memchr(r->at, byte, (size_t)(r->end - r->at));

	if (!p)
		return false;
	r->at = p + 1;
	return true;
}

static bool is_between(unsigned char c, char first, char last)
{
	return c >= (unsigned char)first && c <= (unsigned char)last;
}

static bool is_letter(unsigned char c)
{
	return is_between(c | 0x20, 'a', 'z');
}

bool reader_has_digit(const struct reader *r)
{
	return r->at < r->end && is_between(*r->at, '0', '9');
}

bool reader_char(struct reader *r, uint32_t *cp)
{
	size_t len = 1;

	if (r->at == r->end)
		return false;
	if (r->flags & CHARS_UTF)
		len = text_decode(r->at, (size_t)(r->end - r->at), cp);
	else
		*cp = *r->at;
	r->at += len;
	return len > 0;
}

static int digit_value(unsigned char c)
{
	if (is_between(c, '0', '9'))
		return c - '0';
	if (is_between(c | 0x20, 'a', 'f'))
		return (c | 0x20) - 'a' + 10;
	return 16;
}

/* Up to `most` digits of a number; how many there were. */
static size_t read_number(struct reader *r, int base, size_t most, uint32_t *cp)
{
	size_t count = 0;

	*cp = 0;
	while (count < most && r->at < r->end && digit_value(*r->at) < base) {
		*cp = *cp * (uint32_t)base + (uint32_t)digit_value(*r->at++);
		count++;
	}
	return count;
}

/* {digits}, of at most 6 hex digits that count. */
static bool read_braced(struct reader *r, int base, uint32_t *cp)
{
	while (reader_takes(r, "0"))
		continue;
	if (read_number(r, base, base == 8 ? 7 : 6, cp) == 0 &&
	    r->at[-1] != '0')
		return false;
	return reader_takes(r, "}") && *cp <= 0x10ffff;
}

static bool read_control(struct reader *r, uint32_t *cp)
{
	unsigned char c;

	if (r->at == r->end || !is_between(*r->at, ' ', '~'))
		return false;
	c = *r->at++;
	*cp = (unsigned)(is_between(c, 'a', 'z') ? c - 0x20 : c) ^ 0x40;
	return true;
}

static bool read_escape(struct reader *r, unsigned char letter, uint32_t *cp)
{
	static const char letters[] = "aefnrt";
	static const unsigned char values[] = "\a\033\f\n\r\t";
	const char *p = memchr(letters, letter, sizeof(letters) - 1);

	if (p) {
		*cp = values[p - letters];
		return true;
	}
	switch (letter) {
	case 'c':
		return read_control(r, cp);
	case 'o':
		return reader_takes(r, "{") && read_braced(r, 8, cp);
	case 'x':
		if (reader_takes(r, "{"))
			return read_braced(r, 16, cp);
		read_number(r, 16, 2, cp);
		return true;
	default:
		if (!is_between(letter, '0', '7'))
			return false;
		r->at--;
		read_number(r, 8, 3, cp);
		return true;
	}
}

bool reader_escape(struct reader *r, unsigned char letter, uint32_t *cp)
{
	return read_escape(r, letter, cp) &&
	       (*cp <= 0xff || (r->flags & CHARS_UTF));
}

/* --- sets --- */

static void add_range(struct chars *chars, uint32_t first, uint32_t last,
                      unsigned flags)
{
	uint32_t narrow = flags & CHARS_UTF ? 0x7f : 0xff;

	if (last > narrow) {
		chars->wide = true;
		last = narrow;
	}
	if (first > last)
		return;
	byte_set_add_range(&chars->maybe, (unsigned char)first,
	                   (unsigned char)last);
	byte_set_add_range(&chars->sure, (unsigned char)first,
	                   (unsigned char)last);
}

void chars_add(struct chars *chars, uint32_t cp, unsigned flags)
{
	add_range(chars, cp, cp, flags);
}

void chars_add_all(struct chars *chars, bool with_newline)
{
	struct byte_set set = { { 0 } };

	if (!with_newline)
		byte_set_add(&set, '\n');
	byte_set_invert(&set);
	byte_set_add_set(&chars->maybe, &set);
	byte_set_add_set(&chars->sure, &set);
	chars->wide = true;
}

static void fold(struct byte_set *set)
{
	for (unsigned b = 'A'; b <= 'Z'; b++) {
		unsigned char c = (unsigned char)b;
		unsigned char lower = c | 0x20;

		if (byte_set_has(set, c))
			byte_set_add(set, lower);
		else if (byte_set_has(set, lower))
			byte_set_add(set, c);
	}
}

/* The Kelvin sign folds to k, the long s to s: two characters that are wide in
   one case and narrow in the other. */
void chars_fold(struct chars *chars, unsigned flags)
{
	if (!(flags & CHARS_CASELESS))
		return;
	fold(&chars->maybe);
	fold(&chars->sure);
	if (!(flags & CHARS_UTF))
		return;
	if (chars->wide)
		for (const char *c = "kKsS"; *c; c++)
			byte_set_add(&chars->maybe, (unsigned char)*c);
	else if (byte_set_has(&chars->maybe, 'k') ||
	         byte_set_has(&chars->maybe, 's'))
		chars->wide = true;
}

struct named_set {
	const char *name;
	const char *ranges; /* first and last in turn */
	bool with_nul;
};

static const struct named_set posix_sets[] = {
	{ "alnum", "09AZaz", false },
	{ "alpha", "AZaz", false },
	{ "ascii", "\x01\x7f", true },
	{ "blank", "\t\t  ", false },
	{ "cntrl", "\x01\x1f\x7f\x7f", true },
	{ "digit", "09", false },
	{ "graph", "!~", false },
	{ "lower", "az", false },
	{ "print", " ~", false },
	{ "punct", "!/:@[`{~", false },
	{ "space", "\t\r  ", false },
	{ "upper", "AZ", false },
	{ "word", "09AZ__az", false },
	{ "xdigit", "09AFaf", false },
};

static struct byte_set set_of(const char *ranges, bool with_nul)
{
	struct byte_set set = { { 0 } };

	if (with_nul)
		byte_set_add(&set, 0);
	for (; *ranges; ranges += 2)
		byte_set_add_range(&set, (unsigned char)ranges[0],
		                   (unsigned char)ranges[1]);
	return set;
}

static void add_set(struct chars *chars, struct byte_set set, bool negated)
{
	if (negated)
		byte_set_invert(&set);
	byte_set_add_set(&chars->maybe, &set);
	byte_set_add_set(&chars->sure, &set);
	/* With properties of Unicode asked for, each may have wide ones. */
	chars->wide = true;
}

static bool read_property(struct reader *r, struct chars *chars)
{
	memset(&chars->maybe, 0xff, sizeof(chars->maybe));
	chars->wide = true;
	if (reader_takes(r, "{"))
		return reader_passes(r, '}');
	return r->at < r->end && is_letter(*r->at++);
}

bool reader_shorthand(struct reader *r, unsigned char letter,
                      struct chars *chars)
{
	bool negated = is_between(letter, 'A', 'Z');
	const char *ranges;

	switch (letter | 0x20) {
	case 'd':
		ranges = "09";
		break;
	case 's':
		ranges = "\t\r  ";
		break;
	case 'w':
		ranges = "09AZ__az";
		break;
	case 'h':
		ranges = "\t\t  \xa0\xa0";
		break;
	case 'v':
		ranges = "\n\r\x85\x85";
		break;
	case 'p':
		return read_property(r, chars);
	default:
		return false;
	}
	add_set(chars, set_of(ranges, false), negated);
	return true;
}

/* --- classes --- */

/* Between elements. */
static void skip_ignored(struct reader *r)
{
	for (;;) {
		bool is_blank =
			r->at < r->end && (*r->at == ' ' || *r->at == '\t');

		if (r->is_quoting) {
			if (!reader_takes(r, "\\E"))
				return;
			r->is_quoting = false;
		} else if (reader_takes(r, "\\Q")) {
			r->is_quoting = true;
		} else if (is_blank && (r->flags & CHARS_EXTENDED_MORE)) {
			r->at++;
		} else if (!reader_takes(r, "\\E")) {
			return;
		}
	}
}

/* [:name:] or [:^name:], from behind the colon. */
static bool read_posix(struct reader *r, struct chars *chars)
{
	bool negated = reader_takes(r, "^");
	const char *name = (const char *)r->at;
	size_t len;

	while (r->at < r->end && is_letter(*r->at))
		r->at++;
	len = (size_t)(r->at - (const unsigned char *)name);
	if (!reader_takes(r, ":]"))
		return false;
	if ((r->flags & CHARS_CASELESS) && len == 5 &&
	    (memcmp(name, "lower", len) == 0 ||
	     memcmp(name, "upper", len) == 0))
		name = "alpha";
	for (size_t i = 0; i < ARRAY_LEN(posix_sets); i++) {
		const struct named_set *set = &posix_sets[i];

		if (strlen(set->name) != len ||
		    memcmp(set->name, name, len) != 0)
			continue;
		add_set(chars, set_of(set->ranges, set->with_nul), negated);
		return true;
	}
	return false;
}

/* One element is a character (*is_set false) or a set, which is added. */
static bool read_element(struct reader *r, struct chars *chars, uint32_t *cp,
                         bool *is_set)
{
	unsigned char c;

	*is_set = false;
	if (!r->is_quoting && reader_takes(r, "[:")) {
		*is_set = true;
		return read_posix(r, chars);
	}
	if (!r->is_quoting && (reader_takes(r, "[.") || reader_takes(r, "[=")))
		return false;
	if (r->is_quoting || !reader_takes(r, "\\"))
		return reader_char(r, cp);
	if (r->at == r->end)
		return false;
	c = *r->at;
	if (!is_letter(c) && !is_between(c, '0', '7'))
		return reader_char(r, cp);
	r->at++;
	if (c == 'b') {
		*cp = '\b';
		return true;
	}
	*is_set = reader_shorthand(r, c, chars);
	return *is_set || reader_escape(r, c, cp);
}

/* Where a range can go on: behind a character, or behind it and a hyphen. */
struct range {
	bool has_first;
	bool has_hyphen;
	uint32_t first;
};

static bool add_element(struct reader *r, struct range *range,
                        struct chars *chars)
{
	uint32_t cp = 0;
	bool is_set;

	if (!r->is_quoting && range->has_first && !range->has_hyphen &&
	    reader_takes(r, "-")) {
		range->has_hyphen = true;
		return true;
	}
	if (!read_element(r, chars, &cp, &is_set))
		return false;
	if (is_set) {
		if (range->has_hyphen)
			chars_add(chars, '-', r->flags);
		*range = (struct range){ .has_first = false };
	} else if (range->has_hyphen) {
		if (cp < range->first)
			return false;
		add_range(chars, range->first, cp, r->flags);
		*range = (struct range){ .has_first = false };
	} else {
		chars_add(chars, cp, r->flags);
		*range = (struct range){ .has_first = true, .first = cp };
	}
	return true;
}

static void negate(struct chars *chars)
{
	struct byte_set maybe = chars->maybe;

	chars->maybe = chars->sure;
	chars->sure = maybe;
	byte_set_invert(&chars->maybe);
	byte_set_invert(&chars->sure);
	chars->wide = true;
}

bool reader_class(struct reader *r, struct chars *chars)
{
	struct range range = { .has_first = false };
	bool is_negated;

	skip_ignored(r);
	is_negated = !r->is_quoting && reader_takes(r, "^");
	skip_ignored(r);
	/* A bracket that comes first is a character. */
	if (!r->is_quoting && reader_takes(r, "]")) {
		chars_add(chars, ']', r->flags);
		range = (struct range){ .has_first = true, .first = ']' };
	}
	for (;;) {
		skip_ignored(r);
		if (!r->is_quoting && reader_takes(r, "]"))
			break;
		if (!add_element(r, &range, chars))
			return false;
	}
	if (range.has_hyphen)
		chars_add(chars, '-', r->flags);
	chars_fold(chars, r->flags);
	if (is_negated)
		negate(chars);
	return true;
}
