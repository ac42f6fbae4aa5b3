/*
 * session_journal.c - the journal of a session, and its end: see session.h
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "base/pool.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "keep/keeper.h"
#include "session_impl.h"

enum journal_state session_journal(const struct session *session)
{
	if (!session->keeper || !session->keeps)
		return JOURNAL_OFF;
	switch (keeper_state(session->keeper)) {
	case KEEPER_EMPTY:
		return JOURNAL_EMPTY;
	case KEEPER_KEEPS:
		return JOURNAL_KEEPS;
	default:
		return JOURNAL_NOWHERE;
	}
}

void session_set_journal_limit(struct session *session, uint64_t bytes)
{
	if (session->keeper)
		keeper_set_limit(session->keeper, bytes);
}

void session_set_undo_limit(struct session *session, uint64_t bytes)
{
	if (session->keeper)
		keeper_set_history(session->keeper, bytes);
}

void session_say_news(struct session *session)
{
	const char *news =
		session->keeper ? keeper_news(session->keeper) : NULL;

	if (news)
		session_say_line(session, news);
}

const char *session_journal_folder(const struct session *session)
{
	return session->keeper ? keeper_folder(session->keeper) : "";
}

const char *session_journal_name(const struct session *session)
{
	return session->keeper ? keeper_name(session->keeper) : "";
}

bool session_journal_is_volatile(const struct session *session)
{
	return session->keeper && keeper_is_volatile(session->keeper);
}

static size_t count_edited(const struct session *session, unsigned traits)
{
	size_t n = 0;

	for (size_t i = 0; i < session->touched_count; i++) {
		const struct document *doc =
			session_document(session, session->touched[i]);

		n += doc && document_root(doc) &&
		     (traits == 0 || document_source(doc)->traits & traits);
	}
	return n;
}

size_t session_edited(const struct session *session)
{
	return count_edited(session, 0);
}

size_t session_unkept(const struct session *session)
{
	bool keeps = session_journal(session) == JOURNAL_KEEPS;

	return count_edited(session, keeps ? SOURCE_PRIVATE : 0);
}

void session_drop_edits(struct session *session, bool drop)
{
	session->dropped = drop;
}

uint64_t session_sync_due(const struct session *session)
{
	if (!session->keeper || session->sync_job || session->flushing ||
	    session->taking)
		return UINT64_MAX;
	return keeper_sync_due(session->keeper);
}

bool session_sync_begin(struct session *session, struct error *err)
{
	if (session->sync_job || session_sync_due(session) == UINT64_MAX)
		return true;
	session->sync_job = job_start(session->pool, JOB_READ, keeper_sync_run,
	                              session->keeper, err);
	return session->sync_job != NULL;
}

bool session_sync_end(struct session *session, const struct job *job)
{
	struct error err;

	if (!job || session->sync_job != job)
		return false;
	if (session_recover_is_writing(session))
		return true;
	job_free(session->sync_job);
	session->sync_job = NULL;
	if (keeper_sync_end(session->keeper, &err)) {
		session->sync_failed = false;
	} else if (!session->sync_failed) {
		session->sync_failed = true;
		session_say_line(session, err.text);
	}
	return true;
}

bool session_sync(struct session *session, struct error *err)
{
	if (session->sync_job) {
		job_wait(session->sync_job);
		(void)session_sync_end(session, session->sync_job);
	}
	if (session_sync_due(session) == UINT64_MAX)
		return true;
	return keeper_sync(session->keeper, err);
}

bool session_preserve(struct session *session, struct error *err)
{
	size_t unkept = session_unkept(session);

	if (session->taking ||
	    (session->flushing && !session_flush_is_open(session)))
		return session_may_change(session, err);
	if (!session_sync(session, err) ||
	    (session->keeper && !keeper_sync(session->keeper, err)))
		return false;
	return unkept == 0 ||
	       error_set(err, ERR_STATE,
	                 "no journal has the edits of %zu of %zu files: they "
	                 "are lost with this program",
	                 unkept, session_edited(session));
}

/* Can the next run make something again? */
static bool is_undone(const struct session *session)
{
	const struct past *past = edits_past(session->edits);

	return !session->dropped && past_undone(past) > 0 &&
	       keeper_knows(session->keeper, past_done(past));
}

/* Nothing waits, but there may be history, and remarks. What was taken up from
   journals where it shall wait again must not count as taken. */
static bool end_journal(struct session *session, struct error *err)
{
	struct keeper *keeper = session->keeper;
	bool back = session->dropped && session->defers;
	bool undone = is_undone(session);

	if (session_has_flushed(session, keeper_name(keeper)) ||
	    (keeper_has_remarks(keeper) && !undone))
		return keeper_close(keeper,
		                    back ? KEEPER_GIVEN_BACK : KEEPER_FLUSHED,
		                    err);
	return undone ? keeper_close(keeper, KEEPER_ALL, err)
	              : keeper_discard(keeper, err);
}

void session_end_journal(struct session *session)
{
	bool is_open = session_end_flush(session);
	struct error err;
	bool ok;

	if (!session->keeper)
		return;
	job_free(session->sync_job);
	session->sync_job = NULL;
	ok = !is_open && (session->dropped || session_edited(session) == 0)
	             ? end_journal(session, &err)
	             : keeper_keep(session->keeper, &err);
	if (!ok)
		session_say_line(session, err.text);
	session_end_taken(session, ok && !session->dropped);
}
