/*
 * address_parser.c - what numbers and places mean where an address is read: see
 * address_impl.h, and E1 to E3 of address.c
 */
#include "config.h"

#include "command/address_impl.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "command/address.h"

size_t parser_column(const struct parser *p)
{
	return p->lx.pos + 1;
}

/* Give a failure its column, unless it has one. Returns false. */
bool parser_at_column(const struct parser *p, size_t column)
{
	if (p->err->column == 0)
		p->err->column = column;
	return false;
}

void parser_blanks(struct parser *p)
{
	if (p->blanks || p->parens > 0)
		lexer_blanks(&p->lx);
}

/* Step over a character that must stand here. */
bool parser_expect(struct parser *p, char c)
{
	parser_blanks(p);
	if (token_peek(&p->lx, 0) != c)
		return error_at(p->err, parser_column(p), "'%c' expected", c);
	p->lx.pos++;
	return true;
}

/* The size of what the parser is inside of. */
uint64_t parser_end(const struct parser *p)
{
	return p->inside ? p->inside->size : space_size(p->scope->space);
}

/* Is a value 0 .. size of what the parser is inside of? */
bool parser_in_bounds(const struct parser *p, struct value v, size_t column)
{
	uint64_t size = parser_end(p);
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
	return parser_at_column(p, column);
}

bool parser_covered(const struct parser *p, const struct segment *seg,
                    uint64_t off, size_t column)
{
	struct location loc = space_locate(p->scope->space, seg->addr + off);
	char by[32] = "a gap";

	if (loc.segment)
		snprintf(by, sizeof(by), "#%" PRIu32, loc.segment->number);
	error_set(p->err, ERR_RANGE,
	          "0x%" PRIx64 " of #%" PRIu32 " is covered by %s", off,
	          seg->number, by);
	return parser_at_column(p, column);
}

/* The place of an offset 0 .. size of a segment. The end has an address even
   where the last byte is covered, for what will be appended there. */
bool parser_segment_place(const struct parser *p, const struct segment *seg,
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
		return parser_covered(p, seg, off, column);
	place.addr = addr;
	place.side = SIDE_START;
	*out = place;
	return true;
}

/* The offset in seg of a place that lies in it. */
bool place_offset(const struct space *sp, const struct segment *seg,
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

bool parser_not_inside(const struct parser *p, const char *what, size_t column)
{
	error_set(p->err, ERR_RANGE, "%s is not in #%" PRIu32, what,
	          p->inside->number);
	return parser_at_column(p, column);
}

/* E2: the number that a place is where the parser stands. */
bool parser_place_value(const struct parser *p, struct place place,
                        const char *what, size_t column, struct value *out)
{
	uint64_t n = place.addr;

	if (p->inside && !place_offset(p->scope->space, p->inside, place, &n))
		return parser_not_inside(p, what, column);
	*out = value_of(false, n);
	return true;
}

struct operand operand_number(struct value v)
{
	return (struct operand){ .v = v };
}

bool operand_place(const struct parser *p, struct place place, const char *what,
                   size_t column, struct operand *out)
{
	*out = (struct operand){ .is_place = true, .place = place };
	return parser_place_value(p, place, what, column, &out->v);
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
bool operand_final(const struct parser *p, const struct operand *from,
                   size_t column, struct place *out)
{
	if (!p->inside && in_empty_segment(p, from)) {
		*out = from->place;
		return true;
	}
	if (!parser_in_bounds(p, from->v, column))
		return false;
	if (p->inside)
		return parser_segment_place(p, p->inside, from->v.mag, column,
		                            out);
	*out = from->is_place ? from->place
	                      : space_place(p->scope->space, from->v.mag);
	return true;
}

struct parser parser_of(const struct lexer *lx, const struct scope *scope,
                        bool blanks, struct error *err)
{
	return (struct parser){ .lx = *lx,
		                .scope = scope,
		                .plus = scope->cursor,
		                .blanks = blanks,
		                .err = err };
}
