/*
 * list.h - a panel that lists things: segments, bookmarks
 *
 * What is listed is asked for a row at a time, so that a list of 100,000
 * segments costs what is on the screen. A filter is gone through once, when it
 * is set.
 *
 * Threads: the UI thread.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "base/base.h"
#include "space/space.h"
#include "ui/cells.h"

struct context;
struct error;

enum {
	LIST_ROW = 512, /* bytes of a row's text */
	LIST_FILTER = 64,
};

/* A kind of list. */
struct list_kind {
	const char *name; /* "segments": also of the panel */
	const char *title;
	const char *header;
	size_t (*count)(const struct context *ctx);
	void (*row)(const struct context *ctx, size_t idx,
	            char dst[static LIST_ROW]);
	/* Where Enter goes; false: it is nowhere. */
	bool (*place)(const struct context *ctx, size_t idx, struct place *out);
	/* The row to begin with: where the cursor is. */
	size_t (*here)(const struct context *ctx);
	/* The command line that removes an entry, or "" when it cannot be. */
	void (*remove)(const struct context *ctx, size_t idx,
	               char dst[static LIST_ROW]);
	/* A line of summary. */
	void (*summary)(const struct context *ctx, char dst[static LIST_ROW]);
};

struct list {
	const struct list_kind *kind; /* NULL: closed */
	size_t selected, top;         /* rows of what the filter leaves */
	char filter[LIST_FILTER];
	size_t *matches; /* owned: the indexes that the filter leaves */
	size_t match_count, match_cap;
	uint64_t generation; /* of the session when it was filtered */
	size_t total;        /* entries then */
	int rows;            /* shown last */
};

/* The kind of this name, or NULL. */
const struct list_kind *list_kind_named(const char *name);

void list_free(struct list *list);
void list_open(struct list *list, const struct list_kind *kind,
               const struct context *ctx);
void list_close(struct list *list);

/* Rows. When entries have come or gone the filter is gone through again. */
size_t list_count(struct list *list, const struct context *ctx);
/* The entry of a row; false when there is none. */
bool list_entry(struct list *list, const struct context *ctx, size_t row,
                size_t *idx);

void list_move(struct list *list, const struct context *ctx, long by);
/* ERR_NOMEM: then nothing is filtered. */
bool list_set_filter(struct list *list, const struct context *ctx,
                     const char *text, struct error *err) MUST_USE;

/* Over rows [top, top + rows) of the canvas. */
void list_paint(struct list *list, const struct context *ctx,
                struct canvas *canvas, int top, int rows, bool focused,
                bool ascii);

#endif
