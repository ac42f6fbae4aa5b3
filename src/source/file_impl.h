/*
 * file_impl.h - what the parts of file.c share
 *
 * file.c opens and maps, file_read.c reads, file_check.c looks whether others
 * have changed the file.
 *
 * Threads: any, as of source.h; what changes in a file is atomic or a cache's.
 */
#ifndef SOURCE_FILE_IMPL_H
#define SOURCE_FILE_IMPL_H

#include <stdatomic.h>

#include "source/files.h"
#include "source/files_impl.h"
#include "source/source.h"

struct sys;
struct sys_stat;

struct file {
	struct source src;   /* first: the source's head */
	struct files *files; /* borrowed */
	struct descriptor descriptor;
	_Atomic uint64_t key; /* of the kept blocks; F2 of file_read.c */
	_Atomic uint64_t stamp;
	atomic_bool is_kept; /* open, even if its name is there */
	char path[];         /* or what it is, for an adopted one */
};

_Static_assert(sizeof(struct file) <= 160, "100,000 files in 16 MB");

static inline struct file *file_of(struct source *src)
{
	return (struct file *)src;
}

/* --- file_read.c: as source_ops says --- */

bool file_read(struct source *src, uint64_t off, void *buf, size_t len,
               unsigned flags, struct runs *runs, struct error *err) MUST_USE;
struct stretch file_stretch(struct source *src, uint64_t off);

/* --- file_check.c: as source_ops says --- */

unsigned file_check(struct source *src);
void file_written(struct source *src, const struct identity *id);
uint64_t file_stamp(const struct source *src);
bool file_keep(struct source *src, bool keep);

/* fstat(), with the size that a device has; 0 or a negated errno. */
int file_stat(const struct sys *sys, int fd, struct sys_stat *st);
/* What is kept of its bytes is not to be shown any more. */
void file_forget_blocks(struct file *file);

#endif
