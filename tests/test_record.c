/* test_record.c - tests of src/keep/record.c and record_payload.c */
#include "config.h"

#include "keep/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "tests/support.h"

enum { PIECES = 4, CHANGES = 5 };

/* A change list as it was put, to compare with what is read. */
struct model {
	struct record_change changes[CHANGES];
	struct record_piece pieces[CHANGES][2 * PIECES];
	uint8_t bytes[CHANGES][2 * PIECES][64];
	uint8_t store[32];
	uint32_t count, stored;
};

static uint64_t seed;

static uint64_t below(uint64_t n)
{
	return random_below(&seed, n);
}

/* Small numbers, and those around the limits. */
static uint64_t some_number(void)
{
	uint64_t n = UINT64_C(1) << below(62);

	return n - below(2);
}

static void some_bytes(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)random_u64(&seed);
}

static void some_removed(struct record_piece *piece, const uint8_t *bytes)
{
	*piece = (struct record_piece){ .kind = RECORD_PIECE_EDITED,
		                        .len = 1 + some_number() / 16 };
	if (below(2))
		return;
	piece->kind = RECORD_PIECE_BASE;
	piece->off = some_number();
	piece->old = (enum record_old)below(3);
	if (piece->old == RECORD_OLD_CRC)
		piece->crc = (uint32_t)random_u64(&seed);
	if (piece->old == RECORD_OLD_BYTES) {
		piece->len = 1 + below(64);
		piece->bytes = bytes;
	}
}

static void some_added(struct record_piece *piece, const uint8_t *bytes)
{
	*piece = (struct record_piece){
		.kind = (enum record_piece_kind)(RECORD_PIECE_BASE + below(4)),
		.len = 1 + some_number() / 16,
		.off = some_number(),
	};
	if (piece->kind == RECORD_PIECE_FILL) {
		piece->period = 1 + (uint32_t)below(64);
		piece->off = below(piece->period);
		piece->bytes = bytes;
	}
	if (piece->kind == RECORD_PIECE_RANDOM)
		piece->bytes = bytes;
}

static void some_change(struct model *m, uint32_t nth)
{
	struct record_change *change = &m->changes[nth];

	change->file = 1 + (uint32_t)below(1000);
	change->off = some_number() / 4;
	change->removed_count = (uint32_t)below(PIECES);
	change->added_count = (uint32_t)below(PIECES);
	change->removed = 0;
	change->added = 0;
	for (uint32_t i = 0; i < change->removed_count; i++) {
		some_bytes(m->bytes[nth][i], 64);
		some_removed(&m->pieces[nth][i], m->bytes[nth][i]);
		change->removed += m->pieces[nth][i].len;
	}
	for (uint32_t i = 0; i < change->added_count; i++) {
		uint32_t at = change->removed_count + i;

		some_bytes(m->bytes[nth][at], 64);
		some_added(&m->pieces[nth][at], m->bytes[nth][at]);
		change->added += m->pieces[nth][at].len;
	}
}

static void some_changes(struct model *m)
{
	m->count = (uint32_t)below(CHANGES + 1);
	m->stored = (uint32_t)below(sizeof(m->store));
	some_bytes(m->store, sizeof(m->store));
	for (uint32_t i = 0; i < m->count; i++)
		some_change(m, i);
}

static bool put_model(struct record_buffer *buf, const struct model *m,
                      struct error *err)
{
	uint8_t head[RECORD_CHANGES_HEAD];

	record_changes_head(head, m->stored, m->count);
	if (!record_put(buf, head, sizeof(head), err) ||
	    !record_put(buf, m->store, m->stored, err))
		return false;
	for (uint32_t i = 0; i < m->count; i++) {
		const struct record_change *change = &m->changes[i];

		if (!record_put_change(buf, change, err))
			return false;
		for (uint32_t k = 0;
		     k < change->removed_count + change->added_count; k++)
			if (!record_put_piece(buf, &m->pieces[i][k], err))
				return false;
	}
	return true;
}

static void same_piece(const struct record_piece *a,
                       const struct record_piece *b)
{
	size_t len = 0;

	ck_assert_int_eq((int)a->kind, (int)b->kind);
	ck_assert_uint_eq(a->len, b->len);
	ck_assert_uint_eq(a->off, b->off);
	ck_assert_int_eq((int)a->old, (int)b->old);
	ck_assert_uint_eq(a->crc, b->crc);
	ck_assert_uint_eq(a->period, b->period);
	if (a->old == RECORD_OLD_BYTES)
		len = (size_t)a->len;
	else if (a->kind == RECORD_PIECE_FILL)
		len = a->period;
	else if (a->kind == RECORD_PIECE_RANDOM)
		len = RECORD_KEY;
	if (len)
		ck_assert_mem_eq(a->bytes, b->bytes, len);
}

static void same_model(const struct model *m, const struct record_buffer *buf)
{
	struct record_cursor cursor;
	struct record_cursor pieces;
	struct record_change change;
	struct record_piece piece;
	size_t stored;
	const uint8_t *store =
		record_changes(buf->bytes, buf->len, &stored, &cursor);

	ck_assert_uint_eq(stored, m->stored);
	ck_assert(stored == 0 || memcmp(store, m->store, stored) == 0);
	for (uint32_t i = 0; i < m->count; i++) {
		ck_assert(record_next_change(&cursor, &change, &pieces));
		ck_assert_uint_eq(change.file, m->changes[i].file);
		ck_assert_uint_eq(change.off, m->changes[i].off);
		ck_assert_uint_eq(change.removed, m->changes[i].removed);
		ck_assert_uint_eq(change.added, m->changes[i].added);
		for (uint32_t k = 0;
		     k < change.removed_count + change.added_count; k++) {
			ck_assert(record_next_piece(&pieces, &piece));
			same_piece(&m->pieces[i][k], &piece);
		}
		ck_assert(!record_next_piece(&pieces, &piece));
	}
	ck_assert(!record_next_change(&cursor, &change, &pieces));
}

static struct record of_type(enum record_type type, size_t len)
{
	return (struct record){ .type = (uint16_t)type, .len = (uint32_t)len };
}

START_TEST(changes_come_back)
{
	static struct model m;
	struct record_buffer buf = { 0 };
	struct error err;
	struct record record;
	uint8_t *exact;

	seed = random_seed();
	for (size_t i = cases(3000); i--;) {
		some_changes(&m);
		buf.len = 0;
		must(put_model(&buf, &m, &err), &err);
		record = of_type(RECORD_CHANGES, buf.len);
		ck_assert(record_payload_valid(&record, buf.bytes));
		same_model(&m, &buf);
		/* Without its end it is not valid, and nothing behind is
		   looked at. */
		record.len = (uint32_t)below(buf.len);
		exact = malloc(record.len ? record.len : 1);
		ck_assert_ptr_nonnull(exact);
		memcpy(exact, buf.bytes, record.len);
		ck_assert(!record_payload_valid(&record, exact));
		free(exact);
	}
	record_buffer_free(&buf);
}
END_TEST

START_TEST(changes_without_memory)
{
	static struct model m;
	struct record_buffer buf = { 0 };
	struct error err;

	seed = random_seed();
	do
		some_changes(&m);
	while (m.count < 2);
	for (long n = 0;; n++) {
		mem_fail_after(n);
		if (put_model(&buf, &m, &err))
			break;
		ck_assert_int_eq((int)err.code, ERR_NOMEM);
		record_buffer_free(&buf);
	}
	mem_fail_after(-1);
	same_model(&m, &buf);
	record_buffer_free(&buf);
}
END_TEST

/* What no writer writes. */
START_TEST(changes_that_cannot_be)
{
	static const struct {
		const char *why;
		uint8_t bytes[24];
		size_t len;
		bool valid;
	} rows[] = {
		{ "a change",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 1, 0, 1, 2 },
		  14,
		  true },
		{ "nothing", { 0 }, 8, true },
		{ "no head", { 0 }, 7, false },
		{ "a store longer than the payload",
		  { 1, 0, 0, 0, 0, 0, 0, 0 },
		  8,
		  false },
		{ "a store of 4 GiB",
		  { 255, 255, 255, 255, 0, 0, 0, 0 },
		  8,
		  false },
		{ "bytes behind the last change",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 1, 0, 1, 2, 0 },
		  15,
		  false },
		{ "more changes than there are",
		  { 0, 0, 0, 0, 2, 0, 0, 0, 1, 5, 1, 0, 1, 2 },
		  14,
		  false },
		{ "file 0",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 1, 0, 1, 2 },
		  14,
		  false },
		{ "a piece of no bytes",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 1, 0, 1, 0 },
		  14,
		  false },
		{ "a piece of no kind",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 1, 0, 0, 2 },
		  14,
		  false },
		{ "a removed piece of the store",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 1, 0, 3, 2, 0 },
		  15,
		  false },
		{ "an added piece that is edited",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 1, 1, 2 },
		  14,
		  false },
		{ "an added piece with old bytes",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 1, 0x22, 1, 0, 7 },
		  16,
		  false },
		{ "old bytes of what is not the base",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 1, 0, 0x21, 1, 7 },
		  15,
		  false },
		{ "a fill of no pattern",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 1, 4, 1, 0, 0 },
		  16,
		  false },
		{ "a fill that begins behind its pattern",
		  { 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0, 1, 4, 1, 1, 1, 7 },
		  17,
		  false },
		{ "a number of more than 63 bits",
		  { 0,   0,   0,   0,   1,   0,   0,   0, 1, 128, 128,
		    128, 128, 128, 128, 128, 128, 128, 1, 0, 0 },
		  21,
		  false },
		{ "a piece past the last offset",
		  { 0, 0, 0,   0,   1,   0,   0,   0,   1,   0,   1,  0,
		    2, 1, 255, 255, 255, 255, 255, 255, 255, 255, 127 },
		  23,
		  false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct record record = of_type(RECORD_CHANGES, rows[i].len);
		uint8_t *exact = malloc(rows[i].len);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, rows[i].bytes, rows[i].len);
		ck_assert_msg(record_payload_valid(&record, exact) ==
		                      rows[i].valid,
		              "%s", rows[i].why);
		free(exact);
	}
}
END_TEST

START_TEST(files_come_back)
{
	struct record_file in = { .file = 7,
		                  .kind = RECORD_FILE_DEVICE,
		                  .dev = UINT64_MAX,
		                  .ino = 2,
		                  .size = INT64_MAX,
		                  .mtime = -1,
		                  .ctime = INT64_MIN,
		                  .path = "/a/\x1b\xff",
		                  .path_len = 5 };
	struct record_buffer buf = { 0 };
	struct record_file out;
	struct record record;
	struct error err;

	must(record_put_file(&buf, &in, &err), &err);
	record = of_type(RECORD_FILE, buf.len);
	ck_assert(record_payload_valid(&record, buf.bytes));
	ck_assert(record_get_file(buf.bytes, buf.len, &out));
	ck_assert_uint_eq(out.file, 7);
	ck_assert_int_eq((int)out.kind, RECORD_FILE_DEVICE);
	ck_assert_uint_eq(out.dev, in.dev);
	ck_assert_uint_eq(out.ino, in.ino);
	ck_assert_uint_eq(out.size, in.size);
	ck_assert_int_eq(out.mtime, in.mtime);
	ck_assert_int_eq(out.ctime, in.ctime);
	ck_assert_uint_eq(out.path_len, 5);
	ck_assert_mem_eq(out.path, in.path, 5);
	for (record.len = 0; record.len < buf.len; record.len++)
		ck_assert(!record_payload_valid(&record, buf.bytes));
	record.len = (uint32_t)buf.len;
	buf.bytes[buf.len - 1] = 0;
	ck_assert(!record_payload_valid(&record, buf.bytes));
	buf.bytes[buf.len - 1] = 'x';
	buf.bytes[31] = 0x80; /* a size of 2^63 and more */
	ck_assert(!record_payload_valid(&record, buf.bytes));
	record_buffer_free(&buf);
}
END_TEST

START_TEST(lists_come_back)
{
	struct record_sample in[2] = { { 0, 4096, 1 }, { INT64_MAX, 1, 2 } };
	struct record_file file = { .file = 1, .kind = 1, .path = "" };
	struct record_files files = { -5, 9, 3, 2 };
	struct record_buffer buf = { 0 };
	struct record_cursor cursor;
	struct record_sample sample;
	struct record record;
	uint8_t head[RECORD_FILES_HEAD], two[8];
	struct error err;
	uint32_t n;

	must(record_put_samples(&buf, 3, in, 2, &err), &err);
	record = of_type(RECORD_SAMPLES, buf.len);
	ck_assert(record_payload_valid(&record, buf.bytes));
	ck_assert_uint_eq(record_samples(buf.bytes, buf.len, &cursor), 3);
	ck_assert(record_next_sample(&cursor, &sample));
	ck_assert_uint_eq(sample.len, 4096);
	ck_assert(record_next_sample(&cursor, &sample));
	ck_assert_uint_eq(sample.off, INT64_MAX);
	ck_assert(!record_next_sample(&cursor, &sample));
	buf.len = 0;

	record_files_encode(&files, head);
	must(record_put(&buf, head, sizeof(head), &err), &err);
	must(record_put_file(&buf, &file, &err), &err);
	record = of_type(RECORD_TRAILER, buf.len);
	ck_assert(!record_payload_valid(&record, buf.bytes));
	file.file = 2;
	must(record_put_file(&buf, &file, &err), &err);
	record = of_type(RECORD_TRAILER, buf.len);
	ck_assert(record_payload_valid(&record, buf.bytes));
	record_files(buf.bytes, buf.len, &files, &cursor);
	ck_assert_int_eq(files.first, -5);
	ck_assert_int_eq(files.last, 9);
	ck_assert_uint_eq(files.groups, 3);
	for (uint32_t i = 1; i <= 2; i++) {
		ck_assert(record_next_file(&cursor, &file));
		ck_assert_uint_eq(file.file, i);
	}
	ck_assert(!record_next_file(&cursor, &file));
	buf.len = 0;

	store_le32(two, 8);
	store_le32(two + 4, 9);
	record_numbers(two, sizeof(two), &cursor);
	ck_assert(record_next_number(&cursor, &n) && n == 8);
	ck_assert(record_next_number(&cursor, &n) && n == 9);
	ck_assert(!record_next_number(&cursor, &n));
	record_buffer_free(&buf);
}
END_TEST

START_TEST(lengths_of_payloads)
{
	static const struct {
		enum record_type type;
		uint16_t flags;
		uint32_t len;
		bool valid;
	} rows[] = {
		{ RECORD_UNDO, 0, 4, true },
		{ RECORD_UNDO, 0, 3, false },
		{ RECORD_REDO, 0, 8, false },
		{ RECORD_NOTE, 0, 4, true },
		{ RECORD_NOTE, 0, 3, false },
		{ RECORD_NOTE, 0, 4 + RECORD_NOTE_MAX, true },
		{ RECORD_NOTE, 0, 5 + RECORD_NOTE_MAX, false },
		{ RECORD_ORIGIN, 0, 16, true },
		{ RECORD_ORIGIN, 0, 20, true },
		{ RECORD_ORIGIN, 0, 12, false },
		{ RECORD_ADOPTED, 0, 16, true },
		{ RECORD_ADOPTED, 0, 20, false },
		{ RECORD_RELEASED, 0, 0, true },
		{ RECORD_RELEASED, 0, 2, false },
		{ RECORD_CLOSE, 0, 0, true },
		{ RECORD_CLOSE, 0, 4, false },
		{ RECORD_SAMPLES, 0, 7, false },
		{ RECORD_END, 0, 23, false },
		{ RECORD_FLUSH_BEGIN, 0, 8, true },
		{ RECORD_FLUSH_BEGIN, 0, 24, false },
		{ RECORD_FLUSH_COMMIT, 0, 24, true },
		{ RECORD_FLUSH_COMMIT, 0, 8, false },
		{ RECORD_FLUSH_OVER, 0, 8,
		  false }, /* neither done nor undone */
		{ RECORD_FLUSH_OVER, 0, 4, false },
		{ RECORD_FLUSH_IMAGES, 0, 11, false },
		{ RECORD_FLUSH_EXCHANGE, 0, 32, true },
		{ RECORD_FLUSH_EXCHANGE, 0, 31, false },
		{ RECORD_FLUSH_EXCHANGE, 0, 40, false },
		{ RECORD_TEMP, 0, 8, true },
		{ RECORD_TEMP, 0, 4, false },
		{ RECORD_MARK, 0, 0, true },
		{ RECORD_MARK, 0, 4, false },
		{ RECORD_REMARK, 0, RECORD_REMARK_HEAD, true },
		{ RECORD_REMARK, 0, RECORD_REMARK_HEAD - 1, false },
		{ RECORD_REMARK, 0, RECORD_REMARK_HEAD + RECORD_NOTE_MAX,
		  true },
		{ RECORD_REMARK, 0, RECORD_REMARK_HEAD + RECORD_NOTE_MAX + 1,
		  false },
		{ (enum record_type)99, 0, 0, false },
		{ (enum record_type)99, RECORD_OPTIONAL, 5, true },
	};
	static uint8_t payload[RECORD_REMARK_HEAD + RECORD_NOTE_MAX + 8];

	payload[0] = 1;
	payload[RECORD_UUID] = 1; /* the group of a remark */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct record record = of_type(rows[i].type, rows[i].len);

		record.flags = rows[i].flags;
		ck_assert_msg(record_payload_valid(&record, payload) ==
		                      rows[i].valid,
		              "row %zu", i);
	}
	payload[0] = 0; /* no step has this number */
	ck_assert(!record_payload_valid(&(struct record){ .type = RECORD_UNDO,
	                                                  .len = 4 },
	                                payload));
}
END_TEST

/* --- flushes ------------------------------------------------------------- */

/* Images of two ranges: 3 bytes at 10, 2 bytes at 20. */
static size_t two_ranges(uint8_t *payload)
{
	struct record_buffer list = { 0 };
	struct error err;
	size_t len = RECORD_IMAGES_HEAD;

	must(record_put_range(&list, 10, 3, &err) &&
	             record_put_range(&list, 7, 2, &err),
	     &err);
	record_images_head(payload, 1, 2, (uint32_t)list.len);
	memcpy(payload + len, list.bytes, list.len);
	len += list.len;
	memcpy(payload + len, "abcdeABCDE", 10);
	record_buffer_free(&list);
	return len + 10;
}

START_TEST(images_come_back)
{
	uint8_t payload[64];
	size_t len = two_ranges(payload);
	struct record_images images;
	struct record_range range;

	ck_assert(record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	ck_assert_uint_eq(images.file, 1);
	ck_assert_uint_eq(images.bytes, 5);
	ck_assert(record_next_range(&images, &range));
	ck_assert_uint_eq(range.off, 10);
	ck_assert_uint_eq(range.len, 3);
	ck_assert_mem_eq(range.old, "abc", 3);
	ck_assert_mem_eq(range.new_, "ABC", 3);
	ck_assert(record_next_range(&images, &range));
	ck_assert_uint_eq(range.off, 20);
	ck_assert_uint_eq(range.len, 2);
	ck_assert_mem_eq(range.old, "de", 2);
	ck_assert_mem_eq(range.new_, "DE", 2);
	ck_assert(!record_next_range(&images, &range));
}
END_TEST

/* The same ranges without old bytes. */
START_TEST(images_of_unknown_bytes)
{
	uint8_t payload[64];
	size_t len = two_ranges(payload) - 5;
	struct record record = { .type = RECORD_FLUSH_BLIND };
	struct record_images images;
	struct record_range range;

	memmove(payload + len - 5, payload + len, 5);
	ck_assert(record_has_images(&record));
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	ck_assert(record_images(RECORD_FLUSH_BLIND, payload, len, &images));
	ck_assert_uint_eq(images.bytes, 5);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(record_next_range(&images, &range));
		ck_assert_ptr_null(range.old);
		ck_assert_mem_eq(range.new_, i ? "DE" : "ABC", range.len);
	}
	ck_assert(!record_next_range(&images, &range));
	for (size_t n = 0; n < len; n++)
		ck_assert(!record_images(RECORD_FLUSH_BLIND, payload, n,
		                         &images));
}
END_TEST

/* And without new ones. */
START_TEST(images_of_gone_bytes)
{
	uint8_t payload[64];
	size_t len = two_ranges(payload) - 5;
	struct record record = { .type = RECORD_FLUSH_GONE };
	struct record_images images;
	struct record_range range;

	ck_assert(!record_has_images(&record));
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	ck_assert(record_images(RECORD_FLUSH_GONE, payload, len, &images));
	ck_assert_uint_eq(images.bytes, 5);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(record_next_range(&images, &range));
		ck_assert_ptr_null(range.new_);
		ck_assert_mem_eq(range.old, i ? "de" : "abc", range.len);
	}
	ck_assert(!record_next_range(&images, &range));
	for (size_t n = 0; n < len; n++)
		ck_assert(
			!record_images(RECORD_FLUSH_GONE, payload, n, &images));
}
END_TEST

START_TEST(images_that_cannot_be)
{
	uint8_t payload[64];
	size_t len = two_ranges(payload);
	struct record_images images;

	for (size_t n = 0; n < len; n++)
		ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, n,
		                         &images));
	ck_assert(
		!record_images(RECORD_FLUSH_IMAGES, payload, len + 1, &images));
	ck_assert(
		!record_images(RECORD_FLUSH_IMAGES, payload, len + 2, &images));
	payload[0] = 0; /* no document has this number */
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	payload[0] = 1;
	payload[4] = 1; /* fewer ranges than there are */
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	payload[4] = 3;
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	payload[4] = 2;
	payload[13] = 0; /* an empty range */
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	payload[13] = 4;
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	payload[13] = 3;
	ck_assert(record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
	payload[8] = 0xff; /* a list that is longer than all */
	ck_assert(!record_images(RECORD_FLUSH_IMAGES, payload, len, &images));
}
END_TEST

/* Bytes of anything never lead outside of them. */
START_TEST(images_of_anything)
{
	seed = random_seed();
	for (size_t i = cases(20000); i > 0; i--) {
		uint8_t payload[64];
		size_t len = two_ranges(payload);
		struct record_images images;
		struct record_range range;

		for (size_t n = 1 + below(3); n > 0; n--)
			payload[below(len)] = (uint8_t)random_u64(&seed);
		if (!record_images(RECORD_FLUSH_IMAGES, payload, len, &images))
			continue;
		while (record_next_range(&images, &range)) {
			ck_assert_uint_le(range.off, INT64_MAX - range.len);
			ck_assert(range.old + range.len <= payload + len);
			ck_assert(range.new_ + range.len <= payload + len);
		}
	}
}
END_TEST

START_TEST(flushes_come_back)
{
	const struct record_flush put = { 7, 3, UINT64_C(1) << 40, 99 };
	struct record record = of_type(RECORD_FLUSH_OVER, RECORD_OVER_LEN);
	uint8_t payload[RECORD_FLUSH_COMMIT_LEN];
	struct record_flush got;
	enum record_over over;

	record_flush_encode(&put, payload);
	record_flush_decode(payload, RECORD_FLUSH_COMMIT_LEN, &got);
	ck_assert_mem_eq(&got, &put, sizeof(got));
	record_flush_decode(payload, RECORD_FLUSH_BEGIN_LEN, &got);
	ck_assert_uint_eq(got.targets, 3);
	ck_assert_uint_eq(got.ranges, 0);
	record_over_encode(7, RECORD_OVER_UNDONE, payload);
	ck_assert(record_payload_valid(&record, payload));
	ck_assert_uint_eq(record_over_decode(payload, &over), 7);
	ck_assert_int_eq(over, RECORD_OVER_UNDONE);
	payload[4] = 3;
	ck_assert(!record_payload_valid(&record, payload));
}
END_TEST

START_TEST(exchanges_come_back)
{
	const struct record_exchange put = {
		{ 3, 0xfedcba98 }, UINT64_C(1) << 63, INT64_MAX, -5
	};
	struct record record =
		of_type(RECORD_FLUSH_EXCHANGE, RECORD_EXCHANGE_LEN);
	uint8_t payload[RECORD_EXCHANGE_LEN];
	struct record_exchange got;

	record_exchange_encode(&put, payload);
	ck_assert(record_payload_valid(&record, payload));
	got = record_exchange_decode(payload);
	ck_assert_uint_eq(got.temp.file, put.temp.file);
	ck_assert_uint_eq(got.temp.number, put.temp.number);
	ck_assert_uint_eq(got.ino, put.ino);
	ck_assert_uint_eq(got.size, put.size);
	ck_assert_int_eq(got.mtime, put.mtime);
	payload[23] = 0x80; /* no file is so long */
	ck_assert(!record_payload_valid(&record, payload));
	record_exchange_encode(&(struct record_exchange){ { 0, 1 }, 1, 1, 1 },
	                       payload);
	ck_assert(!record_payload_valid(&record, payload));
}
END_TEST

/* A head that stands elsewhere, in another journal, or has one bit wrong. */
START_TEST(heads)
{
	static const uint8_t payload[13] = "some payload";
	struct record record = { .type = RECORD_CHANGES,
		                 .flags = RECORD_LAST,
		                 .seq = 3,
		                 .off = 8192,
		                 .synced = 8192,
		                 .len = sizeof(payload),
		                 .group = 2,
		                 .prev = 5,
		                 .time = 6 };
	struct record out;
	uint8_t head[RECORD_HEAD];
	uint8_t again[RECORD_HEAD];
	uint8_t flipped[sizeof(payload)];

	ck_assert_uint_eq(record_size(0), 56);
	ck_assert_uint_eq(record_size(1), 64);
	ck_assert_uint_eq(record_size(8), 64);
	ck_assert_uint_eq(record_size(sizeof(payload)), 72);
	record_head_encode(&record, 77, payload, head);
	ck_assert(record_head_decode(head, 77, 8192, &out));
	record_head_encode(&out, 77, payload, again);
	ck_assert_mem_eq(head, again, sizeof(head));
	ck_assert(record_payload_is(head, &out, payload));
	ck_assert(!record_head_decode(head, 76, 8192, &out));
	ck_assert(!record_head_decode(head, 77, 8200, &out));
	for (size_t bit = 0; bit < sizeof(payload) * 8; bit++) {
		memcpy(flipped, payload, sizeof(payload));
		flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!record_payload_is(head, &record, flipped));
	}
	for (size_t bit = 0; bit < sizeof(head) * 8; bit++) {
		head[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!record_head_decode(head, 77, 8192, &out) ||
		          !record_payload_is(head, &out, payload));
		head[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	record.synced = 8200; /* more than there was */
	record_head_encode(&record, 77, payload, head);
	ck_assert(!record_head_decode(head, 77, 8192, &out));
	record.synced = 0;
	record.len = RECORD_MAX + 1;
	head[32] = 0;
	ck_assert(!record_head_decode(head, 77, 8192, &out));
}
END_TEST

START_TEST(what_follows)
{
	struct record a = { .seq = 4, .group = 3, .crc = 11 };
	struct record b = { .seq = 5, .group = 3, .prev = 11 };
	struct record first = { .seq = 1, .group = 1, .prev = record_chain(9) };

	ck_assert(record_follows(&b, &a, 9));
	a.flags = RECORD_LAST;
	ck_assert(!record_follows(&b, &a, 9));
	b.group = 4;
	ck_assert(record_follows(&b, &a, 9));
	b.prev = 12;
	ck_assert(!record_follows(&b, &a, 9));
	b.prev = 11;
	b.seq = 6;
	ck_assert(!record_follows(&b, &a, 9));
	ck_assert(record_follows(&first, NULL, 9));
	ck_assert(!record_follows(&first, NULL, 8));
	a.group = UINT32_MAX;
	b.seq = 5;
	b.group = 0;
	ck_assert(!record_follows(&b, &a, 9));
}
END_TEST

START_TEST(the_head_of_a_journal)
{
	struct record_journal in = { .uuid = { 0xab, 1, 2 },
		                     .salt = 5,
		                     .created = -6,
		                     .pid = 7,
		                     .uid = 8,
		                     .program = "hexspan 1" };
	static uint8_t bytes[RECORD_START];
	struct record_journal out = { 0 };
	char name[RECORD_NAME + 1];
	struct error err = { 0 };

	record_journal_encode(&in, bytes);
	must(record_journal_decode(bytes, &out, &err), &err);
	ck_assert_mem_eq(&out, &in, sizeof(in));
	record_name(in.uuid, name);
	ck_assert_str_eq(name, "ab010200000000000000000000000000");
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] ^= 0x10;
		ck_assert(!record_journal_decode(bytes, &out, &err));
		bytes[i] ^= 0x10;
	}
	bytes[8] = 2;
	ck_assert(!record_journal_decode(bytes, &out, &err));
	ck_assert_int_eq((int)err.code, ERR_STATE);
	ck_assert_str_eq(err.text, "a journal of version 2, only 1 is known");
}
END_TEST

START_TEST(the_foot)
{
	uint8_t foot[RECORD_FOOT];
	uint64_t at = 0;

	record_foot_encode(UINT64_C(1) << 40, 3, foot);
	ck_assert(record_foot_decode(foot, 3, &at));
	ck_assert_uint_eq(at, UINT64_C(1) << 40);
	ck_assert(!record_foot_decode(foot, 4, &at));
	for (size_t i = 0; i < sizeof(foot); i++) {
		foot[i] ^= 1;
		ck_assert(!record_foot_decode(foot, 3, &at));
		foot[i] ^= 1;
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("record");
	TCase *tc = tcase_create("record");

	tcase_add_test(tc, changes_come_back);
	tcase_add_test(tc, changes_without_memory);
	tcase_add_test(tc, changes_that_cannot_be);
	tcase_add_test(tc, files_come_back);
	tcase_add_test(tc, lists_come_back);
	tcase_add_test(tc, lengths_of_payloads);
	tcase_add_test(tc, images_come_back);
	tcase_add_test(tc, images_of_unknown_bytes);
	tcase_add_test(tc, images_of_gone_bytes);
	tcase_add_test(tc, images_that_cannot_be);
	tcase_add_test(tc, images_of_anything);
	tcase_add_test(tc, flushes_come_back);
	tcase_add_test(tc, exchanges_come_back);
	tcase_add_test(tc, heads);
	tcase_add_test(tc, what_follows);
	tcase_add_test(tc, the_head_of_a_journal);
	tcase_add_test(tc, the_foot);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
