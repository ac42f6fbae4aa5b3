/*
 * error.h - the one way a failure travels
 *
 * A function that can fail returns bool (or a pointer), is MUST_USE, and takes
 * a struct error as its last argument, never NULL. It fills it in exactly when
 * it fails. Results are written only on success. Callers pass their own `err`
 * down and return what comes back; only command/ and ui/ show the text.
 *
 * Threads: a struct error belongs to one thread.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/base.h"

enum err {
	ERR_NONE,
	ERR_NO,        /* the answer is no: not found, differs, nothing to do */
	ERR_SYNTAX,    /* the user's command, address, value, layout, keymap */
	ERR_RANGE,     /* an address or length outside what exists */
	ERR_NOMEM,     /* an allocation failed */
	ERR_IO,        /* a system call failed; error.sys is its errno */
	ERR_OVERLAP,   /* the addresses are already taken */
	ERR_READONLY,  /* a change to something opened for reading */
	ERR_CHANGED,   /* the file is no longer the one that was opened */
	ERR_STATE,     /* bytes without values: unreadable, missing, a gap */
	ERR_LIMIT,     /* it would take more steps or memory than is allowed */
	ERR_CANCELLED, /* stopped on request */
};

enum {
	ERROR_TEXT = 512,
	ERROR_PATH = 1024,
};

struct error {
	enum err code;
	int sys;       /* errno for ERR_IO, else 0 */
	size_t column; /* of the command line, from 1; 0: not known */
	bool has_addr;
	uint64_t addr;         /* in the space, if has_addr */
	char text[ERROR_TEXT]; /* one line for a person, safe to show: no
	                          newline, no full stop */
	char path[ERROR_PATH]; /* the file's raw name, "" if none; a name that
	                          does not fit is left out, never cut */
};

/*
 * Each returns false, so that a failure is one line: return error_set(...).
 * The text is cut at a character when it does not fit. Foreign strings are put
 * through text_safe() by the caller.
 */
bool error_set(struct error *err, enum err code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* As error_set, and appends ": " and the message of errno `errnum` (> 0). */
bool error_sys(struct error *err, int errnum, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* As error_set with ERR_SYNTAX, pointing at a column (from 1) of the line. */
bool error_at(struct error *err, size_t column, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Add what is known to a failure that is already set. Both return false. */
bool error_add_addr(struct error *err, uint64_t addr);
bool error_add_path(struct error *err, const char *path);

/* Put "text: " in front of a failure's text. Returns false. */
bool error_prefix(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The exit status that a failure means: 1 for ERR_NO, 2 for ERR_SYNTAX and
   ERR_RANGE, 3 for the rest. */
int error_status(const struct error *err);

/* The message of an errno, in English whatever the locale; never NULL. */
const char *error_errno_text(int errnum);

#endif
