/* lock.c - see lock.h */
#include "config.h"

#include "keep/lock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"
#include "source/identity.h"

enum { TEXT = 65536 };

struct lock {
	const struct sys *sys; /* borrowed */
	int fd;
};

/* "1: FLOCK  ADVISORY  WRITE 1234 08:01:56789 0 EOF"; with "->" behind the
   number it is one that waits. */
static uint32_t line_holder(const char *line, uint64_t dev, uint64_t ino)
{
	unsigned major_no;
	unsigned minor_no;
	uint64_t inode;
	uint32_t pid;

	if (sscanf(line, "%*u: FLOCK %*s WRITE %" SCNu32 " %x:%x:%" SCNu64,
	           &pid, &major_no, &minor_no, &inode) != 4)
		return 0;
	if (inode != ino || major_no != major(dev) || minor_no != minor(dev))
		return 0;
	return pid;
}

uint32_t lock_holder(const char *text, uint64_t dev, uint64_t ino)
{
	uint32_t pid = 0;

	while (text && *text && pid == 0) {
		pid = line_holder(text, dev, ino);
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return pid;
}

/* A file of /proc, as far as it fits. */
static void read_text(const struct sys *sys, const char *path, char *text,
                      size_t room)
{
	int fd = sys->open(path, SYS_READ);
	size_t len = 0;
	int64_t n = 1;

	while (fd >= 0 && n > 0 && len < room - 1) {
		n = sys->read(fd, text + len, room - 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	text[len] = '\0';
	if (fd >= 0)
		(void)sys->close(fd);
}

static uint32_t find_holder(const struct sys *sys, const struct sys_stat *st)
{
	struct error err;
	char *text = mem_zalloc(TEXT, &err);
	uint32_t pid = 0;

	if (text) {
		read_text(sys, "/proc/locks", text, TEXT);
		pid = lock_holder(text, st->dev, st->ino);
	}
	mem_free(text);
	return pid;
}

static bool held(const struct sys *sys, const char *path,
                 const struct sys_stat *st, struct error *err)
{
	uint32_t pid = find_holder(sys, st);
	char proc[32];
	char name[64];

	if (pid == 0)
		return error_set(err, ERR_READONLY,
		                 "%s: another program has locked it",
		                 text_shown(path).s);
	snprintf(proc, sizeof(proc), "/proc/%" PRIu32 "/comm", pid);
	read_text(sys, proc, name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	return error_set(err, ERR_READONLY, "%s: process %" PRIu32 " (%s) %s",
	                 text_shown(path).s, pid,
	                 *name ? text_shown(name).s : "?",
	                 "has locked it to edit it");
}

static bool io_failed(const char *path, const char *what, int res,
                      struct error *err)
{
	(void)error_sys(err, -res, "%s: %s", text_shown(path).s, what);
	return error_add_path(err, path);
}

/* On success *out is a descriptor with the lock. */
static bool open_locked(const struct sys *sys, const char *path,
                        const struct identity *id, int *out, struct error *err)
{
	struct identity found;
	struct sys_stat st;
	int fd = sys->open(path, SYS_READ);
	int res;

	if (fd < 0)
		return io_failed(path, "open", fd, err);
	res = sys->fstat(fd, &st);
	if (res < 0) {
		(void)io_failed(path, "stat", res, err);
		goto out;
	}
	found = identity_of(&st);
	if (!identity_same(&found, id)) {
		(void)error_set(err, ERR_CHANGED, "%s: file was replaced",
		                text_shown(path).s);
		goto out;
	}
	res = disk_lock(sys, fd, SYS_LOCK_TAKE);
	if (res == 0) {
		*out = fd;
		return true;
	}
	if (res == -EAGAIN)
		(void)held(sys, path, &st, err);
	else
		(void)io_failed(path, "lock", res, err);
out:
	(void)sys->close(fd);
	return false;
}

bool lock_try(const struct sys *sys, const char *path,
              const struct identity *id, struct error *err)
{
	int fd;

	if (!open_locked(sys, path, id, &fd, err))
		return false;
	(void)sys->close(fd);
	return true;
}

struct lock *lock_take(const struct sys *sys, const char *path,
                       const struct identity *id, struct error *err)
{
	struct lock *lock = mem_zalloc(sizeof(*lock), err);

	if (!lock)
		return NULL;
	lock->sys = sys;
	if (open_locked(sys, path, id, &lock->fd, err))
		return lock;
	mem_free(lock);
	return NULL;
}

void lock_drop(struct lock *lock)
{
	if (!lock)
		return;
	(void)lock->sys->close(lock->fd);
	mem_free(lock);
}
