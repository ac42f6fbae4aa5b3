/*
 * recover_flush.c - ending a flush that a crash has cut short: see recover.h
 *
 * The journal that was read may be nowhere but in the memory of the system: the
 * editor may have been killed before its sync, or after one that failed. What a
 * sync says later about such bytes proves nothing. So all of it is written once
 * more, and synced, before any file is touched: else a second crash could leave
 * files half written, and no journal to say so.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/apply.h"
#include "keep/disk.h"
#include "keep/exchange.h"
#include "keep/journal.h"
#include "keep/recover_impl.h"

enum { CHUNK = 65536 };

struct ending {
	struct recover *rec;
	struct apply apply;
	struct apply_target *targets; /* owned */
	struct record_file *files;    /* owned; paths are borrowed */
	uint32_t count;
};

#ifdef TEST_HOOKS
static unsigned broken;

void recover_break(unsigned bits)
{
	broken = bits;
}
#define WORKS(part) (!(broken & RECOVER_BREAK_##part))
#else
#define WORKS(part) true
#endif

bool recover_flushing(const struct recover *rec, struct recover_flush *flush)
{
	const struct recover_flushing *at = &rec->at.flush;

	*flush = (struct recover_flush){ at->targets, at->ranges, at->bytes };
	return rec->kind == RECOVER_WAITING && at->committed;
}

static bool refuse(const struct recover *rec, const char *why,
                   struct error *err)
{
	return error_set(err, ERR_STATE, "%s: %s", rec->name, why);
}

static bool look(void *ctx, uint64_t off, struct record *record,
                 const uint8_t **payload, struct error *err)
{
	*payload = recover_must_record(ctx, off, record, err);
	return *payload != NULL;
}

/* --- the targets ---------------------------------------------------------- */

static bool add_target(struct ending *e, const struct record *record,
                       const uint8_t *payload, const char *const *paths,
                       uint32_t *missing, struct error *err)
{
	struct apply_target *target = &e->targets[e->count];
	struct record_file *file = &e->files[e->count];

	if (!record_get_file(payload, record->len, file))
		return refuse(e->rec, "changed while it was read", err);
	if (!paths[file->file - 1]) {
		*missing = file->file;
		return error_set(err, ERR_STATE,
		                 "%s: the flush also writes %s: open that, too",
		                 e->rec->name,
		                 text_shown(e->rec->files[file->file - 1].path)
		                         .s);
	}
	/* What is in the window does not stay there. */
	file->path = e->rec->files[file->file - 1].path;
	file->path_len = strlen(file->path);
	*target = (struct apply_target){
		.path = paths[file->file - 1],
		.device = file->kind == RECORD_FILE_DEVICE,
		.id = { .dev = file->dev,
		        .ino = file->ino,
		        .size = file->size,
		        .mtime = file->mtime },
	};
	e->count++;
	return true;
}

/* What the record says of the target before it. */
static void add_part(struct ending *e, const struct record *record,
                     const uint8_t *payload)
{
	struct apply_target *target = &e->targets[e->count - 1];

	if (record->type == RECORD_FLUSH_EXCHANGE) {
		target->exchanged = true;
		target->with = record_exchange_decode(payload);
	} else if (record_has_images(record)) {
		if (target->begin == 0)
			target->begin = record->off;
		target->end = record->off + record_size(record->len);
	}
}

static bool find_targets(struct ending *e, const char *const *paths,
                         uint32_t *missing, struct error *err)
{
	const struct recover_flushing *flush = &e->rec->at.flush;
	struct record record;
	const uint8_t *payload;

	e->targets =
		mem_zalloc((flush->targets + (size_t)1) * sizeof(*e->targets),
	                   err);
	if (!e->targets)
		return false;
	e->files = mem_zalloc((flush->targets + (size_t)1) * sizeof(*e->files),
	                      err);
	if (!e->files)
		return false;
	for (uint64_t off = flush->off; off < flush->end;
	     off += record_size(record.len)) {
		if (!look(e->rec, off, &record, &payload, err))
			return false;
		if (record.type != RECORD_FLUSH_TARGET && e->count > 0)
			add_part(e, &record, payload);
		else if (record.type == RECORD_FLUSH_TARGET &&
		         !add_target(e, &record, payload, paths, missing, err))
			return false;
	}
	return true;
}

/* --- the journal ---------------------------------------------------------- */

static bool make_durable(struct recover *rec, struct error *err)
{
	const struct sys *sys = rec->folder->sys;
	uint8_t *buf = mem_zalloc(CHUNK, err);
	uint64_t off = 0;
	int64_t res = 1;

	if (!buf)
		return false;
	while (res > 0 && off < rec->at.end) {
		size_t n = (size_t)u64_min(CHUNK, rec->at.end - off);

		res = disk_read(sys, rec->fd, buf, n, off);
		if (res <= 0)
			break;
		n = (size_t)res;
		res = disk_write(sys, rec->fd, buf, n, off);
		off += n;
		res = res < 0 ? res : 1;
	}
	mem_free(buf);
	if (res == 0)
		return refuse(rec, "has been cut short", err);
	if (res > 0)
		res = disk_sync_data(sys, rec->fd);
	if (res >= 0)
		res = disk_sync(sys, rec->folder->fd);
	return res >= 0 || recover_io_failed(rec, "make it durable", res, err);
}

/* Does anything wait that was not in the flush? */
static bool has_rest(const struct ending *e)
{
	for (uint32_t i = 0; i < e->rec->at.files; i++) {
		bool flushed = false;

		for (uint32_t k = 0; k < e->count; k++)
			flushed = flushed ||
			          recover_same_file(e->rec, e->files[k].file,
			                            i + 1);
		if (e->rec->waits[i] && !flushed)
			return true;
	}
	return false;
}

static bool put_over(struct journal *journal, uint32_t flush,
                     enum record_over over, struct error *err)
{
	uint8_t bytes[RECORD_OVER_LEN];
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;

	record_over_encode(flush, over, bytes);
	return journal_record(journal, RECORD_FLUSH_OVER, &part, 1, &off,
	                      err) &&
	       journal_commit(journal, false, NULL, err) &&
	       journal_sync(journal, err);
}

/* Write one image of all; the documents are what their files are then. */
static bool write_all(struct ending *e, enum apply_image image,
                      struct error *err)
{
	bool began = false;

	for (uint32_t i = 0; i < e->count; i++) {
		struct record_file *file = &e->files[i];
		struct identity after = { file->dev, file->ino, file->size,
			                  file->mtime, file->ctime };

		if (!apply_write(&e->apply, &e->targets[i], image, &began,
		                 &after, err))
			return false;
		file->dev = after.dev;
		file->ino = after.ino;
		file->size = after.size;
		file->mtime = after.mtime;
		file->ctime = after.ctime;
	}
	return true;
}

static bool clean_all(const struct ending *e, enum apply_image image,
                      struct error *err)
{
	for (uint32_t i = 0; i < e->count; i++)
		if (!apply_clean(&e->apply, &e->targets[i], image, err))
			return false;
	return true;
}

static bool write_end(struct ending *e, enum recover_end end, struct error *err)
{
	struct recover *rec = e->rec;
	bool rest = has_rest(e);
	struct journal *journal =
		journal_resume(rec->folder, rec->name, rec->fd, &rec->head,
	                       &rec->at.last, rec->at.end,
	                       (uint32_t)rec->at.files, err);
	bool ok;

	rec->fd = -1;
	if (!journal)
		return false;
	if (end == RECOVER_BACK)
		ok = put_over(journal, rec->at.flush.number, RECORD_OVER_UNDONE,
		              err);
	else if (rest)
		ok = put_over(journal, rec->at.flush.number, RECORD_OVER_DONE,
		              err);
	else
		ok = journal_finish(journal, e->files, e->count, err);
	journal_free(journal);
	return ok;
}

bool recover_end_flush(struct recover *rec, const char *const *paths,
                       enum recover_end end, uint32_t *missing,
                       struct error *err)
{
	struct ending e = { .rec = rec,
		            .apply = { rec->folder->sys, look, rec } };
	struct recover_flush flush;
	enum apply_image image = end == RECOVER_FINISH ? APPLY_NEW : APPLY_OLD;
	struct error late;
	bool ok;

	*missing = 0;
	if (!recover_flushing(rec, &flush))
		return refuse(rec, "no flush of it is open", err);
	if (!rec->writable)
		return refuse(rec, "cannot be written", err);
	ok = find_targets(&e, paths, missing, err);
	for (uint32_t i = 0; ok && i < e.count; i++)
		ok = apply_check(&e.apply, &e.targets[i], image, err);
	ok = ok && (!WORKS(DURABLE) || make_durable(rec, err)) &&
	     write_all(&e, image, err);
	/* What a flush that is finished has displaced goes before the journal
	   says so: nobody would look for it later (L3). */
	if (ok && end == RECOVER_FINISH)
		ok = clean_all(&e, image, err);
	ok = ok && write_end(&e, end, err);
	/* What was to be is named in the journal, which goes on. */
	if (ok && end == RECOVER_BACK)
		(void)!clean_all(&e, image, &late);
	mem_free(e.targets);
	mem_free(e.files);
	return ok;
}

/* One more failure: what the user has to look for is in each. Returns false. */
static bool add_failure(struct error *err, const struct error *next,
                        bool is_first)
{
	struct error before = *err;

	if (!is_first)
		return error_set(err, before.code, "%s; %s", before.text,
		                 next->text);
	*err = *next;
	return false;
}

bool recover_drop_temps(struct recover *rec, const char *const *paths,
                        struct error *err)
{
	struct error next;
	bool ok = true;

	if (rec->kind != RECOVER_WAITING || rec->at.flush.committed)
		return true;
	for (size_t i = 0; i < rec->at.temps; i++) {
		const struct record_temp *temp = &rec->temps[i];
		const char *path = paths[temp->file - 1];

		if (path && !exchange_drop(rec->folder->sys, path, temp->number,
		                           NULL, &next))
			ok = add_failure(err, &next, ok);
	}
	return ok;
}

bool recover_give_up_flush(struct recover *rec, const char *const *paths,
                           struct error *err)
{
	const struct recover_flushing *flush = &rec->at.flush;
	struct recover_flush ignored;
	struct apply_target target = { 0 };
	struct record_file file;
	struct record record;
	const uint8_t *payload;
	struct error next;
	bool ok = true;

	if (!recover_flushing(rec, &ignored))
		return true;
	for (uint64_t off = flush->off; off < flush->end;
	     off += record_size(record.len)) {
		if (!look(rec, off, &record, &payload, &next))
			return add_failure(err, &next, ok);
		if (record.type == RECORD_FLUSH_TARGET &&
		    record_get_file(payload, record.len, &file))
			target = (struct apply_target){
				.path = paths[file.file - 1],
				.id = { .dev = file.dev,
				        .ino = file.ino,
				        .size = file.size,
				        .mtime = file.mtime },
			};
		if (record.type != RECORD_FLUSH_EXCHANGE || !target.path)
			continue;
		target.with = record_exchange_decode(payload);
		if (!exchange_give_up(rec->folder->sys, &target, &next))
			ok = add_failure(err, &next, ok);
	}
	return ok;
}
