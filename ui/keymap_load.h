/*
 * keymap_load.h - keymap files: the grammar of doc/keymaps.md
 *
 * Files are looked for as keyfile.h says, the copies compiled in last, so that
 * the program works uninstalled. Limits: KEYFILE_MAX bytes a file, 64 files in
 * all, includes 8 deep, KEYTABLE_MAX bindings.
 *
 * Threads: the UI thread only. Reading files blocks.
 */
#ifndef UI_KEYMAP_LOAD_H
#define UI_KEYMAP_LOAD_H

#include "base/base.h"

struct error;
struct keymap;
struct keymap_hooks;

/*
 * Read a keymap by name ("vi") as -k does, and then the user's own `keys` file
 * if `user`. What was bound before is gone. Errors in the files are reported
 * and reading goes on; *errors counts them, warnings not. ERR_IO: no keymap of
 * that name (the text lists them), or it cannot be read; ERR_SYNTAX: it is over
 * 1 MiB or no text; ERR_NOMEM. On failure the map is as it was. `hooks` may be
 * NULL.
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

/* The names of the keymaps compiled in, NULL-terminated; not `common`, which is
   only a part of them. */
const char *const *keymap_load_names(void);

#endif
