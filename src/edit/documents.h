/*
 * documents.h - the documents that are open, by id and by file
 *
 * Threads: the engine thread.
 */
#ifndef EDIT_DOCUMENTS_H
#define EDIT_DOCUMENTS_H

#include "base/base.h"
#include "edit/document.h"
#include "edit/known.h"

struct error;

struct documents_entry {
	struct document *doc; /* counted */
	unsigned changes;     /* CHANGE_* that the user was told of */
	unsigned asked;       /* of these, what the user was asked about */
	uint64_t stamp;       /* source_stamp() of then; 0: not looked at */
	bool locked;          /* another program had it when it was asked for */
	bool used;            /* documents_mark() since documents_unmark() */
	bool touched;         /* a flush was taken back, and left these times */
	int64_t mtime, ctime;
};

struct documents {
	struct documents_entry *v; /* owned, sorted by document_id() */
	size_t count, cap;
	uint32_t *by_file; /* owned: open hash of (dev, ino) to index + 1 */
	size_t by_file_size;
	struct known known; /* owned: what needs no look before an edit */
};

/* Starts empty. ERR_NOMEM: nothing is to be freed. */
bool documents_init(struct documents *docs, struct error *err) MUST_USE;
/* Room for so many more. ERR_NOMEM. */
bool documents_reserve(struct documents *docs, size_t more,
                       struct error *err) MUST_USE;
void documents_free(struct documents *docs);

/* The index of the document with this id; count when there is none.
   O(log n). */
size_t documents_find(const struct documents *docs, uint64_t id);

/* The document of this file that another opening of it shares: no private copy
   (access copy, memory). NULL when there is none. O(1). */
struct document *documents_of_file(const struct documents *docs,
                                   const struct identity *id);

/* Enter a document with an id above all others; takes its count over, in
   success and failure. ERR_NOMEM. */
bool documents_add(struct documents *docs, struct document *doc,
                   struct error *err) MUST_USE;

/* Put fresh[i], where it is not NULL, in the place of document i, and the old
   one into fresh[i]. The ids are the same. */
void documents_exchange(struct documents *docs, struct document **fresh);

/* Forget all that were not marked since unmark. */
void documents_unmark(struct documents *docs);
void documents_mark(struct documents *docs, const struct document *doc);
void documents_sweep(struct documents *docs);

#endif
