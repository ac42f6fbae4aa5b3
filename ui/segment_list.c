/* segment_list.c - the kind of list.h that shows what is open */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "command/context.h"
#include "session.h"
#include "ui/changed.h"
#include "ui/filename.h"
#include "ui/list.h"
#include "ui/paint.h"

static size_t segments_count(const struct context *ctx)
{
	return space_segments(context_space(ctx));
}

/* What may be done with it, or what is graver. */
static const char *state_of(const struct session *session,
                            const struct document *doc)
{
	unsigned changes = session_changes(session, doc);

	if (changes & CHANGE_REPLACED)
		return "replaced";
	if (changes & CHANGE_GONE)
		return "deleted";
	if (session_is_locked(session, doc))
		return "ro lock";
	if (changes & (CHANGE_SIZE_LESS | CHANGE_SIZE_MORE))
		return changes & CHANGE_SIZE_LESS ? "shorter" : "grown";
	return changes ? "changed" : access_name(document_access(doc));
}

/* What the columns of a segment hold. */
struct segment_cells {
	char number[16], edits[24], state[16];
};

static struct segment_cells cells_of(const struct context *ctx,
                                     const struct segment *seg)
{
	struct segment_cells cells = { "-", "-", "gap" };
	struct changed changed;

	if (seg->number)
		snprintf(cells.number, sizeof(cells.number), "%" PRIu32,
		         seg->number);
	if (!seg->doc)
		return cells;
	changed = changed_of(seg->doc);
	if (changed.ranges > 0)
		snprintf(cells.edits, sizeof(cells.edits), "%zu%s",
		         changed.ranges,
		         changed.ranges == CHANGED_MAX ? "+" : "");
	snprintf(cells.state, sizeof(cells.state), "%s%s",
	         state_of(ctx->session, seg->doc),
	         document_root(seg->doc) ? " *" : "");
	return cells;
}

static void segments_row(const struct context *ctx, size_t idx,
                         char dst[static LIST_ROW])
{
	const struct segment *seg = space_segment(context_space(ctx), idx);
	struct segment_cells cells = cells_of(ctx, seg);
	char size[32];

	snprintf(dst, LIST_ROW, "%4s  0x%08" PRIx64 "  %15s  %5s  %-10s  %s",
	         cells.number, seg->addr, grouped_text(seg->size, size),
	         cells.edits, cells.state, text_shown(seg->placement->name).s);
}

/* The name of a member of a set differs from the others in its end. */
static void segments_short(const struct context *ctx, size_t idx,
                           char dst[static LIST_ROW])
{
	const struct segment *seg = space_segment(context_space(ctx), idx);
	struct segment_cells cells = cells_of(ctx, seg);

	snprintf(dst, LIST_ROW, "%4s  0x%08" PRIx64 "  %-10s  %s", cells.number,
	         seg->addr, cells.state, filename_of(seg->placement->name).s);
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

const struct list_kind list_segments = {
	.name = "segments",
	.title = "Segments",
	.header = "  no  starts at              size  edits  state       file",
	.count = segments_count,
	.row = segments_row,
	.short_header = "  no  starts at   state       file",
	.short_row = segments_short,
	.place = segments_place,
	.here = segments_here,
	.remove = segments_remove,
	.summary = segments_summary
};
