/*
 * session_reload.c - open files anew: see session.h
 *
 * A file that is loaded anew is a second document of the same id, which takes
 * the place of the first when all that are to be loaded could be opened, and
 * their edits carried over.
 */
#include "config.h"

#include "session.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/mem.h"
#include "keep/lock.h"
#include "session_impl.h"
#include "source/file.h"
#include "space/layout.h"

/*
 * Open a document's file anew under the same id. The old document lives on in
 * the views that show it (K3).
 */
static struct document *reopen(struct session *session,
                               const struct document *doc, struct error *err)
{
	enum access access = document_access(doc);
	struct source *src = file_open(session->files, document_name(doc), err);

	if (!src)
		return NULL;
	if (access == ACCESS_WRITE && !(src->traits & SOURCE_WRITABLE))
		access = ACCESS_READ;
	return document_new(src, document_id(doc), document_name(doc), access,
	                    err);
}

/* Open anew what is to be reloaded: fresh[i] belongs to docs[i]. */
static bool reopen_all(struct session *session, uint32_t number,
                       struct document **fresh, struct error *err)
{
	for (size_t i = 0; i < session->layout.count; i++) {
		const struct placement *p = session->layout.v[i];
		size_t at;

		if (!p->doc || (number && p->number != number) ||
		    (document_source(p->doc)->traits & SOURCE_PRIVATE))
			continue;
		at = documents_find(&session->docs, document_id(p->doc));
		if (!fresh[at])
			fresh[at] = reopen(session, p->doc, err);
		if (!fresh[at])
			return false;
	}
	return true;
}

static bool carry_all(struct session *session, struct document **fresh,
                      struct error *err)
{
	for (size_t i = 0; i < session->docs.count; i++) {
		const struct document *doc = session->docs.v[i].doc;

		if (fresh[i] && document_root(doc) &&
		    !session_carry(session, doc, fresh[i], err))
			return false;
	}
	return true;
}

bool session_layout_with(const struct session *session,
                         struct document *const *fresh, struct layout *trial,
                         struct error *err)
{
	if (!layout_copy(&session->layout, trial, err))
		return false;
	for (size_t i = 0; i < trial->count; i++) {
		struct placement *p = trial->v[i];
		size_t at = p->doc ? documents_find(&session->docs,
		                                    document_id(p->doc))
		                   : session->docs.count;

		if (at == session->docs.count || !fresh[at])
			continue;
		trial->v[i] = placement_with(p, fresh[at], err);
		if (!trial->v[i]) {
			trial->v[i] = p;
			return false;
		}
		placement_unref(p);
	}
	return true;
}

/* Of the documents that were opened anew: a failure is no more than a hint that
   is missing. */
static void look_at_locks(struct session *session, struct document **fresh)
{
	struct lock_list locks = { 0 };
	bool is_read = false;
	struct error ignored;

	for (size_t i = 0; i < session->docs.count; i++) {
		if (fresh[i] &&
		    !session_try_lock(session, session->docs.v[i].doc, &locks,
		                      &is_read, &ignored))
			break;
	}
	lock_list_free(&locks);
}

static bool load_anew(struct session *session, uint32_t number, bool drop,
                      struct error *err)
{
	struct layout trial = { 0 };
	struct document **fresh;
	size_t count = session->docs.count;
	bool dropped = false;
	struct error late;
	bool ok;

	fresh = mem_zalloc((count + 1) * sizeof(struct document *), err);
	ok = fresh && reopen_all(session, number, fresh, err) &&
	     (!drop || session_drop_misfits(session, fresh, &dropped, err)) &&
	     carry_all(session, fresh, err) &&
	     session_layout_with(session, fresh, &trial, err) &&
	     session_commit(session, &trial, err);
	session_relocked(session, ok);
	if (ok) {
		documents_exchange(&session->docs, fresh);
		look_at_locks(session, fresh);
	} else if (dropped && !session_undo(session, &late)) {
		session_say_line(session, late.text);
	}
	for (size_t i = 0; fresh && i < count; i++)
		document_unref(fresh[i]);
	mem_free(fresh);
	layout_clear(&trial);
	return ok;
}

bool session_reload(struct session *session, uint32_t number, bool drop,
                    struct error *err)
{
	bool ok = number == 0;

	if (!session_may_change(session, err))
		return false;
	for (size_t i = 0; i < session->layout.count; i++)
		ok = ok || session->layout.v[i]->number == number;
	return ok ? load_anew(session, number, drop, err)
	          : error_set(err, ERR_RANGE, "there is no segment #%" PRIu32,
	                      number);
}
