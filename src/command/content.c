/*
 * content.c - see content.h
 *
 * Values are written as patterns are, so that what was found can be put
 * elsewhere; but a value has no choices, and its text is not folded.
 */
#include "config.h"

#include "command/content.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/context.h"
#include "command/table.h"
#include "edit/fill.h"
#include "edit/store.h"
#include "find/charset.h"
#include "find/number.h"
#include "session.h"

/* What reading one goes on with. */
struct reader {
	struct lexer *lx;
	struct number_scope numbers;
	struct content *out;
	struct error *err;
};

static char peek(const struct reader *r)
{
	return r->lx->pos < r->lx->len ? r->lx->line[r->lx->pos] : '\0';
}

static bool at_end(const struct reader *r)
{
	return r->lx->pos == r->lx->len || peek(r) == ' ' || peek(r) == '\t';
}

static bool put(struct reader *r, const void *bytes, size_t len)
{
	struct content *out = r->out;

	if (!mem_grow(&out->v, &out->cap, out->len + len, 1, r->err))
		return false;
	if (len > 0)
		memcpy(out->v + out->len, bytes, len);
	out->len += len;
	return true;
}

static bool hex_byte(struct reader *r)
{
	int high = text_hex_digit(peek(r));
	unsigned char byte;
	int low;

	if (high < 0)
		return error_at(r->err, r->lx->pos + 1,
		                "hex digits or } expected");
	r->lx->pos++;
	low = text_hex_digit(peek(r));
	if (low < 0)
		return error_at(r->err, r->lx->pos,
		                "a hex digit without its second one");
	r->lx->pos++;
	byte = (unsigned char)(high << 4 | low);
	return put(r, &byte, 1);
}

static bool hex(struct reader *r)
{
	size_t open = r->lx->pos + 1;

	r->lx->pos++;
	for (;;) {
		lexer_blanks(r->lx);
		if (r->lx->pos == r->lx->len)
			return error_at(r->err, open,
			                "the brace is not closed");
		if (peek(r) == '}')
			break;
		if (!hex_byte(r))
			return false;
	}
	r->lx->pos++;
	return true;
}

static bool put_encoded(struct reader *r, const struct word *word,
                        enum charset set)
{
	size_t n;

	for (size_t i = 0; i < word->len; i += n) {
		unsigned char bytes[CHARSET_BYTES];
		size_t len = 0;
		uint32_t cp;

		n = text_decode(word->text + i, word->len - i, &cp);
		if (n > 0)
			len = charset_encode(set, cp, bytes);
		if (len == 0)
			return error_at(r->err, word->column,
			                "the text has a character that %s does "
			                "not have",
			                charset_name(set));
		if (!put(r, bytes, len))
			return false;
	}
	return true;
}

/* "text", in the encoding that is named; its bytes as typed if none is. */
static bool text(struct reader *r, const enum charset *set)
{
	struct word word;
	bool ok;

	if (!lexer_quoted(r->lx, &word, r->err))
		return false;
	ok = set ? put_encoded(r, &word, *set) : put(r, word.text, word.len);
	word_free(&word);
	return ok;
}

static bool numbers(struct reader *r, const struct number_type *type)
{
	unsigned char bytes[NUMBER_BYTES];

	do {
		r->lx->pos++; /* ':' or ',' */
		if (!number_read(r->lx, type, &r->numbers, bytes, r->err) ||
		    !put(r, bytes, type->size))
			return false;
	} while (peek(r) == ',');
	return true;
}

static bool is_word(const char *word, size_t len, const char *want)
{
	return len == strlen(want) && memcmp(word, want, len) == 0;
}

/* A value that begins with a word: TYPE:.., zero, random. */
static bool named(struct reader *r)
{
	const char *word = r->lx->line + r->lx->pos;
	size_t rest = r->lx->len - r->lx->pos;
	struct number_type type;
	enum charset set;
	size_t len = 0;

	while (len < rest && !strchr(" \t:", word[len]))
		len++;
	if (len == rest || word[len] != ':') {
		r->out->kind = is_word(word, len, "zero") ? CONTENT_ZERO
		                                          : CONTENT_RANDOM;
		if (r->out->kind == CONTENT_RANDOM &&
		    !is_word(word, len, "random"))
			return error_at(r->err, r->lx->pos + 1,
			                "a value is {hex digits}, \"text\", "
			                "u32le:1234, utf16le:\"text\", zero "
			                "or random");
		r->lx->pos += len;
		return true;
	}
	if (number_find(word, len, &type)) {
		r->lx->pos += len;
		return numbers(r, &type);
	}
	if (!charset_find(word, len, &set))
		return error_at(r->err, r->lx->pos + 1,
		                "there is no type of this name (u8, i16le, "
		                "u32be, f64le, utf16le, ..)");
	r->lx->pos += len + 1;
	if (peek(r) != '"')
		return error_at(r->err, r->lx->pos + 1, "\" expected");
	return text(r, &set);
}

static bool read_one(struct reader *r, bool empty)
{
	bool ok = peek(r) == '{'   ? hex(r)
	          : peek(r) == '"' ? text(r, NULL)
	                           : named(r);

	if (!ok)
		return false;
	if (!at_end(r))
		return error_at(r->err, r->lx->pos + 1, "a blank must follow");
	return empty || r->out->kind != CONTENT_BYTES || r->out->len > 0 ||
	       error_at(r->err, r->out->column, "the value has no bytes");
}

static bool eval(void *arg, struct lexer *lx, bool *negative, uint64_t *mag,
                 struct error *err)
{
	struct scope scope = context_scope(arg);

	return address_value(lx, &scope, negative, mag, err);
}

static bool read_content(struct context *ctx, struct call *call, bool empty,
                         struct content *out, struct error *err)
{
	struct units units = context_units(ctx);
	struct reader r = { .lx = &call->args,
		            .numbers = { &units, eval, ctx },
		            .out = out,
		            .err = err };

	*out = (struct content){ 0 };
	if (!call_more(call))
		return error_at(err, call->args.pos + 1, "usage: %s %s",
		                call->command->name, call->command->usage);
	out->column = call->args.pos + 1;
	if (read_one(&r, empty))
		return true;
	content_free(out);
	return false;
}

bool content_read(struct context *ctx, struct call *call, struct content *out,
                  struct error *err)
{
	return read_content(ctx, call, false, out, err);
}

bool content_read_empty(struct context *ctx, struct call *call,
                        struct content *out, struct error *err)
{
	return read_content(ctx, call, true, out, err);
}

bool content_bytes(struct context *ctx, struct call *call, struct content *out,
                   struct error *err)
{
	if (!content_read(ctx, call, out, err))
		return false;
	return out->kind == CONTENT_BYTES ||
	       error_at(err, out->column,
	                "how many bytes? (fill and insert know, as {00} does)");
}

void content_free(struct content *content)
{
	mem_free(content->v);
	*content = (struct content){ 0 };
}

static bool put_random(struct context *ctx, uint64_t len, struct piece *out,
                       struct error *err)
{
	unsigned char key[FILL_KEY];
	int result = session_sys(ctx->session)->random(key, sizeof(key));

	if (result < 0)
		return error_sys(err, -result, "random numbers");
	return store_put_random(session_store(ctx->session), key, len, out,
	                        err);
}

bool content_put(struct context *ctx, const struct content *content,
                 uint64_t len, struct piece *out, struct error *err)
{
	struct store *store = session_store(ctx->session);

	switch (content->kind) {
	case CONTENT_RANDOM:
		return put_random(ctx, len, out, err);
	case CONTENT_ZERO:
		return store_put_fill(store, "", 1, len, out, err);
	default:
		break;
	}
	if (len == content->len)
		return store_put(store, content->v, content->len, out, err);
	if (content->len > STORE_PATTERN_MAX)
		return error_set(err, ERR_LIMIT,
		                 "at most %d bytes can be repeated",
		                 STORE_PATTERN_MAX);
	return store_put_fill(store, content->v, content->len, len, out, err);
}
