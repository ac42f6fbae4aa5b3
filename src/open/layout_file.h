/*
 * layout_file.h - layout files (*.hxl) and lists of names
 *
 * The grammar stands in doc/layout.md. Paths in a layout are relative to its
 * folder. Files below that folder get their normal access; others open read
 * unless `outside` allows more. Below is what is named by a relative path
 * without "..", whatever links may lie on the way.
 *
 * Threads: the engine's. These block.
 */
#ifndef OPEN_LAYOUT_FILE_H
#define OPEN_LAYOUT_FILE_H

#include "base/base.h"

struct error;
struct layout;
struct sys;
struct units;

/* Does this input name a layout file: does it end in .hxl? */
bool layout_file_is(const char *path);

/*
 * Append the placements of the file at `path` to `inputs`, without documents
 * and numbers. All or nothing. `outside`: files outside its folder keep the
 * access that the line says, else the line `rw` is an error there and the
 * default becomes read. Errors name file and line ("x.hxl:3: .."): ERR_IO,
 * ERR_SYNTAX (not a layout, an unknown version, a bad line, a layout within a
 * layout, more than 1,000,000 lines, a file of more than 64 MiB), ERR_NOMEM.
 */
bool layout_file_read(const struct sys *sys, const char *path, bool outside,
                      struct layout *inputs, struct error *err) MUST_USE;

/* The same from `len` bytes of text that stand, or would stand, at `path`.
   Reads no file. */
bool layout_text_read(const char *text, size_t len, const char *path,
                      bool outside, struct layout *inputs,
                      struct error *err) MUST_USE;

/*
 * Write a layout to `path`: a temporary file beside it (see
 * open/replace.h), synced, then renamed over it. Paths below its folder are
 * written relative, others absolute. ERR_IO, ERR_NOMEM, ERR_RANGE (more than
 * could be read back), and then an old file at `path` is as it was.
 */
bool layout_file_save(const struct sys *sys, const char *path,
                      const struct layout *layout, struct error *err) MUST_USE;

/*
 * Append one input for each line of the file at `path` ("-": stdin): inputs as
 * they stand, no words; separated by newlines, or by NUL bytes if `null`.
 * Empty lines are left out. All or nothing. ERR_IO, ERR_NOMEM; ERR_SYNTAX: a
 * file of more than 64 MiB, a size that is wrong (gap:x), a NUL in a line.
 */
bool names_file_read(const struct sys *sys, const char *path, bool null,
                     struct layout *inputs, struct error *err) MUST_USE;

#endif
