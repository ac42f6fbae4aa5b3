/*
 * table.h - commands: everything a user can do, by name
 *
 * One entry is the whole truth about a command. The prompt, key bindings,
 * batch, completion, :help and the man page all read it, so that they cannot
 * disagree. Commands that need a screen stand in a table of ui/ with the flag
 * COMMAND_UI, and are refused in batch.
 *
 * Threads: constant tables; run functions belong to the engine thread.
 */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

#include "base/base.h"
#include "base/lexer.h"
#include "command/address.h"

struct context;
struct error;

enum {
	COMMAND_UI = 1,   /* needs a screen */
	COMMAND_REST = 2, /* the rest of the line, ';' included, is its text */
	COMMAND_BANG = 4, /* takes '!' */
	COMMAND_PATTERN = 8,  /* takes /../, in which ';' may stand */
	COMMAND_EDITS = 16,   /* repeat does it again */
	COMMAND_OUTER = 32,   /* a macro has what it runs instead of it */
	COMMAND_EMPTIED = 64, /* takes #N and % though they hold no byte */
};

/* What a range in front of the command means. */
enum command_range {
	TAKES_NONE,  /* an error */
	TAKES_PLACE, /* one address: where to act; default the cursor */
	TAKES_FROM,  /* a range; an address alone starts there, 256 bytes at
	                most; default the selection, else from the cursor */
	TAKES_BYTES, /* a range; default the selection, else the byte here */
	TAKES_ALL,   /* a range; default everything */
	TAKES_SPAN,  /* a range or one address: the command resolves it */
};

/* What Tab offers for its arguments. */
enum command_complete {
	COMPLETE_NONE,
	COMPLETE_ADDRESS, /* segments, bookmarks: one address, and no more */
	COMPLETE_PLACE, /* the same, among others: `words`, if there are any */
	COMPLETE_WORDS, /* the words of `words` */
	COMPLETE_OPTION,
	COMPLETE_FILE, /* then the words of `words`, if there are any */
	COMPLETE_COMMAND,
	COMPLETE_PATTERN, /* patterns with names, and the words of `words` */
	COMPLETE_BOOKMARK,
	COMPLETE_KEYMAP,
	COMPLETE_THEME,
};

/* One call: what stood around the command's name. */
struct call {
	const struct command *command;
	bool bang;
	struct span span;    /* as given */
	struct place place;  /* TAKES_PLACE: resolved */
	uint64_t start, end; /* TAKES_FROM, _BYTES and _ALL: resolved */
	bool slash; /* the line began with '/' or '?': args begin there */
	bool last;  /* no command follows on the line */
	struct lexer args; /* of the line, so that columns are right */
};

struct command {
	const char *name;
	const char *alias; /* short names, separated by a blank, or NULL */
	const char *usage; /* arguments as help shows them, "" for none */
	const char *help;  /* one line, imperative, no full stop */
	const char *more;  /* further lines for :help and the manual, or NULL */
	/* COMPLETE_WORDS, _PLACE, _FILE, _PATTERN: separated by blanks */
	const char *words;
	enum command_range range;
	unsigned flags;
	enum command_complete complete;
	/* Changes all or nothing. */
	bool (*run)(struct context *ctx, struct call *call, struct error *err);
};

/* The commands that need no screen. Sorted; ends with a NULL name. */
extern const struct command command_table[];

/* Add a table to those of a context. */
void commands_add(struct context *ctx, const struct command *table);

/* Go through all commands of a context, sorted within each table. */
const struct command *commands_next(const struct context *ctx, size_t *list,
                                    size_t *idx);

/* By full or short name, or, if `begin`, by any beginning that only one command
   has. ERR_SYNTAX: none, or several, which the text lists. */
const struct command *command_find(const struct context *ctx, const char *name,
                                   size_t len, bool begin,
                                   struct error *err) MUST_USE;

/* Arguments. Each reads the next one of call->args. A word holds no NUL. */
bool call_word(struct call *call, struct word *out, struct error *err) MUST_USE;
/* False without error when nothing is left. */
bool call_more(struct call *call);
/* The next argument as an address, with no blanks outside parentheses. */
bool call_address(struct call *call, struct context *ctx, struct place *out,
                  struct error *err) MUST_USE;
/* Nothing may be left: ERR_SYNTAX. */
bool call_end(struct call *call, struct error *err) MUST_USE;
/* The one word that is left, "" if none; into dst of size cap. */
bool call_only_word(struct call *call, char *dst, size_t cap,
                    struct error *err) MUST_USE;
/* The rest as it stands, without blanks around it. */
void call_rest(struct call *call, const char **text, size_t *len);
/* A number of times: the next argument, or 1. */
bool call_count(struct call *call, uint64_t *count, struct error *err) MUST_USE;

#endif
