/*
 * edits.h - what is edited: the bytes, the changes, and the way there and back
 *
 * One group of changes is in hand at a time: an edit that is put together
 * change by change, or the last group taken back, or one made again. It shows
 * what would come of it, and is then committed, which cannot fail, or
 * cancelled. In between is the time to refuse it, and to write it down (K5).
 *
 * Threads: the engine thread.
 */
#ifndef EDIT_EDITS_H
#define EDIT_EDITS_H

#include "base/base.h"
#include "edit/change.h"
#include "edit/past.h"

struct document;
struct documents;
struct edits;
struct error;
struct store;

/* The documents are borrowed. ERR_NOMEM. */
struct edits *edits_new(const struct documents *docs,
                        struct error *err) MUST_USE;
void edits_free(struct edits *edits); /* NULL is allowed */

/* Where bytes are put that edits bring. */
struct store *edits_store(const struct edits *edits);
/* What was done, to look through. */
const struct past *edits_past(const struct edits *edits);

/* See past_set_label(), past_set_note() and what makes that. */
void edits_set_label(struct edits *edits, const char *what, int64_t time);
bool edits_set_note(struct edits *edits, size_t number, const char *text,
                    struct error *err) MUST_USE;
bool edits_make_note(struct edits *edits, const char *text, char **note,
                     struct error *err) MUST_USE;
void edits_put_note(struct edits *edits, size_t number, char *note);

/*
 * Begin a group. `alone`: it will be one change, which costs least; then the
 * documents may not be read until its end. Each change can fail with ERR_NOMEM,
 * and then the group can only be cancelled. Offsets are in the document as the
 * group has made it so far.
 */
void edits_begin(struct edits *edits, bool alone);

/* Replace `removed` bytes by pieces, which keep the marks of inserted bytes
   that they overwrite; what is longer than before is marked inserted. */
bool edits_splice(struct edits *edits, struct document *doc, uint64_t off,
                  uint64_t removed, const struct piece *v, size_t count,
                  struct error *err) MUST_USE;

/*
 * The same in two steps, between which it can be looked at what would be
 * removed: borrowed. What was lifted is laid, or put back, before anything else
 * is done in the group.
 */
const struct pieces *edits_lift(struct edits *edits, struct document *doc,
                                uint64_t off, uint64_t removed,
                                struct error *err) MUST_USE;
bool edits_lay(struct edits *edits, struct document *doc, const struct piece *v,
               size_t count, struct error *err) MUST_USE;
void edits_put_back(struct edits *edits);

/* Move [off, off + len) to in front of the byte at `to`, which is not inside of
   it. O(log n). */
bool edits_move(struct edits *edits, struct document *doc, uint64_t off,
                uint64_t len, uint64_t to, struct error *err) MUST_USE;

/* Put a copy of [off, off + len) in place of `removed` bytes at `to`: 0 inserts
   it, len overwrites. O(log n). */
bool edits_copy(struct edits *edits, struct document *doc, uint64_t off,
                uint64_t len, uint64_t to, uint64_t removed,
                struct error *err) MUST_USE;

/*
 * Show in [off, off + len) what the base has there. Bytes that were overwritten
 * one for one get their own; where bytes were inserted or deleted, all that was
 * changed there must be in the range. Bytes that were not changed are passed
 * over. ERR_RANGE: more was changed than is in the range; nothing was done.
 * ERR_NOMEM. O(pieces in the range).
 */
bool edits_revert(struct edits *edits, struct document *doc, uint64_t off,
                  uint64_t len, struct error *err) MUST_USE;

/* Pieces in a row that are edited, or a place where bytes were deleted, and the
   bytes of the base that were there. */
struct stain {
	uint64_t off, len;   /* in the document */
	uint64_t base, size; /* in the base */
	uint64_t behind;     /* bytes of the base that follow it, unchanged */
};
/*
 * The next stain of a document whose base has this size; the walk and `stain`
 * begin at the start of the document, with zeros. Pieces of the base that were
 * not moved stand in the order of the base, so what is missing between two of
 * them was between them. False if there is none.
 */
bool stain_next(struct tree_walk *walk, uint64_t size, struct stain *stain);

/* What the byte was before the last change of it; again and again, what it was
   before that. ERR_NO: it was not changed, or was not there. ERR_NOMEM. */
bool edits_restore(struct edits *edits, struct document *doc, uint64_t off,
                   struct error *err) MUST_USE;

/*
 * Put what a change removed in the place of what it added, which stands at
 * `off` now if it is still there. ERR_CHANGED: other bytes are there, or the
 * old ones are gone with the file's end; *differs is where the first one is.
 * ERR_NOMEM, ERR_IO. Reads them, unless they are the very same pieces. Only
 * then, and if it is `ordered`, bytes of the base are not marked as edited:
 * what is not marked must stand in the order of the base.
 */
bool edits_take_back(struct edits *edits, struct document *doc, uint64_t off,
                     const struct change *change, bool ordered,
                     uint64_t *differs, struct error *err) MUST_USE;

/* Take back the last group, or make the last one taken back again, as the group
   in hand: edits_begin() is part of it. On failure nothing is in hand. ERR_NO:
   there is none; ERR_CHANGED: a document of it is not open; ERR_NOMEM. */
bool edits_undo(struct edits *edits, struct error *err) MUST_USE;
bool edits_redo(struct edits *edits, struct error *err) MUST_USE;

/* Take back, in hand, all that was done after step `number`, to look at what it
   was like: it can only be cancelled. Documents that are closed are left out.
   ERR_NOMEM: then nothing is in hand. */
bool edits_rewind(struct edits *edits, size_t number,
                  struct error *err) MUST_USE;
/* One of the edits_documents() of the group in hand, and its root. Borrowed. */
struct tree *edits_root(const struct edits *edits, size_t idx,
                        struct document **doc);

/* Forget the changes behind a place: see past_cut(). Nothing is in hand, and
   the documents are as they were there. */
void edits_cut(struct edits *edits, struct past_place place, size_t done);

/* Go on with this history, which comes of rebase_past(). Nothing is in hand.
   Takes it over. */
void edits_take_past(struct edits *edits, struct past *past);

/* Of the group in hand: by how much a document becomes longer, modulo 2^64;
   the length that it will have; whether any has another one; and how many
   documents are changed. */
uint64_t edits_size(const struct edits *edits, const struct document *doc);
uint64_t edits_growth(const struct edits *edits, const struct document *doc);
bool edits_are_resizing(const struct edits *edits);
size_t edits_documents(const struct edits *edits);
/* Is there no change in it? */
bool edits_are_nothing(const struct edits *edits);

/* Each change of the group in hand, in the order in which they are made. The
   trees are borrowed. */
typedef void edits_take(void *ctx, const struct change *change);
void edits_each(const struct edits *edits, edits_take *take, void *ctx);

/* `join`: to be taken back together with the group before it. */
void edits_commit(struct edits *edits, bool join);
void edits_cancel(struct edits *edits);

#endif
