/*
 * flush.c - see flush.h
 *
 * What is written to the files is read from the journal again: so it is what a
 * recovery would write, and nobody has to remember it.
 *
 *   L1  no byte of a file is written unless its old and its new value are in a
 *       record of the flush, and the COMMIT behind that is durable (K6)
 *   L2  the journal says that a flush is over only when every file has been
 *       synced after its last byte was written, forwards or backwards
 *   L3  an old file that was exchanged is removed when all files are written,
 *       a new one when the journal says that all was taken back: what a
 *       recovery may need is there
 */
#include "config.h"

#include "keep/flush.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"
#include "keep/exchange.h"
#include "keep/journal.h"

/* Tests make these small. */
#ifndef FLUSH_BYTES
#define FLUSH_BYTES ((size_t)160 * 1024) /* of the images of a record */
#endif
#ifndef FLUSH_WINDOW
#define FLUSH_WINDOW ((size_t)64 * 1024) /* bytes of a file read at once */
#endif

enum { PAGE = 4096, SECTOR = 512 };

/* The images on their way into the journal. */
struct images {
	struct flush *flush;
	struct flush_target *target;
	int fd;
	struct record_buffer list; /* owned */
	uint8_t *old, *new_;       /* owned, FLUSH_BYTES each */
	size_t len;                /* of both */
	uint32_t count;
	uint64_t end;         /* of the last range in the list */
	uint64_t done, total; /* for the progress */

	/* What was read of the file. */
	uint8_t *window; /* owned, FLUSH_WINDOW bytes */
	uint64_t at;
	size_t there;
	bool unread; /* what was wanted last cannot be read */
};

#ifdef TEST_HOOKS
static unsigned broken;

void flush_break(unsigned bits)
{
	broken = bits;
}
#define WORKS(part) (!(broken & FLUSH_BREAK_##part))
#else
#define WORKS(part) true
#endif

void flush_free(struct flush *flush)
{
	for (size_t i = 0; i < flush->count; i++) {
		if (flush->targets[i].has_temp)
			(void)flush->sys->close(flush->targets[i].temp);
		flush->targets[i].has_temp = false;
	}
	flush_log_free(&flush->log);
}

/* --- the old bytes ----------------------------------------------------------- */

static bool not_read(const struct flush_target *target, uint64_t off,
                     int64_t res, struct error *err)
{
	struct text_shown shown = text_shown(target->to.path);

	if (res < 0)
		(void)error_sys(err, (int)-res, "%s: read at 0x%llx", shown.s,
		                (unsigned long long)off);
	else
		(void)error_set(err, ERR_CHANGED, "%s: became shorter",
		                shown.s);
	return error_add_path(err, target->to.path);
}

/* Bytes from `off` to the end of its sector. */
static size_t to_sector(uint64_t off)
{
	return SECTOR - (size_t)(off % SECTOR);
}

/* Look at more of the file where ranges lie close together; where not all of that
   can be read, at what is needed of one sector: what is beside it may be bad. */
static bool fill_window(struct images *im, uint64_t off, size_t need,
                        struct error *err)
{
	const struct sys *sys = im->flush->sys;
	bool near =
		im->there > 0 && off >= im->at && off - im->at <= 2 * im->there;
	size_t want = near ? 2 * im->there : PAGE;
	int64_t got;

	want = size_min(want, FLUSH_WINDOW);
	want = (size_t)u64_min(want, im->target->to.id.size - off);
	im->there = 0;
	got = disk_read(sys, im->fd, im->window, want, off);
	if (got < 0)
		got = disk_read(sys, im->fd, im->window,
		                size_min(size_min(want, need), to_sector(off)),
		                off);
	if (got <= 0)
		return not_read(im->target, off, got, err);
	im->at = off;
	im->there = (size_t)got;
	return true;
}

/* *done: bytes that were read. */
static bool read_old(struct images *im, uint64_t off, uint8_t *buf, size_t len,
                     size_t *done, struct error *err)
{
	*done = 0;
	while (len > 0) {
		uint64_t skip = off - im->at;
		size_t n;

		if (off < im->at || skip >= im->there) {
			if (!fill_window(im, off, len, err))
				return false;
			skip = 0;
		}
		n = size_min(len, im->there - (size_t)skip);
		memcpy(buf, im->window + skip, n);
		buf += n;
		off += n;
		len -= n;
		*done += n;
	}
	return true;
}

/* --- images into the journal -------------------------------------------------- */

/* The target's records go from the first one to this one. */
static void put_place(struct flush_target *target, uint64_t off, size_t len)
{
	if (target->to.begin == 0)
		target->to.begin = off - RECORD_HEAD;
	target->to.end = off - RECORD_HEAD + record_size((uint32_t)len);
}

static bool put_record(struct images *im, struct error *err)
{
	struct flush *flush = im->flush;
	struct flush_target *target = im->target;
	uint8_t head[RECORD_IMAGES_HEAD];
	const struct journal_part parts[] = {
		{ head, sizeof(head) },
		{ im->list.bytes, im->list.len },
		{ im->old, im->len },
		{ im->new_, im->len },
	};
	uint64_t off;

	if (im->count == 0)
		return true;
	record_images_head(head, target->record.file, im->count,
	                   (uint32_t)im->list.len);
	if (!flush_log_put(&flush->log, RECORD_FLUSH_IMAGES, parts,
	                   ARRAY_LEN(parts), &off, err))
		return false;
	put_place(target, off, sizeof(head) + im->list.len + 2 * im->len);
	flush->images += im->count;
	flush->image_bytes += im->len;
	/* The second half are the files. */
	if (flush->job)
		job_set_progress(flush->job, flush->bytes, 2 * flush->total);
	off += sizeof(head) + im->list.len;
	if (flush->old &&
	    !flush->old(flush->old_ctx, im->old, im->len, off, err))
		return false;
	im->list.len = 0;
	im->len = 0;
	im->count = 0;
	im->end = 0;
	return true;
}

/* An error of some sectors, not of the whole file? */
static bool is_bad_sector(const struct error *err)
{
	return err->code == ERR_IO &&
	       (err->sys == EIO || err->sys == ENODATA || err->sys == EILSEQ ||
	        err->sys == EREMOTEIO);
}

/* The first part of a range that fits into the record and can be read: *n
   bytes. */
static bool put_part(struct images *im, uint64_t off, uint64_t len, size_t *n,
                     struct error *err)
{
	struct flush_target *target = im->target;

	if ((im->len == FLUSH_BYTES ||
	     im->list.len + RECORD_RANGE_ROOM > FLUSH_BYTES) &&
	    !put_record(im, err))
		return false;
	*n = (size_t)u64_min(len, FLUSH_BYTES - im->len);
	if (!read_old(im, off, im->old + im->len, *n, n, err) && *n == 0) {
		im->unread = is_bad_sector(err);
		return false;
	}
	if (!target->read(target->ctx, off, im->new_ + im->len, *n, err) ||
	    !record_put_range(&im->list, off - im->end, *n, err))
		return false;
	im->len += *n;
	im->end = off + *n;
	im->count++;
	return true;
}

/* Nobody knows what is there: *n bytes, of one sector. */
static bool put_blind(struct images *im, uint64_t off, uint64_t len, size_t *n,
                      struct error *err)
{
	struct flush *flush = im->flush;
	struct flush_target *target = im->target;
	uint8_t head[RECORD_IMAGES_HEAD];
	struct journal_part parts[3] = { { head, sizeof(head) } };
	uint64_t at;

	*n = (size_t)u64_min(u64_min(len, to_sector(off)), FLUSH_BYTES);
	if (!put_record(im, err) ||
	    !target->read(target->ctx, off, im->new_, *n, err) ||
	    !record_put_range(&im->list, off, *n, err))
		return false;
	record_images_head(head, target->record.file, 1,
	                   (uint32_t)im->list.len);
	parts[1] = (struct journal_part){ im->list.bytes, im->list.len };
	parts[2] = (struct journal_part){ im->new_, *n };
	if (!flush_log_put(&flush->log, RECORD_FLUSH_BLIND, parts,
	                   ARRAY_LEN(parts), &at, err))
		return false;
	put_place(target, at, sizeof(head) + im->list.len + *n);
	im->list.len = 0;
	flush->images++;
	flush->image_bytes += *n;
	return !flush->old || flush->old(flush->old_ctx, NULL, *n, 0, err);
}

/* The user may have said that he gives up what was there. */
static bool put_anyhow(struct images *im, uint64_t off, uint64_t len, size_t *n,
                       struct error *err)
{
	const char *path = im->target->to.path;

	if (!im->unread)
		return false;
	im->unread = false;
	if (im->target->blind)
		return put_blind(im, off, len, n, err);
	(void)error_sys(err, err->sys,
	                "%s: what is at 0x%llx could not be taken back "
	                "(flush! writes over it)",
	                text_shown(path).s, (unsigned long long)off);
	return error_add_path(err, path);
}

static bool is_cancelled(const struct flush *flush)
{
	return flush->job && job_cancelled(flush->job);
}

static bool put_range(struct images *im, uint64_t off, uint64_t len,
                      struct error *err)
{
	size_t n = 0;

	for (; len > 0; off += n, len -= n) {
		if (is_cancelled(im->flush))
			return error_set(err, ERR_CANCELLED,
			                 "the flush was cancelled");
		if (!put_part(im, off, len, &n, err) &&
		    !put_anyhow(im, off, len, &n, err))
			return false;
		im->flush->bytes += n;
	}
	return true;
}

static bool put_ranges(struct images *im, struct error *err)
{
	struct flush_target *target = im->target;
	uint64_t off, len, end = UINT64_MAX;

	im->there = 0;
	im->end = 0;
	while (target->next(target->ctx, &off, &len)) {
		assert(off <= target->to.id.size &&
		       len <= target->to.id.size - off);
		im->flush->ranges += off != end;
		end = off + len;
		if (!put_range(im, off, len, err))
			return false;
	}
	return put_record(im, err);
}

/* --- the guards ----------------------------------------------------------------- */

static bool refuse(const struct flush_target *target, const char *why,
                   struct error *err)
{
	(void)error_set(err, ERR_READONLY, "%s: %s",
	                text_shown(target->to.path).s, why);
	return error_add_path(err, target->to.path);
}

static bool guard(const struct flush *flush, const struct flush_target *target,
                  int fd, struct error *err)
{
	if (target->to.device && flush->sys->is_read_only(fd) == 1)
		return refuse(target, "the device is read-only", err);
	if (!(flush->flags & FLUSH_FORCE) && flush->sys->is_locked(fd) == 1)
		return refuse(target,
		              "another program has locked it, which may be "
		              "using it (flush! writes it all the same)",
		              err);
	return true;
}

/* Say in the journal what the file is before it is written. */
static bool put_target(struct flush *flush, struct flush_target *target,
                       const struct identity *id, struct error *err)
{
	struct record_buffer buf = { 0 };
	struct journal_part part;
	uint64_t off;
	bool ok;

	target->record.dev = id->dev;
	target->record.ino = id->ino;
	target->record.size = id->size;
	target->record.mtime = id->mtime;
	target->record.ctime = id->ctime;
	ok = record_put_file(&buf, &target->record, err);
	part = (struct journal_part){ buf.bytes, buf.len };
	ok = ok && flush_log_put(&flush->log, RECORD_FLUSH_TARGET, &part, 1,
	                         &off, err);
	record_buffer_free(&buf);
	return ok;
}

/* --- files whose length changes --------------------------------------------- */

/* The parts of a file, counted as they go by. */
struct counting {
	struct flush *flush;
	struct flush_target *target;
	uint64_t kept; /* where the last part that is kept ends */
	bool differs;  /* the last part is not kept */
};

static void count_part(struct counting *c, const struct temp_part *part)
{
	bool gap = part->kept && part->off != c->kept;

	c->flush->ranges += (gap || !part->kept) && !c->differs;
	if (part->kept)
		c->kept = part->off + part->len;
	else
		c->flush->bytes += part->len;
	c->differs = !part->kept;
}

static bool next_part(void *ctx, struct temp_part *part)
{
	struct counting *c = ctx;
	struct temp_part end = { .off = c->target->to.id.size, .kept = true };

	if (c->target->parts(c->target->ctx, part)) {
		count_part(c, part);
		return true;
	}
	count_part(c, &end);
	return false;
}

static bool read_part(void *ctx, uint64_t off, void *buf, size_t len,
                      struct error *err)
{
	struct counting *c = ctx;

	return c->target->read(c->target->ctx, off, buf, len, err);
}

static bool put_exchange(struct images *im, struct error *err)
{
	struct flush_target *target = im->target;
	struct flush *flush = im->flush;
	struct counting c = { .flush = flush, .target = target };
	struct temp_plan plan = { flush->sys, next_part,    read_part,
		                  &c,         target->size, flush->job };
	uint8_t bytes[RECORD_EXCHANGE_LEN];
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;

	if (!temp_make(&plan, &target->to, im->fd, &target->temp, err))
		return false;
	target->has_temp = true;
	record_exchange_encode(&target->to.with, bytes);
	return flush_log_put(&flush->log, RECORD_FLUSH_EXCHANGE, &part, 1, &off,
	                     err);
}

/* Give the files that are to be made their names. */
static bool name_temps(struct flush *flush, bool *any, struct error *err)
{
	*any = false;
	for (size_t i = 0; i < flush->count; i++) {
		struct flush_target *target = &flush->targets[i];
		struct record_temp temp = { .file = target->record.file };
		int res;

		target->to.exchanged = target->parts != NULL;
		if (!target->to.exchanged)
			continue;
		res = flush->sys->random(&temp.number, sizeof(temp.number));
		if (res < 0)
			return error_sys(err, -res, "random");
		target->to.with = (struct record_exchange){ .temp = temp };
		*any = true;
	}
	return true;
}

/* Should the machine stop before the COMMIT, the next start can remove them. */
static bool put_temps(struct flush *flush, struct error *err)
{
	uint8_t bytes[RECORD_TEMP_LEN];
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;
	bool any;

	if (!name_temps(flush, &any, err))
		return false;
	for (size_t i = 0; i < flush->count; i++) {
		if (!flush->targets[i].to.exchanged)
			continue;
		record_temp_encode(&flush->targets[i].to.with.temp, bytes);
		if (!flush_log_put(&flush->log, RECORD_TEMP, &part, 1, &off,
		                   err))
			return false;
	}
	return !any || (flush_log_commit(&flush->log, err) &&
	                flush_log_sync(&flush->log, err));
}

/* Nobody will want them. */
static void drop_temps(struct flush *flush)
{
	struct error ignored;

	for (size_t i = 0; i < flush->count; i++) {
		struct flush_target *target = &flush->targets[i];

		if (!target->has_temp)
			continue;
		(void)!exchange_drop(flush->sys, target->to.path,
		                     target->to.with.temp.number, &ignored);
		(void)flush->sys->close(target->temp);
		target->has_temp = false;
	}
}

/* A file is read while nobody else writes it, as far as its times say. */
static bool put_file(struct images *im, struct error *err)
{
	struct flush_target *target = im->target;
	const struct sys *sys = im->flush->sys;
	struct identity before, after;
	bool ok;

	target->to.begin = 0;
	target->to.end = 0;
	target->began = false;
	if (!apply_open(sys, &target->to, &im->fd, err))
		return false;
	ok = guard(im->flush, target, im->fd, err) &&
	     apply_identity(sys, im->fd, &target->to, &before, err) &&
	     put_target(im->flush, target, &before, err) &&
	     (target->to.exchanged ? put_exchange(im, err)
	                           : put_ranges(im, err)) &&
	     apply_identity(sys, im->fd, &target->to, &after, err);
	(void)sys->close(im->fd);
	if (!ok)
		return false;
	if (after.size != before.size || after.mtime != before.mtime ||
	    after.ctime != before.ctime)
		return error_set(err, ERR_CHANGED,
		                 "%s: another program is writing to it",
		                 text_shown(target->to.path).s);
	target->to.id = after;
	target->to.timed = true;
	target->after = after;
	return true;
}

/* --- commit --------------------------------------------------------------------- */

static bool put_begin(struct flush *flush, struct error *err)
{
	uint8_t bytes[RECORD_FLUSH_COMMIT_LEN];
	struct record_flush begin = { .flush = flush->number,
		                      .targets = (uint32_t)flush->count };
	struct journal_part part = { bytes, RECORD_FLUSH_BEGIN_LEN };
	uint64_t off;

	record_flush_encode(&begin, bytes);
	if (!flush_log_put(&flush->log, RECORD_FLUSH_BEGIN, &part, 1, &off,
	                   err))
		return false;
	for (size_t i = 0; i < flush->settled_count; i++)
		if (!flush_log_number(&flush->log, RECORD_RELEASED,
		                      flush->settled[i], err))
			return false;
	return true;
}

static bool put_commit(struct flush *flush, struct error *err)
{
	uint8_t bytes[RECORD_FLUSH_COMMIT_LEN];
	struct record_flush commit = { .flush = flush->number,
		                       .targets = (uint32_t)flush->count,
		                       .ranges = flush->images,
		                       .bytes = flush->image_bytes };
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;

	record_flush_encode(&commit, bytes);
	return flush_log_put(&flush->log, RECORD_FLUSH_COMMIT, &part, 1, &off,
	                     err) &&
	       flush_log_commit(&flush->log, err);
}

static bool put_files(struct flush *flush, struct error *err)
{
	struct images im = { .flush = flush, .fd = -1 };
	bool ok;

	im.old = mem_zalloc(FLUSH_BYTES, err);
	im.new_ = im.old ? mem_zalloc(FLUSH_BYTES, err) : NULL;
	im.window = im.new_ ? mem_zalloc(FLUSH_WINDOW, err) : NULL;
	ok = im.window != NULL;
	for (size_t i = 0; ok && i < flush->count; i++) {
		im.target = &flush->targets[i];
		ok = put_file(&im, err);
	}
	record_buffer_free(&im.list);
	mem_free(im.old);
	mem_free(im.new_);
	mem_free(im.window);
	return ok;
}

/* The COMMIT is not durable, or perhaps it is: say that it does not count. */
static bool put_over(struct flush *flush, enum record_over over,
                     struct error *err)
{
	uint8_t bytes[RECORD_OVER_LEN];
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;

	record_over_encode(flush->number, over, bytes);
	return flush_log_put(&flush->log, RECORD_FLUSH_OVER, &part, 1, &off,
	                     err) &&
	       flush_log_commit(&flush->log, err) &&
	       flush_log_sync(&flush->log, err);
}

bool flush_commit(struct flush *flush, struct error *err)
{
	struct error late;

	assert(flush->state == FLUSH_NOTHING && flush->count > 0);
	if (!put_temps(flush, err)) {
		flush_log_cancel(&flush->log);
		return false;
	}
	flush->number = flush_log_group(&flush->log) + 1;
	flush->ranges = flush->bytes = flush->images = flush->image_bytes = 0;
	if (!put_begin(flush, err) || !put_files(flush, err) ||
	    !put_commit(flush, err)) {
		flush_log_cancel(&flush->log);
		drop_temps(flush);
		return false;
	}
	flush->state = FLUSH_OPEN;
	if (!WORKS(COMMIT) || flush_log_sync(&flush->log, err))
		return true;
	/* The journal cannot be made durable: no file has been touched. */
	if (put_over(flush, RECORD_OVER_UNDONE, &late)) {
		flush->state = FLUSH_NOTHING;
		drop_temps(flush);
	} else {
		(void)error_prefix(err, "the flush was left open");
	}
	return false;
}

/* --- writing -------------------------------------------------------------------- */

static bool look(void *ctx, uint64_t off, struct record *record,
                 const uint8_t **payload, struct error *err)
{
	struct flush *flush = ctx;

	return flush_log_look(&flush->log, off, record, payload, err);
}

/* Write the old bytes of all that may have been written. */
static bool take_back(struct flush *flush, const struct apply *apply,
                      struct error *err)
{
	if (!WORKS(BACK))
		return true;
	for (size_t i = flush->count; i-- > 0;) {
		struct flush_target *target = &flush->targets[i];
		struct apply_target to = target->to;

		to.timed = false;
		if (target->began &&
		    !apply_write(apply, &to, APPLY_OLD, &target->began,
		                 &target->after, err))
			return false;
	}
	if (WORKS(OVER) && !put_over(flush, RECORD_OVER_UNDONE, err))
		return false;
	drop_temps(flush);
	return true;
}

/* Ours are the times of a file that was written once. */
static bool write_file(const struct apply *apply, struct flush_target *target,
                       struct error *err)
{
	struct apply_target to = target->to;

	to.timed = !target->began;
	return (to.begin == to.end && !to.exchanged) ||
	       apply_write(apply, &to, APPLY_NEW, &target->began,
	                   &target->after, err);
}

/* Those first whose names are exchanged: it may turn out only then that they
   cannot be. */
static bool write_files(struct flush *flush, const struct apply *apply,
                        struct error *err)
{
	size_t done = 0;

	for (int exchanged = 1; exchanged >= 0; exchanged--) {
		for (size_t i = 0; i < flush->count; i++) {
			struct flush_target *target = &flush->targets[i];

			if (target->to.exchanged != (exchanged == 1))
				continue;
			if (flush->job)
				job_set_progress(flush->job,
				                 flush->count + done++,
				                 2 * flush->count);
			if (!write_file(apply, target, err) ||
			    (!WORKS(CLEAN) &&
			     !apply_clean(apply, &target->to, APPLY_NEW, err)))
				return false;
		}
	}
	return true;
}

/* Remove what the files were. */
static bool clean(struct flush *flush, struct error *err)
{
	struct apply apply = { flush->sys, look, flush };

	for (size_t i = 0; i < flush->count; i++)
		if (!apply_clean(&apply, &flush->targets[i].to, APPLY_NEW, err))
			return false;
	return true;
}

/* Bytes of the flush that are found wrong later were right once: it was not cut
   short while it was written. What cannot be said so is no worse than before. */
static void put_mark(struct flush *flush)
{
	struct error ignored;
	uint64_t off;

	if (!WORKS(MARK) ||
	    !flush_log_put(&flush->log, RECORD_MARK, NULL, 0, &off, &ignored))
		return;
	if (!flush_log_commit(&flush->log, &ignored))
		flush_log_cancel(&flush->log);
}

bool flush_write(struct flush *flush, struct error *err)
{
	struct apply apply = { flush->sys, look, flush };
	struct error late;

	assert(flush->state == FLUSH_OPEN);
	if (WORKS(COMMIT) && !flush_log_sync(&flush->log, err))
		return error_prefix(err, "the flush was left open");
	put_mark(flush);
	if (!WORKS(END) && !put_over(flush, RECORD_OVER_DONE, err))
		return false;
	if (write_files(flush, &apply, err)) {
		flush->state = FLUSH_WRITTEN;
		return true;
	}
	if (take_back(flush, &apply, &late))
		flush->state = FLUSH_NOTHING;
	else
		(void)error_prefix(err,
		                   "the flush was left open, neither finished "
		                   "nor taken back (%s)",
		                   late.text);
	return false;
}

/* --- the end -------------------------------------------------------------------- */

/* The document as its file is now. */
static struct record_file now(const struct flush_target *target)
{
	struct record_file file = target->record;

	file.dev = target->after.dev;
	file.ino = target->after.ino;
	file.size = target->after.size;
	file.mtime = target->after.mtime;
	file.ctime = target->after.ctime;
	return file;
}

bool flush_end(struct flush *flush, bool rest, struct error *err)
{
	struct record_file *files;
	bool ok;

	assert(flush->state == FLUSH_WRITTEN);
	files = mem_zalloc(flush->count * sizeof(*files), err);
	ok = files && clean(flush, err);
	for (size_t i = 0; ok && i < flush->count; i++)
		files[i] = now(&flush->targets[i]);
	if (ok && WORKS(END))
		ok = rest ? put_over(flush, RECORD_OVER_DONE, err)
		          : flush_log_finish(&flush->log, files,
		                             (uint32_t)flush->count, err);
	mem_free(files);
	if (ok)
		flush->state = FLUSH_ENDED;
	else
		(void)error_prefix(err, "everything was written, but not "
		                        "noted in the journal");
	return ok;
}
