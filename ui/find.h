/*
 * find.h - matches on the screen: of what is being typed, of what was sought
 *
 * While a search is typed at the prompt, the match that it would go to is
 * looked for and shown, and the view goes back when the prompt is left. All
 * matches in sight of the last pattern are marked.
 *
 *	prompt: /FAT    key: cancel, start ... job: search_next ... DONE: shown
 *	screen: rows    moved out of what is known: start ... DONE: marked
 *
 * Both are jobs, of each kind one at a time: the next one is started when the
 * one before, cancelled, has ended. So nothing here waits, whatever a read or a
 * pattern takes.
 *
 * Threads: the UI thread, but for the jobs.
 */
#ifndef UI_FIND_H
#define UI_FIND_H

#include "base/base.h"
#include "command/find.h"
#include "ui/paint.h"
#include "ui/prompt.h"
#include "ui/rows.h"

struct app;
struct job;
struct lookup;

struct find_ui {
	/* What is typed. */
	bool previewing;    /* the prompt is open, and top and line are set */
	struct row_pos top; /* of the window when it was opened */
	char line[PROMPT_MAX]; /* what was looked for */
	struct plan plan;      /* owned; of line; pattern NULL: no search */
	bool wanted;           /* the plan is to be looked for */
	struct lookup *hunt;   /* owned; running */
	bool found;            /* match is the plan's */
	struct match match;

	/* What was sought last. */
	struct lookup *marking; /* owned; running */
	struct lookup *marked;  /* owned; the last that is done */
	uint64_t cleared;       /* ctx->searches when the marks were cleared */
};

/* Before a frame: look at the prompt, and at the rows on the screen. */
void find_ui_preview(struct app *app);
void find_ui_mark(struct app *app);

/* Is it a job of ours that has ended? Then it is dealt with. */
bool find_ui_done(struct app *app, struct job *job);
bool find_ui_is_idle(const struct app *app);
/* Is something looked for whose progress is shown? */
bool find_ui_is_hunting(const struct app *app);

/* The line of the prompt was run: the view stays if a search goes on there. */
void find_ui_accept(struct app *app);
/* The address that the view follows instead of the cursor, if any. */
bool find_ui_target(const struct app *app, uint64_t *addr);

/* Take the marks away until the next search; false: there were none. */
bool find_ui_clear(struct app *app);
/* Files have changed: what is known may be stale. */
void find_ui_forget(struct app *app);
/* Give the picture its matches. */
void find_ui_picture(const struct app *app, struct picture *picture);
/* Waits for the jobs. */
void find_ui_free(struct app *app);

#endif
