/*
 * backout.c - see backout.h
 *
 * Steps are gone through from the newest to the oldest, and the changes of a
 * step from its last to its first. Where a change stood it is found by the
 * shifts behind it, which are later changes, and then by those that taking back
 * has made. As long as no other shift is behind it, what is taken back and the
 * change itself cancel each other: neither counts for the ones before.
 *
 *   B1  shifts.v is in the order of the history; those of changes that are
 *       still to be gone through are [0, low), those behind [low, high)
 *   B2  made[] is empty if [low, high) was when the last change was taken back
 */
#include "config.h"

#include "edit/backout.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/document.h"
#include "edit/documents.h"
#include "edit/edits.h"

#define MAPPED_MAX (UINT64_C(1) << 33) /* shifts looked at, in all */

const char *backout_text(enum backout why)
{
	switch (why) {
	case BACKOUT_CAN:
		return "can be reverted";
	case BACKOUT_CHANGED:
		return "its bytes were changed since";
	case BACKOUT_MOVED:
		return "its bytes were removed or moved since";
	case BACKOUT_CLOSED:
		return "its file is not open";
	case BACKOUT_READONLY:
		return "its file is read-only";
	case BACKOUT_UNDONE:
		return "it is undone";
	default:
		return "its bytes cannot be read";
	}
}

/* --- shifts --------------------------------------------------------------- */

/* Has it bytes of the base? In a tree there may be. */
static bool has_base(const struct pieces *pieces)
{
	if (pieces->tree)
		return true;
	for (size_t i = 0; i < pieces->count; i++)
		if ((pieces->v[i].tag & PIECE_KIND) == PIECE_BASE)
			return true;
	return false;
}

/* May it have put bytes of the base where others of them stood, or where those
   will stand that an earlier change has removed? */
static bool reorders(const struct change *change)
{
	return has_base(&change->added);
}

static bool is_shift(const struct change *change)
{
	return change->removed.len != change->added.len || reorders(change);
}

static bool add_shift(struct shifts *shifts, struct shift shift,
                      struct error *err)
{
	if (!mem_grow(&shifts->v, &shifts->cap, shifts->count + 1,
	              sizeof(*shifts->v), err))
		return false;
	shifts->v[shifts->count++] = shift;
	return true;
}

bool shifts_make(struct shifts *shifts, const struct past *past,
                 struct past_place from, struct error *err)
{
	struct change change;
	bool first;

	shifts->count = 0;
	shifts->here = past_here(past).pos;
	for (size_t pos = from.pos; past_next(past, &from, &change, &first);
	     pos = from.pos) {
		struct shift shift = { pos,
			               change.doc,
			               change.off,
			               change.removed.len,
			               change.added.len,
			               reorders(&change) };

		if (is_shift(&change) && !add_shift(shifts, shift, err))
			return false;
	}
	return true;
}

void shifts_free(struct shifts *shifts)
{
	mem_free(shifts->v);
	*shifts = (struct shifts){ 0 };
}

/* The first shift of a change at `pos` or behind. */
static size_t find_shift(const struct shifts *shifts, size_t pos)
{
	size_t lo = 0, hi = shifts->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (shifts->v[mid].pos < pos)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Where `off` is behind a change, or was in front of it if that is swapped. */
static uint64_t shifted(const struct shift *s, uint64_t doc, uint64_t off)
{
	if (s->doc != doc || off < s->off || s->removed == s->added)
		return off;
	if (off - s->off >= s->removed)
		return off + s->added - s->removed;
	return s->off + u64_min(off - s->off, s->added);
}

uint64_t shifts_now(const struct shifts *shifts, size_t pos, uint64_t doc,
                    uint64_t off)
{
	size_t i = find_shift(shifts, pos);
	size_t here = find_shift(shifts, shifts->here);

	for (; i < here; i++)
		off = shifted(&shifts->v[i], doc, off);
	for (; i > here; i--) {
		struct shift back = shifts->v[i - 1];

		back.removed = shifts->v[i - 1].added;
		back.added = shifts->v[i - 1].removed;
		off = shifted(&back, doc, off);
	}
	return off;
}

/* --- sums ----------------------------------------------------------------- */

/* The place that the last changes have touched. */
struct stretched {
	uint64_t doc, off, len;
};

/* A change that touches the last place makes that longer, or overwrites it. */
static bool joins(struct stretched *last, const struct change *change,
                  struct step_sum *sum)
{
	uint64_t room, inside;

	if (change->doc != last->doc || change->off < last->off ||
	    change->off - last->off > last->len)
		return false;
	room = last->len - (change->off - last->off);
	inside = u64_min(change->removed.len, room);
	last->len += change->added.len - inside;
	sum->len += change->added.len - inside;
	sum->old_len += change->removed.len - inside;
	return true;
}

struct step_sum step_sum(const struct past *past, struct past_place from)
{
	struct step_sum sum = { .end = from };
	struct stretched last = { 0 };
	struct change c;
	bool first;

	for (bool any = false; past_next(past, &from, &c, &first); any = true) {
		if (first && any)
			break;
		sum.end = from;
		/* Changes of nothing count if there are no others. */
		if (c.removed.len + c.added.len == 0 && any)
			continue;
		if (sum.places > 0 && c.doc == sum.doc && c.off < sum.off &&
		    c.removed.len <= sum.off - c.off)
			sum.off += c.added.len - c.removed.len;
		else if (sum.places > 0 && c.doc == sum.doc && c.off < sum.off)
			/* It goes over the place. */
			sum.off = c.off;
		if (sum.places > 0 && joins(&last, &c, &sum))
			continue;
		if (sum.old_len + sum.len == 0) {
			sum.places = 0;
			sum.doc = c.doc;
			sum.off = sum.first_off = c.off;
		}
		sum.places++;
		last = (struct stretched){ c.doc, c.off, c.added.len };
		sum.len += c.added.len;
		sum.old_len += c.removed.len;
	}
	return sum;
}

/* --- taking back ---------------------------------------------------------- */

struct taking {
	struct edits *edits;
	const struct documents *docs;
	const struct past *past;
	struct shifts shifts; /* owned */
	size_t low, high;     /* B1 */
	struct shifts made;   /* owned */
	uint64_t mapped;
	struct backout_fault fault;
};

static bool begin(struct taking *t, struct past_place from, struct error *err)
{
	t->past = edits_past(t->edits);
	if (!shifts_make(&t->shifts, t->past, from, err))
		return false;
	t->low = t->high = find_shift(&t->shifts, t->shifts.here);
	return true;
}

static void end(struct taking *t)
{
	shifts_free(&t->shifts);
	shifts_free(&t->made);
}

/* *off is where `len` bytes were: where are they behind this shift? */
static bool shift_range(const struct shift *s, uint64_t doc, uint64_t *off,
                        uint64_t len)
{
	if (s->doc != doc)
		return true;
	/* What was put exactly where nothing is left is in its place. */
	if (*off <= s->off && len <= s->off - *off)
		return len > 0 || s->removed > 0 || *off < s->off;
	if (*off >= s->off && *off - s->off >= s->removed) {
		*off += s->added - s->removed;
		return true;
	}
	/* What has overwritten some of them is compared. */
	return len > 0 && s->removed == s->added;
}

/* *ordered: no bytes of the base were put elsewhere since. */
static bool map(struct taking *t, uint64_t doc, uint64_t *off, uint64_t len,
                bool *ordered)
{
	*ordered = true;
	t->mapped += t->high - t->low + t->made.count;
	for (size_t i = t->low; i < t->high; i++) {
		const struct shift *s = &t->shifts.v[i];

		*ordered = *ordered && !(s->reorders && s->doc == doc);
		if (!shift_range(s, doc, off, len))
			return false;
	}
	for (size_t i = 0; i < t->made.count; i++)
		if (!shift_range(&t->made.v[i], doc, off, len))
			return false;
	return true;
}

static bool refuse(struct taking *t, enum backout why, uint64_t doc,
                   uint64_t off, struct error *err)
{
	t->fault.why = why;
	t->fault.doc = doc;
	t->fault.off = off;
	return error_set(err,
	                 why == BACKOUT_CLOSED     ? ERR_STATE
	                 : why == BACKOUT_READONLY ? ERR_READONLY
	                                           : ERR_CHANGED,
	                 "%s", backout_text(why));
}

/* It is gone through: what stands before it has it behind. */
static bool pass(struct taking *t, const struct change *change, size_t pos,
                 uint64_t off, bool taken, struct error *err)
{
	struct shift back = { 0,
		              change->doc,
		              off,
		              change->added.len,
		              change->removed.len,
		              reorders(change) };
	bool is_alone = t->low == t->high && t->made.count == 0;

	if (t->low > 0 && t->shifts.v[t->low - 1].pos == pos)
		t->low--;
	if (!taken)
		return true;
	if (is_alone) {
		t->high = t->low;
		return true;
	}
	return !is_shift(change) || add_shift(&t->made, back, err);
}

static bool take_change(struct taking *t, const struct change *change,
                        size_t pos, struct error *err)
{
	size_t at = documents_find(t->docs, change->doc);
	uint64_t off = change->off;
	struct document *doc;
	uint64_t differs;
	bool ordered;

	if (at == t->docs->count)
		return refuse(t, BACKOUT_CLOSED, change->doc, off, err);
	doc = t->docs->v[at].doc;
	if (!document_may_change(doc, change->added.len != change->removed.len,
	                         err)) {
		t->fault.why = BACKOUT_READONLY;
		return false;
	}
	if (!map(t, change->doc, &off, change->added.len, &ordered))
		return refuse(t, BACKOUT_MOVED, change->doc, off, err);
	if (t->mapped > MAPPED_MAX)
		return error_set(err, ERR_LIMIT,
		                 "too many changes of the length followed");
	if (!edits_take_back(t->edits, doc, off, change, ordered, &differs,
	                     err)) {
		if (err->code != ERR_CHANGED)
			return false;
		return refuse(t, BACKOUT_CHANGED, change->doc, differs, err);
	}
	return pass(t, change, pos, off, true, err);
}

/* Go back from *place over the changes of a step, or take them back. */
static bool go_back(struct taking *t, struct past_place *place, bool take,
                    struct error *err)
{
	struct change change;
	bool first = false;

	while (!first && past_previous(t->past, place, &change, &first)) {
		if (take ? !take_change(t, &change, place->pos, err)
		         : !pass(t, &change, place->pos, 0, false, err))
			return false;
	}
	return true;
}

bool backout_make(struct edits *edits, const struct documents *docs,
                  const size_t *numbers, size_t count,
                  struct backout_fault *fault, struct error *err)
{
	struct taking t = { .edits = edits, .docs = docs };
	struct past_place place = past_here(edits_past(edits));
	size_t step = past_done(edits_past(edits));
	bool ok;

	assert(count > 0 && numbers[0] <= step);
	ok = begin(&t, past_step(edits_past(edits), numbers[count - 1]).from,
	           err);
	edits_begin(edits, false);
	for (size_t i = 0; ok && i < count; step--) {
		bool take = step == numbers[i];

		t.fault = (struct backout_fault){ BACKOUT_FAILED, step, 0, 0 };
		ok = go_back(&t, &place, take, err);
		i += take;
	}
	end(&t);
	*fault = t.fault;
	if (!ok)
		edits_cancel(edits);
	return ok;
}

/* Try one step, and leave no trace of it. */
static bool try_step(struct taking *t, struct past_place *place,
                     enum backout *why, struct error *err)
{
	struct past_place from = *place;
	size_t low = t->low, high = t->high;
	struct error refused;
	bool ok;

	t->fault.why = BACKOUT_FAILED;
	t->mapped = 0;
	edits_begin(t->edits, false);
	ok = go_back(t, &from, true, &refused);
	edits_cancel(t->edits);
	*why = ok ? BACKOUT_CAN : t->fault.why;
	if (!ok && refused.code == ERR_NOMEM) {
		*err = refused;
		return false;
	}
	t->low = low;
	t->high = high;
	t->made.count = 0;
	return go_back(t, place, false, err);
}

bool backout_look(struct edits *edits, const struct documents *docs,
                  size_t from, unsigned char *why, struct error *err)
{
	struct taking t = { .edits = edits, .docs = docs };
	const struct past *past = edits_past(edits);
	struct past_place place = past_here(past);
	enum backout found;
	bool ok;

	if (past_done(past) < from)
		return true;
	ok = begin(&t, past_step(past, from).from, err);
	for (size_t step = past_done(past); ok && step >= from; step--) {
		ok = try_step(&t, &place, &found, err);
		why[step - from] = (unsigned char)found;
	}
	end(&t);
	return ok;
}
