/*
 * run.h - from command lines to calls; batch runs
 *
 *	line = [ range ] [ command [ "!" ] [ args ] ] { ";" line }
 *
 * A bare address is goto. A leading ':' is left out. '#' begins a comment at
 * the start of a line when a blank, '!' or nothing follows it. A ';' ends a
 * command except inside "..", {..}, and /../ of commands that take a pattern,
 * and for commands that take the rest of the line. A line that begins with '/'
 * or '?' is find or find -b of the regex behind it, which a '/' closes unless
 * it ends with the line: /[Ff]oo, ?a?b/i.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include "base/base.h"
#include "command/table.h"

struct context;
struct error;

/*
 * Run one line: all its commands, until one fails. The failing command's name
 * is left in name ("" when it was none), for messages. Errors have columns.
 * Names may be abbreviated unless the context is a batch.
 */
enum { COMMAND_NAME = 32 };
bool run_line(struct context *ctx, const char *line, size_t len,
              char name[static COMMAND_NAME], struct error *err) MUST_USE;

/*
 * Parse without running, for the prompt and for checks of keymaps: the command
 * that the cursor (pos, 0..len) is in. What it finds stays valid as long as
 * line does.
 */
struct parsed {
	const struct command *command; /* NULL: none yet, or a bare address */
	size_t name_start, name_end;   /* of the command's name in the line */
	bool name_done;                /* something follows the name */
	bool has_address;              /* a range or an address was read */
	struct span span;
};
bool run_parse(struct context *ctx, const char *line, size_t len, size_t pos,
               struct parsed *out, struct error *err) MUST_USE;

/* Read the first command of a line as run_line() would, and do nothing.
   call->command is NULL when there is none. What it finds stays valid as long
   as line does. */
bool run_read(struct context *ctx, const char *line, size_t len,
              struct call *call, struct error *err) MUST_USE;

/* Would this line be taken as a key binding: do its commands exist, by full or
   listed short names? Addresses are not evaluated. */
bool run_check(struct context *ctx, const char *line,
               struct error *err) MUST_USE;

struct batch_step {
	const char *text; /* a command line, or the name of a script */
	bool is_file;
};

/*
 * Run a batch: results to ctx->out, messages to stderr as documented. Returns
 * the exit status: the highest of its commands' (0..3).
 */
int run_batch(struct context *ctx, const struct batch_step *steps,
              size_t count);

/* A batch that no editor follows ends with this status: edits that were not
   written are dropped, or stay in the journal if ctx->keep, of which a message
   tells. A trial lists them and drops them. Returns the status then. */
int batch_end(struct context *ctx, int status);

/* Run the lines of a file ("-": stdin) until one fails; the error's text names
   file, line and command. Scripts may run scripts, 8 deep. */
bool run_script(struct context *ctx, const char *path,
                struct error *err) MUST_USE;

#endif
