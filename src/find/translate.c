/*
 * translate.c - see translate.h
 *
 * Each kind of pattern is read and written out at once, in one pass. Bytes that
 * are letters or digits stand for themselves, all others are \xNN, so that no
 * byte of a text can be syntax.
 *
 * Characters without case folding in ASCII are found by listing the variants of
 * each character as bytes: [Kk]|\xe2\x84\xaa. PCRE2 could do it in UTF mode,
 * but not in UTF-16 inside bytes, and not at odd offsets.
 */
#include "config.h"

#include "find/translate.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "find/named.h"
#include "find/translate_impl.h"

enum { WORD_BYTES = 2 }; /* what -w looks at behind a match */

/* --- writing ------------------------------------------------------------- */

static void put(struct writer *out, const char *text, size_t len)
{
	if (out->failed || len == 0)
		return;
	if (!mem_grow(&out->v, &out->cap, out->len + len + 1, 1, out->err)) {
		out->failed = true;
		return;
	}
	memcpy(out->v + out->len, text, len);
	out->len += len;
	out->v[out->len] = '\0';
}

void writer_text(struct writer *out, const char *text)
{
	put(out, text, strlen(text));
}

static bool is_plain(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z');
}

void writer_byte(struct writer *out, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	char text[4] = { '\\', 'x', digits[byte >> 4], digits[byte & 15] };
	char plain = (char)byte;

	if (is_plain(byte))
		put(out, &plain, 1);
	else
		put(out, text, sizeof(text));
}

void writer_bytes(struct writer *out, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		writer_byte(out, bytes[i]);
}

void writer_number(struct writer *out, uint64_t number)
{
	char text[24];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	put(out, text + at, sizeof(text) - at);
}

/* --- reading ------------------------------------------------------------- */

bool translator_fail(const struct translator *t, const char *what)
{
	return error_at(t->err, t->lx.pos + 1, "%s", what);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* --- texts --------------------------------------------------------------- */

/* A character, or a byte that is none, in the encoding that is sought. */
struct variant {
	unsigned char bytes[CHARSET_BYTES];
	size_t len;
	bool written;
};

/* The index at which two variants of one length differ, if it is only one. */
static bool differ_in_one(const struct variant *a, const struct variant *b,
                          size_t *where)
{
	size_t count = 0;

	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		if (a->bytes[i] == b->bytes[i])
			continue;
		*where = i;
		count++;
	}
	return count == 1;
}

/* Write variant `first` together with those that can share its bytes but for
   one: \xc3[\xa9\x89]. */
static void put_group(struct writer *out, struct variant *v, size_t count,
                      size_t first)
{
	bool shared[FOLD_VARIANTS] = { false };
	bool any = false;
	size_t at = 0, where = 0;

	for (size_t i = first + 1; i < count; i++) {
		if (v[i].written || !differ_in_one(&v[first], &v[i], &where) ||
		    (any && where != at))
			continue;
		at = where;
		any = shared[i] = v[i].written = true;
	}
	for (size_t i = 0; i < v[first].len; i++) {
		bool class = any && i == at;

		if (class)
			writer_text(out, "[");
		writer_byte(out, v[first].bytes[i]);
		for (size_t k = 0; class && k < count; k++)
			if (shared[k])
				writer_byte(out, v[k].bytes[i]);
		if (class)
			writer_text(out, "]");
	}
}

/* Are all of them the first but for one place? */
static bool is_one_group(const struct variant *v, size_t count)
{
	size_t at = 0, where = 0;

	for (size_t i = 1; i < count; i++) {
		if (!differ_in_one(&v[0], &v[i], &where) ||
		    (i > 1 && where != at))
			return false;
		at = where;
	}
	return true;
}

static void put_variants(struct writer *out, struct variant *v, size_t count)
{
	bool wrap = !is_one_group(v, count);

	if (wrap)
		writer_text(out, "(?:");
	for (size_t i = 0; i < count; i++) {
		if (v[i].written)
			continue;
		if (i > 0)
			writer_text(out, "|");
		put_group(out, v, count, i);
	}
	if (wrap)
		writer_text(out, ")");
}

/* The bytes that a character can be; 0: none in this encoding. */
static size_t variants_of(uint32_t cp, enum charset set, bool caseless,
                          struct variant v[static FOLD_VARIANTS])
{
	uint32_t cps[FOLD_VARIANTS] = { cp };
	size_t n = caseless ? fold_variants(cp, cps) : 1;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		v[count] = (struct variant){ 0 };
		v[count].len = charset_encode(set, cps[i], v[count].bytes);
		count += v[count].len > 0;
	}
	return count;
}

/* Write a text in one encoding; false: it has a character that is not in it,
   and nothing was written. `raw`: what is no UTF-8 stands for itself. */
static bool put_encoded(struct translator *t, const struct word *text,
                        enum charset set, bool raw, size_t *reach)
{
	struct writer *out = &t->out;
	size_t start = out->len;
	size_t n;

	*reach = 0;
	for (size_t i = 0; i < text->len; i += n) {
		struct variant v[FOLD_VARIANTS] = { 0 };
		size_t longest = 0;
		size_t count;
		uint32_t cp;

		n = text_decode(text->text + i, text->len - i, &cp);
		if (n == 0 && raw) {
			n = count = 1;
			v[0].bytes[0] = (unsigned char)text->text[i];
			v[0].len = 1;
		} else {
			count = n ? variants_of(cp, set, t->options->caseless,
			                        v)
			          : 0;
		}
		if (count == 0) {
			out->len = start;
			return false;
		}
		for (size_t k = 0; k < count; k++)
			longest = v[k].len > longest ? v[k].len : longest;
		put_variants(out, v, count);
		*reach = translate_reach(*reach, longest);
	}
	return true;
}

/* The assertion that no letter, digit or '_' stands here. */
static void put_edge(struct writer *out, enum charset set, bool behind)
{
	writer_text(out, behind ? "(?!" : "(?<!");
	if (set == CHARSET_UTF16BE)
		writer_text(out, "\\x00");
	writer_text(out, "[0-9A-Za-z_]");
	if (set == CHARSET_UTF16LE)
		writer_text(out, "\\x00");
	writer_text(out, ")");
}

/* A text in one encoding with its edges. False as put_encoded(). */
static bool put_whole(struct translator *t, const struct word *text,
                      enum charset set, bool raw)
{
	bool word = t->options->word;
	size_t start = t->out.len;
	size_t reach;

	if (word)
		put_edge(&t->out, set, false);
	if (!put_encoded(t, text, set, raw, &reach)) {
		t->out.len = start;
		return false;
	}
	if (word) {
		put_edge(&t->out, set, true);
		reach = translate_reach(reach, WORD_BYTES);
	}
	if (reach > t->regex.reach)
		t->regex.reach = reach;
	return true;
}

static bool is_utf8(const struct word *text)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < text->len; i += n) {
		n = text_decode(text->text + i, text->len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

static bool put_list(struct translator *t, const struct word *text)
{
	const struct pattern_options *options = t->options;
	struct regex *regex = &t->regex;

	for (size_t i = 0; i < options->charset_count; i++) {
		enum charset set = options->charsets[i];
		size_t start = t->out.len;

		writer_text(&t->out, regex->charset_count ? "|(" : "(");
		if (!put_whole(t, text, set, false)) {
			t->out.len = start;
			continue;
		}
		writer_text(&t->out, ")");
		regex->charsets[regex->charset_count++] = set;
	}
	return regex->charset_count > 0;
}

/* The text at the lexer, in the encoding that is named, if one is. */
static bool text(struct translator *t, const enum charset *set)
{
	const struct pattern_options *options = t->options;
	struct word word;
	bool ok = true;

	if (set && options->charset_count > 0)
		return translator_fail(t, "the text has its encoding already; "
		                          "-e is for "
		                          "a bare \"text\"");
	if (!lexer_quoted(&t->lx, &word, t->err))
		return false;
	if (word.len == 0)
		ok = error_at(t->err, word.column, "the pattern is empty");
	else if ((set || options->charset_count > 0) && !is_utf8(&word))
		ok = error_at(t->err, word.column,
		              "only UTF-8 text can be put into an encoding");
	else if (set && !put_whole(t, &word, *set, false))
		ok = error_at(t->err, word.column,
		              "%s does not have all of these characters",
		              charset_name(*set));
	else if (!set && options->charset_count > 0 && !put_list(t, &word))
		ok = error_at(t->err, word.column,
		              "none of the encodings has all of these "
		              "characters");
	else if (!set && options->charset_count == 0)
		(void)put_whole(t, &word, CHARSET_UTF8, true);
	word_free(&word);
	return ok;
}

/* --- /regex/ ------------------------------------------------------------- */

/* The regex up to its '/', of which it holds none but as "\/". */
static bool regex_body(struct translator *t)
{
	size_t open = t->lx.pos;

	for (t->lx.pos++; !translator_at_end(t) && translator_peek(t) != '/';
	     t->lx.pos++) {
		const char *at = t->lx.line + t->lx.pos;

		if (*at == '\\' && t->lx.len - t->lx.pos > 1) {
			if (at[1] != '/')
				put(&t->out, at, 1);
			t->lx.pos++;
			at++;
		}
		put(&t->out, at, 1);
	}
	if (translator_at_end(t)) {
		if (t->options->open_end)
			return true;
		return error_at(t->err, open + 1,
		                "the regex is not closed: a '/' is missing");
	}
	t->lx.pos++;
	return true;
}

static bool regex_flags(struct translator *t)
{
	static const char letters[] = "imsxu";
	const char *at;

	for (; !translator_at_end(t) && !is_blank(translator_peek(t));
	     t->lx.pos++) {
		at = translator_peek(t) ? strchr(letters, translator_peek(t))
		                        : NULL;
		if (!at)
			return translator_fail(
				t, "unknown flag (i ignore case, s . takes "
				   "newlines, m ^ and $ at lines, x "
				   "blanks and comments, u UTF-8)");
		t->regex.flags |= 1u << (at - letters);
	}
	return true;
}

/* Does the flag u stand behind the regex that begins here? */
static bool has_flag_u(const struct translator *t)
{
	const char *line = t->lx.line;
	size_t at = t->lx.pos + 1;

	while (at < t->lx.len && line[at] != '/')
		at += line[at] == '\\' && t->lx.len - at > 1 ? 2 : 1;
	for (; at < t->lx.len && !is_blank(line[at]); at++)
		if (line[at] == 'u')
			return true;
	return false;
}

/* The assertion that no letter, digit or '_' stands here: of ASCII, or with
   flag u of Unicode, where \w is one of ASCII as well. */
static void put_regex_edge(struct translator *t, bool utf, bool behind)
{
	writer_text(&t->out, behind ? "(?!" : "(?<!");
	writer_text(&t->out, utf ? "\\p{Xwd})" : "\\w)");
}

static bool regex(struct translator *t)
{
	size_t column = t->lx.pos + 1;
	bool utf = has_flag_u(t);

	if (t->options->charset_count > 0)
		return translator_fail(t,
		                       "-e is for a \"text\", not for a regex");
	if (t->options->word) {
		put_regex_edge(t, utf, false);
		writer_text(&t->out, "(?:");
	}
	t->regex.own = t->out.len;
	if (!regex_body(t) || !regex_flags(t))
		return false;
	t->regex.own_len = t->out.len - t->regex.own;
	if (t->regex.own_len == 0 && !t->out.failed)
		return error_at(t->err, column, "the pattern is empty");
	if (t->options->caseless)
		t->regex.flags |= REGEX_CASELESS;
	/* A comment at the end of an extended one goes to a newline. */
	if (t->options->word) {
		writer_text(&t->out,
		            t->regex.flags & REGEX_EXTENDED ? "\n)" : ")");
		put_regex_edge(t, utf, true);
	}
	t->regex.reach = SIZE_MAX;
	return true;
}

size_t translate_column(const struct lexer *lx, const struct regex *regex,
                        size_t at)
{
	size_t pos = regex->column;

	if (regex->named)
		return regex->column;
	for (; at > 0 && pos < lx->len; at--, pos++)
		if (lx->line[pos] == '\\' && lx->len - pos > 1 &&
		    lx->line[pos + 1] == '/')
			pos++;
	return pos + 1;
}

/* --- the whole ----------------------------------------------------------- */

static bool any(struct translator *t);

/* The '@' at the lexer with the name behind it. */
static size_t name_length(const struct lexer *lx)
{
	size_t n = 1;

	while (n < lx->len - lx->pos && !is_blank(lx->line[lx->pos + n]))
		n++;
	return n;
}

void translate_blame(const struct lexer *lx,
                     const struct pattern_options *options, struct error *err)
{
	char shown[160];
	const char *found;
	size_t len;

	if (err->code != ERR_SYNTAX || lx->pos == lx->len ||
	    lx->line[lx->pos] != '@' ||
	    !named_find(options->patterns, lx->line + lx->pos + 1,
	                name_length(lx) - 1, &found, &len) ||
	    len == 0)
		return;
	text_safe(shown, sizeof(shown), found, len);
	(void)error_prefix(err, "in %s", shown);
}

static bool named(struct translator *t)
{
	struct translator inner = *t;
	size_t column = t->lx.pos + 1;
	size_t n = name_length(&t->lx);
	const char *found;
	size_t len;

	if (!named_find(t->options->patterns, t->lx.line + t->lx.pos + 1, n - 1,
	                &found, &len))
		return error_at(t->err, column,
		                "there is no pattern of that name (%s)",
		                named_list(t->options->patterns).s);
	inner.lx = lexer_of(found, len);
	if (translator_peek(&inner) == '@')
		return error_at(t->err, column,
		                "a named pattern cannot name another");
	if (!any(&inner) ||
	    (!translator_at_end(&inner) &&
	     !translator_fail(&inner, "unexpected text behind it"))) {
		t->out = inner.out;
		t->err->column = column;
		return false;
	}
	inner.regex.named = true;
	inner.lx = t->lx;
	inner.lx.pos += n;
	*t = inner;
	return true;
}

/* The letters, digits and '-' in front of a ':'; 0 if that is not what is
   here. */
static size_t type_length(const struct translator *t)
{
	size_t n = 0;

	while (n < t->lx.len - t->lx.pos &&
	       (is_plain((unsigned char)t->lx.line[t->lx.pos + n]) ||
	        t->lx.line[t->lx.pos + n] == '-'))
		n++;
	if (n == t->lx.len - t->lx.pos || t->lx.line[t->lx.pos + n] != ':')
		return 0;
	return n;
}

/* Bytes are what they are, whatever letters or words they look like. */
static bool is_exact(struct translator *t, const char *what)
{
	const struct pattern_options *options = t->options;
	const char *option = options->charset_count > 0 ? "-e"
	                     : options->caseless        ? "-i"
	                     : options->word            ? "-w"
	                                                : NULL;

	return !option || error_at(t->err, t->lx.pos + 1, "%s is not for %s",
	                           option, what);
}

static bool typed(struct translator *t, size_t len)
{
	const char *name = t->lx.line + t->lx.pos;
	struct number_type type;
	enum charset set;

	if (number_find(name, len, &type)) {
		if (!is_exact(t, "numbers"))
			return false;
		t->lx.pos += len;
		return translate_numbers(t, &type);
	}
	if (!charset_find(name, len, &set))
		return translator_fail(t,
		                       "unknown type (u8 i8 u16le u16be .. "
		                       "f64be, "
		                       "utf8 utf16le utf16be latin1 cp1252)");
	t->lx.pos += len + 1;
	if (translator_peek(t) != '"')
		return translator_fail(t, "a \"text\" must follow");
	return text(t, &set);
}

static bool any(struct translator *t)
{
	size_t len = type_length(t);

	if (translator_at_end(t))
		return translator_fail(t, "a pattern is needed: /regex/, "
		                          "{hex}, \"text\", "
		                          "u32le:1234 or @name");
	switch (translator_peek(t)) {
	case '/':
		return regex(t);
	case '?':
		if (t->options->open_end)
			return regex(t);
		break;
	case '{':
		return is_exact(t, "bytes") && translate_hex(t);
	case '"':
		return text(t, NULL);
	case '@':
		return named(t);
	default:
		if (len)
			return typed(t, len);
		break;
	}
	return translator_fail(t, "a pattern is /regex/, {hex}, \"text\", "
	                          "u32le:1234 or "
	                          "@name");
}

bool translate(struct lexer *lx, const struct pattern_options *options,
               struct regex *out, struct error *err)
{
	struct translator t = {
		.lx = *lx,
		.options = options,
		.out = { .err = err },
		.err = err,
	};
	bool ok;

	t.regex.column = lx->pos + 1;
	ok = any(&t) && !t.out.failed;

	if (ok && !translator_at_end(&t) && !is_blank(translator_peek(&t)))
		ok = translator_fail(&t, "a blank must follow the pattern");
	if (!ok) {
		mem_free(t.out.v);
		return false;
	}
	t.regex.text = t.out.v;
	t.regex.len = t.out.len;
	*lx = t.lx;
	*out = t.regex;
	return true;
}

void regex_free(struct regex *regex)
{
	mem_free(regex->text);
	*regex = (struct regex){ 0 };
}
