/*
 * recover_replay.c - the groups of a journal, for some documents: see recover.h
 *
 * Documents do not depend on each other, so leaving one out changes nothing for
 * the rest, as long as no step is cut in two. The file is read a second time,
 * group by group, with its CRCs.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "keep/disk.h"
#include "keep/recover_impl.h"

static bool touches(const struct recover *rec, size_t group, uint32_t file)
{
	size_t from;
	size_t to = recover_touched(rec, group, &from);

	for (; from < to; from++)
		if (rec->touched[from] == file)
			return true;
	return false;
}

bool recover_steps(const struct recover *rec, uint32_t file, uint32_t *steps,
                   struct error *err)
{
	enum { DONE = 1, TOUCHES = 2 };
	uint8_t *of = mem_zalloc(rec->at.groups + 1, err);

	if (!of)
		return false;
	for (size_t i = 0; i < rec->at.groups; i++) {
		const struct recover_group *info = &rec->groups[i].info;

		if (info->step == 0 || info->step > i + 1)
			continue;
		if (info->type == RECORD_UNDO)
			of[info->step - 1] &= TOUCHES;
		else
			of[info->step - 1] |= DONE;
		if (info->type == RECORD_CHANGES && touches(rec, i, file))
			of[info->step - 1] |= TOUCHES;
	}
	*steps = 0;
	for (size_t i = 0; i < rec->at.groups; i++)
		*steps += of[i] == (DONE | TOUCHES);
	mem_free(of);
	return true;
}

bool recover_is_undone(const struct recover *rec, bool *undone,
                       struct error *err)
{
	bool any = false;
	uint32_t steps = 0;

	*undone = false;
	if (rec->kind != RECOVER_WAITING || !rec->writable ||
	    rec->at.flush.number != 0 || rec->at.done > 0 ||
	    rec->at.origins > 0 || rec->at.released > 0)
		return true;
	for (uint32_t i = 1; i <= rec->at.files && steps == 0; i++) {
		if (!recover_steps(rec, i, &steps, err))
			return false;
		any = true;
	}
	*undone = steps == 0 &&
	          (rec->at.remarks > 0 || (any && recover_waits(rec)));
	return true;
}

/* The groups of a step follow each other, with groups of nothing between. */
static bool step_wanted(const struct recover *rec, uint32_t step,
                        const bool *wanted, bool *chosen, uint32_t *also)
{
	bool in = false;
	uint32_t out = 0;

	for (size_t i = step - 1; i < rec->at.groups; i++) {
		const struct recover_group *info = &rec->groups[i].info;
		size_t from;
		size_t to = recover_touched(rec, i, &from);

		if (info->type != RECORD_CHANGES) {
			if (info->type == RECORD_UNDO ||
			    info->type == RECORD_REDO)
				break;
			continue;
		}
		if (info->step != step)
			break;
		if (recover_is_old(rec, i)) {
			*chosen = false;
			return true;
		}
		for (; from < to; from++) {
			uint32_t file = rec->touched[from];

			if (wanted[file - 1])
				in = true;
			else
				out = file;
		}
	}
	*chosen = in;
	*also = out;
	return !in || out == 0;
}

/* The step of a group, or of the group that it is about, was decided before. */
static bool choose(struct recover *rec, size_t group, const bool *wanted,
                   uint32_t *also, struct error *err)
{
	const struct recover_group *info = &rec->groups[group].info;
	bool *chosen = &rec->chosen[group];
	uint32_t missing;

	*chosen = false;
	if (info->type == 0 || info->step == 0 || info->step > group + 1)
		return true;
	if (info->step != group + 1) {
		*chosen = rec->chosen[info->step - 1];
		return true;
	}
	if (info->type != RECORD_CHANGES ||
	    step_wanted(rec, info->step, wanted, chosen, &missing))
		return true;
	*also = missing;
	return error_set(err, ERR_STATE,
	                 "change %u of %s also touches another file",
	                 info->step, rec->name);
}

bool recover_begin_plan(struct recover *rec, struct error *err)
{
	mem_free(rec->chosen);
	rec->chosen = mem_zalloc(rec->at.groups + 1, err);
	rec->group = 0;
	rec->off = 0;
	rec->begun = false;
	rec->cursor.count = 0;
	return rec->chosen != NULL;
}

bool recover_plan(struct recover *rec, const bool *wanted, uint32_t *also,
                  struct error *err)
{
	if (!recover_begin_plan(rec, err))
		return false;
	for (size_t i = 0; i < rec->at.groups; i++)
		if (!choose(rec, i, wanted, also, err)) {
			mem_free(rec->chosen);
			rec->chosen = NULL;
			return false;
		}
	return true;
}

static void end_group(struct recover *rec, struct recover_item *item)
{
	if (rec->begun)
		item->what = RECOVER_COMMIT;
	rec->begun = false;
	rec->off = 0;
	rec->group++;
}

/* What a record gives, if anything. */
static void take(struct recover *rec, const struct record *record,
                 const uint8_t *payload, struct recover_item *item)
{
	size_t bytes;

	switch (record->type) {
	case RECORD_CHANGES:
		(void)record_changes(payload, record->len, &bytes,
		                     &rec->cursor);
		break;
	case RECORD_UNDO:
		item->what = RECOVER_UNDO;
		break;
	case RECORD_REDO:
		item->what = RECOVER_REDO;
		break;
	case RECORD_NOTE:
		item->what = RECOVER_NOTE;
		item->group = record_get_number(payload);
		item->text = (const char *)payload + 4;
		item->text_len = record->len - 4;
		break;
	default:
		break;
	}
}

static bool next_record(struct recover *rec, struct recover_item *item,
                        struct error *err)
{
	struct record record;
	const uint8_t *payload =
		recover_must_record(rec, rec->off, &record, err);

	if (!payload)
		return false;
	rec->off += record_size(record.len);
	rec->last = record.flags & RECORD_LAST;
	take(rec, &record, payload, item);
	return true;
}

/* One step through the file; item->what is DONE if it gave nothing. */
static bool advance(struct recover *rec, struct recover_item *item,
                    struct error *err)
{
	item->group = item->at = (uint32_t)rec->group + 1;
	item->info = rec->groups[rec->group].info;
	if (rec->cursor.count > 0) {
		if (!record_next_change(&rec->cursor, &item->change,
		                        &item->pieces))
			return error_set(err, ERR_CHANGED, "%s: changed",
			                 rec->name);
		item->what = RECOVER_CHANGE;
		item->last = rec->last && rec->cursor.count == 0;
		return true;
	}
	if (rec->off == 0) {
		rec->off = rec->groups[rec->group].off;
		rec->last = false;
		if (item->info.type == RECORD_CHANGES) {
			rec->begun = true;
			item->what = RECOVER_BEGIN;
			return true;
		}
	}
	if (!rec->last)
		return next_record(rec, item, err);
	end_group(rec, item);
	return true;
}

bool recover_next(struct recover *rec, struct recover_item *item,
                  struct error *err)
{
	memset(item, 0, sizeof(*item));
	item->what = RECOVER_DONE;
	while (rec->chosen && rec->group < rec->at.groups &&
	       item->what == RECOVER_DONE) {
		if (!rec->chosen[rec->group])
			rec->group++;
		else if (!advance(rec, item, err))
			return false;
	}
	return true;
}

bool recover_read(struct recover *rec, uint64_t off, void *buf, size_t len,
                  struct error *err)
{
	const struct recover_window *window = &rec->window;
	int64_t n;

	/* Mostly of the record that is being gone through. */
	if (off >= window->off && off - window->off < window->len &&
	    len <= window->len - (size_t)(off - window->off)) {
		memcpy(buf, window->bytes + (off - window->off), len);
		return true;
	}
	n = disk_read(rec->folder->sys, rec->fd, buf, len, off);
	if (n == (int64_t)len)
		return true;
	if (n >= 0)
		return error_set(err, ERR_CHANGED, "%s: has been cut short",
		                 rec->name);
	(void)folder_failed(rec->folder, rec->name, "read", n, err);
	return false;
}
