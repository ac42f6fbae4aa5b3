/*
 * past_groups.c - see past.h: groups of changes
 */
#include "config.h"

#include "edit/past_impl.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "edit/tree.h"

struct past *past_new(struct error *err)
{
	return mem_zalloc(sizeof(struct past), err);
}

static void drop_trees(struct past *past, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		tree_unref(past->tree[i]);
}

void past_free(struct past *past)
{
	if (!past)
		return;
	drop_trees(past, 0, past->tree_len);
	for (size_t i = 0; i < past->note_count; i++)
		mem_free(past->note[i].text);
	mem_free(past->note);
	mem_free(past->mark);
	mem_free(past->tree);
	mem_free(past->v);
	mem_free(past);
}

size_t past_done(const struct past *past)
{
	return past->done;
}

size_t past_undone(const struct past *past)
{
	return past->undone;
}

#ifdef TEST_HOOKS
size_t past_size(const struct past *past)
{
	return past->cap + past->tree_cap * sizeof(*past->tree) +
	       past->mark_cap * sizeof(*past->mark);
}
#endif

/* --- making groups -------------------------------------------------------- */

bool past_add(struct past *past, const struct change *change, struct error *err)
{
	struct tree *trees[] = { change->removed.tree, change->added.tree };

	assert(change->doc <= UINT64_MAX >> 1);
	if (!mem_grow(&past->v, &past->cap, past->len + PAST_RECORD_MAX, 1,
	              err) ||
	    !mem_grow(&past->tree, &past->tree_cap, past->tree_len + 2,
	              sizeof(struct tree *), err) ||
	    !mem_grow(&past->mark, &past->mark_cap, past->mark_count + 1,
	              sizeof(*past->mark), err))
		return false;
	past->len += past_encode(past, change);
	for (size_t i = 0; i < 2; i++) {
		if (trees[i])
			past->tree[past->tree_len++] = tree_ref(trees[i]);
	}
	return true;
}

void past_mark_restoring(struct past *past)
{
	struct past_place place = past_pending(past);

	while (place.pos < past->len) {
		struct change change;

		past->v[place.pos] |= PAST_RESTORES;
		place.pos += past_decode(past, place, &change);
	}
}

void past_commit(struct past *past, bool join)
{
	size_t len = past->len - past->end;
	size_t trees = past->tree_len - past->tree_end;

	if (len == 0)
		return;
	join = join && past->done > 0 && past->undone == 0;
	past_drop_beside(past, past->at, past->done);
	if (!join) {
		past->v[past->end] |= PAST_FIRST;
		past->done++;
		past_mark_step(past, past_here(past));
	}
	drop_trees(past, past->tree_at, past->tree_end);
	if (past->at < past->end)
		memmove(past->v + past->at, past->v + past->end, len);
	if (trees > 0 && past->tree_at < past->tree_end)
		memmove(past->tree + past->tree_at, past->tree + past->tree_end,
		        trees * sizeof(struct tree *));
	past->at = past->end = past->len = past->at + len;
	past->tree_at = past->tree_end = past->tree_len = past->tree_at + trees;
	past->undone = 0;
}

bool past_is_pending(const struct past *past)
{
	return past->len > past->end;
}

void past_cancel(struct past *past)
{
	drop_trees(past, past->tree_end, past->tree_len);
	past->len = past->end;
	past->tree_len = past->tree_end;
}

/* --- going through -------------------------------------------------------- */

struct past_place past_here(const struct past *past)
{
	return (struct past_place){ past->at, past->tree_at };
}

struct past_place past_pending(const struct past *past)
{
	return (struct past_place){ past->end, past->tree_end };
}

bool past_next(const struct past *past, struct past_place *place,
               struct change *change, bool *first)
{
	/* A place does not go on into the group that is being made. */
	size_t limit = place->pos < past->end ? past->end : past->len;
	unsigned char header;

	if (place->pos == limit)
		return false;
	header = past->v[place->pos];
	*first = header & PAST_FIRST;
	place->pos += past_decode(past, *place, change);
	place->tree += past_trees_of(header);
	return true;
}

bool past_previous(const struct past *past, struct past_place *place,
                   struct change *change, bool *first)
{
	unsigned char header;

	if (place->pos == 0)
		return false;
	place->pos -= past->v[place->pos - 1] + 1u;
	header = past->v[place->pos];
	place->tree -= past_trees_of(header);
	*first = header & PAST_FIRST;
	(void)past_decode(past, *place, change);
	return true;
}

void past_move(struct past *past, struct past_place to)
{
	assert(to.pos != past->at && past->len == past->end);
	if (to.pos < past->at) {
		past->done--;
		past->undone++;
	} else {
		past->done++;
		past->undone--;
	}
	past->at = to.pos;
	past->tree_at = to.tree;
}

void past_cut(struct past *past, struct past_place place, size_t done)
{
	assert(past->len == past->end && place.pos <= past->at);
	drop_trees(past, place.tree, past->tree_end);
	past->at = past->end = past->len = place.pos;
	past->tree_at = past->tree_end = past->tree_len = place.tree;
	past->done = done;
	past->undone = 0;
	past_drop_beside(past, place.pos, done);
}

/* --- old bytes ------------------------------------------------------------ */

/* The byte at `off` of a part. */
static bool byte_of(const struct pieces *pieces, uint64_t off,
                    struct piece *out)
{
	struct pieces_walk walk;

	if (off >= pieces->len)
		return false;
	pieces_walk(&walk, pieces);
	if (pieces->tree) {
		tree_walk(&walk.walk, pieces->tree, off);
		off = 0;
	}
	while (pieces_next(&walk, out) && off >= out->len)
		off -= out->len;
	*out = piece_part(*out, off, 1);
	return true;
}

size_t past_changed_by(const struct past *past, uint64_t doc, uint64_t off)
{
	struct past_place place = past_here(past);
	size_t number = past->done;
	struct change change;
	bool first;

	while (past_previous(past, &place, &change, &first)) {
		bool behind = change.doc == doc && off >= change.off;

		if (behind && off - change.off < change.added.len)
			return number;
		if (behind)
			off = off - change.added.len + change.removed.len;
		number -= first;
	}
	return 0;
}

bool past_old(const struct past *past, uint64_t doc, uint64_t off,
              struct piece *old)
{
	struct past_place place = past_here(past);
	size_t pass = 0; /* changes of the byte that were restored */
	struct change change;
	bool first;

	while (past_previous(past, &place, &change, &first)) {
		uint64_t at = off - change.off;

		if (change.doc != doc || off < change.off)
			continue;
		if (at >= change.added.len) {
			off = off - change.added.len + change.removed.len;
			continue;
		}
		if (past->v[place.pos] & PAST_RESTORES) {
			pass++;
			continue;
		}
		if (pass == 0 || at >= change.removed.len)
			return byte_of(&change.removed, at, old);
		pass--;
	}
	return false;
}
