/*
 * address_expression.c - operators, operands and what is inside "#N:": see
 * address_impl.h
 *
 * Operators climb by precedence over one table; each nesting costs a few small
 * frames, and there may be 100 of them.
 */
#include "config.h"

#include "command/address_impl.h"

#include <string.h>

#include "base/error.h"
#include "command/address.h"

enum { NESTING = 100 };

static bool primary(struct parser *p, struct operand *out);
static bool expression(struct parser *p, int least, struct operand *out);
static bool address(struct parser *p, struct operand *out);

/* Does nothing of an address follow "#N:"? Then blanks stay unread. */
static bool nothing_inside(struct parser *p)
{
	struct lexer before = p->lx;
	char c;

	parser_blanks(p);
	c = token_peek(&p->lx, 0);
	if (p->lx.pos < p->lx.len && !token_one_of(c, ",); \t") &&
	    (p->lx.pos == before.pos || token_begins_address(&p->lx, false) ||
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
	struct operand operand = operand_number(value_of(false, 0));
	size_t column = parser_column(p);
	bool ok;

	p->inside = seg;
	p->plus = p->scope->cursor;
	ok = (nothing_inside(p) || address(p, &operand)) &&
	     operand_final(p, &operand, column, out);
	p->inside = inside;
	p->plus = plus;
	return ok;
}

/* Behind "#N" or the name of a segment. */
static bool segment_rest(struct parser *p, const struct segment *seg,
                         size_t column, struct operand *out)
{
	bool colon = token_peek(&p->lx, 0) == ':';
	struct place place;

	if (colon)
		p->lx.pos++;
	if (colon ? !inner(p, seg, &place)
	          : !parser_segment_place(p, seg, 0, column, &place))
		return false;
	if (!operand_place(p, place, "this place", column, out))
		return false;
	out->colon = colon ? seg : NULL;
	out->bare = !colon;
	return true;
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
	parser_blanks(p);
	column = parser_column(p);
	ok = expression(p, 0, &arg);
	if (ok && f->what == FUNCTION_ALIGN)
		ok = parser_expect(p, ',') && expression(p, 0, &step);
	if (!ok || !parser_expect(p, ')'))
		return false;
	p->parens--;
	ok = function_apply(p, f, arg.v, step.v, column, &v);
	*out = operand_number(v);
	return ok;
}

static bool number(struct parser *p, struct operand *out)
{
	uint64_t n;

	if (!token_begins_number(&p->lx, p->scope->units.radix))
		return error_at(p->err, parser_column(p),
		                "unknown name (a segment name ends with ':', a "
		                "hex number starts with 0x)");
	if (!lexer_number(&p->lx, &p->scope->units, &n, p->err))
		return false;
	*out = operand_number(value_of(false, n));
	return true;
}

static bool segment(struct parser *p, struct operand *out)
{
	size_t column = parser_column(p);
	const struct segment *seg = NULL;

	return reference_segment(p, &seg) && segment_rest(p, seg, column, out);
}

/* A number, a segment's name or a function. */
static bool word(struct parser *p, struct operand *out)
{
	struct function f = token_function(&p->lx);

	if (token_begins_name(&p->lx))
		return segment(p, out);
	if (f.what != FUNCTION_NONE)
		return call(p, &f, out);
	return number(p, out);
}

static bool parenthesis(struct parser *p, struct operand *out)
{
	p->lx.pos++;
	p->parens++;
	if (!expression(p, 0, out) || !parser_expect(p, ')'))
		return false;
	p->parens--;
	out->bare = false;
	out->colon = NULL;
	return true;
}

static bool unary(struct parser *p, struct operand *out)
{
	size_t column = parser_column(p);
	bool minus = token_peek(&p->lx, 0) == '-';
	struct operand of = { 0 };

	p->lx.pos++;
	if (!primary(p, &of))
		return false;
	if (!minus && of.v.negative)
		return error_at(p->err, column,
		                "~ needs a value that is not negative");
	*out = operand_number(minus ? value_of(!of.v.negative, of.v.mag)
	                            : value_of(false, ~of.v.mag));
	return true;
}

static bool any_primary(struct parser *p, struct operand *out)
{
	size_t column = parser_column(p);
	char c = token_peek(&p->lx, 0);

	switch (c) {
	case '(':
		return parenthesis(p, out);
	case '-':
	case '~':
		return unary(p, out);
	case '.':
		p->lx.pos++;
		return operand_place(p, p->scope->cursor, "the cursor", column,
		                     out);
	case '$':
		p->lx.pos++;
		*out = operand_number(value_of(false, parser_end(p)));
		return true;
	case '#':
	case '"':
		return segment(p, out);
	case '\'':
		return reference_mark(p, out);
	case '@':
		return reference_bookmark(p, out);
	default:
		if (token_is_name(c))
			return word(p, out);
		return error_at(p->err, column, "an address is expected here");
	}
}

static bool primary(struct parser *p, struct operand *out)
{
	bool ok;

	parser_blanks(p);
	if (p->depth > NESTING)
		return error_at(p->err, parser_column(p), "nested too deep");
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

		parser_blanks(p);
		op = arith_operator(p->lx.line + p->lx.pos,
		                    p->lx.len - p->lx.pos);
		if (!op || op->level < least) {
			p->lx = before;
			*out = left;
			return true;
		}
		column = parser_column(p);
		p->lx.pos += strlen(op->text);
		if (!expression(p, op->level + 1, &right))
			return false;
		wrong = op->apply(left.v, right.v, &left.v);
		if (wrong)
			return error_at(p->err, column, "%s", wrong);
		left = operand_number(left.v);
	}
}

/* An expression. A leading minus stays part of it and it counts from the end;
   with a leading plus it counts from p->plus. */
static bool address(struct parser *p, struct operand *out)
{
	struct value from = value_of(false, parser_end(p));
	struct operand by;
	const char *wrong;
	size_t column;
	char sign;

	parser_blanks(p);
	column = parser_column(p);
	sign = token_peek(&p->lx, 0);
	if (!token_one_of(sign, "+-"))
		return expression(p, 0, out);
	if (sign == '+') {
		p->lx.pos++;
		if (!parser_place_value(p, p->plus, "the cursor", column,
		                        &from))
			return false;
	}
	if (!expression(p, 0, &by))
		return false;
	wrong = arith_add(from, by.v, &from);
	if (wrong)
		return error_at(p->err, column, "%s", wrong);
	*out = operand_number(from);
	return true;
}

bool expression_in_parentheses(struct parser *p, struct operand *out)
{
	if (token_peek(&p->lx, 0) != '(')
		return error_at(p->err, parser_column(p), "'(' expected");
	return parenthesis(p, out);
}

/* A whole address inside of p->inside, or of the space where it says so. */
bool expression_whole(struct parser *p, struct operand *operand,
                      struct place *out)
{
	bool space;
	size_t column;

	parser_blanks(p);
	space = token_peek(&p->lx, 0) == '%' && token_peek(&p->lx, 1) == ':';
	if (space || token_begins_segment(&p->lx))
		p->inside = NULL;
	if (space)
		p->lx.pos += 2;
	column = parser_column(p);
	if (!address(p, operand) || !operand_final(p, operand, column, out))
		return false;
	if (space) {
		operand->bare = false;
		operand->colon = NULL;
	}
	return true;
}
