/*
 * patch_json.c - patches as JSON Lines: see patch_file.h
 *
 *	{"format":"hexspan-patch","version":1}
 *	{"file":1,"path":"a.bin"}
 *	{"file":1,"off":16,"old":"00010203","new":"616263646566"}
 *
 * Old bytes without a value are "old":null,"old_len":N. The objects are flat;
 * keys that are not known are passed over.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "open/buffer.h"
#include "open/patch_impl.h"

enum { KEY = 32, STEP = 2048 };

/* --- writing ------------------------------------------------------------- */

static bool put_hex(struct patch_writer *w, const unsigned char *v, size_t len,
                    struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * STEP + 1];
	bool ok = true;

	for (size_t done = 0; ok && done < len;) {
		size_t n = size_min(len - done, STEP);

		for (size_t i = 0; i < n; i++) {
			text[2 * i] = digits[v[done + i] >> 4];
			text[2 * i + 1] = digits[v[done + i] & 15];
		}
		text[2 * n] = '\0';
		done += n;
		ok = patch_text(w, text, err);
	}
	return ok;
}

/* One character of a name; *plain: JSON can hold it. */
static size_t put_char(struct patch_writer *w, const char *s, size_t len,
                       bool *plain, bool *ok, struct error *err)
{
	char one[8] = "?";
	uint32_t cp;
	size_t n = text_decode(s, len, &cp);

	if (n == 0)
		*plain = false;
	else if (cp < 0x20)
		snprintf(one, sizeof(one), "\\u%04x", (unsigned)cp);
	else if (cp == '"' || cp == '\\')
		snprintf(one, sizeof(one), "\\%c", (char)cp);
	else
		snprintf(one, sizeof(one), "%.*s", (int)n, s);
	*ok = patch_text(w, one, err);
	return n > 0 ? n : 1;
}

/* A name that JSON cannot hold comes in hex, too. */
static bool put_name(struct patch_writer *w, const char *name,
                     struct error *err)
{
	size_t len = strlen(name);
	bool ok = patch_text(w, "\"", err), plain = true;

	for (size_t i = 0; ok && i < len;)
		i += put_char(w, name + i, len - i, &plain, &ok, err);
	if (!ok || !patch_text(w, "\"", err))
		return false;
	return plain || (patch_text(w, ",\"path_hex\":\"", err) &&
	                 put_hex(w, (const unsigned char *)name, len, err) &&
	                 patch_text(w, "\"", err));
}

bool patch_json_file(struct patch_writer *w, const char *name,
                     struct error *err)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"file\":%u,\"path\":", w->files);
	return patch_text(w, text, err) && put_name(w, name, err) &&
	       patch_text(w, "}\n", err);
}

bool patch_json_put(struct patch_writer *w, const struct patch_hunk *hunk,
                    struct error *err)
{
	char text[128], unknown[64];
	bool ok;

	snprintf(text, sizeof(text),
	         "{\"file\":%u,\"off\":%" PRIu64 ",\"old\":", hunk->file,
	         hunk->off);
	snprintf(unknown, sizeof(unknown), "null,\"old_len\":%zu,\"new\":\"",
	         hunk->old_len);
	ok = patch_text(w, text, err);
	if (ok && hunk->old)
		ok = patch_text(w, "\"", err) &&
		     put_hex(w, hunk->old, hunk->old_len, err) &&
		     patch_text(w, "\",\"new\":\"", err);
	else if (ok)
		ok = patch_text(w, unknown, err);
	return ok && put_hex(w, hunk->new, hunk->new_len, err) &&
	       patch_text(w, "\"}\n", err);
}

/* --- reading ------------------------------------------------------------- */

/* What an object said. */
struct object {
	bool has_format, has_version, has_file, has_off, has_old_len;
	bool has_old, has_new, has_path, has_path_hex;
	uint64_t version, file, off, old_len;
	struct buffer path; /* owned */
};

/* A value on its way. */
struct parser {
	const char *at, *end;
	struct patch_reader *r;
	struct object *o;
	struct buffer text; /* owned: the string that was read last */
};

static bool wrong(struct error *err, const char *what)
{
	return error_set(err, ERR_SYNTAX, "%s", what);
}

static void blanks(struct parser *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
		p->at++;
}

/* Take this character, behind blanks. */
static bool take(struct parser *p, char c)
{
	blanks(p);
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

/* The escape behind a backslash: *len bytes. */
static bool read_escape(struct parser *p, char out[static 4], size_t *len,
                        struct error *err)
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	const char *name;
	uint32_t cp = 0;

	*len = 1;
	if (p->at == p->end)
		return wrong(err, "a string without its end");
	name = *p->at ? strchr(names, *p->at) : NULL;
	if (name) {
		out[0] = means[name - names];
		p->at++;
		return true;
	}
	if (*p->at != 'u' || p->end - p->at < 5)
		return wrong(err, "an escape that JSON does not know");
	for (int i = 1; i < 5; i++) {
		int digit = text_hex_digit(p->at[i]);

		if (digit < 0)
			return wrong(err, "an escape that JSON does not know");
		cp = cp << 4 | (uint32_t)digit;
	}
	p->at += 5;
	*len = text_encode(out, cp);
	return *len > 0 || wrong(err, "half a character");
}

static bool read_string(struct parser *p, struct error *err)
{
	p->text.len = 0;
	if (!take(p, '"'))
		return wrong(err, "a string is meant");
	while (p->at < p->end && *p->at != '"') {
		const char *from = p->at;
		char c[4];
		size_t len;

		if (*p->at == '\\') {
			p->at++;
			if (!read_escape(p, c, &len, err) ||
			    !buffer_append(&p->text, c, len, err))
				return false;
			continue;
		}
		while (p->at < p->end && *p->at != '"' && *p->at != '\\')
			p->at++;
		if (!buffer_append(&p->text, from, (size_t)(p->at - from), err))
			return false;
	}
	return take(p, '"') || wrong(err, "a string without its end");
}

static bool read_number(struct parser *p, uint64_t *out, struct error *err)
{
	const char *from;

	blanks(p);
	from = p->at;
	for (*out = 0; p->at < p->end && *p->at >= '0' && *p->at <= '9';
	     p->at++) {
		unsigned digit = (unsigned)(*p->at - '0');

		if (*out > (UINT64_MAX - digit) / 10)
			return wrong(err, "a number of more than 64 bits");
		*out = *out * 10 + digit;
	}
	return p->at > from || wrong(err, "a number is meant");
}

static bool is_null(struct parser *p)
{
	blanks(p);
	if (p->end - p->at < 4 || memcmp(p->at, "null", 4) != 0)
		return false;
	p->at += 4;
	return true;
}

/* The bytes that the last string names in hex. */
static bool read_hex(const struct parser *p, struct patch_bytes *bytes,
                     struct error *err)
{
	bytes->len = 0;
	if (p->text.len % 2)
		return wrong(err, "half a byte");
	for (size_t i = 0; i < p->text.len; i += 2) {
		int high = text_hex_digit(p->text.v[i]);
		int low = text_hex_digit(p->text.v[i + 1]);

		if (high < 0 || low < 0)
			return wrong(err, "bytes are two hex digits each");
		if (!patch_append(bytes, (unsigned char)(high << 4 | low), 1,
		                  err))
			return false;
	}
	return true;
}

static bool set_path(struct parser *p, const char *v, size_t len,
                     struct error *err)
{
	p->o->path.len = 0;
	if (len == 0 || memchr(v, '\0', len))
		return wrong(err, "no name of a file");
	return buffer_append(&p->o->path, v, len, err);
}

/* Any value of a key that is not known. */
static bool skip_value(struct parser *p, struct error *err)
{
	uint64_t n;

	blanks(p);
	if (p->at < p->end && *p->at == '"')
		return read_string(p, err);
	if (p->at < p->end && *p->at >= 'a' && *p->at <= 'z') {
		while (p->at < p->end && *p->at >= 'a' && *p->at <= 'z')
			p->at++;
		return true;
	}
	return read_number(p, &n, err);
}

static bool read_old(struct parser *p, struct error *err)
{
	p->o->has_old = true;
	p->r->old.len = 0;
	p->r->old.unknown = is_null(p);
	return p->r->old.unknown ||
	       (read_string(p, err) && read_hex(p, &p->r->old, err));
}

static bool read_path(struct parser *p, bool hex, struct error *err)
{
	struct patch_bytes *bytes = &p->r->new;

	if (!read_string(p, err))
		return false;
	if (!hex && p->o->has_path_hex)
		return true;
	p->o->has_path = true;
	if (!hex)
		return set_path(p, p->text.v, p->text.len, err);
	p->o->has_path_hex = true;
	return read_hex(p, bytes, err) &&
	       set_path(p, (const char *)bytes->v, bytes->len, err);
}

static bool read_value(struct parser *p, const char *key, struct error *err)
{
	struct object *o = p->o;

	if (strcmp(key, "format") == 0) {
		o->has_format = true;
		return read_string(p, err) &&
		       ((p->text.len == 13 &&
		         memcmp(p->text.v, "hexspan-patch", 13) == 0) ||
		        wrong(err, "this is no patch of hexspan"));
	}
	if (strcmp(key, "version") == 0) {
		o->has_version = true;
		return read_number(p, &o->version, err);
	}
	if (strcmp(key, "file") == 0) {
		o->has_file = true;
		return read_number(p, &o->file, err);
	}
	if (strcmp(key, "off") == 0) {
		o->has_off = true;
		return read_number(p, &o->off, err);
	}
	if (strcmp(key, "old_len") == 0) {
		o->has_old_len = true;
		return read_number(p, &o->old_len, err);
	}
	if (strcmp(key, "old") == 0)
		return read_old(p, err);
	if (strcmp(key, "new") == 0) {
		o->has_new = true;
		return read_string(p, err) && read_hex(p, &p->r->new, err);
	}
	if (strcmp(key, "path") == 0 || strcmp(key, "path_hex") == 0)
		return read_path(p, key[4] == '_', err);
	return skip_value(p, err);
}

static bool read_pair(struct parser *p, struct error *err)
{
	char key[KEY];

	if (!read_string(p, err))
		return false;
	snprintf(key, sizeof(key), "%.*s", (int)size_min(p->text.len, KEY),
	         p->text.len > 0 ? p->text.v : "");
	if (!take(p, ':'))
		return wrong(err, "a ':' is missing behind a key");
	return read_value(p, key, err);
}

static bool read_object(struct parser *p, struct error *err)
{
	if (!take(p, '{'))
		return wrong(err, "a line is an object");
	if (!take(p, '}')) {
		do {
			if (!read_pair(p, err))
				return false;
		} while (take(p, ','));
		if (!take(p, '}'))
			return wrong(err, "an object without its '}'");
	}
	blanks(p);
	return p->at == p->end || wrong(err, "text behind the object");
}

/* Old bytes without a value have a length only. */
static bool take_hunk(struct patch_reader *r, const struct object *o,
                      struct error *err)
{
	if (!o->has_off || !o->has_old || !o->has_new)
		return wrong(err, "a hunk has the keys file, off, old, new");
	if (r->old.unknown) {
		if (!o->has_old_len)
			return wrong(err, "\"old\":null wants old_len");
		if (!patch_append(&r->old, 0, o->old_len, err))
			return false;
	}
	return patch_take_hunk(r, o->file, o->off, err);
}

static bool take_object(struct patch_reader *r, const struct object *o,
                        struct error *err)
{
	if (r->in.line == 1) {
		if (!o->has_format || !o->has_version)
			return wrong(err, "the first object has the keys "
			                  "format and version");
		return o->version == 1 ||
		       error_set(err, ERR_SYNTAX,
		                 "version %" PRIu64
		                 " of patches is not known (only 1)",
		                 o->version);
	}
	if (!o->has_file)
		return wrong(err, "the key file is missing");
	if (o->has_path)
		return patch_take_file(r, o->file, o->path.v, err);
	return take_hunk(r, o, err);
}

bool patch_json_read(struct patch_reader *r, struct error *err)
{
	struct buffer text = { 0 }, path = { 0 };
	struct lexer lx;
	bool there = true, ok = true;

	while (ok && there) {
		struct object o = { .path = path };
		struct parser p = { .r = r, .o = &o, .text = text };

		ok = reading_line(&r->in, &lx, &there, err);
		if (!ok || lx.len == 0)
			continue;
		p.at = lx.line;
		p.end = lx.line + lx.len;
		ok = read_object(&p, err) && take_object(r, &o, err);
		text = p.text;
		path = o.path;
	}
	mem_free(text.v);
	mem_free(path.v);
	return ok;
}
