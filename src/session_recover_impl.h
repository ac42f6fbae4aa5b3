/*
 * session_recover_impl.h - the inside of taking up edits of earlier runs
 *
 *	session_recover_back.c { as it was before }
 *	session_recover_make.c { making them again, in turns }
 *	    --> session_recover.c { reading and choosing, taking up }
 *
 * Threads: as session.h.
 */
#ifndef SESSION_RECOVER_IMPL_H
#define SESSION_RECOVER_IMPL_H

#include "base/base.h"
#include "base/error.h"
#include "edit/past.h"
#include "keep/recover.h"
#include "session_replay.h"

struct document;
struct session;
struct space;
struct tree;
struct view;

/* What it was like before: all that is needed to have it back. */
struct before {
	struct tree **trees; /* owned: of each document that is wanted */
	struct space *space; /* counted */
	struct view *spare;  /* owned: the first view of then */
	struct past_place place;
	size_t done;
};

/* What a look has found of the only journal in which something waits. It stays
   locked, so that nobody has written to it when it is taken up. */
struct looked {
	struct recover *rec;             /* owned */
	struct recover_checked *checked; /* owned: by file, from 0 */
	bool *is_checked;                /* owned: likewise */
};

struct replay {
	struct session *session;
	struct recover *rec;    /* owned */
	struct looked looked;   /* what is known of it; without the journal */
	struct document **docs; /* owned: of each file of it; NULL: not open */
	bool *wanted;           /* owned */
	uint32_t *files;        /* owned: the numbers that are wanted */
	uint32_t count;
	struct replay_pieces pieces;
	size_t *steps;     /* owned: by its first group, less 1, the step in the
	                  history; 0: not made */
	struct error left; /* why a document is left out, if one is */
	struct before before;
	bool adopting;               /* it is being made */
	bool resized;                /* and lengths have changed */
	bool written;                /* it was made, and our journal has it */
	char name[RECORD_NAME + 8];  /* of the journal, */
	uint32_t groups, file_count; /* and what is in it */
	struct error late;           /* the old one cannot be told so */
	/* Where it stands: a group was read of which nothing is in hand, one is
	   in hand, or none; and a change is to be made. */
	bool begins, in_hand, has_change;
	struct recover_group info;
	const char *called; /* borrowed: what made that, or NULL */
	struct recover_item item;
	/* Its long pieces are put ahead. */
	struct replay_pieces ahead;
	size_t ahead_used;
	struct record_cursor coming;
	uint32_t coming_removed; /* of these, the next ones are removed */
	struct record_piece putting;
	uint64_t put;
};

/* Room for what is found, of a journal that stays the caller's until it is
   kept. ERR_NOMEM. */
bool looked_init(struct looked *looked, struct recover *rec,
                 struct error *err) MUST_USE;
void looked_free(struct looked *looked);
/* Edits are about to be taken up: reading that journal begins with this. Takes
   it over. In the thread that looks. */
void session_recover_keep(struct session *session, struct looked *looked);
/* Let go of what was kept: somebody looks again. */
void session_recover_drop(struct session *session);

/* Make as much of it as there is time for; *more is false at its end.
   ERR_CHANGED: it does not fit; else as edits_splice(), recover_next() and
   session_conclude(). */
bool session_recover_make(struct replay *r, bool *more,
                          struct error *err) MUST_USE;

/* Remember what it is like now. ERR_NOMEM. */
bool session_recover_remember(struct replay *r, struct error *err) MUST_USE;
/* Forget what was remembered. */
void session_recover_forget(struct replay *r);
/* Forget what was made again of the journal, as if nothing had been. */
void session_recover_take_back(struct replay *r);

#endif
