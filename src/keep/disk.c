/* disk.c - see disk.h */
#include "config.h"

#include "keep/disk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum { TRIES = 100 };

/* Is a call to be repeated that gave `res`? */
static bool again(int64_t res, unsigned *tries)
{
	return res == -EINTR && ++*tries < TRIES;
}

int disk_write(const struct sys *sys, int fd, const void *buf, size_t len,
               uint64_t off)
{
	const unsigned char *at = buf;
	unsigned tries = 0;

	while (len > 0) {
		int64_t n = sys->pwrite(fd, at, len, off);

		if (again(n, &tries))
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		at += n;
		len -= (size_t)n;
		off += (uint64_t)n;
	}
	return 0;
}

int64_t disk_read(const struct sys *sys, int fd, void *buf, size_t len,
                  uint64_t off)
{
	unsigned char *at = buf;
	unsigned tries = 0;
	size_t done = 0;

	while (done < len) {
		int64_t n = sys->pread(fd, at + done, len - done, off + done);

		if (again(n, &tries))
			continue;
		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

int disk_truncate(const struct sys *sys, int fd, uint64_t size)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->truncate(fd, size);
	while (again(n, &tries));
	return n;
}

int disk_sync_data(const struct sys *sys, int fd)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->sync_data(fd);
	while (again(n, &tries));
	return n;
}

int disk_sync(const struct sys *sys, int fd)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->sync(fd);
	while (again(n, &tries));
	return n;
}

int disk_lock(const struct sys *sys, int fd, enum sys_lock what)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->lock(fd, what);
	while (again(n, &tries));
	return n;
}

int disk_open_in(const struct sys *sys, int folder, const char *name,
                 unsigned flags)
{
	unsigned tries = 0;
	int fd;

	do
		fd = sys->open_in(folder, name, flags);
	while (again(fd, &tries));
	return fd;
}

int disk_rename_in(const struct sys *sys, int folder, const char *from,
                   const char *to)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->rename_in(folder, from, to);
	while (again(n, &tries));
	return n;
}

int disk_exchange_in(const struct sys *sys, int folder, const char *a,
                     const char *b)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->exchange_in(folder, a, b);
	while (again(n, &tries));
	return n;
}

int64_t disk_copy(const struct sys *sys, int to, uint64_t to_off, int from,
                  uint64_t from_off, uint64_t len)
{
	unsigned tries = 0;
	uint64_t done = 0;

	while (done < len) {
		int64_t n = sys->copy(to, to_off + done, from, from_off + done,
		                      len - done);

		if (again(n, &tries))
			continue;
		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (uint64_t)n;
	}
	return (int64_t)done;
}

int disk_unlink_in(const struct sys *sys, int folder, const char *name)
{
	unsigned tries = 0;
	int n;

	do
		n = sys->unlink_in(folder, name);
	while (again(n, &tries));
	return n;
}

static bool failed(const char *path, const char *what, int64_t res,
                   struct error *err)
{
	struct text_shown shown = text_shown(path);

	(void)error_sys(err, (int)-res, "%s: %s", shown.s, what);
	if (res == -ENOENT)
		err->code = ERR_NO;
	return error_add_path(err, path);
}

bool folder_failed(const struct folder *folder, const char *name,
                   const char *what, int64_t res, struct error *err)
{
	char path[ERROR_PATH];

	if (snprintf(path, sizeof(path), "%s/%s", folder->path, name) >=
	    (int)sizeof(path))
		return failed(name, what, res, err);
	return failed(path, what, res, err);
}

/* Make what leads to a folder, then the folder. One that is there is none of
   our business here. */
static int make_path(const struct sys *sys, char *path)
{
	int res = 0;

	for (char *end = path + 1; res == 0; end++) {
		char was = *end;

		if (was != '/' && was != '\0')
			continue;
		*end = '\0';
		res = sys->make_folder(path);
		if (res == -EEXIST)
			res = 0;
		*end = was;
		if (was == '\0')
			break;
	}
	return res;
}

static bool not_private(const char *path, const char *why, struct error *err)
{
	return error_set(err, ERR_STATE, "%s: %s", text_shown(path).s, why);
}

/* The folder is ours, and others may not do what `rights` says. */
static bool check_folder(const struct sys *sys, int fd, const char *path,
                         uint32_t rights, struct error *err)
{
	struct sys_stat st;
	int res = sys->fstat(fd, &st);

	if (res < 0)
		return failed(path, "stat", res, err);
	if (st.uid != sys_user())
		return not_private(path, "belongs to another user", err);
	if (st.mode & rights)
		return not_private(path, "is open to other users", err);
	return true;
}

static bool check_parent(const struct sys *sys, char *path, struct error *err)
{
	char *slash = strrchr(path, '/');
	bool ok;
	int fd;

	if (!slash || slash == path)
		return true;
	*slash = '\0';
	fd = sys->open(path, SYS_READ | SYS_FOLDER | SYS_NOFOLLOW);
	if (fd < 0) {
		ok = failed(path, "open", fd, err);
	} else {
		ok = check_folder(sys, fd, path, 0022, err);
		(void)sys->close(fd);
	}
	*slash = '/';
	return ok;
}

bool folder_open(const struct sys *sys, const char *path, bool make,
                 struct folder *folder, struct error *err)
{
	struct folder out = { .sys = sys, .fd = -1 };
	int res;

	if (path[0] != '/')
		return not_private(path, "is not an absolute path", err);
	out.path = mem_strdup(path, err);
	if (!out.path)
		return false;
	res = make ? make_path(sys, out.path) : 0;
	if (res < 0) {
		(void)failed(path, "make the folder", res, err);
		goto out;
	}
	out.fd = sys->open(path, SYS_READ | SYS_FOLDER | SYS_NOFOLLOW);
	if (out.fd < 0) {
		(void)failed(path, "open", out.fd, err);
		goto out;
	}
	if (check_folder(sys, out.fd, path, 0077, err) &&
	    check_parent(sys, out.path, err)) {
		*folder = out;
		return true;
	}
out:
	folder_close(&out);
	return false;
}

void folder_close(struct folder *folder)
{
	if (folder->path && folder->fd >= 0)
		(void)folder->sys->close(folder->fd);
	mem_free(folder->path);
	*folder = (struct folder){ .fd = -1 };
}

static const char *why_not(const struct sys_stat *st)
{
	if (st->type != SYS_REGULAR)
		return "is no regular file";
	if (st->nlink != 1)
		return "has more than one name";
	if (st->uid != sys_user())
		return "belongs to another user";
	if (st->mode & 0077)
		return "is open to other users";
	return NULL;
}

bool folder_open_file(const struct folder *folder, const char *name,
                      unsigned flags, int *fd, struct error *err)
{
	const struct sys *sys = folder->sys;
	struct sys_stat st;
	const char *why;
	int opened = disk_open_in(sys, folder->fd, name, flags | SYS_NOFOLLOW);
	int res;

	if (opened < 0)
		return folder_failed(folder, name, "open", opened, err);
	res = sys->fstat(opened, &st);
	if (res < 0) {
		(void)folder_failed(folder, name, "stat", res, err);
	} else {
		why = why_not(&st);
		if (!why) {
			*fd = opened;
			return true;
		}
		(void)error_set(err, ERR_STATE, "%s/%s: %s",
		                text_shown(folder->path).s, name, why);
	}
	(void)sys->close(opened);
	return false;
}
