/*
 * pour.h - the bytes of a range, in order, to whoever wants them
 *
 * Reads a range of a view in chunks of bounded size and hands them on; what has
 * no value is handed on as the user wants it, or ends it (K7). A taker may say
 * that it has no use for the zeros of a hole, or that it can get bytes some
 * cheaper way than by being given them.
 *
 * Threads: any; the takers are called in the caller's.
 */
#ifndef OPEN_POUR_H
#define OPEN_POUR_H

#include "base/base.h"
#include "open/unreadable.h"
#include "source/run.h"

struct error;
struct job;
struct view;

struct pour {
	const struct view *view; /* borrowed */
	uint64_t start, end;     /* of its space */
	struct unreadable unreadable;
	bool has_no_choice; /* errors do not name --unreadable */
	struct job
		*job; /* NULL: none; looked at for cancel, told of progress */
	void *arg;    /* of the takers */
	/* Bytes; `edited`: none of them are the file's. */
	bool (*bytes)(void *arg, uint64_t addr, const unsigned char *bytes,
	              size_t len, bool edited, struct error *err);
	/* A hole; NULL: its zeros come as bytes. */
	bool (*hole)(void *arg, uint64_t addr, uint64_t len, struct error *err);
	/* Bytes without a value: nothing comes for them, or a filling does
	   next. May be NULL. */
	bool (*lost)(void *arg, uint64_t addr, uint64_t len, enum state state,
	             struct error *err);
	/* May be NULL. *n is how many of at most `most` bytes, of data and
	   holes, need not be given. */
	bool (*share)(void *arg, uint64_t addr, uint64_t most, uint64_t *n,
	              struct error *err);
	/* What comes of it. */
	uint64_t unread; /* bytes without a value */
};

/* ERR_STATE: a byte has no value; ERR_CANCELLED, ERR_NOMEM, or what a taker
   says. Blocks. */
bool pour_run(struct pour *pour, struct error *err) MUST_USE;

#endif
