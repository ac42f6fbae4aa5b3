/*
 * keymap.h - keymap files, and from keys to command lines
 *
 * A keymap is data: `bind KEYS COMMAND LINE` in files, no key is bound in C.
 * The grammar stands in doc/keymaps.md. Files are looked for in
 * $XDG_CONFIG_HOME/hexspan/keymaps, the data folders, then the copies compiled
 * in, so that the program works uninstalled.
 *
 * Modes: global < normal hex text select list pager; prompt and dialog stand
 * alone. A key that is not bound in a mode is looked up in its parent.
 *
 * Threads: the UI thread only.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stdio.h>

#include "base/base.h"

struct error;
struct keymap;

enum key_mode {
	MODE_GLOBAL,
	MODE_NORMAL,
	MODE_HEX,
	MODE_TEXT,
	MODE_SELECT,
	MODE_LIST,
	MODE_PAGER,
	MODE_PROMPT,
	MODE_DIALOG,
	MODE_COUNT,
};

const char *key_mode_name(enum key_mode mode);

/* Checks a command line of a binding: true, or false and a text (without place)
   in err, with a guess where there is one. NULL: everything is allowed. */
typedef bool keymap_check_line(void *ctx, const char *line, struct error *err);

/* Is told each error and warning, one line: "default.keys:4: bad key at .." */
typedef void keymap_report(void *ctx, bool warning, const char *text);

struct keymap_hooks {
	keymap_check_line *check;
	keymap_report *report;
	void *ctx;
};

struct keymap *keymap_new(struct error *err) MUST_USE;
void keymap_free(struct keymap *map); /* NULL is allowed */

/*
 * Read a keymap by name ("vi") as -k does, and then the user's own `keys` file
 * if `user`. Errors in the files are reported and reading goes on; *errors
 * counts them. ERR_IO: no keymap of that name (the text lists them); ERR_NOMEM.
 * On failure the map is as it was.
 */
bool keymap_load(struct keymap *map, const char *name, bool user,
                 const struct keymap_hooks *hooks, size_t *errors,
                 struct error *err) MUST_USE;

/* The same from one file, as --check-keys does; and from memory, for tests and
   fuzzing: `label` names it in reports. */
bool keymap_load_file(struct keymap *map, const char *path,
                      const struct keymap_hooks *hooks, size_t *errors,
                      struct error *err) MUST_USE;
bool keymap_load_text(struct keymap *map, const char *label, const char *text,
                      size_t len, const struct keymap_hooks *hooks,
                      size_t *errors, struct error *err) MUST_USE;

/* :bind and :unbind. `line` NULL unbinds. ERR_SYNTAX with the same texts as in
   files. */
bool keymap_bind(struct keymap *map, enum key_mode mode, const char *keys,
                 const char *line, const struct keymap_hooks *hooks,
                 struct error *err) MUST_USE;

/* What a mode's name means; false if there is none of that name. */
bool key_mode_parse(const char *name, enum key_mode *mode);

enum key_found {
	KEY_NONE,   /* nothing begins like this */
	KEY_PREFIX, /* more keys are needed */
	KEY_BOUND,
};

/*
 * Look up a sequence of keys ("<C-x>", "s") in a mode and its parents; for
 * MODE_SELECT the parent is `base`, the mode it was entered from. *line is
 * borrowed until the map changes.
 */
enum key_found keymap_find(const struct keymap *map, enum key_mode mode,
                           enum key_mode base, const char *const *keys,
                           size_t count, const char **line);

/* The options of the file: `option start hex|normal`, `option counts on|off`. */
bool keymap_starts_normal(const struct keymap *map);
bool keymap_counts(const struct keymap *map);

struct binding {
	enum key_mode mode;
	const char *keys; /* as written: "<C-x>s" */
	const char *line;
	const char *file; /* and line number, for :keys; "" when bound by hand */
	size_t line_number;
};

/* All bindings, in the order of the files. Borrowed. */
size_t keymap_bindings(const struct keymap *map);
struct binding keymap_binding(const struct keymap *map, size_t idx);

/* Write the bindings of a mode (MODE_COUNT: all) in the syntax of files. */
void keymap_print(const struct keymap *map, enum key_mode mode, FILE *out);

/* The names of the keymaps compiled in, NULL-terminated. */
const char *const *keymap_names(void);

#endif
