/*
 * guess.c - the word that was meant
 *
 * The distance is that of optimal string alignment: Levenshtein's, with swapped
 * neighbours as one step, since those are half of all slips of the fingers.
 * Lists are short and words too, so the plain table is computed for each word
 * and nothing is allocated. Steps count two, so that a letter in the other case
 * can count one.
 */
#include "config.h"

#include "base/guess.h"

#include <stdio.h>
#include <string.h>

enum { STEP = 2 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned change(char a, char b)
{
	if (a == b)
		return 0;
	return lower(a) == lower(b) ? 1 : STEP;
}

/* Both are at most GUESS_MAX long. d[i][j] is the distance of the first i
   letters of a from the first j of b. */
static unsigned distance(const char *a, size_t a_len, const char *b,
                         size_t b_len)
{
	unsigned d[GUESS_MAX + 1][GUESS_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = (unsigned)i * STEP;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = (unsigned)j * STEP;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			unsigned best = least(d[i - 1][j], d[i][j - 1]) + STEP;

			best = least(best, d[i - 1][j - 1] +
			                           change(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = least(best, d[i - 2][j - 2] + STEP);
			d[i][j] = best;
		}
	}
	return d[a_len][b_len];
}

static unsigned near(size_t len)
{
	if (len <= 3)
		return STEP;
	return len <= 7 ? 2 * STEP : 3 * STEP;
}

struct guess guess_begin(const char *text, size_t len)
{
	return (struct guess){
		.text = text,
		.len = len,
		.distance = near(len) + 1,
	};
}

void guess_offer(struct guess *guess, const char *word)
{
	size_t word_len = strlen(word);
	unsigned d;

	if (guess->len == 0 || guess->len > GUESS_MAX || word_len > GUESS_MAX)
		return;
	d = distance(guess->text, guess->len, word, word_len);
	/* A word that shares no letter is no guess. */
	if (d >= guess->distance || d >= STEP * word_len ||
	    d >= STEP * guess->len)
		return;
	guess->best = word;
	guess->distance = d;
}

const char *guess_word(const char *text, size_t len, const char *const *words)
{
	struct guess guess = guess_begin(text, len);

	for (size_t i = 0; words[i]; i++)
		guess_offer(&guess, words[i]);
	return guess.best;
}

struct guess_hint guess_hint(const struct guess *guess)
{
	struct guess_hint hint = { "" };

	if (guess->best)
		snprintf(hint.s, sizeof(hint.s), " (did you mean '%s'?)",
		         guess->best);
	return hint;
}
