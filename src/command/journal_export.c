/* journal_export.c - see journal_export.h */
#include "config.h"

#include "command/journal_export.h"

static bool to_file(void *ctx, const char *bytes, size_t len, struct error *err)
{
	return replace_put(ctx, bytes, len, err);
}

bool journal_export_begin(struct journal_export *ex, const struct sys *sys,
                          const char *path, struct error *err)
{
	if (!replace_begin(&ex->file, sys, path, err))
		return false;
	output_init(&ex->out, true, to_file, &ex->file);
	return true;
}

bool journal_export_end(struct journal_export *ex, bool ok, struct error *err)
{
	ok = ok && output_flush(&ex->out, err);
	output_free(&ex->out);
	if (ok)
		return replace_commit(&ex->file, err);
	replace_cancel(&ex->file);
	return false;
}
