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
#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/flush_impl.h"
#include "keep/holder.h"
#include "keep/journal.h"

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

/* --- the guards ----------------------------------------------------------- */

static bool refuse(const struct flush_target *target, const char *why,
                   struct error *err)
{
	(void)error_set(err, ERR_READONLY, "%s: %s",
	                text_shown(target->to.path).s, why);
	return error_add_path(err, target->to.path);
}

static bool is_used(const struct flush *flush,
                    const struct flush_target *target, int fd,
                    struct error *err)
{
	const struct sys *sys = flush->sys;
	char who[HOLDER_NAME] = "another program", why[HOLDER_NAME + 96];
	struct sys_stat st = { 0 };
	uint32_t pid = 0;

	if (sys->fstat(fd, &st) == 0)
		pid = holder_of(sys, st.dev, st.ino);
	if (pid)
		holder_name(sys, pid, who);
	snprintf(why, sizeof(why),
	         "%s has locked it, which may be using it (flush! writes it "
	         "all the same)",
	         who);
	return refuse(target, why, err);
}

static bool guard(const struct flush *flush, const struct flush_target *target,
                  int fd, struct error *err)
{
	if (target->to.device && flush->sys->is_read_only(fd) == 1)
		return refuse(target, "the device is read-only", err);
	if (!(flush->flags & FLUSH_FORCE) && flush->sys->is_locked(fd) == 1)
		return is_used(flush, target, fd, err);
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

/* A file is read while nobody else writes it, as far as its times say. */
static bool put_file(struct flush_images *im, struct error *err)
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
	     (target->to.exchanged
	              ? flush_images_put_gone(im, err) &&
	                        flush_temps_put(im->flush, target, im->fd, err)
	              : flush_images_put(im, err)) &&
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

/* --- commit --------------------------------------------------------------- */

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
	struct flush_images im;
	bool ok = flush_images_begin(&im, flush, err);

	for (size_t i = 0; ok && i < flush->count; i++) {
		im.target = &flush->targets[i];
		ok = put_file(&im, err);
	}
	flush_images_end(&im);
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
	if (!flush_temps_name(flush, err)) {
		flush_log_cancel(&flush->log);
		return false;
	}
	flush->number = flush_log_group(&flush->log) + 1;
	flush->ranges = flush->bytes = flush->images = flush->image_bytes = 0;
	if (!put_begin(flush, err) || !put_files(flush, err) ||
	    !put_commit(flush, err)) {
		flush_log_cancel(&flush->log);
		flush_temps_drop(flush);
		return false;
	}
	flush->state = FLUSH_OPEN;
	if (!WORKS(COMMIT) || flush_log_sync(&flush->log, err))
		return true;
	/* The journal cannot be made durable: no file has been touched. */
	if (put_over(flush, RECORD_OVER_UNDONE, &late)) {
		flush->state = FLUSH_NOTHING;
		flush_temps_drop(flush);
	} else {
		(void)error_prefix(err, "the flush was left open");
	}
	return false;
}

/* --- writing -------------------------------------------------------------- */

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
	flush_temps_drop(flush);
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
   short while it was written. What cannot be said so is no worse than
   before. */
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

/* --- the end -------------------------------------------------------------- */

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
