/* fuzz_lexer.c - words and numbers; what is taken must lie in the line */
#include "config.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_words(const char *line, size_t len)
{
	struct words words = { 0 };
	struct error err = { 0 };
	size_t last = 0;

	if (!words_split(line, len, &words, &err)) {
		require(err.code == ERR_SYNTAX && words.count == 0);
		require(err.column >= 1 && err.column <= len);
		return;
	}
	for (size_t i = 0; i < words.count; i++) {
		const struct word *word = &words.v[i];

		require(word->column > last && word->column <= len);
		require(word->len <= len && word->text[word->len] == '\0');
		require(word->quoted == (line[word->column - 1] == '"'));
		last = word->column;
	}
	words_free(&words);
}

static void try_number(const char *line, size_t len, unsigned radix)
{
	const struct units units = { .sector = 520,
		                     .block = 4096,
		                     .radix = radix };
	struct lexer lx = lexer_of(line, len);
	struct error err = { 0 };
	uint64_t number;

	if (lexer_number(&lx, &units, &number, &err)) {
		require(lx.pos > 0 && lx.pos <= len);
		return;
	}
	require(err.code == ERR_SYNTAX && lx.pos == 0);
	require(err.column >= 1 && err.column <= len + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;

	try_words(line, size);
	try_number(line, size, 10);
	try_number(line, size, 16);
	return 0;
}
