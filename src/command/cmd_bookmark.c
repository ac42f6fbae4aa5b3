/* cmd_bookmark.c - named places: bookmark, bookmarks */
#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "space/ranges.h"

enum { BOOKMARK_NAME = 64 };

static bool is_good_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	return *name && strlen(name) < BOOKMARK_NAME;
}

static bool find_named(const struct context *ctx, const char *name, size_t *at,
                       struct error *err)
{
	*at = ranges_named(ctx->bookmarks, name);
	if (*at < ranges_count(ctx->bookmarks))
		return true;
	return error_set(err, ERR_NO, "there is no bookmark '%s'",
	                 text_shown(name).s);
}

/* What a bookmark at [start, end) is anchored to: the document at its start, as
   far as that goes on there. */
static bool make_range(const struct context *ctx, uint64_t start, uint64_t end,
                       struct range *out, struct error *err)
{
	struct location at = space_locate(context_space(ctx), start);

	if (!at.segment)
		return error_set(err, ERR_STATE,
		                 "there is no file at 0x%" PRIx64
		                 " to set a bookmark in",
		                 start);
	*out = (struct range){
		.doc = document_id(at.segment->doc),
		.off = at.doc_off,
		.len = u64_min(at.run, end - start),
	};
	return true;
}

/* The bookmark whose first byte is the one here. */
static size_t find_here(const struct context *ctx, const struct range *range)
{
	size_t at = ranges_find(ctx->bookmarks, range->doc, range->off);
	size_t count = ranges_count(ctx->bookmarks);
	struct range hit;

	if (at == count)
		return count;
	hit = ranges_at(ctx->bookmarks, at);
	return hit.doc == range->doc && hit.off == range->off ? at : count;
}

static bool toggle(struct context *ctx, struct range range, struct error *err)
{
	size_t here = find_here(ctx, &range);
	char name[24];

	if (here < ranges_count(ctx->bookmarks)) {
		context_say(ctx, "bookmark %s removed",
		            ranges_at(ctx->bookmarks, here).name);
		ranges_remove(ctx->bookmarks, here);
		return true;
	}
	for (unsigned n = 1;; n++) {
		snprintf(name, sizeof(name), "b%u", n);
		if (ranges_named(ctx->bookmarks, name) ==
		    ranges_count(ctx->bookmarks))
			break;
	}
	range.name = name;
	if (!ranges_add(ctx->bookmarks, &range, err))
		return false;
	context_say(ctx, "bookmark %s set", name);
	return true;
}

/* Put a range in the place of the one at `old`, or change nothing. */
static bool replace(struct ranges *ranges, size_t old,
                    const struct range *range, struct error *err)
{
	const char *name = ranges_at(ranges, old).name;

	if (!ranges_add(ranges, range, err))
		return false;
	/* It may have come to stand before the old one. */
	if (ranges_at(ranges, old).name != name)
		old++;
	ranges_remove(ranges, old);
	return true;
}

/* Replaces a bookmark of the same name. */
static bool set_named(struct context *ctx, struct call *call, char *name,
                      size_t column, struct range *range, struct error *err)
{
	struct word comment = { 0 };
	size_t old;
	bool ok;

	if (!is_good_name(name))
		return error_at(err, column,
		                "a bookmark's name is 1 to %d letters, digits, "
		                "- _ .",
		                BOOKMARK_NAME - 1);
	if (call_more(call) && !call_word(call, &comment, err))
		return false;
	old = ranges_named(ctx->bookmarks, name);
	range->name = name;
	range->comment = comment.text;
	ok = call_end(call, err) &&
	     (old < ranges_count(ctx->bookmarks)
	              ? replace(ctx->bookmarks, old, range, err)
	              : ranges_add(ctx->bookmarks, range, err));
	word_free(&comment);
	return ok;
}

/* bookmark goto NAME, bookmark delete NAME. */
static bool act_on(struct context *ctx, const char *verb, const char *name,
                   struct error *err)
{
	const struct space *sp = context_space(ctx);
	struct range range;
	uint64_t addr;
	size_t at;

	if (!find_named(ctx, name, &at, err))
		return false;
	if (strcmp(verb, "delete") == 0) {
		ranges_remove(ctx->bookmarks, at);
		return true;
	}
	range = ranges_at(ctx->bookmarks, at);
	if (!ranges_address(&range, sp, &addr))
		return error_set(err, ERR_NO,
		                 "the bytes of bookmark '%s' are not shown now",
		                 name);
	context_jump(ctx, space_place(sp, addr));
	return true;
}

RUN(bookmark)
{
	struct range range = { 0 };
	char name[BOOKMARK_NAME + 1], second[BOOKMARK_NAME + 1];
	struct word word;
	size_t column;

	if (!call_more(call))
		return make_range(ctx, call->start, call->end, &range, err) &&
		       toggle(ctx, range, err);
	if (!call_word(call, &word, err))
		return false;
	snprintf(name, sizeof(name), "%s", word.text);
	column = word.column;
	word_free(&word);
	if (strcmp(name, "goto") == 0 || strcmp(name, "delete") == 0) {
		if (!call_more(call))
			return error_at(err, call->args.pos + 1,
			                "which bookmark?");
		return call_only_word(call, second, sizeof(second), err) &&
		       act_on(ctx, name, second, err);
	}
	return make_range(ctx, call->start, call->end, &range, err) &&
	       set_named(ctx, call, name, column, &range, err);
}

static void print_bookmark(struct context *ctx, const struct range *b)
{
	struct output *out = ctx->out;
	uint64_t addr;
	bool shown = ranges_address(b, context_space(ctx), &addr);

	if (out->json) {
		json_begin(out);
		json_string(out, "name", b->name);
		if (shown)
			json_addr(out, addr);
		else
			json_no_addr(out);
		json_number(out, "len", b->len);
		json_string(out, "comment", b->comment ? b->comment : "");
		json_end(out);
		return;
	}
	output_safe(out, b->name);
	if (shown)
		output_text(out, " 0x%" PRIx64 ",0x%" PRIx64, addr,
		            addr + b->len);
	else
		output_text(out, " -");
	if (b->comment) {
		output_text(out, " ");
		output_safe(out, b->comment);
	}
	output_text(out, "\n");
}

RUN(bookmarks)
{
	if (!call_end(call, err))
		return false;
	if (ctx->show_panel)
		return ctx->show_panel(ctx, "bookmarks");
	for (size_t i = 0; i < ranges_count(ctx->bookmarks); i++) {
		struct range range = ranges_at(ctx->bookmarks, i);

		print_bookmark(ctx, &range);
	}
	return true;
}
