/*
 * keymap_load.c - keymap files
 *
 * A file is read line by line into a new map, whose contents take the place of
 * the old ones when all has been read: a keymap is whole or the one before it.
 * What a directive finds wrong travels as an error does everywhere; one place
 * makes a report with file and line of it and goes on, unless memory ran out.
 */
#include "config.h"

#include "ui/keymap_load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/guess.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/embedded.h"
#include "ui/keyfile.h"
#include "ui/keymap.h"
#include "ui/keyname.h"
#include "ui/keytable.h"
#include "ui/span.h"

enum {
	INCLUDE_DEPTH = 8,
	INCLUDE_FILES = 64, /* in all: eight deep alone is no bound */
	NAME_LEN = 200,     /* of a keymap's name */
};

/* A file while it is read. */
struct frame {
	const struct keyfile *file;
	const char *label; /* borrowed, safe to show */
	size_t reading;    /* which of the files that are read, from 1 */
	size_t depth;      /* 0: not included */
	size_t line;       /* from 1 */
	enum key_mode mode;
};

struct reader {
	struct keymap *map; /* owned, new */
	struct keypath path;
	const struct keymap_hooks *hooks; /* may be NULL */
	size_t errors;
	size_t files;
};

static struct key_origin origin_of(const struct frame *f)
{
	return (struct key_origin){ .file = f->label,
		                    .line = f->line,
		                    .reading = f->reading };
}

/* Take the KEYS of bind and unbind. */
static bool take_keys(const char *directive, struct span *rest,
                      struct key_seq *seq, struct error *err)
{
	struct span word = span_word(rest);

	if (span_is(word, "#"))
		return error_set(err, ERR_SYNTAX,
		                 "%s what? (the key # is written <#>)",
		                 directive);
	if (word.len == 0)
		return error_set(err, ERR_SYNTAX, "%s what?", directive);
	return keyname_parse(word.p, word.len, seq, err);
}

static bool read_bind(struct reader *r, struct frame *f, struct span rest,
                      struct error *err)
{
	struct key_origin origin = origin_of(f);
	/* tests/check-keymaps.sh has looked at what is compiled in. */
	bool known = f->file->copy && !f->file->path;
	struct key_seq seq;

	return take_keys("bind", &rest, &seq, err) &&
	       keymap_bind_at(r->map, f->mode, &seq, rest, &origin,
	                      known ? NULL : r->hooks, err);
}

static bool read_unbind(struct reader *r, struct frame *f, struct span rest,
                        struct error *err)
{
	struct key_origin origin = origin_of(f);
	struct error missing;
	struct key_seq seq;

	if (!take_keys("unbind", &rest, &seq, err))
		return false;
	rest = span_cut_comment(rest);
	if (rest.len > 0)
		return error_set(err, ERR_SYNTAX,
		                 "unbind takes keys alone, not '%s'",
		                 span_shown(rest).s);
	if (!keymap_unbind_at(r->map, f->mode, &seq, &missing))
		keymap_report_at(r->hooks, true, &origin, missing.text);
	return true;
}

static bool read_mode(struct reader *r, struct frame *f, struct span rest,
                      struct error *err)
{
	char list[128] = "";

	(void)r;
	rest = span_cut_comment(rest);
	for (unsigned i = 0; i < MODE_COUNT; i++) {
		const char *name = key_mode_name((enum key_mode)i);

		if (span_is(rest, name)) {
			f->mode = (enum key_mode)i;
			return true;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
		         " %s", name);
	}
	return error_set(err, ERR_SYNTAX, "unknown mode '%s' (modes:%s)",
	                 span_shown(rest).s, list);
}

static bool read_option(struct reader *r, struct frame *f, struct span rest,
                        struct error *err)
{
	struct span value = span_cut_comment(rest);
	struct span name = span_word(&value);
	bool start = span_is(name, "start");
	const char *off = start ? "hex" : "off";
	const char *on = start ? "normal" : "on";

	(void)f;
	if (!start && !span_is(name, "counts"))
		return error_set(err, ERR_SYNTAX,
		                 "unknown option '%s' (options: start counts)",
		                 span_shown(name).s);
	if (!span_is(value, on) && !span_is(value, off))
		return error_set(err, ERR_SYNTAX, "option %s wants %s|%s",
		                 start ? "start" : "counts", start ? off : on,
		                 start ? on : off);
	if (start)
		keymap_set_start(r->map, span_is(value, on));
	else
		keymap_set_counts(r->map, span_is(value, on));
	return true;
}

static bool read_file(struct reader *r, const struct keyfile *file,
                      size_t depth, struct error *err);

static bool no_such_include(const char *name, struct error *err)
{
	char with_suffix[NAME_LEN + 8];
	const struct embedded *e = keymap_files;

	snprintf(with_suffix, sizeof(with_suffix), "%.*s.keys", NAME_LEN, name);
	while (e->name && strcmp(e->name, with_suffix) != 0)
		e++;
	if (e->name)
		return error_set(err, ERR_SYNTAX,
		                 "cannot find '%s' (did you mean '%s'?)",
		                 text_shown(name).s, e->name);
	return error_set(err, ERR_SYNTAX, "cannot find '%s'",
	                 text_shown(name).s);
}

static bool include(struct reader *r, const struct frame *f, const char *name,
                    struct error *err)
{
	struct keyfile file;
	bool found, ok;

	if (!keyfile_find(&file, &r->path, f->file, name, &found, err))
		return false;
	if (!found)
		return no_such_include(name, err);
	ok = read_file(r, &file, f->depth + 1, err);
	keyfile_free(&file);
	return ok;
}

static bool read_include(struct reader *r, struct frame *f, struct span rest,
                         struct error *err)
{
	char *name;
	bool ok;

	rest = span_cut_comment(rest);
	if (rest.len == 0)
		return error_set(err, ERR_SYNTAX, "include what?");
	if (f->depth == INCLUDE_DEPTH)
		return error_set(err, ERR_SYNTAX,
		                 "includes nested more than %d deep",
		                 INCLUDE_DEPTH);
	if (r->files == INCLUDE_FILES)
		return error_set(err, ERR_SYNTAX, "more than %d files in all",
		                 INCLUDE_FILES);
	name = mem_strndup(rest.p, rest.len, err);
	if (!name)
		return false;
	ok = include(r, f, name, err);
	mem_free(name);
	return ok;
}

static const char *const directives[] = { "bind",   "unbind",  "mode",
	                                  "option", "include", NULL };

static bool read_directive(struct reader *r, struct frame *f, struct span line,
                           struct error *err)
{
	static bool (*const readers[])(struct reader *, struct frame *,
	                               struct span, struct error *) = {
		read_bind, read_unbind, read_mode, read_option, read_include,
	};
	struct span word = span_word(&line);
	const char *near;

	for (size_t i = 0; directives[i]; i++)
		if (span_is(word, directives[i]))
			return readers[i](r, f, line, err);
	near = guess_word(word.p, word.len, directives);
	if (near)
		return error_set(err, ERR_SYNTAX,
		                 "unknown word '%s' (did you mean '%s'?)",
		                 span_shown(word).s, near);
	return error_set(err, ERR_SYNTAX, "unknown word '%s'",
	                 span_shown(word).s);
}

/* False only when memory ran out: other errors are reported. */
static bool read_line(struct reader *r, struct frame *f, struct span line,
                      struct error *err)
{
	struct key_origin origin;
	struct error wrong;

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	line = span_trim(line);
	if (line.len == 0 || line.p[0] == '#' ||
	    read_directive(r, f, line, &wrong))
		return true;
	if (wrong.code == ERR_NOMEM) {
		*err = wrong;
		return false;
	}
	origin = origin_of(f);
	r->errors++;
	keymap_report_at(r->hooks, false, &origin, wrong.text);
	return true;
}

/* Some editors begin a file with it. */
static size_t byte_order_mark(const char *text, size_t len)
{
	return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool read_file(struct reader *r, const struct keyfile *file,
                      size_t depth, struct error *err)
{
	struct text_shown label = text_shown(file->label);
	struct frame f = { .file = file, .depth = depth, .label = label.s };
	size_t at = byte_order_mark(file->text, file->len);

	f.reading = ++r->files;
	while (at < file->len) {
		const char *p = file->text + at;
		const char *end = memchr(p, '\n', file->len - at);
		size_t len = end ? (size_t)(end - p) : file->len - at;

		f.line++;
		if (!read_line(r, &f, (struct span){ p, len }, err))
			return false;
		at += end ? len + 1 : len;
	}
	return true;
}

static bool reader_init(struct reader *r, const struct keymap_hooks *hooks,
                        struct error *err)
{
	*r = (struct reader){ .hooks = hooks };
	if (!keypath_init(&r->path, err))
		return false;
	r->map = keymap_new(err);
	if (!r->map)
		keypath_free(&r->path);
	return r->map;
}

/* Put what was read in the place of the map, if all went well. Returns ok. */
static bool reader_end(struct reader *r, bool ok, struct keymap *map,
                       size_t *errors)
{
	if (ok) {
		keymap_report_counts(r->map, r->hooks);
		keymap_take(map, r->map);
		*errors = r->errors;
	}
	keymap_free(r->map);
	keypath_free(&r->path);
	return ok;
}

const char *const *keymap_load_names(void)
{
	static const char *const names[] = { "default", "vi", "emacs",
		                             "hexedit", NULL };

	return names;
}

static bool no_such_keymap(const char *name, struct error *err)
{
	const char *const *names = keymap_load_names();
	char list[128] = "";

	for (size_t i = 0; names[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
		         " %s", names[i]);
	return error_set(err, ERR_IO, "no keymap '%s' (there are:%s)",
	                 text_shown(name).s, list);
}

static bool read_named(struct reader *r, const char *name, struct error *err)
{
	char file_name[NAME_LEN + 8];
	struct keyfile file;
	bool found, ok;

	if (!*name || strchr(name, '/') || strlen(name) > NAME_LEN)
		return no_such_keymap(name, err);
	snprintf(file_name, sizeof(file_name), "%s.keys", name);
	if (!keyfile_find(&file, &r->path, NULL, file_name, &found, err))
		return false;
	if (!found)
		return no_such_keymap(name, err);
	ok = read_file(r, &file, 0, err);
	keyfile_free(&file);
	return ok;
}

/* The user's own file, if there is one. One that cannot be read is reported:
   the keymap is of use without it. */
static bool read_user(struct reader *r, struct error *err)
{
	static const struct key_origin nowhere = { .file = "" };
	char *path = keyfile_user_path(err);
	struct keyfile file;
	bool ok;

	if (!path)
		return err->code == ERR_NONE;
	ok = keyfile_read(&file, path, err);
	mem_free(path);
	if (!ok) {
		if (err->code == ERR_NOMEM)
			return false;
		if (err->sys == ENOENT || err->sys == ENOTDIR)
			return true;
		r->errors++;
		keymap_report_at(r->hooks, false, &nowhere, err->text);
		return true;
	}
	ok = read_file(r, &file, 0, err);
	keyfile_free(&file);
	return ok;
}

bool keymap_load(struct keymap *map, const char *name, bool user,
                 const struct keymap_hooks *hooks, size_t *errors,
                 struct error *err)
{
	struct reader r;
	bool ok;

	if (!reader_init(&r, hooks, err))
		return false;
	ok = read_named(&r, name, err) && (!user || read_user(&r, err));
	return reader_end(&r, ok, map, errors);
}

bool keymap_load_file(struct keymap *map, const char *path,
                      const struct keymap_hooks *hooks, size_t *errors,
                      struct error *err)
{
	struct reader r;
	struct keyfile file;
	bool ok;

	if (!reader_init(&r, hooks, err))
		return false;
	ok = keyfile_read(&file, path, err);
	if (ok) {
		ok = read_file(&r, &file, 0, err);
		keyfile_free(&file);
	}
	return reader_end(&r, ok, map, errors);
}

bool keymap_load_text(struct keymap *map, const char *label, const char *text,
                      size_t len, const struct keymap_hooks *hooks,
                      size_t *errors, struct error *err)
{
	struct reader r;
	struct keyfile file;
	bool ok;

	if (!reader_init(&r, hooks, err))
		return false;
	ok = keyfile_text(&file, label, text, len, err) &&
	     read_file(&r, &file, 0, err);
	return reader_end(&r, ok, map, errors);
}
