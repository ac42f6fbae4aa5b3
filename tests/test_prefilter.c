/*
 * test_prefilter.c - tests of src/find/prefilter.c, syntax.c and chars.c
 *
 * What is said about matches is held against the matches that PCRE2 gives, for
 * a list of its constructs and for random regexes.
 */
#include "config.h"

#include "find/prefilter.h"

#include <stdio.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "find/chars.h"
#include "tests/support.h"

static struct error err;

enum {
	SUBJECT = 64,
	REGEX = 512,
};

/* --- against PCRE2 --- */

/* What is compiled at a time. */
struct trial {
	const char *regex;
	size_t len;
	unsigned flags;
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct prefilter pf;
};

static pcre2_code *compile(const char *regex, size_t len, unsigned flags)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	uint32_t options = PCRE2_DOLLAR_ENDONLY;
	pcre2_code *code;
	size_t offset;
	int problem;

	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	options |= flags & CHARS_CASELESS ? PCRE2_CASELESS : 0;
	options |= flags & CHARS_MULTILINE ? PCRE2_MULTILINE : 0;
	options |= flags & CHARS_DOTALL ? PCRE2_DOTALL : 0;
	options |= flags & CHARS_EXTENDED ? PCRE2_EXTENDED : 0;
	options |= flags & CHARS_EXTENDED_MORE ? PCRE2_EXTENDED_MORE : 0;
	options |= flags & CHARS_UTF ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0;
	code = pcre2_compile((PCRE2_SPTR)regex, len, options, &problem, &offset,
	                     context);
	pcre2_compile_context_free(context);
	return code;
}

/* False when PCRE2 refuses the regex. */
static bool begin(struct trial *t, const char *regex, size_t len,
                  unsigned flags)
{
	*t = (struct trial){ .regex = regex, .len = len, .flags = flags };
	must(prefilter_derive(regex, len, flags, &t->pf, &err), &err);
	t->code = compile(regex, len, flags);
	if (!t->code)
		return false;
	t->match = pcre2_match_data_create_from_pattern(t->code, NULL);
	t->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(t->limits, 2000);
	pcre2_set_depth_limit(t->limits, 500);
	return true;
}

static void end(struct trial *t)
{
	pcre2_code_free(t->code);
	pcre2_match_data_free(t->match);
	pcre2_match_context_free(t->limits);
}

static int match(struct trial *t, const unsigned char *subject, size_t len,
                 size_t from, uint32_t options)
{
	return pcre2_match(t->code, subject, len, from,
	                   options | PCRE2_NOTEMPTY, t->match, t->limits);
}

/* The regex and the subject as text that can be put into a test. */
static const char *shown(const struct trial *t, const unsigned char *subject,
                         size_t len)
{
	static char text[4 * (REGEX + SUBJECT) + 64];
	char *p = text;

	for (size_t i = 0; i < t->len && i < REGEX; i++) {
		unsigned char c = (unsigned char)t->regex[i];

		p += sprintf(p, c < ' ' || c > '~' ? "\\x%02x" : "%c", c);
	}
	p += sprintf(p, "/%u on ", t->flags);
	for (size_t i = 0; i < len; i++)
		p += sprintf(p, "%02x ", subject[i]);
	return text;
}

static bool fits(const struct byte_set *sets, size_t count,
                 const unsigned char *data, size_t len)
{
	if (len < count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!byte_set_has(&sets[i], data[i]))
			return false;
	return true;
}

static void check_match(const struct trial *t, const unsigned char *subject,
                        size_t len, size_t from)
{
	const size_t *at = pcre2_get_ovector_pointer(t->match);
	size_t zeros = 0;
	bool has_zero;

	/* With flag u, an attempt that fails is made again behind the next
	   bytes that are no UTF-8, though it was anchored. */
	if ((t->flags & CHARS_UTF) && at[0] > from && t->pf.count > 0)
		from = at[0];
	while (from + zeros < at[1] && subject[from + zeros] == 0)
		zeros++;
	has_zero = memchr(subject + from, 0, at[1] - from) != NULL;
	if (at[0] != from) /* \K: nothing may be said */
		ck_assert_uint_eq(t->pf.count, 0);
	else
		ck_assert_msg(at[1] - from >= t->pf.min_length,
		              "%s at %zu: shorter than %zu",
		              shown(t, subject, len), from, t->pf.min_length);
	ck_assert_msg(fits(t->pf.sets, t->pf.count, subject + from, len - from),
	              "%s at %zu: outside the sets", shown(t, subject, len),
	              from);
	ck_assert_msg(t->pf.has_zero || !has_zero, "%s at %zu: a zero",
	              shown(t, subject, len), from);
	ck_assert_msg(zeros <= t->pf.zeros, "%s at %zu: %zu zeros",
	              shown(t, subject, len), from, zeros);
}

/* The way that prefilter.h gives; false when no match starts from there on. */
static bool run_next(struct trial *t, const unsigned char *subject, size_t len,
                     size_t from, int *rc)
{
	const struct prefilter_run *run = &t->pf.run;
	const size_t *begun = pcre2_get_ovector_pointer(t->match);

	for (size_t last = from; last < len; last++) {
		size_t at = last;

		if (!fits(run->sets, run->count, subject + last, len - last))
			continue;
		while (at > from &&
		       byte_set_has(&run->sets[0], subject[at - 1]))
			at--;
		if (last - at + 1 < run->min)
			continue;
		*rc = match(t, subject, len, at, PCRE2_ANCHORED);
		/* See check_match(): it may have begun elsewhere. */
		if (*rc < 0 ? *rc != PCRE2_ERROR_NOMATCH : begun[0] == at)
			return true;
	}
	return false;
}

static void check_runs(struct trial *t, const unsigned char *subject,
                       size_t len)
{
	const size_t *at = pcre2_get_ovector_pointer(t->match);

	for (size_t from = 0; from < len; from++) {
		int rc = match(t, subject, len, from, 0);
		size_t start = at[0];
		size_t stop = at[1];
		int run_rc = PCRE2_ERROR_NOMATCH;
		bool found = run_next(t, subject, len, from, &run_rc);

		/* Limits count otherwise when starts are left out. */
		if ((rc < 0 && rc != PCRE2_ERROR_NOMATCH) ||
		    (found && run_rc < 0))
			continue;
		ck_assert_msg(found == (rc >= 0) &&
		                      (!found ||
		                       (at[0] == start && at[1] == stop)),
		              "%s from %zu: the run form differs",
		              shown(t, subject, len), from);
	}
}

/* What fits is a match, so long and no longer. */
static void check_exact(const struct trial *t, int rc,
                        const unsigned char *subject, size_t len, size_t from)
{
	const size_t *at = pcre2_get_ovector_pointer(t->match);
	bool is_there =
		rc >= 0 && at[0] == from && at[1] - from == t->pf.min_length;

	ck_assert_msg(fits(t->pf.sets, t->pf.min_length, subject + from,
	                   len - from) == is_there &&
	                      is_there == (rc >= 0),
	              "%s at %zu: not exact", shown(t, subject, len), from);
}

static void check_subject(struct trial *t, const unsigned char *subject,
                          size_t len)
{
	for (size_t from = 0; from < len; from++) {
		int rc = match(t, subject, len, from, PCRE2_ANCHORED);

		if (rc >= 0)
			check_match(t, subject, len, from);
		if (t->pf.is_exact && (rc >= 0 || rc == PCRE2_ERROR_NOMATCH))
			check_exact(t, rc, subject, len, from);
	}
	if (t->pf.run.count > 0)
		check_runs(t, subject, len);
}

static size_t random_subject(unsigned char *subject, bool utf, uint64_t *random)
{
	static const char *const pieces[] = {
		"a", "b", "a",  "b",  "c",  "A",   "B",  "0", "1",
		" ", "@", "\n", "\r", "\t", "-",   "k",  "s", "]",
		"{", "}", "#",  "_",  "ab", "aab", "\v", "Q", "\\",
	};
	static const char *const wide[] = {
		"\xc3\xa9", "\xc3\x89",     "\xe2\x84\xaa",     "\xc5\xbf",
		"\xc2\x85", "\xe2\x80\xa8", "\xf0\x9f\x98\x80", "\xc2\xa0",
		"\x80",     "\xff",         "\xe2\x84",         "e\xcc\x81",
	};
	size_t len = 0;
	size_t want = random_below(random, SUBJECT - 4);

	while (len < want) {
		const char *piece =
			pieces[random_below(random, ARRAY_LEN(pieces))];

		if (random_below(random, utf ? 4 : 16) == 0)
			piece = wide[random_below(random, ARRAY_LEN(wide))];
		if (random_below(random, 16) == 0)
			subject[len++] = 0;
		else if (random_below(random, 16) == 0)
			subject[len++] = (unsigned char)random_u64(random);
		memcpy(subject + len, piece, strlen(piece));
		len += strlen(piece);
		if (len > SUBJECT - 8)
			break;
	}
	return len;
}

static void check_subjects(struct trial *t, size_t n, uint64_t *random)
{
	unsigned char subject[SUBJECT];

	while (n-- > 0) {
		size_t len =
			random_subject(subject, (t->flags & CHARS_UTF) != 0,
		                       random);

		check_subject(t, subject, len);
	}
}

/* --- random regexes --- */

struct writer {
	char text[REGEX];
	size_t len;
	uint64_t *random;
};

static void put(struct writer *w, const char *text)
{
	size_t len = strlen(text);

	if (len < REGEX - w->len) {
		memcpy(w->text + w->len, text, len);
		w->len += len;
	}
}

static void put_any(struct writer *w, const char *const *texts, size_t count)
{
	put(w, texts[random_below(w->random, count)]);
}

#define PUT_ANY(w, ...)                                              \
	do {                                                         \
		static const char *const texts_[] = { __VA_ARGS__ }; \
		put_any(w, texts_, ARRAY_LEN(texts_));               \
	} while (0)

static void put_regex(struct writer *w, unsigned depth);

static void put_class(struct writer *w)
{
	put(w, "[");
	if (random_below(w->random, 4) == 0)
		put(w, "^");
	if (random_below(w->random, 8) == 0)
		put(w, "]");
	for (size_t n = random_below(w->random, 4) + 1; n > 0; n--)
		PUT_ANY(w, "a", "b", "a-c", "0-9", "-", "A-B", "\\d", "\\D",
		        "\\s", "\\w", "\\W", "\\h", "\\v", "[:alpha:]",
		        "[:^upper:]", "[:lower:]", "[:cntrl:]", "[:punct:]",
		        "[:xdigit:]", "\\x00", "\\x61-b", "\\Qa-c\\E", "\\b",
		        "\\012", "\\n", " ", "\\\\", "\\]", "[", "\\pL",
		        "\\P{Lu}", "k", "\\x80-\\xff", "@");
	if (random_below(w->random, 8) == 0)
		put(w, "-");
	put(w, "]");
}

static void put_group(struct writer *w, unsigned depth)
{
	PUT_ANY(w, "(", "(?:", "(?>", "(?|", "(?<n>",
	        "(?i:", "(?s-i:", "(?x: ", "(?^:", "(*atomic:", "(", "(?:");
	put_regex(w, depth);
	put(w, ")");
}

static void put_lookaround(struct writer *w, unsigned depth)
{
	PUT_ANY(w, "(?=", "(?!", "(?<=", "(?<!", "(*pla:", "(*nlb:", "(?*");
	put_regex(w, depth);
	put(w, ")");
}

static void put_condition(struct writer *w, unsigned depth)
{
	PUT_ANY(w, "(?(1)", "(?(?=a)", "(?(?!b)", "(?(R)", "(?(<n>)",
	        "(?(DEFINE)", "(?(*pla:b)", "(?(?<=a)");
	put_regex(w, depth);
	put(w, ")");
}

static void put_rare(struct writer *w)
{
	PUT_ANY(w, "^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\1", "\\g{1}",
	        "\\g{-1}", "\\k<n>", "(?P=n)", "(?1)", "(?R)", "\\g<1>",
	        "(?&n)", "(?i)", "(?-i)", "(?s)", "(?x)", "(?xx)", "(?-x)",
	        "(?^)", "(?#a)", "\\Qa+\\E", "\\Q\\E", "\\E", "(*PRUNE)",
	        "(*MARK:m)", "(*FAIL)", "(*THEN)", "(*ACCEPT)", "\\K", "\\G",
	        "(?C)", "(?C7)", "\\R", "\\X", "\\N", "(?U)", "(*:x)", "# a\n",
	        " ", "(?!)", "(?n)");
}

static void put_item(struct writer *w, unsigned depth)
{
	uint64_t kind = random_below(w->random, depth > 0 ? 20 : 14);

	if (kind < 8)
		PUT_ANY(w, "a", "b", "A", "ab", "0", "@", "aa", "k", "s", "-",
		        "]", "}", "{", "\xc3\xa9", "c");
	else if (kind == 8)
		put_class(w);
	else if (kind == 9)
		put(w, ".");
	else if (kind == 10)
		PUT_ANY(w, "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\h",
		        "\\H", "\\v", "\\V", "\\pL", "\\p{^Lu}", "\\PN");
	else if (kind == 11)
		PUT_ANY(w, "\\x61", "\\x{62}", "\\141", "\\o{142}", "\\0",
		        "\\x00", "\\n", "\\t", "\\e", "\\cJ", "\\@", "\\ ",
		        "\\x", "\\xff", "\\x{e9}", "\\012", "\\r");
	else if (kind < 14)
		put_rare(w);
	else if (kind < 18)
		put_group(w, depth - 1);
	else if (kind == 18)
		put_lookaround(w, depth - 1);
	else
		put_condition(w, depth - 1);
}

static void put_quantifier(struct writer *w)
{
	PUT_ANY(w, "*", "+", "?", "{2}", "{1,3}", "{2,}", "{0}", "{0,2}", "{3}",
	        "{,2}");
	if (random_below(w->random, 3) == 0)
		PUT_ANY(w, "?", "+");
}

static void put_regex(struct writer *w, unsigned depth)
{
	for (size_t n = random_below(w->random, 5) == 0 ? 3 : 1; n > 0; n--) {
		for (size_t k = random_below(w->random, 4); k > 0; k--) {
			put_item(w, depth);
			if (random_below(w->random, 3) == 0)
				put_quantifier(w);
		}
		if (n > 1)
			put(w, "|");
	}
}

/* X+ with something behind that is likely to end the run. */
static void put_run(struct writer *w)
{
	PUT_ANY(w, "a", "[ab]", "\\w", "[a-z0-9]", "(?:[ab])", "(\\w", "\\d",
	        "(?i)a", "[^@]", "(*MARK:r)\\w");
	PUT_ANY(w, "+", "{2,}", "++", "+?", "{1,}");
	put(w, w->text[0] == '(' && w->text[1] == '\\' ? ")" : "");
	PUT_ANY(w, "@", "-", "(?=b*@)@", "(?:@|-)", "[@-]a?", "@|b", "\\W", "");
}

START_TEST(random_regexes)
{
	uint64_t random = random_seed();
	size_t compiled = 0;
	size_t with_sets = 0;
	size_t with_run = 0;
	size_t n = cases(20000);

	for (size_t i = 0; i < n; i++) {
		struct writer w = { .random = &random };
		unsigned flags = 0;
		struct trial t;

		for (unsigned bit = CHARS_CASELESS; bit <= CHARS_EXTENDED_MORE;
		     bit <<= 1)
			if (random_below(&random, 5) == 0)
				flags |= bit;
		if (random_below(&random, 4) == 0)
			put_run(&w);
		put_regex(&w, 3);
		if (begin(&t, w.text, w.len, flags)) {
			compiled++;
			with_sets += t.pf.count > 0;
			with_run += t.pf.run.count > 0;
			check_subjects(&t, 6, &random);
		}
		end(&t);
	}
	/* The generator is worth its time. */
	ck_assert_msg(n < 1000 || (compiled > n / 3 && with_sets > n / 8 &&
	                           with_run > n / 100),
	              "%zu compiled, %zu with sets, %zu with runs of %zu",
	              compiled, with_sets, with_run, n);
}
END_TEST

/* --- the list of constructs --- */

/* In the order of pcre2pattern(3). '?': not understood, and said so. */
static const char *const constructs[] = {
	/* options at the start: not for us */
	"?(*UTF)a",
	"?(*UCP)\\w",
	"?(*CRLF)a",
	"?(*LIMIT_MATCH=10)a",
	"?(*NO_START_OPT)a",
	"?(*BSR_ANYCRLF)\\R",
	"?(*NOTEMPTY)a",
	/* characters */
	"\\Qa.b\\Ec",
	"a\\Q\\Eb",
	"\\Qab",
	"\\a",
	"\\ca",
	"\\e",
	"\\f",
	"\\n",
	"\\r",
	"\\t",
	"\\0a",
	"\\01b",
	"\\101",
	"\\o{101}",
	"\\x41",
	"\\x{41}",
	"\\x{041}b",
	"\\x",
	"\\xg",
	"a\\Eb",
	"\\\\",
	"\\/",
	"{",
	"a{",
	"a{b}",
	"a{1",
	"a{1,2",
	"]",
	"}",
	"a b",
	"#",
	/* sets of characters */
	".",
	".b",
	"(?s).b",
	"\\C",
	"\\d",
	"\\D",
	"\\h",
	"\\H",
	"\\N",
	"\\N+b",
	"\\p{Lu}",
	"\\p{^Lu}",
	"\\PL",
	"\\R",
	"\\R+b",
	"\\s",
	"\\S",
	"\\v",
	"\\V",
	"\\w",
	"\\W",
	"\\X",
	"\\Xb",
	/* classes */
	"[ab]",
	"[^ab]",
	"[]a]",
	"[^]a]",
	"[a-c]",
	"[a-]",
	"[-a]",
	"[a\\-c]",
	"[\\d-]",
	"[a-c-0]",
	"[a\\]]",
	"[\\b]",
	"[\\101]",
	"[\\0-\\1]",
	"[\\8]",
	"[\\x61-\\x63]",
	"[\\Qa-c\\E]",
	"[a\\Q-\\Ec]",
	"[a\\E-c]",
	"[\\Q]\\E]",
	"[\\Q^\\Ea]",
	"[\\Q\\E^a]",
	"[\\Q\\E]a]",
	"[^\\Q]\\E]",
	"[[:alnum:]]",
	"[[:alpha:]]",
	"[[:ascii:]]",
	"[[:blank:]]",
	"[[:cntrl:]]",
	"[[:digit:]]",
	"[[:graph:]]",
	"[[:lower:]]",
	"[[:print:]]",
	"[[:punct:]]",
	"[[:space:]]",
	"[[:upper:]]",
	"[[:word:]]",
	"[[:xdigit:]]",
	"[[:^alpha:]]",
	"[^[:^alpha:]]",
	"(?i)[[:upper:]]",
	"(?i)[[:^lower:]]",
	"(?i)[^a]",
	"(?i)[^k-s]",
	"[[a]",
	"[a[]",
	"[[:a]",
	"[\\h\\v]",
	"[^\\h]",
	"[^\\pL]",
	"[\\PLa]",
	"(?xx)[a b]",
	"(?xx)[ ^ a b]",
	"(?xx)[a - c]",
	"(?x)[a b]",
	"?[[:<:]]a",
	"?[[:>:]]a",
	/* quantifiers */
	"a?",
	"a?b",
	"a?+b",
	"a?\?b",
	"a*b",
	"a*+b",
	"a*?b",
	"a+b",
	"a++b",
	"a+?b",
	"a{2}b",
	"a{2,3}b",
	"a{2,3}+b",
	"a{2,3}?b",
	"a{2,}b",
	"a{0}b",
	"a{0,}b",
	"a{0,0}b",
	"(ab){2}",
	"(a|bc){2,3}c",
	"(a*)*b",
	"(a*)+b",
	"(a?){3}b",
	"((a{2}){2}){2}b",
	"a{40}b",
	"(ab){1000}",
	"a{1000,}",
	"?a{,3}",
	"?a{ 1 }",
	/* anchors and simple assertions */
	"\\ba",
	"\\Ba",
	"a\\b",
	"^a",
	"(?m)^a",
	"\\Aa",
	"a$",
	"(?m)a$",
	"a\\Z",
	"a\\z",
	"^",
	"?\\Ga",
	/* the start of the match */
	"?a\\Kb",
	"?(?:a\\K|b)c",
	/* alternation and groups */
	"a|b",
	"ab|c",
	"a||b",
	"|a",
	"(a)",
	"(?<n>a)",
	"(?'n'a)",
	"(?P<n>a)",
	"(?:a)",
	"(?|(a)|(b))c",
	"(?>a+)b",
	"(*atomic:a+)b",
	"()a",
	"(|a)b",
	/* comments and options */
	"a(?#b)c",
	"a(?#b)+c",
	"(?i)a",
	"(?i:a)b",
	"(?-i)a",
	"(?i)a(?-i)b",
	"a(?i)b|c",
	"(a(?i)b|c)d",
	"(?im-sx)a",
	"(?^)a",
	"(?^i:a)b",
	"(?)a",
	"(?J)(?<n>a)|(?<n>b)",
	"(?n)(a)",
	"(?U)a+b",
	"(?x) a b # c\n d",
	"(?x) a + b",
	"(?x)a #c",
	"(?x)a\\ b",
	"(?x)a(?-x) b",
	"(?xx)a b",
	"(?x)a {2}",
	"(?x)a+ +b",
	"(?x:a b) c",
	"(?x)\\Qa b\\E c",
	/* lookarounds */
	"a(?=b)",
	"(?=ab)a",
	"a(?!b)",
	"(?<=a)b",
	"(?<!a)b",
	"(*pla:a)a",
	"(*positive_lookahead:a)a",
	"(*nla:b)a",
	"(*negative_lookahead:b)a",
	"(*plb:a)b",
	"(*positive_lookbehind:a)b",
	"(*nlb:a)b",
	"(*negative_lookbehind:a)b",
	"(*napla:a)a",
	"(?*a)a",
	"(?<*a)b",
	"(*non_atomic_positive_lookahead:a)a",
	"(*naplb:a)b",
	"(*non_atomic_positive_lookbehind:a)b",
	"(?=a)*b",
	"(?!a)b",
	/* script runs */
	"(*sr:a+)b",
	"(*script_run:a)",
	"(*asr:a)b",
	"(*atomic_script_run:a)",
	/* back references */
	"(a)\\1",
	"(a)\\g1",
	"(a)\\g{1}",
	"(a)\\g{-1}b",
	"(a)\\g-1",
	"(?<n>a)\\k<n>",
	"(?<n>a)\\k'n'b",
	"(?<n>a)\\k{n}",
	"(?<n>a)\\g{n}",
	"(?<n>a)(?P=n)b",
	"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\11b",
	"(?=(a))\\1b",
	"\\g{+1}a(b)",
	/* calls */
	"a(?R)?b",
	"(?0)?a",
	"(a)(?1)",
	"(a)(?-1)b",
	"(?+1)(a)",
	"(?<n>a)(?&n)",
	"(?<n>a)(?P>n)b",
	"(a)\\g<1>",
	"(a)\\g'1'b",
	"(?<n>a)\\g<n>",
	"(a)\\g<-1>",
	"(a|b(?1)c)",
	/* conditions */
	"(a)?(?(1)b|c)",
	"(?<n>a)?(?(<n>)b|c)",
	"(?<n>a)?(?('n')b)",
	"(?<n>a)?(?(n)b|c)",
	"(a)?(?(-1)b)c",
	"a(?(R)b|c)",
	"(?(R1)a|b)(c)",
	"(?(DEFINE)(?<n>a))b",
	"(?(VERSION>=10)a|b)",
	"(?(?=a)ab|c)",
	"(?(?!a)b|a)",
	"(?(?<=a)b|c)",
	"(?(?<!a)b|c)",
	"(?(*pla:a)ab|c)",
	"(?(?*a)a|b)",
	/* verbs */
	"?a(*ACCEPT)b",
	"a(*FAIL)|b",
	"a(*F)|b",
	"a(*MARK:x)b",
	"a(*:x)b",
	"(*MARK:x)a|(*MARK:y)b",
	"a+(*COMMIT)b",
	"a+(*PRUNE)b",
	"a+(*PRUNE:x)b",
	"a+(*SKIP)b",
	"a(*MARK:x)+(*SKIP:x)b",
	"a+(*THEN)b",
	"a+(*THEN:x)b|c",
	"a+?(*PRUNE)@",
	/* callouts */
	"a(?C)b",
	"a(?C9)b",
	"?a(?C'x')b",
	/* runs */
	"[a-z]+@",
	"\\w+@\\w",
	"(\\w+)@",
	"((?:a)+@)b",
	"a{2,}b",
	"a+(?=@)@b",
	"(?>a+?)@",
	"a+?@",
	"(a+)@\\1",
	"(?=.a)a+@",
	"\\Ba+@",
	"a+\\b@",
	"(?:a+|b)@",
	"a+(b?)@",
	"(?i)k+@",
	"a+(?<=ba)@",
	/* with flag u */
	"?\\N{U+41}",
};

START_TEST(every_construct)
{
	uint64_t random = random_seed();

	for (size_t i = 0; i < ARRAY_LEN(constructs); i++) {
		const char *regex = constructs[i];
		bool known = *regex != '?';

		regex += !known;
		for (unsigned flags = 0; flags < 2 * CHARS_EXTENDED_MORE;
		     flags++) {
			struct trial t;

			if (begin(&t, regex, strlen(regex), flags)) {
				check_subjects(&t, cases(10), &random);
				ck_assert_msg(known || t.pf.count == 0,
				              "%s is understood", regex);
			}
			end(&t);
		}
	}
}
END_TEST

/* --- what comes out --- */

static void show_byte(char **p, unsigned b)
{
	*p += sprintf(*p, b <= ' ' || b > '~' ? "\\x%02x" : "%c", b);
}

/* 'a' {b-d\x00} *: a byte, a set, any. */
static void show_set(char **p, const struct byte_set *set)
{
	if (byte_set_count(set) == 256) {
		*p += sprintf(*p, "*");
		return;
	}
	if (byte_set_count(set) != 1)
		*p += sprintf(*p, "{");
	for (unsigned b = 0; b < 256; b++) {
		unsigned last = b;

		if (!byte_set_has(set, (unsigned char)b))
			continue;
		while (last < 255 &&
		       byte_set_has(set, (unsigned char)(last + 1)))
			last++;
		show_byte(p, b);
		if (last > b + 1)
			*p += sprintf(*p, "-");
		if (last > b)
			show_byte(p, last);
		b = last;
	}
	if (byte_set_count(set) != 1)
		*p += sprintf(*p, "}");
}

static const char *sets_text(const struct byte_set *sets, size_t count)
{
	static char text[SCAN_POSITIONS * 1024];
	char *p = text;

	*p = '\0';
	for (size_t i = 0; i < count;) {
		size_t same = 1;

		while (i + same < count &&
		       byte_set_is_equal(&sets[i], &sets[i + same]))
			same++;
		show_set(&p, &sets[i]);
		if (same > 1)
			p += sprintf(p, "x%zu", same);
		i += same;
		if (i < count)
			p += sprintf(p, " ");
	}
	return text;
}

struct row {
	const char *regex;
	unsigned flags;
	size_t min_length;
	const char *sets;
	const char *run; /* "" for no run form */
	bool has_zero;
	size_t zeros;
};

static const struct row rows[] = {
	/* the regexes of the benches */
	{ "\\x7fELF[\\x01\\x02]", 0, 5, "\\x7f E L F {\\x01\\x02}", "", false,
	  0 },
	{ "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,6}", 0, 6,
	  "{%+-.0-9A-Z_a-z} {%+-.0-9@-Z_a-z}x5",
	  "{%+-.0-9A-Z_a-z} @ {-.0-9A-Za-z}x4", false, 0 },
	{ "(?i)password\\s*[:=]", 0, 9,
	  "{Pp} {Aa} {Ss}x2 {Ww} {Oo} {Rr} {Dd} {\\x09-\\x0d\\x20:=}", "",
	  false, 0 },
	{ "(?s)\\x50\\x4b\\x03\\x04.{22}", 0, 26, "P K \\x03 \\x04", "", true,
	  0 },
	{ "[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}", 0, 16,
	  "{0-9}x4 {\\x20-0-9} {0-9}x3 {\\x20-0-9}x2 {0-9}x2 "
	  "{\\x20-0-9}x3 {0-9}",
	  "", false, 0 },
	{ "(foo|bar|baz|quux)[0-9]+", 0, 4, "{bfq} {aou} {oruz} {0-9x}", "",
	  false, 0 },
	{ "[0-9a-f]{32}", 0, 32, "{0-9a-f}x32", "", false, 0 },
	{ "https?://[^\\s\"<>]+", 0, 8,
	  "h tx2 p {:s} {/:} / {\\x00-\\x08\\x0e-\\x1f!#-;=?-\\xff}", "", true,
	  0 },
	{ "(a+)+b", 0, 2, "a {ab}", "", false, 0 },
	/* longer than what is told */
	{ "a{1000}b", 0, 1001, "ax32", "", false, 0 },
	{ "(?:ab){2}c{2,}d{900}", 0, 906, "a b a b cx2 {cd}x26", "", false, 0 },
	/* may be empty: it is not */
	{ "a*", 0, 1, "a", "", false, 0 },
	{ "(?:ab)*", 0, 1, "a", "", false, 0 },
	{ "", 0, 1, "{}", "", false, 0 },
	/* zeros */
	{ "\\x00", 0, 1, "\\x00", "", true, SIZE_MAX },
	{ "\\x00\\x00\\x01", 0, 3, "\\x00x2 \\x01", "", true, 2 },
	{ "a.", 0, 2, "a {\\x00-\\x09\\x0b-\\xff}", "", true, 0 },
	{ "(?s).+", 0, 1, "", "", true, SIZE_MAX },
	{ "a(?=\\x00)", 0, 1, "a", "", false, 0 },
	/* anything may follow */
	{ "(a)b\\1c", 0, 3, "a b", "", true, 0 },
	{ "(a)b\\1", 0, 2, "a b", "", true, 0 },
	/* runs */
	{ "a{3,}b", 0, 4, "ax3 {ab}", "a b", false, 0 },
	{ "(\\d+)\\.", 0, 2, "{0-9} {.0-9}", "{0-9} .", false, 0 },
	{ "\\d+\\d", 0, 2, "{0-9}x2", "", false, 0 },
	{ "\\d+\\.?", 0, 1, "{0-9}", "", false, 0 },
	{ "\\d+?\\.", 0, 2, "{0-9} {.0-9}", "", false, 0 },
	{ "(\\d+)\\.\\1", 0, 2, "{0-9} {.0-9}", "", true, 0 },
	/* with flag u: bytes of UTF-8 */
	{ "\xc3\xa9", CHARS_UTF, 2, "\\xc3 \\xa9", "", false, 0 },
	{ "a\\x{e9}", CHARS_UTF, 3, "a \\xc3 \\xa9", "", false, 0 },
	{ "\xc3\xa9", CHARS_UTF | CHARS_CASELESS, 1, "{KSks\\xc2-\\xf4}", "",
	  false, 0 },
	{ "ak", CHARS_UTF | CHARS_CASELESS, 2, "{Aa} {Kk\\xc2-\\xf4}", "",
	  false, 0 },
	{ "[^a]", CHARS_UTF, 1, "{\\x00-`b-\\x7f\\xc2-\\xf4}", "", true,
	  SIZE_MAX },
	/* not understood */
	{ "a\\Kb", 0, 1, "", "", true, SIZE_MAX },
};

static const struct {
	const char *regex;
	unsigned flags;
	bool is_exact;
} exact[] = {
	{ "a", 0, true },
	{ "\\xde\\xad[a-c].", 0, true },
	{ "Ab[^c]", CHARS_CASELESS, true },
	{ "..a..", CHARS_DOTALL, true }, /* any byte is told as well */
	{ "(?:a(b){2}){3}", 0, true },
	{ "[0-9a-f]{32}", 0, true },
	{ "[0-9a-f]{33}", 0, false }, /* more than is told */
	{ "a{2,3}", 0, false },
	{ "a+", 0, false },
	{ "a?b", 0, false },
	{ "a|b", 0, false },
	{ "\\ba", 0, false }, /* more than bytes */
	{ "a$", 0, false },
	{ "a(?=b)", 0, false },
	{ "(a)\\1", 0, false },
	{ "a(*ACCEPT)b", 0, false },
	{ "ab", CHARS_UTF, false },
	{ "", 0, false },
};

START_TEST(what_is_exact)
{
	struct prefilter pf;

	must(prefilter_derive(exact[_i].regex, strlen(exact[_i].regex),
	                      exact[_i].flags, &pf, &err),
	     &err);
	ck_assert_msg(pf.is_exact == exact[_i].is_exact, "%s", exact[_i].regex);
}
END_TEST

START_TEST(what_comes_out)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct prefilter pf;

		must(prefilter_derive(row->regex, strlen(row->regex),
		                      row->flags, &pf, &err),
		     &err);
		ck_assert_msg(pf.min_length == row->min_length,
		              "%s: %zu bytes or more", row->regex,
		              pf.min_length);
		ck_assert_msg(strcmp(sets_text(pf.sets, pf.count), row->sets) ==
		                      0,
		              "%s: %s", row->regex,
		              sets_text(pf.sets, pf.count));
		ck_assert_msg(strcmp(sets_text(pf.run.sets, pf.run.count),
		                     row->run) == 0,
		              "%s: run %s", row->regex,
		              sets_text(pf.run.sets, pf.run.count));
		ck_assert_msg(pf.has_zero == row->has_zero, "%s: has %d",
		              row->regex, pf.has_zero);
		ck_assert_msg(pf.zeros == row->zeros, "%s: %zu zeros",
		              row->regex, pf.zeros);
	}
}
END_TEST

/* Deeper and longer than what is taken, cut at every byte, and any bytes. */
START_TEST(strange_texts)
{
	static char text[1 << 18];
	uint64_t random = random_seed();
	struct prefilter pf;

	memset(text, '(', sizeof(text));
	must(prefilter_derive(text, sizeof(text), 0, &pf, &err), &err);
	ck_assert_uint_eq(pf.count, 0);
	memset(text, 'a', sizeof(text));
	must(prefilter_derive(text, sizeof(text), 0, &pf, &err), &err);
	ck_assert_uint_eq(pf.count, 0);
	for (size_t i = 0; i < ARRAY_LEN(constructs); i++) {
		size_t len = strlen(constructs[i]);

		while (len-- > 0) {
			char *copy = mem_strndup(constructs[i], len, &err);

			must(copy, &err);
			must(prefilter_derive(copy, len, 0, &pf, &err), &err);
			mem_free(copy);
		}
	}
	for (size_t n = cases(20000); n > 0; n--) {
		size_t len = random_below(&random, 12);

		for (size_t i = 0; i < len; i++)
			text[i] = random_below(&random, 3)
			                  ? "(?*<){[\\|+:^-]Qx1"
			                            [random_below(&random, 17)]
			                  : (char)random_u64(&random);
		must(prefilter_derive(text, len,
		                      (unsigned)random_below(&random, 64), &pf,
		                      &err),
		     &err);
	}
}
END_TEST

START_TEST(out_of_memory)
{
	static const char regex[] = "(?i)(a|\\Rbc)+[^d]{3,}@";
	struct prefilter pf = { .min_length = 77 };
	bool ok = false;

	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = prefilter_derive(regex, strlen(regex), CHARS_UTF, &pf,
		                      &err);
		mem_fail_after(-1);
		ck_assert(ok || (err.code == ERR_NOMEM && pf.min_length == 77));
		ck_assert_int_lt(n, 30);
	}
	ck_assert_uint_eq(pf.min_length, 5);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("prefilter");
	TCase *tc = tcase_create("prefilter");

	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, random_regexes);
	tcase_add_test(tc, every_construct);
	tcase_add_test(tc, what_comes_out);
	tcase_add_loop_test(tc, what_is_exact, 0, (int)ARRAY_LEN(exact));
	tcase_add_test(tc, strange_texts);
	tcase_add_test(tc, out_of_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
