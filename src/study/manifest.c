/*
 * manifest.c - see manifest.h
 *
 * Lists of sums do not say which algorithm they are of: the length of a digest
 * does, unless the name of the list says another of that length, as B2SUMS and
 * sha3-256.txt do.
 */
#include "config.h"

#include "study/manifest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

/* A part of the line. */
struct span_text {
	const char *p;
	size_t len;
};

static bool at_line(const struct manifest *m, struct error *err)
{
	error_prefix(err, "%s:%zu", text_shown(m->in.path).s, m->in.line);
	return error_add_path(err, m->in.path);
}

static bool bad_line(const struct manifest *m, const char *why,
                     struct error *err)
{
	error_set(err, ERR_SYNTAX, "%s", why);
	return at_line(m, err);
}

/* --- pieces of a line ---------------------------------------------------- */

static bool begins(struct span_text s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && memcmp(s.p, with, len) == 0;
}

static void skip(struct span_text *s, size_t len)
{
	s->p += len;
	s->len -= len;
}

static bool skip_text(struct span_text *s, const char *text)
{
	bool ok = begins(*s, text);

	if (ok)
		skip(s, strlen(text));
	return ok;
}

static void skip_blanks(struct span_text *s)
{
	while (s->len > 0 && (*s->p == ' ' || *s->p == '\t'))
		skip(s, 1);
}

/* Decimal, or hex behind 0x. */
static bool take_number(struct span_text *s, uint64_t *out)
{
	uint64_t base = skip_text(s, "0x") ? 16 : 10;
	size_t digits = 0;

	*out = 0;
	for (; s->len > 0; skip(s, 1), digits++) {
		unsigned char c = (unsigned char)*s->p;
		uint64_t digit;

		if (isdigit(c))
			digit = (unsigned)c - '0';
		else if (base == 16 && isxdigit(c))
			digit = (unsigned)tolower(c) - 'a' + 10;
		else
			break;
		if (*out > (UINT64_MAX - digit) / base)
			return false;
		*out = *out * base + digit;
	}
	return digits > 0;
}

/* Up to a character, which is taken too; false: it is not there. */
static bool take_until(struct span_text *s, char c, struct span_text *out)
{
	const char *at = s->len > 0 ? memchr(s->p, c, s->len) : NULL;

	if (!at)
		return false;
	*out = (struct span_text){ s->p, (size_t)(at - s->p) };
	skip(s, out->len + 1);
	return true;
}

static const struct algorithm *named(struct span_text s)
{
	char name[32];

	if (s.len >= sizeof(name))
		return NULL;
	memcpy(name, s.p, s.len);
	name[s.len] = '\0';
	/* OpenSSL says SHA2-256. */
	if (strncasecmp(name, "sha2-", 5) == 0)
		memmove(name + 3, name + 4, s.len - 3);
	return algorithm_find(name);
}

static size_t hex_digits(struct span_text s)
{
	size_t n = 0;

	while (n < s.len && isxdigit((unsigned char)s.p[n]))
		n++;
	return n;
}

/* --- what a line says ---------------------------------------------------- */

/* A name with the escapes that coreutils write behind a leading backslash. */
static bool set_name(struct manifest *m, struct span_text s, bool escaped,
                     struct error *err)
{
	size_t n = 0;

	if (!mem_grow(&m->name, &m->name_cap, s.len + 1, 1, err))
		return false;
	for (; s.len > 0; skip(&s, 1)) {
		char c = *s.p;

		if (escaped && c == '\\' && s.len > 1) {
			skip(&s, 1);
			c = *s.p == 'n' ? '\n' : *s.p == 'r' ? '\r' : *s.p;
		}
		m->name[n++] = c;
	}
	m->name[n] = '\0';
	m->entry.name = m->name;
	return true;
}

/* "disk.001 offset 0-4095": the end is in it. */
static bool set_file(struct manifest *m, struct span_text s, bool escaped,
                     struct error *err)
{
	static const char word[] = " offset ";

	m->entry.whole = true;
	for (size_t at = s.len; at-- > 1;) {
		struct span_text rest = { s.p + at, s.len - at };
		uint64_t from, last;

		if (!skip_text(&rest, word))
			continue;
		if (!take_number(&rest, &from) || !skip_text(&rest, "-") ||
		    !take_number(&rest, &last) || rest.len > 0 || last < from ||
		    last == UINT64_MAX)
			break;
		m->entry.whole = false;
		m->entry.start = from;
		m->entry.end = last + 1;
		s.len = at;
		break;
	}
	return set_name(m, s, escaped, err);
}

static bool add_digest(struct manifest *m, const struct algorithm *a,
                       struct span_text hex)
{
	struct manifest_digest *d = &m->digests[m->count];

	if (m->count == MANIFEST_DIGESTS ||
	    !digest_parse(hex.p, hex.len, d->bytes, algorithm_size(a)))
		return false;
	d->algorithm = a;
	m->count++;
	return true;
}

/* Of which algorithm is a digest of so many digits? */
static const struct algorithm *by_length(const struct manifest *m,
                                         size_t digits)
{
	static const char *const usual[] = { "crc32",  "xxh3",   "md5",
		                             "sha1",   "sha224", "sha256",
		                             "sha384", "sha512" };

	if (m->guess && 2 * algorithm_size(m->guess) == digits)
		return m->guess;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (2 * algorithm_size(algorithm_find(usual[i])) == digits)
			return algorithm_find(usual[i]);
	return NULL;
}

/* "DIGEST  sha256  0xA,0xB  skipped N" */
static bool read_ours(struct manifest *m, struct span_text s)
{
	struct span_text hex = { s.p, hex_digits(s) }, word;
	const struct algorithm *a;

	skip(&s, hex.len);
	if (!skip_text(&s, "  ") || !take_until(&s, ' ', &word))
		return false;
	a = named(word);
	if (!a || !add_digest(m, a, hex) || !skip_text(&s, " ") ||
	    !take_number(&s, &m->entry.start) || !skip_text(&s, ",") ||
	    !take_number(&s, &m->entry.end) || m->entry.end < m->entry.start)
		return false;
	skip_blanks(&s);
	return s.len == 0 || (skip_text(&s, "skipped ") &&
	                      take_number(&s, &m->entry.skipped) && s.len == 0);
}

/* "DIGEST  NAME", "DIGEST *NAME", "\DIGEST  NAME" */
static bool read_sum(struct manifest *m, struct span_text s, bool *ok,
                     struct error *err)
{
	bool escaped = skip_text(&s, "\\");
	struct span_text hex = { s.p, hex_digits(s) };
	const struct algorithm *a = by_length(m, hex.len);

	skip(&s, hex.len);
	if (!a || s.len < 3 || s.p[0] != ' ' ||
	    (s.p[1] != ' ' && s.p[1] != '*'))
		return false;
	skip(&s, 2);
	if (!add_digest(m, a, hex))
		return false;
	*ok = set_file(m, s, escaped, err);
	return true;
}

/* "SHA256 (NAME) = DIGEST", and "SHA256(NAME)= DIGEST" of openssl */
static bool read_tagged(struct manifest *m, struct span_text s, bool *ok,
                        struct error *err)
{
	struct span_text word, name;
	const struct algorithm *a;
	bool escaped = skip_text(&s, "\\");

	if (!take_until(&s, '(', &word))
		return false;
	while (word.len > 0 && word.p[word.len - 1] == ' ')
		word.len--;
	a = named(word);
	/* The name may have a bracket in it; the digest has none. */
	name = s;
	while (name.len > 0 && name.p[name.len - 1] != ')')
		name.len--;
	if (!a || name.len == 0)
		return false;
	skip(&s, name.len);
	name.len--;
	skip_blanks(&s);
	if (!skip_text(&s, "="))
		return false;
	skip_blanks(&s);
	if (!add_digest(m, a, s))
		return false;
	*ok = set_file(m, name, escaped, err);
	return true;
}

/* "0 - 524288: DIGEST", "md5 0 - 524288: DIGEST", "Total (md5): DIGEST" */
static bool read_dcfldd(struct manifest *m, struct span_text s)
{
	const struct algorithm *a = NULL;
	struct span_text word;

	if (skip_text(&s, "Total (")) {
		if (!take_until(&s, ')', &word))
			return false;
		a = named(word);
		m->entry.whole = true;
	} else if (!take_number(&s, &m->entry.start) || !skip_text(&s, " - ") ||
	           !take_number(&s, &m->entry.end) ||
	           m->entry.end < m->entry.start) {
		return false;
	}
	if (!skip_text(&s, ":"))
		return false;
	skip_blanks(&s);
	if (!a)
		a = by_length(m, s.len);
	return a && add_digest(m, a, s);
}

/* "%%%% size,md5,sha256,filename": a column that we cannot make is passed. */
static bool read_columns(struct manifest *m, struct span_text s)
{
	struct span_text word;

	m->column_count = 0;
	while (take_until(&s, ',', &word)) {
		if (m->column_count == ARRAY_LEN(m->columns))
			return false;
		m->columns[m->column_count++] = named(word);
	}
	return m->column_count > 1;
}

static bool read_hashdeep(struct manifest *m, struct span_text s, bool *ok,
                          struct error *err)
{
	struct span_text word;

	for (size_t i = 0; i < m->column_count; i++) {
		if (!take_until(&s, ',', &word))
			return false;
		if (m->columns[i] && !add_digest(m, m->columns[i], word))
			return false;
	}
	if (m->count == 0)
		return false;
	*ok = set_file(m, s, false, err);
	return true;
}

/* Is it a line that says nothing of a digest? Or the head of hashdeep? */
static bool is_passed(struct manifest *m, struct span_text s, bool *ok)
{
	*ok = true;
	if (begins(s, "%%%% HASHDEEP-")) {
		m->is_hashdeep = true;
		return true;
	}
	if (m->is_hashdeep && skip_text(&s, "%%%% ")) {
		*ok = read_columns(m, s);
		return true;
	}
	return s.len == 0 || *s.p == '#';
}

static bool read_line(struct manifest *m, struct span_text s, struct error *err)
{
	bool ok;

	m->entry = (struct manifest_entry){ 0 };
	m->count = m->next = 0;
	if (is_passed(m, s, &ok))
		return ok || bad_line(m, "no such columns are known", err);
	ok = true;
	if (m->is_hashdeep ? read_hashdeep(m, s, &ok, err)
	    : m->is_ours
	            ? read_ours(m, s)
	            : read_sum(m, s, &ok, err) || read_tagged(m, s, &ok, err) ||
	                      read_dcfldd(m, s))
		return ok;
	return bad_line(m, "this is no line of a list of digests", err);
}

/* --- reading ------------------------------------------------------------- */

/* The longest name of an algorithm in the name of the file. */
static const struct algorithm *guess(const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct algorithm *best = NULL;
	const struct algorithm *a;

	if (slash)
		path = slash + 1;
	for (size_t i = 0; (a = algorithm_at(i)); i++)
		if (strcasestr(path, algorithm_name(a)) &&
		    (!best ||
		     strlen(algorithm_name(a)) > strlen(algorithm_name(best))))
			best = a;
	if (!best && strcasestr(path, "b2sum"))
		best = algorithm_find("blake2b");
	return best;
}

static bool check_version(struct manifest *m, struct span_text s,
                          struct error *err)
{
	static const char word[] = "hexspan-hashes ";
	char version[24];

	if (!skip_text(&s, word))
		return true;
	m->is_ours = true;
	if (s.len == 1 && *s.p == '1')
		return true;
	s.len = size_min(s.len, sizeof(version) - 1);
	memcpy(version, s.p, s.len);
	version[s.len] = '\0';
	error_set(err, ERR_SYNTAX,
	          "%s:1: version %s of hashes is not known (only 1)",
	          text_shown(m->in.path).s, text_shown(version).s);
	return error_add_path(err, m->in.path);
}

/* The next line with a digest. */
static bool next_line(struct manifest *m, bool *there, struct error *err)
{
	for (;;) {
		struct lexer lx;
		struct span_text s;

		if (!reading_line(&m->in, &lx, there, err))
			return err->code == ERR_SYNTAX ? at_line(m, err)
			                               : false;
		if (!*there)
			return true;
		s = (struct span_text){ lx.line, lx.len };
		if (m->in.line == 1) {
			(void)skip_text(&s, "\xef\xbb\xbf");
			if (!check_version(m, s, err))
				return false;
			if (m->is_ours)
				continue;
		}
		if (!read_line(m, s, err))
			return false;
		if (m->count > 0)
			return true;
	}
}

bool manifest_begin(struct manifest *m, const struct sys *sys, const char *path,
                    struct error *err)
{
	*m = (struct manifest){ .guess = guess(path) };
	return reading_begin(&m->in, sys, path, err);
}

bool manifest_next(struct manifest *m, struct manifest_entry *out, bool *there,
                   struct error *err)
{
	const struct manifest_digest *d;

	*there = true;
	if (m->next == m->count && !next_line(m, there, err))
		return false;
	if (!*there)
		return true;
	d = &m->digests[m->next++];
	*out = m->entry;
	out->algorithm = d->algorithm;
	memcpy(out->digest, d->bytes, sizeof(out->digest));
	return true;
}

void manifest_end(struct manifest *m)
{
	reading_end(&m->in);
	mem_free(m->name);
}
