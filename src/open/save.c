/*
 * save.c - see save.h
 *
 * A file gets its size first, as one hole, and then its bytes: what is not
 * written stays a hole. So a size that the file system cannot have is found out
 * at once, and nothing depends on the order of holes and bytes.
 *
 * V1	parts[0 .. done) are finished: whole, synced, closed, under temporary
 *	names. part `done` is being written, at offset `off`.
 * V2	Files get their final names when all are finished, the first one of a
 *	set last: a set that lacks it is not taken for one.
 * V3	What has a final name is taken back when a later one fails, since no
 *	file was there before.
 */
#include "config.h"

#include "open/save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/document.h"
#include "keep/disk.h"
#include "open/mapfile.h"
#include "open/pour.h"
#include "open/replace.h"
#include "space/space.h"
#include "space/view.h"

enum { BLOCK = 4096 }; /* zeros that are left out are such blocks */

/* Fewer bytes are copied. Tests make it small. */
#ifndef SAVE_SHARE
#define SAVE_SHARE (64 << 10)
#endif

/* Shared at once: between them it can be cancelled. */
#define SHARE_MOST (UINT64_C(1) << 30)

struct part {
	char *path; /* owned */
	struct replacement file;
};

struct saving {
	struct save *save;
	struct part *parts; /* owned */
	uint64_t count, done;
	uint64_t off;        /* in the part that is written */
	bool is_open;        /* and it is begun */
	uint64_t no_doc;     /* of this document nothing can be shared */
	struct mapfile lost; /* owned: offsets of all files as one */
};

static bool io_error(int64_t res, const char *path, struct error *err)
{
	error_sys(err, (int)-res, "%s", text_shown(path).s);
	return error_add_path(err, path);
}

/* --- names --------------------------------------------------------------- */

/* How many files there will be. */
static bool count_parts(const struct save *save, uint64_t *count,
                        struct error *err)
{
	uint64_t len = save->end - save->start;

	*count = 1;
	if (save->split && len > 0)
		*count = (len - 1) / save->split + 1;
	if (*count <= SAVE_PARTS)
		return true;
	return error_set(err, ERR_RANGE, "%" PRIu64 " files are too many (%d)",
	                 *count, SAVE_PARTS);
}

/* The name of one of them: the caller's. */
static char *part_name(const struct save *save, uint64_t count, uint64_t part,
                       struct error *err)
{
	size_t len = strlen(save->path);
	char *name = mem_resize(NULL, len + 24, 1, err);
	int digits = 3;

	if (!name)
		return NULL;
	memcpy(name, save->path, len + 1);
	for (uint64_t i = 1000; i < count; i *= 10)
		digits++;
	if (save->split)
		snprintf(name + len, 24, ".%0*" PRIu64, digits, part);
	return name;
}

/* A file that would be taken for the next one of the set. */
static bool check_next(const struct saving *s, struct error *err)
{
	char *path;
	bool ok;

	if (!s->save->split)
		return true;
	path = part_name(s->save, s->count, s->count, err);
	ok = path && replace_may(s->save->sys, path, false, err);
	mem_free(path);
	return ok;
}

static bool make_parts(struct saving *s, struct error *err)
{
	if (!count_parts(s->save, &s->count, err))
		return false;
	s->parts =
		mem_resize(NULL, (size_t)s->count + 1, sizeof(*s->parts), err);
	if (!s->parts)
		return false;
	memset(s->parts, 0, ((size_t)s->count + 1) * sizeof(*s->parts));
	for (uint64_t i = 0; i < s->count; i++) {
		s->parts[i].path = part_name(s->save, s->count, i, err);
		if (!s->parts[i].path ||
		    !replace_may(s->save->sys, s->parts[i].path,
		                 s->save->over && !s->save->split, err))
			return false;
	}
	return check_next(s, err);
}

/* --- bytes --------------------------------------------------------------- */

static uint64_t part_size(const struct saving *s)
{
	uint64_t len = s->save->end - s->save->start;

	return s->save->split
	               ? u64_min(s->save->split, len - s->done * s->save->split)
	               : len;
}

/* See that the part that is to be written is open. */
static bool begin(struct saving *s, struct error *err)
{
	struct part *part = &s->parts[s->done];
	int res;

	if (s->is_open)
		return true;
	if (!replace_begin_data(&part->file, s->save->sys, part->path,
	                        s->save->over, err))
		return false;
	s->is_open = true;
	s->off = 0;
	res = disk_truncate(s->save->sys, part->file.fd, part_size(s));
	return res >= 0 || io_error(res, part->path, err);
}

/* `len` bytes of the part are done; at its end it is finished. */
static bool advance(struct saving *s, uint64_t len, struct error *err)
{
	s->off += len;
	if (s->off < part_size(s))
		return true;
	if (!replace_finish(&s->parts[s->done].file, err))
		return false;
	s->is_open = false;
	s->done++;
	s->off = 0;
	return true;
}

static bool skip(struct saving *s, uint64_t len, struct error *err)
{
	while (len > 0) {
		uint64_t n;

		if (!begin(s, err))
			return false;
		n = u64_min(len, part_size(s) - s->off);
		if (!advance(s, n, err))
			return false;
		len -= n;
	}
	return true;
}

static bool is_zero(const unsigned char *bytes, size_t len)
{
	return len > 0 && bytes[0] == 0 &&
	       memcmp(bytes, bytes + 1, len - 1) == 0;
}

/* How many bytes from here are alike, whole blocks of zeros or not; up to the
   end of the first block at least. */
static size_t stretch(const unsigned char *bytes, size_t len, uint64_t off,
                      bool *zero)
{
	size_t n = 0;

	while (n < len) {
		size_t block =
			size_min(BLOCK - (size_t)((off + n) % BLOCK), len - n);
		bool is = block == BLOCK && is_zero(bytes + n, block);

		if (n > 0 && is != *zero)
			break;
		*zero = is;
		n += block;
	}
	return n;
}

/* Bytes of one part. */
static bool write_part(struct saving *s, const unsigned char *bytes, size_t len,
                       bool edited, struct error *err)
{
	const struct part *part = &s->parts[s->done];

	for (size_t at = 0, n; at < len; at += n) {
		bool zero = false;
		int res = 0;

		n = edited ? stretch(bytes + at, len - at, s->off + at, &zero)
		           : len;
		if (!zero)
			res = disk_write(s->save->sys, part->file.fd,
			                 bytes + at, n, s->off + at);
		if (res < 0)
			return io_error(res, part->path, err);
	}
	return advance(s, len, err);
}

static bool take_bytes(void *arg, uint64_t addr, const unsigned char *bytes,
                       size_t len, bool edited, struct error *err)
{
	struct saving *s = arg;

	(void)addr;
	while (len > 0) {
		size_t n;

		if (!begin(s, err))
			return false;
		n = (size_t)u64_min(len, part_size(s) - s->off);
		if (!write_part(s, bytes, n, edited, err))
			return false;
		bytes += n;
		len -= n;
	}
	return true;
}

static bool take_hole(void *arg, uint64_t addr, uint64_t len, struct error *err)
{
	(void)addr;
	return skip(arg, len, err);
}

/* Of a document of which nothing could be shared nothing more is asked. */
static bool share(void *arg, uint64_t addr, uint64_t most, uint64_t *n,
                  struct error *err)
{
	struct saving *s = arg;
	struct location loc = space_locate(view_space(s->save->view), addr);
	uint64_t id;

	if (!loc.segment || most < SAVE_SHARE || s->off % DOCUMENT_SHARE != 0)
		return true;
	id = document_id(loc.segment->doc);
	if (id == s->no_doc)
		return true;
	if (!begin(s, err))
		return false;
	most = u64_min(u64_min(most, SHARE_MOST), part_size(s) - s->off);
	*n = view_clone(s->save->view, addr, most, s->parts[s->done].file.fd,
	                s->off);
	if (*n == 0)
		s->no_doc = id;
	s->save->shared += *n;
	return *n == 0 || advance(s, *n, err);
}

static bool take_lost(void *arg, uint64_t addr, uint64_t len, enum state state,
                      struct error *err)
{
	struct saving *s = arg;

	return mapfile_add(&s->lost, addr - s->save->start, len, state, err) &&
	       (s->save->unreadable.what == UNREADABLE_FILL ||
	        skip(s, len, err));
}

/* --- placing ------------------------------------------------------------- */

/* Take back the parts [from, count), which have their final names. */
static void take_back(const struct saving *s, uint64_t from)
{
	for (uint64_t i = from; i < s->count; i++)
		(void)s->save->sys->unlink(s->parts[i].path);
}

static bool place(struct saving *s, struct error *err)
{
	bool over = s->save->over && !s->save->split;

	while (s->done > 0) {
		if (!replace_place(&s->parts[s->done - 1].file, over, err)) {
			take_back(s, s->done);
			s->done--;
			return false;
		}
		s->done--;
	}
	return true;
}

/* The map comes first: bytes that were left out are not to stand there without
   it. */
static bool place_all(struct saving *s, struct error *err)
{
	const struct save *save = s->save;
	char *path;
	bool ok;

	if (s->lost.count == 0)
		return place(s, err);
	path = mapfile_path(save->path, err);
	ok = path && mapfile_write(&s->lost, save->sys, path,
	                           save->end - save->start, save->over, err);
	if (ok && !place(s, err)) {
		(void)save->sys->unlink(path);
		ok = false;
	}
	mem_free(path);
	return ok;
}

static bool write_all(struct saving *s, struct error *err)
{
	struct pour pour = {
		.view = s->save->view,
		.start = s->save->start,
		.end = s->save->end,
		.unreadable = s->save->unreadable,
		.job = s->save->job,
		.arg = s,
		.bytes = take_bytes,
		.hole = take_hole,
		.lost = take_lost,
		.share = share,
	};
	bool ok = pour_run(&pour, err);

	s->save->unread = pour.unread;
	/* Of no bytes there is a file, too. */
	return ok && (s->save->start < s->save->end ||
	              (begin(s, err) && advance(s, 0, err)));
}

bool save_run(struct save *save, struct error *err)
{
	struct saving s = { .save = save };
	bool ok;

	save->shared = save->unread = 0;
	ok = make_parts(&s, err) && write_all(&s, err) && place_all(&s, err);
	for (uint64_t i = 0; !ok && i < s.done + s.is_open; i++)
		replace_cancel(&s.parts[i].file);
	for (uint64_t i = 0; s.parts && i < s.count; i++)
		mem_free(s.parts[i].path);
	mem_free(s.parts);
	mapfile_free(&s.lost);
	save->files = s.count;
	return ok && replace_settle(save->sys, save->path, err);
}
