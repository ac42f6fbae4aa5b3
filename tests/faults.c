/* faults.c - see faults.h */
#include "config.h"

#include "tests/faults.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BAD_MOST = 8 };

static struct {
	atomic_size_t count[FAULT_CALLS];
	size_t first[FAULT_CALLS], last[FAULT_CALLS];
	int errnum[FAULT_CALLS];
	atomic_bool happened;
	atomic_size_t total;
	size_t kill; /* the number of this call */
	bool torn;
	atomic_bool paused;
	_Atomic size_t hold_nth[FAULT_CALLS]; /* 0: none, else one more */
	size_t cut_nth, cut_len;
	size_t cut_write_nth, cut_write_len;
	bool nothing, no_syncs;
	struct {
		uint64_t off, len;
		bool prefix;
	} bad[BAD_MOST];
	size_t bads;
	bool share;
	_Atomic uint64_t shared;
} set = { .kill = SIZE_MAX, .cut_nth = SIZE_MAX, .cut_write_nth = SIZE_MAX };

/* A number and the most it has been. */
struct level {
	atomic_size_t now, most;
};

/* The call that waits. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool is_held, is_released;
} hold = { .lock = PTHREAD_MUTEX_INITIALIZER,
	   .moved = PTHREAD_COND_INITIALIZER };

static struct level descriptors;
static struct level maps;

static void rise(struct level *level)
{
	size_t now = atomic_fetch_add(&level->now, 1) + 1;
	size_t most = atomic_load(&level->most);

	while (now > most &&
	       !atomic_compare_exchange_weak(&level->most, &most, now))
		;
}

static void sink(struct level *level)
{
	atomic_fetch_sub(&level->now, 1);
}

void faults_reset(void)
{
	for (size_t i = 0; i < FAULT_CALLS; i++) {
		atomic_store(&set.count[i], 0);
		set.first[i] = 0;
		set.last[i] = 0;
		atomic_store(&set.hold_nth[i], 0);
	}
	atomic_store(&set.happened, false);
	atomic_store(&set.total, 0);
	set.kill = SIZE_MAX;
	atomic_store(&set.paused, false);
	set.cut_nth = SIZE_MAX;
	set.cut_write_nth = SIZE_MAX;
	set.nothing = false;
	set.no_syncs = false;
	set.bads = 0;
	set.share = false;
	atomic_store(&set.shared, 0);
	atomic_store(&descriptors.most, atomic_load(&descriptors.now));
	atomic_store(&maps.most, atomic_load(&maps.now));
}

size_t faults_count(enum fault_call call)
{
	return atomic_load(&set.count[call]);
}

void faults_fail(enum fault_call call, size_t first, size_t n, int errnum)
{
	size_t now = faults_count(call);

	set.first[call] = now + first;
	set.last[call] =
		n > SIZE_MAX - now - first ? SIZE_MAX : now + first + n;
	set.errnum[call] = errnum;
}

bool faults_happened(void)
{
	return atomic_load(&set.happened);
}

void faults_cut(size_t nth, size_t len)
{
	set.cut_nth = faults_count(FAULT_PREAD) + nth;
	set.cut_len = len;
}

void faults_cut_write(size_t nth, size_t len)
{
	set.cut_write_nth = faults_count(FAULT_PWRITE) + nth;
	set.cut_write_len = len;
}

void faults_hold(enum fault_call call, size_t nth)
{
	hold.is_held = hold.is_released = false;
	atomic_store(&set.hold_nth[call], faults_count(call) + nth + 1);
}

static void await(const bool *what)
{
	pthread_mutex_lock(&hold.lock);
	while (!*what)
		pthread_cond_wait(&hold.moved, &hold.lock);
	pthread_mutex_unlock(&hold.lock);
}

static void become(bool *what)
{
	pthread_mutex_lock(&hold.lock);
	*what = true;
	pthread_cond_broadcast(&hold.moved);
	pthread_mutex_unlock(&hold.lock);
}

void faults_await_held(void)
{
	await(&hold.is_held);
}

void faults_release(void)
{
	become(&hold.is_released);
}

size_t faults_total(void)
{
	return atomic_load(&set.total);
}

void faults_kill(size_t nth, bool torn)
{
	set.kill = faults_total() + nth;
	set.torn = torn;
}

void faults_pause(bool pause)
{
	atomic_store(&set.paused, pause);
}

void faults_skip_syncs(void)
{
	set.no_syncs = true;
}

void faults_give_nothing(void)
{
	set.nothing = true;
}

void faults_bad(uint64_t off, uint64_t len, bool prefix)
{
	if (set.bads == BAD_MOST)
		abort();
	set.bad[set.bads].off = off;
	set.bad[set.bads].len = len;
	set.bad[set.bads].prefix = prefix;
	set.bads++;
}

size_t faults_descriptors(void)
{
	return atomic_load(&descriptors.now);
}

size_t faults_descriptors_most(void)
{
	return atomic_load(&descriptors.most);
}

size_t faults_maps(void)
{
	return atomic_load(&maps.now);
}

size_t faults_maps_most(void)
{
	return atomic_load(&maps.most);
}

void faults_share(bool on)
{
	set.share = on;
}

uint64_t faults_shared(void)
{
	return atomic_load(&set.shared);
}

static void die(void)
{
	for (;;)
		(void)raise(SIGKILL);
}

/* Count a call; the errno it is to fail with, or 0. */
static int enter(enum fault_call call)
{
	size_t nth;

	if (atomic_load(&set.paused))
		return 0;
	if (atomic_fetch_add(&set.total, 1) == set.kill &&
	    !(set.torn && call == FAULT_PWRITE))
		die();
	nth = atomic_fetch_add(&set.count[call], 1);
	if (nth + 1 == atomic_load(&set.hold_nth[call])) {
		become(&hold.is_held);
		await(&hold.is_released);
	}
	if (nth < set.first[call] || nth >= set.last[call])
		return 0;
	atomic_store(&set.happened, true);
	return set.errnum[call];
}

/* What the bad ranges leave of a read: its length, or -EIO. */
static int64_t readable(uint64_t off, size_t len)
{
	for (size_t i = 0; i < set.bads; i++) {
		uint64_t bad = set.bad[i].off;

		if (off >= bad + set.bad[i].len || off + len <= bad)
			continue;
		if (off >= bad || !set.bad[i].prefix)
			return -EIO;
		len = (size_t)(bad - off);
	}
	return (int64_t)len;
}

static int fault_open(const char *path, unsigned flags)
{
	int bad = enter(FAULT_OPEN);
	int fd = bad ? -bad : sys_real.open(path, flags);

	if (fd >= 0)
		rise(&descriptors);
	return fd;
}

/* A close that fails has closed all the same. */
static int fault_close(int fd)
{
	int bad = enter(FAULT_CLOSE);
	int n = sys_real.close(fd);

	sink(&descriptors);
	return bad ? -bad : n;
}

static int fault_stat(const char *path, struct sys_stat *st)
{
	int bad = enter(FAULT_STAT);

	return bad ? -bad : sys_real.stat(path, st);
}

static int fault_fstat(int fd, struct sys_stat *st)
{
	int bad = enter(FAULT_FSTAT);

	return bad ? -bad : sys_real.fstat(fd, st);
}

static int fault_access(const char *path, unsigned flags)
{
	int bad = enter(FAULT_ACCESS);

	return bad ? -bad : sys_real.access(path, flags);
}

static int64_t fault_pread(int fd, void *buf, size_t len, uint64_t off)
{
	size_t nth = faults_count(FAULT_PREAD);
	int bad = enter(FAULT_PREAD);
	int64_t n;

	if (bad)
		return -bad;
	if (set.nothing)
		return 0;
	if (nth == set.cut_nth && !atomic_load(&set.paused)) {
		atomic_store(&set.happened, true);
		len = size_min(len, set.cut_len);
	}
	n = readable(off, len);
	return n < 0 ? n : sys_real.pread(fd, buf, (size_t)n, off);
}

static int64_t fault_nowait(int fd, void *buf, size_t len, uint64_t off)
{
	int bad = enter(FAULT_NOWAIT);
	int64_t n;

	if (bad)
		return -bad;
	n = readable(off, len);
	return n < 0 ? -EAGAIN : sys_real.pread_nowait(fd, buf, (size_t)n, off);
}

static int64_t fault_seek(int fd, uint64_t off, enum sys_seek what)
{
	int bad = enter(FAULT_SEEK);

	return bad ? -bad : sys_real.seek(fd, off, what);
}

static int64_t fault_device_size(int fd)
{
	int bad = enter(FAULT_DEVICE_SIZE);

	return bad ? -bad : sys_real.device_size(fd);
}

static int fault_map(int fd, uint64_t off, size_t len, void **addr)
{
	int bad = enter(FAULT_MAP);
	int n = bad ? -bad : sys_real.map(fd, off, len, addr);

	if (n == 0)
		rise(&maps);
	return n;
}

static int fault_unmap(void *addr, size_t len)
{
	int bad = enter(FAULT_UNMAP);
	int n = sys_real.unmap(addr, len);

	sink(&maps);
	return bad ? -bad : n;
}

static int fault_advise(void *addr, size_t len, enum sys_advice advice)
{
	int bad = enter(FAULT_ADVISE);

	return bad ? -bad : sys_real.advise(addr, len, advice);
}

static int64_t fault_read(int fd, void *buf, size_t len)
{
	int bad = enter(FAULT_READ);

	return bad ? -bad : sys_real.read(fd, buf, len);
}

static int64_t fault_write(int fd, const void *buf, size_t len)
{
	int bad = enter(FAULT_WRITE);

	return bad ? -bad : sys_real.write(fd, buf, len);
}

static int fault_temporary(void)
{
	int bad = enter(FAULT_TEMPORARY);
	int fd = bad ? -bad : sys_real.temporary();

	if (fd >= 0)
		rise(&descriptors);
	return fd;
}

static int fault_cwd(char *buf, size_t size)
{
	int bad = enter(FAULT_CWD);

	return bad ? -bad : sys_real.cwd(buf, size);
}

static int fault_rename(const char *from, const char *to)
{
	int bad = enter(FAULT_RENAME);

	return bad ? -bad : sys_real.rename(from, to);
}

static int fault_rename_new(const char *from, const char *to)
{
	int bad = enter(FAULT_RENAME_NEW);

	return bad ? -bad : sys_real.rename_new(from, to);
}

static int fault_unlink(const char *path)
{
	int bad = enter(FAULT_UNLINK);

	return bad ? -bad : sys_real.unlink(path);
}

static int fault_sync(int fd)
{
	int bad = enter(FAULT_SYNC);

	if (bad || set.no_syncs)
		return -bad;
	return sys_real.sync(fd);
}

static int fault_open_in(int folder, const char *name, unsigned flags)
{
	int bad = enter(FAULT_OPEN);
	int fd = bad ? -bad : sys_real.open_in(folder, name, flags);

	if (fd >= 0)
		rise(&descriptors);
	return fd;
}

static int fault_make_folder(const char *path)
{
	int bad = enter(FAULT_MAKE_FOLDER);

	return bad ? -bad : sys_real.make_folder(path);
}

static int fault_rename_in(int folder, const char *from, const char *to)
{
	int bad = enter(FAULT_RENAME_IN);

	return bad ? -bad : sys_real.rename_in(folder, from, to);
}

static int fault_unlink_in(int folder, const char *name)
{
	int bad = enter(FAULT_UNLINK_IN);

	return bad ? -bad : sys_real.unlink_in(folder, name);
}

static int fault_list(int folder, sys_each *each, void *arg)
{
	int bad = enter(FAULT_LIST);

	return bad ? -bad : sys_real.list(folder, each, arg);
}

static int64_t fault_pwrite(int fd, const void *buf, size_t len, uint64_t off)
{
	size_t nth = faults_count(FAULT_PWRITE);
	bool last = !atomic_load(&set.paused) && faults_total() == set.kill;
	int bad = enter(FAULT_PWRITE);

	if (bad)
		return -bad;
	if (last) {
		(void)sys_real.pwrite(fd, buf, len / 2, off);
		die();
	}
	if (nth == set.cut_write_nth && !atomic_load(&set.paused)) {
		atomic_store(&set.happened, true);
		len = size_min(len, set.cut_write_len);
	}
	return sys_real.pwrite(fd, buf, len, off);
}

static int fault_sync_data(int fd)
{
	int bad = enter(FAULT_SYNC_DATA);

	if (bad || set.no_syncs)
		return -bad;
	return sys_real.sync_data(fd);
}

static int fault_truncate(int fd, uint64_t size)
{
	int bad = enter(FAULT_TRUNCATE);

	return bad ? -bad : sys_real.truncate(fd, size);
}

/* What a file system with blocks of 4 KiB does. */
static int share(int to, uint64_t to_off, int from, uint64_t from_off,
                 uint64_t len)
{
	char block[4096];
	struct sys_stat st;

	if ((to_off | from_off | len) % sizeof(block) != 0 ||
	    sys_real.fstat(from, &st) < 0 || from_off + len > st.size)
		return -EINVAL;
	for (uint64_t at = 0; at < len; at += sizeof(block)) {
		if (sys_real.pread(from, block, sizeof(block), from_off + at) !=
		            sizeof(block) ||
		    sys_real.pwrite(to, block, sizeof(block), to_off + at) !=
		            sizeof(block))
			return -EIO;
	}
	atomic_fetch_add(&set.shared, len);
	return 0;
}

static int fault_clone(int to, uint64_t to_off, int from, uint64_t from_off,
                       uint64_t len)
{
	int bad = enter(FAULT_CLONE);

	if (bad)
		return -bad;
	if (set.share)
		return share(to, to_off, from, from_off, len);
	return sys_real.clone(to, to_off, from, from_off, len);
}

static int fault_lock(int fd, enum sys_lock what)
{
	int bad = enter(FAULT_LOCK);

	return bad ? -bad : sys_real.lock(fd, what);
}

static int fault_in_memory(int fd)
{
	int bad = enter(FAULT_IN_MEMORY);

	/* A failure of -1 is the answer 1. */
	return bad ? -bad : sys_real.in_memory(fd);
}

static int fault_is_locked(int fd)
{
	int bad = enter(FAULT_IS_LOCKED);

	return bad ? -bad : sys_real.is_locked(fd);
}

static int fault_is_read_only(int fd)
{
	int bad = enter(FAULT_IS_READ_ONLY);

	return bad ? -bad : sys_real.is_read_only(fd);
}

static int fault_forget(int fd)
{
	int bad = enter(FAULT_FORGET);

	return bad ? -bad : sys_real.forget(fd);
}

static int64_t fault_clock(void)
{
	return sys_real.clock();
}

static int fault_random(void *buf, size_t len)
{
	int bad = enter(FAULT_RANDOM);

	return bad ? -bad : sys_real.random(buf, len);
}

static int64_t fault_resolve(const char *path, char *buf, size_t size)
{
	int bad = enter(FAULT_RESOLVE);

	return bad ? -bad : sys_real.resolve(path, buf, size);
}

static int fault_stat_in(int folder, const char *name, struct sys_stat *st)
{
	int bad = enter(FAULT_STAT_IN);

	return bad ? -bad : sys_real.stat_in(folder, name, st);
}

static int fault_exchange_in(int folder, const char *a, const char *b)
{
	int bad = enter(FAULT_EXCHANGE_IN);

	return bad ? -bad : sys_real.exchange_in(folder, a, b);
}

static int64_t fault_copy(int to, uint64_t to_off, int from, uint64_t from_off,
                          uint64_t len)
{
	int bad = enter(FAULT_COPY);

	return bad ? -bad : sys_real.copy(to, to_off, from, from_off, len);
}

static int fault_set_owner(int fd, uint32_t uid, uint32_t gid)
{
	int bad = enter(FAULT_SET_OWNER);

	return bad ? -bad : sys_real.set_owner(fd, uid, gid);
}

static int fault_set_mode(int fd, uint32_t mode)
{
	int bad = enter(FAULT_SET_MODE);

	return bad ? -bad : sys_real.set_mode(fd, mode);
}

static int64_t fault_attributes(int fd, char *names, size_t size)
{
	int bad = enter(FAULT_ATTRIBUTES);

	return bad ? -bad : sys_real.attributes(fd, names, size);
}

static int64_t fault_get_attribute(int fd, const char *name, void *value,
                                   size_t size)
{
	int bad = enter(FAULT_GET_ATTRIBUTE);

	return bad ? -bad : sys_real.get_attribute(fd, name, value, size);
}

static int fault_set_attribute(int fd, const char *name, const void *value,
                               size_t size)
{
	int bad = enter(FAULT_SET_ATTRIBUTE);

	return bad ? -bad : sys_real.set_attribute(fd, name, value, size);
}

static int fault_drop_attribute(int fd, const char *name)
{
	int bad = enter(FAULT_DROP_ATTRIBUTE);

	return bad ? -bad : sys_real.drop_attribute(fd, name);
}

static int64_t fault_flags(int fd)
{
	int bad = enter(FAULT_FLAGS);

	return bad ? -bad : sys_real.flags(fd);
}

static int fault_set_flags(int fd, int64_t flags)
{
	int bad = enter(FAULT_SET_FLAGS);

	return bad ? -bad : sys_real.set_flags(fd, flags);
}

const struct sys faults_sys = {
	.open = fault_open,
	.close = fault_close,
	.stat = fault_stat,
	.fstat = fault_fstat,
	.access = fault_access,
	.pread = fault_pread,
	.pread_nowait = fault_nowait,
	.read = fault_read,
	.write = fault_write,
	.temporary = fault_temporary,
	.seek = fault_seek,
	.device_size = fault_device_size,
	.map = fault_map,
	.unmap = fault_unmap,
	.advise = fault_advise,
	.rename = fault_rename,
	.rename_new = fault_rename_new,
	.unlink = fault_unlink,
	.sync = fault_sync,
	.cwd = fault_cwd,
	.make_folder = fault_make_folder,
	.open_in = fault_open_in,
	.rename_in = fault_rename_in,
	.unlink_in = fault_unlink_in,
	.list = fault_list,
	.pwrite = fault_pwrite,
	.sync_data = fault_sync_data,
	.truncate = fault_truncate,
	.clone = fault_clone,
	.lock = fault_lock,
	.in_memory = fault_in_memory,
	.is_locked = fault_is_locked,
	.is_read_only = fault_is_read_only,
	.forget = fault_forget,
	.clock = fault_clock,
	.random = fault_random,
	.resolve = fault_resolve,
	.stat_in = fault_stat_in,
	.exchange_in = fault_exchange_in,
	.copy = fault_copy,
	.set_owner = fault_set_owner,
	.set_mode = fault_set_mode,
	.attributes = fault_attributes,
	.get_attribute = fault_get_attribute,
	.set_attribute = fault_set_attribute,
	.drop_attribute = fault_drop_attribute,
	.flags = fault_flags,
	.set_flags = fault_set_flags,
};
