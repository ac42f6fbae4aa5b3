/*
 * session_past_list.c - which journals have history of the files that are open:
 * see session_past_impl.h
 *
 * The index says it of most of them, so that the others need not be read.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "keep/disk.h"
#include "keep/index.h"
#include "session_closed.h"
#include "session_impl.h"
#include "session_past_impl.h"

enum { KEPT_OPEN = 32 }; /* files of journals */

/* What another editor writes is none of ours, nor what is damaged. */
struct recover *session_past_open(const struct folder *folder, const char *name,
                                  struct error *err)
{
	struct recover *rec;

	if (recover_is_history(folder, name))
		return recover_peek(folder, name, err);
	rec = recover_open(folder, name, err);
	if (rec && recover_kind(rec) == RECOVER_LIVE) {
		(void)error_set(err, ERR_NO, "an editor is writing it");
		recover_free(rec);
		return NULL;
	}
	return rec;
}

/* What was read of a journal need not be read again to know its files. */
bool session_past_learn(struct beyond *b, struct recover *rec,
                        struct error *err)
{
	const struct index_entry *entry =
		index_find(b->list.index, recover_name(rec));
	uint32_t count = recover_files(rec);
	struct index_file *files;
	bool ok;

	if (!entry || entry->knows || recover_kind(rec) != RECOVER_FINISHED)
		return true;
	files = mem_zalloc((count + 1) * sizeof(*files), err);
	if (!files)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct record_file *f = recover_file(rec, i + 1);

		files[i] =
			(struct index_file){ f->dev, f->ino,
			                     index_hash(f->path, f->path_len) };
	}
	ok = index_learn(b->list.index, recover_name(rec), files, count, err);
	mem_free(files);
	return ok;
}

/* Few of their files stay open. */
struct closed_load *session_past_begin(struct session *session,
                                       struct recover *rec,
                                       const struct folder *folder,
                                       bool *failed, struct error *err)
{
	struct beyond *b = session->beyond;
	struct closed_load *l =
		closed_begin(session, rec, folder, b->open_count < KEPT_OPEN,
	                     failed, err);

	b->open_count += l != NULL;
	if (l)
		l->job = b->job;
	return l;
}

/* --- the list ------------------------------------------------------------- */

/* The paths of the documents, by which journals may name them. */
struct keys {
	uint64_t *v; /* owned, sorted */
	size_t count;
};

static int compare_keys(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool make_keys(const struct session *session, struct keys *keys,
                      struct error *err)
{
	const struct documents *docs = &session->docs;
	char path[KEEPER_PATH];

	*keys = (struct keys){
		.v = mem_zalloc((docs->count + 1) * sizeof(*keys->v), err)
	};
	for (size_t i = 0; keys->v && i < docs->count; i++) {
		const struct document *doc = docs->v[i].doc;
		struct error ignored;

		if (!(document_source(doc)->traits & SOURCE_PRIVATE) &&
		    keeper_path(session->keeper, doc, path, &ignored))
			keys->v[keys->count++] = index_hash(path, strlen(path));
	}
	if (keys->v && keys->count > 0)
		qsort(keys->v, keys->count, sizeof(*keys->v), compare_keys);
	return keys->v != NULL;
}

/* Does a journal name a document that is open? So it may, if that is not
   known. */
static bool may_name(const struct session *session, const struct keys *keys,
                     const struct index_entry *entry)
{
	for (uint32_t i = 0; i < entry->count; i++) {
		const struct index_file *file = &entry->files[i];
		struct identity id = { .dev = file->dev, .ino = file->ino };

		if (documents_of_file(&session->docs, &id) ||
		    (keys->count > 0 &&
		     bsearch(&file->path, keys->v, keys->count,
		             sizeof(*keys->v), compare_keys)))
			return true;
	}
	return !entry->knows;
}

bool session_has_flushed(const struct session *session, const char *journal)
{
	const struct beyond *b = session->beyond;

	for (size_t i = 0; b && i < b->own_count; i++)
		if (strcmp(b->own[i].journal, journal) == 0)
			return true;
	return false;
}

static bool add_closed(struct beyond *b, const char *name, int64_t time,
                       bool is_heard, struct error *err)
{
	struct closed_journal *closed;

	if (!mem_grow(&b->list.closed, &b->list.cap, b->list.count + 1,
	              sizeof(*b->list.closed), err))
		return false;
	closed = &b->list.closed[b->list.count++];
	snprintf(closed->name, sizeof(closed->name), "%s", name);
	closed->time = time;
	closed->is_heard = is_heard;
	return true;
}

/* Something is left out; which is not known. */
static bool leave_out(struct session *session, const char *what,
                      const struct error *err)
{
	char line[ERROR_TEXT + 64];

	if (err->code == ERR_NOMEM)
		return false;
	snprintf(line, sizeof(line), "%s may be missing: %s", what, err->text);
	session_past_say(session->beyond, line);
	return true;
}

/* A journal in which something waits may have history, too. What it says of
   others has to be known before these are loaded; where that fails and it has
   history, this ends there. One that is being written has none of ours. */
static bool add_other(struct session *session, const struct folder *folder,
                      const char *name, struct error *err)
{
	struct recover *rec = session_past_open(folder, name, err);
	size_t n = rec ? recover_ends(rec) : 0;
	bool heard, ok;

	if (!rec)
		return err->code == ERR_NO ||
		       leave_out(session, "history", err);
	heard = session_hear_remarks(session, rec, err);
	ok = heard || (n > 0 && err->code != ERR_NOMEM) ||
	     leave_out(session, "notes", err);
	if (ok && n > 0)
		ok = add_closed(session->beyond, name,
		                recover_ended(rec, n - 1).time, heard, err);
	recover_free(rec);
	return ok;
}

/* The newest first. */
static int compare(const void *a, const void *b)
{
	const struct closed_journal *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time) - (x->time > y->time)
	                          : strcmp(x->name, y->name);
}

bool session_past_list(struct session *session, const struct folder *folder,
                       struct error *err)
{
	struct beyond *b = session->beyond;
	struct keys keys;
	bool ok;

	b->list.index = index_open(folder, err);
	ok = make_keys(session, &keys, err) && b->list.index;
	for (size_t i = 0; ok && i < index_count(b->list.index); i++) {
		const struct index_entry *e = index_at(b->list.index, i);

		if (!session_has_flushed(session, e->name) &&
		    may_name(session, &keys, e))
			ok = add_closed(b, e->name, e->flushed, false, err);
	}
	for (size_t i = 0; ok && i < index_others(b->list.index); i++) {
		const char *name = index_other(b->list.index, i);

		ok = job_goes_on(b->job, err);
		if (ok && !session_has_flushed(session, name))
			ok = add_other(session, folder, name, err);
	}
	mem_free(keys.v);
	if (!ok)
		return false;
	if (b->list.count > 0)
		qsort(b->list.closed, b->list.count, sizeof(*b->list.closed),
		      compare);
	b->list.last_id = session->last_id;
	b->list.is_listed = true;
	return true;
}
