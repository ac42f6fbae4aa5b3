/*
 * preview.h - what a flush would write, in the dialog that asks for it
 *
 * A row for each file, and one for each range of it with its old and its new
 * bytes. It costs what is in sight: ranges are counted a part at a time,
 * between frames, and bytes that cannot be had at once are read by a job.
 *
 * Threads: the UI thread, but for the job.
 */
#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include "base/base.h"
#include "command/edited.h"

struct app;
struct context;
struct document;
struct error;
struct job;
struct preview_fetch;
struct preview_file;

enum { PREVIEW_LINE = 512 };

/* Where a row was found last: the next one is found from there. */
struct preview_here {
	size_t file;
	uint64_t next; /* range of it that the walk comes to next */
	struct edited_walk walk;
};

struct preview {
	struct preview_file *files; /* owned */
	size_t count;
	size_t counted;                /* files that are counted to the end */
	struct edited_walk count_walk; /* of the next one */
	bool is_cut;         /* for lack of memory: there is more than that */
	uint64_t generation; /* of the session when it was asked */
	bool quits;          /* and then the editor ends */
	bool looked;         /* a check of the files was begun */
	char yes[PREVIEW_LINE]; /* the line that writes */
	struct preview_here here;
	bool lacks;                  /* rows in sight wait for bytes */
	uint64_t fetched_top;        /* which were fetched for these.. */
	int fetched_rows;            /* .. rows last */
	struct preview_fetch *fetch; /* owned; running */
};

/* Open the dialog: see context.h, ask_flush. ERR_NOMEM; ERR_STATE: the last one
   was closed, and waits for a disk. */
bool preview_ask(struct context *ctx, struct document *const *docs,
                 size_t count, const char *yes, struct error *err) MUST_USE;

/* Before a frame: say what is known now. After one: go on with counting and
   reading, or give up what is not shown any more. */
void preview_say(struct app *app);
void preview_work(struct app *app);
/* Is it the job of a fetch that has ended? Then it is dealt with. */
bool preview_done(struct app *app, struct job *job);
/* Is there work that waits for nothing? */
bool preview_is_due(const struct app *app);
bool preview_is_idle(const struct app *app);
/* Waits for the job. */
void preview_free(struct app *app);

#endif
