/*
 * cmd_move.c - the commands that move the cursor and the view
 *
 * What a movement is stands in motion.c; here it becomes a step of the cursor,
 * or of the end of a selection.
 */
#include "config.h"

#include "ui/cmd_ui.h"

#include <string.h>

#include "command/context.h"
#include "ui/app.h"
#include "ui/motion.h"

static const struct motion *motion_of(const struct call *call, const char *word,
                                      struct error *err)
{
	const struct motion *motion = motion_named(word);

	if (!motion)
		unknown_word(call, word, err);
	return motion;
}

RUN(move)
{
	struct app *app = app_of(ctx);
	const struct motion *motion;
	struct place place;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	motion = motion_of(call, word, err);
	if (!motion)
		return false;
	place = space_place(context_space(ctx),
	                    motion_to(app, motion, ctx->cursor.addr));
	if (motion_is_jump(motion))
		context_jump(ctx, place);
	else
		context_move(ctx, place);
	app_follow(app);
	return true;
}

RUN(extend)
{
	struct app *app = app_of(ctx);
	const struct motion *motion;
	uint64_t anchor, to;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	motion = motion_of(call, word, err);
	if (!motion)
		return false;
	if (space_size(context_space(ctx)) == 0)
		return true;
	anchor = ctx->selecting == SELECT_NONE ? ctx->cursor.addr
	                                       : ctx->sel_anchor;
	/* From here on the last byte is the last place. */
	ctx->selecting = SELECT_SHIFT;
	anchor = u64_min(anchor, motion_end(app));
	to = motion_to(app, motion, u64_min(ctx->cursor.addr, motion_end(app)));
	context_move(ctx, space_place(context_space(ctx), to));
	ctx->selecting = SELECT_SHIFT;
	ctx->sel_anchor = anchor;
	ctx->sel_head = to;
	app_follow(app);
	return true;
}

RUN(scroll)
{
	struct app *app = app_of(ctx);
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	return motion_scroll(app, word) || unknown_word(call, word, err);
}

RUN(pane)
{
	struct app *app = app_of(ctx);
	enum pane pane = app->window.pane == PANE_HEX ? PANE_TEXT : PANE_HEX;
	char word[32];

	if (!call_only_word(call, word, sizeof(word), err))
		return false;
	if (strcmp(word, "hex") == 0)
		pane = PANE_HEX;
	else if (strcmp(word, "text") == 0)
		pane = PANE_TEXT;
	else if (*word)
		return unknown_word(call, word, err);
	app->window.pane = pane;
	if (app->mode != MODE_NORMAL)
		app->mode = pane == PANE_HEX ? MODE_HEX : MODE_TEXT;
	return true;
}

RUN(mode)
{
	struct app *app = app_of(ctx);
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	app->once = strcmp(word, "once") == 0;
	if (app->once) {
		app->mode = app->window.pane == PANE_HEX ? MODE_HEX : MODE_TEXT;
	} else if (strcmp(word, "normal") == 0) {
		app->mode = MODE_NORMAL;
	} else if (strcmp(word, "hex") == 0) {
		app->mode = MODE_HEX;
		app->window.pane = PANE_HEX;
	} else if (strcmp(word, "text") == 0) {
		app->mode = MODE_TEXT;
		app->window.pane = PANE_TEXT;
	} else {
		return unknown_word(call, word, err);
	}
	return true;
}
