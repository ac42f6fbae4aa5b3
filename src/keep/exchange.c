/*
 * exchange.c - see exchange.h
 *
 * The folder is opened anew for each step, and the names in it are looked up
 * there: a folder that is renamed meanwhile makes no difference. What a name
 * leads to is looked at before and after each exchange, since another program
 * may have put a file of its own there in between.
 *
 *   X1  names are exchanged only when both files are synced and so are their
 *       names
 *   X2  the folder is synced after each exchange, even if there was nothing to
 *       be exchanged: the one that did it may not have come to that
 *   X3  no file is removed but the recorded one that nothing leads to; before
 *       its inode was noted, one that has its name, owner and device
 */
#include "config.h"

#include "keep/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"

enum {
	PATH = 4096,
	NAME_CUT = 200, /* bytes of the name in that of the temporary file */
};

#ifdef TEST_HOOKS
static unsigned broken;

void exchange_break(unsigned bits)
{
	broken = bits;
}
#define WORKS(part) (!(broken & EXCHANGE_BREAK_##part))
#else
#define WORKS(part) true
#endif

static bool io_failed(const char *path, const char *what, int64_t res,
                      struct error *err)
{
	(void)error_sys(err, (int)-res, "%s: %s", text_shown(path).s, what);
	if (res == -EACCES || res == -EPERM || res == -EROFS)
		err->code = ERR_READONLY;
	return error_add_path(err, path);
}

static bool changed(const struct apply_target *target, const char *how,
                    struct error *err)
{
	(void)error_set(err, ERR_CHANGED, "%s: %s", text_shown(target->path).s,
	                how);
	return error_add_path(err, target->path);
}

/* --- names ---------------------------------------------------------------- */

bool exchange_open(const struct sys *sys, const char *path, uint32_t number,
                   struct exchange_place *place, struct error *err)
{
	char real[PATH];
	int64_t res = sys->resolve(path, real, sizeof(real));
	char *slash = res < 0 ? NULL : strrchr(real, '/');
	size_t len = slash ? strlen(slash + 1) : 0;

	if (!slash)
		return io_failed(path, "find", res < 0 ? res : -EINVAL, err);
	if (len == 0 || len >= sizeof(place->name))
		return io_failed(path, "find", -ENAMETOOLONG, err);
	memcpy(place->name, slash + 1, len + 1);
	(void)snprintf(place->temp, sizeof(place->temp), ".%.*s.%08x.hxtmp",
	               NAME_CUT, place->name, (unsigned)number);
	slash[slash == real] = '\0';
	res = sys->open(real, SYS_READ | SYS_FOLDER);
	if (res < 0)
		return io_failed(path, "open its folder", res, err);
	place->folder = (int)res;
	return true;
}

void exchange_close(const struct sys *sys, struct exchange_place *place)
{
	(void)sys->close(place->folder);
}

static bool sync_folder(const struct sys *sys, const char *path, int folder,
                        struct error *err)
{
	int res = WORKS(FOLDER) ? disk_sync(sys, folder) : 0;

	return res >= 0 || io_failed(path, "sync its folder", res, err);
}

/* --- what is where -------------------------------------------------------- */

enum who {
	WHO_NONE, /* no file has the name */
	WHO_OLD,
	WHO_NEW,
	WHO_OTHER,
};

static enum who who_is(const struct apply_target *target,
                       const struct sys_stat *st)
{
	const struct identity *old = &target->id;

	if (st->type != SYS_REGULAR || st->dev != old->dev)
		return WHO_OTHER;
	if (st->ino == old->ino && st->size == old->size &&
	    st->mtime == old->mtime)
		return WHO_OLD;
	if (st->ino == target->with.ino && st->size == target->with.size &&
	    st->mtime == target->with.mtime)
		return WHO_NEW;
	return WHO_OTHER;
}

/* Who has a name of the place? *st is of that file. */
static bool look(const struct sys *sys, const struct apply_target *target,
                 int folder, const char *name, enum who *who,
                 struct sys_stat *st, struct error *err)
{
	int res = sys->stat_in(folder, name, st);

	if (res < 0 && res != -ENOENT)
		return io_failed(target->path, "stat", res, err);
	*who = res < 0 ? WHO_NONE : who_is(target, st);
	return true;
}

/* Both names. */
struct found {
	enum who name, temp;
	struct sys_stat st; /* of the name */
};

static bool find(const struct sys *sys, const struct apply_target *target,
                 const struct exchange_place *place, struct found *found,
                 struct error *err)
{
	struct sys_stat st = { 0 };

	return look(sys, target, place->folder, place->name, &found->name,
	            &found->st, err) &&
	       look(sys, target, place->folder, place->temp, &found->temp, &st,
	            err);
}

static enum who wanted(enum apply_image image)
{
	return image == APPLY_OLD ? WHO_OLD : WHO_NEW;
}

/* May what was found become what is wanted? */
static bool is_possible(const struct apply_target *target,
                        const struct found *found, enum apply_image image,
                        struct error *err)
{
	enum who want = wanted(image);

	if (found->name == want)
		return true;
	if (found->name == WHO_NONE || found->name == WHO_OTHER)
		return changed(target,
		               "was replaced by another file, or written to",
		               err);
	if (found->temp == want)
		return true;
	return changed(target,
	               image == APPLY_OLD
	                       ? "what it was before the flush is there no "
	                         "longer: the flush can only be finished"
	                       : "what it was to become is there no longer: "
	                         "the flush can only be taken back",
	               err);
}

bool exchange_check(const struct sys *sys, const struct apply_target *target,
                    enum apply_image image, struct error *err)
{
	struct exchange_place place;
	struct found found;
	bool ok;

	if (!exchange_open(sys, target->path, target->with.temp.number, &place,
	                   err))
		return false;
	ok = find(sys, target, &place, &found, err) &&
	     is_possible(target, &found, image, err);
	exchange_close(sys, &place);
	return ok;
}

/* --- exchanging ----------------------------------------------------------- */

static bool not_exchanged(const struct apply_target *target, int res,
                          struct error *err)
{
	const char *why = "the names cannot be exchanged";

	if (res == -EINVAL || res == -ENOSYS || res == -EOPNOTSUPP)
		why = "its file system cannot exchange the names of two files";
	else if (res == -EBUSY || res == -EXDEV)
		why = "something is mounted on it";
	else if (res == -EPERM || res == -EACCES)
		why = "its folder does not let another file take its place";
	(void)error_sys(err, -res,
	                "%s: its length cannot be changed (save-as writes "
	                "another file): %s",
	                text_shown(target->path).s, why);
	if (res != -EIO && res != -EINTR)
		err->code = ERR_READONLY;
	return error_add_path(err, target->path);
}

/* The names lead to the wrong files. */
static bool exchange(const struct sys *sys, const struct apply_target *target,
                     const struct exchange_place *place, enum apply_image image,
                     struct found *found, struct error *err)
{
	int res =
		disk_exchange_in(sys, place->folder, place->temp, place->name);

	if (res < 0)
		return not_exchanged(target, res, err);
	if (!WORKS(LOOK))
		return true;
	if (!find(sys, target, place, found, err))
		return false;
	if (found->name == wanted(image) &&
	    found->temp == (image == APPLY_OLD ? WHO_NEW : WHO_OLD))
		return true;
	/* Another file had the name, or this one was written to: it has it
	   again. */
	if (found->name == wanted(image))
		(void)disk_exchange_in(sys, place->folder, place->temp,
		                       place->name);
	return changed(target,
	               "was replaced by another file, or written to, while it "
	               "was flushed",
	               err);
}

bool exchange_write(const struct sys *sys, const struct apply_target *target,
                    enum apply_image image, bool *began, struct identity *after,
                    struct error *err)
{
	struct exchange_place place;
	struct found found;
	bool ok;

	if (!exchange_open(sys, target->path, target->with.temp.number, &place,
	                   err))
		return false;
	ok = find(sys, target, &place, &found, err) &&
	     is_possible(target, &found, image, err);
	if (ok) {
		*began = true;
		ok = (found.name == wanted(image) ||
		      exchange(sys, target, &place, image, &found, err)) &&
		     sync_folder(sys, target->path, place.folder, err);
	}
	if (ok)
		*after = identity_of(&found.st);
	exchange_close(sys, &place);
	return ok;
}

/* --- removing ------------------------------------------------------------- */

static bool unlink_temp(const struct sys *sys, const char *path,
                        const struct exchange_place *place, struct error *err)
{
	int res = disk_unlink_in(sys, place->folder, place->temp);

	if (res < 0 && res != -ENOENT)
		return io_failed(path, "remove the file beside it", res, err);
	return !WORKS(CLEAN) || sync_folder(sys, path, place->folder, err);
}

bool exchange_clean(const struct sys *sys, const struct apply_target *target,
                    enum apply_image image, struct error *err)
{
	enum who unwanted = image == APPLY_OLD ? WHO_NEW : WHO_OLD;
	struct exchange_place place;
	struct found found;
	bool ok;

	if (!exchange_open(sys, target->path, target->with.temp.number, &place,
	                   err))
		return false;
	ok = find(sys, target, &place, &found, err);
	/* What is gone may come back until the folder is synced. */
	if (ok && found.name == wanted(image) &&
	    (found.temp == unwanted || found.temp == WHO_NONE))
		ok = unlink_temp(sys, target->path, &place, err);
	exchange_close(sys, &place);
	return ok;
}

/*
 * May a file of which nobody has noted the inode be the one that was made here?
 * Its name is random, and in a journal of our own; what another program has put
 * there since is seldom a file of the same owner that has no other name.
 */
static bool may_be_ours(const struct sys *sys,
                        const struct exchange_place *place,
                        const struct sys_stat *st)
{
	struct sys_stat named = { 0 };

	return sys->stat_in(place->folder, place->name, &named) == 0 &&
	       st->dev == named.dev && st->nlink == 1 &&
	       (st->uid == sys_user() || st->uid == named.uid);
}

bool exchange_drop(const struct sys *sys, const char *path, uint32_t number,
                   const struct sys_stat *made, struct error *err)
{
	struct exchange_place place;
	struct sys_stat st = { 0 };
	bool ok = true;

	if (!exchange_open(sys, path, number, &place, err))
		return false;
	if (sys->stat_in(place.folder, place.temp, &st) == 0 &&
	    st.type == SYS_REGULAR &&
	    (made ? st.dev == made->dev && st.ino == made->ino
	          : may_be_ours(sys, &place, &st)))
		ok = unlink_temp(sys, path, &place, err);
	exchange_close(sys, &place);
	return ok;
}

/* What the user had is not ours to remove. */
static bool is_left(const struct apply_target *target,
                    const struct exchange_place *place, struct error *err)
{
	(void)error_set(err, ERR_STATE,
	                "%s: what it was before the flush is left beside it: "
	                "%s",
	                text_shown(target->path).s, text_shown(place->temp).s);
	return error_add_path(err, target->path);
}

bool exchange_give_up(const struct sys *sys, const struct apply_target *target,
                      struct error *err)
{
	struct exchange_place place;
	struct sys_stat st = { 0 };
	enum who who;
	bool ok;

	if (!exchange_open(sys, target->path, target->with.temp.number, &place,
	                   err))
		return false;
	ok = look(sys, target, place.folder, place.temp, &who, &st, err);
	if (ok && who == WHO_NEW)
		ok = unlink_temp(sys, target->path, &place, err);
	else if (ok && who == WHO_OLD)
		ok = is_left(target, &place, err);
	exchange_close(sys, &place);
	return ok;
}
