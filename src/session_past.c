/*
 * session_past.c - what earlier runs have flushed, as history: see session.h
 *
 * A closed journal has what was done and the images of what was overwritten.
 * Its steps are made again with documents that nobody reads, as long as the
 * files were then: that gives the pieces that each step removed. Bytes stay in
 * the journal, of which the store knows where they are; a history is as small
 * as one that was made in this run.
 *
 * The newest journal is loaded first, and older ones when they are needed. Each
 * is about the files as they were after it, so what it has of a base is seen
 * through the flushes that came later, those of this run among them.
 *
 * None of it is believed: a step is taken back only if what it has made of the
 * file is there, byte by byte (K9).
 *
 * What was taken back when the newest of them ended can be made again, as long as
 * nothing else was done.
 *
 *   Y1  steps [0, closed) of the history come from closed journals; journals
 *       [0, next) of the list are among them, or are about other files; if
 *       is_ahead, all that can be made again does, too
 *   Y2  bases[] says how the base of a document before the flushes of these
 *       journals is to be read from the one now
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/rebase.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/disk.h"
#include "keep/index.h"
#include "session_closed.h"
#include "session_impl.h"

enum { KEPT_OPEN = 32 }; /* files of journals */

/* A journal that has history. */
struct closed_journal {
	char name[RECORD_NAME + 8];
	int64_t time; /* of its last flush, ns */
};

/* A flush of this run. */
struct own_flush {
	char journal[RECORD_NAME + 8];
	uint32_t number;
};

/* Y2 */
struct base {
	uint64_t doc;
	uint64_t size;    /* of the base before those flushes */
	struct tree *now; /* owned; NULL: it is the base now */
};

/* A file that history is about, and that is not open. */
struct absent {
	uint64_t id;
	char *path; /* owned */
};

struct beyond {
	bool is_listed;
	uint64_t last_id;              /* of documents, when it was listed */
	struct closed_journal *closed; /* owned, the newest first */
	struct index *index;           /* owned: of then */
	size_t count, cap, next;
	struct own_flush *own; /* owned */
	size_t own_count, own_cap;
	size_t own_seen;    /* of which bases[] know */
	size_t open_count;  /* files of journals that were opened to stay */
	bool own_lost;      /* there was no memory to note one */
	struct base *bases; /* owned */
	size_t base_count, base_cap;
	struct absent *absent; /* owned */
	size_t absent_count, absent_cap;
};

static void forget_bases(struct beyond *b)
{
	for (size_t i = 0; i < b->base_count; i++)
		tree_unref(b->bases[i].now);
	b->base_count = 0;
}

void session_free_past(struct session *session)
{
	struct beyond *b = session->beyond;

	if (!b)
		return;
	forget_bases(b);
	for (size_t i = 0; i < b->absent_count; i++)
		mem_free(b->absent[i].path);
	index_free(b->index);
	mem_free(b->closed);
	mem_free(b->own);
	mem_free(b->bases);
	mem_free(b->absent);
	mem_free(b);
}

static bool need_beyond(struct session *session, struct error *err)
{
	if (!session->beyond)
		session->beyond = mem_zalloc(sizeof(*session->beyond), err);
	return session->beyond != NULL;
}

/* --- files ------------------------------------------------------------------- */

static bool is_file(const struct absent *absent, const struct record_file *file)
{
	return strlen(absent->path) == file->path_len &&
	       memcmp(absent->path, file->path, file->path_len) == 0;
}

/* An id for a file that is not open: no document ever gets it. */
bool session_absent_id(struct session *session, const struct record_file *file,
                       uint64_t *id, struct error *err)
{
	struct beyond *b = session->beyond;
	struct absent *absent;

	for (size_t i = 0; i < b->absent_count; i++)
		if (is_file(&b->absent[i], file)) {
			*id = b->absent[i].id;
			return true;
		}
	if (!mem_grow(&b->absent, &b->absent_cap, b->absent_count + 1,
	              sizeof(*b->absent), err))
		return false;
	absent = &b->absent[b->absent_count];
	absent->path = mem_strndup(file->path, file->path_len, err);
	if (!absent->path)
		return false;
	absent->id = *id = ++session->last_id;
	b->last_id = session->last_id;
	b->absent_count++;
	return true;
}

const char *session_absent(const struct session *session, uint64_t doc)
{
	const struct beyond *b = session->beyond;

	for (size_t i = 0; b && i < b->absent_count; i++)
		if (b->absent[i].id == doc)
			return b->absent[i].path;
	return NULL;
}

/* --- onto the bases of now ----------------------------------------------------- */

static bool find_base(struct session *session, uint64_t doc, struct base **out,
                      struct error *err)
{
	struct beyond *b = session->beyond;

	for (size_t i = 0; i < b->base_count; i++)
		if (b->bases[i].doc == doc) {
			*out = &b->bases[i];
			return true;
		}
	if (!mem_grow(&b->bases, &b->base_cap, b->base_count + 1,
	              sizeof(*b->bases), err))
		return false;
	*out = &b->bases[b->base_count++];
	**out = (struct base){
		.doc = doc,
		.size = document_source(session_document(session, doc))->size
	};
	return true;
}

/* Somebody else has made the file longer or shorter since. */
static bool fit_base(struct session *session, struct base *base, uint64_t size,
                     struct error *err)
{
	struct piece all = { .len = u64_min(base->size, size) };
	struct piece lost;
	struct splice splice = { .off = base->size, .v = &lost, .count = 1 };

	if (base->size == size)
		return true;
	if (!base->now)
		base->now = tree_new(&all, all.len > 0, err);
	else if (base->size > size)
		splice = (struct splice){ .off = size,
			                  .removed = base->size - size };
	if (!base->now)
		return false;
	if (base->size < size &&
	    !closed_put_lost(session, size - base->size, &lost, err))
		return false;
	if ((base->size < size || splice.removed > 0) &&
	    !tree_splice(&base->now, &splice, err))
		return false;
	base->size = size;
	return true;
}

static const struct tree *base_of(void *ctx, uint64_t doc)
{
	const struct beyond *b = ctx;

	for (size_t i = 0; i < b->base_count; i++)
		if (b->bases[i].doc == doc)
			return b->bases[i].now;
	return NULL;
}

/* The history of the journal, as of now. */
static struct past *map_past(struct closed_load *l, struct error *err)
{
	struct session *session = l->session;

	for (size_t i = 0; i < l->count; i++) {
		const struct closed_lane *lane = &l->lanes[i];
		struct base *base;

		if (lane->is_open &&
		    (!find_base(session, lane->id, &base, err) ||
		     !fit_base(session, base, document_source(lane->doc)->size,
		               err)))
			return NULL;
	}
	return rebase_past(edits_past(l->edits), base_of, session->beyond, err);
}

/* And what came before it is seen through its flushes. */
static bool pass_flushes(struct closed_load *l, struct error *err)
{
	for (size_t i = 0; i < l->count; i++) {
		struct closed_lane *lane = &l->lanes[i];
		struct base *base;

		if (!lane->total)
			continue;
		if (!find_base(l->session, lane->id, &base, err) ||
		    (base->now && !closed_chain(&lane->total, base->now, err)))
			return false;
		tree_unref(base->now);
		base->now = tree_ref(lane->total);
		base->size = closed_first_size(l, lane);
	}
	return true;
}

/* --- journals ------------------------------------------------------------------ */

/* What another editor writes is none of ours, nor what is damaged. */
static struct recover *open_journal(const struct folder *folder,
                                    const char *name, struct error *err)
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
static bool learn(struct beyond *b, struct recover *rec, struct error *err)
{
	const struct index_entry *entry =
		index_find(b->index, recover_name(rec));
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
	ok = index_learn(b->index, recover_name(rec), files, count, err);
	mem_free(files);
	return ok;
}

/* Few of their files stay open. */
static struct closed_load *begin(struct session *session, struct recover *rec,
                                 const struct folder *folder, bool *failed,
                                 struct error *err)
{
	struct beyond *b = session->beyond;
	struct closed_load *l =
		closed_begin(session, rec, folder, b->open_count < KEPT_OPEN,
	                     failed, err);

	b->open_count += l != NULL;
	return l;
}

/* The history of a journal on its way. */
struct front {
	struct past *past; /* owned; NULL: it has no step for us */
	uint32_t *groups;  /* owned: the first group of each step */
	uint8_t uuid[RECORD_UUID];
};

static void front_free(struct front *front)
{
	past_free(front->past);
	mem_free(front->groups);
	*front = (struct front){ 0 };
}

static bool make_front(struct closed_load *l, struct front *front,
                       struct error *err)
{
	const struct past *past = edits_past(l->edits);

	if (past_done(past) == 0 && past_undone(past) == 0)
		return true;
	memcpy(front->uuid, recover_head(l->rec)->uuid, RECORD_UUID);
	front->groups = closed_groups(l, err);
	if (!front->groups || !session_apply_remarks(l->session, l, err))
		return false;
	front->past = map_past(l, err);
	return front->past != NULL;
}

/* What it says of the history is learnt first. */
static bool hear(struct session *session, struct recover *rec,
                 struct error *err)
{
	return learn(session->beyond, rec, err) &&
	       session_hear_remarks(session, rec, err);
}

static bool load(struct session *session, const struct folder *folder,
                 const char *name, struct front *front, struct error *err)
{
	struct recover *rec = open_journal(folder, name, err);
	struct closed_load *l;
	bool failed, ok;

	*front = (struct front){ 0 };
	if (rec && !hear(session, rec, err)) {
		recover_free(rec);
		return false;
	}
	l = begin(session, rec, folder, &failed, err);
	if (!l)
		return !failed;
	ok = closed_make(l, err) && make_front(l, front, err) &&
	     pass_flushes(l, err);
	closed_free(l);
	if (!ok)
		front_free(front);
	return ok;
}

/* --- flushes of this run --------------------------------------------------------- */

void session_note_flush(struct session *session, const char *journal,
                        uint32_t number)
{
	struct error ignored;
	struct beyond *b;

	if (!need_beyond(session, &ignored))
		return;
	b = session->beyond;
	if (!mem_grow(&b->own, &b->own_cap, b->own_count + 1, sizeof(*b->own),
	              &ignored)) {
		b->own_lost = true;
		return;
	}
	snprintf(b->own[b->own_count].journal, sizeof(b->own->journal), "%s",
	         journal);
	b->own[b->own_count++].number = number;
}

/* All that was loaded so far was mapped by the flush; what comes is seen through
   it. */
static bool see_own(struct session *session, const struct folder *folder,
                    const struct own_flush *own, struct error *err)
{
	struct closed_load *l;
	bool failed, ok;

	l = begin(session, recover_peek(folder, own->journal, err), folder,
	          &failed, err);
	if (!l)
		return !failed;
	l->asked = own->number;
	ok = closed_make(l, err);
	for (size_t i = 0; ok && i < l->count; i++) {
		struct tree *seen = l->lanes[i].seen;
		struct base *base;

		if (!seen)
			continue;
		ok = find_base(session, l->lanes[i].id, &base, err) &&
		     closed_chain(&base->now, seen, err);
		if (ok)
			base->size = tree_len(base->now);
	}
	closed_free(l);
	return ok;
}

static bool see_all_own(struct session *session, const struct folder *folder,
                        struct error *err)
{
	struct beyond *b = session->beyond;

	for (; b->own_seen < b->own_count; b->own_seen++)
		if (!see_own(session, folder, &b->own[b->own_seen], err))
			return false;
	return true;
}

/* --- the list -------------------------------------------------------------------- */

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
                       struct error *err)
{
	struct closed_journal *closed;

	if (!mem_grow(&b->closed, &b->cap, b->count + 1, sizeof(*b->closed),
	              err))
		return false;
	closed = &b->closed[b->count++];
	snprintf(closed->name, sizeof(closed->name), "%s", name);
	closed->time = time;
	return true;
}

/* A journal in which something waits may have history, too. One that cannot be
   read has none. */
static bool add_other(struct session *session, const struct folder *folder,
                      const char *name, struct error *err)
{
	struct recover *rec = open_journal(folder, name, err);
	size_t n = rec ? recover_ends(rec) : 0;
	bool ok = rec && session_hear_remarks(session, rec, err);

	if (ok && n > 0)
		ok = add_closed(session->beyond, name,
		                recover_ended(rec, n - 1).time, err);
	recover_free(rec);
	return ok || err->code != ERR_NOMEM;
}

/* The newest first. */
static int compare(const void *a, const void *b)
{
	const struct closed_journal *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time) - (x->time > y->time)
	                          : strcmp(x->name, y->name);
}

static bool list(struct session *session, const struct folder *folder,
                 struct error *err)
{
	struct beyond *b = session->beyond;
	struct keys keys;
	bool ok;

	b->count = b->next = 0;
	forget_bases(b);
	b->own_seen = 0;
	index_free(b->index);
	b->index = index_open(folder, err);
	ok = make_keys(session, &keys, err) && b->index;
	for (size_t i = 0; ok && i < index_count(b->index); i++) {
		const struct index_entry *e = index_at(b->index, i);

		if (!session_has_flushed(session, e->name) &&
		    may_name(session, &keys, e))
			ok = add_closed(b, e->name, e->flushed, err);
	}
	for (size_t i = 0; ok && i < index_others(b->index); i++) {
		const char *name = index_other(b->index, i);

		if (!session_has_flushed(session, name))
			ok = add_other(session, folder, name, err);
	}
	mem_free(keys.v);
	if (!ok)
		return false;
	if (b->count > 0)
		qsort(b->closed, b->count, sizeof(*b->closed), compare);
	b->last_id = session->last_id;
	b->is_listed = true;
	return true;
}

/* --- the history ------------------------------------------------------------------- */

/* The histories of journals on their way, the newest first. */
struct fronts {
	struct front *v; /* owned */
	size_t count, cap, steps;
};

static bool take_next(struct session *session, const struct folder *folder,
                      struct fronts *fronts, struct error *err)
{
	struct beyond *b = session->beyond;
	const struct closed_journal *closed = &b->closed[b->next];
	struct front front;

	if (!mem_grow(&fronts->v, &fronts->cap, fronts->count + 1,
	              sizeof(*fronts->v), err))
		return false;
	if (!load(session, folder, closed->name, &front, err))
		return false;
	b->next++;
	if (front.past) {
		fronts->steps += past_done(front.past);
		fronts->v[fronts->count++] = front;
	}
	return true;
}

/* The same, the oldest first. */
struct behind {
	const struct past **pasts;   /* owned; borrowed histories */
	struct keeper_closed *steps; /* owned */
};

static bool turn_round(const struct fronts *fronts, bool ahead,
                       struct behind *behind, struct error *err)
{
	size_t count = fronts->count;

	behind->pasts = mem_zalloc((count + 1) * sizeof(struct past *), err);
	behind->steps =
		behind->pasts
			? mem_zalloc((count + 1) * sizeof(*behind->steps), err)
			: NULL;
	for (size_t i = 0; behind->steps && i < count; i++) {
		const struct front *front = &fronts->v[count - 1 - i];
		bool all = ahead && i + 1 == count;

		behind->pasts[i] = front->past;
		behind->steps[i] = (struct keeper_closed){
			front->uuid, front->groups,
			past_done(front->past) +
				(all ? past_undone(front->past) : 0)
		};
	}
	return behind->steps != NULL;
}

/* Put them in front of the history, in the place of `skip` steps. */
static bool put_fronts(struct session *session, struct fronts *fronts,
                       size_t skip, struct error *err)
{
	const struct past *was = edits_past(session->edits);
	bool ahead = past_done(was) == skip &&
	             (past_undone(was) == 0 || session->is_ahead);
	struct behind behind = { 0 };
	struct past *past = NULL;

	if (turn_round(fronts, ahead, &behind, err))
		past = past_join(was, skip, ahead, behind.pasts, fronts->count,
		                 err);
	if (past && session->keeper &&
	    !keeper_move_steps(session->keeper, skip, behind.steps,
	                       fronts->count, err)) {
		past_free(past);
		past = NULL;
	}
	mem_free(behind.pasts);
	mem_free(behind.steps);
	if (!past)
		return false;
	session->is_ahead = ahead && past_undone(past) > 0;
	edits_take_past(session->edits, past);
	session->closed += fronts->steps - skip;
	session->flushed += fronts->steps - skip;
	session->whole += fronts->steps - skip;
	session->shifts_generation = session->generation - 1;
	return true;
}

/* Are there files that were opened since it was listed? */
static bool is_stale(const struct session *session)
{
	const struct beyond *b = session->beyond;

	return !b->is_listed || b->last_id != session->last_id;
}

/* Then all is loaded anew, in the place of *skip steps; unless some of them were
   taken back, or are gone. */
static bool renew(struct session *session, const struct folder *folder,
                  size_t *skip, struct error *err)
{
	const struct past *past = edits_past(session->edits);

	*skip = 0;
	if (!is_stale(session) || session->closed_cut ||
	    past_done(past) < session->closed)
		return true;
	*skip = session->closed;
	return list(session, folder, err);
}

/* What comes next cannot be read: say so, and end there. */
static bool end_history(struct session *session, struct error *err)
{
	char line[ERROR_TEXT + 64];

	if (err->code == ERR_NOMEM)
		return false;
	snprintf(line, sizeof(line), "the history ends here: %s", err->text);
	session_say_line(session, line);
	session->beyond->next = session->beyond->count;
	return true;
}

static bool load_steps(struct session *session, const struct folder *folder,
                       size_t steps, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	struct beyond *b = session->beyond;
	struct fronts fronts = { 0 };
	struct error ignored;
	size_t skip;
	bool ok = renew(session, folder, &skip, err);

	if (ok && b->is_listed && b->next < b->count &&
	    !see_all_own(session, folder, err))
		ok = end_history(session, err);
	while (ok && b->is_listed && b->next < b->count &&
	       past_done(past) - skip + fronts.steps < steps)
		ok = take_next(session, folder, &fronts, err) ||
		     end_history(session, err);
	ok = ok && ((fronts.count == 0 && skip == 0) ||
	            put_fronts(session, &fronts, skip, err));
	for (size_t i = 0; i < fronts.count; i++)
		front_free(&fronts.v[i]);
	mem_free(fronts.v);
	if (!ok)
		b->is_listed = false;
	/* What it does not say is read from the journals. */
	if (ok && session->keeps)
		(void)!index_store(b->index, &ignored);
	return ok;
}

void session_renew_past(struct session *session)
{
	if (session->beyond)
		session->beyond->is_listed = false;
}

bool session_load_past(struct session *session, size_t steps, struct error *err)
{
	const struct folder *folder;

	if (past_done(edits_past(session->edits)) >= steps ||
	    session->is_replaying || session->flushing || session->taking)
		return true;
	folder = session_shelf(session, err);
	if (!folder)
		return err->code == ERR_NO;
	if (!need_beyond(session, err))
		return false;
	return session->beyond->own_lost ||
	       load_steps(session, folder, steps, err);
}

bool session_load_undone(struct session *session, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	bool known = session->is_ahead
	                     ? !is_stale(session)
	                     : past_done(past) > 0 || past_undone(past) > 0;

	return known || session_load_past(session, past_done(past) + 1, err);
}
