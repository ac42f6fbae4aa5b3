/*
 * journal_end.c - see journal_impl.h: adopting, and how a journal ends
 *
 * Each of these is a group like those of edits, so that whatever fails leaves a
 * journal that goes on.
 */
#include "config.h"

#include "keep/journal.h"

#include <assert.h>
#include <errno.h>

#include "base/bytes.h"
#include "base/error.h"
#include "keep/journal_impl.h"

/* --- adopting ------------------------------------------------------------- */

bool journal_adopt_begin(struct journal *journal,
                         const uint8_t uuid[static RECORD_UUID],
                         const uint32_t *files, uint32_t count,
                         struct error *err)
{
	uint8_t number[4];

	assert(!journal->building && !journal->adopting);
	if (!journal_open_record(journal, RECORD_ORIGIN, err))
		return false;
	journal->start = journal->at;
	if (!journal_put_bytes(journal, uuid, RECORD_UUID, err))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		store_le32(number, files[i]);
		if (!journal_put_bytes(journal, number, sizeof(number), err))
			return false;
	}
	if (!journal_commit(journal, false, NULL, err))
		return false;
	journal->adopting = true;
	return true;
}

bool journal_adopt_cancel(struct journal *journal, struct error *err)
{
	assert(journal->adopting);
	journal->adopting = false;
	journal->at = journal->start;
	journal_roll_back(journal);
	return !journal->cut ||
	       error_set(err, ERR_IO, "%s cannot be cut off", journal->name);
}

bool journal_adopt_end(struct journal *journal,
                       const uint8_t uuid[static RECORD_UUID],
                       struct error *err)
{
	assert(journal->adopting);
	if (!journal_open_record(journal, RECORD_ADOPTED, err) ||
	    !journal_put_bytes(journal, uuid, RECORD_UUID, err) ||
	    !journal_commit(journal, false, NULL, err) ||
	    (WORKS(ADOPT) && !journal_sync(journal, err)))
		return false;
	journal->adopting = false;
	return true;
}

/* --- the end -------------------------------------------------------------- */

/* The last group is none of edits: whatever the limit, it has to be written. */
static bool open_last(struct journal *journal, enum record_type type,
                      struct error *err)
{
	if (!journal_open_record(journal, type, err))
		return false;
	journal->unlimited = true;
	return true;
}

bool journal_keep(struct journal *journal, struct error *err)
{
	if (journal->at.group == 0)
		return true;
	/* It was finished, and only the sync had failed. */
	if (journal->trailer)
		return journal_sync(journal, err);
	return open_last(journal, RECORD_CLOSE, err) &&
	       journal_commit(journal, false, NULL, err) &&
	       journal_sync(journal, err);
}

/* A record of as many files as fit; at least one, if there are any. */
static bool put_files(struct journal *journal, enum record_type type,
                      const struct record_file *files, uint32_t *count,
                      int64_t flushed, struct error *err)
{
	struct record_files head = { .first = journal->head.created,
		                     .last = flushed,
		                     .groups = journal->at.group };
	struct record_buffer buf = { 0 };
	uint8_t bytes[RECORD_FILES_HEAD];
	bool ok = true;

	while (ok && head.count < *count && buf.len < JOURNAL_PAYLOAD)
		ok = record_put_file(&buf, &files[head.count++], err);
	*count = head.count;
	record_files_encode(&head, bytes);
	ok = ok ? open_last(journal, type, err) &&
	                     journal_put_bytes(journal, bytes, sizeof(bytes),
	                                       err) &&
	                     journal_put_bytes(journal, buf.bytes, buf.len, err)
	        : journal_cancelled(journal);
	record_buffer_free(&buf);
	return ok;
}

bool journal_finish(struct journal *journal, const struct record_file *files,
                    uint32_t count, struct error *err)
{
	return journal_close(journal, files, count,
	                     journal_sys(journal)->clock(), err);
}

bool journal_close(struct journal *journal, const struct record_file *files,
                   uint32_t count, int64_t flushed, struct error *err)
{
	uint64_t trailer = 0;
	uint32_t n = 0;
	int res;

	/* It was, and only the sync had failed. */
	if (journal->trailer)
		return journal_sync(journal, err);
	if (!put_files(journal, RECORD_END, NULL, &n, flushed, err))
		return false;
	do {
		n = count;
		if (!put_files(journal, RECORD_TRAILER, files, &n, flushed,
		               err))
			return false;
		if (trailer == 0)
			trailer = journal->tail_off + journal->open_at;
		files += n;
		count -= n;
	} while (count > 0);
	if (!journal_commit(journal, false, NULL, err))
		return false;
	journal->trailer = trailer;
	res = journal_write_foot(journal, journal->fd, journal->head.salt);
	if (res < 0) {
		/* A new file may have room for it. */
		journal_set_failed(journal, res);
	}
	return journal_sync(journal, err);
}

bool journal_discard(struct journal *journal, struct error *err)
{
	const struct sys *sys = journal_sys(journal);
	int res;

	journal_cancel(journal);
	if (journal->fd < 0)
		return true;
	res = disk_unlink_in(sys, journal->folder->fd, journal->name);
	if (res >= 0 || res == -ENOENT)
		res = disk_sync(sys, journal->folder->fd);
	journal->first = 0;
	return res >= 0 || journal_failed(journal, "remove", res, err);
}
