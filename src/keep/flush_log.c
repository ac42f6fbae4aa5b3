/*
 * flush_log.c - see flush_log.h
 *
 * In memory a record is a head, of which only type and length are used, and the
 * payload; offsets begin at a head's length, so that none is 0.
 */
#include "config.h"

#include "keep/flush_log.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "keep/journal.h"

/* Tests make it small. */
#ifndef FLUSH_LOG_MOST
#define FLUSH_LOG_MOST 0x40000000
#endif

void flush_log_free(struct flush_log *log)
{
	mem_free(log->bytes);
	record_buffer_free(&log->record);
	*log = (struct flush_log){ 0 };
}

static const size_t most = FLUSH_LOG_MOST;

/* --- in memory ------------------------------------------------------------ */

static bool reserve(struct flush_log *log, size_t size, struct error *err)
{
	if (log->len == 0 && size <= most)
		size += RECORD_HEAD;
	if (size > most - log->len)
		return error_set(err, ERR_LIMIT,
		                 "without a journal no more than %zu MiB of "
		                 "old and new bytes can be flushed at once",
		                 most >> 20);
	if (!mem_grow(&log->bytes, &log->cap, log->len + size, 1, err))
		return false;
	if (log->len == 0)
		log->len = RECORD_HEAD;
	return true;
}

static bool remember(struct flush_log *log, uint16_t type,
                     const struct journal_part *parts, size_t count,
                     uint64_t *off, struct error *err)
{
	size_t len = 0, size;
	uint8_t *to;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	size = (size_t)record_size((uint32_t)len);
	if (!reserve(log, size, err))
		return false;
	to = log->bytes + log->len;
	memset(to, 0, RECORD_HEAD);
	store_le16(to, type);
	store_le32(to + 4, (uint32_t)len);
	*off = log->len + RECORD_HEAD;
	to += RECORD_HEAD;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(to, parts[i].bytes, parts[i].len);
		to += parts[i].len;
	}
	log->len += size;
	return true;
}

static void recall(const struct flush_log *log, uint64_t off,
                   struct record *record, const uint8_t **payload)
{
	const uint8_t *at = log->bytes + off;

	assert(off >= RECORD_HEAD && off < log->len);
	*record = (struct record){ .type = load_le16(at),
		                   .off = off,
		                   .len = load_le32(at + 4) };
	*payload = at + RECORD_HEAD;
}

/* --- either --------------------------------------------------------------- */

bool flush_log_put(struct flush_log *log, uint16_t type,
                   const struct journal_part *parts, size_t count,
                   uint64_t *off, struct error *err)
{
	return log->journal ? journal_record(log->journal, type, parts, count,
	                                     off, err)
	                    : remember(log, type, parts, count, off, err);
}

bool flush_log_number(struct flush_log *log, uint16_t type, uint32_t number,
                      struct error *err)
{
	return !log->journal || journal_number(log->journal, type, number, err);
}

bool flush_log_commit(struct flush_log *log, struct error *err)
{
	return !log->journal || journal_commit(log->journal, false, NULL, err);
}

bool flush_log_sync(struct flush_log *log, struct error *err)
{
	return !log->journal || journal_sync(log->journal, err);
}

void flush_log_cancel(struct flush_log *log)
{
	if (log->journal)
		journal_cancel(log->journal);
	else
		log->len = 0;
}

uint32_t flush_log_group(const struct flush_log *log)
{
	return log->journal ? journal_group(log->journal) : 0;
}

bool flush_log_look(struct flush_log *log, uint64_t off, struct record *record,
                    const uint8_t **payload, struct error *err)
{
	if (!log->journal) {
		recall(log, off, record, payload);
		return true;
	}
	if (!journal_look(log->journal, off, &log->record, record, err))
		return false;
	*payload = log->record.bytes + RECORD_HEAD;
	return true;
}

/* What cannot be called history is removed: no file needs anything in it. */
bool flush_log_finish(struct flush_log *log, const struct record_file *files,
                      uint32_t count, struct error *err)
{
	struct error late;

	if (!log->journal || journal_finish(log->journal, files, count, err))
		return true;
	if (!journal_discard(log->journal, &late))
		return false;
	log->unkept = *err;
	return true;
}
