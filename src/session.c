/*
 * session.c - see session.h
 *
 * Opening, closing and reloading all go the same way: a second layout is made,
 * a space derived from it, and only when that stands is everything swapped at
 * once. So a failure leaves the session as it was, and views that jobs hold go
 * on showing what they showed.
 *
 * Invariants:
 *
 *   S1  view is the view of the space derived from layout and the sizes of the
 *       documents now
 *   S2  every document of the layout stands once in `docs`, sorted by id, and
 *       the session holds a count of its own on it
 *   S3  a document found by (dev, ino) is one that is not a private copy
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "open/layout_file.h"
#include "open/spool.h"
#include "source/file.h"
#include "source/memory.h"
#include "space/layout.h"
#include "space/space.h"
#include "space/view.h"

enum {
	CHECK_MAX = 256,       /* files that one session_check() looks at */
	VERIFY_STEP = 1 << 16, /* bytes compared at once for over=verify */
};

struct entry {
	struct document *doc; /* counted */
	unsigned changes;     /* what was said of it */
	bool used;            /* by drop_unused() only */
};

/* A look at files, in a job of its own: a stat may take as long as it likes. */
struct check {
	struct job *job;                  /* NULL: none runs */
	struct document *docs[CHECK_MAX]; /* counted */
	unsigned found[CHECK_MAX];
	size_t count, looked;
};

struct session {
	const struct sys *sys; /* borrowed */
	enum access access;
	bool read_only;
	struct files *files; /* owned */
	struct pool *pool;   /* owned */
	struct entry *docs;  /* owned, sorted by id */
	size_t doc_count, doc_cap;
	uint64_t last_id;
	uint32_t *by_file; /* owned: open hash of (dev, ino) to index + 1 */
	size_t by_file_size;
	struct layout layout;
	struct view *view; /* counted */
	uint64_t generation;
	bool stdin_taken;
	struct check check;
	session_say *say;
	void *say_ctx;
};

/* --- documents ----------------------------------------------------------- */

static size_t doc_index(const struct session *session, uint64_t id)
{
	size_t lo = 0, hi = session->doc_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (document_id(session->docs[mid].doc) < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct document *session_document(const struct session *session, uint64_t id)
{
	size_t at = doc_index(session, id);

	if (at == session->doc_count ||
	    document_id(session->docs[at].doc) != id)
		return NULL;
	return session->docs[at].doc;
}

static size_t file_hash(const struct identity *id, size_t size)
{
	uint64_t h = (id->ino ^ id->dev * UINT64_C(0x9e3779b97f4a7c15)) *
	             UINT64_C(0xff51afd7ed558ccd);

	return (size_t)(h >> 32) & (size - 1);
}

/* Is this a document that the same file may share? (S3) */
static bool is_shared(const struct document *doc)
{
	const struct source *src = document_source(doc);

	return !(src->traits & SOURCE_PRIVATE) && src->id.ino != 0 &&
	       document_access(doc) != ACCESS_COPY;
}

static void hash_put(struct session *session, size_t index)
{
	const struct source *src = document_source(session->docs[index].doc);
	size_t at = file_hash(&src->id, session->by_file_size);

	while (session->by_file[at])
		at = (at + 1) & (session->by_file_size - 1);
	session->by_file[at] = (uint32_t)index + 1;
}

/* Empty the hash and enter every document. It is large enough already. */
static void hash_fill(struct session *session)
{
	memset(session->by_file, 0,
	       session->by_file_size * sizeof(*session->by_file));
	for (size_t i = 0; i < session->doc_count; i++)
		if (is_shared(session->docs[i].doc))
			hash_put(session, i);
}

/* Make the hash anew for at least `count` documents. */
static bool hash_build(struct session *session, size_t count, struct error *err)
{
	size_t size = 64;
	uint32_t *table;

	while (size < count * 2)
		size *= 2;
	table = mem_zalloc(size * sizeof(*table), err);
	if (!table)
		return false;
	mem_free(session->by_file);
	session->by_file = table;
	session->by_file_size = size;
	hash_fill(session);
	return true;
}

static struct document *find_file(const struct session *session,
                                  const struct identity *id)
{
	size_t mask = session->by_file_size - 1;
	size_t at;

	if (session->by_file_size == 0 || id->ino == 0)
		return NULL;
	for (at = file_hash(id, mask + 1); session->by_file[at];
	     at = (at + 1) & mask) {
		struct document *doc =
			session->docs[session->by_file[at] - 1].doc;
		const struct source *src = document_source(doc);

		if (src->id.dev == id->dev && src->id.ino == id->ino)
			return doc;
	}
	return NULL;
}

/* Enter a new document; takes the count over, in success and failure. */
static bool add_document(struct session *session, struct document *doc,
                         struct error *err)
{
	bool ok =
		mem_grow(&session->docs, &session->doc_cap,
	                 session->doc_count + 1, sizeof(*session->docs), err) &&
		(session->by_file_size >= (session->doc_count + 1) * 2 ||
	         hash_build(session, session->doc_count + 1, err));

	if (!ok) {
		document_unref(doc);
		return false;
	}
	session->docs[session->doc_count++] = (struct entry){ .doc = doc };
	if (is_shared(doc))
		hash_put(session, session->doc_count - 1);
	return true;
}

/* Forget the documents that no placement shows any more. Freed last, since the
   old view may be the one that shows them. */
static void drop_unused(struct session *session)
{
	size_t kept = 0;

	for (size_t i = 0; i < session->doc_count; i++)
		session->docs[i].used = false;
	for (size_t i = 0; i < session->layout.count; i++) {
		const struct document *doc = session->layout.v[i]->doc;

		if (doc)
			session->docs[doc_index(session, document_id(doc))]
				.used = true;
	}
	for (size_t i = 0; i < session->doc_count; i++) {
		if (session->docs[i].used)
			session->docs[kept++] = session->docs[i];
		else
			document_unref(session->docs[i].doc);
	}
	session->doc_count = kept;
	hash_fill(session);
}

/* --- opening ------------------------------------------------------------- */

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

/* Give a placement its document: the one that is open already, or a new one. */
static bool open_input(struct session *session, struct placement *p,
                       struct error *err)
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
		doc = find_file(session, &src->id);
	if (doc) {
		source_free(src);
		if (!same_access(doc, access, err))
			return error_add_path(err, p->path);
	} else {
		if ((src->traits & SOURCE_PRIVATE) && access == ACCESS_WRITE)
			access = ACCESS_COPY;
		doc = document_new(src, session->last_id + 1, p->path, access,
		                   err);
		if (!doc)
			return false;
		session->last_id++;
		if (!add_document(session, doc, err))
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

static struct space *derive(const struct layout *layout, struct error *err)
{
	uint64_t *sizes =
		mem_resize(NULL, layout->count + 1, sizeof(*sizes), err);
	struct space *sp;

	if (!sizes)
		return NULL;
	for (size_t i = 0; i < layout->count; i++)
		sizes[i] = layout->v[i]->doc ? document_size(layout->v[i]->doc)
		                             : 0;
	sp = space_derive(layout, sizes, err);
	mem_free(sizes);
	return sp;
}

/* Make a layout and its space the present ones. Takes the layout's contents
   over on success. */
static bool commit(struct session *session, struct layout *layout,
                   struct error *err)
{
	struct space *sp = derive(layout, err);
	struct view *view = sp ? view_new(sp, err) : NULL;

	space_unref(sp);
	if (!view)
		return false;
	view_unref(session->view);
	session->view = view;
	session->generation++;
	layout_clear(&session->layout);
	session->layout = *layout;
	*layout = (struct layout){ 0 };
	return true;
}

/* Compare one stretch of a covering placement with what lies beneath. */
static bool verify_step(const struct view *beneath, uint64_t addr,
                        const struct placement *p, uint64_t off, size_t len,
                        unsigned char *bytes, struct runs *runs,
                        struct error *err)
{
	unsigned char *under = bytes + VERIFY_STEP;
	struct runs *mine = runs, *theirs = runs + 1;

	runs_clear(mine);
	runs_clear(theirs);
	if (!document_read(p->doc, off, bytes, len, 0, mine, err) ||
	    !view_read(beneath, addr, under, len, 0, theirs, err))
		return false;
	for (size_t i = 0; i < len; i++) {
		const struct run *a = runs_at(mine, i);
		const struct run *b = runs_at(theirs, i);

		if (b->state == STATE_GAP)
			continue;
		if (!state_has_bytes(a->state) || !state_has_bytes(b->state))
			error_set(err, ERR_STATE,
			          "%s: over=verify: byte 0x%" PRIx64
			          " cannot be compared (unreadable)",
			          text_shown(p->name).s, addr + i);
		else if (bytes[i] != under[i])
			error_set(err, ERR_CHANGED,
			          "%s: over=verify: differs from what is "
			          "beneath at 0x%" PRIx64,
			          text_shown(p->name).s, addr + i);
		else
			continue;
		error_add_path(err, p->path);
		return error_add_addr(err, addr + i);
	}
	return true;
}

/*
 * over=verify: every byte of placement `idx` equals the byte that the
 * placements before it show at its address.
 */
static bool verify_one(const struct layout *layout, size_t idx,
                       const struct segment *seg, struct error *err)
{
	struct layout before = { .v = layout->v, .count = idx };
	unsigned char *bytes = mem_resize(NULL, 2, VERIFY_STEP, err);
	struct runs runs[2] = { { 0 }, { 0 } };
	struct space *sp = bytes ? derive(&before, err) : NULL;
	struct view *view = sp ? view_new(sp, err) : NULL;
	bool ok = view != NULL;

	for (uint64_t k = 0; ok && k < seg->size; k += VERIFY_STEP)
		ok = verify_step(view, seg->addr + k, seg->placement,
		                 seg->off + k,
		                 (size_t)u64_min(VERIFY_STEP, seg->size - k),
		                 bytes, runs, err);
	runs_free(&runs[0]);
	runs_free(&runs[1]);
	view_unref(view);
	space_unref(sp);
	mem_free(bytes);
	return ok;
}

static bool verify(const struct layout *layout, size_t first, struct error *err)
{
	struct space *sp = NULL;
	bool ok = true;

	for (size_t i = first; ok && i < layout->count; i++) {
		if (layout->v[i]->over != OVER_VERIFY || !layout->v[i]->doc)
			continue;
		if (!sp)
			sp = derive(layout, err);
		ok = sp && verify_one(layout, i, space_segment(sp, i), err);
	}
	space_unref(sp);
	return ok;
}

bool session_open(struct session *session, struct layout *inputs,
                  struct error *err)
{
	struct layout flat = { 0 };
	struct layout trial = { 0 };
	size_t before = session->layout.count;
	bool ok = expand(session, inputs, &flat, err) &&
	          layout_copy(&session->layout, &trial, err);

	for (size_t i = 0; ok && i < flat.count; i++) {
		/* Numbers of the list that it came in do not count. */
		flat.v[i]->number = 0;
		ok = open_input(session, flat.v[i], err) &&
		     layout_add(&trial, flat.v[i], err);
		/* The trial has taken this count over. */
		if (ok)
			placement_ref(flat.v[i]);
	}
	ok = ok && verify(&trial, before, err) && commit(session, &trial, err);
	if (ok) {
		layout_clear(inputs);
	} else {
		for (size_t i = 0; i < flat.count; i++) {
			document_unref(flat.v[i]->doc);
			flat.v[i]->doc = NULL;
			flat.v[i]->number = 0;
		}
		layout_clear(&trial);
		drop_unused(session);
	}
	layout_clear(&flat);
	return ok;
}

bool session_close(struct session *session, uint32_t number, struct error *err)
{
	struct layout trial = { 0 };
	size_t idx = 0;

	while (idx < session->layout.count &&
	       session->layout.v[idx]->number != number)
		idx++;
	if (number == 0 || idx == session->layout.count)
		return error_set(err, ERR_RANGE,
		                 "there is no segment #%" PRIu32, number);
	if (!layout_copy(&session->layout, &trial, err))
		return false;
	layout_remove(&trial, idx);
	if (!commit(session, &trial, err)) {
		layout_clear(&trial);
		return false;
	}
	drop_unused(session);
	return true;
}

/* --- other programs ------------------------------------------------------ */

/*
 * Open a document's file anew under the same id. The old document lives on in
 * the views that show it (K3).
 */
static struct document *reopen(struct session *session,
                               const struct document *doc, struct error *err)
{
	enum access access = document_access(doc);
	struct source *src = file_open(session->files, document_name(doc), err);

	if (!src)
		return NULL;
	if (access == ACCESS_WRITE && !(src->traits & SOURCE_WRITABLE))
		access = ACCESS_READ;
	return document_new(src, document_id(doc), document_name(doc), access,
	                    err);
}

/* Open anew what is to be reloaded: fresh[i] belongs to docs[i]. */
static bool reopen_all(struct session *session, uint32_t number,
                       struct document **fresh, struct error *err)
{
	for (size_t i = 0; i < session->layout.count; i++) {
		const struct placement *p = session->layout.v[i];
		size_t at;

		if (!p->doc || (number && p->number != number) ||
		    (document_source(p->doc)->traits & SOURCE_PRIVATE))
			continue;
		at = doc_index(session, document_id(p->doc));
		if (!fresh[at])
			fresh[at] = reopen(session, p->doc, err);
		if (!fresh[at])
			return false;
	}
	return true;
}

/* The layout with the documents in `fresh` in place of the ones now. */
static bool exchange(const struct session *session, struct document **fresh,
                     struct layout *trial, struct error *err)
{
	if (!layout_copy(&session->layout, trial, err))
		return false;
	for (size_t i = 0; i < trial->count; i++) {
		struct placement *p = trial->v[i];
		size_t at = p->doc ? doc_index(session, document_id(p->doc))
		                   : session->doc_count;

		if (at == session->doc_count || !fresh[at])
			continue;
		trial->v[i] = placement_with(p, fresh[at], err);
		if (!trial->v[i]) {
			trial->v[i] = p;
			return false;
		}
		placement_unref(p);
	}
	return true;
}

/* Swap the entries of the documents; what is left in `fresh` is to be freed. */
static void swap_documents(struct session *session, struct document **fresh)
{
	for (size_t i = 0; i < session->doc_count; i++) {
		struct document *old = session->docs[i].doc;

		if (!fresh[i])
			continue;
		session->docs[i] = (struct entry){ .doc = fresh[i] };
		fresh[i] = old;
	}
	hash_fill(session);
}

bool session_reload(struct session *session, uint32_t number, struct error *err)
{
	struct layout trial = { 0 };
	struct document **fresh;
	size_t count = session->doc_count;
	bool ok = number == 0;

	for (size_t i = 0; i < session->layout.count; i++)
		ok = ok || session->layout.v[i]->number == number;
	if (!ok)
		return error_set(err, ERR_RANGE,
		                 "there is no segment #%" PRIu32, number);
	fresh = mem_zalloc((count + 1) * sizeof(struct document *), err);
	ok = fresh && reopen_all(session, number, fresh, err) &&
	     exchange(session, fresh, &trial, err) &&
	     commit(session, &trial, err);
	if (ok)
		swap_documents(session, fresh);
	for (size_t i = 0; fresh && i < count; i++)
		document_unref(fresh[i]);
	mem_free(fresh);
	layout_clear(&trial);
	return ok;
}

static void say(struct session *session, const char *text)
{
	if (session->say)
		session->say(session->say_ctx, text);
}

/* One line about what has happened to a file, the gravest first. */
static void say_change(struct session *session, const struct document *doc,
                       unsigned now, unsigned before)
{
	const unsigned away = CHANGE_GONE | CHANGE_REPLACED;
	unsigned news = now & ~before;
	bool back = (before & away) && !(now & away);
	const char *what;
	char line[ERROR_TEXT];

	if (news & CHANGE_REPLACED)
		what = "was replaced by another file (reload opens that one)";
	else if (news & CHANGE_GONE)
		what = "was deleted or moved away by another program";
	else if (news & CHANGE_SIZE_LESS)
		what = "became shorter: what is gone is shown as ??";
	else if (news & CHANGE_SIZE_MORE)
		what = "has grown (reload shows what was added)";
	else if (now == 0)
		what = "is there again as it was opened";
	else if (back)
		what = "is there again";
	else if (news & CHANGE_BYTES)
		what = "was written to by another program";
	else
		return;
	snprintf(line, sizeof(line), "%s %s", text_shown(document_name(doc)).s,
	         what);
	say(session, line);
}

static void collect_one(struct check *check, const struct segment *seg)
{
	if (check->count < CHECK_MAX)
		check->docs[check->count++] = document_ref(seg->doc);
}

/* The documents shown in [addr, addr + len), CHECK_MAX places at most, and
   those of empty segments there, which may grow. */
static void collect(const struct session *session, uint64_t addr, uint64_t len,
                    struct check *check)
{
	const struct space *sp = view_space(session->view);
	uint64_t end = len > UINT64_MAX - addr ? UINT64_MAX : addr + len;

	check->count = 0;
	for (size_t i = space_find(sp, addr); i < space_extents(sp); i++) {
		const struct extent *e = space_extent(sp, i);

		if (e->addr >= end)
			break;
		for (uint32_t s = 0; s < e->slots; s++) {
			const struct slot *slot = space_slot(sp, e->slot + s);

			collect_one(check, space_segment(sp, slot->segment));
			if (check->count == CHECK_MAX)
				return;
		}
	}
	for (size_t i = space_start_find(sp, addr); i < space_starts(sp); i++) {
		struct start start = space_start(sp, i);
		const struct segment *seg = space_segment(sp, start.segment);

		if (start.addr > end)
			break;
		if (seg->size == 0)
			collect_one(check, seg);
	}
}

static void look(struct job *job, void *arg)
{
	struct check *check = arg;

	for (size_t i = 0; i < check->count; i++) {
		if (job && job_cancelled(job))
			break;
		check->found[i] = document_check(check->docs[i]);
		check->looked = i + 1;
	}
}

/* Say what is new, and forget the check. */
static bool conclude(struct session *session, struct check *check)
{
	bool any = false;

	for (size_t i = 0; i < check->count; i++) {
		struct document *doc = check->docs[i];
		size_t at = doc_index(session, document_id(doc));
		struct entry *entry = &session->docs[at];
		unsigned now = check->found[i];

		/* It may have been closed or reloaded meanwhile. */
		if (i < check->looked && at < session->doc_count &&
		    entry->doc == doc && now != entry->changes) {
			say_change(session, doc, now, entry->changes);
			entry->changes = now;
			any = true;
		}
		document_unref(doc);
	}
	check->count = 0;
	return any;
}

bool session_check(struct session *session, uint64_t addr, uint64_t len)
{
	struct check check = { 0 };

	collect(session, addr, len, &check);
	look(NULL, &check);
	return conclude(session, &check);
}

bool session_check_begin(struct session *session, uint64_t addr, uint64_t len,
                         struct error *err)
{
	struct check *check = &session->check;

	if (check->job)
		return true;
	check->looked = 0;
	collect(session, addr, len, check);
	check->job = job_start(session->pool, JOB_READ, look, check, err);
	if (check->job)
		return true;
	conclude(session, check);
	return false;
}

bool session_check_end(struct session *session, const struct job *job,
                       bool *news)
{
	if (!job || session->check.job != job)
		return false;
	job_free(session->check.job);
	session->check.job = NULL;
	*news = conclude(session, &session->check);
	return true;
}

bool session_is_checking(const struct session *session)
{
	return session->check.job != NULL;
}

/* --- the rest ------------------------------------------------------------ */

struct session *session_new(const struct session_options *options,
                            struct error *err)
{
	struct session *session = mem_zalloc(sizeof(*session), err);
	struct layout empty = { 0 };

	if (!session)
		return NULL;
	session->sys = options->sys ? options->sys : &sys_real;
	session->access = options->access;
	session->read_only = options->read_only;
	session->files = files_new(session->sys, options->files, err);
	session->pool = session->files ? pool_new(options->threads, err) : NULL;
	if (!session->pool || !hash_build(session, 1, err) ||
	    !commit(session, &empty, err)) {
		session_free(session);
		return NULL;
	}
	return session;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	job_free(session->check.job);
	for (size_t i = 0; i < session->check.count; i++)
		document_unref(session->check.docs[i]);
	pool_free(session->pool);
	view_unref(session->view);
	layout_clear(&session->layout);
	for (size_t i = 0; i < session->doc_count; i++)
		document_unref(session->docs[i].doc);
	mem_free(session->docs);
	mem_free(session->by_file);
	files_free(session->files);
	mem_free(session);
}

void session_set_say(struct session *session, session_say *say_line, void *ctx)
{
	session->say = say_line;
	session->say_ctx = ctx;
}

struct view *session_view(const struct session *session)
{
	return session->view;
}

uint64_t session_generation(const struct session *session)
{
	return session->generation;
}

const struct layout *session_layout(const struct session *session)
{
	return &session->layout;
}

struct pool *session_pool(const struct session *session)
{
	return session->pool;
}

const struct sys *session_sys(const struct session *session)
{
	return session->sys;
}
