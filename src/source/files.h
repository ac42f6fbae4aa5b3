/*
 * files.h - what all open files share: descriptors, maps, kept blocks
 *
 * A space may have 100,000 files, and a process far fewer descriptors and maps.
 * So both are held in caches with a limit, the least recently used go first,
 * and what is in use stays (pinned). A third cache keeps the blocks that
 * readers fetched, so that reads that may not wait find them.
 *
 *	file sources --> files { descriptors | mapped windows | blocks }
 *
 * Threads: any. One mutex guards each cache; no system call that may wait runs
 * under it.
 */
#ifndef SOURCE_FILES_H
#define SOURCE_FILES_H

#include "base/base.h"

struct error;
struct files;
struct sys;

struct files_limits {
	size_t descriptors; /* at once; >= 1 */
	size_t windows;     /* mapped at once; 0: no maps at all (--no-mmap) */
	size_t window_len;  /* bytes of a mapped window, a multiple of 64 KiB */
	size_t blocks;      /* kept blocks of FILES_BLOCK bytes */
};

enum { FILES_BLOCK = 4096 };

/* What suits this process: from its limit of descriptors and word size. */
struct files_limits files_limits_default(void);

/* `sys` is borrowed for the life of the files. */
struct files *files_new(const struct sys *sys, struct files_limits limits,
                        struct error *err) MUST_USE;
/* After all file sources are gone. NULL is allowed. */
void files_free(struct files *files);

/* Many files are opened in between: see siblings.h. */
void files_begin_many(struct files *files);
void files_end_many(struct files *files);

#ifdef TEST_HOOKS
/* How many are held now. */
size_t files_descriptors(struct files *files);
size_t files_windows(struct files *files);
#endif

#endif
