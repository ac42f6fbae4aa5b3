/*
 * session_recover.c - the edits of earlier runs: see session.h
 *
 * A journal names files; only those that the user has opened count, found by
 * device and inode, else by their path. What it says is believed no further
 * than it fits: every change is held against the document as it is when its
 * turn comes.
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/disk.h"
#include "session_impl.h"
#include "space/space.h"
#include "space/view.h"

enum { PATH = 4096 };

/* --- which document -------------------------------------------------------- */

static bool is_at(const struct document *doc, const char *cwd,
                  const struct record_file *file)
{
	const char *name = document_name(doc);
	size_t base = name[0] == '/' ? 0 : strlen(cwd) + 1;
	size_t len = strlen(name);

	if (file->path_len != base + len ||
	    memcmp(file->path + base, name, len) != 0)
		return false;
	return base == 0 || (memcmp(file->path, cwd, base - 1) == 0 &&
	                     file->path[base - 1] == '/');
}

static struct document *document_of(const struct session *session,
                                    const struct record_file *file)
{
	struct identity id = { .dev = file->dev, .ino = file->ino };
	char cwd[PATH];
	struct document *doc = documents_of_file(&session->docs, &id);

	if (doc || session->sys->cwd(cwd, sizeof(cwd)) < 0)
		return doc;
	for (size_t i = 0; i < session->docs.count; i++) {
		doc = session->docs.v[i].doc;
		if (!(document_source(doc)->traits & SOURCE_PRIVATE) &&
		    is_at(doc, cwd, file))
			return doc;
	}
	return NULL;
}

/* --- looking ----------------------------------------------------------------- */

struct names {
	char **v; /* owned */
	size_t count, cap;
	bool ok;
	struct error *err;
};

static bool take_name(void *arg, const char *name)
{
	struct names *names = arg;

	names->ok = mem_grow(&names->v, &names->cap, names->count + 1,
	                     sizeof(*names->v), names->err);
	if (!names->ok)
		return false;
	names->v[names->count] = mem_strdup(name, names->err);
	names->ok = names->v[names->count] != NULL;
	names->count += names->ok;
	return names->ok;
}

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		mem_free(names->v[i]);
	mem_free(names->v);
}

/* Journals that are open, in the order in which they were made. */
struct journals {
	struct recover **v; /* owned */
	size_t count;
};

static void journals_free(struct journals *all)
{
	for (size_t i = 0; i < all->count; i++)
		recover_free(all->v[i]);
	mem_free(all->v);
}

static void insert_journal(struct journals *all, struct recover *rec)
{
	size_t at = all->count++;

	for (; at > 0 && recover_head(all->v[at - 1])->created >
	                         recover_head(rec)->created;
	     at--)
		all->v[at] = all->v[at - 1];
	all->v[at] = rec;
}

/* All journals in which something may wait. One that cannot be opened, or that
   another editor writes, is left alone. */
static bool open_journals(const struct folder *folder, struct journals *all,
                          struct error *err)
{
	struct names names = { .ok = true, .err = err };
	bool ok = recover_names(folder, take_name, &names, err) && names.ok;

	*all = (struct journals){ 0 };
	if (ok)
		all->v = mem_zalloc((names.count + 1) * sizeof(*all->v), err);
	ok = ok && all->v;
	for (size_t i = 0; ok && i < names.count; i++) {
		struct recover *rec = recover_open(folder, names.v[i], err);

		if (rec && recover_kind(rec) == RECOVER_WAITING)
			insert_journal(all, rec);
		else
			recover_free(rec);
		ok = rec || err->code != ERR_NOMEM;
	}
	for (size_t i = 0; ok && i < all->count; i++)
		for (size_t j = i + 1; j < all->count; j++)
			recover_settle(all->v[i], all->v[j]);
	names_free(&names);
	if (!ok)
		journals_free(all);
	return ok;
}

static bool tell_of(struct session *session, struct recover *rec,
                    session_waits *each, void *ctx, struct error *err)
{
	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		struct document *doc =
			document_of(session, recover_file(rec, i));
		struct session_waiting waiting = {
			.journal = recover_name(rec),
			.created = recover_head(rec)->created,
			.groups = recover_groups(rec),
		};

		if (!doc || !recover_file_waits(rec, i))
			continue;
		waiting.doc = document_id(doc);
		if (!recover_check(rec, i, document_source(doc),
		                   &waiting.checked, err))
			return false;
		each(ctx, &waiting);
	}
	return true;
}

bool session_look(struct session *session, session_waits *each, void *ctx,
                  struct error *err)
{
	const struct folder *folder =
		session->keeper ? keeper_look(session->keeper) : NULL;
	struct journals all;
	bool ok = true;

	if (!folder)
		return true;
	if (!open_journals(folder, &all, err))
		return false;
	for (size_t i = 0; ok && i < all.count; i++)
		ok = tell_of(session, all.v[i], each, ctx, err);
	journals_free(&all);
	return ok;
}

/* --- making edits again -------------------------------------------------------- */

struct replay {
	struct session *session;
	struct recover *rec;    /* owned */
	struct document **docs; /* owned: of each file of it; NULL: not open */
	bool *wanted;           /* owned */
	uint32_t *files;        /* owned: the numbers that are wanted */
	uint32_t count;
	struct piece *pieces; /* owned */
	size_t piece_count, piece_cap;
};

static void replay_free(struct replay *r)
{
	recover_free(r->rec);
	mem_free(r->docs);
	mem_free(r->wanted);
	mem_free(r->files);
	mem_free(r->pieces);
}

static bool does_not_fit(const struct replay *r, struct error *err)
{
	return error_set(err, ERR_CHANGED,
	                 "%s: a change in it does not fit the file",
	                 recover_name(r->rec));
}

/* May this file have its edits back? */
static bool check_file(struct replay *r, uint32_t file, struct error *err)
{
	struct document *doc = r->docs[file - 1];
	struct text_shown shown = text_shown(document_name(doc));
	struct recover_checked checked;

	if (document_root(doc))
		return error_set(err, ERR_CHANGED,
		                 "%s: it has edits that are newer", shown.s);
	if (!recover_check(r->rec, file, document_source(doc), &checked, err))
		return false;
	if (checked.state == RECOVER_CHANGED ||
	    checked.state == RECOVER_TRUNCATED)
		return error_set(err, ERR_CHANGED,
		                 "%s: %s since it was edited: 0x%" PRIx64
		                 " bytes differ, the first at 0x%" PRIx64,
		                 shown.s, recover_state_name(checked.state),
		                 checked.differ, checked.first);
	return document_may_change(doc, false, err);
}

/* Find the documents whose changes wait, and choose them. */
static bool choose(struct replay *r, struct error *err)
{
	uint32_t n = recover_files(r->rec);
	uint32_t also = 0;

	r->docs = mem_zalloc((n + 1) * sizeof(struct document *), err);
	r->wanted = r->docs ? mem_zalloc(n + 1, err) : NULL;
	r->files =
		r->wanted ? mem_zalloc((n + 1) * sizeof(*r->files), err) : NULL;
	if (!r->files)
		return false;
	for (uint32_t i = 1; i <= n; i++) {
		if (!recover_file_waits(r->rec, i))
			continue;
		r->docs[i - 1] =
			document_of(r->session, recover_file(r->rec, i));
		r->wanted[i - 1] = r->docs[i - 1] != NULL;
		if (!r->wanted[i - 1])
			continue;
		r->files[r->count++] = i;
		if (!check_file(r, i, err))
			return false;
	}
	if (r->count == 0)
		return error_set(err, ERR_NO,
		                 "%s: nothing waits there for these files",
		                 recover_name(r->rec));
	if (recover_plan(r->rec, r->wanted, &also, err))
		return true;
	if (also == 0)
		return false;
	return error_set(err, ERR_STATE,
	                 "%s: an edit of it also changes %s: open that, too",
	                 recover_name(r->rec),
	                 text_shown(recover_file(r->rec, also)->path).s);
}

static bool add_piece(struct replay *r, struct piece piece, struct error *err)
{
	if (!mem_grow(&r->pieces, &r->piece_cap, r->piece_count + 1,
	              sizeof(*r->pieces), err))
		return false;
	r->pieces[r->piece_count++] = piece;
	return true;
}

/* Bytes of the other journal's store become some of ours. */
static bool add_store(struct replay *r, const struct record_piece *piece,
                      struct error *err)
{
	struct store *store = session_store(r->session);
	uint8_t buf[16384];
	struct piece out;
	size_t n;

	for (uint64_t done = 0; done < piece->len; done += n) {
		n = (size_t)u64_min(piece->len - done, sizeof(buf));
		if (!recover_read(r->rec, piece->off + done, buf, n, err) ||
		    !store_put(store, buf, n, &out, err) ||
		    !add_piece(r, out, err))
			return false;
	}
	return true;
}

static bool add_fill(struct replay *r, const struct record_piece *piece,
                     struct error *err)
{
	struct store *store = session_store(r->session);
	uint64_t len = piece->off + piece->len;
	struct piece out;

	if (!(piece->kind == RECORD_PIECE_FILL
	              ? store_put_fill(store, piece->bytes, piece->period, len,
	                               &out, err)
	              : store_put_random(store, piece->bytes, len, &out, err)))
		return false;
	return add_piece(r, piece_part(out, piece->off, piece->len), err);
}

static bool add_base(struct replay *r, const struct document *doc,
                     const struct record_piece *piece, struct error *err)
{
	uint64_t size = document_source(doc)->size;
	struct piece out = { .len = piece->len,
		             .off = piece->off,
		             .tag = PIECE_BASE };

	if (piece->off > size || piece->len > size - piece->off)
		return does_not_fit(r, err);
	if (piece->kind == RECORD_PIECE_MOVED)
		out.tag |= PIECE_EDITED;
	return add_piece(r, out, err);
}

static bool make_change(struct replay *r, struct recover_item *item,
                        struct error *err)
{
	const struct record_change *change = &item->change;
	struct document *doc = r->docs[change->file - 1];
	struct edits *edits = r->session->edits;
	struct record_piece piece;
	uint32_t n = 0;
	bool ok = true;

	if (!doc)
		return does_not_fit(r, err);
	r->piece_count = 0;
	while (ok && record_next_piece(&item->pieces, &piece)) {
		if (n++ < change->removed_count)
			continue;
		if (piece.kind == RECORD_PIECE_STORE)
			ok = add_store(r, &piece, err);
		else if (piece.kind == RECORD_PIECE_FILL ||
		         piece.kind == RECORD_PIECE_RANDOM)
			ok = add_fill(r, &piece, err);
		else
			ok = add_base(r, doc, &piece, err);
	}
	if (!ok)
		return false;
	if (change->removed != change->added &&
	    !document_may_change(doc, true, err))
		return false;
	if (change->off > edits_size(edits, doc) ||
	    change->removed > edits_size(edits, doc) - change->off)
		return does_not_fit(r, err);
	return edits_splice(edits, doc, change->off, change->removed, r->pieces,
	                    r->piece_count, err);
}

/* One group, up to its end. */
static bool make_group(struct replay *r, const struct recover_group *info,
                       struct error *err)
{
	struct edits *edits = r->session->edits;
	struct recover_item item;

	session_label_made(r->session,
	                   recover_head(r->rec)->created +
	                           (int64_t)info->time * 1000000000);
	edits_begin(edits, false);
	do {
		if (!recover_next(r->rec, &item, err) ||
		    (item.what == RECOVER_CHANGE &&
		     !make_change(r, &item, err))) {
			edits_cancel(edits);
			return false;
		}
	} while (item.what == RECOVER_CHANGE);
	return session_conclude(r->session,
	                        info->join ? KEEPER_JOIN : KEEPER_EDIT, err);
}

static bool make_all(struct replay *r, struct error *err)
{
	struct recover_item item;
	bool ok;

	do {
		ok = recover_next(r->rec, &item, err);
		if (ok && item.what == RECOVER_BEGIN)
			ok = make_group(r, &item.info, err);
		else if (ok && item.what == RECOVER_UNDO)
			ok = session_undo(r->session, err);
		else if (ok && item.what == RECOVER_REDO)
			ok = session_redo(r->session, err);
	} while (ok && item.what != RECOVER_DONE);
	return ok;
}

/* What it was like before: all that is needed to have it back. */
struct before {
	struct tree **trees; /* owned: of each document that is wanted */
	struct space *space; /* counted */
	struct past_place place;
	size_t done;
};

static bool remember(const struct replay *r, struct before *b,
                     struct error *err)
{
	const struct past *past = edits_past(r->session->edits);
	bool ok;

	*b = (struct before){ .place = past_here(past),
		              .done = past_done(past) };
	b->space = space_ref(r->session->space);
	b->trees = mem_zalloc((r->count + 1) * sizeof(struct tree *), err);
	ok = b->trees != NULL;
	for (uint32_t i = 0; ok && i < r->count; i++) {
		b->trees[i] = document_tree(r->docs[r->files[i] - 1], err);
		ok = b->trees[i] != NULL;
	}
	return ok;
}

static void before_free(const struct replay *r, struct before *b)
{
	for (uint32_t i = 0; b->trees && i < r->count; i++)
		tree_unref(b->trees[i]);
	mem_free(b->trees);
	space_unref(b->space);
}

/* Without memory nothing can be taken back step by step: then the documents are
   simply those of before, and have no edits. */
static void restore(const struct replay *r, struct before *b)
{
	struct session *session = r->session;

	for (uint32_t i = 0; i < r->count; i++) {
		document_set_root(r->docs[r->files[i] - 1],
		                  session_store(session), b->trees[i]);
		b->trees[i] = NULL;
	}
	space_unref(session->space);
	session->space = space_ref(b->space);
	/* Changes were made, and nobody has asked for a view since (S3). */
	assert(!session->view);
	session->generation++;
	session_unlock_unused(session);
}

/* Forget what was made again of the journal, as if nothing had been. */
static void take_back(const struct replay *r, struct before *b)
{
	struct session *session = r->session;
	const struct past *past = edits_past(session->edits);
	struct keeper *keeper = session->keeper;
	struct error ignored;
	bool ok = true;

	job_free(session->sync_job);
	session->sync_job = NULL;
	if (past_done(past) > b->done || past_undone(past) > 0) {
		session->keeper = NULL;
		while (ok && past_done(past) > b->done)
			ok = session_undo(session, &ignored);
		session->keeper = keeper;
		if (!ok)
			restore(r, b);
		edits_cut(session->edits, b->place, b->done);
	}
	keeper_adopt_cancel(keeper);
}

static bool adopt(struct replay *r, struct error *err)
{
	struct session *session = r->session;
	const uint8_t *uuid = recover_head(r->rec)->uuid;
	struct before before;
	struct error late;
	bool ok;

	ok = remember(r, &before, err) &&
	     keeper_adopt_begin(session->keeper, uuid, r->files, r->count, err);
	if (!ok) {
		before_free(r, &before);
		return false;
	}
	edits_cut(session->edits, before.place, before.done);
	ok = make_all(r, err) && keeper_adopt_end(session->keeper, uuid, err);
	if (!ok)
		take_back(r, &before);
	before_free(r, &before);
	if (!ok)
		return false;
	session->went_back = true;
	/* What cannot be released is settled by the next who looks. */
	if (keeper_state(session->keeper) == KEEPER_KEEPS &&
	    !recover_release(r->rec, r->files, r->count, &late))
		session_say_line(session, late.text);
	return true;
}

static const struct folder *look(struct session *session, const char *journal,
                                 struct error *err)
{
	const struct folder *folder =
		session->keeper ? keeper_look(session->keeper) : NULL;

	if (!folder)
		(void)error_set(err, ERR_NO, "there is no journal %s",
		                text_shown(journal).s);
	return folder;
}

bool session_recover(struct session *session, const char *journal,
                     struct error *err)
{
	const struct folder *folder = look(session, journal, err);
	struct replay r = { .session = session };
	bool ok;

	if (!folder)
		return false;
	r.rec = recover_open(folder, journal, err);
	ok = r.rec != NULL;
	if (ok && recover_kind(r.rec) != RECOVER_WAITING)
		ok = error_set(err, ERR_NO, "%s: nothing waits there",
		               text_shown(journal).s);
	ok = ok && choose(&r, err) && adopt(&r, err);
	replay_free(&r);
	return ok;
}

bool session_discard(struct session *session, const char *journal,
                     struct error *err)
{
	const struct folder *folder = look(session, journal, err);
	struct recover *rec =
		folder ? recover_open(folder, journal, err) : NULL;
	bool ok = rec && recover_discard(rec, err);

	recover_free(rec);
	return ok;
}
