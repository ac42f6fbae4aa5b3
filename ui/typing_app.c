/*
 * typing_app.c - see typing.h
 *
 * Nothing is collected here: each key is an edit of the session at once, so
 * that no byte that was typed can be lost with the editor. What is kept is only
 * where typing goes on, and it counts for nothing as soon as the cursor or the
 * bytes are others.
 */
#include "config.h"

#include "ui/typing.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/piece.h"
#include "edit/store.h"
#include "session.h"
#include "space/view.h"
#include "ui/app.h"
#include "ui/glyphs.h"

bool typing_goes_on(const struct app *app)
{
	const struct typing *t = &app->typing;

	return t->generation == session_generation(app->ctx.session) &&
	       t->addr == app->ctx.cursor.addr;
}

bool typing_is_low(const struct app *app)
{
	return app->typing.low && typing_goes_on(app);
}

void typing_stop(struct app *app)
{
	app->typing.low = false;
	app->typing.full = false;
	app->typing.run = false;
}

/* Is the next key of the step of the one before? */
static bool is_run(const struct app *app)
{
	return app->typing.run && typing_goes_on(app);
}

bool typing_may_append(const struct app *app)
{
	return app->ctx.options.insert && app->ctx.selecting == SELECT_NONE;
}

/* What data is here: the mode that keys fall back to while bytes are selected.
 */
static enum key_mode data_mode(const struct app *app)
{
	enum key_mode mode = app_mode(app);

	return mode == MODE_SELECT ? app->mode : mode;
}

/* In the normal mode it is what the pane has. */
static bool is_hex(const struct app *app)
{
	enum key_mode mode = data_mode(app);

	return mode == MODE_HEX ||
	       (mode == MODE_NORMAL && app->window.pane == PANE_HEX);
}

bool typing_takes(const struct app *app, uint32_t cp)
{
	enum key_mode mode = data_mode(app);

	return (mode == MODE_HEX && text_hex_digit((int)cp) >= 0) ||
	       (mode == MODE_TEXT && cp >= 0x20);
}

/* --- edits --------------------------------------------------------------- */

/* Bytes in place of `removed` ones, as one edit. */
static bool put(struct app *app, struct place at, uint64_t removed,
                const void *bytes, size_t len, unsigned flags,
                struct error *err)
{
	struct session *session = app->ctx.session;
	struct piece piece;
	struct session_splice splice = {
		.at = at, .removed = removed, .added = &piece, .count = len > 0
	};

	return (len == 0 ||
	        store_put(session_store(session), bytes, len, &piece, err)) &&
	       session_edit(session, &splice, 1, flags, err);
}

static void stay(struct app *app, bool low, bool full)
{
	app->typing = (struct typing){
		.generation = session_generation(app->ctx.session),
		.addr = app->ctx.cursor.addr,
		.count = app->typing.count + 1,
		.low = low,
		.full = full,
		.run = true,
	};
}

/* The same behind what was erased. */
static void stay_erased(struct app *app)
{
	stay(app, false, false);
	app->typing.erased = true;
}

/* The cursor goes behind len bytes that were put at `from`. What was inserted
   at the end of a segment is followed by that end, not by the next one. */
static void go_on(struct app *app, struct place from, uint64_t len)
{
	const struct space *sp = context_space(&app->ctx);
	uint64_t size = space_size(sp), addr = from.addr + len;
	bool full = addr >= size && !typing_may_append(app);

	if (full)
		addr = size - 1;
	if (from.side == SIDE_END && app->ctx.options.insert)
		from.addr = addr;
	else
		from = space_place(sp, addr);
	context_move(&app->ctx, from);
	stay(app, false, full);
}

/* Is there a byte to overwrite? */
static bool has_room(const struct app *app, struct error *err)
{
	uint64_t size = space_size(context_space(&app->ctx));

	if (size > 0 && app->ctx.cursor.addr < size &&
	    !(app->typing.full && typing_goes_on(app)))
		return true;
	return error_set(err, ERR_RANGE,
	                 size > 0 ? "that was the last byte: only inserting "
	                            "goes on"
	                          : "there is no byte to overwrite: only "
	                            "inserting adds one");
}

/* --- typing -------------------------------------------------------------- */

static bool type_low(struct app *app, int digit, struct error *err)
{
	struct place at = app->ctx.cursor;
	/* A byte that was inserted at an end is one of the segment now. */
	struct place byte_at = space_place(context_space(&app->ctx), at.addr);
	unsigned char byte;

	if (!context_read(&app->ctx, at.addr, &byte, 1, err))
		return false;
	byte = (unsigned char)((byte & 0xf0) | digit);
	if (!put(app, byte_at, 1, &byte, 1, EDIT_JOIN | EDIT_SEEN, err))
		return false;
	go_on(app, at, 1);
	return true;
}

static bool type_digit(struct app *app, int digit, struct error *err)
{
	unsigned char byte = (unsigned char)((unsigned)digit << 4), old;
	struct place at = app->ctx.cursor;
	bool run = is_run(app);

	if (typing_is_low(app))
		return type_low(app, digit, err);
	if (app->ctx.options.insert) {
		if (!put(app, at, 0, &byte, 1, 0, err))
			return false;
		if (at.side != SIDE_END)
			app->ctx.cursor =
				space_place(context_space(&app->ctx), at.addr);
	} else {
		if (!has_room(app, err) ||
		    !context_read(&app->ctx, at.addr, &old, 1, err))
			return false;
		byte |= old & 0x0f;
		if (!put(app, at, 1, &byte, 1, EDIT_SEEN, err))
			return false;
	}
	stay(app, true, false);
	app->typing.alone = !run && !session_joins(app->ctx.session);
	return true;
}

/* As typed or pasted at the cursor. */
static bool put_here(struct app *app, const void *bytes, size_t len,
                     struct error *err)
{
	struct place at = app->ctx.cursor;
	bool insert = app->ctx.options.insert;

	if ((!insert && !has_room(app, err)) ||
	    !put(app, at, insert ? 0 : len, bytes, len, 0, err))
		return false;
	go_on(app, at, len);
	return true;
}

static bool encode(const struct app *app, uint32_t cp,
                   unsigned char dst[static 4], size_t *len, struct error *err)
{
	enum encoding encoding = (enum encoding)app->ctx.options.encoding;
	const struct option *option = option_find("encoding", err);
	char utf8[5] = "", name[OPTION_NAME];

	*len = glyphs_encode(encoding, cp, dst);
	if (*len > 0)
		return true;
	utf8[text_encode(utf8, cp)] = '\0';
	return error_set(err, ERR_SYNTAX, "%s has no character '%s'",
	                 option_text(&app->ctx.options, option, name),
	                 text_shown(utf8).s);
}

/* Typing replaces no selection: it would change lengths unasked. */
static void drop_selection(struct app *app)
{
	context_select(&app->ctx, 0, 0, SELECT_NONE);
}

bool typing_key(struct app *app, uint32_t cp, struct error *err)
{
	unsigned char bytes[4];
	size_t len;
	bool ok;

	drop_selection(app);
	session_set_what(app->ctx.session, "type");
	session_join_next(app->ctx.session, is_run(app));
	if (is_hex(app))
		ok = type_digit(app, text_hex_digit((int)cp), err);
	else
		ok = encode(app, cp, bytes, &len, err) &&
		     put_here(app, bytes, len, err);
	session_join_next(app->ctx.session, false);
	app_follow(app);
	return ok;
}

static bool type_all(struct app *app, const char *text, size_t len,
                     struct error *err)
{
	bool hex = is_hex(app);
	size_t used;

	for (size_t i = 0; i < len; i += used) {
		uint32_t cp;

		used = text_decode(text + i, len - i, &cp);
		if (used == 0 ||
		    (hex ? text_hex_digit((int)cp) < 0 : cp < 0x20))
			return error_set(err, ERR_SYNTAX,
			                 "'%s' is nothing to type here",
			                 text_shown(text + i).s);
		if (!typing_key(app, cp, err))
			return false;
	}
	return true;
}

bool typing_text(struct app *app, const char *text, size_t len,
                 struct error *err)
{
	bool ok;

	/* A command is a step of its own, whatever was typed around it. */
	app->typing.run = false;
	ok = type_all(app, text, len, err);
	app->typing.run = false;
	return ok;
}

/* --- pastes -------------------------------------------------------------- */

/* "0x" or "\x", as sources have it. */
static bool is_prefix(const char *text, size_t len)
{
	return len > 2 && (text[0] == '0' || text[0] == '\\') &&
	       (text[1] == 'x' || text[1] == 'X') &&
	       text_hex_digit(text[2]) >= 0;
}

/* Hex digits, pairs of them parted by blanks or by what other programs put
   there: "0xde, 0xad", "\xde\xad", "de:ad". */
static bool parse_hex(const char *text, size_t len, unsigned char *dst,
                      size_t *count, struct error *err)
{
	*count = 0;
	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (strchr(" \t\r\n,;:-", text[i]) && text[i])
			continue;
		if (is_prefix(text + i, len - i))
			i += 2;
		high = text_hex_digit(text[i]);
		low = i + 1 < len ? text_hex_digit(text[i + 1]) : -1;
		if (high < 0 || low < 0)
			return error_set(err, ERR_SYNTAX,
			                 "the paste was not used: it is not "
			                 "pairs of hex digits");
		dst[(*count)++] = (unsigned char)(high << 4 | low);
		i++;
	}
	return true;
}

/* What is not UTF-8 goes in as it is where that is the encoding. */
static bool parse_text(const struct app *app, const char *text, size_t len,
                       unsigned char *dst, size_t *count, struct error *err)
{
	*count = 0;
	if (app->ctx.options.encoding == ENCODING_UTF8) {
		memcpy(dst, text, len);
		*count = len;
		return true;
	}
	while (len > 0) {
		unsigned char bytes[4];
		size_t n, used;
		uint32_t cp;

		used = text_decode(text, len, &cp);
		if (used == 0)
			return error_set(err, ERR_SYNTAX,
			                 "the paste was not used: it is not "
			                 "UTF-8");
		if (!encode(app, cp, bytes, &n, err))
			return error_prefix(err, "the paste was not used");
		memcpy(dst + *count, bytes, n);
		*count += n;
		text += used;
		len -= used;
	}
	return true;
}

bool typing_paste(struct app *app, const char *text, size_t len,
                  struct error *err)
{
	bool hex = is_hex(app);
	/* A character of UTF-8 becomes at most twice as long. */
	unsigned char *bytes = mem_resize(NULL, len + 1, 2, err);
	size_t count;
	bool ok;

	if (!bytes)
		return false;
	drop_selection(app);
	session_set_what(app->ctx.session, "paste");
	ok = hex ? parse_hex(text, len, bytes, &count, err)
	         : parse_text(app, text, len, bytes, &count, err);
	if (ok && count > 0)
		ok = put_here(app, bytes, count, err);
	app->typing.run = false;
	mem_free(bytes);
	app_follow(app);
	return ok;
}

/* --- erasing ------------------------------------------------------------- */

/* Delete bytes; the cursor goes to where they were, and stays behind the last
   byte of a segment if it was there. */
static bool delete_range(struct app *app, uint64_t start, uint64_t end,
                         struct place cursor, struct error *err)
{
	const struct space *sp = context_space(&app->ctx);
	uint64_t size;

	if (!put(app, space_place(sp, start), end - start, NULL, 0, 0, err))
		return false;
	drop_selection(app);
	sp = context_space(&app->ctx);
	size = space_size(sp);
	if (start >= size && size > 0 && !typing_may_append(app))
		start = size - 1;
	if (cursor.side == SIDE_END)
		cursor.addr = start;
	else
		cursor = space_place(sp, start);
	context_move(&app->ctx, cursor);
	app_follow(app);
	return true;
}

static bool delete_selection(struct app *app, bool *done, struct error *err)
{
	struct place none = { .side = SIDE_START };
	uint64_t start, end;

	*done = context_selection(&app->ctx, &start, &end);
	return !*done || delete_range(app, start, end, none, err);
}

/* A byte is erased, in one step with what was typed and erased before. */
static bool delete_byte(struct app *app, uint64_t addr, struct place cursor,
                        struct error *err)
{
	bool ok;

	session_join_next(app->ctx.session, is_run(app));
	ok = delete_range(app, addr, addr + 1, cursor, err);
	session_join_next(app->ctx.session, false);
	if (ok)
		stay_erased(app);
	return ok;
}

bool typing_erase(struct app *app, struct error *err)
{
	struct place cursor = app->ctx.cursor;
	bool done;

	if (!delete_selection(app, &done, err) || done)
		return done;
	if (cursor.side == SIDE_END ||
	    cursor.addr >= space_size(context_space(&app->ctx)))
		return error_set(err, ERR_NO, "no byte of this file is here");
	return delete_byte(app, cursor.addr, cursor, err);
}

/* Go to a byte and let it be what the file has there. One that was inserted, or
   that is in no file that may be edited, stays as it is. */
static bool restore(struct app *app, uint64_t addr, struct error *err)
{
	uint64_t generation = session_generation(app->ctx.session);
	bool run = is_run(app), ok;

	context_move(&app->ctx, space_place(context_space(&app->ctx), addr));
	app_follow(app);
	session_join_next(app->ctx.session, run);
	ok = session_revert(app->ctx.session, addr, 1, err);
	session_join_next(app->ctx.session, false);
	stay_erased(app);
	app->typing.run =
		run || generation != session_generation(app->ctx.session);
	return ok || err->code == ERR_RANGE || err->code == ERR_READONLY ||
	       err->code == ERR_STATE;
}

/* The byte of which one digit was typed is what it was before. */
static bool take_back_digit(struct app *app, struct error *err)
{
	struct place at = app->ctx.cursor;
	bool ok;

	app->dirty = true;
	if (app->typing.alone)
		return session_undo(app->ctx.session, err);
	if (app->ctx.options.insert)
		return delete_byte(app, at.addr, at, err);
	session_join_next(app->ctx.session, true);
	ok = session_restore(app->ctx.session, at.addr, err);
	session_join_next(app->ctx.session, false);
	if (ok)
		stay_erased(app);
	return ok;
}

/* Behind the end of a segment whose last byte is not the one before? */
static bool is_behind_nothing(const struct app *app, struct place cursor)
{
	const struct segment *before =
		space_locate(context_space(&app->ctx), cursor.addr - 1).segment;

	return cursor.side == SIDE_END &&
	       (!before || before->number != cursor.segment);
}

bool typing_erase_back(struct app *app, struct error *err)
{
	struct place cursor = app->ctx.cursor;
	bool done = false;

	if (typing_is_low(app))
		return take_back_digit(app, err);
	if (app->ctx.options.insert &&
	    (!delete_selection(app, &done, err) || done))
		return done;
	if (app->typing.full && typing_goes_on(app))
		return restore(app, cursor.addr, err);
	if (cursor.addr == 0)
		return error_set(err, ERR_NO, "there is no byte before this");
	if (!app->ctx.options.insert)
		return restore(app, cursor.addr - 1, err);
	if (is_behind_nothing(app, cursor))
		return error_set(err, ERR_NO, "the file is empty here");
	return delete_byte(app, cursor.addr - 1, cursor, err);
}
