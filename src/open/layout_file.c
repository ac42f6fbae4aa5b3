/*
 * layout_file.c - see layout_file.h
 *
 * A file is read whole, since it has a limit, and parsed from memory, so that
 * the parser needs no disk and a fuzzer can have it. Placements are collected
 * in a list of their own, which joins the caller's when all of it is good.
 */
#include "config.h"

#include "open/layout_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "open/namer.h"
#include "open/replace.h"
#include "space/layout.h"

enum {
	FILE_BYTES = 64 << 20,
	FILE_LINES = 1000000,
	STEP_BYTES = 64 << 10, /* asked for at once */
};

static const char magic[] = "hexspan-layout";
static const char version[] = "1";

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

bool layout_file_is(const char *path)
{
	return ends_with(path, ".hxl");
}

static bool io_error(int res, const char *path, struct error *err)
{
	error_sys(err, -res, "%s", text_shown(path).s);
	return error_add_path(err, path);
}

/* All that a descriptor gives, with room for a NUL behind it. */
static bool read_all(const struct sys *sys, int fd, const char *path,
                     struct buffer *out, struct error *err)
{
	for (;;) {
		int64_t got;

		if (!mem_grow(&out->v, &out->cap, out->len + STEP_BYTES, 1,
		              err))
			return false;
		got = sys->read(fd, out->v + out->len, out->cap - out->len - 1);
		if (got < 0)
			return io_error((int)got, path, err);
		if (got == 0)
			return true;
		out->len += (size_t)got;
		if (out->len > FILE_BYTES)
			return error_set(err, ERR_SYNTAX,
			                 "%s: more than %d MiB",
			                 text_shown(path).s, FILE_BYTES >> 20);
	}
}

/* Only regular files: reading from anything else could wait for ever. */
static bool check_regular(const struct sys *sys, int fd, const char *path,
                          const char *hint, struct error *err)
{
	struct sys_stat st;
	int res = sys->fstat(fd, &st);

	if (res < 0)
		return io_error(res, path, err);
	if (st.type != SYS_REGULAR)
		return error_set(err, ERR_SYNTAX, "%s: not a regular file%s",
		                 text_shown(path).s, hint);
	return true;
}

/* The hint says what else would do. */
static bool read_file(const struct sys *sys, const char *path, const char *hint,
                      struct buffer *out, struct error *err)
{
	int fd = sys->open(path, SYS_READ);
	bool ok;

	if (fd < 0)
		return io_error(fd, path, err);
	ok = check_regular(sys, fd, path, hint, err) &&
	     read_all(sys, fd, path, out, err);
	(void)sys->close(fd);
	return ok;
}

/* Append all of `from` to `to`; `from` is left empty. */
static bool move_all(struct layout *from, struct layout *to, struct error *err)
{
	if (!mem_grow(&to->v, &to->cap, to->count + from->count,
	              sizeof(struct placement *), err))
		return false;
	for (size_t i = 0; i < from->count; i++)
		to->v[to->count++] = from->v[i];
	from->count = 0;
	return true;
}

/* A file outside of the folder: nobody's write access is taken for granted. */
static bool limit_access(struct placement *p, struct error *err)
{
	if (p->access == ACCESS_WRITE)
		return error_set(err, ERR_SYNTAX,
		                 "rw: %s is outside the layout's folder "
		                 "(--access=write allows it)",
		                 text_shown(p->path).s);
	if (p->access == ACCESS_DEFAULT)
		p->access = ACCESS_READ;
	return true;
}

/* What one layout file is read with. */
struct reader {
	const char *path; /* borrowed, and all the others */
	bool outside;
	size_t line;
	struct layout found;
};

/* Paths are relative to the folder of the layout. */
static bool resolve(struct placement *p, const char *layout, struct error *err)
{
	char *path = namer_resolve(layout, p->path, err);

	if (!path)
		return false;
	placement_set_path(p, path);
	return true;
}

static bool accept_file(const struct reader *r, struct placement *p,
                        struct error *err)
{
	if (p->input != PLACEMENT_FILE)
		return true;
	if (layout_file_is(p->path))
		return error_set(err, ERR_SYNTAX,
		                 "%s: a layout within a layout",
		                 text_shown(p->path).s);
	if (!r->outside && !namer_is_below(p->path) && !limit_access(p, err))
		return false;
	return resolve(p, r->path, err);
}

static bool read_placement(struct reader *r, const struct words *words,
                           struct error *err)
{
	struct placement *p;

	if (words->count == 0)
		return true;
	p = placement_parse(words, &units_default, err);
	if (!p)
		return false;
	if (accept_file(r, p, err) && layout_push(&r->found, p, err))
		return true;
	placement_unref(p);
	return false;
}

static bool check_first(const struct words *words, struct error *err)
{
	if (words->count != 2 || strcmp(words->v[0].text, magic) != 0)
		return error_set(err, ERR_SYNTAX,
		                 "not a layout (the first line must be \"%s "
		                 "%s\")",
		                 magic, version);
	if (strcmp(words->v[1].text, version) != 0)
		return error_set(err, ERR_SYNTAX,
		                 "version %s of layouts is not known (only %s)",
		                 text_shown(words->v[1].text).s, version);
	return true;
}

static bool read_line(struct reader *r, const char *line, size_t len,
                      struct error *err)
{
	struct words words;
	bool ok;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (r->line > FILE_LINES)
		return error_set(err, ERR_SYNTAX, "more than %d lines",
		                 FILE_LINES);
	if (!words_split(line, len, &words, err)) {
		if (r->line == 1 && err->code == ERR_SYNTAX)
			return check_first(&(struct words){ 0 }, err);
		return false;
	}
	ok = r->line == 1 ? check_first(&words, err)
	                  : read_placement(r, &words, err);
	words_free(&words);
	return ok;
}

static bool read_lines(struct reader *r, const char *text, size_t len,
                       struct error *err)
{
	const char *end = text + len;
	const char *eol;

	do {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (!eol)
			eol = end;
		r->line++;
		if (!read_line(r, text, (size_t)(eol - text), err))
			return false;
		text = eol + (eol < end);
	} while (text < end);
	return true;
}

bool layout_text_read(const char *text, size_t len, const char *path,
                      bool outside, struct layout *inputs, struct error *err)
{
	struct reader r = {
		.path = path,
		.outside = outside,
	};
	bool ok = read_lines(&r, text, len, err);

	if (!ok && err->code == ERR_SYNTAX) {
		/* A column is one of the command line's. */
		err->column = 0;
		error_prefix(err, "%s:%zu", text_shown(path).s, r.line);
		error_add_path(err, path);
	}
	ok = ok && move_all(&r.found, inputs, err);
	layout_clear(&r.found);
	return ok;
}

bool layout_file_read(const struct sys *sys, const char *path, bool outside,
                      struct layout *inputs, struct error *err)
{
	struct buffer text = { 0 };
	bool ok =
		read_file(sys, path, "", &text, err) &&
		layout_text_read(text.v, text.len, path, outside, inputs, err);

	mem_free(text.v);
	return ok;
}

static bool print_layout(struct namer *n, const struct layout *layout,
                         FILE *out, struct error *err)
{
	fprintf(out, "%s %s\n", magic, version);
	for (size_t i = 0; i < layout->count; i++) {
		const struct placement *p = layout->v[i];
		bool file = p->input == PLACEMENT_FILE;

		const char *name = file ? namer_name(n, p->path, err) : p->path;

		if (!name)
			return false;
		placement_print(p, name, out);
		fputc('\n', out);
	}
	return true;
}

/* The text of a layout file, to be freed by the caller also on failure. */
static bool make_text(const struct sys *sys, const char *path,
                      const struct layout *layout, char **text, size_t *len,
                      struct error *err)
{
	struct namer n = { 0 };
	FILE *out = NULL;
	bool ok = namer_open(&n, sys, path, err);

	if (ok) {
		out = open_memstream(text, len);
		ok = out != NULL && print_layout(&n, layout, out, err);
		if (!out || (fclose(out) != 0 && ok))
			ok = error_set(err, ERR_NOMEM, "out of memory");
	}
	namer_close(&n);
	return ok;
}

static bool replace_file(const struct sys *sys, const char *path,
                         const char *text, size_t len, struct error *err)
{
	struct replacement r;

	if (!replace_begin(&r, sys, path, err))
		return false;
	if (replace_put(&r, text, len, err))
		return replace_commit(&r, err);
	replace_cancel(&r);
	return false;
}

bool layout_file_save(const struct sys *sys, const char *path,
                      const struct layout *layout, struct error *err)
{
	char *text = NULL;
	size_t len = 0;
	bool ok;

	/* The first line is not a placement. */
	if (layout->count >= FILE_LINES)
		return error_set(err, ERR_RANGE,
		                 "%s: more than %d lines could not be read "
		                 "back",
		                 text_shown(path).s, FILE_LINES);
	ok = make_text(sys, path, layout, &text, &len, err) &&
	     replace_file(sys, path, text, len, err);
	mem_free(text);
	return ok;
}

static bool read_name(const char *name, size_t len, struct layout *found,
                      struct error *err)
{
	struct placement *p;

	if (len == 0)
		return true;
	if (memchr(name, '\0', len))
		return error_set(err, ERR_SYNTAX,
		                 "a NUL byte in a name (--null separates "
		                 "names by them)");
	p = placement_new(name, err);
	if (!p)
		return false;
	if (layout_push(found, p, err))
		return true;
	placement_unref(p);
	return false;
}

/* The names in a text that may be written to, with a NUL behind it. */
static bool read_names(struct buffer *text, bool null, struct layout *found,
                       size_t *line, struct error *err)
{
	char *name = text->v;
	char *end = text->v + text->len;

	for (*line = 1; name < end; ++*line) {
		char *stop =
			memchr(name, null ? '\0' : '\n', (size_t)(end - name));

		if (!stop)
			stop = end;
		*stop = '\0';
		if (!read_name(name, (size_t)(stop - name), found, err))
			return false;
		name = stop + 1;
	}
	return true;
}

bool names_file_read(const struct sys *sys, const char *path, bool null,
                     struct layout *inputs, struct error *err)
{
	struct layout found = { 0 };
	struct buffer text = { 0 };
	size_t line = 0;
	bool ok;

	if (strcmp(path, "-") == 0)
		ok = read_all(sys, STDIN_FILENO, path, &text, err);
	else
		ok = read_file(sys, path, " (use - for a pipe)", &text, err);
	if (ok && !read_names(&text, null, &found, &line, err)) {
		ok = false;
		err->column = 0;
		if (err->code == ERR_SYNTAX)
			error_prefix(err, "%s:%zu", text_shown(path).s, line);
	}
	ok = ok && move_all(&found, inputs, err);
	layout_clear(&found);
	mem_free(text.v);
	return ok;
}
