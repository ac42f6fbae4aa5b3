/*
 * address_reference.c - segments, marks, bookmarks and the ends of the
 * selection, as they are written: see address_impl.h
 */
#include "config.h"

#include "command/address_impl.h"

#include <inttypes.h>

#include "base/error.h"
#include "command/address.h"
#include "command/naming.h"

static void no_such_number(const struct parser *p)
{
	const struct space *sp = p->scope->space;
	uint32_t last = 0;

	for (size_t i = 0; i < space_segments(sp); i++)
		if (space_segment(sp, i)->number > last)
			last = space_segment(sp, i)->number;
	if (last > 0)
		error_set(p->err, ERR_RANGE,
		          "there is no segment of this number (the last is "
		          "#%" PRIu32 ")",
		          last);
	else
		error_set(p->err, ERR_RANGE, "there are no segments");
}

/* Behind "#": digits, or "." or ":" for the segment of the cursor. */
static bool segment_numbered(struct parser *p, const struct segment **out)
{
	size_t column = parser_column(p);
	bool digits = token_is_digit(token_peek(&p->lx, 1));
	uint64_t number = digits ? 0 : p->scope->cursor.segment;

	p->lx.pos++;
	if (!digits && !token_one_of(token_peek(&p->lx, 0), ".:"))
		return error_at(p->err, column,
		                "a segment is #1 .., #. under the cursor, or "
		                "name:");
	if (token_peek(&p->lx, 0) == '.')
		p->lx.pos++;
	while (digits && token_is_digit(token_peek(&p->lx, 0))) {
		number = number * 10 + (uint64_t)(token_peek(&p->lx, 0) - '0');
		number = u64_min(number, UINT32_MAX + UINT64_C(1));
		p->lx.pos++;
	}
	*out = number > 0 && number <= UINT32_MAX
	               ? space_numbered(p->scope->space, (uint32_t)number)
	               : NULL;
	if (*out)
		return true;
	if (digits)
		no_such_number(p);
	else
		error_set(p->err, ERR_RANGE, "the cursor is in no segment");
	return parser_at_column(p, column);
}

static bool find_segment(const struct parser *p, const char *name, size_t len,
                         size_t column, const struct segment **out)
{
	return naming_find(p->scope->space, name, len, p->scope->exact_names,
	                   out, p->err) ||
	       parser_at_column(p, column);
}

static bool segment_named(struct parser *p, const struct segment **out)
{
	size_t column = parser_column(p);
	size_t len = token_name_length(&p->lx);
	const char *name = p->lx.line + p->lx.pos;

	p->lx.pos += len;
	return find_segment(p, name, len, column, out);
}

static bool segment_quoted(struct parser *p, const struct segment **out)
{
	size_t column = parser_column(p);
	struct word name;
	bool ok;

	if (!lexer_quoted(&p->lx, &name, p->err))
		return false;
	if (token_peek(&p->lx, 0) != ':') {
		word_free(&name);
		return error_at(p->err, parser_column(p),
		                "':' expected after a segment's name");
	}
	ok = find_segment(p, name.text, name.len, column, out);
	word_free(&name);
	return ok;
}

/* The segment whose number or name stands here. */
bool reference_segment(struct parser *p, const struct segment **out)
{
	switch (token_peek(&p->lx, 0)) {
	case '#':
		return segment_numbered(p, out);
	case '"':
		return segment_quoted(p, out);
	default:
		return segment_named(p, out);
	}
}

/* The end of the selection may be the end of the segment that is meant; its
   address alone would be the first byte of the next one. */
static bool selection_end(struct parser *p, size_t column, struct operand *out)
{
	const struct scope *scope = p->scope;
	struct location loc;

	if (!p->inside || scope->sel_end == scope->sel_start)
		return operand_place(p,
		                     space_place(scope->space, scope->sel_end),
		                     "the end of the selection", column, out);
	loc = space_locate(scope->space, scope->sel_end - 1);
	if (loc.segment != p->inside)
		return parser_not_inside(p, "the end of the selection", column);
	*out = operand_number(value_of(false, loc.off + 1));
	return true;
}

static bool selection(struct parser *p, char which, size_t column,
                      struct operand *out)
{
	const struct scope *scope = p->scope;

	if (!scope->has_selection) {
		error_set(p->err, ERR_RANGE, "nothing is selected");
		return parser_at_column(p, column);
	}
	if (which == '>')
		return selection_end(p, column, out);
	return operand_place(p, space_place(scope->space, scope->sel_start),
	                     "the start of the selection", column, out);
}

bool reference_mark(struct parser *p, struct operand *out)
{
	size_t column = parser_column(p);
	char letter = token_peek(&p->lx, 1);
	struct place place;

	if (!token_is_letter(letter) && !token_one_of(letter, "'<>"))
		return error_at(p->err, column,
		                "a mark is 'a .. 'z, '', '< or '>");
	p->lx.pos += 2;
	if (token_one_of(letter, "<>"))
		return selection(p, letter, column, out);
	if (!p->scope->mark(p->scope->ctx, letter, &place, p->err))
		return parser_at_column(p, column);
	return operand_place(p, place, "the mark", column, out);
}

bool reference_bookmark(struct parser *p, struct operand *out)
{
	size_t column = parser_column(p);
	const char *name = p->lx.line + p->lx.pos + 1;
	struct place place;
	size_t len = 0;

	while (token_is_word(token_peek(&p->lx, len + 1)) ||
	       token_one_of(token_peek(&p->lx, len + 1), "-."))
		len++;
	if (len == 0)
		return error_at(p->err, column,
		                "a bookmark's name must follow '@'");
	p->lx.pos += len + 1;
	if (!p->scope->bookmark(p->scope->ctx, name, len, &place, p->err))
		return parser_at_column(p, column);
	return operand_place(p, place, "the bookmark", column, out);
}
