/*
 * journal_export.h - what stands in journals, as objects in a file
 *
 * Threads: any, while the session changes nothing.
 */
#ifndef COMMAND_JOURNAL_EXPORT_H
#define COMMAND_JOURNAL_EXPORT_H

#include "base/base.h"
#include "command/output.h"
#include "open/replace.h"

struct error;
struct sys;

struct journal_export {
	struct replacement file;
	struct output out; /* for journal_print() */
};

/* The path is borrowed until the end. Fails as replace_begin(); then there is
   nothing to end. */
bool journal_export_begin(struct journal_export *ex, const struct sys *sys,
                          const char *path, struct error *err) MUST_USE;
/* The new file takes its place if ok; else there is none, and err is left as it
   is. Returns whether the file is there. Fails as replace_commit(). */
bool journal_export_end(struct journal_export *ex, bool ok,
                        struct error *err) MUST_USE;

#endif
