/*
 * keeper_steps.c - see keeper_impl.h: which group of which journal a step is
 *
 * Undo, redo and notes of a step name its first group. Notes may also be of
 * steps that an earlier journal has: then it is named as well. Steps of one
 * journal follow each other, so journals are few.
 *
 * P2	steps[i] is the first group of step i of the history; 0 if nothing of it
 *	was written. Its journal is that of the last origin that begins at or
 *	before i
 * P3	of steps [0, fresh) the journal that is written to has no groups, or is
 *	to be told no more that they are taken back, or made again
 */
#include "config.h"

#include "keep/keeper_impl.h"

#include <string.h>

#include "base/mem.h"
#include "base/sys.h"
#include "edit/change.h"
#include "edit/edits.h"
#include "edit/past.h"

void keeper_forget_steps(struct keeper *keeper)
{
	keeper->fresh = keeper->step_count;
}

void keeper_cut_steps(struct keeper *keeper, size_t count)
{
	keeper->step_count = size_min(keeper->step_count, count);
	keeper->fresh = size_min(keeper->fresh, keeper->step_count);
}

bool keeper_knows(const struct keeper *keeper, size_t step)
{
	return step >= keeper->fresh && step < keeper->step_count &&
	       keeper->steps[step] != 0;
}

bool keeper_reserve_step(struct keeper *keeper, size_t step, struct error *err)
{
	if (!mem_grow(&keeper->steps, &keeper->step_cap, step + 1,
	              sizeof(*keeper->steps), err) ||
	    !mem_grow(&keeper->origins, &keeper->origin_cap,
	              keeper->origin_count + 1, sizeof(*keeper->origins), err))
		return false;
	while (keeper->step_count <= step)
		keeper->steps[keeper->step_count++] = 0;
	return true;
}

/* Steps from `first` on are of this journal. There is room for one more. */
static void begin_origin(struct keeper *keeper, size_t first,
                         const uint8_t *uuid)
{
	size_t n = keeper->origin_count;

	while (n > 0 && keeper->origins[n - 1].first >= first)
		n--;
	if (n == 0 ||
	    memcmp(keeper->origins[n - 1].uuid, uuid, RECORD_UUID) != 0) {
		keeper->origins[n].first = first;
		memcpy(keeper->origins[n++].uuid, uuid, RECORD_UUID);
	}
	keeper->origin_count = n;
}

void keeper_set_step(struct keeper *keeper, size_t step, uint32_t group)
{
	keeper->steps[step] = group;
	keeper->step_count = step + 1;
	keeper->fresh = size_min(keeper->fresh, step);
	if (group != 0)
		begin_origin(keeper, step, journal_uuid(keeper->journal));
}

/* How many origins begin at or before a step. */
static size_t count_origins(const struct keeper *keeper, size_t step)
{
	size_t n = keeper->origin_count;

	while (n > 0 && keeper->origins[n - 1].first > step)
		n--;
	return n;
}

/* The journal of a step; NULL if nothing of it was written. */
static const uint8_t *uuid_of(const struct keeper *keeper, size_t step)
{
	size_t n = count_origins(keeper, step);

	if (n == 0 || step >= keeper->step_count || keeper->steps[step] == 0)
		return NULL;
	return keeper->origins[n - 1].uuid;
}

bool keeper_reserve_again(struct keeper *keeper, size_t step, struct error *err)
{
	return mem_grow(&keeper->origins, &keeper->origin_cap,
	                keeper->origin_count + 2, sizeof(*keeper->origins),
	                err) &&
	       (step < keeper->step_count ||
	        keeper_reserve_step(keeper, step, err));
}

static void insert_origin(struct keeper *keeper, size_t at, size_t first,
                          const uint8_t uuid[static RECORD_UUID])
{
	struct keeper_origin origin = { .first = first };

	memcpy(origin.uuid, uuid, RECORD_UUID);
	memmove(keeper->origins + at + 1, keeper->origins + at,
	        (keeper->origin_count - at) * sizeof(*keeper->origins));
	keeper->origins[at] = origin;
	keeper->origin_count++;
}

/* Those behind it stay where they are. */
void keeper_set_again(struct keeper *keeper, size_t step, uint32_t group)
{
	const uint8_t *uuid = journal_uuid(keeper->journal);
	size_t n = count_origins(keeper, step);

	if (n > 0 && step + 1 < keeper->step_count &&
	    count_origins(keeper, step + 1) == n)
		insert_origin(keeper, n, step + 1, keeper->origins[n - 1].uuid);
	if (n > 0 && keeper->origins[n - 1].first == step)
		memcpy(keeper->origins[n - 1].uuid, uuid, RECORD_UUID);
	else
		insert_origin(keeper, n, step, uuid);
	keeper->steps[step] = group;
}

/* Is it in the journal that is written to? */
static bool is_here(const struct keeper *keeper, const uint8_t *uuid)
{
	return keeper->state == KEEPER_KEEPS &&
	       memcmp(uuid, journal_uuid(keeper->journal), RECORD_UUID) == 0;
}

bool keeper_step(const struct keeper *keeper, size_t step,
                 struct record_remark *remark)
{
	const uint8_t *uuid = uuid_of(keeper, step);

	if (!uuid || is_here(keeper, uuid))
		return false;
	memcpy(remark->uuid, uuid, RECORD_UUID);
	remark->group = keeper->steps[step];
	return true;
}

/* --- steps of other journals ---------------------------------------------- */

static size_t count_all(const struct keeper_closed *v, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += v[i].count;
	return n;
}

/* What stands behind the steps that are removed goes behind those added. */
static void shift_origins(struct keeper *keeper, struct keeper_origin *to,
                          size_t *n, size_t removed, size_t added)
{
	for (size_t i = 0; i < keeper->origin_count; i++) {
		struct keeper_origin origin = keeper->origins[i];
		size_t next = i + 1 < keeper->origin_count
		                      ? keeper->origins[i + 1].first
		                      : SIZE_MAX;

		if (next <= removed)
			continue;
		origin.first =
			added +
			(origin.first > removed ? origin.first - removed : 0);
		to[(*n)++] = origin;
	}
}

bool keeper_move_steps(struct keeper *keeper, size_t removed,
                       const struct keeper_closed *v, size_t count,
                       struct error *err)
{
	size_t added = count_all(v, count), n = 0, at = 0;
	size_t left =
		keeper->step_count - size_min(removed, keeper->step_count);
	struct keeper_origin *origins = NULL;
	size_t cap = 0;

	if (!mem_grow(&origins, &cap, keeper->origin_count + count + 1,
	              sizeof(*origins), err))
		return false;
	if (!mem_grow(&keeper->steps, &keeper->step_cap, added + left + 1,
	              sizeof(*keeper->steps), err)) {
		mem_free(origins);
		return false;
	}
	memmove(keeper->steps + added, keeper->steps + removed,
	        left * sizeof(*keeper->steps));
	for (size_t i = 0; i < count; at += v[i++].count) {
		origins[n].first = at;
		memcpy(origins[n++].uuid, v[i].uuid, RECORD_UUID);
		memcpy(keeper->steps + at, v[i].groups,
		       v[i].count * sizeof(*v[i].groups));
	}
	shift_origins(keeper, origins, &n, removed, added);
	mem_free(keeper->origins);
	keeper->origins = origins;
	keeper->origin_count = n;
	keeper->origin_cap = cap;
	keeper->step_count = added + left;
	keeper->fresh =
		added + (keeper->fresh > removed ? keeper->fresh - removed : 0);
	return true;
}

/* --- notes ---------------------------------------------------------------- */

/* Who looks for the notes of a file finds the journals that name it. */
static bool name_documents(struct keeper *keeper, size_t step,
                           struct error *err)
{
	const struct past *past = edits_past(keeper->edits);
	struct past_place place = past_step(past, step + 1).from;
	struct change change;
	bool first, more = false;
	uint32_t number;

	while (past_next(past, &place, &change, &first) && !(first && more)) {
		const struct document *doc =
			keeper_document_of(keeper, &change);

		more = true;
		if (doc && !keeper_number_of(keeper, doc, &number, err))
			return false;
	}
	return true;
}

bool keeper_remark(struct keeper *keeper, size_t step,
                   const struct record_remark *remark, struct error *err)
{
	uint32_t numbers;
	bool ok;

	if (!keeper_begin(keeper, &ok, err))
		return ok;
	numbers = keeper_last_number(keeper);
	if (!name_documents(keeper, step, err) ||
	    !journal_remark(keeper->journal, remark, err) ||
	    !journal_commit(keeper->journal, false, NULL, err))
		return keeper_fail(keeper, numbers);
	keeper->state = KEEPER_KEEPS;
	keeper->has_remarks = true;
	return true;
}

bool keeper_has_remarks(const struct keeper *keeper)
{
	return keeper->has_remarks;
}

bool keeper_note(struct keeper *keeper, size_t step, const char *text,
                 struct error *err)
{
	const uint8_t *uuid = uuid_of(keeper, step);

	/* Of a step that was not written, nothing is. */
	if (!uuid || !is_here(keeper, uuid))
		return true;
	return journal_note(keeper->journal, keeper->steps[step], text,
	                    strlen(text), err) &&
	       journal_commit(keeper->journal, false, NULL, err);
}
