/*
 * lock.c - see lock.h
 *
 * Who holds a lock is read from /proc/locks, which names process, device and
 * inode. A look at it takes longer than another editor needs to try a lock that
 * it does not keep, so that whoever was refused tries once more after it.
 */
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
#include "keep/holder.h"
#include "keep/recover.h"
#include "source/identity.h"

enum {
	TEXT = 65536,
	PIECE = 3840, /* bytes that come at once: a page, but for a line */
	NAME = 64,    /* of a journal */
};

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

/* A journal that a process writes, among those that are ours to read. */
struct journal_search {
	const struct folder *folder;
	const char *locks; /* what /proc/locks says */
	uint32_t pid;
	char name[NAME]; /* "": not found */
};

static bool is_journal_of(void *arg, const char *name)
{
	struct journal_search *search = arg;
	const struct sys *sys = search->folder->sys;
	struct error ignored;
	struct sys_stat st;
	int fd;

	if (!folder_open_file(search->folder, name, SYS_READ, &fd, &ignored))
		return true;
	if (sys->fstat(fd, &st) == 0 &&
	    lock_holder(search->locks, st.dev, st.ino) == search->pid)
		snprintf(search->name, NAME, "%.*s", NAME - 1,
		         text_shown(name).s);
	(void)sys->close(fd);
	return search->name[0] == '\0';
}

/* Who has locked the file. Room for ERROR_TEXT bytes. */
static void describe(const struct sys *sys, const struct sys_stat *st,
                     const struct folder *journals, const char *locks,
                     char dst[static ERROR_TEXT])
{
	struct journal_search search = { .folder = journals, .locks = locks };
	struct error ignored;
	char name[HOLDER_NAME];

	search.pid = lock_holder(locks, st->dev, st->ino);
	if (search.pid == 0) {
		snprintf(dst, ERROR_TEXT, "another program has locked it");
		return;
	}
	holder_name(sys, search.pid, name);
	if (journals)
		(void)!recover_names(journals, is_journal_of, &search,
		                     &ignored);
	snprintf(dst, ERROR_TEXT, "%s has locked it to edit it%s%s%s", name,
	         *search.name ? " (journal " : "", search.name,
	         *search.name ? ")" : "");
}

/* The lock is another's: see who that is, and try once more. */
static bool take_again(const struct sys *sys, int fd, const char *path,
                       const struct sys_stat *st, const struct folder *journals,
                       struct error *err)
{
	char *locks = mem_zalloc(TEXT, err);
	char who[ERROR_TEXT];

	if (!locks)
		return false;
	holder_read(sys, "/proc/locks", locks, TEXT);
	describe(sys, st, journals, locks, who);
	mem_free(locks);
	if (disk_lock(sys, fd, SYS_LOCK_TAKE) == 0)
		return true;
	error_set(err, ERR_READONLY, "%s: %s", text_shown(path).s, who);
	return error_add_path(err, path);
}

static bool io_failed(const char *path, const char *what, int res,
                      struct error *err)
{
	if (res == -EMFILE || res == -ENFILE)
		what = "cannot stay open, as all files with edits do";
	(void)error_sys(err, -res, "%s: %s", text_shown(path).s, what);
	return error_add_path(err, path);
}

/* Does it say that this file system has no such locks? */
static bool is_unsupported(int errnum)
{
	return errnum == EOPNOTSUPP || errnum == ENOSYS || errnum == ENOLCK ||
	       errnum == EINVAL || errnum == EBADF;
}

/* Lock what is open there, and close it if that cannot be. */
static bool lock_open(const struct sys *sys, int fd, const char *path,
                      const struct identity *id, const struct folder *journals,
                      struct error *err)
{
	struct identity found;
	struct sys_stat st;
	int res = sys->fstat(fd, &st);
	bool ok = false;

	found = res < 0 ? *id : identity_of(&st);
	if (res == 0 && identity_same(&found, id))
		res = disk_lock(sys, fd, SYS_LOCK_TAKE);
	if (!identity_same(&found, id)) {
		error_set(err, ERR_CHANGED, "%s: file was replaced",
		          text_shown(path).s);
		(void)error_add_path(err, path);
	} else if (res == -EAGAIN) {
		ok = take_again(sys, fd, path, &st, journals, err);
	} else if (res < 0) {
		(void)io_failed(path, "lock", res, err);
	} else {
		ok = true;
	}
	if (!ok)
		(void)sys->close(fd);
	return ok;
}

/* On success *out is a descriptor with the lock. On NFS it must be one to
   write; elsewhere reading will do. */
static bool open_locked(const struct sys *sys, const char *path,
                        const struct identity *id,
                        const struct folder *journals, int *out,
                        struct error *err)
{
	unsigned flags = SYS_READ;

	do {
		*out = sys->open(path, flags);
		if (*out < 0)
			return io_failed(path, "open", *out, err);
		if (lock_open(sys, *out, path, id, journals, err))
			return true;
		flags ^= SYS_WRITE;
	} while (flags & SYS_WRITE && err->sys == EBADF);
	if (err->code == ERR_IO && is_unsupported(err->sys))
		err->code = ERR_NO;
	return false;
}

bool lock_try(const struct sys *sys, const char *path,
              const struct identity *id, const struct folder *journals,
              struct error *err)
{
	int fd;

	if (!open_locked(sys, path, id, journals, &fd, err))
		return false;
	(void)sys->close(fd);
	return true;
}

struct lock *lock_take(const struct sys *sys, const char *path,
                       const struct identity *id, const struct folder *journals,
                       struct error *err)
{
	struct lock *lock = mem_zalloc(sizeof(*lock), err);

	if (!lock)
		return NULL;
	lock->sys = sys;
	if (open_locked(sys, path, id, journals, &lock->fd, err))
		return lock;
	mem_free(lock);
	return NULL;
}

/* --- all there are -------------------------------------------------------- */

static bool take_inode(struct lock_list *list, const char *line,
                       struct error *err)
{
	uint64_t inode;

	if (sscanf(line, "%*u: FLOCK %*s %*s %*u %*x:%*x:%" SCNu64, &inode) !=
	    1)
		return true;
	if (!mem_grow(&list->v, &list->cap, list->count + 1, sizeof(*list->v),
	              err))
		return false;
	list->v[list->count++] = inode;
	return true;
}

/* All of /proc/locks, owned by the caller. */
static char *read_all(const struct sys *sys, struct error *err)
{
	char *text = NULL;
	size_t room = TEXT / 2;

	do {
		mem_free(text);
		room *= 2;
		text = mem_zalloc(room, err);
		if (text)
			holder_read(sys, "/proc/locks", text, room);
	} while (text && strlen(text) == room - 1);
	return text;
}

/* Add what is there now; *pieces: it came in more than one. */
static bool take_all(const struct sys *sys, struct lock_list *list,
                     bool *pieces, struct error *err)
{
	char *text = read_all(sys, err);
	const char *line = text;
	bool ok = text != NULL;

	while (ok && *line) {
		ok = take_inode(list, line, err);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	*pieces = ok && line - text > PIECE;
	mem_free(text);
	return ok;
}

/* What is more than a page comes in pieces, and what ends between two of these
   can hide what stands behind it: then a second look is taken. */
bool lock_list_read(const struct sys *sys, struct lock_list *list,
                    struct error *err)
{
	bool pieces;

	list->count = 0;
	return take_all(sys, list, &pieces, err) &&
	       (!pieces || take_all(sys, list, &pieces, err));
}

bool lock_list_has(const struct lock_list *list, uint64_t ino)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->v[i] == ino)
			return true;
	return false;
}

void lock_list_free(struct lock_list *list)
{
	mem_free(list->v);
	*list = (struct lock_list){ 0 };
}

/* --- locks ---------------------------------------------------------------- */

void lock_drop(struct lock *lock)
{
	if (!lock)
		return;
	(void)lock->sys->close(lock->fd);
	mem_free(lock);
}
