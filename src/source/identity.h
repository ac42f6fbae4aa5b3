/*
 * identity.h - which file or device something is
 *
 * A file is told by its device and inode, size and times. A block device is
 * told by its number, not by the node that leads to it: two nodes of one device
 * are the same. So its dev is 0, which no file system has, its ino the number,
 * and the node's times play no part. Whether it is still the same medium, a
 * number does not say.
 *
 * Threads: any; these are plain values.
 */
#ifndef SOURCE_IDENTITY_H
#define SOURCE_IDENTITY_H

#include "base/base.h"

struct sys_stat;

struct identity {
	uint64_t dev, ino, size;
	int64_t mtime, ctime;
};

/* Of what stat() found. The size of a device has to be put into *st before. */
struct identity identity_of(const struct sys_stat *st);

/* The same file or device, whatever its size and times? */
bool identity_same(const struct identity *a, const struct identity *b);

#endif
