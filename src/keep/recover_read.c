/*
 * recover_read.c - opening, reading and letting go: see recover.h
 *
 * One pass over the file makes lists: groups, documents, which group touches
 * which document. The lists only grow; a mark says how much of them belongs to
 * groups that are whole, and what comes after the last mark is dropped. So an
 * unfinished group, and an adoption that was not ended, leave no trace.
 */
#include "config.h"

#include "keep/recover.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "keep/disk.h"
#include "keep/journal.h"
#include "keep/recover_impl.h"

enum { WINDOW = 256 * 1024 };

static bool io_failed(const struct recover *rec, const char *what, int64_t res,
                      struct error *err)
{
	(void)folder_failed(rec->folder, rec->name, what, res, err);
	err->code = ERR_IO;
	return false;
}

/* --- names --------------------------------------------------------------------- */

struct naming {
	bool (*each)(void *arg, const char *name);
	void *arg;
};

static bool is_name(const char *name)
{
	return strlen(name) == RECORD_NAME + 4 &&
	       strspn(name, "0123456789abcdef") == RECORD_NAME &&
	       strcmp(name + RECORD_NAME, ".hxj") == 0;
}

static bool pass_name(void *arg, const char *name)
{
	struct naming *naming = arg;

	return !is_name(name) || naming->each(naming->arg, name);
}

bool recover_names(const struct folder *folder,
                   bool (*each)(void *arg, const char *name), void *arg,
                   struct error *err)
{
	struct naming naming = { each, arg };
	int res = folder->sys->list(folder->fd, pass_name, &naming);

	return res >= 0 || folder_failed(folder, ".", "list", res, err);
}

/* --- reading the file ------------------------------------------------------------ */

static bool fill_window(struct recover *rec, uint64_t off, size_t len,
                        struct error *err)
{
	struct recover_window *window = &rec->window;
	size_t want = len > WINDOW ? len : WINDOW;
	int64_t n;

	want = (size_t)u64_min(want, rec->size - off);
	if (want > window->cap &&
	    !mem_grow(&window->bytes, &window->cap, want, 1, err))
		return false;
	window->len = 0;
	n = disk_read(rec->folder->sys, rec->fd, window->bytes, want, off);
	if (n < 0)
		return io_failed(rec, "read", n, err);
	window->off = off;
	window->len = (size_t)n;
	return true;
}

const uint8_t *recover_bytes(struct recover *rec, uint64_t off, size_t len,
                             bool *failed, struct error *err)
{
	const struct recover_window *window = &rec->window;

	*failed = false;
	if (off > rec->size || len > rec->size - off)
		return NULL;
	if (off < window->off || off - window->off > window->len ||
	    len > window->len - (size_t)(off - window->off)) {
		if (!fill_window(rec, off, len, err)) {
			*failed = true;
			return NULL;
		}
		if (window->len < len)
			return NULL;
	}
	return window->bytes + (off - window->off);
}

const uint8_t *recover_record(struct recover *rec, uint64_t off,
                              struct record *record, bool *failed,
                              struct error *err)
{
	const uint8_t *at = recover_bytes(rec, off, RECORD_HEAD, failed, err);

	if (!at || !record_head_decode(at, rec->head.salt, off, record))
		return NULL;
	at = recover_bytes(rec, off, record_size(record->len), failed, err);
	if (!at || !record_payload_is(at, record, at + RECORD_HEAD))
		return NULL;
	return at + RECORD_HEAD;
}

/* --- what records say --------------------------------------------------------------- */

/* The journal says what cannot be; the CRCs are right, so it was written so. */
static bool absurd(struct recover *rec, const struct record *record,
                   const char *what)
{
	rec->kind = RECOVER_DAMAGED;
	return error_set(&rec->why, ERR_CHANGED, "%s at offset %#llx", what,
	                 (unsigned long long)record->off);
}

static bool add_number(uint32_t **v, size_t *cap, size_t *count, uint32_t n,
                       struct error *err)
{
	if (!mem_grow(v, cap, *count + 1, sizeof(**v), err))
		return false;
	(*v)[(*count)++] = n;
	return true;
}

static bool take_file(struct recover *rec, struct recover_mark *at,
                      const struct record *record, const uint8_t *payload,
                      struct error *err)
{
	struct record_file file;
	char *path;

	if (!record_get_file(payload, record->len, &file) ||
	    file.file != at->files + 1)
		return absurd(rec, record, "a document out of order");
	if (!mem_grow(&rec->files, &rec->files_cap, at->files + 1,
	              sizeof(*rec->files), err))
		return false;
	path = mem_strndup(file.path, file.path_len, err);
	if (!path)
		return false;
	file.path = path;
	rec->files[at->files++] = file;
	return true;
}

/* --- flushes ---------------------------------------------------------------- */

static bool take_begin(struct recover *rec, struct recover_mark *at,
                       const struct record *record, const uint8_t *payload)
{
	struct record_flush begin;

	record_flush_decode(payload, record->len, &begin);
	if (at->flush.number != 0 || begin.flush != record->group)
		return absurd(rec, record, "a flush in a flush");
	at->flush = (struct recover_flushing){ .number = begin.flush,
		                               .targets = begin.targets,
		                               .off = record->off };
	return true;
}

/* Is a part of the flush that is being begun to be here? */
static bool in_flush(const struct recover_mark *at, const struct record *record)
{
	return at->flush.number == record->group && !at->flush.committed;
}

static bool take_target(struct recover *rec, struct recover_mark *at,
                        const struct record *record, const uint8_t *payload)
{
	struct record_file file;

	if (!in_flush(at, record) ||
	    !record_get_file(payload, record->len, &file) ||
	    file.file > at->files || at->flush.seen == at->flush.targets)
		return absurd(rec, record, "a file that is not flushed");
	at->flush.seen++;
	at->flush.file = file.file;
	return true;
}

static bool take_images(struct recover *rec, struct recover_mark *at,
                        const struct record *record, const uint8_t *payload)
{
	struct record_images images;

	if (!in_flush(at, record) ||
	    !record_images(record->type, payload, record->len, &images) ||
	    images.file != at->flush.file)
		return absurd(rec, record, "images of another file");
	at->flush.ranges += images.list.count;
	at->flush.bytes += images.bytes;
	return true;
}

/* A file whose length changes has no images. */
static bool take_exchange(struct recover *rec, struct recover_mark *at,
                          const struct record *record, const uint8_t *payload)
{
	struct record_exchange exchange = record_exchange_decode(payload);

	if (!in_flush(at, record) || exchange.temp.file != at->flush.file)
		return absurd(rec, record, "the place of another file");
	at->flush.file = 0;
	return true;
}

static bool take_temp(struct recover *rec, struct recover_mark *at,
                      const struct record *record, const uint8_t *payload,
                      struct error *err)
{
	struct record_temp temp = record_temp_decode(payload);

	if (temp.file > at->files)
		return absurd(rec, record, "no such document");
	if (!mem_grow(&rec->temps, &rec->temps_cap, at->temps + 1,
	              sizeof(*rec->temps), err))
		return false;
	rec->temps[at->temps++] = temp;
	return true;
}

static bool take_commit(struct recover *rec, struct recover_mark *at,
                        const struct record *record, const uint8_t *payload)
{
	struct record_flush commit;

	record_flush_decode(payload, record->len, &commit);
	if (!in_flush(at, record) || !(record->flags & RECORD_LAST) ||
	    commit.flush != at->flush.number ||
	    commit.targets != at->flush.seen ||
	    at->flush.seen != at->flush.targets ||
	    commit.ranges != at->flush.ranges ||
	    commit.bytes != at->flush.bytes)
		return absurd(rec, record, "a flush that is not complete");
	at->flush.committed = true;
	at->flush.end = record->off;
	return true;
}

bool recover_same_file(const struct recover *rec, uint32_t a, uint32_t b)
{
	const struct record_file *x = &rec->files[a - 1];
	const struct record_file *y = &rec->files[b - 1];

	return x->kind == y->kind && x->dev == y->dev && x->ino == y->ino;
}

/* This document was flushed, by whatever numbers it had until then. */
static bool add_numbers(struct recover *rec, struct recover_mark *at,
                        uint32_t file, struct error *err)
{
	for (uint32_t i = 1; i <= at->files; i++)
		if (recover_same_file(rec, i, file) &&
		    !add_number(&rec->flushed, &rec->flushed_cap, &at->flushed,
		                i, err))
			return false;
	return true;
}

/* These had nothing to be written. */
static bool add_settled(struct recover *rec, struct recover_mark *at,
                        const uint8_t *payload, size_t len, struct error *err)
{
	struct record_cursor cursor;
	uint32_t n;

	record_numbers(payload, len, &cursor);
	while (record_next_number(&cursor, &n))
		if (n > 0 && n <= at->files &&
		    !add_number(&rec->flushed, &rec->flushed_cap, &at->flushed,
		                n, err))
			return false;
	return true;
}

/* The documents of a flush that was done. */
static bool add_flushed(struct recover *rec, struct recover_mark *at,
                        const struct recover_flushing *flush, struct error *err)
{
	struct record_file file;
	struct record record = { 0 };
	bool failed;

	for (uint64_t off = flush->off; off < flush->end;
	     off += record_size(record.len)) {
		const uint8_t *payload =
			recover_record(rec, off, &record, &failed, err);

		if (!payload)
			return !failed && absurd(rec, &record, "lost records");
		if (record.type == RECORD_RELEASED &&
		    !add_settled(rec, at, payload, record.len, err))
			return false;
		if (record.type != RECORD_FLUSH_TARGET)
			continue;
		if (!record_get_file(payload, record.len, &file) ||
		    !add_numbers(rec, at, file.file, err))
			return false;
	}
	return true;
}

/* It was done, and this says so. */
static bool add_done(struct recover *rec, struct recover_mark *at,
                     const struct record *record, struct error *err)
{
	const struct recover_flushing *flush = &at->flush;

	if (!mem_grow(&rec->done, &rec->done_cap, at->done + 1,
	              sizeof(*rec->done), err))
		return false;
	rec->done[at->done++] =
		(struct recover_done){ flush->number, flush->off, flush->end,
		                       record->time };
	return true;
}

static bool take_over(struct recover *rec, struct recover_mark *at,
                      const struct record *record, const uint8_t *payload,
                      struct error *err)
{
	struct recover_flushing flush = at->flush;
	enum record_over over;
	bool done;

	if (!flush.committed ||
	    record_over_decode(payload, &over) != flush.number)
		return absurd(rec, record, "the end of no flush");
	done = over == RECORD_OVER_DONE;
	if (done && !add_done(rec, at, record, err))
		return false;
	at->flush = (struct recover_flushing){ 0 };
	return !done || add_flushed(rec, at, &flush, err);
}

/* --- changes ---------------------------------------------------------------- */

/* What was given to the group so far says that it is of one type. */
static bool set_type(struct recover *rec, struct recover_entry *entry,
                     const struct record *record, uint16_t type, uint32_t step)
{
	if (entry->info.type != 0 && entry->info.type != type)
		return absurd(rec, record, "a change and an undo in one");
	entry->info.type = type;
	entry->info.step = step;
	return true;
}

static bool take_step(struct recover *rec, const struct recover_mark *at,
                      struct recover_entry *entry, const struct record *record,
                      const uint8_t *payload)
{
	uint32_t step = record_get_number(payload);

	if (step > at->groups ||
	    rec->groups[step - 1].info.type != RECORD_CHANGES ||
	    rec->groups[step - 1].info.step != step)
		return absurd(rec, record, "an undo of what was not done");
	return set_type(rec, entry, record, record->type, step);
}

static bool touch(struct recover *rec, struct recover_mark *at,
                  const struct recover_entry *entry, uint32_t file,
                  struct error *err)
{
	for (size_t i = at->touched; i > entry->touched; i--)
		if (rec->touched[i - 1] == file)
			return true;
	return add_number(&rec->touched, &rec->touched_cap, &at->touched, file,
	                  err);
}

/* Bytes of the store stand before the end of the record that uses them. */
static bool pieces_are_here(struct record_cursor *pieces,
                            const struct record *record)
{
	uint64_t end = record->off + RECORD_HEAD + record->len;
	struct record_piece piece;

	while (record_next_piece(pieces, &piece))
		if (piece.kind == RECORD_PIECE_STORE &&
		    (piece.off < RECORD_START || piece.off > end ||
		     piece.len > end - piece.off))
			return false;
	return true;
}

static bool take_changes(struct recover *rec, struct recover_mark *at,
                         struct recover_entry *entry,
                         const struct record *record, const uint8_t *payload,
                         struct error *err)
{
	struct record_cursor cursor;
	struct record_cursor pieces;
	struct record_change change;
	size_t bytes;

	(void)record_changes(payload, record->len, &bytes, &cursor);
	if (cursor.count > 0 &&
	    !set_type(rec, entry, record, RECORD_CHANGES, 0))
		return false;
	while (record_next_change(&cursor, &change, &pieces)) {
		if (change.file > at->files)
			return absurd(rec, record, "no such document");
		if (!pieces_are_here(&pieces, record))
			return absurd(rec, record, "bytes that are not there");
		if (!touch(rec, at, entry, change.file, err))
			return false;
	}
	return true;
}

static bool take_numbers(struct recover *rec, struct record_cursor cursor,
                         uint32_t **v, size_t *cap, size_t *count,
                         struct error *err)
{
	uint32_t n;

	(void)rec;
	while (record_next_number(&cursor, &n))
		if (!add_number(v, cap, count, n, err))
			return false;
	return true;
}

static bool take_origin(struct recover *rec, struct recover_mark *at,
                        const struct record *record, const uint8_t *payload,
                        struct error *err)
{
	struct recover_origin *origin;
	struct record_cursor cursor;

	if (!mem_grow(&rec->origins, &rec->origins_cap, at->origins + 1,
	              sizeof(*rec->origins), err))
		return false;
	origin = &rec->origins[at->origins++];
	memcpy(origin->uuid, payload, RECORD_UUID);
	origin->first = (uint32_t)at->numbers;
	record_numbers(payload + RECORD_UUID, record->len - RECORD_UUID,
	               &cursor);
	origin->count = cursor.count;
	return take_numbers(rec, cursor, &rec->numbers, &rec->numbers_cap,
	                    &at->numbers, err);
}

static bool take_record(struct recover *rec, struct recover_mark *at,
                        struct recover_entry *entry,
                        const struct record *record, const uint8_t *payload,
                        struct error *err)
{
	struct record_cursor cursor;

	if (at->flush.committed &&
	    (record->type == RECORD_CHANGES || record->type == RECORD_UNDO ||
	     record->type == RECORD_REDO))
		return absurd(rec, record, "a change during a flush");
	switch (record->type) {
	case RECORD_FILE:
		return take_file(rec, at, record, payload, err);
	case RECORD_CHANGES:
		return take_changes(rec, at, entry, record, payload, err);
	case RECORD_UNDO:
	case RECORD_REDO:
		return take_step(rec, at, entry, record, payload);
	case RECORD_NOTE:
		if (entry->info.type != 0)
			return true;
		return set_type(rec, entry, record, RECORD_NOTE,
		                record_get_number(payload));
	case RECORD_ORIGIN:
		return take_origin(rec, at, record, payload, err);
	case RECORD_FLUSH_BEGIN:
		return take_begin(rec, at, record, payload);
	case RECORD_FLUSH_TARGET:
		return take_target(rec, at, record, payload);
	case RECORD_FLUSH_IMAGES:
	case RECORD_FLUSH_BLIND:
		return take_images(rec, at, record, payload);
	case RECORD_FLUSH_EXCHANGE:
		return take_exchange(rec, at, record, payload);
	case RECORD_TEMP:
		return take_temp(rec, at, record, payload, err);
	case RECORD_FLUSH_COMMIT:
		return take_commit(rec, at, record, payload);
	case RECORD_FLUSH_OVER:
		return take_over(rec, at, record, payload, err);
	case RECORD_END:
		return !at->flush.committed || add_done(rec, at, record, err);
	case RECORD_RELEASED:
		/* In a flush it counts when that is done. */
		if (in_flush(at, record))
			return true;
		record_numbers(payload, record->len, &cursor);
		return take_numbers(rec, cursor, &rec->released,
		                    &rec->released_cap, &at->released, err);
	default:
		return true;
	}
}

/* A group is whole. */
static bool end_group(struct recover *rec, struct recover_mark *at,
                      struct recover_entry *entry, const struct record *last,
                      struct error *err)
{
	struct recover_group *info = &entry->info;

	if (!mem_grow(&rec->groups, &rec->groups_cap, at->groups + 1,
	              sizeof(*rec->groups), err))
		return false;
	info->time = last->time;
	if (info->type == RECORD_CHANGES) {
		info->join =
			last->flags & RECORD_JOIN && at->change > 0 &&
			rec->groups[at->change - 1].info.type == RECORD_CHANGES;
		info->step = info->join ? rec->groups[at->change - 1].info.step
		                        : last->group;
	}
	rec->groups[at->groups++] = *entry;
	if (info->type == RECORD_CHANGES || info->type == RECORD_UNDO ||
	    info->type == RECORD_REDO)
		at->change = last->group;
	at->last = *last;
	at->end = last->off + record_size(last->len);
	return true;
}

/* --- the pass --------------------------------------------------------------------------- */

struct pass {
	struct recover_mark at; /* with the group that is being read */
	struct recover_entry entry;
	bool in_group;
	bool adopting;
	struct recover_mark before; /* the adoption */
	struct record record;
	uint64_t off; /* where it ended */
};

static void forget_paths(struct recover *rec, size_t from, size_t to)
{
	while (to > from)
		mem_free((void *)(uintptr_t)rec->files[--to].path);
}

/* What an adoption brought counts when it is ended. */
static void pass_adoption(struct recover *rec, struct pass *pass,
                          const struct recover_mark *before)
{
	if (pass->record.type == RECORD_ORIGIN) {
		pass->before = *before;
		pass->adopting = true;
	} else if (pass->record.type == RECORD_ADOPTED) {
		pass->adopting = false;
	} else if (pass->record.type == RECORD_TRAILER) {
		rec->kind = RECOVER_FINISHED;
	}
}

/* The record at pass->off: true if it was taken. */
static bool pass_record(struct recover *rec, struct pass *pass, bool *failed,
                        struct error *err)
{
	const struct record *before =
		pass->off == RECORD_START ? NULL : &pass->record;
	struct record record = { 0 };
	const uint8_t *payload =
		recover_record(rec, pass->off, &record, failed, err);

	if (!payload || !record_follows(&record, before, rec->head.salt))
		return false;
	if (!record_payload_valid(&record, payload))
		return absurd(rec, &record, "a record that is not known");
	if (!pass->in_group)
		pass->entry = (struct recover_entry){
			.off = pass->off,
			.touched = (uint32_t)pass->at.touched,
		};
	pass->in_group = true;
	pass->record = record;
	*failed = !take_record(rec, &pass->at, &pass->entry, &record, payload,
	                       err) &&
	          rec->kind != RECOVER_DAMAGED;
	if (*failed || rec->kind == RECOVER_DAMAGED)
		return false;
	pass->off += record_size(record.len);
	if (!(record.flags & RECORD_LAST))
		return true;
	*failed = !end_group(rec, &pass->at, &pass->entry, &record, err);
	pass->in_group = false;
	return !*failed;
}

static bool pass_all(struct recover *rec, struct pass *pass, struct error *err)
{
	bool failed = false;

	while (pass_record(rec, pass, &failed, err)) {
		if (pass->in_group)
			continue;
		pass_adoption(rec, pass, &rec->at);
		rec->at = pass->at;
	}
	forget_paths(rec, rec->at.files, pass->at.files);
	if (!failed && pass->adopting) {
		forget_paths(rec, pass->before.files, rec->at.files);
		rec->at = pass->before;
	}
	return !failed;
}

/*
 * What stands behind the last valid record may be the rest of a change that was
 * not finished. But if a head there says that the file was durable up to beyond
 * the first bad byte, that byte was good once.
 */
static bool find_damage(struct recover *rec, uint64_t bad, struct error *err)
{
	struct record record;
	bool failed;

	for (uint64_t off = bad; off < rec->size; off += 8) {
		const uint8_t *at =
			recover_bytes(rec, off, RECORD_HEAD, &failed, err);

		if (failed)
			return false;
		if (!at)
			break;
		if (record_head_decode(at, rec->head.salt, off, &record) &&
		    record.synced > bad) {
			rec->kind = RECOVER_DAMAGED;
			(void)error_set(&rec->why, ERR_CHANGED,
			                "damaged at offset %#llx",
			                (unsigned long long)bad);
			break;
		}
	}
	return true;
}

size_t recover_touched(const struct recover *rec, size_t group, size_t *from)
{
	*from = rec->groups[group].touched;
	return group + 1 < rec->at.groups ? rec->groups[group + 1].touched
	                                  : rec->at.touched;
}

bool recover_is_old(const struct recover *rec, size_t group)
{
	size_t k;
	size_t end = recover_touched(rec, group, &k);

	for (; k < end; k++)
		if (rec->is_old[rec->touched[k] - 1])
			return true;
	return false;
}

static void find_waiting(struct recover *rec)
{
	for (size_t i = 0; i < rec->at.flushed; i++)
		rec->is_old[rec->flushed[i] - 1] = true;
	for (size_t i = 0; i < rec->at.groups; i++) {
		size_t k;
		size_t end = recover_touched(rec, i, &k);

		if (recover_is_old(rec, i))
			continue;
		for (; k < end; k++)
			rec->waits[rec->touched[k] - 1] = true;
	}
	for (size_t i = 0; i < rec->at.released; i++)
		if (rec->released[i] > 0 && rec->released[i] <= rec->at.files)
			rec->waits[rec->released[i] - 1] = false;
	if (rec->kind == RECOVER_FINISHED)
		memset(rec->waits, 0, rec->at.files);
}

bool recover_read_head(struct recover *rec, struct error *err)
{
	bool failed;
	const uint8_t *at = recover_bytes(rec, 0, RECORD_START, &failed, err);
	char name[RECORD_NAME + 1];

	if (failed)
		return false;
	rec->kind = RECOVER_UNREADABLE;
	if (!at) {
		(void)error_set(&rec->why, ERR_CHANGED, "no whole head");
	} else if (record_journal_decode(at, &rec->head, &rec->why)) {
		rec->kind = RECOVER_WAITING;
		rec->why.text[0] = '\0';
		record_name(rec->head.uuid, name);
		if (strncmp(name, rec->name, RECORD_NAME) != 0) {
			rec->kind = RECOVER_UNREADABLE;
			(void)error_set(&rec->why, ERR_CHANGED,
			                "the head of another journal");
		}
	}
	return true;
}

static bool read_all(struct recover *rec, struct error *err)
{
	struct pass pass = { .off = RECORD_START,
		             .at = { .end = RECORD_START } };

	rec->at = pass.at;
	if (!recover_read_head(rec, err))
		return false;
	if (rec->kind == RECOVER_UNREADABLE)
		return true;
	if (!pass_all(rec, &pass, err))
		return false;
	if (rec->kind != RECOVER_DAMAGED && !find_damage(rec, pass.off, err))
		return false;
	rec->waits = mem_zalloc(rec->at.files + 1, err);
	rec->is_old = rec->waits ? mem_zalloc(rec->at.files + 1, err) : NULL;
	if (!rec->is_old)
		return false;
	find_waiting(rec);
	return true;
}

/* --- opening ---------------------------------------------------------------------------- */

static bool open_locked(struct recover *rec, struct error *err)
{
	const struct sys *sys = rec->folder->sys;
	struct sys_stat st;
	int res;

	rec->writable = true;
	if (!folder_open_file(rec->folder, rec->name, SYS_READ | SYS_WRITE,
	                      &rec->fd, err)) {
		rec->fd = -1;
		if (err->sys != EROFS && err->sys != EACCES)
			return false;
		rec->writable = false;
		if (!folder_open_file(rec->folder, rec->name, SYS_READ,
		                      &rec->fd, err)) {
			rec->fd = -1;
			return false;
		}
	}
	res = disk_lock(sys, rec->fd, SYS_LOCK_TAKE);
	if (res == -EAGAIN) {
		rec->kind = RECOVER_LIVE;
		return true;
	}
	if (res >= 0)
		res = sys->fstat(rec->fd, &st);
	if (res < 0)
		return io_failed(rec, "lock", res, err);
	rec->size = st.size;
	return true;
}

struct recover *recover_open(const struct folder *folder, const char *name,
                             struct error *err)
{
	struct recover *rec = mem_zalloc(sizeof(*rec), err);

	if (!rec)
		return NULL;
	rec->folder = folder;
	rec->fd = -1;
	rec->name = mem_strdup(name, err);
	if (rec->name && open_locked(rec, err) &&
	    (rec->kind == RECOVER_LIVE || read_all(rec, err)))
		return rec;
	recover_free(rec);
	return NULL;
}

struct recover *recover_peek(const struct folder *folder, const char *name,
                             struct error *err)
{
	struct recover *rec = mem_zalloc(sizeof(*rec), err);
	struct sys_stat st;
	bool ok;
	int res;

	if (!rec)
		return NULL;
	rec->folder = folder;
	rec->fd = -1;
	rec->name = mem_strdup(name, err);
	ok = rec->name &&
	     folder_open_file(folder, name, SYS_READ, &rec->fd, err);
	if (ok) {
		res = folder->sys->fstat(rec->fd, &st);
		ok = res >= 0 || io_failed(rec, "stat", res, err);
		rec->size = ok ? st.size : 0;
	}
	if (ok && read_all(rec, err))
		return rec;
	recover_free(rec);
	return NULL;
}

void recover_free(struct recover *rec)
{
	if (!rec)
		return;
	if (rec->fd >= 0)
		(void)rec->folder->sys->close(rec->fd);
	forget_paths(rec, 0, rec->at.files);
	mem_free(rec->files);
	mem_free(rec->name);
	mem_free(rec->window.bytes);
	mem_free(rec->groups);
	mem_free(rec->touched);
	mem_free(rec->numbers);
	mem_free(rec->released);
	mem_free(rec->origins);
	mem_free(rec->flushed);
	mem_free(rec->done);
	mem_free(rec->temps);
	mem_free(rec->waits);
	mem_free(rec->is_old);
	mem_free(rec->chosen);
	mem_free(rec);
}

enum recover_kind recover_kind(const struct recover *rec)
{
	return rec->kind;
}

const char *recover_why(const struct recover *rec)
{
	return rec->why.text;
}

const char *recover_name(const struct recover *rec)
{
	return rec->name;
}

const struct record_journal *recover_head(const struct recover *rec)
{
	return &rec->head;
}

uint64_t recover_size(const struct recover *rec)
{
	return rec->size;
}

/* Behind a trailer there is its foot. */
uint64_t recover_torn(const struct recover *rec)
{
	uint64_t behind = rec->size > rec->at.end ? rec->size - rec->at.end : 0;

	if (rec->kind == RECOVER_FINISHED && behind == RECORD_FOOT)
		return 0;
	return behind;
}

uint32_t recover_groups(const struct recover *rec)
{
	return (uint32_t)rec->at.groups;
}

struct recover_group recover_group(const struct recover *rec, uint32_t group)
{
	return rec->groups[group - 1].info;
}

uint32_t recover_files(const struct recover *rec)
{
	return (uint32_t)rec->at.files;
}

const struct record_file *recover_file(const struct recover *rec, uint32_t file)
{
	return &rec->files[file - 1];
}

bool recover_file_waits(const struct recover *rec, uint32_t file)
{
	return rec->waits[file - 1];
}

bool recover_waits(const struct recover *rec)
{
	return rec->waits && memchr(rec->waits, 1, rec->at.files);
}

void recover_settle(struct recover *old, const struct recover *newer)
{
	for (size_t i = 0; i < newer->at.origins; i++) {
		const struct recover_origin *origin = &newer->origins[i];

		if (!old->waits ||
		    memcmp(origin->uuid, old->head.uuid, RECORD_UUID) != 0)
			continue;
		for (uint32_t k = 0; k < origin->count; k++) {
			uint32_t file = newer->numbers[origin->first + k];

			if (file > 0 && file <= old->at.files)
				old->waits[file - 1] = false;
		}
	}
}

/* --- letting go ---------------------------------------------------------------------------- */

static bool refuse(const struct recover *rec, const char *why,
                   struct error *err)
{
	return error_set(err, ERR_STATE, "%s: %s", rec->name, why);
}

static bool remove_file(struct recover *rec, struct error *err)
{
	const struct sys *sys = rec->folder->sys;
	int res = disk_unlink_in(sys, rec->folder->fd, rec->name);

	if (res >= 0 || res == -ENOENT)
		res = disk_sync(sys, rec->folder->fd);
	return res >= 0 || io_failed(rec, "remove", res, err);
}

bool recover_discard(struct recover *rec, struct error *err)
{
	if (rec->kind == RECOVER_LIVE)
		return refuse(rec, "an editor is writing it", err);
	return remove_file(rec, err);
}

/* The file is the journal's from here on. */
static bool append_released(struct recover *rec, const uint32_t *files,
                            uint32_t count, struct error *err)
{
	struct journal *journal =
		journal_resume(rec->folder, rec->name, rec->fd, &rec->head,
	                       &rec->at.last, rec->at.end,
	                       (uint32_t)rec->at.files, err);
	bool ok = journal != NULL;

	rec->fd = -1;
	for (uint32_t i = 0; ok && i < count; i++)
		ok = journal_number(journal, RECORD_RELEASED, files[i], err);
	ok = ok && journal_commit(journal, false, NULL, err) &&
	     journal_sync(journal, err);
	journal_free(journal);
	return ok;
}

bool recover_release(struct recover *rec, const uint32_t *files, uint32_t count,
                     struct error *err)
{
	if (rec->kind == RECOVER_LIVE || rec->kind == RECOVER_UNREADABLE)
		return refuse(rec, "cannot be read", err);
	for (uint32_t i = 0; i < count; i++)
		rec->waits[files[i] - 1] = false;
	if (rec->kind == RECOVER_DAMAGED)
		return refuse(rec, "is damaged and stays as it is", err);
	if (rec->at.flush.committed)
		return refuse(rec, "a flush of it is not finished", err);
	if (!recover_waits(rec))
		return remove_file(rec, err);
	if (!rec->writable)
		return refuse(rec, "cannot be written", err);
	return append_released(rec, files, count, err);
}

bool recover_release_settled(struct recover *old, const struct recover *newer,
                             struct error *err)
{
	uint32_t *files, count = 0;
	bool *before;
	bool ok = true;

	if (!recover_waits(old))
		return true;
	files = mem_zalloc(old->at.files * sizeof(*files), err);
	before = files ? mem_zalloc(old->at.files, err) : NULL;
	if (before) {
		memcpy(before, old->waits, old->at.files);
		recover_settle(old, newer);
		for (uint32_t i = 0; i < old->at.files; i++)
			if (before[i] && !old->waits[i])
				files[count++] = i + 1;
		ok = count == 0 || recover_release(old, files, count, err);
	}
	ok = ok && before;
	mem_free(files);
	mem_free(before);
	return ok;
}
