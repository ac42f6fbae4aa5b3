/*
 * macro.h - command lines that are recorded and played, and the last edit
 *
 * What is typed or pasted while a macro is recorded becomes a line as well, so
 * that a macro is command lines and nothing else. play.h plays them.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_MACRO_H
#define COMMAND_MACRO_H

#include "base/base.h"

struct error;

enum {
	MACRO_NAME = 32, /* bytes of a name, its NUL included */
	MACRO_DEPTH = 8, /* macros that play macros */
	MACRO_LINES = 10000
};

struct macro {
	char name[MACRO_NAME];
	char **lines; /* owned, and each */
	size_t count, cap;
};

/* A macro on its way. */
struct playing {
	size_t macro;  /* of the list; SIZE_MAX: the last edit */
	size_t next;   /* the line to come */
	uint64_t left; /* how often it is still played, this time included */
};

/* All of a context; zeros to begin with. */
struct macros {
	struct macro *v; /* owned */
	size_t count, cap;
	char last[MACRO_NAME]; /* what was recorded or played last */
	bool recording;
	struct macro fresh; /* owned; what is being recorded */
	bool goes_on;       /* its last line is typed text, which may go on */
	struct playing playing[MACRO_DEPTH];
	size_t depth;
	bool is_running; /* a line is being run, which may play others */
	char *edit; /* owned: a line that does the last edit again, or NULL */
	bool edit_goes_on; /* it is typed text, which may go on */
};

void macros_free(struct macros *macros);

/* The index of a macro; SIZE_MAX: there is none of that name. */
size_t macro_find(const struct macros *macros, const char *name);

/* Begin to record; the name is taken once it is stopped. ERR_SYNTAX: not a
   name; ERR_STATE: one is recorded or played already. */
bool macro_record(struct macros *macros, const char *name,
                  struct error *err) MUST_USE;
/* ERR_STATE: none is recorded; ERR_NOMEM: then it goes on. */
bool macro_stop(struct macros *macros, struct error *err) MUST_USE;

/* A line has been run that was not part of another one: if something is
   recorded, so is it. ERR_NOMEM, ERR_LIMIT: then nothing is any longer. */
bool macro_note(struct macros *macros, const char *line, size_t len,
                struct error *err);
/* The same for text that was typed or pasted, which is the last edit, too.
   `goes_on`: behind what was typed before. */
bool macro_note_typed(struct macros *macros, const char *text, size_t len,
                      bool pasted, bool goes_on, struct error *err);

/* This line does the last edit again; takes it over. NULL: nothing does. */
void macro_set_edit(struct macros *macros, char *line, bool goes_on);

#endif
