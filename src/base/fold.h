/*
 * fold.h - which characters differ in nothing but their case
 *
 * Simple case folding of Unicode 15 (statuses C and S of CaseFolding.txt): one
 * character for one, so that a text keeps its number of characters. 'k', 'K'
 * and U+212A KELVIN SIGN are one; sharp s and "ss" are not.
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/base.h"

/* No character has more variants than this, itself counted. */
enum { FOLD_VARIANTS = 4 };

/* What cp folds to; itself when it has no case or is no character. */
uint32_t fold(uint32_t cp);

/* All characters that fold to what cp folds to, cp first. Returns how many,
   1..FOLD_VARIANTS. O(size of the table). */
size_t fold_variants(uint32_t cp, uint32_t out[static FOLD_VARIANTS]);

#endif
