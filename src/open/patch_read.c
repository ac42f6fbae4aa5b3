/*
 * patch_read.c - reading patches: see patch_file.h
 *
 * What the formats share: names of files, the order of hunks, and where an
 * error stands. A file is known by its first bytes.
 */
#include "config.h"

#include "open/patch_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "open/patch_impl.h"

bool patch_append(struct patch_bytes *bytes, unsigned char byte, uint64_t count,
                  struct error *err)
{
	if (count > PATCH_HUNK - bytes->len)
		return error_set(err, ERR_SYNTAX, "more than %d bytes",
		                 PATCH_HUNK);
	memset(bytes->v + bytes->len, byte, (size_t)count);
	bytes->len += (size_t)count;
	return true;
}

bool patch_take_file(struct patch_reader *r, uint64_t number, const char *name,
                     struct error *err)
{
	char *path;
	bool ok;

	if (number != (uint64_t)r->files + 1)
		return error_set(err, ERR_SYNTAX,
		                 "files are numbered 1, 2, ..");
	if (!mem_grow(&r->ends, &r->ends_cap, r->files + 2, sizeof(*r->ends),
	              err))
		return false;
	path = namer_resolve(r->in.path, name, err);
	if (!path)
		return false;
	r->ends[++r->files] = 0;
	ok = r->to->file(r->to->ctx, r->files, path, err);
	mem_free(path);
	return ok;
}

bool patch_take_hunk(struct patch_reader *r, uint64_t file, uint64_t off,
                     struct error *err)
{
	struct patch_hunk hunk = {
		.off = off,
		.old_len = r->old.len,
		.new_len = r->new.len,
		.old = r->old.unknown ? NULL : r->old.v,
		.new = r->new.v,
		.before = -1,
	};

	if (file == 0 || file > r->files)
		return error_set(err, ERR_SYNTAX, "no file has this number");
	if (hunk.old_len == 0 && hunk.new_len == 0)
		return error_set(err, ERR_SYNTAX, "a hunk without bytes");
	if (r->new.unknown)
		return error_set(err, ERR_SYNTAX,
		                 "new bytes must have a value");
	if (off < r->ends[file])
		return error_set(err, ERR_SYNTAX,
		                 "0x%" PRIx64 " lies before the end of the "
		                 "last hunk of this file, 0x%" PRIx64,
		                 off, r->ends[file]);
	if (hunk.old_len > UINT64_MAX - off)
		return error_set(err, ERR_SYNTAX, "past the last offset");
	r->ends[file] = off + hunk.old_len;
	hunk.file = (unsigned)file;
	return r->to->hunk(r->to->ctx, &hunk, err);
}

static bool starts(const char *head, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(head, with, strlen(with)) == 0;
}

/* Read on by what the file begins with. */
static bool read_format(struct patch_reader *r, struct error *err)
{
	const struct patch_taker *to = r->to;
	size_t len;
	const char *head = reading_look(&r->in, 13, &len, err);

	if (!head)
		return false;
	if (starts(head, len, "IPS32"))
		return to->begin(to->ctx, PATCH_IPS, err) &&
		       patch_ips_read(r, 4, err);
	if (starts(head, len, "PATCH"))
		return to->begin(to->ctx, PATCH_IPS, err) &&
		       patch_ips_read(r, 3, err);
	if (starts(head, len, "{"))
		return to->begin(to->ctx, PATCH_JSON, err) &&
		       patch_json_read(r, err);
	if (starts(head, len, "hexspan-patch"))
		return to->begin(to->ctx, PATCH_HEX, err) &&
		       patch_hex_read(r, err);
	r->in.line = 1;
	return error_set(err, ERR_SYNTAX,
	                 "no patch (it begins with \"hexspan-patch 1\", '{', "
	                 "IPS32 or PATCH)");
}

/* Say where it is. A column would be one of the command line's. */
static bool place_error(const struct patch_reader *r, struct error *err)
{
	struct text_shown path = text_shown(r->in.path);

	if (err->code == ERR_NOMEM || err->code == ERR_IO)
		return false;
	err->column = 0;
	if (r->records > 0)
		error_prefix(err, "%s: record %" PRIu64, path.s, r->records);
	else if (r->in.line > 0)
		error_prefix(err, "%s:%zu", path.s,
		             r->line > 0 ? r->line : r->in.line);
	else
		error_prefix(err, "%s", path.s);
	return error_add_path(err, r->in.path);
}

bool patch_read(const struct sys *sys, const char *path,
                const struct patch_taker *to, struct error *err)
{
	struct patch_reader r = { .to = to };
	bool ok;

	if (!reading_begin(&r.in, sys, path, err))
		return false;
	r.old.v = mem_resize(NULL, PATCH_HUNK, 1, err);
	r.new.v = r.old.v ? mem_resize(NULL, PATCH_HUNK, 1, err) : NULL;
	ok = r.new.v && (read_format(&r, err) || place_error(&r, err));
	reading_end(&r.in);
	mem_free(r.old.v);
	mem_free(r.new.v);
	mem_free(r.ends);
	return ok;
}
