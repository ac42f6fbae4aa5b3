/*
 * patch.h - making the edits of a patch
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_PATCH_H
#define COMMAND_PATCH_H

#include "base/base.h"

struct context;
struct error;
struct segment;

/*
 * Apply the patch at `path`, as one edit: to the files that it names, or to
 * that of a segment; one without names to the addresses of the space, or to
 * the offsets in the segment's file. Old bytes that it has are compared with
 * what is there. `flags` as of session_edit(). ERR_CHANGED: other bytes are
 * there; ERR_SYNTAX, ERR_STATE, ERR_RANGE, ERR_READONLY, ERR_OVERLAP, ERR_IO,
 * ERR_NOMEM; the texts name file and line.
 */
bool patch_apply(struct context *ctx, const char *path,
                 const struct segment *segment, unsigned flags, uint64_t *hunks,
                 uint64_t *bytes, struct error *err) MUST_USE;

#endif
