/*
 * flush_images.c - old and new bytes on their way into the journal
 */
#include "config.h"

#include "keep/flush_impl.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"
#include "keep/flush.h"
#include "keep/journal.h"

/* Tests make these small. */
#ifndef FLUSH_BYTES
#define FLUSH_BYTES ((size_t)160 * 1024) /* of the images of a record */
#endif
#ifndef FLUSH_WINDOW
#define FLUSH_WINDOW ((size_t)64 * 1024) /* bytes of a file read at once */
#endif

enum { PAGE = 4096, SECTOR = 512 };

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

/* Look at more of the file where ranges lie close together; where not all of
   that can be read, at what is needed of one sector: what is beside it may be
   bad. */
static bool fill_window(struct flush_images *im, uint64_t off, size_t need,
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
static bool read_old(struct flush_images *im, uint64_t off, uint8_t *buf,
                     size_t len, size_t *done, struct error *err)
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

/* --- images into the journal ---------------------------------------------- */

/* The target's records go from the first one to this one. */
static void put_place(struct flush_target *target, uint64_t off, size_t len)
{
	if (target->to.begin == 0)
		target->to.begin = off - RECORD_HEAD;
	target->to.end = off - RECORD_HEAD + record_size((uint32_t)len);
}

static bool put_record(struct flush_images *im, struct error *err)
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
static bool put_part(struct flush_images *im, uint64_t off, uint64_t len,
                     size_t *n, struct error *err)
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

/* Nobody knows what is there: *n bytes of one sector, at most `len`. */
static bool put_blind(struct flush_images *im, uint64_t off, uint64_t len,
                      size_t *n, struct error *err)
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
static bool put_anyhow(struct flush_images *im, uint64_t off, uint64_t len,
                       size_t *n, struct error *err)
{
	const struct flush_target *target = im->target;
	const char *path = target->to.path;

	if (!im->unread)
		return false;
	im->unread = false;
	if (!target->blind)
		len = target->given_up
		              ? u64_min(len, target->given_up(target->ctx, off))
		              : 0;
	if (len > 0)
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

static bool put_range(struct flush_images *im, uint64_t off, uint64_t len,
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

bool flush_images_put(struct flush_images *im, struct error *err)
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

/* --- what is gone --------------------------------------------------------- */

static bool put_gone_record(struct flush_images *im, struct error *err)
{
	uint8_t head[RECORD_IMAGES_HEAD];
	const struct journal_part parts[] = {
		{ head, sizeof(head) },
		{ im->list.bytes, im->list.len },
		{ im->old, im->len },
	};
	uint64_t off;

	if (im->count == 0)
		return true;
	record_images_head(head, im->target->record.file, im->count,
	                   (uint32_t)im->list.len);
	if (!flush_log_put(&im->flush->log, RECORD_FLUSH_GONE, parts,
	                   ARRAY_LEN(parts), &off, err))
		return false;
	im->list.len = 0;
	im->len = 0;
	im->count = 0;
	im->end = 0;
	return true;
}

/* What cannot be read nobody will know: *n bytes, of one sector, are passed
   over. */
static bool put_gone_part(struct flush_images *im, uint64_t off, uint64_t len,
                          size_t *n, struct error *err)
{
	if ((im->len == FLUSH_BYTES ||
	     im->list.len + RECORD_RANGE_ROOM > FLUSH_BYTES) &&
	    !put_gone_record(im, err))
		return false;
	*n = (size_t)u64_min(len, FLUSH_BYTES - im->len);
	if (!read_old(im, off, im->old + im->len, *n, n, err) && *n == 0) {
		*n = (size_t)u64_min(len, to_sector(off));
		return is_bad_sector(err);
	}
	if (!record_put_range(&im->list, off - im->end, *n, err))
		return false;
	im->len += *n;
	im->end = off + *n;
	im->count++;
	return true;
}

bool flush_images_put_gone(struct flush_images *im, struct error *err)
{
	struct flush_target *target = im->target;
	uint64_t off, len;
	size_t n;

	im->there = 0;
	im->end = 0;
	if (!target->gone || !im->flush->log.journal)
		return true;
	while (target->gone(target->ctx, &off, &len))
		for (; len > 0; off += n, len -= n) {
			if (is_cancelled(im->flush))
				return error_set(err, ERR_CANCELLED,
				                 "the flush was cancelled");
			if (!put_gone_part(im, off, len, &n, err))
				return false;
		}
	return put_gone_record(im, err);
}

bool flush_images_begin(struct flush_images *im, struct flush *flush,
                        struct error *err)
{
	*im = (struct flush_images){ .flush = flush, .fd = -1 };
	im->old = mem_zalloc(FLUSH_BYTES, err);
	im->new_ = im->old ? mem_zalloc(FLUSH_BYTES, err) : NULL;
	im->window = im->new_ ? mem_zalloc(FLUSH_WINDOW, err) : NULL;
	return im->window != NULL;
}

void flush_images_end(struct flush_images *im)
{
	record_buffer_free(&im->list);
	mem_free(im->old);
	mem_free(im->new_);
	mem_free(im->window);
}
