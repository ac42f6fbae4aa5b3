/*
 * guess.h - the word that was meant: "did you mean 'bind'?"
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef BASE_GUESS_H
#define BASE_GUESS_H

#include "base/base.h"

enum { GUESS_MAX = 31 }; /* longer words are not guessed at */

/*
 * Look for the word nearest to len bytes of text among the ones offered.
 * Distance is counted in letters changed, left out, put in, or swapped with
 * their neighbour; near is one for three letters, two up to seven, then three.
 * Case counts half: "Pgup" is nearer to "PgUp" than any other word. Of equals
 * the first is kept. A plain value; text and words are borrowed.
 */
struct guess {
	const char *text;
	size_t len;
	const char *best; /* NULL: none is near */
	unsigned distance;
};

struct guess guess_begin(const char *text, size_t len);
void guess_offer(struct guess *guess, const char *word);

/* The nearest of a NULL-terminated array of words; NULL when none is near. */
const char *guess_word(const char *text, size_t len, const char *const *words);

/* " (did you mean 'goto'?)", or "" when nothing is near. */
struct guess_hint {
	char s[64];
};
struct guess_hint guess_hint(const struct guess *guess);

#endif
