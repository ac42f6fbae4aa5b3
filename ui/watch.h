/*
 * watch.h - bytes on the screen that other programs change
 *
 * Every now and then a job looks at the bytes that are in sight. What is
 * another byte than the user saw, or than the look before found, is marked, and
 * stays marked for a few looks. What the user has edited is his own, and never
 * is.
 *
 *	rows on the screen --> job reads them --> compared --> marks on the rows
 *
 * A look reads what the file holds now, never what was kept of it. One is under
 * way at a time, so that a slow file delays looks, and nothing else.
 *
 * Threads: the UI thread, but for the job.
 */
#ifndef UI_WATCH_H
#define UI_WATCH_H

#include "base/base.h"

struct error;
struct job;
struct session;
struct shown_row;
struct watch_look;

enum { WATCH_LOOKS = 3 }; /* that a mark stays */

/* Starts zeroed. */
struct watch {
	struct watch_look *running; /* owned */
	struct watch_look *seen;    /* owned; the last that is done */
};

/* Begin to look at these rows, if no look is under way. ERR_NOMEM, ERR_IO: no
   job could be started. */
bool watch_begin(struct watch *watch, struct session *session,
                 const struct shown_row *rows, int count,
                 struct error *err) MUST_USE;

/* Is it the job of our look? Then it has ended; `rows` are what is on the
   screen now. *news: they are to be drawn again. A look that fails marks
   nothing. */
bool watch_end(struct watch *watch, const struct job *job,
               struct session *session, const struct shown_row *rows, int count,
               bool *news);

/* Is no look under way? */
bool watch_is_idle(const struct watch *watch);

/* Mark the bytes of rows. */
void watch_mark(const struct watch *watch, struct session *session,
                struct shown_row *rows, int count);

/* Forget all marks, and what a look finds that is under way. */
void watch_stop(struct watch *watch);
/* The same, and wait for that. */
void watch_clear(struct watch *watch);

#endif
