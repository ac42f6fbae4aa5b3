/*
 * commands.h - the run functions of the table in commands.c
 *
 * Each changes all or nothing, and says why when it fails. (table.h)
 */
#ifndef COMMAND_COMMANDS_H
#define COMMAND_COMMANDS_H

#include "base/base.h"

struct call;
struct context;
struct error;
struct ranges;
struct output;
struct space;

/* next match, prev match: the last pattern of find, N times (cmd_find.c). */
bool find_again(struct context *ctx, bool forward, uint64_t count,
                struct error *err) MUST_USE;

/* A line, or an object, for bytes that were found; charset may be NULL. */
void print_found(struct output *out, const struct space *sp, uint64_t addr,
                 uint64_t len, const char *charset);

/* next range, prev range: "[%NAME] [N]" stands in the call (cmd_ranges.c). */
bool go_range(struct context *ctx, struct call *call, bool forward,
              struct error *err) MUST_USE;

/* next range, prev range: of this set, N times (cmd_ranges.c). */
bool range_again(struct context *ctx, const struct ranges *set, bool forward,
                 uint64_t count, struct error *err) MUST_USE;

#define RUN(name)                                               \
	bool run_##name(struct context *ctx, struct call *call, \
	                struct error *err)

RUN(back);
RUN(bookmark);
RUN(bookmarks);
RUN(close);
RUN(count);
RUN(cycle);
RUN(echo);
RUN(eval);
RUN(find);
RUN(find_all);
RUN(forward);
RUN(goto);
RUN(help);
RUN(info);
RUN(mark);
RUN(next);
RUN(open);
RUN(prev);
RUN(print);
RUN(quit);
RUN(ranges);
RUN(refs);
RUN(reload);
RUN(save_layout);
RUN(segments);
RUN(select);
RUN(set);
RUN(source);

#endif
