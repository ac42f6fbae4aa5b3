/*
 * file.h - a regular file or a block device as a source
 *
 * No file is opened when its source is made: one stat and one access check.
 * The descriptor comes with the first read and may be closed and opened again
 * behind the scenes (files.h). Each time it is opened anew, its identity is
 * compared: another file under the name is WHY_REPLACED, no file is
 * WHY_ERRNO with ENOENT, and both end when the file has its name again. A file
 * whose name has gone keeps its descriptor, since its bytes cannot be opened
 * again.
 *
 * Holes are reported as HOLE. Finding them may wait, so a READ_NOWAIT read of
 * a file with fewer blocks than its size answers only from what a READ_KEEP
 * read has kept.
 *
 * A device is opened at once, for its size. It has no holes and is not mapped:
 * bytes that a device no longer has may stay readable in a map.
 */
#ifndef SOURCE_FILE_H
#define SOURCE_FILE_H

#include "base/base.h"

struct error;
struct files;
struct source;

/*
 * The source of the file or device at `path` (copied). `files` is borrowed and
 * outlives the source. ERR_IO with path and errno: not there, no permission to
 * read, no medium; ERR_STATE: a directory, a FIFO, a socket, a character
 * device, with a text that says so. Traits: SOURCE_GROWS of a file,
 * SOURCE_DEVICE of a device, SOURCE_WRITABLE if the user may write it and it
 * takes writes. Blocks.
 */
struct source *file_open(struct files *files, const char *path,
                         struct error *err) MUST_USE;

/* As file_open, of an unlinked file that this process made (spooled stdin);
   takes the descriptor over, in success and failure. SOURCE_PRIVATE. */
struct source *file_adopt(struct files *files, int fd, const char *what,
                          struct error *err) MUST_USE;

/* The file of `size` bytes that will have the name of this one, which is a
   regular file; before that, and source_written(), nothing of it is read.
   ERR_NOMEM. */
struct source *file_next(const struct source *src, uint64_t size,
                         struct error *err) MUST_USE;

#endif
