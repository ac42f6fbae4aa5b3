/*
 * layout_file.c - see layout_file.h
 *
 * A file is read whole, since it has a limit, and parsed from memory, so that
 * the parser needs no disk and a fuzzer can have it. Placements are collected
 * in a list of their own, which joins the caller's when all of it is good.
 *
 * Whether a path lies below the folder is decided by its text alone: the answer
 * must not depend on what is on the disk when the layout is read. For saving,
 * paths are made absolute first; ".." is resolved only where it meets the
 * working directory, which has no symbolic links. Behind a name that the user
 * gave it may lead anywhere, so it stays, and the path is written absolute.
 */
#include "config.h"

#include "open/layout_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "space/layout.h"

enum {
	FILE_BYTES = 64 << 20,
	FILE_LINES = 1000000,
	STEP_BYTES = 64 << 10, /* asked for at once */
};

static const char magic[] = "hexspan-layout";
static const char version[] = "1";

/* Bytes in memory that grow at the end. */
struct buffer {
	char *v; /* owned */
	size_t len, cap;
};

static bool append(struct buffer *b, const char *bytes, size_t len,
                   struct error *err)
{
	if (!mem_grow(&b->v, &b->cap, b->len + len + 1, 1, err))
		return false;
	memcpy(b->v + b->len, bytes, len);
	b->len += len;
	b->v[b->len] = '\0';
	return true;
}

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
                          struct error *err)
{
	struct sys_stat st;
	int res = sys->fstat(fd, &st);

	if (res < 0)
		return io_error(res, path, err);
	if (st.type != SYS_REGULAR)
		return error_set(err, ERR_SYNTAX, "%s: not a regular file",
		                 text_shown(path).s);
	return true;
}

static bool read_file(const struct sys *sys, const char *path,
                      struct buffer *out, struct error *err)
{
	int fd = sys->open(path, SYS_READ);
	bool ok;

	if (fd < 0)
		return io_error(fd, path, err);
	ok = check_regular(sys, fd, path, err) &&
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

/* Does the path have ".." between its slashes? */
static bool climbs(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.')
			return true;
		if (path[len] == '\0')
			return false;
		path += len + 1;
	}
}

static bool is_below(const char *path)
{
	return *path != '/' && !climbs(path);
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

/* Paths are relative to the folder, which is the first `folder` bytes of the
   layout's own path. */
static bool resolve(struct placement *p, const char *layout, size_t folder,
                    struct error *err)
{
	struct buffer path = { 0 };

	if (*p->path == '/' || folder == 0)
		return true;
	if (!append(&path, layout, folder, err) ||
	    !append(&path, p->path, strlen(p->path), err)) {
		mem_free(path.v);
		return false;
	}
	mem_free(p->path);
	p->path = path.v;
	return true;
}

/* What one layout file is read with. */
struct reader {
	const char *path; /* borrowed, and all the others */
	size_t folder;    /* bytes of path up to the last slash, with it */
	bool outside;
	size_t line;
	struct layout found;
};

static bool accept_file(const struct reader *r, struct placement *p,
                        struct error *err)
{
	if (p->input != PLACEMENT_FILE)
		return true;
	if (layout_file_is(p->path))
		return error_set(err, ERR_SYNTAX,
		                 "%s: a layout within a layout",
		                 text_shown(p->path).s);
	if (!r->outside && !is_below(p->path) && !limit_access(p, err))
		return false;
	return resolve(p, r->path, r->folder, err);
}

static bool read_placement(struct reader *r, const struct words *words,
                           struct error *err)
{
	struct placement *p;

	if (words->count == 0)
		return true;
	p = placement_parse(words, 0, &units_default, err);
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

/* How much of a path is its folder, with the slash. */
static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

bool layout_text_read(const char *text, size_t len, const char *path,
                      bool outside, struct layout *inputs, struct error *err)
{
	struct reader r = {
		.path = path,
		.folder = folder_len(path),
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
		read_file(sys, path, &text, err) &&
		layout_text_read(text.v, text.len, path, outside, inputs, err);

	mem_free(text.v);
	return ok;
}

/* Append the parts of a path to an absolute one. */
static bool append_path(struct buffer *b, const char *path, struct error *err)
{
	bool named = false; /* does a name of the path stand at the end? */

	for (;;) {
		size_t len = strcspn(path, "/");
		bool dot = len == 1 && path[0] == '.';
		bool up = len == 2 && path[0] == '.' && path[1] == '.';

		if (up && !named) {
			b->len = folder_len(b->v);
			b->len -= b->len > 0;
			b->v[b->len] = '\0';
		} else if (len > 0 && !dot) {
			if (!append(b, "/", 1, err) ||
			    !append(b, path, len, err))
				return false;
			named = true;
		}
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

/* A path from the root, without "." and double slashes; "" is the root. */
static bool make_absolute(const char *cwd, const char *path, struct buffer *out,
                          struct error *err)
{
	out->len = 0;
	return append(out, "", 0, err) &&
	       (*path == '/' || append_path(out, cwd, err)) &&
	       append_path(out, path, err);
}

/* Would it be read as something else than a file's name? Whatever has a colon
   may be a scheme one day. */
static bool needs_dot(const char *path)
{
	return strcmp(path, "-") == 0 || path[strcspn(path, ":/")] == ':';
}

/* What saving works with. */
struct writer {
	char cwd[PATH_MAX];
	struct buffer folder; /* absolute, without a slash at its end */
	struct buffer path;   /* of the placement in hand, absolute */
	struct buffer name;   /* as the layout names it */
};

static void writer_free(struct writer *w)
{
	mem_free(w->folder.v);
	mem_free(w->path.v);
	mem_free(w->name.v);
}

static bool writer_open(struct writer *w, const struct sys *sys,
                        const char *path, struct error *err)
{
	struct buffer folder = { 0 };
	int res = sys->cwd(w->cwd, sizeof(w->cwd));
	bool ok;

	if (res < 0)
		return io_error(res, ".", err);
	ok = append(&folder, path, folder_len(path), err) &&
	     make_absolute(w->cwd, folder.v, &w->folder, err);
	mem_free(folder.v);
	return ok;
}

/* Find the name that the layout gives to the file at `path`. */
static bool name_file(struct writer *w, const char *path, struct error *err)
{
	const char *name;

	if (!make_absolute(w->cwd, path, &w->path, err))
		return false;
	w->name.len = 0;
	name = w->path.v;
	if (climbs(name) || strncmp(name, w->folder.v, w->folder.len) != 0 ||
	    name[w->folder.len] != '/')
		return append(&w->name, name, w->path.len, err);
	name += w->folder.len + 1;
	return (!needs_dot(name) || append(&w->name, "./", 2, err)) &&
	       append(&w->name, name, strlen(name), err);
}

static bool print_layout(struct writer *w, const struct layout *layout,
                         FILE *out, struct error *err)
{
	fprintf(out, "%s %s\n", magic, version);
	for (size_t i = 0; i < layout->count; i++) {
		const struct placement *p = layout->v[i];
		bool file = p->input == PLACEMENT_FILE;

		if (file && !name_file(w, p->path, err))
			return false;
		placement_print(p, file ? w->name.v : p->path, out);
		fputc('\n', out);
	}
	return true;
}

/* The text of a layout file, to be freed by the caller also on failure. */
static bool make_text(const struct sys *sys, const char *path,
                      const struct layout *layout, char **text, size_t *len,
                      struct error *err)
{
	struct writer w = { 0 };
	FILE *out = NULL;
	bool ok = writer_open(&w, sys, path, err);

	if (ok) {
		out = open_memstream(text, len);
		ok = out != NULL && print_layout(&w, layout, out, err);
		if (!out || (fclose(out) != 0 && ok))
			ok = error_set(err, ERR_NOMEM, "out of memory");
	}
	writer_free(&w);
	return ok;
}

static bool write_all(const struct sys *sys, int fd, const char *path,
                      const char *text, size_t len, struct error *err)
{
	while (len > 0) {
		int64_t done = sys->write(fd, text, len);

		if (done <= 0)
			return io_error(done < 0 ? (int)done : -EIO, path, err);
		text += done;
		len -= (size_t)done;
	}
	return true;
}

/* Fill a new file, so that its bytes are on the disk. */
static bool write_new(const struct sys *sys, const char *path, const char *text,
                      size_t len, struct error *err)
{
	int fd = sys->open(path, SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE);
	int res;
	bool ok;

	if (fd == -EEXIST) {
		error_sys(err, EEXIST,
		          "%s: another save is under way, or did not end",
		          text_shown(path).s);
		return error_add_path(err, path);
	}
	if (fd < 0)
		return io_error(fd, path, err);
	ok = write_all(sys, fd, path, text, len, err);
	res = ok ? sys->sync(fd) : 0;
	if (res < 0)
		ok = io_error(res, path, err);
	res = sys->close(fd);
	if (ok && res < 0)
		ok = io_error(res, path, err);
	if (!ok)
		(void)sys->unlink(path);
	return ok;
}

static bool replace_file(const struct sys *sys, const char *path,
                         const char *text, size_t len, struct error *err)
{
	struct buffer temp = { 0 };
	bool ok = append(&temp, path, strlen(path), err) &&
	          append(&temp, ".hxtmp", 6, err) &&
	          write_new(sys, temp.v, text, len, err);
	int res = ok ? sys->rename(temp.v, path) : 0;

	if (res < 0) {
		(void)sys->unlink(temp.v);
		ok = io_error(res, path, err);
	}
	mem_free(temp.v);
	return ok;
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
		ok = read_file(sys, path, &text, err);
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
