/*
 * span.h - pieces of a line, borrowed: how keymap files are taken apart
 *
 * Blanks are spaces and tabs. Nothing is copied or changed.
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef UI_SPAN_H
#define UI_SPAN_H

#include "base/base.h"
#include "base/text.h"

struct span {
	const char *p;
	size_t len;
};

struct span span_of(const char *text);
struct span span_from(struct span s, size_t at); /* at <= s.len */

/* Without blanks at both ends. */
struct span span_trim(struct span s);

/* Take the first word off a trimmed span; what is left is trimmed too. Empty
   when there is none. */
struct span span_word(struct span *s);

/*
 * Cut off a comment, which is a word '#' and what comes behind it, and trim.
 * A '#' inside "..", where a backslash hides a quote, begins none; a quote that
 * is not closed is a character like others.
 */
struct span span_cut_comment(struct span s);

/* Is it this word? */
bool span_is(struct span s, const char *word);

/* Safe and short, to name it in a message; ends in ".." when it was cut. */
struct text_shown span_shown(struct span s);

#endif
