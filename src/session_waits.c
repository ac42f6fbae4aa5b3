/*
 * session_waits.c - which edits of earlier runs wait, and for whom
 *
 * A journal names files; only those that the user has opened count, found by
 * device and inode, else by their path. Until somebody has decided about what
 * waits for them they are held: not edited.
 *
 * Journals may be long and disks slow: all of the looking is done by functions
 * that any thread may call, while the session changes nothing. What they find
 * is taken over in the engine's thread.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/change.h"
#include "edit/edits.h"
#include "keep/disk.h"
#include "keep/index.h"
#include "session_impl.h"
#include "session_recover_impl.h"

enum { PATH = 4096 };

/* --- documents that wait -------------------------------------------------- */

struct found {
	struct session_waiting waiting;
	char journal[RECORD_NAME + 8];
	struct text_shown was;
};

/* A look at what waits. */
struct looking {
	const struct folder *folder; /* borrowed; NULL: there is none */
	struct job *job;             /* borrowed: that looks; or NULL */
	struct found *v;             /* owned */
	size_t count, cap;
	struct error unread; /* of a journal that cannot be opened, if any */
	bool known;          /* what waits was known before, for these files */
	bool ok;
	struct error err;
};

static bool hold(struct session *session, const struct session_waiting *waiting,
                 struct error *err)
{
	struct held *held;

	if (!mem_grow(&session->held, &session->held_cap,
	              session->held_count + 1, sizeof(*held), err))
		return false;
	held = &session->held[session->held_count++];
	held->doc = waiting->doc;
	held->is_flushing = waiting->is_flushing;
	snprintf(held->journal, sizeof(held->journal), "%s", waiting->journal);
	return true;
}

void session_let_go(struct session *session, const char *journal, uint64_t doc)
{
	size_t n = 0;

	for (size_t i = 0; i < session->held_count; i++)
		if (strcmp(session->held[i].journal, journal) != 0 ||
		    (doc && session->held[i].doc != doc))
			session->held[n++] = session->held[i];
	session->held_count = n;
}

struct check_held {
	const struct session *session;
	const struct held *found;
};

static void find_held(void *ctx, const struct change *change)
{
	struct check_held *check = ctx;

	for (size_t i = 0; i < check->session->held_count; i++)
		if (check->session->held[i].doc == change->doc)
			check->found = &check->session->held[i];
}

static bool refuse_held(const struct session *session, const struct held *held,
                        struct error *err)
{
	const char *name = document_name(session_document(session, held->doc));

	error_set(err, ERR_STATE,
	          held->is_flushing
	                  ? "%s: a flush of an earlier run was not finished: "
	                    "journal finish or journal back comes first"
	                  : "%s: edits of an earlier run wait for it: journal "
	                    "recover or journal discard comes first",
	          text_shown(name).s);
	return error_add_path(err, name);
}

static void tell_nobody(void *ctx, const struct session_waiting *waiting)
{
	(void)ctx;
	(void)waiting;
}

/* A program that looks in jobs does not wait for a disk here. */
static bool look_again(struct session *session, struct error *err)
{
	if (session->looks_in_jobs)
		return error_set(err, ERR_STATE,
		                 "what earlier runs left was not looked at: "
		                 "journal recover does");
	return session_look(session, tell_nobody, NULL, err) ||
	       error_prefix(err, "what earlier runs left cannot be "
	                         "looked at");
}

bool session_check_held(struct session *session, struct error *err)
{
	struct check_held check = { .session = session };

	if (session->is_replaying)
		return true;
	if (session->is_unlooked && !look_again(session, err))
		return false;
	if (session->held_count == 0)
		return true;
	edits_each(session->edits, find_held, &check);
	return !check.found || refuse_held(session, check.found, err);
}

bool session_is_free(const struct session *session, uint64_t doc,
                     struct error *err)
{
	for (size_t i = 0; i < session->held_count; i++)
		if (session->held[i].doc == doc)
			return refuse_held(session, &session->held[i], err);
	return true;
}

/* --- which document ------------------------------------------------------- */

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

static struct document *find_at(const struct session *session, const char *cwd,
                                const struct record_file *file)
{
	for (size_t i = 0; i < session->docs.count; i++) {
		struct document *doc = session->docs.v[i].doc;

		if (!(document_source(doc)->traits & SOURCE_PRIVATE) &&
		    is_at(doc, cwd, file))
			return doc;
	}
	return NULL;
}

static bool is_inode(const struct document *doc, const struct record_file *file)
{
	const struct identity *id = &document_source(doc)->id;

	return id->ino != 0 && id->dev == file->dev && id->ino == file->ino;
}

static bool is_as_it_was(const struct document *doc,
                         const struct record_file *file)
{
	const struct source *src = document_source(doc);

	return src->id.mtime == file->mtime && src->size == file->size;
}

/* Is it another file of the journal: one that has moved to this name, or one
   whose name this is? */
static bool is_another(const struct recover *rec, const struct document *doc,
                       const char *cwd, const struct record_file *file)
{
	bool named = is_at(doc, cwd, file);

	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		const struct record_file *other = recover_file(rec, i);

		if (named ? !is_inode(doc, file) && is_inode(doc, other) &&
		                    is_as_it_was(doc, other)
		          : is_at(doc, cwd, other))
			return true;
	}
	return false;
}

/* A file that was renamed has its inode still. But inodes of files that are
   gone are soon given again: of one that is not as it was the name says
   more. */
struct document *session_document_of(const struct session *session,
                                     const struct recover *rec, uint32_t number)
{
	const struct record_file *file = recover_file(rec, number);
	struct identity id = { .dev = file->dev, .ino = file->ino };
	struct document *doc = documents_of_file(&session->docs, &id);
	struct document *at;
	char cwd[PATH];

	if (doc && is_as_it_was(doc, file))
		return doc;
	if (session->sys->cwd(cwd, sizeof(cwd)) < 0)
		cwd[0] = '\0';
	if (doc && is_at(doc, cwd, file))
		return doc;
	at = find_at(session, cwd, file);
	if (at && !is_another(rec, at, cwd, file))
		return at;
	return doc && !is_another(rec, doc, cwd, file) ? doc : NULL;
}

/* Had it another name when it was edited? */
static bool is_renamed(const struct session *session,
                       const struct document *doc,
                       const struct record_file *file)
{
	char cwd[PATH];

	return session->sys->cwd(cwd, sizeof(cwd)) >= 0 &&
	       !is_at(doc, cwd, file);
}

struct document *session_heir_of(const struct session *session,
                                 const struct record_file *file)
{
	struct identity id = { .dev = file->dev, .ino = file->ino };
	struct document *doc = NULL;
	struct sys_stat st;
	char cwd[PATH];
	char *path;
	struct error ignored;
	int res;

	if (session->sys->cwd(cwd, sizeof(cwd)) >= 0)
		doc = find_at(session, cwd, file);
	if (doc)
		return doc;
	doc = documents_of_file(&session->docs, &id);
	path = doc ? mem_strndup(file->path, file->path_len, &ignored) : NULL;
	if (!path)
		return NULL;
	res = session->sys->stat(path, &st);
	mem_free(path);
	return res < 0 || (st.dev == id.dev && st.ino == id.ino) ? doc : NULL;
}

/* --- looking -------------------------------------------------------------- */

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

/* May a closed journal have taken over what waits in another one? */
static bool may_have_adopted(const struct index_entry *closed,
                             const struct recover *old)
{
	if (closed->flushed < recover_head(old)->created)
		return false;
	for (uint32_t i = 1; closed->knows && i <= recover_files(old); i++) {
		const struct record_file *file = recover_file(old, i);
		uint64_t path = index_hash(file->path, file->path_len);

		for (uint32_t k = 0; k < closed->count; k++)
			if (closed->files[k].path == path ||
			    (closed->files[k].dev == file->dev &&
			     closed->files[k].ino == file->ino))
				return true;
	}
	return !closed->knows;
}

/* What was taken up and flushed waits no longer, though the program was killed
   before it could say so. */
static bool settle_closed(const struct folder *folder,
                          const struct index *index, struct journals *all,
                          struct error *err)
{
	for (size_t i = 0; i < index_count(index); i++) {
		const struct index_entry *closed = index_at(index, i);
		struct recover *rec = NULL;

		for (size_t k = 0; k < all->count; k++) {
			if (!may_have_adopted(closed, all->v[k]))
				continue;
			if (!rec)
				rec = recover_peek(folder, closed->name, err);
			if (!rec && err->code == ERR_NOMEM)
				return false;
			if (!rec)
				break;
			recover_settle(all->v[k], rec);
		}
		recover_free(rec);
	}
	return true;
}

/* A program that was killed before it had made an edit may have left many bytes
   for it. They are nobody's, and reading them takes time at each start. What
   was undone when it was killed is only history: to be made again. */
static void leave(const struct session *session, struct recover *rec,
                  bool undone)
{
	struct error ignored;

	if (rec && session->keeps && recover_is_empty(rec))
		(void)!recover_discard(rec, &ignored);
	else if (undone && session->keeps)
		(void)!recover_close(rec, &ignored);
	recover_free(rec);
}

/* Nobody can tell for which files something waits there. A file without bytes
   was never written to. */
static void note_unknown(struct looking *look, const struct recover *rec)
{
	const char *why = recover_why(rec);
	bool unknown = false;

	if (recover_kind(rec) == RECOVER_UNREADABLE) {
		unknown = recover_size(rec) > 0;
	} else if (recover_kind(rec) == RECOVER_DAMAGED) {
		unknown = !recover_waits(rec);
	} else if (recover_kind(rec) == RECOVER_WAITING) {
		unknown = recover_files(rec) == 0 && recover_torn(rec) > 0;
		why = "its first change is not whole";
	}
	if (unknown && look->unread.code == ERR_NONE)
		(void)error_set(&look->unread, ERR_STATE,
		                "%s/%s: %s: whether edits wait in it is not "
		                "known",
		                text_shown(look->folder->path).s,
		                recover_name(rec), why);
}

/* All journals in which something may wait. One that another editor writes is
   left alone; one that cannot be opened is noted, unless it is gone by now. */
static bool open_journals(const struct session *session, struct looking *look,
                          struct journals *all, struct error *err)
{
	struct index *index = index_open(look->folder, err);
	bool ok = index != NULL, undone = false;

	*all = (struct journals){ 0 };
	if (ok)
		all->v = mem_zalloc((index_others(index) + 1) * sizeof(*all->v),
		                    err);
	ok = ok && all->v;
	for (size_t i = 0; ok && i < index_others(index); i++) {
		struct recover *rec =
			recover_open_for(look->job, look->folder,
		                         index_other(index, i), err);

		if (rec && !recover_is_undone(rec, &undone, err)) {
			recover_free(rec);
			rec = NULL;
		}
		if (rec)
			note_unknown(look, rec);
		if (rec && recover_waits(rec) && !undone)
			insert_journal(all, rec);
		else
			leave(session, rec, rec && undone);
		ok = rec ||
		     (err->code != ERR_NOMEM && err->code != ERR_CANCELLED);
		if (!rec && ok && err->code != ERR_NO &&
		    look->unread.code == ERR_NONE)
			look->unread = *err;
	}
	for (size_t i = 0; ok && i < all->count; i++)
		for (size_t j = i + 1; j < all->count; j++)
			recover_settle(all->v[i], all->v[j]);
	ok = ok && settle_closed(look->folder, index, all, err);
	index_free(index);
	if (!ok)
		journals_free(all);
	return ok;
}

static bool add_found(struct looking *look,
                      const struct session_waiting *waiting, struct error *err)
{
	struct found *found;

	if (!mem_grow(&look->v, &look->cap, look->count + 1, sizeof(*look->v),
	              err))
		return false;
	found = &look->v[look->count++];
	found->waiting = *waiting;
	snprintf(found->journal, sizeof(found->journal), "%s",
	         waiting->journal);
	if (waiting->was)
		found->was = text_shown(waiting->was);
	return true;
}

static bool look_into(const struct session *session, struct looking *look,
                      struct recover *rec, struct looked *looked,
                      struct error *err)
{
	struct recover_flush flush;

	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		struct document *doc = session_document_of(session, rec, i);
		struct session_waiting waiting = {
			.journal = recover_name(rec),
			.created = recover_head(rec)->created,
			.groups = recover_groups(rec),
			.is_damaged = recover_kind(rec) == RECOVER_DAMAGED,
			.is_torn = recover_torn(rec) > 0,
			.is_flushing = recover_flushing(rec, &flush),
		};

		if (!doc || !recover_file_waits(rec, i))
			continue;
		if (!recover_steps(rec, i, &waiting.steps, err))
			return false;
		/* All of it was undone. */
		if (waiting.steps == 0 && !waiting.is_flushing)
			continue;
		waiting.doc = document_id(doc);
		if (is_renamed(session, doc, recover_file(rec, i)))
			waiting.was = recover_file(rec, i)->path;
		if (!waiting.is_flushing &&
		    !recover_check(rec, i, document_source(doc),
		                   &waiting.checked, err))
			return false;
		if (looked->rec && !waiting.is_flushing) {
			looked->checked[i - 1] = waiting.checked;
			looked->is_checked[i - 1] = true;
		}
		if (!add_found(look, &waiting, err))
			return false;
	}
	return true;
}

/* Where it is the only one, and about to be taken up, it need not be read and
   compared once more. */
static bool look_into_all(struct session *session, struct looking *look,
                          struct journals *all, struct error *err)
{
	struct looked looked = { 0 };
	bool keeps = session->taking && all->count == 1 &&
	             looked_init(&looked, all->v[0], err);
	bool ok = true;

	for (size_t i = 0; ok && i < all->count; i++)
		ok = look_into(session, look, all->v[i], &looked, err);
	if (keeps) {
		all->count = 0;
		session_recover_keep(session, &looked);
	}
	return ok;
}

const struct folder *session_shelf(struct session *session, struct error *err)
{
	if (session->keeper)
		return keeper_look(session->keeper, err);
	(void)error_set(err, ERR_NO, "there are no journals");
	return NULL;
}

void session_free_look(struct session *session)
{
	if (session->looking)
		mem_free(session->looking->v);
	mem_free(session->looking);
	session->looking = NULL;
}

/* Until all are known nothing is edited that may have to wait. */
static bool begin_look(struct session *session, struct error *err)
{
	const struct folder *folder = session_shelf(session, err);
	bool known =
		!session->is_unlooked && session->looked_id == session->last_id;

	session_say_news(session);
	session->is_unlooked = folder || err->code != ERR_NO;
	if (!folder && session->is_unlooked)
		return false;
	session->looking = mem_zalloc(sizeof(*session->looking), err);
	if (!session->looking)
		return false;
	session->looking->folder = folder;
	session->looking->known = known;
	return true;
}

bool session_look_begin(struct session *session, struct error *err)
{
	session->looks_in_jobs = true;
	return (((session->taking || session->deciding) && !session->looking) ||
	        session_may_change(session, err)) &&
	       begin_look(session, err);
}

void session_look_work(struct job *job, void *arg)
{
	struct session *session = arg;
	struct looking *look = session->looking;
	struct journals all;

	session_recover_drop(session);
	look->ok = !look->folder;
	look->job = job;
	if (look->ok || !open_journals(session, look, &all, &look->err))
		return;
	look->ok = look_into_all(session, look, &all, &look->err);
	journals_free(&all);
}

bool session_look_tell(const struct session *session, session_waits *each,
                       void *ctx, struct error *err)
{
	const struct looking *look = session->looking;

	if (!look->ok) {
		*err = look->err;
		/* A job that was cancelled before it began was never called. */
		return err->code == ERR_NONE
		               ? error_set(err, ERR_CANCELLED, "cancelled")
		               : false;
	}
	for (size_t i = 0; i < look->count; i++) {
		struct session_waiting waiting = look->v[i].waiting;

		waiting.journal = look->v[i].journal;
		if (waiting.was)
			waiting.was = look->v[i].was.s;
		each(ctx, &waiting);
	}
	return true;
}

/* What was found waits from here on. */
static bool hold_all(struct session *session, const struct looking *look,
                     struct error *err)
{
	session->held_count = 0;
	for (size_t i = 0; i < look->count; i++) {
		struct session_waiting waiting = look->v[i].waiting;

		waiting.journal = look->v[i].journal;
		if (!document_root(session_document(session, waiting.doc)) &&
		    !hold(session, &waiting, err))
			return false;
	}
	return true;
}

bool session_look_end(struct session *session, session_waits *each, void *ctx,
                      struct error *err)
{
	struct looking *look = session->looking;
	bool ok = session_look_tell(session, each, ctx, err) &&
	          hold_all(session, look, err);

	if (look->unread.code != ERR_NONE && !session->said_journals) {
		session_say_line(session, look->unread.text);
		session->said_journals = true;
	}
	if (ok)
		session->looked_id = session->last_id;
	session->is_unlooked =
		!ok && (!look->known || err->code != ERR_CANCELLED);
	session_free_look(session);
	return ok;
}

bool session_look(struct session *session, session_waits *each, void *ctx,
                  struct error *err)
{
	if (session->looking || session->loading)
		return session_may_change(session, err);
	if (!begin_look(session, err))
		return false;
	session_look_work(NULL, session);
	return session_look_end(session, each, ctx, err);
}

static bool settle_others(const struct folder *folder,
                          const struct index *index, struct recover *rec,
                          struct error *err)
{
	for (size_t i = 0; i < index_others(index); i++) {
		const char *name = index_other(index, i);
		struct recover *newer;

		if (strcmp(name, recover_name(rec)) == 0)
			continue;
		newer = recover_peek(folder, name, err);
		if (newer)
			recover_settle(rec, newer);
		else if (err->code == ERR_NOMEM)
			return false;
		recover_free(newer);
	}
	return true;
}

bool session_settle_waiting(const struct folder *folder, struct recover *rec,
                            struct error *err)
{
	struct journals one = { &rec, 1 };
	struct index *index;
	bool ok;

	if (!recover_waits(rec))
		return true;
	index = index_open(folder, err);
	ok = index && settle_others(folder, index, rec, err) &&
	     settle_closed(folder, index, &one, err);
	index_free(index);
	return ok;
}

bool session_settle(const struct folder *folder, const struct recover *rec,
                    struct error *err)
{
	struct index *index = index_open(folder, err);
	bool ok = index != NULL;

	for (size_t i = 0; ok && i < index_others(index); i++) {
		const char *name = index_other(index, i);
		struct recover *old;

		if (strcmp(name, recover_name(rec)) == 0)
			continue;
		old = recover_open(folder, name, err);
		ok = old ? recover_kind(old) != RECOVER_WAITING ||
		                     recover_release_settled(old, rec, err)
		         : err->code != ERR_NOMEM;
		recover_free(old);
	}
	index_free(index);
	return ok;
}
