/* test_layout.c - tests of src/space/layout.c */
#include "config.h"

#include "space/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

static struct placement *new_placement(const char *input)
{
	struct error err;
	struct placement *p = placement_new(input, &err);

	must(p != NULL, &err);
	return p;
}

static struct placement *parse_line(const char *line, size_t len,
                                    struct error *err)
{
	struct placement *p;
	struct words words;

	if (!words_split(line, len, &words, err))
		return NULL;
	p = placement_parse(&words, &units_default, err);
	words_free(&words);
	return p;
}

static char *print(const struct placement *p)
{
	size_t len;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	placement_print(p, p->path, out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

static const struct {
	const char *input;
	enum placement_input want;
	const char *name;
	uint64_t size;
} inputs[] = {
	{ "a.bin", PLACEMENT_FILE, "a.bin", 0 },
	{ "/x/disk.001", PLACEMENT_FILE, "disk.001", 0 },
	{ "x/y//", PLACEMENT_FILE, "y", 0 },
	{ "/", PLACEMENT_FILE, "/", 0 },
	{ "//", PLACEMENT_FILE, "/", 0 },
	{ "-", PLACEMENT_STDIN, "-", 0 },
	{ "./-", PLACEMENT_FILE, "-", 0 },
	{ "memory:64K", PLACEMENT_MEMORY, "memory:64K", 65536 },
	{ "memory:0", PLACEMENT_MEMORY, "memory:0", 0 },
	{ "gap:0x7fffffffffffffff", PLACEMENT_GAP, "gap:0x7fffffffffffffff",
	  LENGTH_MAX - 1 },
	{ "./gap:1", PLACEMENT_FILE, "gap:1", 0 },
};

START_TEST(inputs_are_told_apart)
{
	struct placement *p = new_placement(inputs[_i].input);

	ck_assert_int_eq(p->input, inputs[_i].want);
	ck_assert_str_eq(p->path, inputs[_i].input);
	ck_assert_str_eq(p->name, inputs[_i].name);
	ck_assert(!p->named);
	ck_assert_uint_eq(p->input_size, inputs[_i].size);
	placement_unref(p);
}
END_TEST

/* What is written comes out as the canonical line. */
static const struct {
	const char *line, *want;
} lines[] = {
	{ "a", "a" },
	{ "a at 4K skip -512 size 0x10", "a at 0x1000 skip -0x200 size 0x10" },
	{ "a at -16", "a at -0x10" },
	{ "a at +0", "a at +0x0" },
	{ "a at -0", "a at -0x0" },
	{ "a at 0xfffffffffffffffe", "a at 0xfffffffffffffffe" },
	{ "a at +0xffffffffffffffff", "a at +0xffffffffffffffff" },
	{ "a skip 0", "a skip 0x0" },
	{ "a name b over rw", "a rw over name b" },
	{ "a over verify copy", "a copy over verify" },
	{ "a ro over", "a ro over" },
	{ "  \"a b\"\tname \"x;y\" # said", "\"a b\" name \"x;y\"" },
	{ "\"a\"", "a" },
	{ "a\\b", "\"a\\\\b\"" },
	{ "\"q\\\"\" ", "\"q\\\"\"" },
	{ "\"\\n\\xff\\x7f\"", "\"\\x0a\\xff\\x7f\"" },
	{ "\"#x\"", "\"#x\"" },
	{ "\xc3\xa9.bin", "\xc3\xa9.bin" }, /* as it is */
	{ "a\xe2\x80\xae"
	  "b",
	  "\"a\\xe2\\x80\\xae"
	  "b\"" }, /* bidi control */
	{ "gap:4K at 1 over", "gap:4K at 0x1 over" },
	{ "memory:1M ro name ram", "memory:1M ro name ram" },
};

START_TEST(lines_print_canonically)
{
	struct error err;
	struct placement *p =
		parse_line(lines[_i].line, strlen(lines[_i].line), &err);
	char *text;

	must(p != NULL, &err);
	text = print(p);
	ck_assert_str_eq(text, lines[_i].want);
	free(text);
	placement_unref(p);
}
END_TEST

static const struct {
	const char *line;
	size_t column;
	const char *text; /* a part of it */
} wrong[] = {
	{ "", 0, "input is missing" },
	{ "\"\"", 1, "empty name" },
	{ "a foo", 3, "unknown word \"foo\"" },
	{ "a at", 3, "at: the value is missing" },
	{ "a at x", 6, "at: number expected" },
	{ "a at -", 7, "at: number expected" },
	{ "a at 1 at 2", 8, "at: said twice" },
	{ "a at 0xffffffffffffffff", 6, "past the last address" },
	{ "a at 0x10000000000000000", 6, "too big" },
	{ "a skip +1", 8, "skip: number expected" },
	{ "a skip 8E", 8, "more than a file can hold" },
	{ "a skip -8E", 9, "more than a file can hold" },
	{ "a skip 0 skip 0", 10, "skip: said twice" },
	{ "a size 8E", 8, "more than a file can hold" },
	{ "a size 1 size 1", 10, "size: said twice" },
	{ "a size -1", 8, "size: number expected" },
	{ "a size \"x\"", 8, "size: number expected" },
	{ "a size 1.3K", 8, "whole number" },
	{ "a ro rw", 6, "rw: the access has been given already" },
	{ "a ro ro", 6, "ro: the access has been given already" },
	{ "a over over", 8, "over: said twice" },
	{ "a over verify over verify", 15, "over: said twice" },
	{ "a name b name c", 10, "name: said twice" },
	{ "a name \"\"", 8, "name: an empty name" },
	{ "a name", 3, "name: the value is missing" },
	{ "a \"b\\0\"", 3, "NUL" },
	{ "\"a\\0\"", 1, "NUL" },
	{ "gap:x", 5, "gap:x: number expected" },
	{ "gap:8E", 5, "more than a file can hold" },
	{ "  memory:1Q", 11, "unknown unit" },
	{ "gap:1 skip 1", 7, "skip: not for a gap" },
	{ "gap:1 size 1", 7, "size: not for a gap" },
	{ "gap:1 ro", 7, "ro: not for a gap" },
	{ "gap:1 name x", 7, "name: not for a gap" },
	{ "gap:1 over verify", 12, "no bytes to compare" },
};

START_TEST(wrong_lines)
{
	struct error err;
	const char *line = wrong[_i].line;

	ck_assert_ptr_null(parse_line(line, strlen(line), &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_msg(strstr(err.text, wrong[_i].text), "%s", err.text);
	ck_assert_uint_eq(err.column, wrong[_i].column);
}
END_TEST

START_TEST(set_takes_what_the_table_says)
{
	struct placement *p = new_placement("a");
	struct error err;

	ck_assert_int_eq(placement_word("at"), 1);
	ck_assert_int_eq(placement_word("ro"), 0);
	ck_assert_int_eq(placement_word("over"), -1);
	ck_assert_int_eq(placement_word("weave"), -2);
	ck_assert(!placement_set(p, "ro", "1", &units_default, &err));
	ck_assert_str_eq(err.text, "ro: takes no value");
	ck_assert(!placement_set(p, "over", "x", &units_default, &err));
	ck_assert_int_eq(p->over, OVER_NO);
	ck_assert(!placement_set(p, "at", "1z", &units_default, &err));
	ck_assert_int_eq(p->at, AT_NEXT); /* nothing changed */
	must(placement_set(p, "at", "2s", &units_default, &err), &err);
	ck_assert_uint_eq(p->at_value, 1024);
	placement_unref(p);
}
END_TEST

/* Names with every byte but NUL, often the special ones. */
static char *random_name(uint64_t *seed)
{
	static const char special[] = " \t\n\r\"\\#;:/.-x\x7f\xc3\xa9\xff";
	struct error err;
	char name[12];
	size_t len = 1 + random_below(seed, sizeof(name) - 1);

	for (size_t i = 0; i < len; i++)
		name[i] = random_below(seed, 2)
		                  ? special[random_below(seed,
		                                         sizeof(special) - 1)]
		                  : (char)(1 + random_below(seed, 255));
	return mem_strndup(name, len, &err);
}

static struct placement *random_placement(uint64_t *seed)
{
	char *path = random_name(seed);
	struct placement *p =
		new_placement(random_below(seed, 8) ? path : "memory:1K");

	mem_free(path);
	p->at = (enum at)random_below(seed, 4);
	if (p->at != AT_NEXT)
		p->at_value = (random_u64(seed) >> random_below(seed, 64)) - 1;
	if (p->at == AT_ADDR)
		p->at_value = u64_min(p->at_value, SPACE_MAX);
	if (random_below(seed, 2)) {
		p->has_skip = true;
		p->skip = random_u64(seed) >> (1 + random_below(seed, 63));
		p->skip_from_end = random_below(seed, 2);
	}
	if (random_below(seed, 2)) {
		p->has_size = true;
		p->size = random_u64(seed) >> (1 + random_below(seed, 63));
	}
	p->over = (enum over)random_below(seed, 3);
	p->access = (enum access)random_below(seed, 4);
	if (random_below(seed, 2)) {
		p->name = p->own_name = random_name(seed);
		p->named = true;
	}
	return p;
}

static bool same(const struct placement *a, const struct placement *b)
{
	return a->input == b->input && strcmp(a->path, b->path) == 0 &&
	       strcmp(a->name, b->name) == 0 && a->named == b->named &&
	       a->input_size == b->input_size && a->at == b->at &&
	       a->at_value == b->at_value && a->has_skip == b->has_skip &&
	       a->skip_from_end == b->skip_from_end && a->skip == b->skip &&
	       a->has_size == b->has_size && a->size == b->size &&
	       a->over == b->over && a->access == b->access;
}

START_TEST(what_is_to_come_is_no_file)
{
	static const char *const names[] = { "nbd://host/x", "nbds://host",
		                             "nbd+unix:///x", "process:1" };
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char path[40];

		ck_assert_ptr_null(placement_new(names[i], &err));
		ck_assert_int_eq(err.code, ERR_STATE);
		snprintf(path, sizeof(path), "./%s", names[i]);
		ck_assert_ptr_nonnull(strstr(err.text, path));
		placement_unref(new_placement(path));
	}
	placement_unref(new_placement("nbd:x"));
	placement_unref(new_placement("process"));
}
END_TEST

START_TEST(printed_and_read_back)
{
	uint64_t seed = random_seed();
	size_t n = cases(20000);

	for (size_t i = 0; i < n; i++) {
		struct placement *p = random_placement(&seed);
		struct placement *q;
		char *text = print(p);
		struct error err;

		ck_assert(!strchr(text, '\n'));
		q = parse_line(text, strlen(text), &err);
		ck_assert_msg(q && same(p, q), "%s", text);
		free(text);
		placement_unref(p);
		placement_unref(q);
	}
}
END_TEST

START_TEST(numbers_are_given_once)
{
	struct layout layout = { 0 };
	struct layout copy;
	struct placement *p;
	struct error err;

	must(layout_add(&layout, new_placement("a"), &err), &err);
	must(layout_add(&layout, new_placement("gap:1"), &err), &err);
	must(layout_add(&layout, new_placement("b"), &err), &err);
	ck_assert_uint_eq(layout.v[0]->number, 1);
	ck_assert_uint_eq(layout.v[1]->number, 0);
	ck_assert_uint_eq(layout.v[2]->number, 2);
	must(layout_copy(&layout, &copy, &err), &err);
	layout_remove(&layout, 2);
	layout_remove(&layout, 0);
	ck_assert_uint_eq(layout.count, 1);
	ck_assert_int_eq(layout.v[0]->input, PLACEMENT_GAP);
	must(layout_add(&layout, new_placement("c"), &err), &err);
	ck_assert_uint_eq(layout.v[1]->number, 3); /* 2 is not used again */
	ck_assert_uint_eq(copy.count, 3);
	ck_assert_str_eq(copy.v[2]->name, "b"); /* still there */

	p = new_placement("d");
	p->number = UINT32_MAX;
	must(layout_add(&layout, p, &err), &err);
	ck_assert_uint_eq(p->number, UINT32_MAX); /* kept */
	p = new_placement("e");
	ck_assert(!layout_add(&layout, p, &err));
	ck_assert_int_eq(err.code, ERR_RANGE);
	ck_assert_uint_eq(layout.count, 3);
	placement_unref(p); /* not taken over */
	layout_clear(&layout);
	layout_clear(&copy);
}
END_TEST

START_TEST(pushed_without_numbers)
{
	struct layout layout = { 0 };
	struct error err;

	must(layout_push(&layout, new_placement("a"), &err), &err);
	ck_assert_uint_eq(layout.v[0]->number, 0);
	ck_assert_uint_eq(layout.last_number, 0);
	layout_clear(&layout);
	ck_assert_uint_eq(layout.count, 0);
	ck_assert_ptr_null(layout.v);
}
END_TEST

/* Fail the 1st, 2nd, .. allocation until the call gets through. */
START_TEST(parse_without_memory)
{
	static const char line[] = "\"a b\" at 1 name c";
	struct placement *p = NULL;
	struct error err;

	for (long n = 0; !p; n++) {
		mem_fail_after(n);
		p = parse_line(line, strlen(line), &err);
		mem_fail_after(-1);
		ck_assert(p || err.code == ERR_NOMEM);
		ck_assert(!p || n > 5);
	}
	placement_unref(p);
}
END_TEST

START_TEST(add_without_memory)
{
	struct layout layout = { 0 };
	struct layout copy = { .count = 77 };
	struct placement *p = new_placement("a");
	struct error err;

	mem_fail_after(0);
	ck_assert(!layout_add(&layout, p, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(layout.last_number, 0);
	ck_assert_uint_eq(p->number, 0);
	ck_assert(!layout_copy(&layout, &copy, &err));
	ck_assert_uint_eq(copy.count, 77); /* not written to */
	mem_fail_after(-1);
	must(layout_add(&layout, p, &err), &err);
	layout_clear(&layout);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("layout");
	TCase *tc = tcase_create("layout");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, inputs_are_told_apart, 0, ARRAY_LEN(inputs));
	tcase_add_loop_test(tc, lines_print_canonically, 0, ARRAY_LEN(lines));
	tcase_add_loop_test(tc, wrong_lines, 0, ARRAY_LEN(wrong));
	tcase_add_test(tc, set_takes_what_the_table_says);
	tcase_add_test(tc, what_is_to_come_is_no_file);
	tcase_add_test(tc, printed_and_read_back);
	tcase_add_test(tc, numbers_are_given_once);
	tcase_add_test(tc, pushed_without_numbers);
	tcase_add_test(tc, parse_without_memory);
	tcase_add_test(tc, add_without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
