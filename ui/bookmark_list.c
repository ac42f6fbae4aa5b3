/* bookmark_list.c - the kind of list.h that shows the bookmarks */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "command/context.h"
#include "space/ranges.h"
#include "ui/list.h"
#include "ui/paint.h"

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

const struct list_kind list_bookmarks = {
	.name = "bookmarks",
	.title = "Bookmarks",
	.header = "  name           address     place                 "
		  "bytes  comment",
	.count = bookmarks_count,
	.row = bookmarks_row,
	.place = bookmarks_place,
	.here = bookmarks_here,
	.remove = bookmarks_remove,
	.summary = bookmarks_summary
};
