/*
 * session.h - the owner: documents, layout, view, pool, messages
 *
 * The session is the only thing that changes documents and the layout (K2). It
 * wraps no reader: whoever wants bytes takes the view.
 *
 * Threads: the engine thread only; jobs get views.
 */
#ifndef SESSION_H
#define SESSION_H

#include "base/base.h"
#include "edit/document.h"
#include "source/files.h"

struct error;
struct job;
struct layout;
struct pool;
struct session;
struct sys;
struct view;

struct session_options {
	const struct sys *sys; /* borrowed; NULL: sys_real */
	struct files_limits files;
	size_t threads;     /* of the pool; 0: the processors */
	enum access access; /* of inputs that say nothing themselves */
	bool read_only;     /* -R: access read for all, whatever they say */
};

struct session *session_new(const struct session_options *options,
                            struct error *err) MUST_USE;
void session_free(struct session *session); /* NULL is allowed */

/* What the session has to say of its own: a file changed, and the like. One
   line, safe to show. Called from session functions only. */
typedef void session_say(void *ctx, const char *text);
void session_set_say(struct session *session, session_say *say_line, void *ctx);

/*
 * Open inputs and place them behind what is there, all or nothing; `inputs` is
 * left empty on success, unchanged on failure. Layout files among them are
 * read. ERR_IO ERR_STATE ERR_OVERLAP ERR_RANGE ERR_READONLY ERR_SYNTAX
 * ERR_NOMEM; ERR_CHANGED: an over=verify byte differs.
 */
bool session_open(struct session *session, struct layout *inputs,
                  struct error *err) MUST_USE;

/*
 * Standard input can be read once: by an input "-", a script, a list of names,
 * or not at all where keys come from it. Inputs take it themselves, and it
 * stays taken when the opening fails. ERR_SYNTAX: it is in use already.
 */
bool session_take_stdin(struct session *session, struct error *err);

/* Close a segment; its number is not used again. ERR_RANGE: no such number. */
bool session_close(struct session *session, uint32_t number,
                   struct error *err) MUST_USE;

/* Take the size and identity that a segment's file has now (0: all). On failure
   nothing changes: ERR_IO, ERR_OVERLAP, ERR_RANGE. */
bool session_reload(struct session *session, uint32_t number,
                    struct error *err) MUST_USE;

/* The view of now. Borrowed until the next change; view_ref() to keep it. */
struct view *session_view(const struct session *session);

/* Goes up by one whenever the view changes. */
uint64_t session_generation(const struct session *session);

const struct layout *session_layout(const struct session *session);
struct pool *session_pool(const struct session *session);
const struct sys *session_sys(const struct session *session);

/* The document with this id, or NULL. Borrowed. */
struct document *session_document(const struct session *session, uint64_t id);

/*
 * Look whether the files shown in [addr, addr + len), at most 256, have been
 * changed by others; say so once for each change. Returns whether anything was
 * found that was not known. Stats files, so it may block as long as those.
 */
bool session_check(struct session *session, uint64_t addr, uint64_t len);

/*
 * The same without blocking: a job of the pool looks, one at a time (while one
 * runs another is not begun). Give each POOL_DONE to session_check_end(): true
 * when it was this job's, and *news as session_check() returns it. ERR_NOMEM,
 * ERR_IO: no job could be started.
 */
bool session_check_begin(struct session *session, uint64_t addr, uint64_t len,
                         struct error *err) MUST_USE;
bool session_check_end(struct session *session, const struct job *job,
                       bool *news);
bool session_is_checking(const struct session *session);

#endif
