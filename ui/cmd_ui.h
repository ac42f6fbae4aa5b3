/*
 * cmd_ui.h - the run functions of the table in cmd_ui.c
 *
 * Each changes all or nothing, and says why when it fails. (table.h)
 *
 * Threads: the UI thread.
 */
#ifndef UI_CMD_UI_H
#define UI_CMD_UI_H

#include "base/base.h"
#include "command/commands.h"

struct app;
struct list_kind;

/* The editor that the commands of this context are for. */
struct app *app_of(struct context *ctx);

/* The one argument, which must be there. ERR_SYNTAX. */
bool word_argument(struct call *call, char dst[static 32],
                   struct error *err) MUST_USE;
/* False: the command does not know the word. */
bool unknown_word(const struct call *call, const char *word, struct error *err);

/* Close the panel, and the panels of the hooks of a context (cmd_panel.c). */
void close_list(struct app *app);
bool show_panel(struct context *ctx, const char *name);

RUN(bind);
RUN(close_panel);
RUN(extend);
RUN(focus);
RUN(keymap);
RUN(keys);
RUN(line_command);
RUN(list);
RUN(mode);
RUN(move);
RUN(next_key);
RUN(pane);
RUN(panel);
RUN(prompt);
RUN(record);
RUN(scroll);
RUN(theme);
RUN(unbind);

#endif
