/*
 * desk.h - a session over small files, for tests of edits
 *
 * The files stand in the scratch folder, which is the working directory. What
 * goes wrong fails the test, unless a function says otherwise.
 *
 * Threads: the test's own.
 */
#ifndef TESTS_DESK_H
#define TESTS_DESK_H

#include "base/base.h"
#include "session.h"
#include "space/space.h"

struct context;
struct error;
struct output;
struct sys;
struct view;

enum {
	DESK_TEXT = 256, /* bytes that a small space may have, and a NUL */
	DESK_SAID = 1024,
	DESK_FILES = 4095, /* bytes of files that are looked at */
};

/* Begin a test: the scratch folder is the working directory, and no call
   fails. */
void desk_begin(void);
/* End it: free the session, which may be NULL and is NULL then. Nothing fails
   any more, and no descriptor may be left open. */
void desk_finish(struct session **session);

/* The path of a folder for journals that is not there yet; the caller frees
   it. */
char *desk_shelf(void);

/* Few of everything that is limited; `places` may be NULL: no journal. */
struct session_options desk_options(const struct sys *sys,
                                    const struct shelf_places *places);
struct session *desk_start(const struct session_options *options);
/* Both, with a journal in this folder, or none: NULL. */
struct session *desk_session(const struct sys *sys, const char *shelf);

/* From now on `said` has the last that the session said; now "". */
void desk_hear(struct session *session, char said[static DESK_SAID]);

/* A context over the inputs of a list, with a journal in this folder; what it
   prints is kept. The end frees all three. */
struct session *desk_context(struct context *ctx, struct output *out,
                             const char *shelf, const char *list);
void desk_context_end(struct context *ctx, struct output *out);

/* Do something in another process, which is killed behind it. */
void desk_killed(void (*act)(void *ctx), void *ctx);

/* Make a file of this text. */
void desk_file(const char *name, const char *text);
/* Make files, the name of each being a letter, of `len` such letters. */
void desk_letters(const char *names, size_t len);
/* Write into a file, as another program. */
void desk_write_at(const char *name, uint64_t off, const char *text);
/* What is in files one behind the other: each letter is the name of one, other
   characters stand for themselves. Valid until the next call. */
const char *desk_files(const char *names);

/* Open the inputs of a list with ';' between them. */
void desk_open(struct session *session, const char *list);

struct place desk_place(const struct session *session, uint64_t addr);
/* The end of a segment, which may be where the next one begins. */
struct place desk_end(const struct session *session, uint32_t number);

/* Replace `removed` bytes by text. Returns what the session says. */
bool desk_splice(struct session *session, struct place at, uint64_t removed,
                 const char *text, unsigned flags, struct error *err) MUST_USE;
/* The same at an address; it must go well. */
void desk_put(struct session *session, uint64_t addr, uint64_t removed,
              const char *text);

/* The same over as many bytes as the text has. */
void desk_over(struct session *session, uint64_t addr, const char *text);

/* Flush all there is, to its end. `out` may be NULL. */
bool desk_flush(struct session *session, unsigned flags,
                struct session_flushed *out, struct error *err) MUST_USE;
/* All of it; it must go well. */
void desk_flush_all(struct session *session);
/* One document alone; it must go well. */
struct session_flushed desk_flush_one(struct session *session, uint64_t doc);

/* A run of the program over the inputs of a list; its end, which drops what was
   not flushed; and a whole one, which flushes one text. */
struct session *desk_run_begin(const char *shelf, const char *list,
                               char said[static DESK_SAID]);
void desk_run_end(struct session **session);
void desk_run(const char *shelf, const char *list, uint64_t addr,
              const char *text);

/* Look for what others have changed in [addr, addr + len), to its end. Returns
   whether anything is new. */
bool desk_check(struct session *session, uint64_t addr, uint64_t len);

/* The bytes of a view, with a NUL; returns how many there are. */
size_t desk_text(const struct view *view, char out[static DESK_TEXT]);
/* The view of now must have these. */
void desk_shows(struct session *session, const char *want);

/* What waits in journals for the files that are open: how many files; the last
   journal told of and what it is about. */
struct desk_waiting {
	size_t count;
	char journal[64];
	int state; /* enum recover_state */
};
struct desk_waiting desk_look(struct session *session);

/* How many journals are in a folder, which need not be there. */
size_t desk_journals(const char *shelf);

#endif
