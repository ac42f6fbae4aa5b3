/*
 * test_session_edit.c - tests of src/session_edit.c
 *
 * Small cases are put into words: the bytes of the space, with edited ones in
 * upper case. The property test has a model: an array of bytes for each file,
 * and for each byte of the space where it is.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lexer.h"
#include "base/mem.h"
#include "edit/past.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = 256 };

static struct session *session;
static struct error err;

static struct session *new_session(void)
{
	struct session_options o = {
		.sys = &faults_sys,
		.files = { .descriptors = 4,
		           .windows = 2,
		           .window_len = 1 << 16,
		           .blocks = 16 },
		.threads = 1,
	};
	struct session *s = session_new(&o, &err);

	must(s != NULL, &err);
	return s;
}

static void write_file(const char *name, const char *text)
{
	free(scratch_file(name, text, strlen(text)));
}

static void setup(void)
{
	ck_assert_int_eq(chdir(scratch()), 0);
	faults_reset();
	write_file("a", "aaaa");
	write_file("b", "bbbbbb");
	write_file("c", "cc");
	write_file("empty", "");
	session = new_session();
}

static void teardown(void)
{
	mem_fail_after(-1);
	session_free(session);
	ck_assert_uint_eq(faults_descriptors(), 0);
	ck_assert_uint_eq(faults_maps(), 0);
}

/* Open the inputs of a list with ';' between them. */
static void open_inputs(const char *list)
{
	struct layout inputs = { 0 };

	while (*list) {
		size_t len = strcspn(list, ";");
		struct words words = { 0 };
		struct placement *p;

		must(words_split(list, len, &words, &err), &err);
		p = placement_parse(&words, 0, &units_default, &err);
		words_free(&words);
		must(p && layout_push(&inputs, p, &err), &err);
		list += len + (list[len] == ';');
	}
	must(session_open(session, &inputs, &err), &err);
	layout_clear(&inputs);
}

/* What a view shows: a letter a byte, edited ones in upper case, inserted ones
   with '+' in front, '?' for bytes without values. */
static void put_view(const struct view *view, char out[static TEXT])
{
	char buf[TEXT];
	struct runs runs = { 0 };
	size_t at = 0;

	must(view_read(view, 0, buf, (size_t)view_size(view), 0, &runs, &err),
	     &err);
	for (size_t i = 0; i < runs.count; i++) {
		const struct run *run = &runs.v[i];

		for (size_t k = 0; k < run->len; k++, at++) {
			char c = state_has_bytes(run->state) ? buf[at] : '?';

			if (run->inserted)
				*out++ = '+';
			if (run->edited && c >= 'a' && c <= 'z')
				c = (char)(c - 'a' + 'A');
			*out++ = c;
		}
	}
	*out = '\0';
	runs_free(&runs);
}

static void shows(const char *want)
{
	char text[TEXT];

	put_view(session_view(session), text);
	ck_assert_str_eq(text, want);
	ck_assert_ptr_null(space_check(session_space(session)));
}

static struct place place_at(uint64_t addr)
{
	return space_place(session_space(session), addr);
}

static struct place end_of(uint32_t number)
{
	const struct segment *seg =
		space_numbered(session_space(session), number);

	return (struct place){ seg->addr + seg->size, number, SIDE_END };
}

static bool splice(struct place at, uint64_t removed, const char *text,
                   unsigned flags)
{
	struct piece piece;
	struct session_splice s = { .at = at,
		                    .removed = removed,
		                    .added = &piece,
		                    .count = *text != '\0' };

	must(store_put(session_store(session), text, strlen(text), &piece,
	               &err),
	     &err);
	return session_edit(session, &s, 1, flags, &err);
}

static void put(uint64_t addr, uint64_t removed, const char *text)
{
	must(splice(place_at(addr), removed, text, 0), &err);
}

/* --- one edit ---------------------------------------------------------------- */

/* One splice, and what is shown after it, or why it is refused. */
static const struct {
	const char *inputs;
	uint64_t addr, removed;
	const char *text;
	const char *want; /* NULL: refused */
	enum err code;
	const char *why; /* a part of the text */
} splices[] = {
	{ "a;b;c", 0, 1, "x", "Xaaabbbbbbcc", ERR_NONE, "" },
	{ "a;b;c", 11, 1, "x", "aaaabbbbbbcX", ERR_NONE, "" },
	/* Over one boundary, and over two. */
	{ "a;b;c", 3, 2, "xy", "aaaXYbbbbbcc", ERR_NONE, "" },
	{ "a;b;c", 3, 8, "xyzuvwst", "aaaXYZUVWSTc", ERR_NONE, "" },
	/* Deleted in one file, and over boundaries. */
	{ "a;b;c", 4, 6, "", "aaaacc", ERR_NONE, "" },
	{ "a;b;c", 1, 10, "", "ac", ERR_NONE, "" },
	{ "a;b;c", 0, 12, "", "", ERR_NONE, "" },
	/* Inserted at a byte. */
	{ "a;b;c", 4, 0, "xy", "aaaa+X+Ybbbbbbcc", ERR_NONE, "" },
	{ "a;b;c", 12, 0, "xy", "aaaabbbbbbcc+X+Y", ERR_NONE, "" },
	/* More and fewer bytes: the rest goes to the last segment. */
	{ "a;b;c", 3, 2, "xyzw", "aaaXY+Z+Wbbbbbcc", ERR_NONE, "" },
	{ "a;b;c", 3, 3, "x", "aaaXbbbbcc", ERR_NONE, "" },
	{ "a;b;c", 2, 4, "x", "aaXbbbbcc", ERR_NONE, "" },
	{ "a;b;c", 5, 1, "xyz", "aaaabX+Y+Zbbbbcc", ERR_NONE, "" },
	/* Nothing. */
	{ "a;b;c", 5, 0, "", "aaaabbbbbbcc", ERR_NONE, "" },
	/* The same file twice is one document. */
	{ "a;a", 1, 1, "x", "aXaaaXaa", ERR_NONE, "" },
	{ "a;a", 1, 0, "x", NULL, ERR_READONLY,
	  "#1 a: the length cannot change: #2 shows the same file" },
	/* Copies are not. */
	{ "a copy;a copy", 1, 0, "x", "a+Xaaaaaaa", ERR_NONE, "" },
	{ "b skip 2", 0, 0, "x", "+Xbbbb", ERR_NONE, "" },
	{ "b skip -2", 0, 1, "x", "Xb", ERR_NONE, "" },
	{ "b skip -2", 0, 0, "x", NULL, ERR_READONLY,
	  "its skip counts from the end" },
	{ "b size 3", 1, 1, "x", "bXb", ERR_NONE, "" },
	{ "b size 3", 1, 1, "", NULL, ERR_READONLY,
	  "#1 b: the length cannot change: it was opened with a size" },
	{ "a ro", 1, 1, "x", NULL, ERR_READONLY, "a: opened for reading only" },
	{ "b;a ro", 5, 2, "xy", NULL, ERR_READONLY, "a: opened for reading" },
	{ "a;gap:2;b", 3, 2, "xy", NULL, ERR_STATE,
	  "no file is mapped at 0x4" },
	{ "a;b at 8", 5, 0, "xy", NULL, ERR_STATE, "no file is mapped at 0x5" },
	{ "a;b", 8, 3, "xyz", NULL, ERR_RANGE, "0xa is past the end" },
	/* A segment that has a fixed place does not move. */
	{ "a;b at 6", 1, 0, "xy", "a+X+Yaaabbbbbb", ERR_NONE, "" },
	{ "a;b at 6", 1, 0, "xyz", NULL, ERR_OVERLAP, "#2 b needs 0x6..0xb" },
	{ "a;b at 6", 1, 1, "", "aaa???bbbbbb", ERR_NONE, "" },
	/* What covers another goes on doing so. */
	{ "b;a at 1 over", 1, 4, "wxyz", "bWXYZb", ERR_NONE, "" },
	{ "b;a at 1 over", 0, 6, "uvwxyz", "UVWXYZ", ERR_NONE, "" },
	{ "b;a at 1 over", 2, 2, "", "baabbb", ERR_NONE, "" },
	{ "memory:4", 1, 2, "xy", NULL, ERR_NONE, "" },
};

START_TEST(one_splice)
{
	char before[TEXT];
	bool memory = splices[_i].inputs[0] == 'm';
	bool ok;

	open_inputs(splices[_i].inputs);
	put_view(session_view(session), before);
	ok = splice(place_at(splices[_i].addr), splices[_i].removed,
	            splices[_i].text, 0);
	if (memory) {
		must(ok, &err);
		return;
	}
	if (!splices[_i].want) {
		ck_assert(!ok);
		ck_assert_int_eq(err.code, splices[_i].code);
		ck_assert_msg(strstr(err.text, splices[_i].why) != NULL, "%s",
		              err.text);
		shows(before);
		ck_assert_uint_eq(past_done(session_past(session)), 0);
		return;
	}
	must(ok, &err);
	shows(splices[_i].want);
	if (strcmp(splices[_i].want, before) == 0) {
		ck_assert(!session_undo(session, &err));
		ck_assert_int_eq(err.code, ERR_NO);
		return;
	}
	must(session_undo(session, &err), &err);
	shows(before);
	must(session_redo(session, &err), &err);
	shows(splices[_i].want);
	ck_assert(!session_redo(session, &err));
	ck_assert_int_eq(err.code, ERR_NO);
}
END_TEST

/* `#1:$` and `#2:0` have one address. */
START_TEST(inserting_at_either_side)
{
	open_inputs("a;b;empty");
	must(splice(end_of(1), 0, "x", 0), &err);
	put(5, 0, "y");
	must(splice(end_of(3), 0, "z", 0), &err);
	shows("aaaa+X+Ybbbbbb+Z");
	ck_assert_uint_eq(space_numbered(session_space(session), 1)->size, 5);
	ck_assert_uint_eq(space_numbered(session_space(session), 2)->size, 7);
	ck_assert_uint_eq(space_numbered(session_space(session), 3)->size, 1);
	ck_assert(!splice((struct place){ 0, 9, SIDE_END }, 0, "x", 0));
	ck_assert_int_eq(err.code, ERR_STATE);
}
END_TEST

START_TEST(several_splices_are_one_step)
{
	struct piece x;
	struct session_splice v[3] = {
		{ .removed = 1, .added = &x, .count = 1 },
		{ .removed = 2 },
		{ .added = &x, .count = 1 }
	};

	open_inputs("a;b");
	must(store_put(session_store(session), "xyz", 3, &x, &err), &err);
	v[0].at = place_at(1);
	v[1].at = place_at(3);
	v[2].at = place_at(8);
	must(session_edit(session, v, 3, 0, &err), &err);
	shows("aX+Y+Zabbb+X+Y+Zbb");
	ck_assert_uint_eq(past_done(session_past(session)), 1);
	must(session_undo(session, &err), &err);
	shows("aaaabbbbbb");
	/* Nothing of it is made when one is refused. */
	v[2].at = place_at(11);
	v[2].removed = 1;
	ck_assert(!session_edit(session, v, 3, 0, &err));
	ck_assert_int_eq(err.code, ERR_RANGE);
	shows("aaaabbbbbb");
	/* What was taken back can still be made again. */
	must(session_redo(session, &err), &err);
	shows("aX+Y+Zabbb+X+Y+Zbb");
}
END_TEST

START_TEST(typing_is_joined)
{
	open_inputs("a;b");
	put(0, 1, "w");
	must(splice(place_at(3), 1, "x", 0), &err);
	must(splice(place_at(4), 1, "y", EDIT_JOIN), &err);
	must(splice(place_at(5), 1, "z", EDIT_JOIN), &err);
	shows("WaaXYZbbbb");
	must(session_undo(session, &err), &err);
	shows("Waaabbbbbb");
	/* What follows something taken back is a step of its own. */
	must(splice(place_at(1), 1, "v", EDIT_JOIN), &err);
	must(session_undo(session, &err), &err);
	shows("Waaabbbbbb");
	must(session_undo(session, &err), &err);
	shows("aaaabbbbbb");
}
END_TEST

/* Overwriting what was inserted leaves it inserted; the rest is not. */
START_TEST(inserted_bytes_stay_so)
{
	open_inputs("b");
	put(2, 0, "xy");
	put(1, 4, "stuv");
	shows("bS+T+UVbbb");
	put(0, 8, "stuvwxyz");
	shows("ST+U+VWXYZ");
}
END_TEST

START_TEST(a_view_never_changes)
{
	struct view *first, *second;
	char text[TEXT];

	open_inputs("a;b");
	first = view_ref(session_view(session));
	put(2, 4, "x");
	second = view_ref(session_view(session));
	ck_assert_ptr_ne(first, second);
	put(0, 0, "y");
	put_view(first, text);
	ck_assert_str_eq(text, "aaaabbbbbb");
	put_view(second, text);
	ck_assert_str_eq(text, "aaXbbbb");
	shows("+YaaXbbbb");
	view_unref(first);
	view_unref(second);
}
END_TEST

/* --- moving, copying, reverting ------------------------------------------------ */

static void open_letters(void)
{
	write_file("l", "abcdefgh");
	open_inputs("l;b");
}

static const struct {
	uint64_t addr, len, to;
	const char *moved, *copied, *over; /* NULL: refused */
} moves[] = {
	{ 0, 2, 4, "cd+A+Befghbbbbbb", "abcd+A+Befghbbbbbb", "abcdABghbbbbbb" },
	{ 4, 2, 1, "a+E+Fbcdghbbbbbb", "a+E+Fbcdefghbbbbbb", "aEFdefghbbbbbb" },
	{ 2, 3, 2, "abcdefghbbbbbb", "ab+C+D+Ecdefghbbbbbb", "abCDEfghbbbbbb" },
	{ 2, 3, 3, "abcdefghbbbbbb", "abc+C+D+Edefghbbbbbb", "abcCDEghbbbbbb" },
	{ 2, 3, 5, "abcdefghbbbbbb", "abcde+C+D+Efghbbbbbb", "abcdeCDEbbbbbb" },
	{ 0, 8, 0, "abcdefghbbbbbb", "+A+B+C+D+E+F+G+Habcdefghbbbbbb",
	  "ABCDEFGHbbbbbb" },
	/* Not over the end of the file, and not to another one. */
	{ 0, 2, 7, "cdefg+A+Bhbbbbbb", "abcdefg+A+Bhbbbbbb", NULL },
	{ 0, 2, 9, NULL, NULL, NULL },
	{ 7, 2, 0, NULL, NULL, NULL },
	{ 20, 1, 0, NULL, NULL, NULL },
	{ 0, 0, 9, "abcdefghbbbbbb", "abcdefghbbbbbb", "abcdefghbbbbbb" },
};

static void moved(bool ok, const char *want)
{
	ck_assert(ok == (want != NULL));
	if (!want)
		ck_assert_int_eq(err.code, ERR_RANGE);
	shows(want ? want : "abcdefghbbbbbb");
	if (want && strcmp(want, "abcdefghbbbbbb") != 0)
		must(session_undo(session, &err), &err);
	shows("abcdefghbbbbbb");
}

START_TEST(moving_and_copying)
{
	uint64_t addr = moves[_i].addr, len = moves[_i].len;
	struct place to;

	open_letters();
	to = place_at(moves[_i].to);
	moved(session_move(session, addr, len, to, &err), moves[_i].moved);
	moved(session_copy(session, addr, len, to, false, &err),
	      moves[_i].copied);
	moved(session_copy(session, addr, len, to, true, &err), moves[_i].over);
}
END_TEST

START_TEST(moving_to_the_end)
{
	open_letters();
	must(session_move(session, 0, 3, end_of(1), &err), &err);
	shows("defgh+A+B+Cbbbbbb");
	must(session_copy(session, 0, 1, end_of(1), false, &err), &err);
	shows("defgh+A+B+C+Dbbbbbb");
}
END_TEST

START_TEST(reverting)
{
	open_letters();
	put(1, 2, "xy");
	put(5, 1, "z");
	put(8, 1, "w");
	must(session_revert(session, 2, 7, &err), &err);
	shows("aXcdefghbbbbbb");
	must(session_undo(session, &err), &err);
	shows("aXYdeZghWbbbbb");
	/* An inserted and a deleted byte. */
	put(3, 0, "u");
	put(7, 1, "");
	shows("aXY+UdeZhWbbbbb");
	ck_assert(!session_revert(session, 2, 1, &err));
	ck_assert_int_eq(err.code, ERR_RANGE);
	shows("aXY+UdeZhWbbbbb");
	must(session_revert(session, 1, 3, &err), &err);
	shows("abcdeZhWbbbbb");
	must(session_revert(session, 0, 13, &err), &err);
	shows("abcdefghbbbbbb");
	ck_assert_ptr_null(document_root(session_document(session, 1)));
	/* Nothing left to do is no step. */
	must(session_undo(session, &err), &err);
	shows("abcdeZhWbbbbb");
	must(session_redo(session, &err), &err);
	must(session_revert(session, 0, 14, &err), &err);
	must(session_undo(session, &err), &err);
	shows("abcdeZhWbbbbb");
	/* Moved bytes go back, too. */
	must(session_revert(session, 0, 99, &err), &err);
	must(session_move(session, 0, 2, place_at(6), &err), &err);
	must(session_revert(session, 0, 8, &err), &err);
	shows("abcdefghbbbbbb");
}
END_TEST

/* What a byte was, and was before that, whatever was inserted meanwhile. */
START_TEST(restoring_a_byte)
{
	open_letters();
	put(4, 1, "x");
	put(3, 3, "uvw");
	put(0, 0, "--");
	put(6, 1, "z");
	shows("+-+-abcUZWghbbbbbb");
	must(session_restore(session, 6, &err), &err);
	shows("+-+-abcUVWghbbbbbb");
	must(session_restore(session, 6, &err), &err);
	shows("+-+-abcUXWghbbbbbb");
	must(session_restore(session, 5, &err), &err);
	must(session_restore(session, 6, &err), &err);
	shows("+-+-abcdeWghbbbbbb");
	ck_assert(!session_restore(session, 6, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert(!session_restore(session, 8, &err));
	/* An inserted byte was nothing before. */
	ck_assert(!session_restore(session, 0, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	must(session_undo(session, &err), &err);
	shows("+-+-abcdXWghbbbbbb");
	/* What q replaced, and what was there before that was put. */
	put(6, 1, "q");
	must(session_restore(session, 6, &err), &err);
	must(session_restore(session, 6, &err), &err);
	shows("+-+-abcdeWghbbbbbb");
}
END_TEST

/* --- around edits ---------------------------------------------------------------- */

START_TEST(bytes_without_values)
{
	open_inputs("a;b");
	write_file("b", "bb"); /* became shorter */
	shows("aaaabb????");
	ck_assert(!splice(place_at(5), 2, "xy", 0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_str_eq(err.text, "the byte at 0x6 has no value (bad)");
	ck_assert(err.has_addr && err.addr == 6);
	/* Overwritten if that is wanted, but not deleted. */
	ck_assert(!splice(place_at(5), 2, "x", EDIT_FORCE));
	must(splice(place_at(5), 2, "xy", EDIT_FORCE), &err);
	shows("aaaabXY???");
	must(session_undo(session, &err), &err);
	shows("aaaabb????");
	/* Whoever says that he has read them is believed. */
	must(splice(place_at(5), 2, "xy", EDIT_SEEN), &err);
	shows("aaaabXY???");
}
END_TEST

START_TEST(closing_and_reloading_with_edits)
{
	open_inputs("a;b;a");
	put(0, 1, "x");
	ck_assert(!session_reload(session, 0, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_str_eq(err.text, "a has edits that are not written");
	must(session_reload(session, 2, &err), &err);
	must(session_close(session, 3, &err), &err);
	ck_assert(!session_close(session, 1, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	shows("Xaaabbbbbb");
	must(session_undo(session, &err), &err);
	must(session_close(session, 1, &err), &err);
	ck_assert(!session_redo(session, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	shows("bbbbbb");
	put(0, 1, "y");
	shows("Ybbbbb");
}
END_TEST

/* A file that is opened beside edits shows and keeps them. */
START_TEST(opening_beside_edits)
{
	open_inputs("a;b");
	put(1, 1, "x");
	put(2, 0, "y");
	open_inputs("a;c");
	shows("aX+YaabbbbbbaX+Yaacc");
	/* Now its length cannot change: what is undone could. */
	must(session_undo(session, &err), &err);
	shows("aXaabbbbbbaXaacc");
}
END_TEST

struct told {
	char text[TEXT];
};

static void tell(void *ctx, uint64_t doc, uint64_t off, uint64_t removed,
                 uint64_t added)
{
	struct told *told = ctx;
	size_t n = strlen(told->text);

	snprintf(told->text + n, sizeof(told->text) - n, "%u:%u-%u+%u ",
	         (unsigned)doc, (unsigned)off, (unsigned)removed,
	         (unsigned)added);
}

START_TEST(changes_of_lengths_are_told)
{
	struct told told = { "" };

	open_inputs("a;b");
	session_set_moved(session, tell, &told);
	put(0, 1, "x");
	put(3, 2, "");
	put(3, 0, "uvw");
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	must(session_redo(session, &err), &err);
	ck_assert_str_eq(told.text, "1:3-1+0 2:0-1+0 2:0-0+3 2:0-3+0 2:0-0+1 "
	                            "1:3-0+1 1:3-1+0 2:0-1+0 ");
}
END_TEST

/* Let each allocation of edits fail once: nothing has changed then. */
static bool make_all(struct session *s)
{
	struct piece piece = { 3, 0, PIECE_STORE | PIECE_EDITED };
	struct session_splice v[2] = {
		{ .removed = 1, .added = &piece, .count = 1 },
		{ .removed = 4 },
	};

	v[0].at = space_place(session_space(s), 1);
	v[1].at = space_place(session_space(s), 2);
	return session_edit(s, v, (size_t)1 + (session_generation(s) % 2), 0,
	                    &err);
}

START_TEST(without_memory_nothing_changes)
{
	open_inputs("a;b");
	put(2, 2, "xyz");
	for (size_t round = 0; round < 8; round++) {
		char before[TEXT];
		bool ok = false;

		put_view(session_view(session), before);
		for (long n = 0; !ok; n++) {
			uint64_t generation = session_generation(session);

			mem_fail_after(n);
			switch (round % 4) {
			case 0:
				ok = make_all(session);
				break;
			case 1:
				ok = session_undo(session, &err);
				break;
			case 2:
				ok = session_redo(session, &err);
				break;
			case 3:
				ok = session_move(session, 0, 2, place_at(3),
				                  &err) &&
				     session_revert(session, 0, 9, &err);
				break;
			}
			mem_fail_after(-1);
			if (ok)
				break;
			ck_assert_int_eq(err.code, ERR_NOMEM);
			if (round % 4 == 3)
				continue;
			ck_assert_uint_eq(session_generation(session),
			                  generation);
			shows(before);
		}
	}
}
END_TEST

/* --- the property ------------------------------------------------------------- */

enum { FILES = 40, SEGMENTS = 40, FILE_MAX = 100, STEPS = 120, SPLICES = 3 };

struct model_file {
	char v[4 * FILE_MAX];
	size_t len;
};

struct model_segment {
	size_t file; /* FILES: a gap */
	size_t skip, size;
	bool has_size;
};

struct model {
	struct model_file file[FILES];
	size_t shown[FILES]; /* by how many segments */
	bool read_only[FILES];
	struct model_segment segment[SEGMENTS];
	size_t files, segments;
};

/* Where a byte of the space is. */
struct model_byte {
	size_t segment, off;
};

static size_t map_model(const struct model *m, struct model_byte *map)
{
	size_t n = 0;

	for (size_t i = 0; i < m->segments; i++) {
		const struct model_segment *s = &m->segment[i];
		size_t end = s->has_size || s->file == FILES
		                     ? s->skip + s->size
		                     : m->file[s->file].len;

		for (size_t off = s->skip; off < end; off++)
			map[n++] = (struct model_byte){ i, off };
	}
	return n;
}

static void open_model(struct model *m, uint64_t *state)
{
	struct layout inputs = { 0 };

	memset(m, 0, sizeof(*m));
	m->files = 1 + (size_t)random_below(state, 10);
	m->segments = 1 + (size_t)random_below(state, SEGMENTS);
	for (size_t i = 0; i < m->files; i++) {
		char name[32];

		m->file[i].len = (size_t)random_below(state, 60);
		for (size_t k = 0; k < m->file[i].len; k++)
			m->file[i].v[k] = (char)('a' + random_below(state, 26));
		m->read_only[i] = random_below(state, 10) == 0;
		snprintf(name, sizeof(name), "f%zu", i);
		free(scratch_file(name, m->file[i].v, m->file[i].len));
	}
	for (size_t i = 0; i < m->segments; i++) {
		struct model_segment *s = &m->segment[i];
		char line[100];
		struct words words = { 0 };
		struct placement *p;

		s->file = (size_t)random_below(state, m->files + 1);
		if (s->file == m->files) {
			s->file = FILES;
			s->size = 1 + (size_t)random_below(state, 5);
			snprintf(line, sizeof(line), "gap:%zu", s->size);
		} else {
			size_t len = m->file[s->file].len;

			m->shown[s->file]++;
			if (random_below(state, 4) == 0)
				s->skip = (size_t)random_below(state, len + 1);
			s->has_size = random_below(state, 8) == 0;
			if (s->has_size)
				s->size =
					(size_t)random_below(state,
				                             len - s->skip + 1);
			snprintf(line, sizeof(line), "f%zu skip %zu %s",
			         s->file, s->skip,
			         m->read_only[s->file] ? "ro" : "rw");
			if (s->has_size)
				snprintf(line + strlen(line), 40, " size %zu",
				         s->size);
		}
		must(words_split(line, strlen(line), &words, &err), &err);
		p = placement_parse(&words, 0, &units_default, &err);
		words_free(&words);
		must(p && layout_push(&inputs, p, &err), &err);
	}
	must(session_open(session, &inputs, &err), &err);
	layout_clear(&inputs);
}

static void check_view(const struct model *m, const struct view *view)
{
	static struct model_byte map[SEGMENTS * 4 * FILE_MAX];
	static char buf[SEGMENTS * 4 * FILE_MAX];
	size_t len = map_model(m, map);
	struct runs runs = { 0 };
	size_t at = 0;

	/* Gaps and empty segments at the end are not read. */
	ck_assert_uint_eq(view_size(view), len);
	must(view_read(view, 0, buf, len, 0, &runs, &err), &err);
	for (size_t i = 0; i < runs.count; i++) {
		for (size_t k = 0; k < runs.v[i].len; k++, at++) {
			size_t file = m->segment[map[at].segment].file;

			ck_assert((runs.v[i].state == STATE_GAP) ==
			          (file == FILES));
			if (file < FILES)
				ck_assert_int_eq(buf[at],
				                 m->file[file].v[map[at].off]);
		}
	}
	ck_assert_uint_eq(at, len);
	runs_free(&runs);
}

/* A splice of the model; false if it is to be refused. `delta`: what came
   before in the same edit has moved the bytes of each file. */
static bool splice_model(struct model *m, const struct model_byte *map,
                         size_t addr, size_t removed, const char *text,
                         size_t len, size_t delta[FILES])
{
	size_t done = 0, used = 0;

	while (done < removed) {
		const struct model_byte *b = &map[addr + done];
		const struct model_segment *s = &m->segment[b->segment];
		size_t n = 1, put_len;
		struct model_file *f;
		bool resizes;

		while (done + n < removed && b[n].segment == b->segment)
			n++;
		if (s->file == FILES || m->read_only[s->file])
			return false;
		put_len = done + n == removed ? len - used
		                              : size_min(n, len - used);
		resizes = put_len != n;
		if (resizes && (m->shown[s->file] > 1 || s->has_size))
			return false;
		f = &m->file[s->file];
		memmove(f->v + b->off + delta[s->file] + put_len,
		        f->v + b->off + delta[s->file] + n,
		        f->len - b->off - delta[s->file] - n);
		memcpy(f->v + b->off + delta[s->file], text + used, put_len);
		f->len += put_len - n;
		delta[s->file] += put_len - n;
		done += n;
		used += put_len;
	}
	return true;
}

static bool insert_model(struct model *m, const struct model_byte *b,
                         const char *text, size_t len, size_t delta[FILES])
{
	const struct model_segment *s = &m->segment[b->segment];
	struct model_file *f;

	if (s->file == FILES || m->read_only[s->file] ||
	    m->shown[s->file] > 1 || s->has_size)
		return false;
	f = &m->file[s->file];
	memmove(f->v + b->off + delta[s->file] + len,
	        f->v + b->off + delta[s->file],
	        f->len - b->off - delta[s->file]);
	memcpy(f->v + b->off + delta[s->file], text, len);
	f->len += len;
	delta[s->file] += len;
	return true;
}

/* No file gets longer then. */
static bool is_long(const struct model *m)
{
	for (size_t i = 0; i < m->files; i++) {
		if (m->file[i].len > 3 * FILE_MAX)
			return true;
	}
	return false;
}

/* Returns whether the model, and so the session, has made the edit. */
static bool random_edit(struct model *m, uint64_t *state, bool *is_step)
{
	static struct model_byte map[SEGMENTS * 4 * FILE_MAX];
	static struct model next;
	struct session_splice v[SPLICES] = { 0 };
	struct piece piece[SPLICES];
	size_t len = map_model(m, map);
	size_t count = 1 + (size_t)random_below(state, SPLICES);
	size_t from = 0, delta[FILES] = { 0 };
	bool want = true, got;

	next = *m;
	*is_step = false;
	for (size_t i = 0; i < count; i++) {
		size_t addr =
			from + (size_t)random_below(state, len - from + 1);
		size_t removed = (size_t)
			random_below(state,
		                     size_min(len - addr,
		                              random_below(state, 4) ? 3 : 40) +
		                             1);
		size_t n = (size_t)random_below(state, 6);
		char text[8];

		if (random_below(state, 3))
			n = size_min(removed, 6);
		if (is_long(m))
			n = size_min(n, removed);
		for (size_t k = 0; k < n; k++)
			text[k] = (char)('a' + random_below(state, 26));
		must(store_put(session_store(session), text, n, &piece[i],
		               &err),
		     &err);
		v[i] = (struct session_splice){ place_at(addr), removed,
			                        &piece[i], n > 0 };
		if (removed == 0 && addr == len) {
			/* The end of the space belongs to the last segment
			   that is not empty. */
			v[i].count = n = 0;
		}
		*is_step = *is_step || removed > 0 || n > 0;
		if (removed > 0)
			want = want && splice_model(&next, map, addr, removed,
			                            text, n, delta);
		else if (n > 0)
			want = want &&
			       insert_model(&next, &map[addr], text, n, delta);
		from = addr + removed;
	}
	got = session_edit(session, v, count, 0, &err);
	if (got != want)
		ck_abort_msg("%s", got ? "not refused" : err.text);
	if (want)
		*m = next;
	return want;
}

/* Move or copy inside of one segment that begins at the start of its file. */
static bool random_move(struct model *m, uint64_t *state, bool *is_step)
{
	static struct model_byte map[SEGMENTS * 4 * FILE_MAX];
	size_t len = map_model(m, map), at, n, to;
	const struct model_byte *b;
	struct model_file *f;
	char text[4 * FILE_MAX];
	bool over = random_below(state, 2);

	*is_step = false;
	if (len == 0)
		return false;
	at = (size_t)random_below(state, len);
	to = (size_t)random_below(state, len);
	b = &map[at];
	n = 1 + (size_t)random_below(state, 20);
	if (at + n > len || to + n > len ||
	    map[at + n - 1].segment != b->segment ||
	    map[to].segment != b->segment ||
	    map[to + n - 1].segment != b->segment ||
	    m->segment[b->segment].file == FILES ||
	    m->read_only[m->segment[b->segment].file])
		return false;
	f = &m->file[m->segment[b->segment].file];
	memcpy(text, f->v + b->off, n);
	*is_step = true;
	if (over) {
		must(session_copy(session, at, n, place_at(to), true, &err),
		     &err);
		memcpy(f->v + map[to].off, text, n);
		return true;
	}
	must(session_move(session, at, n, place_at(to), &err), &err);
	*is_step = to < at || to > at + n;
	if (!*is_step)
		return true;
	memmove(f->v + b->off, f->v + b->off + n, f->len - b->off - n);
	to = map[to].off - (to > at ? n : 0);
	memmove(f->v + to + n, f->v + to, f->len - n - to);
	memcpy(f->v + to, text, n);
	return true;
}

/* The states of a case, of which `at` is the one shown. */
static struct model states[STEPS + 1];

static void run_case(uint64_t *state)
{
	size_t at = 0, last = 0;
	struct view *old = NULL;
	static struct model old_model;

	open_model(&states[0], state);
	for (int i = 0; i < 4 * STEPS && at < STEPS; i++) {
		unsigned what = (unsigned)random_below(state, 10);
		bool is_step = false;

		if (what < 3 && at > 0) {
			must(session_undo(session, &err), &err);
			at--;
		} else if (what < 5 && at < last) {
			must(session_redo(session, &err), &err);
			at++;
		} else {
			static struct model next;
			bool ok;

			next = states[at];
			ok = what < 6 ? random_move(&next, state, &is_step)
			              : random_edit(&next, state, &is_step);
			if (ok && is_step) {
				states[++at] = next;
				last = at;
			}
		}
		ck_assert_uint_eq(past_done(session_past(session)), at);
		ck_assert_uint_eq(past_undone(session_past(session)),
		                  last - at);
		if (random_below(state, 3) == 0)
			check_view(&states[at], session_view(session));
		if (random_below(state, 20) == 0) {
			view_unref(old);
			old = view_ref(session_view(session));
			old_model = states[at];
		}
		if (old && random_below(state, 5) == 0)
			check_view(&old_model, old);
	}
	check_view(&states[at], session_view(session));
	view_unref(old);
	while (at > 0) {
		must(session_undo(session, &err), &err);
		at--;
	}
	check_view(&states[0], session_view(session));
	for (size_t i = 1; i <= states[0].files; i++) {
		const struct document *doc = session_document(session, i);

		ck_assert(!doc || !document_root(doc));
	}
}

START_TEST(any_edits)
{
	uint64_t state = random_seed();

	for (size_t n = cases(60); n > 0; n--) {
		run_case(&state);
		session_free(session);
		session = new_session();
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_edit");
	TCase *tc = tcase_create("session_edit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, one_splice, 0, ARRAY_LEN(splices));
	tcase_add_test(tc, inserting_at_either_side);
	tcase_add_test(tc, several_splices_are_one_step);
	tcase_add_test(tc, typing_is_joined);
	tcase_add_test(tc, inserted_bytes_stay_so);
	tcase_add_test(tc, a_view_never_changes);
	tcase_add_loop_test(tc, moving_and_copying, 0, ARRAY_LEN(moves));
	tcase_add_test(tc, moving_to_the_end);
	tcase_add_test(tc, reverting);
	tcase_add_test(tc, restoring_a_byte);
	tcase_add_test(tc, bytes_without_values);
	tcase_add_test(tc, closing_and_reloading_with_edits);
	tcase_add_test(tc, opening_beside_edits);
	tcase_add_test(tc, changes_of_lengths_are_told);
	tcase_add_test(tc, without_memory_nothing_changes);
	tcase_add_test(tc, any_edits);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
