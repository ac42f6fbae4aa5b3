/*
 * test_context.c - tests of src/command/context.c and of the commands that move
 *
 * Places are anchored to bytes: after anything is opened, closed or loaded anew
 * they must be where a search through the whole space finds their byte.
 */
#include "config.h"

#include "command/context.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/run.h"
#include "edit/store.h"
#include "session.h"
#include "space/ranges.h"
#include "space/space.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

static struct trial t;

static void setup(void)
{
	static const char *const inputs[] = { "a", "gap:8", "b", "a skip 8",
		                              NULL };

	ck_assert_int_eq(chdir(scratch()), 0);
	trial_file("a", "0123456789abcdef", 16);
	trial_file("b", "ABCDEFGHIJKLMNOP", 16);
	trial_file("c", "ccccCCCC", 8);
	trial_begin(&t, inputs);
}

/* #1 a 0..16, gap 16..24, #2 b 24..40, #3 a from 8: 40..48 */

static void teardown(void)
{
	trial_end(&t);
}

static const struct space *space_of(void)
{
	return context_space(&t.ctx);
}

static void is_at(uint64_t addr)
{
	ck_assert_uint_eq(t.ctx.cursor.addr, addr);
	ck_assert_uint_le(addr, space_size(space_of()));
}

/* --- anchors ------------------------------------------------------------- */

/* Is a byte of a document shown anywhere? */
static bool is_shown(uint64_t doc, uint64_t off)
{
	const struct space *sp = space_of();

	for (uint64_t addr = 0; addr < space_size(sp); addr++) {
		struct location at = space_locate(sp, addr);

		if (at.segment && document_id(at.segment->doc) == doc &&
		    at.doc_off == off)
			return true;
	}
	return false;
}

static void check_anchor(const struct anchor *anchor)
{
	const struct space *sp = space_of();
	struct place place = { .addr = 12345 };
	struct location at;

	if (!context_find(&t.ctx, anchor, &place)) {
		ck_assert_uint_eq(place.addr, 12345);
		if (anchor->doc > 0 && anchor->place.side == SIDE_START)
			ck_assert(!is_shown(anchor->doc, anchor->off));
		return;
	}
	ck_assert_uint_le(place.addr, space_size(sp));
	if (anchor->place.side == SIDE_END) {
		const struct segment *seg = space_numbered(sp, place.segment);

		ck_assert_ptr_nonnull(seg);
		ck_assert_uint_eq(place.addr, seg->addr + seg->size);
		return;
	}
	if (anchor->doc == 0)
		return;
	at = space_locate(sp, place.addr);
	ck_assert_uint_eq(document_id(at.segment->doc), anchor->doc);
	ck_assert_uint_eq(at.doc_off, anchor->off);
	ck_assert_uint_eq(place.segment, at.segment->number);
}

/* A line of a random change; some of them fail. */
static void random_change(uint64_t *random)
{
	static const char *const lines[] = {
		"open a",           "open b at 0x30 over",
		"open c",           "open a skip 4 size 4",
		"open c at 2 over", "open gap:3",
		"reload",
	};
	char line[32];
	size_t n = (size_t)random_below(random, ARRAY_LEN(lines) + 6);

	if (n < ARRAY_LEN(lines)) {
		(void)trial_run(&t, lines[n]);
		return;
	}
	if (n == ARRAY_LEN(lines))
		trial_file("b", "ABCDEFGHIJKLMNOPQRST",
		           (size_t)random_below(random, 21));
	snprintf(line, sizeof(line), "close #%u",
	         (unsigned)random_below(random, 12) + 1);
	(void)trial_run(&t, line);
}

START_TEST(anchors_stay_at_their_bytes)
{
	uint64_t random = random_seed();

	for (size_t n = cases(40); n > 0; n--) {
		struct anchor anchors[64];
		size_t count = 0;

		teardown();
		setup();
		for (uint64_t addr = 0; addr <= space_size(space_of()); addr++)
			anchors[count++] =
				context_anchor(&t.ctx,
			                       space_place(space_of(), addr));
		for (uint32_t number = 1; number <= 3; number++) {
			const struct segment *seg =
				space_numbered(space_of(), number);

			anchors[count++] =
				context_anchor(&t.ctx,
			                       (struct place){
						       seg->addr + seg->size,
						       number, SIDE_END });
		}
		for (unsigned k = 0; k < 6; k++) {
			for (size_t i = 0; i < count; i++)
				check_anchor(&anchors[i]);
			random_change(&random);
		}
	}
}
END_TEST

/* A byte that is shown twice stays in the segment it was meant in. */
START_TEST(an_anchor_prefers_its_segment)
{
	struct anchor first, third;
	struct place place;

	trial_must(&t, "goto #1:9");
	first = context_anchor(&t.ctx, t.ctx.cursor);
	trial_must(&t, "goto #3:1");
	third = context_anchor(&t.ctx, t.ctx.cursor);
	ck_assert(context_find(&t.ctx, &first, &place));
	ck_assert_uint_eq(place.addr, 9);
	ck_assert(context_find(&t.ctx, &third, &place));
	ck_assert_uint_eq(place.addr, 41);
	trial_must(&t, "close #3");
	ck_assert(context_find(&t.ctx, &third, &place));
	ck_assert_uint_eq(place.addr, 9);
	ck_assert(!context_find(&t.ctx, &(struct anchor){ 0 }, &place));
}
END_TEST

/* --- the cursor when the space changes ----------------------------------- */

static const struct {
	const char *go, *change;
	uint64_t want;
} settles[] = {
	{ "goto #2:3", "close #1", 11 }, /* the gap stays in front */
	{ "goto #2:3", "close #3", 27 },
	{ "goto #1:2", "close #1", 2 },  /* its byte is gone: the address */
	{ "goto #1:9", "close #1", 25 }, /* in #3, which closed up */
	{ "goto $", "close #3", 40 },
	{ "goto #3:1", "close #3", 9 }, /* shown by #1 too */
	{ "goto #2:3", "open c at 0 over", 27 },
	{ "goto 1", "open c at 0 over", 1 }, /* it is covered */
	{ "goto $", "open c", 48 },          /* the end of #3, not of all */
	{ "goto 20", "open c", 20 },         /* in the gap */
};

START_TEST(the_cursor_stays_at_its_byte)
{
	trial_must(&t, settles[_i].go);
	trial_must(&t, settles[_i].change);
	is_at(settles[_i].want);
}
END_TEST

START_TEST(the_cursor_stays_inside)
{
	trial_must(&t, "goto -1; close #1; close #3");
	is_at(24);
	trial_must(&t, "close #2");
	is_at(8);
	ck_assert_uint_eq(space_size(space_of()), 8);
}
END_TEST

START_TEST(reload_moves_what_follows)
{
	trial_must(&t, "goto #2:3; mark a; #3:7 mark z; #1:15 mark k");
	trial_file("a", "0123456789abcdefgh", 18);
	trial_must(&t, "reload #1");
	is_at(29);
	trial_prints(&t, "eval 'a; eval 'z; eval 'k",
	             "29 0x1d #2:0x3\n49 0x31 #3:0x7\n15 0xf #1:0xf\n");
	trial_file("a", "0123456789", 10);
	trial_must(&t, "reload");
	is_at(21);
	trial_fails(&t, "goto 'z", ERR_RANGE,
	            "the byte of mark 'z' is not shown now", 6);
	trial_prints(&t, "eval 'a", "21 0x15 #2:0x3\n");
	/* It comes back with its byte. */
	trial_file("a", "0123456789abcdef", 16);
	trial_prints(&t, "reload; eval 'k", "15 0xf #1:0xf\n");
}
END_TEST

/* Replace bytes at an address by as many others. */
static void splice(uint64_t addr, uint64_t removed, size_t added)
{
	struct piece piece;
	struct session_splice v = { .at = space_place(space_of(), addr),
		                    .removed = removed,
		                    .added = &piece,
		                    .count = added > 0 };

	must(store_put(session_store(t.ctx.session), "xxxxxxxx", added, &piece,
	               &t.err) &&
	             session_edit(t.ctx.session, &v, 1, 0, &t.err),
	     &t.err);
}

START_TEST(edits_move_places)
{
	struct range range;

	trial_must(&t, "goto 26");
	trial_must(&t, "mark m");
	trial_must(&t, "28,30 bookmark here");
	trial_must(&t, "goto 38");
	splice(24, 0, 3);
	splice(25, 1, 0);
	trial_must(&t, "goto 'm");
	is_at(28);
	range = ranges_at(t.ctx.bookmarks, 0);
	ck_assert_uint_eq(range.off, 6);
	ck_assert_uint_eq(range.len, 2);
	/* What it was at is deleted. */
	splice(27, 4, 0);
	trial_must(&t, "goto 'm");
	is_at(27);
	ck_assert_uint_eq(ranges_at(t.ctx.bookmarks, 0).off, 3);
	ck_assert_uint_eq(ranges_at(t.ctx.bookmarks, 0).len, 1);
	must(session_undo(t.ctx.session, &t.err), &t.err);
	must(session_undo(t.ctx.session, &t.err), &t.err);
	ck_assert_uint_eq(ranges_at(t.ctx.bookmarks, 0).len, 1);
}
END_TEST

START_TEST(a_failed_change_moves_nothing)
{
	trial_must(&t, "goto #2:3; select #2:1,4");
	trial_fails(&t, "open nothing", ERR_IO,
	            "nothing: No such file or directory", 0);
	trial_fails(&t, "close #7", ERR_RANGE, "there is no segment #7", 0);
	trial_fails(&t, "reload #7", ERR_RANGE, "there is no segment #7", 0);
	is_at(27);
	trial_prints(&t, "eval '<; eval '>",
	             "25 0x19 #2:0x1\n28 0x1c #2:0x4\n");
}
END_TEST

/* --- back and forward ---------------------------------------------------- */

START_TEST(back_and_forward)
{
	trial_fails(&t, "back", ERR_NO, "no place to go back to", 0);
	trial_fails(&t, "forward", ERR_NO, "no place to go forward to", 0);
	trial_fails(&t, "goto ''", ERR_RANGE, "there was no jump yet", 6);
	trial_must(&t, "goto 1; goto 2; goto 3");
	trial_prints(&t, "eval ''", "2 0x2 #1:0x2\n");
	trial_must(&t, "back");
	is_at(2);
	trial_prints(&t, "eval ''", "3 0x3 #1:0x3\n");
	trial_must(&t, "back 2");
	is_at(0);
	trial_fails(&t, "back", ERR_NO, "no place to go back to", 0);
	is_at(0);
	trial_must(&t, "forward");
	is_at(1);
	/* As far as it goes; the place where back began is the last. */
	trial_must(&t, "forward 9");
	is_at(3);
	trial_fails(&t, "forward", ERR_NO, "no place to go forward to", 0);
	trial_must(&t, "back 99");
	is_at(0);
	/* To where one is already is no jump. */
	trial_must(&t, "goto 0; forward");
	is_at(1);
	trial_must(&t, "goto ''");
	is_at(0);
	trial_fails(&t, "back 0", ERR_SYNTAX, "a number from 1 is needed", 6);
	trial_fails(&t, "back x", ERR_SYNTAX, "number expected", 6);
}
END_TEST

/* Places of files that were closed are passed over, and come back with them. */
START_TEST(back_passes_what_is_closed)
{
	trial_must(&t, "goto 1; goto #2:1; goto #2:2; goto #2:3; goto 5");
	trial_must(&t, "close #2; back");
	is_at(1);
	trial_must(&t, "forward");
	is_at(5);
	trial_must(&t, "back 2");
	is_at(0);
	/* When all in one direction are closed nothing changes. */
	trial_must(&t, "goto #3:1; goto #3:2; goto 3; back; back 2; close #3");
	trial_must(&t, "close #1");
	trial_fails(&t, "back", ERR_NO, "no place to go back to", 0);
}
END_TEST

/* A naive list of numbers beside the real one. */
START_TEST(jumps_as_a_list_of_numbers)
{
	uint64_t random = random_seed();
	uint64_t list[4096];
	size_t first = 0, count = 0, pos = 0, here = 0;

	trial_must(&t, "open memory:1M");
	for (size_t n = 0; n < 3000; n++) {
		uint64_t dice = random_below(&random, 8);
		char line[32];
		bool moved = false;

		if (dice >= 3) {
			uint64_t to = random_below(&random, 1 << 20);

			snprintf(line, sizeof(line), "goto %" PRIu64, to);
			trial_must(&t, line);
			if (to != here) {
				list[count++] = here;
				pos = count;
				if (count - first > JUMPS_MAX)
					first = count - JUMPS_MAX;
			}
			here = to;
			is_at(here);
			continue;
		}
		if (dice == 0 ? pos > first : pos + 1 < count) {
			moved = true;
			if (pos == count)
				list[count++] = here;
			pos = dice == 0 ? pos - 1 : pos + 1;
			here = list[pos];
		}
		ck_assert_int_eq(trial_run(&t, dice == 0 ? "back" : "forward"),
		                 moved);
		is_at(here);
	}
}
END_TEST

/* --- marks --------------------------------------------------------------- */

START_TEST(marks)
{
	trial_fails(&t, "goto 'a", ERR_RANGE, "mark 'a' is not set", 6);
	for (char c = 'A'; c <= 'z'; c++) {
		char line[64], want[64];

		if (c > 'Z' && c < 'a')
			continue;
		snprintf(line, sizeof(line), "%d mark %c",
		         c - 'A' < 26 ? c - 'A' : 'z' - c, c);
		trial_must(&t, line);
		snprintf(line, sizeof(line), "goto '%c", c);
		trial_must(&t, line);
		snprintf(want, sizeof(want), "%d",
		         c - 'A' < 26 ? c - 'A' : 'z' - c);
		ck_assert_uint_eq(t.ctx.cursor.addr, strtoull(want, NULL, 10));
	}
	trial_must(&t, "goto 3; mark q; goto 5; mark r");
	trial_prints(&t, "eval 'q+1; eval 'r-'q",
	             "4 0x4 #1:0x4\n2 0x2 #1:0x2\n");
	trial_fails(&t, "mark", ERR_SYNTAX, "a mark is one letter, a-z A-Z", 5);
	trial_fails(&t, "mark ab", ERR_SYNTAX, "a mark is one letter, a-z A-Z",
	            6);
	trial_fails(&t, "mark 1", ERR_SYNTAX, "a mark is one letter, a-z A-Z",
	            6);
	trial_fails(&t, "mark \303\251", ERR_SYNTAX,
	            "a mark is one letter, a-z A-Z", 6);
	trial_fails(&t, "0,4 mark a", ERR_SYNTAX,
	            "mark takes one address, not a range", 1);
	trial_fails(&t, "goto '1", ERR_SYNTAX,
	            "a mark is 'a .. 'z, '', '< or '>", 6);
}
END_TEST

/* The end of a segment is a place of its own, beside the next one's start. */
START_TEST(marks_at_ends)
{
	trial_must(&t, "#1:$ mark a; #2:$ mark b");
	trial_prints(&t, "eval 'a; eval 'b", "16 0x10 #1:$\n40 0x28 #2:$\n");
	trial_must(&t, "close #1");
	trial_fails(&t, "eval 'a", ERR_RANGE,
	            "the byte of mark 'a' is not shown now", 6);
	trial_prints(&t, "eval 'b", "24 0x18 #2:$\n");
}
END_TEST

/* --- selections ---------------------------------------------------------- */

static void selected(uint64_t start, uint64_t end)
{
	uint64_t from, to;

	ck_assert(context_selection(&t.ctx, &from, &to));
	ck_assert_uint_eq(from, start);
	ck_assert_uint_eq(to, end);
	ck_assert_uint_lt(from, to);
	ck_assert_uint_le(to, space_size(space_of()));
}

static void nothing_selected(void)
{
	uint64_t from, to;

	ck_assert(!context_selection(&t.ctx, &from, &to));
}

static void move_to(uint64_t addr)
{
	context_move(&t.ctx, space_place(space_of(), addr));
}

START_TEST(each_way_of_selecting_moves_its_own_way)
{
	nothing_selected();
	context_select(&t.ctx, 4, 8, SELECT_FIXED);
	move_to(20);
	selected(4, 8);
	context_select(&t.ctx, 4, 8, SELECT_SHIFT);
	selected(4, 8);
	move_to(9);
	nothing_selected();
	context_select(&t.ctx, 4, 5, SELECT_STICKY);
	move_to(9);
	selected(4, 10);
	move_to(1);
	selected(1, 5);
	move_to(4);
	selected(4, 5);
	/* The end of the space has no byte to select. */
	move_to(48);
	selected(4, 48);
	context_jump(&t.ctx, space_place(space_of(), 2));
	selected(2, 5);
	context_select(&t.ctx, 7, 7, SELECT_FIXED);
	nothing_selected();
	context_select(&t.ctx, 7, 9, SELECT_NONE);
	nothing_selected();
}
END_TEST

START_TEST(select_in_words)
{
	trial_must(&t, "select 4,8");
	selected(4, 8);
	trial_must(&t, "select none");
	nothing_selected();
	trial_must(&t, "select last");
	selected(4, 8);
	trial_must(&t, "2,5 select");
	selected(2, 5);
	trial_must(&t, "select none; select last");
	selected(2, 5);
	trial_must(&t, "select all");
	selected(0, 48);
	trial_must(&t, "goto 30; select segment");
	selected(24, 40);
	trial_must(&t, "select #1");
	selected(0, 16);
	trial_must(&t, "select 47");
	selected(47, 48);
	trial_must(&t, "select none; goto 5; select");
	selected(5, 6);
	trial_must(&t, "select start");
	nothing_selected();
	trial_must(&t, "select start; goto 9");
	selected(5, 10);
	trial_must(&t, "select swap");
	is_at(5);
	selected(5, 10);
	trial_must(&t, "goto 2");
	selected(2, 10);
	trial_must(&t, "select start");
	nothing_selected();
	trial_must(&t, "goto $; select start");
	nothing_selected();
	trial_must(&t, "select");
	nothing_selected();
}
END_TEST

static const struct {
	const char *line;
	enum err code;
	const char *text;
	size_t column;
} bad_selects[] = {
	{ "select last", ERR_NO, "nothing was selected before", 0 },
	{ "select swap", ERR_NO, "nothing is selected", 0 },
	{ "goto 20; select segment", ERR_NO, "there is no segment here", 0 },
	{ "select $", ERR_RANGE, "there is no byte at the end of the space",
	  0 },
	{ "0,4 select 5,6", ERR_SYNTAX, "the range is given already", 12 },
	{ "select 5,6 7", ERR_SYNTAX,
	  "unexpected text (usage: select [RANGE | last | none | all | segment "
	  "| start | swap])",
	  12 },
	{ "select last 7", ERR_SYNTAX,
	  "unexpected text (usage: select [RANGE | last | none | all | segment "
	  "| start | swap])",
	  13 },
	{ "select 6,5", ERR_RANGE,
	  "the range ends (0x5) before it begins (0x6)", 10 },
	{ "select 0,49", ERR_RANGE, "0x31 is past the end (size 0x30)", 10 },
};

START_TEST(selections_that_are_refused)
{
	if (_i > 1)
		trial_must(&t, "select 1,3");
	ck_assert(!trial_run(&t, bad_selects[_i].line));
	ck_assert_str_eq(t.err.text, bad_selects[_i].text);
	ck_assert_int_eq(t.err.code, bad_selects[_i].code);
	ck_assert_uint_eq(t.err.column, bad_selects[_i].column);
	if (_i > 1 && bad_selects[_i].code != ERR_SYNTAX)
		selected(1, 3);
}
END_TEST

static const struct {
	const char *select, *change;
	uint64_t start, end; /* 0, 0: dropped */
} selections[] = {
	{ "select #2:2,5", "close #1", 10, 13 },
	{ "select #2:2,5", "close #3", 26, 29 },
	{ "select #2:2,5", "close #2", 0, 0 },
	{ "select #1:10,13", "close #1", 26, 29 }, /* #3 shows them too */
	{ "select #1:2,13", "close #1", 0, 0 },
	{ "select 10,30", "close #1", 0, 0 }, /* over the seam */
	{ "select 18,30", "close #3", 18, 30 },
	{ "select 26,29", "open c at 27 over", 0, 0 },
	{ "select #2", "open c at 0 over", 24, 40 },
	{ "select all", "open c", 0, 48 },
	{ "select all", "close #3", 0, 0 },
};

/* A selection stays at its bytes, or is dropped: never at other ones. */
START_TEST(the_selection_stays_at_its_bytes)
{
	trial_must(&t, selections[_i].select);
	trial_must(&t, selections[_i].change);
	if (selections[_i].end)
		selected(selections[_i].start, selections[_i].end);
	else
		nothing_selected();
}
END_TEST

/* --- next and prev ------------------------------------------------------- */

START_TEST(next_and_prev)
{
	trial_must(&t, "next segment");
	is_at(24);
	trial_must(&t, "next segment");
	is_at(40);
	trial_fails(&t, "next segment", ERR_NO, "no segment starts behind here",
	            0);
	is_at(40);
	trial_must(&t, "prev segment 2");
	is_at(0);
	trial_fails(&t, "prev segment", ERR_NO, "no segment starts before here",
	            0);
	trial_must(&t, "set sector=5 block=16; next sector");
	is_at(5);
	trial_must(&t, "goto 7; prev sector");
	is_at(5);
	trial_must(&t, "prev sector");
	is_at(0);
	trial_fails(&t, "prev sector", ERR_NO, "no sector starts before here",
	            0);
	trial_must(&t, "next block 2");
	is_at(32);
	trial_fails(&t, "next block", ERR_NO, "no block starts behind here", 0);
	trial_fails(&t, "next", ERR_SYNTAX,
	            "usage: next "
	            "segment|sector|block|run|string|match|bookmark|edit|range "
	            "[%NAME] [N]",
	            5);
	trial_fails(&t, "prev thing", ERR_SYNTAX,
	            "prev what? "
	            "(segment|sector|block|run|string|match|bookmark|edit|"
	            "range "
	            "[%NAME] [N])",
	            6);
	trial_fails(&t, "next sector 0", ERR_SYNTAX,
	            "a number from 1 is needed", 13);
	/* A count that cannot be done moves nothing. */
	trial_fails(&t, "next segment 9", ERR_NO,
	            "no segment starts behind here", 0);
	is_at(32);
}
END_TEST

START_TEST(next_run)
{
	trial_must(&t, "close #1; close #2; close #3; open c; open c at 16");
	trial_must(&t, "goto 3; next run"); /* past the gap in front of c */
	is_at(8);
	trial_must(&t, "next run 3");
	is_at(20);
	trial_fails(&t, "next run", ERR_NO,
	            "all bytes from here to the end are equal", 0);
	is_at(20);
	trial_must(&t, "prev run");
	is_at(16);
	trial_must(&t, "back");
	is_at(20);
	trial_must(&t, "prev run 3");
	is_at(8);
	trial_fails(&t, "prev run 9", ERR_NO, "no run before here", 0);
	is_at(8);
	trial_must(&t, "goto 0");
	trial_fails(&t, "prev run", ERR_NO, "no byte before here", 0);
	trial_must(&t, "goto $");
	trial_fails(&t, "next run", ERR_NO, "no byte behind here", 0);
}
END_TEST

static void edit(const char *line)
{
	must(run_line(&t.ctx, line, strlen(line), t.name, &t.err), &t.err);
}

/* In the editor a movement waits for the one that is under way. */
START_TEST(next_run_after_next_run)
{
	trial_must(&t, "close #1; close #2; close #3; open c; open c at 16");
	t.ctx.batch = false;
	edit("goto 3; next run; next run 2; prev run; next run");
	is_at(3);
	for (int i = 0; i < 4; i++) {
		ck_assert_ptr_nonnull(t.ctx.task);
		must(context_wait(&t.ctx, &t.err), &t.err);
	}
	ck_assert_ptr_null(t.ctx.task);
	is_at(16);
	/* What waits is forgotten with what it waits for: stopped.. */
	edit("goto 3; next run; next run");
	context_cancel(&t.ctx);
	ck_assert_ptr_null(t.ctx.task);
	is_at(3);
	/* ..or failed, at once or in the end. */
	edit("goto 0; next run 99; prev run");
	ck_assert(!context_wait(&t.ctx, &t.err));
	ck_assert_ptr_null(t.ctx.task);
	is_at(0);
	edit("goto 8; prev run; prev run; next run");
	ck_assert(!context_wait(&t.ctx, &t.err));
	ck_assert_str_eq(t.err.text, "no byte before here");
	ck_assert_ptr_null(t.ctx.task);
	is_at(0);
}
END_TEST

/* Without memory for what waits, that is told, and the first goes on. */
START_TEST(no_memory_to_wait)
{
	t.ctx.batch = false;
	edit("next run");
	/* It is not the job that is to find no memory. */
	job_wait(t.ctx.task->job);
	mem_fail_after(0);
	ck_assert(!context_step(&t.ctx, NULL, true, 1, &t.err));
	mem_fail_after(-1);
	ck_assert_int_eq(t.err.code, ERR_NOMEM);
	must(context_wait(&t.ctx, &t.err), &t.err);
	ck_assert_ptr_null(t.ctx.task);
}
END_TEST

/* Nothing shows where it is, and it is not elsewhere. */
START_TEST(an_empty_file_behind_the_end)
{
	trial_file("none", "", 0);
	trial_must(&t, "open none at 100; goto 3");
	trial_fails(&t, "goto #4:0", ERR_RANGE,
	            "#4 is empty, at 0x64 behind the end (size 0x30)", 0);
	is_at(3);
	trial_must(&t, "goto $");
	is_at(48);
}
END_TEST

/* --- bookmarks ----------------------------------------------------------- */

START_TEST(bookmarks)
{
	trial_must(&t, "#2:3 bookmark here \"a \\x1b[m comment\"");
	trial_must(&t, "0x2,5 b two; goto 9; bookmark");
	ck_assert_str_eq(t.said, "bookmark b1 set");
	trial_prints(&t, "bookmarks",
	             "two 0x2,0x5\nb1 0x9,0xa\n"
	             "here 0x1b,0x1c a \\x1b[m comment\n");
	trial_must(&t, "goto @here");
	is_at(27);
	trial_must(&t, "prev bookmark");
	is_at(9);
	trial_must(&t, "bookmark"); /* the one here goes */
	ck_assert_str_eq(t.said, "bookmark b1 removed");
	trial_fails(&t, "goto @b1", ERR_RANGE, "there is no bookmark 'b1'", 6);
	trial_must(&t, "close #2");
	trial_prints(&t, "bookmarks",
	             "two 0x2,0x5\nhere - a \\x1b[m comment\n");
	trial_fails(&t, "goto @here", ERR_RANGE,
	            "the bytes of bookmark 'here' are not shown now", 6);
	trial_fails(&t, "bookmark goto here", ERR_NO,
	            "the bytes of bookmark 'here' are not shown now", 0);
	trial_must(&t, "bookmark delete here");
	trial_fails(&t, "bookmark delete here", ERR_NO,
	            "there is no bookmark 'here'", 0);
	trial_must(&t, "5 bookmark two; bookmark goto two");
	is_at(5);
	t.out.json = true;
	trial_prints(&t, "bookmarks",
	             "{\"name\":\"two\",\"addr\":5,\"at\":\"0x5\",\"len\":1,"
	             "\"comment\":\"\"}\n");
	trial_fails(&t, "18 bookmark x", ERR_STATE,
	            "there is no file at 0x12 to set a bookmark in", 0);
	trial_fails(&t, "bookmark a/b", ERR_SYNTAX,
	            "a bookmark's name is 1 to 63 letters, digits, - _ .", 10);
	trial_fails(&t, "bookmark x y z", ERR_SYNTAX,
	            "unexpected text (usage: bookmark [NAME [\"COMMENT\"]] | "
	            "goto NAME | delete NAME)",
	            14);
	trial_fails(&t, "bookmark goto", ERR_SYNTAX, "which bookmark?", 14);
	/* A bookmark ends where its file does. */
	trial_prints(&t, "10,20 bookmark seam; bookmark delete two; bookmarks",
	             "{\"name\":\"seam\",\"addr\":10,\"at\":\"0xa\",\"len\":6,"
	             "\"comment\":\"\"}\n");
}
END_TEST

/* --- tasks --------------------------------------------------------------- */

struct work {
	bool wait; /* until it is cancelled */
	bool fail;
};

static size_t works_done, works_freed;

static void work(struct job *job, void *arg)
{
	struct work *w = arg;

	while (w->wait && !job_cancelled(job))
		usleep(100);
}

static bool work_done(struct context *ctx, void *arg, struct error *err)
{
	struct work *w = arg;

	ck_assert_ptr_eq(ctx, &t.ctx);
	works_done++;
	return !w->fail || error_set(err, ERR_NO, "the answer is no");
}

static void work_free(void *arg)
{
	works_freed++;
	mem_free(arg);
}

static bool start(bool wait, bool fail)
{
	struct task *task = mem_zalloc(sizeof(*task), &t.err);
	struct work *w = mem_zalloc(sizeof(*w), &t.err);

	ck_assert(task && w);
	w->wait = wait;
	w->fail = fail;
	task->name = "work";
	task->arg = w;
	task->finish = work_done;
	task->free = work_free;
	return context_start(&t.ctx, task, work, &t.err);
}

START_TEST(tasks)
{
	works_done = works_freed = 0;
	must(context_wait(&t.ctx, &t.err), &t.err);
	context_cancel(&t.ctx);
	must(start(false, false), &t.err);
	ck_assert_ptr_nonnull(t.ctx.task);
	must(context_wait(&t.ctx, &t.err), &t.err);
	ck_assert_ptr_null(t.ctx.task);
	ck_assert_uint_eq(works_done, 1);
	ck_assert_uint_eq(works_freed, 1);
	/* What it says when its result is taken over. */
	must(start(false, true), &t.err);
	ck_assert(!context_wait(&t.ctx, &t.err));
	ck_assert_str_eq(t.err.text, "the answer is no");
	ck_assert_uint_eq(works_freed, 2);
	/* Cancelled: its result is not taken. */
	must(start(true, false), &t.err);
	context_cancel(&t.ctx);
	ck_assert_ptr_null(t.ctx.task);
	ck_assert_uint_eq(works_done, 2);
	ck_assert_uint_eq(works_freed, 3);
	/* A second one ends the first. */
	must(start(true, false), &t.err);
	must(start(false, false), &t.err);
	ck_assert_uint_eq(works_freed, 4);
	must(context_wait(&t.ctx, &t.err), &t.err);
	ck_assert_uint_eq(works_done, 3);
	/* One that cannot start is freed as well. */
	{
		struct task *task = mem_zalloc(sizeof(*task), &t.err);

		task->arg = mem_zalloc(sizeof(struct work), &t.err);
		task->finish = work_done;
		task->free = work_free;
		mem_fail_after(0);
		ck_assert(!context_start(&t.ctx, task, work, &t.err));
		mem_fail_after(-1);
		ck_assert_int_eq(t.err.code, ERR_NOMEM);
		ck_assert_ptr_null(t.ctx.task);
		ck_assert_uint_eq(works_freed, 6);
	}
	/* One that runs when all ends. */
	must(start(true, false), &t.err);
}
END_TEST

/* --- memory -------------------------------------------------------------- */

START_TEST(a_context_without_memory)
{
	struct session_options options = { .sys = &faults_sys,
		                           .files = { .descriptors = 2 },
		                           .threads = 1 };
	struct context ctx;

	for (long n = 0;; n++) {
		struct session *session = session_new(&options, &t.err);
		bool ok;

		must(session != NULL, &t.err);
		mem_fail_after(n);
		/* The session is its own, even when it fails. */
		ok = context_init(&ctx, session, &t.out, &t.err);
		mem_fail_after(-1);
		context_free(&ctx);
		if (ok)
			break;
		ck_assert_int_eq(t.err.code, ERR_NOMEM);
	}
}
END_TEST

/* Every command with every allocation failing: an error, and nothing moved. */
static const char *const lines[] = {
	"goto 5",
	"select 4,8",
	"mark a",
	"5 bookmark x \"comment\"",
	"bookmark",
	"goto \"b\":3",
	"next run",
	"next segment",
	"set columns=8 norules",
	"eval u32le(4)%16",
	"info",
	"close #2",
	"open c",
	"reload",
	"goto @x",
	"back",
};

START_TEST(commands_without_memory)
{
	const char *line = lines[_i];
	bool done = false;

	trial_must(&t, "9 bookmark x; goto 9; goto 11; select 1,3");
	for (long n = 0; !done; n++) {
		uint64_t generation = session_generation(t.ctx.session);
		struct place cursor = t.ctx.cursor;

		mem_fail_after(n);
		done = trial_run(&t, line);
		mem_fail_after(-1);
		if (done)
			break;
		ck_assert_int_eq(t.err.code, ERR_NOMEM);
		ck_assert_uint_eq(session_generation(t.ctx.session),
		                  generation);
		ck_assert_uint_eq(t.ctx.cursor.addr, cursor.addr);
		selected(1, 3);
		trial_prints(&t, "bookmarks", "x 0x9,0xa\n");
		trial_prints(&t, "set columns? rules?",
		             "columns=auto\nrules=on\n");
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("context");
	TCase *tc = tcase_create("context");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, anchors_stay_at_their_bytes);
	tcase_add_test(tc, an_anchor_prefers_its_segment);
	tcase_add_loop_test(tc, the_cursor_stays_at_its_byte, 0,
	                    ARRAY_LEN(settles));
	tcase_add_test(tc, the_cursor_stays_inside);
	tcase_add_test(tc, reload_moves_what_follows);
	tcase_add_test(tc, edits_move_places);
	tcase_add_test(tc, a_failed_change_moves_nothing);
	tcase_add_test(tc, back_and_forward);
	tcase_add_test(tc, back_passes_what_is_closed);
	tcase_add_test(tc, jumps_as_a_list_of_numbers);
	tcase_add_test(tc, marks);
	tcase_add_test(tc, marks_at_ends);
	tcase_add_test(tc, each_way_of_selecting_moves_its_own_way);
	tcase_add_test(tc, select_in_words);
	tcase_add_loop_test(tc, selections_that_are_refused, 0,
	                    ARRAY_LEN(bad_selects));
	tcase_add_loop_test(tc, the_selection_stays_at_its_bytes, 0,
	                    ARRAY_LEN(selections));
	tcase_add_test(tc, next_and_prev);
	tcase_add_test(tc, next_run);
	tcase_add_test(tc, an_empty_file_behind_the_end);
	tcase_add_test(tc, next_run_after_next_run);
	tcase_add_test(tc, no_memory_to_wait);
	tcase_add_test(tc, bookmarks);
	tcase_add_test(tc, tasks);
	tcase_add_test(tc, a_context_without_memory);
	tcase_add_loop_test(tc, commands_without_memory, 0, ARRAY_LEN(lines));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
