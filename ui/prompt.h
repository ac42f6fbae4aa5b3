/*
 * prompt.h - the command line at the bottom: a line under edit, its history,
 * completion, and what is known of it while it is typed
 *
 * Threads: the UI thread.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include "base/base.h"
#include "base/error.h"

struct canvas;
struct context;
struct error;

enum {
	PROMPT_MAX = 4096, /* bytes of a line */
	PROMPT_HISTORY = 200,
	PROMPT_CANDIDATES = 500, /* shown and gone through; more are left out */
};

/* What a prompt is for: commands, or the filter of a list. */
enum prompt_kind {
	PROMPT_COMMAND,
	PROMPT_FILTER,
};

struct candidates {
	char **v; /* owned */
	size_t count, cap;
	size_t start, end; /* the part of the line that they replace */
	size_t at;         /* the one in the line; count: none */
};

struct prompt {
	bool open;
	enum prompt_kind kind;
	char line[PROMPT_MAX];
	size_t len, cursor;
	char *history[PROMPT_HISTORY]; /* owned, oldest first */
	size_t history_count, history_at;
	char draft[PROMPT_MAX];  /* what was typed before history was shown */
	char killed[PROMPT_MAX]; /* what a word, line or end that was deleted
	                            last held */
	struct candidates candidates;
	bool refused; /* Enter found an error: it is shown in full colour */
	struct error refusal;
	bool doubtful; /* what running the line would say so far */
	struct error doubt;
	char aside[120]; /* stands at the right of the line; "": nothing */
};

void prompt_free(struct prompt *prompt);

/* Open with `text` filled in. */
void prompt_open(struct prompt *prompt, enum prompt_kind kind,
                 const char *text);
void prompt_close(struct prompt *prompt);

/* The line was refused: the error is shown until the line changes, and the
   cursor goes to its column. */
void prompt_refuse(struct prompt *prompt, const struct error *err);

/* The line is wrong so far, or something is known of it: shown until the line
   changes. */
void prompt_doubt(struct prompt *prompt, const struct error *err);
void prompt_aside(struct prompt *prompt, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/* Put text in at the cursor; control characters become blanks, what does not
   fit is left out. */
void prompt_insert(struct prompt *prompt, const char *text, size_t len);

/* The start of the character before a byte of the line; 0: there is none. */
size_t prompt_char_before(const struct prompt *prompt, size_t at);

/* left right word-left word-right home end; false: no such word. */
bool prompt_move(struct prompt *prompt, const char *how);
/* back char word line end; the last three can be put back. */
bool prompt_delete(struct prompt *prompt, const char *what);
/* Put in what was deleted so last, in this prompt or one before. */
void prompt_yank(struct prompt *prompt);

/* Make the pattern at the cursor, or the last before it, one of the next kind:
   hex, text, expression. Nothing without one. */
void prompt_change_pattern(struct prompt *prompt);

/* Another line, with the cursor at one of its bytes. */
void prompt_set(struct prompt *prompt, const char *text, size_t cursor);

/* The older or newer line of the history. */
void prompt_history(struct prompt *prompt, bool older);
/* Remember the line now; the same line as the last is not kept twice. */
void prompt_remember(struct prompt *prompt);
/* The same of a line of an earlier run. */
void prompt_recall(struct prompt *prompt, const char *line);

/* Complete at the cursor: the first time what the candidates share, then one
   after the other. */
void prompt_complete(struct prompt *prompt, struct context *ctx, bool forward);

/*
 * Draw: help at row `above`, the line at `row`, candidates or an error with its
 * caret at row `below` (rows < 0 are left out). Sets the cursor's column.
 */
void prompt_paint(const struct prompt *prompt, struct context *ctx,
                  struct canvas *canvas, int above, int row, int below,
                  int cols, int *cursor_col);

#endif
