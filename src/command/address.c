/*
 * address.c - see address.h
 *
 * One pass reads and evaluates: an expression is a few words that a person
 * typed, so there is no tree. Operators climb by precedence over one table;
 * each nesting costs a few small frames, and there may be 100 of them.
 *
 * What keeps an address from meaning another byte:
 *
 *   E1  Inside "#N:" every number is an offset in N: `.`, `$`, a leading minus,
 *       the operands of u32le() and seg(). It must be 0 .. size of N.
 *   E2  A place (mark, bookmark, cursor, "#M:..") becomes a number by where it
 *       is read: an offset in N inside "#N:", in which it must lie, else an
 *       address of the space.
 *   E3  A place that no operator touched stays the place it was, segment and
 *       side included; a number becomes one at the very end.
 *   E4  Nothing moves the caller's lexer or writes a result on failure.
 */
#include "config.h"

#include "command/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/arith.h"
#include "command/naming.h"

enum { NESTING = 100 };

struct operand {
	struct value v;
	bool is_place; /* `place` is what was written, v the number of it */
	bool bare;     /* "#N" and nothing else */
	struct place place;
	const struct segment *colon; /* "#N:.." and nothing else; or NULL */
};

struct parser {
	struct lexer lx;
	const struct scope *scope;
	const struct segment *inside; /* NULL: the space */
	struct place plus;            /* a leading + counts from here */
	bool blanks;                  /* allowed outside parentheses */
	unsigned parens;
	unsigned depth;
	struct error *err;
};

struct function {
	enum { NONE, READ, ALIGN, SEG } what;
	size_t name_len;
	size_t bytes; /* READ: how many */
	bool is_signed, big;
};

static bool primary(struct parser *p, struct operand *out);
static bool expression(struct parser *p, int least, struct operand *out);
static bool address(struct parser *p, struct operand *out);

/* The byte `ahead` of the lexer; NUL past the end. */
static char peek(const struct lexer *lx, size_t ahead)
{
	return ahead < lx->len - lx->pos ? lx->line[lx->pos + ahead] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
	return is_digit(c) || is_letter(c) || c == '_';
}

/* In names of files, letters of other scripts are letters too. */
static bool is_name(char c)
{
	return is_word(c) || (unsigned char)c >= 0x80;
}

/* Is c one of these? NUL is none. */
static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

/* The length of a segment's name without quotes. Minus is part of it before a
   letter or digit only. */
static size_t name_length(const struct lexer *lx)
{
	size_t n = 0;

	if (!is_name(peek(lx, 0)))
		return 0;
	while (is_name(peek(lx, n)) || peek(lx, n) == '.' ||
	       (peek(lx, n) == '-' && is_name(peek(lx, n + 1))))
		n++;
	return n;
}

static bool begins_name(const struct lexer *lx)
{
	size_t len = name_length(lx);

	return len > 0 && peek(lx, len) == ':';
}

/* Does an operand that names its segment begin here? */
static bool begins_segment(const struct lexer *lx)
{
	return one_of(peek(lx, 0), "#\"") || begins_name(lx);
}

/* Hex digits with an h: a number that may begin with a letter. */
static bool begins_hex_h(const struct lexer *lx)
{
	size_t n = 0;

	if (!is_hex(peek(lx, 0)))
		return false;
	while (is_hex(peek(lx, n)) || peek(lx, n) == '_')
		n++;
	return peek(lx, n) == 'h' && !is_word(peek(lx, n + 1));
}

/* A word of hex digits: a number where the radix is 16. */
static bool begins_hex(const struct lexer *lx)
{
	size_t n = 0;

	while (is_hex(peek(lx, n)))
		n++;
	return n > 0 && !is_word(peek(lx, n));
}

static bool begins_number(const struct lexer *lx, unsigned radix)
{
	return is_digit(peek(lx, 0)) || begins_hex_h(lx) ||
	       (radix == 16 && is_hex(peek(lx, 0)));
}

/* u8, i8, u16le .. i64be. */
static bool is_read_name(const char *s, size_t len, struct function *f)
{
	static const struct {
		char text[3];
		size_t bytes;
	} sizes[] = { { "8", 1 }, { "16", 2 }, { "32", 4 }, { "64", 8 } };
	bool le = len > 2 && memcmp(s + len - 2, "le", 2) == 0;
	bool be = len > 2 && memcmp(s + len - 2, "be", 2) == 0;
	size_t digits = len - 1 - (le || be ? 2 : 0);

	if (!one_of(s[0], "ui"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		if (strlen(sizes[i].text) != digits ||
		    memcmp(s + 1, sizes[i].text, digits) != 0)
			continue;
		f->bytes = sizes[i].bytes;
		f->is_signed = s[0] == 'i';
		f->big = be;
		return (le || be) == (f->bytes > 1);
	}
	return false;
}

/* The function whose name and parenthesis stand here. */
static struct function function_at(const struct lexer *lx)
{
	struct function f = { .what = NONE };
	const char *s = lx->line + lx->pos;
	size_t len = 0;

	while (is_word(peek(lx, len)))
		len++;
	if (len == 0 || peek(lx, len) != '(')
		return f;
	f.name_len = len;
	if (is_read_name(s, len, &f))
		f.what = READ;
	else if (len == 5 && memcmp(s, "align", 5) == 0)
		f.what = ALIGN;
	else if (len == 3 && memcmp(s, "seg", 3) == 0)
		f.what = SEG;
	return f;
}

/* Could an address begin here? A word of hex digits counts if `hex`. */
static bool begins_address(const struct lexer *lx, bool hex)
{
	char c = peek(lx, 0);

	return is_digit(c) || one_of(c, "(-+~.$'@") || begins_segment(lx) ||
	       begins_hex_h(lx) || (hex && begins_hex(lx)) ||
	       (c == '%' && peek(lx, 1) == ':') || function_at(lx).what != NONE;
}

bool address_starts(const struct lexer *lx)
{
	return begins_address(lx, true);
}

static size_t column_of(const struct parser *p)
{
	return p->lx.pos + 1;
}

/* Give a failure its column, unless it has one. Returns false. */
static bool at_column(const struct parser *p, size_t column)
{
	if (p->err->column == 0)
		p->err->column = column;
	return false;
}

static void skip_blanks(struct parser *p)
{
	if (p->blanks || p->parens > 0)
		lexer_blanks(&p->lx);
}

/* Step over a character that must stand here. */
static bool expect(struct parser *p, char c)
{
	skip_blanks(p);
	if (peek(&p->lx, 0) != c)
		return error_at(p->err, column_of(p), "'%c' expected", c);
	p->lx.pos++;
	return true;
}

/* The size of what the parser is inside of. */
static uint64_t end_of(const struct parser *p)
{
	return p->inside ? p->inside->size : space_size(p->scope->space);
}

/* Is a value 0 .. size of what the parser is inside of? */
static bool in_bounds(const struct parser *p, struct value v, size_t column)
{
	uint64_t size = end_of(p);
	char whose[32] = "";

	if (!v.negative && v.mag <= size)
		return true;
	if (p->inside)
		snprintf(whose, sizeof(whose), " of #%" PRIu32,
		         p->inside->number);
	if (v.negative)
		error_set(p->err, ERR_RANGE, "before the start%s",
		          p->inside ? whose : " of the space");
	else
		error_set(p->err, ERR_RANGE,
		          "0x%" PRIx64 " is past the end%s (size 0x%" PRIx64
		          ")",
		          v.mag, whose, size);
	return at_column(p, column);
}

static bool covered(const struct parser *p, const struct segment *seg,
                    uint64_t off, size_t column)
{
	struct location loc = space_locate(p->scope->space, seg->addr + off);
	char by[32] = "a gap";

	if (loc.segment)
		snprintf(by, sizeof(by), "#%" PRIu32, loc.segment->number);
	error_set(p->err, ERR_RANGE,
	          "0x%" PRIx64 " of #%" PRIu32 " is covered by %s", off,
	          seg->number, by);
	return at_column(p, column);
}

/* The place of an offset 0 .. size of a segment. The end has an address even
   where the last byte is covered, for what will be appended there. */
static bool segment_place(const struct parser *p, const struct segment *seg,
                          uint64_t off, size_t column, struct place *out)
{
	const struct space *sp = p->scope->space;
	struct place place = { .addr = seg->addr + seg->size,
		               .segment = seg->number,
		               .side = SIDE_END };
	uint64_t addr;

	if (off == seg->size) {
		if (off > 0 && space_address(sp, seg, off - 1, &addr))
			place.addr = addr + 1;
		*out = place;
		return true;
	}
	if (!space_address(sp, seg, off, &addr))
		return covered(p, seg, off, column);
	place.addr = addr;
	place.side = SIDE_START;
	*out = place;
	return true;
}

/* The offset in seg of a place that lies in it. */
static bool place_offset(const struct space *sp, const struct segment *seg,
                         struct place place, uint64_t *off)
{
	struct location loc;

	if (place.segment != seg->number)
		return false;
	if (place.side == SIDE_END || seg->size == 0) {
		*off = seg->size;
		return true;
	}
	loc = space_locate(sp, place.addr);
	*off = loc.off;
	return loc.segment == seg;
}

static bool not_inside(const struct parser *p, const char *what, size_t column)
{
	error_set(p->err, ERR_RANGE, "%s is not in #%" PRIu32, what,
	          p->inside->number);
	return at_column(p, column);
}

/* E2: the number that a place is where the parser stands. */
static bool place_value(const struct parser *p, struct place place,
                        const char *what, size_t column, struct value *out)
{
	uint64_t n = place.addr;

	if (p->inside && !place_offset(p->scope->space, p->inside, place, &n))
		return not_inside(p, what, column);
	*out = value_of(false, n);
	return true;
}

static struct operand number_operand(struct value v)
{
	return (struct operand){ .v = v };
}

static bool place_operand(const struct parser *p, struct place place,
                          const char *what, size_t column, struct operand *out)
{
	*out = (struct operand){ .is_place = true, .place = place };
	return place_value(p, place, what, column, &out->v);
}

/* Is this in an empty segment? It may be placed behind the end. */
static bool in_empty_segment(const struct parser *p, const struct operand *from)
{
	const struct segment *seg =
		space_numbered(p->scope->space, from->place.segment);

	return from->is_place && from->place.segment > 0 && seg &&
	       seg->size == 0;
}

/* E3: the place that a whole address means. */
static bool final_place(const struct parser *p, const struct operand *from,
                        size_t column, struct place *out)
{
	if (!p->inside && in_empty_segment(p, from)) {
		*out = from->place;
		return true;
	}
	if (!in_bounds(p, from->v, column))
		return false;
	if (p->inside)
		return segment_place(p, p->inside, from->v.mag, column, out);
	*out = from->is_place ? from->place
	                      : space_place(p->scope->space, from->v.mag);
	return true;
}

/* Behind "#": digits, or "." or ":" for the segment of the cursor. */
static bool segment_numbered(struct parser *p, const struct segment **out)
{
	size_t column = column_of(p);
	bool digits = is_digit(peek(&p->lx, 1));
	uint64_t number = digits ? 0 : p->scope->cursor.segment;

	p->lx.pos++;
	if (!digits && !one_of(peek(&p->lx, 0), ".:"))
		return error_at(p->err, column,
		                "a segment is #1 .., #. under the cursor, or "
		                "name:");
	if (peek(&p->lx, 0) == '.')
		p->lx.pos++;
	while (digits && is_digit(peek(&p->lx, 0))) {
		number = number * 10 + (uint64_t)(peek(&p->lx, 0) - '0');
		number = u64_min(number, UINT32_MAX + UINT64_C(1));
		p->lx.pos++;
	}
	*out = number > 0 && number <= UINT32_MAX
	               ? space_numbered(p->scope->space, (uint32_t)number)
	               : NULL;
	if (*out)
		return true;
	error_set(p->err, ERR_RANGE, "%s",
	          digits ? "there is no segment of this number"
	                 : "the cursor is in no segment");
	return at_column(p, column);
}

/* Does nothing of an address follow "#N:"? Then blanks stay unread. */
static bool nothing_inside(struct parser *p)
{
	struct lexer before = p->lx;
	char c;

	skip_blanks(p);
	c = peek(&p->lx, 0);
	if (p->lx.pos < p->lx.len && !one_of(c, ",); \t") &&
	    (p->lx.pos == before.pos || begins_address(&p->lx, false) ||
	     arith_operator(p->lx.line + p->lx.pos, p->lx.len - p->lx.pos)))
		return false;
	p->lx = before;
	return true;
}

/* What follows the colon, as an address inside the segment. */
static bool inner(struct parser *p, const struct segment *seg,
                  struct place *out)
{
	const struct segment *inside = p->inside;
	struct place plus = p->plus;
	struct operand operand = number_operand(value_of(false, 0));
	size_t column = column_of(p);
	bool ok;

	p->inside = seg;
	p->plus = p->scope->cursor;
	ok = (nothing_inside(p) || address(p, &operand)) &&
	     final_place(p, &operand, column, out);
	p->inside = inside;
	p->plus = plus;
	return ok;
}

/* Behind "#N" or the name of a segment. */
static bool segment_rest(struct parser *p, const struct segment *seg,
                         size_t column, struct operand *out)
{
	bool colon = peek(&p->lx, 0) == ':';
	struct place place;

	if (colon)
		p->lx.pos++;
	if (colon ? !inner(p, seg, &place)
	          : !segment_place(p, seg, 0, column, &place))
		return false;
	if (!place_operand(p, place, "this place", column, out))
		return false;
	out->colon = colon ? seg : NULL;
	out->bare = !colon;
	return true;
}

static bool by_number(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	const struct segment *seg = NULL;

	return segment_numbered(p, &seg) && segment_rest(p, seg, column, out);
}

static bool find_segment(const struct parser *p, const char *name, size_t len,
                         size_t column, const struct segment **out)
{
	return naming_find(p->scope->space, name, len, p->scope->exact_names,
	                   out, p->err) ||
	       at_column(p, column);
}

static bool by_name(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	size_t len = name_length(&p->lx);
	const char *name = p->lx.line + p->lx.pos;
	const struct segment *seg;

	p->lx.pos += len;
	return find_segment(p, name, len, column, &seg) &&
	       segment_rest(p, seg, column, out);
}

static bool by_quoted_name(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	const struct segment *seg;
	struct word name;
	bool ok;

	if (!lexer_quoted(&p->lx, &name, p->err))
		return false;
	if (peek(&p->lx, 0) != ':') {
		word_free(&name);
		return error_at(p->err, column_of(p),
		                "':' expected after a segment's name");
	}
	ok = find_segment(p, name.text, name.len, column, &seg);
	word_free(&name);
	return ok && segment_rest(p, seg, column, out);
}

/* The end of the selection may be the end of the segment that is meant; its
   address alone would be the first byte of the next one. */
static bool selection_end(struct parser *p, size_t column, struct operand *out)
{
	const struct scope *scope = p->scope;
	struct location loc;

	if (!p->inside || scope->sel_end == scope->sel_start)
		return place_operand(p,
		                     space_place(scope->space, scope->sel_end),
		                     "the end of the selection", column, out);
	loc = space_locate(scope->space, scope->sel_end - 1);
	if (loc.segment != p->inside)
		return not_inside(p, "the end of the selection", column);
	*out = number_operand(value_of(false, loc.off + 1));
	return true;
}

static bool selection(struct parser *p, char which, size_t column,
                      struct operand *out)
{
	const struct scope *scope = p->scope;

	if (!scope->has_selection) {
		error_set(p->err, ERR_RANGE, "nothing is selected");
		return at_column(p, column);
	}
	if (which == '>')
		return selection_end(p, column, out);
	return place_operand(p, space_place(scope->space, scope->sel_start),
	                     "the start of the selection", column, out);
}

static bool mark(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	char letter = peek(&p->lx, 1);
	struct place place;

	if (!is_letter(letter) && !one_of(letter, "'<>"))
		return error_at(p->err, column,
		                "a mark is 'a .. 'z, '', '< or '>");
	p->lx.pos += 2;
	if (one_of(letter, "<>"))
		return selection(p, letter, column, out);
	if (!p->scope->mark(p->scope->ctx, letter, &place, p->err))
		return at_column(p, column);
	return place_operand(p, place, "the mark", column, out);
}

static bool bookmark(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	const char *name = p->lx.line + p->lx.pos + 1;
	struct place place;
	size_t len = 0;

	while (is_word(peek(&p->lx, len + 1)) ||
	       one_of(peek(&p->lx, len + 1), "-."))
		len++;
	if (len == 0)
		return error_at(p->err, column,
		                "a bookmark's name must follow '@'");
	p->lx.pos += len + 1;
	if (!p->scope->bookmark(p->scope->ctx, name, len, &place, p->err))
		return at_column(p, column);
	return place_operand(p, place, "the bookmark", column, out);
}

/* Inside a segment each byte is read where it is shown. */
static bool read_bytes(const struct parser *p, uint64_t at,
                       unsigned char *bytes, size_t len, size_t column)
{
	const struct scope *scope = p->scope;

	if (!p->inside)
		return scope->read(scope->ctx, at, bytes, len, p->err) ||
		       at_column(p, column);
	for (size_t i = 0; i < len; i++) {
		uint64_t addr;

		if (!space_address(scope->space, p->inside, at + i, &addr))
			return covered(p, p->inside, at + i, column);
		if (!scope->read(scope->ctx, addr, &bytes[i], 1, p->err))
			return at_column(p, column);
	}
	return true;
}

static bool read_number(const struct parser *p, const struct function *f,
                        struct value at, size_t column, struct value *out)
{
	uint64_t sign = UINT64_C(1) << (f->bytes * 8 - 1);
	unsigned char bytes[8];
	uint64_t v = 0;

	if (!in_bounds(p, at, column))
		return false;
	if (end_of(p) - at.mag < f->bytes) {
		error_set(p->err, ERR_RANGE,
		          "%zu bytes at 0x%" PRIx64
		          " go past the end (size 0x%" PRIx64 ")",
		          f->bytes, at.mag, end_of(p));
		return at_column(p, column);
	}
	if (!read_bytes(p, at.mag, bytes, f->bytes, column))
		return false;
	for (size_t i = 0; i < f->bytes; i++)
		v = v << 8 | bytes[f->big ? i : f->bytes - 1 - i];
	if (f->is_signed && (v & sign))
		*out = value_of(true, sign - (v & (sign - 1)));
	else
		*out = value_of(false, v);
	return true;
}

/* seg(A): the number of the segment that shows a byte at A. */
static bool segment_at(const struct parser *p, struct value at, size_t column,
                       struct value *out)
{
	struct location loc;

	if (!in_bounds(p, at, column))
		return false;
	if (p->inside) {
		*out = value_of(false, p->inside->number);
		return true;
	}
	loc = space_locate(p->scope->space, at.mag);
	if (!loc.segment) {
		error_set(p->err, ERR_RANGE,
		          "there is no segment at 0x%" PRIx64, at.mag);
		return at_column(p, column);
	}
	*out = value_of(false, loc.segment->number);
	return true;
}

static bool aligned(const struct parser *p, struct value a, struct value step,
                    size_t column, struct value *out)
{
	const char *wrong = arith_align(a, step, out);

	return !wrong || error_at(p->err, column, "%s", wrong);
}

static bool call(struct parser *p, const struct function *f,
                 struct operand *out)
{
	struct operand arg;
	struct operand step = { 0 };
	struct value v = { 0 };
	size_t column;
	bool ok;

	p->lx.pos += f->name_len + 1;
	p->parens++;
	skip_blanks(p);
	column = column_of(p);
	ok = expression(p, 0, &arg);
	if (ok && f->what == ALIGN)
		ok = expect(p, ',') && expression(p, 0, &step);
	if (!ok || !expect(p, ')'))
		return false;
	p->parens--;
	if (f->what == READ)
		ok = read_number(p, f, arg.v, column, &v);
	else if (f->what == SEG)
		ok = segment_at(p, arg.v, column, &v);
	else
		ok = aligned(p, arg.v, step.v, column, &v);
	*out = number_operand(v);
	return ok;
}

static bool number(struct parser *p, struct operand *out)
{
	uint64_t n;

	if (!begins_number(&p->lx, p->scope->units.radix))
		return error_at(p->err, column_of(p),
		                "unknown name (a segment name ends with ':', a "
		                "hex number starts with 0x)");
	if (!lexer_number(&p->lx, &p->scope->units, &n, p->err))
		return false;
	*out = number_operand(value_of(false, n));
	return true;
}

/* A number, a segment's name or a function. */
static bool word(struct parser *p, struct operand *out)
{
	struct function f = function_at(&p->lx);

	if (begins_name(&p->lx))
		return by_name(p, out);
	if (f.what != NONE)
		return call(p, &f, out);
	return number(p, out);
}

static bool parenthesis(struct parser *p, struct operand *out)
{
	p->lx.pos++;
	p->parens++;
	if (!expression(p, 0, out) || !expect(p, ')'))
		return false;
	p->parens--;
	out->bare = false;
	out->colon = NULL;
	return true;
}

static bool unary(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	bool minus = peek(&p->lx, 0) == '-';
	struct operand of;

	p->lx.pos++;
	if (!primary(p, &of))
		return false;
	if (!minus && of.v.negative)
		return error_at(p->err, column,
		                "~ needs a value that is not negative");
	*out = number_operand(minus ? value_of(!of.v.negative, of.v.mag)
	                            : value_of(false, ~of.v.mag));
	return true;
}

static bool any_primary(struct parser *p, struct operand *out)
{
	size_t column = column_of(p);
	char c = peek(&p->lx, 0);

	switch (c) {
	case '(':
		return parenthesis(p, out);
	case '-':
	case '~':
		return unary(p, out);
	case '.':
		p->lx.pos++;
		return place_operand(p, p->scope->cursor, "the cursor", column,
		                     out);
	case '$':
		p->lx.pos++;
		*out = number_operand(value_of(false, end_of(p)));
		return true;
	case '#':
		return by_number(p, out);
	case '"':
		return by_quoted_name(p, out);
	case '\'':
		return mark(p, out);
	case '@':
		return bookmark(p, out);
	default:
		if (is_name(c))
			return word(p, out);
		return error_at(p->err, column, "an address is expected here");
	}
}

static bool primary(struct parser *p, struct operand *out)
{
	bool ok;

	skip_blanks(p);
	if (p->depth > NESTING)
		return error_at(p->err, column_of(p), "nested too deep");
	p->depth++;
	ok = any_primary(p, out);
	p->depth--;
	return ok;
}

/* Operands and the operators between them that bind at least this close. */
static bool expression(struct parser *p, int least, struct operand *out)
{
	struct operand left;

	if (!primary(p, &left))
		return false;
	for (;;) {
		struct lexer before = p->lx;
		const struct binary *op;
		struct operand right;
		const char *wrong;
		size_t column;

		skip_blanks(p);
		op = arith_operator(p->lx.line + p->lx.pos,
		                    p->lx.len - p->lx.pos);
		if (!op || op->level < least) {
			p->lx = before;
			*out = left;
			return true;
		}
		column = column_of(p);
		p->lx.pos += strlen(op->text);
		if (!expression(p, op->level + 1, &right))
			return false;
		wrong = op->apply(left.v, right.v, &left.v);
		if (wrong)
			return error_at(p->err, column, "%s", wrong);
		left = number_operand(left.v);
	}
}

/* An expression. A leading minus stays part of it and it counts from the end;
   with a leading plus it counts from p->plus. */
static bool address(struct parser *p, struct operand *out)
{
	struct value from = value_of(false, end_of(p));
	struct operand by;
	const char *wrong;
	size_t column;
	char sign;

	skip_blanks(p);
	column = column_of(p);
	sign = peek(&p->lx, 0);
	if (!one_of(sign, "+-"))
		return expression(p, 0, out);
	if (sign == '+') {
		p->lx.pos++;
		if (!place_value(p, p->plus, "the cursor", column, &from))
			return false;
	}
	if (!expression(p, 0, &by))
		return false;
	wrong = arith_add(from, by.v, &from);
	if (wrong)
		return error_at(p->err, column, "%s", wrong);
	*out = number_operand(from);
	return true;
}

/* A whole address inside of p->inside, or of the space where it says so. */
static bool whole_address(struct parser *p, struct operand *operand,
                          struct place *out)
{
	bool space;
	size_t column;

	skip_blanks(p);
	space = peek(&p->lx, 0) == '%' && peek(&p->lx, 1) == ':';
	if (space || begins_segment(&p->lx))
		p->inside = NULL;
	if (space)
		p->lx.pos += 2;
	column = column_of(p);
	if (!address(p, operand) || !final_place(p, operand, column, out))
		return false;
	if (space) {
		operand->bare = false;
		operand->colon = NULL;
	}
	return true;
}

static struct parser parser_of(const struct lexer *lx,
                               const struct scope *scope, bool blanks,
                               struct error *err)
{
	return (struct parser){ .lx = *lx,
		                .scope = scope,
		                .plus = scope->cursor,
		                .blanks = blanks,
		                .err = err };
}

bool address_parse(struct lexer *lx, const struct scope *scope, bool blanks,
                   struct place *out, struct error *err)
{
	struct parser p = parser_of(lx, scope, blanks, err);
	struct operand operand;

	if (!whole_address(&p, &operand, out))
		return false;
	*lx = p.lx;
	return true;
}

bool address_eval(const char *text, const struct scope *scope,
                  struct place *out, struct error *err)
{
	struct lexer lx = lexer_of(text, strlen(text));
	struct place place;

	if (!address_parse(&lx, scope, true, &place, err))
		return false;
	if (!lexer_end(&lx))
		return error_at(err, lx.pos + 1,
		                "unexpected text behind the address");
	*out = place;
	return true;
}

/* Is B left out? A word of letters behind a blank is a command, even one that
   could be a hex number. */
static bool nothing_behind_comma(struct parser *p)
{
	struct lexer before = p->lx;
	bool hex;

	skip_blanks(p);
	hex = p->scope->units.radix == 16 && p->lx.pos == before.pos;
	if (begins_address(&p->lx, hex))
		return false;
	p->lx = before;
	return true;
}

/* Behind "A,": B is read where A is. */
static bool span_second(struct parser *p, const struct segment *inside,
                        struct span *span)
{
	struct operand operand = { 0 };
	size_t column = column_of(p);

	p->inside = inside;
	p->plus = span->from;
	if (nothing_behind_comma(p)) {
		operand.v = value_of(false, end_of(p));
		if (!final_place(p, &operand, column, &span->to))
			return false;
	} else if (!whole_address(p, &operand, &span->to)) {
		return false;
	}
	if (span->to.addr >= span->from.addr)
		return true;
	error_set(p->err, ERR_RANGE,
	          "the range ends (0x%" PRIx64 ") before it begins (0x%" PRIx64
	          ")",
	          span->to.addr, span->from.addr);
	return at_column(p, column);
}

/* ",B" */
static bool span_from_start(struct parser *p, struct span *span)
{
	p->lx.pos++;
	span->from = space_place(p->scope->space, 0);
	if (nothing_behind_comma(p))
		return error_at(p->err, column_of(p),
		                "an address is expected here");
	return span_second(p, NULL, span);
}

/* "#N" alone: from its first byte to its end. */
static bool span_segment(const struct parser *p, size_t column,
                         struct span *span)
{
	const struct segment *seg =
		space_numbered(p->scope->space, span->from.segment);

	span->segment = true;
	return segment_place(p, seg, seg->size, column, &span->to);
}

/* "A", "A,", "A,B", "#N" */
static bool span_from_address(struct parser *p, struct span *span)
{
	size_t column = column_of(p);
	struct lexer behind;
	struct operand operand;

	if (!whole_address(p, &operand, &span->from))
		return false;
	behind = p->lx;
	skip_blanks(p);
	if (peek(&p->lx, 0) == ',') {
		p->lx.pos++;
		return span_second(p, operand.colon, span);
	}
	p->lx = behind;
	if (operand.bare)
		return span_segment(p, column, span);
	span->single = true;
	return true;
}

bool span_parse(struct lexer *lx, const struct scope *scope, bool blanks,
                struct span *out, struct error *err)
{
	struct parser p = parser_of(lx, scope, blanks, err);
	struct span span = { .given = true };

	skip_blanks(&p);
	if (peek(&p.lx, 0) == '%' && peek(&p.lx, 1) != ':') {
		p.lx.pos++;
		span.from = space_place(scope->space, 0);
		span.to = space_place(scope->space, space_size(scope->space));
	} else if (peek(&p.lx, 0) == ',') {
		if (!span_from_start(&p, &span))
			return false;
	} else if (!begins_address(&p.lx, scope->units.radix == 16)) {
		*out = (struct span){ 0 };
		return true;
	} else if (!span_from_address(&p, &span)) {
		return false;
	}
	*lx = p.lx;
	*out = span;
	return true;
}

char *place_text(const struct space *sp, struct place place,
                 char dst[static PLACE_TEXT])
{
	const struct segment *seg =
		place.segment > 0 ? space_numbered(sp, place.segment) : NULL;
	uint64_t off;

	if (!seg || !place_offset(sp, seg, place, &off))
		snprintf(dst, PLACE_TEXT, "-");
	else if (off == seg->size)
		snprintf(dst, PLACE_TEXT, "#%" PRIu32 ":$", place.segment);
	else
		snprintf(dst, PLACE_TEXT, "#%" PRIu32 ":0x%" PRIx64,
		         place.segment, off);
	return dst;
}
