/*
 * cmd_patterns.c - patterns: those with names, @email
 *
 * What a file says goes before what was there, so that it can be changed and
 * taken once more. A pattern is looked at when it is used: what it means may
 * depend on bookmarks that are not there yet.
 */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "find/named.h"
#include "open/buffer.h"
#include "open/reading.h"
#include "session.h"

enum { FILE_BYTES = 1 << 20 }; /* of a file of patterns, at most */

static bool show(void *arg, const struct named_entry *entry)
{
	struct output *out = arg;

	if (out->json) {
		json_begin(out);
		json_text(out, "name", entry->name, entry->name_len);
		json_text(out, "pattern", entry->pattern, entry->pattern_len);
		json_end(out);
		return !output_failed(out);
	}
	output_bytes(out, "@", 1);
	output_safe_bytes(out, entry->name, entry->name_len);
	output_bytes(out, " ", 1);
	output_safe_bytes(out, entry->pattern, entry->pattern_len);
	output_bytes(out, "\n", 1);
	return !output_failed(out);
}

static bool check_line(const struct lexer *lx, struct error *err)
{
	struct named_entry entry;

	if (memchr(lx->line, '\0', lx->len))
		return error_set(err, ERR_SYNTAX, "a byte 00 stands there");
	return !named_entry(lx->line, lx->len, &entry) ||
	       entry.pattern_len > 0 ||
	       error_set(err, ERR_SYNTAX, "a pattern must follow its name");
}

static bool append(struct buffer *text, const char *bytes, size_t len,
                   struct error *err)
{
	if (len > FILE_BYTES - text->len)
		return error_set(err, ERR_SYNTAX, "more than %d MiB",
		                 FILE_BYTES >> 20);
	return buffer_append(text, bytes, len, err);
}

static bool read_lines(struct reading *in, struct buffer *text,
                       struct error *err)
{
	struct lexer lx;
	bool there;

	while (reading_line(in, &lx, &there, err)) {
		if (!there)
			return true;
		if (!check_line(&lx, err) ||
		    !append(text, lx.line, lx.len, err) ||
		    !append(text, "\n", 1, err))
			return false;
	}
	return false;
}

/* *text: all lines of the file, each with its end. */
static bool read_file(struct context *ctx, const char *path,
                      struct buffer *text, struct error *err)
{
	struct reading in;
	bool ok;

	if (!reading_begin(&in, session_sys(ctx->session), path, err))
		return false;
	ok = read_lines(&in, text, err);
	if (!ok && err->code == ERR_SYNTAX) {
		err->column = 0;
		error_prefix(err, "%s:%zu", text_shown(path).s, in.line);
		error_add_path(err, path);
	}
	reading_end(&in);
	return ok;
}

/* What it says goes before what is there. */
static bool add(struct context *ctx, const struct buffer *text,
                struct error *err)
{
	char *all = named_merge(text->v, ctx->patterns, err);

	if (!all)
		return false;
	mem_free(ctx->patterns);
	ctx->patterns = all;
	return true;
}

bool patterns_take(struct context *ctx, const char *path, struct error *err)
{
	struct buffer text = { 0 };
	bool ok = read_file(ctx, path, &text, err);

	if (ok && text.len > 0)
		ok = add(ctx, &text, err);
	mem_free(text.v);
	return ok;
}

RUN(patterns)
{
	struct word path;
	bool ok;

	if (!call_more(call)) {
		named_each(ctx->patterns, show, ctx->out);
		return true;
	}
	if (!call_word(call, &path, err))
		return false;
	ok = call_end(call, err) && patterns_take(ctx, path.text, err);
	word_free(&path);
	return ok;
}
