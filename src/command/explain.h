/*
 * explain.h - do the edits that are known account for a difference?
 *
 * A digest tells that bytes differ, not which. But where the session knows what
 * was changed, it can look: with the changes from some step on taken back, do
 * the bytes have the digest? Then these changes are all of the difference.
 *
 * Threads: made, printed and freed in the engine thread; explain_try() in any,
 * meanwhile.
 */
#ifndef COMMAND_EXPLAIN_H
#define COMMAND_EXPLAIN_H

#include "base/base.h"
#include "space/shown.h"

struct context;
struct error;
struct explain;
struct job;
struct algorithm;

/* From what the history has. ERR_NOMEM. */
struct explain *explain_new(struct context *ctx, struct error *err) MUST_USE;
void explain_free(struct explain *ex); /* NULL is allowed */

/* *found: these addresses had this digest, bytes without a value left out,
   after step *number. The last such one. ERR_CANCELLED, ERR_STATE,
   ERR_NOMEM. */
bool explain_try(const struct explain *ex, struct job *job,
                 const struct interval *part, const struct algorithm *algorithm,
                 const unsigned char *digest, size_t *number, bool *found,
                 struct error *err) MUST_USE;

/* How many changes behind step `number` lie in the part, and a line or an
   object for each. */
size_t explain_count(const struct explain *ex, const struct interval *part,
                     size_t number);
void explain_print(struct context *ctx, const struct explain *ex,
                   const struct interval *part, size_t number);

#endif
