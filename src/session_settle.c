/*
 * session_settle.c - discarding what waits, and ending a flush: see session.h
 */
#include "config.h"

#include "session.h"

#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "keep/disk.h"
#include "session_impl.h"

/* --- opening -------------------------------------------------------------- */

/* Do something with the files of a journal that may be written to; what goes
   wrong first is only to be said. */
static void with_paths(const struct session *session, struct recover *rec,
                       bool (*act)(struct recover *, const char *const *,
                                   struct error *),
                       struct error *late)
{
	uint32_t n = recover_files(rec);
	struct error err;
	const char **paths = mem_zalloc((n + 1) * sizeof(const char *), &err);
	bool ok = paths != NULL;

	for (uint32_t i = 1; ok && i <= n; i++) {
		const struct document *doc =
			session_document_of(session, rec, i);

		if (doc && document_access(doc) == ACCESS_WRITE)
			paths[i - 1] = document_name(doc);
	}
	if ((!ok || !act(rec, paths, &err)) && late->code == ERR_NONE)
		*late = err;
	mem_free(paths);
}

void session_drop_temps_of(const struct session *session, struct recover *rec,
                           struct error *late)
{
	with_paths(session, rec, recover_drop_temps, late);
}

void session_drop_temps(struct session *session, struct recover *rec)
{
	struct error late = { 0 };

	session_drop_temps_of(session, rec, &late);
	if (late.code != ERR_NONE)
		session_say_line(session, late.text);
}

/* The journal, to end what waits there. */
static struct recover *open_to_end(struct session *session,
                                   const struct folder *folder,
                                   const char *journal, struct job *job,
                                   struct error *err)
{
	struct recover *rec;

	if (!folder) {
		(void)error_set(err, ERR_NO, "there is no journal %s",
		                text_shown(journal).s);
		return NULL;
	}
	if (session->read_only) {
		(void)error_set(err, ERR_READONLY,
		                "opened for reading: nothing is removed");
		return NULL;
	}
	rec = recover_open_for(job, folder, journal, err);
	if (rec && recover_kind(rec) == RECOVER_WAITING &&
	    !session_settle(folder, rec, err)) {
		recover_free(rec);
		return NULL;
	}
	return rec;
}

static bool discard(const struct session *session, struct recover *rec,
                    struct error *late, struct error *err)
{
	if (recover_kind(rec) == RECOVER_WAITING) {
		session_drop_temps_of(session, rec, late);
		with_paths(session, rec, recover_give_up_flush, late);
	}
	return recover_discard(rec, err);
}

/* --- a flush that was not finished ---------------------------------------- */

/* Where the files of a journal are, of those that may be written to. */
static bool find_paths(struct session *session, const struct recover *rec,
                       const char **paths, struct error *err)
{
	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		struct document *doc = session_document_of(session, rec, i);

		if (!doc)
			continue;
		if (!document_may_change(doc, false, err))
			return false;
		paths[i - 1] = document_name(doc);
	}
	return true;
}

/* The number of a segment that shows a document; 0: there is none. */
static uint32_t number_of(const struct session *session,
                          const struct document *doc)
{
	for (size_t i = session->layout.count; doc && i-- > 0;) {
		const struct placement *p = session->layout.v[i];

		if (p->doc && document_id(p->doc) == document_id(doc))
			return p->number;
	}
	return 0;
}

/* The documents of a journal are others now. One that fails does not keep the
   rest from being so. */
static bool load_anew(struct session *session, const struct recover *rec,
                      struct error *err)
{
	struct error late;
	bool ok = true;

	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		uint32_t number =
			number_of(session,
		                  session_document_of(session, rec, i));

		if (number &&
		    !session_reload(session, number, 0, ok ? err : &late))
			ok = false;
	}
	return ok;
}

static bool check_claims(struct session *session, const struct recover *rec,
                         const char *const *paths, struct error *err)
{
	struct document **docs =
		mem_zalloc((recover_files(rec) + 1) * sizeof(*docs), err);
	size_t count = 0;
	bool ok;

	if (!docs)
		return false;
	for (uint32_t i = 1; i <= recover_files(rec); i++)
		if (paths[i - 1])
			docs[count++] = session_document_of(session, rec, i);
	ok = session_check_claims(session, docs, count, FLUSH_ANYWAY, err);
	mem_free(docs);
	return ok;
}

static bool end_flush(struct session *session, struct recover *rec,
                      enum recover_end end, struct error *err)
{
	const char **paths =
		mem_zalloc((recover_files(rec) + 1) * sizeof(const char *),
	                   err);
	uint32_t missing = 0;
	bool ok = paths && find_paths(session, rec, paths, err) &&
	          check_claims(session, rec, paths, err);

	if (ok && !recover_end_flush(rec, paths, end, &missing, err))
		ok = missing ? error_set(err, ERR_STATE,
		                         "%s: the flush also writes to %s: "
		                         "open that, too",
		                         recover_name(rec),
		                         text_shown(recover_file(rec, missing)
		                                            ->path)
		                                 .s)
		             : false;
	mem_free(paths);
	return ok;
}

/* --- deciding ------------------------------------------------------------- */

struct decided {
	enum session_decision what;
	struct recover *rec; /* owned */
	struct error late;   /* what went wrong beside */
};

struct deciding {
	const struct folder *folder; /* borrowed; NULL: there is none */
	struct decided *v;           /* owned */
	size_t count, cap;
	atomic_bool writes;
};

static bool is_flush(enum session_decision what)
{
	return what == SESSION_FINISH || what == SESSION_BACK;
}

bool session_decide_begin(struct session *session, enum session_decision what,
                          struct error *err)
{
	const struct folder *folder;

	if (!session_is_idle(session, err) ||
	    (!session_may_change(session, err) &&
	     (is_flush(what) || !session_flush_is_open(session))))
		return false;
	folder = session_shelf(session, err);
	if (!folder && err->code != ERR_NO)
		return false;
	session->deciding = mem_zalloc(sizeof(*session->deciding), err);
	if (!session->deciding)
		return false;
	session->deciding->folder = folder;
	return true;
}

static bool decide(struct session *session, struct decided *d,
                   struct error *err)
{
	struct recover_flush flush;

	switch (d->what) {
	case SESSION_RELEASE:
		return session_let_release(session, d->rec, &d->late, err);
	case SESSION_DISCARD:
		return discard(session, d->rec, &d->late, err);
	case SESSION_FINISH:
	case SESSION_BACK:
		break;
	}
	if (!recover_flushing(d->rec, &flush))
		return error_set(err, ERR_NO,
		                 "%s: no flush was left unfinished",
		                 text_shown(recover_name(d->rec)).s);
	return end_flush(session, d->rec,
	                 d->what == SESSION_FINISH ? RECOVER_FINISH
	                                           : RECOVER_BACK,
	                 err);
}

bool session_decide(struct session *session, enum session_decision what,
                    const char *journal, struct job *job, struct error *err)
{
	struct deciding *all = session->deciding;
	struct decided *d;
	bool ok;

	if (!mem_grow(&all->v, &all->cap, all->count + 1, sizeof(*all->v), err))
		return false;
	d = &all->v[all->count];
	*d = (struct decided){ .what = what };
	d->rec = open_to_end(session, all->folder, journal, job, err);
	if (!d->rec)
		return false;
	recover_end_job(d->rec);
	atomic_store(&all->writes, true);
	ok = decide(session, d, err);
	atomic_store(&all->writes, false);
	if (ok)
		all->count++;
	else
		recover_free(d->rec);
	return ok;
}

bool session_decide_is_writing(const struct session *session)
{
	return session->deciding && atomic_load(&session->deciding->writes);
}

/* What was decided is so, whatever fails here. */
static bool take_over(struct session *session, struct decided *d,
                      struct error *err)
{
	bool ok = true;

	if (d->late.code != ERR_NONE)
		session_say_line(session, d->late.text);
	if (is_flush(d->what))
		ok = load_anew(session, d->rec, err);
	if (ok)
		session_let_go(session, recover_name(d->rec), 0);
	if (d->what != SESSION_RELEASE)
		session_renew_past(session);
	session_spend(session, d->rec);
	return ok;
}

bool session_decide_end(struct session *session, struct error *err)
{
	struct deciding *all = session->deciding;
	struct error late;
	bool ok = true;

	session->deciding = NULL;
	for (size_t i = 0; i < all->count; i++)
		ok = take_over(session, &all->v[i], ok ? err : &late) && ok;
	mem_free(all->v);
	mem_free(all);
	return ok;
}

/* --- at once -------------------------------------------------------------- */

static bool decide_at_once(struct session *session, enum session_decision what,
                           const char *journal, struct error *err)
{
	struct error late;
	bool ok;

	if (!session_decide_begin(session, what, err))
		return false;
	ok = session_decide(session, what, journal, NULL, err);
	return session_decide_end(session, ok ? err : &late) && ok;
}

bool session_release(struct session *session, const char *journal,
                     struct error *err)
{
	return decide_at_once(session, SESSION_RELEASE, journal, err);
}

bool session_discard(struct session *session, const char *journal,
                     struct error *err)
{
	return decide_at_once(session, SESSION_DISCARD, journal, err);
}

bool session_settle_flush(struct session *session, const char *journal,
                          enum recover_end end, struct error *err)
{
	return decide_at_once(session,
	                      end == RECOVER_FINISH ? SESSION_FINISH
	                                            : SESSION_BACK,
	                      journal, err);
}
