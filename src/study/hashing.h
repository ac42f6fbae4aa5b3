/*
 * hashing.h - digests of parts of a view, several at a time by several workers
 *
 * Every byte is read once, into a few chunks that go around; each algorithm
 * takes them in order, and whoever has nothing to do reads on. Parts that fit
 * into a chunk depend on nothing else, so that workers take them side by side.
 *
 *	owner:   hashing_new() .. job_start() each .. hashing_free()
 *	a job:   hashing_run() ------- all parts ------->|
 *	others:  hashing_help() ----->|
 *
 * Threads: as the functions say.
 */
#ifndef STUDY_HASHING_H
#define STUDY_HASHING_H

#include "base/base.h"
#include "study/hashing_plan.h"

struct error;
struct hashing;
struct job;

/* The plan's functions are called in any of the jobs, each in one at a time.
   ERR_STATE: the library of an algorithm is not there; ERR_NOMEM. */
struct hashing *hashing_new(const struct hashing_plan *plan,
                            struct error *err) MUST_USE;

/* When nobody runs it or helps. NULL is allowed. */
void hashing_free(struct hashing *hashing);

/* How many workers are of use for parts of this length. */
size_t hashing_workers(size_t threads, size_t algorithms, uint64_t part);

/*
 * Hash, and wait for the helpers: blocks. Once; job may be NULL. What goes
 * wrong at a part ends it when all before it were taken. ERR_STATE: a byte has
 * no value, or a library has failed; ERR_CANCELLED; ERR_NOMEM, and what next
 * and take say. (a job)
 */
bool hashing_run(struct hashing *hashing, struct job *job,
                 struct error *err) MUST_USE;

/* Help, once it runs, as long as there is work; may come late. (other jobs) */
void hashing_help(struct hashing *hashing);

/* Helpers are not to wait for it any longer: it has run, or never will. */
void hashing_close(struct hashing *hashing);

#endif
