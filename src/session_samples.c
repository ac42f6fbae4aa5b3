/*
 * session_samples.c - the journal gets samples of what is edited: see session.h
 *
 * No edit waits for them: a job takes them when there is nothing else to do.
 * What it has taken of a base that is another one by then is forgotten.
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "keep/samples.h"
#include "session_impl.h"
#include "space/view.h"

struct sampling {
	struct job *job;
	struct view *view; /* counted: keeps the source */
	struct source *src;
	uint64_t doc;
	struct samples samples;
	bool ok;
};

static void work(struct job *job, void *arg)
{
	struct sampling *s = arg;
	struct error ignored;

	s->ok = samples_take(s->src, sys_now(), job, &s->samples, &ignored);
}

void session_free_sampling(struct session *session)
{
	struct sampling *s = session->sampling;

	if (!s)
		return;
	job_free(s->job);
	view_unref(s->view);
	mem_free(s);
	session->sampling = NULL;
}

/* May the journal be written to, and nobody else has it? */
static bool is_free(const struct session *session)
{
	return session->keeper && session->keeps && !session->flushing &&
	       !session->taking;
}

/* A document that is edited, and of which the journal has none. */
static struct document *find_unsampled(const struct session *session)
{
	for (size_t i = 0; i < session->touched_count; i++) {
		struct document *doc =
			session_document(session, session->touched[i]);

		if (doc && document_root(doc) &&
		    keeper_wants_samples(session->keeper, doc))
			return doc;
	}
	return NULL;
}

bool session_sample_begin(struct session *session, struct error *err)
{
	struct document *doc;
	struct sampling *s;

	if (session->sampling || !is_free(session))
		return true;
	doc = find_unsampled(session);
	if (!doc)
		return true;
	s = mem_zalloc(sizeof(*s), err);
	if (!s)
		return false;
	s->view = view_ref(session_view(session));
	s->src = document_source(doc);
	s->doc = document_id(doc);
	session->sampling = s;
	s->job = job_start(session->pool, JOB_READ, work, s, err);
	if (s->job)
		return true;
	session_free_sampling(session);
	return false;
}

bool session_sample_end(struct session *session, const struct job *job)
{
	const struct sampling *s = session->sampling;
	struct document *doc;

	if (!s || s->job != job)
		return false;
	doc = session_document(session, s->doc);
	if (s->ok && doc && document_source(doc) == s->src && is_free(session))
		keeper_put_samples(session->keeper, doc, s->samples.v,
		                   s->samples.count);
	session_free_sampling(session);
	return true;
}
