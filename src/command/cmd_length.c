/* cmd_length.c - commands that make files longer or shorter: resize,
   truncate */
#include "config.h"

#include <inttypes.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "edit/store.h"
#include "session.h"
#include "space/space.h"

static bool is_hidden(const struct segment *seg, struct error *err)
{
	return error_set(err, ERR_STATE,
	                 "#%" PRIu32 ": another segment covers bytes of it",
	                 seg->number);
}

/* The address of byte `off` of a segment, from which on all of its bytes stand
   in one row; its end, if `off` is the size. */
static bool find_rest(const struct space *sp, const struct segment *seg,
                      uint64_t off, uint64_t *addr, struct error *err)
{
	uint64_t last;

	*addr = seg->addr;
	if (seg->size == 0)
		return true;
	if (!space_address(sp, seg, seg->size - 1, &last))
		return is_hidden(seg, err);
	*addr = last + 1;
	if (off == seg->size)
		return true;
	if (!space_address(sp, seg, off, addr) || *addr > last ||
	    last - *addr != seg->size - 1 - off ||
	    space_locate(sp, *addr).run < seg->size - off)
		return is_hidden(seg, err);
	return true;
}

static bool cut(struct context *ctx, const struct segment *seg, uint64_t off,
                struct error *err)
{
	const struct space *sp = context_space(ctx);
	uint64_t addr;

	return find_rest(sp, seg, off, &addr, err) &&
	       edit_splice(ctx, space_place(sp, addr), seg->size - off, NULL, 0,
	                   err);
}

static bool extend(struct context *ctx, const struct segment *seg, uint64_t len,
                   struct error *err)
{
	struct place at = { .segment = seg->number, .side = SIDE_END };
	struct piece piece;

	return find_rest(context_space(ctx), seg, seg->size, &at.addr, err) &&
	       store_put_fill(session_store(ctx->session), "", 1, len, &piece,
	                      err) &&
	       edit_splice(ctx, at, 0, &piece, 0, err);
}

RUN(resize)
{
	struct units units = context_units(ctx);
	const struct segment *seg;
	uint32_t number;
	uint64_t size;
	size_t column;

	lexer_blanks(&call->args);
	column = call->args.pos + 1;
	if (!segment_argument(call, &number, err))
		return false;
	seg = space_numbered(context_space(ctx), number);
	if (!seg || !seg->doc)
		return error_at(err, column, "there is no segment #%" PRIu32,
		                number);
	lexer_blanks(&call->args);
	if (!lexer_number(&call->args, &units, &size, err) ||
	    !call_end(call, err))
		return false;
	if (size < seg->size)
		return cut(ctx, seg, size, err);
	if (size > seg->size)
		return extend(ctx, seg, size - seg->size, err);
	context_say(ctx, "#%" PRIu32 " has that size", number);
	return true;
}

/* Where to cut: in front of the command, or behind it. */
static bool read_place(struct context *ctx, struct call *call,
                       struct place *place, struct error *err)
{
	*place = call->place;
	if (call->span.given || !call_more(call))
		return call_end(call, err);
	return call_address(call, ctx, place, err) && call_end(call, err);
}

RUN(truncate)
{
	const struct space *sp = context_space(ctx);
	struct place place;
	struct location loc;

	if (!read_place(ctx, call, &place, err))
		return false;
	loc = space_locate(sp, place.addr);
	if (place.side == SIDE_END || place.addr == space_size(sp)) {
		context_say(ctx, "there is nothing to cut off");
		return true;
	}
	if (!loc.segment || !loc.segment->doc) {
		error_set(err, ERR_STATE, "no file is mapped at 0x%" PRIx64,
		          place.addr);
		return error_add_addr(err, place.addr);
	}
	return cut(ctx, loc.segment, loc.off, err);
}
