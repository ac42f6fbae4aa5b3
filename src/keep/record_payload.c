/*
 * record_payload.c - see record.h
 *
 * Payloads are written into a buffer that grows and read by cursors. All
 * readers are the same code whether a payload is being verified or used, so
 * that what was found valid cannot fail later; nothing is allocated, and no
 * count is believed before its bytes are there.
 */
#include "config.h"

#include "keep/record.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
	VARINT_MAX = 9, /* bytes for 63 bits */
	OLD_SHIFT = 4,
	FILE_FIXED = 48, /* bytes before the path */
	SAMPLE = 16,
};

/* --- the buffer -------------------------------------------------------------- */

void record_buffer_free(struct record_buffer *buf)
{
	mem_free(buf->bytes);
	*buf = (struct record_buffer){ 0 };
}

bool record_reserve(struct record_buffer *buf, size_t n, struct error *err)
{
	if (n <= buf->cap - buf->len)
		return true;
	return mem_grow(&buf->bytes, &buf->cap, buf->len + n, 1, err);
}

/* Into room that was reserved. */
static void put(struct record_buffer *buf, const void *bytes, size_t len)
{
	assert(len <= buf->cap - buf->len);
	if (len)
		memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
}

bool record_put(struct record_buffer *buf, const void *bytes, size_t len,
                struct error *err)
{
	if (!record_reserve(buf, len, err))
		return false;
	put(buf, bytes, len);
	return true;
}

static void put32(struct record_buffer *buf, uint32_t n)
{
	uint8_t bytes[4];

	store_le32(bytes, n);
	put(buf, bytes, sizeof(bytes));
}

static void put64(struct record_buffer *buf, uint64_t n)
{
	uint8_t bytes[8];

	store_le64(bytes, n);
	put(buf, bytes, sizeof(bytes));
}

/* At `to`, where there is room; returns where it ends. */
static inline uint8_t *encode_varint(uint8_t *to, uint64_t n)
{
	assert(n <= INT64_MAX);
	for (; n > 127; n >>= 7)
		*to++ = (uint8_t)(n | 128);
	*to++ = (uint8_t)n;
	return to;
}

/* Where the next bytes go, for which there is room. */
static uint8_t *end_of(const struct record_buffer *buf)
{
	return buf->bytes + buf->len;
}

/* They have been put there, up to `end`. */
static void put_up_to(struct record_buffer *buf, const uint8_t *end)
{
	buf->len = (size_t)(end - buf->bytes);
	assert(buf->len <= buf->cap);
}

/* --- taking bytes from a cursor ---------------------------------------------- */

static size_t left(const struct record_cursor *in)
{
	return (size_t)(in->end - in->at);
}

/* The next len bytes, or NULL. */
static inline const uint8_t *take(struct record_cursor *in, uint64_t len)
{
	const uint8_t *at = in->at;

	if (len > left(in))
		return NULL;
	in->at += len;
	return at;
}

static bool take32(struct record_cursor *in, uint32_t *n)
{
	const uint8_t *at = take(in, 4);

	if (at)
		*n = load_le32(at);
	return at != NULL;
}

/* Read the number at `at`; returns where it ends, or NULL. */
static const uint8_t *long_varint(const uint8_t *at, const uint8_t *end,
                                  uint64_t *n)
{
	uint64_t value = 0;

	for (unsigned shift = 0; at < end && shift < 7 * VARINT_MAX;
	     shift += 7) {
		uint64_t byte = *at++;

		value |= (byte & 127) << shift;
		if (byte < 128) {
			*n = value;
			return at;
		}
	}
	return NULL;
}

/* Most of them have one byte: all but the places in files. */
static inline const uint8_t *varint(const uint8_t *at, const uint8_t *end,
                                    uint64_t *n)
{
	if (at == end || *at > 127)
		return long_varint(at, end, n);
	*n = *at;
	return at + 1;
}

static bool take_varint(struct record_cursor *in, uint64_t *n)
{
	const uint8_t *at = varint(in->at, in->end, n);

	if (at)
		in->at = at;
	return at != NULL;
}

/* --- files -------------------------------------------------------------------- */

bool record_put_file(struct record_buffer *buf, const struct record_file *file,
                     struct error *err)
{
	assert(file->path_len <= RECORD_PATH_MAX);
	if (!record_reserve(buf, FILE_FIXED + file->path_len, err))
		return false;
	put32(buf, file->file);
	put32(buf, (uint32_t)file->kind << 16 | (uint32_t)file->path_len);
	put64(buf, file->dev);
	put64(buf, file->ino);
	put64(buf, file->size);
	put64(buf, (uint64_t)file->mtime);
	put64(buf, (uint64_t)file->ctime);
	put(buf, file->path, file->path_len);
	return true;
}

static bool take_file(struct record_cursor *in, struct record_file *file)
{
	const uint8_t *at = take(in, FILE_FIXED);
	const uint8_t *path;

	if (!at)
		return false;
	file->file = load_le32(at);
	file->path_len = load_le32(at + 4) & 0xffff;
	file->kind = (enum record_kind)(load_le32(at + 4) >> 16);
	file->dev = load_le64(at + 8);
	file->ino = load_le64(at + 16);
	file->size = load_le64(at + 24);
	file->mtime = (int64_t)load_le64(at + 32);
	file->ctime = (int64_t)load_le64(at + 40);
	if (file->path_len > RECORD_PATH_MAX || file->file == 0 ||
	    file->file > RECORD_FILES_MAX || file->kind < RECORD_FILE_REGULAR ||
	    file->kind > RECORD_FILE_URI || file->size > INT64_MAX)
		return false;
	path = take(in, file->path_len);
	if (!path || memchr(path, 0, file->path_len))
		return false;
	file->path = (const char *)path;
	return true;
}

bool record_get_file(const uint8_t *payload, size_t len,
                     struct record_file *file)
{
	struct record_cursor in = { payload, payload + len, 0 };

	return take_file(&in, file) && left(&in) == 0;
}

void record_files_encode(const struct record_files *files,
                         uint8_t out[static RECORD_FILES_HEAD])
{
	store_le64(out, (uint64_t)files->first);
	store_le64(out + 8, (uint64_t)files->last);
	store_le32(out + 16, files->groups);
	store_le32(out + 20, files->count);
}

void record_files(const uint8_t *payload, size_t len,
                  struct record_files *files, struct record_cursor *cursor)
{
	assert(len >= RECORD_FILES_HEAD);
	files->first = (int64_t)load_le64(payload);
	files->last = (int64_t)load_le64(payload + 8);
	files->groups = load_le32(payload + 16);
	files->count = load_le32(payload + 20);
	cursor->at = payload + RECORD_FILES_HEAD;
	cursor->end = payload + len;
	cursor->count = files->count;
}

bool record_next_file(struct record_cursor *cursor, struct record_file *file)
{
	if (cursor->count == 0 || !take_file(cursor, file))
		return false;
	cursor->count--;
	return true;
}

static bool files_valid(const uint8_t *payload, size_t len)
{
	struct record_cursor cursor;
	struct record_files files;
	struct record_file file;

	if (len < RECORD_FILES_HEAD)
		return false;
	record_files(payload, len, &files, &cursor);
	while (record_next_file(&cursor, &file))
		;
	return cursor.count == 0 && left(&cursor) == 0;
}

/* --- samples and numbers ------------------------------------------------------- */

bool record_put_samples(struct record_buffer *buf, uint32_t file,
                        const struct record_sample *samples, uint32_t count,
                        struct error *err)
{
	if (!record_reserve(buf, 8 + (size_t)count * SAMPLE, err))
		return false;
	put32(buf, file);
	put32(buf, count);
	for (uint32_t i = 0; i < count; i++) {
		put64(buf, samples[i].off);
		put32(buf, samples[i].len);
		put32(buf, samples[i].crc);
	}
	return true;
}

uint32_t record_samples(const uint8_t *payload, size_t len,
                        struct record_cursor *cursor)
{
	cursor->at = payload + 8;
	cursor->end = payload + len;
	cursor->count = load_le32(payload + 4);
	return load_le32(payload);
}

bool record_next_sample(struct record_cursor *cursor,
                        struct record_sample *sample)
{
	const uint8_t *at;

	if (cursor->count == 0)
		return false;
	at = take(cursor, SAMPLE);
	if (!at)
		return false;
	sample->off = load_le64(at);
	sample->len = load_le32(at + 8);
	sample->crc = load_le32(at + 12);
	if (sample->off > INT64_MAX || sample->len > RECORD_MAX)
		return false;
	cursor->count--;
	return true;
}

static bool samples_valid(const uint8_t *payload, size_t len)
{
	struct record_cursor cursor;
	struct record_sample sample;

	if (len < 8)
		return false;
	(void)record_samples(payload, len, &cursor);
	while (record_next_sample(&cursor, &sample))
		;
	return cursor.count == 0 && left(&cursor) == 0;
}

uint32_t record_get_number(const uint8_t *payload)
{
	return load_le32(payload);
}

void record_remark_encode(const struct record_remark *remark,
                          uint8_t out[static RECORD_REMARK_HEAD])
{
	memcpy(out, remark->uuid, RECORD_UUID);
	store_le32(out + RECORD_UUID, remark->group);
	store_le64(out + RECORD_UUID + 4, (uint64_t)remark->time);
}

void record_remark_decode(const uint8_t *payload, size_t len,
                          struct record_remark *remark)
{
	memcpy(remark->uuid, payload, RECORD_UUID);
	remark->group = load_le32(payload + RECORD_UUID);
	remark->time = (int64_t)load_le64(payload + RECORD_UUID + 4);
	remark->text = (const char *)payload + RECORD_REMARK_HEAD;
	remark->text_len = len - RECORD_REMARK_HEAD;
}

void record_numbers(const uint8_t *payload, size_t len,
                    struct record_cursor *cursor)
{
	cursor->at = payload;
	cursor->end = payload + len;
	cursor->count = (uint32_t)(len / 4);
}

bool record_next_number(struct record_cursor *cursor, uint32_t *n)
{
	if (cursor->count == 0 || !take32(cursor, n))
		return false;
	cursor->count--;
	return true;
}

/* --- changes -------------------------------------------------------------------- */

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

static bool changes_valid(const uint8_t *payload, size_t len)
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

/* --- flushes ----------------------------------------------------------------- */

void record_flush_encode(const struct record_flush *flush,
                         uint8_t out[static RECORD_FLUSH_COMMIT_LEN])
{
	store_le32(out, flush->flush);
	store_le32(out + 4, flush->targets);
	store_le64(out + 8, flush->ranges);
	store_le64(out + 16, flush->bytes);
}

void record_flush_decode(const uint8_t *payload, size_t len,
                         struct record_flush *flush)
{
	*flush = (struct record_flush){
		.flush = load_le32(payload),
		.targets = load_le32(payload + 4),
	};
	if (len < RECORD_FLUSH_COMMIT_LEN)
		return;
	flush->ranges = load_le64(payload + 8);
	flush->bytes = load_le64(payload + 16);
}

void record_over_encode(uint32_t flush, enum record_over over,
                        uint8_t out[static RECORD_OVER_LEN])
{
	store_le32(out, flush);
	store_le32(out + 4, (uint32_t)over);
}

uint32_t record_over_decode(const uint8_t *payload, enum record_over *over)
{
	*over = (enum record_over)load_le32(payload + 4);
	return load_le32(payload);
}

static bool over_valid(const uint8_t *payload, size_t len)
{
	return len == RECORD_OVER_LEN &&
	       (load_le32(payload + 4) == RECORD_OVER_DONE ||
	        load_le32(payload + 4) == RECORD_OVER_UNDONE);
}

void record_temp_encode(const struct record_temp *temp,
                        uint8_t out[static RECORD_TEMP_LEN])
{
	store_le32(out, temp->file);
	store_le32(out + 4, temp->number);
}

struct record_temp record_temp_decode(const uint8_t *payload)
{
	return (struct record_temp){ load_le32(payload),
		                     load_le32(payload + 4) };
}

void record_exchange_encode(const struct record_exchange *exchange,
                            uint8_t out[static RECORD_EXCHANGE_LEN])
{
	record_temp_encode(&exchange->temp, out);
	store_le64(out + 8, exchange->ino);
	store_le64(out + 16, exchange->size);
	store_le64(out + 24, (uint64_t)exchange->mtime);
}

struct record_exchange record_exchange_decode(const uint8_t *payload)
{
	return (struct record_exchange){
		.temp = record_temp_decode(payload),
		.ino = load_le64(payload + 8),
		.size = load_le64(payload + 16),
		.mtime = (int64_t)load_le64(payload + 24),
	};
}

void record_images_head(uint8_t out[static RECORD_IMAGES_HEAD], uint32_t file,
                        uint32_t count, uint32_t list)
{
	store_le32(out, file);
	store_le32(out + 4, count);
	store_le32(out + 8, list);
}

bool record_put_range(struct record_buffer *list, uint64_t gap, uint64_t len,
                      struct error *err)
{
	if (!record_reserve(list, RECORD_RANGE_ROOM, err))
		return false;
	put_up_to(list, encode_varint(encode_varint(end_of(list), gap), len));
	return true;
}

/* The next range of the list; its bytes are not looked at. */
static bool take_range(struct record_cursor *list, uint64_t *end,
                       struct record_range *range)
{
	uint64_t gap;

	if (list->count == 0 || !take_varint(list, &gap) ||
	    !take_varint(list, &range->len) || range->len == 0 ||
	    gap > INT64_MAX - *end || range->len > INT64_MAX - *end - gap)
		return false;
	range->off = *end + gap;
	*end = range->off + range->len;
	list->count--;
	return true;
}

bool record_has_images(const struct record *record)
{
	return record->type == RECORD_FLUSH_IMAGES ||
	       record->type == RECORD_FLUSH_BLIND;
}

bool record_images(uint16_t type, const uint8_t *payload, size_t len,
                   struct record_images *images)
{
	size_t copies = type == RECORD_FLUSH_IMAGES ? 2 : 1;
	struct record_images out = { 0 };
	struct record_range range;
	struct record_cursor list;
	uint64_t end = 0;
	size_t rest;

	if (len < RECORD_IMAGES_HEAD ||
	    load_le32(payload + 8) > len - RECORD_IMAGES_HEAD)
		return false;
	out.file = load_le32(payload);
	out.list.at = payload + RECORD_IMAGES_HEAD;
	out.list.end = out.list.at + load_le32(payload + 8);
	out.list.count = load_le32(payload + 4);
	list = out.list;
	rest = (size_t)(payload + len - out.list.end);
	while (take_range(&list, &end, &range)) {
		if (range.len > rest)
			return false;
		out.bytes += range.len;
	}
	if (list.count > 0 || left(&list) > 0 || out.file == 0 ||
	    rest % copies > 0 || out.bytes != rest / copies)
		return false;
	out.old = type == RECORD_FLUSH_BLIND ? NULL : out.list.end;
	out.new_ = type == RECORD_FLUSH_GONE ? NULL : payload + len - out.bytes;
	*images = out;
	return true;
}

bool record_next_range(struct record_images *images, struct record_range *range)
{
	if (!take_range(&images->list, &images->end, range))
		return false;
	range->old = images->old;
	range->new_ = images->new_;
	if (images->old)
		images->old += range->len;
	if (images->new_)
		images->new_ += range->len;
	return true;
}

bool record_payload_valid(const struct record *record, const uint8_t *payload)
{
	struct record_images images;
	struct record_file file;
	size_t len = record->len;

	switch ((enum record_type)record->type) {
	case RECORD_FILE:
	case RECORD_FLUSH_TARGET:
		return record_get_file(payload, len, &file);
	case RECORD_SAMPLES:
		return samples_valid(payload, len);
	case RECORD_CHANGES:
		return changes_valid(payload, len);
	case RECORD_UNDO:
	case RECORD_REDO:
		return len == 4 && load_le32(payload) != 0;
	case RECORD_NOTE:
		return len >= 4 && len <= 4 + RECORD_NOTE_MAX;
	case RECORD_REMARK:
		return len >= RECORD_REMARK_HEAD &&
		       len <= RECORD_REMARK_HEAD + RECORD_NOTE_MAX &&
		       load_le32(payload + RECORD_UUID) != 0;
	case RECORD_CALLED:
		return len <= RECORD_CALLED_MAX && !memchr(payload, 0, len);
	case RECORD_ORIGIN:
		return len >= RECORD_UUID && len % 4 == 0;
	case RECORD_ADOPTED:
		return len == RECORD_UUID;
	case RECORD_RELEASED:
		return len % 4 == 0;
	case RECORD_CLOSE:
	case RECORD_MARK:
		return len == 0;
	case RECORD_TEMP:
		return len == RECORD_TEMP_LEN && load_le32(payload) != 0;
	case RECORD_FLUSH_EXCHANGE:
		return len == RECORD_EXCHANGE_LEN && load_le32(payload) != 0 &&
		       load_le64(payload + 16) <= INT64_MAX;
	case RECORD_FLUSH_BEGIN:
		return len == RECORD_FLUSH_BEGIN_LEN;
	case RECORD_FLUSH_IMAGES:
	case RECORD_FLUSH_BLIND:
	case RECORD_FLUSH_GONE:
		return record_images(record->type, payload, len, &images);
	case RECORD_FLUSH_COMMIT:
		return len == RECORD_FLUSH_COMMIT_LEN;
	case RECORD_FLUSH_OVER:
		return over_valid(payload, len);
	case RECORD_END:
	case RECORD_TRAILER:
		return files_valid(payload, len);
	}
	return record->flags & RECORD_OPTIONAL;
}
