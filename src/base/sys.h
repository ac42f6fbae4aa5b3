/*
 * sys.h - every system call that touches the user's files, replaceable
 *
 * A struct sys is a table of calls. The program uses sys_real; tests pass one
 * whose entries fail, cut short or count. Entries return what the kernel does:
 * a value >= 0, or -errno. They restart on EINTR where nothing was done.
 * errno does not leave base/.
 *
 * Threads: sys_real is constant and its entries may run in any thread.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include "base/base.h"

enum sys_type {
	SYS_REGULAR,
	SYS_BLOCK,
	SYS_DIRECTORY,
	SYS_FIFO,
	SYS_SOCKET,
	SYS_CHAR,
	SYS_OTHER,
};

/* What stat tells, as far as we use it. Times in ns since the epoch. */
struct sys_stat {
	uint64_t dev, ino, nlink;
	uint64_t rdev;   /* of a device node: the device's number; else 0 */
	uint64_t size;   /* bytes; of a block device: see device_size */
	uint64_t blocks; /* of 512 bytes; fewer than size needs: it has holes */
	int64_t mtime, ctime;
	uint32_t uid, gid; /* the owner */
	uint32_t mode;     /* its permission bits */
	enum sys_type type;
};

enum {
	SYS_READ = 1, /* for open and access */
	SYS_WRITE = 2,
	SYS_CREATE = 4,    /* open: make it, mode 0666 less the umask */
	SYS_EXCLUSIVE = 8, /* open: fail with EEXIST when it is there; of a
	                      block device: with EBUSY when it is in use */
	SYS_TRUNCATE = 16,
	SYS_PRIVATE = 32,  /* open: what is made has mode 0600 */
	SYS_NOFOLLOW = 64, /* open: fail with ELOOP at a symbolic link */
	SYS_FOLDER = 128,  /* open: fail with ENOTDIR if it is no folder */
};

enum sys_seek {
	SYS_SEEK_DATA,
	SYS_SEEK_HOLE,
};

enum sys_advice {
	SYS_ADVICE_SEQUENTIAL,
	SYS_ADVICE_DONTNEED,
};

enum sys_lock {
	SYS_LOCK_TAKE, /* for this descriptor alone; -EAGAIN: another has it */
	SYS_LOCK_DROP,
};

/* For list: an entry's name; false ends the list. */
typedef bool sys_each(void *arg, const char *name);

struct sys {
	/* Opens O_CLOEXEC, O_NOCTTY and O_NONBLOCK, O_NOATIME where allowed. */
	int (*open)(const char *path, unsigned flags);
	int (*close)(int fd);
	int (*stat)(const char *path, struct sys_stat *st);
	int (*fstat)(int fd, struct sys_stat *st);
	/* 0 when the effective user may do all of `flags`. */
	int (*access)(const char *path, unsigned flags);
	int64_t (*pread)(int fd, void *buf, size_t len, uint64_t off);
	/* Only what needs no waiting; -EAGAIN, or -EOPNOTSUPP. */
	int64_t (*pread_nowait)(int fd, void *buf, size_t len, uint64_t off);
	int64_t (*read)(int fd, void *buf, size_t len); /* 0: the end */
	int64_t (*write)(int fd, const void *buf, size_t len);
	/* A new file without a name in $TMPDIR or /tmp, for this process. */
	int (*temporary)(void);
	int64_t (*seek)(int fd, uint64_t off, enum sys_seek what);
	int64_t (*device_size)(int fd); /* of a block device, in bytes */
	/* Shared, read-only. off is a multiple of the page size. */
	int (*map)(int fd, uint64_t off, size_t len, void **addr);
	int (*unmap)(void *addr, size_t len);
	int (*advise)(void *addr, size_t len, enum sys_advice advice);
	int (*rename)(const char *from, const char *to);
	/* Fails with EEXIST where `to` is there; EINVAL where the file system
	   cannot do so. */
	int (*rename_new)(const char *from, const char *to);
	int (*unlink)(const char *path);
	int (*sync)(int fd);
	int (*cwd)(char *buf, size_t size); /* the working directory */

	/* For the journal. `name` is one word in the open folder; "." is the
	   folder. */
	int (*make_folder)(const char *path); /* mode 0700 */
	int (*open_in)(int folder, const char *name, unsigned flags);
	int (*rename_in)(int folder, const char *from, const char *to);
	int (*unlink_in)(int folder, const char *name);
	int (*list)(int folder, sys_each *each, void *arg); /* not . and .. */
	int64_t (*pwrite)(int fd, const void *buf, size_t len, uint64_t off);
	int (*sync_data)(int fd); /* the bytes, and the size that tells them */
	int (*truncate)(int fd, uint64_t size);
	/* Let bytes of `to` be those of `from`, shared until either is written:
	   whole blocks, where the file system can. */
	int (*clone)(int to, uint64_t to_off, int from, uint64_t from_off,
	             uint64_t len);
	int (*lock)(int fd, enum sys_lock what); /* flock(); never waits */
	int (*in_memory)(int fd); /* 1: its file system ends with the machine */
	int64_t (*clock)(void);   /* ns since the epoch */

	/* For writing into the user's files. */
	int (*is_locked)(int fd);    /* 1: another process has locked bytes */
	int (*is_read_only)(int fd); /* 1: a block device that is */
	/* Drop what memory has of the file and the disk has too, so that reads
	   ask the disk. */
	int (*forget)(int fd);
	int (*random)(void *buf, size_t len); /* at most 256 bytes */

	/* For a file that another one takes the place of. */
	/* The absolute path without links: its length. -ENAMETOOLONG. */
	int64_t (*resolve)(const char *path, char *buf, size_t size);
	/* Of a symbolic link: the link itself. */
	int (*stat_in)(int folder, const char *name, struct sys_stat *st);
	/* Each gets the other's name, at once. -EINVAL: the file system cannot
	   do so. */
	int (*exchange_in)(int folder, const char *a, const char *b);
	/* As many bytes of `from` as could be copied at once, by the system. */
	int64_t (*copy)(int to, uint64_t to_off, int from, uint64_t from_off,
	                uint64_t len);
	int (*set_owner)(int fd, uint32_t uid, uint32_t gid);
	int (*set_mode)(int fd, uint32_t mode);
	/* Extended attributes: the names, each with a NUL; -EOPNOTSUPP. */
	int64_t (*attributes)(int fd, char *names, size_t size);
	int64_t (*get_attribute)(int fd, const char *name, void *value,
	                         size_t size);
	int (*set_attribute)(int fd, const char *name, const void *value,
	                     size_t size);
	int (*drop_attribute)(int fd, const char *name);
	/* What lsattr shows and a file may be given: no copies on write,
	   compression, and the like. Bits of the system; -EOPNOTSUPP. */
	int64_t (*flags)(int fd);
	int (*set_flags)(int fd, int64_t flags);
};

extern const struct sys sys_real;

/* The soft limit of descriptors, after raising it to the hard one. */
size_t sys_descriptor_limit(void);

/* Bytes of a page of memory. */
size_t sys_page_size(void);

/* Who this process acts as. */
uint32_t sys_user(void);
uint32_t sys_process(void);

/* Monotonic time in ns. */
uint64_t sys_now(void);

#ifdef TEST_HOOKS
/* Let sys_now() run ahead by ns more, in all threads. */
void sys_skip_time(uint64_t ns);
#endif

#endif
