/*
 * fuzz_keymap.c - the reader of keymap files, for libFuzzer
 *
 * Whatever a file says, the map keeps its invariants, each binding is found by
 * its keys and by no beginning of them, and the map prints as a text that loads
 * without a word and prints the same.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ui/keymap.h"
#include "ui/keymap_load.h"
#include "ui/keyname.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

/* Only what is compiled in can be included. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("HOME", "/nonexistent", 1);
	setenv("XDG_DATA_DIRS", "/nonexistent", 1);
	unsetenv("XDG_CONFIG_HOME");
	return 0;
}

/* Reports are of one line that a terminal can show. */
static void take_report(void *ctx, bool warning, const char *text)
{
	(void)ctx;
	(void)warning;
	require(*text != '\0');
	for (const char *p = text; *p; p++)
		require((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static char *print(const struct keymap *map)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	require(out != NULL);
	keymap_print(map, MODE_COUNT, out);
	require(fclose(out) == 0);
	return text;
}

static void find_binding(const struct keymap *map, struct binding b)
{
	char names[KEY_SEQ_MAX][KEY_SEQ_TEXT];
	const char *keys[KEY_SEQ_MAX];
	const char *line = NULL;
	struct key_seq seq;
	struct error err;

	require(keyname_parse(b.keys, strlen(b.keys), &seq, &err));
	for (size_t i = 0; i < seq.count; i++) {
		struct key_seq one = { { seq.key[i] }, 1 };

		keyname_write(names[i], &one);
		keys[i] = names[i];
		require(keymap_find(map, b.mode, MODE_HEX, keys, i, &line) ==
		        KEY_PREFIX);
	}
	require(keymap_find(map, b.mode, MODE_HEX, keys, seq.count, &line) ==
	        KEY_BOUND);
	require(strcmp(line, b.line) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct keymap_hooks hooks = { .report = take_report };
	struct error err;
	struct keymap *map = keymap_new(&err);
	size_t errors;
	char *first, *again;

	require(map != NULL);
	if (!keymap_load_text(map, "x.keys", (const char *)data, size, &hooks,
	                      &errors, &err)) {
		require(err.code == ERR_SYNTAX);
		keymap_free(map);
		return 0;
	}
	require(!keymap_check(map));
	for (size_t i = 0; i < keymap_bindings(map); i++)
		find_binding(map, keymap_binding(map, i));
	first = print(map);
	require(keymap_load_text(map, "y.keys", first, strlen(first), &hooks,
	                         &errors, &err));
	require(errors == 0);
	again = print(map);
	require(strcmp(first, again) == 0);
	free(first);
	free(again);
	keymap_free(map);
	return 0;
}
