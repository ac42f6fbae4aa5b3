/* test_source.c - tests of src/source/source.c */
#include "config.h"

#include "source/source.h"

#include <string.h>

#include "tests/support.h"

static struct error err;

/* A source that does as it is told. */
static struct {
	struct source src;
	bool fails;
	size_t reads, frees, unmaps;
	size_t last_len;
	unsigned last_flags;
} fake;

static const char fake_bytes[] = "0123456789abcdef";

static bool fake_read(struct source *src, uint64_t off, void *buf, size_t len,
                      unsigned flags, struct runs *runs, struct error *e)
{
	(void)src;
	fake.reads++;
	fake.last_flags = flags;
	memcpy(buf, fake_bytes + off, len);
	if (!runs_add(runs, (struct run){ .len = len - 1 }, e))
		return false;
	if (fake.fails)
		return error_set(e, ERR_NOMEM, "told to");
	return runs_add(runs, (struct run){ .len = 1, .state = STATE_BAD }, e);
}

static struct stretch fake_stretch(struct source *src, uint64_t off)
{
	return (struct stretch){ off % 2 ? STATE_HOLE : STATE_DATA, src->size };
}

static const void *fake_map(struct source *src, uint64_t off, size_t *len,
                            void **pin)
{
	if (fake.fails)
		return NULL;
	fake.last_len = *len;
	*pin = src;
	return fake_bytes + off;
}

static void fake_unmap(struct source *src, void *pin)
{
	ck_assert_ptr_eq(src, pin);
	fake.unmaps++;
}

static unsigned fake_check(struct source *src)
{
	(void)src;
	return CHANGE_GONE;
}

static void fake_free(struct source *src)
{
	(void)src;
	fake.frees++;
}

static const struct source_ops all_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.map = fake_map,
	.unmap = fake_unmap,
	.check = fake_check,
	.free = fake_free,
};

static const struct source_ops few_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.free = fake_free,
};

static struct source *src_of(const struct source_ops *ops)
{
	memset(&fake, 0, sizeof(fake));
	fake.src.ops = ops;
	fake.src.size = 16;
	return &fake.src;
}

START_TEST(a_read_is_handed_on)
{
	struct source *src = src_of(&all_ops);
	struct runs runs = { 0 };
	char buf[16];

	must(source_read(src, 4, buf, 12, READ_KEEP, &runs, &err), &err);
	ck_assert_mem_eq(buf, fake_bytes + 4, 12);
	ck_assert_uint_eq(fake.last_flags, READ_KEEP);
	ck_assert_uint_eq(runs_len(&runs), 12);
	ck_assert_uint_eq(runs.count, 2);
	runs_free(&runs);
}
END_TEST

START_TEST(nothing_is_read_of_nothing)
{
	struct source *src = src_of(&all_ops);
	struct runs runs = { 0 };

	must(source_read(src, 16, NULL, 0, 0, &runs, &err), &err);
	ck_assert_uint_eq(fake.reads, 0);
	ck_assert_uint_eq(runs.count, 0);
}
END_TEST

START_TEST(a_failed_read_leaves_the_runs)
{
	struct source *src = src_of(&all_ops);
	struct runs runs = { 0 };
	char buf[16];

	must(runs_add(&runs, (struct run){ .len = 3 }, &err), &err);
	fake.fails = true; /* behind a run that joins the one we have */
	ck_assert(!source_read(src, 0, buf, 16, 0, &runs, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(runs.count, 1);
	ck_assert_uint_eq(runs.v[0].len, 3);
	runs_free(&runs);
}
END_TEST

START_TEST(a_stretch_is_handed_on)
{
	struct source *src = src_of(&all_ops);

	ck_assert_int_eq(source_stretch(src, 15).state, STATE_HOLE);
	ck_assert_uint_eq(source_stretch(src, 0).end, 16);
}
END_TEST

/* Asked for, and clipped to the size. */
static const struct {
	uint64_t off;
	size_t len, want;
} maps[] = {
	{ 0, 1, 1 },
	{ 0, 16, 16 },
	{ 0, SIZE_MAX, 16 },
	{ 15, 2, 1 },
};

START_TEST(a_map_ends_with_the_source)
{
	struct source *src = src_of(&all_ops);
	size_t len = maps[_i].len;
	void *pin;
	const void *p = source_map(src, maps[_i].off, &len, &pin);

	ck_assert_ptr_eq(p, fake_bytes + maps[_i].off);
	ck_assert_uint_eq(len, maps[_i].want);
	ck_assert_uint_eq(fake.last_len, maps[_i].want);
	source_unmap(src, pin);
	ck_assert_uint_eq(fake.unmaps, 1);
}
END_TEST

START_TEST(no_map)
{
	struct source *src = src_of(_i ? &all_ops : &few_ops);
	size_t len = 5;
	void *pin = &len;

	fake.fails = true;
	ck_assert_ptr_null(source_map(src, 0, &len, &pin));
	ck_assert_uint_eq(len, 0);
	ck_assert_ptr_null(pin);
	source_unmap(src, pin);
	ck_assert_uint_eq(fake.unmaps, 0);
}
END_TEST

START_TEST(a_check_is_handed_on)
{
	struct source *src = src_of(&all_ops);

	ck_assert_uint_eq(source_check(src), CHANGE_GONE);
	src = src_of(&few_ops);
	ck_assert_uint_eq(source_check(src), 0);
}
END_TEST

START_TEST(freeing)
{
	source_free(src_of(&few_ops));
	ck_assert_uint_eq(fake.frees, 1);
	source_free(NULL);
	ck_assert_uint_eq(fake.frees, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("source");
	TCase *tc = tcase_create("source");

	tcase_add_test(tc, a_read_is_handed_on);
	tcase_add_test(tc, nothing_is_read_of_nothing);
	tcase_add_test(tc, a_failed_read_leaves_the_runs);
	tcase_add_test(tc, a_stretch_is_handed_on);
	tcase_add_loop_test(tc, a_map_ends_with_the_source, 0, ARRAY_LEN(maps));
	tcase_add_loop_test(tc, no_map, 0, 2);
	tcase_add_test(tc, a_check_is_handed_on);
	tcase_add_test(tc, freeing);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
