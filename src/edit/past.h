/*
 * past.h - the changes that were made, to take back and to make again
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
#ifndef EDIT_PAST_H
#define EDIT_PAST_H

#include "base/base.h"
#include "edit/change.h"

struct error;
struct past;

/* A place between two changes. */
struct past_place {
	size_t pos, tree;
};

struct past *past_new(struct error *err) MUST_USE;
void past_free(struct past *past); /* NULL is allowed */

/* How many groups can be taken back, and made again. O(1). */
size_t past_done(const struct past *past);
size_t past_undone(const struct past *past);

/*
 * Note a change of the group that is being made; its trees are counted anew.
 * Then commit, after which the group can be taken back, or cancel, after which
 * everything is as before. `join`: it is taken back together with the group
 * before it, if that was not taken back itself. ERR_NOMEM: as before the call.
 */
bool past_add(struct past *past, const struct change *change,
              struct error *err) MUST_USE;
void past_commit(struct past *past, bool join);
void past_cancel(struct past *past);
/* Is there a change in it? */
bool past_is_pending(const struct past *past);

/*
 * What the groups that are begun from now on are called, and when they are
 * made: in s since the epoch. `what` is kept, and must stay; NULL: no name.
 */
void past_set_label(struct past *past, const char *what, int64_t time);
/* What the next group is called, or NULL. */
const char *past_label(const struct past *past);

/*
 * A step is what is taken back at once: a group, with those that joined it.
 * Steps have numbers from 1 in the order in which they were made; those that
 * can be made again follow the others. A number is given again once its step
 * cannot be made again any more.
 */
struct past_step {
	const char *what; /* of its first group; NULL: not known */
	int64_t time;     /* when that was made */
	const char *note; /* borrowed until the history changes, or NULL */
	struct past_place from; /* in front of its first change */
};
/* A step that is there: 1 to done + undone. O(log n), and some changes. */
struct past_step past_step(const struct past *past, size_t number);
/* Give such a step a note; "" takes it away. ERR_NOMEM. It goes with its step,
   and no past_place is another one then. */
bool past_set_note(struct past *past, size_t number, const char *text,
                   struct error *err) MUST_USE;
/* The same in two, of which the second cannot fail: *note is the caller's until
   then, and NULL for "". No other note is set in between. */
bool past_make_note(struct past *past, const char *text, char **note,
                    struct error *err) MUST_USE;
void past_put_note(struct past *past, size_t number, char *text);

/* The changes of the group that is being made restore single bytes: they are
   passed over, with what they restore, by past_old(). */
void past_mark_restoring(struct past *past);

/*
 * Going through gives the change behind or before a place and moves that; the
 * change is as it was made, and its trees are borrowed. *first: it is the first
 * of its group. False at the end, or at the start.
 */
struct past_place past_here(const struct past *past);
struct past_place past_pending(const struct past *past);
bool past_next(const struct past *past, struct past_place *place,
               struct change *change, bool *first);
bool past_previous(const struct past *past, struct past_place *place,
                   struct change *change, bool *first);

/* The last group that is done was taken back, up to this place; or the first
   one behind was made again. */
void past_move(struct past *past, struct past_place to);

/* The same history with other pieces: `map` gives for each change one that is
   the caller's. Nothing is being made. ERR_NOMEM, and what `map` fails with. */
typedef bool past_map(void *ctx, const struct change *change,
                      struct change *out, struct error *err);
struct past *past_rebase(const struct past *past, past_map *map, void *ctx,
                         struct error *err) MUST_USE;

/* A history that begins with the steps of others that are done, one after the
   other, and goes on with this one, without its first
   `skip` steps, which are done. `ahead`: there are no others that are done, and
   what can be made again is that of the last front, and not that of this one.
   Nothing is being made. ERR_NOMEM. O(changes). */
struct past *past_join(const struct past *past, size_t skip, bool ahead,
                       const struct past *const *front, size_t count,
                       struct error *err) MUST_USE;

/* Forget what was made behind a place, where `done` groups could be taken back:
   neither those nor what could be made again are there any more. */
void past_cut(struct past *past, struct past_place place, size_t done);

/* The last step that is done and has put the byte at `off` of a document there;
   0: none. O(changes). */
size_t past_changed_by(const struct past *past, uint64_t doc, uint64_t off);

/*
 * What the byte at `off` of a document was before the last change of it: *old
 * is one byte. False if it was not changed since the history begins, or has no
 * old byte. O(changes).
 */
bool past_old(const struct past *past, uint64_t doc, uint64_t off,
              struct piece *old);

#ifdef TEST_HOOKS
/* Bytes of memory, trees not counted. */
size_t past_size(const struct past *past);
#endif

#endif
