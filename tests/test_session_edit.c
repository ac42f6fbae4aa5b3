/*
 * test_session_edit.c - tests of src/session_edit.c
 *
 * Small cases are put into words: the bytes of the space, with edited ones in
 * upper case; sim_edits.c makes many edits.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "edit/past.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = DESK_TEXT };

static struct session *session;
static struct error err;

static void setup(void)
{
	desk_begin();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	desk_file("c", "cc");
	desk_file("empty", "");
	session = desk_session(&faults_sys, NULL);
}

static void teardown(void)
{
	desk_finish(&session);
	ck_assert_uint_eq(faults_maps(), 0);
}

static void open_inputs(const char *list)
{
	desk_open(session, list);
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
	return desk_place(session, addr);
}

static struct place end_of(uint32_t number)
{
	return desk_end(session, number);
}

static bool splice(struct place at, uint64_t removed, const char *text,
                   unsigned flags)
{
	return desk_splice(session, at, removed, text, flags, &err);
}

static void put(uint64_t addr, uint64_t removed, const char *text)
{
	desk_put(session, addr, removed, text);
}

/* --- one edit ------------------------------------------------------------ */

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

/* --- moving, copying, reverting ------------------------------------------ */

static void open_letters(void)
{
	desk_file("l", "abcdefgh");
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

/* An edit joins the step before it, if there is one that was not taken back. */
START_TEST(joining_the_last)
{
	open_letters();
	session_join_next(session, true);
	put(0, 1, "x");
	put(1, 1, "y");
	session_join_next(session, true);
	put(2, 1, "z");
	shows("XYZdefghbbbbbb");
	must(session_undo(session, &err), &err);
	shows("Xbcdefghbbbbbb");
	session_join_next(session, true);
	put(3, 1, "w");
	must(session_undo(session, &err), &err);
	shows("Xbcdefghbbbbbb");
	put(3, 1, "w");
	session_join_next(session, true);
	session_join_next(session, false);
	put(4, 1, "v");
	must(session_undo(session, &err), &err);
	shows("XbcWefghbbbbbb");
	/* It does not part what is one step anyway. */
	session_join(session, true);
	ck_assert(session_joins(session));
	put(4, 1, "v");
	session_join_next(session, false);
	put(5, 1, "u");
	session_join(session, false);
	ck_assert(!session_joins(session));
	must(session_undo(session, &err), &err);
	shows("XbcWefghbbbbbb");
}
END_TEST

/* No byte names a segment of which nothing is left: those between bytes of the
   range go back with them, those at its ends only where the space ends. */
START_TEST(reverting_emptied)
{
	open_letters();
	put(0, 8, "");
	shows("bbbbbb");
	must(session_revert(session, 1, 5, &err), &err);
	shows("bbbbbb");
	must(session_revert(session, 0, 1, &err), &err);
	shows("abcdefghbbbbbb");
	put(8, 6, "");
	must(session_revert(session, 0, 7, &err), &err);
	shows("abcdefgh");
	must(session_revert_emptied(session, 1, &err), &err);
	must(session_revert_emptied(session, 99, &err), &err);
	shows("abcdefgh");
	must(session_revert_emptied(session, 2, &err), &err);
	shows("abcdefghbbbbbb");
	put(8, 6, "");
	must(session_revert(session, 3, 99, &err), &err);
	shows("abcdefghbbbbbb");
	put(0, 14, "");
	shows("");
	must(session_revert(session, 0, 0, &err), &err);
	shows("abcdefghbbbbbb");
	must(session_undo(session, &err), &err);
	shows("");
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

/* --- around edits -------------------------------------------------------- */

START_TEST(bytes_without_values)
{
	open_inputs("a;b");
	desk_file("b", "bb"); /* became shorter */
	shows("aaaabb????");
	ck_assert(!splice(place_at(5), 2, "xy", 0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_str_eq(err.text, "the byte at 0x6 has no value (bad: past "
	                           "the end of the file)");
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

/* A page of which all can be read is read once; of one with a bad sector, and
   of what is left at the end of a file, each byte is asked for. */
START_TEST(pages_are_read_once)
{
	static const struct {
		uint64_t addr;
		bool reads, ok;
	} rows[] = {
		{ 1, true, true },  { 2, false, true },  { 0, false, true },
		{ 9, true, true },  { 10, true, false }, /* the bad one */
		{ 8, true, true },  { 4, true, true },   { 3, false, true },
		{ 16, true, true }, { 17, true, true }, /* no whole page */
	};

	desk_file("d", "0123456789abcdefgh");
	open_inputs("d");
	faults_bad(10, 1, true);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t before = faults_count(FAULT_PREAD);
		bool ok = splice(place_at(rows[i].addr), 1, "x", 0);

		ck_assert_msg(ok == rows[i].ok, "row %zu", i);
		ck_assert_msg((faults_count(FAULT_PREAD) > before) ==
		                      rows[i].reads,
		              "row %zu", i);
	}
	faults_reset();
	must(session_reload(session, 0, false, &err), &err);
	put(5, 1, "x");
	ck_assert_uint_eq(faults_count(FAULT_PREAD), 1);
}
END_TEST

START_TEST(closing_and_reloading_with_edits)
{
	open_inputs("a;b;a");
	put(0, 1, "x");
	must(session_reload(session, 0, false, &err), &err);
	shows("XaaabbbbbbXaaa");
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
	tcase_add_test(tc, reverting_emptied);
	tcase_add_test(tc, joining_the_last);
	tcase_add_test(tc, restoring_a_byte);
	tcase_add_test(tc, bytes_without_values);
	tcase_add_test(tc, pages_are_read_once);
	tcase_add_test(tc, closing_and_reloading_with_edits);
	tcase_add_test(tc, opening_beside_edits);
	tcase_add_test(tc, changes_of_lengths_are_told);
	tcase_add_test(tc, without_memory_nothing_changes);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
