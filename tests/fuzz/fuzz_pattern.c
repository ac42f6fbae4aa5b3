/*
 * fuzz_pattern.c - patterns; what is taken must compile, and match in bounds
 *
 * The first byte of an input holds options, the rest is the pattern and the
 * bytes that it is tried on.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "find/pattern.h"
#include "tests/fuzz/fuzz.h"

enum { TRIED = 64 }; /* bytes; more would only be slow */

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool eval(void *ctx, struct lexer *lx, bool *negative, uint64_t *mag,
                 struct error *err)
{
	(void)ctx;
	if (lx->len - lx->pos < 2)
		return error_at(err, lx->pos + 1, "')' expected");
	*negative = lx->line[lx->pos + 1] & 1;
	*mag = *negative ? 1 : UINT64_MAX;
	lx->pos += 2;
	return true;
}

static struct pattern_options options_of(uint8_t bits)
{
	struct pattern_options options = {
		.caseless = bits & 1,
		.word = bits & 2,
		.open_end = bits & 4,
		.numbers = { .units = &units_default, .eval = eval },
	};

	for (int i = 0; bits & 8 && i < CHARSETS; i++)
		if (bits >> i & 16 || i == 0)
			options.charsets[options.charset_count++] =
				(enum charset)i;
	return options;
}

static void try_matches(struct pattern *p, const uint8_t *bytes, size_t len,
                        unsigned flags)
{
	struct error err;
	struct matcher *m = matcher_new(p, &err);
	unsigned char *memory = calloc(1, len + 2 * MATCHER_SLACK);
	struct match_at at;
	size_t from = 0;

	require(m != NULL && memory != NULL);
	memcpy(memory + MATCHER_SLACK, bytes, len);
	while (from < len) {
		enum matched matched =
			matcher_find(m, memory + MATCHER_SLACK, len, from,
		                     len - 1, flags, &at);

		if (matched == MATCHED_FAILED)
			require(*matcher_problem(m) != '\0');
		if (matched != MATCHED_YES)
			break;
		require(at.start >= from);
		require(at.end > at.start && at.end <= len);
		from = at.end;
	}
	free(memory);
	matcher_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pattern_options options = options_of(size ? data[0] : 0);
	const char *line = (const char *)data;
	struct lexer lx = lexer_of(line, size);
	struct error err = { 0 };
	struct pattern *p;
	size_t len = size > TRIED ? TRIED : size;

	lx.pos = size > 0;
	p = pattern_parse(&lx, &options, &err);
	if (!p) {
		require(err.code == ERR_SYNTAX && lx.pos == (size > 0));
		require(err.column >= 1 && err.column <= size + 1);
		require(err.text[0] != '\0');
		return 0;
	}
	require(lx.pos > 1 && lx.pos <= size);
	require(pattern_history(p) >= 1 && pattern_regex(p)->len > 0);
	try_matches(p, data, len, 0);
	try_matches(p, data, len, MATCHER_INSIDE | MATCHER_PARTIAL);
	pattern_unref(p);
	return 0;
}
