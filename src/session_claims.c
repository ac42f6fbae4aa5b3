/*
 * session_claims.c - what may be written although others have it: see session.h
 *
 * It is asked before the first edit of a device and before each flush, so that
 * nobody edits for an hour what cannot be written.
 */
#include "config.h"

#include "session.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "session_impl.h"
#include "source/claims.h"

/* What was opened and lies on something else: its document and where. */
struct device {
	const struct document *doc; /* borrowed */
	struct claim claim;
};

struct devices {
	struct device *v; /* owned */
	size_t count, cap;
};

static bool is_device(const struct document *doc)
{
	return document_source(doc)->traits & SOURCE_DEVICE;
}

static void devices_free(struct devices *devices)
{
	for (size_t i = 0; i < devices->count; i++)
		claim_free(&devices->v[i].claim);
	mem_free(devices->v);
}

static bool find_devices(const struct session *session, struct devices *devices,
                         struct error *err)
{
	for (size_t i = 0; i < session->docs.count; i++) {
		const struct document *doc = session->docs.v[i].doc;
		struct device device = { .doc = doc };

		if (!is_device(doc))
			continue;
		if (!mem_grow(&devices->v, &devices->cap, devices->count + 1,
		              sizeof(*devices->v), err) ||
		    !claim_of(session->sys, &document_source(doc)->id,
		              &device.claim, err))
			return false;
		devices->v[devices->count++] = device;
	}
	return true;
}

static bool refuse(const struct document *doc, const char *why,
                   const char *hint, struct error *err)
{
	(void)error_set(err, ERR_READONLY, "%s: %s%s",
	                text_shown(document_name(doc)).s, why, hint);
	return error_add_path(err, document_name(doc));
}

static bool refuse_both(const struct document *doc,
                        const struct document *other, struct error *err)
{
	(void)error_set(err, ERR_READONLY,
	                "%s: has bytes of %s, which is open, too, and would "
	                "not see what is written (close one of them)",
	                text_shown(document_name(doc)).s,
	                text_shown(document_name(other)).s);
	return error_add_path(err, document_name(doc));
}

/* Does what is open besides have bytes of this one? */
static bool check_open(const struct session *session,
                       const struct devices *devices,
                       const struct document *doc, const struct claim *claim,
                       struct error *err)
{
	for (size_t i = 0; i < devices->count; i++)
		if (devices->v[i].doc != doc &&
		    claim_meets(&devices->v[i].claim, claim))
			return refuse_both(doc, devices->v[i].doc, err);
	/* Of what a device lies on, files are not among the devices. */
	for (size_t i = 1; i < claim->count; i++) {
		const struct document *other =
			documents_of_file(&session->docs, &claim->v[i].of);

		if (other && !is_device(other))
			return refuse_both(doc, other, err);
	}
	return true;
}

static bool has(struct document *const *docs, size_t count,
                const struct document *doc)
{
	for (size_t i = 0; i < count; i++)
		if (docs[i] == doc)
			return true;
	return false;
}

/* A private copy shows the file below its edits, and nobody keeps for it what
   is overwritten there (K3). */
static bool check_copies(const struct session *session,
                         struct document *const *docs, size_t count,
                         struct error *err)
{
	for (size_t i = 0; i < session->docs.count; i++) {
		const struct document *copy = session->docs.v[i].doc;
		const struct document *doc;

		if (document_access(copy) != ACCESS_COPY)
			continue;
		doc = documents_of_file(&session->docs,
		                        &document_source(copy)->id);
		if (doc && has(docs, count, doc))
			return refuse(doc,
			              "is open as a copy, too, which would "
			              "change with it (close one of them)",
			              "", err);
	}
	return true;
}

static bool check_claims(const struct claims *claims,
                         const struct document *doc, const struct claim *claim,
                         unsigned flags, struct error *err)
{
	bool lightly;
	const char *why = claims_find(claims, claim, &lightly);

	if (!why || (lightly && flags & FLUSH_ANYWAY))
		return true;
	return refuse(doc, why,
	              lightly ? " and would not see what is written (flush! "
	                        "writes it all the same)"
	                      : ": it is not written",
	              err);
}

bool session_check_claims(struct session *session, struct document *const *docs,
                          size_t count, unsigned flags, struct error *err)
{
	struct claims *claims = claims_read(session->sys, err);
	struct devices devices = { 0 };
	bool ok = claims && find_devices(session, &devices, err);

	for (size_t i = 0; ok && i < count; i++) {
		const struct source *src = document_source(docs[i]);
		struct claim claim = { 0 };

		ok = claim_of(session->sys, &src->id, &claim, err) &&
		     check_open(session, &devices, docs[i], &claim, err) &&
		     check_claims(claims, docs[i], &claim, flags, err);
		claim_free(&claim);
	}
	ok = ok && check_copies(session, docs, count, err);
	devices_free(&devices);
	claims_free(claims);
	return ok;
}
