/*
 * journal.c - see journal.h
 *
 * What is not durable is also in memory, in the tail: records as they are in
 * the file, the one being built at its end. So the store reads new bytes
 * without the file, and a file whose sync has failed can be written anew. The
 * tail is bounded, by a sync that is waited for.
 *
 * J1	start <= tail.off <= end <= next, and the file has all of [start, end),
 *	but for the last groups of an adoption, of which none counts before its
 *	end; the tail has [tail.off, next), whole records but for the open one.
 * J2	durable <= what was written when a sync succeeded that was begun later;
 *	tail.off <= durable, or nothing was dropped from the tail yet.
 * J3	[end, next) is the group being built. Cancelled, nothing of it is left
 *	in the file, or `cut` says that it is still to be cut off, and nothing
 *	is written before it is.
 * J4	What a record calls durable was so. Before anything is written in its
 *	place, its being cut off is durable.
 * J5	A sync is never tried again on a file on which one has failed.
 */
#include "config.h"

#include "keep/journal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "keep/journal_impl.h"

#define SECOND UINT64_C(1000000000)

struct journal *journal_new(const struct folder *folder, struct error *err)
{
	struct journal *journal = mem_zalloc(sizeof(*journal), err);

	if (!journal)
		return NULL;
	journal->folder = folder;
	journal->fd = -1;
	journal->at.end = RECORD_START;
	journal->tail_off = RECORD_START;
	pthread_mutex_init(&journal->syncing, NULL);
	pthread_mutex_init(&journal->lock, NULL);
	return journal;
}

void journal_free(struct journal *journal)
{
	if (!journal)
		return;
	journal_close_files(journal);
	if (journal->map)
		(void)journal_sys(journal)->unmap((void *)(uintptr_t)
		                                          journal->map,
		                                  journal->map_len);
	pthread_mutex_destroy(&journal->syncing);
	pthread_mutex_destroy(&journal->lock);
	record_buffer_free(&journal->tail);
	record_buffer_free(&journal->changes);
	mem_free(journal);
}

void journal_set_limit(struct journal *journal, uint64_t bytes)
{
	journal->limit = bytes;
}

const uint8_t *journal_uuid(const struct journal *journal)
{
	return journal->head.uuid;
}

const char *journal_name(const struct journal *journal)
{
	return journal->name;
}

uint64_t journal_size(const struct journal *journal)
{
	return journal->at.end;
}

uint32_t journal_group(const struct journal *journal)
{
	return journal->at.group;
}

/* --- building a group ----------------------------------------------------- */

/* Back to at.end in memory. A sync of what is to be forgotten is waited for. */
static void forget(struct journal *journal)
{
	uint64_t end = journal->at.end;
	bool partly = journal->written > end;

	if (partly)
		pthread_mutex_lock(&journal->syncing);
	pthread_mutex_lock(&journal->lock);
	if (journal->tail_off > end)
		journal->tail_off = end;
	journal->tail.len =
		size_min(journal->tail.len, (size_t)(end - journal->tail_off));
	if (partly) {
		journal->written = end;
		journal->cut = true;
	}
	if (journal->durable > end) {
		journal->durable = end;
		journal->cut_deep = true;
	}
	pthread_mutex_unlock(&journal->lock);
	if (partly)
		pthread_mutex_unlock(&journal->syncing);
}

void journal_roll_back(struct journal *journal)
{
	struct error ignored = { 0 };

	journal->building = false;
	journal->open = false;
	journal->changes.len = 0;
	forget(journal);
	if (journal->cut && !journal_cut_off(journal, &ignored) &&
	    journal_sync_failed(journal))
		(void)!journal_sync_end(journal, &ignored);
}

void journal_cancel(struct journal *journal)
{
	if (journal->building)
		journal_roll_back(journal);
}

void journal_drop_bytes(struct journal *journal)
{
	if (!journal->has_ahead || journal->building || journal->adopting ||
	    journal->trailer)
		return;
	journal->at = journal->ahead;
	journal->has_ahead = false;
	journal_roll_back(journal);
}

void journal_keep_bytes(struct journal *journal)
{
	journal->has_ahead = false;
}

bool journal_cancelled(struct journal *journal)
{
	journal_cancel(journal);
	return false;
}

static bool start_group(struct journal *journal, struct error *err)
{
	if (journal->building)
		return true;
	assert(journal->trailer == 0);
	if (journal_sync_failed(journal) && !journal_sync_end(journal, err))
		return false;
	if (journal->cut && !journal_cut_off(journal, err))
		return false;
	if (!journal_make_head(journal, err))
		return false;
	if (journal->at.group == UINT32_MAX - 1)
		return error_set(err, ERR_LIMIT, "the journal is full");
	journal->seq = journal->at.seq;
	journal->chain = journal->at.chain;
	journal->files = journal->at.files;
	journal->building = true;
	journal->unlimited = false;
	journal->is_bytes = true;
	journal->open = false;
	return true;
}

static uint32_t time_now(const struct journal *journal)
{
	int64_t past = journal_sys(journal)->clock() - journal->head.created;

	if (past < 0)
		return 0;
	return (uint32_t)u64_min((uint64_t)past / SECOND, UINT32_MAX);
}

/* The changes stand behind the bytes that they brought. */
static bool put_changes(struct journal *journal, struct error *err)
{
	size_t payload = journal->open_at + RECORD_HEAD;
	size_t bytes = journal->tail.len - payload - RECORD_CHANGES_HEAD;

	if (!journal_tail_put(journal, journal->changes.bytes,
	                      journal->changes.len, err))
		return false;
	record_changes_head(journal->tail.bytes + payload, (uint32_t)bytes,
	                    journal->open_count);
	journal->changes.len = 0;
	return true;
}

static bool close_record(struct journal *journal, uint16_t flags,
                         struct error *err)
{
	static const uint8_t zeros[8];
	struct record record = {
		.type = journal->open_type,
		.flags = flags,
		.seq = journal->seq + 1,
		.off = journal->tail_off + journal->open_at,
		.group = journal->at.group + 1,
		.prev = journal->chain,
	};
	size_t payload = journal->open_at + RECORD_HEAD;

	/* An adoption, which may have a million groups, has the time of its
	   begin. */
	if (!journal->adopting)
		journal->time = time_now(journal);
	record.time = journal->time;
	if (record.type == RECORD_CHANGES && !put_changes(journal, err))
		return false;
	record.len = (uint32_t)(journal->tail.len - payload);
	assert(record.len <= RECORD_MAX);
	if (!journal_tail_put(journal, zeros, (size_t)-record.len % 8, err))
		return false;
	if (record.type == RECORD_CALLED || record.type == RECORD_REMARK)
		record.flags |= RECORD_OPTIONAL;
	record.synced = journal_durable_end(journal);
	if (!WORKS(MARK))
		record.synced = record.off;
	if (!WORKS(GROUPS))
		record.flags |= RECORD_LAST;
	record_head_encode(&record, record_chain(journal->head.salt),
	                   journal->tail.bytes + payload,
	                   journal->tail.bytes + journal->open_at);
	journal->seq = record.seq;
	journal->chain = record.crc;
	journal->open = false;
	return true;
}

/* A long group goes out in parts. The part that must be durable first, to keep
   the memory bounded, is waited for. */
static bool spill(struct journal *journal, struct error *err)
{
	uint64_t end = journal_next_off(journal);
	uint64_t from = u64_max(journal->written, journal->at.end);

	if (end - from < JOURNAL_SPILL)
		return true;
	if (!journal_write_out(journal, err))
		return false;
	return journal->tail.len < JOURNAL_TAIL || journal_sync(journal, err);
}

bool journal_open_record(struct journal *journal, enum record_type type,
                         struct error *err)
{
	static const uint8_t head[RECORD_HEAD + RECORD_CHANGES_HEAD];
	size_t len = RECORD_HEAD;

	if (!start_group(journal, err))
		return false;
	if (journal->open &&
	    (!close_record(journal, 0, err) || !spill(journal, err)))
		return journal_cancelled(journal);
	if (type == RECORD_CHANGES)
		len += RECORD_CHANGES_HEAD;
	journal->open_at = journal->tail.len;
	if (!journal_tail_put(journal, head, len, err))
		return journal_cancelled(journal);
	journal->open = true;
	journal->is_bytes = journal->is_bytes && type == RECORD_CHANGES;
	journal->open_type = (uint16_t)type;
	journal->open_count = 0;
	return true;
}

/* Payload of the open record, with the changes that wait. */
static size_t open_len(const struct journal *journal)
{
	return journal->tail.len - journal->open_at - RECORD_HEAD +
	       journal->changes.len;
}

/* A record of changes that has room for n more bytes, or none yet. */
static bool open_changes(struct journal *journal, size_t n, struct error *err)
{
	if (journal->building && journal->open &&
	    journal->open_type == RECORD_CHANGES &&
	    (open_len(journal) == RECORD_CHANGES_HEAD ||
	     (open_len(journal) < JOURNAL_PAYLOAD &&
	      n <= JOURNAL_PAYLOAD - open_len(journal))))
		return true;
	return journal_open_record(journal, RECORD_CHANGES, err);
}

bool journal_put_bytes(struct journal *journal, const void *bytes, size_t len,
                       struct error *err)
{
	return journal_tail_put(journal, bytes, len, err) ||
	       journal_cancelled(journal);
}

/* A payload that was built elsewhere. */
static bool put_record(struct journal *journal, enum record_type type,
                       const struct record_buffer *payload, struct error *err)
{
	return journal_open_record(journal, type, err) &&
	       journal_put_bytes(journal, payload->bytes, payload->len, err);
}

bool journal_file(struct journal *journal, const struct record_file *file,
                  uint32_t *number, struct error *err)
{
	struct record_file numbered = *file;
	struct record_buffer payload = { 0 };
	bool ok;

	if (!start_group(journal, err))
		return false;
	if (journal->files == RECORD_FILES_MAX) {
		(void)error_set(err, ERR_LIMIT,
		                "the journal names too many files");
		return journal_cancelled(journal);
	}
	numbered.file = journal->files + 1;
	ok = record_put_file(&payload, &numbered, err)
	             ? put_record(journal, RECORD_FILE, &payload, err)
	             : journal_cancelled(journal);
	record_buffer_free(&payload);
	if (ok)
		*number = ++journal->files;
	return ok;
}

bool journal_store(struct journal *journal, const void *bytes, size_t len,
                   size_t *took, uint64_t *off, struct error *err)
{
	size_t used;

	if (!open_changes(journal, 1, err))
		return false;
	used = open_len(journal);
	len = size_min(len,
	               used < JOURNAL_PAYLOAD ? JOURNAL_PAYLOAD - used : 1);
	*off = journal_next_off(journal);
	*took = len;
	return journal_put_bytes(journal, bytes, len, err);
}

/* As many of the pieces as fit into a record, one at least. */
static size_t pieces_fit(const struct record_piece *pieces, size_t count,
                         size_t *room)
{
	size_t n = 0;

	*room = RECORD_CHANGE_ROOM;
	while (n < count) {
		size_t more = record_piece_room(&pieces[n]);

		if (n > 0 && *room + more > JOURNAL_PAYLOAD)
			break;
		*room += more;
		n++;
	}
	return n;
}

static bool put_part(struct journal *journal,
                     const struct record_change *change,
                     const struct record_piece *pieces, size_t room,
                     struct error *err)
{
	if (!open_changes(journal, room, err))
		return false;
	if (!record_put_change(&journal->changes, change, err))
		return journal_cancelled(journal);
	for (size_t i = change->removed_count + change->added_count; i--;)
		if (!record_put_piece(&journal->changes, pieces++, err))
			return journal_cancelled(journal);
	journal->open_count++;
	journal->is_bytes = false;
	return true;
}

/* The parts take away from the front, then put behind each other. */
bool journal_change(struct journal *journal, const struct record_change *change,
                    const struct record_piece *pieces, struct error *err)
{
	size_t removed = change->removed_count;
	size_t added = change->added_count;
	struct record_change part = { .file = change->file,
		                      .off = change->off };

	do {
		size_t room;
		size_t n = pieces_fit(pieces, removed + added, &room);

		part.removed_count = (uint32_t)size_min(n, removed);
		part.added_count = (uint32_t)n - part.removed_count;
		if (!put_part(journal, &part, pieces, room, err))
			return false;
		for (size_t i = part.removed_count; i < n; i++)
			part.off += pieces[i].len;
		pieces += n;
		removed -= part.removed_count;
		added -= part.added_count;
	} while (removed + added > 0);
	return true;
}

bool journal_number(struct journal *journal, enum record_type type, uint32_t n,
                    struct error *err)
{
	uint8_t bytes[4];

	store_le32(bytes, n);
	return journal_open_record(journal, type, err) &&
	       journal_put_bytes(journal, bytes, sizeof(bytes), err);
}

bool journal_note(struct journal *journal, uint32_t group, const char *text,
                  size_t len, struct error *err)
{
	return journal_number(journal, RECORD_NOTE,
	                      group ? group : journal->at.group + 1, err) &&
	       journal_put_bytes(journal, text, size_min(len, RECORD_NOTE_MAX),
	                         err);
}

bool journal_remark(struct journal *journal, const struct record_remark *remark,
                    struct error *err)
{
	uint8_t head[RECORD_REMARK_HEAD];

	record_remark_encode(remark, head);
	return journal_open_record(journal, RECORD_REMARK, err) &&
	       journal_put_bytes(journal, head, sizeof(head), err) &&
	       journal_put_bytes(journal, remark->text,
	                         size_min(remark->text_len, RECORD_NOTE_MAX),
	                         err);
}

bool journal_called(struct journal *journal, const char *what,
                    struct error *err)
{
	return journal_open_record(journal, RECORD_CALLED, err) &&
	       journal_put_bytes(journal, what,
	                         strnlen(what, RECORD_CALLED_MAX), err);
}

bool journal_samples(struct journal *journal, uint32_t file,
                     const struct record_sample *samples, uint32_t count,
                     struct error *err)
{
	struct record_buffer payload = { 0 };
	bool ok = record_put_samples(&payload, file, samples, count, err)
	                  ? put_record(journal, RECORD_SAMPLES, &payload, err)
	                  : journal_cancelled(journal);

	record_buffer_free(&payload);
	return ok;
}

bool journal_record(struct journal *journal, enum record_type type,
                    const struct journal_part *parts, size_t count,
                    uint64_t *off, struct error *err)
{
	if (!journal_open_record(journal, type, err))
		return false;
	journal->unlimited = true;
	*off = journal_next_off(journal);
	for (size_t i = 0; i < count; i++)
		if (!journal_put_bytes(journal, parts[i].bytes, parts[i].len,
		                       err))
			return false;
	return true;
}

/* May the group that was closed be written later? */
static bool may_wait(const struct journal *journal)
{
	return journal->adopting && journal->open_type != RECORD_ADOPTED &&
	       journal_next_off(journal) - journal->written < JOURNAL_SPILL;
}

bool journal_commit(struct journal *journal, bool join, uint32_t *group,
                    struct error *err)
{
	uint16_t flags = RECORD_LAST | (join ? RECORD_JOIN : 0);

	if (!journal->open &&
	    !journal_open_record(journal, RECORD_CHANGES, err))
		return false;
	if (!close_record(journal, flags, err) ||
	    (!may_wait(journal) && !journal_write_out(journal, err)))
		return journal_cancelled(journal);
	journal->building = false;
	if (!journal->has_ahead)
		journal->ahead = journal->at;
	journal->has_ahead = journal->is_bytes && !journal->adopting;
	journal->at.seq = journal->seq;
	journal->at.chain = journal->chain;
	journal->at.files = journal->files;
	journal->at.end = journal_next_off(journal);
	journal->at.group++;
	/* An adoption, which may have a million groups, is synced at its
	   end. */
	if (!journal->adopting || journal->first == 0)
		journal->last = sys_now();
	if (journal->first == 0)
		journal->first = journal->last;
	if (group)
		*group = journal->at.group;
	if (journal->tail.len < JOURNAL_TAIL)
		return true;
	/* The group stands, whether or not this works. */
	(void)!journal_sync(journal, &(struct error){ 0 });
	return true;
}

/* --- going on with a file ------------------------------------------------- */

struct journal *journal_resume(const struct folder *folder, const char *name,
                               int fd, const struct record_journal *head,
                               const struct record *last, uint64_t end,
                               uint32_t files, struct error *err)
{
	struct journal *journal = journal_new(folder, err);

	if (!journal) {
		(void)folder->sys->close(fd);
		return NULL;
	}
	snprintf(journal->name, sizeof(journal->name), "%s", name);
	journal->head = *head;
	journal->named = true;
	journal->folder_durable = true;
	journal->fd = fd;
	journal->at.end = end;
	journal->at.files = files;
	journal->at.chain = record_chain(head->salt);
	if (last->type != 0) {
		journal->at.chain = last->crc;
		journal->at.group = last->group;
		journal->at.seq = last->seq;
	}
	journal->tail_off = end;
	journal->written = end;
	journal->durable = end;
	journal->cut_deep = true;
	if (WORKS(RESUME) && !journal_cut_off(journal, err)) {
		journal_free(journal);
		return NULL;
	}
	return journal;
}
