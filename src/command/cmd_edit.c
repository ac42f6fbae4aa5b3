/* cmd_edit.c - commands that write bytes: put, insert, delete, fill */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/table.h"
#include "edit/store.h"
#include "session.h"

bool edit_splices(struct context *ctx, const struct session_splice *v,
                  size_t count, unsigned flags, struct error *err)
{
	struct anchors before = context_anchors(ctx);
	bool ok;

	ctx->moving = &before;
	ok = session_edit(ctx->session, v, count, flags, err);
	ctx->moving = NULL;
	if (ok)
		context_settle(ctx, &before);
	return ok;
}

bool edit_splice(struct context *ctx, struct place at, uint64_t removed,
                 const struct piece *added, unsigned flags, struct error *err)
{
	struct session_splice splice = {
		.at = at,
		.removed = removed,
		.added = added,
		.count = added ? 1 : 0,
	};

	return edit_splices(ctx, &splice, 1, flags, err);
}

unsigned edit_flags(const struct call *call)
{
	return call->bang ? EDIT_FORCE : 0;
}

/* --- put ------------------------------------------------------------------ */

bool edit_fits(struct context *ctx, struct place at, uint64_t len,
               struct error *err)
{
	uint64_t size = space_size(context_space(ctx));

	if (at.side == SIDE_END && at.addr < size) {
		error_set(err, ERR_RANGE,
		          "there is no byte at the end of #%" PRIu32
		          " (insert adds some)",
		          at.segment);
		return error_add_addr(err, at.addr);
	}
	if (at.addr < size && len <= size - at.addr)
		return true;
	/* Only a file that tells addresses names one out there. */
	if (at.addr > size) {
		error_set(err, ERR_RANGE,
		          "0x%" PRIx64 " is past the end (size 0x%" PRIx64 ")",
		          at.addr, size);
		return error_add_addr(err, at.addr);
	}
	if (at.addr == size) {
		error_set(err, ERR_RANGE,
		          "there is no byte at the end of the space "
		          "(size 0x%" PRIx64 ")",
		          size);
		return error_add_addr(err, at.addr);
	}
	error_set(err, ERR_RANGE,
	          "%" PRIu64 " bytes at 0x%" PRIx64
	          " would pass the end of the space (size 0x%" PRIx64 ")",
	          len, at.addr, size);
	return error_add_addr(err, at.addr);
}

/* Are these the bytes there? ERR_NO: the first that is not. */
static bool compare(struct context *ctx, uint64_t addr,
                    const struct content *was, struct error *err)
{
	unsigned char *now = mem_resize(NULL, was->len, 1, err);
	size_t i = 0;
	bool ok = now && context_read(ctx, addr, now, was->len, err);

	while (ok && i < was->len && now[i] == was->v[i])
		i++;
	if (ok && i < was->len) {
		error_set(err, ERR_NO,
		          "the byte at 0x%" PRIx64 " is %02x, not %02x",
		          addr + i, now[i], was->v[i]);
		ok = error_add_addr(err, addr + i);
	}
	mem_free(now);
	return ok;
}

/* "was VALUE", if it stands there. */
static bool read_was(struct context *ctx, struct call *call,
                     struct content *was, struct error *err)
{
	size_t column;
	struct word word;
	bool ok;

	*was = (struct content){ 0 };
	if (!call_more(call))
		return true;
	column = call->args.pos + 1;
	if (!call_word(call, &word, err))
		return false;
	ok = strcmp(word.text, "was") == 0;
	word_free(&word);
	if (!ok)
		return error_at(err, column, "usage: put %s",
		                call->command->usage);
	return content_bytes(ctx, call, was, err) && call_end(call, err);
}

static bool put(struct context *ctx, const struct call *call,
                const struct content *value, const struct content *was,
                struct error *err)
{
	struct place at = call->place;
	struct piece piece;

	return edit_fits(ctx, at, size_max(value->len, was->len), err) &&
	       (was->len == 0 || compare(ctx, at.addr, was, err)) &&
	       content_put(ctx, value, value->len, &piece, err) &&
	       edit_splice(ctx, at, value->len, &piece, edit_flags(call), err);
}

RUN(put)
{
	struct content value, was = { 0 };
	bool ok;

	if (!content_bytes(ctx, call, &value, err))
		return false;
	ok = read_was(ctx, call, &was, err) &&
	     put(ctx, call, &value, &was, err);
	content_free(&value);
	content_free(&was);
	return ok;
}

/* --- insert, delete, fill ------------------------------------------------ */

bool times_argument(struct context *ctx, struct call *call, uint64_t *times,
                    struct error *err)
{
	struct units units = context_units(ctx);
	size_t column;

	*times = 1;
	if (!call_more(call))
		return true;
	column = call->args.pos + 1;
	if (!lexer_number(&call->args, &units, times, err) ||
	    !call_end(call, err))
		return false;
	return *times > 0 || error_at(err, column, "a number from 1 is needed");
}

static bool insert(struct context *ctx, struct call *call,
                   const struct content *value, struct error *err)
{
	uint64_t each = value->kind == CONTENT_BYTES ? value->len : 1;
	struct piece piece;
	uint64_t times;

	if (!times_argument(ctx, call, &times, err))
		return false;
	if (times > STORE_FILL_MAX / each)
		return error_set(err, ERR_RANGE,
		                 "%" PRIu64 " times %" PRIu64
		                 " bytes are too many",
		                 times, each);
	return content_put(ctx, value, times * each, &piece, err) &&
	       edit_splice(ctx, call->place, 0, &piece, 0, err);
}

RUN(insert)
{
	struct content value;
	bool ok;

	if (!content_read(ctx, call, &value, err))
		return false;
	ok = insert(ctx, call, &value, err);
	content_free(&value);
	return ok;
}

/* Where a resolved range begins; ERR_RANGE: it holds no byte. */
bool edit_range(struct context *ctx, const struct call *call, struct place *at,
                struct error *err)
{
	const struct space *sp = context_space(ctx);

	if (call->start == call->end) {
		error_set(err, ERR_RANGE,
		          "there is no byte at the end of the space "
		          "(size 0x%" PRIx64 ")",
		          space_size(sp));
		return error_add_addr(err, call->start);
	}
	*at = space_place(sp, call->start);
	return true;
}

RUN(delete)
{
	struct place at;

	return call_end(call, err) && edit_range(ctx, call, &at, err) &&
	       edit_splice(ctx, at, call->end - call->start, NULL, 0, err);
}

RUN(fill)
{
	uint64_t len = call->end - call->start;
	struct content value;
	struct piece piece;
	struct place at;
	bool ok;

	if (!content_read(ctx, call, &value, err))
		return false;
	ok = call_end(call, err) && edit_range(ctx, call, &at, err) &&
	     content_put(ctx, &value, len, &piece, err) &&
	     edit_splice(ctx, at, len, &piece, edit_flags(call), err);
	content_free(&value);
	return ok;
}
