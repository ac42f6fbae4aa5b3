/*
 * layout.h - what the user said: which pieces of which inputs go where
 *
 * A layout is an ordered list of placements. A line of a .hxl file, the `open`
 * command and the input options of the command line are three spellings of a
 * placement, read by placement_set() alone:
 *
 *	--at=4K --skip=-512 disk.001        (command line)
 *	open disk.001 at 4K skip -512       (command)
 *	disk.001 at 4K skip -512            (layout file)
 *
 * Threads: a placement is immutable once it is in a layout, and counted
 * atomically; a layout belongs to the engine thread.
 */
#ifndef SPACE_LAYOUT_H
#define SPACE_LAYOUT_H

#include <stdio.h>

#include "base/base.h"
#include "base/lexer.h"
#include "edit/document.h"

struct error;

/* Addresses are 0 .. SPACE_MAX; the space is at most that long. */
#define SPACE_MAX (UINT64_MAX - 1)
/* Offsets in a document and lengths are below this. */
#define LENGTH_MAX (UINT64_C(1) << 63)

enum placement_input {
	PLACEMENT_FILE,   /* a path */
	PLACEMENT_STDIN,  /* "-" */
	PLACEMENT_MEMORY, /* memory:SIZE */
	PLACEMENT_GAP,    /* gap:SIZE: no bytes, no segment number */
};

enum at {
	AT_NEXT,  /* where the one before it ends; 0 for the first */
	AT_ADDR,  /* at = n: this address */
	AT_AFTER, /* at = +n: n behind the end of the one before it */
	AT_END,   /* at = -n: n before the present end of the space */
};

enum over {
	OVER_NO,     /* taken addresses are an error */
	OVER_COVER,  /* covers what lies beneath */
	OVER_VERIFY, /* covers, and each byte must be as the one beneath */
};

/* Fields without a word in the text have their zero value. */
struct placement {
	enum placement_input input;
	const char *path;    /* the words as written; "-", "gap:4K" */
	const char *name;    /* shown and typed; base name of the path */
	bool named;          /* the user gave the name */
	uint64_t input_size; /* of memory: and gap: */
	enum at at;
	uint64_t at_value;
	bool has_skip;
	bool skip_from_end; /* skip counts from the end of the input */
	uint64_t skip;      /* first byte shown, if has_skip; else 0 */
	bool has_size;
	uint64_t size; /* bytes shown, if has_size */
	enum over over;
	enum access access;

	uint32_t number; /* of the segment, from 1; 0 for a gap; set by
	                         layout_add() */
	struct document
		*doc; /* counted; NULL for a gap; set before layout_add() */
	_Atomic uint32_t refs; /* placement_ref() and placement_unref() only */
	char *own_path, *own_name; /* owned: those that were set later */
	char text[];               /* the first ones, in one piece with it */
};

/* A placement of `input` with nothing else said; count 1. ERR_SYNTAX: a size
   that is no number or too big, with its column in `input`; an empty path.
   ERR_NOMEM. */
struct placement *placement_new(const char *input, struct error *err) MUST_USE;
struct placement *placement_ref(struct placement *p);
void placement_unref(struct placement *p); /* NULL is allowed */

/*
 * Say one thing: word is at, skip, size, ro, rw, copy, over, name; value is
 * NULL where nothing was given. "over" takes NULL or "verify"; ro, rw and copy
 * take none. A gap has at and over only. Numbers as in lexer.h. ERR_SYNTAX: an
 * unknown word, a value that is missing or wrong, the same thing said twice, a
 * word that a gap cannot have. Then nothing changed. The column of a wrong
 * value counts in the value; it is 0 where the word is to blame. ERR_NOMEM.
 */
bool placement_set(struct placement *p, const char *word, const char *value,
                   const struct units *units, struct error *err) MUST_USE;

/* Give it a path, which is taken over; the name stays. */
void placement_set_path(struct placement *p, char *path);

/* Does this word take a value: 1 yes, 0 no, -1 maybe ("over"), -2 unknown. */
int placement_word(const char *word);

/* The same placement, number included, of another document (counted anew). */
struct placement *placement_with(const struct placement *p,
                                 struct document *doc,
                                 struct error *err) MUST_USE;

/* INPUT [WORD [VALUE]]... Errors have columns. */
struct placement *placement_parse(const struct words *words,
                                  const struct units *units,
                                  struct error *err) MUST_USE;

/* The line that placement_parse() reads back to the same, without newline,
   appended to an open memory or file stream. `path` stands for p->path. */
void placement_print(const struct placement *p, const char *path, FILE *out);

struct layout {
	struct placement **v; /* owned, counted */
	size_t count, cap;
	uint32_t last_number; /* given out so far; never used again */
};

/* Append without a number: for lists of inputs that are still to be opened.
   Takes over the caller's count only on success. ERR_NOMEM. */
bool layout_push(struct layout *layout, struct placement *p,
                 struct error *err) MUST_USE;

/* Append; takes over the caller's count only on success. Gives p its number
   unless it is a gap or has one. ERR_NOMEM, ERR_RANGE: numbers are used up. */
bool layout_add(struct layout *layout, struct placement *p,
                struct error *err) MUST_USE;

/* A second list of the same placements, to change and derive on trial. What
   `to` held before is not looked at. ERR_NOMEM. */
bool layout_copy(const struct layout *from, struct layout *to,
                 struct error *err) MUST_USE;

/* Take the placement at idx out. What follows it without a fixed place will
   close up. */
void layout_remove(struct layout *layout, size_t idx);

/* Take all out and free the memory. Numbers go on behind the last one. */
void layout_clear(struct layout *layout);

#endif
