/*
 * match_list.c - the kind of list.h that shows a set of ranges
 *
 * The set is the one that was made or chosen last, as for next range; it grows
 * while find-all runs. A row is made of a range and of some bytes at its start.
 * The screen takes the bytes that can be had at once; a job waits for them.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/context.h"
#include "session.h"
#include "space/ranges.h"
#include "space/view.h"
#include "ui/list.h"
#include "ui/paint.h"

enum {
	BYTES = 8,  /* of the match on, in hex */
	BEFORE = 8, /* shown as text in front of it, */
	TEXT = 32,  /* and with what follows */
};

/* What a row is made of. */
struct entry {
	size_t idx;
	uint64_t len;
	bool shown; /* the space shows it, at addr */
	uint64_t addr;
};

struct batch {
	struct view *view; /* counted */
	size_t count;
	struct entry entries[];
};

/* The set, or NULL when there is none. */
static const struct ranges *set_of(const struct context *ctx)
{
	return sets_find(&ctx->sets, ctx->sets.last);
}

static size_t matches_count(const struct context *ctx)
{
	const struct ranges *set = set_of(ctx);

	return set ? ranges_count(set) : 0;
}

static struct entry entry_of(const struct context *ctx, size_t idx)
{
	struct range range = ranges_at(set_of(ctx), idx);
	struct entry entry = { .idx = idx, .len = ranges_length(&range) };

	entry.shown = ranges_address(&range, context_space(ctx), &entry.addr);
	return entry;
}

/* --- rows ---------------------------------------------------------------- */

/* The bytes of a row, from *before in front of the match on, as far as the
   space goes. Returns how many. */
static size_t row_bytes(const struct view *view, const struct entry *entry,
                        unsigned flags, unsigned char bytes[TEXT],
                        struct runs *runs, size_t *before)
{
	uint64_t from = entry->addr - u64_min(BEFORE, entry->addr);
	size_t len = (size_t)u64_min(TEXT, view_size(view) - from);
	struct error ignored;

	*before = (size_t)(entry->addr - from);
	return view_read(view, from, bytes, len, flags, runs, &ignored) ? len
	                                                                : 0;
}

/* The sign of a byte without a value. */
static char sign_of(enum state state)
{
	if (state == STATE_BAD || state == STATE_NOT_TRIED)
		return '?';
	return state == STATE_PENDING ? '.' : '-';
}

static void put_hex(char *dst, const struct run *run, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	bool has = state_has_bytes(run->state);

	dst[0] = has ? digits[byte >> 4] : sign_of(run->state);
	dst[1] = has ? digits[byte & 15] : sign_of(run->state);
}

static char text_of(const struct run *run, unsigned char byte)
{
	if (!state_has_bytes(run->state))
		return sign_of(run->state) == '-' ? ' ' : sign_of(run->state);
	return text_is_print(byte) ? (char)byte : '.';
}

static void make_row(const struct view *view, const struct entry *entry,
                     unsigned flags, char dst[static LIST_ROW])
{
	const struct space *sp = view_space(view);
	char hex[3 * BYTES + 1], text[TEXT + 1], place[PLACE_TEXT];
	size_t len, before, at = 0, n;
	unsigned char bytes[TEXT];
	struct runs runs = { 0 };

	if (!entry->shown) {
		snprintf(dst, LIST_ROW, "%6zu  not shown   %" PRIu64 " B",
		         entry->idx + 1, entry->len);
		return;
	}
	memset(hex, ' ', sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	len = row_bytes(view, entry, flags, bytes, &runs, &before);
	/* The match stands in one column, whatever is in front of it. */
	n = BEFORE - before;
	memset(text, ' ', n);
	for (size_t r = 0; r < runs.count; r++)
		for (uint64_t i = 0; i < runs.v[r].len && at < len; i++, at++) {
			if (at >= before && at < before + BYTES)
				put_hex(hex + 3 * (at - before), &runs.v[r],
				        bytes[at]);
			if (n < TEXT)
				text[n++] = text_of(&runs.v[r], bytes[at]);
		}
	text[n] = '\0';
	runs_free(&runs);
	snprintf(dst, LIST_ROW, "%6zu  0x%08" PRIx64 "  %s%-*s  %s",
	         entry->idx + 1, entry->addr, hex, TEXT, text,
	         place_text(sp, space_place(sp, entry->addr), place));
}

static void matches_row(const struct context *ctx, size_t idx,
                        char dst[static LIST_ROW])
{
	struct entry entry = entry_of(ctx, idx);

	make_row(session_view(ctx->session), &entry, READ_NOWAIT, dst);
}

static bool matches_lacks(const struct context *ctx, size_t idx)
{
	struct entry entry = entry_of(ctx, idx);
	unsigned char bytes[TEXT];
	struct runs runs = { 0 };
	bool lacks = false;
	size_t before;

	if (!entry.shown)
		return false;
	(void)row_bytes(session_view(ctx->session), &entry, READ_NOWAIT, bytes,
	                &runs, &before);
	for (size_t i = 0; i < runs.count; i++)
		lacks = lacks || runs.v[i].state == STATE_PENDING;
	runs_free(&runs);
	return lacks;
}

static void batch_free(void *arg)
{
	struct batch *batch = arg;

	view_unref(batch->view);
	mem_free(batch);
}

static void *matches_batch(const struct context *ctx, size_t first,
                           size_t count, struct error *err)
{
	struct batch *batch =
		mem_zalloc(sizeof(*batch) + count * sizeof(struct entry), err);

	if (!batch)
		return NULL;
	batch->view = view_ref(session_view(ctx->session));
	batch->count = count;
	for (size_t i = 0; i < count; i++)
		batch->entries[i] = entry_of(ctx, first + i);
	return batch;
}

static void batch_row(const void *arg, size_t i, char dst[static LIST_ROW])
{
	const struct batch *batch = arg;

	make_row(batch->view, &batch->entries[i], READ_KEEP, dst);
}

/* --- places -------------------------------------------------------------- */

static bool matches_place(const struct context *ctx, size_t idx,
                          struct place *out)
{
	struct entry entry = entry_of(ctx, idx);

	if (!entry.shown)
		return false;
	*out = space_place(context_space(ctx), entry.addr);
	return true;
}

/* The one at the cursor, or the next one in its document. */
static size_t matches_here(const struct context *ctx)
{
	const struct ranges *set = set_of(ctx);
	struct location at;
	size_t idx;

	if (!set || ranges_count(set) == 0)
		return 0;
	at = space_locate(context_space(ctx), ctx->cursor.addr);
	if (!at.segment)
		return 0;
	idx = ranges_find(set, document_id(at.segment->doc), at.doc_off);
	return size_min(idx, ranges_count(set) - 1);
}

static void matches_choose(struct context *ctx, bool forward)
{
	(void)sets_step(&ctx->sets, forward);
}

static void matches_summary(const struct context *ctx,
                            char dst[static LIST_ROW])
{
	const struct task *task = ctx->task;
	char digits[32];

	snprintf(dst, LIST_ROW, "%s%s  %s%s", *ctx->sets.last ? "%" : "",
	         ctx->sets.last, grouped_text(matches_count(ctx), digits),
	         task && strcmp(task->name, "find-all") == 0 ? ", searching"
	                                                     : "");
}

/* A set that is changed is another one, but for what find-all adds. */
static uint64_t matches_stamp(const struct context *ctx)
{
	return (uint64_t)(uintptr_t)set_of(ctx) * 31 +
	       session_generation(ctx->session);
}

const struct list_kind list_matches = {
	.name = "matches",
	.title = "Matches",
	.header = "    no  address     bytes                   before  match   "
		  "                 place",
	.count = matches_count,
	.row = matches_row,
	.place = matches_place,
	.here = matches_here,
	.follows = true,
	.choose = matches_choose,
	.summary = matches_summary,
	.lacks = matches_lacks,
	.batch = matches_batch,
	.batch_row = batch_row,
	.batch_free = batch_free,
	.stamp = matches_stamp,
};
