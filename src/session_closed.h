/*
 * session_closed.h - the history that one closed journal has
 *
 * Its steps are made again with documents that nobody reads, as long as the
 * files were then: so it is known what each of them removed. What the journal
 * has of bytes is read from it when it is wanted.
 *
 * Threads: one, while the session is kept from changing.
 */
#ifndef SESSION_CLOSED_H
#define SESSION_CLOSED_H

#include "base/base.h"
#include "edit/documents.h"
#include "edit/piece.h"
#include "keep/recover.h"
#include "session_replay.h"

struct document;
struct edits;
struct error;
struct folder;
struct job;
struct session;
struct tree;

enum { CLOSED_BATCH = 256 };

/* Old bytes of a base that a change has removed. */
struct closed_known {
	uint64_t off, len, at;
};

/* A file of the journal. */
struct closed_lane {
	uint64_t id;
	struct document *doc; /* borrowed: as long as the file was */
	bool is_open;
	bool exchanged;             /* by the flush that is gone through.. */
	uint64_t size;              /* ..and has this size then */
	struct closed_known *known; /* owned: since the last flush */
	size_t known_count, known_cap;
	struct tree *over;  /* owned: of one flush; see rebase.h */
	struct tree *total; /* owned: of all so far; NULL: none */
	struct tree *seen;  /* owned: of the one that was asked for */
};

struct closed_load {
	struct session *session;
	struct job *job;           /* borrowed: that loads it; NULL: none */
	struct recover *rec;       /* owned */
	struct piece bytes;        /* of the store: the file of the journal */
	struct closed_lane *lanes; /* owned */
	size_t count;
	size_t *lane_of; /* owned: by the number of a file, less 1 */
	bool *wanted;    /* owned: likewise */
	struct documents docs;
	struct edits *edits; /* owned */
	size_t *steps;       /* owned: as of struct replay */
	struct replay_pieces pieces;
	size_t ended;      /* flushes that are gone through */
	struct piece lost; /* of the store: what is nowhere */
	uint32_t asked;    /* a flush that is to be seen; or 0 */

	/* The ranges of one lane on their way into its over. */
	struct closed_lane *lane;
	struct tree *tree; /* owned */
	struct piece put[CLOSED_BATCH];
	size_t put_count;
	uint64_t at;
};

/* Begin to read a journal, which is taken over, in failure too; rec may be
   NULL, which has failed. NULL and *failed false: it is about files that are
   not open. `keeps`: its file stays open. ERR_CHANGED: it is damaged; ERR_IO,
   ERR_NOMEM. */
struct closed_load *closed_begin(struct session *session, struct recover *rec,
                                 const struct folder *folder, bool keeps,
                                 bool *failed, struct error *err) MUST_USE;
void closed_free(struct closed_load *l);

/* Make its steps again, and go through its flushes. ERR_CHANGED: it says what
   cannot be; ERR_IO, ERR_NOMEM. */
bool closed_make(struct closed_load *l, struct error *err) MUST_USE;

/* [off, off + len) of its base is in the journal's file from `at` on.
   ERR_NOMEM. */
bool closed_know(struct closed_lane *lane, uint64_t off, uint64_t len,
                 uint64_t at, struct error *err) MUST_USE;

/* By steps, from 1, those that can be made again behind the others: the first
   group of each; owned by the caller. ERR_NOMEM. */
uint32_t *closed_groups(const struct closed_load *l,
                        struct error *err) MUST_USE;

struct closed_lane *closed_lane_of(const struct closed_load *l, uint32_t file);
/* The size that a file had first. */
uint64_t closed_first_size(const struct closed_load *l,
                           const struct closed_lane *lane);
/* It says what cannot be. Returns false. */
bool closed_misfit(const struct closed_load *l, struct error *err);

/* Go through a flush: what it has written is the base from there on. */
bool closed_settle(struct closed_load *l, size_t idx,
                   struct error *err) MUST_USE;

/* What can be made again takes away the bytes that were there, where these are
   known, and not those of the base that is there now. */
bool closed_pin(struct closed_load *l, struct error *err) MUST_USE;

/* How a base is found after two flushes: *first becomes that, which may be NULL
   for none. ERR_NOMEM. */
bool closed_chain(struct tree **first, struct tree *second,
                  struct error *err) MUST_USE;

/* A piece of the store of bytes that nobody knows any more. ERR_NOMEM,
   ERR_LIMIT. */
bool closed_put_lost(struct session *session, uint64_t len, struct piece *out,
                     struct error *err) MUST_USE;

#endif
