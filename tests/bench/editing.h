/*
 * editing.h - a session and many small edits, for the programs that measure
 * them
 *
 * Threads: each program has one of its own.
 */
#ifndef TESTS_BENCH_EDITING_H
#define TESTS_BENCH_EDITING_H

#include "base/base.h"
#include "tests/bench/bench.h"

struct session;

#define EDITING_SPACE (UINT64_C(1) << 30)

/* End with the text of the error if not ok. */
void editing_must(bool ok);
extern struct error editing_err;

/* A session over this file; its journal is in `folder`, NULL: there is none. */
struct session *editing_open(const char *input, const char *folder);

/* Overwrite one byte. */
void editing_put(struct session *session, uint64_t addr, unsigned char byte,
                 unsigned flags);

/* Overwrite n bytes at random below `len`, always the same ones of a turn. */
void editing_put_all(struct session *session, size_t n, uint64_t len,
                     uint64_t seed, unsigned flags);

/* Take back the last n edits, or make them again. */
void editing_step_all(struct session *session, size_t n, bool back);

/* Memory of this process. What is free is given back first. */
uint64_t editing_memory(void);

#endif
