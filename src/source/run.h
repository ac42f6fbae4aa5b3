/*
 * run.h - what is known of bytes: runs of one state
 *
 * A read returns the bytes and, beside them, runs that say what they are. Only
 * DATA and HOLE bytes have values; the buffer's contents under any other run
 * are not defined and must not be looked at (K7: nothing turns them into
 * zeros).
 *
 *	|  data  | bad: EIO |  data  | gap |
 *
 * Threads: a struct runs belongs to one thread.
 */
#ifndef SOURCE_RUN_H
#define SOURCE_RUN_H

#include "base/base.h"

struct error;

enum state {
	STATE_DATA,      /* read from the source, or edited */
	STATE_HOLE,      /* a hole of a sparse file: zeros that take no room */
	STATE_BAD,       /* it is there, and cannot be read */
	STATE_NOT_TRIED, /* an acquisition did not try to read it */
	STATE_MISSING,   /* its file is not here */
	STATE_GAP,       /* no file is mapped at this address */
	STATE_PENDING,   /* not known yet: a read that may not wait */
	STATE_COUNT,
};

/* Why bytes are not there. */
enum why {
	WHY_NONE,
	WHY_ERRNO,    /* the system said so: run.sys */
	WHY_PAST_END, /* the file became shorter than it was when opened */
	WHY_REPLACED, /* another file stands under the name now */
};

struct run {
	uint64_t len;
	enum state state;
	enum why why;
	int sys;       /* errno for WHY_ERRNO, else 0 */
	bool edited;   /* differs from the source; not in a file yet */
	bool inserted; /* edited, and has no old byte */
};

/* A list of runs; start with { 0 }. */
struct runs {
	struct run *v; /* owned */
	size_t count, cap;
};

/* Append a run; joins the last one if all but len agree; len 0 adds nothing.
   On failure the list is as it was. ERR_NOMEM. */
bool runs_add(struct runs *runs, struct run run, struct error *err) MUST_USE;
/* Append what `from` says of its bytes [skip, skip + len), which it covers. On
   failure the list is as it was. O(runs of from). ERR_NOMEM. */
bool runs_add_part(struct runs *runs, const struct runs *from, uint64_t skip,
                   uint64_t len, struct error *err) MUST_USE;

void runs_clear(struct runs *runs); /* keeps the memory */
void runs_free(struct runs *runs);

/* Take back what was added since the list had this mark. O(1). */
struct runs_mark {
	size_t count;
	uint64_t last; /* length of the last run */
};
struct runs_mark runs_mark(const struct runs *runs);
void runs_undo(struct runs *runs, struct runs_mark mark);

uint64_t runs_len(const struct runs *runs); /* sum of the lengths */

/* The run that holds byte `at` of the list, NULL past its end. O(runs). */
const struct run *runs_at(const struct runs *runs, uint64_t at);

/* Does this state have byte values? DATA and HOLE do. */
static inline bool state_has_bytes(enum state state)
{
	return state == STATE_DATA || state == STATE_HOLE;
}

/* "data" "hole" "bad" "not-tried" "missing" "gap" "pending" */
const char *state_name(enum state state);

/* Why, in words: "Input/output error", "past the end of the file", "file was
   replaced", or "" for WHY_NONE. Static. */
const char *run_why(const struct run *run);

/* Refuse to take values from this run: "the byte at 0x10 has no value (bad:
   Input/output error)". Returns false, with ERR_STATE. */
bool run_refuse(const struct run *run, uint64_t addr, struct error *err);

#endif
