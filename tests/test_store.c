/* test_store.c - tests of src/edit/store.c */
#include "config.h"

#include "edit/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "edit/fill.h"
#include "source/run.h"
#include "tests/support.h"

static struct error err;

static void read_piece(const struct store *store, struct piece piece, void *buf)
{
	struct runs runs = { 0 };

	must(store_read(store, &piece, buf, &runs, &err), &err);
	ck_assert_uint_eq(runs_len(&runs), piece.len);
	if (piece.len > 0) {
		ck_assert_uint_eq(runs.count, 1);
		ck_assert_int_eq(runs.v[0].state, STATE_DATA);
		ck_assert(runs.v[0].edited);
		ck_assert(runs.v[0].inserted ==
		          ((piece.tag & PIECE_INSERTED) != 0));
	}
	runs_free(&runs);
}

/* Bytes put in parts of any length are one sequence, whatever is read of it. */
START_TEST(it_gives_back_what_was_put)
{
	enum { SIZE = 3000 };
	uint64_t state = random_seed();
	struct store *store = store_new(&err);
	unsigned char model[SIZE], buf[SIZE];
	size_t size = 0;

	ck_assert_uint_eq(store_size(store), 0);
	while (size < SIZE) {
		size_t len = (size_t)random_below(&state, 50);
		struct piece piece;

		len = size_min(len, SIZE - size);
		for (size_t i = 0; i < len; i++)
			model[size + i] = (unsigned char)random_u64(&state);
		must(store_put(store, model + size, len, &piece, &err), &err);
		ck_assert_uint_eq(piece.off, size);
		ck_assert_uint_eq(piece.len, len);
		ck_assert_uint_eq(piece.tag, PIECE_STORE | PIECE_EDITED);
		size += len;
		ck_assert_uint_eq(store_size(store), size);
	}
	for (size_t n = cases(2000); n > 0; n--) {
		struct piece piece = { .tag = PIECE_STORE | PIECE_INSERTED };

		piece.off = random_below(&state, SIZE + 1);
		piece.len = random_below(&state, SIZE - piece.off + 1);
		read_piece(store, piece, buf);
		ck_assert_mem_eq(buf, model + piece.off, piece.len);
	}
	store_unref(store);
}
END_TEST

START_TEST(fills_repeat_their_pattern)
{
	uint64_t state = random_seed();
	struct store *store = store_new(&err);
	unsigned char buf[200];

	for (size_t n = cases(500); n > 0; n--) {
		unsigned char pattern[40];
		size_t period = 1 + (size_t)random_below(&state, 40);
		uint64_t len =
			random_u64(&state) >> (20 + random_below(&state, 44));
		struct piece piece;
		uint64_t skip;

		for (size_t i = 0; i < period; i++)
			pattern[i] = (unsigned char)random_u64(&state);
		must(store_put_fill(store, pattern, period, len, &piece, &err),
		     &err);
		ck_assert_uint_eq(piece.len, len);
		ck_assert_uint_eq(piece.tag, PIECE_FILL | PIECE_EDITED);
		skip = random_below(&state, len + 1);
		piece = piece_part(piece, skip, u64_min(len - skip, 200));
		read_piece(store, piece, buf);
		for (size_t i = 0; i < piece.len; i++)
			ck_assert_uint_eq(buf[i], pattern[(skip + i) % period]);
	}
	store_unref(store);
}
END_TEST

/* Two fills that follow each other may be read as one piece. */
START_TEST(many_pieces_at_once)
{
	uint64_t state = random_seed();
	struct store *store = store_new(&err);
	unsigned char buf[400], model[400], bytes[9];

	for (size_t n = cases(1000); n > 0; n--) {
		struct piece pieces[30];
		size_t count = random_below(&state, ARRAY_LEN(pieces) + 1);
		size_t used = 0;

		for (size_t i = 0; i < count; i++) {
			struct piece *p = &pieces[i];
			size_t len = 1 + random_below(&state, 9);

			for (size_t k = 0; k < len; k++)
				bytes[k] = (unsigned char)random_u64(&state);
			*p = (struct piece){ .len = 7, .off = i };
			if (random_below(&state, 3) == 0)
				continue;
			must(random_below(&state, 3)
			             ? store_put(store, bytes, len, p, &err)
			             : store_put_fill(store, bytes, len, 12, p,
			                              &err),
			     &err);
			/* Of most, one byte. */
			*p = piece_part(*p, len / 2,
			                1 + random_below(&state, 2) *
			                                (len - len / 2 - 1));
			read_piece(store, *p, model + used);
			used += (size_t)p->len;
		}
		buf[used] = 0xa5;
		store_copy_all(store, pieces, count, buf);
		ck_assert_mem_eq(buf, model, used);
		ck_assert_uint_eq(buf[used], 0xa5);
	}
	store_unref(store);
}
END_TEST

START_TEST(a_piece_over_several_fills)
{
	struct store *store = store_new(&err);
	unsigned char key[FILL_KEY] = { 7 };
	unsigned char buf[20], stream[10];
	struct piece a, b, c;

	must(store_put_fill(store, "xyz", 3, 5, &a, &err), &err);
	must(store_put_random(store, key, 10, &b, &err), &err);
	must(store_put_fill(store, "-", 1, 5, &c, &err), &err);
	ck_assert(piece_follows(&a, &b));
	ck_assert(piece_follows(&b, &c));
	a.len = 20;
	read_piece(store, a, buf);
	fill_random(key, 0, stream, 10);
	ck_assert_mem_eq(buf, "xyzxy", 5);
	ck_assert_mem_eq(buf + 5, stream, 10);
	ck_assert_mem_eq(buf + 15, "-----", 5);
	store_unref(store);
}
END_TEST

START_TEST(the_longest_fills)
{
	struct store *store = store_new(&err);
	unsigned char byte;
	struct piece piece;

	ck_assert(!store_put_fill(store, "a", 1, STORE_FILL_MAX + 1, &piece,
	                          &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	for (char c = 'a'; c < 'e'; c++)
		must(store_put_fill(store, &c, 1, STORE_FILL_MAX, &piece, &err),
		     &err);
	read_piece(store, piece_part(piece, STORE_FILL_MAX - 1, 1), &byte);
	ck_assert_uint_eq(byte, 'd');
	ck_assert(!store_put_fill(store, "a", 1, 1, &piece, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a fill of 0x1 bytes is too long");
	store_unref(store);
}
END_TEST

/* One thread puts; another reads what it was told of. */
struct relay {
	struct store *store;
	atomic_size_t told;
	struct piece pieces[2000];
};

static void *read_all(void *arg)
{
	struct relay *relay = arg;
	struct runs runs = { 0 };
	struct error mine;
	unsigned char buf[4];
	size_t done = 0;

	while (done < ARRAY_LEN(relay->pieces)) {
		size_t told = atomic_load(&relay->told);

		for (; done < told; done++) {
			runs_clear(&runs);
			must(store_read(relay->store, &relay->pieces[done], buf,
			                &runs, &mine),
			     &mine);
			for (size_t i = 0; i < relay->pieces[done].len; i++)
				ck_assert_uint_eq(buf[i], (unsigned char)done);
		}
	}
	runs_free(&runs);
	store_unref(relay->store);
	return NULL;
}

START_TEST(reading_while_it_grows)
{
	static struct relay relay;
	pthread_t thread;

	relay.store = store_new(&err);
	pthread_create(&thread, NULL, read_all,
	               (store_ref(relay.store), &relay));
	for (size_t i = 0; i < ARRAY_LEN(relay.pieces); i++) {
		unsigned char bytes[4];

		memset(bytes, (int)i, sizeof(bytes));
		if (i % 2 == 0)
			must(store_put(relay.store, bytes, 4, &relay.pieces[i],
			               &err),
			     &err);
		else
			must(store_put_fill(relay.store, bytes, 1, 3,
			                    &relay.pieces[i], &err),
			     &err);
		atomic_store(&relay.told, i + 1);
	}
	pthread_join(thread, NULL);
	store_unref(relay.store);
}
END_TEST

START_TEST(without_memory)
{
	static const unsigned char bytes[100] = { 1, 2, 3 };
	struct store *store;
	struct piece piece = { .len = 77 };
	struct runs runs = { 0 };
	unsigned char buf[100];
	uint64_t before;

	mem_fail_after(0);
	ck_assert_ptr_null(store_new(&err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	store_unref(NULL);
	mem_fail_after(-1);
	store = store_new(&err);
	for (long n = 0;; n++) {
		before = store_size(store);
		mem_fail_after(n);
		if (store_put(store, bytes, 100, &piece, &err))
			break;
		ck_assert_uint_eq(store_size(store), before);
		ck_assert_uint_eq(piece.len, 77);
	}
	mem_fail_after(0);
	ck_assert(!store_read(store, &piece, buf, &runs, &err));
	ck_assert_uint_eq(runs.count, 0);
	ck_assert(!store_put_fill(store, "a", 1, 1, &piece, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	mem_fail_after(-1);
	read_piece(store, piece, buf);
	ck_assert_mem_eq(buf, bytes, 100);
	must(store_put_fill(store, "a", 1, 1, &piece, &err), &err);
	ck_assert_uint_eq(piece.off, 0);
	store_unref(store);
}
END_TEST

/* --- put away ------------------------------------------------------------ */

enum { LONG = 12 }; /* as the library under test has it */

/* Somewhere else: takes few bytes at a time, and can be made to fail. */
struct elsewhere {
	unsigned char bytes[20000];
	size_t size, held, most;
	bool refuses, fails, is_bad;
};

static bool elsewhere_read(void *ctx, uint64_t pos, void *buf, size_t len,
                           struct error *why)
{
	struct elsewhere *e = ctx;

	if (e->is_bad) {
		error_set(why, ERR_IO, "bad");
		why->sys = ENXIO;
		return false;
	}
	ck_assert_uint_le(pos, e->size);
	ck_assert_uint_le(len, e->size - pos);
	memcpy(buf, e->bytes + pos, len);
	return true;
}

static void elsewhere_let_go(void *ctx)
{
	struct elsewhere *e = ctx;

	e->held--;
}

static bool elsewhere_put(void *ctx, const void *bytes, size_t len,
                          size_t *took, struct store_image *image, uint64_t *at,
                          struct error *why)
{
	struct elsewhere *e = ctx;

	*took = 0;
	if (e->fails)
		return error_set(why, ERR_IO, "full");
	if (e->refuses)
		return true;
	*took = size_min(len, e->most);
	ck_assert_uint_le(*took, sizeof(e->bytes) - e->size);
	memcpy(e->bytes + e->size, bytes, *took);
	*image = (struct store_image){ elsewhere_read, elsewhere_let_go, e };
	*at = e->size;
	e->size += *took;
	/* There is something of others in between. */
	e->bytes[e->size++] = 0xee;
	e->held++;
	return true;
}

/* What was put somewhere reads as what is in memory, cut anywhere. */
START_TEST(long_bytes_are_elsewhere)
{
	static struct elsewhere e;
	struct store_away away = { elsewhere_put, &e };
	uint64_t state = random_seed();
	struct store *store = store_new(&err);
	unsigned char model[40][100], buf[100];
	struct piece pieces[40];
	uint64_t memory;

	e = (struct elsewhere){ .most = 30 };
	store_set_away(store, &away);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t len = (size_t)random_below(&state, sizeof(model[0]) + 1);

		e.refuses = random_below(&state, 5) == 0;
		e.most = 1 + (size_t)random_below(&state, 60);
		for (size_t k = 0; k < len; k++)
			model[i][k] = (unsigned char)random_u64(&state);
		memory = store_size(store);
		must(store_put(store, model[i], len, &pieces[i], &err), &err);
		ck_assert_uint_eq(pieces[i].len, len);
		ck_assert_uint_eq(pieces[i].tag, PIECE_STORE | PIECE_EDITED);
		ck_assert(store_is_image(&pieces[i]) ==
		          (len >= LONG && !e.refuses));
		ck_assert_uint_eq(store_size(store), store_is_image(&pieces[i])
		                                             ? memory
		                                             : memory + len);
	}
	for (size_t n = cases(3000); n > 0; n--) {
		size_t i = (size_t)random_below(&state, ARRAY_LEN(pieces));
		uint64_t skip = random_below(&state, pieces[i].len + 1);
		uint64_t len = random_below(&state, pieces[i].len - skip + 1);

		read_piece(store, piece_part(pieces[i], skip, len), buf);
		ck_assert_mem_eq(buf, model[i] + skip, len);
	}
	ck_assert_uint_gt(e.held, 0);
	store_unref(store);
	ck_assert_uint_eq(e.held, 0);
}
END_TEST

/* Another thread puts images and fills between what one puts away in parts. */
struct other {
	struct store *store;
	struct elsewhere from; /* of the images */
	struct piece images[300], fills[300];
};

static void *put_others(void *arg)
{
	struct other *o = arg;
	struct error mine;

	for (size_t i = 0; i < ARRAY_LEN(o->images); i++) {
		struct store_image image = { elsewhere_read, elsewhere_let_go,
			                     &o->from };
		char digit = (char)('0' + i % 10);

		must(store_put_image(o->store, 20 + i, &image, &o->images[i],
		                     &mine),
		     &mine);
		must(store_put_fill(o->store, &digit, 1, 5, &o->fills[i],
		                    &mine),
		     &mine);
	}
	return NULL;
}

START_TEST(two_put)
{
	static struct elsewhere e;
	static struct other o;
	static struct piece mine[300];
	struct store_away away = { elsewhere_put, &e };
	struct store *store = store_new(&err);
	unsigned char want[400], buf[400];
	pthread_t thread;

	e = (struct elsewhere){ .most = 7 };
	o = (struct other){ .store = store };
	o.from.held = ARRAY_LEN(o.images);
	for (size_t i = 0; i < sizeof(o.from.bytes); i++)
		o.from.bytes[i] = (unsigned char)(i * i);
	o.from.size = sizeof(o.from.bytes);
	store_set_away(store, &away);
	pthread_create(&thread, NULL, put_others, &o);
	for (size_t i = 0; i < ARRAY_LEN(mine); i++) {
		memset(buf, (int)i, sizeof(buf));
		must(store_put(store, buf, i % 50, &mine[i], &err), &err);
	}
	pthread_join(thread, NULL);
	for (size_t i = 0; i < ARRAY_LEN(mine); i++) {
		memset(want, (int)i, sizeof(want));
		read_piece(store, mine[i], buf);
		ck_assert_mem_eq(buf, want, i % 50);
		read_piece(store, o.images[i], buf);
		ck_assert_mem_eq(buf, o.from.bytes, 20 + i);
		memset(want, (int)('0' + i % 10), sizeof(want));
		read_piece(store, o.fills[i], buf);
		ck_assert_mem_eq(buf, want, 5);
	}
	store_unref(store);
	ck_assert_uint_eq(e.held, 0);
	ck_assert_uint_eq(o.from.held, 0);
}
END_TEST

/* Where a piece is, for who has to find its bytes without reading them. */
START_TEST(where_they_are)
{
	static struct elsewhere e;
	struct store_away away = { elsewhere_put, &e };
	struct store *store = store_new(&err);
	const struct store_image *image;
	struct piece piece;
	uint64_t at, len;

	e = (struct elsewhere){ .most = 30 };
	store_set_away(store, &away);
	must(store_put(store, "0123456789012345678901234567890123456789", 40,
	               &piece, &err),
	     &err);
	piece = piece_part(piece, 10, 25);
	image = store_image_of(store, &piece, &at, &len);
	ck_assert_uint_eq(len, 20); /* to the end of the first part */
	ck_assert_uint_eq(at, 10);
	ck_assert_ptr_eq(image->ctx, &e);
	piece = piece_part(piece, 20, 5);
	image = store_image_of(store, &piece, &at, &len);
	ck_assert_uint_eq(len, 5); /* to the end of the piece */
	ck_assert_uint_eq(at, 31);
	store_unref(store);
}
END_TEST

/* Bytes that cannot be read are bad, never zeros (K7); those that cannot be put
   are no piece. */
START_TEST(elsewhere_fails)
{
	static struct elsewhere e;
	struct store_away away = { elsewhere_put, &e };
	struct store *store = store_new(&err);
	struct piece piece, before = { .len = 7 };
	unsigned char bytes[100] = { 1 }, buf[100];
	struct runs runs = { 0 };

	e = (struct elsewhere){ .most = 40 };
	store_set_away(store, &away);
	must(store_put(store, bytes, sizeof(bytes), &piece, &err), &err);
	e.is_bad = true;
	must(store_read(store, &piece, buf, &runs, &err), &err);
	ck_assert_uint_eq(runs_len(&runs), sizeof(bytes));
	for (size_t i = 0; i < runs.count; i++) {
		ck_assert_int_eq(runs.v[i].state, STATE_BAD);
		ck_assert_int_eq(runs.v[i].why, WHY_ERRNO);
		ck_assert_int_eq(runs.v[i].sys, ENXIO);
		ck_assert(runs.v[i].edited);
	}
	e.is_bad = false;
	e.fails = true;
	piece = before;
	ck_assert(!store_put(store, bytes, sizeof(bytes), &piece, &err));
	ck_assert_str_eq(err.text, "full");
	ck_assert_uint_eq(piece.len, 7);
	e.fails = false;
	for (long n = 0;; n++) {
		mem_fail_after(n);
		piece = before;
		if (store_put(store, bytes, sizeof(bytes), &piece, &err))
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_uint_eq(piece.len, 7);
	}
	mem_fail_after(-1);
	read_piece(store, piece, buf);
	ck_assert_mem_eq(buf, bytes, sizeof(bytes));
	runs_free(&runs);
	store_unref(store);
	ck_assert_uint_eq(e.held, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("store");
	TCase *tc = tcase_create("store");

	tcase_add_test(tc, it_gives_back_what_was_put);
	tcase_add_test(tc, fills_repeat_their_pattern);
	tcase_add_test(tc, many_pieces_at_once);
	tcase_add_test(tc, a_piece_over_several_fills);
	tcase_add_test(tc, the_longest_fills);
	tcase_add_test(tc, reading_while_it_grows);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, long_bytes_are_elsewhere);
	tcase_add_test(tc, two_put);
	tcase_add_test(tc, where_they_are);
	tcase_add_test(tc, elsewhere_fails);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
