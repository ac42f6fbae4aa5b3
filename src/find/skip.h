/*
 * skip.h - past a run of equal bytes, and from text to text
 *
 * Bytes with values are equal when the values are, holes being zeros; bytes
 * without are equal when their states are. Holes and gaps are passed over
 * without being read.
 *
 * Threads: any; made for a job.
 */
#ifndef FIND_SKIP_H
#define FIND_SKIP_H

#include "base/base.h"

struct error;
struct job;
struct view;

/*
 * Forward: the address of the first byte after addr that is not equal to the
 * one at addr. Backward: the first byte of the run that holds addr - 1. False
 * and ERR_NO: the run goes on to the end (start: then the start is the result)
 * of the space; ERR_CANCELLED; ERR_NOMEM. `job` may be NULL: cannot be
 * cancelled, no progress. addr < size forward, 0 < addr <= size backward.
 */
bool skip_forward(const struct view *view, uint64_t addr, struct job *job,
                  uint64_t *out, struct error *err) MUST_USE;
bool skip_backward(const struct view *view, uint64_t addr, struct job *job,
                   uint64_t *out, struct error *err) MUST_USE;

/* A text is so many printable characters of ASCII, or tabs, or more. */
enum { SKIP_TEXT = 4 };

/* The first text that starts behind addr; the last one that starts before it.
   False and ERR_NO: there is none; else as above. addr < size forward, addr <=
   size backward. */
bool skip_next_text(const struct view *view, uint64_t addr, struct job *job,
                    uint64_t *out, struct error *err) MUST_USE;
bool skip_prev_text(const struct view *view, uint64_t addr, struct job *job,
                    uint64_t *out, struct error *err) MUST_USE;

#endif
