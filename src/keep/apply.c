/*
 * apply.c - see apply.h
 *
 * One file after the other: it is opened before its first byte is written and
 * closed after its sync, so that no error of the disk goes to another
 * descriptor, and a flush of many files needs no more than one.
 */
#include "config.h"

#include "keep/apply.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"
#include "keep/exchange.h"
#include "keep/record.h"

enum { CHUNK = 16384 };

#ifdef TEST_HOOKS
static unsigned broken;

void apply_break(unsigned bits)
{
	broken = bits;
}
#define WORKS(part) (!(broken & APPLY_BREAK_##part))
#else
#define WORKS(part) true
#endif

static bool io_failed(const struct apply_target *target, const char *what,
                      int64_t res, struct error *err)
{
	(void)error_sys(err, (int)-res, "%s: %s", text_shown(target->path).s,
	                what);
	if (res == -EACCES || res == -EPERM || res == -EROFS)
		err->code = ERR_READONLY;
	return error_add_path(err, target->path);
}

static bool failed_at(const struct apply_target *target, const char *what,
                      uint64_t off, int64_t res, struct error *err)
{
	(void)error_sys(err, (int)-res, "%s: %s at 0x%" PRIx64,
	                text_shown(target->path).s, what, off);
	return error_add_path(err, target->path);
}

static bool changed(const struct apply_target *target, const char *how,
                    struct error *err)
{
	(void)error_set(err, ERR_CHANGED, "%s: %s", text_shown(target->path).s,
	                how);
	return error_add_path(err, target->path);
}

/* --- which file ----------------------------------------------------------- */

bool apply_identity(const struct sys *sys, int fd,
                    const struct apply_target *target, struct identity *id,
                    struct error *err)
{
	struct sys_stat st = { 0 };
	int64_t size = 0;
	int res = sys->fstat(fd, &st);

	if (res >= 0 && st.type == SYS_BLOCK)
		size = sys->device_size(fd);
	if (res < 0 || size < 0)
		return io_failed(target, "stat", res < 0 ? res : size, err);
	if (st.type == SYS_BLOCK)
		st.size = (uint64_t)size;
	if (st.type != (target->device ? SYS_BLOCK : SYS_REGULAR))
		return changed(target, "was replaced by something else", err);
	*id = identity_of(&st);
	return true;
}

static bool is_the_one(const struct apply_target *target,
                       const struct identity *id, struct error *err)
{
	if (!identity_same(&target->id, id))
		return changed(target, "was replaced by another file", err);
	if (id->size != target->id.size)
		return changed(target, "has another size now", err);
	if (target->timed && !target->device &&
	    (id->mtime != target->id.mtime || id->ctime != target->id.ctime))
		return changed(target,
		               "was written to by another program (reload "
		               "looks whether the edits still fit)",
		               err);
	return true;
}

static bool in_use(const struct apply_target *target, struct error *err)
{
	(void)error_set(err, ERR_READONLY,
	                "%s: is in use: mounted, or part of another device",
	                text_shown(target->path).s);
	return error_add_path(err, target->path);
}

bool apply_open(const struct sys *sys, const struct apply_target *target,
                int *fd, struct error *err)
{
	unsigned flags = SYS_READ | SYS_WRITE;
	struct identity id;
	int res;

	if (target->device)
		flags |= SYS_EXCLUSIVE;
	res = sys->open(target->path, flags);
	if (res == -EBUSY && target->device)
		return in_use(target, err);
	if (res < 0)
		return io_failed(target, "open for writing", res, err);
	*fd = res;
	if (apply_identity(sys, *fd, target, &id, err) &&
	    is_the_one(target, &id, err))
		return true;
	(void)sys->close(*fd);
	return false;
}

/* --- ranges --------------------------------------------------------------- */

typedef bool each_range(const struct apply *apply,
                        const struct apply_target *target, int fd,
                        const struct record_range *range,
                        enum apply_image image, struct error *err);

/* Do something with each range of a target, in order. */
static bool go_through(const struct apply *apply,
                       const struct apply_target *target, int fd,
                       each_range *each, enum apply_image image,
                       struct error *err)
{
	struct record record = { 0 };
	struct record_images images;
	struct record_range range;
	const uint8_t *payload;

	for (uint64_t off = target->begin; off < target->end;
	     off += record_size(record.len)) {
		if (!apply->record(apply->ctx, off, &record, &payload, err))
			return false;
		if (!record_has_images(&record) ||
		    !record_images(record.type, payload, record.len, &images))
			return error_set(err, ERR_CHANGED,
			                 "the journal has no images at "
			                 "%#" PRIx64,
			                 off);
		while (record_next_range(&images, &range))
			if (!each(apply, target, fd, &range, image, err))
				return false;
	}
	return true;
}

/* The part [at, at + n) of a range as the file has it. */
static bool read_part(const struct apply *apply,
                      const struct apply_target *target, int fd,
                      const struct record_range *range, size_t at, size_t n,
                      uint8_t *buf, struct error *err)
{
	int64_t got = disk_read(apply->sys, fd, buf, n, range->off + at);

	if (got < 0)
		return failed_at(target, "read", range->off + at, got, err);
	if ((size_t)got < n)
		return changed(target, "became shorter", err);
	return true;
}

/*
 * What could not be read before the flush cannot be written back. If it still
 * cannot be read, nothing has come of the flush there.
 */
static bool is_unread(const struct apply *apply,
                      const struct apply_target *target, int fd,
                      const struct record_range *range, struct error *err)
{
	uint8_t buf[CHUNK];
	struct error ignored;
	size_t n;

	(void)apply->sys->forget(fd);
	for (size_t at = 0; at < range->len; at += n) {
		n = (size_t)u64_min(sizeof(buf), range->len - at);
		if (!read_part(apply, target, fd, range, at, n, buf, &ignored))
			continue;
		(void)error_set(err, ERR_CHANGED,
		                "%s: what was at 0x%" PRIx64
		                " could not be read and is written over: the "
		                "flush can only be finished",
		                text_shown(target->path).s, range->off + at);
		return error_add_path(err, target->path);
	}
	return true;
}

static bool compare_range(const struct apply *apply,
                          const struct apply_target *target, int fd,
                          const struct record_range *range,
                          enum apply_image image, struct error *err)
{
	const uint8_t *want = image == APPLY_NEW ? range->new_ : range->old;
	uint8_t buf[CHUNK];
	size_t n;

	if (!want)
		return is_unread(apply, target, fd, range, err);
	for (size_t at = 0; at < range->len; at += n) {
		n = (size_t)u64_min(sizeof(buf), range->len - at);
		if (!read_part(apply, target, fd, range, at, n, buf, err))
			return false;
		if (memcmp(buf, want + at, n) != 0)
			return failed_at(target, "the disk did not take bytes",
			                 range->off + at, -EIO, err);
	}
	return true;
}

/*
 * A range that a full disk or a limit did not take has its old bytes still, and
 * can no more be written with them. What memory has of the file may not be what
 * the disk has, if a sync has failed before.
 */
static bool has_old(const struct apply *apply,
                    const struct apply_target *target, int fd,
                    const struct record_range *range)
{
	struct error ignored;

	(void)apply->sys->forget(fd);
	return compare_range(apply, target, fd, range, APPLY_OLD, &ignored);
}

/* Where nothing changes nothing is written: zeros leave a hole a hole. */
static bool write_range(const struct apply *apply,
                        const struct apply_target *target, int fd,
                        const struct record_range *range,
                        enum apply_image image, struct error *err)
{
	int res;

	if (!range->old && image == APPLY_OLD)
		return is_unread(apply, target, fd, range, err);
	if (range->old &&
	    memcmp(range->old, range->new_, (size_t)range->len) == 0)
		return true;
	res = disk_write(apply->sys, fd,
	                 image == APPLY_NEW ? range->new_ : range->old,
	                 (size_t)range->len, range->off);
	return res >= 0 ||
	       (image == APPLY_OLD && has_old(apply, target, fd, range)) ||
	       failed_at(target, "write", range->off, res, err);
}

/* Each byte old or new? */
static bool check_range(const struct apply *apply,
                        const struct apply_target *target, int fd,
                        const struct record_range *range,
                        enum apply_image image, struct error *err)
{
	uint8_t buf[CHUNK];
	size_t n;

	if (!range->old)
		return image == APPLY_NEW ||
		       is_unread(apply, target, fd, range, err);
	for (size_t at = 0; at < range->len; at += n) {
		n = (size_t)u64_min(sizeof(buf), range->len - at);
		if (!read_part(apply, target, fd, range, at, n, buf, err))
			return false;
		for (size_t i = 0; i < n; i++) {
			if (buf[i] == range->old[at + i] ||
			    buf[i] == range->new_[at + i])
				continue;
			(void)error_set(err, ERR_CHANGED,
			                "%s: the byte at 0x%" PRIx64
			                " is neither what it was before the "
			                "flush nor what it was to become",
			                text_shown(target->path).s,
			                range->off + at + i);
			return error_add_path(err, target->path);
		}
	}
	return true;
}

/* --- whole files ---------------------------------------------------------- */

bool apply_check(const struct apply *apply, const struct apply_target *target,
                 enum apply_image image, struct error *err)
{
	bool ok;
	int fd;

	if (target->exchanged)
		return exchange_check(apply->sys, target, image, err);
	if (!apply_open(apply->sys, target, &fd, err))
		return false;
	ok = go_through(apply, target, fd, check_range, image, err);
	(void)apply->sys->close(fd);
	return ok;
}

static bool sync_file(const struct apply *apply,
                      const struct apply_target *target, int fd,
                      struct error *err)
{
	int res = WORKS(SYNC) ? disk_sync_data(apply->sys, fd) : 0;

	return res >= 0 || io_failed(target, "sync", res, err);
}

/* After a failed sync the cache may show what the disk never got. */
static bool write_again(const struct apply *apply,
                        const struct apply_target *target, int fd,
                        enum apply_image image, struct error *err)
{
	struct error first = *err;

	if (!WORKS(RETRY))
		return sync_file(apply, target, fd, err);
	if (go_through(apply, target, fd, write_range, image, err) &&
	    sync_file(apply, target, fd, err)) {
		(void)apply->sys->forget(fd);
		return go_through(apply, target, fd, compare_range, image, err);
	}
	*err = first;
	return false;
}

/* Times are taken while the file is open: what another program writes later is
   not taken for ours. */
static void see(const struct apply *apply, const struct apply_target *target,
                int fd, struct identity *after)
{
	struct sys_stat st = { 0 };
	struct error ignored;
	struct identity id;

	if (!apply_identity(apply->sys, fd, target, &id, &ignored)) {
		/* What the name says is better than nothing. */
		if (target->device || apply->sys->stat(target->path, &st) < 0)
			return;
		id = identity_of(&st);
	}
	/* Nor is another's who has made it longer. */
	if (identity_same(&id, &target->id) && id.size == target->id.size)
		*after = id;
}

bool apply_write(const struct apply *apply, const struct apply_target *target,
                 enum apply_image image, bool *began, struct identity *after,
                 struct error *err)
{
	bool ok;
	int fd;

	if (target->exchanged)
		return exchange_write(apply->sys, target, image, began, after,
		                      err);
	if (!apply_open(apply->sys, target, &fd, err))
		return false;
	*began = true;
	ok = go_through(apply, target, fd, write_range, image, err) &&
	     (sync_file(apply, target, fd, err) ||
	      write_again(apply, target, fd, image, err));
	if (ok)
		see(apply, target, fd, after);
	(void)apply->sys->close(fd);
	return ok;
}

bool apply_clean(const struct apply *apply, const struct apply_target *target,
                 enum apply_image image, struct error *err)
{
	return !target->exchanged ||
	       exchange_clean(apply->sys, target, image, err);
}
