/*
 * run_batch.c - batches and scripts; see run.h
 *
 * Both are read a line at a time, so that a pipe may hand on what its lines
 * bring.
 */
#include "config.h"

#include "command/run.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/error.h"
#include "base/text.h"
#include "command/context.h"
#include "command/output.h"
#include "edit/past.h"
#include "session.h"

enum {
	SOURCE_DEPTH = 8,
	LINE_SHOWN = 160,  /* bytes of a line that is wrong */
	LINE_BEFORE = 120, /* of these, in front of the column */
};

static bool to_stderr(void *ctx, const char *bytes, size_t len,
                      struct error *err)
{
	(void)ctx;
	(void)err;
	return fwrite(bytes, 1, len, stderr) == len;
}

/* The character at `text` as it is shown, a tab as a blank, with its length
   there and its width here. */
static size_t show_char(const char *text, size_t len, char shown[20],
                        size_t *width)
{
	uint32_t cp;
	size_t n = text_decode(text, len, &cp);

	if (*text == '\t') {
		*width = 1;
		strcpy(shown, " ");
	} else {
		*width = text_safe(shown, 20, text, n > 0 ? n : 1);
		if (n > 1 && text_is_safe(cp))
			*width = wcwidth((wchar_t)cp) == 2 ? 2 : 1;
	}
	return n > 0 ? n : 1;
}

/* Of a long line what is around the column is shown, from here on. */
static size_t shown_from(const char *line, size_t len, size_t column)
{
	size_t from, start;

	if (len <= LINE_SHOWN || column <= LINE_BEFORE)
		return 0;
	from = start = size_min(column - LINE_BEFORE, len - LINE_SHOWN);
	/* Not in the middle of a character, if it is one. */
	while (start > 0 && from - start < 3 && (line[start] & 0xc0) == 0x80)
		start--;
	return (line[start] & 0xc0) == 0x80 ? from : start;
}

/* The line with a caret under the column, which counts bytes. The locale says
   how wide characters are, to this thread and for this line alone. */
static void show_column(const char *line, size_t len, size_t column)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	locale_t before = locale ? uselocale(locale) : (locale_t)0;
	size_t from = shown_from(line, len, column);
	size_t to = size_min(len, from + LINE_SHOWN);
	size_t at = from > 0 ? 2 : 0;

	fputs(from > 0 ? "  .." : "  ", stderr);
	for (size_t i = from; i < to;) {
		char shown[20]; /* "\xNN" for each of four bytes */
		size_t width, n = show_char(line + i, len - i, shown, &width);

		fputs(shown, stderr);
		at += i + n < column ? width : 0;
		i += n;
	}
	fprintf(stderr, "%s\n  %*s^\n", to < len ? ".." : "", (int)at, "");
	if (locale) {
		(void)uselocale(before);
		freelocale(locale);
	}
}

static void report(const struct context *ctx, const char *name,
                   const char *where, const char *line, size_t len,
                   const struct error *err)
{
	if (ctx->out->json) {
		struct output out;

		output_init(&out, true, to_stderr, NULL);
		json_error(&out, name, where, err);
		(void)to_stderr(NULL, out.v, out.len, NULL);
		output_free(&out);
		return;
	}
	fprintf(stderr, "hexspan: %s%s%s%s%s\n", where, *where ? ": " : "",
	        name, *name ? ": " : "", err->text);
	if (err->column > 0 && err->column <= len + 1)
		show_column(line, len, err->column);
}

/* Does the run end after this failure? */
static bool stops(const struct context *ctx, const struct error *err)
{
	return ctx->options.errors == 0 ||
	       (err->code == ERR_IO && err->sys == EPIPE);
}

/* Run one line of a batch; updates *status. True: go on. */
static bool batch_line(struct context *ctx, const char *where, const char *line,
                       size_t len, int *status)
{
	char name[COMMAND_NAME];
	struct error err;
	bool ok = run_line(ctx, line, len, name, &err);
	struct error flush_err;

	*status = int_max(*status, ctx->status);
	/* What went out before the failure stands in front of its message. */
	if (!output_flush(ctx->out, &flush_err)) {
		*status = 3;
		if (flush_err.sys != EPIPE)
			report(ctx, name, where, line, len, &flush_err);
		return false;
	}
	if (ok)
		return !ctx->quit;
	report(ctx, name, where, line, len, &err);
	*status = int_max(*status, error_status(&err));
	return !stops(ctx, &err);
}

/* A script is read a line at a time; its lines end in LF or CRLF. */
struct script {
	FILE *f;
	char *line; /* by getline */
	size_t cap, len, number;
	char where[300]; /* "fix.hxs:3" */
	const char *path;
};

static bool script_open(struct script *script, const char *path,
                        struct error *err)
{
	*script = (struct script){ .path = path };
	script->f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (script->f)
		return true;
	error_sys(err, errno, "%s", text_shown(path).s);
	return error_add_path(err, path);
}

/* The next line, or false at the end; then err->code says if that failed. */
static bool script_next(struct script *script, struct error *err)
{
	ssize_t n = getline(&script->line, &script->cap, script->f);

	err->code = ERR_NONE;
	if (n < 0) {
		if (!feof(script->f)) {
			error_sys(err, errno, "%s", text_shown(script->path).s);
			error_add_path(err, script->path);
		}
		return false;
	}
	script->len = (size_t)n;
	while (script->len > 0 && (script->line[script->len - 1] == '\r' ||
	                           script->line[script->len - 1] == '\n'))
		script->len--;
	snprintf(script->where, sizeof(script->where), "%s:%zu",
	         text_shown(script->path).s, ++script->number);
	return true;
}

static void script_close(struct script *script)
{
	free(script->line);
	if (script->f != stdin)
		fclose(script->f);
}

bool run_script(struct context *ctx, const char *path, struct error *err)
{
	struct script script;
	char name[COMMAND_NAME];
	bool ok = true;

	if (ctx->depth == SOURCE_DEPTH)
		return error_set(err, ERR_SYNTAX,
		                 "%s: scripts nested deeper than %d",
		                 text_shown(path).s, SOURCE_DEPTH);
	if ((strcmp(path, "-") == 0 &&
	     !session_take_stdin(ctx->session, err)) ||
	    !script_open(&script, path, err))
		return false;
	ctx->depth++;
	while (ok && !ctx->quit && script_next(&script, err)) {
		ok = run_line(ctx, script.line, script.len, name, err);
		if (!ok)
			error_prefix(err, "%s%s%s", script.where,
			             *name ? ": " : "", name);
	}
	ctx->depth--;
	script_close(&script);
	/* The column is one of the script's line, not of the caller's. */
	if (!ok)
		err->column = 0;
	return ok && (ctx->quit || err->code == ERR_NONE);
}

static int batch_file(struct context *ctx, const char *path, bool *stop)
{
	struct script script;
	struct error err;
	int status = 0;

	if (!script_open(&script, path, &err)) {
		report(ctx, "", "", "", 0, &err);
		*stop = true;
		return error_status(&err);
	}
	while (!*stop && script_next(&script, &err))
		*stop = !batch_line(ctx, script.where, script.line, script.len,
		                    &status);
	if (!*stop && err.code != ERR_NONE) {
		report(ctx, "", "", "", 0, &err);
		status = int_max(status, error_status(&err));
		*stop = true;
	}
	script_close(&script);
	return status;
}

int run_batch(struct context *ctx, const struct batch_step *steps, size_t count)
{
	int status = 0;
	bool stop = false;

	for (size_t i = 0; i < count && !stop; i++) {
		if (steps[i].is_file)
			status = int_max(status,
			                 batch_file(ctx, steps[i].text, &stop));
		else
			stop = !batch_line(ctx, "", steps[i].text,
			                   strlen(steps[i].text), &status);
	}
	return status;
}

static int list_edits(struct context *ctx, int status)
{
	static const char line[] = "edits";
	char name[COMMAND_NAME];
	struct error err;

	if (run_line(ctx, line, sizeof(line) - 1, name, &err) &&
	    output_flush(ctx->out, &err))
		return status;
	report(ctx, name, "", "", 0, &err);
	return int_max(status, error_status(&err));
}

int batch_end(struct context *ctx, int status)
{
	size_t files = session_edited(ctx->session);
	size_t edits = past_done(session_past(ctx->session)) -
	               session_flushed_steps(ctx->session);
	bool keep = ctx->keep && !ctx->dropped &&
	            session_journal(ctx->session) == JOURNAL_KEEPS;
	size_t unkept = session_unkept(ctx->session);
	char kept[80] = "kept in the journal";

	session_drop_edits(ctx->session, !keep);
	if (ctx->is_trial)
		return list_edits(ctx, status);
	if (session_flush_is_open(ctx->session)) {
		context_say(ctx,
		            session_journal(ctx->session) == JOURNAL_KEEPS
		                    ? "a flush was left open in the "
		                      "journal: the next run with its "
		                      "files finishes it or rolls it back"
		                    : "a flush was left open, and there is "
		                      "no journal to finish it from: files "
		                      "may be half written");
		return int_max(status, 3);
	}
	if (files == 0 || ctx->dropped)
		return status;
	if (edits == 0)
		edits = 1; /* what takes back a flushed step is one */
	if (unkept > 0)
		snprintf(kept, sizeof(kept),
		         "kept in the journal, but for %zu file%s which it "
		         "cannot have",
		         unkept, text_plural(unkept));
	context_say(ctx, "%zu edit%s in %zu file%s not written, %s", edits,
	            text_plural(edits), files, text_plural(files),
	            keep             ? kept
	            : ctx->has_taken ? "dropped; those of an earlier run wait "
	                               "again"
	                             : "dropped");
	return int_max(status, 3);
}
