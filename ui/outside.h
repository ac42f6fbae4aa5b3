/*
 * outside.h - the question when another program has changed an edited file
 *
 * It is asked once for each kind of change, and not while keys are being typed,
 * which would answer it.
 *
 * Threads: the UI thread.
 */
#ifndef UI_OUTSIDE_H
#define UI_OUTSIDE_H

#include "base/base.h"

struct app;

enum { OUTSIDE_LINE = 32 };

struct outside {
	bool due; /* there may be something to ask */
	char reload[OUTSIDE_LINE], drop[OUTSIDE_LINE]; /* lines of buttons */
};

/* Is there anything to ask, and nothing else open? */
bool outside_is_due(const struct app *app);
/* Ask, if there is a file to ask about. */
void outside_ask(struct app *app);

#endif
