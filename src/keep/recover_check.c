/*
 * recover_check.c - does a file still fit the changes that wait: see recover.h
 *
 * The journal knows of the bytes that were removed from the base what they
 * were, or their CRC, or nothing when they were many. Samples say whether the
 * rest of the file is what it was, but decide nothing.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/text.h"
#include "keep/olds.h"
#include "keep/recover_impl.h"
#include "source/run.h"
#include "source/source.h"

enum { CHUNK = 65536 };

struct comparison {
	struct recover *rec;
	struct source *src;
	uint32_t file;
	struct recover_checked out;
	uint8_t *buf; /* owned, CHUNK bytes */
	struct runs runs;
	struct olds olds; /* few bytes each, which are compared by and by */
	uint64_t unread;  /* of those that differ, bytes that have no value */
	bool truncated;
	bool samples, samples_differ;
};

const char *recover_state_name(enum recover_state state)
{
	static const char *const names[] = {
		[RECOVER_SAME] = "same",
		[RECOVER_TOUCHED] = "touched",
		[RECOVER_MOVED_ON] = "moved on",
		[RECOVER_CHANGED] = "changed",
		[RECOVER_BAD] = "bad",
		[RECOVER_REPLACED] = "replaced",
		[RECOVER_TRUNCATED] = "truncated",
		[RECOVER_MISSING] = "missing",
	};

	return names[state];
}

bool recover_fits(enum recover_state state)
{
	return state != RECOVER_CHANGED && state != RECOVER_BAD &&
	       state != RECOVER_TRUNCATED;
}

bool recover_refuse(const struct recover_checked *checked, const char *name,
                    struct error *err)
{
	struct text_shown shown = text_shown(name);

	if (checked->state == RECOVER_BAD)
		return error_set(err, ERR_CHANGED,
		                 "%s: cannot all be read where it was edited: "
		                 "0x%" PRIx64 " bytes, the first at 0x%" PRIx64,
		                 shown.s, checked->differ, checked->first);
	return error_set(err, ERR_CHANGED,
	                 "%s: %s since it was edited: 0x%" PRIx64
	                 " bytes differ, the first at 0x%" PRIx64,
	                 shown.s, recover_state_name(checked->state),
	                 checked->differ, checked->first);
}

/* Read into the buffer; *all says whether every byte has a value. */
static bool read_base(struct comparison *c, uint64_t off, size_t len, bool *all,
                      struct error *err)
{
	runs_clear(&c->runs);
	if (!source_read(c->src, off, c->buf, len, 0, &c->runs, err))
		return false;
	*all = true;
	for (size_t i = 0; i < c->runs.count; i++)
		*all = *all && state_has_bytes(c->runs.v[i].state);
	return true;
}

static void differs(struct comparison *c, uint64_t off, uint64_t len)
{
	if (c->out.differ == 0 || off < c->out.first)
		c->out.first = off;
	c->out.differ += len;
}

/* The CRC32C of a stretch of the base, in parts. */
static bool base_crc(struct comparison *c, uint64_t off, uint64_t len,
                     uint32_t *crc, bool *all, struct error *err)
{
	bool some = true;

	*crc = 0;
	*all = true;
	while (len > 0 && *all) {
		size_t n = (size_t)u64_min(len, CHUNK);

		if (!read_base(c, off, n, &some, err))
			return false;
		*all = some;
		*crc = crc32c(*crc, c->buf, n);
		off += n;
		len -= n;
	}
	return true;
}

static bool compare_piece(void *ctx, const struct recover_old *piece,
                          struct error *err)
{
	struct comparison *c = ctx;
	uint32_t crc;
	bool all;

	if (piece->off > c->src->size ||
	    piece->len > c->src->size - piece->off) {
		c->truncated = true;
		differs(c, piece->off, piece->len);
		return true;
	}
	if (piece->known == RECORD_OLD_UNKNOWN) {
		c->out.unknown += piece->len;
		return true;
	}
	c->out.compared += piece->len;
	if (piece->known == RECORD_OLD_BYTES && piece->len <= OLDS_LEN)
		return olds_add(&c->olds, piece->off, piece->bytes,
		                (size_t)piece->len, err);
	if (piece->known == RECORD_OLD_BYTES) {
		if (!read_base(c, piece->off, (size_t)piece->len, &all, err))
			return false;
		if (!all)
			c->unread += piece->len;
		if (!all ||
		    memcmp(c->buf, piece->bytes, (size_t)piece->len) != 0)
			differs(c, piece->off, piece->len);
		return true;
	}
	if (!base_crc(c, piece->off, piece->len, &crc, &all, err))
		return false;
	if (!all)
		c->unread += piece->len;
	if (!all || crc != piece->crc)
		differs(c, piece->off, piece->len);
	return true;
}

/* Give what the changes of a record have removed from the base of a
   document. */
static bool each_removed(uint32_t file, const uint8_t *payload, size_t len,
                         recover_take_old *take, void *ctx, struct error *err)
{
	struct record_cursor cursor;
	struct record_cursor pieces;
	struct record_change change;
	struct record_piece piece;
	size_t bytes;

	(void)record_changes(payload, len, &bytes, &cursor);
	for (; record_open_change(&cursor, &change, &pieces);
	     record_close_change(&cursor, &pieces)) {
		if (change.file != file)
			continue;
		for (uint32_t i = 0; i < change.removed_count &&
		                     record_next_piece(&pieces, &piece);
		     i++) {
			struct recover_old old = { .off = piece.off,
				                   .len = piece.len,
				                   .known = piece.old,
				                   .bytes = piece.bytes,
				                   .crc = piece.crc };

			if (piece.kind == RECORD_PIECE_BASE &&
			    !take(ctx, &old, err))
				return false;
		}
	}
	return true;
}

static bool compare_samples(struct comparison *c, const uint8_t *payload,
                            size_t len, struct error *err)
{
	struct record_cursor cursor;
	struct record_sample sample;
	uint32_t crc;
	bool all;

	if (record_samples(payload, len, &cursor) != c->file)
		return true;
	while (record_next_sample(&cursor, &sample)) {
		c->samples = true;
		if (sample.off > c->src->size ||
		    sample.len > c->src->size - sample.off) {
			c->samples_differ = true;
			continue;
		}
		if (!base_crc(c, sample.off, sample.len, &crc, &all, err))
			return false;
		if (!all || crc != sample.crc)
			c->samples_differ = true;
	}
	return true;
}

/* All records in their order. */
typedef bool take_record(void *ctx, const struct record *record,
                         const uint8_t *payload, struct error *err);

static bool each_record(struct recover *rec, take_record *take, void *ctx,
                        struct error *err)
{
	uint64_t off = RECORD_START;
	struct record record;

	while (off < rec->at.end) {
		const uint8_t *payload =
			recover_must_record(rec, off, &record, err);

		if (!payload || !take(ctx, &record, payload, err))
			return false;
		off += record_size(record.len);
	}
	return true;
}

static bool compare_record(void *ctx, const struct record *record,
                           const uint8_t *payload, struct error *err)
{
	struct comparison *c = ctx;

	if (record->type == RECORD_CHANGES)
		return each_removed(c->file, payload, record->len,
		                    compare_piece, c, err);
	return record->type != RECORD_SAMPLES ||
	       compare_samples(c, payload, record->len, err);
}

/* What recover_each_old() is asked for. */
struct asked {
	uint32_t file;
	recover_take_old *take;
	void *ctx;
};

static bool take_record_old(void *ctx, const struct record *record,
                            const uint8_t *payload, struct error *err)
{
	const struct asked *a = ctx;

	return record->type != RECORD_CHANGES ||
	       each_removed(a->file, payload, record->len, a->take, a->ctx,
	                    err);
}

bool recover_each_old(struct recover *rec, uint32_t file,
                      recover_take_old *take, void *ctx, struct error *err)
{
	struct asked asked = { file, take, ctx };

	return each_record(rec, take_record_old, &asked, err);
}

static enum recover_state judge(const struct comparison *c)
{
	const struct record_file *was = &c->rec->files[c->file - 1];
	const struct identity *now = &c->src->id;

	if (c->truncated)
		return RECOVER_TRUNCATED;
	if (c->out.differ > 0)
		return c->unread == c->out.differ ? RECOVER_BAD
		                                  : RECOVER_CHANGED;
	if (now->dev != was->dev || now->ino != was->ino)
		return RECOVER_REPLACED;
	if (c->src->size != was->size || c->samples_differ)
		return RECOVER_MOVED_ON;
	if (now->mtime == was->mtime && now->ctime == was->ctime)
		return RECOVER_SAME;
	return RECOVER_TOUCHED;
}

bool recover_check(struct recover *rec, uint32_t file, struct source *src,
                   struct recover_checked *checked, struct error *err)
{
	struct comparison c = {
		.rec = rec, .src = src, .file = file, .olds = { .src = src }
	};
	bool ok = true;

	c.out.state = RECOVER_MISSING;
	if (src) {
		c.buf = mem_zalloc(CHUNK, err);
		ok = c.buf && each_record(rec, compare_record, &c, err) &&
		     olds_compare(&c.olds, err);
		if (c.olds.differ > 0)
			differs(&c, c.olds.first, c.olds.differ);
		c.unread += c.olds.unread;
		if (ok)
			c.out.state = judge(&c);
	}
	olds_free(&c.olds);
	mem_free(c.buf);
	runs_free(&c.runs);
	if (ok)
		*checked = c.out;
	return ok;
}
