/*
 * session_watch.c - what other programs do to open files: see session.h
 *
 * A job looks at the files that are shown, and at those with edits wherever
 * they are; what is new is said once.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>

#include "base/error.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/lock.h"
#include "session_impl.h"
#include "space/space.h"

unsigned session_changes(const struct session *session,
                         const struct document *doc)
{
	size_t at = documents_find(&session->docs, document_id(doc));

	return at < session->docs.count ? session->docs.v[at].changes : 0;
}

bool session_changed_next(struct session *session, unsigned changes,
                          uint64_t *doc)
{
	for (size_t i = 0; i < session->touched_count; i++) {
		size_t at = documents_find(&session->docs, session->touched[i]);
		struct documents_entry *entry = session->docs.v + at;
		unsigned news;

		if (at == session->docs.count || !document_root(entry->doc))
			continue;
		news = entry->changes & ~entry->asked & changes;
		entry->asked = entry->changes;
		*doc = session->touched[i];
		if (news)
			return true;
	}
	return false;
}

char *session_remark(const struct session *session, const struct document *doc,
                     char dst[static SESSION_REMARK])
{
	static const struct {
		unsigned change;
		const char *word;
	} words[] = {
		{ CHANGE_REPLACED, "replaced" }, { CHANGE_GONE, "deleted" },
		{ CHANGE_SIZE_LESS, "shorter" }, { CHANGE_SIZE_MORE, "grown" },
		{ CHANGE_BYTES, "changed" },
	};
	unsigned changes = session_changes(session, doc);
	const unsigned away = CHANGE_GONE | CHANGE_REPLACED;
	const char *locked = session_is_locked(session, doc) ? "locked" : "";
	int n;

	/* That its name has gone changes the times of a file, too. */
	if (changes & away)
		changes &= ~(unsigned)CHANGE_BYTES;
	n = snprintf(dst, SESSION_REMARK, "%s", locked);

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (changes & words[i].change)
			n += snprintf(dst + n, (size_t)(SESSION_REMARK - n),
			              "%s%s", n > 0 ? ", " : "", words[i].word);
	}
	return dst;
}

/* One line about what has happened to a file, the gravest first. */
static void say_change(struct session *session, const struct document *doc,
                       unsigned now, unsigned before)
{
	const unsigned away = CHANGE_GONE | CHANGE_REPLACED;
	unsigned news = now & ~before;
	bool back = (before & away) && !(now & away);
	const char *what;
	char line[ERROR_TEXT];

	if (news & CHANGE_REPLACED)
		what = "was replaced by another file (reload opens that one)";
	else if (news & CHANGE_GONE)
		what = "was deleted or moved away by another program";
	else if (news & CHANGE_SIZE_LESS)
		what = "became shorter: what is gone is shown as ??";
	else if (news & CHANGE_SIZE_MORE)
		what = "has grown (reload shows what was added)";
	else if (now == 0)
		what = "is there again as it was opened";
	else if (back)
		what = "is there again";
	else if (news & CHANGE_BYTES)
		what = "was written to by another program";
	else
		return;
	snprintf(line, sizeof(line), "%s %s", text_shown(document_name(doc)).s,
	         what);
	session_say_line(session, line);
}

/* Documents with edits, wherever they are shown (D17). */
static void collect_edited(const struct session *session, struct check *check)
{
	for (size_t i = 0; i < session->touched_count; i++) {
		struct document *doc =
			session_document(session, session->touched[i]);

		if (doc && document_root(doc) &&
		    !check_add(check, doc, CHECK_MAX / 2))
			return;
	}
}

/* The documents shown in [addr, addr + len), as many as fit, and those of empty
   segments there, which may grow. */
static void collect(const struct session *session, uint64_t addr, uint64_t len,
                    struct check *check)
{
	const struct space *sp = session->space;
	uint64_t end = len > UINT64_MAX - addr ? UINT64_MAX : addr + len;

	for (size_t i = space_find(sp, addr); i < space_extents(sp); i++) {
		const struct extent *e = space_extent(sp, i);

		if (e->addr >= end)
			break;
		for (uint32_t s = 0; s < e->slots; s++) {
			const struct slot *slot = space_slot(sp, e->slot + s);

			if (!check_add(check,
			               space_segment(sp, slot->segment)->doc,
			               CHECK_MAX))
				return;
		}
	}
	for (size_t i = space_start_find(sp, addr); i < space_starts(sp); i++) {
		struct start start = space_start(sp, i);
		const struct segment *seg = space_segment(sp, start.segment);

		if (start.addr > end ||
		    (seg->size == 0 && !check_add(check, seg->doc, CHECK_MAX)))
			break;
	}
}

/* Say what is new, and forget the check. */
static bool conclude(struct session *session, struct check *check)
{
	bool any = false;

	/* A flush writes files, and what was found may be its doing. */
	for (size_t i = 0; i < check->looked && !session->flushing; i++) {
		const struct check_entry *now = &check->v[i];
		struct document *doc = now->doc;
		size_t at = documents_find(&session->docs, document_id(doc));
		struct documents_entry *entry;
		bool again;

		/* It may have been closed or reloaded meanwhile. */
		if (at == session->docs.count || session->docs.v[at].doc != doc)
			continue;
		entry = &session->docs.v[at];
		again = entry->stamp != 0 && entry->stamp != now->stamp;
		any = any || again || now->found != entry->changes;
		if (any)
			known_forget(&session->docs.known);
		entry->stamp = now->stamp;
		if (now->found != entry->changes)
			say_change(session, doc, now->found, entry->changes);
		entry->changes = now->found;
		if (!document_root(doc))
			entry->asked = now->found;
	}
	check_clear(check);
	return any;
}

/* A job_run. */
static void look(struct job *job, void *arg)
{
	struct session *session = arg;
	struct error ignored;

	check_run(job, &session->check);
	session->has_list =
		session->reads_locks &&
		lock_list_read(session->sys, &session->listed, &ignored);
}

static bool begin_check(struct session *session, struct error *err)
{
	session->reads_locks = session->locks_due;
	session->locks_due = false;
	session->check_job =
		job_start(session->pool, JOB_READ, look, session, err);
	if (!session->check_job) {
		check_clear(&session->check);
		return false;
	}
	return true;
}

/* Without memory a hint is missing: an edit asks again. */
static bool conclude_locks(struct session *session)
{
	bool any = false, is_read = true;
	struct error ignored;

	for (size_t i = 0; session->has_list && i < session->docs.count; i++) {
		struct document *doc = session->docs.v[i].doc;

		if (session_is_locked(session, doc))
			continue;
		if (!session_try_lock(session, doc, &session->listed, &is_read,
		                      &ignored))
			break;
		any = any || session_is_locked(session, doc);
	}
	lock_list_free(&session->listed);
	session->has_list = false;
	return any;
}

bool session_check_begin(struct session *session, uint64_t addr, uint64_t len,
                         struct error *err)
{
	if (session->check_job)
		return true;
	collect_edited(session, &session->check);
	collect(session, addr, len, &session->check);
	return begin_check(session, err);
}

bool session_check_all_begin(struct session *session, struct error *err)
{
	if (session->check_job)
		return true;
	for (size_t i = 0; i < session->docs.count; i++)
		if (!check_add(&session->check, session->docs.v[i].doc,
		               SIZE_MAX))
			break;
	return begin_check(session, err);
}

bool session_check_end(struct session *session, const struct job *job,
                       bool *news)
{
	if (!job || session->check_job != job)
		return false;
	job_free(session->check_job);
	session->check_job = NULL;
	*news = conclude(session, &session->check);
	*news = conclude_locks(session) || *news;
	return true;
}

bool session_is_checking(const struct session *session)
{
	return session->check_job != NULL;
}

bool session_check_is_due(const struct session *session)
{
	return session->locks_due && !session->check_job;
}

void session_look_for_locks(struct session *session)
{
	struct error ignored;

	if (!session_check_is_due(session))
		return;
	session->locks_due = false;
	session->has_list =
		lock_list_read(session->sys, &session->listed, &ignored);
	(void)conclude_locks(session);
}
