/*
 * file.c - see file.h
 *
 * There may be 100,000 of these, so a file is small and owns nothing but its
 * path; all that costs something is in the caches of files.h.
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

#include "source/file.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "source/files.h"
#include "source/files_impl.h"
#include "source/guard.h"
#include "source/source.h"

enum {
	SECTOR = 512,                 /* what a bad place is narrowed down to */
	KEEP_CHUNK = 16 * FILES_BLOCK /* read at once for blocks to keep */
};

struct file {
	struct source src;   /* first: the source's head */
	struct files *files; /* borrowed */
	struct descriptor descriptor;
	_Atomic uint64_t key; /* of the kept blocks; F2 */
	_Atomic uint64_t stamp;
	atomic_bool is_kept; /* open, even if its name is there */
	char path[];         /* or what it is, for an adopted one */
};

_Static_assert(sizeof(struct file) <= 160, "100,000 files in 16 MB");

static struct file *file_of(struct source *src)
{
	return (struct file *)src;
}

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

/* fstat(), with the size that a device has. */
static int stat_sized(const struct sys *sys, int fd, struct sys_stat *st)
{
	int n = sys->fstat(fd, st);
	int64_t size;

	if (n < 0 || st->type != SYS_BLOCK)
		return n;
	size = sys->device_size(fd);
	if (size < 0)
		return (int)size;
	st->size = (uint64_t)size;
	return 0;
}

/* pread() gave nothing: does the file go on at off all the same, because it
   has grown again in between? */
static bool grew_again(struct fetch *f)
{
	struct sys_stat st;

	return stat_sized(f->file->files->sys, f->fd, &st) == 0 &&
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

static bool file_read(struct source *src, uint64_t off, void *buf, size_t len,
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

static struct stretch file_stretch(struct source *src, uint64_t off)
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

/*
 * The descriptor is pinned even for a window that is mapped already: so the
 * bytes of a file that was replaced are no more to be had by a map than by a
 * read.
 */
static const void *file_map(struct source *src, uint64_t off, size_t *len,
                            void **pin)
{
	struct file *file = file_of(src);
	const unsigned char *bytes = NULL;
	struct window *window;
	struct run failed;
	size_t there;
	int fd;

	if (!file->files->windows || !guard_installed() ||
	    !descriptors_pin(file->files->descriptors, &file->descriptor,
	                     file->path, &src->id, &fd, &failed))
		return NULL;
	window = windows_pin(file->files->windows, file, fd, off, *len,
	                     src->size);
	descriptors_unpin(file->files->descriptors, &file->descriptor);
	if (window) {
		bytes = window_at(window, off, &there);
		*len = size_min(*len, there);
		*pin = window;
	}
	return bytes;
}

static void file_unmap(struct source *src, void *pin)
{
	windows_unpin(file_of(src)->files->windows, pin);
}

static bool file_clone(struct source *src, uint64_t off, uint64_t len, int to,
                       uint64_t to_off)
{
	struct file *file = file_of(src);
	struct run failed;
	int fd, n;

	if (!descriptors_pin(file->files->descriptors, &file->descriptor,
	                     file->path, &src->id, &fd, &failed))
		return false;
	n = file->files->sys->clone(to, to_off, fd, off, len);
	descriptors_unpin(file->files->descriptors, &file->descriptor);
	return n == 0;
}

static void forget_blocks(struct file *file)
{
	atomic_store(&file->key, blocks_key(file->files->blocks));
}

/* How the file that was opened has changed, by what it is now. */
static unsigned compare(const struct identity *was, const struct identity *now)
{
	if (now->size < was->size)
		return CHANGE_SIZE_LESS;
	if (now->size > was->size)
		return CHANGE_SIZE_MORE;
	return now->mtime != was->mtime || now->ctime != was->ctime
	               ? CHANGE_BYTES
	               : 0;
}

/* Never 0. */
static uint64_t stamp_of(const struct identity *now)
{
	uint64_t stamp = now->size * UINT64_C(0x9e3779b97f4a7c15);

	stamp = (stamp ^ (uint64_t)now->mtime) * UINT64_C(0xff51afd7ed558ccd);
	stamp ^= (uint64_t)now->ctime ^ stamp >> 32;
	return stamp | 1;
}

static uint64_t file_stamp(const struct source *src)
{
	return atomic_load(&((const struct file *)src)->stamp);
}

/* As stat_sized() of the file if it is open, else -EBADF. */
static int stat_open(struct file *file, struct sys_stat *st)
{
	struct descriptors *all = file->files->descriptors;
	int fd;
	int n;

	if (!descriptors_pin_open(all, &file->descriptor, &fd))
		return -EBADF;
	n = stat_sized(file->files->sys, fd, st);
	descriptors_unpin(all, &file->descriptor);
	return n;
}

/* What has become of the name; *st is what stands there. */
static unsigned check_name(const struct file *file, struct sys_stat *st)
{
	struct identity now;

	if (file->files->sys->stat(file->path, st) < 0)
		return CHANGE_GONE;
	now = identity_of(st);
	return identity_same(&file->src.id, &now) ? 0 : CHANGE_REPLACED;
}

/* A device is asked for its size only while it is open. */
static unsigned file_check(struct source *src)
{
	struct file *file = file_of(src);
	struct sys_stat st;
	unsigned change;
	bool known = true;

	if (src->traits & SOURCE_PRIVATE)
		return 0;
	change = check_name(file, &st);
	descriptors_keep(file->files->descriptors, &file->descriptor,
	                 change != 0 || atomic_load(&file->is_kept));
	if (change != 0 || (src->traits & SOURCE_DEVICE))
		known = stat_open(file, &st) == 0;
	if (known) {
		struct identity now = identity_of(&st);

		descriptor_note(&file->descriptor, &st);
		atomic_store(&file->stamp, stamp_of(&now));
		change |= compare(&src->id, &now);
	}
	if (change != 0)
		forget_blocks(file);
	return change;
}

/* Blocks may have been kept while it was written. */
static void file_written(struct source *src, const struct identity *id)
{
	(void)id;
	forget_blocks(file_of(src));
}

static bool file_keep(struct source *src, bool keep)
{
	struct file *file = file_of(src);
	struct descriptors *all = file->files->descriptors;
	struct run failed;
	int fd;

	if (src->traits & SOURCE_PRIVATE)
		return true;
	atomic_store(&file->is_kept, keep);
	if (!keep) {
		(void)file_check(src);
		return true;
	}
	if (!descriptors_pin(all, &file->descriptor, file->path, &src->id, &fd,
	                     &failed))
		return false;
	descriptors_keep(all, &file->descriptor, true);
	descriptors_unpin(all, &file->descriptor);
	return true;
}

static bool refuse(struct error *err, const char *path, const char *what)
{
	error_set(err, ERR_STATE, "%s: %s", text_shown(path).s, what);
	error_add_path(err, path);
	return false;
}

static bool refuse_sys(struct error *err, const char *path, int errnum)
{
	error_sys(err, errnum, "%s", text_shown(path).s);
	error_add_path(err, path);
	return false;
}

static bool is_allowed(const struct sys_stat *st, bool device, const char *path,
                       struct error *err)
{
	switch (st->type) {
	case SYS_REGULAR:
		return true;
	case SYS_DIRECTORY:
		return refuse(err, path, "is a directory");
	case SYS_FIFO:
		return refuse(err, path,
		              "is a FIFO (use -: zcat x | hexspan -)");
	case SYS_SOCKET:
		return refuse(err, path, "is a socket");
	case SYS_CHAR:
		return refuse(err, path, "is a character device");
	case SYS_BLOCK:
		return device || refuse(err, path, "is a block device");
	case SYS_OTHER:
		break;
	}
	return refuse(err, path, "is not a regular file");
}

/* What stands under the path, and what the user may do with it. */
static bool examine(const struct sys *sys, const char *path,
                    struct sys_stat *st, unsigned *traits, struct error *err)
{
	int n = sys->stat(path, st);

	if (n < 0)
		return refuse_sys(err, path, -n);
	if (!is_allowed(st, true, path, err))
		return false;
	*traits = st->type == SYS_BLOCK ? SOURCE_DEVICE : SOURCE_GROWS;
	if (sys->access(path, SYS_READ | SYS_WRITE) == 0) {
		*traits |= SOURCE_WRITABLE;
		return true;
	}
	n = sys->access(path, SYS_READ);
	return n < 0 ? refuse_sys(err, path, -n) : true;
}

static void file_free(struct source *src)
{
	struct file *file = file_of(src);

	if (file->files->windows)
		windows_drop(file->files->windows, file);
	descriptors_close(file->files->descriptors, &file->descriptor);
	mem_free(file);
}

static const struct source_ops file_ops = {
	.read = file_read,
	.stretch = file_stretch,
	.map = file_map,
	.unmap = file_unmap,
	.clone = file_clone,
	.check = file_check,
	.written = file_written,
	.stamp = file_stamp,
	.keep = file_keep,
	.free = file_free,
};

static const struct source_ops device_ops = {
	.read = file_read,
	.stretch = file_stretch,
	.check = file_check,
	.written = file_written,
	.stamp = file_stamp,
	.keep = file_keep,
	.free = file_free,
};

static struct file *make(struct files *files, const char *path,
                         const struct sys_stat *st, unsigned traits,
                         struct error *err)
{
	size_t len = strlen(path) + 1;
	struct file *file = mem_zalloc(sizeof(*file) + len, err);

	if (!file)
		return NULL;
	file->src.ops = traits & SOURCE_DEVICE ? &device_ops : &file_ops;
	file->src.kind = traits & SOURCE_DEVICE ? "device" : "file";
	file->src.traits = traits;
	file->files = files;
	memcpy(file->path, path, len);
	file->src.id = identity_of(st);
	file->src.size = st->size;
	descriptor_init(&file->descriptor);
	descriptor_note(&file->descriptor, st);
	forget_blocks(file);
	return file;
}

/* Open the device, which then stays open as a file does. One that is read-only
   can be opened for writing, and only the write fails. */
static bool look_at_device(struct file *file, struct error *err)
{
	struct descriptors *all = file->files->descriptors;
	struct run failed;
	int64_t size;
	int fd;

	if (!descriptors_pin(all, &file->descriptor, file->path, &file->src.id,
	                     &fd, &failed))
		return failed.sys ? refuse_sys(err, file->path, failed.sys)
		                  : refuse(err, file->path, run_why(&failed));
	size = file->files->sys->device_size(fd);
	if (file->files->sys->is_read_only(fd) == 1)
		file->src.traits &= ~(unsigned)SOURCE_WRITABLE;
	descriptors_unpin(all, &file->descriptor);
	if (size < 0)
		return refuse_sys(err, file->path, (int)-size);
	file->src.size = (uint64_t)size;
	file->src.id.size = (uint64_t)size;
	return true;
}

/* A file of the kernel says that it is empty, whatever can be read from it, or
   not be: the end of an empty file can. One that has grown meanwhile is as good
   as any. */
static bool look_at_empty(struct file *file, struct error *err)
{
	const struct sys *sys = file->files->sys;
	struct descriptors *all = file->files->descriptors;
	struct sys_stat st;
	struct run failed;
	unsigned char byte;
	int64_t got;
	bool hides;
	int fd;

	if (!descriptors_pin(all, &file->descriptor, file->path, &file->src.id,
	                     &fd, &failed))
		return true; /* that is said when it is read */
	got = sys->pread(fd, &byte, 1, 0);
	hides = got > 0 && sys->fstat(fd, &st) == 0 && st.size == 0;
	descriptors_unpin(all, &file->descriptor);
	if (got < 0)
		return refuse_sys(err, file->path, (int)-got);
	return !hides || refuse(err, file->path,
	                        "has bytes, but does not say how many (use -: "
	                        "cat x | hexspan -)");
}

struct source *file_open(struct files *files, const char *path,
                         struct error *err)
{
	struct sys_stat st;
	unsigned traits = 0;
	struct file *file;

	if (!examine(files->sys, path, &st, &traits, err))
		return NULL;
	file = make(files, path, &st, traits, err);
	if (!file)
		return NULL;
	if (traits & SOURCE_DEVICE ? look_at_device(file, err)
	                           : st.size > 0 || look_at_empty(file, err))
		return &file->src;
	file_free(&file->src);
	return NULL;
}

struct source *file_adopt(struct files *files, int fd, const char *what,
                          struct error *err)
{
	struct file *file = NULL;
	struct sys_stat st;
	int n = files->sys->fstat(fd, &st);

	if (n < 0)
		refuse_sys(err, what, -n);
	else if (is_allowed(&st, false, what, err))
		file = make(files, what, &st, SOURCE_GROWS | SOURCE_PRIVATE,
		            err);
	if (!file) {
		(void)files->sys->close(fd);
		return NULL;
	}
	descriptors_adopt(files->descriptors, &file->descriptor, fd);
	return &file->src;
}

/* It may have holes, so it is taken for a file that has. */
struct source *file_next(const struct source *src, uint64_t size,
                         struct error *err)
{
	const struct file *file = (const struct file *)src;
	struct sys_stat st = { .dev = src->id.dev,
		               .ino = src->id.ino,
		               .size = size,
		               .type = SYS_REGULAR };
	struct file *next =
		make(file->files, file->path, &st, src->traits, err);

	return next ? &next->src : NULL;
}
