/*
 * rights.c - see rights.h
 *
 * To ask for each of ten thousand files takes a fifth of the time in which they
 * are opened, and they are parts of one image as a rule: of one owner and mode,
 * in one folder. So what the system said of a file is taken for the next one if
 * that is like it in all of this, and the user is its owner, or root: what
 * lists of access rights say of others does not concern these two. A file that
 * was made immutable among others that were not is found out by the flush,
 * which asks for each.
 */
#include "config.h"

#include "source/rights.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"

enum { FOLDER_MAX = 1024 }; /* bytes: what lies deeper is asked for each time */

struct rights {
	const struct sys *sys; /* borrowed */
	uint32_t user;
	pthread_mutex_t lock;
	bool keeps;
	/* Of the file that was asked for last. */
	bool known;
	bool writable;
	uint64_t dev;
	uint32_t uid, gid, mode;
	size_t folder_len;
	char folder[FOLDER_MAX];
};

struct rights *rights_new(const struct sys *sys, struct error *err)
{
	struct rights *rights = mem_zalloc(sizeof(*rights), err);

	if (!rights)
		return NULL;
	rights->sys = sys;
	rights->user = sys_user();
	pthread_mutex_init(&rights->lock, NULL);
	return rights;
}

void rights_free(struct rights *rights)
{
	if (!rights)
		return;
	pthread_mutex_destroy(&rights->lock);
	mem_free(rights);
}

static void set_keeping(struct rights *rights, bool keeps)
{
	pthread_mutex_lock(&rights->lock);
	rights->keeps = keeps;
	rights->known = false;
	pthread_mutex_unlock(&rights->lock);
}

void rights_begin(struct rights *rights)
{
	set_keeping(rights, true);
}

void rights_end(struct rights *rights)
{
	set_keeping(rights, false);
}

static size_t folder_of(const char *path)
{
	const char *name = strrchr(path, '/');

	return name ? (size_t)(name - path) + 1 : 0;
}

static bool is_like_last(const struct rights *rights, const char *path,
                         size_t folder, const struct sys_stat *st)
{
	return rights->known && rights->dev == st->dev &&
	       rights->uid == st->uid && rights->gid == st->gid &&
	       rights->mode == st->mode && rights->folder_len == folder &&
	       memcmp(rights->folder, path, folder) == 0;
}

static void keep(struct rights *rights, const char *path, size_t folder,
                 const struct sys_stat *st, bool writable)
{
	rights->known = rights->keeps;
	rights->writable = writable;
	rights->dev = st->dev;
	rights->uid = st->uid;
	rights->gid = st->gid;
	rights->mode = st->mode;
	rights->folder_len = folder;
	memcpy(rights->folder, path, folder);
}

/* The system's own answer. */
static int ask(const struct sys *sys, const char *path, bool *writable)
{
	*writable = sys->access(path, SYS_READ | SYS_WRITE) == 0;
	return *writable ? 0 : sys->access(path, SYS_READ);
}

int rights_of(struct rights *rights, const char *path,
              const struct sys_stat *st, bool *writable)
{
	size_t folder = folder_of(path);
	bool may_be_kept = st->type == SYS_REGULAR && folder <= FOLDER_MAX &&
	                   (rights->user == 0 || rights->user == st->uid);
	bool is_known = false;
	int n;

	pthread_mutex_lock(&rights->lock);
	if (may_be_kept && is_like_last(rights, path, folder, st)) {
		is_known = true;
		*writable = rights->writable;
	}
	pthread_mutex_unlock(&rights->lock);
	if (is_known)
		return 0;
	n = ask(rights->sys, path, writable);
	if (n < 0 || !may_be_kept)
		return n;
	pthread_mutex_lock(&rights->lock);
	keep(rights, path, folder, st, *writable);
	pthread_mutex_unlock(&rights->lock);
	return 0;
}
