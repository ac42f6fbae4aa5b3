/*
 * session_edit.c - the edits of a session: see session.h
 *
 * An edit goes through the space twice: first to see that it is allowed, then
 * to make the changes, which nobody sees yet. Then the space is derived
 * from the sizes that the documents will have (K8), and the group is written to
 * the journal (K5). What comes after that cannot fail.
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "keep/keeper.h"
#include "session_impl.h"
#include "space/target.h"
#include "space/view.h"

/* Tests make it small. */
#ifndef SESSION_SYNC_EACH
#define SESSION_SYNC_EACH 8192 /* groups that are made again */
#endif

enum {
	LOOK = 4096,          /* bytes that are looked at in one read */
	LOOK_MAX = 64 * 1024, /* of one splice */
	PARTS = 1024,         /* pieces for which room is kept */
	LOOK_FEW = 64,        /* that are looked at piece by piece */
};

_Static_assert((int)LOOK_FEW <= (int)KEEPER_SAW, "few are told the keeper");

/* A splice on its way: the part that one target gets. */
struct part {
	struct target target;
	uint64_t added; /* bytes that replace its own */
};

/* What the two passes through a list of splices go on with. */
struct pass {
	struct session *session;
	unsigned flags;
	size_t changes;   /* that there will be */
	struct part last; /* that was checked */
	uint64_t most;    /* bytes of the splice that are still looked at */
	bool forced;      /* what was looked at last cannot all be read */
};

const struct past *session_past(const struct session *session)
{
	return edits_past(session->edits);
}

void session_set_moved(struct session *session, session_moved *moved, void *ctx)
{
	session->moved = moved;
	session->moved_ctx = ctx;
}

/* --- committing ------------------------------------------------------------ */

/* The space with the sizes that the documents will have. */
static struct space *derive(const struct session *session, struct error *err)
{
	const struct layout *layout = &session->layout;
	uint64_t *sizes =
		mem_resize(NULL, layout->count + 1, sizeof(*sizes), err);
	struct space *sp;

	if (!sizes)
		return NULL;
	for (size_t i = 0; i < layout->count; i++) {
		const struct document *doc = layout->v[i]->doc;

		sizes[i] = doc ? edits_size(session->edits, doc) : 0;
	}
	sp = space_derive(layout, sizes, err);
	mem_free(sizes);
	return sp;
}

/* See that a view can be made and the touched documents noted (S3). */
static bool reserve(struct session *session, struct error *err)
{
	size_t most = session->touched_count + edits_documents(session->edits);
	struct view *spare;

	if (!mem_grow(&session->touched, &session->touched_cap, most,
	              sizeof(*session->touched), err))
		return false;
	if (session->spare && view_room(session->spare) >= most)
		return true;
	spare = view_reserve(2 * most, err);
	if (!spare)
		return false;
	view_unref(session->spare);
	session->spare = spare;
	return true;
}

static void touch(struct session *session, uint64_t doc)
{
	uint64_t *v = session->touched;
	size_t lo = 0, hi = session->touched_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid] < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < session->touched_count && v[lo] == doc)
		return;
	memmove(v + lo + 1, v + lo, (session->touched_count - lo) * sizeof(*v));
	v[lo] = doc;
	session->touched_count++;
}

static void note_move(void *ctx, const struct change *change)
{
	struct session *session = ctx;

	if (change->removed.len != change->added.len)
		session->moved(session->moved_ctx, change->doc, change->off,
		               change->removed.len, change->added.len);
}

static void note(struct session *session)
{
	struct document *doc;

	for (size_t i = 0; i < edits_documents(session->edits); i++) {
		(void)edits_root(session->edits, i, &doc);
		touch(session, document_id(doc));
	}
	if (session->moved)
		edits_each(session->edits, note_move, session);
}

/* The last one is joined to only if it was not taken back, nor made again: the
   journal could not say so. */
static bool may_join(const struct session *session)
{
	const struct past *past = edits_past(session->edits);

	return !session->went_back && past_done(past) > 0 &&
	       past_undone(past) == 0;
}

/* Write the group in hand down (K5). */
static bool keep(struct session *session, enum keeper_what what,
                 struct error *err)
{
	const char *news;
	bool ok;

	if (!session->keeper || !session->keeps)
		return true;
	ok = keeper_write(session->keeper, what, err);
	news = keeper_news(session->keeper);
	if (news)
		session_say_line(session, news);
	return ok || error_prefix(err, "not done");
}

/* Have what was written synced when it is time: a program that does not look
   at session_sync_due() is one that makes edits. */
static void sync_if_due(struct session *session)
{
	struct error ignored;

	if (session->sync_job && job_is_done(session->sync_job))
		(void)session_sync_end(session, session->sync_job);
	if (session->keeper && session_sync_due(session) != UINT64_MAX &&
	    session_sync_due(session) <= sys_now())
		(void)!session_sync_begin(session, &ignored);
}

/* What is made again of a long journal would wait for each part of it to be
   synced. Whether that is done beside makes no difference to what counts. */
static void sync_beside(struct session *session)
{
	struct error ignored;

	if (session->generation % SESSION_SYNC_EACH != 0 || !session->keeper ||
	    (session->sync_job && !job_is_done(session->sync_job)))
		return;
	(void)session_sync_end(session, session->sync_job);
	session->sync_job = job_start(session->pool, JOB_READ, keeper_sync_run,
	                              session->keeper, &ignored);
}

/* How much of the history was flushed, and by earlier runs, is as much as there
   still is of that. */
static void note_steps(struct session *session, enum keeper_what what,
                       size_t before)
{
	size_t done = past_done(edits_past(session->edits));

	session->went_back = what == KEEPER_UNDO || what == KEEPER_REDO;
	session->joined = session->joins && !session->went_back;
	if (what == KEEPER_UNDO) {
		session->flushed = size_min(session->flushed, done);
		session->whole = size_min(session->whole, done);
	}
	session->is_ahead = session->is_ahead && session->went_back;
	if (!session->went_back && before < session->closed) {
		session->closed = before;
		session->closed_cut = true;
	}
}

bool session_conclude(struct session *session, enum keeper_what what,
                      struct error *err)
{
	size_t before = past_done(edits_past(session->edits));
	bool resizing = edits_are_resizing(session->edits);
	struct space *sp = NULL;

	if (!session_may_change(session, err)) {
		edits_cancel(session->edits);
		return false;
	}
	if (edits_are_nothing(session->edits)) {
		edits_cancel(session->edits);
		return true;
	}
	if (!session_check_held(session, err)) {
		edits_cancel(session->edits);
		return false;
	}
	if (what == KEEPER_EDIT && session->joined)
		what = KEEPER_JOIN;
	if (what == KEEPER_JOIN && !may_join(session))
		what = KEEPER_EDIT;
	if (resizing)
		sp = derive(session, err);
	if ((resizing && !sp) || !reserve(session, err) ||
	    !session_lock(session, err) || !keep(session, what, err)) {
		edits_cancel(session->edits);
		session_unlock(session);
		space_unref(sp);
		return false;
	}
	note(session);
	edits_commit(session->edits, what == KEEPER_JOIN);
	session_unlock(session);
	note_steps(session, what, before);
	if (resizing) {
		space_unref(session->space);
		session->space = sp;
	}
	view_unref(session->view);
	session->view = NULL;
	session->generation++;
	if (session->is_replaying)
		sync_beside(session);
	else
		sync_if_due(session);
	return true;
}

bool session_may_edit(const struct session *session, struct place at,
                      bool insert, struct error *err)
{
	const struct space *sp = session->space;
	struct target t;

	return session_may_change(session, err) &&
	       (insert ? target_of_place(sp, at, &t, err)
	               : target_at(sp, at.addr, 1, &t, err)) &&
	       document_may_change(t.segment->doc, insert, err) &&
	       (!insert || target_may_resize(sp, t.segment, err)) &&
	       session_is_free(session, document_id(t.segment->doc), err);
}

void session_join(struct session *session, bool on)
{
	session->joins = on;
	session->joined = false;
}

static void begin(struct session *session, bool alone)
{
	session_label(session);
	edits_begin(session->edits, alone);
}

/* The end of a group of which a change may have failed. */
static bool end(struct session *session, bool ok, unsigned flags,
                struct error *err)
{
	if (ok)
		return session_conclude(session,
		                        flags & EDIT_JOIN ? KEEPER_JOIN
		                                          : KEEPER_EDIT,
		                        err);
	edits_cancel(session->edits);
	return false;
}

/* --- what is allowed -------------------------------------------------------- */

static bool may_force(enum state state)
{
	return state == STATE_BAD || state == STATE_NOT_TRIED;
}

/* The first of the bytes just read that has no value, and may not be
   overwritten. */
static bool check_states(struct pass *pass, uint64_t addr, bool force,
                         struct error *err)
{
	const struct runs *runs = &pass->session->looked;

	for (size_t i = 0; i < runs->count; i++) {
		const struct run *run = &runs->v[i];

		if (!state_has_bytes(run->state) &&
		    !(force && may_force(run->state)))
			return run_refuse(run, addr, err);
		pass->forced = pass->forced || !state_has_bytes(run->state);
		addr += run->len;
	}
	return true;
}

/* The journal wants the same bytes: it need not read them once more. */
static void tell_keeper(const struct pass *pass, const struct document *doc,
                        uint64_t off, const void *bytes, size_t len)
{
	const struct runs *runs = &pass->session->looked;

	if (pass->session->keeper && runs->count == 1 &&
	    state_has_bytes(runs->v[0].state))
		keeper_saw(pass->session->keeper, document_id(doc), off, bytes,
		           len);
}

/* Where one byte of a page has a value, the others need no look, unless the
   journal wants them. False: it is to be looked at byte by byte. */
static bool look_at_page(struct pass *pass, const struct document *doc,
                         const struct piece *piece, bool *ok, struct error *err)
{
	struct session *session = pass->session;
	struct known *known = &session->docs.known;
	const struct source *src = document_source(doc);
	uint64_t page = piece->off - piece->off % KNOWN_PAGE;
	unsigned char buf[KNOWN_PAGE];

	*ok = true;
	if ((session->keeper && session->keeps) ||
	    src->traits & (SOURCE_PRIVATE | SOURCE_DEVICE) ||
	    src->size - page < KNOWN_PAGE ||
	    piece->len > KNOWN_PAGE - (piece->off - page))
		return false;
	if (known_has(known, document_id(doc), page))
		return true;
	runs_clear(&session->looked);
	*ok = document_read_at(doc, NULL, page, buf, KNOWN_PAGE, 0,
	                       &session->looked, err);
	for (size_t i = 0; *ok && i < session->looked.count; i++)
		if (!state_has_bytes(session->looked.v[i].state))
			return false;
	if (*ok)
		known_add(known, document_id(doc), page);
	return true;
}

static bool look_at_base(struct pass *pass, const struct document *doc,
                         const struct piece *piece, uint64_t addr, bool force,
                         struct error *err)
{
	unsigned char buf[LOOK_FEW];
	size_t len = (size_t)piece->len;
	bool ok;

	if (look_at_page(pass, doc, piece, &ok, err))
		return ok;
	runs_clear(&pass->session->looked);
	if (!document_read_at(doc, NULL, piece->off, buf, len, 0,
	                      &pass->session->looked, err) ||
	    !check_states(pass, addr, force, err))
		return false;
	tell_keeper(pass, doc, piece->off, buf, len);
	return true;
}

/* What edits have put has values: only the file is looked at. */
static bool look_at_few(struct pass *pass, const struct target *t,
                        const struct pieces *pieces, bool force,
                        struct error *err)
{
	uint64_t addr = t->addr;
	struct pieces_walk walk;
	struct piece piece;
	bool ok = true;

	pieces_walk(&walk, pieces);
	while (ok && pieces_next(&walk, &piece)) {
		if ((piece.tag & PIECE_KIND) == PIECE_BASE)
			ok = look_at_base(pass, t->segment->doc, &piece, addr,
			                  force, err);
		else /* What it hides may have become unreadable. */
			pass->forced = pass->forced || force;
		addr += piece.len;
	}
	return ok;
}

static bool look_at_many(struct pass *pass, const struct target *t,
                         uint64_t len, bool force, struct error *err)
{
	unsigned char buf[LOOK];
	uint64_t n;

	for (uint64_t done = 0; done < len; done += n) {
		n = u64_min(len - done, LOOK);
		runs_clear(&pass->session->looked);
		if (!document_read(t->segment->doc, t->off + done, buf,
		                   (size_t)n, 0, &pass->session->looked, err) ||
		    !check_states(pass, t->addr + done, force, err))
			return false;
	}
	return true;
}

/*
 * Look at the old bytes of a part, as far as pass->most: at many before anything
 * is made, at few when they are lifted, as it is known then where they are.
 */
static bool look(struct pass *pass, const struct part *part,
                 const struct pieces *lifted, struct error *err)
{
	const struct target *t = &part->target;
	bool force = pass->flags & EDIT_FORCE && part->added == t->len;
	uint64_t len = u64_min(t->len, pass->most);
	bool ok = true;

	pass->most -= len;
	/* Of what is not looked at nobody knows whether it can be read. */
	pass->forced = force && len < t->len;
	if (len > 0 && (t->len <= LOOK_FEW) == (lifted != NULL))
		ok = lifted ? look_at_few(pass, t, lifted, force, err)
		            : look_at_many(pass, t, len, force, err);
	/* It is what the user wants: a flush need not ask again. */
	return ok && (!pass->forced ||
	              session_force(pass->session, document_id(t->segment->doc),
	                            t->off, t->len, err));
}

static bool check_part(struct pass *pass, const struct part *part,
                       struct error *err)
{
	const struct target *t = &part->target;
	const struct space *sp = pass->session->space;

	if (part->added != t->len && !target_may_resize(sp, t->segment, err))
		return false;
	pass->changes++;
	return document_may_change(t->segment->doc, false, err) &&
	       look(pass, part, NULL, err);
}

/* --- splices ---------------------------------------------------------------- */

static uint64_t added_len(const struct session_splice *splice)
{
	uint64_t len = 0;

	for (size_t i = 0; i < splice->count; i++)
		len += splice->added[i].len;
	return len;
}

/* The next part of a splice, `removed` and `added` of which are done; false at
   its end, *ok saying whether it is one. */
static bool next_part(const struct space *sp,
                      const struct session_splice *splice, uint64_t removed,
                      uint64_t added, struct part *part, bool *ok,
                      struct error *err)
{
	uint64_t left = added_len(splice) - added;
	uint64_t gone = splice->removed - removed;

	*ok = true;
	if (gone == 0 && (removed > 0 || left == 0))
		return false;
	*ok = gone == 0 ? target_of_place(sp, splice->at, &part->target, err)
	                : target_at(sp, splice->at.addr + removed, gone,
	                            &part->target, err);
	part->added = left;
	if (*ok && part->target.len < gone)
		part->added = u64_min(left, part->target.len);
	return *ok;
}

static void begin_splice(struct pass *pass)
{
	pass->most = pass->flags & EDIT_SEEN ? 0 : LOOK_MAX;
}

static bool check_splice(struct pass *pass, const struct session_splice *splice,
                         struct error *err)
{
	uint64_t removed = 0, added = 0;
	struct part *part = &pass->last;
	bool ok;

	begin_splice(pass);
	while (next_part(pass->session->space, splice, removed, added, part,
	                 &ok, err)) {
		if (!check_part(pass, part, err))
			return false;
		removed += part->target.len;
		added += part->added;
	}
	return ok;
}

/* Cut [from, from + len) out of the pieces of a splice. */
static bool cut_parts(struct session *session,
                      const struct session_splice *splice, uint64_t from,
                      uint64_t len, size_t *count, struct error *err)
{
	*count = 0;
	for (size_t i = 0; i < splice->count && len > 0; i++) {
		struct piece piece = splice->added[i];

		if (from >= piece.len) {
			from -= piece.len;
			continue;
		}
		piece = piece_part(piece, from, u64_min(piece.len - from, len));
		from = 0;
		len -= piece.len;
		if (!mem_grow(&session->parts, &session->part_cap, *count + 1,
		              sizeof(*session->parts), err))
			return false;
		session->parts[(*count)++] = piece;
	}
	return true;
}

static bool make_part(struct pass *pass, const struct part *part,
                      const struct piece *v, size_t count, struct error *err)
{
	struct edits *edits = pass->session->edits;
	struct document *doc = part->target.segment->doc;
	const struct pieces *lifted;
	/* What came before it in the document has moved it. */
	uint64_t off = part->target.off + edits_growth(edits, doc);

	lifted = edits_lift(edits, doc, off, part->target.len, err);
	if (!lifted)
		return false;
	if (look(pass, part, lifted, err))
		return edits_lay(edits, doc, v, count, err);
	edits_put_back(edits);
	return false;
}

static bool make_splice(struct pass *pass, const struct session_splice *splice,
                        struct error *err)
{
	uint64_t removed = 0, added = 0;
	struct part part;
	size_t count;
	bool ok;

	begin_splice(pass);
	while (next_part(pass->session->space, splice, removed, added, &part,
	                 &ok, err)) {
		if (!cut_parts(pass->session, splice, added, part.added, &count,
		               err) ||
		    !make_part(pass, &part, pass->session->parts, count, err))
			return false;
		removed += part.target.len;
		added += part.added;
	}
	return ok;
}

/* One change, which mostly it is, takes all that is added. */
static bool make_all(struct pass *pass, const struct session_splice *v,
                     size_t count, struct error *err)
{
	bool ok = true;

	if (count == 1 && pass->changes == 1) {
		begin_splice(pass);
		return make_part(pass, &pass->last, v->added, v->count, err);
	}
	for (size_t i = 0; ok && i < count; i++)
		ok = make_splice(pass, &v[i], err);
	return ok;
}

bool session_edit(struct session *session, const struct session_splice *v,
                  size_t count, unsigned flags, struct error *err)
{
	struct pass pass = { .session = session, .flags = flags };
	bool ok = session_may_change(session, err);

	for (size_t i = 0; ok && i < count; i++)
		ok = check_splice(&pass, &v[i], err);
	if (ok) {
		begin(session, pass.changes == 1);
		ok = make_all(&pass, v, count, err);
		ok = end(session, ok, flags, err);
	}
	if (session->keeper)
		keeper_saw(session->keeper, 0, 0, NULL, 0);
	if (session->part_cap > PARTS) {
		mem_free(session->parts);
		session->parts = NULL;
		session->part_cap = 0;
	}
	return ok;
}

/* --- moving and copying ------------------------------------------------------ */

/* A range that is in one file, whole and in order. */
static bool find_range(const struct session *session, uint64_t addr,
                       uint64_t len, struct target *out, struct error *err)
{
	if (!target_at(session->space, addr, len, out, err))
		return false;
	if (out->len == len)
		return true;
	error_set(err, ERR_RANGE,
	          "0x%" PRIx64 "..0x%" PRIx64 " is more than one file", addr,
	          addr + len - 1);
	return error_add_addr(err, addr + out->len);
}

/* A range and a place in the same file, which may be edited. */
static bool find_both(const struct session *session, uint64_t addr,
                      uint64_t len, struct place place, struct target *from,
                      struct target *to, struct error *err)
{
	if (!find_range(session, addr, len, from, err) ||
	    !target_of_place(session->space, place, to, err))
		return false;
	if (to->segment->doc != from->segment->doc)
		return error_set(err, ERR_RANGE,
		                 "0x%" PRIx64 " and 0x%" PRIx64
		                 " are in different files",
		                 addr, place.addr);
	return document_may_change(to->segment->doc, false, err);
}

bool session_move(struct session *session, uint64_t addr, uint64_t len,
                  struct place to, struct error *err)
{
	struct target a, b;

	if (len == 0)
		return true;
	if (!session_may_change(session, err) ||
	    !find_both(session, addr, len, to, &a, &b, err))
		return false;
	/* Where it is already, or inside of itself. */
	if (b.off >= a.off && b.off - a.off <= len)
		return true;
	begin(session, true);
	return end(session,
	           edits_move(session->edits, a.segment->doc, a.off, len, b.off,
	                      err),
	           0, err);
}

bool session_copy(struct session *session, uint64_t addr, uint64_t len,
                  struct place to, bool over, struct error *err)
{
	struct target a, b;

	if (len == 0)
		return true;
	if (!session_may_change(session, err) ||
	    !find_both(session, addr, len, to, &a, &b, err))
		return false;
	if (over ? !find_range(session, to.addr, len, &b, err)
	         : !target_may_resize(session->space, b.segment, err))
		return false;
	begin(session, true);
	return end(session,
	           edits_copy(session->edits, a.segment->doc, a.off, len, b.off,
	                      over ? len : 0, err),
	           0, err);
}

/* --- back ------------------------------------------------------------------- */

/* What lies between addr and end in one file goes back; *len is how much. */
static bool revert_target(struct session *session, uint64_t addr, uint64_t end,
                          uint64_t *len, struct error *err)
{
	struct location loc = space_locate(session->space, addr);
	struct document *doc;

	*len = u64_min(loc.run, end - addr);
	if (!loc.segment)
		return true;
	doc = loc.segment->doc;
	if (!document_root(doc))
		return true;
	return edits_revert(session->edits, doc,
	                    loc.doc_off + edits_growth(session->edits, doc),
	                    *len, err);
}

bool session_revert(struct session *session, uint64_t addr, uint64_t len,
                    struct error *err)
{
	uint64_t last = u64_min(space_size(session->space), addr + len);
	uint64_t n;
	bool ok = true;

	if (!session_may_change(session, err))
		return false;
	begin(session, false);
	for (; ok && addr < last; addr += n)
		ok = revert_target(session, addr, last, &n, err);
	return end(session, ok, 0, err);
}

bool session_restore(struct session *session, uint64_t addr, struct error *err)
{
	struct target t;

	if (!session_may_change(session, err) ||
	    !target_at(session->space, addr, 1, &t, err))
		return false;
	begin(session, true);
	return end(session,
	           edits_restore(session->edits, t.segment->doc, t.off, err), 0,
	           err);
}
