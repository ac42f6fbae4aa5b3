/* test_paint.c - tests of ui/paint.c
 *
 * Pictures are put together by hand: the rows with their bytes and states over
 * the space of real, mostly empty files. What is drawn is compared as text, and
 * as a letter for each style.
 */
#include "config.h"

#include "ui/paint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/context.h"
#include "session.h"
#include "space/ranges.h"
#include "tests/stage.h"
#include "tests/support.h"

enum {
	ROWS_MAX = 32,
	TEXT_MAX = 4096,
	COLS = 80,
	FIRST = 499999993, /* bytes of disk.001: 0x1dcd64f9 */
	SECOND = 500000007,
	THIRD = 510951424,
};

static struct context ctx;
static struct output out;
static struct canvas canvas;
static struct window window;
static struct shown_row rows[ROWS_MAX];
static struct picture picture;
static int cursor_row, cursor_col;

/* --- scenes -------------------------------------------------------------- */

static void set_up(void)
{
	stage_begin(&ctx, &out);
	canvas = (struct canvas){ 0 };
	window = (struct window){ 0 };
	picture = (struct picture){ .ctx = &ctx,
		                    .window = &window,
		                    .rows = rows };
}

static void tear_down(void)
{
	canvas_free(&canvas);
	stage_finish(&ctx);
}

/* The words of a layout line; the input may be a file of that many bytes,
   made here and nearly all hole: "disk.001=4K at 0x1000". */
static void open_line(const char *line)
{
	struct layout inputs = { 0 };
	struct placement *p;
	struct words words;
	struct error err;
	char *equals;

	must(words_split(line, strlen(line), &words, &err), &err);
	equals = strrchr(words.v[0].text, '=');
	if (equals) {
		uint64_t size;
		char *path;

		*equals = '\0';
		must(number_parse(equals + 1, &units_default, &size, &err),
		     &err);
		path = scratch_file(words.v[0].text, "", 0);
		ck_assert_int_eq(truncate(path, (off_t)size), 0);
		mem_free(words.v[0].text);
		words.v[0].text = mem_strdup(path, &err);
		free(path);
	}
	p = placement_parse(&words, &units_default, &err);
	must(p && layout_push(&inputs, p, &err) &&
	             session_open(ctx.session, &inputs, &err),
	     &err);
	words_free(&words);
}

static void lay_out(int lines, int cols)
{
	struct error err;

	must(canvas_resize(&canvas, lines, cols, &err), &err);
	window_layout(&window, context_space(&ctx), &ctx.options, 512, cols);
	picture.row_count = 0;
}

static void open_disks(void)
{
	char line[80];

	snprintf(line, sizeof(line), "disk.001=%d", FIRST);
	open_line(line);
	snprintf(line, sizeof(line), "disk.002=%d", SECOND);
	open_line(line);
	snprintf(line, sizeof(line), "disk.003=%d", THIRD);
	open_line(line);
	lay_out(10, COLS);
}

static void move_to(uint64_t addr)
{
	ctx.cursor = space_place(context_space(&ctx), addr);
}

static enum state state_of(const char *word)
{
	static const struct {
		char word[3];
		enum state state;
	} words[] = {
		{ "??", STATE_BAD },     { "nt", STATE_NOT_TRIED },
		{ "--", STATE_GAP },     { "mi", STATE_MISSING },
		{ "..", STATE_PENDING }, { "ho", STATE_HOLE },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(words[i].word, word, 2) == 0)
			return words[i].state;
	return STATE_DATA;
}

/* "0d 0a ?? --": bytes, and the states of those that have none. */
static struct shown_row *add_bytes(uint64_t addr, const char *text)
{
	struct shown_row *r = &rows[picture.row_count++];

	ck_assert_int_le(picture.row_count, ROWS_MAX);
	memset(r, 0, sizeof(*r));
	r->row = (struct row){ .kind = ROW_DATA, .addr = addr };
	for (; *text; text += text[2] ? 3 : 2) {
		unsigned i = r->count++;

		r->runs[i].len = 1;
		r->runs[i].state = state_of(text);
		/* What stands under a byte without value must not show. */
		r->bytes[i] = r->runs[i].state == STATE_DATA
		                      ? (unsigned char)strtoul(text, NULL, 16)
		              : r->runs[i].state == STATE_HOLE ? 0
		                                               : 'X';
	}
	return r;
}

/* The rule on line `line` of a row of the space. */
static void add_rule(uint64_t addr, unsigned line)
{
	struct rows all = window_rows(&window, context_space(&ctx), true);
	struct shown_row *r = &rows[picture.row_count++];
	struct row_pos pos = { addr, line };

	memset(r, 0, sizeof(*r));
	ck_assert(rows_at(&all, pos, &r->row));
	ck_assert_int_ne(r->row.kind, ROW_DATA);
}

static void paint(void)
{
	canvas_clear(&canvas);
	paint_rows(&canvas, 0, window.columns.width, &picture, &cursor_row,
	           &cursor_col);
}

/* --- what was drawn ------------------------------------------------------ */

static const struct cell *cell_at(int row, int col)
{
	EXPECT(row >= 0 && row < canvas.rows && col >= 0 && col < canvas.cols);
	return &canvas.v[row * canvas.cols + col];
}

/* Without blanks at the end. */
static const char *text_of(int row)
{
	return stage_row(&canvas, row);
}

/* A letter for each cell, as in the legend of the design's picture. */
static const char *styles_of(int row)
{
	static const char letters[STYLE_COUNT] = {
		[STYLE_NUL] = 'n',      [STYLE_SPACE] = 's',
		[STYLE_PRINT] = 'p',    [STYLE_CONTROL] = 'c',
		[STYLE_HIGH] = 'h',     [STYLE_FF] = 'f',
		[STYLE_HOLE] = 'o',     [STYLE_EDITED] = 'e',
		[STYLE_INSERTED] = 'i', [STYLE_BAD] = '!',
		[STYLE_GAP] = '-',      [STYLE_PENDING] = '~',
		[STYLE_SEAM] = '|',     [STYLE_BOOKMARK] = '@',
		[STYLE_OFFSET] = 'o',   [STYLE_DIM] = '.',
		[STYLE_NORMAL] = '.',   [STYLE_STRONG] = '*',
		[STYLE_BAR] = '=',
	};
	static const char overs[OVER_STYLE_COUNT] = {
		[OVER_SELECTION] = 'S',
		[OVER_MIRROR] = 'M',
		[OVER_CURSOR] = 'C',
	};
	static char text[TEXT_MAX];
	int col;

	for (col = 0; col < canvas.cols; col++) {
		const struct cell *cell = cell_at(row, col);

		text[col] = letters[cell->style];
		if (cell->over != OVER_NONE)
			text[col] = overs[cell->over];
		else if (col < window.columns.offset_width &&
		         cell->style == STYLE_DIM)
			text[col] = 'z';
		else if (cell->ch == ' ' && cell->style != STYLE_SPACE &&
		         cell->style != STYLE_BAR)
			text[col] = '.';
	}
	while (col > 0 && text[col - 1] == '.')
		col--;
	text[col] = '\0';
	return text;
}

static void expect_text(int row, const char *want)
{
	ck_assert_str_eq(text_of(row), want);
}

static void check_canvas(void)
{
	for (int row = 0; row < canvas.rows; row++) {
		for (int col = 0; col < canvas.cols; col++) {
			const struct cell *c = cell_at(row, col);

			EXPECT(c->style < STYLE_COUNT);
			EXPECT(c->over < OVER_STYLE_COUNT);
			if (c->ch == 0)
				EXPECT(col > 0 && char_width(c[-1].ch) == 2);
			else
				EXPECT(char_width(c->ch) > 0);
			if (char_width(c->ch) == 2)
				EXPECT(col + 1 < canvas.cols && c[1].ch == 0);
		}
	}
}

/* --- the pictures of the design ------------------------------------------ */

static const char fat[] = "00 00 4e 4f 20 4e 41 4d 45 20 20 20 20 46 41 54";
static const char seam_row[] =
	"0a 50 72 65 73 73 20 61 6e 45 46 49 20 50 41 52";

static void add_bookmark(uint64_t addr)
{
	struct location at = space_locate(context_space(&ctx), addr);
	struct range range = { .doc = document_id(at.segment->doc),
		               .off = at.doc_off,
		               .len = 1,
		               .name = (char[]){ "vbr" } };
	struct error err;

	must(ranges_add(ctx.bookmarks, &range, &err), &err);
}

START_TEST(main_screen)
{
	struct shown_row *r;

	open_disks();
	picture.look.marks = true;
	context_select(&ctx, 0x1dcd64b2, 0x1dcd64bd, SELECT_FIXED);
	add_bookmark(0x1dcd64d5);
	move_to(0x1dcd64f9);
	r = add_bytes(0x1dcd6470,
	              "03 de ad 8d 03 ff 00 ff 02 00 00 00 3a 01 02 00");
	r->runs[1].edited = r->runs[2].edited = true;
	add_bytes(0x1dcd64b0, fat);
	add_bytes(0x1dcd64d0,
	          "0d 0a 52 65 6d 6f 76 65 20 64 69 73 6b 73 20 6f");
	add_rule(0x1dcd64f0, 0);
	add_bytes(0x1dcd64f0, seam_row);
	add_bytes(0x1dcd6540,
	          "?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ??");
	paint();
	expect_text(0, "001dcd6470* 03 de ad 8d 03 ff 00 ff  02 00 00 00 3a 01 "
	               "02 00│•×××•■⋄■•⋄⋄⋄:••⋄");
	expect_text(1, "001dcd64b0  00 00[4e 4f 20 4e 41 4d  45 20 20 20 20]46 "
	               "41 54│⋄⋄NO NAME    FAT");
	expect_text(2, "001dcd64d0@ 0d 0a 52 65 6d 6f 76 65  20 64 69 73 6b 73 "
	               "20 6f│␣␣Remove disks o");
	expect_text(3, "────┤ #2 disk.002 ├ starts at 0x1dcd64f9 ├ 500 000 007 "
	               "B ├────────────────────");
	expect_text(4, "001dcd64f0  0a 50 72 65 73 73 20 61  6e┃45 46 49 20 50 "
	               "41 52│␣Press an┃EFI PAR");
	expect_text(5, "001dcd6540! ?? ?? ?? ?? ?? ?? ?? ??  ?? ?? ?? ?? ?? ?? "
	               "?? ??│????????????????");
	/* Picture J of the design. */
	ck_assert_str_eq(styles_of(4),
	                 "zzoooooooo..ss.pp.pp.pp.pp.pp.ss.pp..pp|CC.pp.pp.ss."
	                 "pp.pp.pp.spppppspp|Mppsppp");
	ck_assert_str_eq(styles_of(0),
	                 "zzooooooooe.cc.ee.ee.hh.cc.ff.nn.ff..cc.nn.nn.nn.pp."
	                 "cc.cc.nn.ceehcfnfcnnnpccn");
	ck_assert_str_eq(styles_of(1),
	                 "zzoooooooo..nn.nn*SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS*"
	                 "pp.pp.pp.nnSSSSSSSSSSSppp");
	ck_assert_int_eq(cursor_row, 4);
	ck_assert_int_eq(cursor_col, 40);
	check_canvas();
}
END_TEST

START_TEST(ascii_screen)
{
	open_disks();
	picture.look.marks = picture.look.ascii = canvas.ascii = true;
	context_select(&ctx, 0x1dcd64b2, 0x1dcd64bd, SELECT_FIXED);
	add_bytes(0x1dcd64b0, fat);
	add_rule(0x1dcd64f0, 0);
	add_bytes(0x1dcd64f0, seam_row);
	paint();
	expect_text(0, "001dcd64b0  00 00[4e 4f 20 4e 41 4d  45 20 20 20 20]46 "
	               "41 54:..NO NAME    FAT");
	expect_text(1, "----[ #2 disk.002 ] starts at 0x1dcd64f9 ] 500 000 007 "
	               "B ]--------------------");
	expect_text(2, "001dcd64f0  0a 50 72 65 73 73 20 61  6e|45 46 49 20 50 "
	               "41 52:.Press an|EFI PAR");
	paint_ruler(&canvas, 5, &picture);
	expect_text(5, "offset      00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d "
	               "0e 0f:0123456789abcdef");
	for (int row = 0; row < canvas.rows; row++)
		for (int col = 0; col < canvas.cols; col++)
			EXPECT(cell_at(row, col)->ch < 0x7f);
}
END_TEST

/* Picture I: a gap, a seam behind it, unreadable bytes. */
START_TEST(gap_and_unreadable)
{
	open_line("disk.001=4K");
	open_line("gap:26");
	open_line("disk.003=8K");
	lay_out(10, COLS);
	move_to(0x1005);
	add_bytes(0xff0, "65 6e 64 20 6f 66 20 64 69 73 6b 2e 30 30 31 20");
	add_rule(0x1000, 0);
	add_bytes(0x1000, "-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --");
	add_rule(0x1010, 0);
	add_bytes(0x1010, "-- -- -- -- -- -- -- -- -- -- 50 4b 03 04 14 00");
	add_bytes(0x1030, "?? nt mi .. ho 00 41 42 43 44 45 46 47 48 49 4a");
	add_bytes(0x1040, "mi mi .. .. ho 00 41 42 43 44 45 46 47 48 49 4a");
	paint();
	expect_text(0, "0000000ff0  65 6e 64 20 6f 66 20 64  69 73 6b 2e 30 30 "
	               "31 20│end of disk.001");
	expect_text(1, "┄┄┄┄┤ gap ├ 0x1000 .. 0x1019 ├ 26 B ├ no file here "
	               "├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄");
	expect_text(2, "0000001000  -- -- -- -- -- -- -- --  -- -- -- -- -- -- "
	               "-- --│");
	expect_text(3, "────┤ #2 disk.003 ├ starts at 0x101a ├ 8 192 B "
	               "├──────────────────────────────");
	expect_text(4, "0000001010  -- -- -- -- -- -- -- --  -- --┃50 4b 03 04 "
	               "14 00│          ┃PK•••⋄");
	/* Never a value that it does not have. */
	expect_text(5, "0000001030! ?? ?? -- ·· 00 00 41 42  43 44 45 46 47 48 "
	               "49 4a│?? ·⋄⋄ABCDEFGHIJ");
	expect_text(6, "0000001040  -- -- ·· ·· 00 00 41 42  43 44 45 46 47 48 "
	               "49 4a│  ··⋄⋄ABCDEFGHIJ");
	ck_assert_str_eq(styles_of(5),
	                 "zzzzzzoooo!.!!.!!.--.~~.oo.nn.pp.pp..pp.pp.pp.pp.pp."
	                 "pp.pp.pp.!!.~onpppppppppp");
	/* The cursor is in the gap, on a row that is shown. */
	ck_assert_int_eq(cursor_row, 2);
	ck_assert_int_eq(cursor_col, window_hex_column(&window, 5) + 1);
}
END_TEST

START_TEST(rows_of_a_long_gap)
{
	open_line("disk.001=4K");
	open_line("disk.002=4K at 1M");
	lay_out(10, COLS);
	move_to(0x8000);
	add_bytes(0xff0, fat);
	add_rule(0x1000, 0);
	add_rule(0x100000, 0);
	paint();
	expect_text(1, "┄┄┄┄┤ gap ├ 0x1000 .. 0xfffff ├ 1 044 480 B ├ no file "
	               "here ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄");
	expect_text(2, "────┤ #2 disk.002 ├ starts at 0x100000 ├ 4 096 B "
	               "├────────────────────────────");
	/* The rule stands for the address under the cursor. */
	ck_assert_int_eq(cursor_row, 1);
}
END_TEST

START_TEST(rules_of_many)
{
	char line[40];

	open_line("first=20");
	for (int i = 0; i < 15; i++) {
		snprintf(line, sizeof(line), "part%d=0", i);
		open_line(line);
	}
	open_line("a=1");
	for (int i = 0; i < 4; i++) {
		open_line("gap:1");
		snprintf(line, sizeof(line), "b%d=1", i);
		open_line(line);
	}
	lay_out(10, COLS);
	add_rule(0x10, 0);
	add_rule(0x10, 1);
	paint();
	expect_text(0, "────┤ #2..#21 ├ 20 files start here "
	               "├─────────────────────────────────────────");
	expect_text(1,
	            "┄┄┄┄┤ 4 gaps begin here "
	            "├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄");
}
END_TEST

/* The name gives way to the address, then the size is left out, then the
   address; a rule ends in its sign. */
START_TEST(rule_in_a_narrow_window)
{
	open_line("disk.001=20");
	open_line("a-name-that-is-longer-than-the-line-it-is-on-is-cut=20");
	open_line("disk.003=20 at 0x100000000");
	lay_out(10, 47);
	add_rule(0x10, 0);
	paint();
	expect_text(0, "────┤ #2 a-name-th… ├ starts at 0x14 ├ 20 B ├");
	add_rule(0x100000000, 0);
	add_rule(0x28, 0);
	paint();
	expect_text(1, "────┤ #3 disk.003 ├ starts at 0x100000000 ├──");
	expect_text(2, "┄┄┄┄┤ gap ├ 0x28 .. 0xffffffff ├┄┄┄┄┄┄┄┄┄┄┄┄┄");
}
END_TEST

/* --- seams --------------------------------------------------------------- */

START_TEST(two_seams_in_a_row)
{
	open_line("a=3");
	open_line("b=2");
	open_line("c=11");
	lay_out(4, COLS);
	move_to(15);
	add_bytes(0, "41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50");
	paint();
	/* The second one stands between two bytes in the hex pane alone; in the
	   text pane the character behind it tells. */
	expect_text(0, "0000000000  41 42 43┃44 45┃46 47 48  49 4a 4b 4c 4d 4e "
	               "4f 50│ABC┃DEFGHIJKLMNOP");
	ck_assert_str_eq(styles_of(0),
	                 "zzzzzzzzzo..pp.pp.pp|pp.pp|pp.pp.pp..pp.pp.pp.pp.pp."
	                 "pp.pp.CC.ppp|pp|pppppppppM");
}
END_TEST

START_TEST(seam_before_the_first_byte_of_a_row)
{
	open_line("a=16");
	open_line("b=0");
	open_line("c=8");
	lay_out(4, COLS);
	move_to(17);
	window.pane = PANE_TEXT;
	add_bytes(0x10, "41 42 43 44 45 46 47 48");
	paint();
	expect_text(0, "0000000010 ┃41 42 43 44 45 46 47 48                    "
	               "     │┃ABCDEFGH");
	ck_assert_str_eq(styles_of(0),
	                 "zzzzzzzzoo.|pp.MM.pp.pp.pp.pp.pp.pp....."
	                 ".....................|pCpppppp");
	/* The hardware cursor is in the pane that is active. */
	ck_assert_int_eq(cursor_col, window.columns.text + 2);
}
END_TEST

/* --- wide characters ----------------------------------------------------- */

START_TEST(wide_characters)
{
	ctx.options.encoding = ENCODING_UTF8;
	open_line("a=32");
	lay_out(4, COLS);
	move_to(1);
	add_bytes(0, "e4 b8 80 41 f0 9f 98 80 c3 a9 ff 42 e4 b8 80 e4");
	paint();
	expect_text(0, "0000000000  e4 b8 80 41 f0 9f 98 80  c3 a9 ff 42 e4 b8 "
	               "80 e4│一·A😀··é·■B一·×");
	/* The mirror covers both halves. */
	ck_assert_uint_eq(cell_at(0, window.columns.text)->over, OVER_MIRROR);
	ck_assert_uint_eq(cell_at(0, window.columns.text + 1)->over,
	                  OVER_MIRROR);
	check_canvas();
}
END_TEST

/* A character of two files, one cell in each: signs, and the seam between. */
START_TEST(wide_character_over_a_seam)
{
	ctx.options.encoding = ENCODING_UTF8;
	open_line("a=3");
	open_line("b=13");
	lay_out(4, COLS);
	move_to(15);
	add_bytes(0, "41 42 e4 b8 80 43 44 45 46 47 48 49 4a 4b 4c 4d");
	paint();
	expect_text(0, "0000000000  41 42 e4┃b8 80 43 44 45  46 47 48 49 4a 4b "
	               "4c 4d│AB×┃×·CDEFGHIJKLM");
	check_canvas();
}
END_TEST

/* --- gutter, selection, cursor ------------------------------------------- */

START_TEST(gutters)
{
	static const struct {
		bool bad, edited, inserted, bookmark;
		char gutter;
		enum style style;
	} table[] = {
		{ false, false, false, false, ' ', STYLE_NORMAL },
		{ false, false, false, true, '@', STYLE_BOOKMARK },
		{ false, false, true, true, '+', STYLE_EDITED },
		{ false, true, false, true, '*', STYLE_EDITED },
		{ false, true, true, true, '*', STYLE_EDITED },
		{ true, true, true, true, '!', STYLE_BAD },
		{ true, false, false, false, '!', STYLE_BAD },
	};

	open_line("a=4K");
	lay_out(4, COLS);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct shown_row *r;

		if (table[i].bookmark && ranges_count(ctx.bookmarks) == 0)
			add_bookmark(0x1f);
		if (!table[i].bookmark && ranges_count(ctx.bookmarks) > 0)
			ranges_remove(ctx.bookmarks, 0);
		picture.row_count = 0;
		r = add_bytes(0x10, fat);
		if (table[i].bad)
			r->runs[3].state = STATE_BAD;
		r->runs[5].edited = table[i].edited;
		r->runs[9].inserted = r->runs[9].edited = table[i].inserted;
		paint();
		ck_assert_msg(cell_at(0, window.columns.gutter)->ch ==
		                      (uint32_t)table[i].gutter,
		              "row %zu", i);
		ck_assert_msg(cell_at(0, window.columns.gutter)->style ==
		                      table[i].style,
		              "row %zu", i);
		if (table[i].inserted)
			ck_assert_uint_eq(cell_at(0, window_hex_column(&window,
			                                               9) +
			                                     1)
			                          ->style,
			                  STYLE_INSERTED);
	}
}
END_TEST

/* Only the row that holds the bookmark's byte has the sign. */
START_TEST(bookmark_at_the_ends_of_a_row)
{
	static const struct {
		uint64_t addr;
		bool shown;
	} table[] = {
		{ 0x0f, false }, { 0x10, true }, { 0x1f, true }, { 0x20, false }
	};

	open_line("a=24");
	open_line("b=4K");
	lay_out(4, COLS);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		add_bookmark(table[i].addr);
		picture.row_count = 0;
		add_bytes(0x10, fat);
		paint();
		ck_assert_msg((cell_at(0, window.columns.gutter)->ch == '@') ==
		                      table[i].shown,
		              "row %zu", i);
		ranges_remove(ctx.bookmarks, 0);
	}
}
END_TEST

START_TEST(selections)
{
	static const struct {
		uint64_t start, end;
		const char *text; /* of the hex pane, with marks */
	} table[] = {
		{ 0x10, 0x11, "[41]42 43 44 45 46 47 48  49" },
		{ 0x11, 0x12, " 41[42]43 44 45 46 47 48  49" },
		{ 0x17, 0x18, " 41 42 43 44 45 46 47[48 ]49" },
		{ 0x18, 0x19, " 41 42 43 44 45 46 47 48 [49]" },
		{ 0x10, 0x19, "[41 42 43 44 45 46 47 48  49]" },
		{ 0x00, 0x13, "[41 42 43]44 45 46 47 48  49" },
		{ 0x00, 0x10, " 41 42 43 44 45 46 47 48  49" },
	};

	open_line("a=25");
	lay_out(4, COLS);
	picture.look.marks = true;
	add_bytes(0x10, "41 42 43 44 45 46 47 48 49");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char want[100];

		context_select(&ctx, table[i].start, table[i].end,
		               SELECT_FIXED);
		paint();
		snprintf(want, sizeof(want), "0000000010 %-49s│ABCDEFGHI",
		         table[i].text);
		ck_assert_msg(strcmp(text_of(0), want) == 0, "row %zu: %s", i,
		              text_of(0));
	}
}
END_TEST

static const char over_letters[OVER_STYLE_COUNT] = {
	[OVER_NONE] = '.',      [OVER_MATCH] = 'm',  [OVER_MATCH_HERE] = 'h',
	[OVER_SELECTION] = 's', [OVER_MIRROR] = '.', [OVER_CURSOR] = '.',
};

static const char *overs_of(int row, int from, int to)
{
	static char text[TEXT_MAX];
	int n = 0;

	for (int col = from; col < to; col++)
		text[n++] = over_letters[cell_at(row, col)->over];
	text[n] = '\0';
	return text;
}

/* Matches with signs and without: where they begin and end, next to each other,
   into the row and out of it, the current one, under a selection. */
START_TEST(matches)
{
	static const struct {
		struct shown_match v[2], here;
		uint64_t start, end; /* of a selection */
		const char *text, *hex, *right;
	} table[] = {
		{ { { 0x10, 0x11 }, { 0x13, 0x15 } },
		  { 0 },
		  0,
		  0,
		  "<41>42 43<44 45>46 47 48  49",
		  ".mm.......mmmmm..............",
		  "m..mm...." },
		{ { { 0x0e, 0x11 }, { 0x11, 0x13 } },
		  { 0 },
		  0,
		  0,
		  " 41<42 43>44 45 46 47 48  49",
		  ".mm.mmmmm....................",
		  "mmm......" },
		{ { { 0x16, 0x18 }, { 0x18, 0x1b } },
		  { 0x18, 0x1b },
		  0,
		  0,
		  " 41 42 43 44 45 46<47 48 <49",
		  "...................mmmmm..hh.",
		  "......mmh" },
		{ { { 0x11, 0x13 }, { 0x15, 0x16 } },
		  { 0x11, 0x13 },
		  0x11,
		  0x13,
		  " 41<42 43>44 45<46>47 48  49",
		  "....hhhhh.......mm...........",
		  ".hh..m..." },
		{ { { 0x11, 0x14 }, { 0x18, 0x19 } },
		  { 0 },
		  0x12,
		  0x16,
		  " 41<42[43 44>45 46]47 48 <49>",
		  "....mm.sssssssssss........mm.",
		  ".mssss..m" },
		{ { { 0x00, 0x0f }, { 0x20, 0x21 } },
		  { 0 },
		  0,
		  0,
		  " 41 42 43 44 45 46 47 48  49",
		  ".............................",
		  "........." },
	};

	open_line("a=25");
	lay_out(4, COLS);
	move_to(0);
	add_bytes(0x10, "41 42 43 44 45 46 47 48 49");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int hex = window.columns.hex, text = window.columns.text;
		char want[100];

		context_select(&ctx, table[i].start, table[i].end,
		               SELECT_FIXED);
		picture.matches = table[i].v;
		picture.match_count = 2;
		picture.match_here = table[i].here;
		for (int marks = 0; marks < 2; marks++) {
			picture.look.marks = marks;
			paint();
			ck_assert_msg(strcmp(overs_of(0, hex, hex + 29),
			                     table[i].hex) == 0,
			              "row %zu: %s", i,
			              overs_of(0, hex, hex + 29));
			ck_assert_msg(strcmp(overs_of(0, text, text + 9),
			                     table[i].right) == 0,
			              "row %zu: %s", i,
			              overs_of(0, text, text + 9));
		}
		snprintf(want, sizeof(want), "0000000010 %-49s│ABCDEFGHI",
		         table[i].text);
		ck_assert_msg(strcmp(text_of(0), want) == 0, "row %zu: %s", i,
		              text_of(0));
	}
}
END_TEST

/* One cell in each pane, or two, and nowhere else. */
static void expect_pair(int hex, int hex_width, int text)
{
	for (int col = 0; col < canvas.cols; col++) {
		bool in_hex = window.pane == PANE_HEX;
		unsigned want = OVER_NONE;

		if (col >= hex && col < hex + hex_width)
			want = in_hex ? OVER_CURSOR : OVER_MIRROR;
		else if (col == text)
			want = in_hex ? OVER_MIRROR : OVER_CURSOR;
		ck_assert_msg(cell_at(0, col)->over == want, "column %d", col);
	}
	ck_assert_int_eq(cursor_row, 0);
	ck_assert_int_eq(cursor_col, window.pane == PANE_HEX ? hex : text);
}

START_TEST(cursor_in_both_panes)
{
	open_line("a=25");
	lay_out(4, COLS);
	add_bytes(0x10, "41 42 43 44 45 46 47 48 49");
	for (int pane = PANE_HEX; pane <= PANE_TEXT; pane++) {
		window.pane = (enum pane)pane;
		for (unsigned i = 0; i <= 9; i++) {
			move_to(0x10 + i); /* the last is behind the end */
			paint();
			expect_pair(window_hex_column(&window, i) + 1, 2,
			            window.columns.text + (int)i);
		}
	}
	window.pane = PANE_HEX;
	picture.low_nibble = true;
	move_to(0x12);
	paint();
	ck_assert_int_eq(cursor_col, window_hex_column(&window, 2) + 2);
	move_to(5); /* above */
	paint();
	ck_assert_int_eq(cursor_row, -1);
}
END_TEST

/* Behind a last row that is full there is no cell for a byte. */
START_TEST(cursor_behind_a_full_row)
{
	open_line("a=16");
	lay_out(4, COLS);
	add_bytes(0, fat);
	for (int pane = PANE_HEX; pane <= PANE_TEXT; pane++) {
		window.pane = (enum pane)pane;
		move_to(16);
		paint();
		expect_pair(window.columns.bar, 1, window.columns.text + 16);
	}
}
END_TEST

START_TEST(cursor_in_an_empty_space)
{
	lay_out(4, COLS);
	add_bytes(0, "");
	move_to(0);
	paint();
	expect_text(0,
	            "0000000000                                              "
	            "    "
	            "│");
	expect_pair(window_hex_column(&window, 0) + 1, 2, window.columns.text);
}
END_TEST

START_TEST(letters_in_upper_case)
{
	open_line("a=16");
	lay_out(4, COLS);
	picture.look.upper = true;
	add_bytes(0, "ab cd ef");
	paint();
	ck_assert_uint_eq(cell_at(0, window_hex_column(&window, 0) + 1)->ch,
	                  'A');
	ck_assert_uint_eq(cell_at(0, window_hex_column(&window, 2) + 2)->ch,
	                  'F');
}
END_TEST

/* --- title, ruler, status ------------------------------------------------ */

START_TEST(titles)
{
	open_disks();
	paint_title(&canvas, 0, 80, &picture, "HEX  RW", "");
	expect_text(0, " hexspan  disk.001 +2 files  1.41 GiB                  "
	               "                 HEX  RW");
	lay_out(10, 60);
	paint_title(&canvas, 0, 60, &picture, "HEX  RW", "");
	expect_text(0,
	            " hexspan  disk.001 +2 files  1.41 GiB               HEX  "
	            "RW");
	lay_out(10, 200);
	paint_title(&canvas, 0, 200, &picture, "HEX  RW", "");
	ck_assert_int_eq((int)strlen(text_of(0)), 199);
	/* Of the segment that the cursor is in. */
	move_to(FIRST);
	paint_title(&canvas, 0, 200, &picture, "", "");
	expect_text(0, " hexspan  disk.002 +2 files  1.41 GiB");
}
END_TEST

START_TEST(title_without_files)
{
	lay_out(4, 60);
	paint_title(&canvas, 0, 60, &picture, "HEX  RO", "");
	expect_text(0,
	            " hexspan    0 B                                     HEX  "
	            "RO");
	open_line("gap:1K");
	open_line("a=1");
	lay_out(4, 60);
	paint_title(&canvas, 0, 60, &picture, "", "");
	expect_text(0, " hexspan  a  1.00 KiB");
}
END_TEST

/* What a file's name holds never gets to the terminal as it is. */
START_TEST(names_with_escapes)
{
	static const char name[] = "\"a\\x1b[31m\\xffb\\n\\xe2\\x80\\xae=100\"";
	static const char shown[] = "a\\x1b[31m\\xffb\\x0a\\xe2\\x80\\xae";
	static const int cols[] = { 60, 200 };

	open_line(name);
	open_line("b=100");
	for (size_t i = 0; i < ARRAY_LEN(cols); i++) {
		lay_out(6, cols[i]);
		move_to(1);
		paint_title(&canvas, 0, cols[i], &picture, "HEX", "");
		ck_assert_ptr_nonnull(strstr(text_of(0), shown));
		paint_status(&canvas, 1, cols[i], &picture);
		ck_assert_ptr_nonnull(strstr(text_of(1), "a\\x1b[31m"));
		check_canvas();
	}
	ck_assert_ptr_nonnull(strstr(text_of(1), shown));
}
END_TEST

START_TEST(rule_of_a_name_with_escapes)
{
	open_line("b=100");
	open_line("\"\\x1b]0;x\\x07=100\"");
	lay_out(6, 80);
	add_rule(96, 0);
	paint();
	ck_assert_ptr_nonnull(strstr(text_of(0), " #2 \\x1b]0;x\\x07 "));
}
END_TEST

/* A name as long as they come leaves the sign of what may be written. */
START_TEST(title_with_a_long_name)
{
	char line[300];

	memset(line, 'n', sizeof(line));
	snprintf(line + 250, sizeof(line) - 250, "=9");
	open_line(line);
	lay_out(4, 60);
	move_to(0);
	paint_title(&canvas, 0, 60, &picture, "HEX  RW", "");
	expect_text(0,
	            " hexspan  nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… HEX  "
	            "RW");
	paint_status(&canvas, 1, 60, &picture);
	ck_assert_int_eq(canvas_width(text_of(1)), 58);
}
END_TEST

START_TEST(rulers)
{
	static const struct {
		enum offset_form offset;
		const char *start;
	} table[] = {
		{ OFFSET_SPACE, "offset      00 01" },
		{ OFFSET_SEGMENT, "segment     00 01" },
		{ OFFSET_BOTH, "offset      00 01" },
		{ OFFSET_SECTOR, "sector      00 01" },
		{ OFFSET_DECIMAL, "offset      00 01" },
	};

	open_line("a=16");
	move_to(5);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		ctx.options.offset = table[i].offset;
		lay_out(4, COLS);
		paint_ruler(&canvas, 0, &picture);
		ck_assert_msg(strncmp(text_of(0), table[i].start,
		                      strlen(table[i].start)) == 0,
		              "row %zu: %s", i, text_of(0));
	}
	/* The column of the cursor stands out in the hex pane. */
	for (int k = 0; k < 16; k++)
		ck_assert_int_eq(cell_at(0, window_hex_column(&window,
		                                              (unsigned)k) +
		                                    1)
		                                 ->style == STYLE_STRONG,
		                 k == 5);
}
END_TEST

START_TEST(statuses)
{
	struct shown_row *r;

	open_disks();
	move_to(FIRST);
	r = add_bytes(0x1dcd64f0, seam_row);
	paint_status(&canvas, 0, COLS, &picture);
	expect_text(0, " 0x1dcd64f9  #2 disk.002+0x0  33%  s976562+249         "
	               "               45 69 'E'");
	context_select(&ctx, 0x1dcd64b2, 0x1dcd64bd, SELECT_FIXED);
	paint_status(&canvas, 0, COLS, &picture);
	ck_assert_ptr_nonnull(strstr(text_of(0), "  sel 11  45 69 'E'"));
	context_select(&ctx, 0, 0, SELECT_NONE);
	r->bytes[9] = 0x1b;
	paint_status(&canvas, 0, COLS, &picture);
	ck_assert_ptr_nonnull(strstr(text_of(0), "  1b 27"));
	ck_assert_ptr_null(strchr(text_of(0), '\''));
	r->runs[9] = (struct run){
		.len = 1, .state = STATE_BAD, .why = WHY_ERRNO, .sys = 5
	};
	paint_status(&canvas, 0, COLS, &picture);
	ck_assert_ptr_nonnull(
		strstr(text_of(0), "unreadable: Input/output error"));
	r->runs[9].why = WHY_PAST_END;
	paint_status(&canvas, 0, COLS, &picture);
	ck_assert_ptr_nonnull(
		strstr(text_of(0), "unreadable: past the end of the file"));
	for (int s = 0; s < STATE_COUNT; s++) {
		static const char *const words[STATE_COUNT] = {
			"1b 27",   "1b 27 hole",   "unreadable", "not tried",
			"missing", "no file here", "being read"
		};
		const char *text;

		r->runs[9] = (struct run){ .len = 1, .state = (enum state)s };
		paint_status(&canvas, 0, COLS, &picture);
		text = text_of(0);
		ck_assert_str_eq(text + strlen(text) - strlen(words[s]),
		                 words[s]);
	}
}
END_TEST

/* What stands at an address, and is not the cursor's. */
START_TEST(statuses_without_a_byte)
{
	const struct space *sp;
	size_t len;

	open_line("disk.001=20");
	open_line("empty=0");
	open_line("disk.003=20 at 0x1000");
	lay_out(10, COLS);
	sp = context_space(&ctx);
	/* The byte behind the end of a segment. */
	ctx.cursor =
		(struct place){ .addr = 4, .segment = 1, .side = SIDE_END };
	add_bytes(0, seam_row);
	paint_status(&canvas, 0, COLS, &picture);
	len = strlen(text_of(0));
	ck_assert_int_eq(text_of(0)[len - 1], '4');
	/* A gap whose row is left out. */
	ctx.cursor = space_place(sp, 0x800);
	paint_status(&canvas, 0, COLS, &picture);
	ck_assert_ptr_nonnull(strstr(text_of(0), "no file here"));
	/* Bytes that are off the screen. */
	ctx.cursor = space_place(sp, 0x1000);
	paint_status(&canvas, 0, COLS, &picture);
	ck_assert_ptr_null(strstr(text_of(0), "no file here"));
}
END_TEST

START_TEST(percents)
{
	static const struct {
		const char *line;
		uint64_t addr;
		const char *want;
	} table[] = {
		{ NULL, 0, "100%" },
		{ "a=1", 0, "100%" },
		{ "a=2", 0, "0%" },
		{ "a=2", 1, "100%" },
		{ "a=2", 2, "100%" }, /* behind the end */
		{ "a=3", 1, "50%" },
		{ "a=1001", 999, "99%" },
		{ "memory:0x7ffffffffffffff0", 0x4000000000000000, "50%" },
		{ "memory:0x7ffffffffffffff0", 0x7fffffffffffffee, "99%" },
		{ "memory:0x7ffffffffffffff0", 0x7fffffffffffffef, "100%" },
		/* Where addr * 100 just fits, and just not. */
		{ "memory:0x7ffffffffffffff0", UINT64_MAX / 100, "2%" },
		{ "memory:0x7ffffffffffffff0", UINT64_MAX / 100 + 1, "2%" },
		/* Gaps do not count. */
		{ "a=5 at 0xffffffffffffffe0", 0, "0%" },
		{ "a=5 at 0xffffffffffffffe0", 0xffffffffffffffe0, "0%" },
		{ "a=5 at 0xffffffffffffffe0", 0xffffffffffffffe1, "25%" },
		{ "a=5 at 0xffffffffffffffe0", 0xffffffffffffffe4, "100%" },
		{ "a=5 at 0xffffffffffffffe0", 0xffffffffffffffe5, "100%" },
		{ "gap:100", 50, "100%" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char want[16];

		if (i > 0) {
			tear_down();
			set_up();
		}
		if (table[i].line)
			open_line(table[i].line);
		lay_out(4, COLS);
		move_to(table[i].addr);
		paint_status(&canvas, 0, COLS, &picture);
		snprintf(want, sizeof(want), "  %s  s", table[i].want);
		ck_assert_msg(strstr(text_of(0), want) != NULL, "row %zu: %s",
		              i, text_of(0));
	}
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} table[] = {
		{ 0, "0 B" },
		{ 512, "512 B" },
		{ 1023, "1023 B" },
		{ 1024, "1.00 KiB" },
		{ 1536, "1.50 KiB" },
		{ 10234, "9.99 KiB" },
		{ 10235, "10.0 KiB" }, /* 9.995 */
		{ 10240, "10.0 KiB" },
		{ 102348, "99.9 KiB" },
		{ 102349, "100 KiB" }, /* 99.95 */
		{ 1048575, "1024 KiB" },
		{ 1048576, "1.00 MiB" },
		{ 1512000000, "1.41 GiB" },
		{ UINT64_C(1) << 40, "1.00 TiB" },
		{ UINT64_C(1) << 50, "1.00 PiB" },
		{ UINT64_C(1) << 60, "1.00 EiB" },
		{ UINT64_MAX, "16.0 EiB" },
	};
	char text[24];

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		ck_assert_str_eq(size_text(table[i].bytes, text),
		                 table[i].text);
}
END_TEST

START_TEST(grouped_numbers)
{
	static const struct {
		uint64_t value;
		const char *text;
	} table[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1 000" },
		{ 500000007, "500 000 007" },
		{ UINT64_MAX, "18 446 744 073 709 551 615" },
	};
	char text[32];

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		ck_assert_str_eq(grouped_text(table[i].value, text),
		                 table[i].text);
}
END_TEST

/* --- any picture --------------------------------------------------------- */

static void open_random(uint64_t *seed)
{
	static const char *const lines[] = {
		"x0=40", "x1=3",    "gap:70",       "gap:2000", "x2=0",
		"x3=0",  "x4=5000", "x5=1",         "gap:1",    "x6=0",
		"x7=1",  "x8=1",    "x9=1 at +100", "xa=16",
	};

	if (random_below(seed, 8) == 0)
		open_line("high=64 at 0xffffffffffffff00");
	else
		for (uint64_t n = random_below(seed, 12); n > 0; n--)
			open_line(lines[random_below(seed, ARRAY_LEN(lines))]);
}

static void random_rows(uint64_t *seed)
{
	struct rows all = window_rows(&window, context_space(&ctx),
	                              random_below(seed, 4) > 0);
	uint64_t size = space_size(context_space(&ctx));
	struct row lines[ROWS_MAX];
	bool wide = random_below(seed, 2);

	window.lines = (int)random_below(seed, ROWS_MAX + 1);
	window.top = rows_of(&all, size ? random_below(seed, size) : 0);
	picture.row_count = window_fill(&window, &all, lines);
	for (int i = 0; i < picture.row_count; i++) {
		struct shown_row *r = &rows[i];

		*r = (struct shown_row){ .row = lines[i] };
		if (r->row.kind == ROW_DATA)
			r->count = (unsigned)u64_min(window.per_row,
			                             size - r->row.addr);
		for (unsigned k = 0; k < r->count; k++) {
			r->bytes[k] = wide ? (unsigned char)"一é"[k % 5]
			                   : (unsigned char)random_u64(seed);
			r->runs[k].len = 1;
			if (random_below(seed, 4) == 0)
				r->runs[k].state =
					(enum state)random_below(seed,
				                                 STATE_COUNT);
			r->runs[k].edited = random_below(seed, 20) == 0;
			r->runs[k].inserted =
				r->runs[k].edited && random_below(seed, 2);
		}
	}
}

/* Rows of the canvas that are not the picture's, and columns behind the
   window's, stay blank. */
static void check_outside(int top)
{
	for (int row = 0; row < canvas.rows; row++)
		for (int col = 0; col < canvas.cols; col++)
			if (row < top || row >= top + picture.row_count ||
			    col >= window.columns.width)
				EXPECT(cell_at(row, col)->ch == ' ' &&
				       cell_at(row, col)->over == OVER_NONE);
}

static void paint_random(uint64_t *seed)
{
	const struct space *sp = context_space(&ctx);
	int top = (int)random_below(seed, 5);
	int canvas_rows = (int)random_below(seed, 30);
	int cols = 1 + (int)random_below(seed, 220);
	struct error err;

	ctx.options.offset = random_below(seed, 5);
	ctx.options.encoding = random_below(seed, 6);
	ctx.options.columns =
		random_below(seed, 3) ? 0 : random_below(seed, 65);
	ctx.options.groups = random_below(seed, 3);
	window_layout(&window, sp, &ctx.options, 512, 47 + cols);
	window.pane = (enum pane)random_below(seed, 2);
	/* The canvas may be smaller than what the window was made for. */
	must(canvas_resize(&canvas, canvas_rows,
	                   random_below(seed, 3) ? 47 + cols : cols, &err),
	     &err);
	random_rows(seed);
	picture.look.ascii = canvas.ascii = random_below(seed, 2);
	picture.look.marks = random_below(seed, 2);
	picture.low_nibble = random_below(seed, 2);
	move_to(space_size(sp) == UINT64_MAX
	                ? random_u64(seed)
	                : random_below(seed, space_size(sp) + 1));
	context_select(&ctx, random_below(seed, 300), random_below(seed, 300),
	               (enum selecting)random_below(seed, 3));
	paint_rows(&canvas, top, window.columns.width, &picture, &cursor_row,
	           &cursor_col);
	check_canvas();
	if (canvas.cols >= window.columns.width)
		check_outside(top);
	EXPECT(cursor_row < top + picture.row_count);
	EXPECT(cursor_row < 0 || (cursor_row >= top && cursor_col >= 0 &&
	                          cursor_col < window.columns.width));
	paint_title(&canvas, 0, canvas.cols, &picture, "HEX  RW", "");
	paint_ruler(&canvas, 1, &picture);
	paint_status(&canvas, 2, canvas.cols, &picture);
	check_canvas();
}

START_TEST(any_picture)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(300); i > 0; i--) {
		tear_down();
		set_up();
		open_random(&seed);
		for (int k = 0; k < 40; k++)
			paint_random(&seed);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("paint");
	TCase *tc = tcase_create("paint");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, main_screen);
	tcase_add_test(tc, ascii_screen);
	tcase_add_test(tc, gap_and_unreadable);
	tcase_add_test(tc, rows_of_a_long_gap);
	tcase_add_test(tc, rules_of_many);
	tcase_add_test(tc, rule_in_a_narrow_window);
	tcase_add_test(tc, two_seams_in_a_row);
	tcase_add_test(tc, seam_before_the_first_byte_of_a_row);
	tcase_add_test(tc, wide_characters);
	tcase_add_test(tc, wide_character_over_a_seam);
	tcase_add_test(tc, gutters);
	tcase_add_test(tc, bookmark_at_the_ends_of_a_row);
	tcase_add_test(tc, selections);
	tcase_add_test(tc, matches);
	tcase_add_test(tc, cursor_in_both_panes);
	tcase_add_test(tc, cursor_behind_a_full_row);
	tcase_add_test(tc, cursor_in_an_empty_space);
	tcase_add_test(tc, letters_in_upper_case);
	tcase_add_test(tc, titles);
	tcase_add_test(tc, title_without_files);
	tcase_add_test(tc, names_with_escapes);
	tcase_add_test(tc, rule_of_a_name_with_escapes);
	tcase_add_test(tc, title_with_a_long_name);
	tcase_add_test(tc, rulers);
	tcase_add_test(tc, statuses);
	tcase_add_test(tc, statuses_without_a_byte);
	tcase_add_test(tc, percents);
	tcase_add_test(tc, sizes);
	tcase_add_test(tc, grouped_numbers);
	tcase_add_test(tc, any_picture);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
