/* fuzz_layout.c - the parser of layout files; what it takes must print back */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "open/layout_file.h"
#include "space/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool same(const struct placement *a, const struct placement *b)
{
	return a->input == b->input && strcmp(a->path, b->path) == 0 &&
	       strcmp(a->name, b->name) == 0 && a->named == b->named &&
	       a->input_size == b->input_size && a->at == b->at &&
	       a->at_value == b->at_value && a->has_skip == b->has_skip &&
	       a->skip_from_end == b->skip_from_end && a->skip == b->skip &&
	       a->has_size == b->has_size && a->size == b->size &&
	       a->over == b->over && a->access == b->access;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout first = { 0 };
	struct layout second = { 0 };
	struct error err = { 0 };
	size_t len = 0;
	char *text = NULL;
	FILE *out;

	if (!layout_text_read((const char *)data, size, "x.hxl", true, &first,
	                      &err)) {
		require(err.code != ERR_NONE && err.text[0] != '\0');
		require(first.count == 0);
		layout_clear(&first);
		return 0;
	}
	out = open_memstream(&text, &len);
	require(out != NULL);
	fputs("hexspan-layout 1\n", out);
	for (size_t i = 0; i < first.count; i++) {
		placement_print(first.v[i], first.v[i]->path, out);
		fputc('\n', out);
	}
	require(fclose(out) == 0);
	require(layout_text_read(text, len, "x.hxl", true, &second, &err));
	require(first.count == second.count);
	for (size_t i = 0; i < first.count; i++)
		require(same(first.v[i], second.v[i]));
	free(text);
	layout_clear(&first);
	layout_clear(&second);
	return 0;
}
