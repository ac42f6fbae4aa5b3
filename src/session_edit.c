/*
 * session_edit.c - the edits of a session: see session.h
 *
 * An edit goes through the space twice: first to see that it is allowed, then
 * to make the changes, which nobody sees before it is concluded.
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "base/mem.h"
#include "edit/edits.h"
#include "keep/keeper.h"
#include "session_impl.h"
#include "space/target.h"

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

/* --- what is allowed ------------------------------------------------------ */

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
 * Look at the old bytes of a part, as far as pass->most: at many before
 * anything is made, at few when they are lifted, as it is known then where they
 * are.
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

/* --- splices -------------------------------------------------------------- */

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
		session_begin_edit(session, pass.changes == 1);
		ok = make_all(&pass, v, count, err);
		ok = session_end_edit(session, ok, flags, err);
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
