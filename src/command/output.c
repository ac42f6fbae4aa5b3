/* output.c - see output.h */
#include "config.h"

#include "command/output.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { OUTPUT_MUCH = 1 << 16 };

void output_init(struct output *out, bool json, output_sink *sink, void *ctx)
{
	memset(out, 0, sizeof(*out));
	out->json = json;
	out->sink = sink;
	out->ctx = ctx;
}

void output_free(struct output *out)
{
	mem_free(out->v);
	out->v = NULL;
	out->len = 0;
	out->cap = 0;
}

static void drain(struct output *out)
{
	if (!out->failed && out->len > 0 &&
	    !out->sink(out->ctx, out->v, out->len, &out->err))
		out->failed = true;
	out->len = 0;
}

bool output_flush(struct output *out, struct error *err)
{
	drain(out);
	if (out->failed)
		*err = out->err;
	return !out->failed;
}

bool output_failed(struct output *out)
{
	if (out->len >= OUTPUT_MUCH && out->sink)
		drain(out);
	return out->failed;
}

void output_bytes(struct output *out, const void *bytes, size_t len)
{
	if (out->failed || len == 0)
		return;
	if (!mem_grow(&out->v, &out->cap, out->len + len, 1, &out->err)) {
		out->failed = true;
		return;
	}
	memcpy(out->v + out->len, bytes, len);
	out->len += len;
}

void output_text(struct output *out, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n > 0)
		output_bytes(out, line, size_min((size_t)n, sizeof(line) - 1));
}

void output_safe_bytes(struct output *out, const void *bytes, size_t len)
{
	size_t need = text_safe(NULL, 0, bytes, len);

	if (out->failed)
		return;
	if (!mem_grow(&out->v, &out->cap, out->len + need + 1, 1, &out->err)) {
		out->failed = true;
		return;
	}
	text_safe(out->v + out->len, need + 1, bytes, len);
	out->len += need;
}

void output_safe(struct output *out, const char *text)
{
	output_safe_bytes(out, text, strlen(text));
}

/* --- JSON ---------------------------------------------------------------- */

void json_begin(struct output *out)
{
	output_text(out, "{");
	out->comma = false;
}

void json_end(struct output *out)
{
	output_text(out, "}\n");
}

static void json_key(struct output *out, const char *key)
{
	output_text(out, "%s\"%s\":", out->comma ? "," : "", key);
	out->comma = true;
}

void json_number(struct output *out, const char *key, uint64_t value)
{
	json_key(out, key);
	output_text(out, "%" PRIu64, value);
}

void json_signed(struct output *out, const char *key, int64_t value)
{
	json_key(out, key);
	output_text(out, "%" PRId64, value);
}

void json_addr(struct output *out, uint64_t addr)
{
	json_number(out, "addr", addr);
	json_key(out, "at");
	output_text(out, "\"0x%" PRIx64 "\"", addr);
}

void json_no_addr(struct output *out)
{
	json_null(out, "addr");
	json_null(out, "at");
}

void json_place(struct output *out, const struct space *sp, struct place place)
{
	const struct segment *seg = space_numbered(sp, place.segment);
	bool end = place.side == SIDE_END;

	json_number(out, "segment", place.segment);
	if (seg && end) {
		json_number(out, "off", seg->size);
		json_number(out, "file_off", seg->off + seg->size);
	} else if (seg) {
		struct location at = space_locate(sp, place.addr);

		json_number(out, "off", at.off);
		json_number(out, "file_off", at.doc_off);
	} else {
		json_null(out, "off");
		json_null(out, "file_off");
	}
	if (end)
		json_string(out, "side", "end");
}

void json_bool(struct output *out, const char *key, bool value)
{
	json_key(out, key);
	output_text(out, value ? "true" : "false");
}

void json_null(struct output *out, const char *key)
{
	json_key(out, key);
	output_text(out, "null");
}

void json_open_string(struct output *out, const char *key)
{
	json_key(out, key);
	output_text(out, "\"");
}

void json_close_string(struct output *out)
{
	output_text(out, "\"");
}

/* The safe form of a text, escaped for JSON: it has no controls left. */
static void json_escape(struct output *out, const char *text, size_t len)
{
	struct output plain;

	output_init(&plain, false, NULL, NULL);
	if (!mem_grow(&plain.v, &plain.cap, text_safe(NULL, 0, text, len) + 1,
	              1, &out->err)) {
		out->failed = true;
		return;
	}
	plain.len = text_safe(plain.v, plain.cap, text, len);
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.v[i] == '"' || plain.v[i] == '\\')
			output_bytes(out, "\\", 1);
		output_bytes(out, plain.v + i, 1);
	}
	output_free(&plain);
}

static bool is_utf8(const char *text, size_t len)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = text_decode(text + i, len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

void json_text(struct output *out, const char *key, const char *text,
               size_t len)
{
	char exact[64];

	json_open_string(out, key);
	json_escape(out, text, len);
	json_close_string(out);
	if (is_utf8(text, len))
		return;
	snprintf(exact, sizeof(exact), "%s_hex", key);
	json_open_string(out, exact);
	for (size_t i = 0; i < len; i++)
		output_text(out, "%02x", (unsigned char)text[i]);
	json_close_string(out);
}

void json_string(struct output *out, const char *key, const char *text)
{
	json_text(out, key, text, strlen(text));
}

void json_lines(struct output *out, const char *key, const char *text,
                size_t len)
{
	json_open_string(out, key);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			output_text(out, "\\n");
		else if (text[i] == '\t')
			output_text(out, "\\t");
		else if (text[i] == '"' || text[i] == '\\')
			output_text(out, "\\%c", text[i]);
		else
			output_bytes(out, text + i, 1);
	}
	json_close_string(out);
}

void json_error(struct output *out, const char *command, const char *where,
                const struct error *err)
{
	json_begin(out);
	/* It is safe already: once more would escape its escapes. */
	json_lines(out, "error", err->text, strlen(err->text));
	json_number(out, "code", (uint64_t)error_status(err));
	json_string(out, "command", command);
	if (*where)
		json_string(out, "where", where);
	if (err->column)
		json_number(out, "column", err->column);
	if (err->has_addr)
		json_addr(out, err->addr);
	if (err->path[0])
		json_string(out, "path", err->path);
	if (err->sys)
		json_number(out, "errno", (uint64_t)err->sys);
	json_end(out);
}
