/*
 * patch.h - edits as a file, and from one
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_PATCH_H
#define COMMAND_PATCH_H

#include "base/base.h"
#include "open/patch_file.h"

struct context;
struct error;
struct segment;

/* Which edits, and how. */
struct patch_wanted {
	uint32_t number; /* of a segment; 0: of all */
	bool has_format;
	enum patch_format format;
	bool has_from;
	size_t from; /* what was done after this step; else since the flush */
	size_t from_column; /* in the line */
};

/* Start a task that saves them. ERR_NOMEM; else the task says what is wrong. */
bool patch_save(struct context *ctx, const char *path,
                const struct patch_wanted *wanted, struct error *err) MUST_USE;

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

/* Say what a patch has. */
void patch_report(struct context *ctx, uint64_t hunks, uint64_t bytes);

#endif
