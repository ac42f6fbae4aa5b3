/*
 * clipboard.c - see clipboard.h
 *
 * The terminal is not asked whether it took the text: an answer could be taken
 * for keys.
 */
#include "config.h"

#include "ui/clipboard.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/format.h"
#include "command/output.h"
#include "command/table.h"
#include "ui/app.h"

static struct app *app_of(struct context *ctx)
{
	return ctx->ui;
}

static bool is_on(struct context *ctx)
{
	return ctx->options.clipboard == CLIPBOARD_OSC52 &&
	       screen_has_clipboard(app_of(ctx)->screen);
}

/* Bytes in a format, without a newline at the end. ERR_NOMEM. */
static bool make_text(const char *format, const unsigned char *bytes,
                      size_t len, uint64_t addr, struct output *out,
                      struct error *err)
{
	struct formatter f;

	output_init(out, false, NULL, NULL);
	format_begin(&f, format_find(format), out);
	format_put(&f, addr, bytes, len);
	format_end(&f);
	if (out->len > 0 && out->v[out->len - 1] == '\n')
		out->len--;
	if (!out->failed)
		return true;
	*err = out->err;
	output_free(out);
	return false;
}

/* In base64, without the ends of its lines. */
static bool send(struct context *ctx, const char *text, size_t len,
                 struct error *err)
{
	struct output out;
	size_t n = 0;

	if (!make_text("base64", (const unsigned char *)text, len, 0, &out,
	               err))
		return false;
	for (size_t i = 0; i < out.len; i++)
		if (out.v[i] != '\n')
			out.v[n++] = out.v[i];
	screen_clipboard(app_of(ctx)->screen, out.v, n);
	output_free(&out);
	return true;
}

/* Are they a text that can be shown as it is? */
static bool is_text(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t ch;
		size_t n = text_decode((const char *)bytes + i, len - i, &ch);

		if (n == 0 ||
		    (text_safe(NULL, 0, (const char *)bytes + i, n) != n &&
		     bytes[i] != '\n' && bytes[i] != '\t'))
			return false;
		i += n;
	}
	return true;
}

void clipboard_copied(struct context *ctx, char note[static CLIPBOARD_NOTE])
{
	const unsigned char *bytes = ctx->clip;
	size_t len = ctx->clip_len;
	struct output out;
	struct error err;
	bool ok, text;

	note[0] = '\0';
	if (!is_on(ctx))
		return;
	text = app_of(ctx)->window.pane == PANE_TEXT && len <= CLIPBOARD_MOST &&
	       is_text(bytes, len);
	if (len > (text ? CLIPBOARD_MOST : CLIPBOARD_MOST / 3)) {
		snprintf(note, CLIPBOARD_NOTE,
		         ", too many for the terminal's clipboard");
		return;
	}
	if (text) {
		ok = send(ctx, (const char *)bytes, len, &err);
	} else {
		ok = make_text("digits", bytes, len, 0, &out, &err);
		if (ok) {
			ok = send(ctx, out.v, out.len, &err);
			output_free(&out);
		}
	}
	if (!ok)
		snprintf(note, CLIPBOARD_NOTE,
		         ", not to the clipboard: out of memory");
}

/* --- copy-as ------------------------------------------------------------- */

/* The format's own name, and "row", which is none. */
static bool read_format(struct call *call, char format[static 16],
                        struct error *err)
{
	static const char *const known[] = { "hex",    "c",    "python",
		                             "base64", "text", "row" };
	size_t column = call->args.pos + 1;

	if (!call_only_word(call, format, 16, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(format, known[i]) == 0)
			return true;
	return error_at(err, column, "usage: copy-as %s", call->command->usage);
}

static bool make(struct context *ctx, const struct call *call,
                 const char *format, const struct content *bytes,
                 struct output *out, struct error *err)
{
	if (strcmp(format, "row") == 0)
		return print_rows(ctx, call->start, call->end, out, err);
	return make_text(strcmp(format, "hex") == 0 ? "digits" : format,
	                 bytes->v, bytes->len, call->start, out, err);
}

bool clipboard_copy_as(struct context *ctx, struct call *call,
                       struct error *err)
{
	struct content bytes;
	struct output out;
	char format[16];
	bool ok;

	if (!read_format(call, format, err))
		return false;
	if (!is_on(ctx))
		return error_set(err, ERR_STATE,
		                 ctx->options.clipboard == CLIPBOARD_OSC52
		                         ? "this terminal has no clipboard"
		                         : "clipboard=off: nothing is sent");
	if (call->end - call->start > CLIPBOARD_MOST)
		return error_set(err, ERR_LIMIT,
		                 "the terminal's clipboard takes %d characters",
		                 CLIPBOARD_MOST);
	if (!edit_load(ctx, call, &bytes, err))
		return false;
	if (!make(ctx, call, format, &bytes, &out, err)) {
		content_free(&bytes);
		return false;
	}
	if (out.len > CLIPBOARD_MOST)
		ok = error_set(err, ERR_LIMIT,
		               "that is %zu characters, and the terminal's "
		               "clipboard takes %d",
		               out.len, CLIPBOARD_MOST);
	else
		ok = send(ctx, out.v, out.len, err);
	if (ok) {
		context_say(ctx, "%zu byte%s copied as %s", bytes.len,
		            text_plural(bytes.len), format);
		clip_keep(ctx, &bytes);
	} else {
		content_free(&bytes);
	}
	output_free(&out);
	return ok;
}
