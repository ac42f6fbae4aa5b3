/*
 * test_address.c - tests of src/command/address.c, arith.c and naming.c
 *
 * The property tests build a random expression as a tree and write it down;
 * a model that knows neither the grammar nor the space evaluates the tree in
 * 128 bits over a list of parts, and both must agree.
 */
#include "config.h"

#include "command/address.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command/address_impl.h"
#include "tests/support.h"

__extension__ typedef __int128 wide;

/* For what is asked very often: Check notes every assertion down. */
#define HOLDS(holds, text) \
	((holds) ? (void)0 \
	         : ck_abort_msg("line %d: %s: %s", __LINE__, #holds, text))

enum { PARTS_MAX = 8 };

/* One thing of a space: a segment, or a gap if it has no name. */
struct part {
	const char *name;
	uint64_t addr, size;
	uint32_t number;
};

struct world {
	struct part part[PARTS_MAX];
	size_t count;
	struct space *sp;
	struct scope scope;
	/* What marks and bookmarks stand for; letters from 'a' on. */
	struct place mark[3];
	struct place previous;
};

/* Every part covers what lies beneath, at the address it says. */
static struct space *build(struct part *part, size_t count)
{
	struct layout layout = { 0 };
	uint64_t sizes[PARTS_MAX];
	struct space *sp;
	struct error err;

	for (size_t i = 0; i < count; i++) {
		struct placement *p = mem_zalloc(sizeof(*p), &err);
		const char *name = part[i].name ? part[i].name : "gap:..";

		ck_assert_ptr_nonnull(p);
		p->input = part[i].name ? PLACEMENT_FILE : PLACEMENT_GAP;
		p->path = p->own_path = mem_strdup(name, &err);
		p->name = p->own_name = mem_strdup(name, &err);
		p->input_size = part[i].size;
		p->at = AT_ADDR;
		p->at_value = part[i].addr;
		p->over = OVER_COVER;
		p->refs = 1;
		must(layout_add(&layout, p, &err), &err);
		part[i].number = p->number;
		sizes[i] = part[i].size;
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	return sp;
}

static bool find_mark(void *ctx, char letter, struct place *out,
                      struct error *err)
{
	const struct world *w = ctx;

	if (letter == '\'')
		*out = w->previous;
	else if (letter >= 'a' && letter <= 'c')
		*out = w->mark[letter - 'a'];
	else
		return error_set(err, ERR_RANGE, "the mark is not set");
	return true;
}

/* The bookmarks a, b-1 and c.2 are the marks a, b and c. */
static bool find_bookmark(void *ctx, const char *name, size_t len,
                          struct place *out, struct error *err)
{
	static const char *const names[] = { "a", "b-1", "c.2" };
	const struct world *w = ctx;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], name, len)) {
			*out = w->mark[i];
			return true;
		}
	}
	return error_set(err, ERR_RANGE, "no bookmark of this name");
}

static unsigned char byte_at(uint64_t addr)
{
	addr ^= addr >> 29;
	/* Mostly small, so that some reads are addresses again. */
	return addr % 3 == 0 ? (unsigned char)(addr * 37 >> 3) : 0;
}

static bool read_byte(void *ctx, uint64_t addr, void *buf, size_t len,
                      struct error *err)
{
	const struct world *w = ctx;
	unsigned char *dst = buf;

	for (size_t i = 0; i < len; i++) {
		if (!space_locate(w->sp, addr + i).segment)
			return error_set(err, ERR_STATE, "a gap");
		dst[i] = byte_at(addr + i);
	}
	return true;
}

static void open_world(struct world *w, const struct part *part, size_t count)
{
	*w = (struct world){ .count = count };
	memcpy(w->part, part, count * sizeof(*part));
	w->sp = build(w->part, count);
	w->scope = (struct scope){ .space = w->sp,
		                   .units = units_default,
		                   .mark = find_mark,
		                   .bookmark = find_bookmark,
		                   .read = read_byte,
		                   .ctx = w };
}

static void close_world(struct world *w)
{
	space_unref(w->sp);
}

/* The line without a NUL, so that a sanitizer sees a look past its end. */
static char *exact(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, text, len);
	return copy;
}

/* The world of the tables: three files after each other. The cursor is at
   #2:0x234, the selection 0x800 .. 0x1000 ends where #1 does. */
static struct world three;

static void setup(void)
{
	static const struct part parts[] = {
		{ .name = "disk.001", .addr = 0, .size = 0x1000 },
		{ .name = "disk.002", .addr = 0x1000, .size = 0x2000 },
		{ .name = "notes-old.bin", .addr = 0x3000, .size = 0x100 },
	};

	open_world(&three, parts, ARRAY_LEN(parts));
	three.scope.cursor = space_place(three.sp, 0x1234);
	three.scope.has_selection = true;
	three.scope.sel_start = 0x800;
	three.scope.sel_end = 0x1000;
	three.mark[0] = space_place(three.sp, 0x20);
	three.mark[1] = (struct place){ 0x1000, 1, SIDE_END };
	three.mark[2] = space_place(three.sp, 0x3080);
	three.previous = space_place(three.sp, 0x2000);
}

static void teardown(void)
{
	close_world(&three);
}

#define END SIDE_END

static const struct {
	const char *text;
	uint64_t addr;
	uint32_t segment;
	enum side side;
	unsigned radix; /* 0: 10 */
} good[] = {
	/* numbers */
	{ "0", 0, 1, 0, 0 },
	{ "0x10", 16, 1, 0, 0 },
	{ "10", 10, 1, 0, 0 },
	{ "10", 16, 1, 0, 16 },
	{ "ff", 255, 1, 0, 16 },
	{ "10h", 16, 1, 0, 0 },
	{ "ffh", 255, 1, 0, 0 },
	{ "1f0h", 496, 1, 0, 0 },
	{ "1_000", 1000, 1, 0, 0 },
	{ "0x0000_1234", 0x1234, 2, 0, 0 },
	{ "0b101", 5, 1, 0, 0 },
	{ "0o17", 15, 1, 0, 0 },
	{ "4K", 4096, 2, 0, 0 },
	{ "4KB", 4000, 1, 0, 0 },
	{ "4KiB", 4096, 2, 0, 0 },
	{ "1.5K", 1536, 1, 0, 0 },
	{ "0x1K", 1024, 1, 0, 0 },
	{ "3s", 1536, 1, 0, 0 },
	{ "2c", 8192, 2, 0, 0 },
	{ "0x10c", 0x10c, 1, 0, 0 },
	{ "0x2s", 1024, 1, 0, 0 },
	{ "0x1000", 0x1000, 2, 0, 0 }, /* the byte there, not #1's end */
	{ "0x3100", 0x3100, 3, END, 0 },
	/* the cursor, the end, from the end */
	{ ".", 0x1234, 2, 0, 0 },
	{ "$", 0x3100, 3, END, 0 },
	{ "$-1", 0x30ff, 3, 0, 0 },
	{ "-1", 0x30ff, 3, 0, 0 },
	{ "-0", 0x3100, 3, END, 0 },
	{ "-0x100", 0x3000, 3, 0, 0 },
	{ "-0x200", 0x2f00, 2, 0, 0 },
	{ "-1s", 0x2f00, 2, 0, 0 },
	{ "-1s+4", 0x2f04, 2, 0, 0 }, /* = $-1s+4 */
	{ "$-1s+4", 0x2f04, 2, 0, 0 },
	{ "-2*8", 0x30f0, 3, 0, 0 },
	{ "+16", 0x1244, 2, 0, 0 },
	{ "+4K", 0x2234, 2, 0, 0 },
	{ ".+16", 0x1244, 2, 0, 0 },
	{ ".-16", 0x1224, 2, 0, 0 },
	{ ".-0x34", 0x1200, 2, 0, 0 },
	{ ". - 34h", 0x1200, 2, 0, 0 },
	{ "(-1)+17", 16, 1, 0, 0 }, /* in parentheses it is a number */
	/* operators */
	{ "(.+511)/512*512", 0x1400, 2, 0, 0 },
	{ "./1s*1s", 0x1200, 2, 0, 0 },
	{ ".&~0xff", 0x1200, 2, 0, 0 },
	{ "1<<12", 4096, 2, 0, 0 },
	{ "0x1000|4", 0x1004, 2, 0, 0 },
	{ "0x1001^1", 0x1000, 2, 0, 0 },
	{ "0x1000>>4", 0x100, 1, 0, 0 },
	{ "2*(3+4)", 14, 1, 0, 0 },
	{ "7%4", 3, 1, 0, 0 },
	{ "100-50-25", 25, 1, 0, 0 },
	{ "10 + (-7)/2", 7, 1, 0, 0 }, /* truncated toward zero */
	{ "10 + (-7)%2", 9, 1, 0, 0 },
	{ "1|6&3", 3, 1, 0, 0 },  /* & binds closer than | */
	{ "1+1<<2", 8, 1, 0, 0 }, /* + closer than << */
	{ "0xffffffffffffffff-0xffffffffffffff00", 0xff, 1, 0, 0 },
	{ "~0-~1", 1, 1, 0, 0 },
	{ "16 - --4", 12, 1, 0, 0 },
	{ "align(0x11, 16)", 0x20, 1, 0, 0 },
	{ "align(0x20,16)", 0x20, 1, 0, 0 },
	{ "16+align(-5, 4)", 12, 1, 0, 0 }, /* up is toward zero */
	{ "seg(.)", 2, 1, 0, 0 },
	{ "seg(0x3000)*16", 48, 1, 0, 0 },
	/* segments */
	{ "#1", 0, 1, 0, 0 },
	{ "#2", 0x1000, 2, 0, 0 },
	{ "#2+4", 0x1004, 2, 0, 0 },
	{ "#2:4", 0x1004, 2, 0, 0 },
	{ "#2:", 0x1000, 2, 0, 0 },
	{ "#2:-1", 0x2fff, 2, 0, 0 },
	{ "#2:$", 0x3000, 2, END, 0 },
	{ "#2:$-1s", 0x2e00, 2, 0, 0 },
	{ "#2:-1s", 0x2e00, 2, 0, 0 },
	{ "#2:2*512", 0x1400, 2, 0, 0 }, /* the whole rest is inside */
	{ "#2:-0", 0x3000, 2, END, 0 },
	{ "#1:$", 0x1000, 1, END, 0 },
	{ "#1:0x1000", 0x1000, 1, END, 0 },
	{ "#:0", 0x1000, 2, 0, 0 },
	{ "#:", 0x1000, 2, 0, 0 },
	{ "#.", 0x1000, 2, 0, 0 },
	{ "#.+4", 0x1004, 2, 0, 0 },
	{ "#.:4", 0x1004, 2, 0, 0 },
	{ "#:+16", 0x1244, 2, 0, 0 },
	{ "#:.", 0x1234, 2, 0, 0 },
	{ "#2:.-0x34", 0x1200, 2, 0, 0 },
	{ "#2:seg(0)", 0x1002, 2, 0, 0 },
	{ "(#2:4)+1", 0x1005, 2, 0, 0 },
	{ "(#1:$)", 0x1000, 1, END, 0 }, /* parentheses change nothing */
	{ "(#1:$)+0", 0x1000, 2, 0, 0 }, /* a number: the byte there */
	{ "2*#1:4+4", 16, 1, 0, 0 },
	{ "#2:#2:4", 0x1004, 2, 0, 0 },
	{ "#2:(#2:$)-4", 0x2ffc, 2, 0, 0 },
	/* names */
	{ "disk.002:0x10", 0x1010, 2, 0, 0 },
	{ "disk.002:-1", 0x2fff, 2, 0, 0 },
	{ "disk.002:-1s", 0x2e00, 2, 0, 0 },
	{ "disk.002:", 0x1000, 2, 0, 0 },
	{ "notes:0", 0x3000, 3, 0, 0 },
	{ "notes-old.bin:1", 0x3001, 3, 0, 0 },
	{ "n:1", 0x3001, 3, 0, 0 },
	{ "\"disk.001\":8", 8, 1, 0, 0 },
	{ "\"disk\\x2e001\":8", 8, 1, 0, 0 },
	{ "2+disk.002:4", 0x1006, 2, 0, 0 },
	/* marks, the selection, bookmarks */
	{ "'a", 0x20, 1, 0, 0 },
	{ "'b", 0x1000, 1, END, 0 },
	{ "'b+0", 0x1000, 2, 0, 0 },
	{ "''", 0x2000, 2, 0, 0 },
	{ "'<", 0x800, 1, 0, 0 },
	{ "'>", 0x1000, 2, 0, 0 },
	{ "'>-'<", 0x800, 1, 0, 0 },
	{ "#1:'a", 0x20, 1, 0, 0 },
	{ "#1:'b-1", 0xfff, 1, 0, 0 },
	{ "#1:'>", 0x1000, 1, END, 0 }, /* where the selection ends */
	{ "@a", 0x20, 1, 0, 0 },
	{ "@a+0x1c", 0x3c, 1, 0, 0 },
	{ "@b-1", 0x1000, 1, END, 0 }, /* the minus is of the name */
	{ "(@c.2)-0x80", 0x3000, 3, 0, 0 },
	/* the space, also where it need not be said */
	{ "%:4", 4, 1, 0, 0 },
	{ "%:-1", 0x30ff, 3, 0, 0 },
	/* blanks */
	{ " 1 + 2 ", 3, 1, 0, 0 },
	{ "#2: 4", 0x1004, 2, 0, 0 },
	{ "( 1+ 2 )\t*3", 9, 1, 0, 0 },
	{ "0x10 -4", 12, 1, 0, 0 },
};

START_TEST(addresses_mean_places)
{
	struct place got;
	struct error err;

	if (good[_i].radix)
		three.scope.units.radix = good[_i].radix;
	must(address_eval(good[_i].text, &three.scope, &got, &err), &err);
	ck_assert_uint_eq(got.addr, good[_i].addr);
	ck_assert_uint_eq(got.segment, good[_i].segment);
	ck_assert_int_eq(got.side, good[_i].side);
}
END_TEST

static const struct {
	const char *text;
	size_t column;
	enum err code;
	const char *says;
} bad[] = {
	{ "", 1, ERR_SYNTAX, "address is expected" },
	{ "  ", 3, ERR_SYNTAX, "address is expected" },
	{ "*", 1, ERR_SYNTAX, "address is expected" },
	{ "1+", 3, ERR_SYNTAX, "address is expected" },
	{ "4*+4", 3, ERR_SYNTAX, "address is expected" },
	{ "(+4)", 2, ERR_SYNTAX, "address is expected" },
	{ "0x", 3, ERR_SYNTAX, "number expected" },
	{ "10x", 3, ERR_SYNTAX, "unknown unit" },
	{ "1.5", 4, ERR_SYNTAX, "needs a unit" },
	{ "1.3K", 1, ERR_SYNTAX, "whole number" },
	{ "(1", 3, ERR_SYNTAX, "')' expected" },
	{ "1)", 2, ERR_SYNTAX, "unexpected text" },
	{ "1 2", 3, ERR_SYNTAX, "unexpected text" },
	{ "1,2", 2, ERR_SYNTAX, "unexpected text" },
	{ "ff", 1, ERR_SYNTAX, "unknown name (a segment name ends with ':'" },
	{ "2+fill", 3, ERR_SYNTAX, "unknown name" },
	{ "u8 (1)", 1, ERR_SYNTAX, "unknown name" },
	{ "u16(1)", 1, ERR_SYNTAX, "unknown name" },
	{ "u8le(1)", 1, ERR_SYNTAX, "unknown name" },
	{ "align(1)", 8, ERR_SYNTAX, "',' expected" },
	{ "seg(1,2)", 6, ERR_SYNTAX, "')' expected" },
	/* arithmetic */
	{ "7/0", 2, ERR_SYNTAX, "division by zero" },
	{ "7%0", 2, ERR_SYNTAX, "division by zero" },
	{ "7/(2-2)", 2, ERR_SYNTAX, "division by zero" },
	{ "99999999999G", 1, ERR_SYNTAX, "too big" },
	{ "1<<64", 2, ERR_SYNTAX, "0 .. 63" },
	{ "1>>64", 2, ERR_SYNTAX, "0 .. 63" },
	{ "1<<-1", 2, ERR_SYNTAX, "0 .. 63" },
	{ "(-1)<<1", 5, ERR_SYNTAX, "not negative" },
	{ "3<<63", 2, ERR_SYNTAX, "too big" },
	{ "~0+1", 3, ERR_SYNTAX, "too big" },
	{ "-(~0)-1", 6, ERR_SYNTAX, "too big" },
	{ "0-~0-1", 5, ERR_SYNTAX, "too big" },
	{ "(1<<32)*(1<<32)", 8, ERR_SYNTAX, "too big" },
	{ "+~0", 1, ERR_SYNTAX, "too big" },
	{ "~(-1)", 1, ERR_SYNTAX, "not negative" },
	{ "(-1)&1", 5, ERR_SYNTAX, "not negative" },
	{ "1|(-1)", 2, ERR_SYNTAX, "not negative" },
	{ "1^(-1)", 2, ERR_SYNTAX, "not negative" },
	{ "align(1,0)", 7, ERR_SYNTAX, "above 0" },
	{ "align(1,-4)", 7, ERR_SYNTAX, "above 0" },
	{ "align(~0,16)", 7, ERR_SYNTAX, "too big" },
	/* outside */
	{ "0x9999", 1, ERR_RANGE, "0x9999 is past the end (size 0x3100)" },
	{ "0x3101", 1, ERR_RANGE, "0x3101 is past the end (size 0x3100)" },
	{ "  0x3101", 3, ERR_RANGE, "past the end" },
	{ "~0", 1, ERR_RANGE, "0xffffffffffffffff is past the end" },
	{ "1<<63", 1, ERR_RANGE, "past the end" },
	{ "0-1", 1, ERR_RANGE, "before the start of the space" },
	{ "-0x4000", 1, ERR_RANGE, "before the start of the space" },
	{ "+4*1K*4", 1, ERR_RANGE, "past the end" },
	{ "#1:0x1800", 4, ERR_RANGE,
	  "0x1800 is past the end of #1 (size 0x1000)" },
	{ "#1:$+4", 4, ERR_RANGE, "0x1004 is past the end of #1" },
	{ "#2:-0x2001", 4, ERR_RANGE, "before the start of #2" },
	{ "2+#1:0x1001", 6, ERR_RANGE, "past the end of #1" },
	{ "disk.001:0x1001", 10, ERR_RANGE, "past the end of #1" },
	{ "u8($)", 4, ERR_RANGE, "1 bytes at 0x3100 go past the end" },
	{ "u16le($-1)", 7, ERR_RANGE, "2 bytes at 0x30ff go past the end" },
	{ "u8(-1)", 4, ERR_RANGE, "before the start" },
	{ "#1:u16le(0xfff)", 10, ERR_RANGE, "past the end" },
	{ "seg($)", 5, ERR_RANGE, "no segment at 0x3100" },
	{ "seg(0x3101)", 5, ERR_RANGE, "past the end" },
	/* segments */
	{ "#", 1, ERR_SYNTAX, "a segment is" },
	{ "1+#", 3, ERR_SYNTAX, "a segment is" },
	{ "# 1", 1, ERR_SYNTAX, "a segment is" },
	{ "#0", 1, ERR_RANGE, "no segment" },
	{ "#4", 1, ERR_RANGE, "no segment" },
	{ "#4294967297", 1, ERR_RANGE, "no segment" }, /* 2^32 + 1 is not #1 */
	{ "#99999999999999999999", 1, ERR_RANGE, "no segment" },
	{ "#18446744073709551617", 1, ERR_RANGE, "no segment" },
	{ "#1:#2:4", 4, ERR_RANGE, "not in #1" },
	{ "#1:.", 4, ERR_RANGE, "the cursor is not in #1" },
	{ "#1:+4", 4, ERR_RANGE, "the cursor is not in #1" },
	{ "#2:'a", 4, ERR_RANGE, "the mark is not in #2" },
	{ "#2:'>", 4, ERR_RANGE, "not in #2" },
	{ "#2:'<", 4, ERR_RANGE, "not in #2" },
	{ "disk:0", 1, ERR_RANGE,
	  "more than one segment begins with \"disk\": #1 disk.001, #2 "
	  "disk.002" },
	{ "nope:0", 1, ERR_RANGE, "no segment is named \"nope\"" },
	{ "\"nope\":0", 1, ERR_RANGE, "no segment is named" },
	{ "\"\":0", 1, ERR_RANGE, "no segment is named" },
	{ "\"disk.001\\0\":0", 1, ERR_RANGE, "no segment is named" },
	{ "\"disk.001", 1, ERR_SYNTAX, "not closed" },
	{ "\"disk.001\"", 11, ERR_SYNTAX, "':' expected" },
	{ "\"disk.001\" :", 11, ERR_SYNTAX, "':' expected" },
	{ "disk.002 :", 1, ERR_SYNTAX, "unknown name" },
	/* marks */
	{ "'", 1, ERR_SYNTAX, "a mark is" },
	{ "'1", 1, ERR_SYNTAX, "a mark is" },
	{ "1+'z", 3, ERR_RANGE, "not set" },
	{ "@", 1, ERR_SYNTAX, "bookmark" },
	{ "1+@zz", 3, ERR_RANGE, "no bookmark" },
};

START_TEST(errors_have_text_and_column)
{
	struct place got = { .addr = 77 };
	struct error err;

	ck_assert(!address_eval(bad[_i].text, &three.scope, &got, &err));
	ck_assert_msg(strstr(err.text, bad[_i].says), "%s", err.text);
	ck_assert_int_eq(err.code, bad[_i].code);
	ck_assert_uint_eq(err.column, bad[_i].column);
	ck_assert_uint_eq(got.addr, 77);
}
END_TEST

static bool eval_fails(const struct scope *scope, const char *text,
                       enum err code, const char *says)
{
	struct place got;
	struct error err;

	ck_assert(!address_eval(text, scope, &got, &err));
	ck_assert_int_eq(err.code, code);
	ck_assert_msg(strstr(err.text, says), "%s", err.text);
	return true;
}

static void eval_is(const struct scope *scope, const char *text, uint64_t addr,
                    uint32_t segment, enum side side)
{
	struct place got;
	struct error err;

	must(address_eval(text, scope, &got, &err), &err);
	ck_assert_uint_eq(got.addr, addr);
	ck_assert_uint_eq(got.segment, segment);
	ck_assert_int_eq(got.side, side);
}

START_TEST(nesting_has_a_limit)
{
	char text[420] = "";
	struct place got;
	struct error err;

	memset(text, '(', 101);
	strcpy(text + 100, "7");
	memset(text + 101, ')', 100);
	must(address_eval(text, &three.scope, &got, &err), &err);
	ck_assert_uint_eq(got.addr, 7);
	memset(text, '(', 200);
	eval_fails(&three.scope, text, ERR_SYNTAX, "nested too deep");
	memset(text, '-', 300);
	eval_fails(&three.scope, text, ERR_SYNTAX, "nested too deep");
	for (size_t i = 0; i + 4 < sizeof(text); i += 3)
		memcpy(text + i, "#2:", 4);
	eval_fails(&three.scope, text, ERR_SYNTAX, "nested too deep");
}
END_TEST

START_TEST(no_selection)
{
	three.scope.has_selection = false;
	eval_fails(&three.scope, "'<", ERR_RANGE, "nothing is selected");
	eval_fails(&three.scope, "1+'>", ERR_RANGE, "nothing is selected");
}
END_TEST

START_TEST(exact_names_refuse_beginnings)
{
	three.scope.exact_names = true;
	eval_is(&three.scope, "disk.002:4", 0x1004, 2, SIDE_START);
	eval_fails(&three.scope, "notes:4", ERR_RANGE,
	           "full names are needed here: #3 notes-old.bin");
	eval_fails(&three.scope, "disk:4", ERR_RANGE, "#1 disk.001, #2");
}
END_TEST

START_TEST(equal_names_are_listed)
{
	static const struct part parts[] = {
		{ .name = "disk", .addr = 0, .size = 4 },
		{ .name = "disk.1", .addr = 4, .size = 4 },
		{ .name = "disk.1", .addr = 8, .size = 4 },
		{ .name = "o\n.2", .addr = 12, .size = 4 },
		{ .name = "o\n.3", .addr = 16, .size = 4 },
	};
	struct world w;

	open_world(&w, parts, ARRAY_LEN(parts));
	eval_is(&w.scope, "disk:1", 1, 1, SIDE_START); /* full name wins */
	eval_fails(&w.scope, "disk.1:1", ERR_RANGE,
	           "named \"disk.1\": #2 disk.1, #3 disk.1");
	eval_fails(&w.scope, "disk.:1", ERR_RANGE,
	           "begins with \"disk.\": #2 disk.1, #3 disk.1");
	eval_fails(&w.scope, "o:1", ERR_RANGE, "#4 o\\x0a.2, #5 o\\x0a.3");
	eval_fails(&w.scope, "gap:1", ERR_RANGE, "no segment is named");
	close_world(&w);
}
END_TEST

START_TEST(quoted_name_without_memory)
{
	struct place got = { .addr = 77 };
	struct error err;

	mem_fail_after(0);
	ck_assert(!address_eval("\"disk.001\":8", &three.scope, &got, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(got.addr, 77);
}
END_TEST

/* As many long names as do not fit are cut between names. */
START_TEST(long_lists_end_in_dots)
{
	static char name[PARTS_MAX][120];
	struct part parts[PARTS_MAX] = { 0 };
	struct world w;
	struct place got;
	struct error err;

	for (size_t i = 0; i < PARTS_MAX; i++) {
		memset(name[i], 'x', 100);
		snprintf(name[i] + 100, 20, "%zu", i);
		parts[i].name = name[i];
		parts[i].addr = i;
		parts[i].size = 1;
	}
	open_world(&w, parts, PARTS_MAX);
	ck_assert(!address_eval("xx:0", &w.scope, &got, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "x2, .."));
	ck_assert_ptr_null(strstr(err.text, "#4"));
	close_world(&w);
}
END_TEST

START_TEST(covered_bytes_are_refused)
{
	static const struct part parts[] = {
		{ .name = "a", .addr = 0, .size = 0x100 },
		{ .name = "b", .addr = 0x100, .size = 0x100 },
		{ .name = "c", .addr = 0x10, .size = 8 },    /* over a */
		{ .name = NULL, .addr = 0x1f0, .size = 16 }, /* over b's end */
		{ .name = "d", .addr = 0x300, .size = 0x10 },
		{ .name = "e", .addr = 0x300, .size = 0x10 }, /* over all d */
		{ .name = "f", .addr = 0x180, .size = 0 },
		{ .name = "g", .addr = 0x900, .size = 0 }, /* behind the end */
	};
	struct world w;

	open_world(&w, parts, ARRAY_LEN(parts));
	eval_is(&w.scope, "#1:0xf", 0xf, 1, SIDE_START);
	eval_fails(&w.scope, "#1:0x10", ERR_RANGE,
	           "0x10 of #1 is covered by #3");
	eval_fails(&w.scope, "a:0x17", ERR_RANGE,
	           "0x17 of #1 is covered by #3");
	eval_is(&w.scope, "#1:0x18", 0x18, 1, SIDE_START);
	eval_is(&w.scope, "0x10", 0x10, 3, SIDE_START);
	eval_fails(&w.scope, "#2:-1", ERR_RANGE,
	           "0xff of #2 is covered by a gap");
	eval_is(&w.scope, "#2:$", 0x200, 2, SIDE_END);
	eval_fails(&w.scope, "#4", ERR_RANGE, "0x0 of #4 is covered by #5");
	eval_is(&w.scope, "#4:$", 0x310, 4, SIDE_END);
	eval_is(&w.scope, "#6", 0x180, 6, SIDE_END);
	eval_is(&w.scope, "#6:$", 0x180, 6, SIDE_END);
	eval_is(&w.scope, "#7:", 0x900, 7, SIDE_END);
	eval_fails(&w.scope, "#7+0", ERR_RANGE, "past the end");
	eval_fails(&w.scope, "#7:1", ERR_RANGE, "past the end of #7");
	eval_is(&w.scope, "0x250", 0x250, 0, SIDE_START);
	eval_fails(&w.scope, "seg(0x250)", ERR_RANGE, "no segment at 0x250");
	eval_fails(&w.scope, "u8(0x250)", ERR_STATE, "a gap");
	/* A number in a segment is read from its own bytes only. */
	eval_fails(&w.scope, "#1:u16le(0xf)", ERR_RANGE, "covered by #3");
	eval_is(&w.scope, "0*u16le(0xf)", 0, 1, SIDE_START);
	w.scope.cursor = space_place(w.sp, 0x250);
	eval_fails(&w.scope, "#:4", ERR_RANGE, "in no segment");
	eval_fails(&w.scope, "#.", ERR_RANGE, "in no segment");
	eval_is(&w.scope, ".", 0x250, 0, SIDE_START);
	close_world(&w);
}
END_TEST

START_TEST(cursor_keeps_its_side)
{
	three.scope.cursor = (struct place){ 0x1000, 1, SIDE_END };
	eval_is(&three.scope, ".", 0x1000, 1, SIDE_END);
	eval_is(&three.scope, "#:.", 0x1000, 1, SIDE_END);
	eval_is(&three.scope, "#:0", 0, 1, SIDE_START);
	eval_is(&three.scope, "#1:.-1", 0xfff, 1, SIDE_START);
	eval_is(&three.scope, ".+0", 0x1000, 2, SIDE_START);
}
END_TEST

/* The space of a memory dump: all addresses up to 2^64 - 2. */
START_TEST(addresses_near_the_top)
{
	static const struct part parts[] = {
		{ .name = "low", .addr = 0x1000, .size = 0x1000 },
		{ .name = "top", .addr = UINT64_MAX - 0x100, .size = 0xff },
	};
	struct world w;

	open_world(&w, parts, ARRAY_LEN(parts));
	eval_is(&w.scope, "$", UINT64_MAX - 1, 2, SIDE_END);
	eval_is(&w.scope, "-1", UINT64_MAX - 2, 2, SIDE_START);
	eval_is(&w.scope, "-0xffffffffffffeffe", 0x1000, 1, SIDE_START);
	eval_is(&w.scope, "0xfffffffffffffffd", UINT64_MAX - 2, 2, SIDE_START);
	eval_is(&w.scope, "0", 0, 0, SIDE_START);
	eval_fails(&w.scope, "$+1", ERR_RANGE,
	           "0xffffffffffffffff is past the end");
	eval_fails(&w.scope, "$+2", ERR_SYNTAX, "too big");
	eval_is(&w.scope, "#2:$", UINT64_MAX - 1, 2, SIDE_END);
	eval_fails(&w.scope, "u16le($-1)", ERR_RANGE, "past the end");
	close_world(&w);
}
END_TEST

static bool read_fixed(void *ctx, uint64_t addr, void *buf, size_t len,
                       struct error *err)
{
	static const unsigned char bytes[] = { 0xfe, 0x12, 0x00, 0xff,
		                               0xff, 0xff, 0xff, 0xff,
		                               0x80, 0,    0,    0,
		                               0,    0,    0,    0 };

	(void)ctx;
	(void)err;
	memcpy(buf, bytes + addr, len);
	return true;
}

static const struct {
	const char *text;
	uint64_t addr;
} reads[] = {
	{ "u8(0)", 0xfe },
	{ "16+i8(0)", 14 },
	{ "i8(1)", 0x12 },
	{ "u16le(0)", 0x12fe },
	{ "u16be(1)", 0x1200 },
	{ "0x200+i16be(0)", 0x200 - 0x1ee },
	{ "u32le(0)-0xff001000", 0x2fe },
	{ "u32be(0)-0xfe120000", 0xff },
	{ "16+i32le(4)", 15 },
	{ "0x1ee0000+i32be(0)", 0xff },
	{ "u64be(8)>>56", 0x80 },
	{ "i64be(8)+0x8000_0000_0000_0004", 4 }, /* the least number */
	{ "i64le(8)-0x70", 0x10 },
	{ "u64le(0)>>60", 15 },
	{ "#1:u8(1)", 0x12 },
	{ "#1:u16le(0)", 0x12fe },
};

START_TEST(numbers_are_read_in_place)
{
	static const struct part parts[] = {
		{ .name = "all", .addr = 0, .size = 0x2000 },
	};
	struct world w;

	open_world(&w, parts, 1);
	w.scope.read = read_fixed;
	eval_is(&w.scope, reads[_i].text, reads[_i].addr, 1, SIDE_START);
	close_world(&w);
}
END_TEST

/* Where address_parse() stops. */
static const struct {
	const char *line;
	bool blanks;
	size_t stop;
	uint64_t addr;
} stops[] = {
	{ "0x100 fill", true, 5, 0x100 },
	{ "0x100 fill", false, 5, 0x100 },
	{ "0x10 -4 x", true, 7, 12 },
	{ "0x10 -4 x", false, 4, 16 },
	{ "0x10- 4", true, 7, 12 },
	{ "(0x10 - 4) x", false, 10, 12 }, /* blanks inside parentheses */
	{ "align( 5 , 4 )x", false, 14, 8 },
	{ "4,8", false, 1, 4 },
	{ "4)", false, 1, 4 },
	{ "4;8", false, 1, 4 },
	{ "4 ;", true, 1, 4 },
	{ "4<5", false, 1, 4 },
	{ "#2: fill", true, 3, 0x1000 }, /* a word is no address in #2 */
	{ "#2: d", true, 3, 0x1000 },
	{ "#2: 4 d", true, 5, 0x1004 },
	{ "#2: 4", false, 3, 0x1000 },
	{ "#2:,4", false, 3, 0x1000 },
	{ "#2:;4", false, 3, 0x1000 },
	{ "#2 {00}", true, 2, 0x1000 },
	{ "..", false, 1, 0x1234 },
	{ "$x", false, 1, 0x3100 },
	{ "'ab", false, 2, 0x20 },
	{ "(#2: )", false, 6, 0x1000 },
	{ "+4\t.", true, 2, 0x1238 },
};

START_TEST(parsing_stops_behind_the_address)
{
	const char *line = stops[_i].line;
	char *copy = exact(line, strlen(line));
	struct lexer lx = lexer_of(copy, strlen(line));
	struct place got;
	struct error err;

	must(address_parse(&lx, &three.scope, stops[_i].blanks, &got, &err),
	     &err);
	ck_assert_uint_eq(lx.pos, stops[_i].stop);
	ck_assert_uint_eq(got.addr, stops[_i].addr);
	free(copy);
}
END_TEST

START_TEST(columns_count_from_the_line)
{
	struct lexer lx = lexer_of("goto 4+)", 8);
	struct place got;
	struct error err;

	lx.pos = 5;
	ck_assert(!address_parse(&lx, &three.scope, false, &got, &err));
	ck_assert_uint_eq(err.column, 8);
	ck_assert_uint_eq(lx.pos, 5);
}
END_TEST

static const struct {
	const char *text;
	bool starts;
} starters[] = {
	{ "0x10", true },    { "4", true },       { ".", true },
	{ "$", true },       { "-1", true },      { "+1", true },
	{ "~0", true },      { "(1", true },      { "#1", true },
	{ "'a", true },      { "@a", true },      { "\"a\":", true },
	{ "disk:", true },   { "u8(1)", true },   { "seg(1)", true },
	{ "align(", true },  { "ff", true },      { "ffh", true },
	{ "%:4", true },     { "a-b.c:4", true }, { "\xc3\xa4:", true },
	{ "fill", false },   { "find", false },   { "", false },
	{ "%", false },      { ",4", false },     { "u8 (1)", false },
	{ "u16(1)", false }, { "{00}", false },   { "/a/", false },
	{ "!x", false },     { " 4", false },     { "disk :", false },
	{ "put(4)", false },
};

START_TEST(what_starts_an_address)
{
	const char *text = starters[_i].text;
	char *copy = exact(text, strlen(text));
	struct lexer lx = lexer_of(copy, strlen(text));

	ck_assert_int_eq(token_begins_address(&lx, true), starters[_i].starts);
	free(copy);
}
END_TEST

enum shape { NO_SPAN, SINGLE, WHOLE, RANGE };

static const struct {
	const char *line;
	enum shape shape;
	uint64_t from, to;
	size_t stop;
	uint32_t to_segment;
	enum side to_side;
} spans[] = {
	{ "fill", NO_SPAN, 0, 0, 0, 0, 0 },
	{ "", NO_SPAN, 0, 0, 0, 0, 0 },
	{ "  fill", NO_SPAN, 0, 0, 0, 0, 0 },
	{ "ff", NO_SPAN, 0, 0, 0, 0, 0 }, /* decimal here: a command's name */
	{ "% fill", RANGE, 0, 0x3100, 1, 3, END },
	{ "%fill", RANGE, 0, 0x3100, 1, 3, END },
	{ "0x10 fill", SINGLE, 0x10, 0, 4, 0, 0 },
	{ "#2:4 fill", SINGLE, 0x1004, 0, 4, 0, 0 },
	{ "#2 fill", WHOLE, 0x1000, 0x3000, 2, 2, END },
	{ "#.", WHOLE, 0x1000, 0x3000, 2, 2, END },
	{ "#3", WHOLE, 0x3000, 0x3100, 2, 3, END },
	{ "#2:", SINGLE, 0x1000, 0, 3, 0, 0 },
	{ "#2+0", SINGLE, 0x1000, 0, 4, 0, 0 },
	{ "(#2)", SINGLE, 0x1000, 0, 4, 0, 0 },
	{ "0x10,0x20", RANGE, 0x10, 0x20, 9, 1, 0 },
	{ "0x10 , 0x20 x", RANGE, 0x10, 0x20, 11, 1, 0 },
	{ "0x10,+0x20", RANGE, 0x10, 0x30, 10, 1, 0 }, /* + is from A */
	{ ".,+16", RANGE, 0x1234, 0x1244, 5, 2, 0 },
	{ "0x10,.+16", RANGE, 0x10, 0x1244, 9, 2, 0 }, /* . is the cursor */
	{ "0x10,-1", RANGE, 0x10, 0x30ff, 7, 3, 0 },
	{ "0x10,", RANGE, 0x10, 0x3100, 5, 3, END },
	{ "0x10, fill", RANGE, 0x10, 0x3100, 5, 3, END },
	{ "0x10,fill", RANGE, 0x10, 0x3100, 5, 3, END },
	{ "0x10, d", RANGE, 0x10, 0x3100, 5, 3, END },
	{ ",0x20", RANGE, 0, 0x20, 5, 1, 0 },
	{ ",+0x20", RANGE, 0, 0x20, 6, 1, 0 },
	{ ", -1", RANGE, 0, 0x30ff, 4, 3, 0 },
	/* B is read where A is */
	{ "#2:-1s,$", RANGE, 0x2e00, 0x3000, 8, 2, END },
	{ "#2:-1s,", RANGE, 0x2e00, 0x3000, 7, 2, END },
	{ "#2:0x10,0x20", RANGE, 0x1010, 0x1020, 12, 2, 0 },
	{ "#2:0,-1", RANGE, 0x1000, 0x2fff, 7, 2, 0 },
	{ "#2:,$", RANGE, 0x1000, 0x3000, 5, 2, END },
	{ "#2:4,+4", RANGE, 0x1004, 0x1008, 7, 2, 0 },
	{ "#2:-4,+4", RANGE, 0x2ffc, 0x3000, 8, 2, END },
	{ "#:4,8", RANGE, 0x1004, 0x1008, 5, 2, 0 },
	{ "disk.001:4,8", RANGE, 4, 8, 12, 1, 0 },
	{ "\"disk.001\":4,$", RANGE, 4, 0x1000, 14, 1, END },
	{ "#2:4,.", RANGE, 0x1004, 0x1234, 6, 2, 0 },
	{ "#1:0x10,'>", RANGE, 0x10, 0x1000, 10, 1, END },
	/* unless B says where it is */
	{ "#1:4,#2:8", RANGE, 4, 0x1008, 9, 2, 0 },
	{ "#1:4,#2", RANGE, 4, 0x1000, 7, 2, 0 },
	{ "#1:4,#2+1", RANGE, 4, 0x1001, 9, 2, 0 },
	{ "#1:4,disk.002:8", RANGE, 4, 0x1008, 15, 2, 0 },
	{ "#1:4,\"notes-old.bin\":$", RANGE, 4, 0x3100, 22, 3, END },
	{ "#1:4,%:$", RANGE, 4, 0x3100, 8, 3, END },
	{ "#1:4,%:-1", RANGE, 4, 0x30ff, 9, 3, 0 },
	{ "%:#1:4,0x1000", RANGE, 4, 0x1000, 13, 2, 0 },
	{ "%:#2", SINGLE, 0x1000, 0, 4, 0, 0 },
	{ "#1:4,%:+4", RANGE, 4, 8, 9, 1, 0 },
	/* "#N" without a colon is an address like others */
	{ "#2,#3", RANGE, 0x1000, 0x3000, 5, 3, 0 },
	{ "#2,$", RANGE, 0x1000, 0x3100, 4, 3, END },
	{ "#2,+16", RANGE, 0x1000, 0x1010, 6, 2, 0 },
	{ "#1,0x20", RANGE, 0, 0x20, 7, 1, 0 },
	{ "(#2:4),0x2000", RANGE, 0x1004, 0x2000, 13, 2, 0 },
	/* empty ones */
	{ "4,4", RANGE, 4, 4, 3, 1, 0 },
	{ "$,$", RANGE, 0x3100, 0x3100, 3, 3, END },
	{ "#1:$,$", RANGE, 0x1000, 0x1000, 6, 1, END },
	{ "'<,'>", RANGE, 0x800, 0x1000, 5, 2, 0 },
	{ "4,8,9", RANGE, 4, 8, 3, 1, 0 },
};

START_TEST(spans_mean_ranges)
{
	const char *line = spans[_i].line;
	char *copy = exact(line, strlen(line));
	struct lexer lx = lexer_of(copy, strlen(line));
	struct span got;
	struct error err;

	must(span_parse(&lx, &three.scope, true, &got, &err), &err);
	ck_assert_uint_eq(lx.pos, spans[_i].stop);
	ck_assert_int_eq(got.given, spans[_i].shape != NO_SPAN);
	ck_assert_int_eq(got.single, spans[_i].shape == SINGLE);
	ck_assert_int_eq(got.segment, spans[_i].shape == WHOLE);
	ck_assert_uint_eq(got.from.addr, spans[_i].from);
	ck_assert_uint_eq(got.to.addr, spans[_i].to);
	ck_assert_uint_eq(got.to.segment, spans[_i].to_segment);
	ck_assert_int_eq(got.to.side, spans[_i].to_side);
	free(copy);
}
END_TEST

static const struct {
	const char *line;
	size_t column;
	enum err code;
	const char *says;
} bad_spans[] = {
	{ ",", 2, ERR_SYNTAX, "address is expected" },
	{ ", fill", 2, ERR_SYNTAX, "address is expected" },
	{ "8,4", 3, ERR_RANGE, "ends (0x4) before it begins (0x8)" },
	{ "#3,#2", 4, ERR_RANGE, "before it begins" },
	{ "#2:8,4", 6, ERR_RANGE, "before it begins" },
	{ "#2:8,#1:4", 6, ERR_RANGE, "before it begins" },
	{ "0,0x3101", 3, ERR_RANGE, "past the end (size 0x3100)" },
	{ "#1:0,0x1001", 6, ERR_RANGE, "past the end of #1 (size 0x1000)" },
	{ "#1:0,+0x1001", 6, ERR_RANGE, "past the end of #1" },
	{ "#1:0,-0x1001", 6, ERR_RANGE, "before the start of #1" },
	{ "#1:0,.", 6, ERR_RANGE, "the cursor is not in #1" },
	{ "#9", 1, ERR_RANGE, "no segment" },
	{ "4,)", 0, ERR_NONE, NULL }, /* B is left out; ')' is the caller's */
	{ "4,(", 4, ERR_SYNTAX, "address is expected" },
	{ "\"disk.001\" 4", 11, ERR_SYNTAX, "':' expected" },
};

START_TEST(spans_refused)
{
	const char *line = bad_spans[_i].line;
	char *copy = exact(line, strlen(line));
	struct lexer lx = lexer_of(copy, strlen(line));
	struct span got = { .single = true };
	struct error err;
	bool ok = span_parse(&lx, &three.scope, true, &got, &err);

	free(copy);
	ck_assert_int_eq(ok, bad_spans[_i].code == ERR_NONE);
	if (ok)
		return;
	ck_assert_int_eq(err.code, bad_spans[_i].code);
	ck_assert_msg(strstr(err.text, bad_spans[_i].says), "%s", err.text);
	ck_assert_uint_eq(err.column, bad_spans[_i].column);
	ck_assert_uint_eq(lx.pos, 0);
	ck_assert(got.single);
}
END_TEST

/* In the prompt digits may be hex; behind a blank a word is a command. */
START_TEST(spans_in_hex)
{
	static const struct {
		const char *line;
		uint64_t from, to;
		size_t stop;
	} rows[] = {
		{ "10,ff", 0x10, 0xff, 5 },
		{ "10,d", 0x10, 0xd, 0 }, /* a number: the range is refused */
		{ "c,d", 0xc, 0xd, 3 },
		{ "c, d", 0xc, 0x3100, 2 },
		{ "c, 1d", 0xc, 0x1d, 5 },
	};

	three.scope.units.radix = 16;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lexer lx = lexer_of(rows[i].line, strlen(rows[i].line));
		struct span got;
		struct error err;
		bool ok = span_parse(&lx, &three.scope, true, &got, &err);

		ck_assert_int_eq(ok, rows[i].stop != 0);
		ck_assert_uint_eq(lx.pos, rows[i].stop);
		if (ok) {
			ck_assert_uint_eq(got.from.addr, rows[i].from);
			ck_assert_uint_eq(got.to.addr, rows[i].to);
		}
	}
}
END_TEST

START_TEST(spans_in_arguments_have_no_blanks)
{
	struct lexer lx = lexer_of("4,8 ,9", 6);
	struct span got;
	struct error err;

	must(span_parse(&lx, &three.scope, false, &got, &err), &err);
	ck_assert_uint_eq(lx.pos, 3);
	lx = lexer_of("4, 8", 4);
	must(span_parse(&lx, &three.scope, false, &got, &err), &err);
	ck_assert_uint_eq(lx.pos, 2);
	ck_assert_uint_eq(got.to.addr, 0x3100);
}
END_TEST

START_TEST(places_as_text)
{
	static const struct {
		struct place place;
		const char *text;
	} rows[] = {
		{ { 0, 1, SIDE_START }, "#1:0x0" },
		{ { 0xfff, 1, SIDE_START }, "#1:0xfff" },
		{ { 0x1000, 1, SIDE_END }, "#1:$" },
		{ { 0x1000, 2, SIDE_START }, "#2:0x0" },
		{ { 0x3100, 3, SIDE_END }, "#3:$" },
		{ { 0x5000, 0, SIDE_START }, "-" },
		{ { 0, 9, SIDE_START }, "-" },      /* no such segment */
		{ { 0x1000, 1, SIDE_START }, "-" }, /* not in it */
	};
	char text[PLACE_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_str_eq(place_text(three.sp, rows[i].place, text),
		                 rows[i].text);
}
END_TEST

/* A random expression: what is written, as a tree. */
enum kind {
	NUMBER,
	DOT,
	DOLLAR,
	SEGMENT, /* "#N", "#." */
	COLON,   /* "#N:", "#:" or a name */
	MARK,
	BOOKMARK,
	SELECTED,
	PAREN,
	NEGATE,
	INVERT,
	BINARY,
	READ,
	ALIGN,
	SEGMENT_AT,
};

enum lead { LEAD_NONE, LEAD_MINUS, LEAD_PLUS };

struct node;

struct address {
	bool given;
	bool space;     /* "%:" in front */
	enum lead lead; /* a minus is written by the first operand, a NEGATE */
	struct node *e;
};

struct node {
	enum kind kind;
	uint64_t n;       /* NUMBER; SEGMENT and COLON: 0 is the cursor's */
	const char *name; /* COLON: what was typed, or NULL */
	size_t name_len;
	unsigned which; /* BINARY, READ: index; MARK, SELECTED: letter */
	struct node *a, *b;
	struct address inner; /* COLON */
};

static const struct {
	const char *text;
	int level;
} ops[] = {
	{ "|", 0 }, { "^", 1 }, { "&", 2 }, { "<<", 3 }, { ">>", 3 },
	{ "+", 4 }, { "-", 4 }, { "*", 5 }, { "/", 5 },  { "%", 5 },
};

static const struct {
	const char *text;
	unsigned bytes;
	bool is_signed, big;
} read_types[] = {
	{ "u8", 1, false, false },    { "i8", 1, true, false },
	{ "u16le", 2, false, false }, { "i16le", 2, true, false },
	{ "u16be", 2, false, true },  { "i16be", 2, true, true },
	{ "u32le", 4, false, false }, { "i32le", 4, true, false },
	{ "u32be", 4, false, true },  { "i32be", 4, true, true },
	{ "u64le", 8, false, false }, { "i64le", 8, true, false },
	{ "u64be", 8, false, true },  { "i64be", 8, true, true },
};

/* Names that begin like others, and some that need quotes. */
static const char *const pool[] = {
	"disk.001", "disk.002", "disk", "notes-old.bin", "d",
	"my disk",  "001.dd",   "e8",   "\xc3\xa4.bin",
};

static const char *const bookmark_names[] = { "a", "b-1", "c.2", "none" };

/* What generates, writes and knows the world. */
struct gen {
	uint64_t rng;
	const struct world *w;
	struct node node[512];
	size_t nodes;
	char text[8192];
	size_t len;
	bool blanks;
	unsigned parens;
};

static uint64_t pick(struct gen *g, uint64_t n)
{
	return random_below(&g->rng, n);
}

static struct node *new_node(struct gen *g, enum kind kind)
{
	struct node *n = &g->node[g->nodes++];

	ck_assert_uint_lt(g->nodes, ARRAY_LEN(g->node));
	*n = (struct node){ .kind = kind };
	return n;
}

/* Where nothing may follow an operand, "#N:.." may stand; a NEGATE would be
   taken for the minus that leads an address. */
enum first { FIRST_ANY, FIRST_NO_MINUS, FIRST_MINUS };

static struct node *gen_expr(struct gen *g, int level, int depth, bool last,
                             enum first first);

static struct address gen_address(struct gen *g, int depth, bool top)
{
	static const enum first first[] = { FIRST_NO_MINUS, FIRST_MINUS,
		                            FIRST_ANY };
	struct address a = { .given = true };

	a.space = top && pick(g, 20) == 0;
	a.lead = pick(g, 3) ? LEAD_NONE : (enum lead)(1 + pick(g, 2));
	a.e = gen_expr(g, 0, depth, true, first[a.lead]);
	return a;
}

/* Numbers that matter: small ones, sizes, addresses and their neighbours. */
static uint64_t gen_number(struct gen *g)
{
	const struct part *part = &g->w->part[pick(g, g->w->count)];

	switch (pick(g, 10)) {
	case 0:
		return random_u64(&g->rng) >> pick(g, 64);
	case 1:
		return part->addr + pick(g, part->size + 2) - 1;
	case 2:
		return part->addr + part->size + pick(g, 3) - 1;
	case 3:
		return part->size + pick(g, 3) - 1;
	case 4:
	case 5:
		return pick(g, 0x200);
	default:
		return pick(g, 24);
	}
}

static struct node *gen_colon(struct gen *g, int depth)
{
	struct node *n = new_node(g, COLON);

	if (pick(g, 3) == 0) {
		n->name = pool[pick(g, ARRAY_LEN(pool))];
		n->name_len = strlen(n->name);
		if (pick(g, 3) == 0)
			n->name_len = 1 + pick(g, n->name_len);
	} else {
		n->n = pick(g, 10) ? pick(g, g->w->count + 1) : pick(g, 12);
	}
	if (pick(g, 5))
		n->inner = gen_address(g, depth - 1, false);
	return n;
}

static struct node *gen_leaf(struct gen *g, bool last)
{
	static const enum kind kinds[] = { DOT,  DOLLAR,   SEGMENT,
		                           MARK, BOOKMARK, SELECTED };
	struct node *n;

	if (pick(g, 5) > 1) {
		n = new_node(g, NUMBER);
		n->n = gen_number(g);
		return n;
	}
	n = new_node(g, kinds[pick(g, ARRAY_LEN(kinds))]);
	if (n->kind == SEGMENT)
		n->n = pick(g, g->w->count + 1);
	else if (n->kind == MARK)
		n->which = (unsigned char)"abcz'"[pick(g, 5)];
	else if (n->kind == SELECTED)
		n->which = (unsigned char)"<>"[pick(g, 2)];
	else if (n->kind == BOOKMARK)
		n->which = (unsigned)pick(g, 4);
	/* A minus behind it would be part of the name. */
	if (n->kind == BOOKMARK && !last) {
		struct node *paren = new_node(g, PAREN);

		paren->a = n;
		return paren;
	}
	return n;
}

static struct node *gen_branch(struct gen *g, int depth, bool last)
{
	static const enum kind kinds[] = { PAREN, PAREN, NEGATE,    INVERT,
		                           READ,  ALIGN, SEGMENT_AT };
	struct node *n = new_node(g, kinds[pick(g, ARRAY_LEN(kinds))]);

	if (n->kind == NEGATE || n->kind == INVERT) {
		n->a = gen_expr(g, 6, depth - 1, last, FIRST_ANY);
		return n;
	}
	n->which = (unsigned)pick(g, ARRAY_LEN(read_types));
	if (n->kind == READ && pick(g, 2))
		n->which = (unsigned)pick(g, 2);
	n->a = gen_expr(g, 0, depth - 1, true, FIRST_ANY);
	if (n->kind == ALIGN)
		n->b = gen_expr(g, 0, depth - 1, true, FIRST_ANY);
	return n;
}

static struct node *gen_primary(struct gen *g, int depth, bool last,
                                enum first first)
{
	struct node *n;

	if (first == FIRST_MINUS) {
		n = new_node(g, NEGATE);
		n->a = gen_expr(g, 6, depth - 1, last, FIRST_ANY);
		return n;
	}
	if (last && pick(g, 4) == 0)
		return gen_colon(g, depth);
	if (depth <= 0 || pick(g, 4))
		return gen_leaf(g, last);
	n = gen_branch(g, depth, last);
	if (n->kind == NEGATE && first == FIRST_NO_MINUS)
		n->kind = INVERT;
	return n;
}

/* Operands with operators of this level between them. */
static struct node *gen_expr(struct gen *g, int level, int depth, bool last,
                             enum first first)
{
	uint64_t more = depth > 0 && pick(g, 6) == 0 ? 1 + pick(g, 2) : 0;
	struct node *left;

	if (level == 6)
		return gen_primary(g, depth, last, first);
	left = gen_expr(g, level + 1, depth, last && more == 0, first);
	while (more > 0) {
		struct node *n = new_node(g, BINARY);

		do {
			n->which = (unsigned)pick(g, ARRAY_LEN(ops));
		} while (ops[n->which].level != level);
		more--;
		n->a = left;
		n->b = gen_expr(g, level + 1, depth - 1, last && more == 0,
		                FIRST_ANY);
		left = n;
	}
	return left;
}

static void put(struct gen *g, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void put(struct gen *g, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(g->text + g->len, sizeof(g->text) - g->len, fmt, ap);
	va_end(ap);
	g->len += (size_t)n;
	ck_assert_uint_lt(g->len, sizeof(g->text));
}

/* A blank where one may stand, or not. */
static void space_out(struct gen *g)
{
	if ((g->blanks || g->parens > 0) && pick(g, 4) == 0)
		put(g, "%s", pick(g, 4) ? " " : " \t");
}

static void put_number(struct gen *g, uint64_t v)
{
	bool hex = g->w->scope.units.radix == 16;

	if (!hex && v > 0 && v % 1024 == 0 && pick(g, 2)) {
		put(g, "%" PRIu64 "K", v / 1024);
		return;
	}
	if (!hex && v > 0 && v % 256 == 0 && pick(g, 2)) {
		put(g, "%" PRIu64 ".%ss", v / 512, v % 512 ? "5" : "0");
		return;
	}
	switch (pick(g, 4)) {
	case 0:
		put(g, "0x%" PRIx64, v);
		return;
	case 1:
		put(g, "0o%" PRIo64, v);
		return;
	case 2:
		put(g, "%" PRIx64 "h", v);
		return;
	default:
		if (hex)
			put(g, "%" PRIx64, v);
		else
			put(g, "%" PRIu64, v);
	}
}

static bool name_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

/* May this name stand without quotes, where it would be written now? */
static bool plain_name(const struct gen *g, const char *name, size_t len)
{
	if (g->len > 0 && g->text[g->len - 1] == '-')
		return false; /* "4-disk:" is a name */
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '-' && i + 1 < len && name_letter(name[i + 1]))
			continue;
		if (!name_letter(name[i]) && name[i] != '.')
			return false;
	}
	return true;
}

static void put_name(struct gen *g, const char *name, size_t len)
{
	if (plain_name(g, name, len) && pick(g, 4)) {
		put(g, "%.*s", (int)len, name);
		return;
	}
	put(g, "\"");
	for (size_t i = 0; i < len; i++) {
		if (pick(g, 4))
			put(g, "%c", name[i]);
		else
			put(g, "\\x%02x", (unsigned char)name[i]);
	}
	put(g, "\"");
}

static void put_address(struct gen *g, const struct address *a);
static void put_node(struct gen *g, const struct node *n);

/* Blanks may stand before an operand, but a word behind one is no hex number
   where an operand could be missing. */
static void space_before(struct gen *g)
{
	if (g->w->scope.units.radix != 16)
		space_out(g);
}

static void put_colon(struct gen *g, const struct node *n)
{
	if (n->name)
		put_name(g, n->name, n->name_len);
	else if (n->n > 0)
		put(g, "#%" PRIu64, n->n);
	else
		put(g, "#%s", pick(g, 2) ? "" : ".");
	put(g, ":");
	if (n->inner.given) {
		space_before(g);
		put_address(g, &n->inner);
	}
}

static void put_call(struct gen *g, const struct node *n)
{
	put(g, "%s(",
	    n->kind == READ         ? read_types[n->which].text
	    : n->kind == ALIGN      ? "align"
	    : n->kind == SEGMENT_AT ? "seg"
	                            : "");
	g->parens++;
	space_out(g);
	put_node(g, n->a);
	if (n->b) {
		space_out(g);
		put(g, ",");
		space_out(g);
		put_node(g, n->b);
	}
	space_out(g);
	put(g, ")");
	g->parens--;
}

static void put_node(struct gen *g, const struct node *n)
{
	switch (n->kind) {
	case NUMBER:
		put_number(g, n->n);
		break;
	case DOT:
		put(g, ".");
		break;
	case DOLLAR:
		put(g, "$");
		break;
	case SEGMENT:
		if (n->n > 0)
			put(g, "#%" PRIu64, n->n);
		else
			put(g, "#.");
		break;
	case COLON:
		put_colon(g, n);
		break;
	case MARK:
	case SELECTED:
		put(g, "'%c", (char)n->which);
		break;
	case BOOKMARK:
		put(g, "@%s", bookmark_names[n->which]);
		break;
	case NEGATE:
	case INVERT:
		put(g, "%s", n->kind == NEGATE ? "-" : "~");
		space_out(g);
		put_node(g, n->a);
		break;
	case BINARY:
		put_node(g, n->a);
		space_out(g);
		put(g, "%s", ops[n->which].text);
		space_out(g);
		put_node(g, n->b);
		break;
	default:
		put_call(g, n);
	}
}

static void put_address(struct gen *g, const struct address *a)
{
	if (a->space) {
		put(g, "%%:");
		space_out(g);
	}
	if (a->lead == LEAD_PLUS) {
		put(g, "+");
		space_out(g);
	}
	put_node(g, a->e);
}

/* The model. Parts are asked one after the other, the latest first. */

static bool covers(const struct part *part, uint64_t addr)
{
	return addr >= part->addr && addr - part->addr < part->size;
}

static const struct part *shown(const struct world *w, uint64_t addr)
{
	for (size_t i = w->count; i > 0; i--) {
		if (covers(&w->part[i - 1], addr))
			return &w->part[i - 1];
	}
	return NULL;
}

static uint64_t world_size(const struct world *w)
{
	uint64_t size = 0;

	for (size_t i = 0; i < w->count; i++) {
		if (w->part[i].size > 0)
			size = u64_max(size, w->part[i].addr + w->part[i].size);
	}
	return size;
}

static struct place place_of(const struct world *w, uint64_t addr)
{
	uint64_t size = world_size(w);
	const struct part *part = NULL;
	struct place place = { .addr = addr };

	if (size == 0) {
		for (size_t i = 0; i < w->count; i++) {
			if (w->part[i].addr == 0)
				part = &w->part[i];
		}
	} else {
		part = shown(w, addr == size ? addr - 1 : addr);
	}
	if (part && part->number > 0) {
		place.segment = part->number;
		place.side = addr == size ? SIDE_END : SIDE_START;
	}
	return place;
}

static const struct part *numbered(const struct world *w, uint64_t number)
{
	for (size_t i = 0; i < w->count; i++) {
		if (number > 0 && w->part[i].number == number)
			return &w->part[i];
	}
	return NULL;
}

static enum err part_place(const struct world *w, const struct part *part,
                           uint64_t off, struct place *out)
{
	*out = (struct place){ .addr = part->addr + off,
		               .segment = part->number,
		               .side = SIDE_END };
	if (off == part->size)
		return ERR_NONE;
	out->side = SIDE_START;
	return shown(w, out->addr) == part ? ERR_NONE : ERR_RANGE;
}

/* Where a tree is evaluated. */
struct where {
	const struct world *w;
	const struct part *inside; /* NULL: the space */
	struct place plus;
};

struct result {
	wide v;
	bool is_place;
	struct place place;
};

static uint64_t where_end(const struct where *at)
{
	return at->inside ? at->inside->size : world_size(at->w);
}

/* A place as a number of where it is read. */
static enum err from_place(const struct where *at, struct place place,
                           struct result *out)
{
	const struct part *in = at->inside;

	*out = (struct result){ .v = place.addr,
		                .is_place = true,
		                .place = place };
	if (!in)
		return ERR_NONE;
	if (place.segment != in->number)
		return ERR_RANGE;
	out->v = place.side == SIDE_END ? in->size : place.addr - in->addr;
	if (place.side == SIDE_START && in->size > 0 &&
	    shown(at->w, place.addr) != in)
		return ERR_RANGE;
	return ERR_NONE;
}

static enum err fits(wide v)
{
	return v > UINT64_MAX || -v > UINT64_MAX ? ERR_SYNTAX : ERR_NONE;
}

static enum err calculate(char op, wide a, wide b, wide *out)
{
	*out = 0;
	switch (op) {
	case '+':
		*out = a + b;
		break;
	case '-':
		*out = a - b;
		break;
	case '*':
		if (__builtin_mul_overflow(a, b, out))
			return ERR_SYNTAX;
		break;
	case '/':
	case '%':
		if (b == 0)
			return ERR_SYNTAX;
		*out = op == '/' ? a / b : a % b;
		break;
	case '<':
	case '>':
		if (a < 0 || b < 0 || b > 63)
			return ERR_SYNTAX;
		*out = op == '<' ? a << b : a >> b;
		break;
	default:
		if (a < 0 || b < 0)
			return ERR_SYNTAX;
		*out = op == '&' ? (a & b) : op == '|' ? (a | b) : (a ^ b);
	}
	return fits(*out);
}

/* The segment that a typed name means; NULL: none or more than one. */
static const struct part *named(const struct world *w, const char *name,
                                size_t len)
{
	const struct part *full = NULL;
	const struct part *begins = NULL;
	size_t fulls = 0;
	size_t count = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct part *part = &w->part[i];

		if (!part->name || strncmp(part->name, name, len) != 0)
			continue;
		count++;
		begins = part;
		if (strlen(part->name) == len) {
			fulls++;
			full = part;
		}
	}
	if (fulls > 0)
		return fulls == 1 ? full : NULL;
	return count == 1 && !w->scope.exact_names ? begins : NULL;
}

static enum err eval_node(const struct where *at, const struct node *n,
                          struct result *out);
static enum err eval_address(const struct where *at, const struct address *a,
                             struct result *out);

/* The place of what was evaluated where it stands. */
static enum err finish(const struct where *at, const struct result *r,
                       struct place *out)
{
	const struct part *part =
		r->is_place ? numbered(at->w, r->place.segment) : NULL;

	if (!at->inside && part && part->size == 0) {
		*out = r->place;
		return ERR_NONE;
	}
	if (r->v < 0 || r->v > where_end(at))
		return ERR_RANGE;
	if (at->inside)
		return part_place(at->w, at->inside, (uint64_t)r->v, out);
	*out = r->is_place ? r->place : place_of(at->w, (uint64_t)r->v);
	return ERR_NONE;
}

static enum err eval_segment(const struct where *at, const struct node *n,
                             struct result *out)
{
	const struct part *part =
		n->name ? named(at->w, n->name, n->name_len)
			: numbered(at->w,
	                           n->n ? n->n : at->w->scope.cursor.segment);
	struct where in = { at->w, part, at->w->scope.cursor };
	struct result r = { 0 };
	struct place place;
	enum err code = ERR_NONE;

	if (!part)
		return ERR_RANGE;
	if (n->kind == COLON && n->inner.given)
		code = eval_address(&in, &n->inner, &r);
	if (!code)
		code = finish(&in, &r, &place);
	return code ? code : from_place(at, place, out);
}

static enum err eval_selected(const struct where *at, char letter,
                              struct result *out)
{
	const struct scope *scope = &at->w->scope;
	uint64_t end = scope->sel_end;

	if (!scope->has_selection)
		return ERR_RANGE;
	if (letter == '<')
		return from_place(at, place_of(at->w, scope->sel_start), out);
	if (!at->inside || end == scope->sel_start)
		return from_place(at, place_of(at->w, end), out);
	if (shown(at->w, end - 1) != at->inside)
		return ERR_RANGE;
	*out = (struct result){ .v = end - at->inside->addr };
	return ERR_NONE;
}

static enum err eval_mark(const struct where *at, const struct node *n,
                          struct result *out)
{
	size_t idx = n->kind == BOOKMARK ? n->which : n->which - 'a';

	if (n->kind == MARK && n->which == '\'')
		return from_place(at, at->w->previous, out);
	if (idx >= ARRAY_LEN(at->w->mark))
		return ERR_RANGE;
	return from_place(at, at->w->mark[idx], out);
}

static enum err eval_read(const struct where *at, unsigned which, wide from,
                          struct result *out)
{
	unsigned bytes = read_types[which].bytes;
	wide v = 0;

	if (from < 0 || from + bytes > where_end(at))
		return ERR_RANGE;
	for (unsigned i = 0; i < bytes; i++) {
		unsigned k = read_types[which].big ? i : bytes - 1 - i;
		uint64_t addr = (uint64_t)from + k;
		const struct part *part;

		if (at->inside)
			addr += at->inside->addr;
		part = shown(at->w, addr);
		if (at->inside && part != at->inside)
			return ERR_RANGE;
		if (!part || !part->name)
			return ERR_STATE;
		v = v * 256 + byte_at(addr);
	}
	if (read_types[which].is_signed && v >> (bytes * 8 - 1))
		v -= (wide)1 << (bytes * 8);
	*out = (struct result){ .v = v };
	return ERR_NONE;
}

static enum err eval_align(wide a, wide step, struct result *out)
{
	*out = (struct result){ 0 };
	if (step <= 0)
		return ERR_SYNTAX;
	out->v = a + ((-a) % step + step) % step;
	return fits(out->v);
}

static enum err eval_seg(const struct where *at, wide v, struct result *out)
{
	const struct part *part;

	if (v < 0 || v > where_end(at))
		return ERR_RANGE;
	part = at->inside ? at->inside : shown(at->w, (uint64_t)v);
	if (!part || !part->name)
		return ERR_RANGE;
	*out = (struct result){ .v = part->number };
	return ERR_NONE;
}

static enum err eval_operands(const struct where *at, const struct node *n,
                              struct result *out)
{
	struct result a = { 0 };
	struct result b = { 0 };
	enum err code = eval_node(at, n->a, &a);

	if (!code && n->b)
		code = eval_node(at, n->b, &b);
	*out = (struct result){ 0 };
	if (code)
		return code;
	switch (n->kind) {
	case PAREN:
		*out = a;
		return ERR_NONE;
	case NEGATE:
		out->v = -a.v;
		return ERR_NONE;
	case INVERT:
		out->v = UINT64_MAX - a.v;
		return a.v < 0 ? ERR_SYNTAX : ERR_NONE;
	case READ:
		return eval_read(at, n->which, a.v, out);
	case ALIGN:
		return eval_align(a.v, b.v, out);
	case SEGMENT_AT:
		return eval_seg(at, a.v, out);
	default:
		return calculate(ops[n->which].text[0], a.v, b.v, &out->v);
	}
}

static enum err eval_node(const struct where *at, const struct node *n,
                          struct result *out)
{
	switch (n->kind) {
	case NUMBER:
		*out = (struct result){ .v = n->n };
		return ERR_NONE;
	case DOT:
		return from_place(at, at->w->scope.cursor, out);
	case DOLLAR:
		*out = (struct result){ .v = where_end(at) };
		return ERR_NONE;
	case SEGMENT:
	case COLON:
		return eval_segment(at, n, out);
	case MARK:
	case BOOKMARK:
		return eval_mark(at, n, out);
	case SELECTED:
		return eval_selected(at, (char)n->which, out);
	default:
		return eval_operands(at, n, out);
	}
}

static enum err eval_address(const struct where *at, const struct address *a,
                             struct result *out)
{
	struct result from = { .v = where_end(at) };
	enum err code = ERR_NONE;

	if (a->lead == LEAD_PLUS)
		code = from_place(at, at->plus, &from);
	if (!code)
		code = eval_node(at, a->e, out);
	if (code || a->lead == LEAD_NONE)
		return code;
	*out = (struct result){ .v = from.v + out->v };
	return fits(out->v);
}

/* Does the text of this begin with "#" or a name? */
static bool says_where(const struct address *a)
{
	const struct node *n = a->e;

	while (n->kind == BINARY)
		n = n->a;
	return a->space || (a->lead == LEAD_NONE &&
	                    (n->kind == SEGMENT || n->kind == COLON));
}

static enum err eval_whole(const struct where *at, const struct address *a,
                           struct place *out)
{
	struct result r = { 0 };
	enum err code = eval_address(at, a, &r);

	return code ? code : finish(at, &r, out);
}

struct written {
	struct address a, b;
	bool all, comma;
};

static enum err eval_span(const struct world *w, const struct written *s,
                          struct span *out)
{
	struct where at = { .w = w, .plus = w->scope.cursor };
	bool alone = s->a.given && s->a.lead == LEAD_NONE && !s->a.space &&
	             !s->comma;
	const struct part *part;
	enum err code = ERR_NONE;

	*out = (struct span){ .given = true, .from = place_of(w, 0) };
	if (s->all) {
		out->to = place_of(w, world_size(w));
		return ERR_NONE;
	}
	if (s->a.given)
		code = eval_whole(&at, &s->a, &out->from);
	if (code)
		return code;
	part = numbered(w, out->from.segment);
	if (alone && s->a.e->kind == SEGMENT) {
		out->segment = true;
		return part_place(w, part, part->size, &out->to);
	}
	if (!s->comma) {
		out->single = true;
		return ERR_NONE;
	}
	if (s->a.given && s->a.lead == LEAD_NONE && !s->a.space &&
	    s->a.e->kind == COLON)
		at.inside = part;
	at.plus = out->from;
	if (s->b.given && says_where(&s->b))
		at.inside = NULL;
	if (s->b.given)
		code = eval_whole(&at, &s->b, &out->to);
	else
		code = finish(&at, &(struct result){ .v = where_end(&at) },
		              &out->to);
	if (!code && out->to.addr < out->from.addr)
		code = ERR_RANGE;
	return code;
}

static struct place random_place(struct gen *g, const struct world *w)
{
	const struct part *part = &w->part[pick(g, w->count)];
	struct place place =
		place_of(w, pick(g, 2) ? pick(g, world_size(w) + 1)
	                               : u64_min(part->addr, world_size(w)));

	if (part->name && pick(g, 3) == 0)
		part_place(w, part, part->size, &place);
	return place;
}

/* Parts side by side, with gaps and over each other; now and then one ends
   where addresses do. */
static void random_world(struct gen *g, struct world *w)
{
	struct part part[PARTS_MAX] = { 0 };
	size_t count = 1 + pick(g, PARTS_MAX);
	uint64_t end = 0;

	for (size_t i = 0; i < count; i++) {
		part[i].size = pick(g, 5) ? pick(g, 0x200) : pick(g, 3);
		part[i].addr = end + (pick(g, 3) ? 0 : pick(g, 0x80));
		if (pick(g, 4) == 0)
			part[i].addr = pick(g, end + 1);
		if (pick(g, 8))
			part[i].name = pool[pick(g, ARRAY_LEN(pool))];
		else
			part[i].size++;
		end = u64_max(end, part[i].addr + part[i].size);
	}
	if (pick(g, 4) == 0) {
		struct part *top = &part[pick(g, count)];

		top->addr = SPACE_MAX - top->size;
	}
	open_world(w, part, count);
	for (size_t i = 0; i < ARRAY_LEN(w->mark); i++)
		w->mark[i] = random_place(g, w);
	w->previous = random_place(g, w);
	w->scope.cursor = random_place(g, w);
	w->scope.has_selection = pick(g, 4) > 0;
	w->scope.sel_start = pick(g, world_size(w) + 1);
	w->scope.sel_end = w->scope.sel_start +
	                   pick(g, world_size(w) - w->scope.sel_start + 1);
	w->scope.exact_names = pick(g, 4) == 0;
	w->scope.units.radix = pick(g, 4) ? 10 : 16;
}

static bool same_place(struct place a, struct place b)
{
	return a.addr == b.addr && a.segment == b.segment && a.side == b.side;
}

/* Write what may follow; the address ends before it. */
static void put_stop(struct gen *g, bool span)
{
	static const char *const rest[] = { "",  "",  " fill", " d",
		                            ")", ";", " {00}", ",4" };

	put(g, "%s", rest[pick(g, ARRAY_LEN(rest) - span)]);
}

static void begin_case(struct gen *g, const struct world *w)
{
	g->w = w;
	g->nodes = 0;
	g->len = 0;
	g->text[0] = '\0';
	g->blanks = pick(g, 2);
}

/* Where two functions agree on success and failure; true for success. */
static bool agree(const struct gen *g, bool ok, enum err want, size_t pos,
                  size_t end, const struct error *err)
{
	HOLDS(ok == (want == ERR_NONE), g->text);
	HOLDS(pos == (ok ? end : 0), g->text);
	HOLDS(ok || err->code == want, g->text);
	HOLDS(ok || (err->column >= 1 && err->column <= g->len + 1), g->text);
	return ok;
}

static bool random_address(struct gen *g, const struct world *w)
{
	struct where at = { .w = w, .plus = w->scope.cursor };
	struct address a;
	struct place want = { 0 };
	struct place got = { 0 };
	struct error err = { 0 };
	struct lexer lx;
	enum err code;
	size_t end;
	char *copy;
	bool ok;

	begin_case(g, w);
	a = gen_address(g, 3, true);
	space_out(g);
	put_address(g, &a);
	end = g->len;
	put_stop(g, false);
	code = eval_whole(&at, &a, &want);
	copy = exact(g->text, g->len);
	lx = lexer_of(copy, g->len);
	HOLDS(end == 0 || !a.e || token_begins_address(&lx, true) ||
	              g->text[0] == ' ',
	      g->text);
	ok = address_parse(&lx, &w->scope, g->blanks, &got, &err);
	free(copy);
	if (agree(g, ok, code, lx.pos, end, &err))
		HOLDS(same_place(got, want), g->text);
	return ok;
}

static bool random_span(struct gen *g, const struct world *w)
{
	struct written s = { 0 };
	struct span want;
	struct span got = { 0 };
	struct error err = { 0 };
	struct lexer lx;
	enum err code;
	size_t end;
	char *copy;
	bool ok;

	begin_case(g, w);
	s.all = pick(g, 20) == 0;
	s.a.given = !s.all && pick(g, 8) > 0;
	s.comma = !s.all && (!s.a.given || pick(g, 3) > 0);
	if (s.a.given)
		s.a = gen_address(g, 2, true);
	if (s.comma && (!s.a.given || pick(g, 4)))
		s.b = gen_address(g, 2, true);
	space_out(g);
	if (s.all)
		put(g, "%%");
	if (s.a.given)
		put_address(g, &s.a);
	if (s.comma) {
		space_out(g);
		put(g, ",");
	}
	if (s.b.given) {
		space_before(g);
		put_address(g, &s.b);
	}
	end = g->len;
	put_stop(g, true);
	code = eval_span(w, &s, &want);
	copy = exact(g->text, g->len);
	lx = lexer_of(copy, g->len);
	ok = span_parse(&lx, &w->scope, g->blanks, &got, &err);
	free(copy);
	if (!agree(g, ok, code, lx.pos, end, &err))
		return false;
	HOLDS(got.given && got.single == want.single &&
	              got.segment == want.segment,
	      g->text);
	HOLDS(same_place(got.from, want.from), g->text);
	HOLDS(got.single || same_place(got.to, want.to), g->text);
	return true;
}

enum { CASES_PER_WORLD = 50 };

START_TEST(random_expressions_agree_with_the_model)
{
	struct gen *g = calloc(1, sizeof(*g));
	size_t worlds = cases(100000) / CASES_PER_WORLD + 1;
	size_t good_ones = 0;

	ck_assert_ptr_nonnull(g);
	g->rng = random_seed();
	for (size_t n = 0; n < worlds; n++) {
		struct world w;

		random_world(g, &w);
		for (size_t i = 0; i < CASES_PER_WORLD; i++)
			good_ones += i % 2 ? random_address(g, &w)
			                   : random_span(g, &w);
		close_world(&w);
	}
	/* A generator of nothing but errors would prove little. */
	ck_assert_uint_gt(good_ones, worlds * CASES_PER_WORLD / 5);
	free(g);
}
END_TEST

/* place_text() comes back as the place it was. */
START_TEST(places_survive_their_text)
{
	struct gen *g = calloc(1, sizeof(*g));

	ck_assert_ptr_nonnull(g);
	g->rng = random_seed();
	for (size_t n = cases(2000); n > 0; n--) {
		struct world w;

		random_world(g, &w);
		for (size_t i = 0; i < 20; i++) {
			struct place place = random_place(g, &w);
			char text[PLACE_TEXT];
			struct place got;
			struct error err;

			place_text(w.sp, place, text);
			w.scope.units.radix = 10;
			HOLDS((place.segment == 0) == !strcmp(text, "-"), text);
			if (place.segment == 0)
				continue;
			must(address_eval(text, &w.scope, &got, &err), &err);
			HOLDS(same_place(got, place), text);
		}
		close_world(&w);
	}
	free(g);
}
END_TEST

/* Whatever is typed: no crash, a place of the space or a column. */
static void check_garbage(const struct world *w, const char *line, size_t len,
                          bool blanks)
{
	struct lexer lx = lexer_of(line, len);
	struct place place;
	struct span span;
	struct error err = { 0 };

	if (address_parse(&lx, &w->scope, blanks, &place, &err))
		HOLDS(lx.pos <= len && (place.addr <= world_size(w) ||
		                        place.side == SIDE_END),
		      "address");
	else
		HOLDS(lx.pos == 0 && err.code != ERR_NONE && err.column >= 1 &&
		              err.column <= len + 1,
		      err.text);
	lx.pos = 0;
	if (span_parse(&lx, &w->scope, blanks, &span, &err))
		HOLDS(lx.pos <= len && (span.given || lx.pos == 0), "span");
	else
		HOLDS(lx.pos == 0 && err.column >= 1 && err.column <= len + 1,
		      err.text);
}

START_TEST(garbage_never_crashes)
{
	static const char letters[] =
		"0123489abcfhdKsuile()+-*/%<>&|^~.,:;#$'\"@\\_ \t\xc3";
	struct gen *g = calloc(1, sizeof(*g));
	struct world w;

	ck_assert_ptr_nonnull(g);
	g->rng = random_seed();
	random_world(g, &w);
	for (size_t n = cases(100000); n > 0; n--) {
		char *copy;

		begin_case(g, &w);
		if (pick(g, 2)) {
			struct address a = gen_address(g, 3, true);

			put_address(g, &a);
		}
		for (uint64_t more = pick(g, 12); more > 0; more--)
			put(g, "%c", letters[pick(g, sizeof(letters) - 1)]);
		/* Damage what was written. */
		for (uint64_t i = pick(g, 4); i > 0 && g->len > 0; i--)
			g->text[pick(g, g->len)] =
				letters[pick(g, sizeof(letters))];
		copy = exact(g->text, g->len);
		check_garbage(&w, copy, g->len, g->blanks);
		free(copy);
	}
	close_world(&w);
	free(g);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("address");
	TCase *table = tcase_create("tables");
	TCase *random = tcase_create("random");

	tcase_add_checked_fixture(table, setup, teardown);
	tcase_add_loop_test(table, addresses_mean_places, 0, ARRAY_LEN(good));
	tcase_add_loop_test(table, errors_have_text_and_column, 0,
	                    ARRAY_LEN(bad));
	tcase_add_test(table, nesting_has_a_limit);
	tcase_add_test(table, no_selection);
	tcase_add_test(table, exact_names_refuse_beginnings);
	tcase_add_test(table, equal_names_are_listed);
	tcase_add_test(table, quoted_name_without_memory);
	tcase_add_test(table, long_lists_end_in_dots);
	tcase_add_test(table, covered_bytes_are_refused);
	tcase_add_test(table, cursor_keeps_its_side);
	tcase_add_test(table, addresses_near_the_top);
	tcase_add_loop_test(table, numbers_are_read_in_place, 0,
	                    ARRAY_LEN(reads));
	tcase_add_loop_test(table, parsing_stops_behind_the_address, 0,
	                    ARRAY_LEN(stops));
	tcase_add_test(table, columns_count_from_the_line);
	tcase_add_loop_test(table, what_starts_an_address, 0,
	                    ARRAY_LEN(starters));
	tcase_add_loop_test(table, spans_mean_ranges, 0, ARRAY_LEN(spans));
	tcase_add_loop_test(table, spans_refused, 0, ARRAY_LEN(bad_spans));
	tcase_add_test(table, spans_in_hex);
	tcase_add_test(table, spans_in_arguments_have_no_blanks);
	tcase_add_test(table, places_as_text);
	suite_add_tcase(s, table);
	tcase_set_timeout(random, 120);
	tcase_add_test(random, random_expressions_agree_with_the_model);
	tcase_add_test(random, places_survive_their_text);
	tcase_add_test(random, garbage_never_crashes);
	suite_add_tcase(s, random);
	return run_suite(s);
}
