/* session_flush_choose.c - which documents go into a flush */
#include "config.h"

#include "session_flush_impl.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "keep/keeper.h"
#include "session.h"
#include "session_impl.h"

static bool is_private(const struct document *doc)
{
	return document_access(doc) != ACCESS_WRITE ||
	       document_source(doc)->traits & SOURCE_PRIVATE;
}

struct part *session_flush_part(const struct flushing *f, uint64_t doc)
{
	for (size_t i = 0; i < f->count; i++)
		if (document_id(f->parts[i].doc) == doc)
			return &f->parts[i];
	return NULL;
}

/* Does a list of ids name the document? An empty one names all. */
static bool is_named(uint64_t doc, const uint64_t *docs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (docs[i] == doc)
			return true;
	return count == 0;
}

/*
 * Add the documents that were changed in one step with one that is there; true
 * if any was. Since a flush of all, steps that were flushed are looked at, too:
 * that may be more than is needed, never less.
 */
static bool add_mates(const struct session *session, uint64_t *docs,
                      size_t *count)
{
	const struct past *past = edits_past(session->edits);
	struct past_place place = past_here(past), group = place;
	size_t before = *count;
	struct change change;
	size_t steps = past_done(past);
	bool first, joined = false;

	while (steps > session->whole &&
	       past_previous(past, &place, &change, &first)) {
		joined = joined || is_named(change.doc, docs, *count);
		if (!first)
			continue;
		for (struct past_place at = place;
		     joined && at.pos < group.pos &&
		     past_next(past, &at, &change, &first);)
			if (!is_named(change.doc, docs, *count) &&
			    session_document(session, change.doc))
				docs[(*count)++] = change.doc;
		group = place;
		joined = false;
		steps--;
	}
	return *count > before;
}

static void add_part(struct flushing *f, struct document *doc)
{
	struct part *part = &f->parts[f->count++];

	part->doc = document_ref(doc);
	part->root = tree_ref(document_root(doc));
	part->exchanged = tree_len(part->root) != document_source(doc)->size;
}

/* Likewise, for what the journal has as one although the history does not. */
static bool add_linked(const struct session *session, uint64_t *docs,
                       size_t *count)
{
	size_t before = *count;

	for (size_t i = 0; session->keeper && i < session->docs.count; i++) {
		uint64_t doc = document_id(session->docs.v[i].doc);

		for (size_t k = 0; k < *count; k++)
			if (keeper_is_linked(session->keeper, doc, docs[k]) &&
			    !is_named(doc, docs, *count))
				docs[(*count)++] = doc;
	}
	return *count > before;
}

bool session_flush_choose(struct session *session, struct flushing *f,
                          const uint64_t *docs, size_t count, bool *others,
                          struct error *err)
{
	uint64_t *wanted =
		mem_zalloc((session->docs.count + count + 1) * sizeof(*wanted),
	                   err);

	*others = false;
	f->parts = wanted ? mem_zalloc((session->docs.count + 1) *
	                                       sizeof(*f->parts),
	                               err)
	                  : NULL;
	if (!f->parts) {
		mem_free(wanted);
		return false;
	}
	if (count > 0)
		memcpy(wanted, docs, count * sizeof(*docs));
	while (count > 0 && (add_mates(session, wanted, &count) ||
	                     add_linked(session, wanted, &count)))
		;
	for (size_t i = 0; i < session->docs.count; i++) {
		struct document *doc = session->docs.v[i].doc;

		if (!document_root(doc))
			continue;
		if (!is_named(document_id(doc), wanted, count))
			f->rest = true;
		else if (is_private(doc))
			f->rest = *others = true;
		else
			add_part(f, doc);
	}
	mem_free(wanted);
	return true;
}

/* A step is over for all of its documents when it was flushed for one: what the
   journal has of this one would be lost in a crash, or made again at the wrong
   place. */
static bool refuse_private(const struct document *doc, struct error *err)
{
	(void)error_set(err, ERR_READONLY,
	                "%s: its edits are private (--copy), and the same step "
	                "changed a file that is to be flushed: save-as and "
	                "export write them, revert drops them",
	                text_shown(document_name(doc)).s);
	return error_add_path(err, document_name(doc));
}

/*
 * The documents that steps join to those that are flushed, as far as they have
 * no edits any more: what the journal has of them are changes that make sense
 * only behind those steps, which are over with the flush.
 */
static bool find_clean(const struct session *session, struct flushing *f,
                       struct error *err)
{
	size_t count = f->count, n = 0;
	uint64_t *v = mem_zalloc((session->docs.count + 1) * sizeof(*v), err);

	f->clean = v;
	for (size_t i = 0; v && i < f->count; i++)
		v[i] = document_id(f->parts[i].doc);
	while (v && (add_mates(session, v, &count) ||
	             add_linked(session, v, &count)))
		;
	for (size_t i = f->count; v && i < count; i++) {
		const struct document *doc = session_document(session, v[i]);

		if (document_root(doc) && keeper_number(session->keeper, doc))
			return refuse_private(doc, err);
		if (!document_root(doc))
			v[n++] = v[i];
	}
	f->clean_count = n;
	return v != NULL;
}

bool session_flush_settle(const struct session *session, struct flushing *f,
                          struct error *err)
{
	if (!f->rest)
		return true;
	if (!find_clean(session, f, err))
		return false;
	for (size_t i = 0; i < f->clean_count; i++)
		if (!keeper_add_numbers(session->keeper, f->clean[i],
		                        &f->settled, err))
			return false;
	for (size_t i = 0; i < f->count; i++)
		if (!keeper_add_numbers(session->keeper,
		                        document_id(f->parts[i].doc),
		                        &f->settled, err))
			return false;
	return true;
}
