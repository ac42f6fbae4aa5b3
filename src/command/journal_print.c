/*
 * journal_print.c - see journal_print.h
 *
 * Text is for looking at: the first bytes of each change, and what the file has
 * there now if that is something else. JSON is whole, so that the edits can be
 * made again without this program; what is longer than a part of 64 KiB is
 * split, and what repeats or comes from elsewhere says so instead of bytes.
 */
#include "config.h"

#include "command/journal_print.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/context.h"
#include "command/history.h"
#include "command/output.h"
#include "command/waiting.h"
#include "edit/document.h"
#include "keep/recover.h"
#include "session.h"
#include "source/run.h"

enum {
	LOOK = 8,     /* bytes that text shows */
	PART = 65536, /* that an object has */
	LINE_BYTES = 3 * LOOK + 4,
};

struct printer {
	struct context *ctx;
	struct recover *rec;
	struct output *out;
	struct runs runs; /* owned */
	uint8_t *bytes;   /* owned: PART of them */
	struct error *err;
};

/* --- text ---------------------------------------------------------------- */

/* The first bytes of what a change removes or adds, "30 31 ?? .."; *at is how
   many there are already. */
struct glance {
	char text[LINE_BYTES];
	uint64_t bytes;
};

static void glance_at(struct glance *g, const uint8_t *bytes, const char *sign,
                      uint64_t len)
{
	size_t used = strlen(g->text);

	for (uint64_t i = 0; i < len && g->bytes + i <= LOOK; i++) {
		const char *gap = used > 0 ? " " : "";
		int n;

		if (g->bytes + i == LOOK)
			n = snprintf(g->text + used, LINE_BYTES - used, "%s..",
			             gap);
		else if (bytes)
			n = snprintf(g->text + used, LINE_BYTES - used,
			             "%s%02x", gap, bytes[i]);
		else
			n = snprintf(g->text + used, LINE_BYTES - used, "%s%s",
			             gap, sign);
		used += (size_t)n;
	}
	g->bytes = u64_min(g->bytes + len, LOOK + 1);
}

/* Does the file have other bytes there now? Those go to *now. */
static bool see_now(struct printer *p, const struct document *doc,
                    const struct record_piece *piece, struct glance *now,
                    bool *differs)
{
	size_t len = (size_t)u64_min(piece->len, PART);

	if (!doc || piece->off > document_source(doc)->size ||
	    piece->len > document_source(doc)->size - piece->off) {
		glance_at(now, NULL, "??", piece->len);
		*differs = *differs || doc;
		return true;
	}
	runs_clear(&p->runs);
	if (!document_read_at(doc, NULL, piece->off, p->bytes, len, 0, &p->runs,
	                      p->err))
		return false;
	if (memcmp(p->bytes, piece->bytes, len) != 0)
		*differs = true;
	glance_at(now, p->bytes, NULL, len);
	return true;
}

static bool glance_removed(struct printer *p, const struct document *doc,
                           const struct record_piece *piece, struct glance *old,
                           struct glance *now, bool *differs)
{
	bool known = piece->old == RECORD_OLD_BYTES;

	glance_at(old, known ? piece->bytes : NULL,
	          piece->kind == RECORD_PIECE_EDITED ? "**" : "??", piece->len);
	if (known)
		return see_now(p, doc, piece, now, differs);
	glance_at(now, NULL, "??", piece->len);
	return true;
}

static bool glance_added(struct printer *p, const struct record_piece *piece,
                         struct glance *new)
{
	uint8_t bytes[LOOK];
	size_t len = (size_t)u64_min(piece->len, LOOK);

	if (piece->kind == RECORD_PIECE_STORE) {
		if (!recover_read(p->rec, piece->off, bytes, len, p->err))
			return false;
		glance_at(new, bytes, NULL, len);
		glance_at(new, NULL, "..", piece->len - len);
	} else if (piece->kind == RECORD_PIECE_FILL) {
		for (size_t i = 0; i < len; i++)
			bytes[i] =
				piece->bytes[(piece->off + i) % piece->period];
		glance_at(new, bytes, NULL, len);
		glance_at(new, NULL, "..", piece->len - len);
	} else {
		glance_at(new, NULL,
		          piece->kind == RECORD_PIECE_RANDOM ? "rr" : "mm",
		          piece->len);
	}
	return true;
}

static void print_time(struct printer *p, const struct recover_item *item)
{
	int64_t when = recover_head(p->rec)->created +
	               (int64_t)item->info.time * 1000000000;
	char time[24];

	output_text(p->out, "%" PRIu32 "  %s  ", item->group,
	            waiting_time(when, time));
}

static bool print_change(struct printer *p, struct recover_item *item)
{
	const struct record_change *change = &item->change;
	const struct record_file *file = recover_file(p->rec, change->file);
	const struct document *doc =
		session_document_of(p->ctx->session, p->rec, change->file);
	struct glance old = { .bytes = 0 }, new = old, now = old;
	struct record_piece piece;
	bool differs = false, ok = true;
	uint32_t n = 0;

	while (ok && record_next_piece(&item->pieces, &piece))
		ok = n++ < change->removed_count
		             ? glance_removed(p, doc, &piece, &old, &now,
		                              &differs)
		             : glance_added(p, &piece, &new);
	if (!ok)
		return false;
	print_time(p, item);
	output_text(p->out, "0x%" PRIx64 " %" PRIu64 " %" PRIu64 "  %s -> %s",
	            change->off, change->removed, change->added,
	            *old.text ? old.text : "-", *new.text ? new.text : "-");
	if (differs)
		output_text(p->out, " (now %s)", now.text);
	output_text(p->out, "  ");
	output_safe_bytes(p->out, file->path, file->path_len);
	output_text(p->out, "\n");
	return true;
}

/* --- JSON ---------------------------------------------------------------- */

static void begin_object(struct printer *p, const struct recover_item *item,
                         const char *op)
{
	char when[HISTORY_TIME];

	json_begin(p->out);
	json_number(p->out, "group", item->group);
	json_string(p->out, "time",
	            history_time(recover_head(p->rec)->created / 1000000000 +
	                                 item->info.time,
	                         true, when));
	json_string(p->out, "op", op);
}

static void put_hex(struct printer *p, const char *key, const uint8_t *bytes,
                    size_t len)
{
	json_open_string(p->out, key);
	for (size_t i = 0; i < len; i++)
		output_text(p->out, "%02x", bytes[i]);
	json_close_string(p->out);
}

/* What the change removes: in each piece that is known whole. */
static void put_old(struct printer *p, const struct recover_item *item)
{
	struct record_cursor pieces = item->pieces;
	struct record_piece piece;

	if (item->change.removed > PART)
		return;
	json_open_string(p->out, "old");
	for (uint32_t i = 0; i < item->change.removed_count &&
	                     record_next_piece(&pieces, &piece);
	     i++)
		for (size_t k = 0; k < piece.len; k++)
			if (piece.old == RECORD_OLD_BYTES)
				output_text(p->out, "%02x", piece.bytes[k]);
			else
				output_text(p->out, "??");
	json_close_string(p->out);
}

/* A part of a piece that is added, `skip` bytes of which are done. */
static bool put_new(struct printer *p, const struct record_piece *piece,
                    uint64_t skip, uint64_t len)
{
	switch (piece->kind) {
	case RECORD_PIECE_STORE:
		if (!recover_read(p->rec, piece->off + skip, p->bytes,
		                  (size_t)len, p->err))
			return false;
		put_hex(p, "new", p->bytes, (size_t)len);
		break;
	case RECORD_PIECE_FILL:
		put_hex(p, "fill", piece->bytes, piece->period);
		json_number(p->out, "phase", piece->off);
		break;
	case RECORD_PIECE_RANDOM:
		put_hex(p, "random", piece->bytes, RECORD_KEY);
		json_number(p->out, "phase", piece->off);
		break;
	default:
		json_number(p->out, "from", piece->off);
	}
	return true;
}

/* One object: `removed` bytes at `off` become what `piece` says, or nothing. */
static bool put_part(struct printer *p, const struct recover_item *item,
                     uint64_t off, uint64_t removed,
                     const struct record_piece *piece, uint64_t skip,
                     uint64_t len)
{
	const struct record_file *file =
		recover_file(p->rec, item->change.file);
	bool ok = true;

	begin_object(p, item, "edit");
	json_bool(p->out, "join", item->info.join);
	json_text(p->out, "path", file->path, file->path_len);
	json_number(p->out, "off", off);
	json_number(p->out, "old_len", removed);
	json_number(p->out, "new_len", len);
	if (removed > 0)
		put_old(p, item);
	if (piece)
		ok = put_new(p, piece, skip, len);
	json_end(p->out);
	return ok;
}

static bool put_change(struct printer *p, const struct recover_item *item)
{
	const struct record_change *change = &item->change;
	struct record_cursor pieces = item->pieces;
	uint64_t removed = change->removed, off = change->off;
	struct record_piece piece;
	uint32_t n = 0;

	if (change->added == 0)
		return put_part(p, item, off, removed, NULL, 0, 0);
	while (record_next_piece(&pieces, &piece)) {
		bool split = piece.kind == RECORD_PIECE_STORE;
		uint64_t len;

		if (n++ < change->removed_count)
			continue;
		for (uint64_t skip = 0; skip < piece.len; skip += len) {
			len = piece.len - skip;
			len = split ? u64_min(len, PART) : len;
			if (!put_part(p, item, off, removed, &piece, skip, len))
				return false;
			removed = 0;
			off += len;
		}
	}
	return true;
}

/* --- both ---------------------------------------------------------------- */

static void print_way(struct printer *p, const struct recover_item *item,
                      const char *way)
{
	if (p->out->json) {
		begin_object(p, item, way);
		json_number(p->out, "step", item->info.step);
		json_end(p->out);
		return;
	}
	print_time(p, item);
	output_text(p->out, "%s %" PRIu32 "\n", way, item->info.step);
}

static bool print_item(struct printer *p, struct recover_item *item)
{
	switch (item->what) {
	case RECOVER_CHANGE:
		return p->out->json ? put_change(p, item)
		                    : print_change(p, item);
	case RECOVER_UNDO:
		print_way(p, item, "undo");
		break;
	case RECOVER_REDO:
		print_way(p, item, "redo");
		break;
	default:
		break;
	}
	return true;
}

bool journal_print(struct context *ctx, struct recover *rec, struct output *out,
                   struct error *err)
{
	struct printer p = { .ctx = ctx, .rec = rec, .out = out, .err = err };
	bool *wanted = mem_zalloc(recover_files(rec) + 1, err);
	struct recover_item item = { .what = RECOVER_BEGIN };
	uint32_t also;
	bool ok = wanted != NULL;

	if (ok)
		memset(wanted, 1, recover_files(rec) + 1);
	ok = ok && recover_plan(rec, wanted, &also, err);
	p.bytes = ok ? mem_zalloc(PART, err) : NULL;
	ok = p.bytes != NULL;
	while (ok && item.what != RECOVER_DONE && !output_failed(out))
		ok = recover_next(rec, &item, err) && print_item(&p, &item);
	mem_free(wanted);
	mem_free(p.bytes);
	runs_free(&p.runs);
	return ok;
}

bool journal_print_named(struct context *ctx, const char *name, struct job *job,
                         struct output *out, struct error *err)
{
	const struct folder *folder = session_shelf(ctx->session, err);
	struct recover *rec =
		folder ? recover_open_for(job, folder, name, err) : NULL;
	bool ok = rec != NULL;

	if (ok && recover_kind(rec) == RECOVER_LIVE)
		ok = error_set(err, ERR_STATE, "%s: an editor is writing it",
		               name);
	else if (ok && recover_kind(rec) == RECOVER_UNREADABLE)
		ok = error_set(err, ERR_STATE, "%s: %s", name,
		               recover_why(rec));
	ok = ok && journal_print(ctx, rec, out, err);
	recover_free(rec);
	return ok;
}
