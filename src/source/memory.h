/*
 * memory.h - memory:SIZE, zeros that nobody else can see, as a source
 *
 * It takes no room: without edits every byte is 00. State HOLE. Traits:
 * SOURCE_GROWS, SOURCE_PRIVATE.
 */
#ifndef SOURCE_MEMORY_H
#define SOURCE_MEMORY_H

#include "base/base.h"

struct error;
struct source;

/* size < 2^63. ERR_NOMEM. */
struct source *memory_open(uint64_t size, struct error *err) MUST_USE;

#endif
