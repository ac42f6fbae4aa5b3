/*
 * keymap.h - from keys to command lines
 *
 * A keymap is data: `bind KEYS COMMAND LINE` in files (keymap_load.h), no key
 * is bound in C. Keys are written as keyname.h says.
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
struct key_origin;
struct key_seq;
struct keymap;
struct span;

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

/* As keymap files write it. */
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

/* One without bindings. ERR_NOMEM. */
struct keymap *keymap_new(struct error *err) MUST_USE;
void keymap_free(struct keymap *map); /* NULL is allowed */

/*
 * :bind and :unbind. `line` NULL unbinds. ERR_SYNTAX with the same texts as in
 * files, and what the check says; ERR_NO: these keys are not bound; ERR_NOMEM.
 * A binding replaces an earlier one. Warnings are reported without place.
 */
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
 * MODE_SELECT the parent is `base`, the mode it was entered from. The nearest
 * mode that binds the keys, or more keys, decides; a key that is data in a mode
 * is not looked for in its parents. *line is set for KEY_BOUND and borrowed
 * until the map changes. O(log n).
 */
enum key_found keymap_find(const struct keymap *map, enum key_mode mode,
                           enum key_mode base, const char *const *keys,
                           size_t count, const char **line);

/* The options of the file: `option start hex|normal`, `option counts
   on|off`. */
bool keymap_starts_normal(const struct keymap *map);
bool keymap_counts(const struct keymap *map);

struct binding {
	enum key_mode mode;
	const char *keys; /* canonical, see keyname.h: "<C-x>s" */
	const char *line;
	const char *file; /* for :keys; "" when bound by hand */
	size_t line_number;
};

/*
 * What may follow: the bindings that typing more keys can come to, in a mode
 * and its parents, without those that a nearer mode hides. count 0: all that
 * the mode has. Writes up to max of them, nearest mode first, then by keys;
 * returns how many there are. Borrowed until the map changes.
 */
size_t keymap_next(const struct keymap *map, enum key_mode mode,
                   enum key_mode base, const char *const *keys, size_t count,
                   struct binding *out, size_t max);

/* All bindings, in the order of the files. Borrowed. */
size_t keymap_bindings(const struct keymap *map);
struct binding keymap_binding(const struct keymap *map, size_t idx);

/* Write the bindings of a mode (MODE_COUNT: all) in the syntax of files. */
void keymap_print(const struct keymap *map, enum key_mode mode, FILE *out);

/*
 * What follows is for keymap_load.c. `rest` is the line of a directive from
 * behind the keys, with its comment; what is bound twice in one reading of a
 * file is refused. Origins without line are not named in reports.
 */
bool keymap_bind_at(struct keymap *map, enum key_mode mode,
                    const struct key_seq *seq, struct span rest,
                    const struct key_origin *origin,
                    const struct keymap_hooks *hooks,
                    struct error *err) MUST_USE;
bool keymap_unbind_at(struct keymap *map, enum key_mode mode,
                      const struct key_seq *seq, struct error *err) MUST_USE;
void keymap_report_at(const struct keymap_hooks *hooks, bool warning,
                      const struct key_origin *origin, const char *text);
void keymap_set_start(struct keymap *map, bool normal);
void keymap_set_counts(struct keymap *map, bool on);
/* Digits that are bound where they are counts are never reached: warn. */
void keymap_report_counts(const struct keymap *map,
                          const struct keymap_hooks *hooks);
/* Take the contents of another map, which is empty then. */
void keymap_take(struct keymap *map, struct keymap *from);

/* NULL, or the invariant that does not hold ("M1: .."). O(n^2). */
const char *keymap_check(const struct keymap *map);

#endif
