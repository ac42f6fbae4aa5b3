/*
 * keytable.h - key sequences by mode, each with what it is bound to
 *
 * In a mode no sequence begins another one, so that a key is never waited for:
 * a sequence is nothing, a beginning, or bound. Modes are numbers here; what
 * falls back to what is keymap.c's business.
 *
 * Threads: the UI thread only.
 */
#ifndef UI_KEYTABLE_H
#define UI_KEYTABLE_H

#include "base/base.h"
#include "ui/keyname.h"
#include "ui/span.h"

struct error;

enum { KEYTABLE_MAX = 4096 }; /* entries: bounds what a file can cost */

/* Where a binding comes from. */
struct key_origin {
	const char *file; /* its name; "" when bound by hand */
	size_t line;      /* from 1; 0 by hand */
	size_t reading;   /* of the file, from 1: it can be read twice */
};

struct key_entry {
	unsigned mode;
	struct key_seq seq;
	const char *keys; /* canonical; this, line and file lie in `text` */
	const char *line; /* the command line */
	struct key_origin origin;
	char text[];
};

/* An empty one is all zeros. */
struct keytable {
	struct key_entry **sorted; /* owned; by mode, then by keys */
	struct key_entry **order;  /* owned; the same, as they came */
	size_t count;
	size_t sorted_cap, order_cap;
};

void keytable_clear(struct keytable *t);

/* Where a sequence stands, or would; right until the table changes. */
struct key_look {
	size_t at;
	const struct key_entry *same; /* NULL when it is not bound */
	/* An entry that begins with the sequence and is longer, or is its
	   beginning and shorter; NULL if none. */
	const struct key_entry *clash;
};

/* O(log count). */
struct key_look keytable_look(const struct keytable *t, unsigned mode,
                              const struct key_seq *seq);

/*
 * Bind a sequence that has been looked for and has no clash; one that is bound
 * already is replaced and comes last in the order. The strings are copied.
 * ERR_SYNTAX: KEYTABLE_MAX; ERR_NOMEM. On failure nothing changes. O(count),
 * of pointers moved.
 */
bool keytable_put(struct keytable *t, const struct key_look *look,
                  unsigned mode, const struct key_seq *seq, struct span line,
                  const struct key_origin *origin, struct error *err) MUST_USE;

/* False when it was not bound. O(count). */
bool keytable_remove(struct keytable *t, unsigned mode,
                     const struct key_seq *seq);

/* NULL when it is not bound. O(log count). */
const struct key_entry *keytable_find(const struct keytable *t, unsigned mode,
                                      const struct key_seq *seq);

/* The entries sorted[*first] up to sorted[*first + result - 1] are those that
   begin with the sequence, itself included. O(log count). */
size_t keytable_range(const struct keytable *t, unsigned mode,
                      const struct key_seq *seq, size_t *first);

/* NULL, or the invariant that does not hold. */
const char *keytable_check(const struct keytable *t);

#endif
