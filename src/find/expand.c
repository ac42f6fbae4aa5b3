/*
 * expand.c - see expand.h
 *
 * It stands between slashes as the regex does, so that a VALUE in braces or
 * quotes is always the bytes that are written there, whatever the pattern.
 */
#include "config.h"

#include "find/expand.h"

#include <string.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/mem.h"
#include "base/text.h"
#include "find/pattern.h"
#include "find/search.h"

enum {
	GROUP_NAME = 33, /* PCRE2 takes names of 32 characters */
	GROUP_MAX = 65535,
};

/* What reading one goes on with. */
struct reader {
	struct lexer *lx;
	const struct pattern *pattern;
	struct expansion *out;
	struct error *err;
};

static char peek(const struct reader *r)
{
	return r->lx->pos < r->lx->len ? r->lx->line[r->lx->pos] : '\0';
}

static bool fail(const struct reader *r, size_t at, const char *what)
{
	return error_at(r->err, at + 1, "%s", what);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* --- reading -------------------------------------------------------------- */

static bool add_part(struct reader *r, struct expand_part part)
{
	struct expansion *out = r->out;

	if (!mem_grow(&out->parts, &out->parts_cap, out->count + 1,
	              sizeof(*out->parts), r->err))
		return false;
	out->parts[out->count++] = part;
	return true;
}

static bool add_byte(struct reader *r, unsigned char byte)
{
	struct expansion *out = r->out;
	struct expand_part part = { .from = out->len, .len = 1 };

	if (!mem_grow(&out->bytes, &out->cap, out->len + 1, 1, r->err))
		return false;
	out->bytes[out->len++] = byte;
	if (out->count == 0 || out->parts[out->count - 1].is_group)
		return add_part(r, part);
	out->parts[out->count - 1].len++;
	return true;
}

static bool add_group(struct reader *r, size_t at, size_t group)
{
	struct expand_part part = { .is_group = true, .group = group };

	if (group > pattern_groups(r->pattern))
		return error_at(r->err, at + 1, "the pattern has no group %zu",
		                group);
	return add_part(r, part);
}

/* A number of digits, at most `most` of them. */
static size_t number(struct reader *r, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < most && is_digit(peek(r)); i++, r->lx->pos++)
		n = size_min(n * 10 + (size_t)(peek(r) - '0'), GROUP_MAX);
	return n;
}

/* {name} or {1}, at its brace; `at` is the '$'. */
static bool braced(struct reader *r, size_t at)
{
	char name[GROUP_NAME] = "";
	size_t len = 0, group;

	r->lx->pos++;
	if (is_digit(peek(r))) {
		group = number(r, SIZE_MAX);
		if (peek(r) != '}')
			return fail(r, r->lx->pos, "} expected");
		r->lx->pos++;
		return add_group(r, at, group);
	}
	while (len < GROUP_NAME - 1 &&
	       (is_letter(peek(r)) || is_digit(peek(r))))
		name[len++] = r->lx->line[r->lx->pos++];
	if (peek(r) != '}')
		return fail(r, r->lx->pos,
		            "the name of a group and } expected");
	r->lx->pos++;
	if (!pattern_group(r->pattern, name, &group))
		return error_at(r->err, at + 1,
		                "the pattern has no group of the name '%s', or "
		                "several",
		                name);
	return add_group(r, at, group);
}

/* Behind a '$', which stands at `at`. */
static bool dollar(struct reader *r, size_t at)
{
	char c = peek(r);

	if (c == '{')
		return braced(r, at);
	if (is_digit(c))
		return add_group(r, at, number(r, SIZE_MAX));
	r->lx->pos++;
	if (c == '$')
		return add_byte(r, '$');
	if (c == '&')
		return add_group(r, at, 0);
	return fail(r, at, "$ is followed by a number, {name}, & or $");
}

/* Behind "\x", whose '\' stands at `at`. */
static bool hex(struct reader *r, size_t at)
{
	int high = text_hex_digit(peek(r));
	int low;

	r->lx->pos++;
	low = text_hex_digit(peek(r));
	if (high < 0 || low < 0)
		return fail(r, at, "\\x needs two hex digits");
	r->lx->pos++;
	return add_byte(r, (unsigned char)(high << 4 | low));
}

/* Behind a '\', which stands at `at`. */
static bool escape(struct reader *r, size_t at)
{
	static const char letters[] = "nrt\\/$";
	static const char bytes[] = "\n\r\t\\/$";
	char c = peek(r);
	const char *found = c ? strchr(letters, c) : NULL;

	if (is_digit(c))
		return add_group(r, at, number(r, 1));
	r->lx->pos++;
	if (c == 'x')
		return hex(r, at);
	if (!found)
		return fail(r, at,
		            "\\ is followed by a digit, xNN, n, r, t, $, / or "
		            "\\");
	return add_byte(r, (unsigned char)bytes[found - letters]);
}

static bool read_parts(struct reader *r)
{
	size_t open = r->lx->pos++;

	for (;;) {
		size_t at = r->lx->pos;
		char c = peek(r);
		bool ok;

		if (at == r->lx->len)
			return fail(r, open, "the slash is not closed");
		r->lx->pos++;
		if (c == '/')
			return true;
		ok = c == '$'    ? dollar(r, at)
		     : c == '\\' ? escape(r, at)
		                 : add_byte(r, (unsigned char)c);
		if (!ok)
			return false;
	}
}

bool expand_read(struct lexer *lx, const struct pattern *pattern,
                 struct expansion *out, struct error *err)
{
	struct reader r = {
		.lx = lx, .pattern = pattern, .out = out, .err = err
	};

	*out = (struct expansion){ 0 };
	if (read_parts(&r))
		return true;
	expand_free(out);
	return false;
}

void expand_free(struct expansion *expansion)
{
	mem_free(expansion->bytes);
	mem_free(expansion->parts);
	*expansion = (struct expansion){ 0 };
}

/* --- expanding ------------------------------------------------------------ */

bool expand(const struct expansion *expansion, const struct searcher *searcher,
            struct expanded *out, struct error *err)
{
	for (size_t i = 0; i < expansion->count; i++) {
		const struct expand_part *part = &expansion->parts[i];
		const unsigned char *bytes;
		size_t len = part->len;

		if (part->is_group)
			bytes = searcher_group(searcher, part->group, &len);
		else
			bytes = expansion->bytes + part->from;
		if (len == 0)
			continue;
		if (!mem_grow(&out->v, &out->cap, out->len + len, 1, err))
			return false;
		memcpy(out->v + out->len, bytes, len);
		out->len += len;
	}
	return true;
}
