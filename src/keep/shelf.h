/*
 * shelf.h - where journals stand
 *
 * In the folder that the user names; else in his state folder, and if that is
 * not private, as under sudo with another user's home, in that of the user this
 * process acts as. Never beside the files: evidence is not written to.
 *
 * Threads: any.
 */
#ifndef KEEP_SHELF_H
#define KEEP_SHELF_H

#include "base/base.h"

struct error;
struct folder;
struct sys;

/* What is known of the user; each may be NULL. */
struct shelf_places {
	const char *given; /* --journal-dir: there or nowhere */
	const char *state; /* XDG_STATE_HOME; not counted unless absolute */
	const char *home;  /* HOME */
	const char *own;   /* the home that the system knows for this user */
};

/* Was a better folder passed over? */
enum shelf_passed {
	SHELF_NONE,
	SHELF_OF_OTHERS, /* one of another user, as it is behind sudo */
	SHELF_UNFIT,
};

/* Open the first of the folders that is private, or can be made (`make`). Why
   one was passed over is in `err`. ERR_NO: there is none; else as
   folder_open(), for the first one. */
bool shelf_open(const struct sys *sys, const struct shelf_places *places,
                bool make, struct folder *folder, enum shelf_passed *passed,
                struct error *err) MUST_USE;

#endif
