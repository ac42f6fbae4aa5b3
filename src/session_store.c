/*
 * session_store.c - where the bytes go that edits bring: see session.h
 *
 * Long ones go into the journal as they come, ahead of the edit that they are
 * for: so an import of any length takes no memory, and need not be copied. If
 * that edit is never made, they are cut off again; or, where something else was
 * written since, they are bytes of the journal that nothing refers to. Where
 * there is no journal, or a flush or what takes up edits has it for itself, a
 * file without a name takes them.
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "edit/edits.h"
#include "edit/store.h"
#include "keep/spill.h"
#include "session_impl.h"

/* Bytes that stay in memory if there is no journal; tests make it small. */
#ifndef SESSION_SPILL
#define SESSION_SPILL ((uint64_t)16 << 20)
#endif

struct store *session_store(const struct session *session)
{
	return edits_store(session->edits);
}

/* Is there a document whose edits the journal takes? */
static bool has_kept_document(const struct session *session)
{
	for (size_t i = 0; i < session->docs.count; i++) {
		const struct document *doc = session->docs.v[i].doc;

		if (!(document_source(doc)->traits & SOURCE_PRIVATE))
			return true;
	}
	return false;
}

/* Another thread may write to the journal while edits are taken up, when only
   these may bring something, and look at it while something is decided. */
static bool is_ours(const struct session *session)
{
	return session->keeper && !session->flushing && !session->deciding &&
	       (!session->taking || session->is_replaying);
}

static bool put(void *ctx, const void *bytes, size_t len, size_t *took,
                struct store_image *image, uint64_t *at, struct error *err)
{
	struct session *session = ctx;

	if (session->keeps && is_ours(session) && has_kept_document(session)) {
		if (!keeper_put(session->keeper, bytes, len, took, image, at,
		                err))
			return error_prefix(err, "not done");
		if (*took > 0)
			return true;
	}
	if (!session->spill)
		session->spill = spill_new(session->sys, SESSION_SPILL, err);
	return session->spill &&
	       spill_put(session->spill, bytes, len, took, image, at, err);
}

uint64_t session_puts(const struct session *session)
{
	return session->keeper ? keeper_puts(session->keeper) : 0;
}

void session_drop_puts(struct session *session, uint64_t puts)
{
	if (is_ours(session))
		keeper_drop_puts(session->keeper, puts);
}

void session_begin_store(struct session *session)
{
	struct store_away away = { put, session };

	store_set_away(edits_store(session->edits), &away);
}
