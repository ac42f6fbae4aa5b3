/*
 * journal_disk.c - see journal_impl.h: the file of a journal, and its tail
 *
 * The tail is read by other threads while the engine adds to it: they copy from
 * it under the lock, under which alone its memory moves.
 */
#include "config.h"

#include "keep/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "keep/journal_impl.h"
#include "source/guard.h"

#ifdef TEST_HOOKS
static unsigned broken;

void journal_break(unsigned bits)
{
	broken = bits;
}

bool journal_works(unsigned part)
{
	return !(broken & part);
}
#endif

uint64_t journal_durable_end(struct journal *journal)
{
	uint64_t durable;

	pthread_mutex_lock(&journal->lock);
	durable = journal->durable;
	pthread_mutex_unlock(&journal->lock);
	return durable;
}

bool journal_sync_failed(struct journal *journal)
{
	bool yes;

	pthread_mutex_lock(&journal->lock);
	yes = journal->failed != 0;
	pthread_mutex_unlock(&journal->lock);
	return yes;
}

void journal_set_failed(struct journal *journal, int res)
{
	pthread_mutex_lock(&journal->lock);
	journal->failed = res;
	pthread_mutex_unlock(&journal->lock);
}

bool journal_failed(const struct journal *journal, const char *what,
                    int64_t res, struct error *err)
{
	(void)folder_failed(journal->folder, journal->name, what, res, err);
	err->code = ERR_IO;
	return error_prefix(err, "the journal");
}

/* --- the file ------------------------------------------------------------- */

bool journal_make_salt(struct journal *journal, struct record_journal *head,
                       struct error *err)
{
	int res = journal_sys(journal)->random(&head->salt, sizeof(head->salt));

	return res >= 0 || journal_failed(journal, "random bytes", res, err);
}

bool journal_make_head(struct journal *journal, struct error *err)
{
	struct record_journal head = { .program = PACKAGE_STRING };
	int res;

	if (journal->named)
		return true;
	head.pid = sys_process();
	head.uid = sys_user();
	res = journal_sys(journal)->random(head.uuid, sizeof(head.uuid));
	if (res < 0)
		return journal_failed(journal, "random bytes", res, err);
	if (!journal_make_salt(journal, &head, err))
		return false;
	head.created = journal_sys(journal)->clock();
	record_name(head.uuid, journal->name);
	strcat(journal->name, ".hxj");
	journal->head = head;
	journal->at.chain = record_chain(head.salt);
	journal->named = true;
	return true;
}

int journal_make_file(struct journal *journal, const char *name,
                      const struct record_journal *head)
{
	const struct sys *sys = journal_sys(journal);
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
	fd = journal_make_file(journal, journal->name, &journal->head);
	if (fd < 0)
		return journal_failed(journal, "create", fd, err);
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
bool journal_cut_off(struct journal *journal, struct error *err)
{
	const struct sys *sys = journal_sys(journal);
	int res = 0;

	pthread_mutex_lock(&journal->syncing);
	if (WORKS(CUT))
		res = disk_truncate(sys, journal->fd,
		                    u64_min(journal->at.end, journal->written));
	if (res >= 0 && journal->cut_deep && WORKS(CUT_SYNC)) {
		res = disk_sync_data(sys, journal->fd);
		if (res < 0)
			journal_set_failed(journal, res);
	}
	pthread_mutex_unlock(&journal->syncing);
	if (res < 0)
		return journal_failed(journal, "cut off an unfinished change",
		                      res, err);
	journal->cut = false;
	journal->cut_deep = false;
	return true;
}

/* --- the tail ------------------------------------------------------------- */

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

bool journal_tail_put(struct journal *journal, const void *bytes, size_t len,
                      struct error *err)
{
	return tail_reserve(journal, len, err) &&
	       record_put(&journal->tail, bytes, len, err);
}

void journal_tail_drop(struct journal *journal)
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

bool journal_write_out(struct journal *journal, struct error *err)
{
	uint64_t end = journal_next_off(journal), limit = journal->limit;
	size_t from;
	int res;

	if (limit && end > limit && !journal->unlimited)
		return error_set(err, ERR_LIMIT,
		                 "the journal would be longer than %llu bytes: "
		                 "flush, or set journallimit to more",
		                 (unsigned long long)limit);
	if (!need_file(journal, err))
		return false;
	from = (size_t)(journal->written - journal->tail_off);
	res = disk_write(journal_sys(journal), journal->fd,
	                 journal->tail.bytes + from, journal->tail.len - from,
	                 journal->written);
	if (res < 0) {
		journal->cut = true;
		return journal_failed(journal, "write", res, err);
	}
	pthread_mutex_lock(&journal->lock);
	journal->written = end;
	pthread_mutex_unlock(&journal->lock);
	return true;
}

/* --- the store ------------------------------------------------------------ */

void journal_close_files(struct journal *journal)
{
	const struct sys *sys = journal_sys(journal);

	while (journal->retired_count > 0)
		(void)sys->close(journal->retired[--journal->retired_count]);
	if (journal->fd >= 0)
		(void)sys->close(journal->fd);
	journal->fd = -1;
}

/* What is mapped needs no descriptor; whoever reads while it is mapped closes
   it. A result as that of a system call. */
static int64_t read_file(struct journal *journal, uint64_t off, void *buf,
                         size_t len)
{
	const unsigned char *map;
	int64_t n;
	int fd;

	pthread_mutex_lock(&journal->lock);
	map = journal->map;
	fd = journal->fd;
	journal->readers += !map;
	pthread_mutex_unlock(&journal->lock);
	if (map)
		return guard_copy(buf, map + off, len) == len ? (int64_t)len
		                                              : -EIO;
	n = disk_read(journal_sys(journal), fd, buf, len, off);
	pthread_mutex_lock(&journal->lock);
	if (--journal->readers == 0 && journal->map)
		journal_close_files(journal);
	pthread_mutex_unlock(&journal->lock);
	return n;
}

bool journal_read(struct journal *journal, uint64_t off, void *buf, size_t len,
                  struct error *err)
{
	unsigned char *at = buf;
	uint64_t tail_off;
	int64_t n = 0;

	pthread_mutex_lock(&journal->lock);
	tail_off = journal->tail_off;
	if (off >= tail_off || len > tail_off - off) {
		uint64_t from = u64_max(off, tail_off);

		memcpy(at + (from - off),
		       journal->tail.bytes + (from - tail_off),
		       (size_t)(off + len - from));
		len = (size_t)(from - off);
	}
	pthread_mutex_unlock(&journal->lock);
	if (len > 0)
		n = read_file(journal, off, at, len);
	if (n == (int64_t)len)
		return true;
	if (n < 0)
		return journal_failed(journal, "read", n, err);
	return error_set(err, ERR_CHANGED, "the journal %s has been cut short",
	                 journal->name);
}

void journal_rest(struct journal *journal)
{
	uint64_t len = journal->tail_off;
	void *map;
	if (journal->fd < 0 || journal->map || !guard_installed() ||
	    len > SIZE_MAX ||
	    journal_sys(journal)->map(journal->fd, 0, (size_t)len, &map) < 0)
		return;
	pthread_mutex_lock(&journal->lock);
	journal->map = map;
	journal->map_len = (size_t)len;
	if (journal->readers == 0)
		journal_close_files(journal);
	pthread_mutex_unlock(&journal->lock);
}

int journal_write_foot(const struct journal *journal, int fd, uint64_t salt)
{
	uint8_t foot[RECORD_FOOT];

	if (journal->trailer == 0)
		return 0;
	record_foot_encode(journal->trailer, salt, foot);
	return disk_write(journal_sys(journal), fd, foot, sizeof(foot),
	                  journal->at.end);
}
