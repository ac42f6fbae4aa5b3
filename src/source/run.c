/*
 * run.c - see run.h
 *
 * An array: lists are short (a screen has a handful of runs), appended to at
 * the end and read from the start.
 *
 *   R1  no run has length 0
 *   R2  two neighbours differ in more than their length
 */
#include "config.h"

#include "source/run.h"

#include <assert.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/mem.h"

static const char *const state_names[] = {
	[STATE_DATA] = "data",       [STATE_HOLE] = "hole",
	[STATE_BAD] = "bad",         [STATE_NOT_TRIED] = "not-tried",
	[STATE_MISSING] = "missing", [STATE_GAP] = "gap",
	[STATE_PENDING] = "pending",
};

static bool alike(const struct run *a, const struct run *b)
{
	return a->state == b->state && a->why == b->why && a->sys == b->sys &&
	       a->edited == b->edited && a->inserted == b->inserted;
}

bool runs_add(struct runs *runs, struct run run, struct error *err)
{
	struct run *last = runs->count > 0 ? &runs->v[runs->count - 1] : NULL;

	if (run.len == 0)
		return true;
	if (last && alike(last, &run)) {
		last->len += run.len;
		return true;
	}
	if (!mem_grow(&runs->v, &runs->cap, runs->count + 1, sizeof(*runs->v),
	              err))
		return false;
	runs->v[runs->count++] = run;
	return true;
}

bool runs_add_part(struct runs *runs, const struct runs *from, uint64_t skip,
                   uint64_t len, struct error *err)
{
	struct runs_mark mark = runs_mark(runs);

	for (size_t i = 0; i < from->count && len > 0; i++) {
		struct run part = from->v[i];

		if (skip >= part.len) {
			skip -= part.len;
			continue;
		}
		part.len = u64_min(part.len - skip, len);
		skip = 0;
		len -= part.len;
		if (!runs_add(runs, part, err)) {
			runs_undo(runs, mark);
			return false;
		}
	}
	assert(len == 0);
	return true;
}

void runs_clear(struct runs *runs)
{
	runs->count = 0;
}

void runs_free(struct runs *runs)
{
	mem_free(runs->v);
	*runs = (struct runs){ 0 };
}

struct runs_mark runs_mark(const struct runs *runs)
{
	struct runs_mark mark = { .count = runs->count };

	if (runs->count > 0)
		mark.last = runs->v[runs->count - 1].len;
	return mark;
}

void runs_undo(struct runs *runs, struct runs_mark mark)
{
	assert(mark.count <= runs->count);
	runs->count = mark.count;
	if (mark.count > 0)
		runs->v[mark.count - 1].len = mark.last;
}

uint64_t runs_len(const struct runs *runs)
{
	uint64_t len = 0;

	for (size_t i = 0; i < runs->count; i++)
		len += runs->v[i].len;
	return len;
}

const struct run *runs_at(const struct runs *runs, uint64_t at)
{
	for (size_t i = 0; i < runs->count; i++) {
		if (at < runs->v[i].len)
			return &runs->v[i];
		at -= runs->v[i].len;
	}
	return NULL;
}

const char *state_name(enum state state)
{
	assert((unsigned)state < STATE_COUNT);
	return state_names[state];
}

const char *run_why(const struct run *run)
{
	switch (run->why) {
	case WHY_ERRNO:
		return error_errno_text(run->sys);
	case WHY_PAST_END:
		return "past the end of the file";
	case WHY_REPLACED:
		return "file was replaced";
	case WHY_NONE:
		break;
	}
	return "";
}

bool run_refuse(const struct run *run, uint64_t addr, struct error *err)
{
	const char *why = run_why(run);

	error_set(err, ERR_STATE,
	          "the byte at 0x%" PRIx64 " has no value (%s%s%s)", addr,
	          state_name(run->state), *why ? ": " : "", why);
	return error_add_addr(err, addr);
}
