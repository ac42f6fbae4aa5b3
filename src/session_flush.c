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

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/rebase.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/flush.h"
#include "keep/journal.h"
#include "keep/written.h"
#include "session_flush_impl.h"
#include "session_impl.h"
#include "source/file.h"
#include "space/space.h"
#include "space/view.h"

/* Places that are noted though nobody asked for it: it costs no time that could
   be noticed. */
enum { FEW_PLACES = 1024 };

/* --- what is allowed ----------------------------------------------------------- */

/* NULL: there is none. */
static struct journal *journal_of(const struct session *session)
{
	return session->keeper ? keeper_journal(session->keeper) : NULL;
}

static bool refuse(const struct document *doc, const char *why,
                   struct error *err)
{
	(void)error_set(err, ERR_STATE, "%s: %s",
	                text_shown(document_name(doc)).s, why);
	return error_add_path(err, document_name(doc));
}

static bool is_kept(const struct session *session, const struct document *doc,
                    struct error *err)
{
	return !journal_of(session) ||
	       keeper_number(session->keeper, doc) != 0 ||
	       refuse(doc, "its edits are not in the journal", err);
}

static bool check_part(const struct session *session, const struct part *part,
                       struct error *err)
{
	if (part->exchanged && !source_keep(document_source(part->doc), true))
		return refuse(part->doc, "it cannot be opened", err);
	return is_kept(session, part->doc, err);
}

/* Of what is written to a device no time tells. */
static bool check_devices(struct session *session, const struct flushing *f,
                          unsigned flags, struct error *err)
{
	for (size_t i = 0; i < f->count && !(flags & FLUSH_ANYWAY); i++) {
		const struct document *doc = f->parts[i].doc;
		struct source *src = document_source(doc);

		if (src->traits & SOURCE_DEVICE &&
		    !session_fits(session, doc, src, err))
			return false;
	}
	return true;
}

static bool check_others(struct session *session, const struct flushing *f,
                         unsigned flags, struct error *err)
{
	struct document **docs =
		mem_zalloc((f->count + 1) * sizeof(*docs), err);
	bool ok;

	if (!docs)
		return false;
	for (size_t i = 0; i < f->count; i++)
		docs[i] = f->parts[i].doc;
	ok = session_check_claims(session, docs, f->count, flags, err) &&
	     check_devices(session, f, flags, err);
	mem_free(docs);
	return ok;
}

static bool need_journal(struct session *session, unsigned flags,
                         struct error *err)
{
	if (journal_of(session))
		return true;
	if (!(flags & FLUSH_ANYWAY))
		return error_set(err, ERR_STATE,
		                 "there is no journal: a crash would leave "
		                 "files half written (save-as and export "
		                 "write other files, flush! these)");
	session_say_line(session, "no journal: until the flush is done a crash "
	                          "leaves files half written");
	return true;
}

/* --- what the session will be -------------------------------------------------- */

/* The same file again. */
static struct source *open_again(struct session *session,
                                 const struct document *doc, struct error *err)
{
	struct source *src = file_open(session->files, document_name(doc), err);

	if (!src)
		return NULL;
	if (identity_same(&src->id, &document_source(doc)->id) &&
	    src->size == document_source(doc)->size)
		return src;
	source_free(src);
	error_set(err, ERR_CHANGED, "%s: was replaced or resized",
	          text_shown(document_name(doc)).s);
	(void)error_add_path(err, document_name(doc));
	return NULL;
}

static bool not_writable(const struct session *session,
                         const struct document *doc, struct source *src,
                         struct error *err)
{
	const char *name = document_name(doc);
	int res = session->sys->access(name, SYS_READ | SYS_WRITE);

	source_free(src);
	if (res < 0)
		(void)error_sys(err, -res, "%s: cannot be written",
		                text_shown(name).s);
	else
		(void)error_set(err, ERR_READONLY, "%s: cannot be written",
		                text_shown(name).s);
	err->code = ERR_READONLY;
	return error_add_path(err, name);
}

/* The document of the base that comes. */
static bool open_fresh(struct session *session, struct flushing *f,
                       struct part *part, struct error *err)
{
	const struct document *doc = part->doc;
	size_t at = documents_find(&session->docs, document_id(doc));
	struct source *src = part->exchanged
	                             ? file_next(document_source(doc),
	                                         tree_len(part->root), err)
	                             : open_again(session, doc, err);

	if (!src)
		return false;
	if (!(src->traits & SOURCE_WRITABLE))
		return not_writable(session, doc, src, err);
	part->fresh = document_new(src, document_id(doc), document_name(doc),
	                           document_access(doc), err);
	if (!part->fresh)
		return false;
	f->fresh[at] = document_ref(part->fresh);
	return true;
}

static const struct tree *over_of(void *ctx, uint64_t doc)
{
	const struct part *part = session_flush_part(ctx, doc);

	return part ? part->over : NULL;
}

static uint64_t dirty_bytes(const struct flushing *f)
{
	struct rebase_walk walk;
	uint64_t off, len, sum = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->parts[i].exchanged)
			continue;
		rebase_walk(&walk, f->parts[i].root);
		while (rebase_next(&walk, &off, &len))
			sum += len;
	}
	return sum;
}

/* Where the bytes of the base are when another file has its place. */
static bool make_moved(struct session *session, struct part *part,
                       struct error *err)
{
	struct source *src = open_again(session, part->doc, err);
	uint64_t size = document_source(part->doc)->size;
	struct piece all;

	if (src && !source_keep(src, true)) {
		source_free(src);
		return refuse(part->doc, "it cannot be opened", err);
	}
	if (src)
		part->left = session_flush_left(session, src, &all, err);
	if (!part->left)
		return false;
	part->over = rebase_moved_of(part->root, size, &all,
	                             session_flush_left_gap, part->left, err);
	return part->over != NULL;
}

/* How the documents read their bases while and after these are written. */
static bool make_overs(struct session *session, struct flushing *f,
                       struct error *err)
{
	struct piece image = { 0 };

	f->total = dirty_bytes(f);
	if (f->total > 0 &&
	    !session_flush_image(session, f, f->total, &image, err))
		return false;
	for (size_t i = 0; i < f->count; i++) {
		struct part *part = &f->parts[i];

		if (part->exchanged) {
			if (!make_moved(session, part, err))
				return false;
			continue;
		}
		part->over = rebase_over_of(part->root, &image, err);
		if (!part->over ||
		    !document_prepare_over(part->doc, tree_ref(part->over),
		                           part->fresh, err))
			return false;
	}
	return true;
}

static bool prepare(struct session *session, struct flushing *f,
                    struct error *err)
{
	f->fresh_count = session->docs.count;
	f->fresh = mem_zalloc((f->fresh_count + 1) * sizeof(struct document *),
	                      err);
	if (!f->fresh)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (!check_part(session, &f->parts[i], err) ||
		    !open_fresh(session, f, &f->parts[i], err))
			return false;
	if (!session_layout_with(session, f->fresh, &f->layout, err))
		return false;
	f->space = space_of_layout(&f->layout, err);
	if (!f->space || !make_overs(session, f, err))
		return false;
	f->past = rebase_past(edits_past(session->edits), over_of, f, err);
	f->spare =
		f->past ? view_reserve(2 * session->touched_count, err) : NULL;
	return f->spare && (!journal_of(session) ||
	                    keeper_flush_prepare(session->keeper, err));
}

/* --- the targets ----------------------------------------------------------------- */

static bool next_range(void *ctx, uint64_t *off, uint64_t *len)
{
	struct part *part = ctx;

	return rebase_next(&part->walk, off, len);
}

static bool next_part(void *ctx, struct temp_part *out)
{
	struct part *part = ctx;
	struct piece piece;

	if (!tree_next(&part->pieces, &piece))
		return false;
	*out = (struct temp_part){
		.len = piece.len,
		.off = piece.off,
		.kept = (piece.tag & PIECE_KIND) == PIECE_BASE,
	};
	return true;
}

static bool read_new(void *ctx, uint64_t off, void *buf, size_t len,
                     struct error *err)
{
	struct part *part = ctx;

	runs_clear(&part->runs);
	if (!document_read_at(part->doc, part->root, off, buf, len, 0,
	                      &part->runs, err))
		return false;
	for (size_t i = 0; i < part->runs.count; i++) {
		enum state state = part->runs.v[i].state;

		if (!state_has_bytes(state))
			return error_set(err, ERR_STATE,
			                 "%s: what is to be written at "
			                 "0x%" PRIx64 " has no value (%s)",
			                 text_shown(document_name(part->doc)).s,
			                 off, state_name(state));
		off += part->runs.v[i].len;
	}
	return true;
}

static bool make_target(const struct session *session, struct flushing *f,
                        size_t idx, unsigned flags, struct error *err)
{
	struct part *part = &f->parts[idx];
	const struct source *src = document_source(part->doc);
	const struct documents_entry *entry =
		&session->docs.v[documents_find(&session->docs,
	                                        document_id(part->doc))];
	struct journal *journal = journal_of(session);
	char path[KEEPER_PATH] = "";

	if (journal && !keeper_path(session->keeper, part->doc, path, err))
		return false;
	part->path = mem_strdup(path, err);
	if (!part->path)
		return false;
	rebase_walk(&part->walk, part->root);
	tree_walk(&part->pieces, part->root, 0);
	f->targets[idx] = (struct flush_target){
		.to = { .path = document_name(part->doc),
		        .device = src->traits & SOURCE_DEVICE,
		        .timed = !(flags & FLUSH_ANYWAY),
		        .id = src->id },
		.record = { .file = journal ? keeper_number(session->keeper,
		                                            part->doc)
		                            : (uint32_t)idx + 1,
		            .kind = src->traits & SOURCE_DEVICE
		                            ? RECORD_FILE_DEVICE
		                            : RECORD_FILE_REGULAR,
		            .path = part->path,
		            .path_len = strlen(part->path) },
		.next = next_range,
		.read = read_new,
		.ctx = part,
		.blind = entry->forced || flags & FLUSH_ANYWAY,
		.parts = part->exchanged ? next_part : NULL,
		.size = tree_len(part->root),
	};
	if (entry->touched) {
		f->targets[idx].to.id.mtime = entry->mtime;
		f->targets[idx].to.id.ctime = entry->ctime;
	}
	return true;
}

static bool make_targets(const struct session *session, struct flushing *f,
                         unsigned flags, struct error *err)
{
	f->targets = mem_zalloc(f->count * sizeof(*f->targets), err);
	if (!f->targets)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (!make_target(session, f, i, flags, err))
			return false;
	f->flush = (struct flush){
		.sys = session->sys,
		.log = { .journal = journal_of(session) },
		.targets = f->targets,
		.count = f->count,
		.flags = flags & FLUSH_ANYWAY ? FLUSH_FORCE : 0,
		.total = f->total,
		.settled = f->settled.v,
		.settled_count = f->settled.count,
		.old = f->image ? session_flush_image_add : NULL,
		.old_ctx = f->image,
	};
	return true;
}

/* --- running --------------------------------------------------------------------- */

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
		.next = part->exchanged ? next_whole : next_range,
		.read = read_new,
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
		f->ok = note_written(f, &f->err) && take_left(f, &f->err) &&
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
	             keeper_expire(session->keeper, &f->late);
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
		session->docs
			.v[documents_find(&session->docs,
		                          document_id(f->parts[i].doc))]
			.forced = false;
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
		ok = need_journal(session, flags, err) &&
		     check_others(session, f, flags, err) &&
		     prepare(session, f, err) &&
		     (!journal_of(session) ||
		      session_flush_settle(session, f, err)) &&
		     make_targets(session, f, flags, err);
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

bool session_flush(struct session *session, const uint64_t *docs, size_t count,
                   unsigned flags, struct session_flushed *out,
                   struct error *err)
{
	bool begun;

	if (!session_flush_begin(session, docs, count, flags, &begun, err))
		return false;
	if (!begun) {
		*out = (struct session_flushed){ 0 };
		return true;
	}
	session_flush_work(NULL, session);
	return session_flush_finish(session, out, err);
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
	     (f->count == 0 || need_journal(session, 0, err));
	for (size_t i = 0; ok && i < f->count; i++)
		ok = is_kept(session, f->parts[i].doc, err);
	for (size_t i = 0; ok && i < f->count; i++)
		tell(ctx, f->parts[i].doc);
	flushing_free(f);
	return ok;
}

uint64_t session_flush_need(uint64_t ranges, uint64_t bytes)
{
	/* Old bytes and new ones; and what says where a range is, of which most
	   are short and not far from the one before. */
	enum { RANGE = 4, REST = 4096 };

	if (bytes > UINT64_MAX / 4 || ranges > UINT64_MAX / 4 / RANGE)
		return UINT64_MAX;
	return 2 * bytes + RANGE * ranges + REST;
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

bool session_may_change(const struct session *session, struct error *err)
{
	if (!session->flushing)
		return true;
	if (session->flushing->runs)
		return error_set(err, ERR_STATE, "flushing: wait for its end");
	return error_set(err, ERR_STATE,
	                 "a flush was left open: flush goes on with it");
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
