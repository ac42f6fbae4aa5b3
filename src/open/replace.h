/*
 * replace.h - a new file in the place of an old one, whole or not at all
 *
 * The bytes go to a temporary file beside it (path.hxtmp), which is synced and
 * renamed over it. Until then an old file at the path is as it was. While it is
 * written the temporary file is locked; one that nobody has locked and that
 * begins as one of ours was left by a save that was broken off, and is removed;
 * any other is in the way. Data begin with anything: what may be left of them
 * is removed if the user has said that something may be lost.
 *
 * Threads: any; a replacement belongs to one. These block.
 */
#ifndef OPEN_REPLACE_H
#define OPEN_REPLACE_H

#include "base/base.h"
#include "open/buffer.h"

struct error;
struct sys;

struct replacement {
	const struct sys *sys; /* borrowed */
	const char *path;      /* borrowed */
	char *temp;            /* owned */
	struct buffer waiting; /* owned: not written yet */
	bool is_data, over;    /* see replace_begin_data() */
	int fd;                /* -1: none */
};

/* ERR_IO, ERR_STATE, ERR_NOMEM; then there is nothing to cancel. */
bool replace_begin(struct replacement *r, const struct sys *sys,
                   const char *path, struct error *err) MUST_USE;
/* The same for data, not a text of ours. `over`: what was left there is
   removed, whatever is in it, if it is a file of this user that nobody has
   locked. */
bool replace_begin_data(struct replacement *r, const struct sys *sys,
                        const char *path, bool over,
                        struct error *err) MUST_USE;
/* Append bytes. ERR_IO, ERR_NOMEM: to be cancelled. */
bool replace_put(struct replacement *r, const char *bytes, size_t len,
                 struct error *err) MUST_USE;
/* The same of a text in quotes, with the escapes of the lexer. */
bool replace_put_quoted(struct replacement *r, const char *text,
                        struct error *err) MUST_USE;
/* Ends it, in success and failure. */
bool replace_commit(struct replacement *r, struct error *err) MUST_USE;
void replace_cancel(struct replacement *r);

/*
 * The same in steps, for files that are to come together. Bytes may also be
 * written to r->fd, whose size the caller sees to; but not both ways. What is
 * finished is whole and durable, has no descriptor, and is no longer locked; it
 * can be placed or cancelled. ERR_IO; ERR_STATE of place: there is a file of
 * that name already, and it is not to be replaced. Place ends it as commit
 * does.
 */
bool replace_finish(struct replacement *r, struct error *err) MUST_USE;
bool replace_place(struct replacement *r, bool over,
                   struct error *err) MUST_USE;

/* See that the names in the folder of `path` are durable. ERR_IO. Folders that
   cannot be opened, or not be synced, are left alone. */
bool replace_settle(const struct sys *sys, const char *path,
                    struct error *err) MUST_USE;

/* Is nothing in the way at `path`, or, if `over`, a plain file that may be
   written? ERR_STATE, ERR_READONLY, ERR_IO. */
bool replace_may(const struct sys *sys, const char *path, bool over,
                 struct error *err) MUST_USE;

#endif
