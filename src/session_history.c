/* session_history.c - steps out of their order: see session.h */
#include "config.h"

#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/backout.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "session_impl.h"
#include "space/space.h"

#define SECOND INT64_C(1000000000)

enum { NAMES = 200 };

void session_set_what(struct session *session, const char *what)
{
	session->what = what;
}

void session_label(struct session *session)
{
	edits_set_label(session->edits, session->what,
	                session->sys->clock() / SECOND);
}

void session_label_made(struct session *session, const char *what, int64_t made)
{
	edits_set_label(session->edits, what, made / SECOND);
}

/* There are not more of them than commands. */
bool session_name(struct session *session, const char *called,
                  const char **what, struct error *err)
{
	size_t i = 0;

	*what = NULL;
	if (!called)
		return true;
	while (i < session->name_count &&
	       strcmp(session->names[i], called) != 0)
		i++;
	if (i == NAMES)
		return true;
	if (i == session->name_count) {
		if (!mem_grow(&session->names, &session->name_cap, i + 1,
		              sizeof(char *), err))
			return false;
		session->names[i] = mem_strdup(called, err);
		if (!session->names[i])
			return false;
		session->name_count++;
	}
	*what = session->names[i];
	return true;
}

void session_free_names(struct session *session)
{
	for (size_t i = 0; i < session->name_count; i++)
		mem_free(session->names[i]);
	mem_free(session->names);
}

/* " by step 3", if it was a later one that changed the byte. */
static void say_by(const struct session *session,
                   const struct backout_fault *fault, char dst[static 40])
{
	size_t by = 0;

	if (fault->why == BACKOUT_CHANGED)
		by = past_changed_by(edits_past(session->edits), fault->doc,
		                     fault->off);
	dst[0] = '\0';
	if (by > fault->step)
		snprintf(dst, 40, " by step %zu", by);
}

/* Where it is that a step cannot be taken back, and why. */
static bool explain(const struct session *session,
                    const struct backout_fault *fault, struct error *err)
{
	const struct document *doc = session_document(session, fault->doc);
	struct error why = *err;
	char by[40];
	uint64_t addr;

	if (err->code == ERR_NOMEM || err->code == ERR_LIMIT)
		return false;
	if (fault->why == BACKOUT_CLOSED && session_absent(session, fault->doc))
		(void)session_say_absent(session, fault->doc, err);
	if (fault->why != BACKOUT_CHANGED && fault->why != BACKOUT_MOVED)
		return error_prefix(err, "step %zu", fault->step);
	say_by(session, fault, by);
	if (!space_document_address(session->space, fault->doc, fault->off,
	                            &addr))
		return error_set(err, why.code,
		                 "step %zu: %s%s (%s, offset 0x%" PRIx64 ")",
		                 fault->step, backout_text(fault->why), by,
		                 text_shown(document_name(doc)).s, fault->off);
	error_set(err, why.code, "step %zu: %s%s (%s, at 0x%" PRIx64 ")",
	          fault->step, backout_text(fault->why), by,
	          text_shown(document_name(doc)).s, addr);
	return error_add_addr(err, addr);
}

bool session_back_out(struct session *session, const size_t *numbers,
                      size_t count, struct error *err)
{
	struct backout_fault fault;

	if (!session_may_change(session, err))
		return false;
	session_label(session);
	if (!backout_make(session->edits, &session->docs, numbers, count,
	                  &fault, err))
		return explain(session, &fault, err);
	return session_conclude(session, KEEPER_EDIT, err);
}

bool session_look_back(struct session *session, size_t from, unsigned char *why,
                       struct error *err)
{
	return session_may_look(session, err) &&
	       backout_look(session->edits, &session->docs, from, why, err);
}

const struct shifts *session_shifts(struct session *session)
{
	const struct past_place start = { 0 };
	struct error ignored;

	if (session->shifts_generation == session->generation)
		return &session->shifts;
	if (!shifts_make(&session->shifts, edits_past(session->edits), start,
	                 &ignored))
		return NULL;
	session->shifts_generation = session->generation;
	return &session->shifts;
}

bool session_then(struct session *session, size_t number,
                  session_take_then *take, void *ctx, struct error *err)
{
	struct edits *edits = session->edits;
	bool ok = session_may_look(session, err) &&
	          edits_rewind(edits, number, err);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < edits_documents(edits); i++) {
		struct document *doc;
		struct tree *root = edits_root(edits, i, &doc);

		document_set_store(doc, edits_store(edits));
		ok = take(ctx, doc, root, err);
	}
	edits_cancel(edits);
	return ok;
}
