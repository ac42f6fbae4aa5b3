/*
 * translate.c - see translate.h
 *
 * Each kind of pattern is read and written out at once, in one pass. Bytes that
 * are letters or digits stand for themselves, all others are \xNN, so that no
 * byte of a text can be syntax.
 *
 * A jump takes as few bytes as it can (.{4,6}?): the match that ends first is
 * the one that is meant when bytes are skipped.
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

enum {
	HEX_DEPTH = 32, /* parentheses within parentheses */
	WORD_BYTES = 2, /* what -w looks at behind a match */
};

/* The regex as it grows. */
struct writer {
	char *v; /* owned */
	size_t len, cap;
	struct error *err;
	bool failed; /* then err says why */
};

struct translator {
	struct lexer lx;
	const struct pattern_options *options;
	struct writer out;
	struct regex regex;
	struct error *err;
};

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

static void put_text(struct writer *out, const char *text)
{
	put(out, text, strlen(text));
}

static bool is_plain(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z');
}

static void put_byte(struct writer *out, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	char text[4] = { '\\', 'x', digits[byte >> 4], digits[byte & 15] };
	char plain = (char)byte;

	if (is_plain(byte))
		put(out, &plain, 1);
	else
		put(out, text, sizeof(text));
}

static void put_bytes(struct writer *out, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_byte(out, bytes[i]);
}

static void put_number(struct writer *out, uint64_t number)
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

static char peek(const struct translator *t)
{
	return t->lx.pos < t->lx.len ? t->lx.line[t->lx.pos] : '\0';
}

static bool at_end(const struct translator *t)
{
	return t->lx.pos == t->lx.len;
}

static bool fail(const struct translator *t, const char *what)
{
	return error_at(t->err, t->lx.pos + 1, "%s", what);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Sizes that only say how far a match can look: too big is unknown. */
static size_t reach_add(size_t a, size_t b)
{
	return b > SIZE_MAX - a ? SIZE_MAX : a + b;
}

/* --- {hex} --------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void put_nibbles(struct writer *out, int high, int low)
{
	if (high < 0 && low < 0) {
		put_text(out, ".");
	} else if (high >= 0 && low >= 0) {
		put_byte(out, (unsigned char)(high << 4 | low));
	} else if (high >= 0) {
		put_text(out, "[");
		put_byte(out, (unsigned char)(high << 4));
		put_text(out, "-");
		put_byte(out, (unsigned char)(high << 4 | 15));
		put_text(out, "]");
	} else {
		put_text(out, "[");
		for (int i = 0; i < 16; i++)
			put_byte(out, (unsigned char)(i << 4 | low));
		put_text(out, "]");
	}
}

static bool is_nibble(char c)
{
	return c == '?' || hex_digit(c) >= 0;
}

static bool hex_byte(struct translator *t, size_t *reach)
{
	char high = peek(t);
	char low;

	if (!is_nibble(high))
		return fail(t, "hex digits, ??, [4-6], (aa|bb) or } expected");
	t->lx.pos++;
	low = peek(t);
	if (at_end(t) || !is_nibble(low)) {
		t->lx.pos--;
		return fail(t, high == '?' ? "a byte is two digits: ?? is any "
		                             "byte"
		                           : "a hex digit without its second "
		                             "one");
	}
	t->lx.pos++;
	put_nibbles(&t->out, hex_digit(high), hex_digit(low));
	*reach = reach_add(*reach, 1);
	return true;
}

/* A bound of a jump, or `absent` where none is written. */
static bool jump_bound(struct translator *t, uint64_t absent, uint64_t *out)
{
	size_t column = t->lx.pos + 1;

	*out = absent;
	lexer_blanks(&t->lx);
	if (hex_digit(peek(t)) >= 0 &&
	    !lexer_number(&t->lx, &units_default, out, t->err))
		return false;
	lexer_blanks(&t->lx);
	if (*out != absent && *out > REGEX_JUMP_MAX)
		return error_at(t->err, column,
		                "a jump is at most %d bytes; [N-] has no end",
		                REGEX_JUMP_MAX);
	return true;
}

static bool hex_jump(struct translator *t, size_t *reach)
{
	size_t column = t->lx.pos + 1;
	uint64_t least, most;

	t->lx.pos++;
	if (!jump_bound(t, UINT64_MAX, &least))
		return false;
	most = least;
	if (peek(t) == '-') {
		t->lx.pos++;
		if (!jump_bound(t, UINT64_MAX, &most))
			return false;
		if (least == UINT64_MAX)
			least = 0;
	}
	if (peek(t) != ']')
		return fail(t, "']' expected");
	t->lx.pos++;
	if (least == UINT64_MAX)
		return error_at(t->err, column,
		                "how many bytes? [4], [4-6] or [4-]");
	if (most < least)
		return error_at(t->err, column,
		                "the jump ends before it begins");
	put_text(&t->out, ".{");
	put_number(&t->out, least);
	put_text(&t->out, ",");
	if (most != UINT64_MAX)
		put_number(&t->out, most);
	put_text(&t->out, "}?");
	*reach = most == UINT64_MAX ? SIZE_MAX : reach_add(*reach, most);
	return true;
}

static bool hex_choices(struct translator *t, int depth, size_t *reach);

/*
 * What stands between braces, bars and parentheses: bytes, jumps and choices.
 * Jumps stand between bytes, so that a match begins and ends where it says.
 */
static bool hex_items(struct translator *t, int depth, size_t *reach)
{
	bool begun = false; /* there was a byte or a choice */
	size_t jump = 0;    /* the column of a jump without a byte behind it */
	char c;

	for (;;) {
		lexer_blanks(&t->lx);
		c = peek(t);
		if (at_end(t) || c == '}' || c == '|' || c == ')')
			break;
		if (c == '[') {
			jump = t->lx.pos + 1;
			if (!begun)
				break;
			if (!hex_jump(t, reach))
				return false;
			continue;
		}
		if (c == '(' ? !hex_choices(t, depth + 1, reach)
		             : !hex_byte(t, reach))
			return false;
		begun = true;
		jump = 0;
	}
	if (jump)
		return error_at(t->err, jump, "a jump stands between bytes");
	return begun ||
	       fail(t, depth ? "bytes expected" : "the pattern is empty");
}

/* (items|items..) */
static bool hex_choices(struct translator *t, int depth, size_t *reach)
{
	size_t open = t->lx.pos + 1;
	size_t longest = 0;

	if (depth > HEX_DEPTH)
		return fail(t, "too many parentheses");
	put_text(&t->out, "(?:");
	do {
		size_t here = 0;

		if (longest > 0)
			put_text(&t->out, "|");
		t->lx.pos++;
		if (!hex_items(t, depth, &here))
			return false;
		longest = here > longest ? here : longest;
	} while (peek(t) == '|');
	if (peek(t) != ')')
		return error_at(t->err, open, "the parenthesis is not closed");
	t->lx.pos++;
	put_text(&t->out, ")");
	*reach = reach_add(*reach, longest);
	return true;
}

static bool hex(struct translator *t)
{
	size_t open = t->lx.pos + 1;

	t->regex.flags = REGEX_DOTALL;
	t->lx.pos++;
	if (!hex_items(t, 0, &t->regex.reach))
		return false;
	if (at_end(t))
		return error_at(t->err, open, "the brace is not closed");
	if (peek(t) != '}')
		return fail(t, "there is no parenthesis open");
	t->lx.pos++;
	return true;
}

/* --- numbers ------------------------------------------------------------- */

static bool numbers(struct translator *t, const struct number_type *type)
{
	unsigned char bytes[NUMBER_BYTES];

	do {
		t->lx.pos++; /* ':' or ',' */
		if (!number_read(&t->lx, type, &t->options->numbers, bytes,
		                 t->err))
			return false;
		put_bytes(&t->out, bytes, type->size);
		t->regex.reach = reach_add(t->regex.reach, type->size);
	} while (peek(t) == ',');
	return true;
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
			put_text(out, "[");
		put_byte(out, v[first].bytes[i]);
		for (size_t k = 0; class && k < count; k++)
			if (shared[k])
				put_byte(out, v[k].bytes[i]);
		if (class)
			put_text(out, "]");
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
		put_text(out, "(?:");
	for (size_t i = 0; i < count; i++) {
		if (v[i].written)
			continue;
		if (i > 0)
			put_text(out, "|");
		put_group(out, v, count, i);
	}
	if (wrap)
		put_text(out, ")");
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
		*reach = reach_add(*reach, longest);
	}
	return true;
}

/* The assertion that no letter, digit or '_' stands here. */
static void put_edge(struct writer *out, enum charset set, bool behind)
{
	put_text(out, behind ? "(?!" : "(?<!");
	if (set == CHARSET_UTF16BE)
		put_text(out, "\\x00");
	put_text(out, "[0-9A-Za-z_]");
	if (set == CHARSET_UTF16LE)
		put_text(out, "\\x00");
	put_text(out, ")");
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
		reach = reach_add(reach, WORD_BYTES);
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

		put_text(&t->out, regex->charset_count ? "|(" : "(");
		if (!put_whole(t, text, set, false)) {
			t->out.len = start;
			continue;
		}
		put_text(&t->out, ")");
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
		return fail(t, "the text has its encoding already; -e is for "
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

	for (t->lx.pos++; !at_end(t) && peek(t) != '/'; t->lx.pos++) {
		const char *at = t->lx.line + t->lx.pos;

		if (*at == '\\' && t->lx.len - t->lx.pos > 1) {
			if (at[1] != '/')
				put(&t->out, at, 1);
			t->lx.pos++;
			at++;
		}
		put(&t->out, at, 1);
	}
	if (at_end(t)) {
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

	for (; !at_end(t) && !is_blank(peek(t)); t->lx.pos++) {
		at = peek(t) ? strchr(letters, peek(t)) : NULL;
		if (!at)
			return fail(t, "unknown flag (i ignore case, s . takes "
			               "newlines, m ^ and $ at lines, x "
			               "blanks and comments, u UTF-8)");
		t->regex.flags |= 1u << (at - letters);
	}
	return true;
}

static bool regex(struct translator *t)
{
	size_t column = t->lx.pos + 1;

	if (t->options->charset_count > 0)
		return fail(t, "-e is for a \"text\", not for a regex");
	if (t->options->word)
		put_text(&t->out, "(?<!\\w)(?:");
	t->regex.own = t->out.len;
	if (!regex_body(t) || !regex_flags(t))
		return false;
	t->regex.own_len = t->out.len - t->regex.own;
	if (t->regex.own_len == 0 && !t->out.failed)
		return error_at(t->err, column, "the pattern is empty");
	if (t->options->caseless)
		t->regex.flags |= REGEX_CASELESS;
	/* A comment at the end of an extended one goes to a newline. */
	if (t->options->word)
		put_text(&t->out, t->regex.flags & REGEX_EXTENDED ? "\n)(?!\\w)"
		                                                  : ")(?!\\w)");
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

static bool named(struct translator *t)
{
	struct translator inner = *t;
	size_t column = t->lx.pos + 1;
	size_t n = 1;
	const char *name = t->lx.line + t->lx.pos + 1;
	const char *found;
	size_t len;

	while (n < t->lx.len - t->lx.pos &&
	       !is_blank(t->lx.line[t->lx.pos + n]))
		n++;
	if (!named_find(t->options->patterns, name, n - 1, &found, &len))
		return error_at(t->err, column,
		                "there is no pattern of that name (%s)",
		                named_list(t->options->patterns).s);
	inner.lx = lexer_of(found, len);
	if (peek(&inner) == '@')
		return error_at(t->err, column,
		                "a named pattern cannot name another");
	if (!any(&inner)) {
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

/* The letters and digits in front of a ':'; 0 if that is not what is here. */
static size_t type_length(const struct translator *t)
{
	size_t n = 0;

	while (n < t->lx.len - t->lx.pos &&
	       is_plain((unsigned char)t->lx.line[t->lx.pos + n]))
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
		return numbers(t, &type);
	}
	if (!charset_find(name, len, &set))
		return fail(t, "unknown type (u8 i8 u16le u16be .. f64be, "
		               "utf8 utf16le utf16be latin1 cp1252)");
	t->lx.pos += len + 1;
	if (peek(t) != '"')
		return fail(t, "a \"text\" must follow");
	return text(t, &set);
}

static bool any(struct translator *t)
{
	size_t len = type_length(t);

	if (at_end(t))
		return fail(t, "a pattern is needed: /regex/, {hex}, \"text\", "
		               "u32le:1234 or @name");
	switch (peek(t)) {
	case '/':
		return regex(t);
	case '?':
		if (t->options->open_end)
			return regex(t);
		break;
	case '{':
		return is_exact(t, "bytes") && hex(t);
	case '"':
		return text(t, NULL);
	case '@':
		return named(t);
	default:
		if (len)
			return typed(t, len);
		break;
	}
	return fail(t, "a pattern is /regex/, {hex}, \"text\", u32le:1234 or "
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

	if (ok && !at_end(&t) && !is_blank(peek(&t)))
		ok = fail(&t, "a blank must follow the pattern");
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
