/*
 * commands.h - the run functions of the table in commands.c
 *
 * Each changes all or nothing, and says why when it fails. (table.h)
 */
#ifndef COMMAND_COMMANDS_H
#define COMMAND_COMMANDS_H

#include "base/base.h"
#include "space/space.h"

struct call;
struct content;
struct context;
struct document;
struct error;
struct ranges;
struct output;
struct piece;
struct session_splice;
struct space;

/* next match, prev match: the last pattern of find, N times (cmd_find.c). */
bool find_again(struct context *ctx, bool forward, uint64_t count,
                struct error *err) MUST_USE;

/*
 * May the call make a file of this name? What is there already is replaced only
 * if the call says so, by what `how` names, and never if it is open. ERR_STATE.
 */
bool may_make(struct context *ctx, const struct call *call, const char *path,
              const char *how, struct error *err) MUST_USE;

/* The next argument, "#N". ERR_SYNTAX (cmd_file.c). */
bool segment_argument(struct call *call, uint32_t *number,
                      struct error *err) MUST_USE;

/* "[TIMES]" at the end of the call: 1 if it is not there (cmd_edit.c). */
bool times_argument(struct context *ctx, struct call *call, uint64_t *times,
                    struct error *err) MUST_USE;

/* The document of the open file that this path leads to now, or NULL; arg: the
   context (cmd_ranges.c). */
struct document *document_by_path(void *arg, const char *path);

/* next range, prev range: "[%NAME] [N]" stands in the call (cmd_ranges.c). */
bool go_range(struct context *ctx, struct call *call, bool forward,
              struct error *err) MUST_USE;

/* next range, prev range: of this set, N times (cmd_ranges.c). */
bool range_again(struct context *ctx, const struct ranges *set, bool forward,
                 uint64_t count, struct error *err) MUST_USE;

/* next edit, prev edit, N times (cmd_undo.c). */
bool go_edit(struct context *ctx, bool forward, uint64_t count,
             struct error *err) MUST_USE;

/* As many steps back, or forth, as there are, up to `count`; ERR_NO: not one.
   When a step fails those before it are taken back (cmd_undo.c). */
bool go_steps(struct context *ctx, bool back, uint64_t count, uint64_t *done,
              struct error *err) MUST_USE;

/* A line, or an object, for how many there were (cmd_undo.c). */
void print_steps(struct context *ctx, uint64_t done);

/*
 * What commands that edit share (cmd_edit.c). An edit is made whole and is one
 * step of undo; the cursor and the selection stay at their bytes. added is one
 * piece, or NULL. Fails as session_edit().
 */
bool edit_splice(struct context *ctx, struct place at, uint64_t removed,
                 const struct piece *added, unsigned flags,
                 struct error *err) MUST_USE;
/* The same of any number: session_edit(). */
bool edit_splices(struct context *ctx, const struct session_splice *v,
                  size_t count, unsigned flags, struct error *err) MUST_USE;
/* EDIT_* as '!' says. */
unsigned edit_flags(const struct call *call);
/* The bytes of the range of a call; *out is the caller's. ERR_STATE, ERR_RANGE,
   ERR_LIMIT: too many; ERR_NOMEM (cmd_op.c). */
bool edit_load(struct context *ctx, const struct call *call,
               struct content *out, struct error *err) MUST_USE;
/* May `len` bytes be laid over what is at a place? ERR_RANGE. */
bool edit_fits(struct context *ctx, struct place at, uint64_t len,
               struct error *err) MUST_USE;
/* These take the place of what was copied before; takes them over
   (cmd_clip.c). */
void clip_keep(struct context *ctx, struct content *bytes);
/* What "print row" prints of a range, to an output that holds it: the caller's.
   ERR_NOMEM (print.c). */
bool print_rows(struct context *ctx, uint64_t start, uint64_t end,
                struct output *out, struct error *err) MUST_USE;
/* Where the range of a call begins. ERR_RANGE: it is empty. */
bool edit_range(struct context *ctx, const struct call *call, struct place *at,
                struct error *err) MUST_USE;

/* The patterns of a file go before those that are there, as of "patterns FILE"
   (cmd_patterns.c). ERR_IO, ERR_SYNTAX, ERR_NOMEM: then nothing changes. */
bool patterns_take(struct context *ctx, const char *path,
                   struct error *err) MUST_USE;

#define RUN(name)                                               \
	bool run_##name(struct context *ctx, struct call *call, \
	                struct error *err)

RUN(back);
RUN(bookmark);
RUN(bookmarks);
RUN(close);
RUN(copy);
RUN(count);
RUN(cut);
RUN(cycle);
RUN(decrement);
RUN(delete);
RUN(duplicate);
RUN(echo);
RUN(edits);
RUN(eval);
RUN(export);
RUN(fill);
RUN(filter);
RUN(find);
RUN(find_all);
RUN(find_selection);
RUN(flush);
RUN(flush_quit);
RUN(follow);
RUN(forward);
RUN(goto);
RUN(hash);
RUN(help);
RUN(history);
RUN(import);
RUN(increment);
RUN(info);
RUN(insert);
RUN(journal);
RUN(macro);
RUN(mark);
RUN(move_bytes);
RUN(next);
RUN(op);
RUN(open);
RUN(paste);
RUN(patch);
RUN(patterns);
RUN(preserve);
RUN(prev);
RUN(print);
RUN(put);
RUN(quit);
RUN(ranges);
RUN(redo);
RUN(refs);
RUN(reload);
RUN(repeat);
RUN(replace);
RUN(replace_all);
RUN(resize);
RUN(revert);
RUN(save_as);
RUN(save_layout);
RUN(segments);
RUN(select);
RUN(set);
RUN(source);
RUN(truncate);
RUN(undo);
RUN(undo_byte);
RUN(verify);

#endif
