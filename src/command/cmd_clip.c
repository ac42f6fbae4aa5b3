/* cmd_clip.c - bytes to another place: copy, cut, paste, move, duplicate */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/table.h"
#include "session.h"

void clip_keep(struct context *ctx, struct content *bytes)
{
	mem_free(ctx->clip);
	ctx->clip = bytes->v;
	ctx->clip_len = bytes->len;
}

static void keep(struct context *ctx, struct content *bytes, const char *done)
{
	char note[80] = "";

	clip_keep(ctx, bytes);
	if (ctx->copied)
		ctx->copied(ctx, note);
	if (!ctx->batch)
		context_say(ctx, "%zu byte%s %s%s", ctx->clip_len,
		            text_plural(ctx->clip_len), done, note);
}

RUN(copy)
{
	struct content bytes;

	if (!call_end(call, err) || !edit_load(ctx, call, &bytes, err))
		return false;
	keep(ctx, &bytes, "copied");
	return true;
}

RUN(cut)
{
	struct content bytes;

	if (!call_end(call, err) || !edit_load(ctx, call, &bytes, err))
		return false;
	if (!edit_splice(ctx, space_place(context_space(ctx), call->start),
	                 bytes.len, NULL, 0, err)) {
		content_free(&bytes);
		return false;
	}
	keep(ctx, &bytes, "cut");
	return true;
}

/* The word "insert", if it stands there, and nothing behind it. */
static bool read_insert(struct call *call, bool *insert, struct error *err)
{
	struct word word;
	size_t column;

	*insert = false;
	if (!call_more(call))
		return true;
	column = call->args.pos + 1;
	if (!call_word(call, &word, err))
		return false;
	*insert = strcmp(word.text, "insert") == 0;
	word_free(&word);
	if (!*insert)
		return error_at(err, column, "usage: %s %s",
		                call->command->name, call->command->usage);
	return call_end(call, err);
}

RUN(paste)
{
	struct content bytes = { .v = ctx->clip, .len = ctx->clip_len };
	struct piece piece;
	bool insert;

	if (!read_insert(call, &insert, err))
		return false;
	if (!ctx->clip)
		return error_set(err, ERR_NO, "nothing was copied");
	return (insert || edit_fits(ctx, call->place, bytes.len, err)) &&
	       content_put(ctx, &bytes, bytes.len, &piece, err) &&
	       edit_splice(ctx, call->place, insert ? 0 : bytes.len, &piece,
	                   edit_flags(call), err);
}

/* --- without the clipboard ----------------------------------------------- */

/* From file to file bytes go through the store, as those that are pasted. */
static bool load_piece(struct context *ctx, const struct call *call,
                       struct piece *piece, struct error *err)
{
	struct content bytes;
	bool ok;

	if (!edit_load(ctx, call, &bytes, err))
		return false;
	ok = content_put(ctx, &bytes, bytes.len, piece, err);
	content_free(&bytes);
	return ok;
}

static bool move_over_seams(struct context *ctx, const struct call *call,
                            struct place from, struct place to,
                            struct error *err)
{
	struct piece piece;
	struct session_splice cut = { .at = from,
		                      .removed = call->end - call->start };
	struct session_splice in = { .at = to, .added = &piece, .count = 1 };
	struct session_splice both[2] = { cut, in };

	if (to.addr > call->start && to.addr < call->end) {
		error_set(err, ERR_RANGE,
		          "0x%" PRIx64 " is between the bytes to move",
		          to.addr);
		return error_add_addr(err, to.addr);
	}
	if (to.addr <= call->start) {
		both[0] = in;
		both[1] = cut;
	}
	return load_piece(ctx, call, &piece, err) &&
	       edit_splices(ctx, both, 2, 0, err);
}

RUN(move_bytes)
{
	struct anchors before = context_anchors(ctx);
	struct place from, to;
	bool ok;

	if (!call_address(call, ctx, &to, err) || !call_end(call, err) ||
	    !edit_range(ctx, call, &from, err))
		return false;
	ctx->moving = &before;
	ok = session_move(ctx->session, from.addr, call->end - call->start, to,
	                  err);
	ctx->moving = NULL;
	if (ok)
		context_settle(ctx, &before);
	return ok || (err->code == ERR_RANGE &&
	              move_over_seams(ctx, call, from, to, err));
}

RUN(duplicate)
{
	struct anchors before = context_anchors(ctx);
	uint64_t len = call->end - call->start;
	struct place from, to;
	struct piece piece;
	bool insert, ok;

	if (!call_address(call, ctx, &to, err) ||
	    !read_insert(call, &insert, err) ||
	    !edit_range(ctx, call, &from, err) ||
	    (!insert && !edit_fits(ctx, to, len, err)))
		return false;
	ctx->moving = &before;
	ok = session_copy(ctx->session, from.addr, len, to, !insert, err);
	ctx->moving = NULL;
	if (ok)
		context_settle(ctx, &before);
	return ok ||
	       (err->code == ERR_RANGE && load_piece(ctx, call, &piece, err) &&
	        edit_splice(ctx, to, insert ? 0 : len, &piece, 0, err));
}
