/*
 * session_move.c - bytes that are in a file already: moved, copied, put back;
 * see session.h
 */
#include "config.h"

#include "session.h"

#include <inttypes.h>

#include "base/error.h"
#include "edit/edits.h"
#include "session_impl.h"
#include "space/target.h"

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

/* A range and a place in the same file, which may be edited now. */
static bool begin_both(const struct session *session, uint64_t addr,
                       uint64_t len, struct place place, struct target *from,
                       struct target *to, struct error *err)
{
	if (!session_may_change(session, err) ||
	    !find_range(session, addr, len, from, err) ||
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
	if (!begin_both(session, addr, len, to, &a, &b, err))
		return false;
	/* Where it is already, or inside of itself. */
	if (b.off >= a.off && b.off - a.off <= len)
		return true;
	session_begin_edit(session, true);
	return session_end_edit(session,
	                        edits_move(session->edits, a.segment->doc,
	                                   a.off, len, b.off, err),
	                        0, err);
}

bool session_copy(struct session *session, uint64_t addr, uint64_t len,
                  struct place to, bool over, struct error *err)
{
	struct target a, b;

	if (len == 0)
		return true;
	if (!begin_both(session, addr, len, to, &a, &b, err))
		return false;
	if (over ? !find_range(session, to.addr, len, &b, err)
	         : !target_may_resize(session->space, b.segment, err))
		return false;
	session_begin_edit(session, true);
	return session_end_edit(session,
	                        edits_copy(session->edits, a.segment->doc,
	                                   a.off, len, b.off, over ? len : 0,
	                                   err),
	                        0, err);
}

/* --- back ----------------------------------------------------------------- */

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

/* All of a file of which edits have left nothing. */
static bool revert_emptied(struct session *session, const struct segment *seg,
                           struct error *err)
{
	if (!seg->doc || !document_root(seg->doc) ||
	    edits_size(session->edits, seg->doc) > 0)
		return true;
	return edits_revert(session->edits, seg->doc, 0, 0, err);
}

static bool revert_all_emptied(struct session *session, uint64_t addr,
                               uint64_t end, struct error *err)
{
	const struct space *sp = session->space;
	uint64_t size = space_size(sp);
	bool ok = true;

	for (size_t i = 0; ok && i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if ((seg->addr > addr || addr == 0) &&
		    (seg->addr < end || end == size))
			ok = revert_emptied(session, seg, err);
	}
	return ok;
}

bool session_revert(struct session *session, uint64_t addr, uint64_t len,
                    struct error *err)
{
	uint64_t last = u64_min(space_size(session->space), addr + len);
	uint64_t at = addr, n;
	bool ok = true;

	if (!session_may_change(session, err))
		return false;
	session_begin_edit(session, false);
	for (; ok && at < last; at += n)
		ok = revert_target(session, at, last, &n, err);
	return session_end_edit(session,
	                        ok && revert_all_emptied(session, addr, last,
	                                                 err),
	                        0, err);
}

bool session_revert_emptied(struct session *session, uint32_t number,
                            struct error *err)
{
	const struct segment *seg = space_numbered(session->space, number);

	if (!session_may_change(session, err))
		return false;
	session_begin_edit(session, false);
	return session_end_edit(session,
	                        !seg || revert_emptied(session, seg, err), 0,
	                        err);
}

bool session_restore(struct session *session, uint64_t addr, struct error *err)
{
	struct target t;

	if (!session_may_change(session, err) ||
	    !target_at(session->space, addr, 1, &t, err))
		return false;
	session_begin_edit(session, true);
	return session_end_edit(session,
	                        edits_restore(session->edits, t.segment->doc,
	                                      t.off, err),
	                        0, err);
}
