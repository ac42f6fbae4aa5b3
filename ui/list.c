/* list.c - see list.h */
#include "config.h"

#include "ui/list.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "session.h"

static const struct list_kind *const kinds[] = {
	&list_segments,
	&list_bookmarks,
	&list_matches,
	&list_history,
};

const struct list_kind *list_kind_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

/* --- jobs ---------------------------------------------------------------- */

enum { SIFT_ROWS = 16384 }; /* of a batch of the filter */

/* A job that makes rows, and finds out which of them hold a text. */
struct sift {
	struct job *job; /* owned */
	const struct list_kind *kind;
	void *batch; /* owned, of the kind */
	uint64_t stamp;
	size_t first, count;
	char text[LIST_FILTER]; /* "": their bytes are read, no more */
	bool holds[SIFT_ROWS];  /* what the job leaves */
};

static void sift_free(struct sift *sift)
{
	if (!sift)
		return;
	job_free(sift->job);
	if (sift->batch)
		sift->kind->batch_free(sift->batch);
	mem_free(sift);
}

static void sift_work(struct job *job, void *arg)
{
	struct sift *sift = arg;
	char row[LIST_ROW];

	for (size_t i = 0; i < sift->count && !job_cancelled(job); i++) {
		sift->kind->batch_row(sift->batch, i, row);
		sift->holds[i] = strstr(row, sift->text) != NULL;
	}
}

static uint64_t stamp_of(const struct list_kind *kind,
                         const struct context *ctx)
{
	return kind->stamp ? kind->stamp(ctx)
	                   : session_generation(ctx->session);
}

static struct sift *sift_start(const struct list *list,
                               const struct context *ctx, size_t first,
                               size_t count, const char *text)
{
	struct error ignored;
	struct sift *sift = mem_zalloc(sizeof(*sift), &ignored);

	if (!sift)
		return NULL;
	sift->kind = list->kind;
	sift->stamp = stamp_of(list->kind, ctx);
	sift->first = first;
	sift->count = size_min(count, SIFT_ROWS);
	snprintf(sift->text, sizeof(sift->text), "%s", text);
	sift->batch = list->kind->batch(ctx, first, sift->count, &ignored);
	if (sift->batch)
		sift->job = job_start(session_pool(ctx->session), JOB_READ,
		                      sift_work, sift, &ignored);
	if (sift->job)
		return sift;
	sift_free(sift);
	return NULL;
}

/* --- the list ------------------------------------------------------------ */

/* What a job does is of no use any more; it is freed when it has ended. */
static void drop_sift(struct list *list)
{
	if (!list->sift)
		return;
	job_cancel(list->sift->job);
	list->sift->text[0] = '\0';
	list->sift->count = 0;
}

void list_free(struct list *list)
{
	sift_free(list->sift);
	mem_free(list->matches);
	*list = (struct list){ 0 };
}

void list_close(struct list *list)
{
	list->kind = NULL;
	list->filter[0] = '\0';
	list->match_count = 0;
	list->total = 0;
	list->lacking = false;
	list->lacking_stamp = 0;
}

void list_open(struct list *list, const struct list_kind *kind,
               const struct context *ctx)
{
	list_close(list);
	list->kind = kind;
	list->selected = kind->here(ctx);
	list->followed = ctx->cursor.addr;
	list->top = 0;
}

static bool keep_match(struct list *list, size_t idx, struct error *err)
{
	if (!mem_grow(&list->matches, &list->match_cap, list->match_count + 1,
	              sizeof(*list->matches), err))
		return false;
	list->matches[list->match_count++] = idx;
	return true;
}

/* Go through the entries that were not yet, here and now. */
static bool find_matches(struct list *list, const struct context *ctx,
                         const char *text, struct error *err)
{
	size_t count = list->kind->count(ctx);
	char row[LIST_ROW];

	for (; list->total < count; list->total++) {
		list->kind->row(ctx, list->total, row);
		if (strstr(row, text) && !keep_match(list, list->total, err))
			return false;
	}
	return true;
}

static void start_filter(struct list *list, const struct context *ctx)
{
	list->match_count = 0;
	list->total = 0;
	list->stamp = stamp_of(list->kind, ctx);
}

size_t list_count(struct list *list, const struct context *ctx)
{
	size_t total = list->kind->count(ctx);
	struct error ignored;

	if (!list->filter[0])
		return total;
	if (list->stamp != stamp_of(list->kind, ctx) || total < list->total)
		start_filter(list, ctx);
	if (list->kind->batch ||
	    find_matches(list, ctx, list->filter, &ignored))
		return list->match_count;
	list->filter[0] = '\0';
	return total;
}

/* Have the bytes of the rows on the screen read, once. */
static void fetch_rows(struct list *list, const struct context *ctx,
                       size_t count)
{
	uint64_t stamp = stamp_of(list->kind, ctx);

	if (list->lacking_from == list->top && list->lacking_count == count &&
	    list->lacking_stamp == stamp)
		return;
	list->lacking_from = list->top;
	list->lacking_count = count;
	list->lacking_stamp = stamp;
	list->sift = sift_start(list, ctx, list->top, count, "");
}

void list_work(struct list *list, const struct context *ctx)
{
	size_t total;

	if (!list->kind || !list->kind->batch || list->sift)
		return;
	total = list->kind->count(ctx);
	if (list->filter[0] && list->total < total) {
		list->sift = sift_start(list, ctx, list->total,
		                        total - list->total, list->filter);
	} else if (list->lacking && !list->filter[0]) {
		/* With a filter its jobs have read them all. */
		fetch_rows(list, ctx,
		           size_min((size_t)list->rows, total - list->top));
	}
}

bool list_done(struct list *list, const struct context *ctx, struct job *job)
{
	struct sift *sift = list->sift;
	struct error ignored;

	if (!sift || sift->job != job)
		return false;
	list->sift = NULL;
	if (list->kind == sift->kind && sift->text[0] &&
	    strcmp(sift->text, list->filter) == 0 &&
	    sift->first == list->total && sift->stamp == list->stamp &&
	    sift->stamp == stamp_of(list->kind, ctx)) {
		for (size_t i = 0; i < sift->count; i++)
			if (sift->holds[i] &&
			    !keep_match(list, sift->first + i, &ignored))
				break;
		list->total += sift->count;
	}
	sift_free(sift);
	return true;
}

bool list_is_idle(const struct list *list, const struct context *ctx)
{
	if (list->sift)
		return false;
	return !list->kind || !list->kind->batch || !list->filter[0] ||
	       list->total >= list->kind->count(ctx);
}

bool list_entry(struct list *list, const struct context *ctx, size_t row,
                size_t *idx)
{
	if (row >= list_count(list, ctx))
		return false;
	*idx = list->filter[0] ? list->matches[row] : row;
	return true;
}

void list_move(struct list *list, const struct context *ctx, long by)
{
	size_t count = list_count(list, ctx);

	if (by < 0)
		list->selected -= size_min((size_t)-by, list->selected);
	else
		list->selected += (size_t)by;
	if (list->selected >= count)
		list->selected = count ? count - 1 : 0;
}

/* Does this entry begin at the cursor? */
static bool is_here(const struct list *list, const struct context *ctx,
                    size_t idx)
{
	struct place place;

	return idx < list->kind->count(ctx) &&
	       list->kind->place(ctx, idx, &place) &&
	       place.addr == ctx->cursor.addr;
}

/* The row of an entry; false: the filter leaves it out. */
static bool row_of(struct list *list, const struct context *ctx, size_t idx,
                   size_t *row)
{
	size_t count = list_count(list, ctx);
	size_t lo = 0;
	size_t hi = count;

	*row = idx;
	if (!list->filter[0])
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (list->matches[mid] < idx)
			lo = mid + 1;
		else
			hi = mid;
	}
	*row = lo;
	return lo < count && list->matches[lo] == idx;
}

void list_follow(struct list *list, const struct context *ctx)
{
	size_t idx, row;

	if (!list->kind || !list->kind->follows ||
	    list->followed == ctx->cursor.addr)
		return;
	list->followed = ctx->cursor.addr;
	/* Several may begin there, and one of them may be the one meant. */
	if (list_entry(list, ctx, list->selected, &idx) &&
	    is_here(list, ctx, idx))
		return;
	idx = list->kind->here(ctx);
	if (is_here(list, ctx, idx) && row_of(list, ctx, idx, &row))
		list->selected = row;
}

bool list_set_filter(struct list *list, const struct context *ctx,
                     const char *text, struct error *err)
{
	list->selected = 0;
	list->filter[0] = '\0';
	drop_sift(list);
	start_filter(list, ctx);
	if (*text && !list->kind->batch && !find_matches(list, ctx, text, err))
		return false;
	snprintf(list->filter, sizeof(list->filter), "%s", text);
	return true;
}

/* How far the filter is, if that takes a while. */
static void filter_text(const struct list *list, const struct context *ctx,
                        char dst[static LIST_ROW])
{
	size_t total = list->kind->count(ctx);
	char part[32] = "";

	if (list->total < total)
		snprintf(part, sizeof(part), "  (%u%%)",
		         (unsigned)((double)list->total * 100.0 /
		                    (double)total));
	dst[0] = '\0';
	if (list->filter[0])
		snprintf(dst, LIST_ROW, "  filter: %s%s", list->filter, part);
}

static void paint_heading(const struct list *list, const struct context *ctx,
                          struct canvas *canvas, int row, bool focused,
                          bool ascii)
{
	char summary[LIST_ROW], filter[LIST_ROW], title[3 * LIST_ROW];

	list->kind->summary(ctx, summary);
	filter_text(list, ctx, filter);
	snprintf(title, sizeof(title), " %s  %s%s ", list->kind->title, summary,
	         filter);
	canvas_fill(canvas, row, 0, canvas->cols, ascii ? '-' : 0x2500,
	            STYLE_DIM);
	canvas_text(canvas, row, 1, canvas->cols - 2, title,
	            focused ? STYLE_STRONG : STYLE_DIM);
}

void list_paint(struct list *list, const struct context *ctx,
                struct canvas *canvas, int top, int rows, bool focused,
                bool ascii)
{
	const struct list_kind *kind = list->kind;
	bool is_short = kind->short_row && canvas->cols < LIST_WIDE;
	int body = rows - 3; /* less title, header and the line of keys */
	char row[LIST_ROW];

	list_move(list, ctx, 0);
	list->lacking = false;
	list->rows = int_max(body, 1);
	if (list->selected < list->top)
		list->top = list->selected;
	if (list->selected >= list->top + (size_t)list->rows)
		list->top = list->selected - (size_t)list->rows + 1;
	for (int r = 0; r < rows; r++)
		canvas_fill(canvas, top + r, 0, canvas->cols, ' ',
		            STYLE_NORMAL);
	paint_heading(list, ctx, canvas, top, focused, ascii);
	canvas_text(canvas, top + 1, 1, canvas->cols - 1,
	            is_short ? kind->short_header : kind->header, STYLE_DIM);
	for (int r = 0; r < body; r++) {
		size_t at = list->top + (size_t)r, idx;

		if (!list_entry(list, ctx, at, &idx))
			break;
		(is_short ? kind->short_row : kind->row)(ctx, idx, row);
		if (kind->lacks && kind->lacks(ctx, idx))
			list->lacking = true;
		canvas_text(canvas, top + 2 + r, 1, canvas->cols - 1, row,
		            STYLE_NORMAL);
		if (at != list->selected)
			continue;
		canvas_put(canvas, top + 2 + r, 0, ascii ? '>' : 0x25b8,
		           STYLE_STRONG);
		if (focused)
			canvas_over(canvas, top + 2 + r, 0, canvas->cols,
			            OVER_SELECTION);
	}
	snprintf(row, sizeof(row),
	         "Enter go there  Space show%s%s%s  / filter  "
	         "q close",
	         kind->remove ? "  d " : "",
	         kind->removes  ? kind->removes
	         : kind->remove ? "remove"
	                        : "",
	         kind->choose ? "  s other set" : "");
	canvas_text(canvas, top + rows - 1, 1, canvas->cols - 1, row,
	            STYLE_DIM);
}
