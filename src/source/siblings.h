/*
 * siblings.h - what the system says of files, many of which are in one folder
 *
 * Threads: any. From siblings_begin() to siblings_end() what is kept is for the
 * thread that has called them; others ask the system as ever.
 */
#ifndef SOURCE_SIBLINGS_H
#define SOURCE_SIBLINGS_H

#include "base/base.h"

struct error;
struct siblings;
struct sys;
struct sys_stat;

/* `sys` is borrowed. */
struct siblings *siblings_new(const struct sys *sys,
                              struct error *err) MUST_USE;
void siblings_free(struct siblings *siblings); /* NULL is allowed */

/* From here to the end one thread asks for many files. */
void siblings_begin(struct siblings *siblings);
void siblings_end(struct siblings *siblings);

/* What stat() says: 0, or a negated errno. */
int siblings_stat(struct siblings *siblings, const char *path,
                  struct sys_stat *st);

/* May the user read the file that was asked for last in this thread, of which
   the system said `st`? 0, or a negated errno. *writable: write it, too. */
int siblings_rights(struct siblings *siblings, const char *path,
                    const struct sys_stat *st, bool *writable);

#endif
