/*
 * journal_sync.c - see journal_impl.h: making a journal durable
 *
 * Writing it anew goes record by record, since each is under the salt of its
 * file; their offsets stay.
 */
#include "config.h"

#include "keep/journal.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "keep/journal_impl.h"

#define SECOND UINT64_C(1000000000)

uint64_t journal_sync_due(const struct journal *journal)
{
	if (journal->first == 0)
		return UINT64_MAX;
	return u64_min(journal->first + SECOND, journal->last + SECOND / 4);
}

static int sync_file(struct journal *journal, int fd, bool with_folder)
{
	const struct sys *sys = journal_sys(journal);
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
	(void)disk_read(journal_sys(journal), journal->fd, buf, len, off);
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
	whole = record_head_decode(buf->bytes, record_chain(journal->head.salt),
	                           off, record);
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
		record_head_encode(&record, record_chain(salt),
		                   buf.bytes + RECORD_HEAD, buf.bytes);
		res = disk_write(journal_sys(journal), fd, buf.bytes, buf.len,
		                 off);
		ok = res >= 0 ||
		     journal_failed(journal, "write anew", res, err);
		*chain = record.crc;
		off += buf.len;
	}
	record_buffer_free(&buf);
	return ok;
}

/* Make the new file durable and give it the name. */
static int install(struct journal *journal, int fd, const char *name)
{
	const struct sys *sys = journal_sys(journal);
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
                       struct journal_position *at, struct error *err)
{
	uint8_t head[RECORD_HEAD];
	struct record record;
	int64_t res = disk_read(journal_sys(journal), fd, head, sizeof(head),
	                        at->end);

	if (res < 0)
		return journal_failed(journal, "read anew", res, err);
	if (res < RECORD_HEAD ||
	    !record_head_decode(head, record_chain(salt), at->end, &record))
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
	        find_chain(journal, fd, salt, &journal->start, err)) &&
	       (!journal->has_ahead ||
	        find_chain(journal, fd, salt, &journal->ahead, err));
}

static bool write_anew(struct journal *journal, struct error *err)
{
	const struct sys *sys = journal_sys(journal);
	uint64_t end = journal_next_off(journal);
	struct record_journal head = journal->head;
	char name[JOURNAL_NAME];
	uint32_t chain;
	int res;
	int fd;

	assert(!journal->open);
	if (journal->retired_count == JOURNAL_RETIRED)
		return error_set(err, ERR_IO, "%s was written anew too often",
		                 journal->name);
	record_name(head.uuid, name);
	strcat(name, ".new");
	if (!journal_make_salt(journal, &head, err))
		return false;
	(void)disk_unlink_in(sys, journal->folder->fd, name);
	fd = journal_make_file(journal, name, &head);
	if (fd < 0)
		return journal_failed(journal, "create anew", fd, err);
	if (!copy_records(journal, fd, head.salt, end, &chain, err) ||
	    !find_chains(journal, fd, head.salt, err))
		goto out;
	res = journal_write_foot(journal, fd, head.salt);
	if (res >= 0)
		res = install(journal, fd, name);
	if (res < 0) {
		(void)journal_failed(journal, "replace", res, err);
		goto out;
	}
	adopt_file(journal, fd, head.salt, chain, end);
	if (WORKS(NEW_FOLDER))
		res = disk_sync(sys, journal->folder->fd);
	if (res < 0)
		return journal_failed(journal, "sync the folder", res, err);
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
	if (journal_sync_failed(journal))
		ok = write_anew(journal, err);
	pthread_mutex_unlock(&journal->syncing);
	if (!ok) {
		/* The disk gets a second before it is tried again. */
		journal->first = sys_now();
		journal->last = journal->first + SECOND;
		return error_prefix(err, "the disk failed");
	}
	journal_tail_drop(journal);
	if (journal_durable_end(journal) >= journal->at.end)
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
