/*
 * pattern.c - see pattern.h
 *
 * Code runs on the 32 KiB of the machine's stack, and when that is not enough
 * on a stack that a matcher keeps from then on. The interpreter never helps
 * out: it has other answers than the JIT about bytes that are no characters. It
 * serves for bytes where there is no JIT, or where the JIT is wrong.
 *
 * PARTIAL_HARD makes PCRE2 say when it wants to see what stands behind the
 * bytes that it was given. It does not for "^" with flag m, which holds behind
 * a newline unless that is the last of all: hence the second code, in which "^"
 * holds behind the last newline too.
 *
 * What must be refused is found by PCRE2's own parser: compiled once with
 * automatic callouts, a pattern tells where each of its items begins and how
 * long it is, so that \G in a class, a quote or a comment is none.
 */
#include "config.h"

#include "find/pattern.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	STEP_LIMIT = 1000000,
	DEPTH_LIMIT = 100000,
	HEAP_LIMIT = 16384, /* KiB */
	STACK = 16 << 20,   /* of the JIT; what is not used takes none */
	RECURSION_FACTOR = 64,
	HISTORY_MAX = 1 << 24,
	MESSAGE = 128,
};

struct pattern {
	_Atomic uint32_t refs;
	char *text; /* owned */
	struct regex regex;
	pcre2_general_context *memory; /* owned */
	/* Both owned. `inside` is for bytes that more may follow. */
	pcre2_code *code, *inside;
	size_t history;
	bool interpreted; /* the JIT is not used */
};

struct matcher {
	struct pattern *pattern;      /* counted */
	pcre2_match_data *data;       /* owned */
	pcre2_match_context *context; /* owned */
	pcre2_jit_stack *stack;       /* owned; NULL until it is needed */
	char message[MESSAGE];
};

/* --- memory -------------------------------------------------------------- */

static void *take_memory(size_t size, void *arg)
{
	struct error ignored;

	(void)arg;
	return mem_resize(NULL, size, 1, &ignored);
}

static void give_memory(void *p, void *arg)
{
	(void)arg;
	mem_free(p);
}

static bool no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "out of memory for the pattern");
}

/* --- compiling ----------------------------------------------------------- */

static uint32_t compile_options(unsigned flags)
{
	uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_USE_OFFSET_LIMIT |
	                   PCRE2_NEVER_BACKSLASH_C;

	if (flags & REGEX_CASELESS)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		options |= PCRE2_MULTILINE;
	if (flags & REGEX_DOTALL)
		options |= PCRE2_DOTALL;
	if (flags & REGEX_EXTENDED)
		options |= PCRE2_EXTENDED;
	if (flags & REGEX_UTF)
		return options | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return options | PCRE2_NEVER_UTF;
}

/* What PCRE2 refuses as there are bytes where characters were expected. */
static const char *hint(const struct pattern *p, int code)
{
	bool characters = code == PCRE2_ERROR_CODE_POINT_TOO_BIG ||
	                  code == PCRE2_ERROR_SUPPORTED_ONLY_IN_UNICODE;

	return characters && !pattern_is_utf(p) ? "; flag u is for characters"
	                                        : "";
}

/* Say what PCRE2 has against the pattern, at `offset` of the user's part. */
static bool report(const struct pattern *p, const struct lexer *lx, int code,
                   size_t offset, struct error *err)
{
	char message[256];

	if (code == PCRE2_ERROR_HEAP_FAILED)
		return no_memory(err);
	if (code == PCRE2_ERROR_BACKSLASH_C_CALLER_DISABLED)
		return error_at(err, translate_column(lx, &p->regex, offset),
		                "\\C is not taken: it splits characters");
	/* A text or bytes are no regular expression to the user. */
	if (code == PCRE2_ERROR_PATTERN_TOO_LARGE)
		return error_at(err, translate_column(lx, &p->regex, offset),
		                "the pattern is too large");
	if (pcre2_get_error_message(code, (PCRE2_UCHAR *)message,
	                            sizeof(message)) < 0)
		message[0] = '\0';
	return error_at(err, translate_column(lx, &p->regex, offset), "%s%s",
	                text_shown(message).s, hint(p, code));
}

static pcre2_code *compile(const struct pattern *p, const char *text,
                           size_t len, uint32_t more, int *code, size_t *offset)
{
	pcre2_compile_context *context =
		pcre2_compile_context_create(p->memory);
	pcre2_code *out;

	if (!context) {
		*code = PCRE2_ERROR_HEAP_FAILED;
		return NULL;
	}
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	out = pcre2_compile((PCRE2_SPTR)text, len,
	                    compile_options(p->regex.flags) | more, code,
	                    offset, context);
	pcre2_compile_context_free(context);
	return out;
}

/* --- what is refused ----------------------------------------------------- */

/* Looking through the items of a user's regex. */
struct refusal {
	const char *source;
	size_t len;
	const char *what; /* NULL: nothing yet */
	size_t at;
};

static bool begins(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(text, with, n) == 0;
}

/* The length tells an escape or a verb from a quoted '\' or '('. */
static int look_at_item(pcre2_callout_enumerate_block *block, void *arg)
{
	/* The JIT keeps what was captured in front of (*ACCEPT) for the
	   attempts to come, when that match is empty and therefore none. */
	static const struct {
		const char *item, *what;
	} refused[] = {
		{ "\\G", "\\G is not taken: bytes come in windows" },
		{ "\\K", "\\K is not taken: bytes come in windows" },
		{ "(*COMMIT", "(*COMMIT) is not taken: bytes come in windows" },
		{ "(*SKIP", "(*SKIP) is not taken: bytes come in windows" },
		{ "(*ACCEPT", "(*ACCEPT) is not taken: bytes come in windows" },
	};
	struct refusal *r = arg;
	size_t at = block->pattern_position;
	size_t len = block->next_item_length;

	if (len < 2 || at > r->len || len > r->len - at)
		return 0;
	r->at = at;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (begins(r->source + at, len, refused[i].item))
			r->what = refused[i].what;
	return r->what != NULL;
}

/* Does it begin with a verb that is an option? Those that are none are few. */
static bool begins_with_option(const char *source, size_t len)
{
	static const char *const verbs[] = {
		"ACCEPT", "COMMIT", "F", "FAIL", "MARK", "PRUNE", "SKIP", "THEN"
	};
	size_t n = 0;

	if (!begins(source, len, "(*"))
		return false;
	source += 2;
	len -= 2;
	while (n < len &&
	       ((source[n] >= 'A' && source[n] <= 'Z') || source[n] == '_'))
		n++;
	if (n == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strlen(verbs[i]) == n && memcmp(verbs[i], source, n) == 0)
			return false;
	return true;
}

/* The user's own regex: valid by itself, and nothing in it that is refused. */
static bool check_own(const struct pattern *p, const struct lexer *lx,
                      struct error *err)
{
	struct refusal r = { .source = p->regex.text + p->regex.own,
		             .len = p->regex.own_len };
	pcre2_code *code;
	size_t offset = 0;
	int rc = 0;

	if (begins_with_option(r.source, r.len))
		return error_at(err, translate_column(lx, &p->regex, 0),
		                "options such as (*UTF) are not taken: use the "
		                "flags i s m x u");
	code = compile(p, r.source, r.len, PCRE2_AUTO_CALLOUT, &rc, &offset);
	if (!code)
		return report(p, lx, rc, offset, err);
	(void)pcre2_callout_enumerate(code, look_at_item, &r);
	pcre2_code_free(code);
	return !r.what || error_at(err, translate_column(lx, &p->regex, r.at),
	                           "%s", r.what);
}

/* --- patterns ------------------------------------------------------------ */

static size_t occurrences(const struct regex *regex, const char *what)
{
	size_t count = 0;

	for (size_t i = 0; i < regex->len; i++)
		count += begins(regex->text + i, regex->len - i, what);
	return count;
}

/* Might it call a group from another place? */
static bool may_recurse(const struct regex *regex)
{
	static const char *const calls[] = { "\\g<", "\\g'", "(?R", "(?&",
		                             "(?P>" };

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (occurrences(regex, calls[i]) > 0)
			return true;
	for (char call[] = "(?+0"; call[3] <= '9'; call[3]++) {
		char digit[] = { '(', '?', call[3], '\0' };

		call[2] = '+';
		if (occurrences(regex, call) + occurrences(regex, digit) > 0)
			return true;
		call[2] = '-';
		if (occurrences(regex, call) > 0)
			return true;
	}
	return false;
}

/* Is there something that the JIT does wrong? It may recurse without end, which
   no limit stops, and lets (*PRUNE) act upon attempts to come. */
static bool is_beyond_jit(const struct regex *regex)
{
	return may_recurse(regex) || occurrences(regex, "(*PRUNE") > 0 ||
	       occurrences(regex, "(*THEN") > 0;
}

/*
 * PCRE2 counts the characters of the longest lookbehind, and not that one may
 * stand in another, nor that "^" in one looks at a further byte. So as many of
 * that length as there may be lookbehinds, and one byte.
 */
static size_t history_of(const struct pattern *p)
{
	const struct regex *regex = &p->regex;
	bool utf = regex->flags & REGEX_UTF;
	uint32_t longest = 0;
	size_t nested = 1 + occurrences(regex, "(?<") +
	                occurrences(regex, "(*") +
	                (may_recurse(regex) ? RECURSION_FACTOR : 0);

	(void)pcre2_pattern_info(p->code, PCRE2_INFO_MAXLOOKBEHIND, &longest);
	if (longest > HISTORY_MAX / 8 / nested)
		return HISTORY_MAX;
	/* A window may begin inside a character. */
	return utf ? 4 * (longest * nested + 2) : longest * nested + 1;
}

/*
 * The regex as a whole, of which the own part was found to be valid, behind a
 * prefix. With .* in front PCRE2 tries the beginnings of lines alone, although
 * what is no character, or (*THEN), or a possessive group, can make an attempt
 * fail there and not further on; without groups there is nothing of the kind.
 */
static pcre2_code *compile_whole(const struct pattern *p, const char *prefix,
                                 uint32_t more, const struct lexer *lx,
                                 struct error *err)
{
	size_t n = strlen(prefix);
	char *text = mem_resize(NULL, n + p->regex.len + 1, 1, err);
	pcre2_code *code;
	size_t offset;
	int rc;

	if (!text)
		return NULL;
	memcpy(text, prefix, n);
	memcpy(text + n, p->regex.text, p->regex.len);
	if (pattern_is_utf(p) ||
	    memchr(p->regex.text + p->regex.own, '(', p->regex.own_len))
		more |= PCRE2_NO_DOTSTAR_ANCHOR;
	code = compile(p, text, n + p->regex.len, more, &rc, &offset);
	if (!code)
		report(p, lx, rc, 0, err);
	mem_free(text);
	return code;
}

/*
 * The code for bytes that more may follow. The interpreter does not ask for
 * them in all places when nothing was looked at before the first byte, unless
 * there is a lookbehind somewhere; so it gets one that always holds.
 */
static bool compile_inside(struct pattern *p, const struct lexer *lx,
                           struct error *err)
{
	pcre2_code_free(p->inside);
	p->inside = compile_whole(p, p->interpreted ? "(?<!a(?!))" : "",
	                          PCRE2_ALT_CIRCUMFLEX, lx, err);
	if (!p->inside)
		return false;
	if (p->interpreted ||
	    pcre2_jit_compile(p->inside, PCRE2_JIT_PARTIAL_HARD) == 0)
		return true;
	p->interpreted = true;
	return compile_inside(p, lx, err);
}

static bool compile_all(struct pattern *p, const struct lexer *lx,
                        struct error *err)
{
	p->memory =
		pcre2_general_context_create(take_memory, give_memory, NULL);
	if (!p->memory)
		return no_memory(err);
	if (p->regex.own_len > 0 && !check_own(p, lx, err))
		return false;
	p->code = compile_whole(p, "", 0, lx, err);
	if (!p->code)
		return false;
	p->interpreted = is_beyond_jit(&p->regex) ||
	                 pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) != 0;
	if (!compile_inside(p, lx, err))
		return false;
	if (p->interpreted && pattern_is_utf(p))
		return error_at(err, p->regex.column,
		                is_beyond_jit(&p->regex)
		                        ? "recursion, (*PRUNE) and (*THEN) do "
		                          "not go with flag u"
		                        : "flag u needs the JIT of PCRE2, "
		                          "which cannot be used here");
	p->history = history_of(p);
	return true;
}

struct pattern *pattern_parse(struct lexer *lx,
                              const struct pattern_options *options,
                              struct error *err)
{
	struct pattern *p = mem_zalloc(sizeof(*p), err);
	struct lexer at = *lx;

	if (!p)
		return NULL;
	atomic_init(&p->refs, 1);
	if (!translate(&at, options, &p->regex, err)) {
		mem_free(p);
		translate_blame(lx, options, err);
		return NULL;
	}
	p->text = mem_strndup(lx->line + lx->pos, at.pos - lx->pos, err);
	if (!p->text || !compile_all(p, lx, err)) {
		pattern_unref(p);
		translate_blame(lx, options, err);
		return NULL;
	}
	*lx = at;
	return p;
}

struct pattern *pattern_ref(struct pattern *pattern)
{
	atomic_fetch_add_explicit(&pattern->refs, 1, memory_order_relaxed);
	return pattern;
}

void pattern_unref(struct pattern *pattern)
{
	if (!pattern || atomic_fetch_sub_explicit(&pattern->refs, 1,
	                                          memory_order_acq_rel) > 1)
		return;
	pcre2_code_free(pattern->code);
	pcre2_code_free(pattern->inside);
	pcre2_general_context_free(pattern->memory);
	regex_free(&pattern->regex);
	mem_free(pattern->text);
	mem_free(pattern);
}

const char *pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}

const struct regex *pattern_regex(const struct pattern *pattern)
{
	return &pattern->regex;
}

size_t pattern_history(const struct pattern *pattern)
{
	return pattern->history;
}

const char *pattern_charset(const struct pattern *pattern, size_t charset)
{
	if (charset >= pattern->regex.charset_count)
		return NULL;
	return charset_name(pattern->regex.charsets[charset]);
}

bool pattern_counts_indicators(const struct pattern *pattern)
{
	return pattern_is_utf(pattern) &&
	       occurrences(&pattern->regex, "\\X") > 0;
}

size_t pattern_groups(const struct pattern *pattern)
{
	uint32_t count = 0;

	if (pattern->regex.own_len > 0)
		(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT,
		                         &count);
	return count;
}

bool pattern_group(const struct pattern *pattern, const char *name,
                   size_t *group)
{
	int number = PCRE2_ERROR_NOSUBSTRING;

	if (pattern->regex.own_len > 0)
		number = pcre2_substring_number_from_name(pattern->code,
		                                          (PCRE2_SPTR)name);
	if (number > 0)
		*group = (size_t)number;
	return number > 0;
}

#ifdef TEST_HOOKS
bool pattern_is_interpreted(const struct pattern *pattern)
{
	return pattern->interpreted;
}

bool pattern_interpret(struct pattern *pattern, struct error *err)
{
	pattern->interpreted = true;
	return compile_inside(pattern, NULL, err);
}
#endif

bool pattern_is_utf(const struct pattern *pattern)
{
	return pattern->regex.flags & REGEX_UTF;
}

/* --- matching ------------------------------------------------------------ */

struct matcher *matcher_new(struct pattern *pattern, struct error *err)
{
	struct matcher *m = mem_zalloc(sizeof(*m), err);

	if (!m)
		return NULL;
	m->pattern = pattern_ref(pattern);
	m->data = pcre2_match_data_create_from_pattern(pattern->code,
	                                               pattern->memory);
	m->context = pcre2_match_context_create(pattern->memory);
	if (!m->data || !m->context) {
		matcher_free(m);
		no_memory(err);
		return NULL;
	}
	pcre2_set_match_limit(m->context, STEP_LIMIT);
	pcre2_set_depth_limit(m->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT);
	return m;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	pcre2_match_data_free(matcher->data);
	pcre2_jit_stack_free(matcher->stack);
	pcre2_match_context_free(matcher->context);
	pattern_unref(matcher->pattern);
	mem_free(matcher);
}

/* One call of PCRE2. */
static int call(struct matcher *m, const unsigned char *bytes, size_t len,
                size_t from, size_t last, uint32_t options)
{
	const struct pattern *p = m->pattern;
	const pcre2_code *code =
		options & PCRE2_PARTIAL_HARD ? p->inside : p->code;

	pcre2_set_offset_limit(m->context, last);
	/* Of bytes that are to be UTF-8, pcre2_match() asks more. */
	if (!p->interpreted && !pattern_is_utf(p))
		return pcre2_jit_match(code, bytes, len, from, options, m->data,
		                       m->context);
	return pcre2_match(code, bytes, len, from, options, m->data,
	                   m->context);
}

/* As call(), and again on the larger stack if that is needed. */
static int search(struct matcher *m, const unsigned char *bytes, size_t len,
                  size_t from, size_t last, uint32_t options)
{
	int rc;

	if (m->pattern->interpreted)
		options |= PCRE2_NO_JIT;
	rc = call(m, bytes, len, from, last, options);
	if (rc != PCRE2_ERROR_JIT_STACKLIMIT || m->stack)
		return rc;
	m->stack = pcre2_jit_stack_create(STACK, STACK, m->pattern->memory);
	if (!m->stack)
		return PCRE2_ERROR_NOMEMORY;
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return call(m, bytes, len, from, last, options);
}

/* How many of the bytes may be shown: the interpreter lets "\R" match a CR that
   is the last byte, and does not ask whether an LF follows. */
static size_t shown_of(const struct matcher *m, const unsigned char *bytes,
                       size_t len, size_t from, uint32_t options)
{
	const struct pattern *p = m->pattern;

	if (p->interpreted && options & PCRE2_PARTIAL_HARD &&
	    occurrences(&p->regex, "\\R") > 0)
		while (len > from && bytes[len - 1] == '\r')
			len--;
	return len;
}

static void take_match(const struct matcher *m, int rc, struct match_at *out)
{
	const PCRE2_SIZE *where = pcre2_get_ovector_pointer(m->data);

	*out = (struct match_at){
		.start = where[0],
		.end = where[1],
		/* The last group that is set is the encoding's. */
		.charset = rc >= 2 ? (size_t)rc - 2 : 0,
	};
}

static uint32_t options_of(unsigned flags)
{
	uint32_t options = PCRE2_NOTEMPTY;

	if (flags & MATCHER_INSIDE)
		options |= PCRE2_NOTBOL;
	if (flags & MATCHER_PARTIAL)
		options |= PCRE2_PARTIAL_HARD;
	return options;
}

/* What a limit that was hit says of the pattern; "" for other failures. */
static const char *reason(int rc)
{
	switch (rc) {
	case PCRE2_ERROR_MATCHLIMIT:
		return " (the pattern can match there in too many ways)";
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
		return " (a group repeats too often there; [..]* and .* have "
		       "no such limit)";
	case PCRE2_ERROR_RECURSELOOP:
		return " (the pattern calls itself without end)";
	default:
		return "";
	}
}

static void put_message(struct matcher *m, int rc)
{
	char message[60]; /* with a reason behind it there is no more room */

	if (pcre2_get_error_message(rc, (PCRE2_UCHAR *)message,
	                            sizeof(message)) < 0)
		message[0] = '\0';
	snprintf(m->message, sizeof(m->message), "%s%s", message, reason(rc));
}

enum matched matcher_find(struct matcher *matcher, const unsigned char *bytes,
                          size_t len, size_t from, size_t last, unsigned flags,
                          struct match_at *out)
{
	uint32_t options = options_of(flags);
	size_t shown = shown_of(matcher, bytes, len, from, options);
	int rc = PCRE2_ERROR_NOMATCH;

	assert(from <= last && last < len);
	if (shown > from)
		rc = search(matcher, bytes, shown, from,
		            size_min(last, shown - 1), options);
	if (rc == PCRE2_ERROR_NOMATCH && last >= shown) {
		*out = (struct match_at){ .start = shown };
		return MATCHED_PARTIAL;
	}
	if (rc == PCRE2_ERROR_NOMATCH)
		return MATCHED_NO;
	if (rc >= 0 || rc == PCRE2_ERROR_PARTIAL) {
		take_match(matcher, rc, out);
		/* The JIT may try one more, or go to the next character. */
		if (out->start > last)
			return MATCHED_NO;
		return rc >= 0 ? MATCHED_YES : MATCHED_PARTIAL;
	}
	put_message(matcher, rc);
	return MATCHED_FAILED;
}

void matcher_group(const struct matcher *matcher, size_t group, size_t *start,
                   size_t *end)
{
	const PCRE2_SIZE *where = pcre2_get_ovector_pointer(matcher->data);

	assert(group < pcre2_get_ovector_count(matcher->data));
	*start = *end = 0;
	if (where[2 * group] == PCRE2_UNSET)
		return;
	*start = where[2 * group];
	*end = where[2 * group + 1];
}

const char *matcher_problem(const struct matcher *matcher)
{
	return matcher->message;
}
