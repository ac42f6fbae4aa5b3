/* replace.c - see replace.h */
#include "config.h"

#include "open/replace.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"

enum { STEP_BYTES = 64 << 10 }; /* written at once */

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

static bool open_new(struct replacement *r, struct error *err)
{
	r->fd = r->sys->open(r->temp, SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE);
	if (r->fd == -EEXIST) {
		error_sys(err, EEXIST,
		          "%s: another save is under way, or did not end",
		          text_shown(r->temp).s);
		return error_add_path(err, r->temp);
	}
	return r->fd >= 0 || io_error(r->fd, r->temp, err);
}

bool replace_begin(struct replacement *r, const struct sys *sys,
                   const char *path, struct error *err)
{
	struct buffer temp = { 0 };
	bool ok = buffer_append(&temp, path, strlen(path), err) &&
	          buffer_append(&temp, ".hxtmp", 6, err);

	*r = (struct replacement){
		.sys = sys, .path = path, .temp = temp.v, .fd = -1
	};
	if (ok && open_new(r, err))
		return true;
	forget(r);
	return false;
}

static bool write_all(struct replacement *r, const char *bytes, size_t len,
                      struct error *err)
{
	while (len > 0) {
		int64_t done = r->sys->write(r->fd, bytes, len);

		if (done <= 0)
			return io_error(done < 0 ? (int)done : -EIO, r->temp,
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

void replace_cancel(struct replacement *r)
{
	(void)r->sys->close(r->fd);
	(void)r->sys->unlink(r->temp);
	forget(r);
}

bool replace_commit(struct replacement *r, struct error *err)
{
	const struct sys *sys = r->sys;
	bool ok = write_waiting(r, err);
	int res = ok ? sys->sync(r->fd) : 0;

	if (res < 0)
		ok = io_error(res, r->temp, err);
	res = sys->close(r->fd);
	if (ok && res < 0)
		ok = io_error(res, r->temp, err);
	res = ok ? sys->rename(r->temp, r->path) : 0;
	if (res < 0)
		ok = io_error(res, r->path, err);
	if (!ok)
		(void)sys->unlink(r->temp);
	forget(r);
	return ok;
}
