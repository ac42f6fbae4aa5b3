/*
 * recover_release.c - letting a journal go of its changes: see recover.h
 */
#include "config.h"

#include "keep/recover.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "keep/disk.h"
#include "keep/journal.h"
#include "keep/recover_impl.h"

static bool refuse(const struct recover *rec, const char *why,
                   struct error *err)
{
	return error_set(err, ERR_STATE, "%s: %s", rec->name, why);
}

static bool remove_file(struct recover *rec, struct error *err)
{
	const struct sys *sys = rec->folder->sys;
	int res = disk_unlink_in(sys, rec->folder->fd, rec->name);

	if (res >= 0 || res == -ENOENT)
		res = disk_sync(sys, rec->folder->fd);
	return res >= 0 || recover_io_failed(rec, "remove", res, err);
}

bool recover_discard(struct recover *rec, struct error *err)
{
	if (rec->kind == RECOVER_LIVE)
		return refuse(rec, "an editor is writing it", err);
	return remove_file(rec, err);
}

/* Nothing waits in it any more, and what was flushed is history. */
static bool close_journal(const struct recover *rec, struct journal *journal,
                          struct error *err)
{
	struct record_file *files =
		mem_zalloc((rec->at.files + 1) * sizeof(*files), err);
	size_t ends = recover_ends(rec);
	int64_t time = rec->folder->sys->clock();
	uint32_t count = 0;
	bool ok = files != NULL;

	for (size_t i = 0; ok && i < rec->at.files; i++)
		if (rec->is_old[i])
			files[count++] = rec->files[i];
	if (ends > 0)
		time = recover_ended(rec, ends - 1).time;
	if (ok)
		ok = journal_close(journal, files, count, time, err);
	else
		journal_cancel(journal);
	mem_free(files);
	return ok;
}

/* The file is the journal's from here on. */
static bool append_released(struct recover *rec, const uint32_t *files,
                            uint32_t count, struct error *err)
{
	struct journal *journal =
		journal_resume(rec->folder, rec->name, rec->fd, &rec->head,
	                       &rec->at.last, rec->at.end,
	                       (uint32_t)rec->at.files, err);
	bool ok = journal != NULL;

	rec->fd = -1;
	for (uint32_t i = 0; ok && i < count; i++)
		ok = journal_number(journal, RECORD_RELEASED, files[i], err);
	if (ok && recover_waits(rec))
		ok = journal_commit(journal, false, NULL, err) &&
		     journal_sync(journal, err);
	else if (ok)
		ok = close_journal(rec, journal, err);
	journal_free(journal);
	return ok;
}

bool recover_close(struct recover *rec, struct error *err)
{
	struct journal *journal =
		journal_resume(rec->folder, rec->name, rec->fd, &rec->head,
	                       &rec->at.last, rec->at.end,
	                       (uint32_t)rec->at.files, err);
	bool ok = journal && journal_finish(journal, NULL, 0, err);

	rec->fd = -1;
	journal_free(journal);
	return ok;
}

bool recover_release(struct recover *rec, const uint32_t *files, uint32_t count,
                     struct error *err)
{
	if (rec->kind == RECOVER_LIVE || rec->kind == RECOVER_UNREADABLE)
		return refuse(rec, "cannot be read", err);
	for (uint32_t i = 0; i < count; i++)
		rec->waits[files[i] - 1] = false;
	if (rec->kind == RECOVER_DAMAGED)
		return refuse(rec, "is damaged and stays as it is", err);
	if (rec->at.flush.committed)
		return refuse(rec, "a flush of it is not finished", err);
	if (!recover_waits(rec) && recover_ends(rec) == 0 &&
	    rec->at.remarks == 0)
		return remove_file(rec, err);
	if (!rec->writable)
		return refuse(rec, "cannot be written", err);
	return append_released(rec, files, count, err);
}

bool recover_release_settled(struct recover *old, const struct recover *newer,
                             struct error *err)
{
	uint32_t *files, count = 0;
	bool *before;
	bool ok = true;

	if (!recover_waits(old))
		return true;
	files = mem_zalloc(old->at.files * sizeof(*files), err);
	before = files ? mem_zalloc(old->at.files, err) : NULL;
	if (before) {
		memcpy(before, old->waits, old->at.files);
		recover_settle(old, newer);
		for (uint32_t i = 0; i < old->at.files; i++)
			if (before[i] && !old->waits[i])
				files[count++] = i + 1;
		ok = count == 0 || recover_release(old, files, count, err);
	}
	ok = ok && before;
	mem_free(files);
	mem_free(before);
	return ok;
}
