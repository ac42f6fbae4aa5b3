/*
 * rights.h - what the user may do with files
 *
 * Threads: any; a mutex guards what is kept, and no call that may wait runs
 * under it.
 */
#ifndef SOURCE_RIGHTS_H
#define SOURCE_RIGHTS_H

#include "base/base.h"

struct error;
struct rights;
struct sys;
struct sys_stat;

/* `sys` is borrowed. */
struct rights *rights_new(const struct sys *sys, struct error *err) MUST_USE;
void rights_free(struct rights *rights); /* NULL is allowed */

/* From here to the end, what is said of a file is taken for the next one if the
   two are alike. At the start and behind the end each is asked for. */
void rights_begin(struct rights *rights);
void rights_end(struct rights *rights);

/* May the user read this file, of which the system says so much? 0, or a
   negated errno. *writable: write it, too. */
int rights_of(struct rights *rights, const char *path,
              const struct sys_stat *st, bool *writable);

#endif
