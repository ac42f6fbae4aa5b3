/*
 * session.c - see session.h
 *
 * Opening, closing (session_open.c) and reloading (session_reload.c) all go the
 * same way: a second layout is made, a space derived from it, and only when
 * that stands is everything swapped at once. So a failure leaves the session as
 * it was, and views that jobs hold go on showing what they showed.
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

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "edit/edits.h"
#include "keep/keeper.h"
#include "keep/lock.h"
#include "keep/spill.h"
#include "keep/written.h"
#include "session_impl.h"
#include "space/space.h"
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

void session_drop_unused(struct session *session)
{
	documents_unmark(&session->docs);
	for (size_t i = 0; i < session->layout.count; i++)
		if (session->layout.v[i]->doc)
			documents_mark(&session->docs,
			               session->layout.v[i]->doc);
	documents_sweep(&session->docs);
	session_unlock_unused(session);
}

bool session_commit(struct session *session, struct layout *layout,
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

/* --- beginning and end --------------------------------------------------- */

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
	    !session_commit(session, &empty, err) ||
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
	session_free_sampling(session);
	session_end_journal(session);
	session_free_spent(session);
	pool_free(session->pool);
	session_free_look(session);
	view_unref(session->view);
	view_unref(session->spare);
	space_unref(session->space);
	edits_free(session->edits);
	session_free_past(session);
	session_free_remarks(session);
	session_free_names(session);
	shifts_free(&session->shifts);
	runs_free(&session->looked);
	mem_free(session->parts);
	mem_free(session->touched);
	mem_free(session->held);
	mem_free(session->forced);
	session_free_locks(session);
	forget_unsaid(session);
	layout_clear(&session->layout);
	documents_free(&session->docs);
	keeper_free(session->keeper);
	spill_unref(session->spill);
	written_unref(session->written);
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
