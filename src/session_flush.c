/*
 * session_flush.c - edits into their files: see session.h
 *
 * All that the session will be afterwards is made before the first byte is
 * written: new documents of the same files, the space that shows them, and a
 * history whose pieces of the old bases have become pieces of their images. So
 * nothing can fail once the files are written.
 *
 * The old documents live on in the views that show them, and read what was
 * overwritten from its image: in memory if it is little, else in the journal.
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
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
#include "session_impl.h"
#include "source/file.h"
#include "space/space.h"
#include "space/view.h"

/* Old bytes of a flush that are kept in memory. Tests make it small. */
#ifndef FLUSH_MEMORY
#define FLUSH_MEMORY ((size_t)1024 * 1024)
#endif

/* The old bytes of a flush. */
struct image_part {
	uint64_t pos,
		at; /* the image from pos on is in the journal from `at` on */
};

struct image {
	struct journal *journal;  /* borrowed */
	uint8_t *bytes;           /* owned; NULL: in the journal */
	uint64_t len;             /* bytes so far */
	struct image_part *parts; /* owned */
	size_t count, cap;
};

/* A document on its way. */
struct part {
	struct document *doc, *fresh; /* counted */
	struct tree *root, *over;     /* counted */
	char *path;                   /* owned: for the journal */
	struct rebase_walk walk;
	struct runs runs; /* owned */
};

struct flushing {
	bool runs;           /* from begin to finish */
	atomic_bool writing; /* set by the job: there is no way back */
	struct flush flush;
	struct flush_target *targets; /* owned */
	struct part *parts;           /* owned */
	size_t count;
	bool rest; /* the journal has edits of others, too */
	bool ok;
	struct error err;
	bool expired;        /* old journals have been removed */
	struct error late;   /* why not */
	struct image *image; /* borrowed from the store */
	uint64_t total;      /* bytes that will be written */
	uint64_t *clean;     /* owned: documents of the same steps that have no
	                        edits any more */
	size_t clean_count;
	struct keeper_numbers settled; /* owned */

	/* What the session will be. */
	struct document **fresh; /* owned; one or NULL for each of docs */
	size_t fresh_count;
	struct layout layout;
	struct space *space;
	struct past *past;
	struct view *spare;
};

/* --- images ---------------------------------------------------------------- */

static void image_free(void *ctx)
{
	struct image *image = ctx;

	mem_free(image->bytes);
	mem_free(image->parts);
	mem_free(image);
}

/* Where the image goes on at `pos` in the journal, and how far. */
static uint64_t image_find(const struct image *image, uint64_t pos,
                           uint64_t *end)
{
	size_t lo = 0, hi = image->count;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (image->parts[mid].pos <= pos)
			lo = mid;
		else
			hi = mid;
	}
	*end = hi < image->count ? image->parts[hi].pos : image->len;
	return image->parts[lo].at + (pos - image->parts[lo].pos);
}

static bool image_read(void *ctx, uint64_t pos, void *buf, size_t len,
                       struct error *err)
{
	const struct image *image = ctx;
	unsigned char *to = buf;
	uint64_t at, end;
	size_t n;

	if (image->bytes) {
		memcpy(buf, image->bytes + pos, len);
		return true;
	}
	for (; len > 0; to += n, pos += n, len -= n) {
		at = image_find(image, pos, &end);
		n = (size_t)u64_min(len, end - pos);
		if (!journal_read(image->journal, at, to, n, err))
			return false;
	}
	return true;
}

/* Called by the flush. Nobody reads the image before its end. */
static bool image_add(void *ctx, const void *bytes, size_t len, uint64_t at,
                      struct error *err)
{
	struct image *image = ctx;

	if (image->bytes) {
		memcpy(image->bytes + image->len, bytes, len);
	} else {
		if (!mem_grow(&image->parts, &image->cap, image->count + 1,
		              sizeof(*image->parts), err))
			return false;
		image->parts[image->count++] =
			(struct image_part){ image->len, at };
	}
	image->len += len;
	return true;
}

/* A piece of the store that will be these old bytes. */
static bool make_image(struct flushing *f, struct session *session,
                       uint64_t len, struct piece *out, struct error *err)
{
	struct image *image = mem_zalloc(sizeof(*image), err);
	struct store_image how = { image_read, image_free, image };

	if (!image)
		return false;
	image->journal = keeper_journal(session->keeper);
	if (len <= FLUSH_MEMORY)
		image->bytes = mem_zalloc((size_t)len + 1, err);
	if ((len <= FLUSH_MEMORY && !image->bytes) ||
	    !store_put_image(session_store(session), len, &how, out, err)) {
		image_free(image);
		return false;
	}
	f->image = image;
	return true;
}

/* --- which documents -------------------------------------------------------- */

static bool is_private(const struct document *doc)
{
	return document_access(doc) != ACCESS_WRITE ||
	       document_source(doc)->traits & SOURCE_PRIVATE;
}

static struct part *find_part(const struct flushing *f, uint64_t doc)
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

/* The documents with edits that are wanted. *others: some have private ones. */
static bool choose(struct session *session, struct flushing *f,
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

		/* Private edits that the journal has go on waiting. */
		if (document_root(doc) && keeper_number(session->keeper, doc))
			return true;
		if (!document_root(doc))
			v[n++] = v[i];
	}
	f->clean_count = n;
	return v != NULL;
}

/* All that the journal calls these, and what is flushed. */
static bool find_settled(const struct session *session, struct flushing *f,
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

/* --- what is allowed ----------------------------------------------------------- */

static bool refuse(const struct document *doc, const char *why,
                   struct error *err)
{
	(void)error_set(err, ERR_STATE, "%s: %s",
	                text_shown(document_name(doc)).s, why);
	return error_add_path(err, document_name(doc));
}

static bool check_part(const struct session *session, const struct part *part,
                       struct error *err)
{
	if (tree_len(part->root) != document_source(part->doc)->size)
		return refuse(part->doc,
		              "its length was changed, which flush cannot do "
		              "in the file: save-as writes another one",
		              err);
	if (keeper_number(session->keeper, part->doc) == 0)
		return refuse(part->doc, "its edits are not in the journal",
		              err);
	return true;
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

static bool need_journal(const struct session *session, struct error *err)
{
	if (session->keeper && keeper_journal(session->keeper))
		return true;
	return error_set(err, ERR_STATE,
	                 "there is no journal: a crash would leave files half "
	                 "written (save-as and export write other files)");
}

/* --- what the session will be -------------------------------------------------- */

/* The same file again, for the bases that come. */
static bool open_fresh(struct session *session, struct flushing *f,
                       struct part *part, struct error *err)
{
	const struct document *doc = part->doc;
	size_t at = documents_find(&session->docs, document_id(doc));
	struct source *src = file_open(session->files, document_name(doc), err);

	if (!src)
		return false;
	if (!identity_same(&src->id, &document_source(doc)->id) ||
	    src->size != document_source(doc)->size) {
		source_free(src);
		error_set(err, ERR_CHANGED, "%s: was replaced or resized",
		          text_shown(document_name(doc)).s);
		return error_add_path(err, document_name(doc));
	}
	part->fresh = document_new(src, document_id(doc), document_name(doc),
	                           document_access(doc), err);
	if (!part->fresh)
		return false;
	f->fresh[at] = document_ref(part->fresh);
	return true;
}

static const struct tree *over_of(void *ctx, uint64_t doc)
{
	const struct part *part = find_part(ctx, doc);

	return part ? part->over : NULL;
}

static uint64_t dirty_bytes(const struct flushing *f)
{
	struct rebase_walk walk;
	uint64_t off, len, sum = 0;

	for (size_t i = 0; i < f->count; i++) {
		rebase_walk(&walk, f->parts[i].root);
		while (rebase_next(&walk, &off, &len))
			sum += len;
	}
	return sum;
}

/* How the documents read their bases while and after these are written. */
static bool make_overs(struct session *session, struct flushing *f,
                       struct error *err)
{
	struct piece image;

	f->total = dirty_bytes(f);
	if (!make_image(f, session, f->total, &image, err))
		return false;
	for (size_t i = 0; i < f->count; i++) {
		struct part *part = &f->parts[i];

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
	return f->spare && keeper_flush_prepare(session->keeper, err);
}

/* --- the targets ----------------------------------------------------------------- */

static bool next_range(void *ctx, uint64_t *off, uint64_t *len)
{
	struct part *part = ctx;

	return rebase_next(&part->walk, off, len);
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
	char path[KEEPER_PATH];

	if (!keeper_path(session->keeper, part->doc, path, err))
		return false;
	part->path = mem_strdup(path, err);
	if (!part->path)
		return false;
	rebase_walk(&part->walk, part->root);
	f->targets[idx] = (struct flush_target){
		.to = { .path = document_name(part->doc),
		        .device = src->traits & SOURCE_DEVICE,
		        .timed = !(flags & FLUSH_ANYWAY),
		        .id = src->id },
		.record = { .file = keeper_number(session->keeper, part->doc),
		            .kind = src->traits & SOURCE_DEVICE
		                            ? RECORD_FILE_DEVICE
		                            : RECORD_FILE_REGULAR,
		            .path = part->path,
		            .path_len = strlen(part->path) },
		.next = next_range,
		.read = read_new,
		.ctx = part,
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
		.journal = keeper_journal(session->keeper),
		.targets = f->targets,
		.count = f->count,
		.flags = flags & FLUSH_ANYWAY ? FLUSH_FORCE : 0,
		.total = f->total,
		.settled = f->settled.v,
		.settled_count = f->settled.count,
		.old = image_add,
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
	layout_clear(&f->layout);
	space_unref(f->space);
	past_free(f->past);
	view_unref(f->spare);
	mem_free(f);
}

static void show_overs(const struct flushing *f, bool show)
{
	for (size_t i = 0; i < f->count; i++)
		document_show_over(f->parts[i].doc, show);
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
		f->ok = flush_commit(flush, &f->err);
	if (f->ok && flush->state == FLUSH_OPEN) {
		atomic_store(&f->writing, true);
		show_overs(f, true);
		f->ok = flush_write(flush, &f->err);
		if (flush->state == FLUSH_NOTHING)
			show_overs(f, false);
	}
	if (f->ok)
		f->ok = flush_end(flush, f->rest, &f->err);
	f->expired =
		!f->ok || f->rest || keeper_expire(session->keeper, &f->late);
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

static void tell_keeper(struct session *session, struct flushing *f)
{
	keeper_flushed(session->keeper, f->clean, f->clean_count, true, false);
	for (size_t i = 0; i < f->count; i++) {
		uint64_t id = document_id(f->parts[i].doc);
		bool last = i + 1 == f->count;

		keeper_flushed(session->keeper, &id, 1, f->rest || !last,
		               !f->image->bytes);
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
	session->flushed = past_done(edits_past(session->edits));
	if (!f->rest)
		session->whole = session->flushed;
	/* What comes is no part of a step that was flushed. */
	session->went_back = true;
	session_note_flush(session, keeper_name(session->keeper),
	                   f->flush.number);
	tell_keeper(session, f);
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
	ok = choose(session, f, docs, count, &others, err);
	*any = f->count > 0;
	if (ok && *any)
		ok = need_journal(session, err) &&
		     check_others(session, f, flags, err) &&
		     prepare(session, f, err) &&
		     find_settled(session, f, err) &&
		     make_targets(session, f, flags, err);
	else if (ok && others)
		ok = error_set(err, ERR_READONLY,
		               "the edits are private (--copy): save-as and "
		               "export write them to other files");
	if (!ok || !*any) {
		flushing_free(f);
		return ok;
	}
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
                        size_t count, session_flush_part *each, void *ctx,
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
	ok = choose(session, f, docs, count, &others, err) &&
	     (f->count == 0 || need_journal(session, err));
	for (size_t i = 0; ok && i < f->count; i++)
		ok = check_part(session, &f->parts[i], err);
	for (size_t i = 0; ok && i < f->count; i++)
		each(ctx, f->parts[i].doc);
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
