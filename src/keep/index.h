/*
 * index.h - which journals are history, and of which files
 *
 * Closed journals may be thousands, and a start has no use for most of them.
 * The index is a file beside them that says what was found in them when they
 * were looked at. It is never believed over a journal: an entry counts only as
 * long as the journal's file has the size, times and inode that it had then,
 * which a closed one keeps. What is missing is looked at again; an index that
 * is lost, damaged or of another version is none.
 *
 * Threads: one at a time for each index.
 */
#ifndef KEEP_INDEX_H
#define KEEP_INDEX_H

#include "base/base.h"
#include "keep/record.h"

struct error;
struct folder;
struct index;

/* A file that a journal names: what it was, and a hash of its path. */
struct index_file {
	uint64_t dev, ino, path;
};

/* A closed journal. */
struct index_entry {
	char name[RECORD_NAME + 8];
	uint64_t size, ino;
	int64_t mtime, ctime;     /* of the file, ns since the epoch */
	int64_t flushed;          /* ns since the epoch */
	bool knows;               /* which files it names.. */
	uint32_t count;           /* ..which are so many */
	struct index_file *files; /* owned by the index */
};

/* The folder, which is borrowed, as it is now: journals that the index does not
   know are looked at. Nothing is written. ERR_IO, ERR_NOMEM. */
struct index *index_open(const struct folder *folder,
                         struct error *err) MUST_USE;
void index_free(struct index *index); /* NULL is allowed */

/* The closed journals, by name. */
size_t index_count(const struct index *index);
const struct index_entry *index_at(const struct index *index, size_t i);
/* The one of this name, or NULL. O(log n). */
const struct index_entry *index_find(const struct index *index,
                                     const char *name);
/* The other journals: in which something may wait, or that cannot be read. */
size_t index_others(const struct index *index);
const char *index_other(const struct index *index, size_t i);

uint64_t index_hash(const char *path, size_t len);

/* Note which files a closed journal names. It is nothing if there is none of
   this name. ERR_NOMEM. */
bool index_learn(struct index *index, const char *name,
                 const struct index_file *files, size_t count,
                 struct error *err) MUST_USE;
/* Forget a journal that was removed. */
void index_drop(struct index *index, const char *name);

/* Write it, if there is news. Without a sync, since its loss does no harm; if
   another program writes it just now it is left alone. ERR_IO, ERR_NOMEM. */
bool index_store(struct index *index, struct error *err) MUST_USE;

/* The bytes of the file, for tests and for index_open(): the entries that they
   hold, or none if they break a rule of doc/formats.md. ERR_NOMEM. */
bool index_decode(const uint8_t *bytes, size_t len, struct index_entry **v,
                  size_t *count, struct error *err) MUST_USE;
void index_entries_free(struct index_entry *v, size_t count);

#endif
