/*
 * session_flush.c - edits into their files: see session.h
 *
 * All that the session will be afterwards is made before the first byte is
 * written: new documents of the same files, the space that shows them, and a
 * history whose pieces of the old bases have become pieces of their images. So
 * nothing can fail once the files are written.
 *
 * The old documents live on in the views that show them, and read what was
 * overwritten from its image: in memory if it is little, else in the journal. A
 * document whose length was changed has another file from then on: the old one
 * goes on with the old file, which stays open.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "keep/flush.h"
#include "keep/written.h"
#include "session_flush_impl.h"
#include "session_impl.h"
#include "space/space.h"
#include "space/view.h"

/* Places that are noted though nobody asked for it: it costs no time that could
   be noticed. */
enum { FEW_PLACES = 1024 };

/* --- running -------------------------------------------------------------- */

static void flushing_free(struct flushing *f)
{
	flush_free(&f->flush);
	for (size_t i = 0; i < f->count; i++) {
		struct part *part = &f->parts[i];

		if (part->left && f->flush.state != FLUSH_ENDED)
			session_flush_left_drop(part->left);
		document_unref(part->doc);
		document_unref(part->fresh);
		tree_unref(part->root);
		tree_unref(part->over);
		runs_free(&part->runs);
		mem_free(part->path);
	}
	for (size_t i = 0; i < f->fresh_count && f->fresh; i++)
		document_unref(f->fresh[i]);
	mem_free(f->fresh);
	mem_free(f->parts);
	mem_free(f->targets);
	mem_free(f->clean);
	mem_free(f->settled.v);
	written_unref(f->written);
	layout_clear(&f->layout);
	space_unref(f->space);
	past_free(f->past);
	view_unref(f->spare);
	mem_free(f);
}

static void show_overs(const struct flushing *f, bool show)
{
	for (size_t i = 0; i < f->count; i++)
		if (!f->parts[i].exchanged)
			document_show_over(f->parts[i].doc, show);
}

/* What is left over of files whose place others take. */
static bool take_left(struct flushing *f, struct error *err)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->parts[i].left &&
		    !session_flush_left_take(f->parts[i].left, err))
			return false;
	return true;
}

/* Of a file whose place another one takes, all is written. */
static bool next_whole(void *ctx, uint64_t *off, uint64_t *len)
{
	struct part *part = ctx;

	*off = 0;
	*len = part->is_noted ? 0 : tree_len(part->root);
	part->is_noted = true;
	return *len > 0;
}

static bool note_part(struct written *w, struct part *part, struct error *err)
{
	struct written_file file = {
		.path = document_name(part->doc),
		.id = document_source(part->doc)->id,
		.next = part->exchanged ? next_whole : session_flush_next,
		.read = session_flush_read,
		.ctx = part,
	};
	bool ok;

	file.id.size = tree_len(part->root);
	part->is_noted = false;
	ok = written_add(w, &file, err);
	rebase_walk(&part->walk, part->root);
	return ok;
}

static bool note_all(struct flushing *f, struct written *w, struct error *err)
{
	for (size_t i = 0; i < f->count; i++)
		if ((f->parts[i].exchanged && !f->notes_all) ||
		    !note_part(w, &f->parts[i], err))
			return false;
	return true;
}

/* What the files will be, while they are not. To read a whole one takes time,
   which is spent only if somebody asked for it. */
static bool note_written(struct flushing *f, struct error *err)
{
	struct error why;
	struct written *w = written_new(f->notes_all ? 0 : FEW_PLACES, &why);

	if (w && note_all(f, w, &why)) {
		f->written = w;
		return true;
	}
	written_unref(w);
	if (f->notes_all)
		*err = why;
	return !f->notes_all;
}

/* Files that took the place of others are others than were noted. */
static void note_exchanged(const struct flushing *f)
{
	for (size_t i = 0; f->written && i < f->count; i++)
		if (f->parts[i].exchanged)
			written_became(f->written, i, &f->targets[i].after);
}

/* Go on with what is not done yet. */
void session_flush_work(struct job *job, void *arg)
{
	const struct session *session = arg;
	struct flushing *f = session->flushing;
	struct flush *flush = &f->flush;

	flush->job = job;
	f->ok = true;
	if (flush->state == FLUSH_NOTHING)
		f->ok = session_flush_compare(session, f, &f->err) &&
		        note_written(f, &f->err) && take_left(f, &f->err) &&
		        flush_commit(flush, &f->err);
	if (f->ok && flush->state == FLUSH_OPEN) {
		atomic_store(&f->writing, true);
		show_overs(f, true);
		f->ok = flush_write(flush, &f->err);
		if (flush->state == FLUSH_NOTHING)
			show_overs(f, false);
	}
	if (f->ok)
		f->ok = flush_end(flush, f->rest, &f->err);
	atomic_store(&f->writing, false);
	if (f->ok)
		note_exchanged(f);
	f->expired = !f->ok || f->rest || !flush->log.journal ||
	             keeper_expire(session->keeper, &f->forgotten, &f->late);
	flush->job = NULL;
}

/* Nothing of the flush is left in the files, but times. What was kept of them
   may be from in between: the check forgets it. */
static void look_again(struct session *session, const struct flushing *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct document *doc = f->parts[i].doc;
		struct documents_entry *entry =
			&session->docs.v[documents_find(&session->docs,
		                                        document_id(doc))];

		if (!f->targets[i].began)
			continue;
		entry->changes = document_check(doc);
		entry->touched = true;
		entry->mtime = f->targets[i].after.mtime;
		entry->ctime = f->targets[i].after.ctime;
	}
}

static void forget_flush(struct session *session)
{
	flushing_free(session->flushing);
	session->flushing = NULL;
}

static void forget_forced(struct session *session, const struct flushing *f)
{
	for (size_t i = 0; i < f->count; i++)
		session_unforce(session, document_id(f->parts[i].doc));
}

static void tell_keeper(struct session *session, struct flushing *f)
{
	keeper_flushed(session->keeper, f->clean, f->clean_count, true, false);
	for (size_t i = 0; i < f->count; i++) {
		uint64_t id = document_id(f->parts[i].doc);
		bool last = i + 1 == f->count;

		keeper_flushed(session->keeper, &id, 1, f->rest || !last,
		               session_flush_image_is_there(f->image));
	}
}

/* Old bytes that are more than all history may be are removed at once, and
   those of a journal that could not be closed. */
static void say_forgotten(struct session *session, const struct flushing *f)
{
	const struct error *why = &f->flush.log.unkept;
	char line[ERROR_TEXT + 128];

	if (why->code == ERR_NONE &&
	    (!f->forgotten || keeper_history(session->keeper) == 0))
		return;
	snprintf(line, sizeof(line),
	         "what the flush has written over is not kept (%s): no later "
	         "run can take that back",
	         why->code == ERR_NONE ? "undolimit" : why->text);
	session_say_line(session, line);
}

/* What was flushed is the base from here on. */
static void publish(struct session *session, struct flushing *f)
{
	for (size_t i = 0; i < f->count; i++)
		source_written(document_source(f->parts[i].fresh),
		               &f->targets[i].after);
	documents_exchange(&session->docs, f->fresh);
	layout_clear(&session->layout);
	session->layout = f->layout;
	f->layout = (struct layout){ 0 };
	space_unref(session->space);
	session->space = f->space;
	f->space = NULL;
	edits_take_past(session->edits, f->past);
	f->past = NULL;
	view_unref(session->view);
	session->view = NULL;
	view_unref(session->spare);
	session->spare = f->spare;
	f->spare = NULL;
	session->generation++;
	written_unref(session->written);
	session->written = f->written;
	f->written = NULL;
	session->flushed = past_done(edits_past(session->edits));
	if (!f->rest)
		session->whole = session->flushed;
	/* What comes is no part of a step that was flushed. */
	session->went_back = true;
	if (f->flush.log.journal) {
		session_note_flush(session, keeper_name(session->keeper),
		                   f->flush.number);
		tell_keeper(session, f);
	}
	forget_forced(session, f);
	session_release_flushed(session);
	session_unlock_unused(session);
}

/* The journal is the flush's from here on. */
static void stop_syncing(struct session *session)
{
	struct error ignored;

	if (!session->sync_job)
		return;
	job_free(session->sync_job);
	session->sync_job = NULL;
	(void)!keeper_sync_end(session->keeper, &ignored);
}

/* Make session->flushing, unless it is there already and waits to be gone on
   with. *any: there is something to flush. */
static bool make_flush(struct session *session, const uint64_t *docs,
                       size_t count, unsigned flags, bool *any,
                       struct error *err)
{
	struct flushing *f;
	bool others = false;
	bool ok;

	*any = true;
	/* Who takes up edits may write to the journal in another thread. */
	if (!session_is_idle(session, err))
		return false;
	if (session->flushing)
		return session_flush_is_open(session) ||
		       session_may_change(session, err);
	stop_syncing(session);
	f = mem_zalloc(sizeof(*f), err);
	if (!f)
		return false;
	ok = session_flush_choose(session, f, docs, count, &others, err);
	*any = f->count > 0;
	if (ok && *any)
		ok = session_flush_make(session, f, flags, err);
	else if (ok && others)
		ok = error_set(err, ERR_READONLY,
		               "the edits are private (--copy): save-as and "
		               "export write them to other files");
	if (!ok || !*any) {
		flushing_free(f);
		return ok;
	}
	f->notes_all = flags & FLUSH_VERIFY;
	session->flushing = f;
	return true;
}

bool session_flush_begin(struct session *session, const uint64_t *docs,
                         size_t count, unsigned flags, bool *begun,
                         struct error *err)
{
	if (!make_flush(session, docs, count, flags, begun, err))
		return false;
	if (*begun) {
		session->flushing->runs = true;
		atomic_store(&session->flushing->writing, false);
		session->flushing->ok = false;
		session->flushing->err.code = ERR_NONE;
	}
	return true;
}

bool session_flush_finish(struct session *session, struct session_flushed *out,
                          struct error *err)
{
	struct flushing *f = session->flushing;
	bool ok = f->ok;

	f->runs = false;
	/* A job that was cancelled before it began was never called. */
	if (!ok && f->err.code == ERR_NONE)
		(void)error_set(&f->err, ERR_CANCELLED,
		                "the flush was cancelled");
	if (!ok)
		*err = f->err;
	if (f->flush.state == FLUSH_ENDED) {
		publish(session, f);
		session_flush_say_beside(session, f);
		say_forgotten(session, f);
		if (!f->expired)
			session_say_line(session, f->late.text);
		*out = (struct session_flushed){ .files = f->count,
			                         .ranges = f->flush.ranges,
			                         .bytes = f->flush.bytes };
		forget_flush(session);
	} else if (f->flush.state == FLUSH_NOTHING) {
		look_again(session, f);
		forget_flush(session);
	}
	return ok;
}

bool session_flush_look(struct session *session, const uint64_t *docs,
                        size_t count, session_flush_tell *tell, void *ctx,
                        struct error *err)
{
	struct flushing *f;
	bool ok, others;

	if (session->flushing)
		return session_flush_is_open(session) ||
		       session_may_change(session, err);
	f = mem_zalloc(sizeof(*f), err);
	if (!f)
		return false;
	ok = session_flush_choose(session, f, docs, count, &others, err) &&
	     (f->count == 0 || session_flush_may(session, 0, err));
	for (size_t i = 0; ok && i < f->count; i++)
		ok = session_flush_is_kept(session, f->parts[i].doc, err);
	for (size_t i = 0; ok && i < f->count; i++)
		tell(ctx, f->parts[i].doc);
	flushing_free(f);
	return ok;
}

uint64_t session_flush_need(uint64_t ranges, uint64_t bytes, uint64_t gone)
{
	/* Old bytes and new ones; and what says where a range is, of which most
	   are short and not far from the one before. */
	enum { RANGE = 4, REST = 4096 };

	if (bytes > UINT64_MAX / 8 || gone > UINT64_MAX / 8 ||
	    ranges > UINT64_MAX / 8 / RANGE)
		return UINT64_MAX;
	return 2 * bytes + gone + RANGE * ranges + REST;
}

bool session_flush_is_writing(const struct session *session)
{
	return session->flushing && session->flushing->runs &&
	       atomic_load(&session->flushing->writing);
}

struct written *session_written(const struct session *session)
{
	const struct flushing *f = session->flushing;
	struct written *w = session->written;

	/* The job asks when it is done, before anybody else is told. */
	if (f && f->runs)
		w = f->flush.state == FLUSH_ENDED ? f->written : NULL;
	return w ? written_ref(w) : NULL;
}

size_t session_flushed_steps(const struct session *session)
{
	return session->flushed;
}

bool session_flush_is_open(const struct session *session)
{
	return session->flushing && !session->flushing->runs;
}

bool session_is_idle(const struct session *session, struct error *err)
{
	if (session->looking)
		return error_set(err, ERR_STATE,
		                 "what earlier runs left is being looked at: "
		                 "wait for its end");
	if (session->taking && !session->is_replaying)
		return error_set(err, ERR_STATE,
		                 "edits of an earlier run are being taken up: "
		                 "wait for its end");
	if (session->deciding)
		return error_set(err, ERR_STATE,
		                 "journals of earlier runs are in use: "
		                 "wait for the end of that");
	if (session->loading)
		return error_set(err, ERR_STATE,
		                 "the history of earlier runs is being read: "
		                 "wait for its end");
	return true;
}

bool session_may_change(const struct session *session, struct error *err)
{
	if (!session_is_idle(session, err))
		return false;
	if (!session->flushing)
		return true;
	if (session->flushing->runs)
		return error_set(err, ERR_STATE, "flushing: wait for its end");
	return error_set(err, ERR_STATE,
	                 "a flush was left open: flush goes on with it");
}

bool session_may_look(const struct session *session, struct error *err)
{
	return !session->taking || session_may_change(session, err);
}

bool session_end_flush(struct session *session)
{
	struct session_flushed ignored;
	struct error err;

	if (session->flushing && session->flushing->runs)
		(void)!session_flush_finish(session, &ignored, &err);
	if (!session->flushing)
		return false;
	forget_flush(session);
	return true;
}
