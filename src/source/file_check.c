/* file_check.c - has a file been changed by others? see file.h */
#include "config.h"

#include "source/file_impl.h"

#include <errno.h>

#include "base/sys.h"

/* fstat(), with the size that a device has. */
int file_stat(const struct sys *sys, int fd, struct sys_stat *st)
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

void file_forget_blocks(struct file *file)
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

uint64_t file_stamp(const struct source *src)
{
	return atomic_load(&((const struct file *)src)->stamp);
}

/* As file_stat() of the file if it is open, else -EBADF. */
static int stat_open(struct file *file, struct sys_stat *st)
{
	struct descriptors *all = file->files->descriptors;
	int fd;
	int n;

	if (!descriptors_pin_open(all, &file->descriptor, &fd))
		return -EBADF;
	n = file_stat(file->files->sys, fd, st);
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
unsigned file_check(struct source *src)
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
		file_forget_blocks(file);
	return change;
}

/* Blocks may have been kept while it was written. */
void file_written(struct source *src, const struct identity *id)
{
	(void)id;
	file_forget_blocks(file_of(src));
}

bool file_keep(struct source *src, bool keep)
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
