/*
 * past_impl.h - the inside of a past, for the files that make it
 *
 *	past_record.c { records of changes }
 *	    --> past_groups.c { groups of them, made, gone through, cut }
 *	    --> past_steps.c { steps: marks, names, notes }
 *	        --> past_join.c { with other pieces, or one behind another }
 *
 *   H1  at <= end <= len; records [at, end) can be made again, [end, len) are
 *       of the group that is being made
 *   H2  a record that is the first of the tape is the first of its step; one
 *       that is the first of a step is the first of a group
 *   H3  trees [0, tree_len) belong to the records, in their order
 *   H4  marks are of steps that begin in [0, end), in their order, the first
 *       step among them if there is one
 *   H5  notes are of steps that are there, in their order
 *
 * Threads: as past.h.
 */
#ifndef EDIT_PAST_IMPL_H
#define EDIT_PAST_IMPL_H

#include "base/base.h"
#include "edit/change.h"
#include "edit/past.h"

struct error;
struct tree;

/* Bits of a record's header. */
enum { PAST_FIRST = 1, PAST_RESTORES = 2 };

enum {
	PAST_NUMBER_MAX = 10, /* bytes */
	PAST_RECORD_MAX = 3 + 3 * PAST_NUMBER_MAX +
	                  2 * TREE_FEW * (1 + 2 * PAST_NUMBER_MAX),
	PAST_NAMES = 256,
};

struct mark {
	size_t number; /* of the step */
	struct past_place from;
};

struct note {
	size_t number; /* of the step */
	char *text;    /* owned */
};

struct past {
	unsigned char *v; /* owned */
	size_t at, end, len, cap;
	struct tree **tree; /* owned, counted */
	size_t tree_at, tree_end, tree_len, tree_cap;
	size_t done, undone;
	struct mark *mark; /* owned */
	size_t mark_count, mark_cap;
	struct note *note; /* owned */
	size_t note_count, note_cap;
	const char *names[PAST_NAMES]; /* of groups; [0]: none */
	size_t name_count;
	unsigned char what; /* of the next group */
	bool has_began;
	int64_t began, time; /* of the first group, and of the next one */
};

/* --- records ------------------------------------------------------------- */

/* Write the next record, for which there is room for PAST_RECORD_MAX bytes;
   returns its length. */
size_t past_encode(struct past *past, const struct change *change);
/* Read the record there; returns its length. The trees are borrowed. */
size_t past_decode(const struct past *past, struct past_place place,
                   struct change *change);
size_t past_trees_of(unsigned char header);
/* What the group is called whose first record is at `pos`, and its time; false:
   it is not the first of one. */
bool past_read_label(const struct past *past, size_t pos, unsigned char *what,
                     int64_t *time);

/* --- steps ---------------------------------------------------------------- */

/* The last step begins here: mark it, if the last mark is far. */
void past_mark_step(struct past *past, struct past_place from);
/* Forget marks of what begins at `pos` or behind, and notes of steps behind the
   first `done`. */
void past_drop_beside(struct past *past, size_t pos, size_t done);
/* Where a step begins. */
struct past_place past_place_of(const struct past *past, size_t number);
/* The number of a name; 0 if there are too many. */
unsigned char past_number_name(struct past *past, const char *what);

#endif
