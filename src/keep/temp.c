/*
 * temp.c - see temp.h
 *
 * The file gets its size first, as one hole, and then its bytes; so what is a
 * hole in the old file, and new blocks of zeros, take no place. Attributes come
 * behind owner and mode, since changing these takes some of them away.
 */
#include "config.h"

#include "keep/temp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/apply_target.h"
#include "keep/disk.h"
#include "keep/exchange.h"

/* Tests make them small. */
#ifndef TEMP_BLOCK
#define TEMP_BLOCK ((size_t)4096) /* what is shared, or left out for zeros */
#define TEMP_CHUNK ((size_t)256 * 1024)
#endif

enum {
	ATTRIBUTES = 65536, /* the system has no more of names, or of a value */
	STICKY = 01000,
	MODE = 07777,
};

/* Copied at once: between them it can be cancelled. */
#define STEP_BYTES (UINT64_C(64) << 20)

struct making {
	const struct temp_plan *plan;
	const struct sys *sys;
	struct apply_target *target;
	struct exchange_place place;
	struct sys_stat st; /* of the file */
	int from, to;
	bool no_share, no_copy; /* the file system cannot */
	uint8_t *buf;           /* owned: TEMP_CHUNK bytes */
};

#ifdef TEST_HOOKS
static unsigned broken;

void temp_break(unsigned bits)
{
	broken = bits;
}
#define WORKS(part) (!(broken & TEMP_BREAK_##part))
#else
#define WORKS(part) true
#endif

/* --- refusing ------------------------------------------------------------- */

/* What was to happen to the file cannot; saving it elsewhere can. */
static bool refuse(const struct making *m, const char *why, struct error *err)
{
	(void)error_set(err, ERR_READONLY,
	                "%s: its length cannot be changed: %s (save-as writes "
	                "another file)",
	                text_shown(m->target->path).s, why);
	return error_add_path(err, m->target->path);
}

static bool failed(const struct making *m, const char *what, int64_t res,
                   struct error *err)
{
	(void)error_sys(err, (int)-res,
	                "%s: its length was not changed (save-as writes "
	                "another file): %s",
	                text_shown(m->target->path).s, what);
	if (res == -EACCES || res == -EPERM || res == -EROFS)
		err->code = ERR_READONLY;
	return error_add_path(err, m->target->path);
}

static bool failed_at(const struct making *m, const char *what, uint64_t off,
                      int64_t res, struct error *err)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s at 0x%" PRIx64, what, off);
	return failed(m, text, res, err);
}

/* --- may it be replaced? -------------------------------------------------- */

static bool check_folder(const struct making *m, struct error *err)
{
	struct sys_stat folder = { 0 };
	int res = m->sys->fstat(m->place.folder, &folder);

	if (res < 0)
		return failed(m, "stat its folder", res, err);
	if (folder.mode & STICKY && sys_user() != 0 &&
	    folder.uid != sys_user() && m->st.uid != sys_user())
		return refuse(m,
		              "its folder is sticky, and it belongs to another "
		              "user",
		              err);
	return true;
}

static bool check(struct making *m, struct error *err)
{
	struct sys_stat named = { 0 };
	int res;

	if (m->target->device)
		return refuse(m, "a block device has one length", err);
	res = m->sys->fstat(m->from, &m->st);
	if (res >= 0)
		res = m->sys->stat_in(m->place.folder, m->place.name, &named);
	if (res < 0)
		return failed(m, "stat", res, err);
	if (named.dev != m->st.dev || named.ino != m->st.ino) {
		(void)error_set(err, ERR_CHANGED,
		                "%s: was replaced by another file",
		                text_shown(m->target->path).s);
		return error_add_path(err, m->target->path);
	}
	if (m->st.nlink > 1)
		return refuse(m,
		              "it has other names (hard links), which would "
		              "keep the old one",
		              err);
	return check_folder(m, err);
}

/* --- kept bytes ----------------------------------------------------------- */

static bool is_cancelled(const struct making *m, struct error *err)
{
	return m->plan->job && job_cancelled(m->plan->job) &&
	       !error_set(err, ERR_CANCELLED, "the flush was cancelled");
}

static bool became_shorter(const struct making *m, struct error *err)
{
	(void)error_set(err, ERR_CHANGED, "%s: became shorter",
	                text_shown(m->target->path).s);
	return error_add_path(err, m->target->path);
}

/* Copy by reading and writing. */
static bool pass_bytes(const struct making *m, uint64_t off, uint64_t len,
                       uint64_t to, struct error *err)
{
	size_t n;

	for (; len > 0; off += n, to += n, len -= n) {
		int64_t got;
		int res;

		n = (size_t)u64_min(len, TEMP_CHUNK);
		got = disk_read(m->sys, m->from, m->buf, n, off);
		if (got < 0)
			return failed_at(m, "read", off, got, err);
		if ((size_t)got < n)
			return became_shorter(m, err);
		res = disk_write(m->sys, m->to, m->buf, n, to);
		if (res < 0)
			return failed_at(m, "write its copy", to, res, err);
	}
	return true;
}

/* Is that what a system says that cannot copy for us, or share? */
static bool is_unable(int64_t res)
{
	return res == -EINVAL || res == -EXDEV || res == -ENOSYS ||
	       res == -EOPNOTSUPP || res == -EBADF || res == -ENOTTY ||
	       res == -EPERM || res == -ETXTBSY;
}

static bool copy_data(struct making *m, uint64_t off, uint64_t len, uint64_t to,
                      struct error *err)
{
	int64_t res;

	if (m->no_copy)
		return pass_bytes(m, off, len, to, err);
	res = disk_copy(m->sys, m->to, to, m->from, off, len);
	if (res >= 0 && (uint64_t)res == len)
		return true;
	/* What it cannot, or could not all, is read: that says what is
	   wrong. */
	m->no_copy = is_unable(res);
	return pass_bytes(m, off, len, to, err);
}

/* How many bytes there are in front of the first whole block of a part; all of
   it if it has none, or is not where blocks of the file were. */
static uint64_t to_block(const struct making *m, uint64_t off, uint64_t len,
                         uint64_t to)
{
	uint64_t n = (TEMP_BLOCK - off % TEMP_BLOCK) % TEMP_BLOCK;

	if (m->no_share || off % TEMP_BLOCK != to % TEMP_BLOCK)
		return len;
	return len > n && len - n >= TEMP_BLOCK ? n : len;
}

/* Share whole blocks; returns how many bytes. */
static uint64_t share(struct making *m, uint64_t off, uint64_t len, uint64_t to)
{
	len -= len % TEMP_BLOCK;
	if (len == 0)
		return 0;
	if (m->sys->clone(m->to, to, m->from, off, len) == 0)
		return len;
	m->no_share = true;
	return 0;
}

/* How far from `off`, at most `len`, it goes on like this: as a hole, or
   not. */
static uint64_t extent(const struct making *m, uint64_t off, uint64_t len,
                       bool *hole)
{
	int64_t at = m->sys->seek(m->from, off, SYS_SEEK_DATA);

	*hole = false;
	if (at == -ENXIO) {
		*hole = true;
		return len;
	}
	if (at < 0)
		return len;
	if ((uint64_t)at > off) {
		*hole = true;
		return u64_min(len, (uint64_t)at - off);
	}
	at = m->sys->seek(m->from, off, SYS_SEEK_HOLE);
	if (at < 0 || (uint64_t)at <= off)
		return len;
	return u64_min(len, (uint64_t)at - off);
}

static bool copy_bytes(struct making *m, uint64_t off, uint64_t len,
                       uint64_t to, struct error *err)
{
	uint64_t n;
	bool hole;

	for (; len > 0; off += n, to += n, len -= n) {
		if (is_cancelled(m, err))
			return false;
		n = extent(m, off, u64_min(len, STEP_BYTES), &hole);
		if (!hole && !copy_data(m, off, n, to, err))
			return false;
	}
	return true;
}

static bool keep_bytes(struct making *m, const struct temp_part *part,
                       uint64_t to, struct error *err)
{
	uint64_t off = part->off, len = part->len;
	uint64_t n = to_block(m, off, len, to);

	if (!copy_bytes(m, off, n, to, err))
		return false;
	n += share(m, off + n, len - n, to + n);
	return copy_bytes(m, off + n, len - n, to + n, err);
}

/* --- new bytes ------------------------------------------------------------ */

static bool is_zero(const uint8_t *bytes, size_t len)
{
	return len == 0 ||
	       (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

/* Whole blocks of zeros are there already. */
static bool write_new(const struct making *m, const uint8_t *bytes, size_t len,
                      uint64_t to, struct error *err)
{
	size_t n;

	for (; len > 0; bytes += n, to += n, len -= n) {
		int res = 0;

		n = size_min(len, TEMP_BLOCK - (size_t)(to % TEMP_BLOCK));
		while (n < len &&
		       !is_zero(bytes + n, size_min(TEMP_BLOCK, len - n)))
			n += size_min(TEMP_BLOCK, len - n);
		if (!is_zero(bytes, n))
			res = disk_write(m->sys, m->to, bytes, n, to);
		if (res < 0)
			return failed_at(m, "write its copy", to, res, err);
	}
	return true;
}

static bool add_bytes(const struct making *m, uint64_t len, uint64_t to,
                      struct error *err)
{
	size_t n;

	for (; len > 0; to += n, len -= n) {
		if (is_cancelled(m, err))
			return false;
		n = (size_t)u64_min(len, TEMP_CHUNK);
		if (!m->plan->read(m->plan->ctx, to, m->buf, n, err) ||
		    !write_new(m, m->buf, n, to, err))
			return false;
	}
	return true;
}

static bool fill(struct making *m, struct error *err)
{
	struct temp_part part;
	uint64_t to = 0;
	int res = disk_truncate(m->sys, m->to, m->plan->size);

	if (res < 0)
		return failed_at(m, "make its copy, which is to end",
		                 m->plan->size, res, err);
	while (m->plan->next(m->plan->ctx, &part)) {
		if (!(part.kept ? keep_bytes(m, &part, to, err)
		                : add_bytes(m, part.len, to, err)))
			return false;
		to += part.len;
	}
	return true;
}

/* --- owner, mode, attributes ---------------------------------------------- */

static bool keep_rights(const struct making *m, struct error *err)
{
	struct sys_stat now = { 0 };
	int res = m->sys->fstat(m->to, &now);

	if (res >= 0 && (now.uid != m->st.uid || now.gid != m->st.gid)) {
		res = m->sys->set_owner(m->to, m->st.uid, m->st.gid);
		if (res == -EPERM)
			return refuse(m, "its owner and group cannot be kept",
			              err);
	}
	if (res >= 0)
		res = m->sys->set_mode(m->to, m->st.mode);
	return res >= 0 || failed(m, "keep its owner and mode", res, err);
}

/* Some of them can be given only to a file that is empty. */
static bool keep_flags(const struct making *m, struct error *err)
{
	int64_t want = m->sys->flags(m->from);
	int64_t have = want < 0 ? want : m->sys->flags(m->to);

	if (want == -EOPNOTSUPP || (want == have && have >= 0))
		return true;
	if (want < 0)
		return failed(m, "read its flags", want, err);
	if (have < 0 || m->sys->set_flags(m->to, want) < 0)
		return refuse(m, "its flags (lsattr) cannot be kept", err);
	return true;
}

static bool not_kept(const struct making *m, const char *name, int64_t res,
                     struct error *err)
{
	(void)error_sys(err, (int)-res,
	                "%s: its length cannot be changed (save-as writes "
	                "another file): its attribute %s cannot be kept",
	                text_shown(m->target->path).s, text_shown(name).s);
	err->code = ERR_READONLY;
	return error_add_path(err, m->target->path);
}

static bool has_name(const char *names, int64_t len, const char *name)
{
	for (int64_t at = 0; at < len; at += (int64_t)strlen(names + at) + 1)
		if (strcmp(names + at, name) == 0)
			return true;
	return false;
}

/* Does the new file have this value of it already, as the system gives it? */
static bool has_value(const struct making *m, const char *name,
                      const uint8_t *value, int64_t len, uint8_t *buf)
{
	int64_t n = m->sys->get_attribute(m->to, name, buf, ATTRIBUTES);

	return n == len && memcmp(value, buf, (size_t)len) == 0;
}

/* The names that a file has; what cannot have any has none. */
static int64_t names_of(const struct making *m, int fd, char *names)
{
	int64_t n = m->sys->attributes(fd, names, ATTRIBUTES);

	return n == -EOPNOTSUPP || n == -ENOSYS ? 0 : n;
}

/* What the new one got from its folder, and the old one did not have. */
static bool drop_others(const struct making *m, const char *names, int64_t len,
                        char *have, struct error *err)
{
	int64_t n = names_of(m, m->to, have);

	for (int64_t at = 0; at < n; at += (int64_t)strlen(have + at) + 1) {
		int res;

		if (has_name(names, len, have + at))
			continue;
		res = m->sys->drop_attribute(m->to, have + at);
		if (res < 0 && res != -ENODATA)
			return not_kept(m, have + at, res, err);
	}
	return n >= 0 || failed(m, "read the attributes of its copy", n, err);
}

/* `buf` has room for three of the most that the system gives. */
static bool copy_attributes(const struct making *m, uint8_t *buf,
                            struct error *err)
{
	uint8_t *value = buf + ATTRIBUTES, *other = value + ATTRIBUTES;
	const char *names = (const char *)buf;
	int64_t len = names_of(m, m->from, (char *)buf);

	if (len < 0)
		return failed(m, "read its attributes", len, err);
	if (!drop_others(m, names, len, (char *)value, err))
		return false;
	for (int64_t at = 0; at < len; at += (int64_t)strlen(names + at) + 1) {
		const char *name = names + at;
		int64_t n =
			m->sys->get_attribute(m->from, name, value, ATTRIBUTES);

		if (n == -ENODATA)
			continue;
		if (n >= 0 && has_value(m, name, value, n, other))
			continue;
		if (n >= 0)
			n = m->sys->set_attribute(m->to, name, value,
			                          (size_t)n);
		if (n < 0)
			return not_kept(m, name, n, err);
	}
	return true;
}

static bool keep_attributes(const struct making *m, struct error *err)
{
	uint8_t *buf = mem_zalloc((size_t)3 * ATTRIBUTES, err);
	struct sys_stat now = { 0 };
	bool ok = buf && copy_attributes(m, buf, err);
	int res = ok ? m->sys->fstat(m->to, &now) : 0;

	mem_free(buf);
	if (res < 0)
		return failed(m, "stat its copy", res, err);
	if (ok && ((now.mode ^ m->st.mode) & MODE))
		return refuse(m, "its mode cannot be kept", err);
	return ok;
}

/* --- all of it ------------------------------------------------------------ */

static bool settle(const struct making *m, struct error *err)
{
	struct sys_stat now = { 0 };
	int res = WORKS(OLD) ? disk_sync(m->sys, m->from) : 0;

	/* Its times say which it is, and must be the same after a crash. */
	if (res < 0)
		return failed(m, "sync", res, err);
	if (WORKS(SYNC))
		res = disk_sync(m->sys, m->to);
	if (res < 0)
		return failed(m, "sync its copy", res, err);
	if (WORKS(FOLDER))
		res = disk_sync(m->sys, m->place.folder);
	if (res < 0)
		return failed(m, "sync its folder", res, err);
	res = m->sys->fstat(m->to, &now);
	if (res < 0)
		return failed(m, "stat its copy", res, err);
	if (now.size != m->plan->size) {
		(void)error_set(err, ERR_CHANGED,
		                "%s: another program writes to its copy",
		                text_shown(m->target->path).s);
		return error_add_path(err, m->target->path);
	}
	m->target->with.ino = now.ino;
	m->target->with.size = now.size;
	m->target->with.mtime = now.mtime;
	return true;
}

static bool make_file(struct making *m, struct error *err)
{
	m->buf = mem_zalloc(TEMP_CHUNK, err);
	return m->buf && keep_flags(m, err) && fill(m, err) &&
	       keep_rights(m, err) && keep_attributes(m, err) && settle(m, err);
}

/* Unless its name leads to another one by now. */
static void remove_made(const struct making *m)
{
	struct sys_stat made = { 0 }, named = { 0 };

	if (m->sys->fstat(m->to, &made) == 0 &&
	    m->sys->stat_in(m->place.folder, m->place.temp, &named) == 0 &&
	    named.dev == made.dev && named.ino == made.ino)
		(void)disk_unlink_in(m->sys, m->place.folder, m->place.temp);
	(void)m->sys->close(m->to);
}

static bool make(struct making *m, struct error *err)
{
	bool ok;

	if (!check(m, err))
		return false;
	m->to = disk_open_in(m->sys, m->place.folder, m->place.temp,
	                     SYS_READ | SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE |
	                             SYS_PRIVATE | SYS_NOFOLLOW);
	if (m->to < 0)
		return failed(m, "make a file beside it", m->to, err);
	/* Where nothing can be locked, the file was not locked, either. */
	(void)disk_lock(m->sys, m->to, SYS_LOCK_TAKE);
	ok = make_file(m, err);
	mem_free(m->buf);
	if (ok)
		return true;
	remove_made(m);
	return false;
}

bool temp_make(const struct temp_plan *plan, struct apply_target *target,
               int from, int *fd, struct error *err)
{
	struct making m = {
		.plan = plan, .sys = plan->sys, .target = target, .from = from
	};
	bool ok;

	if (!exchange_open(plan->sys, target->path, target->with.temp.number,
	                   &m.place, err))
		return false;
	ok = make(&m, err);
	exchange_close(plan->sys, &m.place);
	if (ok)
		*fd = m.to;
	return ok;
}
