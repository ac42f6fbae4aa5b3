/*
 * take.h - what keys, pastes and the mouse do
 *
 * Keys mean what the keymap says; what it does not know is data, a letter of
 * the prompt or a button, or nothing. Messages stay until the next event.
 *
 * Threads: the UI thread.
 */
#ifndef UI_TAKE_H
#define UI_TAKE_H

#include "base/base.h"

struct app;
struct event;

/* An event of this kind. What goes wrong is shown. */
void take_key(struct app *app, const struct event *event);
void take_paste(struct app *app, const struct event *event);
void take_mouse(struct app *app, const struct event *event);

/* Run the line of a key, as often as the count before it says; shows its
   error. */
void take_line(struct app *app, const char *line);

#endif
