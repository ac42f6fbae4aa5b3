/* recover_open.c - finding and opening journals: see recover.h */
#include "config.h"

#include "keep/recover.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "keep/disk.h"
#include "keep/recover_impl.h"

bool recover_io_failed(const struct recover *rec, const char *what, int64_t res,
                       struct error *err)
{
	(void)folder_failed(rec->folder, rec->name, what, res, err);
	err->code = ERR_IO;
	return false;
}

/* --- names ---------------------------------------------------------------- */

struct naming {
	bool (*each)(void *arg, const char *name);
	void *arg;
};

static bool is_name(const char *name)
{
	return strlen(name) == RECORD_NAME + 4 &&
	       strspn(name, "0123456789abcdef") == RECORD_NAME &&
	       strcmp(name + RECORD_NAME, ".hxj") == 0;
}

static bool pass_name(void *arg, const char *name)
{
	struct naming *naming = arg;

	return !is_name(name) || naming->each(naming->arg, name);
}

bool recover_names(const struct folder *folder,
                   bool (*each)(void *arg, const char *name), void *arg,
                   struct error *err)
{
	struct naming naming = { each, arg };
	int res = folder->sys->list(folder->fd, pass_name, &naming);

	return res >= 0 || folder_failed(folder, ".", "list", res, err);
}

/* --- opening -------------------------------------------------------------- */

static bool open_locked(struct recover *rec, struct error *err)
{
	const struct sys *sys = rec->folder->sys;
	struct sys_stat st;
	int res;

	rec->writable = true;
	if (!folder_open_file(rec->folder, rec->name, SYS_READ | SYS_WRITE,
	                      &rec->fd, err)) {
		rec->fd = -1;
		if (err->sys != EROFS && err->sys != EACCES)
			return false;
		rec->writable = false;
		if (!folder_open_file(rec->folder, rec->name, SYS_READ,
		                      &rec->fd, err)) {
			rec->fd = -1;
			return false;
		}
	}
	res = disk_lock(sys, rec->fd, SYS_LOCK_TAKE);
	if (res == -EAGAIN) {
		rec->kind = RECOVER_LIVE;
		return true;
	}
	if (res >= 0)
		res = sys->fstat(rec->fd, &st);
	if (res < 0)
		return recover_io_failed(rec, "lock", res, err);
	rec->size = st.size;
	return true;
}

struct recover *recover_open(const struct folder *folder, const char *name,
                             struct error *err)
{
	return recover_open_for(NULL, folder, name, err);
}

struct recover *recover_open_for(struct job *job, const struct folder *folder,
                                 const char *name, struct error *err)
{
	struct recover *rec = mem_zalloc(sizeof(*rec), err);

	if (!rec)
		return NULL;
	rec->job = job;
	rec->folder = folder;
	rec->fd = -1;
	rec->name = mem_strdup(name, err);
	if (rec->name && open_locked(rec, err) &&
	    (rec->kind == RECOVER_LIVE || recover_read_all(rec, err)))
		return rec;
	recover_free(rec);
	return NULL;
}

struct recover *recover_peek(const struct folder *folder, const char *name,
                             struct error *err)
{
	struct recover *rec = mem_zalloc(sizeof(*rec), err);
	struct sys_stat st;
	bool ok;
	int res;

	if (!rec)
		return NULL;
	rec->folder = folder;
	rec->fd = -1;
	rec->name = mem_strdup(name, err);
	ok = rec->name &&
	     folder_open_file(folder, name, SYS_READ, &rec->fd, err);
	if (ok) {
		res = folder->sys->fstat(rec->fd, &st);
		ok = res >= 0 || recover_io_failed(rec, "stat", res, err);
		rec->size = ok ? st.size : 0;
	}
	if (ok && recover_read_all(rec, err))
		return rec;
	recover_free(rec);
	return NULL;
}

void recover_end_job(struct recover *rec)
{
	rec->job = NULL;
}

void recover_free(struct recover *rec)
{
	if (!rec)
		return;
	if (rec->fd >= 0)
		(void)rec->folder->sys->close(rec->fd);
	recover_forget_paths(rec, 0, rec->at.files);
	mem_free(rec->files);
	mem_free(rec->name);
	mem_free(rec->window.bytes);
	mem_free(rec->groups);
	mem_free(rec->touched);
	mem_free(rec->numbers);
	mem_free(rec->released);
	mem_free(rec->origins);
	mem_free(rec->flushed);
	mem_free(rec->done);
	mem_free(rec->temps);
	mem_free(rec->names);
	mem_free(rec->waits);
	mem_free(rec->is_old);
	mem_free(rec->chosen);
	mem_free(rec);
}

enum recover_kind recover_kind(const struct recover *rec)
{
	return rec->kind;
}

const char *recover_why(const struct recover *rec)
{
	return rec->why.text;
}

const char *recover_name(const struct recover *rec)
{
	return rec->name;
}

const struct record_journal *recover_head(const struct recover *rec)
{
	return &rec->head;
}

uint64_t recover_size(const struct recover *rec)
{
	return rec->size;
}

const char *recover_called(const struct recover *rec,
                           const struct recover_group *group)
{
	return group->called > 0 ? rec->names[group->called - 1].text : NULL;
}

/* Behind a trailer there is its foot. */
uint64_t recover_torn(const struct recover *rec)
{
	uint64_t behind = rec->size > rec->at.end ? rec->size - rec->at.end : 0;

	if (rec->kind == RECOVER_FINISHED && behind == RECORD_FOOT)
		return 0;
	return behind;
}

uint32_t recover_groups(const struct recover *rec)
{
	return (uint32_t)rec->at.groups;
}

struct recover_group recover_group(const struct recover *rec, uint32_t group)
{
	return rec->groups[group - 1].info;
}

uint32_t recover_files(const struct recover *rec)
{
	return (uint32_t)rec->at.files;
}

const struct record_file *recover_file(const struct recover *rec, uint32_t file)
{
	return &rec->files[file - 1];
}

bool recover_file_waits(const struct recover *rec, uint32_t file)
{
	return rec->waits[file - 1];
}

bool recover_waits(const struct recover *rec)
{
	return rec->waits && memchr(rec->waits, 1, rec->at.files);
}

bool recover_is_empty(const struct recover *rec)
{
	if (rec->kind != RECOVER_WAITING || !rec->writable ||
	    rec->at.flush.number != 0 || recover_torn(rec) > 0)
		return false;
	for (size_t i = 0; i < rec->at.groups; i++)
		if (rec->groups[i].info.type != 0)
			return false;
	return true;
}

bool recover_gave_back(const struct recover *rec)
{
	for (size_t i = 0; i < rec->at.released; i++)
		if (rec->released[i] == RECORD_GIVEN_BACK)
			return rec->kind == RECOVER_FINISHED;
	return false;
}

static bool is_at(const struct record_file *file,
                  const struct record_file *other)
{
	return file->path_len == other->path_len &&
	       memcmp(file->path, other->path, file->path_len) == 0;
}

/* Inodes are given again: they count where nobody has the name. */
static bool has_flushed(const struct recover *rec,
                        const struct record_file *file)
{
	bool named = false, flushed = false;

	for (size_t i = 0; i < rec->at.files; i++)
		if (is_at(&rec->files[i], file)) {
			named = true;
			flushed = flushed || rec->is_old[i];
		}
	for (size_t i = 0; !named && i < rec->at.files; i++)
		flushed = flushed ||
		          (rec->is_old[i] && rec->files[i].dev == file->dev &&
		           rec->files[i].ino == file->ino);
	return flushed;
}

void recover_settle(struct recover *old, const struct recover *newer)
{
	bool back = recover_gave_back(newer);

	for (size_t i = 0; i < newer->at.origins; i++) {
		const struct recover_origin *origin = &newer->origins[i];

		if (!old->waits ||
		    memcmp(origin->uuid, old->head.uuid, RECORD_UUID) != 0)
			continue;
		for (uint32_t k = 0; k < origin->count; k++) {
			uint32_t file = newer->numbers[origin->first + k];

			if (file == 0 || file > old->at.files ||
			    (back &&
			     !has_flushed(newer, &old->files[file - 1])))
				continue;
			old->waits[file - 1] = false;
		}
	}
}
