/* replace.c - see replace.h */
#include "config.h"

#include "open/replace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"

enum { STEP_BYTES = 64 << 10 }; /* written at once */

/* The user knows nothing of the temporary file: where it could not be made or
   written, the name that was given is told. */
static bool io_error(int res, const char *path, struct error *err)
{
	error_sys(err, -res, "%s", text_shown(path).s);
	return error_add_path(err, path);
}

static void forget(struct replacement *r)
{
	mem_free(r->temp);
	mem_free(r->waiting.v);
	*r = (struct replacement){ .fd = -1 };
}

static bool is_busy(struct replacement *r, struct error *err)
{
	error_sys(err, EEXIST, "%s: another save is under way",
	          text_shown(r->temp).s);
	return error_add_path(err, r->temp);
}

/* Nobody writes it. It may be what a save of data left that was broken off, or
   somebody's. */
static bool is_in_the_way(struct replacement *r, struct error *err)
{
	error_set(err, ERR_STATE,
	          "%s is in the way: a save that was broken off may have left "
	          "it%s",
	          text_shown(r->temp).s,
	          r->is_data ? " (with ! it is removed)" : "");
	return error_add_path(err, r->temp);
}

/* Is the open file still the one of that name, and ours? A save that took it
   for a left one may have put its own there before this one had the lock. 1, 0,
   or what the system says. */
static int is_ours(const struct replacement *r)
{
	struct sys_stat open, named = { 0 };
	int res = r->sys->fstat(r->fd, &open);

	if (res == 0)
		res = r->sys->stat(r->temp, &named);
	if (res < 0)
		return res;
	return open.dev == named.dev && open.ino == named.ino &&
	       open.type == SYS_REGULAR && open.nlink == 1 &&
	       open.uid == sys_user();
}

/* Does it begin as all that is saved here does, as far as it goes? A file that
   somebody else gave this name is not to be lost. 1, 0, or what the system
   says. */
static int is_a_save(const struct replacement *r)
{
	static const char begin[] = "hexspan-";
	char bytes[sizeof(begin) - 1];
	int64_t n = r->sys->pread(r->fd, bytes, sizeof(bytes), 0);

	return n < 0 ? (int)n : memcmp(bytes, begin, (size_t)n) == 0;
}

/* Is there a file that not all may read? What comes in its place must not be
   read by them either. */
static bool is_private(const struct replacement *r)
{
	struct sys_stat st = { 0 };
	int res = r->sys->stat(r->path, &st);

	return res < 0 ? res != -ENOENT : (st.mode & 0044) != 0044;
}

static int open_new(const struct replacement *r)
{
	return r->sys->open(r->temp, SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE |
	                                     (is_private(r) ? SYS_PRIVATE : 0));
}

/* A save that was broken off left its file behind: nobody has it locked. */
static bool remove_left(struct replacement *r, struct error *err)
{
	int res = r->sys->open(r->temp, SYS_READ | SYS_WRITE | SYS_NOFOLLOW);
	bool locked = false;

	if (res < 0)
		return io_error(res, r->temp, err);
	r->fd = res;
	locked = r->sys->lock(r->fd, SYS_LOCK_TAKE) == 0;
	res = locked ? is_ours(r) : 0;
	if (res > 0 && !r->over)
		res = is_a_save(r);
	if (res > 0)
		res = r->sys->unlink(r->temp);
	else if (res == 0)
		res = -EAGAIN;
	(void)r->sys->close(r->fd);
	r->fd = -1;
	if (res == -EAGAIN)
		return locked ? is_in_the_way(r, err) : is_busy(r, err);
	if (res < 0)
		return io_error(res, r->temp, err);
	return true;
}

static bool open_temp(struct replacement *r, struct error *err)
{
	int res = open_new(r);

	if (res == -EEXIST) {
		if (!remove_left(r, err))
			return false;
		res = open_new(r);
	}
	if (res < 0)
		return res == -EEXIST ? is_busy(r, err)
		                      : io_error(res, r->path, err);
	r->fd = res;
	/* Where nothing can be locked, nothing is taken for a left one. */
	res = r->sys->lock(r->fd, SYS_LOCK_TAKE) == -EAGAIN ? 0 : is_ours(r);
	if (res > 0)
		return true;
	if (res < 0)
		(void)r->sys->unlink(r->temp);
	(void)r->sys->close(r->fd);
	return res < 0 ? io_error(res, r->temp, err) : is_busy(r, err);
}

static bool begin(struct replacement *r, const struct replacement *as,
                  struct error *err)
{
	const char *path = as->path;
	struct buffer temp = { 0 };
	bool ok = buffer_append(&temp, path, strlen(path), err) &&
	          buffer_append(&temp, ".hxtmp", 6, err);

	*r = *as;
	r->temp = temp.v;
	if (ok && open_temp(r, err))
		return true;
	forget(r);
	return false;
}

bool replace_begin(struct replacement *r, const struct sys *sys,
                   const char *path, struct error *err)
{
	return begin(r,
	             &(struct replacement){
			     .sys = sys, .path = path, .fd = -1 },
	             err);
}

bool replace_begin_data(struct replacement *r, const struct sys *sys,
                        const char *path, bool over, struct error *err)
{
	return begin(r,
	             &(struct replacement){ .sys = sys,
	                                    .path = path,
	                                    .is_data = true,
	                                    .over = over,
	                                    .fd = -1 },
	             err);
}

static bool write_all(struct replacement *r, const char *bytes, size_t len,
                      struct error *err)
{
	while (len > 0) {
		int64_t done = r->sys->write(r->fd, bytes, len);

		if (done <= 0)
			return io_error(done < 0 ? (int)done : -EIO, r->path,
			                err);
		bytes += done;
		len -= (size_t)done;
	}
	return true;
}

static bool write_waiting(struct replacement *r, struct error *err)
{
	size_t len = r->waiting.len;

	r->waiting.len = 0;
	return write_all(r, r->waiting.v, len, err);
}

bool replace_put(struct replacement *r, const char *bytes, size_t len,
                 struct error *err)
{
	return buffer_append(&r->waiting, bytes, len, err) &&
	       (r->waiting.len < STEP_BYTES || write_waiting(r, err));
}

bool replace_put_quoted(struct replacement *r, const char *text,
                        struct error *err)
{
	bool ok = replace_put(r, "\"", 1, err);

	for (; ok && *text; text++) {
		unsigned char c = (unsigned char)*text;
		char one[8];

		snprintf(one, sizeof(one),
		         c < 0x20 || c == 0x7f   ? "\\x%02x"
		         : c == '"' || c == '\\' ? "\\%c"
		                                 : "%c",
		         c);
		ok = replace_put(r, one, strlen(one), err);
	}
	return ok && replace_put(r, "\"", 1, err);
}

static void close_temp(struct replacement *r)
{
	/* What is synced, closing does not lose. */
	if (r->fd >= 0)
		(void)r->sys->close(r->fd);
	r->fd = -1;
}

void replace_cancel(struct replacement *r)
{
	/* As long as it is open, it is locked. */
	(void)r->sys->unlink(r->temp);
	close_temp(r);
	forget(r);
}

static bool sync_temp(struct replacement *r, struct error *err)
{
	int res;

	if (!write_waiting(r, err))
		return false;
	res = r->sys->sync(r->fd);
	return res >= 0 || io_error(res, r->path, err);
}

bool replace_finish(struct replacement *r, struct error *err)
{
	if (!sync_temp(r, err))
		return false;
	close_temp(r);
	return true;
}

static bool is_there(const char *path, struct error *err)
{
	error_set(err, ERR_STATE, "%s is there already", text_shown(path).s);
	return error_add_path(err, path);
}

/* Where the system cannot refuse to replace a file, it is looked for. */
static int rename_new(const struct replacement *r)
{
	int res = r->sys->rename_new(r->temp, r->path);
	struct sys_stat st;

	if (res != -EINVAL && res != -ENOSYS)
		return res;
	res = r->sys->stat(r->path, &st);
	if (res != -ENOENT)
		return res < 0 ? res : -EEXIST;
	return r->sys->rename(r->temp, r->path);
}

bool replace_place(struct replacement *r, bool over, struct error *err)
{
	int res = over ? r->sys->rename(r->temp, r->path) : rename_new(r);

	if (res == -EEXIST && !over)
		is_there(r->path, err);
	else if (res < 0)
		io_error(res, r->path, err);
	if (res < 0)
		(void)r->sys->unlink(r->temp);
	close_temp(r);
	forget(r);
	return res >= 0;
}

bool replace_commit(struct replacement *r, struct error *err)
{
	if (sync_temp(r, err))
		return replace_place(r, true, err);
	replace_cancel(r);
	return false;
}

bool replace_settle(const struct sys *sys, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash && slash != path ? (size_t)(slash - path) : 1;
	char folder[4096]; /* the system takes no longer ones */
	int fd, res;

	if (len >= sizeof(folder))
		return true;
	memcpy(folder, slash ? path : ".", len);
	folder[len] = '\0';
	fd = sys->open(folder, SYS_READ | SYS_FOLDER);
	res = fd < 0 ? 0 : sys->sync(fd);
	if (fd >= 0)
		(void)sys->close(fd);
	if (res >= 0 || res == -EINVAL)
		return true;
	io_error(res, path, err);
	return error_prefix(err, "written, but a power failure may lose it");
}

/* To replace a file takes no right to write it. Who has taken that away, or has
   not given it, did not mean this. */
static bool may_write(const struct sys *sys, const char *path,
                      const struct sys_stat *st, struct error *err)
{
	int res = sys->access(path, SYS_WRITE);

	if (res == 0 && st->mode & 0222)
		return true;
	if (res == -EACCES || res == 0)
		error_set(err, ERR_READONLY,
		          "%s is write-protected: it is not replaced",
		          text_shown(path).s);
	else
		io_error(res, path, err);
	return error_add_path(err, path);
}

bool replace_may(const struct sys *sys, const char *path, bool over,
                 struct error *err)
{
	struct sys_stat st;
	int res = sys->stat(path, &st);

	if (res == -ENOENT)
		return true;
	if (res < 0)
		return io_error(res, path, err);
	if (st.type != SYS_REGULAR) {
		error_set(err, ERR_STATE, "%s is not a regular file",
		          text_shown(path).s);
		return error_add_path(err, path);
	}
	if (!over)
		return is_there(path, err);
	return may_write(sys, path, &st, err);
}
