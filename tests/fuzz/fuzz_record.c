/*
 * fuzz_record.c - payloads and heads of journals
 *
 * The first byte is a record's type, the rest its payload: so a fuzzer need not
 * guess a CRC. What is valid must be readable to its end, within its bytes. The
 * same bytes are also looked at as heads.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "keep/record.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_changes(const uint8_t *payload, size_t len)
{
	struct record_cursor cursor;
	struct record_cursor pieces;
	struct record_change change;
	struct record_piece piece;
	uint32_t seen = 0;
	uint64_t sum;
	size_t stored;
	const uint8_t *store = record_changes(payload, len, &stored, &cursor);
	uint32_t count = cursor.count;

	require(stored <= len && store + stored <= payload + len);
	for (; record_next_change(&cursor, &change, &pieces); seen++) {
		require(change.file > 0);
		sum = 0;
		while (record_next_piece(&pieces, &piece))
			sum += piece.len;
		require(pieces.count == 0);
		require(sum == change.removed + change.added);
	}
	require(seen == count && cursor.at == payload + len);
}

static void read_files(const uint8_t *payload, size_t len)
{
	struct record_cursor cursor;
	struct record_files files;
	struct record_file file;
	uint32_t seen = 0;

	record_files(payload, len, &files, &cursor);
	for (; record_next_file(&cursor, &file); seen++)
		require(file.file > 0 && file.path_len <= RECORD_PATH_MAX);
	require(seen == files.count);
}

static void read_samples(const uint8_t *payload, size_t len)
{
	struct record_cursor cursor;
	struct record_sample sample;

	(void)record_samples(payload, len, &cursor);
	while (record_next_sample(&cursor, &sample))
		require(sample.len <= RECORD_MAX);
	require(cursor.count == 0);
}

/* Old bytes and new ones, where there are any, are within the payload. */
static void read_images(uint16_t type, const uint8_t *payload, size_t len)
{
	const uint8_t *end = payload + len;
	struct record_images images;
	struct record_range range;
	uint64_t sum = 0, at = 0;

	require(record_images(type, payload, len, &images));
	while (record_next_range(&images, &range)) {
		require(range.off >= at && range.len > 0);
		require(range.old || range.new_);
		require(!range.old ||
		        (range.old >= payload &&
		         range.len <= (uint64_t)(end - range.old)));
		require(!range.new_ ||
		        (range.new_ >= payload &&
		         range.len <= (uint64_t)(end - range.new_)));
		at = range.off + range.len;
		sum += range.len;
	}
	require(images.list.count == 0 && sum == images.bytes);
}

static void read_remark(const uint8_t *payload, size_t len)
{
	uint8_t head[RECORD_REMARK_HEAD];
	struct record_remark remark;

	record_remark_decode(payload, len, &remark);
	require(remark.text_len <= RECORD_NOTE_MAX);
	require(remark.text + remark.text_len == (const char *)payload + len);
	record_remark_encode(&remark, head);
	require(memcmp(head, payload, sizeof(head)) == 0);
}

static void read_payload(uint16_t type, const uint8_t *payload, size_t len)
{
	struct record record = { .type = type, .len = (uint32_t)len };
	struct record_file file;

	if (len > RECORD_MAX || !record_payload_valid(&record, payload))
		return;
	if (type == RECORD_CHANGES)
		read_changes(payload, len);
	else if (type == RECORD_END || type == RECORD_TRAILER)
		read_files(payload, len);
	else if (type == RECORD_SAMPLES)
		read_samples(payload, len);
	else if (type == RECORD_FLUSH_IMAGES || type == RECORD_FLUSH_BLIND ||
	         type == RECORD_FLUSH_GONE)
		read_images(type, payload, len);
	else if (type == RECORD_REMARK)
		read_remark(payload, len);
	else if (type == RECORD_FILE)
		require(record_get_file(payload, len, &file));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t start[RECORD_START];
	struct record_journal journal;
	struct record record;
	struct error err = { 0 };
	uint64_t at;

	if (size > 0)
		read_payload(data[0] & 31, data + 1, size - 1);
	if (size >= RECORD_HEAD && record_head_decode(data, 0, 0, &record) &&
	    record.len <= size - RECORD_HEAD &&
	    record_payload_is(data, &record, data + RECORD_HEAD))
		read_payload(record.type, data + RECORD_HEAD, record.len);
	if (size >= RECORD_FOOT && record_foot_decode(data, 0, &at))
		require(memcmp(data + 8, "HXJE", 4) == 0);
	memset(start, 0, sizeof(start));
	memcpy(start, data, size_min(size, sizeof(start)));
	require(record_journal_decode(start, &journal, &err) ||
	        err.code != ERR_NONE);
	return 0;
}
