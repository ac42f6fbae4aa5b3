/*
 * disk.h - system calls that are done whole, and the folder of journals
 *
 * A write that was cut short is gone on with, a call that was interrupted is
 * repeated: here, and nowhere else in keep/. What comes back is 0 or more, or
 * -errno. A call that is interrupted for ever gives -EINTR.
 *
 * Threads: any.
 */
#ifndef KEEP_DISK_H
#define KEEP_DISK_H

#include "base/base.h"
#include "base/sys.h"

struct error;

/* All len bytes, or an error; then any part of them may be there. */
int disk_write(const struct sys *sys, int fd, const void *buf, size_t len,
               uint64_t off);
/* As many as there are before the end of the file. */
int64_t disk_read(const struct sys *sys, int fd, void *buf, size_t len,
                  uint64_t off);
int disk_truncate(const struct sys *sys, int fd, uint64_t size);
/* After a failure the state of what was written is not known, and another call
   proves nothing: see journal.h. */
int disk_sync_data(const struct sys *sys, int fd);
int disk_sync(const struct sys *sys, int fd);
int disk_lock(const struct sys *sys, int fd, enum sys_lock what);
int disk_open_in(const struct sys *sys, int folder, const char *name,
                 unsigned flags);
int disk_rename_in(const struct sys *sys, int folder, const char *from,
                   const char *to);
int disk_unlink_in(const struct sys *sys, int folder, const char *name);
int disk_exchange_in(const struct sys *sys, int folder, const char *a,
                     const char *b);
/* As many as there are before the end of `from`, or an error. */
int64_t disk_copy(const struct sys *sys, int to, uint64_t to_off, int from,
                  uint64_t from_off, uint64_t len);

/* A folder that only this user can look into. */
struct folder {
	const struct sys *sys; /* borrowed */
	char *path;            /* owned */
	int fd;
};

/*
 * Open `path`, which must be absolute, and make it and what leads to it if
 * `make`. Refused unless it is a folder, no link, owned by this user, with no
 * rights for others; the folder it is in must not be writable by others,
 * either. ERR_NO: it is not there; ERR_IO, ERR_STATE (not private), ERR_NOMEM.
 */
bool folder_open(const struct sys *sys, const char *path, bool make,
                 struct folder *folder, struct error *err) MUST_USE;
void folder_close(struct folder *folder); /* what is zeroed is allowed */

/* Open a file of the folder; refused unless it is a regular file with one name,
   of this user, private. ERR_NO: not there; ERR_IO, ERR_STATE. */
bool folder_open_file(const struct folder *folder, const char *name,
                      unsigned flags, int *fd, struct error *err) MUST_USE;

/* The failure of a call on a file of the folder: "PATH/NAME: WHAT: cause".
   Returns false. */
bool folder_failed(const struct folder *folder, const char *name,
                   const char *what, int64_t res, struct error *err);

#endif
