/*
 * history.h - the changes that were made, to take back and to make again
 *
 * One linear history for a session: groups of changes, of which the last ones
 * may have been taken back. A new group drops what could be made again.
 *
 *	| group 1 | group 2 | group 3 |  taken back  |
 *	                              '-- here
 *
 * It knows no documents but by their ids, and changes none: a group is made in
 * the documents first, then the history is told.
 *
 * Threads: the engine thread.
 */
#ifndef EDIT_HISTORY_H
#define EDIT_HISTORY_H

#include "base/base.h"
#include "edit/change.h"

struct error;
struct history;

struct history *history_new(struct error *err) MUST_USE;
void history_free(struct history *history); /* NULL is allowed */

/* How many groups can be taken back, and made again. O(1). */
size_t history_done(const struct history *history);
size_t history_undone(const struct history *history);

/* Bytes of memory, trees not counted. */
size_t history_size(const struct history *history);

/*
 * Note a change of the group that is being made; its trees are counted anew.
 * Then commit, after which the group can be taken back, or cancel, after which
 * everything is as before. `join`: it is taken back together with the group
 * before it, if that was not taken back itself. ERR_NOMEM: as before the call.
 */
bool history_add(struct history *history, const struct change *change,
                 struct error *err) MUST_USE;
void history_commit(struct history *history, bool join);
void history_cancel(struct history *history);

/* The changes of the group that is being made restore single bytes: they are
   passed over, with what they restore, by history_old(). */
void history_mark_restoring(struct history *history);

/*
 * Places between changes. A step gives the change behind or before the place
 * and moves it; the change is as it was made, and its trees are borrowed.
 * *first: it is the first of its group. False at the end, or at the start.
 */
struct history_place {
	size_t pos, tree;
};
struct history_place history_here(const struct history *history);
struct history_place history_pending(const struct history *history);
bool history_next(const struct history *history, struct history_place *place,
                  struct change *change, bool *first);
bool history_previous(const struct history *history,
                      struct history_place *place, struct change *change,
                      bool *first);

/* The last group that is done was taken back, up to this place; or the first
   one behind was made again. */
void history_move(struct history *history, struct history_place to);

/*
 * What the byte at `off` of a document was before the last change of it: *old
 * is one byte. False if it was not changed since the history begins, or has no
 * old byte. O(changes).
 */
bool history_old(const struct history *history, uint64_t doc, uint64_t off,
                 struct piece *old);

#endif
