/*
 * replace.h - a replacement that is asked about, match by match
 *
 * All matches are known when it is asked, and what each would become. Answers
 * are collected; then those that were chosen are replaced as one edit.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_REPLACE_H
#define COMMAND_REPLACE_H

#include "base/base.h"

struct context;
struct error;
struct replacing;

enum { REPLACING_TEXT = 120 };

void replacing_free(void *replacing);

size_t replacing_count(
	const struct replacing *r); /* of matches: at least one */
/* Where match i is, and how long. */
uint64_t replacing_match(const struct replacing *r, size_t i, uint64_t *len);
/* "66 6f 6f -> 62 61 72": what match i is, and what it would be. Returns
   dst. */
const char *replacing_text(struct context *ctx, const struct replacing *r,
                           size_t i, char dst[static REPLACING_TEXT]);

bool replacing_is_chosen(const struct replacing *r, size_t i);
void replacing_choose(struct replacing *r, size_t i, bool replace);
/* Replace those that were chosen, and say how many. Fails as replace-all. */
bool replacing_apply(struct context *ctx, struct replacing *r,
                     struct error *err) MUST_USE;

#endif
