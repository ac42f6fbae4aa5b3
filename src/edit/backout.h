/*
 * backout.h - taking back a step of the history, though others followed it
 *
 * Undo takes back what was done last. To take back what was done before that,
 * its bytes must be found: later changes of the length have moved them. Then
 * they are compared with what the step made of them (K9), and when they are
 * the same, what was there before is put in their place, as an edit.
 *
 * Threads: the engine thread.
 */
#ifndef EDIT_BACKOUT_H
#define EDIT_BACKOUT_H

#include "base/base.h"
#include "edit/past.h"

struct documents;
struct edits;
struct error;

/* A change that moves what stands behind it, or may have put what it has in
   another order. */
struct shift {
	size_t pos; /* of the change in the history */
	uint64_t doc, off;
	uint64_t removed, added;
	bool reorders; /* bytes of the base among others */
};

/* Those from a place on. Starts zeroed. */
struct shifts {
	struct shift *v; /* owned */
	size_t count, cap;
	size_t here; /* where what is undone begins */
};

/* O(changes). ERR_NOMEM. */
bool shifts_make(struct shifts *shifts, const struct past *past,
                 struct past_place from, struct error *err) MUST_USE;
void shifts_free(struct shifts *shifts);

/* Where a byte is now that is at `off` in front of the change at `pos`, as the
   history goes; what was removed is where that was. O(shifts between). */
uint64_t shifts_now(const struct shifts *shifts, size_t pos, uint64_t doc,
                    uint64_t off);

/* What a step did. */
struct step_sum {
	struct past_place end; /* behind its last change */
	size_t places;         /* ranges that do not touch; 1 or more */
	uint64_t doc, off;     /* of the first one, as the step has left it */
	uint64_t first_off;    /* and where it was, before all of the step */
	uint64_t old_len, len; /* bytes that it replaced in all places, and by
	                          how many */
};
/* O(changes of the step). */
struct step_sum step_sum(const struct past *past, struct past_place from);

/* Why it cannot be taken back. */
enum backout {
	BACKOUT_CAN,
	BACKOUT_CHANGED,  /* bytes are not what it made of them */
	BACKOUT_MOVED,    /* later edits removed or moved them */
	BACKOUT_CLOSED,   /* a file of it is not open any more */
	BACKOUT_READONLY, /* or was opened for reading */
	BACKOUT_UNDONE,   /* it is taken back */
	BACKOUT_FAILED,   /* no memory, or a read that failed */
};
const char *backout_text(enum backout why);

struct backout_fault {
	enum backout why;
	size_t step;
	uint64_t doc, off; /* with CHANGED and MOVED: the first byte */
};

/*
 * Take back these steps, which are done, as the group in hand of the edits:
 * edits_begin() is part of it. The numbers go down. On failure nothing is in
 * hand. ERR_CHANGED, ERR_READONLY, ERR_STATE: as *fault says; ERR_NOMEM,
 * ERR_IO; ERR_LIMIT: too many places are moved too often.
 */
bool backout_make(struct edits *edits, const struct documents *docs,
                  const size_t *numbers, size_t count,
                  struct backout_fault *fault, struct error *err) MUST_USE;

/* Could each of the steps [from, done] be taken back, alone? *why has as many
   places. Reads bytes where there are others now. ERR_NOMEM. */
bool backout_look(struct edits *edits, const struct documents *docs,
                  size_t from, unsigned char *why, struct error *err) MUST_USE;

#endif
