/* list.c - see list.h */
#include "config.h"

#include "ui/list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/context.h"
#include "session.h"
#include "space/ranges.h"
#include "ui/paint.h"

/* --- segments ------------------------------------------------------------ */

static size_t segments_count(const struct context *ctx)
{
	return space_segments(context_space(ctx));
}

static void segments_row(const struct context *ctx, size_t idx,
                         char dst[static LIST_ROW])
{
	const struct segment *seg = space_segment(context_space(ctx), idx);
	char number[16] = "-", size[32];

	if (seg->number)
		snprintf(number, sizeof(number), "%" PRIu32, seg->number);
	snprintf(dst, LIST_ROW, "%4s  0x%08" PRIx64 "  %15s  %5s  %-8s  %s",
	         number, seg->addr, grouped_text(seg->size, size), "-",
	         seg->doc ? access_name(document_access(seg->doc)) : "gap",
	         text_shown(seg->placement->name).s);
}

static bool segments_place(const struct context *ctx, size_t idx,
                           struct place *out)
{
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_segment(sp, idx);
	uint64_t end;

	*out = (struct place){
		.addr = seg->addr,
		.segment = seg->number,
		.side = seg->size == 0 && seg->number ? SIDE_END : SIDE_START,
	};
	if (seg->number && seg->size > 0) {
		/* Where the first bytes are covered: the first that shows. */
		if (!space_span(sp, seg, &out->addr, &end))
			return false;
		*out = space_place(sp, out->addr);
	}
	/* An empty file may lie behind the end of the space. */
	return out->addr <= space_size(sp);
}

static size_t segments_here(const struct context *ctx)
{
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_numbered(sp, ctx->cursor.segment);

	if (!seg)
		return 0;
	return (size_t)(seg - space_segment(sp, 0));
}

static void segments_remove(const struct context *ctx, size_t idx,
                            char dst[static LIST_ROW])
{
	const struct segment *seg = space_segment(context_space(ctx), idx);

	dst[0] = '\0';
	if (seg->number)
		snprintf(dst, LIST_ROW, "close #%" PRIu32, seg->number);
}

static void segments_summary(const struct context *ctx,
                             char dst[static LIST_ROW])
{
	const struct space *sp = context_space(ctx);
	uint64_t size = space_size(sp), mapped = space_mapped(sp);
	size_t files = space_numbers(sp);
	char a[32], b[64] = "no gaps";

	if (mapped < size)
		snprintf(b, sizeof(b), "%s B of them in gaps",
		         grouped_text(size - mapped, a));
	snprintf(dst, LIST_ROW, "%zu %s, %s B, %s", files,
	         files == 1 ? "file" : "files", grouped_text(size, a), b);
}

/* --- bookmarks ----------------------------------------------------------- */

static size_t bookmarks_count(const struct context *ctx)
{
	return ranges_count(ctx->bookmarks);
}

static void bookmarks_row(const struct context *ctx, size_t idx,
                          char dst[static LIST_ROW])
{
	struct range b = ranges_at(ctx->bookmarks, idx);
	char where[PLACE_TEXT] = "", addr_text[32] = "not shown", size[32];
	const struct space *sp = context_space(ctx);
	uint64_t addr;

	if (ranges_address(&b, sp, &addr)) {
		snprintf(addr_text, sizeof(addr_text), "0x%08" PRIx64, addr);
		place_text(sp, space_place(sp, addr), where);
	}
	snprintf(dst, LIST_ROW, "  @%-12s  %-10s  %-16s %9s B  %s", b.name,
	         addr_text, where, grouped_text(b.len, size),
	         b.comment ? text_shown(b.comment).s : "");
}

static bool bookmarks_place(const struct context *ctx, size_t idx,
                            struct place *out)
{
	const struct space *sp = context_space(ctx);
	struct range range = ranges_at(ctx->bookmarks, idx);
	uint64_t addr;

	if (!ranges_address(&range, sp, &addr))
		return false;
	*out = space_place(sp, addr);
	return true;
}

static size_t bookmarks_here(const struct context *ctx)
{
	(void)ctx;
	return 0;
}

static void bookmarks_remove(const struct context *ctx, size_t idx,
                             char dst[static LIST_ROW])
{
	snprintf(dst, LIST_ROW, "bookmark delete %s",
	         ranges_at(ctx->bookmarks, idx).name);
}

static void bookmarks_summary(const struct context *ctx,
                              char dst[static LIST_ROW])
{
	snprintf(dst, LIST_ROW, "%zu", ranges_count(ctx->bookmarks));
}

static const struct list_kind kinds[] = {
	{ .name = "segments",
	  .title = "Segments",
	  .header = "  no  starts at              size  edits  state     file",
	  .count = segments_count,
	  .row = segments_row,
	  .place = segments_place,
	  .here = segments_here,
	  .remove = segments_remove,
	  .summary = segments_summary },
	{ .name = "bookmarks",
	  .title = "Bookmarks",
	  .header = "  name           address     place                 "
	            "bytes  comment",
	  .count = bookmarks_count,
	  .row = bookmarks_row,
	  .place = bookmarks_place,
	  .here = bookmarks_here,
	  .remove = bookmarks_remove,
	  .summary = bookmarks_summary },
};

const struct list_kind *list_kind_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* --- the list ------------------------------------------------------------ */

void list_free(struct list *list)
{
	mem_free(list->matches);
	*list = (struct list){ 0 };
}

void list_close(struct list *list)
{
	list->kind = NULL;
	list->filter[0] = '\0';
	list->match_count = 0;
}

void list_open(struct list *list, const struct list_kind *kind,
               const struct context *ctx)
{
	list_close(list);
	list->kind = kind;
	list->selected = kind->here(ctx);
	list->top = 0;
}

static bool find_matches(struct list *list, const struct context *ctx,
                         const char *text, struct error *err)
{
	size_t count = list->kind->count(ctx);
	char row[LIST_ROW];

	list->match_count = 0;
	list->generation = session_generation(ctx->session);
	list->total = count;
	for (size_t i = 0; i < count; i++) {
		list->kind->row(ctx, i, row);
		if (!strstr(row, text))
			continue;
		if (!mem_grow(&list->matches, &list->match_cap,
		              list->match_count + 1, sizeof(*list->matches),
		              err))
			return false;
		list->matches[list->match_count++] = i;
	}
	return true;
}

size_t list_count(struct list *list, const struct context *ctx)
{
	size_t total = list->kind->count(ctx);
	struct error ignored;

	if (!list->filter[0])
		return total;
	if (list->generation == session_generation(ctx->session) &&
	    list->total == total)
		return list->match_count;
	if (find_matches(list, ctx, list->filter, &ignored))
		return list->match_count;
	list->filter[0] = '\0';
	return total;
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

bool list_set_filter(struct list *list, const struct context *ctx,
                     const char *text, struct error *err)
{
	list->selected = 0;
	list->filter[0] = '\0';
	if (*text && !find_matches(list, ctx, text, err))
		return false;
	snprintf(list->filter, sizeof(list->filter), "%s", text);
	return true;
}

static void paint_heading(const struct list *list, const struct context *ctx,
                          struct canvas *canvas, int row, bool focused,
                          bool ascii)
{
	char summary[LIST_ROW], title[2 * LIST_ROW];

	list->kind->summary(ctx, summary);
	snprintf(title, sizeof(title), " %s  %s%s%s ", list->kind->title,
	         summary, list->filter[0] ? "  filter: " : "", list->filter);
	canvas_fill(canvas, row, 0, canvas->cols, ascii ? '-' : 0x2500,
	            STYLE_DIM);
	canvas_text(canvas, row, 1, canvas->cols - 2, title,
	            focused ? STYLE_STRONG : STYLE_DIM);
}

void list_paint(struct list *list, const struct context *ctx,
                struct canvas *canvas, int top, int rows, bool focused,
                bool ascii)
{
	int body = rows - 3; /* less title, header and the line of keys */
	char row[LIST_ROW];

	list_move(list, ctx, 0);
	list->rows = int_max(body, 1);
	if (list->selected < list->top)
		list->top = list->selected;
	if (list->selected >= list->top + (size_t)list->rows)
		list->top = list->selected - (size_t)list->rows + 1;
	for (int r = 0; r < rows; r++)
		canvas_fill(canvas, top + r, 0, canvas->cols, ' ',
		            STYLE_NORMAL);
	paint_heading(list, ctx, canvas, top, focused, ascii);
	canvas_text(canvas, top + 1, 1, canvas->cols - 1, list->kind->header,
	            STYLE_DIM);
	for (int r = 0; r < body; r++) {
		size_t at = list->top + (size_t)r, idx;

		if (!list_entry(list, ctx, at, &idx))
			break;
		list->kind->row(ctx, idx, row);
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
	canvas_text(canvas, top + rows - 1, 1, canvas->cols - 1,
	            "Enter go there  Space show  d remove  / filter  q close",
	            STYLE_DIM);
}
