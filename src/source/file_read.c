/*
 * file_read.c - what a file holds: see file.h
 *
 * A read that may wait asks the system for everything, each time: what it
 * returns is what the file holds now. A read that may not wait asks for what
 * the system has in memory, and looks into the kept blocks for the rest.
 *
 *   F1  every byte that is DATA came from a pread() of the file with our
 *       identity; every byte that is HOLE was said to be in a hole by it
 *   F2  blocks are kept under the key that the file had before they were read,
 *       so what is read while the file is found changed is never shown again
 */
#include "config.h"

#include "source/file_impl.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"

enum {
	SECTOR = 512,                 /* what a bad place is narrowed down to */
	KEEP_CHUNK = 16 * FILES_BLOCK /* read at once for blocks to keep */
};

/* What is still to be read, and where to. */
struct fetch {
	struct file *file;
	int fd;
	uint64_t off, end;
	unsigned char *buf; /* of the byte at off */
	struct runs *runs;
	struct error *err;
};

/* The next n bytes are what `run` says. */
static bool emit(struct fetch *f, struct run run, uint64_t n)
{
	run.len = n;
	if (!runs_add(f->runs, run, f->err))
		return false;
	f->off += n;
	f->buf += n;
	return true;
}

static bool emit_state(struct fetch *f, enum state state, uint64_t n)
{
	return emit(f, (struct run){ .state = state }, n);
}

static bool emit_bad(struct fetch *f, enum why why, int sys, uint64_t n)
{
	return emit(f,
	            (struct run){ .state = STATE_BAD, .why = why, .sys = sys },
	            n);
}

/* An error of some sectors, not of the whole file? */
static bool is_local_error(int errnum)
{
	return errnum == EIO || errnum == ENODATA || errnum == EILSEQ ||
	       errnum == EREMOTEIO;
}

static bool in_one_sector(uint64_t off, uint64_t n)
{
	return off / SECTOR == (off + (n - 1)) / SECTOR;
}

/* How many of the bytes up to `stop` to ask for, of about `want` > 0: the end
   falls between sectors. */
static uint64_t portion(uint64_t off, uint64_t stop, uint64_t want)
{
	uint64_t to;

	if (want >= stop - off)
		return stop - off;
	to = (off + want) / SECTOR * SECTOR;
	if (to <= off)
		to = off / SECTOR * SECTOR + SECTOR;
	return u64_min(to, stop) - off;
}

/* pread() gave nothing: does the file go on at off all the same, because it
   has grown again in between? */
static bool grew_again(struct fetch *f)
{
	struct sys_stat st;

	return file_stat(f->file->files->sys, f->fd, &st) == 0 &&
	       st.size > f->off;
}

/*
 * Read up to `stop`, none of it in a hole. After a local error half as much is
 * asked for, after a success twice as much: a bad sector among good ones costs
 * O(log) reads, and a bad stretch one read for each of its sectors.
 */
static bool fetch_data(struct fetch *f, uint64_t stop)
{
	const struct sys *sys = f->file->files->sys;
	uint64_t want = stop - f->off;
	bool looked = false;
	bool ok = true;

	while (ok && f->off < stop) {
		uint64_t n = portion(f->off, stop, want);
		int64_t got = sys->pread(f->fd, f->buf, (size_t)n, f->off);

		if (got > 0) {
			want = want > UINT64_MAX / 2 ? want : want * 2;
			ok = emit_state(f, STATE_DATA, (uint64_t)got);
		} else if (got == 0 && !looked && grew_again(f)) {
			looked = true;
		} else if (got == 0) {
			ok = emit_bad(f, WHY_PAST_END, 0, stop - f->off);
		} else if (!is_local_error((int)-got)) {
			ok = emit_bad(f, WHY_ERRNO, (int)-got, stop - f->off);
		} else if (in_one_sector(f->off, n)) {
			ok = emit_bad(f, WHY_ERRNO, (int)-got, n);
		} else {
			want = n / 2;
		}
	}
	return ok;
}

/* What lies at `off` says the system; where it does not know, DATA to the end
   of the file. */
static struct stretch probe(struct file *file, int fd, uint64_t off)
{
	const struct sys *sys = file->files->sys;
	uint64_t size = file->src.size;
	struct stretch all = { .state = STATE_DATA, .end = size };
	struct sys_stat st;
	int64_t at;

	if (!atomic_load(&file->descriptor.sparse))
		return all;
	at = sys->seek(fd, off, SYS_SEEK_DATA);
	if (at == -ENXIO) { /* no data up to the end that the file has now */
		if (sys->fstat(fd, &st) < 0 || st.size <= off)
			return all;
		return (struct stretch){ STATE_HOLE, u64_min(size, st.size) };
	}
	if (at < 0)
		return all;
	if ((uint64_t)at > off)
		return (struct stretch){ STATE_HOLE,
			                 u64_min(size, (uint64_t)at) };
	at = sys->seek(fd, off, SYS_SEEK_HOLE);
	if (at < 0 || (uint64_t)at <= off)
		return all;
	return (struct stretch){ STATE_DATA, u64_min(size, (uint64_t)at) };
}

static bool fetch(struct fetch *f)
{
	bool ok = true;

	while (ok && f->off < f->end) {
		struct stretch s = probe(f->file, f->fd, f->off);
		uint64_t stop = u64_min(s.end, f->end);

		if (s.state == STATE_HOLE) {
			memset(f->buf, 0, (size_t)(stop - f->off));
			ok = emit_state(f, STATE_HOLE, stop - f->off);
		} else {
			ok = fetch_data(f, stop);
		}
	}
	return ok;
}

/* Read as `f` says from the file, which is opened if need be. */
static bool read_waiting(struct fetch *f)
{
	struct file *file = f->file;
	struct run failed;
	bool ok;

	if (!descriptors_pin(file->files->descriptors, &file->descriptor,
	                     file->path, &file->src.id, &f->fd, &failed))
		return emit(f, failed, f->end - f->off);
	ok = fetch(f);
	descriptors_unpin(file->files->descriptors, &file->descriptor);
	return ok;
}

/* Keep [off, end), whole blocks, which `runs` speaks of. */
static bool keep_blocks(struct file *file, uint64_t key, uint64_t now,
                        uint64_t off, uint64_t end, const unsigned char *bytes,
                        const struct runs *runs, struct error *err)
{
	for (uint64_t at = off; at < end; at += FILES_BLOCK) {
		size_t n = (size_t)u64_min(FILES_BLOCK, end - at);

		if (!blocks_keep(file->files->blocks, key, at / FILES_BLOCK,
		                 bytes + (at - off), n, runs, at - off, now,
		                 err))
			return false;
	}
	return true;
}

/* Read and keep the blocks [off, end) by way of `bytes`, and hand on what the
   reader has asked for of them: [f->off, f->end) or less. */
static bool fetch_blocks(struct fetch *f, uint64_t off, uint64_t end,
                         unsigned char *bytes, struct runs *runs)
{
	struct file *file = f->file;
	uint64_t key = atomic_load(&file->key);
	uint64_t now = sys_now();
	uint64_t skip = f->off - off;
	uint64_t n = u64_min(end, f->end) - f->off;
	struct fetch whole = { file, -1, off, end, bytes, runs, f->err };

	runs_clear(runs);
	if (!read_waiting(&whole) ||
	    !keep_blocks(file, key, now, off, end, bytes, runs, f->err) ||
	    !runs_add_part(f->runs, runs, skip, n, f->err))
		return false;
	memcpy(f->buf, bytes + skip, (size_t)n);
	f->off += n;
	f->buf += n;
	return true;
}

static bool read_keeping(struct fetch *f)
{
	unsigned char *bytes = mem_resize(NULL, KEEP_CHUNK, 1, f->err);
	struct runs runs = { 0 };
	bool ok = bytes != NULL;

	while (ok && f->off < f->end) {
		uint64_t off = f->off / FILES_BLOCK * FILES_BLOCK;
		uint64_t last = (f->end - 1) / FILES_BLOCK * FILES_BLOCK;
		uint64_t end = u64_min(KEEP_CHUNK, last - off + FILES_BLOCK);

		end = off + u64_min(end, f->file->src.size - off);
		ok = fetch_blocks(f, off, end, bytes, &runs);
	}
	runs_free(&runs);
	mem_free(bytes);
	return ok;
}

/* To the end of a block: from the kept blocks, or PENDING. */
static bool find_kept(struct fetch *f, uint64_t now)
{
	uint64_t n =
		u64_min(FILES_BLOCK - f->off % FILES_BLOCK, f->end - f->off);
	size_t got = 0;

	if (!blocks_find(f->file->files->blocks, atomic_load(&f->file->key),
	                 f->off, f->buf, (size_t)n, now, f->runs, &got, f->err))
		return false;
	f->off += got;
	f->buf += got;
	return emit_state(f, STATE_PENDING, n - got);
}

/* `direct`: f->fd is open, and what it gives is not in a hole. */
static bool find_all(struct fetch *f, bool direct)
{
	const struct sys *sys = f->file->files->sys;
	uint64_t now = sys_now();
	bool ok = true;

	while (ok && f->off < f->end) {
		int64_t got = -EAGAIN;

		if (direct)
			got = sys->pread_nowait(f->fd, f->buf,
			                        (size_t)(f->end - f->off),
			                        f->off);
		if (got > 0) {
			ok = emit_state(f, STATE_DATA, (uint64_t)got);
		} else {
			direct = direct && got == -EAGAIN;
			ok = find_kept(f, now);
		}
	}
	return ok;
}

static bool read_nowait(struct fetch *f)
{
	struct descriptors *all = f->file->files->descriptors;
	struct descriptor *d = &f->file->descriptor;
	bool open = descriptors_pin_open(all, d, &f->fd);
	bool ok = find_all(f, open && !atomic_load(&d->sparse));

	if (open)
		descriptors_unpin(all, d);
	return ok;
}

bool file_read(struct source *src, uint64_t off, void *buf, size_t len,
               unsigned flags, struct runs *runs, struct error *err)
{
	struct fetch f = { file_of(src), -1, off, off + len, buf, runs, err };

	if (flags & READ_NOWAIT)
		return read_nowait(&f);
	if (flags & READ_KEEP)
		return read_keeping(&f);
	return read_waiting(&f);
}

/* Will the next try fail too? What is in the way is not likely to go. */
static bool is_lasting(const struct run *failed)
{
	return failed->why == WHY_REPLACED || failed->sys == ENOENT ||
	       failed->sys == ENOTDIR || failed->sys == EACCES;
}

struct stretch file_stretch(struct source *src, uint64_t off)
{
	struct file *file = file_of(src);
	struct stretch s = { .state = STATE_DATA, .end = src->size };
	struct run failed;
	int fd;

	if (!descriptors_pin(file->files->descriptors, &file->descriptor,
	                     file->path, &src->id, &fd, &failed)) {
		if (is_lasting(&failed))
			s.state = STATE_BAD;
		return s;
	}
	s = probe(file, fd, off);
	descriptors_unpin(file->files->descriptors, &file->descriptor);
	return s;
}
