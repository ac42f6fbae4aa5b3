/*
 * test_session.c - tests of src/session.c
 *
 * What the session shows is put into words (a picture), and a failure must
 * leave the picture, the view and the count of descriptors as they were.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "edit/store.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { PICTURE = 4096, LINES = 5 };

static struct session *session;
static struct error err;
static char said[1024];
static size_t said_count;

static void hear(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", text);
	said_count++;
}

static struct session *new_session(void)
{
	struct session *s = desk_session(&faults_sys, NULL);

	session_set_say(s, hear, NULL);
	return s;
}

/* All tests run in the scratch folder, and leave no descriptor open. */
static void setup(void)
{
	desk_begin();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	session = new_session();
	said_count = 0;
}

static void teardown(void)
{
	desk_finish(&session);
	ck_assert_uint_eq(faults_maps(), 0);
}

/* Add the input that a line describes, as `open` writes it. */
static void add_input(struct layout *inputs, const char *line)
{
	struct words words = { 0 };
	struct placement *p;

	must(words_split(line, strlen(line), &words, &err), &err);
	p = placement_parse(&words, &units_default, &err);
	words_free(&words);
	must(p && layout_push(inputs, p, &err), &err);
}

/* Allocations that the next try_open() lets succeed; -1: all. */
static long allocations = -1;

/* Open what stands on up to LINES lines. On failure the inputs must be as they
   were. */
static bool try_open(const char *const lines[static LINES])
{
	struct layout inputs = { 0 };
	size_t n = 0;
	bool ok;

	for (; n < LINES && lines[n]; n++)
		add_input(&inputs, lines[n]);
	mem_fail_after(allocations);
	ok = session_open(session, &inputs, &err);
	mem_fail_after(-1);
	ck_assert_uint_eq(inputs.count, ok ? 0 : n);
	for (size_t i = 0; i < inputs.count; i++) {
		ck_assert_ptr_null(inputs.v[i]->doc);
		ck_assert_uint_eq(inputs.v[i]->number, 0);
		ck_assert_int_eq(atomic_load(&inputs.v[i]->refs), 1);
	}
	layout_clear(&inputs);
	return ok;
}

static void open_line(const char *line)
{
	must(try_open((const char *const[LINES]){ line }), &err);
}

static const struct space *space_of(void)
{
	return view_space(session_view(session));
}

/* "#1 a 0x0+4 write; .." */
static void picture(char dst[static PICTURE])
{
	const struct space *sp = space_of();
	int n = 0;

	dst[0] = '\0';
	ck_assert_ptr_null(space_check(sp));
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		n += snprintf(dst + n, PICTURE - (size_t)n,
		              "#%" PRIu32 " %s 0x%" PRIx64 "+%" PRIu64 " %s; ",
		              seg->number, seg->placement->name, seg->addr,
		              seg->size,
		              seg->doc ? access_name(document_access(seg->doc))
		                       : "gap");
	}
}

static void shows(const char *want)
{
	char now[PICTURE];

	picture(now);
	ck_assert_str_eq(now, want);
}

static struct document *doc_of(uint32_t number)
{
	const struct segment *seg = space_numbered(space_of(), number);

	ck_assert_ptr_nonnull(seg);
	return seg->doc;
}

/* What a view shows, a letter a byte: "?" for bytes without values. */
static void reads(const struct view *view, const char *want)
{
	char text[256];
	struct runs runs = { 0 };
	size_t len = (size_t)view_size(view);
	size_t at = 0;

	ck_assert_uint_lt(len, sizeof(text));
	must(view_read(view, 0, text, len, 0, &runs, &err), &err);
	for (size_t i = 0; i < runs.count; i++) {
		if (!state_has_bytes(runs.v[i].state))
			memset(text + at, '?', (size_t)runs.v[i].len);
		at += (size_t)runs.v[i].len;
	}
	runs_free(&runs);
	text[len] = '\0';
	ck_assert_str_eq(text, want);
}

static void replace_file(const char *name, const char *text)
{
	desk_file("new", text);
	ck_assert_int_eq(rename("new", name), 0);
}

/* --- opening: all or nothing --------------------------------------------- */

static void make_odd_files(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX,
		                    .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)unlink("socket");
	ck_assert_int_eq(bind(fd, (void *)&addr, sizeof(addr)), 0);
	close(fd);
	(void)mkdir("dir", 0700);
	(void)mkfifo("fifo", 0600);
	desk_file("empty", "");
	desk_file("same", "aaaa");
	desk_file("other", "aaba");
	desk_file("bad.hxl", "hexspan-layout 1\nb\nb at x\n");
	desk_file("late.hxl", "hexspan-layout 1\nb\nmissing\n");
	desk_file("in.hxl", "hexspan-layout 1\nlate.hxl\n");
}

static const struct {
	const char *lines[LINES];
	enum err code;
	const char *text; /* a part of it */
	const char *path;
} refusals[] = {
	{ { "missing" }, ERR_IO, "missing: No such file", "missing" },
	{ { "b", "missing" }, ERR_IO, "missing: No such file", "missing" },
	{ { "a/b" }, ERR_IO, "a/b: Not a directory", "a/b" },
	{ { "b", "dir" }, ERR_STATE, "dir: is a directory", "dir" },
	{ { "b", "fifo" }, ERR_STATE, "fifo: is a FIFO", "fifo" },
	{ { "socket" }, ERR_STATE, "socket: is a socket", "socket" },
	{ { "/dev/null" }, ERR_STATE, "a character device", "/dev/null" },
	{ { "b at 0" }, ERR_OVERLAP, "0x0", "" },
	/* Only the last byte of what is there. */
	{ { "b", "b at 3" }, ERR_OVERLAP, "0x3", "" },
	{ { "b at -5" }, ERR_RANGE, "", "" },
	{ { "b skip 7" }, ERR_RANGE, "", "" },
	{ { "b skip -7" }, ERR_RANGE, "", "" },
	{ { "b skip 6 size 1" }, ERR_RANGE, "", "" },
	{ { "b size 7" }, ERR_RANGE, "", "" },
	{ { "b at 0xfffffffffffffffa" }, ERR_RANGE, "", "" },
	{ { "memory:7E", "memory:7E", "memory:7E" }, ERR_RANGE, "", "" },
	{ { "b", "b copy", "b ro" }, ERR_SYNTAX, "b: opened twice", "b" },
	{ { "b ro", "b rw" }, ERR_SYNTAX, "read and write", "b" },
	{ { "other at 0 over verify" }, ERR_CHANGED, "at 0x2", "other" },
	{ { "b at 4", "b copy at 2 over verify" }, ERR_CHANGED, "0x2", "b" },
	{ { "b", "bad.hxl" }, ERR_SYNTAX, "bad.hxl:3: ", "bad.hxl" },
	{ { "b", "late.hxl" }, ERR_IO, "missing: No such file", "missing" },
	{ { "in.hxl" }, ERR_SYNTAX, "in.hxl:2: ", "in.hxl" },
	{ { "gone.hxl" }, ERR_IO, "gone.hxl: No such file", "gone.hxl" },
	{ { "late.hxl ro" }, ERR_SYNTAX, "takes no options", "" },
	{ { "late.hxl at 9" }, ERR_SYNTAX, "takes no options", "" },
	{ { "late.hxl name x" }, ERR_SYNTAX, "takes no options", "" },
};

START_TEST(a_failure_leaves_all_as_it_was)
{
	struct view *view;
	uint64_t generation;

	make_odd_files();
	open_line("a");
	view = session_view(session);
	generation = session_generation(session);
	ck_assert(!try_open(refusals[_i].lines));
	ck_assert_int_eq(err.code, refusals[_i].code);
	ck_assert_msg(strstr(err.text, refusals[_i].text) != NULL, "%s",
	              err.text);
	ck_assert_str_eq(err.path, refusals[_i].path);
	ck_assert_ptr_eq(session_view(session), view);
	ck_assert_uint_eq(session_generation(session), generation);
	shows("#1 a 0x0+4 write; ");
	/* Neither a number nor a document is left of it. */
	open_line("b");
	shows("#1 a 0x0+4 write; #2 b 0x4+6 write; ");
	reads(session_view(session), "aaaabbbbbb");
}
END_TEST

START_TEST(files_without_permission)
{
	struct session_options o = desk_options(&faults_sys, NULL);
	uid_t user = geteuid();

	ck_assert_int_eq(chmod(".", 0755), 0);
	ck_assert_int_eq(chmod("a", 0), 0);
	ck_assert_int_eq(chmod("b", 0444), 0);
	if (user == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	ck_assert(!try_open((const char *const[LINES]){ "a" }));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_str_eq(err.text, "a: Permission denied");
	ck_assert(!try_open((const char *const[LINES]){ "b rw" }));
	ck_assert_int_eq(err.code, ERR_READONLY);
	ck_assert_str_eq(err.text, "b: cannot be written");
	shows("");
	open_line("b");
	shows("#1 b 0x0+6 read; ");
	/* Asked for of all inputs, it is asked for of this one. */
	session_free(session);
	o.access = ACCESS_WRITE;
	session = desk_start(&o);
	ck_assert(!try_open((const char *const[LINES]){ "b" }));
	ck_assert_int_eq(err.code, ERR_READONLY);
	open_line("b copy");
	if (user == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod("a", 0600), 0);
}
END_TEST

/* Opening, closing and loading anew with every allocation failing in turn. */
static bool step(unsigned n)
{
	static const char *const lines[LINES] = { "all.hxl", "a",
		                                  "b copy at +16" };

	switch (n) {
	case 0:
		return try_open(lines);
	case 1:
		return session_close(session, 2, &err);
	default:
		return session_reload(session, 0, false, &err);
	}
}

static void make_layout(void)
{
	desk_file("same", "bbbbbb");
	desk_file("all.hxl",
	          "hexspan-layout 1\nb\nsame at 0 over verify\nmemory:2\n");
}

START_TEST(without_memory_nothing_changes)
{
	char before[PICTURE], now[PICTURE];

	make_layout();
	for (unsigned k = 0; k < 3; k++) {
		bool done = false;

		picture(before);
		for (long n = 0; !done; n++) {
			struct view *view = session_view(session);

			allocations = n;
			/* try_open() needs memory for itself. */
			mem_fail_after(k == 0 ? -1 : n);
			done = step(k);
			mem_fail_after(-1);
			allocations = -1;
			if (done)
				break;
			ck_assert_int_eq(err.code, ERR_NOMEM);
			ck_assert_ptr_eq(session_view(session), view);
			picture(now);
			ck_assert_str_eq(now, before);
		}
	}
	shows("#1 b 0x0+6 write; #3 memory:2 0x6+2 copy; #4 a 0x8+4 write; "
	      "#5 b 0x1c+6 copy; ");
}
END_TEST

START_TEST(a_session_without_memory)
{
	struct session_options o = desk_options(&faults_sys, NULL);
	struct session *s = NULL;

	for (long n = 0; !s; n++) {
		mem_fail_after(n);
		s = session_new(&o, &err);
		mem_fail_after(-1);
		if (!s)
			ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	session_free(s);
}
END_TEST

/* Every call of the system table failing in turn, once and for good. */
START_TEST(a_failing_system_changes_nothing)
{
	enum fault_call call = (enum fault_call)_i;
	char before[PICTURE], now[PICTURE];

	make_layout();
	for (unsigned k = 0; k < 6; k++) {
		size_t many = k % 2 ? SIZE_MAX : 1;

		for (size_t n = 0;; n++) {
			bool ok;

			session_free(session);
			session = new_session();
			for (unsigned i = 0; i < k / 2; i++)
				must(step(i), &err);
			picture(before);
			faults_fail(call, n, many, EIO);
			ok = step(k / 2);
			picture(now);
			if (!faults_happened())
				break;
			faults_reset();
			if (ok)
				continue;
			ck_assert(err.code == ERR_IO || err.code == ERR_STATE);
			ck_assert_str_eq(now, before);
			must(step(k / 2), &err);
		}
		faults_reset();
	}
}
END_TEST

/* --- documents ----------------------------------------------------------- */

START_TEST(one_file_is_one_document)
{
	ck_assert(symlink("a", "soft") == 0 || errno == EEXIST);
	ck_assert(link("a", "hard") == 0 || errno == EEXIST);
	must(try_open((const char *const[LINES]){ "a", "./a", "soft", "hard",
	                                          "a skip 1 size 2" }),
	     &err);
	for (uint32_t n = 2; n <= 5; n++)
		ck_assert_ptr_eq(doc_of(n), doc_of(1));
	reads(session_view(session), "aaaaaaaaaaaaaaaaaa");
	ck_assert_ptr_eq(session_document(session, document_id(doc_of(1))),
	                 doc_of(1));
	/* Opened later too, and after the first one is gone. */
	must(session_close(session, 1, &err), &err);
	open_line("a");
	ck_assert_ptr_eq(doc_of(6), doc_of(2));
	open_line("b");
	ck_assert_ptr_ne(doc_of(7), doc_of(2));
}
END_TEST

START_TEST(copies_are_documents_of_their_own)
{
	must(try_open((const char *const[LINES]){ "a", "a copy", "a copy" }),
	     &err);
	ck_assert_ptr_ne(doc_of(1), doc_of(2));
	ck_assert_ptr_ne(doc_of(1), doc_of(3));
	ck_assert_ptr_ne(doc_of(2), doc_of(3));
	/* What comes later means the one that all may share. */
	open_line("a");
	ck_assert_ptr_eq(doc_of(4), doc_of(1));
	shows("#1 a 0x0+4 write; #2 a 0x4+4 copy; #3 a 0x8+4 copy; "
	      "#4 a 0xc+4 write; ");
	must(try_open((const char *const[LINES]){ "memory:1", "memory:1" }),
	     &err);
	ck_assert_ptr_ne(doc_of(5), doc_of(6));
}
END_TEST

START_TEST(access_belongs_to_the_document)
{
	open_line("a ro");
	open_line("a");
	shows("#1 a 0x0+4 read; #2 a 0x4+4 read; ");
	ck_assert(!try_open((const char *const[LINES]){ "a rw" }));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	/* Once all of it is closed it may be opened otherwise. */
	must(session_close(session, 1, &err) && session_close(session, 2, &err),
	     &err);
	ck_assert_ptr_null(session_document(session, 1));
	open_line("a rw");
	shows("#3 a 0x0+4 write; ");
}
END_TEST

START_TEST(read_only_wins)
{
	struct session_options o = desk_options(&faults_sys, NULL);

	session_free(session);
	o.read_only = true;
	o.access = ACCESS_WRITE;
	session = desk_start(&o);
	must(try_open((const char *const[LINES]){ "a", "b rw", "memory:2 copy",
	                                          "memory:1" }),
	     &err);
	shows("#1 a 0x0+4 read; #2 b 0x4+6 read; #3 memory:2 0xa+2 read; "
	      "#4 memory:1 0xc+1 read; ");
}
END_TEST

START_TEST(the_access_of_inputs_that_say_nothing)
{
	static const char *const want[] = {
		[ACCESS_DEFAULT] = "#1 a 0x0+4 write; #2 memory:1 0x4+1 copy; ",
		[ACCESS_READ] = "#1 a 0x0+4 read; #2 memory:1 0x4+1 read; ",
		[ACCESS_WRITE] = "#1 a 0x0+4 write; #2 memory:1 0x4+1 copy; ",
		[ACCESS_COPY] = "#1 a 0x0+4 copy; #2 memory:1 0x4+1 copy; ",
	};
	struct session_options o = desk_options(&faults_sys, NULL);

	session_free(session);
	o.access = (enum access)_i;
	session = desk_start(&o);
	must(try_open((const char *const[LINES]){ "a", "memory:1" }), &err);
	shows(want[_i]);
}
END_TEST

START_TEST(layout_files_are_expanded)
{
	(void)mkdir("sub", 0700);
	desk_file("sub/x", "x");
	desk_file("sub/l.hxl",
	          "hexspan-layout 1\nx\ngap:2\n../a\n../c ro at 0x10\n");
	desk_file("c", "cccccc");
	must(try_open((const char *const[LINES]){ "b skip 5", "sub/l.hxl",
	                                          "gap:1", "memory:1" }),
	     &err);
	/* Files outside the layout's folder open read. */
	shows("#1 b 0x0+1 write; #2 x 0x1+1 write; #0 gap:2 0x2+2 gap; "
	      "#3 a 0x4+4 read; #4 c 0x10+6 read; #0 gap:1 0x16+1 gap; "
	      "#5 memory:1 0x17+1 copy; ");
}
END_TEST

/* --- over=verify --------------------------------------------------------- */

START_TEST(verify_equal_bytes)
{
	desk_file("c", "xaab");
	must(try_open((const char *const[LINES]){ "a", "b" }), &err);
	open_line("c skip 1 at 2 over verify");
	reads(session_view(session), "aaaabbbbbb");
	ck_assert_ptr_eq(space_locate(space_of(), 3).segment->doc, doc_of(3));
	/* Where nothing lies beneath there is nothing to compare. */
	open_line("c at 0xb over verify");
	open_line("c at 0xb over verify");
	reads(session_view(session), "aaaabbbbbb?xaab");
}
END_TEST

/* The second step of a long comparison, in its last byte. */
START_TEST(verify_long_files)
{
	size_t len = 3 * 65536 / 2;
	char *bytes = calloc(1, len);
	char text[64];

	free(scratch_file("long", bytes, len));
	bytes[len - 1] = 1;
	free(scratch_file("long2", bytes, len));
	free(bytes);
	open_line("long at 0x10");
	ck_assert(!try_open(
		(const char *const[LINES]){ "long2 at 0x10 over verify" }));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert(err.has_addr);
	ck_assert_uint_eq(err.addr, 0x10 + len - 1);
	snprintf(text, sizeof(text), "at 0x%zx", 0x10 + len - 1);
	ck_assert_ptr_nonnull(strstr(err.text, text));
	open_line("long2 size 0x10000 at 0x10 over verify");
}
END_TEST

/* A byte that cannot be read, beneath or above, is not taken to be equal. */
START_TEST(verify_unreadable_bytes)
{
	desk_file("same", "aaaa");
	open_line("a");
	faults_bad(0, 512, false);
	ck_assert(!try_open(
		(const char *const[LINES]){ "same at 0 over verify" }));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_uint_eq(err.addr, 0);
	ck_assert_str_eq(err.path, "same");
	faults_reset();
	open_line("same at 0 over verify");
}
END_TEST

/* --- closing ------------------------------------------------------------- */

START_TEST(numbers_are_never_used_again)
{
	struct view *old;

	must(try_open((const char *const[LINES]){ "a", "b", "memory:1 at 0x20",
	                                          "a" }),
	     &err);
	old = view_ref(session_view(session));
	must(session_close(session, 4, &err), &err);
	must(session_close(session, 1, &err), &err);
	/* What had no place of its own closes up. */
	shows("#2 b 0x0+6 write; #3 memory:1 0x20+1 copy; ");
	open_line("a");
	shows("#2 b 0x0+6 write; #3 memory:1 0x20+1 copy; "
	      "#5 a 0x21+4 write; ");
	for (uint32_t n = 2; n <= 5; n++)
		ck_assert_int_eq(session_close(session, n, &err), n != 4);
	shows("");
	ck_assert_uint_eq(view_size(session_view(session)), 0);
	open_line("b");
	shows("#6 b 0x0+6 write; ");
	/* The old view shows what it showed. */
	ck_assert_uint_eq(view_size(old), 0x25);
	view_unref(old);
}
END_TEST

START_TEST(there_is_no_such_segment)
{
	static const uint32_t numbers[] = { 0, 3, UINT32_MAX };

	must(try_open((const char *const[LINES]){ "a", "gap:4", "b" }), &err);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		ck_assert(!session_close(session, numbers[i], &err));
		ck_assert_int_eq(err.code, ERR_RANGE);
		if (numbers[i] == 0)
			continue;
		ck_assert(!session_reload(session, numbers[i], false, &err));
		ck_assert_int_eq(err.code, ERR_RANGE);
	}
	shows("#1 a 0x0+4 write; #0 gap:4 0x4+4 gap; #2 b 0x8+6 write; ");
}
END_TEST

/* Closing may move what follows to where something has a fixed place. */
START_TEST(closing_that_collides_is_refused)
{
	static const char want[] =
		"#1 a 0x100+4 write; #2 memory:8 0x0+8 copy; "
		"#3 b 0x8+6 write; #4 memory:1 0x104+1 copy; ";

	must(try_open((const char *const[LINES]){ "a at 0x100", "memory:8 at 0",
	                                          "b", "memory:1 at 0x104" }),
	     &err);
	shows(want);
	ck_assert(!session_close(session, 2, &err));
	ck_assert_int_eq(err.code, ERR_OVERLAP);
	shows(want);
	must(session_close(session, 4, &err), &err);
	must(session_close(session, 2, &err), &err);
	shows("#1 a 0x100+4 write; #3 b 0x104+6 write; ");
}
END_TEST

START_TEST(old_views_keep_reading)
{
	struct view *first, *second;

	must(try_open((const char *const[LINES]){ "a", "b" }), &err);
	first = view_ref(session_view(session));
	must(session_close(session, 1, &err), &err);
	second = view_ref(session_view(session));
	replace_file("b", "new");
	must(session_reload(session, 2, false, &err), &err);
	reads(session_view(session), "new");
	/* The file that it knew is gone, and never another one's bytes. */
	reads(second, "??????");
	reads(first, "aaaa??????");
	view_unref(first);
	view_unref(second);
}
END_TEST

/* --- loading anew -------------------------------------------------------- */

START_TEST(reload_grown_shrunk_and_replaced)
{
	uint64_t id;

	must(try_open((const char *const[LINES]){ "a", "b", "a skip 2" }),
	     &err);
	id = document_id(doc_of(1));
	desk_file("a", "AAAAA");
	reads(session_view(session), "AAAAbbbbbbAA");
	must(session_reload(session, 1, false, &err), &err);
	/* All that show the document. */
	reads(session_view(session), "AAAAAbbbbbbAAA");
	ck_assert_uint_eq(document_id(doc_of(1)), id);
	ck_assert_ptr_eq(doc_of(1), doc_of(3));
	desk_file("a", "cde");
	reads(session_view(session), "cde??bbbbbbe??");
	must(session_reload(session, 3, false, &err), &err);
	reads(session_view(session), "cdebbbbbbe");
	replace_file("a", "fghi");
	replace_file("b", "j");
	must(session_reload(session, 0, false, &err), &err);
	reads(session_view(session), "fghijhi");
	ck_assert_uint_eq(document_id(doc_of(1)), id);
	/* The new file is known for what it is. */
	open_line("a");
	ck_assert_ptr_eq(doc_of(4), doc_of(1));
}
END_TEST

static const struct {
	const char *lines[LINES];
	const char *a; /* the new text of file a; NULL: deleted */
	enum err code;
} bad_reloads[] = {
	{ { "a", "b" }, NULL, ERR_IO },
	{ { "a", "b at 5" }, "sixsix", ERR_OVERLAP },
	{ { "b", "a skip 2 size 2" }, "aaa", ERR_RANGE },
	{ { "b", "a skip -3" }, "aa", ERR_RANGE },
};

START_TEST(a_reload_that_fails_changes_nothing)
{
	char before[PICTURE], now[PICTURE];
	struct view *view;

	must(try_open(bad_reloads[_i].lines), &err);
	picture(before);
	view = session_view(session);
	if (bad_reloads[_i].a)
		desk_file("a", bad_reloads[_i].a);
	else
		ck_assert_int_eq(unlink("a"), 0);
	replace_file("b", "new");
	ck_assert(!session_reload(session, 0, false, &err));
	ck_assert_int_eq(err.code, bad_reloads[_i].code);
	ck_assert_ptr_eq(session_view(session), view);
	picture(now);
	ck_assert_str_eq(now, before);
	/* It goes once the reason is gone. */
	desk_file("a", "aaaa");
	must(session_reload(session, 0, false, &err), &err);
}
END_TEST

START_TEST(reload_passes_what_cannot_change)
{
	must(try_open((const char *const[LINES]){ "memory:3", "gap:1" }), &err);
	must(session_reload(session, 1, false, &err), &err);
	must(session_reload(session, 0, false, &err), &err);
	shows("#1 memory:3 0x0+3 copy; #0 gap:1 0x3+1 gap; ");
}
END_TEST

/* --- what others do to the files ----------------------------------------- */

/* Look, and hear what is said of a: NULL for nothing. */
static void hears(const char *want)
{
	bool news;

	said_count = 0;
	news = desk_check(session, 0, UINT64_MAX);
	if (!want) {
		ck_assert_msg(said_count == 0, "%s", said);
		return;
	}
	ck_assert(news);
	ck_assert_uint_eq(said_count, 1);
	ck_assert_str_eq(said, want);
	/* Once. */
	said_count = 0;
	ck_assert(!desk_check(session, 0, UINT64_MAX));
	ck_assert_uint_eq(said_count, 0);
}

static void append(const char *name, const char *text)
{
	FILE *f = fopen(name, "ab");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(each_change_is_said_once)
{
	/* So that no later file can have its inode number. */
	ck_assert_int_eq(link("a", "kept"), 0);
	must(try_open((const char *const[LINES]){ "a", "b", "a" }), &err);
	hears(NULL);
	append("a", "a");
	hears("a has grown (reload shows what was added)");
	ck_assert_int_eq(truncate("a", 1), 0);
	hears("a became shorter: what is gone is shown as ??");
	must(session_reload(session, 1, false, &err), &err);
	hears(NULL);
	ck_assert_int_eq(rename("a", "away"), 0);
	hears("a was deleted or moved away by another program");
	ck_assert_int_eq(rename("away", "a"), 0);
	hears("a is there again");
	replace_file("a", "other");
	hears("a was replaced by another file (reload opens that one)");
	ck_assert_int_eq(unlink("a"), 0);
	hears("a was deleted or moved away by another program");
	desk_file("a", "once more");
	hears("a was replaced by another file (reload opens that one)");
	must(session_reload(session, 0, false, &err), &err);
	hears(NULL);
	shows("#1 a 0x0+9 write; #2 b 0x9+6 write; #3 a 0xf+9 write; ");
}
END_TEST

/* The same size: only the times tell. */
START_TEST(other_bytes_are_said)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		                     { .tv_sec = 1000000000 } };

	open_line("a");
	hears(NULL);
	ck_assert_int_eq(utimensat(AT_FDCWD, "a", times, 0), 0);
	hears("a was written to by another program");
}
END_TEST

/* A look by a job, and what changes meanwhile. */
static bool end_look(void)
{
	struct pool *pool = session_pool(session);
	struct pool_event event;
	bool news = false;

	while (session_is_checking(session)) {
		if (pool_next(pool, &event) && event.kind == POOL_DONE)
			(void)session_check_end(session, event.job, &news);
		else
			usleep(100);
	}
	return news;
}

/* It is said once that a file was written to; that it was written to again is
   news for whoever shows it. */
START_TEST(written_to_again)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		                     { .tv_sec = 1000000000 } };

	open_line("a");
	hears(NULL);
	ck_assert_int_eq(utimensat(AT_FDCWD, "a", times, 0), 0);
	hears("a was written to by another program");
	for (int i = 0; i < 3; i++) {
		times[1].tv_sec++;
		ck_assert_int_eq(utimensat(AT_FDCWD, "a", times, 0), 0);
		said_count = 0;
		ck_assert(desk_check(session, 0, UINT64_MAX));
		ck_assert_uint_eq(said_count, 0);
		ck_assert(!desk_check(session, 0, UINT64_MAX));
	}
}
END_TEST

/* Files with edits are looked at wherever they are, the others on demand. */
START_TEST(edited_files_are_looked_at)
{
	struct piece piece;
	struct session_splice splice = { .removed = 1,
		                         .added = &piece,
		                         .count = 1 };
	char note[SESSION_REMARK];

	desk_file("c", "cccc");
	must(try_open((const char *const[LINES]){ "a", "b", "c" }), &err);
	splice.at = space_place(space_of(), 10);
	must(store_put(session_store(session), "X", 1, &piece, &err) &&
	             session_edit(session, &splice, 1, 0, &err),
	     &err);
	append("a", "a");
	append("b", "b");
	append("c", "c");
	must(session_check_begin(session, 0, 1, &err), &err);
	ck_assert(end_look());
	ck_assert_uint_eq(said_count, 2);
	ck_assert_str_eq(session_remark(session, session_document(session, 1),
	                                note),
	                 "grown");
	ck_assert_str_eq(session_remark(session, session_document(session, 2),
	                                note),
	                 "");
	ck_assert_str_eq(session_remark(session, session_document(session, 3),
	                                note),
	                 "grown");
	ck_assert_int_eq(unlink("b"), 0);
	must(session_check_all_begin(session, &err), &err);
	must(session_check_all_begin(session, &err), &err);
	ck_assert(end_look());
	ck_assert_uint_eq(said_count, 3);
	ck_assert_str_eq(session_remark(session, session_document(session, 2),
	                                note),
	                 "deleted");
}
END_TEST

START_TEST(an_empty_file_may_grow)
{
	desk_file("log", "");
	must(try_open((const char *const[LINES]){ "log", "a at 0x100",
	                                          "log at 0x200" }),
	     &err);
	hears(NULL);
	append("log", "line");
	hears("log has grown (reload shows what was added)");
	must(session_reload(session, 1, false, &err), &err);
	shows("#1 log 0x0+4 write; #2 a 0x100+4 write; "
	      "#3 log 0x200+4 write; ");
}
END_TEST

/* Only what lies in the range is looked at; names are safe to show. */
START_TEST(only_the_range_is_looked_at)
{
	desk_file("e\033[m", "eeee");
	must(try_open((const char *const[LINES]){ "a", "\"e\\x1b[m\"", "b" }),
	     &err);
	append("a", "a");
	append("e\033[m", "e");
	append("b", "b");
	ck_assert(desk_check(session, 5, 1));
	ck_assert_uint_eq(said_count, 1);
	ck_assert_str_eq(said,
	                 "e\\x1b[m has grown (reload shows what was added)");
	ck_assert(!desk_check(session, 100, 1));
	ck_assert_uint_eq(said_count, 1);
	/* The end of the addresses is no place to wrap at. */
	ck_assert(desk_check(session, 8, UINT64_MAX));
	ck_assert_uint_eq(said_count, 2);
}
END_TEST

START_TEST(a_look_in_a_job)
{
	must(try_open((const char *const[LINES]){ "a", "b" }), &err);
	append("a", "a");
	append("b", "b");
	must(session_check_begin(session, 0, UINT64_MAX, &err), &err);
	must(session_check_begin(session, 0, UINT64_MAX, &err), &err);
	/* What was closed and what was loaded anew is not spoken of. */
	must(session_close(session, 1, &err), &err);
	must(session_reload(session, 2, false, &err), &err);
	ck_assert(!end_look());
	ck_assert_uint_eq(said_count, 0);
	append("b", "b");
	must(session_check_begin(session, 0, UINT64_MAX, &err), &err);
	ck_assert(end_look());
	ck_assert_uint_eq(said_count, 1);
	/* Freed while one runs. */
	must(session_check_begin(session, 0, UINT64_MAX, &err), &err);
}
END_TEST

/* --- many ---------------------------------------------------------------- */

enum { MANY = 10000 };

/* None is opened before it is read, but for the list of locks and the folder,
   and then few are open at once. */
START_TEST(many_small_files)
{
	struct layout inputs = { 0 };
	struct runs runs = { 0 };
	char *bytes = malloc(MANY);
	char name[16];

	(void)mkdir("many", 0700);
	for (unsigned i = 0; i < MANY; i++) {
		char byte = (char)('0' + i % 10);

		snprintf(name, sizeof(name), "many/%05u", i);
		free(scratch_file(name, &byte, 1));
		add_input(&inputs, name);
	}
	faults_reset();
	must(session_open(session, &inputs, &err), &err);
	ck_assert_uint_eq(space_segments(space_of()), MANY);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 2);
	ck_assert_uint_eq(faults_count(FAULT_STAT), 1);
	ck_assert_uint_eq(faults_count(FAULT_STAT_IN), MANY - 1);
	ck_assert_uint_eq(faults_count(FAULT_ACCESS), 1);
	must(view_read(session_view(session), 0, bytes, MANY, 0, &runs, &err),
	     &err);
	ck_assert_uint_eq(runs.count, 1);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_int_eq(bytes[i], '0' + (int)(i % 10));
	ck_assert_uint_le(faults_descriptors_most(), 4);
	must(session_reload(session, 0, false, &err), &err);
	must(session_close(session, MANY / 2, &err), &err);
	ck_assert_uint_eq(view_size(session_view(session)), MANY - 1);
	runs_free(&runs);
	free(bytes);
}
END_TEST

/* --- standard input ------------------------------------------------------ */

static void feed(const char *text, size_t len)
{
	char *path = scratch_file("stdin", text, len);
	int fd = open(path, O_RDONLY);

	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	free(path);
}

START_TEST(standard_input)
{
	feed("from a pipe", 11);
	must(try_open((const char *const[LINES]){ "a", "- skip 5 name in" }),
	     &err);
	shows("#1 a 0x0+4 write; #2 in 0x4+6 copy; ");
	reads(session_view(session), "aaaaa pipe");
	/* It is there to stay. */
	must(session_reload(session, 0, false, &err), &err);
	hears(NULL);
	reads(session_view(session), "aaaaa pipe");
	feed("again", 5);
	ck_assert(!try_open((const char *const[LINES]){ "-" }));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, "standard input is in use already");
}
END_TEST

START_TEST(standard_input_twice_at_once)
{
	desk_file("in.hxl", "hexspan-layout 1\n-\n");
	feed("text", 4);
	ck_assert(!try_open((const char *const[LINES]){ "-", "in.hxl" }));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	shows("");
}
END_TEST

START_TEST(standard_input_cannot_be_written_by_order)
{
	struct session_options o = desk_options(&faults_sys, NULL);

	session_free(session);
	o.access = ACCESS_WRITE;
	session = desk_start(&o);
	feed("", 0);
	open_line("-");
	shows("#1 - 0x0+0 copy; ");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session");
	TCase *tc = tcase_create("session");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_failure_leaves_all_as_it_was, 0,
	                    ARRAY_LEN(refusals));
	tcase_add_test(tc, files_without_permission);
	tcase_add_test(tc, without_memory_nothing_changes);
	tcase_add_test(tc, a_session_without_memory);
	tcase_add_loop_test(tc, a_failing_system_changes_nothing, 0,
	                    FAULT_CALLS);
	tcase_add_test(tc, one_file_is_one_document);
	tcase_add_test(tc, copies_are_documents_of_their_own);
	tcase_add_test(tc, access_belongs_to_the_document);
	tcase_add_test(tc, read_only_wins);
	tcase_add_loop_test(tc, the_access_of_inputs_that_say_nothing,
	                    ACCESS_DEFAULT, ACCESS_COPY + 1);
	tcase_add_test(tc, layout_files_are_expanded);
	tcase_add_test(tc, verify_equal_bytes);
	tcase_add_test(tc, verify_long_files);
	tcase_add_test(tc, verify_unreadable_bytes);
	tcase_add_test(tc, numbers_are_never_used_again);
	tcase_add_test(tc, there_is_no_such_segment);
	tcase_add_test(tc, closing_that_collides_is_refused);
	tcase_add_test(tc, old_views_keep_reading);
	tcase_add_test(tc, reload_grown_shrunk_and_replaced);
	tcase_add_loop_test(tc, a_reload_that_fails_changes_nothing, 0,
	                    ARRAY_LEN(bad_reloads));
	tcase_add_test(tc, reload_passes_what_cannot_change);
	tcase_add_test(tc, each_change_is_said_once);
	tcase_add_test(tc, other_bytes_are_said);
	tcase_add_test(tc, written_to_again);
	tcase_add_test(tc, edited_files_are_looked_at);
	tcase_add_test(tc, an_empty_file_may_grow);
	tcase_add_test(tc, only_the_range_is_looked_at);
	tcase_add_test(tc, a_look_in_a_job);
	tcase_add_test(tc, many_small_files);
	tcase_add_test(tc, standard_input);
	tcase_add_test(tc, standard_input_twice_at_once);
	tcase_add_test(tc, standard_input_cannot_be_written_by_order);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
