/*
 * holder.h - which process has locked a file
 *
 * What /proc says, as far as this user may read it: a name for a message, and
 * nothing to rely upon, since all may be different a moment later.
 *
 * Threads: any, but not the screen's: it reads a file for each descriptor of
 * each process.
 */
#ifndef KEEP_HOLDER_H
#define KEEP_HOLDER_H

#include "base/base.h"

struct sys;

/* A file of /proc, as far as it fits; "" if there is none. */
void holder_read(const struct sys *sys, const char *path, char *text,
                 size_t room);

enum { HOLDER_NAME = 96 };
/* "process 1234 (qemu-system-x86)" */
void holder_name(const struct sys *sys, uint32_t pid,
                 char out[static HOLDER_NAME]);

/*
 * The process that has locked a part of this file by fcntl(); 0 if none is
 * known. Locks of open file descriptions (OFD) have no process in /proc/locks,
 * since more than one may have them: then it is the first of which a descriptor
 * has it.
 */
uint32_t holder_of(const struct sys *sys, uint64_t dev, uint64_t ino);

/* Does a line of /proc/locks, or the one of a descriptor in /proc/PID/fdinfo,
   say that this file is locked so? *pid: by whom; 0: that is not said. */
bool holder_is_lock(const char *line, uint64_t dev, uint64_t ino,
                    uint32_t *pid);

#endif
