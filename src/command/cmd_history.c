/* cmd_history.c - history: list what was done, go back to it, revert, note */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/earlier.h"
#include "command/history.h"
#include "command/table.h"
#include "edit/backout.h"
#include "edit/past.h"
#include "session.h"

enum { NOTE_MAX = 4000 }; /* bytes of a note: a journal has to take it */

/* --- listing ------------------------------------------------------------- */

static bool is_flushed(const struct context *ctx, const struct history_step *s)
{
	return !s->undone && s->number <= session_flushed_steps(ctx->session);
}

static void print_json(struct context *ctx, const struct history_step *s,
                       enum backout why)
{
	struct output *out = ctx->out;
	char when[HISTORY_TIME];

	json_begin(out);
	json_number(out, "id", s->number);
	json_string(out, "time", history_time(s->step.time, true, when));
	json_string(out, "op", history_what(s));
	if (s->is_shown)
		json_addr(out, s->addr);
	else
		json_no_addr(out);
	json_number(out, "old_len", s->sum.old_len);
	json_number(out, "len", s->sum.len);
	json_number(out, "places", s->sum.places);
	if (s->is_shown)
		json_place(out, context_space(ctx),
		           space_place(context_space(ctx), s->addr));
	json_bool(out, "undone", s->undone);
	json_bool(out, "flushed", is_flushed(ctx, s));
	json_bool(out, "undoable", why == BACKOUT_CAN);
	if (why != BACKOUT_CAN)
		json_string(out, "why", backout_text(why));
	if (s->step.note)
		json_string(out, "note", s->step.note);
	json_end(out);
}

static void print_text(struct context *ctx, const struct history_step *s,
                       enum backout why)
{
	const struct space *sp = context_space(ctx);
	struct output *out = ctx->out;
	char when[HISTORY_TIME], place[PLACE_TEXT];

	output_text(out, "%zu %s %s ", s->number,
	            history_time(s->step.time, false, when), history_what(s));
	if (s->is_shown)
		output_text(out, "0x%" PRIx64 " %" PRIu64 " %" PRIu64 " %s",
		            s->addr, s->sum.old_len, s->sum.len,
		            place_text(sp, space_place(sp, s->addr), place));
	else
		output_text(out, "- %" PRIu64 " %" PRIu64 " -", s->sum.old_len,
		            s->sum.len);
	output_text(out, s->undone            ? " undone"
	                 : is_flushed(ctx, s) ? " flushed"
	                                      : " done");
	if (s->sum.places > 1)
		output_text(out, ", %zu places", s->sum.places);
	if (why != BACKOUT_CAN && !s->undone)
		output_text(out, ", %s", backout_text(why));
	if (s->step.note) {
		output_text(out, ": ");
		output_safe(out, s->step.note);
	}
	output_text(out, "\n");
}

static bool list(struct context *ctx, struct error *err)
{
	size_t done = past_done(session_past(ctx->session));
	unsigned char *why = mem_zalloc(done + 1, err);
	bool ok = why && session_look_back(ctx->session, 1, why, err);

	for (size_t n = 1; ok && n <= history_count(ctx->session); n++) {
		struct history_step step = history_step(ctx->session, n);
		enum backout can =
			n > done ? BACKOUT_UNDONE : (enum backout)why[n - 1];

		if (output_failed(ctx->out))
			break;
		if (ctx->out->json)
			print_json(ctx, &step, can);
		else
			print_text(ctx, &step, can);
	}
	mem_free(why);
	return ok;
}

/* --- going, reverting, noting -------------------------------------------- */

/* A number of a step, at most `most`. */
static bool read_number(struct context *ctx, const struct word *word,
                        size_t most, size_t *number, struct error *err)
{
	struct units units = context_units(ctx);
	uint64_t n;

	if (!number_parse(word->text, &units, &n, err))
		return error_at(err, word->column,
		                "a number of the history is meant");
	if (n > most)
		return error_at(err, word->column,
		                "there is no step %" PRIu64
		                " in the history (of %zu)",
		                n, most);
	*number = (size_t)n;
	return true;
}

static bool take_number(struct context *ctx, struct call *call, size_t most,
                        size_t *number, struct error *err)
{
	struct word word;
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = read_number(ctx, &word, most, number, err);
	if (ok && *number == 0)
		ok = error_at(err, word.column, "steps begin with 1");
	word_free(&word);
	return ok;
}

/* The state after step `number`. */
static bool go_to(struct context *ctx, size_t number, struct error *err)
{
	size_t done = past_done(session_past(ctx->session));
	bool back = number < done;
	uint64_t count = back ? done - number : number - done;

	if (count > 0 && !go_steps(ctx, back, count, &count, err))
		return false;
	print_steps(ctx, count);
	return true;
}

static int downwards(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? 1 : *x > *y ? -1 : 0;
}

static bool back_out(struct context *ctx, size_t *v, size_t count,
                     struct error *err)
{
	struct anchors before = context_anchors(ctx);
	size_t n = 0;
	bool ok;

	qsort(v, count, sizeof(*v), downwards);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || v[i] != v[n - 1])
			v[n++] = v[i];
	ctx->moving = &before;
	session_set_what(ctx->session, "revert");
	ok = session_back_out(ctx->session, v, n, err);
	ctx->moving = NULL;
	if (ok)
		context_settle(ctx, &before);
	return ok;
}

static bool revert(struct context *ctx, struct call *call, struct error *err)
{
	const struct past *past = session_past(ctx->session);
	size_t most = past_done(past) + past_undone(past);
	size_t *v = NULL;
	size_t count = 0, cap = 0;
	bool ok = true;

	do {
		size_t column = call->args.pos + 1, number;

		ok = mem_grow(&v, &cap, count + 1, sizeof(*v), err) &&
		     take_number(ctx, call, most, &number, err);
		if (ok && number > past_done(past))
			ok = error_at(err, column + 1,
			              "step %zu is undone: there is nothing "
			              "to revert",
			              number);
		if (ok)
			v[count++] = number;
	} while (ok && call_more(call));
	ok = ok && back_out(ctx, v, count, err);
	mem_free(v);
	return ok;
}

static bool note(struct context *ctx, struct call *call, struct error *err)
{
	const struct past *past = session_past(ctx->session);
	struct word text;
	size_t number;
	bool ok;

	if (!take_number(ctx, call, past_done(past) + past_undone(past),
	                 &number, err) ||
	    !call_word(call, &text, err))
		return false;
	ok = call_end(call, err);
	if (ok && strlen(text.text) > NOTE_MAX)
		ok = error_at(err, text.column, "a note has at most %d bytes",
		              NOTE_MAX);
	ok = ok && session_set_note(ctx->session, number, text.text, err);
	word_free(&text);
	return ok;
}

static bool run_word(struct context *ctx, struct call *call,
                     const struct word *word, struct error *err)
{
	const struct past *past = session_past(ctx->session);
	size_t number;

	if (strcmp(word->text, "revert") == 0)
		return revert(ctx, call, err);
	if (strcmp(word->text, "note") == 0)
		return note(ctx, call, err);
	if (word->text[0] < '0' || word->text[0] > '9')
		return error_at(err, word->column, "usage: history %s",
		                call->command->usage);
	return read_number(ctx, word, past_done(past) + past_undone(past),
	                   &number, err) &&
	       call_end(call, err) && go_to(ctx, number, err);
}

RUN(history)
{
	struct word word;
	bool later, ok;

	if (!earlier_load(ctx, call, SIZE_MAX, &later, err))
		return false;
	if (later)
		return true;
	if (!call_more(call))
		return ctx->show_panel ? ctx->show_panel(ctx, "history")
		                       : list(ctx, err);
	if (!call_word(call, &word, err))
		return false;
	ok = run_word(ctx, call, &word, err);
	word_free(&word);
	return ok;
}
