/* test_spill.c - tests of src/keep/spill.c */
#include "config.h"

#include "keep/spill.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "edit/store.h"
#include "source/run.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;

static void setup(void)
{
	faults_reset();
}

/* A store that puts long bytes into a spill, which it alone holds. */
static struct store *make(uint64_t limit, struct spill **spill)
{
	struct store *store = store_new(&err);
	struct store_away away = { spill_put, NULL };

	must(store != NULL, &err);
	*spill = spill_new(&faults_sys, limit, &err);
	must(*spill != NULL, &err);
	away.ctx = *spill;
	store_set_away(store, &away);
	return store;
}

static enum state read_piece(const struct store *store, struct piece piece,
                             void *buf)
{
	struct runs runs = { 0 };
	enum state state;

	must(store_read(store, &piece, buf, &runs, &err), &err);
	ck_assert_uint_eq(runs_len(&runs), piece.len);
	state = runs.v[0].state;
	if (state == STATE_BAD)
		ck_assert_int_eq(runs.v[0].sys, EIO);
	runs_free(&runs);
	return state;
}

/* The first ones are in memory, the rest in a file, and all read alike. */
START_TEST(it_gives_back_what_was_put)
{
	enum { PIECES = 60, LEN = 50 };
	uint64_t state = random_seed();
	struct spill *spill;
	struct store *store = make(500, &spill);
	unsigned char model[PIECES][LEN], buf[LEN];
	struct piece pieces[PIECES];

	for (size_t i = 0; i < PIECES; i++) {
		size_t len = 1 + (size_t)random_below(&state, LEN);

		for (size_t k = 0; k < len; k++)
			model[i][k] = (unsigned char)random_u64(&state);
		must(store_put(store, model[i], len, &pieces[i], &err), &err);
	}
	ck_assert_uint_eq(faults_count(FAULT_TEMPORARY), 1);
	spill_unref(spill);
	for (size_t n = cases(1000); n > 0; n--) {
		size_t i = (size_t)random_below(&state, PIECES);
		uint64_t skip = random_below(&state, pieces[i].len);
		uint64_t len = 1 + random_below(&state, pieces[i].len - skip);

		ck_assert_int_eq(read_piece(store,
		                            piece_part(pieces[i], skip, len),
		                            buf),
		                 STATE_DATA);
		ck_assert_mem_eq(buf, model[i] + skip, len);
	}
	store_unref(store);
	ck_assert_uint_eq(faults_descriptors(), 0);
}
END_TEST

static const unsigned char bytes[100] = "bytes of an edit, so long that they "
					"are not kept in memory";

/* Each call fails once: what could not be put is said, and can be put then. */
START_TEST(each_write_fails)
{
	static const enum fault_call calls[] = { FAULT_TEMPORARY,
		                                 FAULT_PWRITE };
	static const int causes[] = { EIO, ENOSPC, EROFS };

	for (size_t i = 0; i < ARRAY_LEN(calls) * ARRAY_LEN(causes); i++) {
		enum fault_call call = calls[i % ARRAY_LEN(calls)];
		int cause = causes[i / ARRAY_LEN(calls)];
		struct spill *spill;
		struct store *store = make(0, &spill);
		unsigned char buf[100];
		struct piece piece;

		faults_reset();
		faults_fail(call, 0, 1, cause);
		ck_assert(!store_put(store, bytes, 100, &piece, &err));
		ck_assert_ptr_nonnull(
			strstr(err.text, "the temporary file for long edits"));
		ck_assert_ptr_nonnull(strstr(err.text, strerror(cause)));
		ck_assert_int_eq(err.sys, cause);
		must(store_put(store, bytes, 100, &piece, &err), &err);
		ck_assert_int_eq(read_piece(store, piece, buf), STATE_DATA);
		ck_assert_mem_eq(buf, bytes, 100);
		store_unref(store);
		spill_unref(spill);
		ck_assert_uint_eq(faults_descriptors(), 0);
	}
}
END_TEST

/* Cut short and interrupted, writes and reads are gone on with. */
START_TEST(cut_short)
{
	struct spill *spill;
	struct store *store = make(0, &spill);
	unsigned char buf[100];
	struct piece piece;

	faults_cut_write(0, 3);
	must(store_put(store, bytes, 100, &piece, &err), &err);
	faults_cut(0, 7);
	ck_assert_int_eq(read_piece(store, piece, buf), STATE_DATA);
	ck_assert_mem_eq(buf, bytes, 100);
	faults_reset();
	faults_fail(FAULT_PREAD, 0, 2, EINTR);
	ck_assert_int_eq(read_piece(store, piece, buf), STATE_DATA);
	ck_assert(faults_happened());
	store_unref(store);
	spill_unref(spill);
}
END_TEST

/* What cannot be read is bad, not zeros (K7). */
START_TEST(a_read_fails)
{
	struct spill *spill;
	struct store *store = make(0, &spill);
	unsigned char buf[100];
	struct piece piece;

	must(store_put(store, bytes, 100, &piece, &err), &err);
	faults_fail(FAULT_PREAD, 0, 1, EIO);
	ck_assert_int_eq(read_piece(store, piece, buf), STATE_BAD);
	faults_give_nothing();
	ck_assert_int_eq(read_piece(store, piece, buf), STATE_BAD);
	faults_reset();
	ck_assert_int_eq(read_piece(store, piece, buf), STATE_DATA);
	store_unref(store);
	spill_unref(spill);
}
END_TEST

START_TEST(without_memory)
{
	struct spill *spill;

	mem_fail_after(0);
	ck_assert_ptr_null(spill_new(&faults_sys, 0, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	mem_fail_after(-1);
	spill = spill_new(&faults_sys, 0, &err);
	must(spill != NULL, &err);
	spill_unref(spill);
	spill_unref(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spill");
	TCase *tc = tcase_create("spill");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, it_gives_back_what_was_put);
	tcase_add_test(tc, each_write_fails);
	tcase_add_test(tc, cut_short);
	tcase_add_test(tc, a_read_fails);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
