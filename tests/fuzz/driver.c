/*
 * driver.c - runs a fuzz target over its corpus, without a fuzzer
 *
 *	fuzz_NAME [FILE or FOLDER..]
 *
 * Without arguments it takes tests/fuzz/corpus/NAME, so that `make check` runs
 * every input that was ever worth keeping. It stands in a library, and gives
 * way to the main() of libFuzzer where that is linked.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* The target gets memory of just this size, so that a sanitizer sees every read
   past its end. */
static void feed(const void *bytes, size_t len)
{
	uint8_t *input = malloc(len ? len : 1);

	if (!input)
		abort();
	if (len)
		memcpy(input, bytes, len);
	LLVMFuzzerTestOneInput(input, len);
	free(input);
}

static bool feed_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *bytes = NULL;
	size_t len = 0, size = 0;
	bool ok;

	if (!f) {
		perror(path);
		return false;
	}
	do {
		if (len == size) {
			size = size ? 2 * size : 4096;
			bytes = realloc(bytes, size);
			if (!bytes)
				abort();
		}
		len += fread(bytes + len, 1, size - len, f);
	} while (!feof(f) && !ferror(f));
	ok = !ferror(f);
	fclose(f);
	if (ok)
		feed(bytes, len);
	else
		perror(path);
	free(bytes);
	return ok;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A file, or all files of a folder; how many, or -1. */
static int feed_path(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_visible, alphasort);
	int fed = 0;

	if (n < 0 && errno == ENOTDIR)
		return feed_file(path) ? 1 : -1;
	if (n < 0)
		perror(path);
	for (int i = 0; i < n; i++) {
		char *file = NULL;

		if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
			abort();
		if (fed >= 0)
			fed = feed_file(file) ? fed + 1 : -1;
		free(file);
		free(entries[i]);
	}
	if (n < 0)
		return -1;
	free(entries);
	return fed;
}

/* "tests/fuzz/fuzz_lexer" has the corpus tests/fuzz/corpus/lexer. */
static char *own_corpus(const char *program)
{
	static const char prefix[] = "fuzz_";
	const char *top = getenv("srcdir");
	const char *name = strrchr(program, '/');
	char *path = NULL;

	name = name ? name + 1 : program;
	if (strncmp(name, prefix, strlen(prefix)) == 0)
		name += strlen(prefix);
	if (asprintf(&path, "%s/tests/fuzz/corpus/%s", top ? top : ".", name) <
	    0)
		abort();
	return path;
}

int main(int argc, char **argv)
{
	char *corpus = own_corpus(argv[0]);
	char *own[] = { argv[0], corpus };
	int total = 0;

	if (argc < 2) {
		argc = 2;
		argv = own;
	}
	feed("", 0);
	for (int i = 1; i < argc; i++) {
		int fed = feed_path(argv[i]);

		if (fed <= 0) {
			printf("%s: no input\n", argv[i]);
			free(corpus);
			return EXIT_FAILURE;
		}
		total += fed;
	}
	printf("%d inputs\n", total);
	free(corpus);
	return EXIT_SUCCESS;
}
