/* address_span.c - "A,B", "%", "#N": span_parse() of address.h */
#include "config.h"

#include "command/address_impl.h"

#include <inttypes.h>

#include "base/error.h"
#include "command/address.h"

/* Is B left out? A word of letters behind a blank is a command, even one that
   could be a hex number. */
static bool nothing_behind_comma(struct parser *p)
{
	struct lexer before = p->lx;
	bool hex;

	parser_blanks(p);
	hex = p->scope->units.radix == 16 && p->lx.pos == before.pos;
	if (token_begins_address(&p->lx, hex))
		return false;
	p->lx = before;
	return true;
}

/* Behind "A,": B is read where A is. */
static bool span_second(struct parser *p, const struct segment *inside,
                        struct span *span)
{
	struct operand operand = { 0 };
	size_t column = parser_column(p);

	p->inside = inside;
	p->plus = span->from;
	if (nothing_behind_comma(p)) {
		operand.v = value_of(false, parser_end(p));
		if (!operand_final(p, &operand, column, &span->to))
			return false;
	} else if (!expression_whole(p, &operand, &span->to)) {
		return false;
	}
	if (span->to.addr >= span->from.addr)
		return true;
	error_set(p->err, ERR_RANGE,
	          "the range ends (0x%" PRIx64 ") before it begins (0x%" PRIx64
	          ")",
	          span->to.addr, span->from.addr);
	return parser_at_column(p, column);
}

/* ",B" */
static bool span_from_start(struct parser *p, struct span *span)
{
	p->lx.pos++;
	span->from = space_place(p->scope->space, 0);
	if (nothing_behind_comma(p))
		return error_at(p->err, parser_column(p),
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
	return parser_segment_place(p, seg, seg->size, column, &span->to);
}

/* "A", "A,", "A,B", "#N" */
static bool span_from_address(struct parser *p, struct span *span)
{
	size_t column = parser_column(p);
	struct lexer behind;
	struct operand operand;

	if (!expression_whole(p, &operand, &span->from))
		return false;
	behind = p->lx;
	parser_blanks(p);
	if (token_peek(&p->lx, 0) == ',') {
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

	parser_blanks(&p);
	if (token_peek(&p.lx, 0) == '%' && token_peek(&p.lx, 1) != ':') {
		p.lx.pos++;
		span.from = space_place(scope->space, 0);
		span.to = space_place(scope->space, space_size(scope->space));
	} else if (token_peek(&p.lx, 0) == ',') {
		if (!span_from_start(&p, &span))
			return false;
	} else if (!token_begins_address(&p.lx, scope->units.radix == 16)) {
		*out = (struct span){ 0 };
		return true;
	} else if (!span_from_address(&p, &span)) {
		return false;
	}
	*lx = p.lx;
	*out = span;
	return true;
}
