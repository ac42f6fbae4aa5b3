/* test_pattern.c - tests of src/find/pattern.c, translate.c, number.c,
 * charset.c and named.c
 *
 * A pattern is tried on bytes as a whole; what it finds is written as
 * "START+LEN" words, with the encoding behind them where one was asked for.
 */
#include "config.h"

#include "find/pattern.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "find/named.h"
#include "tests/support.h"

enum { FOUND = 512 };

/* Options as letters: i, w, o (open end), and encodings 8 l b 1 2 in order. */
static struct pattern_options options_of(const char *letters)
{
	static const char sets[] = "8lb12";
	struct pattern_options options = {
		.numbers.units = &units_default,
	};

	for (; *letters; letters++) {
		const char *at = strchr(sets, *letters);

		options.caseless |= *letters == 'i';
		options.word |= *letters == 'w';
		options.open_end |= *letters == 'o';
		if (at)
			options.charsets[options.charset_count++] =
				(enum charset)(at - sets);
	}
	return options;
}

/* "(7)" and "(-7)" are the expressions that these tests know. */
static bool eval(void *ctx, struct lexer *lx, bool *negative, uint64_t *mag,
                 struct error *err)
{
	char *end;
	long long value = strtoll(lx->line + lx->pos + 1, &end, 0);

	ck_assert_ptr_eq(ctx, &units_default);
	if (*end != ')')
		return error_at(err, lx->pos + 1, "bad expression");
	lx->pos = (size_t)(end - lx->line) + 1;
	*negative = value < 0;
	*mag = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	return true;
}

static struct pattern *parse(const char *text, const char *letters,
                             struct error *err)
{
	struct pattern_options options = options_of(letters);
	struct lexer lx = lexer_of(text, strlen(text));
	struct pattern *p;

	union {
		const struct units *from;
		void *to;
	} ctx = { &units_default };

	options.numbers.eval = eval;
	options.numbers.ctx = ctx.to;
	p = pattern_parse(&lx, &options, err);
	ck_assert_uint_eq(lx.pos, p ? strcspn(text, "\t") : 0);
	return p;
}

static struct pattern *parsed(const char *text, const char *letters)
{
	struct error err;
	struct pattern *p = parse(text, letters, &err);

	if (!p)
		ck_abort_msg("%s: %s (column %zu)", text, err.text, err.column);
	return p;
}

/* All matches, one behind the other, as words. */
static void find_all(struct pattern *p, const void *bytes, size_t len,
                     char found[static FOUND])
{
	struct error err;
	struct matcher *m = matcher_new(p, &err);
	size_t from = 0, used = 0;
	struct match_at at;

	ck_assert_ptr_nonnull(m);
	found[0] = '\0';
	while (from < len && matcher_find(m, bytes, len, from, len - 1, 0,
	                                  &at) == MATCHED_YES) {
		const char *set = pattern_charset(p, at.charset);

		ck_assert_uint_le(from, at.start);
		ck_assert_uint_lt(at.start, at.end);
		used += (size_t)snprintf(found + used, FOUND - used,
		                         "%s%zu+%zu%s", used ? " " : "",
		                         at.start, at.end - at.start,
		                         set ? set : "");
		ck_assert_uint_lt(used, FOUND);
		from = at.end;
	}
	matcher_free(m);
}

static const struct {
	const char *pattern, *options;
	const char *bytes;
	size_t len;
	const char *found;
} finds[] = {
#define ROW(p, o, b, f)                   \
	{                                 \
		p, o, b, sizeof(b) - 1, f \
	}
	/* bytes */
	ROW("{de ad}", "", "\xde\xad\xde\xde\xad", "0+2 3+2"),
	ROW("{DEAD}", "", "x\xde\xad", "1+2"),
	ROW("{ 00 }", "", "\0\1\0", "0+1 2+1"),
	ROW("{0a??}", "", "\n\n\n", "0+2"),
	ROW("{????}", "", "\n\0\xff", "0+2"),
	ROW("{e? 1f}", "", "\xdf\x1f\xe0\x1f\xef\x1f\xf0\x1f", "2+2 4+2"),
	ROW("{?0}", "", "\x00\x01\x10\xf0\xf1", "0+1 2+1 3+1"),
	ROW("{?f}", "", "\x0f\xff\xf0", "0+1 1+1"),
	ROW("{5b 5c 5d 2e 5e}", "", "[\\].^", "0+5"), /* all of them syntax */
	ROW("{?e}", "", ".^nN~", "0+1 1+1 2+1 3+1 4+1"),
	ROW("{5?}", "", "[\\]^-", "0+1 1+1 2+1 3+1"),
	ROW("{~0a}", "", "\n\0\xff", "1+1 2+1"),
	ROW("{~41 ~4?}", "", "AAB\x50\0", "2+2"),
	ROW("{~?f}", "", "\x0f\xfe\xff\x4f-", "1+1 4+1"),
	ROW("{~5d}", "", "]^\\", "1+1 2+1"), /* all of them syntax */
	ROW("{61 (~62|62 ~63) 63}", "", "aacabdcabcc", "0+3 3+4"),
	ROW("{61 [0] 62}", "", "ab", "0+2"),
	ROW("{61 [1] 62}", "", "ab a\nb", "3+3"),
	ROW("{61 [1-2] 62}", "", "ab a.b a..b a...b", "3+3 7+4"),
	ROW("{61 [ 1 - 2 ] 62}", "", "ab a.b", "3+3"),
	ROW("{61 [0-2] 62}", "", "abbb", "0+2"), /* the shorter one */
	ROW("{61[-1]62}", "", "ab a.b a..b", "0+2 3+3"),
	ROW("{61 [2-] 62}", "", "ab a.b a..bb", "0+6 7+4"),
	ROW("{61 [-] 62}", "", "a..bb", "0+4"),
	ROW("{61 (62|63 64) 65}", "", "abe acde ade", "0+3 4+4"),
	ROW("{(61|(62|63) [1] 64)}", "", "a c.d b.d", "0+1 2+3 6+3"),
	ROW("{(61|61 62)}", "", "ab", "0+1"), /* the first that fits */
	/* texts */
	ROW("\"a.b\"", "", "axba.b", "3+3"),
	ROW("\"\\x00\\xff\\n\\\"\"", "", "\0\xff\n\"", "0+4"),
	ROW("\"\xc3\xa9\"", "", "\xe9\xc3\xa9", "1+2"),
	ROW("\"pa ss\"", "i", "PA sS", "0+5"),
	ROW("\"k\"", "i", "kK\xe2\x84\xaa", "0+1 1+1 2+3"),
	ROW("\"\xc3\xa9\"", "i", "\xc3\xa9\xc3\x89\xc3\xa8", "0+2 2+2"),
	ROW("\"\xc3\xa9\\xff\\xe9\"", "i", "\xc3\x89\xff\xe9", "0+4"),
	ROW("\"a\"", "8l", "a\0a", "0+1utf8 2+1utf8"),
	ROW("\"a\"", "l8", "a\0a", "0+2utf16le 2+1utf8"),
	ROW("\"ab\"", "8lb", "aba\0b\0a\0\0a\0b",
	    "0+2utf8 2+4utf16le 8+4utf16be"),
	ROW("\"ab\"", "l", "xa\0b\0", "1+4utf16le"), /* at an odd offset */
	ROW("\"\xc3\xa9\"", "8l1", "\xe9\xc3\xa9\xe9\0",
	    "0+1latin1 1+2utf8 3+2utf16le"),
	ROW("\"\xe2\x82\xac\"", "12", "\x80", "0+1cp1252"), /* euro sign */
	ROW("\"\xf0\x9f\x98\x80\"", "lb", "\x3d\xd8\0\xde\xd8\x3d\xde\0",
	    "0+4utf16le 4+4utf16be"),
	ROW("\"ab\"", "il", "A\0b\0", "0+4utf16le"),
	ROW("\"\xc3\xa9\"", "i12", "\xc9\xe9", "0+1latin1 1+1latin1"),
	ROW("\"\xe2\x84\xaa\"", "i1", "kK", "0+1latin1 1+1latin1"),
	ROW("utf16le:\"ab\"", "", "a\0b\0", "0+4"),
	ROW("UTF-16BE:\"ab\"", "", "\0a\0b", "0+4"),
	ROW("utf16be:\"ab\"", "i", "\0A\0b", "0+4"),
	ROW("latin1:\"\xc3\xa9\"", "", "\xc3\xa9\xe9", "2+1"),
	ROW("cp1252:\"\xc5\xa0\"", "", "\x8a", "0+1"),
	ROW("utf8:\"a\"", "", "a", "0+1"),
	/* whole words */
	ROW("\"ab\"", "w", "ab xab abx a_ab ab_ -ab.", "0+2 21+2"),
	ROW("\"ab\"", "w",
	    "\xc3\xa9"
	    "ab",
	    "2+2"),
	ROW("\"ab\"", "wl", "xa\0b\0 a\0b\0\0c\0a\0b\0",
	    "1+4utf16le 6+4utf16le"),
	ROW("\"ab\"", "wl", "x\0a\0b\0a\0b\0.\0a\0b\0y\0", ""),
	ROW("\"a\"", "wb", "\0a\0b\0a.\0\0a\0x", ""),
	ROW("\"a\"", "wb", ".\0a.", "1+2utf16be"),
	ROW("/a|ab/", "w", "ab xa a", "0+2 6+1"),
	ROW("/a # x/x", "w", "ba a", "3+1"),
	/* letters of Unicode with flag u, of ASCII without */
	ROW("/a/", "w",
	    "\xc3\xa9"
	    "a a\xc3\xa9 a",
	    "2+1 4+1 8+1"),
	ROW("/a/u", "w",
	    "\xc3\xa9"
	    "a a\xc3\xa9 a",
	    "8+1"),
	ROW("/a/iu", "w",
	    "\xf0\x9d\x9f\x98"
	    "a \xd9\xa3"
	    "a \xe2\x82\xac"
	    "A",
	    "13+1"),
	ROW("/a # u/xu", "w",
	    "\xc3\xa9"
	    "a \xc3"
	    "a a\xa9",
	    "5+1 7+1"),
	ROW("/a\\/u/", "w",
	    "\xc3\xa9"
	    "a/u",
	    "2+3"),
	/* numbers */
	ROW("u8:65", "", "A", "0+1"),
	ROW("u16le:0x1234", "", "\x34\x12", "0+2"),
	ROW("u16be:0x1234,1", "", "\x12\x34\0\1", "0+4"),
	ROW("i16be:-2", "", "\xff\xfe", "0+2"),
	ROW("u32le:1K", "", "\0\4\0\0", "0+4"),
	ROW("u64be:(7)", "", "\0\0\0\0\0\0\0\7", "0+8"),
	ROW("i8:-(7),(-7)", "", "\xf9\xf9", "0+2"),
	ROW("f32le:1.5", "", "\0\0\xc0\x3f", "0+4"),
	ROW("f64be:-2", "", "\xc0\0\0\0\0\0\0\0", "0+8"),
	ROW("f64be:(-2)", "", "\xc0\0\0\0\0\0\0\0", "0+8"),
	ROW("f32be:-inf", "", "\xff\x80\0\0", "0+4"),
	ROW("f32be:(0x1000001000000001)", "", "\x5d\x80\0\1", "0+4"),
	ROW("f32be:-(0x1000001000000001)", "", "\xdd\x80\0\1", "0+4"),
	/* ranges of them */
	ROW("u8:0x41..0x43", "", "@ABCD", "1+1 2+1 3+1"),
	ROW("u8:0..255", "", "\n\xff", "0+1 1+1"),
	ROW("u8:7..7,(8)..0x9", "", "\7\7\x9", "1+2"),
	ROW("i8:-2..1", "", "\xfd\xfe\xff\0\1\2", "1+1 2+1 3+1 4+1"),
	ROW("u16be:0x12ff..0x1400", "", "\x12\xfe\x12\xff\x14\0\x14\1",
	    "2+2 4+2"),
	ROW("u16le:0x12ff..0x1400", "", "\xfe\x12\xff\x12\0\x14\1\x14",
	    "2+2 4+2"),
	ROW("u64be:0x8000_0000_0000_0000..0xffff_ffff_ffff_ffff", "",
	    "\x7f\xff\xff\xff\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", "1+8"),
	ROW("f32be:1.5..inf", "", "\x3f\xbf\xff\xff\x7f\x80\0\0\x7f\x80\0\1",
	    "4+4"),
	ROW("f32be:-1..-.5", "", "\xbf\x80\0\0\xbf\0\0\0\xbe\xff\xff\xff",
	    "0+4 4+4"),
	/* zero, with either sign */
	ROW("f32be:0..1", "", "\x80\0\0\0\0\0\0\0\x80\0\0\1", "0+4 4+4"),
	ROW("f32be:-1..-0", "", "\x80\0\0\0\0\0\0\0\0\0\0\1", "0+4 4+4"),
	ROW("f32be:0..-0.0", "", "\x80\0\0\0\0\0\0\0\0\0\0\1", "0+4 4+4"),
	ROW("f64le:-0..0", "", "\0\0\0\0\0\0\0\x80", "0+8"),
	ROW("f32be:-1...5", "", "\x80\0\0\0\0\0\0\0\xbf\x80\0\1", "0+4 4+4"),
	/* regexes */
	ROW("/a.c/", "", "abca\nc", "0+3"),
	ROW("/a.c/s", "", "a\nc", "0+3"),
	ROW("/A/i", "", "aA", "0+1 1+1"),
	ROW("/A/", "i", "aA", "0+1 1+1"),
	ROW("/^a/m", "", "a\na", "0+1 2+1"),
	ROW("/^a/", "", "a\na", "0+1"),
	ROW("/a$/", "", "a\na\n", ""),
	ROW("/a$/m", "", "a\na\n", "0+1 2+1"),
	ROW("/a b # c/x", "", "ab", "0+2"),
	ROW("/a\\/b/", "", "a/b", "0+3"),
	ROW("/[\\/]/", "", "/", "0+1"),
	ROW("/\\\\/", "", "\\", "0+1"),
	ROW("/\\Qa\\/b\\E/", "", "a/b", "0+3"), /* '\/' is a slash anywhere */
	ROW("/a*/", "", "baa", "1+2"),          /* not empty */
	ROW("/./", "", "\xc3\xa9", "0+1 1+1"),
	ROW("/./u", "", "\xc3\xa9\xffx", "0+2 3+1"),
	ROW("/\xc3\xa9/iu", "", "\xc3\x89", "0+2"),
	ROW("/abc", "o", "abc", "0+3"),
	ROW("?a?bc", "o", "abcbc", "0+3 3+2"),
	ROW("?a/i", "o", "A", "0+1"),
	/* none of these is what would be refused */
	ROW("/\\\\G/", "", "\\G", "0+2"),
	ROW("/\\Q\\G(*SKIP)\\E/", "", "\\G(*SKIP)", "0+9"),
	ROW("/a(?#\\G (*COMMIT)/", "", "(*COMMIT)", ""),
	ROW("/a # \\G\n(?#)/x", "", "a", "0+1"),
	ROW("/[(*SKIP)]/", "", "*S", "0+1 1+1"),
	ROW("/a(*PRUNE)b|c/", "", "ab", "0+2"),
	ROW("/(*MARK:x)a/", "", "a", "0+1"),
	ROW("/(*atomic:a)/", "", "a", "0+1"),
	/* names */
	ROW("@email", "", "<joe.x@example.org>", "1+17"),
	ROW("@guid", "", "{01234567-89ab-CDEF-0123-456789abcdef}", "0+38"),
	ROW("@ipv4", "", "10.0.0.255 256.1.1.1 1.2.3 1.2.3.4. 1.2.3.4.5",
	    "0+10 27+7"),
	ROW("@phone", "", "+1 555-123-4567 (555) 123-4567 1234567",
	    "0+15 16+14"),
	ROW("@ssn", "", "123-45-6789 000-12-3456 123-00-1234 1-123-45-6789",
	    "0+11"),
	ROW("@url", "", "see HTTPS://example.org/a?b=c#d, http:x", "4+28"),
	ROW("@email", "iw", "xJOE@EXAMPLE.ORGx", "0+17"),
#undef ROW
};

START_TEST(finds_what_it_says)
{
	struct pattern *p = parsed(finds[_i].pattern, finds[_i].options);
	char found[FOUND];

	find_all(p, finds[_i].bytes, finds[_i].len, found);
	if (strcmp(found, finds[_i].found) != 0)
		ck_abort_msg("%s: found \"%s\", not \"%s\", by \"%s\"",
		             finds[_i].pattern, found, finds[_i].found,
		             pattern_regex(p)->text);
	ck_assert_str_eq(pattern_text(p), finds[_i].pattern);
	pattern_unref(p);
}
END_TEST

static const struct {
	const char *pattern, *options;
	size_t column;
	const char *says;
} wrong[] = {
	{ "", "", 1, "a pattern is needed" },
	{ "abc", "", 1, "a pattern is /regex/" },
	{ "?abc", "", 1, "a pattern is /regex/" },
	{ "{}", "", 2, "the pattern is empty" },
	{ "{ }", "", 3, "the pattern is empty" },
	{ "\"\"", "", 1, "the pattern is empty" },
	{ "latin1:\"\"", "", 8, "the pattern is empty" },
	{ "//", "", 1, "the pattern is empty" },
	{ "//i", "w", 1, "the pattern is empty" },
	{ "{d}", "", 2, "without its second" },
	{ "{de a}", "", 5, "without its second" },
	{ "{de a d}", "", 5, "without its second" },
	{ "{?}", "", 2, "?? is any byte" },
	{ "{de ~}", "", 6, "the digits of a byte must follow '~'" },
	{ "{~~00}", "", 3, "the digits of a byte must follow '~'" },
	{ "{~[4] 00}", "", 3, "the digits of a byte must follow '~'" },
	{ "{~4}", "", 3, "without its second" },
	{ "{de ~??}", "", 5, "~?? would be no byte" },
	{ "{de", "", 1, "the brace is not closed" },
	{ "{de g0}", "", 5, "hex digits" },
	{ "{de)}", "", 4, "no parenthesis" },
	{ "{de|ad}", "", 4, "no parenthesis" },
	{ "{(de|ad}", "", 2, "the parenthesis is not closed" },
	{ "{(de", "", 2, "the parenthesis is not closed" },
	{ "{(de|)}", "", 6, "bytes expected" },
	{ "{()}", "", 3, "bytes expected" },
	{ "{[4] de}", "", 2, "a jump stands between bytes" },
	{ "{de [4]}", "", 5, "a jump stands between bytes" },
	{ "{de ([4])}", "", 6, "a jump stands between bytes" },
	{ "{de [] ad}", "", 5, "how many bytes" },
	{ "{de [6-4] ad}", "", 5, "ends before it begins" },
	{ "{de [65536] ad}", "", 6, "at most 65535" },
	{ "{de [0-65536] ad}", "", 8, "at most 65535" },
	{ "{de [4 ad}", "", 8, "']' expected" },
	{ "{de [4-6", "", 9, "']' expected" },
	{ "\"abc", "", 1, "the quote is not closed" },
	{ "\"a\\q\"", "", 3, "unknown escape" },
	{ "\"a\"b", "", 4, "a blank must follow" },
	{ "{aa}bb", "", 5, "a blank must follow" },
	{ "/abc", "", 1, "not closed" },
	{ "/abc\\/", "", 1, "not closed" },
	{ "/a/q", "", 4, "unknown flag" },
	{ "/a/iI", "", 5, "unknown flag" },
	{ "/a(b/", "", 5, "missing closing parenthesis" },
	{ "/\\/a)/", "", 5, "unmatched closing parenthesis" },
	{ "/a)|(b/", "w", 3, "unmatched closing parenthesis" },
	{ "/a[b/", "", 5, "missing terminating ]" },
	{ "/(?<=a+)b/", "", 2, "lookbehind" },
	{ "/\\G/", "", 2, "\\G is not taken" },
	{ "/a|\\Gb/", "", 4, "\\G is not taken" },
	{ "/a(?=\\G)/", "", 6, "\\G is not taken" },
	{ "/(?C1)\\G/", "", 7, "\\G is not taken" },
	{ "/\\/\\G/", "", 4, "\\G is not taken" },
	{ "/a(*COMMIT)/", "", 3, "(*COMMIT) is not taken" },
	{ "/(*COMMIT:x)a/", "", 2, "(*COMMIT) is not taken" },
	{ "/a(*SKIP)b/", "", 3, "(*SKIP) is not taken" },
	{ "/a(*SKIP:x)b/", "w", 3, "(*SKIP) is not taken" },
	{ "/a\\Kb/", "", 3, "\\K is not taken" },
	{ "/(?C1)(?C2)\\Kb/", "", 12, "\\K is not taken" },
	{ "/a(*ACCEPT)b/", "", 3, "(*ACCEPT) is not taken" },
	{ "/(*ACCEPT)b/", "", 2, "(*ACCEPT) is not taken" },
	{ "/a(?R)?b/u", "", 1, "do not go with flag u" },
	{ "/a(*PRUNE)b/u", "", 1, "do not go with flag u" },
	{ "/\\C/", "", 4, "\\C is not taken" },
	{ "/(*UTF)a/", "", 2, "options such as (*UTF)" },
	{ "/(*LIMIT_MATCH=1)a/", "", 2, "options such as (*UTF)" },
	{ "/(*CRLF)a/", "", 2, "options such as (*UTF)" },
	{ "/a(*UTF)/", "", 8, "not recognized" },
	{ "{aa}", "i", 1, "-i is not for bytes" },
	{ "{aa}", "w", 1, "-w is not for bytes" },
	{ "{aa}", "8", 1, "-e is not for bytes" },
	{ "u8:1", "i", 1, "-i is not for numbers" },
	{ "/a/", "8", 1, "-e is for a \"text\"" },
	{ "latin1:\"a\"", "8", 8, "already" },
	{ "\"\\xff\"", "8", 1, "only UTF-8 text" },
	{ "utf16le:\"\\xff\"", "", 9, "only UTF-8 text" },
	{ "latin1:\"\xe2\x82\xac\"", "", 8, "latin1 does not have all" },
	{ "\"\xe2\x82\xac\xe2\x98\x83\"", "12", 1, "none of the encodings" },
	{ "u24le:1", "", 1, "unknown type" },
	{ "u16:1", "", 1, "unknown type" },
	{ "utf-16:\"a\"", "", 1, "unknown type" },
	{ "utf-16lee:\"a\"", "", 1, "unknown type" },
	{ "-:\"a\"", "", 1, "unknown type" },
	{ "utf16le:x", "", 9, "a \"text\" must follow" },
	{ "u8:", "", 4, "number expected" },
	{ "u8:1,", "", 6, "number expected" },
	{ "u8:256", "", 4, "256 is out of range (0 to 255)" },
	{ "u8:-1", "", 4, "-1 is out of range (0 to 255)" },
	{ "i8:128", "", 4, "128 is out of range (-128 to 127)" },
	{ "i8:1,-129", "", 6, "-129 is out of range (-128 to 127)" },
	{ "u64le:0x10000000000000000", "", 7, "too big" },
	{ "u8:(x)", "", 4, "bad expression" },
	{ "u8:5..4", "", 7, "the range ends before it begins" },
	{ "i16le:1..-1", "", 10, "the range ends before it begins" },
	{ "i16le:-1..-2", "", 11, "the range ends before it begins" },
	{ "f32le:-1..-1.5", "", 11, "the range ends before it begins" },
	{ "f32le:0..-1", "", 10, "the range ends before it begins" },
	{ "f32le:-0..-1", "", 11, "the range ends before it begins" },
	{ "f32le:1..-0", "", 10, "the range ends before it begins" },
	{ "f32le:1..-1", "", 10, "the range ends before it begins" },
	{ "u8:1..", "", 7, "number expected" },
	{ "u8:1..256", "", 7, "out of range" },
	{ "u8:1...2", "", 7, "number expected" },
	{ "f32le:", "", 7, "number expected" },
	{ "f32le:1e", "", 7, "not a number" },
	{ "f32le:1e39", "", 7, "1e39 is out of range" },
	{ "f64le:1e400", "", 7, "1e400 is out of range" },
	{ "f64le:nan", "", 7,
	  "NaN has many forms: give the bits of one, as "
	  "u64le:0x7ff8000000000000" },
	{ "f32be:-NaN", "", 7, "as u32be:0x7fc00000" },
	{ "f64le:nanny", "", 7, "not a number" },
	{ "/\\x{100}/", "", 8, "is too large; flag u is for characters" },
	{ "/\\N{U+41}/", "", 4, "(UTF) mode; flag u is for characters" },
	{ "@", "", 1, "no pattern of that name (email guid" },
	{ "@none", "", 1, "no pattern of that name" },
	{ "@email", "8", 1, "-e is for" },
};

START_TEST(wrong_patterns)
{
	struct error err = { 0 };
	struct pattern *p = parse(wrong[_i].pattern, wrong[_i].options, &err);

	if (p)
		ck_abort_msg("%s was taken", wrong[_i].pattern);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	if (!strstr(err.text, wrong[_i].says) || err.column != wrong[_i].column)
		ck_abort_msg("%s: \"%s\" in column %zu, not \"%s\" in %zu",
		             wrong[_i].pattern, err.text, err.column,
		             wrong[_i].says, wrong[_i].column);
}
END_TEST

/* The bounds of every type fit, and what is next to them does not. */
START_TEST(numbers_at_their_bounds)
{
	static const char *const ends[] = { "8",    "16le", "16be", "32le",
		                            "32be", "64le", "64be" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		int bits = atoi(ends[i]);
		uint64_t top = UINT64_MAX >> (64 - bits);
		struct error err;
		char text[64];

		snprintf(text, sizeof(text), "u%s:%" PRIu64, ends[i], top);
		pattern_unref(parsed(text, ""));
		snprintf(text, sizeof(text), "i%s:%" PRIu64, ends[i], top / 2);
		pattern_unref(parsed(text, ""));
		snprintf(text, sizeof(text), "i%s:-%" PRIu64, ends[i],
		         top / 2 + 1);
		pattern_unref(parsed(text, ""));
		snprintf(text, sizeof(text), "i%s:%" PRIu64, ends[i],
		         top / 2 + 1);
		ck_assert_ptr_null(parse(text, "", &err));
		snprintf(text, sizeof(text), "i%s:-%" PRIu64, ends[i],
		         top / 2 + 2);
		ck_assert_ptr_null(parse(text, "", &err));
	}
}
END_TEST

/* Every 16-bit number is found as the two bytes that it is. */
START_TEST(numbers_are_their_bytes)
{
	for (unsigned n = 0; n < 0x10000; n += 251) {
		unsigned char bytes[] = { (unsigned char)n,
			                  (unsigned char)(n >> 8) };
		char text[32], found[FOUND];
		struct pattern *p;

		snprintf(text, sizeof(text), "i16le:%d", (int)(int16_t)n);
		p = parsed(text, "");
		find_all(p, bytes, 2, found);
		ck_assert_str_eq(found, "0+2");
		pattern_unref(p);
	}
}
END_TEST

/* A point is a point where people write commas. */
START_TEST(floats_in_any_locale)
{
	static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8" };
	struct pattern *p;
	char found[FOUND];

	for (size_t i = 0; i < ARRAY_LEN(locales); i++)
		(void)setlocale(LC_ALL, locales[i]);
	p = parsed("f64be:3.5", "");
	find_all(p, "\x40\x0c\0\0\0\0\0\0", 8, found);
	ck_assert_str_eq(found, "0+8");
	pattern_unref(p);
	(void)setlocale(LC_ALL, "C");
}
END_TEST

/* --- models -------------------------------------------------------------- */

/* {de a? ?f ?? ~00} against comparing nibbles. */
START_TEST(bytes_against_a_model)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(5000); n > 0; n--) {
		size_t len = 1 + random_below(&seed, 4);
		char text[64] = "{", want[FOUND] = "", found[FOUND];
		unsigned char value[4], mask[4], bytes[40];
		bool others[4];
		size_t used = 1, words = 0;
		struct pattern *p;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(random_below(&seed, 3) * 17);
		for (size_t i = 0; i < len; i++) {
			static const unsigned char masks[] = { 0, 0xf0, 0xf,
				                               0xff, 0xff };
			char digits[4];

			mask[i] = masks[random_below(&seed, 5)];
			value[i] = bytes[random_below(&seed, 40)] & mask[i];
			others[i] = mask[i] && random_below(&seed, 4) == 0;
			snprintf(digits, sizeof(digits), "%02x", value[i]);
			if (!(mask[i] & 0xf0))
				digits[0] = '?';
			if (!(mask[i] & 0xf))
				digits[1] = '?';
			used += (size_t)snprintf(text + used,
			                         sizeof(text) - used, "%s%s%s",
			                         random_below(&seed, 2) ? " "
			                                                : "",
			                         others[i] ? "~" : "", digits);
		}
		snprintf(text + used, sizeof(text) - used, "}");
		for (size_t at = 0; at + len <= sizeof(bytes);) {
			size_t i = 0;

			while (i < len && ((bytes[at + i] & mask[i]) ==
			                   value[i]) != others[i])
				i++;
			if (i == len)
				words += (size_t)snprintf(want + words,
				                          FOUND - words,
				                          "%s%zu+%zu",
				                          words ? " " : "", at,
				                          len);
			at += i == len ? len : 1;
		}
		p = parsed(text, "");
		ck_assert_uint_eq(pattern_regex(p)->reach, len);
		find_all(p, bytes, sizeof(bytes), found);
		ck_assert_str_eq(found, want);
		pattern_unref(p);
	}
}
END_TEST

static double double_of(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

/* Is this number of the type in the range? Its bytes are in order, the most
   significant first. */
static bool is_between(char kind, unsigned size, const unsigned char *bytes,
                       uint64_t first, uint64_t last)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < size; i++)
		bits = bits << 8 | bytes[i];
	if (kind == 'i' && bytes[0] & 0x80 && size < 8)
		bits |= UINT64_MAX << (8 * size);
	if (kind == 'i')
		return (int64_t)bits >= (int64_t)first &&
		       (int64_t)bits <= (int64_t)last;
	if (kind == 'f')
		return double_of(bits) >= double_of(first) &&
		       double_of(bits) <= double_of(last);
	return bits >= first && bits <= last;
}

static bool is_less(char kind, uint64_t a, uint64_t b)
{
	if (kind == 'f')
		return double_of(a) < double_of(b);
	return kind == 'i' ? (int64_t)a < (int64_t)b : a < b;
}

static const unsigned char edges[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };

/* An end of a range. */
static uint64_t random_end(uint64_t *seed, char kind, unsigned size)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < size; i++)
		bits = bits << 8 | edges[random_below(seed, sizeof(edges))];
	if (kind == 'f' && random_below(seed, 8) == 0)
		bits = random_below(seed, 2) << 63;
	/* No NaN, nor infinity. */
	if (kind == 'f')
		bits &= ~(UINT64_C(1) << 62);
	if (kind == 'i' && size < 8 && bits >> (8 * size - 1))
		bits |= UINT64_MAX << (8 * size);
	return bits;
}

static void write_range(char text[static 120], char kind, unsigned size,
                        bool big, uint64_t first, uint64_t last)
{
	const char *order = size == 1 ? "" : big ? "be" : "le";
	int n = snprintf(text, 120, "%c%u%s:", kind, 8 * size, order);
	char *to = text + n;

	if (kind == 'f')
		snprintf(to, 100, "%.17g..%.17g", double_of(first),
		         double_of(last));
	else if (kind == 'i')
		snprintf(to, 100, "%" PRId64 "..%" PRId64, (int64_t)first,
		         (int64_t)last);
	else
		snprintf(to, 100, "%" PRIu64 "..0x%" PRIx64, first, last);
}

/* i16le:-300..5 against comparing numbers. */
START_TEST(ranges_against_a_model)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(5000); n > 0; n--) {
		char kind = "uif"[random_below(&seed, 3)];
		unsigned size = kind == 'f' ? 8 : 1u << random_below(&seed, 4);
		bool big = random_below(&seed, 2);
		uint64_t first = random_end(&seed, kind, size);
		uint64_t last = random_end(&seed, kind, size);
		char text[120], want[FOUND] = "", found[FOUND];
		unsigned char bytes[40], turned[8];
		struct pattern *p;
		size_t words = 0;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = edges[random_below(&seed, sizeof(edges))];
		/* A zero, whose sign is to be seen or not. */
		if (random_below(&seed, 2)) {
			memset(bytes + 9, 0, 9);
			bytes[big ? 10 : 17] = 0x80;
		}
		if (is_less(kind, last, first))
			last = first;
		write_range(text, kind, size, big, first, last);
		for (size_t at = 0; at + size <= sizeof(bytes);) {
			bool is;

			for (size_t i = 0; i < size; i++)
				turned[i] =
					bytes[at + (big ? i : size - 1 - i)];
			is = is_between(kind, size, turned, first, last);
			if (is)
				words += (size_t)snprintf(want + words,
				                          FOUND - words,
				                          "%s%zu+%u",
				                          words ? " " : "", at,
				                          size);
			at += is ? size : 1;
		}
		p = parsed(text, "");
		ck_assert_uint_eq(pattern_regex(p)->reach, size);
		find_all(p, bytes, sizeof(bytes), found);
		ck_assert_msg(strcmp(found, want) == 0, "%s: %s, not %s", text,
		              found, want);
		pattern_unref(p);
	}
}
END_TEST

/* Words with flag u against what PCRE2 says of \\b among characters: beside
   each character there is, and beside bytes that are none. */
START_TEST(words_against_pcre2)
{
	struct pattern *p = parsed("/a/u", "w");
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	size_t offset;
	int rc;
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR) "\\ba\\b", PCRE2_ZERO_TERMINATED,
	                      PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF,
	                      &rc, &offset, NULL);
	uint64_t seed = random_seed();

	ck_assert_ptr_nonnull(code);
	for (uint32_t cp = 0; cp < 0x110000; cp += 1 + cp / 0x3000 % 7) {
		char bytes[16];
		char want[FOUND] = "", found[FOUND];
		size_t len = text_encode(bytes, cp);

		if (len > 1 && random_below(&seed, 40) == 0)
			len--;
		memmove(bytes + 1, bytes, len);
		bytes[0] = bytes[++len] = 'a';
		len++;
		for (size_t at = 0; pcre2_match(code, (PCRE2_SPTR)bytes, len,
		                                at, 0, data, NULL) > 0;
		     at = pcre2_get_ovector_pointer(data)[1])
			sprintf(want + strlen(want), "%s%zu+1",
			        *want ? " " : "",
			        pcre2_get_ovector_pointer(data)[0]);
		find_all(p, bytes, len, found);
		ck_assert_msg(strcmp(found, want) == 0, "U+%04x: %s, not %s",
		              (unsigned)cp, found, want);
	}
	pcre2_code_free(code);
	pcre2_match_data_free(data);
	pattern_unref(p);
}
END_TEST

static uint32_t random_character(uint64_t *seed)
{
	static const uint32_t some[] = {
		'a',   'K',    's',     0xe9,    0xdf,
		0x3b9, 0x20ac, 0x10400, 0x1f600, 0x1c5
	};

	if (random_below(seed, 4) == 0)
		return 0x21 + (uint32_t)random_below(seed, 0x5e);
	return some[random_below(seed, ARRAY_LEN(some))];
}

/* A text in one of the encodings, each character in one of its cases, is found
   where it was put: at offsets of any kind, between bytes of any kind. */
START_TEST(texts_in_encodings)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(5000); n > 0; n--) {
		static const char letters[] = "8lb12";
		enum charset set = (enum charset)random_below(&seed, CHARSETS);
		char text[64] = "\"", options[8] = "", found[FOUND];
		char want[FOUND];
		unsigned char bytes[64];
		size_t used = 1;
		size_t before = random_below(&seed, 6), len = before;
		size_t start = random_below(&seed, CHARSETS);
		bool caseless = random_below(&seed, 2);
		bool has = true;
		struct pattern *p;

		for (size_t i = 0; i < CHARSETS; i++)
			options[i] = letters[(start + i) % CHARSETS];
		options[CHARSETS] = caseless ? 'i' : '\0';
		memset(bytes, 5, sizeof(bytes));
		for (size_t i = 2 + random_below(&seed, 4); i > 0; i--) {
			uint32_t cp = random_character(&seed);
			uint32_t v[FOLD_VARIANTS] = { cp };
			size_t count = caseless ? fold_variants(cp, v) : 1;
			size_t size =
				charset_encode(set,
			                       v[random_below(&seed, count)],
			                       bytes + len);

			if (cp == '"' || cp == '\\')
				text[used++] = '\\';
			used += text_encode(text + used, cp);
			has = has && size > 0;
			len += size;
		}
		text[used++] = '"';
		text[used] = '\0';
		if (!has)
			continue;
		bytes[len] = 5;
		p = parsed(text, options);
		find_all(p, bytes, len + 1 + random_below(&seed, 3), found);
		/* What is ASCII is the same in three of them. */
		snprintf(want, sizeof(want), "%zu+%zu", before, len - before);
		ck_assert_msg(strncmp(found, want, strlen(want)) == 0 &&
		                      !strchr(found, ' '),
		              "%s -e %s in %s: %s, not %s", text, options,
		              charset_name(set), found, want);
		pattern_unref(p);
	}
}
END_TEST

/* --- matchers ------------------------------------------------------------ */

static struct matcher *matcher_for(const char *text, struct pattern **p)
{
	struct error err;
	struct matcher *m;

	*p = parsed(text, "");
	m = matcher_new(*p, &err);
	ck_assert_ptr_nonnull(m);
	return m;
}

static const struct {
	const char *pattern, *bytes;
	size_t from, last;
	unsigned flags;
	enum matched matched;
	size_t begin; /* of the match, or of the partial one */
} matches[] = {
	{ "/b/", "abab", 0, 3, 0, MATCHED_YES, 1 },
	{ "/b/", "abab", 2, 3, 0, MATCHED_YES, 3 },
	{ "/b/", "abab", 0, 0, 0, MATCHED_NO, 0 },
	{ "/b/", "abab", 0, 1, 0, MATCHED_YES, 1 }, /* last is included */
	{ "/abab/", "abab", 0, 0, 0, MATCHED_YES, 0 },
	{ "/^a/", "aa", 0, 1, 0, MATCHED_YES, 0 },
	{ "/^a/", "aa", 0, 1, MATCHER_INSIDE, MATCHED_NO, 0 },
	{ "/(?<=a)b/", "abab", 1, 3, MATCHER_INSIDE, MATCHED_YES, 1 },
	{ "/abc/", "xxab", 0, 3, 0, MATCHED_NO, 0 },
	{ "/abc/", "xxab", 0, 3, MATCHER_PARTIAL, MATCHED_PARTIAL, 2 },
	{ "/ab/", "xxab", 0, 3, MATCHER_PARTIAL, MATCHED_YES, 2 },
	{ "/ab+/", "xxab", 0, 3, MATCHER_PARTIAL, MATCHED_PARTIAL, 2 },
	{ "/ab(?!c)/", "xxab", 0, 3, MATCHER_PARTIAL, MATCHED_PARTIAL, 2 },
	{ "/b$/", "ab", 0, 1, MATCHER_PARTIAL, MATCHED_PARTIAL, 1 },
	{ "/b$/", "ab", 0, 1, 0, MATCHED_YES, 1 },
	/* "^" behind the last newline */
	{ "/\\n^/m", "a\n", 0, 1, 0, MATCHED_NO, 0 },
	{ "/\\n^/m", "a\n", 0, 1, MATCHER_PARTIAL, MATCHED_YES, 1 },
	{ "/(?m)\\n(?=^)/", "a\n", 0, 1, MATCHER_PARTIAL, MATCHED_YES, 1 },
};

START_TEST(matches_in_a_window)
{
	struct pattern *p;
	struct matcher *m = matcher_for(matches[_i].pattern, &p);
	struct match_at at = { 0 };

	ck_assert_int_eq(matcher_find(m,
	                              (const unsigned char *)matches[_i].bytes,
	                              strlen(matches[_i].bytes),
	                              matches[_i].from, matches[_i].last,
	                              matches[_i].flags, &at),
	                 matches[_i].matched);
	ck_assert_uint_eq(at.start, matches[_i].begin);
	matcher_free(m);
	pattern_unref(p);
}
END_TEST

START_TEST(too_many_steps)
{
	struct pattern *p;
	struct matcher *m = matcher_for("/(a+)+b/", &p);
	unsigned char bytes[64];
	struct match_at at;

	memset(bytes, 'a', sizeof(bytes));
	bytes[62] = 'x';
	bytes[63] = 'b';
	ck_assert_int_eq(matcher_find(m, bytes, sizeof(bytes), 0, 63, 0, &at),
	                 MATCHED_FAILED);
	ck_assert_str_eq(matcher_problem(m),
	                 "match limit exceeded (the pattern can match there "
	                 "in too many ways)");
	matcher_free(m);
	pattern_unref(p);
}
END_TEST

/* Nothing but what it was is of use to those who wrote it. */
START_TEST(says_which_limit)
{
	static const struct {
		const char *pattern, *problem;
	} said[] = {
		{ "/(a|\\n)*x?c/",
		  "JIT stack limit reached (a group repeats too often there; "
		  "[..]* and .* have no such limit)" },
		{ "/(?R)?a/", "nested recursion at the same subject position "
		              "(the pattern calls itself without end)" },
	};
	static unsigned char bytes[1000000];
	struct match_at at;

	memset(bytes, 'a', sizeof(bytes));
	bytes[sizeof(bytes) - 1] = 'c';
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		struct pattern *p;
		struct matcher *m = matcher_for(said[i].pattern, &p);

		ck_assert_int_eq(matcher_find(m, bytes, sizeof(bytes), 0,
		                              sizeof(bytes) - 1, 0, &at),
		                 MATCHED_FAILED);
		ck_assert_str_eq(matcher_problem(m), said[i].problem);
		matcher_free(m);
		pattern_unref(p);
	}
}
END_TEST

/* What is more than the machine's stack takes goes on on a larger one. */
START_TEST(too_deep_for_the_jit)
{
	static unsigned char bytes[100000];
	struct pattern *p;
	struct matcher *m = matcher_for("/c(?:(a)|b)*d/", &p);
	size_t len = sizeof(bytes);
	struct match_at at;

	memset(bytes, 'a', len);
	bytes[50000] = 'c';
	bytes[60000] = 'd';
	ck_assert_int_eq(matcher_find(m, bytes, len, 0, len - 1, 0, &at),
	                 MATCHED_YES);
	ck_assert_uint_eq(at.start, 50000);
	ck_assert_uint_eq(at.end, 60001);
	/* The start that fails stands alone far from the one that does not. */
	bytes[60000] = 'a';
	bytes[99990] = 'c';
	bytes[99999] = 'd';
	bytes[70000] = 'x';
	ck_assert_int_eq(matcher_find(m, bytes, len, 0, len - 1, 0, &at),
	                 MATCHED_YES);
	ck_assert_uint_eq(at.start, 99990);
	matcher_free(m);
	pattern_unref(p);
}
END_TEST

static const struct {
	const char *pattern;
	size_t history;
} histories[] = {
	{ "/a/", 1 },
	{ "/(?m)^a/", 1 },
	{ "/\\ba/", 2 },
	{ "/(?<=ab)c/", 5 },
	{ "/(?<=ab)c/u", 24 },
	{ "{aa}", 1 },
	{ "/(?<=(?<=ab)c)d/", 7 },
};

START_TEST(history_covers_lookbehinds)
{
	struct pattern *p = parsed(histories[_i].pattern, "");

	ck_assert_uint_eq(pattern_history(p), histories[_i].history);
	pattern_unref(p);
}
END_TEST

static const struct {
	const char *pattern, *options;
	size_t reach;
} reaches[] = {
	{ "/a/", "", SIZE_MAX },
	{ "{aa [2-5] bb}", "", 7 },
	{ "{aa [2-] bb}", "", SIZE_MAX },
	{ "{aa (bb|cc dd) ee}", "", 4 },
	{ "\"ab\"", "", 2 },
	{ "\"ab\"", "8l", 4 },
	{ "\"ab\"", "w", 4 },
	{ "\"k\"", "i", 3 },
	{ "u32le:1,2", "", 8 },
};

START_TEST(reach_of_patterns)
{
	struct pattern *p = parsed(reaches[_i].pattern, reaches[_i].options);

	ck_assert_uint_eq(pattern_regex(p)->reach, reaches[_i].reach);
	pattern_unref(p);
}
END_TEST

/* --- names --------------------------------------------------------------- */

START_TEST(names_of_the_user)
{
	static const char file[] = "# mine\n"
				   "\n"
				   "email {aa}\r\n"
				   "  \n"
				   "lonely\n"
				   "two\t/a b/ \n"
				   "again @two\n"
				   "wrong {a}\n"
				   "open /ab(c/\n"
				   "long {aa} {bb}\n"
				   "name @";
	static const struct {
		const char *name, *text; /* text NULL: none */
	} rows[] = {
		{ "email", "{aa}" }, /* goes before ours */
		{ "two", "/a b/" },  { "wrong", "{a}" },
		{ "name", "@" },  /* the last line, without a newline */
		{ "lonely", "" }, /* said when it is used */
		{ "#", NULL },       { "", NULL },
		{ "emai", NULL },
	};
	static const struct {
		const char *line, *error;
	} faults[] = {
		{ "find @again",
		  "in @two: a named pattern cannot name another" },
		{ "find @wrong", "in {a}: a hex digit without its second one" },
		{ "find @open", "in /ab(c/: missing closing parenthesis" },
		{ "find @long", "in {aa} {bb}: unexpected text behind it" },
		{ "find @lonely x", "a pattern is needed: /regex/, {hex}, "
		                    "\"text\", u32le:1234 or @name" },
		{ "find @nobody",
		  "there is no pattern of that name (email lonely "
		  "two again wrong open long name guid ipv4 "
		  "phone ssn url)" },
	};
	struct pattern_options options = options_of("");
	const char *text;
	size_t len;
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool found = named_find(file, rows[i].name,
		                        strlen(rows[i].name), &text, &len);

		ck_assert_int_eq(found, rows[i].text != NULL);
		if (found)
			ck_assert_int_eq(strncmp(text, rows[i].text, len) ||
			                         strlen(rows[i].text) != len,
			                 0);
	}
	options.patterns = file;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct lexer lx =
			lexer_of(faults[i].line, strlen(faults[i].line));

		lx.pos = 5;
		ck_assert_ptr_null(pattern_parse(&lx, &options, &err));
		ck_assert_str_eq(err.text, faults[i].error);
		ck_assert_uint_eq(err.column, 6);
		ck_assert_uint_eq(lx.pos, 5);
	}
}
END_TEST

START_TEST(names_are_listed_once)
{
	static const char file[] = "b {00}\nab {00}\n#a {00}\na b\nab\t{01}\n"
				   "a {02}\nurl {03}\nb\r\nb\n\r {04}";
	struct error err;
	char *once = named_merge(file, NULL, &err);
	char *twice;

	ck_assert_str_eq(once, "b {00}\nab {00}\na b\nurl {03}\n\r {04}\n");
	ck_assert_str_eq(named_list(once).s,
	                 "b ab a url \\x0d email guid ipv4 phone ssn");
	ck_assert_str_eq(named_list("").s, "email guid ipv4 phone ssn url");
	/* What is new goes before what was there, and again changes nothing. */
	twice = named_merge("c {05}\na {06}\n", once, &err);
	ck_assert_str_eq(twice, "c {05}\na {06}\nb {00}\nab {00}\nurl {03}\n\r "
	                        "{04}\n");
	mem_free(once);
	once = named_merge(twice, twice, &err);
	ck_assert_str_eq(once, twice);
	mem_free(once);
	mem_free(twice);
	once = named_merge(NULL, NULL, &err);
	ck_assert_str_eq(once, "");
	mem_free(once);
}
END_TEST

/* Each line was once looked for in all that stand in front of it. */
START_TEST(many_names_are_merged)
{
	enum { COUNT = 100000 };
	char *file = malloc(COUNT * 24 + 1);
	size_t len = 0;
	struct error err;
	char *all;

	for (size_t i = 0; i < COUNT; i++)
		len += (size_t)sprintf(file + len, "name%zu {%02zx}\n",
		                       i * 7919 % (COUNT / 2), i & 255);
	all = named_merge(file, NULL, &err);
	len = 0;
	for (const char *at = all; *at; at++)
		len += *at == '\n';
	ck_assert_uint_eq(len, COUNT / 2);
	ck_assert(strncmp(file, all, strlen(all)) == 0);
	mem_free(all);
	free(file);
	for (long n = 0; n < 2; n++) {
		mem_fail_after(n);
		ck_assert_ptr_null(named_merge("a {00}", "b {00}", &err));
		mem_fail_after(-1);
		ck_assert_int_eq(err.code, ERR_NOMEM);
	}
}
END_TEST

START_TEST(patterns_have_an_end)
{
	enum { BYTES = 70000 };
	char *text = malloc(2 * BYTES + 3);
	struct error err;

	text[0] = '{';
	memset(text + 1, '0', (size_t)2 * BYTES);
	strcpy(text + 1 + 2 * BYTES, "}");
	ck_assert_ptr_null(parse(text, "", &err));
	ck_assert_str_eq(err.text, "the pattern is too large");
	text[0] = '"';
	text[2 * BYTES + 1] = '"';
	ck_assert_ptr_null(parse(text, "", &err));
	ck_assert_str_eq(err.text, "the pattern is too large");
	free(text);
}
END_TEST

START_TEST(list_of_many_names_is_cut)
{
	char file[2000] = "";
	struct named_names names;

	for (size_t i = 0; i < 100; i++)
		snprintf(file + strlen(file), sizeof(file) - strlen(file),
		         "name%zu {00}\n", i);
	names = named_list(file);
	ck_assert_uint_lt(strlen(names.s), sizeof(names.s));
	ck_assert_uint_gt(strlen(names.s), sizeof(names.s) - 20);
}
END_TEST

/* --- memory -------------------------------------------------------------- */

START_TEST(without_memory)
{
	static const char *const texts[] = {
		"/(?<=a)b+|c/i", "{de ad [2-4] (aa|bb)}",
		"\"k\xc3\xa9\"", "u32le:1,2,3",
		"@email",
	};
	long n = 0;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (n = 0;; n++) {
			struct error err = { 0 };
			struct pattern *p;
			struct matcher *m;

			mem_fail_after(n);
			p = parse(texts[i], "", &err);
			m = p ? matcher_new(p, &err) : NULL;
			mem_fail_after(-1);
			ck_assert(m || err.code == ERR_NOMEM);
			ck_assert_int_lt(n, 1000);
			pattern_unref(p);
			matcher_free(m);
			if (m)
				break;
		}
		ck_assert_int_gt(n, 3);
	}
}
END_TEST

START_TEST(patterns_are_counted)
{
	struct error err;
	struct pattern *p = parsed("{aa}", "");
	struct matcher *m = matcher_new(p, &err);
	struct match_at at;

	ck_assert_ptr_eq(pattern_ref(p), p);
	pattern_unref(p);
	pattern_unref(p);
	ck_assert_int_eq(matcher_find(m, (const unsigned char *)"\xaa", 1, 0, 0,
	                              0, &at),
	                 MATCHED_YES);
	matcher_free(m);
	matcher_free(NULL);
	pattern_unref(NULL);
}
END_TEST

#define ROWS(tc, test, table) \
	tcase_add_loop_test(tc, test, 0, (int)ARRAY_LEN(table))

int main(void)
{
	Suite *s = suite_create("pattern");
	TCase *tc = tcase_create("pattern");

	tcase_set_timeout(tc, 0);
	ROWS(tc, finds_what_it_says, finds);
	ROWS(tc, wrong_patterns, wrong);
	tcase_add_test(tc, numbers_at_their_bounds);
	tcase_add_test(tc, numbers_are_their_bytes);
	tcase_add_test(tc, floats_in_any_locale);
	tcase_add_test(tc, bytes_against_a_model);
	tcase_add_test(tc, ranges_against_a_model);
	tcase_add_test(tc, words_against_pcre2);
	tcase_add_test(tc, texts_in_encodings);
	ROWS(tc, matches_in_a_window, matches);
	tcase_add_test(tc, too_many_steps);
	tcase_add_test(tc, says_which_limit);
	tcase_add_test(tc, too_deep_for_the_jit);
	ROWS(tc, history_covers_lookbehinds, histories);
	ROWS(tc, reach_of_patterns, reaches);
	tcase_add_test(tc, names_of_the_user);
	tcase_add_test(tc, names_are_listed_once);
	tcase_add_test(tc, many_names_are_merged);
	tcase_add_test(tc, list_of_many_names_is_cut);
	tcase_add_test(tc, patterns_have_an_end);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, patterns_are_counted);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
