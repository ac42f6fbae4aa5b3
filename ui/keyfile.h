/*
 * keyfile.h - keymap files found and read, in folders or compiled in
 *
 * The keymap path: the user's $XDG_CONFIG_HOME/hexspan/keymaps (~/.config),
 * then hexspan/keymaps in each of $XDG_DATA_DIRS (/usr/local/share:/usr/share),
 * then where `make install` put them, then the copies compiled in. Variables
 * that are no absolute paths are passed over, as the XDG specification wants.
 *
 * Threads: the UI thread only. Reads block, but only on regular files.
 */
#ifndef UI_KEYFILE_H
#define UI_KEYFILE_H

#include "base/base.h"

struct error;
struct embedded;

enum { KEYFILE_MAX = 1 << 20 }; /* bytes of one file */

struct keyfile {
	const struct keyfile *from; /* borrowed: the file that includes it */
	char *path;                 /* owned; NULL: compiled in, or a text */
	char *owned;                /* the text, unless it is borrowed */
	const char *text;
	size_t len;
	const char *label;           /* in reports: the name without folder */
	const struct embedded *copy; /* borrowed: what it is a copy of */
	uint64_t dev, ino;           /* of path */
};

struct keypath {
	char **dirs; /* owned */
	size_t count, cap;
};

/* ERR_NOMEM; the path is empty then. */
bool keypath_init(struct keypath *path, struct error *err) MUST_USE;
void keypath_free(struct keypath *path);

/* The user's own `keys` file; owned by the caller. NULL with ERR_NONE: there
   is no place for one (neither HOME nor XDG_CONFIG_HOME); ERR_NOMEM. */
char *keyfile_user_path(struct error *err) MUST_USE;

/*
 * Read one file. ERR_IO: it cannot be read (error.sys, ENOENT among them) or is
 * no regular file; ERR_SYNTAX: too long, or bytes that are no text; ERR_NOMEM.
 */
bool keyfile_read(struct keyfile *file, const char *path,
                  struct error *err) MUST_USE;

/* A text in memory, borrowed, with its name. ERR_SYNTAX as for files. */
bool keyfile_text(struct keyfile *file, const char *label, const char *text,
                  size_t len, struct error *err) MUST_USE;

/*
 * Find a file and read it: beside `from` (NULL: none), then along the path. A
 * file that is being read, which is `from` and what includes it, is passed
 * over: so the user's default.keys can include the default.keys that came with
 * the program. A name that begins with '/' is only looked for there. *found is
 * false when there is none. Errors as for keyfile_read(), but a file that does
 * not exist.
 */
bool keyfile_find(struct keyfile *file, const struct keypath *path,
                  const struct keyfile *from, const char *name, bool *found,
                  struct error *err) MUST_USE;

void keyfile_free(struct keyfile *file); /* not the struct itself */

#endif
