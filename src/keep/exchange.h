/*
 * exchange.h - a file whose length changes gets another one's place
 *
 *	.NAME.1234abcd.hxtmp	what the file is to become (temp.h)
 *	NAME			what it is
 *
 * When the flush is committed the two exchange their names, at once, so that
 * NAME always leads to a whole file; exchanged again they are what they were.
 * When nobody can want the old one any more it is removed. Symbolic links lead
 * to NAME, and stay.
 *
 * Which of the two a name leads to is told by their inodes, sizes and times of
 * writing: what another program has written to either is never lost.
 *
 * Threads: as apply.h.
 */
#ifndef KEEP_EXCHANGE_H
#define KEEP_EXCHANGE_H

#include "base/base.h"
#include "keep/apply_target.h"

struct error;
struct identity;
struct sys;
struct sys_stat;

/* The two names. */
enum { EXCHANGE_NAME = 256 };
struct exchange_place {
	int folder; /* open */
	char name[EXCHANGE_NAME];
	char temp[EXCHANGE_NAME];
};

/* ERR_IO, ERR_READONLY; ERR_LIMIT: the path is too long. */
bool exchange_open(const struct sys *sys, const char *path, uint32_t number,
                   struct exchange_place *place, struct error *err) MUST_USE;
void exchange_close(const struct sys *sys, struct exchange_place *place);

/* Are both files there that are needed to make the name lead to the old one, or
   the new one? ERR_CHANGED, and what open says. */
bool exchange_check(const struct sys *sys, const struct apply_target *target,
                    enum apply_image image, struct error *err) MUST_USE;

/* See that it does, durably. *after: what the name leads to then. On failure it
   may be either. *began: it may have come to that. ERR_READONLY: the names
   cannot be exchanged; ERR_CHANGED, ERR_IO. */
bool exchange_write(const struct sys *sys, const struct apply_target *target,
                    enum apply_image image, bool *began, struct identity *after,
                    struct error *err) MUST_USE;

/* Remove what has the temporary name, durably, if it is the one that is not
   wanted: the new file (APPLY_OLD), or the old one. ERR_IO, ERR_CHANGED. */
bool exchange_clean(const struct sys *sys, const struct apply_target *target,
                    enum apply_image image, struct error *err) MUST_USE;

/* Remove a temporary file of which nobody knows how far it has come, if it is
   there and the one that was made: `made` says which that is; NULL: all that is
   known is its name. ERR_IO. */
bool exchange_drop(const struct sys *sys, const char *path, uint32_t number,
                   const struct sys_stat *made, struct error *err) MUST_USE;

/* The flush is neither to be finished nor to be taken back: remove the new
   file, where it has the temporary name. ERR_STATE: the old one has it, and is
   left there; ERR_IO. */
bool exchange_give_up(const struct sys *sys, const struct apply_target *target,
                      struct error *err) MUST_USE;

#ifdef TEST_HOOKS
enum {
	EXCHANGE_BREAK_FOLDER = 1, /* the names are not synced */
	EXCHANGE_BREAK_LOOK = 2,   /* whatever was displaced is taken for it */
	EXCHANGE_BREAK_CLEAN = 4,  /* what was removed may come back */
};
void exchange_break(unsigned bits);
#endif

#endif
