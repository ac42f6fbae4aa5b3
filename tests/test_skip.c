/*
 * test_skip.c - tests of src/find/skip.c
 *
 * What the bytes of a space are is painted into one array, a class for each
 * address; a skip must find what a walk over the array finds. The library under
 * test reads in steps of 16 bytes.
 */
#include "config.h"

#include "find/skip.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "session.h"
#include "source/source.h"
#include "space/layout.h"
#include "space/space.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { WIDTH = 400, DOCS = 4, DOC_MOST = 150 };

/* Classes: the value of a byte, or one of these. */
enum { CLASS_BAD = 256, CLASS_NOT_TRIED, CLASS_GAP };

static struct error err;

/* --- a source that is painted -------------------------------------------- */

struct painted {
	struct source head; /* first: it is this source's ops that cast */
	enum state states[DOC_MOST];
	unsigned char bytes[DOC_MOST];
};

static bool painted_read(struct source *src, uint64_t off, void *buf,
                         size_t len, unsigned flags, struct runs *runs,
                         struct error *e)
{
	const struct painted *p = (const struct painted *)src;
	unsigned char *dst = buf;

	(void)flags;
	for (size_t i = 0; i < len; i++) {
		struct run run = { .len = 1, .state = p->states[off + i] };

		/* What has no value is not to be looked at. */
		dst[i] = state_has_bytes(run.state) ? p->bytes[off + i] : 0x55;
		if (!runs_add(runs, run, e))
			return false;
	}
	return true;
}

/* As a file: it knows holes, and bad bytes only when no others follow. */
static struct stretch painted_stretch(struct source *src, uint64_t off)
{
	const struct painted *p = (const struct painted *)src;
	bool hole = p->states[off] == STATE_HOLE;
	uint64_t end = off;

	while (end < src->size && p->states[end] == STATE_BAD)
		end++;
	if (end == src->size)
		return (struct stretch){ STATE_BAD, end };
	end = off + 1;
	while (end < src->size && (p->states[end] == STATE_HOLE) == hole)
		end++;
	return (struct stretch){ hole ? STATE_HOLE : STATE_DATA, end };
}

static void painted_free(struct source *src)
{
	free(src);
}

static const struct source_ops painted_ops = {
	.read = painted_read,
	.stretch = painted_stretch,
	.free = painted_free,
};

static int class_of(const struct painted *p, uint64_t off)
{
	switch (p->states[off]) {
	case STATE_DATA:
		return p->bytes[off];
	case STATE_HOLE:
		return 0;
	case STATE_BAD:
		return CLASS_BAD;
	default:
		return CLASS_NOT_TRIED;
	}
}

/* Runs of 1 to 60 bytes: data, with and without text, holes, bad, not tried. */
static struct painted *paint(uint64_t *random)
{
	struct painted *p = calloc(1, sizeof(*p));
	size_t at = 0;

	p->head.ops = &painted_ops;
	p->head.kind = "painted";
	p->head.size = random_below(random, DOC_MOST + 1);
	while (at < p->head.size) {
		static const enum state states[] = {
			STATE_DATA, STATE_DATA, STATE_DATA,
			STATE_HOLE, STATE_BAD,  STATE_NOT_TRIED,
		};
		enum state state =
			states[random_below(random, ARRAY_LEN(states))];
		static const unsigned char bytes[] = { 0, 1, '\t', '~' };
		unsigned char byte =
			bytes[random_below(random, ARRAY_LEN(bytes))];
		size_t n =
			(size_t)random_below(random,
		                             random_below(random, 2) ? 60 : 6) +
			1;

		for (; n > 0 && at < p->head.size; n--, at++) {
			p->states[at] = state;
			p->bytes[at] = state == STATE_DATA ? byte : 0;
		}
	}
	return p;
}

/* A placement of a painted document at an address, its class into `model`. */
static void place(struct layout *layout, uint64_t *sizes, uint64_t *random,
                  uint64_t id, int *model)
{
	struct painted *p = paint(random);
	struct placement *placement = placement_new("painted", &err);
	uint64_t size = p->head.size;
	uint64_t at = random_below(random, WIDTH - DOC_MOST);

	must(placement != NULL, &err);
	placement->at = AT_ADDR;
	placement->at_value = at;
	placement->over = OVER_COVER;
	for (uint64_t i = 0; i < size; i++)
		model[at + i] = class_of(p, i);
	sizes[layout->count] = size;
	placement->doc =
		document_new(&p->head, id, "painted", ACCESS_READ, &err);
	must(placement->doc && layout_add(layout, placement, &err), &err);
}

static struct view *random_view(uint64_t *random, int *model)
{
	struct layout layout = { 0 };
	uint64_t sizes[DOCS];
	struct space *sp;
	struct view *view;

	for (size_t i = 0; i < WIDTH; i++)
		model[i] = CLASS_GAP;
	for (uint64_t id = 1; id <= DOCS; id++)
		place(&layout, sizes, random, id, model);
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	view = view_new(sp, &err);
	must(view != NULL, &err);
	space_unref(sp);
	layout_clear(&layout);
	return view;
}

/* --- against the model --------------------------------------------------- */

/* size: nothing differs. */
static uint64_t model_forward(const int *model, uint64_t size, uint64_t addr)
{
	uint64_t at = addr + 1;

	while (at < size && model[at] == model[addr])
		at++;
	return at;
}

static uint64_t model_backward(const int *model, uint64_t addr)
{
	uint64_t at = addr - 1;

	while (at > 0 && model[at - 1] == model[addr - 1])
		at--;
	return at;
}

static void check_forward(const struct view *view, const int *model,
                          uint64_t addr)
{
	uint64_t want = model_forward(model, view_size(view), addr);
	uint64_t got = UINT64_MAX;
	bool ok = skip_forward(view, addr, NULL, &got, &err);

	if (want < view_size(view)) {
		must(ok, &err);
		ck_assert_uint_eq(got, want);
	} else {
		ck_assert(!ok);
		ck_assert_int_eq(err.code, ERR_NO);
		ck_assert_uint_eq(got, UINT64_MAX);
	}
}

START_TEST(all_addresses_of_random_spaces)
{
	uint64_t random = random_seed();
	int model[WIDTH];

	for (size_t n = cases(100); n > 0; n--) {
		struct view *view = random_view(&random, model);
		uint64_t size = view_size(view);

		for (uint64_t addr = 0; addr < size; addr++) {
			uint64_t got;

			check_forward(view, model, addr);
			must(skip_backward(view, addr + 1, NULL, &got, &err),
			     &err);
			ck_assert_uint_eq(got, model_backward(model, addr + 1));
		}
		view_unref(view);
	}
}
END_TEST

static bool model_is_text(const int *model, uint64_t size, uint64_t at)
{
	return at < size && (model[at] == '\t' || model[at] == '~');
}

static bool model_starts(const int *model, uint64_t size, uint64_t at)
{
	if (at > 0 && model_is_text(model, size, at - 1))
		return false;
	for (uint64_t i = 0; i < SKIP_TEXT; i++)
		if (!model_is_text(model, size, at + i))
			return false;
	return true;
}

/* Of one way: what is found is the first that the model has, if it has any. */
static void check_text(const struct view *view, const int *model, uint64_t addr,
                       bool forward)
{
	uint64_t size = view_size(view), at = addr, got = UINT64_MAX;
	bool want = false, ok;

	while (!want && (forward ? at + 1 < size : at > 0)) {
		at += forward ? 1 : UINT64_MAX;
		want = model_starts(model, size, at);
	}
	ok = forward ? skip_next_text(view, addr, NULL, &got, &err)
	             : skip_prev_text(view, addr, NULL, &got, &err);
	ck_assert_int_eq(ok, want);
	ck_assert_uint_eq(got, want ? at : UINT64_MAX);
	if (!want)
		ck_assert_int_eq(err.code, ERR_NO);
}

START_TEST(texts_of_random_spaces)
{
	uint64_t random = random_seed();
	int model[WIDTH];

	for (size_t n = cases(100); n > 0; n--) {
		struct view *view = random_view(&random, model);
		uint64_t size = view_size(view);

		for (uint64_t addr = 0; addr < size; addr++) {
			check_text(view, model, addr, true);
			check_text(view, model, addr + 1, false);
		}
		if (size > 0)
			check_text(view, model, 0, false);
		view_unref(view);
	}
}
END_TEST

START_TEST(without_memory)
{
	uint64_t random = 7;
	int model[WIDTH];
	struct view *view = random_view(&random, model);
	uint64_t got = 99;
	bool done = false;

	for (long n = 0; !done; n++) {
		mem_fail_after(n);
		done = skip_backward(view, view_size(view), NULL, &got, &err);
		mem_fail_after(-1);
		if (done)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_uint_eq(got, 99);
	}
	mem_fail_after(0);
	ck_assert(!skip_forward(view, 0, NULL, &got, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert(!skip_next_text(view, 0, NULL, &got, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert(!skip_prev_text(view, 1, NULL, &got, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	view_unref(view);
}
END_TEST

/* --- in a job ------------------------------------------------------------ */

struct work {
	struct view *view;
	bool wait; /* until it is cancelled */
	bool ok;
	uint64_t out;
	struct error err;
};

static void work(struct job *job, void *arg)
{
	struct work *w = arg;

	if (w->wait)
		job_post(job);
	while (w->wait && !job_cancelled(job))
		usleep(100);
	w->ok = skip_forward(w->view, 0, job, &w->out, &w->err) ||
	        skip_backward(w->view, 100, job, &w->out, &w->err);
}

/* A session over a file whose last byte differs from the others. */
static struct session *open_long(void)
{
	struct session_options o = { .files = files_limits_default() };
	struct session *session = session_new(&o, &err);
	struct layout inputs = { 0 };
	char bytes[500] = { 0 };
	struct placement *p;

	must(session != NULL, &err);
	bytes[499] = 1;
	free(scratch_file("f", bytes, sizeof(bytes)));
	ck_assert_int_eq(chdir(scratch()), 0);
	p = placement_new("f", &err);
	must(p && layout_push(&inputs, p, &err), &err);
	must(session_open(session, &inputs, &err), &err);
	return session;
}

START_TEST(a_job_finds_and_says_how_far_it_is)
{
	struct session *session = open_long();
	struct work w = { .view = session_view(session) };
	struct job *job =
		job_start(session_pool(session), JOB_COMPUTE, work, &w, &err);
	uint64_t done, total;

	must(job != NULL, &err);
	job_wait(job);
	must(w.ok, &w.err);
	ck_assert_uint_eq(w.out, 499);
	job_progress(job, &done, &total);
	ck_assert_uint_eq(total, 500);
	ck_assert_uint_gt(done, 400);
	job_free(job);
	session_free(session);
}
END_TEST

/* What lies between files takes no time. */
START_TEST(progress_leaves_gaps_out)
{
	struct session *session = open_long();
	struct layout inputs = { 0 };
	struct placement *p = placement_new("f", &err);
	struct work w = { 0 };
	uint64_t done, total;
	struct job *job;

	must(p != NULL, &err);
	p->at = AT_ADDR;
	p->at_value = UINT64_C(1) << 40;
	must(layout_push(&inputs, p, &err), &err);
	must(session_open(session, &inputs, &err), &err);
	w.view = session_view(session);
	job = job_start(session_pool(session), JOB_COMPUTE, work, &w, &err);
	must(job != NULL, &err);
	job_wait(job);
	job_progress(job, &done, &total);
	ck_assert_uint_eq(total, 1000);
	job_free(job);
	session_free(session);
}
END_TEST

/* The job tells that it has begun, and goes on when it was cancelled. */
START_TEST(a_job_can_be_cancelled)
{
	struct session *session = open_long();
	struct pool *pool = session_pool(session);
	struct work w = { .view = session_view(session), .wait = true };
	struct job *job = job_start(pool, JOB_COMPUTE, work, &w, &err);
	struct pool_event event;

	must(job != NULL, &err);
	while (!pool_next(pool, &event))
		usleep(100);
	job_cancel(job);
	job_wait(job);
	ck_assert(!w.ok);
	ck_assert_int_eq(w.err.code, ERR_CANCELLED);
	job_free(job);
	session_free(session);
}
END_TEST

/* --- 64 TiB of holes ----------------------------------------------------- */

static const uint64_t tib = UINT64_C(1) << 40;

/* A sparse file with a byte at 0, in the middle and at the end; NULL where no
   file system takes it. */
static char *make_sparse(void)
{
	static char path[64];
	const uint64_t marks[] = { 0, 32 * tib + 5, 64 * tib - 1 };
	int fd;

	snprintf(path, sizeof(path), "/dev/shm/hexspan-test-%ld",
	         (long)getpid());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (size_t i = 0; fd >= 0 && i < ARRAY_LEN(marks); i++) {
		if (pwrite(fd, "x", 1, (off_t)marks[i]) == 1)
			continue;
		close(fd);
		unlink(path);
		fd = -1;
	}
	if (fd < 0)
		return NULL;
	close(fd);
	return path;
}

static struct session *open_sparse(const char *path)
{
	struct session_options o = { .sys = &faults_sys,
		                     .files = files_limits_default() };
	struct session *session = session_new(&o, &err);
	struct placement *p = placement_new(path, &err);
	struct layout inputs = { 0 };

	must(session && p && layout_push(&inputs, p, &err), &err);
	must(session_open(session, &inputs, &err), &err);
	return session;
}

/* The calls are counted, not the time: steps of 16 bytes would be 2^42
   reads. */
START_TEST(holes_cost_next_to_nothing)
{
	static const struct {
		bool forward;
		uint64_t from, to;
	} rows[] = {
		{ true, 1, (UINT64_C(1) << 45) + 5 },
		{ true, (UINT64_C(1) << 45) + 6, (UINT64_C(1) << 46) - 1 },
		{ true, UINT64_C(1) << 20, (UINT64_C(1) << 45) + 5 },
		{ false, (UINT64_C(1) << 46) - 1, (UINT64_C(1) << 45) + 6 },
		{ false, (UINT64_C(1) << 45) + 5, 1 },
		{ false, UINT64_C(1) << 44, 1 },
	};
	char *path = make_sparse();
	struct session *session;

	if (!path) {
		printf("no sparse file of 64 TiB in /dev/shm: not tested\n");
		return;
	}
	session = open_sparse(path);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct view *view = session_view(session);
		uint64_t got = 0;

		faults_reset();
		must(rows[i].forward ? skip_forward(view, rows[i].from, NULL,
		                                    &got, &err)
		                     : skip_backward(view, rows[i].from, NULL,
		                                     &got, &err),
		     &err);
		ck_assert_uint_eq(got, rows[i].to);
		ck_assert_uint_le(faults_count(FAULT_PREAD), 2000);
		ck_assert_uint_le(faults_count(FAULT_SEEK), 10000);
	}
	session_free(session);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* Of a file that was deleted behind a closed descriptor: opening it is tried a
   few times, and not once for each step. */
START_TEST(what_is_gone_costs_next_to_nothing)
{
	enum { SIZE = 1 << 20 };
	struct session_options o = { .sys = &faults_sys,
		                     .files = files_limits_default() };
	struct session *session;
	struct layout inputs = { 0 };
	struct runs runs = { 0 };
	struct view *view;
	uint64_t got = 0;
	char byte;

	o.files.descriptors = 1;
	session = session_new(&o, &err);
	must(session, &err);
	ck_assert_int_eq(chdir(scratch()), 0);
	ck_assert_int_eq(system("head -c 1048576 /dev/zero >gone;"
	                        "echo 2 >stays"),
	                 0);
	must(layout_push(&inputs, placement_new("gone", &err), &err), &err);
	must(layout_push(&inputs, placement_new("stays", &err), &err), &err);
	must(session_open(session, &inputs, &err), &err);
	view = session_view(session);
	must(view_read(view, SIZE, &byte, 1, 0, &runs, &err), &err);
	ck_assert_int_eq(unlink("gone"), 0);
	faults_reset();
	must(skip_forward(view, 0, NULL, &got, &err), &err);
	ck_assert_uint_eq(got, SIZE);
	must(skip_backward(view, SIZE - 1, NULL, &got, &err), &err);
	ck_assert_uint_eq(got, 0);
	ck_assert_uint_gt(faults_count(FAULT_OPEN), 0);
	ck_assert_uint_le(faults_count(FAULT_OPEN), 50);
	runs_free(&runs);
	session_free(session);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("skip");
	TCase *tc = tcase_create("skip");

	tcase_add_test(tc, all_addresses_of_random_spaces);
	tcase_add_test(tc, texts_of_random_spaces);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, a_job_finds_and_says_how_far_it_is);
	tcase_add_test(tc, progress_leaves_gaps_out);
	tcase_add_test(tc, a_job_can_be_cancelled);
	tcase_add_test(tc, holes_cost_next_to_nothing);
	tcase_add_test(tc, what_is_gone_costs_next_to_nothing);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
