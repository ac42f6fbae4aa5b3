/*
 * complete.h - what could stand at a place in a command line
 *
 * Threads: the engine thread. Looking for file names reads a folder.
 */
#ifndef COMMAND_COMPLETE_H
#define COMMAND_COMPLETE_H

#include "base/base.h"

struct context;

/* Is given each candidate: the text that stands for the bytes [start, end) of
   the line. Returns false to stop. */
typedef bool complete_take(void *arg, const char *text);

/*
 * Candidates at `pos` of the line, sorted as their tables are; what stands
 * behind plays no part. Sets what part of the line they replace. Names that
 * need quotes come with them.
 */
void complete_line(struct context *ctx, const char *line, size_t pos,
                   size_t *start, size_t *end, complete_take *take, void *arg);

#endif
