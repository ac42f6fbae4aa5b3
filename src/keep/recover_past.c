/*
 * recover_past.c - what of a journal is history: see recover.h
 *
 * A step is history as a whole: a flush takes all documents that its steps
 * join.
 */
#include "config.h"

#include "keep/recover.h"

#include "base/error.h"
#include "keep/recover_impl.h"

/* Does a step touch a document that is wanted, and was it flushed? Its groups
   follow each other, with groups of nothing between. */
static bool is_wanted(const struct recover *rec, uint32_t step,
                      const bool *wanted)
{
	/* What another journal has taken up was not flushed by this one. */
	bool in = false,
	     old = rec->kind == RECOVER_FINISHED && rec->at.released == 0;

	for (size_t i = step - 1; i < rec->at.groups; i++) {
		const struct recover_group *info = &rec->groups[i].info;
		size_t from;
		size_t to = recover_touched(rec, i, &from);

		if (info->type == RECORD_UNDO || info->type == RECORD_REDO)
			break;
		if (info->type != RECORD_CHANGES)
			continue;
		if (info->step != step)
			break;
		old = old || recover_is_old(rec, i);
		for (; from < to; from++)
			in = in || wanted[rec->touched[from] - 1];
	}
	return in && old;
}

bool recover_plan_past(struct recover *rec, const bool *wanted,
                       struct error *err)
{
	if (!recover_begin_plan(rec, err))
		return false;
	for (size_t i = 0; i < rec->at.groups; i++) {
		const struct recover_group *info = &rec->groups[i].info;

		if (info->type == 0 || info->step == 0 || info->step > i + 1)
			continue;
		if (info->step != i + 1)
			rec->chosen[i] = rec->chosen[info->step - 1];
		else if (info->type == RECORD_CHANGES)
			rec->chosen[i] = is_wanted(rec, info->step, wanted);
	}
	return true;
}

bool recover_was_flushed(const struct recover *rec, uint32_t file)
{
	return rec->is_old[file - 1] ||
	       (rec->kind == RECOVER_FINISHED && rec->at.released == 0);
}

size_t recover_ends(const struct recover *rec)
{
	return rec->at.done;
}

struct recover_ended recover_ended(const struct recover *rec, size_t idx)
{
	const struct recover_done *done = &rec->done[idx];

	return (struct recover_ended){
		.group = done->number,
		.time = rec->head.created + (int64_t)done->time * 1000000000
	};
}

/* The ranges of one record. */
static bool each_range(const struct record *record, const uint8_t *payload,
                       recover_take_image *take, void *ctx, struct error *err)
{
	uint64_t at = record->off + RECORD_HEAD;
	struct record_images images;
	struct record_range range;

	if (!record_images(record->type, payload, record->len, &images))
		return error_set(err, ERR_CHANGED, "images are not whole");
	while (images.list.count > 0) {
		struct recover_image image = { .file = images.file };

		if (!record_next_range(&images, &range))
			return error_set(err, ERR_CHANGED,
			                 "images are not whole");
		image.off = range.off;
		image.len = range.len;
		if (range.old)
			image.old = at + (uint64_t)(range.old - payload);
		if (range.new_)
			image.new_ = at + (uint64_t)(range.new_ - payload);
		image.gone = !range.new_;
		if (!take(ctx, &image, err))
			return false;
	}
	return true;
}

/* What a record of the flush says of the files. */
static bool take_record(const struct record *record, const uint8_t *payload,
                        recover_take_image *take, void *ctx, struct error *err)
{
	struct recover_image image = { .exchanged = true };
	struct record_exchange exchange;

	if (record_has_images(record) || record->type == RECORD_FLUSH_GONE)
		return each_range(record, payload, take, ctx, err);
	if (record->type != RECORD_FLUSH_EXCHANGE)
		return true;
	exchange = record_exchange_decode(payload);
	image.file = exchange.temp.file;
	image.size = exchange.size;
	return take(ctx, &image, err);
}

bool recover_each_image(struct recover *rec, size_t idx,
                        recover_take_image *take, void *ctx, struct error *err)
{
	const struct recover_done *done = &rec->done[idx];
	struct record record;

	for (uint64_t off = done->off; off < done->end;
	     off += record_size(record.len)) {
		const uint8_t *payload =
			recover_must_record(rec, off, &record, err);

		if (!payload || !take_record(&record, payload, take, ctx, err))
			return false;
	}
	return true;
}

/* The remark of a group, behind the documents that it names. */
static bool take_remark(struct recover *rec, uint64_t off,
                        recover_take_remark *take, void *ctx, struct error *err)
{
	struct record_remark remark;
	struct record record;

	do {
		const uint8_t *payload =
			recover_must_record(rec, off, &record, err);

		if (!payload)
			return false;
		off += record_size(record.len);
		if (record.type != RECORD_REMARK)
			continue;
		record_remark_decode(payload, record.len, &remark);
		if (!take(ctx, &remark, err))
			return false;
	} while (!(record.flags & RECORD_LAST));
	return true;
}

bool recover_has_remarks(const struct recover *rec)
{
	return rec->at.remarks > 0;
}

bool recover_each_remark(struct recover *rec, recover_take_remark *take,
                         void *ctx, struct error *err)
{
	for (size_t i = 0; rec->at.remarks > 0 && i < rec->at.groups; i++)
		if (rec->groups[i].info.type == RECORD_REMARK &&
		    !take_remark(rec, rec->groups[i].off, take, ctx, err))
			return false;
	return true;
}

uint64_t recover_offset(const struct recover *rec, const uint8_t *bytes)
{
	return rec->window.off + (uint64_t)(bytes - rec->window.bytes);
}
