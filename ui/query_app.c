/*
 * query_app.c - see query.h
 *
 * What goes back is the answer, not an edit: so it costs nothing, and all that
 * is replaced is one step of undo.
 */
#include "config.h"

#include "ui/query.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/replace.h"
#include "ui/app.h"

void query_free(struct query *query)
{
	if (query->matches)
		replacing_free(query->matches);
	*query = (struct query){ 0 };
}

/* Go to the match, and ask. */
static void show(struct app *app)
{
	static const struct button buttons[] = {
		{ 'y', "Yes", "yes", "answer yes" },
		{ 'n', "No", "no", "answer no" },
		{ 'a', "All", "all", "answer all" },
		{ 'u', "Back", "back", "answer back" },
		{ 'q', "End", "end", "answer end" },
	};
	struct query *q = &app->query;
	const struct space *sp = context_space(&app->ctx);
	char title[DIALOG_TEXT], text[REPLACING_TEXT];
	uint64_t len, addr = replacing_match(q->matches, q->at, &len);

	context_jump(&app->ctx, space_place(sp, addr));
	context_select(&app->ctx, addr, addr + len, SELECT_FIXED);
	app_follow(app);
	snprintf(title, sizeof(title), "Replace match %zu of %zu?", q->at + 1,
	         replacing_count(q->matches));
	dialog_open(&app->dialog, title, buttons, ARRAY_LEN(buttons));
	app->dialog.chosen = 1;
	app->dialog.is_aside = true;
	dialog_say(&app->dialog, "%.*s", DIALOG_TEXT - 1,
	           replacing_text(&app->ctx, q->matches, q->at, text));
	dialog_say(&app->dialog, "%zu so far; they are written at the end.",
	           q->chosen);
	app->dirty = true;
}

void query_ask(struct context *ctx, struct replacing *replacing)
{
	struct app *app = ctx->ui;

	query_free(&app->query);
	app->query.matches = replacing;
	show(app);
}

static void choose(struct query *q, bool replace)
{
	replacing_choose(q->matches, q->at, replace);
	q->chosen += replace;
	q->at++;
}

/* What was answered there counts no more. */
static void go_back(struct query *q)
{
	if (q->at == 0)
		return;
	q->at--;
	q->chosen -= replacing_is_chosen(q->matches, q->at);
	replacing_choose(q->matches, q->at, false);
}

static bool take_answer(struct query *q, const char *word)
{
	size_t count = replacing_count(q->matches);

	if (strcmp(word, "yes") == 0 || strcmp(word, "no") == 0)
		choose(q, *word == 'y');
	else if (strcmp(word, "back") == 0)
		go_back(q);
	else if (strcmp(word, "end") == 0)
		q->at = count;
	else if (strcmp(word, "all") == 0)
		while (q->at < count)
			choose(q, true);
	else
		return false;
	return true;
}

bool query_answer(struct app *app, const char *word, struct error *err)
{
	struct query *q = &app->query;
	bool ok;

	if (!q->matches)
		return error_set(err, ERR_NO, "nothing is asked");
	if (!take_answer(q, word))
		return error_set(err, ERR_SYNTAX,
		                 "answers are yes, no, all, back and end");
	if (q->at < replacing_count(q->matches)) {
		show(app);
		return true;
	}
	context_select(&app->ctx, 0, 0, SELECT_NONE);
	ok = replacing_apply(&app->ctx, q->matches, err);
	query_free(q);
	return ok;
}

void query_work(struct app *app)
{
	if (!app->query.matches || app->dialog.open)
		return;
	query_free(&app->query);
	app_say(app, STYLE_NORMAL, "nothing was replaced");
}
