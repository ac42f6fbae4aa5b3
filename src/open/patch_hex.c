/*
 * patch_hex.c - patches as text: see patch_file.h
 *
 *	hexspan-patch 1
 *	file 1 "a.bin"
 *	@ 1 0x10 4 6
 *	- 00 01 02 03  # ....
 *	+ 61 62 63 64 65 66  # abcdef
 *
 * Rows of old and new bytes alternate, so that they can be compared.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/text.h"
#include "open/patch_impl.h"

enum {
	ROW = 16,
	RUN = 32, /* equal bytes that are worth a count */
	LINE = 256,
};

/* --- writing ------------------------------------------------------------- */

static size_t run_at(const unsigned char *v, size_t len)
{
	size_t n = 1;

	while (n < len && v[n] == v[0])
		n++;
	return n;
}

/* A row of bytes, or one of them many times; *done goes behind it. */
static bool put_row(struct patch_writer *w, char sign, const unsigned char *v,
                    size_t len, size_t *done, struct error *err)
{
	char line[LINE], text[ROW + 1];
	size_t run = v ? run_at(v + *done, len - *done) : len;
	size_t at, n = 0;

	if (!v) {
		snprintf(line, sizeof(line), "%c ??*%zu\n", sign, len);
		*done = len;
		return patch_text(w, line, err);
	}
	at = (size_t)snprintf(line, sizeof(line), "%c", sign);
	if (run >= RUN) {
		snprintf(line + at, sizeof(line) - at, " %02x*%zu\n", v[*done],
		         run);
		*done += run;
		return patch_text(w, line, err);
	}
	for (; n < ROW && *done < len; n++, ++*done) {
		unsigned char c = v[*done];

		if (n > 0 && run_at(v + *done, len - *done) >= RUN)
			break;
		at += (size_t)snprintf(line + at, sizeof(line) - at, " %02x",
		                       c);
		text[n] = text_is_print(c) ? (char)c : '.';
	}
	text[n] = '\0';
	snprintf(line + at, sizeof(line) - at, "  # %s\n", text);
	return patch_text(w, line, err);
}

bool patch_hex_put(struct patch_writer *w, const struct patch_hunk *hunk,
                   struct error *err)
{
	size_t old = 0, new = 0;
	char line[LINE];
	bool ok;

	snprintf(line, sizeof(line), "@ %u 0x%" PRIx64 " %zu %zu\n", hunk->file,
	         hunk->off, hunk->old_len, hunk->new_len);
	ok = patch_text(w, line, err);
	while (ok && (old < hunk->old_len || new < hunk->new_len)) {
		if (old < hunk->old_len && (old <= new || new == hunk->new_len))
			ok = put_row(w, '-', hunk->old, hunk->old_len, &old,
			             err);
		else
			ok = put_row(w, '+', hunk->new, hunk->new_len, &new,
			             err);
	}
	return ok;
}

/* --- reading ------------------------------------------------------------- */

/* The hunk that is read; without one, file is 0. */
struct open_hunk {
	uint64_t file, off;
	uint64_t old_len, new_len;
	size_t line;
};

/* "*N", if it stands there. */
static bool read_count(struct lexer *lx, uint64_t *count, struct error *err)
{
	*count = 1;
	if (lx->pos == lx->len || lx->line[lx->pos] != '*')
		return true;
	lx->pos++;
	return lexer_number(lx, &units_default, count, err) &&
	       (*count > 0 || error_set(err, ERR_SYNTAX, "0 times a byte"));
}

/* Bytes of one side: "61 00*16", or "??*16". */
static bool read_bytes(struct lexer *lx, struct patch_bytes *bytes,
                       struct error *err)
{
	for (lexer_blanks(lx); lx->pos < lx->len; lexer_blanks(lx)) {
		const char *at = lx->line + lx->pos;
		size_t left = lx->len - lx->pos;
		bool unknown = left > 1 && at[0] == '?' && at[1] == '?';
		int high = text_hex_digit(at[0]);
		int low = left > 1 ? text_hex_digit(at[1]) : -1;
		unsigned char byte = 0;
		uint64_t count;

		if (*at == '#')
			return true;
		if (!unknown && (high < 0 || low < 0))
			return error_set(err, ERR_SYNTAX,
			                 "bytes are two hex digits each, or "
			                 "??");
		if (bytes->len > 0 && bytes->unknown != unknown)
			return error_set(err, ERR_SYNTAX,
			                 "?? and bytes in one hunk");
		if (!unknown)
			byte = (unsigned char)(high << 4 | low);
		lx->pos += 2;
		bytes->unknown = unknown;
		if (!read_count(lx, &count, err) ||
		    !patch_append(bytes, byte, count, err))
			return false;
	}
	return true;
}

static bool number(struct lexer *lx, uint64_t *out, struct error *err)
{
	lexer_blanks(lx);
	return lexer_number(lx, &units_default, out, err);
}

/* Is all of it there? Then it is given on. */
static bool end_hunk(struct patch_reader *r, struct open_hunk *hunk,
                     struct error *err)
{
	uint64_t file = hunk->file;

	if (file == 0)
		return true;
	hunk->file = 0;
	r->line = hunk->line;
	if (r->old.len != hunk->old_len || r->new.len != hunk->new_len)
		return error_set(err, ERR_SYNTAX,
		                 "the hunk at 0x%" PRIx64 " has %zu old and "
		                 "%zu new bytes, not %" PRIu64 " and %" PRIu64,
		                 hunk->off, r->old.len, r->new.len,
		                 hunk->old_len, hunk->new_len);
	if (!patch_take_hunk(r, file, hunk->off, err))
		return false;
	r->line = 0;
	return true;
}

static bool begin_hunk(struct patch_reader *r, struct lexer *lx,
                       struct open_hunk *hunk, struct error *err)
{
	if (!number(lx, &hunk->file, err) || !number(lx, &hunk->off, err) ||
	    !number(lx, &hunk->old_len, err) ||
	    !number(lx, &hunk->new_len, err))
		return false;
	if (!lexer_end(lx) && lx->line[lx->pos] != '#')
		return error_set(err, ERR_SYNTAX,
		                 "@ FILE OFFSET OLD NEW is meant");
	if (hunk->file == 0)
		return error_set(err, ERR_SYNTAX, "no file has this number");
	hunk->line = r->in.line;
	r->old.len = r->new.len = 0;
	r->old.unknown = r->new.unknown = false;
	return true;
}

static bool read_file(struct patch_reader *r, struct lexer *lx,
                      struct error *err)
{
	struct words words;
	uint64_t n = 0;
	bool ok;

	if (!words_from(lx, &words, err))
		return false;
	if (words.count != 3 || strcmp(words.v[0].text, "file") != 0 ||
	    memchr(words.v[2].text, '\0', words.v[2].len))
		ok = error_set(err, ERR_SYNTAX,
		               "a line is file NUMBER PATH, @, - or +");
	else
		ok = number_parse(words.v[1].text, &units_default, &n, err) &&
		     patch_take_file(r, n, words.v[2].text, err);
	words_free(&words);
	return ok;
}

static bool read_row(struct patch_reader *r, struct lexer *lx, char sign,
                     const struct open_hunk *hunk, struct error *err)
{
	struct patch_bytes *bytes = sign == '-' ? &r->old : &r->new;
	uint64_t most = sign == '-' ? hunk->old_len : hunk->new_len;

	if (hunk->file == 0)
		return error_set(err, ERR_SYNTAX, "bytes before the first @");
	if (!read_bytes(lx, bytes, err))
		return false;
	return bytes->len <= most ||
	       error_set(err, ERR_SYNTAX,
	                 "more %s bytes than the %" PRIu64 " of this hunk",
	                 sign == '-' ? "old" : "new", most);
}

static bool read_line(struct patch_reader *r, struct lexer *lx,
                      struct open_hunk *hunk, struct error *err)
{
	char sign;

	lexer_blanks(lx);
	sign = lx->pos < lx->len ? lx->line[lx->pos] : '#';
	if (sign == '#')
		return true;
	if (sign == '-' || sign == '+') {
		lx->pos++;
		return read_row(r, lx, sign, hunk, err);
	}
	if (!end_hunk(r, hunk, err))
		return false;
	if (sign != '@')
		return read_file(r, lx, err);
	lx->pos++;
	return begin_hunk(r, lx, hunk, err);
}

static bool read_first(struct patch_reader *r, struct error *err)
{
	static const char magic[] = "hexspan-patch";
	const size_t len = sizeof(magic) - 1;
	struct lexer lx;
	bool there;

	/* It begins with this. */
	if (!reading_line(&r->in, &lx, &there, err))
		return false;
	lx.pos = len;
	lexer_blanks(&lx);
	if (lx.len - lx.pos == 1 && lx.pos > len && lx.line[lx.pos] == '1')
		return true;
	return error_set(err, ERR_SYNTAX,
	                 "this version of patches is not known (only 1)");
}

bool patch_hex_read(struct patch_reader *r, struct error *err)
{
	struct open_hunk hunk = { 0 };
	struct lexer lx;
	bool there;

	if (!read_first(r, err))
		return false;
	while (reading_line(&r->in, &lx, &there, err)) {
		if (!there)
			return end_hunk(r, &hunk, err);
		if (!read_line(r, &lx, &hunk, err))
			return false;
	}
	return false;
}
