/* cmd_place.c - commands that move: goto, back, next, prev, select, mark */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "find/skip.h"
#include "session.h"
#include "space/ranges.h"
#include "space/view.h"

RUN(goto)
{
	uint64_t size = space_size(context_space(ctx));
	struct place place = call->place;

	if (!call->span.given && !call_address(call, ctx, &place, err))
		return false;
	if (!call_end(call, err))
		return false;
	/* Only an empty file can lie there, and no row shows it. */
	if (place.addr > size)
		return error_set(err, ERR_RANGE,
		                 "#%" PRIu32 " is empty, at 0x%" PRIx64
		                 " behind the end (size 0x%" PRIx64 ")",
		                 place.segment, place.addr, size);
	context_jump(ctx, place);
	return true;
}

/* --- back, forward ------------------------------------------------------- */

/* The next place of the list in this direction that is still shown; its index
   in *pos. */
static bool find_jump(const struct context *ctx, bool back, size_t *pos,
                      struct place *out)
{
	const struct jumps *jumps = &ctx->jumps;
	size_t at = *pos;

	while (back ? at > 0 : at + 1 < jumps->count) {
		at = back ? at - 1 : at + 1;
		if (!context_find(ctx, &jumps->v[at], out))
			continue;
		*pos = at;
		return true;
	}
	return false;
}

/* Go `by` places in the list, or as far as it goes; the place left is kept, so
   that forward comes back to it. */
static bool travel(struct context *ctx, bool back, uint64_t by,
                   struct error *err)
{
	struct jumps *jumps = &ctx->jumps;
	struct anchor here = context_anchor(ctx, ctx->cursor);
	struct place place;
	size_t pos = jumps->pos;
	bool moved = false;

	for (; by > 0 && find_jump(ctx, back, &pos, &place); by--)
		moved = true;
	if (!moved)
		return error_set(err, ERR_NO, "no place to go %s to",
		                 back ? "back" : "forward");
	if (jumps->pos == jumps->count)
		jumps->v[jumps->count++] = here;
	jumps->pos = pos;
	ctx->before_jump = here;
	context_move(ctx, place);
	return true;
}

RUN(back)
{
	uint64_t count;

	return call_count(call, &count, err) && call_end(call, err) &&
	       travel(ctx, true, count, err);
}

RUN(forward)
{
	uint64_t count;

	return call_count(call, &count, err) && call_end(call, err) &&
	       travel(ctx, false, count, err);
}

/* --- next, prev ---------------------------------------------------------- */

static struct place place_of_start(const struct space *sp, size_t idx)
{
	struct start start = space_start(sp, idx);
	const struct segment *seg = space_segment(sp, start.segment);

	return (struct place){
		.addr = start.addr,
		.segment = seg->number,
		.side = seg->size == 0 ? SIDE_END : SIDE_START,
	};
}

/* Index of the start that the cursor stands on, or of the first one behind it;
   *on tells which. */
static size_t start_at(const struct space *sp, struct place cursor, bool *on)
{
	size_t i = space_start_find(sp, cursor.addr);

	*on = false;
	for (; i < space_starts(sp); i++) {
		struct place place = place_of_start(sp, i);

		if (place.addr != cursor.addr)
			break;
		if (place.segment == cursor.segment) {
			*on = true;
			break;
		}
	}
	return i;
}

static bool next_segment(struct context *ctx, struct place *place, bool forward,
                         struct error *err)
{
	const struct space *sp = context_space(ctx);
	bool on;
	size_t at = start_at(sp, *place, &on);

	if (forward && at + on < space_starts(sp)) {
		*place = place_of_start(sp, at + on);
		return true;
	}
	if (!forward && at > 0) {
		*place = place_of_start(sp, at - 1);
		return true;
	}
	return error_set(err, ERR_NO, "no segment starts %s here",
	                 forward ? "behind" : "before");
}

static bool next_unit(struct context *ctx, struct place *place, bool forward,
                      uint64_t unit, const char *what, struct error *err)
{
	const struct space *sp = context_space(ctx);
	uint64_t addr = place->addr;
	uint64_t rest = addr % unit;

	if (forward ? addr >= space_size(sp) ||
	                      unit - rest >= space_size(sp) - addr
	            : addr == 0)
		return error_set(err, ERR_NO, "no %s starts %s here", what,
		                 forward ? "behind" : "before");
	if (forward)
		addr += unit - rest;
	else
		addr -= rest ? rest : unit;
	*place = space_place(sp, addr);
	return true;
}

static bool next_bookmark(struct context *ctx, struct place *place,
                          bool forward, struct error *err)
{
	const struct space *sp = context_space(ctx);
	uint64_t best = 0;
	bool found = false;

	for (size_t i = 0; i < ranges_count(ctx->bookmarks); i++) {
		struct range range = ranges_at(ctx->bookmarks, i);
		uint64_t addr;

		if (!ranges_address(&range, sp, &addr))
			continue;
		if (forward ? addr <= place->addr : addr >= place->addr)
			continue;
		if (!found || (forward ? addr < best : addr > best))
			best = addr;
		found = true;
	}
	if (!found)
		return error_set(err, ERR_NO, "no bookmark %s here",
		                 forward ? "behind" : "before");
	*place = space_place(sp, best);
	return true;
}

/* The job of next run and prev run, next string and prev string. */
struct run_task {
	struct view *view; /* counted */
	uint64_t addr;
	uint64_t count;
	bool forward;
	bool strings;
	bool ok;
	struct error err; /* unless ok */
};

static bool one_back(struct run_task *t, struct job *job, bool last)
{
	/* The first run begins with the space, and none is before it. */
	return skip_backward(t->view, t->addr, job, &t->addr, &t->err) &&
	       (t->addr > 0 || last ||
	        error_set(&t->err, ERR_NO, "no run before here"));
}

static void run_work(struct job *job, void *arg)
{
	struct run_task *t = arg;

	t->ok = true;
	for (uint64_t i = 0; t->ok && i < t->count; i++) {
		if (t->strings)
			t->ok = (t->forward ? skip_next_text
			                    : skip_prev_text)(t->view, t->addr,
			                                      job, &t->addr,
			                                      &t->err);
		else if (t->forward)
			t->ok = skip_forward(t->view, t->addr, job, &t->addr,
			                     &t->err);
		else
			t->ok = one_back(t, job, i + 1 == t->count);
	}
}

static bool run_done(struct context *ctx, void *arg, struct error *err)
{
	struct run_task *t = arg;

	if (!t->ok) {
		*err = t->err;
		return false;
	}
	context_jump(ctx, space_place(context_space(ctx), t->addr));
	return true;
}

static void run_free(void *arg)
{
	struct run_task *t = arg;

	view_unref(t->view);
	mem_free(t);
}

static bool start_skip(struct context *ctx, bool forward, bool strings,
                       uint64_t count, struct error *err)
{
	uint64_t size = space_size(context_space(ctx));
	struct run_task *t;
	struct task *task;

	if (forward ? ctx->cursor.addr >= size : ctx->cursor.addr == 0)
		return error_set(err, ERR_NO, "no byte %s here",
		                 forward ? "behind" : "before");
	t = mem_zalloc(sizeof(*t), err);
	task = t ? mem_zalloc(sizeof(*task), err) : NULL;
	if (!task) {
		mem_free(t);
		return false;
	}
	t->view = view_ref(session_view(ctx->session));
	t->addr = ctx->cursor.addr;
	t->count = count;
	t->forward = forward;
	t->strings = strings;
	if (strings)
		task->name = forward ? "next string" : "prev string";
	else
		task->name = forward ? "next run" : "prev run";
	task->arg = t;
	task->finish = run_done;
	task->moves = true;
	task->free = run_free;
	return context_start(ctx, task, run_work, err);
}

static bool start_run(struct context *ctx, bool forward, uint64_t count,
                      struct error *err)
{
	return start_skip(ctx, forward, false, count, err);
}

static bool start_string(struct context *ctx, bool forward, uint64_t count,
                         struct error *err)
{
	return start_skip(ctx, forward, true, count, err);
}

static bool go(struct context *ctx, struct call *call, bool forward,
               struct error *err)
{
	struct units units = context_units(ctx);
	struct place place = ctx->cursor;
	size_t column;
	char what[32];
	struct word word;
	uint64_t count;
	bool ok = true;

	if (!call_word(call, &word, err))
		return false;
	snprintf(what, sizeof(what), "%s", word.text);
	column = word.column;
	word_free(&word);
	if (strcmp(what, "range") == 0)
		return go_range(ctx, call, forward, err);
	if (!call_count(call, &count, err) || !call_end(call, err))
		return false;
	if (strcmp(what, "run") == 0)
		return context_step(ctx, start_run, forward, count, err);
	if (strcmp(what, "string") == 0)
		return context_step(ctx, start_string, forward, count, err);
	if (strcmp(what, "match") == 0)
		return context_step(ctx, find_again, forward, count, err);
	if (strcmp(what, "edit") == 0)
		return go_edit(ctx, forward, count, err);
	for (; ok && count > 0; count--) {
		if (strcmp(what, "segment") == 0)
			ok = next_segment(ctx, &place, forward, err);
		else if (strcmp(what, "sector") == 0)
			ok = next_unit(ctx, &place, forward, units.sector, what,
			               err);
		else if (strcmp(what, "block") == 0)
			ok = next_unit(ctx, &place, forward, units.block, what,
			               err);
		else if (strcmp(what, "bookmark") == 0)
			ok = next_bookmark(ctx, &place, forward, err);
		else
			return error_at(err, column, "%s what? (%s)",
			                call->command->name,
			                call->command->usage);
	}
	if (ok)
		context_jump(ctx, place);
	return ok;
}

RUN(next)
{
	return go(ctx, call, true, err);
}

RUN(prev)
{
	return go(ctx, call, false, err);
}

/* --- select, mark -------------------------------------------------------- */

static bool select_word(struct context *ctx, const char *word, bool *known,
                        struct error *err)
{
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_numbered(sp, ctx->cursor.segment);
	struct place from, to;
	uint64_t start, end;

	*known = true;
	if (strcmp(word, "none") == 0) {
		context_select(ctx, 0, 0, SELECT_NONE);
	} else if (strcmp(word, "all") == 0) {
		context_select(ctx, 0, space_size(sp), SELECT_FIXED);
	} else if (strcmp(word, "segment") == 0) {
		if (!seg || !space_span(sp, seg, &start, &end))
			return error_set(err, ERR_NO,
			                 "there is no segment here");
		context_select(ctx, start, end, SELECT_FIXED);
	} else if (strcmp(word, "start") == 0) {
		if (ctx->selecting != SELECT_NONE)
			context_select(ctx, 0, 0, SELECT_NONE);
		else if (ctx->cursor.addr < space_size(sp))
			context_select(ctx, ctx->cursor.addr,
			               ctx->cursor.addr + 1, SELECT_STICKY);
	} else if (strcmp(word, "swap") == 0) {
		if (ctx->selecting == SELECT_NONE)
			return error_set(err, ERR_NO, "nothing is selected");
		start = ctx->sel_anchor;
		ctx->sel_anchor = ctx->sel_head;
		ctx->sel_head = start;
		ctx->cursor = space_place(sp, start);
	} else if (strcmp(word, "last") == 0) {
		if (!context_find(ctx, &ctx->last_from, &from) ||
		    !context_find(ctx, &ctx->last_to, &to) ||
		    from.addr > to.addr)
			return error_set(err, ERR_NO,
			                 "nothing was selected before");
		context_select(ctx, from.addr, to.addr + 1, SELECT_FIXED);
	} else {
		*known = false;
	}
	return true;
}

RUN(select)
{
	struct lexer start = call->args;
	struct scope scope = context_scope(ctx);
	struct word word;
	bool known;
	bool ok;

	if (!call_more(call)) {
		context_select(ctx, call->start, call->end, SELECT_FIXED);
		return true;
	}
	if (call->span.given)
		return error_at(err, call->args.pos + 1,
		                "the range is given already");
	if (!call_word(call, &word, err))
		return false;
	ok = select_word(ctx, word.text, &known, err);
	word_free(&word);
	if (!ok || known)
		return ok && call_end(call, err);
	call->args = start;
	if (!span_parse(&call->args, &scope, true, &call->span, err) ||
	    !call_end(call, err))
		return false;
	if (!call->span.given)
		return error_at(err, start.pos + 1, "select what? (%s)",
		                call->command->usage);
	if (call->span.single) {
		if (call->span.from.addr >= space_size(context_space(ctx)))
			return error_set(err, ERR_RANGE,
			                 "there is no byte at the end of the "
			                 "space");
		call->span.to.addr = call->span.from.addr + 1;
	}
	context_select(ctx, call->span.from.addr, call->span.to.addr,
	               SELECT_FIXED);
	return true;
}

RUN(mark)
{
	bool more = call_more(call);
	size_t column = call->args.pos + 1;
	char letter[8] = "";
	int index;

	if (more && !call_only_word(call, letter, sizeof(letter), err))
		return false;
	if (letter[0] >= 'a' && letter[0] <= 'z')
		index = letter[0] - 'a';
	else if (letter[0] >= 'A' && letter[0] <= 'Z')
		index = letter[0] - 'A' + 26;
	else
		index = -1;
	if (index < 0 || letter[1])
		return error_at(err, column, "a mark is one letter, a-z A-Z");
	ctx->marks[index] = context_anchor(ctx, call->place);
	return true;
}
