/*
 * index.c - see index.h
 *
 * The file is read and written whole: it has some 100 bytes for a journal. It
 * is written under another name and renamed; a CRC over all of it tells what a
 * crash has left of it.
 *
 *   N1  closed[] is in the order of the names, each there once
 */
#include "config.h"

#include "keep/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "keep/disk.h"
#include "keep/recover.h"

enum {
	HEAD = 32,
	ENTRY = 64,
	FILE_ENTRY = 24,
	FORMAT_NOW = 1,
	LENGTH_MAX = 1 << 30,
};

static const char index_name[] = "index";
static const char new_name[] = "index.new";
static const uint8_t magic[8] = { 0x89, 'H', 'X', 'I', '\r', '\n', 0x1a, '\n' };

struct index {
	const struct folder *folder; /* borrowed */
	struct index_entry *closed;  /* owned; N1 */
	size_t count, cap;
	char (*others)[RECORD_NAME + 8]; /* owned */
	size_t other_count, other_cap;
	bool is_new; /* what the file says is not this */
};

void index_entries_free(struct index_entry *v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mem_free(v[i].files);
	mem_free(v);
}

void index_free(struct index *index)
{
	if (!index)
		return;
	index_entries_free(index->closed, index->count);
	mem_free(index->others);
	mem_free(index);
}

uint64_t index_hash(const char *path, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)path[i]) *
		       UINT64_C(0x100000001b3);
	return hash;
}

/* --- its bytes ------------------------------------------------------------ */

static uint32_t crc_of(const uint8_t *bytes, size_t len)
{
	return crc32c(crc32c(0, bytes, HEAD - 4), bytes + HEAD, len - HEAD);
}

static bool is_whole(const uint8_t *bytes, size_t len)
{
	return len >= HEAD && memcmp(bytes, magic, sizeof(magic)) == 0 &&
	       load_le32(bytes + 8) == FORMAT_NOW &&
	       load_le64(bytes + 16) == len &&
	       load_le32(bytes + HEAD - 4) == crc_of(bytes, len);
}

static int digit_of(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

static void put_uuid(const char *name, uint8_t uuid[static RECORD_UUID])
{
	for (size_t i = 0; i < RECORD_UUID; i++)
		uuid[i] = (uint8_t)(digit_of(name[2 * i]) << 4 |
		                    digit_of(name[2 * i + 1]));
}

/* The entry at *at, which goes behind it. *ok is false if it cannot be. */
static bool decode_entry(const uint8_t **at, const uint8_t *end,
                         struct index_entry *e, bool *ok, struct error *err)
{
	const uint8_t *p = *at;

	*ok = end - p >= ENTRY && load_le32(p + 56) <= 1 &&
	      load_le32(p + 60) <= (size_t)(end - p - ENTRY) / FILE_ENTRY;
	if (!*ok)
		return true;
	*e = (struct index_entry){ .size = load_le64(p + 16),
		                   .ino = load_le64(p + 24),
		                   .mtime = (int64_t)load_le64(p + 32),
		                   .ctime = (int64_t)load_le64(p + 40),
		                   .flushed = (int64_t)load_le64(p + 48),
		                   .knows = load_le32(p + 56),
		                   .count = load_le32(p + 60) };
	record_name(p, e->name);
	strcat(e->name, ".hxj");
	e->files = mem_zalloc((e->count + 1) * sizeof(*e->files), err);
	if (!e->files)
		return false;
	p += ENTRY;
	for (uint32_t i = 0; i < e->count; i++, p += FILE_ENTRY)
		e->files[i] =
			(struct index_file){ load_le64(p), load_le64(p + 8),
			                     load_le64(p + 16) };
	*at = p;
	return true;
}

static void drop_all(struct index_entry **v, size_t *count)
{
	index_entries_free(*v, *count);
	*v = NULL;
	*count = 0;
}

bool index_decode(const uint8_t *bytes, size_t len, struct index_entry **v,
                  size_t *count, struct error *err)
{
	const uint8_t *at = bytes + HEAD, *end = bytes + len;
	uint32_t most;
	bool ok = true;

	*v = NULL;
	*count = 0;
	if (!is_whole(bytes, len))
		return true;
	most = load_le32(bytes + 12);
	if (most > (len - HEAD) / ENTRY)
		return true;
	*v = mem_zalloc((most + (size_t)1) * sizeof(**v), err);
	if (!*v)
		return false;
	while (*count < most && ok) {
		struct index_entry *e = &(*v)[*count];

		if (!decode_entry(&at, end, e, &ok, err)) {
			drop_all(v, count);
			return false;
		}
		*count += ok;
		if (ok && *count > 1 && strcmp(e[-1].name, e->name) >= 0)
			ok = false;
	}
	if (!ok || at != end)
		drop_all(v, count);
	return true;
}

static size_t encode_entry(const struct index_entry *e, uint8_t *p)
{
	put_uuid(e->name, p);
	store_le64(p + 16, e->size);
	store_le64(p + 24, e->ino);
	store_le64(p + 32, (uint64_t)e->mtime);
	store_le64(p + 40, (uint64_t)e->ctime);
	store_le64(p + 48, (uint64_t)e->flushed);
	store_le32(p + 56, e->knows);
	store_le32(p + 60, e->count);
	for (uint32_t i = 0; i < e->count; i++) {
		uint8_t *f = p + ENTRY + (size_t)i * FILE_ENTRY;

		store_le64(f, e->files[i].dev);
		store_le64(f + 8, e->files[i].ino);
		store_le64(f + 16, e->files[i].path);
	}
	return ENTRY + (size_t)e->count * FILE_ENTRY;
}

static uint8_t *encode(const struct index *index, size_t *len,
                       struct error *err)
{
	uint8_t *bytes, *p;

	*len = HEAD;
	for (size_t i = 0; i < index->count; i++)
		*len += ENTRY + (size_t)index->closed[i].count * FILE_ENTRY;
	bytes = mem_zalloc(*len, err);
	if (!bytes)
		return NULL;
	memcpy(bytes, magic, sizeof(magic));
	store_le32(bytes + 8, FORMAT_NOW);
	store_le32(bytes + 12, (uint32_t)index->count);
	store_le64(bytes + 16, *len);
	p = bytes + HEAD;
	for (size_t i = 0; i < index->count; i++)
		p += encode_entry(&index->closed[i], p);
	store_le32(bytes + HEAD - 4, crc_of(bytes, *len));
	return bytes;
}

/* --- reading -------------------------------------------------------------- */

/* What the file says; nothing if it cannot be read. */
static bool read_file(const struct folder *folder, struct index_entry **v,
                      size_t *count, struct error *err)
{
	uint8_t *bytes = NULL;
	struct sys_stat st;
	bool ok = true;
	int fd;

	*v = NULL;
	*count = 0;
	if (!folder_open_file(folder, index_name, SYS_READ, &fd, err))
		return err->code != ERR_NOMEM;
	if (folder->sys->fstat(fd, &st) >= 0 && st.size <= LENGTH_MAX) {
		bytes = mem_zalloc((size_t)st.size + 1, err);
		ok = bytes != NULL;
	}
	if (bytes && disk_read(folder->sys, fd, bytes, (size_t)st.size, 0) ==
	                     (int64_t)st.size)
		ok = index_decode(bytes, (size_t)st.size, v, count, err);
	mem_free(bytes);
	(void)folder->sys->close(fd);
	return ok;
}

/* The first entry with this name or a later one. */
static size_t find(const struct index_entry *v, size_t count, const char *name)
{
	size_t lo = 0, hi = count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct listing {
	struct index *index;
	struct index_entry *known; /* owned: what the file says */
	size_t count, used;
	bool ok;
	struct error *err;
};

static bool is_same(const struct index_entry *e, const struct sys_stat *st)
{
	return e->size == st->size && e->ino == st->ino &&
	       e->mtime == st->mtime && e->ctime == st->ctime;
}

/* The name is behind all that are there, or N1 is mended at the end. */
static bool add_closed(struct index *index, const struct index_entry *entry,
                       struct error *err)
{
	if (!mem_grow(&index->closed, &index->cap, index->count + 1,
	              sizeof(*index->closed), err))
		return false;
	index->closed[index->count++] = *entry;
	return true;
}

static bool add_other(struct index *index, const char *name, struct error *err)
{
	if (!mem_grow(&index->others, &index->other_cap, index->other_count + 1,
	              sizeof(*index->others), err))
		return false;
	strcpy(index->others[index->other_count++], name);
	return true;
}

/* A journal that the index knew nothing of, or that is another one now. */
static bool look(struct index *index, const char *name,
                 const struct sys_stat *st, struct error *err)
{
	struct index_entry entry = { .size = st->size,
		                     .ino = st->ino,
		                     .mtime = st->mtime,
		                     .ctime = st->ctime };

	if (recover_is_closed(index->folder, name, &entry.flushed, err)) {
		strcpy(entry.name, name);
		index->is_new = true;
		return add_closed(index, &entry, err);
	}
	return err->code != ERR_NOMEM && add_other(index, name, err);
}

static bool take(void *arg, const char *name)
{
	struct listing *l = arg;
	struct index *index = l->index;
	size_t at = find(l->known, l->count, name);
	struct sys_stat st;

	if (index->folder->sys->stat_in(index->folder->fd, name, &st) < 0) {
		/* It may have gone. */
		l->ok = add_other(index, name, l->err);
	} else if (at < l->count && strcmp(l->known[at].name, name) == 0 &&
	           is_same(&l->known[at], &st)) {
		l->ok = add_closed(index, &l->known[at], l->err);
		l->known[at].files = l->ok ? NULL : l->known[at].files;
		l->used++;
	} else {
		l->ok = look(index, name, &st, l->err);
	}
	return l->ok;
}

static int by_name(const void *a, const void *b)
{
	const struct index_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

struct index *index_open(const struct folder *folder, struct error *err)
{
	struct index *index = mem_zalloc(sizeof(*index), err);
	struct listing l = { .index = index, .ok = true, .err = err };
	bool ok = index && read_file(folder, &l.known, &l.count, err);

	if (ok) {
		index->folder = folder;
		ok = recover_names(folder, take, &l, err) && l.ok;
	}
	if (ok) {
		index->is_new = index->is_new || l.used < l.count;
		if (index->count > 0)
			qsort(index->closed, index->count,
			      sizeof(*index->closed), by_name);
	}
	index_entries_free(l.known, l.count);
	if (ok)
		return index;
	index_free(index);
	return NULL;
}

/* --- what it says --------------------------------------------------------- */

size_t index_count(const struct index *index)
{
	return index->count;
}

const struct index_entry *index_at(const struct index *index, size_t i)
{
	return &index->closed[i];
}

const struct index_entry *index_find(const struct index *index,
                                     const char *name)
{
	size_t at = find(index->closed, index->count, name);

	return at < index->count && strcmp(index->closed[at].name, name) == 0
	               ? &index->closed[at]
	               : NULL;
}

size_t index_others(const struct index *index)
{
	return index->other_count;
}

const char *index_other(const struct index *index, size_t i)
{
	return index->others[i];
}

bool index_learn(struct index *index, const char *name,
                 const struct index_file *files, size_t count,
                 struct error *err)
{
	size_t at = find(index->closed, index->count, name);
	struct index_file *copy;
	struct index_entry *e;

	if (at == index->count || strcmp(index->closed[at].name, name) != 0 ||
	    count > RECORD_FILES_MAX)
		return true;
	e = &index->closed[at];
	copy = mem_zalloc((count + 1) * sizeof(*copy), err);
	if (!copy)
		return false;
	if (count > 0)
		memcpy(copy, files, count * sizeof(*copy));
	mem_free(e->files);
	e->files = copy;
	e->count = (uint32_t)count;
	e->knows = true;
	index->is_new = true;
	return true;
}

void index_drop(struct index *index, const char *name)
{
	size_t at = find(index->closed, index->count, name);

	if (at == index->count || strcmp(index->closed[at].name, name) != 0)
		return;
	mem_free(index->closed[at].files);
	index->count--;
	memmove(index->closed + at, index->closed + at + 1,
	        (index->count - at) * sizeof(*index->closed));
	index->is_new = true;
}

/* --- writing -------------------------------------------------------------- */

/* Write and rename a file that is open and locked, unless another program has
   renamed it just before the lock. */
static bool put_file(const struct index *index, int fd, const uint8_t *bytes,
                     size_t len, struct error *err)
{
	const struct folder *folder = index->folder;
	const struct sys *sys = folder->sys;
	struct sys_stat open, named;
	int res = sys->fstat(fd, &open);

	if (res >= 0 && (sys->stat_in(folder->fd, new_name, &named) < 0 ||
	                 open.dev != named.dev || open.ino != named.ino))
		return true;
	if (res >= 0)
		res = disk_truncate(sys, fd, 0);
	if (res >= 0)
		res = disk_write(sys, fd, bytes, len, 0);
	if (res >= 0)
		res = disk_rename_in(sys, folder->fd, new_name, index_name);
	return res >= 0 || folder_failed(folder, new_name, "write", res, err);
}

bool index_store(struct index *index, struct error *err)
{
	const struct folder *folder = index->folder;
	uint8_t *bytes;
	size_t len;
	int fd;
	bool ok;

	if (!index->is_new)
		return true;
	bytes = encode(index, &len, err);
	if (!bytes)
		return false;
	ok = len <= LENGTH_MAX &&
	     folder_open_file(folder, new_name,
	                      SYS_WRITE | SYS_CREATE | SYS_PRIVATE, &fd, err);
	if (ok) {
		if (disk_lock(folder->sys, fd, SYS_LOCK_TAKE) >= 0)
			ok = put_file(index, fd, bytes, len, err);
		(void)folder->sys->close(fd);
	}
	mem_free(bytes);
	index->is_new = !ok;
	return ok || len > LENGTH_MAX;
}
