/*
 * recover_take.c - what the records of a journal say: see recover_impl.h
 *
 * Each is taken into the lists, if it can be; what cannot be was not written by
 * a crash, since its CRC is right.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "keep/recover_impl.h"

/* The journal says what cannot be; the CRCs are right, so it was written so. */
static bool absurd(struct recover *rec, const struct record *record,
                   const char *what)
{
	rec->kind = RECOVER_DAMAGED;
	return error_set(&rec->why, ERR_CHANGED, "%s at offset %#llx", what,
	                 (unsigned long long)record->off);
}

bool recover_not_known(struct recover *rec, const struct record *record)
{
	return absurd(rec, record, "a record that is not known");
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

/* --- flushes -------------------------------------------------------------- */

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

/* Nothing depends on them but the history. */
static bool take_gone(struct recover *rec, const struct recover_mark *at,
                      const struct record *record, const uint8_t *payload)
{
	struct record_images images;

	return (in_flush(at, record) &&
	        record_images(record->type, payload, record->len, &images) &&
	        images.file == at->flush.file) ||
	       absurd(rec, record, "bytes of another file");
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

/* --- changes -------------------------------------------------------------- */

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
static bool bytes_are_here(const struct record_change *change,
                           const struct record *record)
{
	return change->from > change->to ||
	       (change->from >= RECORD_START &&
	        change->to <= record->off + RECORD_HEAD + record->len);
}

/* They are verified while they are taken. */
static bool take_changes(struct recover *rec, struct recover_mark *at,
                         struct recover_entry *entry,
                         const struct record *record, const uint8_t *payload,
                         struct error *err)
{
	struct record_cursor cursor;
	struct record_cursor pieces;
	struct record_change change;

	if (!record_changes_begin(payload, record->len, &cursor))
		return recover_not_known(rec, record);
	if (cursor.count > 0 &&
	    !set_type(rec, entry, record, RECORD_CHANGES, 0))
		return false;
	while (record_next_change(&cursor, &change, &pieces)) {
		if (change.file > at->files)
			return absurd(rec, record, "no such document");
		if (!bytes_are_here(&change, record))
			return absurd(rec, record, "bytes that are not there");
		if (!touch(rec, at, entry, change.file, err))
			return false;
	}
	return record_changes_end(&cursor) || recover_not_known(rec, record);
}

static bool take_numbers(struct record_cursor cursor, uint32_t **v, size_t *cap,
                         size_t *count, struct error *err)
{
	uint32_t n;

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
	return take_numbers(cursor, &rec->numbers, &rec->numbers_cap,
	                    &at->numbers, err);
}

static bool is_name(const char *text)
{
	return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                                  "0123456789-")] == '\0';
}

/* Names are few. What cannot be one is nobody's. */
static bool take_called(struct recover *rec, struct recover_mark *at,
                        const struct record *record, const uint8_t *payload,
                        struct error *err)
{
	struct recover_name name = { "" };
	size_t i = 0;

	at->called = 0;
	memcpy(name.text, payload, record->len);
	if (!is_name(name.text))
		return true;
	while (i < rec->name_count &&
	       strcmp(rec->names[i].text, name.text) != 0)
		i++;
	if (i == UINT8_MAX)
		return true;
	if (i == rec->name_count) {
		if (!mem_grow(&rec->names, &rec->names_cap, i + 1,
		              sizeof(*rec->names), err))
			return false;
		rec->names[rec->name_count++] = name;
	}
	at->called = (uint8_t)(i + 1);
	return true;
}

bool recover_take_record(struct recover *rec, struct recover_mark *at,
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
	case RECORD_REMARK:
		if (entry->info.type != 0)
			return true;
		at->remarks++;
		return set_type(rec, entry, record, RECORD_REMARK, 0);
	case RECORD_CALLED:
		return take_called(rec, at, record, payload, err);
	case RECORD_ORIGIN:
		return take_origin(rec, at, record, payload, err);
	case RECORD_FLUSH_BEGIN:
		return take_begin(rec, at, record, payload);
	case RECORD_FLUSH_TARGET:
		return take_target(rec, at, record, payload);
	case RECORD_FLUSH_IMAGES:
	case RECORD_FLUSH_BLIND:
		return take_images(rec, at, record, payload);
	case RECORD_FLUSH_GONE:
		return take_gone(rec, at, record, payload);
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
		return take_numbers(cursor, &rec->released, &rec->released_cap,
		                    &at->released, err);
	default:
		return true;
	}
}

/* A group is whole. */
bool recover_end_group(struct recover *rec, struct recover_mark *at,
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
		info->called = at->called;
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
