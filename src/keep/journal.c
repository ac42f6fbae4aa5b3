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
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "keep/disk.h"

/* Tests make these small. */
#ifndef JOURNAL_PAYLOAD
#define JOURNAL_PAYLOAD \
	((size_t)512 * 1024) /* bytes after which a record is closed */
#endif
#ifndef JOURNAL_SPILL
#define JOURNAL_SPILL \
	((size_t)1024 * 1024) /* bytes of an open group to be written */
#endif
#ifndef JOURNAL_TAIL
#define JOURNAL_TAIL \
	((size_t)4 * 1024 * 1024) /* bytes that may not be durable */
#endif

#define SECOND UINT64_C(1000000000)

enum {
	RETIRED = 16,
	FILE_NAME = RECORD_NAME + 8, /* with .hxj or .new */
};

/* Where a journal stands between two groups. */
struct position {
	uint64_t seq, end;
	uint32_t chain, group, files;
};

struct journal {
	const struct folder *folder; /* borrowed */
	struct record_journal head;
	char name[FILE_NAME];
	struct position at;    /* behind the last group */
	struct position start; /* of an adoption */
	bool adopting;
	uint64_t limit;
	uint64_t first, last; /* commits that are not durable: when */
	bool named;           /* head and name are made */
	uint64_t trailer;     /* where it is, once the journal is finished */
	bool cut;             /* J3 */
	bool cut_deep;        /* some of that may be durable */

	/* The group being built. */
	bool building;
	bool unlimited; /* it is none of edits */
	bool open;      /* its last record, at tail.bytes + open_at */
	size_t open_at;
	uint16_t open_type;
	uint64_t seq;
	uint32_t chain, files;
	uint32_t open_count; /* changes in it */
	struct record_buffer changes;

	pthread_mutex_t syncing; /* held during a sync, and to cut */
	pthread_mutex_t lock;    /* of what follows */
	int fd;                  /* -1: no file yet */
	int retired[RETIRED];    /* readers may use them */
	size_t retired_count;
	struct record_buffer tail;
	uint64_t tail_off;
	uint64_t written, durable;
	bool folder_durable;
	int failed; /* -errno of a sync, until the file is written anew */
};

#ifdef TEST_HOOKS
static unsigned broken;

void journal_break(unsigned bits)
{
	broken = bits;
}

static bool works(unsigned part)
{
	return !(broken & part);
}
#define WORKS(part) works(JOURNAL_BREAK_##part)
#else
#define WORKS(part) true
#endif

static const struct sys *sys_of(const struct journal *journal)
{
	return journal->folder->sys;
}

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
	for (size_t i = 0; i < journal->retired_count; i++)
		(void)sys_of(journal)->close(journal->retired[i]);
	if (journal->fd >= 0)
		(void)sys_of(journal)->close(journal->fd);
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

const char *journal_name(const struct journal *journal)
{
	return journal->name;
}

const uint8_t *journal_uuid(const struct journal *journal)
{
	return journal->head.uuid;
}

uint64_t journal_size(const struct journal *journal)
{
	return journal->at.end;
}

uint32_t journal_group(const struct journal *journal)
{
	return journal->at.group;
}

static uint64_t next_off(const struct journal *journal)
{
	return journal->tail_off + journal->tail.len;
}

/* What the thread that syncs sets. */
static uint64_t durable_end(struct journal *journal)
{
	uint64_t durable;

	pthread_mutex_lock(&journal->lock);
	durable = journal->durable;
	pthread_mutex_unlock(&journal->lock);
	return durable;
}

static bool sync_failed(struct journal *journal)
{
	bool yes;

	pthread_mutex_lock(&journal->lock);
	yes = journal->failed != 0;
	pthread_mutex_unlock(&journal->lock);
	return yes;
}

static void set_failed(struct journal *journal, int res)
{
	pthread_mutex_lock(&journal->lock);
	journal->failed = res;
	pthread_mutex_unlock(&journal->lock);
}

static bool failed(const struct journal *journal, const char *what, int64_t res,
                   struct error *err)
{
	(void)folder_failed(journal->folder, journal->name, what, res, err);
	err->code = ERR_IO;
	return error_prefix(err, "the journal");
}

/* --- the file ------------------------------------------------------------------- */

static bool make_salt(struct journal *journal, struct record_journal *head,
                      struct error *err)
{
	int res = sys_of(journal)->random(&head->salt, sizeof(head->salt));

	return res >= 0 || failed(journal, "random bytes", res, err);
}

/* What the file will be called, before it is made. */
static bool make_head(struct journal *journal, struct error *err)
{
	struct record_journal head = { .program = PACKAGE_STRING };
	int res;

	if (journal->named)
		return true;
	head.pid = sys_process();
	head.uid = sys_user();
	res = sys_of(journal)->random(head.uuid, sizeof(head.uuid));
	if (res < 0)
		return failed(journal, "random bytes", res, err);
	if (!make_salt(journal, &head, err))
		return false;
	head.created = sys_of(journal)->clock();
	record_name(head.uuid, journal->name);
	strcat(journal->name, ".hxj");
	journal->head = head;
	journal->at.chain = record_chain(head.salt);
	journal->named = true;
	return true;
}

/* A new file, locked, with its head. Unless that is all done there is none. */
static int make_file(struct journal *journal, const char *name,
                     const struct record_journal *head)
{
	const struct sys *sys = sys_of(journal);
	uint8_t bytes[RECORD_START];
	int fd =
		disk_open_in(sys, journal->folder->fd, name,
	                     SYS_READ | SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE |
	                             SYS_PRIVATE | SYS_NOFOLLOW);
	int res;

	if (fd < 0)
		return fd;
	record_journal_encode(head, bytes);
	res = disk_lock(sys, fd, SYS_LOCK_TAKE);
	if (res >= 0)
		res = disk_write(sys, fd, bytes, sizeof(bytes), 0);
	if (res >= 0)
		return fd;
	(void)disk_unlink_in(sys, journal->folder->fd, name);
	(void)sys->close(fd);
	return res;
}

static bool need_file(struct journal *journal, struct error *err)
{
	int fd;

	if (journal->fd >= 0)
		return true;
	fd = make_file(journal, journal->name, &journal->head);
	if (fd < 0)
		return failed(journal, "create", fd, err);
	pthread_mutex_lock(&journal->lock);
	journal->fd = fd;
	journal->written = RECORD_START;
	pthread_mutex_unlock(&journal->lock);
	return true;
}

/*
 * Cut off what stands behind the last group. Where some of it was durable the
 * cut has to be, too, before anything is written there: what is left of it
 * after a crash could call durable what is not.
 */
static bool cut_off(struct journal *journal, struct error *err)
{
	const struct sys *sys = sys_of(journal);
	int res = 0;

	pthread_mutex_lock(&journal->syncing);
	if (WORKS(CUT))
		res = disk_truncate(sys, journal->fd,
		                    u64_min(journal->at.end, journal->written));
	if (res >= 0 && journal->cut_deep && WORKS(CUT_SYNC)) {
		res = disk_sync_data(sys, journal->fd);
		if (res < 0)
			set_failed(journal, res);
	}
	pthread_mutex_unlock(&journal->syncing);
	if (res < 0)
		return failed(journal, "cut off an unfinished change", res,
		              err);
	journal->cut = false;
	journal->cut_deep = false;
	return true;
}

/* --- the tail --------------------------------------------------------------------- */

/* Readers use the memory: it moves under the lock only. */
static bool tail_reserve(struct journal *journal, size_t n, struct error *err)
{
	bool ok;

	if (n <= journal->tail.cap - journal->tail.len)
		return true;
	pthread_mutex_lock(&journal->lock);
	ok = record_reserve(&journal->tail, n, err);
	pthread_mutex_unlock(&journal->lock);
	return ok;
}

static bool tail_put(struct journal *journal, const void *bytes, size_t len,
                     struct error *err)
{
	return tail_reserve(journal, len, err) &&
	       record_put(&journal->tail, bytes, len, err);
}

/* Forget what is durable; not often, for the rest has to be moved. */
static void tail_drop(struct journal *journal)
{
	struct record_buffer *tail = &journal->tail;
	uint64_t keep;

	pthread_mutex_lock(&journal->lock);
	keep = journal->durable;
	if (keep > journal->tail_off &&
	    keep - journal->tail_off >= tail->len / 2) {
		size_t n = (size_t)(keep - journal->tail_off);

		memmove(tail->bytes, tail->bytes + n, tail->len - n);
		tail->len -= n;
		journal->tail_off = keep;
	}
	pthread_mutex_unlock(&journal->lock);
}

/* Write what the file has not, up to the record that is open. */
static bool write_out(struct journal *journal, struct error *err)
{
	uint64_t end = next_off(journal);
	size_t from;
	int res;

	if (journal->limit && end > journal->limit && !journal->unlimited)
		return error_set(err, ERR_LIMIT,
		                 "the journal would be longer than %llu bytes",
		                 (unsigned long long)journal->limit);
	if (!need_file(journal, err))
		return false;
	from = (size_t)(journal->written - journal->tail_off);
	res = disk_write(sys_of(journal), journal->fd,
	                 journal->tail.bytes + from, journal->tail.len - from,
	                 journal->written);
	if (res < 0) {
		journal->cut = true;
		return failed(journal, "write", res, err);
	}
	pthread_mutex_lock(&journal->lock);
	journal->written = end;
	pthread_mutex_unlock(&journal->lock);
	return true;
}

/* --- building a group --------------------------------------------------------------- */

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

/* Back to at.end, in memory and in the file. */
static void roll_back(struct journal *journal)
{
	struct error ignored = { 0 };

	journal->building = false;
	journal->open = false;
	journal->changes.len = 0;
	forget(journal);
	if (journal->cut && !cut_off(journal, &ignored) && sync_failed(journal))
		(void)!journal_sync_end(journal, &ignored);
}

void journal_cancel(struct journal *journal)
{
	if (journal->building)
		roll_back(journal);
}

static bool cancelled(struct journal *journal)
{
	journal_cancel(journal);
	return false;
}

static bool start_group(struct journal *journal, struct error *err)
{
	if (journal->building)
		return true;
	assert(journal->trailer == 0);
	if (sync_failed(journal) && !journal_sync_end(journal, err))
		return false;
	if (journal->cut && !cut_off(journal, err))
		return false;
	if (!make_head(journal, err))
		return false;
	if (journal->at.group == UINT32_MAX - 1)
		return error_set(err, ERR_LIMIT, "the journal is full");
	journal->seq = journal->at.seq;
	journal->chain = journal->at.chain;
	journal->files = journal->at.files;
	journal->building = true;
	journal->unlimited = false;
	journal->open = false;
	return true;
}

static uint32_t time_now(const struct journal *journal)
{
	int64_t past = sys_of(journal)->clock() - journal->head.created;

	if (past < 0)
		return 0;
	return (uint32_t)u64_min((uint64_t)past / SECOND, UINT32_MAX);
}

/* The changes stand behind the bytes that they brought. */
static bool put_changes(struct journal *journal, struct error *err)
{
	size_t payload = journal->open_at + RECORD_HEAD;
	size_t bytes = journal->tail.len - payload - RECORD_CHANGES_HEAD;

	if (!tail_put(journal, journal->changes.bytes, journal->changes.len,
	              err))
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
		.time = time_now(journal),
	};
	size_t payload = journal->open_at + RECORD_HEAD;

	if (record.type == RECORD_CHANGES && !put_changes(journal, err))
		return false;
	record.len = (uint32_t)(journal->tail.len - payload);
	assert(record.len <= RECORD_MAX);
	if (!tail_put(journal, zeros, (size_t)-record.len % 8, err))
		return false;
	record.synced = durable_end(journal);
	if (!WORKS(MARK))
		record.synced = record.off;
	if (!WORKS(GROUPS))
		record.flags |= RECORD_LAST;
	record_head_encode(&record, journal->head.salt,
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
	uint64_t end = next_off(journal);
	uint64_t from = u64_max(journal->written, journal->at.end);

	if (end - from < JOURNAL_SPILL)
		return true;
	if (!write_out(journal, err))
		return false;
	return journal->tail.len < JOURNAL_TAIL || journal_sync(journal, err);
}

static bool open_record(struct journal *journal, enum record_type type,
                        struct error *err)
{
	static const uint8_t head[RECORD_HEAD + RECORD_CHANGES_HEAD];
	size_t len = RECORD_HEAD;

	if (!start_group(journal, err))
		return false;
	if (journal->open &&
	    (!close_record(journal, 0, err) || !spill(journal, err)))
		return cancelled(journal);
	if (type == RECORD_CHANGES)
		len += RECORD_CHANGES_HEAD;
	journal->open_at = journal->tail.len;
	if (!tail_put(journal, head, len, err))
		return cancelled(journal);
	journal->open = true;
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
	return open_record(journal, RECORD_CHANGES, err);
}

static bool put_bytes(struct journal *journal, const void *bytes, size_t len,
                      struct error *err)
{
	return tail_put(journal, bytes, len, err) || cancelled(journal);
}

/* A payload that was built elsewhere. */
static bool put_record(struct journal *journal, enum record_type type,
                       const struct record_buffer *payload, struct error *err)
{
	return open_record(journal, type, err) &&
	       put_bytes(journal, payload->bytes, payload->len, err);
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
		return cancelled(journal);
	}
	numbered.file = journal->files + 1;
	ok = record_put_file(&payload, &numbered, err)
	             ? put_record(journal, RECORD_FILE, &payload, err)
	             : cancelled(journal);
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
	*off = next_off(journal);
	*took = len;
	return put_bytes(journal, bytes, len, err);
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
		return cancelled(journal);
	for (size_t i = change->removed_count + change->added_count; i--;)
		if (!record_put_piece(&journal->changes, pieces++, err))
			return cancelled(journal);
	journal->open_count++;
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
	return open_record(journal, type, err) &&
	       put_bytes(journal, bytes, sizeof(bytes), err);
}

bool journal_note(struct journal *journal, uint32_t group, const char *text,
                  size_t len, struct error *err)
{
	return journal_number(journal, RECORD_NOTE,
	                      group ? group : journal->at.group + 1, err) &&
	       put_bytes(journal, text, size_min(len, RECORD_NOTE_MAX), err);
}

bool journal_samples(struct journal *journal, uint32_t file,
                     const struct record_sample *samples, uint32_t count,
                     struct error *err)
{
	struct record_buffer payload = { 0 };
	bool ok = record_put_samples(&payload, file, samples, count, err)
	                  ? put_record(journal, RECORD_SAMPLES, &payload, err)
	                  : cancelled(journal);

	record_buffer_free(&payload);
	return ok;
}

bool journal_record(struct journal *journal, enum record_type type,
                    const struct journal_part *parts, size_t count,
                    uint64_t *off, struct error *err)
{
	if (!open_record(journal, type, err))
		return false;
	journal->unlimited = true;
	*off = next_off(journal);
	for (size_t i = 0; i < count; i++)
		if (!put_bytes(journal, parts[i].bytes, parts[i].len, err))
			return false;
	return true;
}

/* May the group that was closed be written later? */
static bool may_wait(const struct journal *journal)
{
	return journal->adopting && journal->open_type != RECORD_ADOPTED &&
	       next_off(journal) - journal->written < JOURNAL_SPILL;
}

bool journal_commit(struct journal *journal, bool join, uint32_t *group,
                    struct error *err)
{
	uint16_t flags = RECORD_LAST | (join ? RECORD_JOIN : 0);

	if (!journal->open && !open_record(journal, RECORD_CHANGES, err))
		return false;
	if (!close_record(journal, flags, err) ||
	    (!may_wait(journal) && !write_out(journal, err)))
		return cancelled(journal);
	journal->building = false;
	journal->at.seq = journal->seq;
	journal->at.chain = journal->chain;
	journal->at.files = journal->files;
	journal->at.end = next_off(journal);
	journal->at.group++;
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

/* --- the store ------------------------------------------------------------------------ */

bool journal_read(struct journal *journal, uint64_t off, void *buf, size_t len,
                  struct error *err)
{
	unsigned char *at = buf;
	uint64_t tail_off;
	int64_t n = 0;
	int fd;

	pthread_mutex_lock(&journal->lock);
	tail_off = journal->tail_off;
	fd = journal->fd;
	if (off >= tail_off || len > tail_off - off) {
		uint64_t from = u64_max(off, tail_off);

		memcpy(at + (from - off),
		       journal->tail.bytes + (from - tail_off),
		       (size_t)(off + len - from));
		len = (size_t)(from - off);
	}
	pthread_mutex_unlock(&journal->lock);
	if (len > 0)
		n = disk_read(sys_of(journal), fd, at, len, off);
	if (n == (int64_t)len)
		return true;
	if (n < 0)
		return failed(journal, "read", n, err);
	return error_set(err, ERR_CHANGED, "the journal %s has been cut short",
	                 journal->name);
}

/* --- making it durable ------------------------------------------------------------------ */

uint64_t journal_sync_due(const struct journal *journal)
{
	if (journal->first == 0)
		return UINT64_MAX;
	return u64_min(journal->first + SECOND, journal->last + SECOND / 4);
}

static int sync_file(struct journal *journal, int fd, bool with_folder)
{
	const struct sys *sys = sys_of(journal);
	int res = 0;

	if (WORKS(SYNC))
		res = disk_sync_data(sys, fd);
	if (res < 0 && !WORKS(RETRY))
		res = disk_sync_data(sys, fd);
	if (res >= 0 && with_folder && WORKS(FOLDER_SYNC))
		res = disk_sync(sys, journal->folder->fd);
	return res;
}

void journal_sync_run(struct job *job, void *arg)
{
	struct journal *journal = arg;
	bool with_folder;
	uint64_t end;
	int res;
	int fd;

	(void)job;
	pthread_mutex_lock(&journal->syncing);
	pthread_mutex_lock(&journal->lock);
	end = journal->written;
	fd = journal->fd;
	with_folder = !journal->folder_durable;
	if (journal->failed || end == journal->durable)
		fd = -1;
	pthread_mutex_unlock(&journal->lock);
	if (fd >= 0) {
		res = sync_file(journal, fd, with_folder);
		pthread_mutex_lock(&journal->lock);
		if (res < 0) {
			journal->failed = res;
		} else {
			journal->durable = end;
			journal->folder_durable = true;
		}
		pthread_mutex_unlock(&journal->lock);
	}
	pthread_mutex_unlock(&journal->syncing);
}

static bool fetch(struct journal *journal, uint64_t off, void *buf, size_t len,
                  struct error *err)
{
	if (WORKS(TAIL))
		return journal_read(journal, off, buf, len, err);
	memset(buf, 0, len); /* broken on purpose, yet always the same */
	(void)disk_read(sys_of(journal), journal->fd, buf, len, off);
	return true;
}

/* The record at `off`, from memory or from what is durable of the file. */
static bool fetch_record(struct journal *journal, uint64_t off,
                         struct record_buffer *buf, struct record *record,
                         struct error *err)
{
	bool whole;

	buf->len = RECORD_HEAD;
	if (!fetch(journal, off, buf->bytes, RECORD_HEAD, err))
		return false;
	whole = record_head_decode(buf->bytes, journal->head.salt, off, record);
	if (whole) {
		if (!record_reserve(buf, record_size(record->len), err))
			return false;
		buf->len = record_size(record->len);
		if (!fetch(journal, off, buf->bytes, buf->len, err))
			return false;
		whole = record_payload_is(buf->bytes, record,
		                          buf->bytes + RECORD_HEAD);
	}
	return whole ||
	       error_set(err, ERR_CHANGED, "%s: damaged at offset %#llx",
	                 journal->name, (unsigned long long)off);
}

bool journal_look(struct journal *journal, uint64_t off,
                  struct record_buffer *buf, struct record *record,
                  struct error *err)
{
	return record_reserve(buf, RECORD_HEAD, err) &&
	       fetch_record(journal, off, buf, record, err);
}

/* All records up to `end` into another file, under its salt. */
static bool copy_records(struct journal *journal, int fd, uint64_t salt,
                         uint64_t end, uint32_t *chain, struct error *err)
{
	struct record_buffer buf = { 0 };
	struct record record;
	uint64_t off = RECORD_START;
	int res = 0;
	bool ok = record_reserve(&buf, RECORD_HEAD, err);

	*chain = record_chain(salt);
	while (ok && off < end) {
		ok = fetch_record(journal, off, &buf, &record, err);
		if (!ok)
			break;
		record.prev = *chain;
		record.synced = 0;
		record_head_encode(&record, salt, buf.bytes + RECORD_HEAD,
		                   buf.bytes);
		res = disk_write(sys_of(journal), fd, buf.bytes, buf.len, off);
		ok = res >= 0 || failed(journal, "write anew", res, err);
		*chain = record.crc;
		off += buf.len;
	}
	record_buffer_free(&buf);
	return ok;
}

/* Behind the trailer, if there is one. */
static int write_foot(const struct journal *journal, int fd, uint64_t salt)
{
	uint8_t foot[RECORD_FOOT];

	if (journal->trailer == 0)
		return 0;
	record_foot_encode(journal->trailer, salt, foot);
	return disk_write(sys_of(journal), fd, foot, sizeof(foot),
	                  journal->at.end);
}

/* Make the new file durable and give it the name. */
static int install(struct journal *journal, int fd, const char *name)
{
	const struct sys *sys = sys_of(journal);
	int res = 0;

	if (WORKS(NEW_SYNC))
		res = disk_sync_data(sys, fd);
	if (res >= 0)
		res = disk_rename_in(sys, journal->folder->fd, name,
		                     journal->name);
	return res;
}

/* From here on the file is this one, all of which is on the disk. */
static void adopt_file(struct journal *journal, int fd, uint64_t salt,
                       uint32_t chain, uint64_t end)
{
	pthread_mutex_lock(&journal->lock);
	journal->retired[journal->retired_count++] = journal->fd;
	journal->fd = fd;
	journal->head.salt = salt;
	journal->tail.len = 0;
	journal->tail_off = end;
	journal->written = end;
	pthread_mutex_unlock(&journal->lock);
	journal->cut = false;
	journal->cut_deep = false;
	if (journal->building)
		journal->chain = chain;
	else
		journal->at.chain = chain;
}

/* The chain of what stands in front of `at` is in the first record behind. */
static bool find_chain(struct journal *journal, int fd, uint64_t salt,
                       struct position *at, struct error *err)
{
	uint8_t head[RECORD_HEAD];
	struct record record;
	int64_t res =
		disk_read(sys_of(journal), fd, head, sizeof(head), at->end);

	if (res < 0)
		return failed(journal, "read anew", res, err);
	if (res < RECORD_HEAD ||
	    !record_head_decode(head, salt, at->end, &record))
		return error_set(err, ERR_CHANGED,
		                 "%s: what was written anew is not there",
		                 journal->name);
	at->chain = record.prev;
	return true;
}

/* A group that is being built, and an adoption, may still be cancelled: what
   comes then goes on with the chain in front of them. */
static bool find_chains(struct journal *journal, int fd, uint64_t salt,
                        struct error *err)
{
	return (!journal->building ||
	        find_chain(journal, fd, salt, &journal->at, err)) &&
	       (!journal->adopting ||
	        find_chain(journal, fd, salt, &journal->start, err));
}

static bool write_anew(struct journal *journal, struct error *err)
{
	const struct sys *sys = sys_of(journal);
	uint64_t end = next_off(journal);
	struct record_journal head = journal->head;
	char name[FILE_NAME];
	uint32_t chain;
	int res;
	int fd;

	assert(!journal->open);
	if (journal->retired_count == RETIRED)
		return error_set(err, ERR_IO, "%s was written anew too often",
		                 journal->name);
	record_name(head.uuid, name);
	strcat(name, ".new");
	if (!make_salt(journal, &head, err))
		return false;
	(void)disk_unlink_in(sys, journal->folder->fd, name);
	fd = make_file(journal, name, &head);
	if (fd < 0)
		return failed(journal, "create anew", fd, err);
	if (!copy_records(journal, fd, head.salt, end, &chain, err) ||
	    !find_chains(journal, fd, head.salt, err))
		goto out;
	res = write_foot(journal, fd, head.salt);
	if (res >= 0)
		res = install(journal, fd, name);
	if (res < 0) {
		(void)failed(journal, "replace", res, err);
		goto out;
	}
	adopt_file(journal, fd, head.salt, chain, end);
	if (WORKS(NEW_FOLDER))
		res = disk_sync(sys, journal->folder->fd);
	if (res < 0)
		return failed(journal, "sync the folder", res, err);
	pthread_mutex_lock(&journal->lock);
	journal->failed = 0;
	journal->folder_durable = true;
	journal->durable = end;
	pthread_mutex_unlock(&journal->lock);
	return true;
out:
	(void)disk_unlink_in(sys, journal->folder->fd, name);
	(void)sys->close(fd);
	return false;
}

bool journal_sync_end(struct journal *journal, struct error *err)
{
	bool ok = true;

	pthread_mutex_lock(&journal->syncing);
	if (sync_failed(journal))
		ok = write_anew(journal, err);
	pthread_mutex_unlock(&journal->syncing);
	if (!ok) {
		/* The disk gets a second before it is tried again. */
		journal->first = sys_now();
		journal->last = journal->first + SECOND;
		return error_prefix(err, "the disk failed");
	}
	tail_drop(journal);
	if (durable_end(journal) >= journal->at.end)
		journal->first = 0;
	else
		journal->first = sys_now();
	return true;
}

bool journal_sync(struct journal *journal, struct error *err)
{
	journal_sync_run(NULL, journal);
	return journal_sync_end(journal, err);
}

/* --- adopting --------------------------------------------------------------------------- */

bool journal_adopt_begin(struct journal *journal,
                         const uint8_t uuid[static RECORD_UUID],
                         const uint32_t *files, uint32_t count,
                         struct error *err)
{
	uint8_t number[4];

	assert(!journal->building && !journal->adopting);
	if (!open_record(journal, RECORD_ORIGIN, err))
		return false;
	journal->start = journal->at;
	if (!put_bytes(journal, uuid, RECORD_UUID, err))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		store_le32(number, files[i]);
		if (!put_bytes(journal, number, sizeof(number), err))
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
	roll_back(journal);
	return !journal->cut ||
	       error_set(err, ERR_IO, "%s cannot be cut off", journal->name);
}

bool journal_adopt_end(struct journal *journal,
                       const uint8_t uuid[static RECORD_UUID],
                       struct error *err)
{
	assert(journal->adopting);
	if (!open_record(journal, RECORD_ADOPTED, err) ||
	    !put_bytes(journal, uuid, RECORD_UUID, err) ||
	    !journal_commit(journal, false, NULL, err) ||
	    (WORKS(ADOPT) && !journal_sync(journal, err)))
		return false;
	journal->adopting = false;
	return true;
}

/* --- the end ---------------------------------------------------------------------------- */

bool journal_keep(struct journal *journal, struct error *err)
{
	if (journal->at.group == 0)
		return true;
	/* It was finished, and only the sync had failed. */
	if (journal->trailer)
		return journal_sync(journal, err);
	return open_record(journal, RECORD_CLOSE, err) &&
	       journal_commit(journal, false, NULL, err) &&
	       journal_sync(journal, err);
}

/* A record of as many files as fit; at least one, if there are any. */
static bool put_files(struct journal *journal, enum record_type type,
                      const struct record_file *files, uint32_t *count,
                      struct error *err)
{
	struct record_files head = { .first = journal->head.created,
		                     .last = sys_of(journal)->clock(),
		                     .groups = journal->at.group };
	struct record_buffer buf = { 0 };
	uint8_t bytes[RECORD_FILES_HEAD];
	bool ok = true;

	while (ok && head.count < *count && buf.len < JOURNAL_PAYLOAD)
		ok = record_put_file(&buf, &files[head.count++], err);
	*count = head.count;
	record_files_encode(&head, bytes);
	ok = ok ? open_record(journal, type, err) &&
	                     put_bytes(journal, bytes, sizeof(bytes), err) &&
	                     put_bytes(journal, buf.bytes, buf.len, err)
	        : cancelled(journal);
	record_buffer_free(&buf);
	return ok;
}

bool journal_finish(struct journal *journal, const struct record_file *files,
                    uint32_t count, struct error *err)
{
	uint64_t trailer = 0;
	uint32_t n = 0;
	int res;

	/* It was, and only the sync had failed. */
	if (journal->trailer)
		return journal_sync(journal, err);
	if (!put_files(journal, RECORD_END, NULL, &n, err))
		return false;
	do {
		n = count;
		if (!put_files(journal, RECORD_TRAILER, files, &n, err))
			return false;
		if (trailer == 0)
			trailer = journal->tail_off + journal->open_at;
		files += n;
		count -= n;
	} while (count > 0);
	if (!journal_commit(journal, false, NULL, err))
		return false;
	journal->trailer = trailer;
	res = write_foot(journal, journal->fd, journal->head.salt);
	if (res < 0) {
		/* A new file may have room for it. */
		set_failed(journal, res);
	}
	return journal_sync(journal, err);
}

bool journal_discard(struct journal *journal, struct error *err)
{
	const struct sys *sys = sys_of(journal);
	int res;

	journal_cancel(journal);
	if (journal->fd < 0)
		return true;
	res = disk_unlink_in(sys, journal->folder->fd, journal->name);
	if (res >= 0 || res == -ENOENT)
		res = disk_sync(sys, journal->folder->fd);
	journal->first = 0;
	return res >= 0 || failed(journal, "remove", res, err);
}

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
	if (WORKS(RESUME) && !cut_off(journal, err)) {
		journal_free(journal);
		return NULL;
	}
	return journal;
}
