/*
 * session_settle.c - discarding what waits, and ending a flush: see session.h
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "keep/disk.h"
#include "session_impl.h"

/* --- opening -------------------------------------------------------------------- */

/* The folder of a journal that is named; ERR_NO: there is none. */
static const struct folder *shelf_of(struct session *session,
                                     const char *journal, struct error *err)
{
	const struct folder *folder = session_shelf(session, err);

	if (!folder && err->code == ERR_NO)
		(void)error_set(err, ERR_NO, "there is no journal %s",
		                text_shown(journal).s);
	return folder;
}

/* Do something with the files of a journal that may be written to; what goes
   wrong is only said. */
static void with_paths(struct session *session, struct recover *rec,
                       bool (*act)(struct recover *, const char *const *,
                                   struct error *))
{
	uint32_t n = recover_files(rec);
	struct error err;
	const char **paths = mem_zalloc((n + 1) * sizeof(const char *), &err);
	bool ok = paths != NULL;

	for (uint32_t i = 1; ok && i <= n; i++) {
		const struct document *doc =
			session_document_of(session, recover_file(rec, i));

		if (doc && document_access(doc) == ACCESS_WRITE)
			paths[i - 1] = document_name(doc);
	}
	if (!ok || !act(rec, paths, &err))
		session_say_line(session, err.text);
	mem_free(paths);
}

void session_drop_temps(struct session *session, struct recover *rec)
{
	with_paths(session, rec, recover_drop_temps);
}

struct recover *session_open_to_end(struct session *session,
                                    const char *journal, struct error *err)
{
	const struct folder *folder = shelf_of(session, journal, err);
	struct recover *rec;

	if (!folder)
		return NULL;
	if (session->read_only) {
		(void)error_set(err, ERR_READONLY,
		                "opened for reading: nothing is removed");
		return NULL;
	}
	rec = recover_open(folder, journal, err);
	if (rec && recover_kind(rec) == RECOVER_WAITING &&
	    !session_settle(folder, rec, err)) {
		recover_free(rec);
		return NULL;
	}
	return rec;
}

bool session_discard(struct session *session, const char *journal,
                     struct error *err)
{
	struct recover *rec = session_open_to_end(session, journal, err);
	bool ok;

	if (rec && recover_kind(rec) == RECOVER_WAITING) {
		session_drop_temps(session, rec);
		with_paths(session, rec, recover_give_up_flush);
	}
	ok = rec && recover_discard(rec, err);

	if (ok) {
		session_let_go(session, journal, 0);
		session_renew_past(session);
	}
	recover_free(rec);
	return ok;
}

/* --- a flush that was not finished ---------------------------------------------- */

/* Where the files of a journal are, of those that may be written to. */
static bool find_paths(struct session *session, const struct recover *rec,
                       const char **paths, struct error *err)
{
	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		struct document *doc =
			session_document_of(session, recover_file(rec, i));

		if (!doc)
			continue;
		if (!document_may_change(doc, false, err))
			return false;
		paths[i - 1] = document_name(doc);
	}
	return true;
}

/* The documents of a journal are others now. */
static bool load_anew(struct session *session, const struct recover *rec,
                      struct error *err)
{
	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		const struct document *doc =
			session_document_of(session, recover_file(rec, i));
		uint64_t id = doc ? document_id(doc) : 0;
		uint32_t number = 0;

		for (size_t k = 0; id && k < session->layout.count; k++) {
			const struct placement *p = session->layout.v[k];

			if (p->doc && document_id(p->doc) == id)
				number = p->number;
		}
		if (number && !session_reload(session, number, 0, err))
			return false;
	}
	return true;
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
			docs[count++] =
				session_document_of(session,
			                            recover_file(rec, i));
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
	return ok && load_anew(session, rec, err);
}

bool session_settle_flush(struct session *session, const char *journal,
                          enum recover_end end, struct error *err)
{
	struct recover *rec =
		session_may_change(session, err)
			? session_open_to_end(session, journal, err)
			: NULL;
	struct recover_flush flush;
	bool ok = rec != NULL;

	if (ok && !recover_flushing(rec, &flush))
		ok = error_set(err, ERR_NO, "%s: no flush was left unfinished",
		               text_shown(journal).s);
	ok = ok && end_flush(session, rec, end, err);
	if (ok)
		session_let_go(session, journal, 0);
	recover_free(rec);
	return ok;
}
