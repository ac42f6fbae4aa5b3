/*
 * play.c - see play.h
 *
 * The macros that are played are a stack of places in them, not of calls, as a
 * line may end with a task, after which there is nobody to return to.
 */
#include "config.h"

#include "command/play.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command/context.h"
#include "command/macro.h"
#include "command/run.h"
#include "session.h"

/* The next line to be run, or NULL: what is played last is at its end. */
static const char *next_line(struct macros *m)
{
	struct playing *p = &m->playing[m->depth - 1];
	const struct macro *macro = NULL;
	size_t count = 1;

	if (p->macro != SIZE_MAX) {
		macro = &m->v[p->macro];
		count = macro->count;
	}
	if (p->next == count) {
		p->next = 0;
		p->left--;
	}
	if (p->left == 0 || count == 0)
		return NULL;
	return macro ? macro->lines[p->next++] : (p->next++, m->edit);
}

/* Which line of which macro has failed. */
static void failed(struct context *ctx, const char *name, struct error *err)
{
	const struct macros *m = &ctx->macros;
	const struct playing *p = &m->playing[m->depth - 1];

	/* The column is one of that line. */
	err->column = 0;
	if (p->macro != SIZE_MAX)
		error_prefix(err, "%s, line %zu%s%s", m->v[p->macro].name,
		             p->next, *name ? ": " : "", name);
}

/* Play what is above `base`, as far as there is no task to wait for. */
static bool play(struct context *ctx, size_t base, struct error *err)
{
	struct macros *m = &ctx->macros;
	bool was_running = m->is_running;
	char name[COMMAND_NAME];
	bool ok = true;

	while (ok && m->depth > base && !ctx->task && !ctx->quit) {
		const char *line = next_line(m);

		if (!line) {
			m->depth--;
			continue;
		}
		m->is_running = true;
		ok = run_line(ctx, line, strlen(line), name, err);
		m->is_running = was_running;
		if (!ok && m->depth > 0)
			failed(ctx, name, err);
	}
	if (!ok || m->depth == 0)
		context_end_macros(ctx);
	return ok;
}

/* After a task: see context.h. */
static bool go_on(struct context *ctx, bool ok, const char *name,
                  struct error *err)
{
	if (ok)
		return play(ctx, 0, err);
	failed(ctx, name, err);
	context_end_macros(ctx);
	return false;
}

static bool push(struct context *ctx, struct playing playing, struct error *err)
{
	struct macros *m = &ctx->macros;
	size_t base = m->depth;

	if (!m->is_running)
		base = m->depth = 0;
	if (base == MACRO_DEPTH)
		return error_set(err, ERR_STATE,
		                 "macros play each other deeper than %d",
		                 MACRO_DEPTH);
	/* All that is done is one step of undo. */
	if (base == 0)
		session_join(ctx->session, true);
	ctx->go_on = go_on;
	m->playing[m->depth++] = playing;
	return play(ctx, base, err);
}

bool play_macro(struct context *ctx, const char *name, uint64_t count,
                struct error *err)
{
	struct macros *m = &ctx->macros;
	bool last = !*name || strcmp(name, "@") == 0;
	struct playing playing = { .left = count };

	playing.macro = macro_find(m, last ? m->last : name);
	if (playing.macro == SIZE_MAX && last)
		return error_set(err, ERR_NO, "no macro was recorded yet");
	if (playing.macro == SIZE_MAX)
		return error_set(err, ERR_NO, "there is no macro '%s'",
		                 text_shown(name).s);
	memcpy(m->last, m->v[playing.macro].name, MACRO_NAME);
	return push(ctx, playing, err);
}

bool play_edit(struct context *ctx, uint64_t count, struct error *err)
{
	struct playing playing = { .macro = SIZE_MAX, .left = count };

	if (!ctx->macros.edit)
		return error_set(err, ERR_NO, "nothing was edited yet");
	return push(ctx, playing, err);
}
