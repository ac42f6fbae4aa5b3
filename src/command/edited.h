/*
 * edited.h - where a session's files differ from what is on the disk
 *
 * Threads: any; edited_all() the engine's.
 */
#ifndef COMMAND_EDITED_H
#define COMMAND_EDITED_H

#include "base/base.h"

#include "edit/tree.h"

struct document;
struct error;
struct space;

/* `old_len` bytes of a file became `len`; either may be 0. */
struct edited {
	uint64_t doc; /* document_id() */
	uint64_t off; /* in it, as it is now */
	uint64_t len, old_len;
	uint64_t base; /* where the old bytes are in the file */
	bool is_shown;
	uint64_t addr; /* if so: the first one */
};

/* Going through a document, as it is with this root: a plain value, which can
   be copied. What touches in a file is one. Nothing is said of addresses. O(1)
   a piece. */
struct edited_walk {
	struct tree_walk walk;
	uint64_t doc, size; /* of the base */
	uint64_t off, base; /* behind the last byte that was kept */
	bool ended;
};
void edited_walk(struct edited_walk *walk, const struct document *doc,
                 const struct tree *root);
bool edited_next(struct edited_walk *walk, struct edited *out);

/* In the order of addresses; what is not shown comes last. */
struct edited_list {
	struct edited *v; /* owned */
	size_t count, cap;
};

/* All of the documents of a space; *out is the caller's. What touches in a file
   is one. O(pieces). ERR_NOMEM. */
bool edited_all(const struct space *sp, struct edited_list *out,
                struct error *err) MUST_USE;
/* Add where a document differs with the root `now` from what it was with
   `then`; NULL: its base. What is the same bytes may be among it. Nothing is
   said of addresses. O(pieces). ERR_NOMEM. */
bool edited_between(struct edited_list *list, const struct document *doc,
                    const struct tree *then, const struct tree *now,
                    struct error *err) MUST_USE;
/* Find the addresses, and the order of them. */
void edited_place(struct edited_list *list, const struct space *sp);
void edited_free(struct edited_list *list);

/* How many the document with this id has. O(n). */
size_t edited_count(const struct edited_list *list, uint64_t doc);

#endif
