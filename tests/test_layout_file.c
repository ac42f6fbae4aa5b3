/* test_layout_file.c - tests of src/open/layout_file.c */
#include "config.h"

#include "open/layout_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys.h"
#include "space/layout.h"
#include "tests/support.h"

#define FIRST "hexspan-layout 1\n"

/* All tests run in the scratch folder. */
static void setup(void)
{
	ck_assert_int_eq(chdir(scratch()), 0);
}

static void write_file(const char *name, const char *text, size_t len)
{
	free(scratch_file(name, text, len));
}

/* The text of a file, to be freed; NULL if it is not there. */
static char *file_text(const char *name)
{
	FILE *f = fopen(name, "rb");
	char *text = calloc(1, 65536);

	ck_assert_ptr_nonnull(text);
	if (!f) {
		free(text);
		return NULL;
	}
	ck_assert_uint_lt(fread(text, 1, 65535, f), 65535);
	fclose(f);
	return text;
}

static bool read_text(const char *text, const char *path, bool outside,
                      struct layout *inputs, struct error *err)
{
	return layout_text_read(text, strlen(text), path, outside, inputs, err);
}

START_TEST(tell_layouts_by_their_names)
{
	ck_assert(layout_file_is("a.hxl"));
	ck_assert(layout_file_is("/a/b.c/.hxl"));
	ck_assert(!layout_file_is("a.hxl.bin"));
	ck_assert(!layout_file_is("hxl"));
	ck_assert(!layout_file_is(""));
}
END_TEST

START_TEST(read_a_file)
{
	static const char text[] =
		FIRST "# a comment\n"
		      "\n"
		      "a.bin skip 1\r\n"
		      "  \"b c\" at 0x100 rw name two # and why\n"
		      "/abs/d\n"
		      "../up ro\n"
		      "gap:16\n"
		      "memory:1K\n"
		      "-\n"
		      "./gap:1 copy"; /* no newline at the end */
	static const struct {
		const char *path, *name;
		enum access access;
		enum placement_input input;
	} want[] = {
		{ "sub/a.bin", "a.bin", ACCESS_DEFAULT, PLACEMENT_FILE },
		{ "sub/b c", "two", ACCESS_WRITE, PLACEMENT_FILE },
		{ "/abs/d", "d", ACCESS_READ, PLACEMENT_FILE }, /* outside */
		{ "sub/../up", "up", ACCESS_READ, PLACEMENT_FILE },
		{ "gap:16", "gap:16", ACCESS_DEFAULT, PLACEMENT_GAP },
		{ "memory:1K", "memory:1K", ACCESS_DEFAULT, PLACEMENT_MEMORY },
		{ "-", "-", ACCESS_DEFAULT, PLACEMENT_STDIN },
		{ "sub/./gap:1", "gap:1", ACCESS_COPY, PLACEMENT_FILE },
	};
	struct layout inputs = { 0 };
	struct error err;

	must(read_text(text, "sub/x.hxl", false, &inputs, &err), &err);
	ck_assert_uint_eq(inputs.count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct placement *p = inputs.v[i];

		ck_assert_str_eq(p->path, want[i].path);
		ck_assert_str_eq(p->name, want[i].name);
		ck_assert_int_eq(p->access, want[i].access);
		ck_assert_int_eq(p->input, want[i].input);
		ck_assert_uint_eq(p->number, 0);
	}
	ck_assert_uint_eq(inputs.v[1]->at_value, 0x100);
	layout_clear(&inputs);
}
END_TEST

/* Each row is a text and what is said of it. */
static const struct {
	const char *text, *want;
	bool outside;
} wrong[] = {
	{ "",
	  "x.hxl:1: not a layout (the first line must be "
	  "\"hexspan-layout 1\")",
	  false },
	{ "\n" FIRST,
	  "x.hxl:1: not a layout (the first line must be "
	  "\"hexspan-layout 1\")",
	  false },
	{ "\x7f"
	  "ELF\"\\",
	  "x.hxl:1: not a layout (the first line must be "
	  "\"hexspan-layout 1\")",
	  false },
	{ "\"\\q",
	  "x.hxl:1: not a layout (the first line must be "
	  "\"hexspan-layout 1\")",
	  false },
	{ "hexspan-layout 1 x\n",
	  "x.hxl:1: not a layout (the first line must "
	  "be \"hexspan-layout 1\")",
	  false },
	{ "hexspan-layout 2\n",
	  "x.hxl:1: version 2 of layouts is not known "
	  "(only 1)",
	  false },
	{ FIRST "a\nb foo\n", "x.hxl:3: unknown word \"foo\"", false },
	{ FIRST "\"a\n", "x.hxl:2: the quote is not closed", false },
	{ FIRST "a at 1x\n",
	  "x.hxl:2: at: unknown unit (K M G T P E, KB MB "
	  ".., s sector, c block; a hex number starts with "
	  "0x)",
	  false },
	{ FIRST "y.hxl\n", "x.hxl:2: y.hxl: a layout within a layout", true },
	{ FIRST "/a rw\n",
	  "x.hxl:2: rw: /a is outside the layout's folder "
	  "(--access=write allows it)",
	  false },
	{ FIRST "b/../../a rw\n",
	  "x.hxl:2: rw: b/../../a is outside the layout's folder "
	  "(--access=write allows it)",
	  false },
	{ FIRST ".. rw\n",
	  "x.hxl:2: rw: .. is outside the layout's folder "
	  "(--access=write allows it)",
	  false },
};

START_TEST(wrong_texts)
{
	struct layout inputs = { 0 };
	struct error err;

	must(layout_push(&inputs, placement_new("old", &err), &err), &err);
	ck_assert(!read_text(wrong[_i].text, "x.hxl", wrong[_i].outside,
	                     &inputs, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, wrong[_i].want);
	ck_assert_uint_eq(inputs.count, 1); /* all or nothing */
	layout_clear(&inputs);
}
END_TEST

/* Outside of the folder access is read, unless the command line allows more. */
static const struct {
	const char *line;
	bool outside;
	enum access want;
} accesses[] = {
	{ "a", false, ACCESS_DEFAULT },     { "a rw", false, ACCESS_WRITE },
	{ "a/..b", false, ACCESS_DEFAULT }, /* a name, not the folder above */
	{ "...", false, ACCESS_DEFAULT },   { "/a", false, ACCESS_READ },
	{ "../a", false, ACCESS_READ },     { "/a ro", false, ACCESS_READ },
	{ "/a copy", false, ACCESS_COPY },  { "/a", true, ACCESS_DEFAULT },
	{ "/a rw", true, ACCESS_WRITE },    { "/a ro", true, ACCESS_READ },
};

START_TEST(access_by_place)
{
	struct layout inputs = { 0 };
	struct error err;
	char text[64];

	snprintf(text, sizeof(text), FIRST "%s\n", accesses[_i].line);
	must(read_text(text, "x.hxl", accesses[_i].outside, &inputs, &err),
	     &err);
	ck_assert_int_eq(inputs.v[0]->access, accesses[_i].want);
	layout_clear(&inputs);
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
	static const char text[] = FIRST "a\0b\n";
	struct layout inputs = { 0 };
	struct error err;

	ck_assert(!layout_text_read(text, sizeof(text) - 1, "x.hxl", false,
	                            &inputs, &err));
	ck_assert_str_eq(err.text, "x.hxl:2: a NUL byte");
}
END_TEST

START_TEST(a_million_lines_and_no_more)
{
	enum { LINES = 1000000 };
	size_t len = strlen(FIRST) + LINES - 1;
	char *text = malloc(len + 2);
	struct layout inputs = { 0 };
	struct error err;

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', len + 2);
	memcpy(text, FIRST, strlen(FIRST));
	must(layout_text_read(text, len, "x.hxl", false, &inputs, &err), &err);
	ck_assert(!layout_text_read(text, len + 1, "x.hxl", false, &inputs,
	                            &err));
	ck_assert_str_eq(err.text, "x.hxl:1000001: more than 1000000 lines");
	free(text);
}
END_TEST

/* Calls that fail from the nth on, or once at the nth, or do little. */
static struct {
	long calls;
	long fail_at; /* -1: never */
	size_t most;  /* bytes a write takes */
	const char *last;
} hurt;

static bool fails(const char *name)
{
	hurt.last = name;
	return hurt.calls++ == hurt.fail_at;
}

static int hurt_open(const char *path, unsigned flags)
{
	return fails("open") ? -EACCES : sys_real.open(path, flags);
}

static int hurt_close(int fd)
{
	int res = sys_real.close(fd);

	return fails("close") ? -EIO : res;
}

static int hurt_fstat(int fd, struct sys_stat *st)
{
	return fails("fstat") ? -EIO : sys_real.fstat(fd, st);
}

static int64_t hurt_read(int fd, void *buf, size_t len)
{
	return fails("read") ? -EIO
	                     : sys_real.read(fd, buf, size_min(len, hurt.most));
}

static int64_t hurt_write(int fd, const void *buf, size_t len)
{
	return fails("write")
	               ? -ENOSPC
	               : sys_real.write(fd, buf, size_min(len, hurt.most));
}

static int hurt_rename(const char *from, const char *to)
{
	return fails("rename") ? -EIO : sys_real.rename(from, to);
}

static int hurt_sync(int fd)
{
	return fails("sync") ? -EIO : sys_real.sync(fd);
}

static int hurt_cwd(char *buf, size_t size)
{
	return fails("cwd") ? -ENOENT : sys_real.cwd(buf, size);
}

static struct sys hurt_sys(long fail_at, size_t most)
{
	struct sys sys = sys_real;

	hurt.calls = 0;
	hurt.fail_at = fail_at;
	hurt.most = most;
	sys.open = hurt_open;
	sys.close = hurt_close;
	sys.fstat = hurt_fstat;
	sys.read = hurt_read;
	sys.write = hurt_write;
	sys.rename = hurt_rename;
	sys.sync = hurt_sync;
	sys.cwd = hurt_cwd;
	return sys;
}

START_TEST(read_fails_at_every_call)
{
	struct layout inputs = { 0 };
	struct error err;
	bool ok = false;

	write_file("x.hxl", FIRST "a\nb\n", strlen(FIRST "a\nb\n"));
	for (long n = 0; !ok; n++) {
		struct sys sys = hurt_sys(n, 5);

		ok = layout_file_read(&sys, "x.hxl", false, &inputs, &err);
		if (ok && hurt.calls > n) {
			/* That was the close, of a file only read. */
			ck_assert_str_eq(hurt.last, "close");
			layout_clear(&inputs);
			ok = false;
			continue;
		}
		ck_assert_uint_eq(inputs.count, ok ? 2 : 0);
		if (!ok) {
			ck_assert_int_eq(err.code, ERR_IO);
			ck_assert_int_gt(err.sys, 0);
			ck_assert_str_eq(err.path, "x.hxl");
		}
	}
	layout_clear(&inputs);
}
END_TEST

static int64_t endless_read(int fd, void *buf, size_t len)
{
	(void)fd;
	memset(buf, '\n', len);
	return (int64_t)len;
}

START_TEST(read_refuses_what_is_no_file)
{
	struct sys endless = sys_real;
	struct layout inputs = { 0 };
	struct error err;

	ck_assert(!layout_file_read(&sys_real, ".", false, &inputs, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, ".: not a regular file");
	ck_assert(!layout_file_read(&sys_real, "no.hxl", false, &inputs, &err));
	ck_assert_int_eq(err.sys, ENOENT);
	write_file("big.hxl", "", 0);
	endless.read = endless_read;
	ck_assert(!layout_file_read(&endless, "big.hxl", false, &inputs, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, "big.hxl: more than 64 MiB");
}
END_TEST

static void push(struct layout *layout, const char *input)
{
	struct error err;
	struct placement *p = placement_new(input, &err);

	must(p != NULL, &err);
	must(layout_push(layout, p, &err), &err);
}

/* Saved to `to` from the scratch folder, a path becomes `want`; "%" stands for
   the scratch folder. */
static const struct {
	const char *to, *path, *want;
} names[] = {
	{ "x.hxl", "a", "a" },
	{ "x.hxl", "./b//c/.", "b/c" },
	{ "x.hxl", "%/a", "a" },
	{ "x.hxl", "/etc/a", "/etc/a" },
	{ "x.hxl", "../a", "%/../a" },
	{ "x.hxl", "b/../a", "%/b/../a" }, /* b may be a link */
	{ "x.hxl", "a b\n", "\"a b\\x0a\"" },
	{ "x.hxl", "./-", "./-" },
	{ "x.hxl", "./gap:1", "./gap:1" },
	{ "x.hxl", "b/gap:1", "b/gap:1" },
	{ "x.hxl", "gap:0x10", "gap:0x10" },
	{ "x.hxl", "memory:1K", "memory:1K" },
	{ "x.hxl", "-", "-" },
	{ "sub/x.hxl", "sub/a", "a" },
	{ "sub/x.hxl", "a", "%/a" },
	{ "sub/x.hxl", "subway/a", "%/subway/a" }, /* no part of sub/ */
	{ "sub/x.hxl", "sub", "%/sub" },
	{ "./sub/./x.hxl", "sub/a", "a" },
	{ "%/sub/x.hxl", "sub/a", "a" },
	{ "sub/../sub/x.hxl", "sub/a", "%/sub/a" },
};

/* Put a folder for "%"; one level above it is resolved. */
static void expand(char *dst, size_t size, const char *text)
{
	char above[PATH_MAX];
	char cwd[PATH_MAX];

	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	snprintf(above, sizeof(above), "%s", cwd);
	*strrchr(above, '/') = '\0';
	if (strncmp(text, "%/../", 5) == 0)
		snprintf(dst, size, "%s%s", above, text + 4);
	else if (*text == '%')
		snprintf(dst, size, "%s%s", cwd, text + 1);
	else
		snprintf(dst, size, "%s", text);
}

START_TEST(save_names_files)
{
	struct layout layout = { 0 };
	char to[PATH_MAX], path[PATH_MAX], name[PATH_MAX];
	char want[PATH_MAX + 32];
	struct error err;
	char *text;

	ck_assert(sys_real.access("sub", SYS_READ) == 0 ||
	          system("mkdir sub") == 0);
	expand(to, sizeof(to), names[_i].to);
	expand(path, sizeof(path), names[_i].path);
	expand(name, sizeof(name), names[_i].want);
	push(&layout, path);
	must(layout_file_save(&sys_real, to, &layout, &err), &err);
	text = file_text(to);
	snprintf(want, sizeof(want), FIRST "%s\n", name);
	ck_assert_pstr_eq(text, want);
	free(text);
	layout_clear(&layout);
}
END_TEST

static struct layout three_placements(void)
{
	struct layout layout = { 0 };
	struct error err;

	push(&layout, "disk.001");
	push(&layout, "a \"b\"");
	push(&layout, "gap:4K");
	must(placement_set(layout.v[0], "skip", "-1s", &units_default, &err),
	     &err);
	must(placement_set(layout.v[1], "at", "+4K", &units_default, &err),
	     &err);
	must(placement_set(layout.v[1], "rw", NULL, &units_default, &err),
	     &err);
	return layout;
}

START_TEST(saved_and_read_back)
{
	struct layout layout = three_placements();
	struct layout back = { 0 };
	struct error err;

	must(layout_file_save(&sys_real, "y.hxl", &layout, &err), &err);
	must(layout_file_read(&sys_real, "y.hxl", false, &back, &err), &err);
	ck_assert_uint_eq(back.count, 3);
	ck_assert_str_eq(back.v[1]->path, "a \"b\"");
	ck_assert_int_eq(back.v[1]->at, AT_AFTER);
	ck_assert_int_eq(back.v[1]->access, ACCESS_WRITE);
	ck_assert_uint_eq(back.v[0]->skip, 512);
	ck_assert(back.v[0]->skip_from_end);
	layout_clear(&layout);
	layout_clear(&back);
}
END_TEST

START_TEST(save_fails_at_every_call)
{
	struct layout layout = three_placements();
	struct error err;
	bool ok = false;
	long n;

	for (n = 0; !ok; n++) {
		struct sys sys = hurt_sys(n, 7);
		char *text, *temp;

		write_file("z.hxl", "old", 3);
		ok = layout_file_save(&sys, "z.hxl", &layout, &err);
		text = file_text("z.hxl");
		temp = file_text("z.hxl.hxtmp");
		ck_assert_ptr_null(temp);
		if (ok) {
			ck_assert_str_eq(text,
			                 FIRST "disk.001 skip -0x200\n"
			                       "\"a \\\"b\\\"\" at +0x1000 "
			                       "rw\n"
			                       "gap:4K\n");
		} else {
			ck_assert_str_eq(text, "old");
			ck_assert_int_eq(err.code, ERR_IO);
			ck_assert_int_gt(err.sys, 0);
		}
		free(text);
	}
	ck_assert_int_gt(n, 10);
	layout_clear(&layout);
}
END_TEST

/* What another save writes is locked; what nobody has locked is a left one. */
START_TEST(save_leaves_another_save_alone)
{
	struct layout layout = { 0 };
	struct error err;
	char *text;
	int fd;

	write_file("w.hxl.hxtmp", "hexspan-theirs", 14);
	fd = sys_real.open("w.hxl.hxtmp", SYS_READ);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys_real.lock(fd, SYS_LOCK_TAKE), 0);
	ck_assert(!layout_file_save(&sys_real, "w.hxl", &layout, &err));
	ck_assert_str_eq(err.text, "w.hxl.hxtmp: another save is under way: "
	                           "File exists");
	text = file_text("w.hxl.hxtmp");
	ck_assert_pstr_eq(text, "hexspan-theirs");
	free(text);
	ck_assert_ptr_null(file_text("w.hxl"));
	ck_assert_int_eq(sys_real.close(fd), 0);
	must(layout_file_save(&sys_real, "w.hxl", &layout, &err), &err);
	ck_assert_ptr_null(file_text("w.hxl.hxtmp"));
	ck_assert_int_eq(unlink("w.hxl"), 0);
	layout.count = 1000000; /* refused before one is looked at */
	ck_assert(!layout_file_save(&sys_real, "w.hxl", &layout, &err));
	ck_assert_int_eq(err.code, ERR_RANGE);
}
END_TEST

/* Only a plain file of ours, which begins like one, is a left one. */
START_TEST(save_removes_nothing_else)
{
	static const struct {
		const char *make, *why;
	} table[] = {
		{ "ln -s other o.hxl.hxtmp",
		  "o.hxl.hxtmp: Too many levels of symbolic links" },
		{ "mkdir o.hxl.hxtmp", "o.hxl.hxtmp: Is a directory" },
		{ "ln other o.hxl.hxtmp",
		  "o.hxl.hxtmp is in the way: a save that was broken off may "
		  "have left it" },
		{ "printf theirs >o.hxl.hxtmp",
		  "o.hxl.hxtmp is in the way: a save that was broken off may "
		  "have left it" },
	};
	struct layout layout = { 0 };
	struct error err;

	write_file("other", "hexspan-theirs", 14);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char *text;

		ck_assert_int_eq(system(table[i].make), 0);
		ck_assert(!layout_file_save(&sys_real, "o.hxl", &layout, &err));
		ck_assert_str_eq(err.text, table[i].why);
		ck_assert_int_eq(system("rm -r o.hxl.hxtmp"), 0);
		text = file_text("other");
		ck_assert_pstr_eq(text, "hexspan-theirs");
		free(text);
	}
	ck_assert_ptr_null(file_text("o.hxl"));
}
END_TEST

/* Fail the 1st, 2nd, .. call of a save that finds a left one. */
START_TEST(save_over_a_left_one_fails)
{
	struct layout layout = three_placements();
	struct error err;
	bool ok = false;
	long n;

	for (n = 0; !ok; n++) {
		struct sys sys = hurt_sys(n, 7);
		char *text;

		write_file("l.hxl", "old", 3);
		/* Broken off within the first line, or at once. */
		write_file("l.hxl.hxtmp", "hexsp", (size_t)n % 6);
		ok = layout_file_save(&sys, "l.hxl", &layout, &err);
		text = file_text("l.hxl");
		if (ok)
			ck_assert_str_ne(text, "old");
		else
			ck_assert_str_eq(text, "old");
		free(text);
		/* Of closing nothing depends. */
		ok = ok && hurt.calls <= n;
		/* What is left is left again, or gone. */
		must(layout_file_save(&sys_real, "l.hxl", &layout, &err), &err);
		ck_assert_ptr_null(file_text("l.hxl.hxtmp"));
	}
	ck_assert_int_gt(n, 10);
	layout_clear(&layout);
}
END_TEST

/* Fail the 1st, 2nd, .. allocation until the call gets through. */
START_TEST(save_without_memory)
{
	struct layout layout = three_placements();
	struct error err;
	bool ok = false;

	write_file("m.hxl", "old", 3);
	for (long n = 0; !ok; n++) {
		char *text;

		mem_fail_after(n);
		ok = layout_file_save(&sys_real, "m.hxl", &layout, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(!ok || n > 3);
		text = file_text("m.hxl");
		ck_assert_int_eq(strcmp(text, "old") != 0, ok);
		free(text);
	}
	layout_clear(&layout);
}
END_TEST

START_TEST(read_without_memory)
{
	static const char text[] = FIRST "a\n\"b\" name c\n";
	struct layout inputs = { 0 };
	struct error err;
	bool ok = false;

	write_file("n.hxl", text, strlen(text));
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = layout_file_read(&sys_real, "./n.hxl", false, &inputs,
		                      &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(!ok || n > 5);
		ck_assert_uint_eq(inputs.count, ok ? 2 : 0);
	}
	layout_clear(&inputs);
}
END_TEST

START_TEST(names_by_lines)
{
	static const char text[] = "a b\n\n\"c\"  \ngap:4K\nd\r";
	static const char *const want[] = { "a b", "\"c\"  ", "gap:4K", "d\r" };
	struct layout inputs = { 0 };
	struct error err;

	write_file("list", text, sizeof(text) - 1);
	must(names_file_read(&sys_real, "list", false, &inputs, &err), &err);
	ck_assert_uint_eq(inputs.count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		ck_assert_str_eq(inputs.v[i]->path, want[i]);
	ck_assert_int_eq(inputs.v[2]->input, PLACEMENT_GAP);
	layout_clear(&inputs);
}
END_TEST

START_TEST(names_by_nul_from_stdin)
{
	static const char text[] = "a\nb\0\0c";
	struct layout inputs = { 0 };
	struct error err;

	write_file("list", text, sizeof(text) - 1);
	ck_assert_ptr_nonnull(freopen("list", "rb", stdin));
	must(names_file_read(&sys_real, "-", true, &inputs, &err), &err);
	ck_assert_uint_eq(inputs.count, 2);
	ck_assert_str_eq(inputs.v[0]->path, "a\nb");
	ck_assert_str_eq(inputs.v[1]->path, "c");
	layout_clear(&inputs);
}
END_TEST

START_TEST(names_that_are_wrong)
{
	struct layout inputs = { 0 };
	struct error err;

	write_file("list", "a\nb\0c\n", 6);
	ck_assert(!names_file_read(&sys_real, "list", false, &inputs, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, "list:2: a NUL byte in a name (--null "
	                           "separates names by them)");
	write_file("list", "a\n\ngap:x", 8);
	ck_assert(!names_file_read(&sys_real, "list", false, &inputs, &err));
	ck_assert_str_eq(err.text, "list:3: gap:x: number expected");
	ck_assert_uint_eq(inputs.count, 0);
	ck_assert(!names_file_read(&sys_real, "none", false, &inputs, &err));
	ck_assert_int_eq(err.sys, ENOENT);
	write_file("list", "", 0);
	must(names_file_read(&sys_real, "list", true, &inputs, &err), &err);
	ck_assert_uint_eq(inputs.count, 0);
	layout_clear(&inputs);
}
END_TEST

START_TEST(names_without_memory)
{
	struct layout inputs = { 0 };
	struct error err;
	bool ok = false;

	write_file("list", "a\nb\n", 4);
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = names_file_read(&sys_real, "list", false, &inputs, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(!ok || n > 4);
		ck_assert_uint_eq(inputs.count, ok ? 2 : 0);
	}
	layout_clear(&inputs);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("layout_file");
	TCase *tc = tcase_create("layout_file");

	tcase_set_timeout(tc, 600);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, tell_layouts_by_their_names);
	tcase_add_test(tc, read_a_file);
	tcase_add_loop_test(tc, wrong_texts, 0, ARRAY_LEN(wrong));
	tcase_add_loop_test(tc, access_by_place, 0, ARRAY_LEN(accesses));
	tcase_add_test(tc, nul_bytes_are_refused);
	tcase_add_test(tc, a_million_lines_and_no_more);
	tcase_add_test(tc, read_fails_at_every_call);
	tcase_add_test(tc, read_refuses_what_is_no_file);
	tcase_add_loop_test(tc, save_names_files, 0, ARRAY_LEN(names));
	tcase_add_test(tc, saved_and_read_back);
	tcase_add_test(tc, save_fails_at_every_call);
	tcase_add_test(tc, save_leaves_another_save_alone);
	tcase_add_test(tc, save_removes_nothing_else);
	tcase_add_test(tc, save_over_a_left_one_fails);
	tcase_add_test(tc, save_without_memory);
	tcase_add_test(tc, read_without_memory);
	tcase_add_test(tc, names_by_lines);
	tcase_add_test(tc, names_by_nul_from_stdin);
	tcase_add_test(tc, names_that_are_wrong);
	tcase_add_test(tc, names_without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
