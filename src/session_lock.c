/*
 * session_lock.c - one editor at a time for each file: see session.h
 *
 * A file is locked from its first edit until it has none. Whether it was asked
 * for is not a question of the document's access: a file that another program
 * has locked is asked for again at the next edit, so that it can be edited as
 * soon as that program has ended.
 *
 *   L1  between edits, `locks` has exactly the files that have edits, with a
 *       lock if they are written in place; they are kept open
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/edits.h"
#include "keep/keeper.h"
#include "keep/lock.h"
#include "session_impl.h"

static bool is_lockable(const struct document *doc)
{
	return document_access(doc) == ACCESS_WRITE &&
	       !(document_source(doc)->traits & SOURCE_PRIVATE);
}

/* The journals there, of which one may be of who has a lock. */
static const struct folder *journals(const struct session *session)
{
	struct error ignored;

	return session->keeper ? keeper_look(session->keeper, &ignored) : NULL;
}

/* The first lock of this document or of one behind it. */
static size_t lower(const struct session *session, uint64_t doc)
{
	size_t lo = 0, hi = session->lock_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (session->locks[mid].doc < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Is it we who have locked it? */
static bool is_held(const struct session *session, uint64_t doc)
{
	size_t at = lower(session, doc);

	return at < session->lock_count && session->locks[at].doc == doc;
}

static void set_locked(struct session *session, const struct document *doc,
                       bool locked)
{
	size_t at = documents_find(&session->docs, document_id(doc));

	if (at < session->docs.count)
		session->docs.v[at].locked = locked;
}

bool session_is_locked(const struct session *session,
                       const struct document *doc)
{
	size_t at = documents_find(&session->docs, document_id(doc));

	return at < session->docs.count && session->docs.v[at].locked;
}

enum access session_access(const struct session *session,
                           const struct document *doc)
{
	return session_is_locked(session, doc) ? ACCESS_READ
	                                       : document_access(doc);
}

bool session_try_lock(struct session *session, struct document *doc,
                      struct lock_list *list, bool *is_read, struct error *err)
{
	const struct source *src = document_source(doc);
	char line[ERROR_TEXT + 32];
	struct error why;

	if (!is_lockable(doc) || is_held(session, document_id(doc)))
		return true;
	if (!*is_read && session->looks_later) {
		session->locks_due = true;
		return true;
	}
	if (!*is_read && !lock_list_read(session->sys, list, err))
		return false;
	*is_read = true;
	if (!lock_list_has(list, src->id.ino) ||
	    lock_try(session->sys, document_name(doc), &src->id,
	             journals(session), &why) ||
	    why.code != ERR_READONLY)
		return true;
	set_locked(session, doc, true);
	snprintf(line, sizeof(line), "%s: it is for reading", why.text);
	session_say_line(session, line);
	return true;
}

/* No lock is to be had where the file is: it is edited without one. */
static void say_unlocked(struct session *session, const struct error *err)
{
	char line[ERROR_TEXT + 64];

	snprintf(line, sizeof(line),
	         "%s: another editor would not see that it is edited",
	         err->text);
	session_say_line(session, line);
}

static bool take(struct session *session, const struct document *doc,
                 struct lock **lock, struct error *err)
{
	const struct source *src = document_source(doc);
	struct document *one = session_document(session, document_id(doc));

	if (src->traits & SOURCE_DEVICE &&
	    !session_check_claims(session, &one, 1, FLUSH_ANYWAY, err))
		return false;
	*lock = lock_take(session->sys, document_name(doc), &src->id,
	                  journals(session), err);
	if (!*lock && err->code != ERR_NO) {
		if (err->code == ERR_READONLY)
			set_locked(session, doc, true);
		return false;
	}
	if (!*lock)
		say_unlocked(session, err);
	set_locked(session, doc, false);
	return true;
}

static bool lock_document(struct session *session, const struct document *doc,
                          struct error *err)
{
	uint64_t id = document_id(doc);
	size_t at = lower(session, id);
	struct lock *lock = NULL;

	if (document_source(doc)->traits & SOURCE_PRIVATE ||
	    is_held(session, id))
		return true;
	if (!mem_grow(&session->locks, &session->lock_cap,
	              session->lock_count + 1, sizeof(*session->locks), err))
		return false;
	if (is_lockable(doc) && !take(session, doc, &lock, err))
		return false;
	/* What cannot be opened cannot be read now, either. */
	(void)source_keep(document_source(doc), true);
	memmove(session->locks + at + 1, session->locks + at,
	        (session->lock_count - at) * sizeof(*session->locks));
	session->locks[at] = (struct session_lock){ .doc = id, .lock = lock };
	session->lock_count++;
	return true;
}

bool session_relock(struct session *session, const struct document *doc,
                    const struct document *fresh, struct error *err)
{
	const struct identity *id = &document_source(fresh)->id;
	size_t at = lower(session, document_id(doc));
	struct session_lock *l;

	if (!is_held(session, document_id(doc)))
		return true;
	l = &session->locks[at];
	(void)source_keep(document_source(fresh), true);
	if (!is_lockable(doc) || identity_same(&document_source(doc)->id, id))
		return true;
	l->next = lock_take(session->sys, document_name(doc), id,
	                    journals(session), err);
	if (!l->next && err->code != ERR_NO)
		return false;
	l->has_next = true;
	return true;
}

void session_relocked(struct session *session, bool keep_new)
{
	for (size_t i = 0; i < session->lock_count; i++) {
		struct session_lock *l = &session->locks[i];

		if (!l->has_next)
			continue;
		lock_drop(keep_new ? l->lock : l->next);
		if (keep_new)
			l->lock = l->next;
		l->next = NULL;
		l->has_next = false;
	}
}

bool session_lock(struct session *session, struct error *err)
{
	size_t count = edits_documents(session->edits);
	struct document *doc;
	bool ok = mem_grow(&session->changing, &session->changing_cap, count,
	                   sizeof(*session->changing), err);

	session->changing_count = 0;
	for (size_t i = 0; ok && i < count; i++) {
		(void)edits_root(session->edits, i, &doc);
		session->changing[session->changing_count++] = document_id(doc);
		ok = lock_document(session, doc, err);
	}
	return ok;
}

/* Let go of an entry. */
static void let_go(const struct session *session, const struct session_lock *l)
{
	const struct document *doc = session_document(session, l->doc);

	if (doc)
		(void)source_keep(document_source(doc), false);
	lock_drop(l->lock);
}

static bool has_edits(const struct session *session, uint64_t id)
{
	const struct document *doc = session_document(session, id);

	return doc && document_root(doc);
}

void session_unlock(struct session *session)
{
	for (size_t i = 0; i < session->changing_count; i++) {
		uint64_t doc = session->changing[i];
		size_t at = lower(session, doc);
		struct session_lock *l;

		if (!is_held(session, doc) || has_edits(session, doc))
			continue;
		l = &session->locks[at];
		let_go(session, l);
		session->lock_count--;
		memmove(l, l + 1, (session->lock_count - at) * sizeof(*l));
	}
	session->changing_count = 0;
}

void session_unlock_unused(struct session *session)
{
	size_t kept = 0;

	for (size_t i = 0; i < session->lock_count; i++) {
		if (has_edits(session, session->locks[i].doc))
			session->locks[kept++] = session->locks[i];
		else
			let_go(session, &session->locks[i]);
	}
	session->lock_count = kept;
}

void session_free_locks(struct session *session)
{
	for (size_t i = 0; i < session->lock_count; i++)
		lock_drop(session->locks[i].lock);
	mem_free(session->locks);
	mem_free(session->changing);
}
