/*
 * sys.c - see sys.h
 *
 * Each entry is one system call and the conversion of its answer, so that what
 * a test's table replaces is as thin as can be. errno ends here.
 */
#include "config.h"

#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS_MOST = 65536 };

/* What a call that answers -1 and errno on failure means to us. */
static int64_t answer(int64_t n)
{
	return n < 0 ? -errno : n;
}

static bool interrupted(int64_t n)
{
	return n < 0 && errno == EINTR;
}

static bool bad_offset(uint64_t off)
{
	return off > INT64_MAX;
}

static int open_once(int folder, const char *path, int flags, mode_t rights)
{
	int fd;

	do
		fd = openat(folder, path, flags, rights);
	while (interrupted(fd));
	return (int)answer(fd);
}

static int mode_of(unsigned flags)
{
	int mode = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	if (flags & SYS_WRITE)
		mode |= flags & SYS_READ ? O_RDWR : O_WRONLY;
	if (flags & SYS_CREATE)
		mode |= O_CREAT;
	if (flags & SYS_EXCLUSIVE)
		mode |= O_EXCL;
	if (flags & SYS_TRUNCATE)
		mode |= O_TRUNC;
	if (flags & SYS_NOFOLLOW)
		mode |= O_NOFOLLOW;
	if (flags & SYS_FOLDER)
		mode |= O_DIRECTORY;
	return mode;
}

/*
 * The kernel grants O_NOATIME to the owner and to root only, and says EPERM to
 * everybody else: asking is cheaper than finding out who owns the file.
 */
static int real_open_in(int folder, const char *path, unsigned flags)
{
	mode_t rights = flags & SYS_PRIVATE ? 0600 : 0666;
	int mode = mode_of(flags);
	int fd;

	if (flags & (SYS_CREATE | SYS_TRUNCATE))
		return open_once(folder, path, mode, rights);
	fd = open_once(folder, path, mode | O_NOATIME, rights);
	return fd == -EPERM ? open_once(folder, path, mode, rights) : fd;
}

static int real_open(const char *path, unsigned flags)
{
	return real_open_in(AT_FDCWD, path, flags);
}

/* Linux closes the descriptor even when it says EINTR. */
static int real_close(int fd)
{
	int n = close(fd);

	return interrupted(n) ? 0 : (int)answer(n);
}

static enum sys_type type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return SYS_REGULAR;
	case S_IFBLK:
		return SYS_BLOCK;
	case S_IFDIR:
		return SYS_DIRECTORY;
	case S_IFIFO:
		return SYS_FIFO;
	case S_IFSOCK:
		return SYS_SOCKET;
	case S_IFCHR:
		return SYS_CHAR;
	default:
		return SYS_OTHER;
	}
}

/* Times beyond the year 2262 wrap: they are compared, not shown. */
static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)((uint64_t)t.tv_sec * 1000000000u +
	                 (uint64_t)t.tv_nsec);
}

static void convert(struct sys_stat *out, const struct stat *st)
{
	out->dev = st->st_dev;
	out->ino = st->st_ino;
	out->nlink = st->st_nlink;
	out->rdev = st->st_rdev;
	out->size = (uint64_t)st->st_size;
	out->blocks = (uint64_t)st->st_blocks;
	out->mtime = nanoseconds(st->st_mtim);
	out->ctime = nanoseconds(st->st_ctim);
	out->uid = st->st_uid;
	out->gid = st->st_gid;
	out->mode = st->st_mode & 07777;
	out->type = type_of(st->st_mode);
}

static int real_stat(const char *path, struct sys_stat *out)
{
	struct stat st;
	int n;

	do
		n = stat(path, &st);
	while (interrupted(n));
	if (n == 0)
		convert(out, &st);
	return (int)answer(n);
}

static int real_fstat(int fd, struct sys_stat *out)
{
	struct stat st;
	int n;

	do
		n = fstat(fd, &st);
	while (interrupted(n));
	if (n == 0)
		convert(out, &st);
	return (int)answer(n);
}

static int real_access(const char *path, unsigned flags)
{
	int mode =
		(flags & SYS_READ ? R_OK : 0) | (flags & SYS_WRITE ? W_OK : 0);
	int n;

	do
		n = faccessat(AT_FDCWD, path, mode, AT_EACCESS);
	while (interrupted(n));
	return (int)answer(n);
}

static int64_t real_pread(int fd, void *buf, size_t len, uint64_t off)
{
	ssize_t n;

	if (bad_offset(off))
		return -EINVAL;
	do
		n = pread(fd, buf, len, (off_t)off);
	while (interrupted(n));
	return answer(n);
}

static int64_t real_pread_nowait(int fd, void *buf, size_t len, uint64_t off)
{
	struct iovec part = { .iov_base = buf, .iov_len = len };
	ssize_t n;

	if (bad_offset(off))
		return -EINVAL;
	do
		n = preadv2(fd, &part, 1, (off_t)off, RWF_NOWAIT);
	while (interrupted(n));
	if (n < 0 && errno == ENOSYS)
		return -EOPNOTSUPP;
	return answer(n);
}

static int64_t real_read(int fd, void *buf, size_t len)
{
	ssize_t n;

	do
		n = read(fd, buf, len);
	while (interrupted(n));
	return answer(n);
}

static int real_temporary(void)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	/* Not all file systems can make one that never has a name. */
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	if (snprintf(path, sizeof(path), "%s/hexspan-XXXXXX", dir) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	return (int)answer(fd);
}

static int64_t real_write(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do
		n = write(fd, buf, len);
	while (interrupted(n));
	return answer(n);
}

static int64_t real_seek(int fd, uint64_t off, enum sys_seek what)
{
	int whence = what == SYS_SEEK_DATA ? SEEK_DATA : SEEK_HOLE;
	off_t n;

	if (bad_offset(off))
		return -EINVAL;
	do
		n = lseek(fd, (off_t)off, whence);
	while (interrupted(n));
	return answer(n);
}

static int64_t real_device_size(int fd)
{
	uint64_t bytes = 0;
	int n;

	do
		n = ioctl(fd, BLKGETSIZE64, &bytes);
	while (interrupted(n));
	if (n < 0)
		return answer(n);
	return bytes > INT64_MAX ? -EOVERFLOW : (int64_t)bytes;
}

static int real_map(int fd, uint64_t off, size_t len, void **addr)
{
	void *p;

	if (bad_offset(off))
		return -EINVAL;
	p = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, (off_t)off);
	if (p == MAP_FAILED)
		return -errno;
	*addr = p;
	return 0;
}

static int real_unmap(void *addr, size_t len)
{
	return (int)answer(munmap(addr, len));
}

static int real_advise(void *addr, size_t len, enum sys_advice advice)
{
	int what = advice == SYS_ADVICE_SEQUENTIAL ? MADV_SEQUENTIAL
	                                           : MADV_DONTNEED;

	return (int)answer(madvise(addr, len, what));
}

static int real_rename(const char *from, const char *to)
{
	return (int)answer(rename(from, to));
}

static int real_rename_new(const char *from, const char *to)
{
	return (int)answer(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
	                           RENAME_NOREPLACE));
}

static int real_unlink(const char *path)
{
	return (int)answer(unlink(path));
}

static int real_sync(int fd)
{
	int n;

	do
		n = fsync(fd);
	while (interrupted(n));
	return (int)answer(n);
}

static int real_cwd(char *buf, size_t size)
{
	return getcwd(buf, size) ? 0 : -errno;
}

static int real_make_folder(const char *path)
{
	return (int)answer(mkdir(path, 0700));
}

static int real_rename_in(int folder, const char *from, const char *to)
{
	return (int)answer(renameat(folder, from, folder, to));
}

static int real_unlink_in(int folder, const char *name)
{
	return (int)answer(unlinkat(folder, name, 0));
}

/* The stream gets a descriptor of its own, and so a position of its own. */
static int real_list(int folder, sys_each *each, void *arg)
{
	int fd = real_open_in(folder, ".", SYS_READ | SYS_FOLDER);
	const struct dirent *entry;
	DIR *dir;
	int bad;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		bad = -errno;
		(void)close(fd);
		return bad;
	}
	for (errno = 0; (entry = readdir(dir)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0 &&
		    !each(arg, entry->d_name))
			break;
	bad = entry ? 0 : -errno;
	(void)closedir(dir);
	return bad;
}

static int64_t real_pwrite(int fd, const void *buf, size_t len, uint64_t off)
{
	ssize_t n;

	if (bad_offset(off))
		return -EINVAL;
	do
		n = pwrite(fd, buf, len, (off_t)off);
	while (interrupted(n));
	return answer(n);
}

static int real_sync_data(int fd)
{
	int n;

	do
		n = fdatasync(fd);
	while (interrupted(n));
	return (int)answer(n);
}

static int real_truncate(int fd, uint64_t size)
{
	int n;

	if (bad_offset(size))
		return -EINVAL;
	do
		n = ftruncate(fd, (off_t)size);
	while (interrupted(n));
	return (int)answer(n);
}

static int real_clone(int to, uint64_t to_off, int from, uint64_t from_off,
                      uint64_t len)
{
	struct file_clone_range range = { .src_fd = from,
		                          .src_offset = from_off,
		                          .src_length = len,
		                          .dest_offset = to_off };
	int n;

	do
		n = ioctl(to, FICLONERANGE, &range);
	while (interrupted(n));
	return (int)answer(n);
}

static int real_lock(int fd, enum sys_lock what)
{
	int n;

	do
		n = flock(fd,
		          what == SYS_LOCK_TAKE ? LOCK_EX | LOCK_NB : LOCK_UN);
	while (interrupted(n));
	return (int)answer(n);
}

static int real_in_memory(int fd)
{
	struct statfs fs;
	int n;

	do
		n = fstatfs(fd, &fs);
	while (interrupted(n));
	if (n < 0)
		return (int)answer(n);
	return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC;
}

static int real_is_locked(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int n;

	do
		n = fcntl(fd, F_OFD_GETLK, &lock);
	while (interrupted(n));
	return n < 0 ? (int)answer(n) : lock.l_type != F_UNLCK;
}

static int real_is_read_only(int fd)
{
	int is = 0;
	int n;

	do
		n = ioctl(fd, BLKROGET, &is);
	while (interrupted(n));
	return n < 0 ? (int)answer(n) : is != 0;
}

static int real_forget(int fd)
{
	return -posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

static int64_t real_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return nanoseconds(now);
}

/* Up to 256 bytes the kernel gives whole once it has been seeded. */
static int real_random(void *buf, size_t len)
{
	ssize_t n;

	do
		n = getrandom(buf, len, 0);
	while (interrupted(n));
	if (n >= 0 && (size_t)n != len)
		return -EIO;
	return n < 0 ? (int)answer(n) : 0;
}

static int64_t real_resolve(const char *path, char *buf, size_t size)
{
	char *real = realpath(path, NULL);
	size_t len = real ? strlen(real) : 0;
	int bad = real ? 0 : -errno;

	if (real && len >= size)
		bad = -ENAMETOOLONG;
	if (bad == 0)
		memcpy(buf, real, len + 1);
	free(real);
	return bad < 0 ? bad : (int64_t)len;
}

static int real_stat_in(int folder, const char *name, struct sys_stat *out)
{
	struct stat st;
	int n;

	do
		n = fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW);
	while (interrupted(n));
	if (n == 0)
		convert(out, &st);
	return (int)answer(n);
}

static int real_exchange_in(int folder, const char *a, const char *b)
{
	return (int)answer(
		syscall(SYS_renameat2, folder, a, folder, b, RENAME_EXCHANGE));
}

static int64_t real_copy(int to, uint64_t to_off, int from, uint64_t from_off,
                         uint64_t len)
{
	loff_t out = (loff_t)to_off;
	loff_t in = (loff_t)from_off;
	ssize_t n;

	if (bad_offset(to_off) || bad_offset(from_off))
		return -EINVAL;
	if (len > SSIZE_MAX)
		len = SSIZE_MAX;
	do
		n = copy_file_range(from, &in, to, &out, (size_t)len, 0);
	while (interrupted(n));
	return answer(n);
}

static int real_set_owner(int fd, uint32_t uid, uint32_t gid)
{
	int n;

	do
		n = fchown(fd, uid, gid);
	while (interrupted(n));
	return (int)answer(n);
}

static int real_set_mode(int fd, uint32_t mode)
{
	int n;

	do
		n = fchmod(fd, mode);
	while (interrupted(n));
	return (int)answer(n);
}

static int64_t real_attributes(int fd, char *names, size_t size)
{
	return answer(flistxattr(fd, names, size));
}

static int64_t real_get_attribute(int fd, const char *name, void *value,
                                  size_t size)
{
	return answer(fgetxattr(fd, name, value, size));
}

static int real_set_attribute(int fd, const char *name, const void *value,
                              size_t size)
{
	return (int)answer(fsetxattr(fd, name, value, size, 0));
}

static int real_drop_attribute(int fd, const char *name)
{
	return (int)answer(fremovexattr(fd, name));
}

enum {
	FLAGS = FS_COMPR_FL | FS_NOCOMP_FL | FS_NOCOW_FL | FS_SYNC_FL |
	        FS_NODUMP_FL | FS_NOATIME_FL | FS_JOURNAL_DATA_FL |
	        FS_NOTAIL_FL | FS_DAX_FL,
};

static int get_flags(int fd, int *flags)
{
	int n;

	do
		n = ioctl(fd, FS_IOC_GETFLAGS, flags);
	while (interrupted(n));
	if (n < 0 && (errno == ENOTTY || errno == ENOSYS || errno == EINVAL))
		return -EOPNOTSUPP;
	return (int)answer(n);
}

static int64_t real_flags(int fd)
{
	int flags = 0;
	int n = get_flags(fd, &flags);

	return n < 0 ? n : flags & FLAGS;
}

static int real_set_flags(int fd, int64_t flags)
{
	int now = 0;
	int n = get_flags(fd, &now);

	if (n < 0)
		return n;
	now = (now & ~(int)FLAGS) | (int)flags;
	do
		n = ioctl(fd, FS_IOC_SETFLAGS, &now);
	while (interrupted(n));
	return (int)answer(n);
}

const struct sys sys_real = {
	.open = real_open,
	.close = real_close,
	.stat = real_stat,
	.fstat = real_fstat,
	.access = real_access,
	.pread = real_pread,
	.pread_nowait = real_pread_nowait,
	.read = real_read,
	.write = real_write,
	.temporary = real_temporary,
	.seek = real_seek,
	.device_size = real_device_size,
	.map = real_map,
	.unmap = real_unmap,
	.advise = real_advise,
	.rename = real_rename,
	.rename_new = real_rename_new,
	.unlink = real_unlink,
	.sync = real_sync,
	.cwd = real_cwd,
	.make_folder = real_make_folder,
	.open_in = real_open_in,
	.rename_in = real_rename_in,
	.unlink_in = real_unlink_in,
	.list = real_list,
	.pwrite = real_pwrite,
	.sync_data = real_sync_data,
	.truncate = real_truncate,
	.clone = real_clone,
	.lock = real_lock,
	.in_memory = real_in_memory,
	.is_locked = real_is_locked,
	.is_read_only = real_is_read_only,
	.forget = real_forget,
	.clock = real_clock,
	.random = real_random,
	.resolve = real_resolve,
	.stat_in = real_stat_in,
	.exchange_in = real_exchange_in,
	.copy = real_copy,
	.set_owner = real_set_owner,
	.set_mode = real_set_mode,
	.attributes = real_attributes,
	.get_attribute = real_get_attribute,
	.set_attribute = real_set_attribute,
	.drop_attribute = real_drop_attribute,
	.flags = real_flags,
	.set_flags = real_set_flags,
};

size_t sys_descriptor_limit(void)
{
	struct rlimit limit;
	struct rlimit raised;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 256;
	raised = limit;
	raised.rlim_cur = limit.rlim_max;
	if (limit.rlim_cur != limit.rlim_max &&
	    setrlimit(RLIMIT_NOFILE, &raised) == 0)
		limit = raised;
	if (limit.rlim_cur > DESCRIPTORS_MOST)
		return DESCRIPTORS_MOST;
	return (size_t)limit.rlim_cur;
}

size_t sys_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

uint32_t sys_user(void)
{
	return (uint32_t)geteuid();
}

uint32_t sys_process(void)
{
	return (uint32_t)getpid();
}

#ifdef TEST_HOOKS
static _Atomic uint64_t skipped;

void sys_skip_time(uint64_t ns)
{
	atomic_fetch_add(&skipped, ns);
}

static uint64_t time_skipped(void)
{
	return atomic_load(&skipped);
}
#else
static uint64_t time_skipped(void)
{
	return 0;
}
#endif

uint64_t sys_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)nanoseconds(now) + time_skipped();
}
