/*
 * support.h - what the module tests share: the runner, seeds, scratch files
 *
 * Threads: each test process has one.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <check.h>

#include "base/base.h"
#include "base/error.h"

/* Run a suite, print the closing line of Check, and return main's status. */
int run_suite(Suite *suite);

/* `n` random cases, scaled by HEXSPAN_CASES (a factor, default 1); at least
   1. */
size_t cases(size_t n);

/* A pseudo-random generator (xorshift64*). The seed comes from HEXSPAN_SEED or
   the clock, and is printed once, so that a failure can be run again. */
uint64_t random_seed(void);
uint64_t random_u64(uint64_t *state);
uint64_t random_below(uint64_t *state, uint64_t n); /* n > 0 */

/* A new empty folder for this process, removed at exit with its contents. */
const char *scratch(void);
/* Make a file in it with these bytes; returns its path, owned by the caller. */
char *scratch_file(const char *name, const void *bytes, size_t len);

/* The path of a file below tests/ in the source tree; owned by the caller. */
char *test_path(const char *name);

/* Fail with the error's text unless ok. */
void must(bool ok, const struct error *err);

/* For what is asked millions of times: ck_assert() notes every assertion down,
   also those that hold. */
#define EXPECT(holds) \
	((holds) ? (void)0 : ck_abort_msg("line %d: %s", __LINE__, #holds))

#endif
