/*
 * named.h - patterns with names: @email
 *
 * A file of them has a line for each: its name, blanks, and the pattern. Empty
 * lines and lines that begin with '#' say nothing. Ours is keymaps/patterns; a
 * user's goes before it.
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef FIND_NAMED_H
#define FIND_NAMED_H

#include "base/base.h"
#include "base/embedded.h"

struct error;

/* Borrowed from a line, and not NUL-terminated. */
struct named_entry {
	const char *name;
	size_t name_len;
	const char *pattern;
	size_t pattern_len; /* 0: the name stands alone */
};

/* What a line says; false: nothing. */
bool named_entry(const char *line, size_t len, struct named_entry *out);

extern const struct embedded pattern_files[]; /* keymaps/patterns */

/* The pattern of this name in `more` (the text of a file, or NULL), else in
   ours; false when there is none. It is borrowed, not NUL-terminated, and empty
   where the line has a name alone. */
bool named_find(const char *more, const char *name, size_t len,
                const char **pattern, size_t *pattern_len);

/* The entries of two files (each may be NULL) as the text of one, to be freed:
   each name once, as the first line with it says. O(n log n). ERR_NOMEM. */
char *named_merge(const char *first, const char *then,
                  struct error *err) MUST_USE;

/* Is given an entry; returns false to stop. */
typedef bool named_take(void *arg, const struct named_entry *entry);
/* All entries: those of `more` (or NULL; of named_merge()) in its order, and
   ours that it does not have. */
void named_each(const char *more, named_take *take, void *arg);

/* All of them for a message: "email guid .."; cut when there are
   many. */
struct named_names {
	char s[200];
};
struct named_names named_list(const char *more);

#endif
