/*
 * session_open.c - open and close inputs: see session.h
 */
#include "config.h"

#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/lock.h"
#include "open/acquired.h"
#include "open/layout_file.h"
#include "open/spool.h"
#include "session_impl.h"
#include "source/file.h"
#include "source/memory.h"
#include "space/layout.h"
#include "space/verify.h"

static enum access wanted_access(const struct session *session,
                                 const struct placement *p)
{
	if (session->read_only)
		return ACCESS_READ;
	return p->access != ACCESS_DEFAULT ? p->access : session->access;
}

bool session_take_stdin(struct session *session, struct error *err)
{
	if (session->stdin_taken)
		return error_set(err, ERR_SYNTAX,
		                 "standard input is in use already");
	session->stdin_taken = true;
	return true;
}

static struct source *open_source(struct session *session,
                                  const struct placement *p, struct error *err)
{
	switch (p->input) {
	case PLACEMENT_STDIN:
		if (!session_take_stdin(session, err))
			return NULL;
		return spool_stdin(session->sys, session->files, err);
	case PLACEMENT_MEMORY:
		return memory_open(p->input_size, err);
	default:
		return file_open(session->files, p->path, err);
	}
}

/* Access belongs to the document (B18). */
static bool same_access(const struct document *doc, enum access access,
                        struct error *err)
{
	if (access == ACCESS_DEFAULT || access == document_access(doc))
		return true;
	return error_set(err, ERR_SYNTAX,
	                 "%s: opened twice with different access: %s and %s",
	                 text_shown(document_name(doc)).s,
	                 access_name(document_access(doc)),
	                 access_name(access));
}

/* What all inputs of one call share. */
struct opening {
	struct lock_list locks; /* owned */
	bool is_read;
	struct acquired acquired;
	bool said; /* that such a set is for reading */
};

/* An image that was acquired is for reading, if nobody has asked for more. */
static enum access access_of_acquired(struct session *session,
                                      const struct placement *p,
                                      struct source *src,
                                      struct opening *opening)
{
	const unsigned none = SOURCE_PRIVATE | SOURCE_DEVICE;
	const char *side = opening->acquired.side;
	char line[2 * ERROR_TEXT];

	if (p->input != PLACEMENT_FILE || src->traits & none ||
	    !(src->traits & SOURCE_WRITABLE))
		return ACCESS_DEFAULT;
	if (!acquired_is(session->sys, src, p->path, &opening->acquired))
		return ACCESS_DEFAULT;
	if (opening->said)
		return ACCESS_READ;
	opening->said = true;
	if (strcmp(side, p->path) == 0)
		snprintf(line, sizeof(line),
		         "%s: holds evidence: it is for reading, --rw lets it "
		         "be edited",
		         text_shown(p->path).s);
	else
		snprintf(line, sizeof(line),
		         "%s: was acquired, as %s says: it is for reading, "
		         "--rw lets it be edited",
		         text_shown(p->path).s, text_shown(side).s);
	session_say_line(session, line);
	return ACCESS_READ;
}

/* Give a placement its document: the one that is open already, or a new one. */
static bool open_input(struct session *session, struct placement *p,
                       struct opening *opening, struct error *err)
{
	enum access access = wanted_access(session, p);
	struct document *doc = NULL;
	struct source *src;

	if (p->input == PLACEMENT_GAP)
		return true;
	src = open_source(session, p, err);
	if (!src)
		return false;
	if (access != ACCESS_COPY && !(src->traits & SOURCE_PRIVATE))
		doc = documents_of_file(&session->docs, &src->id);
	if (doc) {
		source_free(src);
		if (!same_access(doc, access, err))
			return error_add_path(err, p->path);
	} else {
		if ((src->traits & SOURCE_PRIVATE) && access == ACCESS_WRITE)
			access = ACCESS_COPY;
		if (access == ACCESS_DEFAULT)
			access = access_of_acquired(session, p, src, opening);
		doc = document_new(src, session->last_id + 1, p->path, access,
		                   err);
		if (!doc)
			return false;
		session->last_id++;
		if (!documents_add(&session->docs, doc, err))
			return false;
		if (!session_try_lock(session, doc, &opening->locks,
		                      &opening->is_read, err))
			return false;
	}
	p->doc = document_ref(doc);
	return true;
}

/* Replace the layout files among the inputs by what stands in them. */
static bool expand(struct session *session, const struct layout *inputs,
                   struct layout *flat, struct error *err)
{
	bool outside = session->access == ACCESS_WRITE;

	for (size_t i = 0; i < inputs->count; i++) {
		struct placement *p = inputs->v[i];

		if (p->input == PLACEMENT_FILE && layout_file_is(p->path)) {
			if (p->at != AT_NEXT || p->skip || p->has_size ||
			    p->over || p->named || p->access)
				return error_set(err, ERR_SYNTAX,
				                 "%s: a layout file takes no "
				                 "options",
				                 text_shown(p->path).s);
			if (!layout_file_read(session->sys, p->path, outside,
			                      flat, err))
				return false;
			continue;
		}
		if (!mem_grow(&flat->v, &flat->cap, flat->count + 1,
		              sizeof(*flat->v), err))
			return false;
		flat->v[flat->count++] = placement_ref(p);
	}
	return true;
}

bool session_open(struct session *session, struct layout *inputs,
                  struct error *err)
{
	struct layout flat = { 0 };
	struct layout trial = { 0 };
	struct opening opening = { 0 };
	size_t before = session->layout.count;
	bool ok;

	/* A job may look at the documents. */
	if (!session_may_change(session, err))
		return false;
	ok = expand(session, inputs, &flat, err) &&
	     documents_reserve(&session->docs, flat.count, err) &&
	     layout_copy(&session->layout, &trial, err);

	files_begin_many(session->files);
	for (size_t i = 0; ok && i < flat.count; i++) {
		/* Numbers of the list that it came in do not count. */
		flat.v[i]->number = 0;
		ok = open_input(session, flat.v[i], &opening, err) &&
		     layout_add(&trial, flat.v[i], err);
		/* The trial has taken this count over. */
		if (ok)
			placement_ref(flat.v[i]);
	}
	files_end_many(session->files);
	ok = ok && verify_over(&trial, before, err) &&
	     session_commit(session, &trial, err);
	if (ok) {
		layout_clear(inputs);
	} else {
		for (size_t i = 0; i < flat.count; i++) {
			document_unref(flat.v[i]->doc);
			flat.v[i]->doc = NULL;
			flat.v[i]->number = 0;
		}
		layout_clear(&trial);
		session_drop_unused(session);
	}
	layout_clear(&flat);
	lock_list_free(&opening.locks);
	return ok;
}

/* Does this placement alone show a document with edits? */
static bool is_last_of_edits(const struct session *session, size_t idx)
{
	const struct document *doc = session->layout.v[idx]->doc;

	if (!doc || !document_root(doc))
		return false;
	for (size_t i = 0; i < session->layout.count; i++) {
		if (i != idx && session->layout.v[i]->doc == doc)
			return false;
	}
	return true;
}

static bool refuse_edits(const struct document *doc, struct error *err)
{
	error_set(err, ERR_CHANGED, "%s has edits that are not written",
	          text_shown(document_name(doc)).s);
	return error_add_path(err, document_name(doc));
}

bool session_close(struct session *session, uint32_t number, struct error *err)
{
	struct layout trial = { 0 };
	size_t idx = 0;

	if (!session_may_change(session, err))
		return false;
	while (idx < session->layout.count &&
	       session->layout.v[idx]->number != number)
		idx++;
	if (number == 0 || idx == session->layout.count)
		return error_set(err, ERR_RANGE,
		                 "there is no segment #%" PRIu32, number);
	if (is_last_of_edits(session, idx))
		return refuse_edits(session->layout.v[idx]->doc, err);
	if (!layout_copy(&session->layout, &trial, err))
		return false;
	layout_remove(&trial, idx);
	if (!session_commit(session, &trial, err)) {
		layout_clear(&trial);
		return false;
	}
	session_drop_unused(session);
	return true;
}

/* Is it the file of a document, or where that was before it was replaced? */
static bool is_open(const struct session *session, const char *path,
                    const struct sys_stat *st)
{
	const struct documents *docs = &session->docs;
	struct identity id = identity_of(st);

	for (size_t i = 0; i < docs->count; i++) {
		const struct document *doc = docs->v[i].doc;

		if (identity_same(&document_source(doc)->id, &id) ||
		    strcmp(document_name(doc), path) == 0)
			return true;
	}
	return false;
}

bool session_may_replace(const struct session *session, const char *path,
                         struct error *err)
{
	struct sys_stat st;

	if (session->sys->stat(path, &st) < 0)
		return true;
	if (st.type != SYS_REGULAR)
		error_set(err, ERR_STATE, "%s is not a regular file",
		          text_shown(path).s);
	else if (is_open(session, path, &st))
		error_set(err, ERR_STATE,
		          "%s is open: nothing is written over it",
		          text_shown(path).s);
	else
		return true;
	return error_add_path(err, path);
}
