/*
 * record_changes.c - the payload of CHANGES records: see record.h
 *
 * Most changes are small and there are millions of them, so that what is read
 * of each is in one pass, and of numbers mostly one byte.
 */
#include "config.h"

#include "keep/record_bytes.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum { OLD_SHIFT = 4 };

bool record_put_change(struct record_buffer *buf,
                       const struct record_change *change, struct error *err)
{
	uint8_t *to;

	if (!record_reserve(buf, RECORD_CHANGE_ROOM, err))
		return false;
	to = encode_varint(end_of(buf), change->file);
	to = encode_varint(to, change->off);
	to = encode_varint(to, change->removed_count);
	put_up_to(buf, encode_varint(to, change->added_count));
	return true;
}

/* Bytes that stand behind a piece's numbers. */
static inline size_t carried(const struct record_piece *piece)
{
	switch (piece->kind) {
	case RECORD_PIECE_BASE:
		return piece->old == RECORD_OLD_BYTES ? (size_t)piece->len : 0;
	case RECORD_PIECE_FILL:
		return piece->period;
	case RECORD_PIECE_RANDOM:
		return RECORD_KEY;
	default:
		return 0;
	}
}

size_t record_piece_room(const struct record_piece *piece)
{
	return 1 + 3 * VARINT_MAX + 4 + carried(piece);
}

bool record_put_piece(struct record_buffer *buf,
                      const struct record_piece *piece, struct error *err)
{
	size_t bytes = carried(piece);
	uint8_t *to;

	if (!record_reserve(buf, record_piece_room(piece), err))
		return false;
	to = end_of(buf);
	*to++ = (uint8_t)((unsigned)piece->kind | (unsigned)piece->old
	                                                  << OLD_SHIFT);
	to = encode_varint(to, piece->len);
	if (piece->kind != RECORD_PIECE_EDITED)
		to = encode_varint(to, piece->off);
	if (piece->kind == RECORD_PIECE_FILL)
		to = encode_varint(to, piece->period);
	if (piece->old == RECORD_OLD_CRC) {
		store_le32(to, piece->crc);
		to += 4;
	}
	if (bytes == 1)
		*to = *piece->bytes;
	else if (bytes > 0)
		memcpy(to, piece->bytes, bytes);
	put_up_to(buf, to + bytes);
	return true;
}

/* What is said of a piece behind its kind and its place. */
static const uint8_t *more_of_piece(const uint8_t *at, const uint8_t *end,
                                    struct record_piece *piece)
{
	struct record_cursor in = { at, end, 0 };
	uint64_t period;

	if (piece->old > RECORD_OLD_BYTES ||
	    (piece->old != RECORD_OLD_UNKNOWN &&
	     piece->kind != RECORD_PIECE_BASE))
		return NULL;
	if (piece->old == RECORD_OLD_CRC && !take32(&in, &piece->crc))
		return NULL;
	if (piece->old == RECORD_OLD_BYTES && piece->len > RECORD_OLD_MAX)
		return NULL;
	if (piece->kind != RECORD_PIECE_FILL)
		return in.at;
	if (!take_varint(&in, &period) || period > RECORD_PATTERN_MAX ||
	    piece->off >= period)
		return NULL;
	piece->period = (uint32_t)period;
	return in.at;
}

/* Read the piece at `at`; returns where it ends, or NULL. */
static inline const uint8_t *next_piece(const uint8_t *at, const uint8_t *end,
                                        struct record_piece *piece)
{
	size_t bytes;

	if (at == end)
		return NULL;
	*piece = (struct record_piece){
		.kind = (enum record_piece_kind)(*at & ((1 << OLD_SHIFT) - 1)),
		.old = (enum record_old)(*at >> OLD_SHIFT),
	};
	if (piece->kind < RECORD_PIECE_EDITED ||
	    piece->kind > RECORD_PIECE_MOVED)
		return NULL;
	at = varint(at + 1, end, &piece->len);
	if (!at || piece->len == 0)
		return NULL;
	if (piece->kind != RECORD_PIECE_EDITED)
		at = varint(at, end, &piece->off);
	if (!at || piece->len > INT64_MAX - piece->off)
		return NULL;
	if (piece->old != RECORD_OLD_UNKNOWN ||
	    piece->kind == RECORD_PIECE_FILL)
		at = more_of_piece(at, end, piece);
	bytes = carried(piece);
	if (!at || bytes > (size_t)(end - at))
		return NULL;
	piece->bytes = at;
	return at + bytes;
}

bool record_next_piece(struct record_cursor *pieces, struct record_piece *piece)
{
	const uint8_t *at = pieces->count > 0
	                            ? next_piece(pieces->at, pieces->end, piece)
	                            : NULL;

	if (!at)
		return false;
	pieces->at = at;
	pieces->count--;
	return true;
}

/* Removed bytes are of the base or edited; added ones come from somewhere, and
   have no old bytes. */
static inline bool piece_fits(const struct record_piece *piece, bool added)
{
	if (added)
		return piece->kind != RECORD_PIECE_EDITED &&
		       piece->old == RECORD_OLD_UNKNOWN;
	return piece->kind == RECORD_PIECE_EDITED ||
	       piece->kind == RECORD_PIECE_BASE;
}

/* Go over the pieces of a change, whose counts are known; returns where they
   end, or NULL. */
static const uint8_t *sum_pieces(const uint8_t *at, const uint8_t *end,
                                 struct record_change *change)
{
	uint32_t all = change->removed_count + change->added_count;
	uint64_t sums[2] = { 0, 0 }, from = UINT64_MAX, to = 0;

	for (uint32_t i = 0; i < all; i++) {
		bool added = i >= change->removed_count;
		struct record_piece piece;

		at = next_piece(at, end, &piece);
		if (!at || !piece_fits(&piece, added) ||
		    piece.len > INT64_MAX - sums[added])
			return NULL;
		sums[added] += piece.len;
		if (piece.kind == RECORD_PIECE_STORE) {
			from = u64_min(from, piece.off);
			to = u64_max(to, piece.off + piece.len);
		}
	}
	change->removed = sums[false];
	change->added = sums[true];
	change->from = from;
	change->to = to;
	return at;
}

static inline const uint8_t *small_varint(const uint8_t *at, const uint8_t *end,
                                          uint32_t *n)
{
	uint64_t value = 0;

	at = varint(at, end, &value);
	*n = (uint32_t)value;
	return value > RECORD_MAX ? NULL : at;
}

/* Read what stands in front of the pieces of a change. */
static inline bool open_change(const struct record_cursor *cursor,
                               struct record_change *change,
                               struct record_cursor *pieces)
{
	const uint8_t *at = cursor->at, *end = cursor->end;

	if (cursor->count == 0)
		return false;
	at = small_varint(at, end, &change->file);
	if (!at || change->file == 0)
		return false;
	at = varint(at, end, &change->off);
	at = at ? small_varint(at, end, &change->removed_count) : NULL;
	at = at ? small_varint(at, end, &change->added_count) : NULL;
	if (!at)
		return false;
	*pieces = (struct record_cursor){
		at, end, change->removed_count + change->added_count
	};
	return true;
}

bool record_open_change(const struct record_cursor *cursor,
                        struct record_change *change,
                        struct record_cursor *pieces)
{
	return open_change(cursor, change, pieces);
}

void record_close_change(struct record_cursor *cursor,
                         struct record_cursor *pieces)
{
	struct record_piece piece;

	cursor->count--;
	if (cursor->count == 0)
		return;
	while (record_next_piece(pieces, &piece))
		;
	cursor->at = pieces->at;
}

bool record_next_change(struct record_cursor *cursor,
                        struct record_change *change,
                        struct record_cursor *pieces)
{
	const uint8_t *at;

	if (!open_change(cursor, change, pieces))
		return false;
	at = sum_pieces(pieces->at, pieces->end, change);
	if (!at || change->removed > INT64_MAX - change->off ||
	    change->added > INT64_MAX - change->off)
		return false;
	cursor->at = at;
	cursor->count--;
	return true;
}

void record_changes_head(uint8_t out[static RECORD_CHANGES_HEAD],
                         uint32_t bytes, uint32_t count)
{
	store_le32(out, bytes);
	store_le32(out + 4, count);
}

const uint8_t *record_changes(const uint8_t *payload, size_t len, size_t *bytes,
                              struct record_cursor *cursor)
{
	*bytes = load_le32(payload);
	cursor->at = payload + RECORD_CHANGES_HEAD + *bytes;
	cursor->end = payload + len;
	cursor->count = load_le32(payload + 4);
	return payload + RECORD_CHANGES_HEAD;
}

bool record_changes_begin(const uint8_t *payload, size_t len,
                          struct record_cursor *cursor)
{
	size_t bytes;

	if (len < RECORD_CHANGES_HEAD ||
	    load_le32(payload) > len - RECORD_CHANGES_HEAD)
		return false;
	(void)record_changes(payload, len, &bytes, cursor);
	return true;
}

bool record_changes_end(const struct record_cursor *cursor)
{
	return cursor->count == 0 && left(cursor) == 0;
}

bool record_changes_valid(const uint8_t *payload, size_t len)
{
	struct record_cursor cursor;
	struct record_cursor pieces;
	struct record_change change;

	if (!record_changes_begin(payload, len, &cursor))
		return false;
	while (record_next_change(&cursor, &change, &pieces))
		;
	return record_changes_end(&cursor);
}
