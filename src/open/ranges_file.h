/*
 * ranges_file.h - sets of ranges in files
 *
 *	hexspan-ranges 1
 *	file 1 "card.001"
 *	file 2 "card.002"
 *	set matches
 *	1 0x1fd 3 + 2 0x0 2
 *	1 0x200 16
 *
 * The format is described in doc/formats.md. Ranges are in files, not at
 * addresses; tags and texts are not kept. Files are read and written a line at
 * a time, since there may be millions.
 *
 * Threads: the engine's. These block.
 */
#ifndef OPEN_RANGES_FILE_H
#define OPEN_RANGES_FILE_H

#include "base/base.h"

struct document;
struct error;
struct ranges;
struct sys;

struct ranges_file_set {
	char *name;            /* owned */
	struct ranges *ranges; /* counted */
};

struct ranges_file {
	struct ranges_file_set *v; /* owned */
	size_t count, cap;
};

void ranges_file_free(struct ranges_file *file);

/* The document with this id, or the one of the file at this path; NULL when
   there is none. Borrowed. */
typedef struct document *ranges_file_by_id(void *ctx, uint64_t id);
typedef struct document *ranges_file_by_path(void *ctx, const char *path);

/*
 * Write the sets to `path`, in the place of an old file (replace.h). Ranges of
 * documents that `find` does not know, or that nobody else can open, are left
 * out and counted. ERR_IO, ERR_NOMEM.
 */
bool ranges_file_save(const struct sys *sys, const char *path,
                      const struct ranges_file *sets, ranges_file_by_id *find,
                      void *ctx, uint64_t *left_out,
                      struct error *err) MUST_USE;

/*
 * Read the sets of the file at `path` into *out, which is the caller's on
 * success. Errors name file and line: ERR_SYNTAX (also a range past the end of
 * its file), ERR_STATE (a file that `find` does not know; if `skip`, its ranges
 * are left out and counted), ERR_IO, ERR_NOMEM.
 */
bool ranges_file_read(const struct sys *sys, const char *path,
                      ranges_file_by_path *find, void *ctx, bool skip,
                      struct ranges_file *out, uint64_t *left_out,
                      struct error *err) MUST_USE;

#endif
