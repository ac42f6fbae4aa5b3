/* sim_disk.c - see sim_disk.h */
#include "config.h"

#include "tests/sim_disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support.h"

enum {
	FILES = 48,
	NAMES = 24,
	NAMINGS = 128,
	NAME = 48,
	FDS = 32,
	SECTOR = 32,
	HEAD = 4096,
	HEAD_SECTOR = 512,
	FOLDER_FD = 1000,
};

struct bytes {
	uint8_t *v;
	size_t len, cap;
};

/* A sector, or a new size. */
struct pending {
	size_t off, len; /* len 0: a truncation to off */
	uint8_t data[HEAD_SECTOR];
};

struct file {
	bool used;
	int64_t time, disk_time;
	struct bytes cache, disk;
	struct pending *pending;
	size_t count, cap;
};

struct name {
	char name[NAME];
	int file; /* -1: none */
};

enum rename_kind {
	NAME_SET,
	NAME_CLEAR,
	NAME_MOVE,
	NAME_EXCHANGE,
};

struct naming {
	enum rename_kind kind;
	char from[NAME], to[NAME];
	int file, other;
	int folder;
};

/* What is open, if it is no file. */
enum {
	JOURNALS = -1,
	ROOT = -2,
};

struct open_file {
	bool used, locked;
	int file;
};

struct sim {
	struct file files[FILES];
	struct name cache[NAMES], disk[NAMES];
	struct naming naming[NAMINGS];
	size_t namings;
	struct open_file fds[FDS];
};

static struct {
	struct sim *sim;
	uint64_t seed;
	size_t steps, calls, crash_at;
	bool crashed;
	size_t fail_at;
	enum sim_fault fault;
	int errnum, kind;
	bool sticky, failed, sync_failed;
	enum sim_lost lost;
	struct bytes stale;
	int64_t clock;
} now = { .crash_at = SIZE_MAX, .fail_at = SIZE_MAX };

/* --- bytes --------------------------------------------------------------- */

static void resize(struct bytes *b, size_t len, uint8_t fill)
{
	if (len > b->cap) {
		b->cap = len * 2;
		b->v = realloc(b->v, b->cap);
		if (!b->v)
			abort();
	}
	if (len > b->len)
		memset(b->v + b->len, fill, len - b->len);
	b->len = len;
}

static void copy_bytes(struct bytes *to, const struct bytes *from)
{
	*to = (struct bytes){ 0 };
	resize(to, from->len, 0);
	if (from->len)
		memcpy(to->v, from->v, from->len);
}

static void add_pending(struct file *f, const struct pending *p)
{
	if (f->count == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 32;
		f->pending = realloc(f->pending, f->cap * sizeof(*p));
		if (!f->pending)
			abort();
	}
	f->pending[f->count++] = *p;
}

/* The disk takes a write; what lies between is whatever was there. */
static void apply(struct file *f, const struct pending *p, enum sim_fill fill)
{
	size_t was = f->disk.len;

	if (p->len == 0) {
		resize(&f->disk, p->off, 0);
		return;
	}
	if (p->off + p->len > was)
		resize(&f->disk, p->off + p->len,
		       fill == SIM_FILL_JUNK ? 0xdd : 0);
	for (size_t i = was; fill == SIM_FILL_STALE && i < p->off; i++)
		if (i < now.stale.len)
			f->disk.v[i] = now.stale.v[i];
	memcpy(f->disk.v + p->off, p->data, p->len);
}

static void apply_all(struct file *f)
{
	for (size_t i = 0; i < f->count; i++)
		apply(f, &f->pending[i], SIM_FILL_ZERO);
	f->count = 0;
}

/* --- names --------------------------------------------------------------- */

static int find(const struct name *names, const char *name)
{
	for (int i = 0; i < NAMES; i++)
		if (names[i].name[0] && strcmp(names[i].name, name) == 0)
			return i;
	return -1;
}

static void set_name(struct name *names, const char *name, int file)
{
	int i = find(names, name);

	for (int k = 0; i < 0 && k < NAMES; k++)
		if (!names[k].name[0])
			i = k;
	if (i < 0)
		abort();
	strcpy(names[i].name, name);
	names[i].file = file;
}

static void clear_name(struct name *names, const char *name)
{
	int i = find(names, name);

	if (i >= 0)
		names[i].name[0] = '\0';
}

static void apply_naming(struct name *names, const struct naming *n)
{
	if (n->kind == NAME_CLEAR || n->kind == NAME_MOVE)
		clear_name(names, n->from);
	if (n->kind != NAME_CLEAR)
		set_name(names, n->to, n->file);
	if (n->kind == NAME_EXCHANGE)
		set_name(names, n->from, n->other);
}

static void add_naming(struct sim *sim, int folder, enum rename_kind kind,
                       const char *from, const char *to, int file)
{
	struct naming *n = &sim->naming[sim->namings++];

	if (sim->namings > ARRAY_LEN(sim->naming))
		abort();
	n->kind = kind;
	strcpy(n->from, from);
	strcpy(n->to, to);
	n->file = file;
	n->folder = sim->fds[folder].file;
	if (kind == NAME_EXCHANGE)
		n->other = sim->cache[find(sim->cache, to)].file;
	apply_naming(sim->cache, n);
}

/* --- disks --------------------------------------------------------------- */

struct sim *sim_new(void)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		abort();
	return sim;
}

void sim_free(struct sim *sim)
{
	for (int i = 0; i < FILES; i++) {
		free(sim->files[i].cache.v);
		free(sim->files[i].disk.v);
		free(sim->files[i].pending);
	}
	free(sim);
}

static void clone_file(struct file *to, const struct file *from)
{
	*to = *from;
	copy_bytes(&to->cache, &from->cache);
	copy_bytes(&to->disk, &from->disk);
	to->pending = NULL;
	to->count = 0;
	to->cap = 0;
	for (size_t i = 0; i < from->count; i++)
		add_pending(to, &from->pending[i]);
}

struct sim *sim_clone(const struct sim *sim)
{
	struct sim *copy = sim_new();

	*copy = *sim;
	for (int i = 0; i < FILES; i++)
		clone_file(&copy->files[i], &sim->files[i]);
	return copy;
}

void sim_use(struct sim *sim)
{
	now.sim = sim;
}

void sim_kill(struct sim *sim)
{
	memset(sim->fds, 0, sizeof(sim->fds));
}

uint64_t sim_put(struct sim *sim, const char *name, const void *bytes,
                 size_t len)
{
	int i = 0;
	struct file *f;

	while (sim->files[i].used)
		i++;
	f = &sim->files[i];
	f->used = true;
	resize(&f->cache, len, 0);
	resize(&f->disk, len, 0);
	memcpy(f->cache.v, bytes, len);
	memcpy(f->disk.v, bytes, len);
	set_name(sim->cache, name, i);
	set_name(sim->disk, name, i);
	return (uint64_t)i + 1;
}

const uint8_t *sim_get(const struct sim *sim, const char *name, size_t *len)
{
	const struct file *f =
		&sim->files[sim->cache[find(sim->cache, name)].file];

	*len = f->cache.len;
	return f->cache.v;
}

bool sim_has(const struct sim *sim, const char *end)
{
	for (int i = 0; i < NAMES; i++) {
		const char *name = sim->cache[i].name;
		size_t len = strlen(name);

		if (len >= strlen(end) &&
		    strcmp(name + len - strlen(end), end) == 0)
			return true;
	}
	return false;
}

void sim_seed(uint64_t seed)
{
	now.seed = seed * 2 + 1;
	now.clock = 1600000000000000000;
}

/* --- counting, crashing, failing ----------------------------------------- */

enum kind {
	KIND_WRITE = 1,
	KIND_SYNC,
	KIND_TRUNCATE,
	KIND_OPEN,
	KIND_RENAME,
	KIND_UNLINK,
	KIND_READ,
	KIND_LOCK,
	KIND_LIST,
	KIND_STAT,
	KIND_RANDOM,
};

void sim_count_from_0(void)
{
	now.steps = 0;
	now.calls = 0;
	now.crashed = false;
	now.failed = false;
	now.sync_failed = false;
	now.kind = 0;
}

size_t sim_steps(void)
{
	return now.steps;
}

size_t sim_calls(void)
{
	return now.calls;
}

void sim_crash_at(size_t step)
{
	now.crash_at = step;
}

bool sim_crashed(void)
{
	return now.crashed;
}

void sim_fail_at(size_t call, enum sim_fault fault, int errnum, bool sticky)
{
	now.fail_at = call;
	now.fault = fault;
	now.errnum = errnum;
	now.sticky = sticky;
}

void sim_fail_never(void)
{
	now.fail_at = SIZE_MAX;
}

bool sim_failed(void)
{
	return now.failed;
}

bool sim_sync_failed(void)
{
	return now.sync_failed;
}

void sim_sync_loses(enum sim_lost lost)
{
	now.lost = lost;
}

/* Enter a call. 0: go on; < 0: fail so; 1: do half of it. */
static int enter(enum kind kind)
{
	size_t call = now.calls++;

	if (now.crashed)
		return -EIO;
	if (kind <= KIND_UNLINK && now.steps++ == now.crash_at) {
		now.crashed = true;
		return -EIO;
	}
	if (call < now.fail_at)
		return 0;
	if (call > now.fail_at &&
	    (now.kind != (int)kind ||
	     !(now.sticky || now.fault == SIM_FAULT_SHORT_FULL)))
		return 0;
	now.kind = (int)kind;
	if (now.fault == SIM_FAULT_ERROR) {
		now.failed = true;
		return -now.errnum;
	}
	if (kind != KIND_WRITE && kind != KIND_READ)
		return 0;
	now.failed = true;
	return now.fault == SIM_FAULT_SHORT_FULL && call > now.fail_at ? -ENOSPC
	                                                               : 1;
}

/* --- the calls ----------------------------------------------------------- */

static struct file *file_of(int fd)
{
	struct sim *sim = now.sim;

	if (fd < 0 || fd >= FDS || !sim->fds[fd].used || sim->fds[fd].file < 0)
		abort();
	return &sim->files[sim->fds[fd].file];
}

static int new_fd(int file)
{
	for (int i = 0; i < FDS; i++)
		if (!now.sim->fds[i].used) {
			now.sim->fds[i] = (struct open_file){ .used = true,
				                              .file = file };
			return i;
		}
	return -EMFILE;
}

/* Every folder is there, and is the same; files stand at the root. */
static int call_open(const char *path, unsigned flags)
{
	int bad;
	int i;

	if (flags & SYS_FOLDER)
		return new_fd(path[1] ? JOURNALS : ROOT);
	bad = enter(KIND_LOCK);
	i = find(now.sim->cache, path + 1);
	if (bad < 0)
		return bad;
	return i < 0 ? -ENOENT : new_fd(now.sim->cache[i].file);
}

static int call_make_folder(const char *path)
{
	(void)path;
	return -EEXIST;
}

static int new_file(void)
{
	for (int i = 0; i < FILES; i++)
		if (!now.sim->files[i].used) {
			now.sim->files[i].used = true;
			return i;
		}
	abort();
}

static int call_open_in(int folder, const char *name, unsigned flags)
{
	int bad = enter(flags & SYS_CREATE ? KIND_OPEN : KIND_LOCK);
	int i = find(now.sim->cache, name);

	if (bad < 0)
		return bad;
	if (!(flags & SYS_CREATE))
		return i < 0 ? -ENOENT : new_fd(now.sim->cache[i].file);
	if (i >= 0)
		return -EEXIST;
	add_naming(now.sim, folder, NAME_SET, "", name, new_file());
	return new_fd(now.sim->cache[find(now.sim->cache, name)].file);
}

static int call_close(int fd)
{
	if (fd < 0 || fd >= FDS || !now.sim->fds[fd].used)
		abort();
	now.sim->fds[fd].used = false;
	now.sim->fds[fd].locked = false;
	return 0;
}

static void stat_file(int file, struct sys_stat *st)
{
	*st = (struct sys_stat){ .nlink = 1, .uid = sys_user() };
	if (file < 0) {
		st->type = SYS_DIRECTORY;
		st->mode = 0700;
		return;
	}
	st->type = SYS_REGULAR;
	st->mode = 0600;
	st->size = now.sim->files[file].cache.len;
	st->ino = (uint64_t)file + 1;
	st->mtime = st->ctime = now.sim->files[file].time;
}

static int call_fstat(int fd, struct sys_stat *st)
{
	int bad = enter(KIND_STAT);

	if (bad < 0)
		return bad;
	stat_file(now.sim->fds[fd].file, st);
	return 0;
}

static int call_stat(const char *path, struct sys_stat *st)
{
	int bad = enter(KIND_STAT);
	int i = find(now.sim->cache, path + 1);

	if (bad < 0)
		return bad;
	if (i < 0)
		return -ENOENT;
	stat_file(now.sim->cache[i].file, st);
	return 0;
}

static int call_stat_in(int folder, const char *name, struct sys_stat *st)
{
	int bad = enter(KIND_STAT);
	int i = find(now.sim->cache, name);

	(void)folder;
	if (bad < 0)
		return bad;
	if (i < 0)
		return -ENOENT;
	stat_file(now.sim->cache[i].file, st);
	return 0;
}

static int64_t call_resolve(const char *path, char *buf, size_t size)
{
	int bad = enter(KIND_STAT);
	size_t len = strlen(path);

	if (bad < 0)
		return bad;
	if (len >= size)
		abort();
	strcpy(buf, path);
	return (int64_t)len;
}

static int call_exchange_in(int folder, const char *a, const char *b)
{
	int bad = enter(KIND_RENAME);
	int i = find(now.sim->cache, a);

	if (bad < 0)
		return bad;
	if (i < 0 || find(now.sim->cache, b) < 0)
		return -ENOENT;
	add_naming(now.sim, folder, NAME_EXCHANGE, a, b,
	           now.sim->cache[i].file);
	return 0;
}

static int call_rename_in(int folder, const char *from, const char *to)
{
	int bad = enter(KIND_RENAME);
	int i = find(now.sim->cache, from);

	if (bad < 0)
		return bad;
	if (i < 0)
		return -ENOENT;
	add_naming(now.sim, folder, NAME_MOVE, from, to,
	           now.sim->cache[i].file);
	return 0;
}

static int call_unlink_in(int folder, const char *name)
{
	int bad = enter(KIND_UNLINK);

	if (bad < 0)
		return bad;
	if (find(now.sim->cache, name) < 0)
		return -ENOENT;
	add_naming(now.sim, folder, NAME_CLEAR, name, "", -1);
	return 0;
}

static int call_list(int folder, sys_each *each, void *arg)
{
	int bad = enter(KIND_LIST);

	(void)folder;
	if (bad < 0)
		return bad;
	for (int i = 0; i < NAMES; i++)
		if (now.sim->cache[i].name[0] &&
		    !each(arg, now.sim->cache[i].name))
			break;
	return 0;
}

static int64_t call_pread(int fd, void *buf, size_t len, uint64_t off)
{
	int bad = enter(KIND_READ);
	struct file *f = file_of(fd);

	if (bad < 0)
		return bad;
	if (bad == 1 && len > 1)
		len /= 2;
	if (off >= f->cache.len)
		return 0;
	len = size_min(len, f->cache.len - (size_t)off);
	memcpy(buf, f->cache.v + off, len);
	return (int64_t)len;
}

static void put_bytes(struct file *f, const void *buf, size_t len, size_t at)
{
	size_t end = at + len;

	if (end > f->cache.len)
		resize(&f->cache, end, 0);
	memcpy(f->cache.v + at, buf, len);
	f->time++;
	while (at < end) {
		size_t sector = at < HEAD ? HEAD_SECTOR : SECTOR;
		struct pending p = { .off = at };

		p.len = size_min(sector - at % sector, end - at);
		memcpy(p.data, f->cache.v + at, p.len);
		add_pending(f, &p);
		at += p.len;
	}
}

static int64_t call_pwrite(int fd, const void *buf, size_t len, uint64_t off)
{
	int bad = enter(KIND_WRITE);
	struct file *f = file_of(fd);

	if (bad < 0)
		return bad;
	if (bad == 1 && len > 1)
		len /= 2;
	put_bytes(f, buf, len, (size_t)off);
	return (int64_t)len;
}

/* Some files can be copied by the system. */
static int64_t call_copy(int to, uint64_t to_off, int from, uint64_t from_off,
                         uint64_t len)
{
	int bad = enter(KIND_WRITE);
	struct file *f = file_of(from);
	uint8_t *bytes;

	if (bad < 0)
		return bad;
	if (now.sim->fds[from].file % 2 > 0)
		return -EXDEV;
	if (from_off >= f->cache.len)
		return 0;
	len = u64_min(len, f->cache.len - from_off);
	if (bad == 1 && len > 1)
		len /= 2;
	bytes = malloc(len);
	if (!bytes)
		abort();
	memcpy(bytes, f->cache.v + from_off, len);
	put_bytes(file_of(to), bytes, len, (size_t)to_off);
	free(bytes);
	return (int64_t)len;
}

static int call_clone(int to, uint64_t to_off, int from, uint64_t from_off,
                      uint64_t len)
{
	int bad = enter(KIND_WRITE);

	(void)to;
	(void)to_off;
	(void)from;
	(void)from_off;
	(void)len;
	return bad < 0 ? bad : -EOPNOTSUPP;
}

static int64_t call_seek(int fd, uint64_t off, enum sys_seek what)
{
	int bad = enter(KIND_STAT);
	size_t len = file_of(fd)->cache.len;

	if (bad < 0)
		return bad;
	if (off >= len)
		return -ENXIO;
	return (int64_t)(what == SYS_SEEK_DATA ? off : len);
}

static int call_truncate(int fd, uint64_t size)
{
	int bad = enter(KIND_TRUNCATE);
	struct pending p = { .off = (size_t)size };

	if (bad < 0)
		return bad;
	add_pending(file_of(fd), &p);
	file_of(fd)->time++;
	resize(&file_of(fd)->cache, (size_t)size, 0);
	return 0;
}

static void lose(struct file *f)
{
	now.sync_failed = true;
	if (now.lost == SIM_LOST_KEPT)
		return;
	f->count = 0;
	if (now.lost == SIM_LOST_GONE) {
		free(f->cache.v);
		copy_bytes(&f->cache, &f->disk);
	}
}

static void sync_names(struct sim *sim, int folder)
{
	size_t left = 0;

	for (size_t i = 0; i < sim->namings; i++) {
		if (sim->naming[i].folder == folder)
			apply_naming(sim->disk, &sim->naming[i]);
		else
			sim->naming[left++] = sim->naming[i];
	}
	sim->namings = left;
}

static int call_sync_data(int fd)
{
	int bad = enter(KIND_SYNC);
	struct sim *sim = now.sim;

	if (bad < 0) {
		if (!now.crashed && bad != -EINTR) {
			now.sync_failed = true;
			if (sim->fds[fd].file >= 0)
				lose(file_of(fd));
		}
		return bad;
	}
	if (sim->fds[fd].file >= 0)
		apply_all(file_of(fd));
	else
		sync_names(sim, sim->fds[fd].file);
	return 0;
}

/* The times, too. */
static int call_sync(int fd)
{
	int res = call_sync_data(fd);

	if (res == 0 && now.sim->fds[fd].file >= 0)
		file_of(fd)->disk_time = file_of(fd)->time;
	return res;
}

static int call_lock(int fd, enum sys_lock what)
{
	int bad = enter(KIND_LOCK);

	if (bad < 0)
		return bad;
	for (int i = 0; what == SYS_LOCK_TAKE && i < FDS; i++)
		if (i != fd && now.sim->fds[i].used && now.sim->fds[i].locked &&
		    now.sim->fds[i].file == now.sim->fds[fd].file)
			return -EAGAIN;
	now.sim->fds[fd].locked = what == SYS_LOCK_TAKE;
	return 0;
}

static int call_in_memory(int fd)
{
	(void)fd;
	return 0;
}

/* What waits to be written is not dropped. */
static int call_forget(int fd)
{
	int bad = enter(KIND_STAT);
	struct file *f = file_of(fd);
	struct bytes disk;

	if (bad < 0)
		return bad;
	if (now.crashed)
		return 0;
	copy_bytes(&disk, &f->disk);
	for (size_t i = 0; i < f->count; i++)
		apply(f, &f->pending[i], SIM_FILL_ZERO);
	free(f->cache.v);
	f->cache = f->disk;
	f->disk = disk;
	return 0;
}

static int call_set(int fd, uint32_t a, uint32_t b)
{
	int bad = enter(KIND_STAT);

	(void)fd;
	(void)a;
	(void)b;
	return bad < 0 ? bad : 0;
}

static int call_set_mode(int fd, uint32_t mode)
{
	return call_set(fd, mode, 0);
}

static int64_t call_attributes(int fd, char *names, size_t size)
{
	int bad = enter(KIND_STAT);

	(void)fd;
	(void)names;
	(void)size;
	return bad < 0 ? bad : -EOPNOTSUPP;
}

static int64_t call_flags(int fd)
{
	return call_set(fd, 0, 0);
}

static int call_no(int fd)
{
	int bad = enter(KIND_STAT);

	(void)fd;
	return bad < 0 ? bad : 0;
}

static int64_t call_clock(void)
{
	return now.clock += 1000000;
}

static int call_random(void *buf, size_t len)
{
	int bad = enter(KIND_RANDOM);
	uint8_t *at = buf;

	if (bad < 0)
		return bad;
	while (len--)
		*at++ = (uint8_t)(random_u64(&now.seed) >> 32);
	return 0;
}

const struct sys sim_sys = {
	.open = call_open,
	.close = call_close,
	.stat = call_stat,
	.fstat = call_fstat,
	.pread = call_pread,
	.seek = call_seek,
	.sync = call_sync,
	.make_folder = call_make_folder,
	.open_in = call_open_in,
	.rename_in = call_rename_in,
	.unlink_in = call_unlink_in,
	.list = call_list,
	.pwrite = call_pwrite,
	.sync_data = call_sync_data,
	.truncate = call_truncate,
	.clone = call_clone,
	.lock = call_lock,
	.in_memory = call_in_memory,
	.is_locked = call_no,
	.is_read_only = call_no,
	.forget = call_forget,
	.clock = call_clock,
	.random = call_random,
	.resolve = call_resolve,
	.stat_in = call_stat_in,
	.exchange_in = call_exchange_in,
	.copy = call_copy,
	.set_owner = call_set,
	.set_mode = call_set_mode,
	.attributes = call_attributes,
	.flags = call_flags,
};

/* --- after the crash ----------------------------------------------------- */

static const struct file *longest(const struct sim *sim)
{
	const struct file *best = &sim->files[0];

	for (int i = 1; i < FILES; i++)
		if (sim->files[i].cache.len > best->cache.len)
			best = &sim->files[i];
	return best;
}

void sim_stale(const struct sim *sim)
{
	free(now.stale.v);
	copy_bytes(&now.stale, &longest(sim)->cache);
}

uint64_t sim_longest(const struct sim *sim)
{
	return longest(sim)->cache.len;
}

void sim_flip(struct sim *sim, uint64_t bit)
{
	longest(sim)->cache.v[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

void sim_flip_in(struct sim *sim, const char *name, uint64_t bit)
{
	int file = sim->cache[find(sim->cache, name)].file;

	sim->files[file].cache.v[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

static size_t pending_count(const struct sim *sim)
{
	size_t n = sim->namings;

	for (int i = 0; i < FILES; i++)
		n += sim->files[i].count;
	return n;
}

static void leave_file(struct file *to, const struct file *from,
                       const uint8_t *keep, enum sim_fill fill)
{
	*to = (struct file){ .used = from->used,
		             .time = from->disk_time,
		             .disk_time = from->disk_time };
	copy_bytes(&to->disk, &from->disk);
	for (size_t i = 0; i < from->count; i++)
		if (keep[i])
			apply(to, &from->pending[i], fill);
	copy_bytes(&to->cache, &to->disk);
}

/* The disk with those of the pending changes that keep[] says. */
static struct sim *leave(const struct sim *sim, const uint8_t *keep,
                         enum sim_fill fill)
{
	struct sim *left = sim_new();

	memcpy(left->disk, sim->disk, sizeof(left->disk));
	for (size_t i = 0; i < sim->namings; i++)
		if (*keep++)
			apply_naming(left->disk, &sim->naming[i]);
	memcpy(left->cache, left->disk, sizeof(left->cache));
	for (int i = 0; i < FILES; i++) {
		if (sim->files[i].used)
			leave_file(&left->files[i], &sim->files[i], keep, fill);
		keep += sim->files[i].count;
	}
	return left;
}

struct exploring {
	const struct sim *sim;
	enum sim_fill fill;
	void (*each)(struct sim *sim, void *arg);
	void *arg;
	uint8_t *keep;
	size_t count, states;
};

static void visit(struct exploring *e)
{
	struct sim *left = leave(e->sim, e->keep, e->fill);

	e->each(left, e->arg);
	sim_free(left);
	e->states++;
}

static void visit_random(struct exploring *e, uint64_t *seed)
{
	for (size_t i = 0; i < e->count; i++)
		e->keep[i] = random_below(seed, 2) != 0;
	visit(e);
}

static void visit_subsets(struct exploring *e)
{
	for (size_t set = 0; set < (size_t)1 << e->count; set++) {
		for (size_t i = 0; i < e->count; i++)
			e->keep[i] = set >> i & 1;
		visit(e);
	}
}

static void visit_sample(struct exploring *e, size_t most, uint64_t *seed)
{
	size_t n = e->count;

	for (uint8_t all = 0; all < 2; all++) {
		memset(e->keep, all, n);
		visit(e);
		for (size_t t = 0; t < size_min(most, n); t++) {
			size_t i = n <= most ? t : random_below(seed, n);

			memset(e->keep, all, n);
			e->keep[i] = !all;
			visit(e);
		}
	}
	for (size_t t = 0; t < size_min(most, n); t++) {
		size_t i = n <= most ? t : random_below(seed, n);

		memset(e->keep, 0, n);
		memset(e->keep, 1, i);
		visit(e);
	}
	for (size_t t = 0; t < most; t++)
		visit_random(e, seed);
}

size_t sim_states(const struct sim *sim, size_t most, enum sim_fill fill,
                  uint64_t *seed, void (*each)(struct sim *sim, void *arg),
                  void *arg)
{
	struct exploring e = { sim, fill, each, arg, NULL, 0, 0 };

	e.count = pending_count(sim);
	e.keep = calloc(e.count + 1, 1);
	if (!e.keep)
		abort();
	if (e.count < 20 && (size_t)1 << e.count <= 4 * most)
		visit_subsets(&e);
	else
		visit_sample(&e, most, seed);
	free(e.keep);
	return e.states;
}

struct sim *sim_random_state(const struct sim *sim, enum sim_fill fill,
                             uint64_t *seed)
{
	size_t n = pending_count(sim);
	uint8_t *keep = calloc(n + 1, 1);
	/* Often nearly all or nearly none: what is between fails early. */
	uint64_t odds = random_below(seed, 10);
	struct sim *left;

	if (!keep)
		abort();
	for (size_t i = 0; i < n; i++)
		keep[i] = random_below(seed, 9) < odds;
	left = leave(sim, keep, fill);
	free(keep);
	return left;
}
