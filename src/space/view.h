/*
 * view.h - what everybody reads: a space and the documents as they were
 *
 * A view never changes by our doing (K3). It is immutable and counted; jobs,
 * windows and commands hold one as long as they need it.
 *
 * Threads: any.
 */
#ifndef SPACE_VIEW_H
#define SPACE_VIEW_H

#include "base/base.h"
#include "source/run.h"
#include "space/space.h"

struct document;
struct error;
struct insets;
struct tree;
struct view;

/* The space and its documents as they are now. Takes its own count of them.
   O(segments). ERR_NOMEM. */
struct view *view_new(struct space *sp, struct error *err) MUST_USE;

/*
 * What the space was with these roots in the place of the ones that its
 * documents have now; NULL: as they are in the file. They are counted anew, and
 * the space is the one that these lengths make. ERR_NOMEM.
 */
struct view_root {
	const struct document *doc; /* borrowed */
	struct tree *root;          /* borrowed */
};
struct view *view_then(struct space *sp, const struct view_root *roots,
                       size_t count, struct error *err) MUST_USE;

/*
 * The same in steps, of which only the first can fail: a view with room for
 * `count` documents, which nobody may read yet; the space; then, in the order
 * of their ids, at least all documents of the space that have edits.
 */
struct view *view_reserve(size_t count, struct error *err) MUST_USE;
size_t view_room(const struct view *view);
void view_begin(struct view *view, struct space *sp);
void view_add(struct view *view, const struct document *doc);

/* Any thread may count. The last one frees it, and lets go of its documents. */
struct view *view_ref(struct view *view);
void view_unref(struct view *view); /* NULL is allowed */

/* Borrowed from the view; and the size of that. */
const struct space *view_space(const struct view *view);
uint64_t view_size(const struct view *view);

/*
 * Read len bytes at addr; addr + len <= 2^64 - 1. Appends runs that cover
 * exactly len bytes: unmapped addresses and declared gaps are GAP. flags:
 * READ_* of source.h. A byte that cannot be read is a run, not a failure.
 * ERR_NOMEM: then the runs are as they were. O(log extents + what is read).
 */
bool view_read(const struct view *view, uint64_t addr, void *buf, size_t len,
               unsigned flags, struct runs *runs, struct error *err) MUST_USE;

/*
 * What lies at addr and how far, as far as is known without reading: DATA,
 * HOLE or GAP, to *end (> addr; UINT64_MAX when nothing follows). Blocks.
 */
enum state view_stretch(const struct view *view, uint64_t addr, uint64_t *end);

/* The same, no further than to the next edit. O(log). */
enum state view_piece(const struct view *view, uint64_t addr, uint64_t *end);

/* Let bytes at to_off of an open file be those at addr, shared where the file
   system can: how many of `most` they are, 0 for none, see
   document_clone_at(). Blocks. */
uint64_t view_clone(const struct view *view, uint64_t addr, uint64_t most,
                    int to, uint64_t to_off) MUST_USE;

/* What view_map() holds. */
struct view_map {
	const unsigned char *bytes; /* of a base: insets->len of them */
	struct document *doc;       /* borrowed from the view, as all of this */
	void *pin;
};

/*
 * Map bytes of a base for a scan inside guard_call(), which with the edits
 * among them (edit/inset.h) are what is at addr: DATA of one extent, as far as
 * is known, at most `most` > 0 and maybe fewer. False: they cannot be mapped,
 * or fewer than `least` could be; use view_read(). Nothing may be read outside
 * what is mapped.
 */
bool view_map(const struct view *view, uint64_t addr, size_t least, size_t most,
              struct insets *insets, struct view_map *map) MUST_USE;

/* Let it go. False: the file has changed in a way that makes what was seen of
   no use, or guard_call() has said so; read the bytes instead. */
bool view_unmap(struct view_map *map) MUST_USE;

#endif
