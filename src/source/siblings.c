/*
 * siblings.c - see siblings.h
 *
 * Ten thousand files are parts of one image as a rule: in one folder, of one
 * owner and mode. To walk down to that folder for each of them is a fifth of
 * the time of a stat(), and to ask what the user may do with them as long again
 * as half of it.
 *
 * So from the second file of a folder on the folder is open, and files are
 * looked up in it. A symbolic link and an error are asked for by the path.
 *
 * And what the user may do with a file is taken for the next one if that is in
 * the same folder and like it in owner and mode, and the user is its owner, or
 * root: what lists of access rights say of others does not concern these two. A
 * file that was made immutable among others that were not is found out by the
 * flush, which asks for each.
 */
#include "config.h"

#include "source/siblings.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"

enum { FOLDER_MAX = 1024 }; /* bytes: what lies deeper is asked for each time */

struct siblings {
	const struct sys *sys; /* borrowed */
	uint32_t user;
	atomic_bool many;
	_Atomic pthread_t owner; /* of what follows, while `many` */
	/* The folder of the file that was asked for last. */
	bool has_folder, is_tried;
	int fd; /* or -1; is_tried: it cannot be opened */
	size_t folder_len;
	char folder[FOLDER_MAX + 1];
	/* What the user may do with the last one in it. */
	bool known, writable;
	uint64_t dev;
	uint32_t uid, gid, mode;
};

struct siblings *siblings_new(const struct sys *sys, struct error *err)
{
	struct siblings *s = mem_zalloc(sizeof(*s), err);

	if (!s)
		return NULL;
	s->sys = sys;
	s->user = sys_user();
	s->fd = -1;
	return s;
}

static void leave_folder(struct siblings *s)
{
	if (s->fd >= 0)
		(void)s->sys->close(s->fd);
	s->fd = -1;
	s->has_folder = false;
	s->is_tried = false;
	s->known = false;
}

void siblings_free(struct siblings *siblings)
{
	if (!siblings)
		return;
	leave_folder(siblings);
	mem_free(siblings);
}

void siblings_begin(struct siblings *siblings)
{
	atomic_store(&siblings->owner, pthread_self());
	atomic_store(&siblings->many, true);
}

void siblings_end(struct siblings *siblings)
{
	atomic_store(&siblings->many, false);
	leave_folder(siblings);
}

static bool is_ours(const struct siblings *s)
{
	return atomic_load(&s->many) &&
	       pthread_equal(atomic_load(&s->owner), pthread_self());
}

/* --- what stands there --------------------------------------------------- */

static size_t folder_of(const char *path)
{
	const char *name = strrchr(path, '/');

	return name ? (size_t)(name - path) + 1 : 0;
}

static bool is_in_folder(const struct siblings *s, const char *path, size_t len)
{
	return s->has_folder && s->folder_len == len &&
	       memcmp(s->folder, path, len) == 0;
}

static void enter_folder(struct siblings *s, const char *path, size_t len)
{
	leave_folder(s);
	if (len > FOLDER_MAX)
		return;
	s->has_folder = true;
	s->folder_len = len;
	memcpy(s->folder, path, len);
	s->folder[len] = '\0';
}

/* The working folder is as near as it can be. */
static bool is_open(struct siblings *s)
{
	if (!s->is_tried && s->folder_len > 0)
		s->fd = s->sys->open(s->folder, SYS_READ | SYS_FOLDER);
	s->is_tried = true;
	return s->fd >= 0;
}

int siblings_stat(struct siblings *siblings, const char *path,
                  struct sys_stat *st)
{
	const struct sys *sys = siblings->sys;
	size_t len;

	if (!is_ours(siblings))
		return sys->stat(path, st);
	len = folder_of(path);
	if (!is_in_folder(siblings, path, len))
		enter_folder(siblings, path, len);
	else if (is_open(siblings) &&
	         sys->stat_in(siblings->fd, path + len, st) == 0 &&
	         st->type != SYS_OTHER)
		return 0;
	return sys->stat(path, st);
}

/* --- what may be done ---------------------------------------------------- */

static bool is_like_last(const struct siblings *s, const struct sys_stat *st)
{
	return s->known && s->dev == st->dev && s->uid == st->uid &&
	       s->gid == st->gid && s->mode == st->mode;
}

static void keep(struct siblings *s, const struct sys_stat *st, bool writable)
{
	s->known = s->has_folder;
	s->writable = writable;
	s->dev = st->dev;
	s->uid = st->uid;
	s->gid = st->gid;
	s->mode = st->mode;
}

/* The system's own answer. */
static int ask(const struct sys *sys, const char *path, bool *writable)
{
	*writable = sys->access(path, SYS_READ | SYS_WRITE) == 0;
	return *writable ? 0 : sys->access(path, SYS_READ);
}

int siblings_rights(struct siblings *siblings, const char *path,
                    const struct sys_stat *st, bool *writable)
{
	bool may_be_kept = is_ours(siblings) && st->type == SYS_REGULAR &&
	                   (siblings->user == 0 || siblings->user == st->uid);
	int n;

	if (may_be_kept && is_like_last(siblings, st)) {
		*writable = siblings->writable;
		return 0;
	}
	n = ask(siblings->sys, path, writable);
	if (n == 0 && may_be_kept)
		keep(siblings, st, *writable);
	return n;
}
