/*
 * pour.c - see pour.h
 *
 * Chunks end where so many times their size have been read: a taker that makes
 * a file of them can begin to share blocks there.
 */
#include "config.h"

#include "open/pour.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "space/view.h"

/* Tests make it small. */
#ifndef POUR_CHUNK
#define POUR_CHUNK ((size_t)256 * 1024)
#endif

struct pouring {
	struct pour *pour;
	uint64_t addr;
	unsigned char *bytes; /* owned: POUR_CHUNK */
	struct runs runs;     /* owned */
	struct error *err;
};

static bool goes_on(struct pouring *p)
{
	const struct pour *pour = p->pour;

	if (!pour->job)
		return true;
	if (!job_goes_on(pour->job, p->err))
		return false;
	job_set_progress(pour->job, p->addr - pour->start,
	                 pour->end - pour->start);
	return true;
}

/* Fill what has no value, in the room of the chunk. */
static bool fill(struct pouring *p, uint64_t len, unsigned char *room,
                 size_t size)
{
	const struct pour *pour = p->pour;
	uint64_t addr = p->addr;

	while (len > 0) {
		size_t n = (size_t)u64_min(len, size);

		for (size_t i = 0; i < n; i++)
			room[i] = unreadable_byte(&pour->unreadable,
			                          addr + i - pour->start);
		if (!goes_on(p) ||
		    !pour->bytes(pour->arg, addr, room, n, true, p->err))
			return false;
		addr += n;
		len -= n;
	}
	return true;
}

static bool lose(struct pouring *p, const struct run *run, unsigned char *room,
                 size_t size)
{
	struct pour *pour = p->pour;

	if (pour->unreadable.what == UNREADABLE_STOP)
		return pour->has_no_choice
		               ? run_refuse(run, p->addr, p->err)
		               : unreadable_error(run, p->addr, p->err);
	pour->unread += run->len;
	if (pour->lost &&
	    !pour->lost(pour->arg, p->addr, run->len, run->state, p->err))
		return false;
	return pour->unreadable.what == UNREADABLE_SKIP ||
	       fill(p, run->len, room, size);
}

/* What a read has found: p->addr goes behind it. */
static bool hand_on(struct pouring *p)
{
	const struct pour *pour = p->pour;
	unsigned char *at = p->bytes;

	for (size_t i = 0; i < p->runs.count; i++) {
		const struct run *run = &p->runs.v[i];
		bool ok;

		if (!state_has_bytes(run->state))
			ok = lose(p, run, at, (size_t)run->len);
		else if (run->state == STATE_HOLE && pour->hole)
			ok = pour->hole(pour->arg, p->addr, run->len, p->err);
		else
			ok = pour->bytes(pour->arg, p->addr, at,
			                 (size_t)run->len, run->edited, p->err);
		if (!ok)
			return false;
		at += run->len;
		p->addr += run->len;
	}
	return true;
}

/* Beyond the stretch: there may be as many of them as there are edits. */
static bool read_on(struct pouring *p)
{
	const struct pour *pour = p->pour;
	size_t len =
		POUR_CHUNK - (size_t)((p->addr - pour->start) % POUR_CHUNK);

	len = (size_t)u64_min(len, pour->end - p->addr);
	runs_clear(&p->runs);
	return view_read(pour->view, p->addr, p->bytes, len, 0, &p->runs,
	                 p->err) &&
	       hand_on(p);
}

/* What lies at p->addr: some of it, or all. */
static bool pour_on(struct pouring *p)
{
	struct pour *pour = p->pour;
	struct run gap = { .state = STATE_GAP };
	uint64_t shared = 0;
	uint64_t end;
	enum state state = view_stretch(pour->view, p->addr, &end);

	end = u64_min(end, pour->end);
	if (state == STATE_GAP) {
		gap.len = end - p->addr;
		if (!lose(p, &gap, p->bytes, POUR_CHUNK))
			return false;
		p->addr = end;
		return true;
	}
	if (state == STATE_HOLE && pour->hole) {
		gap.len = end - p->addr;
		if (!pour->hole(pour->arg, p->addr, gap.len, p->err))
			return false;
		p->addr = end;
		return true;
	}
	if (pour->share &&
	    !pour->share(pour->arg, p->addr, end - p->addr, &shared, p->err))
		return false;
	p->addr += shared;
	return shared > 0 || read_on(p);
}

bool pour_run(struct pour *pour, struct error *err)
{
	struct pouring p = { .pour = pour, .addr = pour->start, .err = err };
	bool ok;

	pour->unread = 0;
	p.bytes = mem_resize(NULL, POUR_CHUNK, 1, err);
	ok = p.bytes != NULL;
	while (ok && p.addr < pour->end)
		ok = goes_on(&p) && pour_on(&p);
	if (ok && pour->job)
		ok = goes_on(&p);
	runs_free(&p.runs);
	mem_free(p.bytes);
	return ok;
}
