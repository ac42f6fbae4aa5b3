/*
 * address.c - see address.h
 *
 * One pass reads and evaluates: an expression is a few words that a person
 * typed, so there is no tree. The pieces stand in address_impl.h.
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

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command/address_impl.h"

bool address_parse(struct lexer *lx, const struct scope *scope, bool blanks,
                   struct place *out, struct error *err)
{
	struct parser p = parser_of(lx, scope, blanks, err);
	struct operand operand;

	if (!expression_whole(&p, &operand, out))
		return false;
	*lx = p.lx;
	return true;
}

bool address_value(struct lexer *lx, const struct scope *scope, bool *negative,
                   uint64_t *mag, struct error *err)
{
	struct parser p = parser_of(lx, scope, false, err);
	struct operand operand;

	if (!expression_in_parentheses(&p, &operand))
		return false;
	*negative = operand.v.negative;
	*mag = operand.v.mag;
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

char *place_text(const struct space *sp, struct place place,
                 char dst[static PLACE_TEXT])
{
	const struct segment *seg =
		place.segment > 0 ? space_numbered(sp, place.segment) : NULL;
	char *to = dst;
	uint64_t off;

	if (!seg || !place_offset(sp, seg, place, &off)) {
		*to++ = '-';
	} else {
		*to++ = '#';
		to = text_decimal(to, place.segment);
		*to++ = ':';
		if (off == seg->size)
			*to++ = '$';
		else
			to = text_hex(to, off);
	}
	*to = '\0';
	return dst;
}
