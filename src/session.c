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
 *   S1  space is derived from layout and the sizes of the documents now; view,
 *       if there is one, is of that space and of the documents as they are now
 *   S2  every document of the layout stands once in `docs`
 *   S3  every document with edits is in `touched`; without a view, `spare` has
 *       room for all of them
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
#include "edit/edits.h"
#include "keep/keeper.h"
#include "keep/lock.h"
#include "keep/spill.h"
#include "open/layout_file.h"
#include "open/spool.h"
#include "session_impl.h"
#include "source/file.h"
#include "source/memory.h"
#include "space/layout.h"
#include "space/space.h"
#include "space/verify.h"
#include "space/view.h"

/* --- messages ------------------------------------------------------------ */

void session_say_line(struct session *session, const char *text)
{
	struct error ignored;
	char *copy;

	if (session->say) {
		session->say(session->say_ctx, text);
		return;
	}
	if (!mem_grow(&session->unsaid, &session->unsaid_cap,
	              session->unsaid_count + 1, sizeof(*session->unsaid),
	              &ignored))
		return;
	copy = mem_strdup(text, &ignored);
	if (copy)
		session->unsaid[session->unsaid_count++] = copy;
}

static void forget_unsaid(struct session *session)
{
	for (size_t i = 0; i < session->unsaid_count; i++)
		mem_free(session->unsaid[i]);
	mem_free(session->unsaid);
	session->unsaid = NULL;
	session->unsaid_count = session->unsaid_cap = 0;
}

void session_set_say(struct session *session, session_say *say_line, void *ctx)
{
	session->say = say_line;
	session->say_ctx = ctx;
	if (!say_line)
		return;
	for (size_t i = 0; i < session->unsaid_count; i++)
		say_line(ctx, session->unsaid[i]);
	forget_unsaid(session);
}

/* --- documents ----------------------------------------------------------- */

struct document *session_document(const struct session *session, uint64_t id)
{
	size_t at = documents_find(&session->docs, id);

	return at < session->docs.count ? session->docs.v[at].doc : NULL;
}

/* Forget the documents that no placement shows any more. */
static void drop_unused(struct session *session)
{
	documents_unmark(&session->docs);
	for (size_t i = 0; i < session->layout.count; i++)
		if (session->layout.v[i]->doc)
			documents_mark(&session->docs,
			               session->layout.v[i]->doc);
	documents_sweep(&session->docs);
	session_unlock_unused(session);
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

/* What all inputs of one call share. */
struct opening {
	struct lock_list locks; /* owned */
	bool is_read;
};

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

/* Make a layout and its space the present ones. Takes the layout's contents
   over on success. */
static bool commit(struct session *session, struct layout *layout,
                   struct error *err)
{
	struct space *sp = space_of_layout(layout, err);
	struct view *view = sp ? view_new(sp, err) : NULL;

	if (!view) {
		space_unref(sp);
		return false;
	}
	space_unref(session->space);
	session->space = sp;
	view_unref(session->view);
	session->view = view;
	session->generation++;
	layout_clear(&session->layout);
	session->layout = *layout;
	*layout = (struct layout){ 0 };
	return true;
}

bool session_open(struct session *session, struct layout *inputs,
                  struct error *err)
{
	struct layout flat = { 0 };
	struct layout trial = { 0 };
	struct opening opening = { 0 };
	size_t before = session->layout.count;
	bool ok = session_may_change(session, err) &&
	          expand(session, inputs, &flat, err) &&
	          layout_copy(&session->layout, &trial, err);

	for (size_t i = 0; ok && i < flat.count; i++) {
		/* Numbers of the list that it came in do not count. */
		flat.v[i]->number = 0;
		ok = open_input(session, flat.v[i], &opening, err) &&
		     layout_add(&trial, flat.v[i], err);
		/* The trial has taken this count over. */
		if (ok)
			placement_ref(flat.v[i]);
	}
	ok = ok && verify_over(&trial, before, err) &&
	     commit(session, &trial, err);
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
	if (!commit(session, &trial, err)) {
		layout_clear(&trial);
		return false;
	}
	drop_unused(session);
	return true;
}

/* --- files that are made ------------------------------------------------- */

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
		at = documents_find(&session->docs, document_id(p->doc));
		if (!fresh[at])
			fresh[at] = reopen(session, p->doc, err);
		if (!fresh[at])
			return false;
	}
	return true;
}

static bool carry_all(struct session *session, struct document **fresh,
                      struct error *err)
{
	for (size_t i = 0; i < session->docs.count; i++) {
		const struct document *doc = session->docs.v[i].doc;

		if (fresh[i] && document_root(doc) &&
		    !session_carry(session, doc, fresh[i], err))
			return false;
	}
	return true;
}

bool session_layout_with(const struct session *session,
                         struct document *const *fresh, struct layout *trial,
                         struct error *err)
{
	if (!layout_copy(&session->layout, trial, err))
		return false;
	for (size_t i = 0; i < trial->count; i++) {
		struct placement *p = trial->v[i];
		size_t at = p->doc ? documents_find(&session->docs,
		                                    document_id(p->doc))
		                   : session->docs.count;

		if (at == session->docs.count || !fresh[at])
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

/* Of the documents that were opened anew: a failure is no more than a hint that
   is missing. */
static void look_at_locks(struct session *session, struct document **fresh)
{
	struct opening opening = { 0 };
	struct error ignored;

	for (size_t i = 0; i < session->docs.count; i++) {
		if (fresh[i] &&
		    !session_try_lock(session, session->docs.v[i].doc,
		                      &opening.locks, &opening.is_read,
		                      &ignored))
			break;
	}
	lock_list_free(&opening.locks);
}

static bool load_anew(struct session *session, uint32_t number, bool drop,
                      struct error *err)
{
	struct layout trial = { 0 };
	struct document **fresh;
	size_t count = session->docs.count;
	bool dropped = false;
	struct error ignored;
	bool ok;

	fresh = mem_zalloc((count + 1) * sizeof(struct document *), err);
	ok = fresh && reopen_all(session, number, fresh, err) &&
	     (!drop || session_drop_misfits(session, fresh, &dropped, err)) &&
	     carry_all(session, fresh, err) &&
	     session_layout_with(session, fresh, &trial, err) &&
	     commit(session, &trial, err);
	session_relocked(session, ok);
	if (ok) {
		documents_exchange(&session->docs, fresh);
		look_at_locks(session, fresh);
	} else if (dropped) {
		(void)!session_undo(session, &ignored);
	}
	for (size_t i = 0; fresh && i < count; i++)
		document_unref(fresh[i]);
	mem_free(fresh);
	layout_clear(&trial);
	return ok;
}

bool session_reload(struct session *session, uint32_t number, bool drop,
                    struct error *err)
{
	bool ok = number == 0;

	if (!session_may_change(session, err))
		return false;
	for (size_t i = 0; i < session->layout.count; i++)
		ok = ok || session->layout.v[i]->number == number;
	return ok ? load_anew(session, number, drop, err)
	          : error_set(err, ERR_RANGE, "there is no segment #%" PRIu32,
	                      number);
}

unsigned session_changes(const struct session *session,
                         const struct document *doc)
{
	size_t at = documents_find(&session->docs, document_id(doc));

	return at < session->docs.count ? session->docs.v[at].changes : 0;
}

bool session_changed_next(struct session *session, unsigned changes,
                          uint64_t *doc)
{
	for (size_t i = 0; i < session->touched_count; i++) {
		size_t at = documents_find(&session->docs, session->touched[i]);
		struct documents_entry *entry = session->docs.v + at;
		unsigned news;

		if (at == session->docs.count || !document_root(entry->doc))
			continue;
		news = entry->changes & ~entry->asked & changes;
		entry->asked = entry->changes;
		*doc = session->touched[i];
		if (news)
			return true;
	}
	return false;
}

char *session_remark(const struct session *session, const struct document *doc,
                     char dst[static SESSION_REMARK])
{
	static const struct {
		unsigned change;
		const char *word;
	} words[] = {
		{ CHANGE_REPLACED, "replaced" }, { CHANGE_GONE, "deleted" },
		{ CHANGE_SIZE_LESS, "shorter" }, { CHANGE_SIZE_MORE, "grown" },
		{ CHANGE_BYTES, "changed" },
	};
	unsigned changes = session_changes(session, doc);
	const unsigned away = CHANGE_GONE | CHANGE_REPLACED;
	const char *locked = session_is_locked(session, doc) ? "locked" : "";
	int n;

	/* That its name has gone changes the times of a file, too. */
	if (changes & away)
		changes &= ~(unsigned)CHANGE_BYTES;
	n = snprintf(dst, SESSION_REMARK, "%s", locked);

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (changes & words[i].change)
			n += snprintf(dst + n, (size_t)(SESSION_REMARK - n),
			              "%s%s", n > 0 ? ", " : "", words[i].word);
	}
	return dst;
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
	session_say_line(session, line);
}

/* Documents with edits, wherever they are shown (D17). */
static void collect_edited(const struct session *session, struct check *check)
{
	for (size_t i = 0; i < session->touched_count; i++) {
		struct document *doc =
			session_document(session, session->touched[i]);

		if (doc && document_root(doc) &&
		    !check_add(check, doc, CHECK_MAX / 2))
			return;
	}
}

/* The documents shown in [addr, addr + len), as many as fit, and those of empty
   segments there, which may grow. */
static void collect(const struct session *session, uint64_t addr, uint64_t len,
                    struct check *check)
{
	const struct space *sp = session->space;
	uint64_t end = len > UINT64_MAX - addr ? UINT64_MAX : addr + len;

	for (size_t i = space_find(sp, addr); i < space_extents(sp); i++) {
		const struct extent *e = space_extent(sp, i);

		if (e->addr >= end)
			break;
		for (uint32_t s = 0; s < e->slots; s++) {
			const struct slot *slot = space_slot(sp, e->slot + s);

			if (!check_add(check,
			               space_segment(sp, slot->segment)->doc,
			               CHECK_MAX))
				return;
		}
	}
	for (size_t i = space_start_find(sp, addr); i < space_starts(sp); i++) {
		struct start start = space_start(sp, i);
		const struct segment *seg = space_segment(sp, start.segment);

		if (start.addr > end ||
		    (seg->size == 0 && !check_add(check, seg->doc, CHECK_MAX)))
			break;
	}
}

/* Say what is new, and forget the check. */
static bool conclude(struct session *session, struct check *check)
{
	bool any = false;

	for (size_t i = 0; i < check->looked; i++) {
		const struct check_entry *now = &check->v[i];
		struct document *doc = now->doc;
		size_t at = documents_find(&session->docs, document_id(doc));
		struct documents_entry *entry;
		bool again;

		/* It may have been closed or reloaded meanwhile. */
		if (at == session->docs.count || session->docs.v[at].doc != doc)
			continue;
		entry = &session->docs.v[at];
		again = entry->stamp != 0 && entry->stamp != now->stamp;
		any = any || again || now->found != entry->changes;
		entry->stamp = now->stamp;
		if (now->found != entry->changes)
			say_change(session, doc, now->found, entry->changes);
		entry->changes = now->found;
		if (!document_root(doc))
			entry->asked = now->found;
	}
	check_clear(check);
	return any;
}

bool session_check(struct session *session, uint64_t addr, uint64_t len)
{
	struct check check = { 0 };

	collect_edited(session, &check);
	collect(session, addr, len, &check);
	check_run(NULL, &check);
	return conclude(session, &check);
}

/* A job_run. */
static void look(struct job *job, void *arg)
{
	struct session *session = arg;
	struct error ignored;

	check_run(job, &session->check);
	session->has_list =
		session->reads_locks &&
		lock_list_read(session->sys, &session->listed, &ignored);
}

static bool begin_check(struct session *session, struct error *err)
{
	session->reads_locks = session->locks_due;
	session->locks_due = false;
	session->check_job =
		job_start(session->pool, JOB_READ, look, session, err);
	if (!session->check_job) {
		check_clear(&session->check);
		return false;
	}
	return true;
}

/* Without memory a hint is missing: an edit asks again. */
static bool conclude_locks(struct session *session)
{
	bool any = false, is_read = true;
	struct error ignored;

	for (size_t i = 0; session->has_list && i < session->docs.count; i++) {
		struct document *doc = session->docs.v[i].doc;

		if (session_is_locked(session, doc))
			continue;
		if (!session_try_lock(session, doc, &session->listed, &is_read,
		                      &ignored))
			break;
		any = any || session_is_locked(session, doc);
	}
	lock_list_free(&session->listed);
	session->has_list = false;
	return any;
}

bool session_check_begin(struct session *session, uint64_t addr, uint64_t len,
                         struct error *err)
{
	if (session->check_job)
		return true;
	collect_edited(session, &session->check);
	collect(session, addr, len, &session->check);
	return begin_check(session, err);
}

bool session_check_all_begin(struct session *session, struct error *err)
{
	if (session->check_job)
		return true;
	for (size_t i = 0; i < session->docs.count; i++)
		if (!check_add(&session->check, session->docs.v[i].doc,
		               SIZE_MAX))
			break;
	return begin_check(session, err);
}

bool session_check_end(struct session *session, const struct job *job,
                       bool *news)
{
	if (!job || session->check_job != job)
		return false;
	job_free(session->check_job);
	session->check_job = NULL;
	*news = conclude(session, &session->check);
	*news = conclude_locks(session) || *news;
	return true;
}

bool session_is_checking(const struct session *session)
{
	return session->check_job != NULL;
}

bool session_check_is_due(const struct session *session)
{
	return session->locks_due && !session->check_job;
}

/* --- the journal --------------------------------------------------------- */

enum journal_state session_journal(const struct session *session)
{
	if (!session->keeper || !session->keeps)
		return JOURNAL_OFF;
	switch (keeper_state(session->keeper)) {
	case KEEPER_EMPTY:
		return JOURNAL_EMPTY;
	case KEEPER_KEEPS:
		return JOURNAL_KEEPS;
	default:
		return JOURNAL_NOWHERE;
	}
}

void session_set_journal_limit(struct session *session, uint64_t bytes)
{
	if (session->keeper)
		keeper_set_limit(session->keeper, bytes);
}

void session_set_undo_limit(struct session *session, uint64_t bytes)
{
	if (session->keeper)
		keeper_set_history(session->keeper, bytes);
}

const char *session_journal_folder(const struct session *session)
{
	return session->keeper ? keeper_folder(session->keeper) : "";
}

const char *session_journal_name(const struct session *session)
{
	return session->keeper ? keeper_name(session->keeper) : "";
}

bool session_journal_is_volatile(const struct session *session)
{
	return session->keeper && keeper_is_volatile(session->keeper);
}

size_t session_edited(const struct session *session)
{
	size_t n = 0;

	for (size_t i = 0; i < session->touched_count; i++) {
		const struct document *doc =
			session_document(session, session->touched[i]);

		n += doc && document_root(doc);
	}
	return n;
}

void session_drop_edits(struct session *session, bool drop)
{
	session->dropped = drop;
}

uint64_t session_sync_due(const struct session *session)
{
	if (!session->keeper || session->sync_job || session->flushing)
		return UINT64_MAX;
	return keeper_sync_due(session->keeper);
}

bool session_sync_begin(struct session *session, struct error *err)
{
	if (session->sync_job || session_sync_due(session) == UINT64_MAX)
		return true;
	session->sync_job = job_start(session->pool, JOB_READ, keeper_sync_run,
	                              session->keeper, err);
	return session->sync_job != NULL;
}

bool session_sync_end(struct session *session, const struct job *job)
{
	struct error err;

	if (!job || session->sync_job != job)
		return false;
	job_free(session->sync_job);
	session->sync_job = NULL;
	if (keeper_sync_end(session->keeper, &err)) {
		session->sync_failed = false;
	} else if (!session->sync_failed) {
		session->sync_failed = true;
		session_say_line(session, err.text);
	}
	return true;
}

bool session_sync(struct session *session, struct error *err)
{
	if (session->sync_job) {
		job_wait(session->sync_job);
		(void)session_sync_end(session, session->sync_job);
	}
	if (session_sync_due(session) == UINT64_MAX)
		return true;
	return keeper_sync(session->keeper, err);
}

/* What is unsaved waits for the next start. */
static void end_journal(struct session *session)
{
	bool is_open = session_end_flush(session);
	struct error err;
	bool ok;

	if (!session->keeper)
		return;
	job_free(session->sync_job);
	session->sync_job = NULL;
	ok = !is_open && (session->dropped || session_edited(session) == 0)
	             ? keeper_discard(session->keeper, &err)
	             : keeper_keep(session->keeper, &err);
	if (!ok)
		session_say_line(session, err.text);
	session_end_taken(session, ok && !session->dropped);
}

/* --- the rest ------------------------------------------------------------ */

static bool make_keeper(struct session *session,
                        const struct session_options *options,
                        struct error *err)
{
	if (!options->journal)
		return true;
	session->keeps = !options->no_journal && !options->read_only;
	session->defers = options->defers;
	session->keeper = keeper_new(session->sys, options->journal,
	                             session->edits, &session->docs, err);
	return session->keeper != NULL;
}

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
	session->looks_later = options->looks_later;
	session->files = files_new(session->sys, options->files, err);
	session->pool = session->files ? pool_new(options->threads, err) : NULL;
	if (session->pool)
		session->edits = edits_new(&session->docs, err);
	if (!session->edits || !documents_init(&session->docs, err) ||
	    !commit(session, &empty, err) ||
	    !make_keeper(session, options, err)) {
		session_free(session);
		return NULL;
	}
	session_begin_store(session);
	return session;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	job_free(session->check_job);
	check_clear(&session->check);
	lock_list_free(&session->listed);
	end_journal(session);
	pool_free(session->pool);
	view_unref(session->view);
	view_unref(session->spare);
	space_unref(session->space);
	edits_free(session->edits);
	shifts_free(&session->shifts);
	runs_free(&session->looked);
	mem_free(session->parts);
	mem_free(session->touched);
	mem_free(session->held);
	session_free_locks(session);
	forget_unsaid(session);
	layout_clear(&session->layout);
	documents_free(&session->docs);
	keeper_free(session->keeper);
	spill_unref(session->spill);
	files_free(session->files);
	mem_free(session);
}

/* Made when it is asked for: what nobody looks at in between can be changed in
   place. */
struct view *session_view(struct session *session)
{
	if (session->view)
		return session->view;
	session->view = session->spare;
	session->spare = NULL;
	view_begin(session->view, session->space);
	for (size_t i = 0; i < session->touched_count; i++) {
		const struct document *doc =
			session_document(session, session->touched[i]);

		if (doc)
			view_add(session->view, doc);
	}
	return session->view;
}

const struct space *session_space(const struct session *session)
{
	return session->space;
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
