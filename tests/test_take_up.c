/*
 * test_take_up.c - tests of src/command/take_up.c
 *
 * The editor's loop is played by hand: an event of the pool at a time. In test
 * builds a turn makes one edit, and that is all that may be made before the
 * loop has its chance to look at keys.
 */
#include "config.h"

#include "base/error.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/waiting.h"
#include "session.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { EDITS = 40, MANY = 3000 };

static struct session *session;
static struct context ctx;
static struct output out;
static struct error err;

static void start(void)
{
	session = desk_context(&ctx, &out, "journals", "f");
}

static void finish(void)
{
	session_drop_edits(session, true);
	desk_context_end(&ctx, &out);
}

static void make_edits(void *count)
{
	start();
	for (unsigned i = 0; i < *(unsigned *)count; i++)
		desk_put(session, i % 10, 1, "x");
}

/* A run is killed that had made edits. */
static void leave_edits(unsigned count)
{
	desk_begin();
	faults_skip_syncs();
	desk_file("f", "0123456789");
	desk_killed(make_edits, &count);
}

/* The next event of the task; is it its end? */
static bool next_event(void)
{
	struct pool_event event;

	for (;;) {
		while (!pool_next(session_pool(session), &event))
			pool_wait(session_pool(session));
		if (event.job != ctx.task->job) {
			(void)session_sync_end(session, event.job);
			continue;
		}
		return event.kind == POOL_DONE;
	}
}

START_TEST(one_turn_an_event)
{
	uint64_t before = 0, done = 0;
	size_t turns = 0;

	leave_edits(EDITS);
	start();
	must(waiting_take_up_begin(&ctx, "", &err), &err);
	while (!next_event()) {
		context_take(&ctx);
		(void)session_recover_groups(session, &done);
		ck_assert_uint_le(done, before + 1);
		turns += done > before;
		before = done;
	}
	ck_assert_uint_ge(turns, EDITS);
	must(context_finish(&ctx, &err), &err);
	desk_shows(session, "xxxxxxxxxx");
	finish();
}
END_TEST

/* What is written of many is synced beside: neither the engine's thread nor the
   one that reads has to do it all, and its end is nobody's in particular. */
START_TEST(synced_beside)
{
	bool synced = false, ended = false;

	leave_edits(MANY);
	start();
	must(waiting_take_up_begin(&ctx, "", &err), &err);
	while (!ended || !synced) {
		struct pool_event event;

		while (!pool_next(session_pool(session), &event))
			pool_wait(session_pool(session));
		if (event.job != ctx.task->job)
			synced = session_sync_end(session, event.job) || synced;
		else if (event.kind == POOL_DONE)
			ended = true;
		else
			context_take(&ctx);
	}
	must(context_finish(&ctx, &err), &err);
	desk_shows(session, "xxxxxxxxxx");
	must(session_sync(session, &err), &err);
	finish();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("take_up");
	TCase *tc = tcase_create("take_up");

	tcase_add_test(tc, one_turn_an_event);
	tcase_add_test(tc, synced_beside);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
