/*
 * past.c - see past.h
 *
 * A tape of records of about 20 bytes for a changed byte, since there may be
 * ten million. Trees, which large changes have, stand beside it in the order of
 * the records. A record:
 *
 *	header   bit 0: first of its step; bit 1: restores; bits 2-4 and 5-7:
 *	         how many pieces were removed and added, TREE_FEW + 1: a tree
 *	document 2 * its id, and 1 if it is the first of its group; then follow
 *	         {what it is called: a number, time, since the first one}
 *	offset, pieces: {tag, length, offset}
 *	length   of the record up to here, for going back
 *
 * Numbers are 7 bits in a byte, least first; offsets in the base, which mostly
 * equal the change's, are relative to that. Some steps are marked, to find the
 * others from there. Notes are few and stand beside it.
 *
 *   H1  at <= end <= len; records [at, end) can be made again, [end, len) are
 *       of the group that is being made
 *   H2  a record that is the first of the tape is the first of its step; one
 *       that is the first of a step is the first of a group
 *   H3  trees [0, tree_len) belong to the records, in their order
 *   H4  marks are of steps that begin in [0, end), in their order, the first
 *       step among them if there is one
 *   H5  notes are of steps that are there, in their order
 */
#include "config.h"

#include "edit/past.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum {
	FIRST = 1,
	RESTORES = 2,
	REMOVED_SHIFT = 2,
	ADDED_SHIFT = 5,
	COUNT_MASK = 7,
	HAS_TREE = TREE_FEW + 1,
	NUMBER_MAX = 10,
	RECORD_MAX = 3 + 3 * NUMBER_MAX + 2 * TREE_FEW * (1 + 2 * NUMBER_MAX),
	NAMES = 256,
	MARK_STEPS = 64, /* between two marks, .. */
#ifdef TEST_HOOKS
	MARK_BYTES = 500,
#else
	MARK_BYTES = 8192, /* .. or so many bytes */
#endif
};

_Static_assert(RECORD_MAX < 256, "a byte says how long a record is");

struct mark {
	size_t number; /* of the step */
	struct past_place from;
};

struct note {
	size_t number; /* of the step */
	char *text;    /* owned */
};

struct past {
	unsigned char *v; /* owned */
	size_t at, end, len, cap;
	struct tree **tree; /* owned, counted */
	size_t tree_at, tree_end, tree_len, tree_cap;
	size_t done, undone;
	struct mark *mark; /* owned */
	size_t mark_count, mark_cap;
	struct note *note; /* owned */
	size_t note_count, note_cap;
	const char *names[NAMES]; /* of groups; [0]: none */
	size_t name_count;
	unsigned char what; /* of the next group */
	bool has_began;
	int64_t began, time; /* of the first group, and of the next one */
};

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

/* --- records ------------------------------------------------------------- */

static unsigned char *put_number(unsigned char *to, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		*to++ = (unsigned char)(n | 0x80);
	*to++ = (unsigned char)n;
	return to;
}

static uint64_t get_number(const unsigned char **from)
{
	uint64_t n = 0;
	unsigned shift = 0;

	for (; **from & 0x80; shift += 7)
		n |= (uint64_t)(*(*from)++ & 0x7f) << shift;
	return n | (uint64_t) * (*from)++ << shift;
}

/* Differences, small ones of either sign being small numbers. */
static uint64_t fold_sign(uint64_t diff)
{
	return diff << 1 ^ (diff >> 63 ? UINT64_MAX : 0);
}

static uint64_t unfold_sign(uint64_t n)
{
	return n >> 1 ^ (n & 1 ? UINT64_MAX : 0);
}

static bool is_base(unsigned char tag)
{
	return (tag & PIECE_KIND) == PIECE_BASE;
}

static unsigned char *put_pieces(unsigned char *to, const struct pieces *pieces,
                                 uint64_t off)
{
	for (size_t i = 0; !pieces->tree && i < pieces->count; i++) {
		const struct piece *p = &pieces->v[i];

		*to++ = p->tag;
		to = put_number(to, p->len);
		to = put_number(to, is_base(p->tag) ? fold_sign(p->off - off)
		                                    : p->off);
	}
	return to;
}

static void get_pieces(const unsigned char **from, size_t count, uint64_t off,
                       struct tree *tree, struct pieces *pieces)
{
	pieces->count = 0;
	pieces->tree = tree;
	pieces->len = tree ? tree_len(tree) : 0;
	for (size_t i = 0; !tree && i < count; i++) {
		struct piece *p = &pieces->v[pieces->count++];

		p->tag = *(*from)++;
		p->len = get_number(from);
		p->off = get_number(from);
		if (is_base(p->tag))
			p->off = off + unfold_sign(p->off);
		pieces->len += p->len;
	}
}

static size_t count_code(const struct pieces *pieces)
{
	return pieces->tree ? HAS_TREE : pieces->count;
}

/* What a group is called, and its time. */
static unsigned char *put_label(const struct past *past, unsigned char *to)
{
	*to++ = past->what;
	return put_number(to, fold_sign((uint64_t)past->time -
	                                (uint64_t)past->began));
}

/* Write the next record, for which there is room for RECORD_MAX bytes; returns
   its length. */
static size_t encode(struct past *past, const struct change *change)
{
	bool first = past->len == past->end;
	unsigned char *to = past->v + past->len;
	unsigned char *p = to;

	*p++ = (unsigned char)(count_code(&change->removed) << REMOVED_SHIFT |
	                       count_code(&change->added) << ADDED_SHIFT);
	p = put_number(p, change->doc << 1 | first);
	if (first)
		p = put_label(past, p);
	p = put_number(p, change->off);
	p = put_pieces(p, &change->removed, change->off);
	p = put_pieces(p, &change->added, change->off);
	*p = (unsigned char)(p - to);
	return (size_t)(p - to) + 1;
}

static size_t trees_of(unsigned char header)
{
	return ((header >> REMOVED_SHIFT & COUNT_MASK) == HAS_TREE) +
	       (size_t)((header >> ADDED_SHIFT & COUNT_MASK) == HAS_TREE);
}

/* Read the record at v[pos], whose trees begin at `tree`; returns its length.
   The trees are borrowed. */
static size_t decode(const struct past *past, struct past_place place,
                     struct change *change)
{
	const unsigned char *from = past->v + place.pos;
	unsigned char header = *from++;
	size_t removed = header >> REMOVED_SHIFT & COUNT_MASK;
	size_t added = header >> ADDED_SHIFT & COUNT_MASK;
	struct tree *tree = NULL;

	change->doc = get_number(&from);
	if (change->doc & 1) {
		from++;
		(void)get_number(&from);
	}
	change->doc >>= 1;
	change->off = get_number(&from);
	if (removed == HAS_TREE)
		tree = past->tree[place.tree++];
	get_pieces(&from, removed, change->off, tree, &change->removed);
	tree = added == HAS_TREE ? past->tree[place.tree] : NULL;
	get_pieces(&from, added, change->off, tree, &change->added);
	return (size_t)(from + 1 - (past->v + place.pos));
}

/* --- making groups -------------------------------------------------------- */

bool past_add(struct past *past, const struct change *change, struct error *err)
{
	struct tree *trees[] = { change->removed.tree, change->added.tree };

	assert(change->doc <= UINT64_MAX >> 1);
	if (!mem_grow(&past->v, &past->cap, past->len + RECORD_MAX, 1, err) ||
	    !mem_grow(&past->tree, &past->tree_cap, past->tree_len + 2,
	              sizeof(struct tree *), err) ||
	    !mem_grow(&past->mark, &past->mark_cap, past->mark_count + 1,
	              sizeof(*past->mark), err))
		return false;
	past->len += encode(past, change);
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

		past->v[place.pos] |= RESTORES;
		place.pos += decode(past, place, &change);
	}
}

/* Forget marks of what begins at `pos` or behind, and notes of steps behind the
   first `done`. */
static void drop_beside(struct past *past, size_t pos, size_t done)
{
	while (past->mark_count > 0 &&
	       past->mark[past->mark_count - 1].from.pos >= pos)
		past->mark_count--;
	while (past->note_count > 0 &&
	       past->note[past->note_count - 1].number > done)
		mem_free(past->note[--past->note_count].text);
}

/* The last step begins here: mark it, if the last mark is far. */
static void mark_step(struct past *past, struct past_place from)
{
	const struct mark *last =
		past->mark_count > 0 ? &past->mark[past->mark_count - 1] : NULL;

	if (last && past->done - last->number < MARK_STEPS &&
	    from.pos - last->from.pos < MARK_BYTES)
		return;
	/* past_add() has made room. */
	assert(past->mark && past->mark_count < past->mark_cap);
	past->mark[past->mark_count++] =
		(struct mark){ .number = past->done, .from = from };
}

void past_commit(struct past *past, bool join)
{
	size_t len = past->len - past->end;
	size_t trees = past->tree_len - past->tree_end;

	if (len == 0)
		return;
	join = join && past->done > 0 && past->undone == 0;
	drop_beside(past, past->at, past->done);
	if (!join) {
		past->v[past->end] |= FIRST;
		past->done++;
		mark_step(past, past_here(past));
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
	*first = header & FIRST;
	place->pos += decode(past, *place, change);
	place->tree += trees_of(header);
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
	place->tree -= trees_of(header);
	*first = header & FIRST;
	(void)decode(past, *place, change);
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
	drop_beside(past, place.pos, done);
}

/* --- steps ----------------------------------------------------------------- */

/* The number of a name; 0 if there are too many. */
static unsigned char number_name(struct past *past, const char *what)
{
	size_t i = 0;

	while (i < past->name_count && strcmp(past->names[i + 1], what) != 0)
		i++;
	if (i == past->name_count && i < NAMES - 1)
		past->names[++past->name_count] = what;
	return i < past->name_count ? (unsigned char)(i + 1) : 0;
}

void past_set_label(struct past *past, const char *what, int64_t time)
{

	if (!past->has_began) {
		past->has_began = true;
		past->began = time;
	}
	past->time = time;
	past->what = what ? number_name(past, what) : 0;
}

const char *past_label(const struct past *past)
{
	return past->names[past->what];
}

/* Where a step begins: found from the last mark before it. */
static struct past_place place_of(const struct past *past, size_t number)
{
	size_t lo = 0, hi = past->mark_count;
	struct past_place place, next;
	struct change change;
	bool first;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (past->mark[mid].number <= number)
			lo = mid;
		else
			hi = mid;
	}
	place = next = past->mark[lo].from;
	for (size_t n = past->mark[lo].number - 1;
	     past_next(past, &next, &change, &first); place = next) {
		n += first;
		if (n == number)
			break;
	}
	return place;
}

/* The first note of this step or a later one. */
static size_t find_note(const struct past *past, size_t number)
{
	size_t lo = 0, hi = past->note_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (past->note[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct past_step past_step(const struct past *past, size_t number)
{
	size_t note = find_note(past, number);
	struct past_step step = { .from = place_of(past, number) };
	const unsigned char *from = past->v + step.from.pos + 1;

	assert(number > 0 && number <= past->done + past->undone);
	(void)get_number(&from);
	step.what = past->names[*from++];
	step.time = (int64_t)(unfold_sign(get_number(&from)) +
	                      (uint64_t)past->began);
	if (note < past->note_count && past->note[note].number == number)
		step.note = past->note[note].text;
	return step;
}

bool past_set_note(struct past *past, size_t number, const char *text,
                   struct error *err)
{
	size_t at = find_note(past, number);
	struct note *note;
	bool there = at < past->note_count && past->note[at].number == number;
	char *copy = NULL;

	assert(number > 0 && number <= past->done + past->undone);
	if (*text && !mem_grow(&past->note, &past->note_cap,
	                       past->note_count + 1, sizeof(*note), err))
		return false;
	if (*text) {
		copy = mem_strdup(text, err);
		if (!copy)
			return false;
	}
	if (!there && !copy)
		return true;
	note = past->note + at;
	if (there)
		mem_free(note->text);
	if (there && !copy)
		memmove(note, note + 1,
		        (--past->note_count - at) * sizeof(*note));
	if (!there && copy)
		memmove(note + 1, note,
		        (past->note_count++ - at) * sizeof(*note));
	if (copy)
		*note = (struct note){ .number = number, .text = copy };
	return true;
}

/* Is the record at `pos` the first of its group? Then the next record of `out`
   is, with the same label. */
static void copy_label(struct past *out, const struct past *past, size_t pos)
{
	const unsigned char *from = past->v + pos + 1;
	const char *what;

	if (!(get_number(&from) & 1))
		return;
	out->end = out->len;
	out->tree_end = out->tree_len;
	out->what = *from++;
	what = past->names[out->what];
	if (out->names[out->what] != what)
		out->what = number_name(out, what);
	out->time = (int64_t)((uint64_t)past->began +
	                      unfold_sign(get_number(&from)));
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
	out->v[at.pos] |= header & (FIRST | RESTORES);
	if (first) {
		out->done++;
		mark_step(out, at);
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

/* --- one behind the other --------------------------------------------------- */

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
		                ? place_of(past, skip + 1)
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

/* The steps of the fronts that are done; with `ahead`, what can be made again of
   the last one. */
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
		if (past->v[place.pos] & RESTORES) {
			pass++;
			continue;
		}
		if (pass == 0 || at >= change.removed.len)
			return byte_of(&change.removed, at, old);
		pass--;
	}
	return false;
}
