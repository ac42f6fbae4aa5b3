/*
 * skip.c - see skip.h
 *
 * Read in steps and compared with the value sought; where the file system
 * knows of a hole, or nothing is mapped or can be opened, the whole stretch is
 * passed at once, so that 64 TiB of hole cost one question. A backward search
 * asks about the stretch a step lies in from the step's start, and halves steps
 * near changes of state only as far as the runs that came with the bytes say.
 */
#include "config.h"

#include "find/skip.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "space/view.h"

/* Test builds make it small, so that every run crosses steps. */
#ifndef SKIP_STEP
#define SKIP_STEP ((size_t)1 << 18)
#endif

/* What a run is made of: a value, or a state without values. */
struct sought {
	bool has_value;
	unsigned char value;
	enum state state;
};

struct skip {
	const struct view *view;
	struct job *job;
	/* Can all of a stretch of this state be passed without reading? */
	bool (*passes)(const struct skip *skip, enum state state);
	unsigned char *buf; /* owned; SKIP_STEP bytes */
	struct runs runs;
	struct sought sought;
};

static bool is_equal(const struct sought *sought, const struct run *run,
                     unsigned char byte)
{
	if (state_has_bytes(run->state))
		return sought->has_value && sought->value == byte;
	return !sought->has_value && sought->state == run->state;
}

static bool load(struct skip *skip, uint64_t addr, size_t len,
                 struct error *err)
{
	if (!job_goes_on(skip->job, err))
		return false;
	runs_clear(&skip->runs);
	return view_read(skip->view, addr, skip->buf, len, 0, &skip->runs, err);
}

/* Can all of this stretch be passed, or none of it, without reading? */
static bool stretch_is_equal(const struct skip *skip, enum state state)
{
	if (state == STATE_HOLE)
		return skip->sought.has_value && skip->sought.value == 0;
	return !state_has_bytes(state) && !skip->sought.has_value &&
	       skip->sought.state == state;
}

static bool begin(struct skip *skip, const struct view *view, uint64_t addr,
                  struct job *job, struct error *err)
{
	*skip = (struct skip){ .view = view,
		               .job = job,
		               .passes = stretch_is_equal };
	skip->buf = mem_resize(NULL, SKIP_STEP, 1, err);
	if (!skip->buf || !load(skip, addr, 1, err))
		return false;
	skip->sought = (struct sought){
		.has_value = state_has_bytes(skip->runs.v[0].state),
		.value = state_has_bytes(skip->runs.v[0].state) ? skip->buf[0]
		                                                : 0,
		.state = skip->runs.v[0].state,
	};
	return true;
}

static void end(struct skip *skip)
{
	mem_free(skip->buf);
	runs_free(&skip->runs);
}

/* How many bytes from the start of the loaded ones are equal. */
static size_t equal_prefix(const struct skip *skip)
{
	size_t at = 0;

	for (size_t i = 0; i < skip->runs.count; i++) {
		const struct run *run = &skip->runs.v[i];

		for (uint64_t k = 0; k < run->len; k++, at++)
			if (!is_equal(&skip->sought, run, skip->buf[at]))
				return at;
	}
	return at;
}

/* How many bytes at the end of the loaded `len` ones are equal. */
static size_t equal_suffix(const struct skip *skip, size_t len)
{
	size_t at = len;

	for (size_t i = skip->runs.count; i-- > 0;) {
		const struct run *run = &skip->runs.v[i];

		for (uint64_t k = 0; k < run->len; k++, at--)
			if (!is_equal(&skip->sought, run, skip->buf[at - 1]))
				return len - at;
	}
	return len;
}

static void say_forward(const struct skip *skip, uint64_t start, uint64_t addr)
{
	const struct space *sp = view_space(skip->view);
	uint64_t size = view_size(skip->view);

	if (skip->job)
		job_set_progress(skip->job, space_mapped_in(sp, start, addr),
		                 space_mapped_in(sp, start, size));
}

static void say_backward(const struct skip *skip, uint64_t start, uint64_t addr)
{
	const struct space *sp = view_space(skip->view);

	if (skip->job)
		job_set_progress(skip->job, space_mapped_in(sp, addr, start),
		                 space_mapped_in(sp, 0, start));
}

static bool forward(struct skip *skip, uint64_t addr, uint64_t *out,
                    struct error *err)
{
	uint64_t size = view_size(skip->view);
	uint64_t start = addr;

	while (addr < size) {
		uint64_t next;
		enum state state = view_stretch(skip->view, addr, &next);
		size_t len = (size_t)u64_min(SKIP_STEP, size - addr);
		size_t equal;

		say_forward(skip, start, addr);
		if (stretch_is_equal(skip, state)) {
			addr = next;
			continue;
		}
		if (!load(skip, addr, len, err))
			return false;
		equal = equal_prefix(skip);
		addr += equal;
		if (equal < len) {
			*out = addr;
			return true;
		}
	}
	return error_set(err, ERR_NO,
	                 "all bytes from here to the end are equal");
}

/* Is [addr - len, addr) one stretch that can be passed unread? */
static bool is_passed(const struct skip *skip, uint64_t addr, uint64_t len)
{
	uint64_t next;
	enum state state = view_stretch(skip->view, addr - len, &next);

	return skip->passes(skip, state) && next >= addr;
}

static bool backward(struct skip *skip, uint64_t addr, uint64_t *out,
                     struct error *err)
{
	uint64_t start = addr;
	uint64_t probe = SKIP_STEP; /* doubles as long as nothing is read */

	while (addr > 0) {
		size_t len = (size_t)u64_min(SKIP_STEP, addr);
		size_t equal;

		say_backward(skip, start, addr);
		probe = u64_min(probe, addr);
		if (is_passed(skip, addr, probe)) {
			addr -= probe;
			probe = probe > UINT64_MAX / 2 ? probe : probe * 2;
			continue;
		}
		if (probe > len) {
			probe = len;
			continue;
		}
		if (!load(skip, addr - len, len, err))
			return false;
		equal = equal_suffix(skip, len);
		addr -= equal;
		if (equal < len)
			break;
	}
	*out = addr;
	return true;
}

bool skip_forward(const struct view *view, uint64_t addr, struct job *job,
                  uint64_t *out, struct error *err)
{
	struct skip skip;
	bool ok = begin(&skip, view, addr, job, err) &&
	          forward(&skip, addr, out, err);

	end(&skip);
	return ok;
}

bool skip_backward(const struct view *view, uint64_t addr, struct job *job,
                   uint64_t *out, struct error *err)
{
	struct skip skip;
	bool ok = begin(&skip, view, addr - 1, job, err) &&
	          backward(&skip, addr, out, err);

	end(&skip);
	return ok;
}

/* --- texts --------------------------------------------------------------- */

static bool is_text(const struct run *run, unsigned char byte)
{
	return state_has_bytes(run->state) &&
	       (byte == '\t' || text_is_print(byte));
}

static bool has_no_text(const struct skip *skip, enum state state)
{
	(void)skip;
	return state == STATE_HOLE || !state_has_bytes(state);
}

static bool begin_texts(struct skip *skip, const struct view *view,
                        struct job *job, struct error *err)
{
	*skip = (struct skip){ .view = view,
		               .job = job,
		               .passes = has_no_text };
	skip->buf = mem_resize(NULL, SKIP_STEP, 1, err);
	return skip->buf;
}

/* In what is loaded, from `at` on. *from is behind the last byte that is no
   text. */
static bool text_starts(const struct skip *skip, uint64_t at, uint64_t behind,
                        uint64_t *from)
{
	const unsigned char *byte = skip->buf;

	for (size_t i = 0; i < skip->runs.count; i++) {
		const struct run *run = &skip->runs.v[i];

		for (uint64_t k = 0; k < run->len; k++, at++, byte++) {
			if (!is_text(run, *byte))
				*from = at + 1;
			else if (*from > behind && at + 1 - *from >= SKIP_TEXT)
				return true;
		}
	}
	return false;
}

bool skip_next_text(const struct view *view, uint64_t addr, struct job *job,
                    uint64_t *out, struct error *err)
{
	uint64_t size = view_size(view), behind = addr, from = addr;
	struct skip skip;
	bool ok = begin_texts(&skip, view, job, err), found = false;

	while (ok && !found && addr < size) {
		uint64_t next;
		enum state state = view_stretch(view, addr, &next);
		size_t len = (size_t)u64_min(SKIP_STEP, size - addr);

		say_forward(&skip, behind, addr);
		if (has_no_text(&skip, state)) {
			addr = from = next;
			continue;
		}
		ok = load(&skip, addr, len, err);
		found = ok && text_starts(&skip, addr, behind, &from);
		addr += len;
	}
	end(&skip);
	if (found)
		*out = from;
	return found || (ok && error_set(err, ERR_NO, "no text behind here"));
}

/* In what is loaded, which ends at `at`. *to is where the text above ends. */
static bool text_ends(const struct skip *skip, uint64_t at, size_t len,
                      uint64_t before, uint64_t *to, uint64_t *out)
{
	const unsigned char *byte = skip->buf + len;

	for (size_t i = skip->runs.count; i-- > 0;) {
		const struct run *run = &skip->runs.v[i];

		for (uint64_t k = 0; k < run->len; k++, at--) {
			if (is_text(run, *--byte))
				continue;
			if (at < before && *to - at >= SKIP_TEXT) {
				*out = at;
				return true;
			}
			*to = at - 1;
		}
	}
	return false;
}

/* Where the text ends that goes on at addr, as far as it matters. */
static bool text_here(struct skip *skip, uint64_t addr, uint64_t *to,
                      struct error *err)
{
	size_t len = (size_t)u64_min(SKIP_TEXT, view_size(skip->view) - addr);
	size_t at = 0;

	*to = addr;
	if (len > 0 && !load(skip, addr, len, err))
		return false;
	for (size_t i = 0; len > 0 && i < skip->runs.count; i++)
		for (uint64_t k = 0; k < skip->runs.v[i].len; k++, at++) {
			if (!is_text(&skip->runs.v[i], skip->buf[at]))
				return true;
			++*to;
		}
	return true;
}

bool skip_prev_text(const struct view *view, uint64_t addr, struct job *job,
                    uint64_t *out, struct error *err)
{
	uint64_t before = addr, to = addr, at = 0;
	uint64_t probe = SKIP_STEP;
	struct skip skip;
	bool ok = begin_texts(&skip, view, job, err) &&
	          text_here(&skip, addr, &to, err);
	bool found = false;

	while (ok && !found && addr > 0) {
		size_t len = (size_t)u64_min(SKIP_STEP, addr);

		say_backward(&skip, before, addr);
		probe = u64_min(probe, addr);
		if (is_passed(&skip, addr, probe)) {
			found = addr < before && to - addr >= SKIP_TEXT;
			at = addr;
			addr -= probe;
			to = addr;
			probe = probe > UINT64_MAX / 2 ? probe : probe * 2;
			continue;
		}
		if (probe > len) {
			probe = len;
			continue;
		}
		ok = load(&skip, addr - len, len, err);
		found = ok && text_ends(&skip, addr, len, before, &to, &at);
		addr -= len;
	}
	/* One that begins with the space. */
	if (ok && !found && before > 0 && to >= SKIP_TEXT) {
		found = true;
		at = 0;
	}
	end(&skip);
	if (found)
		*out = at;
	return found || (ok && error_set(err, ERR_NO, "no text before here"));
}
