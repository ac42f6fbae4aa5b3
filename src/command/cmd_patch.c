/* cmd_patch.c - patch: edits as a file, and from one */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/earlier.h"
#include "command/patch.h"
#include "command/table.h"
#include "edit/past.h"
#include "open/patch_file.h"
#include "session.h"

static bool read_segment(struct call *call, const struct space *sp,
                         uint32_t *number, struct error *err)
{
	size_t column = call->args.pos + 1;
	uint64_t value;

	call->args.pos++;
	if (!lexer_number(&call->args, &units_default, &value, err))
		return false;
	if (value == 0 || value > UINT32_MAX ||
	    !space_numbered(sp, (uint32_t)value))
		return error_at(err, column, "there is no segment #%" PRIu64,
		                value);
	*number = (uint32_t)value;
	return true;
}

static bool read_format(struct call *call, struct patch_wanted *wanted,
                        struct error *err)
{
	struct word word;
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = patch_format_named(word.text, &wanted->format);
	if (!ok)
		error_at(err, word.column, "unknown format '%s' (hex json ips)",
		         text_shown(word.text).s);
	wanted->has_format = ok;
	word_free(&word);
	return ok;
}

static bool read_from(struct call *call, struct patch_wanted *wanted,
                      struct error *err)
{
	uint64_t n;

	lexer_blanks(&call->args);
	wanted->from_column = call->args.pos + 1;
	if (!lexer_number(&call->args, &units_default, &n, err))
		return false;
	wanted->has_from = true;
	wanted->from = (size_t)u64_min(n, SIZE_MAX);
	return true;
}

/* [#N] [from ID] [as FORMAT] */
static bool read_words(struct context *ctx, struct call *call, bool save,
                       struct patch_wanted *wanted, struct error *err)
{
	*wanted = (struct patch_wanted){ 0 };
	while (call_more(call)) {
		struct word word;
		bool is_as, is_from;

		if (call->args.line[call->args.pos] == '#') {
			if (!read_segment(call, context_space(ctx),
			                  &wanted->number, err))
				return false;
			continue;
		}
		if (!call_word(call, &word, err))
			return false;
		is_as = save && strcmp(word.text, "as") == 0;
		is_from = save && strcmp(word.text, "from") == 0;
		if (!is_as && !is_from)
			error_at(err, word.column, "usage: patch %s",
			         call->command->usage);
		word_free(&word);
		if (is_as ? !read_format(call, wanted, err)
		          : !is_from || !read_from(call, wanted, err))
			return false;
	}
	return true;
}

static bool is_done(const struct context *ctx,
                    const struct patch_wanted *wanted, struct error *err)
{
	size_t most = past_done(session_past(ctx->session));

	return wanted->from <= most ||
	       error_at(err, wanted->from_column,
	                "there is no step %zu that is done (of %zu)",
	                wanted->from, most);
}

/* `whole` is the call before its first word was read. */
static bool save(struct context *ctx, const struct call *whole,
                 struct call *call, const char *path, struct error *err)
{
	struct patch_wanted wanted;
	bool later;

	if (!read_words(ctx, call, true, &wanted, err))
		return false;
	if (wanted.has_from) {
		if (!earlier_load(ctx, whole, SIZE_MAX, &later, err))
			return false;
		if (later)
			return true;
		if (!is_done(ctx, &wanted, err))
			return false;
	}
	if (!wanted.has_format)
		wanted.format = patch_format_of(path);
	return may_make(ctx, call, path, "patch! save", err) &&
	       patch_save(ctx, path, &wanted, err);
}

static bool apply(struct context *ctx, struct call *call, const char *path,
                  struct error *err)
{
	struct patch_wanted wanted;
	uint64_t hunks, bytes;

	if (!read_words(ctx, call, false, &wanted, err) ||
	    !patch_apply(ctx, path,
	                 space_numbered(context_space(ctx), wanted.number),
	                 edit_flags(call), &hunks, &bytes, err))
		return false;
	patch_report(ctx, hunks, bytes);
	return true;
}

RUN(patch)
{
	const struct call whole = *call;
	struct word word, path;
	bool is_save, is_apply, ok;
	size_t column;

	if (!call_word(call, &word, err))
		return false;
	is_save = strcmp(word.text, "save") == 0;
	is_apply = strcmp(word.text, "apply") == 0;
	column = word.column;
	word_free(&word);
	if (!is_save && !is_apply)
		return error_at(err, column, "usage: patch %s",
		                call->command->usage);
	if (!call_word(call, &path, err))
		return false;
	ok = is_save ? save(ctx, &whole, call, path.text, err)
	             : apply(ctx, call, path.text, err);
	word_free(&path);
	return ok;
}
