/*
 * file.c - see file.h
 *
 * There may be 100,000 of these, so a file is small and owns nothing but its
 * path; all that costs something is in the caches of files.h.
 */
#include "config.h"

#include "source/file.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "source/file_impl.h"
#include "source/guard.h"

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
static bool examine(struct files *files, const char *path, struct sys_stat *st,
                    unsigned *traits, struct error *err)
{
	int n = siblings_stat(files->siblings, path, st);
	bool writable;

	if (n < 0)
		return refuse_sys(err, path, -n);
	if (!is_allowed(st, true, path, err))
		return false;
	*traits = st->type == SYS_BLOCK ? SOURCE_DEVICE : SOURCE_GROWS;
	n = siblings_rights(files->siblings, path, st, &writable);
	if (n < 0)
		return refuse_sys(err, path, -n);
	*traits |= writable ? SOURCE_WRITABLE : 0;
	return true;
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
	file_forget_blocks(file);
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

	if (!examine(files, path, &st, &traits, err))
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
