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
 * The nearest of the words (NULL-terminated array) to len bytes of text, the
 * first of equals; NULL when none is near. Distance is counted in letters
 * changed, left out, put in, or swapped with their neighbour; near is one for
 * three letters, two up to seven, then three. Case counts half: "Pgup" is
 * nearer to "PgUp" than any other word.
 */
const char *guess_word(const char *text, size_t len, const char *const *words);

#endif
