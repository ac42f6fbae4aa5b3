/*
 * pattern.h - compiled patterns, and matching them against bytes in memory
 *
 * The one module that knows PCRE2. A pattern is what the user typed, compiled;
 * a matcher is what one thread needs to try it. What a match is, is PCRE2's
 * answer with these settings: DOLLAR_ENDONLY, NOTEMPTY, newline LF, bytes
 * unless flag u, and then MATCH_INVALID_UTF. Refused, as they answer otherwise
 * when bytes come in windows: \G, \K, (*COMMIT), (*SKIP), (*ACCEPT),
 * \C and option verbs; and with flag u recursion, (*PRUNE) and (*THEN), or
 * everything if PCRE2 has no JIT here.
 *
 * Threads: a pattern is immutable and counted atomically: any. A matcher
 * belongs to one thread.
 */
#ifndef FIND_PATTERN_H
#define FIND_PATTERN_H

#include "base/base.h"
#include "find/translate.h"

struct error;
struct matcher;
struct pattern;

/*
 * Read the pattern at the lexer, which goes behind it, and compile it. Errors
 * as translate(), and ERR_SYNTAX with PCRE2's message at its column. The count
 * is 1.
 */
struct pattern *pattern_parse(struct lexer *lx,
                              const struct pattern_options *options,
                              struct error *err) MUST_USE;
struct pattern *pattern_ref(struct pattern *pattern);
void pattern_unref(struct pattern *pattern); /* NULL is allowed */

/* As it was typed, without options. */
const char *pattern_text(const struct pattern *pattern);

/* The source and flags that were compiled, for a prefilter. Borrowed. */
const struct regex *pattern_regex(const struct pattern *pattern);

/* How many bytes in front of where an attempt begins it may look at, at most;
   at least 1. What a window must keep. */
size_t pattern_history(const struct pattern *pattern);

/* The name of the encoding that a match was in; NULL when none was asked. */
const char *pattern_charset(const struct pattern *pattern, size_t charset);

/* Bytes of UTF-8 are characters: flag u. */
bool pattern_is_utf(const struct pattern *pattern);

/* May it look at regional indicators in front of where an attempt begins,
   beyond its history: all that stand in one row? */
bool pattern_counts_indicators(const struct pattern *pattern);

/* The groups of a regex, counted from 1; no other pattern has any. */
size_t pattern_groups(const struct pattern *pattern);

/* The group of this name; false: there is none, or there are several. */
bool pattern_group(const struct pattern *pattern, const char *name,
                   size_t *group);

#ifdef TEST_HOOKS
bool pattern_is_interpreted(const struct pattern *pattern);

/* Go on as if there was no JIT; nothing else may use the pattern yet. Not with
   flag u. */
bool pattern_interpret(struct pattern *pattern, struct error *err) MUST_USE;
#endif

/* Match data and limits: 1 M steps from one start, 100,000 deep, 16 MiB. Keeps
   a count of the pattern. ERR_NOMEM. */
struct matcher *matcher_new(struct pattern *pattern,
                            struct error *err) MUST_USE;
void matcher_free(struct matcher *matcher); /* NULL is allowed */

enum {
	MATCHER_INSIDE = 1,  /* more bytes stand in front of the first one */
	MATCHER_PARTIAL = 2, /* more bytes stand behind the last one */
};

enum matched {
	MATCHED_NO,
	MATCHED_YES,
	MATCHED_PARTIAL, /* cannot be told without the bytes behind the last */
	MATCHED_FAILED,  /* a limit was hit: matcher_problem() */
};

struct match_at {
	size_t start, end; /* half-open, not empty */
	size_t charset;    /* for pattern_charset() */
};

/* So many bytes in front of a subject, and behind it, belong to the same memory
   and may be loaded, whatever they are: PCRE2's compiled code looks at 16 bytes
   at a time, and masks out those that are not its own. What they are does not
   matter, but it would be a fault where they lie in a page that is not
   there. */
enum { MATCHER_SLACK = 32 };

/*
 * The first match in bytes[0, len) that begins in [from, last]. With
 * MATCHED_PARTIAL only out->start is set: none begins before it. With
 * MATCHED_FAILED none begins before the attempt that failed; that one may begin
 * at the character behind last. from <= last < len. Lookbehinds see
 * bytes[0, from).
 */
enum matched matcher_find(struct matcher *matcher, const unsigned char *bytes,
                          size_t len, size_t from, size_t last, unsigned flags,
                          struct match_at *out);

/* After MATCHED_YES: the bytes of a group, 0 being the match, which were
   bytes[*start, *end) of matcher_find(). None when the group took no part. */
void matcher_group(const struct matcher *matcher, size_t group, size_t *start,
                   size_t *end);

/* What the last MATCHED_FAILED was, in PCRE2's words and then ours. */
const char *matcher_problem(const struct matcher *matcher);

#endif
