/*
 * session_replay.h - the changes of a journal as pieces of this session
 *
 * Threads: as session.h.
 */
#ifndef SESSION_REPLAY_H
#define SESSION_REPLAY_H

#include "base/base.h"
#include "edit/piece.h"

struct error;
struct recover;
struct recover_item;
struct record_piece;
struct store;

/* What a change adds. All zero: nothing. */
struct replay_pieces {
	struct piece *v; /* owned */
	size_t count, cap;
};

void replay_pieces_free(struct replay_pieces *pieces);

bool replay_add(struct replay_pieces *pieces, struct piece piece,
                struct error *err) MUST_USE;

/* A fill, or a stretch of random bytes. ERR_NOMEM, ERR_LIMIT. */
bool replay_add_fill(struct replay_pieces *pieces, struct store *store,
                     const struct record_piece *piece,
                     struct error *err) MUST_USE;

/* Bytes of a base of this size. ERR_CHANGED: they are not there; ERR_NOMEM. */
bool replay_add_base(struct replay_pieces *pieces, uint64_t size,
                     const struct record_piece *piece,
                     struct error *err) MUST_USE;

/* Which step a group belongs to: by its first group in the journal, less 1,
   steps[] has its number in a history, or 0. 0: none. */
size_t replay_step(const struct recover *rec, uint32_t group,
                   const size_t *steps);
/* The same of a note, or 0 if a later group so far has that number, the step
   having been dropped. O(groups between the two) */
size_t replay_noted(const struct recover *rec, const struct recover_item *note,
                    const size_t *steps);

#endif
