/* patch_write.c - the formats of patches, and writing them: see patch_file.h */
#include "config.h"

#include "open/patch_file.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "open/patch_impl.h"

static const struct {
	const char *word, *ending, *head, *tail;
} formats[] = {
	[PATCH_HEX] = { "hex", NULL, "hexspan-patch 1\n", "" },
	[PATCH_JSON] = { "json", ".json",
	                 "{\"format\":\"hexspan-patch\",\"version\":1}\n", "" },
	[PATCH_IPS] = { "ips", ".ips", "IPS32", "EEOF" },
};

static bool ends_with(const char *text, const char *ending)
{
	size_t a = strlen(text), b = strlen(ending);

	return a >= b && strcmp(text + a - b, ending) == 0;
}

enum patch_format patch_format_of(const char *path)
{
	if (ends_with(path, ".json"))
		return PATCH_JSON;
	if (ends_with(path, ".ips") || ends_with(path, ".ips32"))
		return PATCH_IPS;
	return PATCH_HEX;
}

bool patch_format_named(const char *word, enum patch_format *out)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(formats[i].word, word) != 0)
			continue;
		*out = (enum patch_format)i;
		return true;
	}
	return false;
}

bool patch_text(struct patch_writer *w, const char *text, struct error *err)
{
	return replace_put(&w->out, text, strlen(text), err);
}

bool patch_begin(struct patch_writer *w, const struct sys *sys,
                 const char *path, enum patch_format format, struct error *err)
{
	*w = (struct patch_writer){ .format = format };
	if (!namer_open(&w->namer, sys, path, err) ||
	    !replace_begin(&w->out, sys, path, err)) {
		namer_close(&w->namer);
		return false;
	}
	if (patch_text(w, formats[format].head, err))
		return true;
	patch_cancel(w);
	return false;
}

bool patch_put_file(struct patch_writer *w, const char *path, unsigned *number,
                    struct error *err)
{
	const char *name;
	char text[32];

	*number = 0;
	if (w->format == PATCH_IPS)
		return true;
	*number = ++w->files;
	name = namer_name(&w->namer, path, err);
	if (!name)
		return false;
	if (w->format == PATCH_JSON)
		return patch_json_file(w, name, err);
	snprintf(text, sizeof(text), "file %u ", *number);
	return patch_text(w, text, err) &&
	       replace_put_quoted(&w->out, name, err) &&
	       patch_text(w, "\n", err);
}

bool patch_put(struct patch_writer *w, const struct patch_hunk *hunk,
               struct error *err)
{
	w->hunks++;
	if (w->format == PATCH_IPS)
		return patch_ips_put(w, hunk, err);
	return w->format == PATCH_JSON ? patch_json_put(w, hunk, err)
	                               : patch_hex_put(w, hunk, err);
}

bool patch_commit(struct patch_writer *w, struct error *err)
{
	if (!patch_text(w, formats[w->format].tail, err)) {
		patch_cancel(w);
		return false;
	}
	namer_close(&w->namer);
	return replace_commit(&w->out, err);
}

void patch_cancel(struct patch_writer *w)
{
	namer_close(&w->namer);
	replace_cancel(&w->out);
}
