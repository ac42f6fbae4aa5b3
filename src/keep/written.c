/*
 * written.c - see written.h
 *
 * Blocks that follow each other are one stretch, up to a size that can be read
 * at once, with two CRCs: so little is kept of much that is written in a row.
 *
 *   W1  stretches of a file are in order and disjoint, begin at a block and end
 *       at one or at the end of the file
 *   W2  the parts of a stretch are in order and disjoint, and lie in it
 */
#include "config.h"

#include "keep/written.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"

/* Tests make it small. */
#ifndef WRITTEN_STRETCH
#define WRITTEN_STRETCH ((uint64_t)256 * 1024)
#endif

enum { STRETCHES = 1 << 22 }; /* at most, of all files */

struct part {
	uint64_t off, len;
};

struct stretch {
	uint64_t start, end;
	uint32_t written, rest; /* CRC32C */
	bool is_known;          /* the rest could be read */
	size_t first, count;    /* of the parts */
};

struct file {
	char *path; /* owned */
	struct identity id;
	size_t first, count; /* of the stretches */
};

struct written {
	_Atomic uint32_t refs;
	size_t most;
	struct file *files; /* owned */
	size_t file_count, file_cap;
	struct stretch *stretches; /* owned */
	size_t count, cap;
	struct part *parts; /* owned */
	size_t part_count, part_cap;
	uint64_t ranges;
	unsigned char *buf; /* owned while it is made: WRITTEN_STRETCH bytes */
};

/* --- making --------------------------------------------------------------- */

struct written *written_new(size_t most, struct error *err)
{
	struct written *w = mem_zalloc(sizeof(*w), err);

	if (!w)
		return NULL;
	atomic_init(&w->refs, 1);
	w->most = most ? most : STRETCHES;
	return w;
}

struct written *written_ref(struct written *w)
{
	atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
	return w;
}

void written_unref(struct written *w)
{
	if (!w ||
	    atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) > 1)
		return;
	for (size_t i = 0; i < w->file_count; i++)
		mem_free(w->files[i].path);
	mem_free(w->files);
	mem_free(w->stretches);
	mem_free(w->parts);
	mem_free(w->buf);
	mem_free(w);
}

/* The CRCs of what is written of a stretch and of the rest, in these bytes. */
static void sum_up(const struct written *w, const struct stretch *s,
                   const unsigned char *bytes, uint32_t *written,
                   uint32_t *rest)
{
	uint64_t at = s->start;

	*written = *rest = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct part *p = &w->parts[s->first + i];

		*rest = crc32c(*rest, bytes + (at - s->start),
		               (size_t)(p->off - at));
		*written = crc32c(*written, bytes + (p->off - s->start),
		                  (size_t)p->len);
		at = p->off + p->len;
	}
	*rest = crc32c(*rest, bytes + (at - s->start), (size_t)(s->end - at));
}

static bool read_parts(struct written *w, const struct stretch *s,
                       const struct written_file *file, struct error *err)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct part *p = &w->parts[s->first + i];

		if (!file->read(file->ctx, p->off, w->buf + (p->off - s->start),
		                (size_t)p->len, err))
			return false;
	}
	return true;
}

/* No part comes to it any more. */
static bool close_stretch(struct written *w, struct stretch *s,
                          const struct written_file *file, struct error *err)
{
	if (s->count == 0)
		return true;
	if (w->count == w->most)
		return error_set(err, ERR_LIMIT,
		                 "more than %zu places are written, too many "
		                 "to be verified",
		                 w->most);
	memset(w->buf, 0, WRITTEN_STRETCH);
	s->is_known = file->read(file->ctx, s->start, w->buf,
	                         (size_t)(s->end - s->start), err);
	if (!s->is_known &&
	    (err->code != ERR_STATE || !read_parts(w, s, file, err)))
		return false;
	sum_up(w, s, w->buf, &s->written, &s->rest);
	if (!mem_grow(&w->stretches, &w->cap, w->count + 1,
	              sizeof(*w->stretches), err))
		return false;
	w->stretches[w->count++] = *s;
	return true;
}

/* Let a stretch hold a part that begins at `off`, or begin another one
   there. */
static bool open_stretch(struct written *w, struct stretch *s, uint64_t off,
                         const struct written_file *file, struct error *err)
{
	uint64_t start = off - off % WRITTEN_BLOCK;

	if (s->count > 0 && start <= s->end && off - s->start < WRITTEN_STRETCH)
		return true;
	if (!close_stretch(w, s, file, err))
		return false;
	*s = (struct stretch){ .start = start,
		               .end = start,
		               .first = w->part_count };
	return true;
}

static bool add_part(struct written *w, struct stretch *s,
                     const struct written_file *file, struct part part,
                     struct error *err)
{
	uint64_t size = file->id.size;
	uint64_t end = part.off + part.len;

	if (!mem_grow(&w->parts, &w->part_cap, w->part_count + 1,
	              sizeof(*w->parts), err))
		return false;
	w->parts[w->part_count++] = part;
	s->count++;
	if (end % WRITTEN_BLOCK != 0)
		end += u64_min(WRITTEN_BLOCK - end % WRITTEN_BLOCK, size - end);
	s->end = u64_max(s->end, end);
	return true;
}

static bool add_range(struct written *w, struct stretch *s,
                      const struct written_file *file, uint64_t off,
                      uint64_t len, struct error *err)
{
	while (len > 0) {
		struct part part = { .off = off };

		if (!open_stretch(w, s, off, file, err))
			return false;
		part.len = u64_min(len, WRITTEN_STRETCH - (off - s->start));
		if (!add_part(w, s, file, part, err))
			return false;
		off += part.len;
		len -= part.len;
	}
	return true;
}

static bool add_ranges(struct written *w, const struct written_file *file,
                       struct error *err)
{
	struct stretch s = { 0 };
	uint64_t off, len, end = UINT64_MAX;

	while (file->next(file->ctx, &off, &len)) {
		w->ranges += off != end;
		end = off + len;
		if (!add_range(w, &s, file, off, len, err))
			return false;
	}
	return close_stretch(w, &s, file, err);
}

bool written_add(struct written *w, const struct written_file *file,
                 struct error *err)
{
	struct file f = { .id = file->id, .first = w->count };

	if (!w->buf)
		w->buf = mem_resize(NULL, WRITTEN_STRETCH, 1, err);
	if (!w->buf || !mem_grow(&w->files, &w->file_cap, w->file_count + 1,
	                         sizeof(*w->files), err))
		return false;
	f.path = mem_strdup(file->path, err);
	if (!f.path)
		return false;
	w->files[w->file_count++] = f;
	if (!add_ranges(w, file, err))
		return false;
	w->files[w->file_count - 1].count = w->count - f.first;
	return true;
}

void written_became(struct written *w, size_t idx, const struct identity *id)
{
	assert(idx < w->file_count);
	w->files[idx].id = *id;
}

/* --- looking -------------------------------------------------------------- */

/* What is looked at, and what was found. */
struct checking {
	const struct written *w;
	const struct sys *sys;
	struct job *job;
	unsigned char *buf; /* at a block's multiple */
	bool is_direct;     /* the file in hand is read past the cache */
	struct written_sum *sum;
	uint64_t wrong;     /* stretches that are others */
	struct error first; /* about the first one */
	uint64_t seen;
};

static bool fail(const struct file *file, enum err code, const char *why,
                 struct error *err)
{
	error_set(err, code, "%s: %s", text_shown(file->path).s, why);
	return error_add_path(err, file->path);
}

static bool open_file(struct checking *c, const struct file *file, int *fd,
                      struct error *err)
{
	struct sys_stat st;
	struct identity id;
	int res = 0;

	/* Pages that somebody has mapped stay in the cache, whoever wants to
	   drop them. */
	*fd = c->sys->open(file->path, SYS_READ | SYS_DIRECT);
	c->is_direct = *fd >= 0;
	if (!c->is_direct)
		*fd = c->sys->open(file->path, SYS_READ);
	if (*fd >= 0)
		res = c->sys->fstat(*fd, &st);
	if (*fd < 0 || res < 0) {
		error_sys(err, *fd < 0 ? -*fd : -res, "%s",
		          text_shown(file->path).s);
		if (*fd >= 0)
			(void)c->sys->close(*fd);
		return error_add_path(err, file->path);
	}
	id = identity_of(&st);
	if (identity_same(&id, &file->id))
		return true;
	(void)c->sys->close(*fd);
	return fail(file, ERR_CHANGED, "another file has this name now", err);
}

static void find_wrong(struct checking *c, const struct file *file,
                       const struct stretch *s, const char *what)
{
	if (c->wrong++ > 0)
		return;
	error_set(&c->first, ERR_CHANGED,
	          "%s: %s in 0x%" PRIx64 ",0x%" PRIx64 " of the file",
	          text_shown(file->path).s, what, s->start, s->end);
	(void)error_add_path(&c->first, file->path);
}

/* Whole blocks at once, which a file may end in; what cannot be read so is read
   through the cache. */
static int64_t read_stretch(struct checking *c, int *fd,
                            const struct file *file, const struct stretch *s)
{
	uint64_t len = s->end - s->start;
	uint64_t blocks = (len + WRITTEN_BLOCK - 1) / WRITTEN_BLOCK;
	int other;

	if (c->is_direct) {
		int64_t got = c->sys->pread(*fd, c->buf,
		                            (size_t)(blocks * WRITTEN_BLOCK),
		                            s->start);

		if (got >= (int64_t)len)
			return (int64_t)len;
		other = c->sys->open(file->path, SYS_READ);
		if (other < 0)
			return other;
		(void)c->sys->close(*fd);
		*fd = other;
		c->is_direct = false;
	}
	return disk_read(c->sys, *fd, c->buf, (size_t)len, s->start);
}

static bool check_stretch(struct checking *c, const struct file *file, int *fd,
                          const struct stretch *s, struct error *err)
{
	size_t len = (size_t)(s->end - s->start);
	int64_t got = read_stretch(c, fd, file, s);
	uint32_t written, rest;

	if (got < 0) {
		error_sys(err, (int)-got, "%s: read at 0x%" PRIx64,
		          text_shown(file->path).s, s->start);
		return error_add_path(err, file->path);
	}
	if ((size_t)got < len)
		return fail(file, ERR_CHANGED, "became shorter", err);
	sum_up(c->w, s, c->buf, &written, &rest);
	if (written != s->written)
		find_wrong(c, file, s, "the disk has not what was written");
	else if (s->is_known && rest != s->rest)
		find_wrong(c, file, s,
		           "bytes beside those that were written have changed");
	return true;
}

static void count(struct checking *c, const struct stretch *s)
{
	uint64_t bytes = 0, rest;

	for (size_t i = 0; i < s->count; i++)
		bytes += c->w->parts[s->first + i].len;
	rest = s->end - s->start - bytes;
	c->sum->bytes += bytes;
	c->sum->rest += rest;
	c->sum->unknown += s->is_known ? 0 : rest;
	c->sum->blocks += (s->end - s->start - 1) / WRITTEN_BLOCK + 1;
}

static bool check_file(struct checking *c, const struct file *file,
                       struct error *err)
{
	bool ok = true;
	int fd;

	if (!open_file(c, file, &fd, err))
		return false;
	/* What is not on the disk cannot be dropped, so it is sent there. */
	(void)disk_sync_data(c->sys, fd);
	(void)c->sys->forget(fd);
	for (size_t i = 0; ok && i < file->count; i++) {
		const struct stretch *s = &c->w->stretches[file->first + i];

		ok = job_goes_on(c->job, err);
		if (!ok)
			break;
		ok = check_stretch(c, file, &fd, s, err);
		count(c, s);
		if (c->job)
			job_set_progress(c->job, ++c->seen, c->w->count);
	}
	(void)c->sys->close(fd);
	return ok;
}

bool written_check(const struct written *w, const struct sys *sys,
                   struct job *job, struct written_sum *out, struct error *err)
{
	struct written_sum sum = { .files = w->file_count,
		                   .ranges = w->ranges };
	struct checking c = { .w = w, .sys = sys, .job = job, .sum = &sum };
	unsigned char *room;
	bool ok;

	room = mem_resize(NULL, WRITTEN_STRETCH + WRITTEN_BLOCK, 1, err);
	ok = room != NULL;
	if (ok)
		c.buf = room +
		        (WRITTEN_BLOCK - (uintptr_t)room % WRITTEN_BLOCK);
	for (size_t i = 0; ok && i < w->file_count; i++)
		ok = check_file(&c, &w->files[i], err);
	mem_free(room);
	if (!ok)
		return false;
	if (c.wrong == 0) {
		*out = sum;
		return true;
	}
	*err = c.first;
	if (c.wrong > 1)
		(void)error_prefix(err, "in %" PRIu64 " places, the first",
		                   c.wrong);
	return false;
}
