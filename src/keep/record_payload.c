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
#include "keep/record_bytes.h"

enum {
	FILE_FIXED = 48, /* bytes before the path */
	SAMPLE = 16,
};

/* --- the buffer ----------------------------------------------------------- */

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

bool record_put(struct record_buffer *buf, const void *bytes, size_t len,
                struct error *err)
{
	if (!record_reserve(buf, len, err))
		return false;
	put(buf, bytes, len);
	return true;
}

/* --- files ---------------------------------------------------------------- */

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

/* --- samples and numbers -------------------------------------------------- */

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

/* --- flushes -------------------------------------------------------------- */

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
		return record_changes_valid(payload, len);
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
