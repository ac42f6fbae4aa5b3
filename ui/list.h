/*
 * list.h - a panel that lists things: segments, bookmarks, matches
 *
 * What is listed is asked for a row at a time, so that a list of ten million
 * matches costs what is on the screen. A filter is gone through once, when it
 * is set, and what comes behind when it comes. Where rows may wait for a disk
 * jobs do both, a batch of rows at a time.
 *
 * Threads: the UI thread, but for the jobs.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "base/base.h"
#include "space/space.h"
#include "ui/cells.h"

struct context;
struct error;
struct job;
struct sift;

enum {
	LIST_ROW = 512, /* bytes of a row's text */
	LIST_FILTER = 64,
	LIST_WIDE = 80,
};

/* A kind of list. */
struct list_kind {
	const char *name; /* "segments": also of the panel */
	const char *title;
	const char *header;
	size_t (*count)(const struct context *ctx);
	void (*row)(const struct context *ctx, size_t idx,
	            char dst[static LIST_ROW]);
	/* Both where there are less than LIST_WIDE columns; NULL: the same. The
	   filter looks at the whole row. */
	const char *short_header;
	void (*short_row)(const struct context *ctx, size_t idx,
	                  char dst[static LIST_ROW]);
	/* Where Enter goes; false: it is nowhere. */
	bool (*place)(const struct context *ctx, size_t idx, struct place *out);
	/* The row to begin with: where the cursor is. */
	size_t (*here)(const struct context *ctx);
	/* A cursor that comes to where an entry begins chooses its row. */
	bool follows;
	/* The command line that removes an entry, or "" when it cannot be;
	   NULL: none can. */
	void (*remove)(const struct context *ctx, size_t idx,
	               char dst[static LIST_ROW]);
	const char *removes; /* what that is called; NULL: "remove" */
	/* The command line that Enter runs first, the list staying in focus;
	   NULL: none. */
	void (*enter)(const struct context *ctx, size_t idx,
	              char dst[static LIST_ROW]);
	/* Show other entries of the kind, the next or previous ones; NULL:
	   there are no others. */
	void (*choose)(struct context *ctx, bool forward);
	/* A line of summary. */
	void (*summary)(const struct context *ctx, char dst[static LIST_ROW]);

	/* The rest is of kinds whose rows may wait for a disk; NULL: they do
	   not. Does the row lack bytes that are still to be read? */
	bool (*lacks)(const struct context *ctx, size_t idx);
	/* What a job needs to make rows [first, first + count). */
	void *(*batch)(const struct context *ctx, size_t first, size_t count,
	               struct error *err);
	void (*batch_row)(const void *batch, size_t i,
	                  char dst[static LIST_ROW]);
	void (*batch_free)(void *batch);
	/* Changes when entries are others than before; not when some come
	   behind them. */
	uint64_t (*stamp)(const struct context *ctx);
};

/* What is open, the bookmarks, the ranges of the set that was made or chosen
   last, and the steps of the history. */
extern const struct list_kind list_segments;  /* segment_list.c */
extern const struct list_kind list_bookmarks; /* bookmark_list.c */
extern const struct list_kind list_matches;   /* match_list.c */
extern const struct list_kind list_history;   /* history_list.c */

struct list {
	const struct list_kind *kind; /* NULL: closed */
	size_t selected, top;         /* rows of what the filter leaves */
	char filter[LIST_FILTER];
	size_t *matches; /* owned: the indexes that the filter leaves */
	size_t match_count, match_cap;
	uint64_t stamp;       /* of the entries when it was filtered */
	size_t total;         /* of them gone through */
	struct sift *sift;    /* owned; a job that goes through rows */
	bool lacking;         /* rows on the screen wait for their bytes.. */
	size_t lacking_from;  /* .. which were fetched from here last.. */
	size_t lacking_count; /* .. as many */
	uint64_t lacking_stamp;
	int rows;          /* shown last */
	uint64_t followed; /* where the cursor was last */
};

/* The kind of this name, or NULL. */
const struct list_kind *list_kind_named(const char *name);

/* Waits for a job of it that runs. */
void list_free(struct list *list);
/* Open on the row where the cursor is, unfiltered; closing keeps the memory. */
void list_open(struct list *list, const struct list_kind *kind,
               const struct context *ctx);
void list_close(struct list *list);

/* Rows. When entries have come or gone the filter is gone through again. */
size_t list_count(struct list *list, const struct context *ctx);
/* The entry of a row; false when there is none. */
bool list_entry(struct list *list, const struct context *ctx, size_t row,
                size_t *idx);

/* Select another row, down if > 0, as far as there are any. */
void list_move(struct list *list, const struct context *ctx, long by);
/* The cursor may have gone elsewhere. O(log entries). */
void list_follow(struct list *list, const struct context *ctx);
/* Leave the rows that hold this text; "": all. ERR_NOMEM: then nothing is
   filtered. */
bool list_set_filter(struct list *list, const struct context *ctx,
                     const char *text, struct error *err) MUST_USE;

/* Go on with what jobs do for the list: after each frame. */
void list_work(struct list *list, const struct context *ctx);
/* Is it a job of the list that has ended? Then it is dealt with. */
bool list_done(struct list *list, const struct context *ctx, struct job *job);
/* Is there nothing left for jobs to do? */
bool list_is_idle(const struct list *list, const struct context *ctx);

/* Over rows [top, top + rows) of the canvas. */
void list_paint(struct list *list, const struct context *ctx,
                struct canvas *canvas, int top, int rows, bool focused,
                bool ascii);

#endif
