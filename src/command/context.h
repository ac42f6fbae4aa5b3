/*
 * context.h - what commands act on: the session and where the user is in it
 *
 * Batch mode has one context and no screen; the editor has one too, and looks
 * at it after each command. Places that must survive changes (marks, jumps) are
 * anchors: (document, offset) (K1).
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_CONTEXT_H
#define COMMAND_CONTEXT_H

#include "base/base.h"
#include "base/pool.h"
#include "command/address.h"
#include "command/macro.h"
#include "command/option.h"
#include "command/output.h"
#include "command/sets.h"
#include "find/search.h"
#include "space/space.h"

struct command;
struct context;
struct document;
struct parts;
struct pattern;
struct ranges;
struct replacing;
struct session;
struct view;

enum {
	COMMAND_LISTS = 4,  /* tables of commands: ours and the editor's */
	JUMPS_MAX = 256,    /* places that back can go to */
	MARKS = 52,         /* a..z A..Z */
	PRINT_DEFAULT = 256 /* bytes that print shows without a range */
};

/* A place that stays at its byte whatever is opened or closed. */
struct anchor {
	bool set;
	uint64_t doc; /* document_id(); 0: no document there, addr counts */
	uint64_t off; /* in the document */
	struct place place; /* where it was */
};

enum selecting {
	SELECT_NONE,
	SELECT_FIXED,  /* a given range: stays until it is dropped */
	SELECT_STICKY, /* every movement extends it */
	SELECT_SHIFT,  /* `extend` extends it, any other movement drops it */
};

struct jumps {
	struct anchor v[JUMPS_MAX + 1]; /* one more: where back began */
	size_t count;
	size_t pos; /* 0..count; count: not among the old places */
};

/* A movement in the background: as often, that way, from the cursor. */
typedef bool step_go(struct context *ctx, bool forward, uint64_t count,
                     struct error *err);

struct step {
	step_go *go;
	bool forward;
	uint64_t count;
};

struct steps {
	struct step *v; /* owned */
	size_t next;    /* the first that is still to come */
	size_t count, cap;
};

/* What stays where it is when the space changes: taken before. */
struct anchors {
	struct anchor cursor, sel_anchor, sel_head;
};

/* Work in the background for one command. */
struct task {
	struct job *job;  /* owned by the pool; freed with the task */
	const char *name; /* of the command; static */
	void *arg;        /* owned by the task */
	/* In the engine thread, while the job runs, when it has posted: take
	   what there is; or NULL. False: it is to stop. */
	bool (*take)(struct context *ctx, void *arg);
	/* In the engine thread, after the job: take the result over. */
	bool (*finish)(struct context *ctx, void *arg, struct error *err);
	/* Behind that if it went well, and when another task may begin; or
	   NULL. */
	bool (*after)(struct context *ctx, void *arg, struct error *err);
	void (*free)(void *arg);
	/* For the line of progress, at any time; or NULL: what is sought, and
	   how many were found so far. Progress is in bytes then. */
	const char *(*about)(const void *arg);
	uint64_t (*found)(const void *arg);
	/* At any time, or NULL: why it cannot be stopped any more, or NULL. */
	const char *(*bound)(const void *arg);
	bool holds; /* no other task takes its place */
	bool ends;  /* a cancel only asks it to end: finish() is called */
	bool quick; /* mostly: what is typed waits for it, but not for long */
	bool moves; /* it moves the cursor in the end.. */
	struct steps then; /* .. from where these go on */
	uint64_t began;    /* ns, set by context_start() */
	struct task *next; /* of those that were cancelled */
};

struct context {
	struct session *session;                       /* owned */
	const struct command *commands[COMMAND_LISTS]; /* borrowed */
	struct option_values options;
	struct output *out; /* borrowed */
	bool batch;
	bool quit;      /* a command asked to end */
	bool dropped;   /* and said that edits are to be dropped */
	bool keep;      /* a batch leaves its edits in the journal */
	bool has_taken; /* edits of an earlier run were taken up */
	bool is_trial;  /* a batch that writes nothing, and lists its edits */
	int status;     /* answers that do not stop a batch: 0 or 1 */
	unsigned depth; /* of source within source */

	struct place cursor;
	enum selecting selecting;
	uint64_t sel_anchor, sel_head;    /* addresses of its two end bytes */
	struct anchor last_from, last_to; /* select last */
	struct anchor marks[MARKS];
	struct anchor before_jump; /* '' */
	struct jumps jumps;
	struct ranges *bookmarks; /* owned */
	unsigned char *clip;      /* owned: what was copied; or NULL */
	size_t clip_len;
	struct anchors *moving; /* move with what an edit does; or NULL */
	struct macros macros;
	/* While macros are played: a task of theirs has ended, well or not; go
	   on. `name` is of its command. Returns `ok`, or whether that is. */
	bool (*go_on)(struct context *ctx, bool ok, const char *name,
	              struct error *err);

	struct pattern *last_pattern;  /* counted; NULL: none yet */
	struct alignment last_aligned; /* -a that stood with it */
	struct ranges *last_in;        /* counted: --in, or NULL */
	struct ranges *last_not_in;    /* counted: --not-in, or NULL */
	struct parts *last_parts;      /* counted: plan.h, or NULL */
	struct sets sets;              /* the named sets of ranges */
	uint64_t set_limit;            /* matches that a set takes */
	uint64_t searches;             /* how many have begun */
	char *patterns; /* owned: the user's file of named patterns, or NULL */

	struct task *task;  /* owned; NULL: nothing runs */
	struct task *ended; /* owned: cancelled, and not seen it yet */
	void *ui;           /* the editor, for its own commands */
	/* The editor shows a panel of this name; NULL in batch. */
	bool (*show_panel)(struct context *ctx, const char *name);
	/* The editor prints the keys that run a command, and tells whether a
	   key is bound and prints to what; NULL in batch. */
	void (*keys_of)(struct context *ctx, const char *command);
	bool (*help_key)(struct context *ctx, const char *key);
	/* The editor asks whether to leave when something would be lost: false,
	   it will be told. NULL in batch. */
	bool (*may_quit)(struct context *ctx);
	/* The editor looks for what earlier runs left for the files that are
	   open, and says it; NULL in batch. */
	void (*look_waiting)(struct context *ctx);
	/* The editor shows what would be written into these files, and asks:
	   then `yes` is the line that writes. False: it was not asked, for
	   lack of memory. NULL in batch. */
	bool (*ask_flush)(struct context *ctx, struct document *const *docs,
	                  size_t count, const char *yes, struct error *err);
	/* The editor asks about each match, and takes them over. NULL in
	   batch. */
	void (*ask_replace)(struct context *ctx, struct replacing *replacing);
	/* The editor gives what was copied to a clipboard, and what it has to
	   say of that stands behind the message; NULL in batch. */
	void (*copied)(struct context *ctx, char note[static 80]);
	/* A line for the user; batch sends it to stderr. */
	void (*say)(struct context *ctx, const char *text);
	void *say_ctx;
};

/* Takes the session over, in success and failure. ERR_NOMEM. */
bool context_init(struct context *ctx, struct session *session,
                  struct output *out, struct error *err) MUST_USE;
/* Frees the session, too. */
void context_free(struct context *ctx);

/* The space of now; borrowed until the next change. */
const struct space *context_space(const struct context *ctx);
/* The bytes of the space. ERR_STATE: one has no value; fails as view_read(). */
bool context_read(const struct context *ctx, uint64_t addr, void *buf,
                  size_t len, struct error *err) MUST_USE;
/* The same of a view that need not be the one of now. */
bool context_read_view(const struct view *view, uint64_t addr, void *buf,
                       size_t len, struct error *err) MUST_USE;
/* Units of numbers: the options, or their defaults in batch (radix 10). */
struct units context_units(const struct context *ctx);
/* What addresses may refer to now. Valid until the context changes. */
struct scope context_scope(struct context *ctx);

/* Move the cursor; drops a shifted selection, extends a sticky one. */
void context_move(struct context *ctx, struct place to);
/* The same, and remembers where it came from for back and ''. */
void context_jump(struct context *ctx, struct place to);
/* Where cursor and selection are, to be given to context_settle(). */
struct anchors context_anchors(const struct context *ctx);
/* After the space has changed: the cursor stays at its byte, or in range. The
   selection stays at its first and last byte; it is dropped when one is not
   shown any more, or they are not as far apart as they were. */
void context_settle(struct context *ctx, const struct anchors *before);

/* The byte at a place, or the end of its segment; in a gap, the address. */
struct anchor context_anchor(const struct context *ctx, struct place place);
/* Where an anchor is now; false when it is not shown or not set. */
bool context_find(const struct context *ctx, const struct anchor *anchor,
                  struct place *out);

/* The selection as [*start, *end); false when there is none. */
bool context_selection(const struct context *ctx, uint64_t *start,
                       uint64_t *end);
/* Select [start, end); an empty range selects nothing. */
void context_select(struct context *ctx, uint64_t start, uint64_t end,
                    enum selecting how);

/* Start a task; one that runs already is cancelled, or refuses this one if it
   holds: ERR_STATE. Takes `task` (allocated by the caller with mem_zalloc)
   over, in success and failure. */
bool context_start(struct context *ctx, struct task *task, job_run *run,
                   struct error *err) MUST_USE;
/* Run a movement, which may start a task. While another moves the cursor in the
   editor, it waits for its end, and is forgotten with it. */
bool context_step(struct context *ctx, step_go *go, bool forward,
                  uint64_t count, struct error *err) MUST_USE;
/* The job of the task has ended: take the result over, end the task, and go on
   with the movement that waits for it. */
bool context_finish(struct context *ctx, struct error *err) MUST_USE;
/* The job of the task has posted: take what there is. */
void context_take(struct context *ctx);
/* Stop and forget it. Nothing when none runs. Waits in batch only: the editor
   hands the job's end to context_reap(). */
void context_cancel(struct context *ctx);
/* Is it the job of a task that was cancelled? Then the task is freed. */
bool context_reap(struct context *ctx, struct job *job);
/* Stop all of them, and wait for that: the context is to be freed. */
void context_free_tasks(struct context *ctx);
/* Wait for the task, if any, and finish it. */
bool context_wait(struct context *ctx, struct error *err) MUST_USE;

/* Play no further; nothing if nothing is played. */
void context_end_macros(struct context *ctx);

/* A line for the user, safe to show; nothing where nobody listens. */
void context_say(struct context *ctx, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
