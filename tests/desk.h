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
#include "space/space.h"

struct error;
struct session;
struct shelf_places;
struct sys;
struct view;

enum { DESK_TEXT = 256 }; /* bytes that a small space may have, and a NUL */

/* A session with few of everything that is limited; `places` may be NULL: then
   it has no journal. */
struct session *desk_session(const struct sys *sys,
                             const struct shelf_places *places);

/* Make a file of this text. */
void desk_file(const char *name, const char *text);

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

#endif
