/*
 * past_join.c - see past.h: a history with other pieces, or behind others
 */
#include "config.h"

#include "edit/past_impl.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "edit/tree.h"

/* Is the record at `pos` the first of its group? Then the next record of `out`
   is, with the same label. */
static void copy_label(struct past *out, const struct past *past, size_t pos)
{
	const char *what;

	if (!past_read_label(past, pos, &out->what, &out->time))
		return;
	out->end = out->len;
	out->tree_end = out->tree_len;
	what = past->names[out->what];
	if (out->names[out->what] != what)
		out->what = past_number_name(out, what);
}

static bool rebase_one(struct past *out, const struct past *past,
                       struct past_place *place, past_map *map, void *ctx,
                       struct error *err)
{
	unsigned char header = past->v[place->pos];
	struct past_place at = { out->len, out->tree_len };
	struct change change = { 0 }, mapped;
	bool first = false, ok;

	copy_label(out, past, place->pos);
	(void)past_next(past, place, &change, &first);
	if (!map(ctx, &change, &mapped, err))
		return false;
	ok = past_add(out, &mapped, err);
	change_clear(&mapped);
	if (!ok)
		return false;
	out->v[at.pos] |= header & (PAST_FIRST | PAST_RESTORES);
	if (first) {
		out->done++;
		past_mark_step(out, at);
	}
	return true;
}

static bool copy_beside(struct past *out, const struct past *past,
                        struct error *err)
{
	memcpy(out->names, past->names, sizeof(out->names));
	out->name_count = past->name_count;
	out->has_began = past->has_began;
	out->began = past->began;
	if (!mem_grow(&out->note, &out->note_cap, past->note_count + 1,
	              sizeof(*out->note), err))
		return false;
	for (; out->note_count < past->note_count; out->note_count++) {
		struct note *note = &out->note[out->note_count];

		*note = past->note[out->note_count];
		note->text = mem_strdup(note->text, err);
		if (!note->text)
			return false;
	}
	return true;
}

struct past *past_rebase(const struct past *past, past_map *map, void *ctx,
                         struct error *err)
{
	struct past_place place = { 0 };
	struct past *out = past_new(err);
	bool ok = out && copy_beside(out, past, err);

	assert(past->len == past->end);
	while (ok && place.pos < past->end) {
		ok = rebase_one(out, past, &place, map, ctx, err);
		if (ok && place.pos == past->at) {
			out->at = out->len;
			out->tree_at = out->tree_len;
		}
	}
	if (!ok) {
		past_free(out);
		return NULL;
	}
	out->end = out->len;
	out->tree_end = out->tree_len;
	out->done = past->done;
	out->undone = past->undone;
	out->what = past->what;
	out->time = past->time;
	return out;
}

/* --- one behind the other ------------------------------------------------- */

/* The same change; its trees are counted anew. */
static bool keep_change(void *ctx, const struct change *change,
                        struct change *out, struct error *err)
{
	(void)ctx;
	(void)err;
	*out = *change;
	if (out->removed.tree)
		(void)tree_ref(out->removed.tree);
	if (out->added.tree)
		(void)tree_ref(out->added.tree);
	return true;
}

/* Put the steps behind `skip` and up to `most` of a history behind those of
   `out`, which has as many as out->done. */
static bool join_steps(struct past *out, const struct past *past, size_t skip,
                       size_t most, struct error *err)
{
	size_t before = out->done;
	struct past_place place = { 0 };
	size_t to = most > past->done ? past->end : past->at;

	if (skip > 0)
		place = skip < past->done + past->undone
		                ? past_place_of(past, skip + 1)
		                : (struct past_place){ past->end,
			                               past->tree_end };
	while (place.pos < to) {
		if (!rebase_one(out, past, &place, keep_change, NULL, err))
			return false;
		if (place.pos == past->at) {
			out->at = out->len;
			out->tree_at = out->tree_len;
		}
	}
	out->end = out->len;
	out->tree_end = out->tree_len;
	for (size_t i = 0; i < past->note_count; i++) {
		const struct note *note = &past->note[i];

		if (note->number > skip && note->number <= most &&
		    !past_set_note(out, note->number - skip + before,
		                   note->text, err))
			return false;
	}
	return true;
}

/* The steps of the fronts that are done; with `ahead`, what can be made again
   of the last one. */
static bool join_fronts(struct past *out, bool ahead,
                        const struct past *const *front, size_t count,
                        struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		bool all = ahead && i + 1 == count;

		if (!out->has_began) {
			out->has_began = front[i]->has_began;
			out->began = front[i]->began;
		}
		out->at = out->len;
		out->tree_at = out->tree_len;
		if (!join_steps(out, front[i], 0,
		                all ? SIZE_MAX : front[i]->done, err))
			return false;
		if (all)
			out->undone = front[i]->undone;
	}
	return true;
}

struct past *past_join(const struct past *past, size_t skip, bool ahead,
                       const struct past *const *front, size_t count,
                       struct error *err)
{
	struct past *out = past_new(err);
	bool ok = out != NULL;

	assert(past->len == past->end && skip <= past->done);
	assert(!ahead || skip == past->done);
	if (ok) {
		memcpy(out->names, past->names, sizeof(out->names));
		out->name_count = past->name_count;
		out->has_began = past->has_began;
		out->began = past->began;
	}
	ok = ok && join_fronts(out, ahead, front, count, err);
	if (ok && !ahead) {
		out->at = out->len;
		out->tree_at = out->tree_len;
		out->undone = past->undone;
		ok = join_steps(out, past, skip, SIZE_MAX, err);
	}
	if (!ok) {
		past_free(out);
		return NULL;
	}
	out->done -= out->undone;
	out->what = past->what;
	out->time = past->time;
	return out;
}
