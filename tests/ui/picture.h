/*
 * picture.h - a terminal's screen as text that can be read in a diff
 *
 * A header (size, cursor, modes, title), the characters between bars, a map
 * with one letter for each style ('.' is the plain one), and the legend:
 *
 *	size 2x4 cursor 0,1 visible alt=1 mouse=0 title=""
 *	|7f 4|
 *	|ok  |
 *	aa.a
 *	bb..
 *	a: fg=220
 *	b: reverse
 *
 * Threads: any.
 */
#ifndef TESTS_UI_PICTURE_H
#define TESTS_UI_PICTURE_H

struct terminal;

/* Both are owned by the caller. */
char *picture_text(const struct terminal *t); /* header and characters */
char *picture_full(const struct terminal *t); /* and styles */

#endif
