/*
 * test_session_reload.c - tests of src/session_reload.c
 *
 * A file is edited, changed by another program, and loaded anew.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = 256 };

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void start(bool journal)
{
	session = desk_session(&faults_sys, journal ? shelf : NULL);
	desk_hear(session, said);
}

static void setup(void)
{
	desk_begin();
	desk_file("a", "0123456789");
	desk_file("b", "abcdef");
	shelf = desk_shelf();
	start(true);
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static void open_inputs(const char *list)
{
	desk_open(session, list);
}

static void edit_at(uint64_t addr, uint64_t removed, const char *text)
{
	desk_put(session, addr, removed, text);
}

/* Bytes without a value are shown as '?'. */
static void shows(const char *want)
{
	char buf[TEXT];
	struct runs runs = { 0 };
	struct view *view = session_view(session);
	size_t len = (size_t)view_size(view), at = 0;
	const struct space *sp = session_space(session);

	must(view_read(view, 0, buf, len, 0, &runs, &err), &err);
	for (size_t i = 0; i < runs.count; i++)
		for (uint64_t k = 0; k < runs.v[i].len; k++, at++)
			if (!state_has_bytes(runs.v[i].state))
				buf[at] = '?';
	runs_free(&runs);
	buf[len] = '\0';
	ck_assert_str_eq(buf, want);
	for (size_t i = 0; i < space_segments(sp); i++) {
		struct tree *root = document_root(space_segment(sp, i)->doc);

		if (root)
			ck_assert_ptr_null(tree_check(root));
	}
}

/* It saves as many editors do. */
static void replace(const char *name, const char *text)
{
	free(scratch_file("new", text, strlen(text)));
	ck_assert_int_eq(rename("new", name), 0);
}

static void reload(void)
{
	must(session_reload(session, 0, false, &err), &err);
}

static struct document *document(uint64_t id)
{
	return session_document(session, id);
}

static void refused(const char *why)
{
	uint64_t generation = session_generation(session);

	ck_assert(!session_reload(session, 0, false, &err));
	ck_assert_int_eq((int)err.code, ERR_CHANGED);
	ck_assert_str_eq(err.text, why);
	ck_assert_uint_eq(session_generation(session), generation);
}

static void reload_dropping(void)
{
	must(session_reload(session, 0, true, &err), &err);
}

static void undo(void)
{
	must(session_undo(session, &err), &err);
}

static void redo(void)
{
	must(session_redo(session, &err), &err);
}

/* --- edits that go on ---------------------------------------------------- */

START_TEST(nothing_has_happened)
{
	open_inputs("a;b");
	edit_at(2, 2, "XY");
	edit_at(12, 0, "new");
	reload();
	shows("01XY456789abnewcdef");
	undo();
	undo();
	shows("0123456789abcdef");
	redo();
	reload();
	shows("01XY456789abcdef");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(changes_beside_the_edits)
{
	open_inputs("a");
	edit_at(2, 2, "XY");
	edit_at(6, 1, "");
	edit_at(8, 0, "++");
	shows("01XY4578++9");
	desk_write_at("a", 0, "ab");
	desk_write_at("a", 5, "f");
	reload();
	shows("abXY4f78++9");
	/* Undo goes on, over the file as it is now. */
	undo();
	shows("abXY4f789");
	undo();
	undo();
	shows("ab234f6789");
	ck_assert_uint_eq(session_edited(session), 0);
	redo();
	redo();
	redo();
	shows("abXY4f78++9");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(a_file_that_grows)
{
	open_inputs("a;b");
	edit_at(2, 2, "XY");
	desk_write_at("a", 10, "more");
	desk_write_at("b", 6, "!");
	reload();
	shows("01XY456789moreabcdef!");
	undo();
	shows("0123456789moreabcdef!");
	/* What was deleted at the end stays deleted. */
	edit_at(12, 2, "");
	desk_write_at("a", 14, "++");
	reload();
	shows("0123456789mo++abcdef!");
	undo();
	shows("0123456789more++abcdef!");
}
END_TEST

START_TEST(a_file_that_shrinks_behind_the_edits)
{
	open_inputs("a;b");
	edit_at(2, 2, "XY");
	edit_at(0, 0, "<<");
	ck_assert_int_eq(truncate("a", 4), 0);
	shows("<<01XY??????abcdef");
	reload();
	shows("<<01XYabcdef");
	undo();
	undo();
	shows("0123abcdef");
	redo();
	redo();
	shows("<<01XYabcdef");
}
END_TEST

/* As vi and many others do: the name has another file, with the same bytes. */
START_TEST(a_file_that_is_replaced)
{
	struct runs runs = { 0 };
	char byte;
	int fd;

	open_inputs("a");
	must(view_read(session_view(session), 0, &byte, 1, 0, &runs, &err),
	     &err);
	runs_free(&runs);
	edit_at(2, 2, "XY");
	replace("a", "ab23456789cd");
	ck_assert(desk_check(session, 0, 1));
	ck_assert(session_changes(session, session_document(session, 1)) &
	          CHANGE_REPLACED);
	/* The edits lie over the old one as long as nobody says otherwise. */
	shows("01XY456789");
	reload();
	shows("abXY456789cd");
	ck_assert_uint_eq(session_changes(session,
	                                  session_document(session, 1)),
	                  0);
	/* It is the new one that is locked. */
	fd = open("a", O_RDONLY | O_CLOEXEC);
	ck_assert_int_lt(flock(fd, LOCK_EX | LOCK_NB), 0);
	undo();
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	shows("ab23456789cd");
	/* And again, with edits of both. */
	redo();
	edit_at(5, 1, "Z");
	replace("a", "--23-56789");
	reload();
	shows("--XY-Z6789");
	replace("a", "--23-=6789");
	refused("a: 1 byte under its edits is another now: 0x5 (reload! drops "
	        "those edits)");
	replace("a", "--33-56789");
	refused("a: 1 byte under its edits is another now: 0x2 (reload! drops "
	        "those edits)");
}
END_TEST

/* The bytes around edits can be had, whatever becomes of the name, and however
   many other files are read. */
START_TEST(edited_files_stay_open)
{
	char name[8];

	open_inputs("a;b copy");
	edit_at(2, 2, "XY");
	edit_at(12, 1, "C");
	for (unsigned i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		free(scratch_file(name, ".", 1));
		open_inputs(name);
	}
	shows("01XY456789abCdef..........");
	replace("a", "9876543210");
	replace("b", "fedcba");
	shows("01XY456789abCdef..........");
	(void)desk_check(session, 0, UINT64_MAX);
	shows("01XY456789abCdef..........");
	undo();
	undo();
	reload();
	shows("9876543210fedcba..........");
}
END_TEST

/* What is not hidden any more is not asked for. */
START_TEST(edits_that_were_taken_back)
{
	open_inputs("a");
	edit_at(2, 2, "XY");
	undo();
	edit_at(7, 1, "Z");
	desk_write_at("a", 2, "!");
	reload();
	shows("01!3456Z89");
	/* It is hidden again, and what it is now is what counts. */
	edit_at(2, 1, "X");
	desk_write_at("a", 0, "a");
	reload();
	shows("a1X3456Z89");
	desk_write_at("a", 2, "?");
	refused("a: 1 byte under its edits is another now: 0x2 (reload! drops "
	        "those edits)");
	desk_write_at("a", 2, "!");
	reload();
	shows("a1X3456Z89");
}
END_TEST

START_TEST(bytes_that_were_moved)
{
	open_inputs("a");
	must(session_move(session, 1, 2, space_place(session_space(session), 8),
	                  &err),
	     &err);
	shows("0345671289");
	desk_write_at("a", 4, "F");
	reload();
	shows("03F5671289");
	ck_assert_int_eq(truncate("a", 2), 0);
	ck_assert(!session_reload(session, 0, false, &err));
	reload_dropping();
	shows("01");
}
END_TEST

/* --- edits that do not fit ----------------------------------------------- */

START_TEST(changes_under_the_edits)
{
	open_inputs("a;b");
	edit_at(2, 3, "XYZ");
	edit_at(8, 1, "W");
	edit_at(10, 1, "A");
	desk_write_at("a", 3, "xy");
	desk_write_at("a", 8, "w");
	refused("a: 3 bytes under its edits are others now: 0x3..0x4, 0x8 "
	        "(reload! drops those edits)");
	shows("01XYZ567W9Abcdef");
	reload_dropping();
	shows("01Xxy567w9Abcdef");
	undo();
	shows("01XYZ567W9Abcdef");
	redo();
	shows("01Xxy567w9Abcdef");
	undo();
	undo();
	undo();
	undo();
	shows("012xy567w9abcdef");
	ck_assert_uint_eq(session_edited(session), 0);
}
END_TEST

/* What cannot be written down is not dropped, and no other step is taken
   back. */
START_TEST(dropping_fails)
{
	open_inputs("a;b");
	edit_at(2, 1, "X");
	edit_at(10, 1, "A");
	desk_write_at("a", 2, "x");
	faults_fail(FAULT_PWRITE, 0, 1, ENOSPC);
	ck_assert(!session_reload(session, 0, true, &err));
	ck_assert(faults_happened());
	ck_assert_int_eq(err.code, ERR_IO);
	faults_reset();
	shows("01X3456789Abcdef");
	ck_assert_uint_eq(past_done(session_past(session)), 2);
	ck_assert_uint_eq(past_undone(session_past(session)), 0);
	reload_dropping();
	shows("01x3456789Abcdef");
}
END_TEST

/* Where the length was changed it is all or nothing. */
START_TEST(changes_under_other_lengths)
{
	open_inputs("a");
	edit_at(2, 3, "X");
	edit_at(6, 1, "long");
	shows("01X567long9");
	desk_write_at("a", 4, "!");
	reload_dropping();
	shows("0123!567long9");
	desk_write_at("a", 8, "!");
	reload_dropping();
	shows("0123!567!9");
	undo();
	shows("0123!567long9");
	undo();
	shows("01X567long9");
}
END_TEST

START_TEST(edits_behind_the_end)
{
	open_inputs("a;b");
	edit_at(1, 1, "X");
	edit_at(7, 2, "YZ");
	ck_assert_int_eq(truncate("a", 8), 0);
	refused("a: 1 byte under its edits is another now: 0x8 (reload! drops "
	        "those edits)");
	reload_dropping();
	shows("0X23456Yabcdef");
	/* What needs bytes that are gone cannot be taken back. */
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq((int)err.code, ERR_CHANGED);
	ck_assert_str_eq(err.text, "a has become shorter");
	shows("0X23456Yabcdef");
}
END_TEST

START_TEST(insertions_behind_the_end)
{
	open_inputs("a");
	edit_at(9, 0, "++");
	ck_assert_int_eq(truncate("a", 5), 0);
	refused("a: edits are behind its end now (reload! drops them)");
	reload_dropping();
	shows("01234");
	/* At the end itself they stay. */
	edit_at(4, 0, "--");
	ck_assert_int_eq(truncate("a", 4), 0);
	reload();
	shows("0123--");
}
END_TEST

/* Without any edit, too: what is made again must still have its place. */
START_TEST(redo_of_what_is_gone)
{
	open_inputs("a");
	edit_at(8, 2, "YZ");
	undo();
	ck_assert_int_eq(truncate("a", 4), 0);
	reload();
	shows("0123");
	ck_assert(!session_redo(session, &err));
	ck_assert_int_eq((int)err.code, ERR_CHANGED);
	shows("0123");
	edit_at(0, 1, "X");
	shows("X123");
}
END_TEST

START_TEST(many_places)
{
	char want[TEXT];

	open_inputs("a");
	for (uint64_t i = 0; i < 10; i += 2)
		edit_at(i, 1, "X");
	desk_write_at("a", 0, "abcdefghij");
	snprintf(want, sizeof(want), "%s",
	         "a: 5 bytes under its edits are others now: 0x0, 0x2, 0x4, "
	         "0x6, .. (reload! drops those edits)");
	refused(want);
	reload_dropping();
	shows("abcdefghij");
	ck_assert_uint_eq(session_edited(session), 0);
	undo();
	shows("XbXdXfXhXj");
}
END_TEST

/* --- without a journal --------------------------------------------------- */

START_TEST(nobody_knows)
{
	session_free(session);
	start(false);
	open_inputs("a");
	edit_at(2, 2, "XY");
	edit_at(6, 0, "+");
	reload();
	ck_assert_str_eq(said, "");
	desk_write_at("a", 0, "abcd");
	reload();
	shows("abXY45+6789");
	ck_assert_str_eq(said, "a: nobody knows whether the 2 bytes under its "
	                       "edits are still what they were");
	/* That they are gone is known. */
	ck_assert_int_eq(truncate("a", 3), 0);
	refused("a: 1 byte under its edits is another now: 0x3 (reload! drops "
	        "those edits)");
	reload_dropping();
	shows("abX");
}
END_TEST

/* --- what fails ---------------------------------------------------------- */

/* What was dropped comes back, and no edit of the step goes that a macro
   makes. */
START_TEST(another_segment_is_in_the_way)
{
	open_inputs("a at 0;b at 12");
	session_join(session, _i);
	edit_at(2, 2, "XY");
	desk_write_at("a", 2, "!");
	desk_write_at("a", 10, "more");
	ck_assert(!session_reload(session, 0, true, &err));
	ck_assert_int_eq((int)err.code, ERR_OVERLAP);
	shows("01XY456789??abcdef");
	ck_assert_uint_eq(past_done(session_past(session)), 1);
}
END_TEST

/* Another editor has the file that took the place. */
START_TEST(a_new_file_that_is_locked)
{
	int fd, old;

	open_inputs("a");
	edit_at(2, 2, "XY");
	old = open("a", O_RDONLY | O_CLOEXEC);
	replace("a", "0123456789");
	fd = open("a", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert(!session_reload(session, 0, false, &err));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	/* The old one is still ours. */
	ck_assert_int_lt(flock(old, LOCK_EX | LOCK_NB), 0);
	close(fd);
	close(old);
	reload();
	shows("01XY456789");
}
END_TEST

START_TEST(without_memory)
{
	bool drop = _i;
	long n = 0;

	open_inputs("a;b");
	edit_at(2, 2, "XY");
	edit_at(11, 0, "+");
	desk_write_at("a", drop ? 3 : 5, "!");
	desk_write_at("b", 6, "more");
	for (;; n++) {
		bool ok;

		mem_fail_after(n);
		ok = session_reload(session, 0, drop, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq((int)err.code, ERR_NOMEM);
		if (drop && past_done(session_past(session)) == 3)
			undo();
		ck_assert_uint_eq(past_done(session_past(session)), 2);
		ck_assert_uint_eq(space_size(session_space(session)), 17);
	}
	ck_assert_int_gt(n, 10);
	shows(drop ? "01X!456789a+bcdefmore" : "01XY4!6789a+bcdefmore");
}
END_TEST

/* The journal cannot be read: nothing is believed, and nothing happens. */
START_TEST(without_a_readable_journal)
{
	open_inputs("a");
	edit_at(2, 2, "XY");
	desk_write_at("a", 0, "!");
	ck_assert_int_eq(truncate("a", 9), 0);
	faults_bad(4096, 1, true);
	ck_assert(!session_reload(session, 0, false, &err));
	ck_assert_int_eq((int)err.code, ERR_IO);
	faults_reset();
	reload();
	shows("!1XY45678");
}
END_TEST

/* --- any edits, any changes ---------------------------------------------- */

/* A byte that is shown: of the file, or of an edit. */
struct cell {
	int off; /* in the file; -1: edited */
	char byte;
};

struct model {
	struct cell v[TEXT];
	size_t count;
	char old[TEXT]; /* old: what an edit has hidden */
	bool hidden[TEXT];
	size_t size; /* of the file when it was opened or loaded anew */
	char now[TEXT];
	size_t now_size;
};

static void model_edit(struct model *m, size_t at, size_t removed,
                       const char *text)
{
	size_t len = strlen(text);

	for (size_t i = at; i < at + removed; i++) {
		int off = m->v[i].off;

		if (off < 0)
			continue;
		m->hidden[off] = true;
		m->old[off] = m->now[off];
	}
	memmove(m->v + at + len, m->v + at + removed,
	        (m->count - at - removed) * sizeof(*m->v));
	for (size_t i = 0; i < len; i++)
		m->v[at + i] = (struct cell){ -1, text[i] };
	m->count += len - removed;
}

/* Do all edits fit the file as it is now? */
static bool model_fits(const struct model *m)
{
	int next = 0;

	for (size_t i = 0; i < m->size; i++)
		if (m->hidden[i] &&
		    (i >= m->now_size || m->old[i] != m->now[i]))
			return false;
	/* What was inserted behind the new end. */
	for (size_t i = 0; i < m->count; i++) {
		if (m->v[i].off >= 0)
			next = m->v[i].off + 1;
		else if (next > (int)m->now_size)
			return false;
	}
	return true;
}

static void model_reload(struct model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++)
		if (m->v[i].off < (int)m->now_size)
			m->v[n++] = m->v[i];
	for (size_t i = m->size; i < m->now_size; i++)
		m->v[n++] = (struct cell){ (int)i, 0 };
	m->count = n;
	for (size_t i = m->now_size; i < TEXT; i++)
		m->hidden[i] = false;
	m->size = m->now_size;
}

static void model_shows(const struct model *m)
{
	char want[2 * TEXT];

	for (size_t i = 0; i < m->count; i++)
		want[i] = m->v[i].off < 0 ? m->v[i].byte : m->now[m->v[i].off];
	want[m->count] = '\0';
	shows(want);
}

/* The bytes of the file around the edits are those of now. */
static void check_base(const struct model *m)
{
	char buf[2 * TEXT];
	struct document *doc = document(1);
	struct tree *root = document_root(doc);
	struct runs runs = { 0 };
	struct tree_walk walk;
	struct piece piece;
	size_t at = 0;

	must(document_read(doc, 0, buf, (size_t)document_size(doc), 0, &runs,
	                   &err),
	     &err);
	runs_free(&runs);
	if (!root) {
		ck_assert_uint_eq(document_size(doc), m->now_size);
		ck_assert_mem_eq(buf, m->now, m->now_size);
		return;
	}
	tree_walk(&walk, root, 0);
	for (; tree_next(&walk, &piece); at += (size_t)piece.len) {
		if (piece.tag != PIECE_BASE)
			continue;
		ck_assert_uint_le(piece.off + piece.len, m->now_size);
		ck_assert_mem_eq(buf + at, m->now + piece.off,
		                 (size_t)piece.len);
	}
}

static void random_edits(struct model *m, uint64_t *seed)
{
	for (uint64_t n = 1 + random_below(seed, 5); n > 0; n--) {
		size_t at = (size_t)random_below(seed, m->count);
		size_t removed =
			(size_t)random_below(seed,
		                             u64_min(m->count - at, 3) + 1);
		const char *texts[] = { "", "A", "BC", "DEF" };
		const char *text = texts[random_below(seed, 4)];

		if (removed >= m->count)
			continue;
		if (removed == 0 && !*text)
			text = "G";
		edit_at(at, removed, text);
		model_edit(m, at, removed, text);
	}
}

/* The other program: a few bytes, another length, or another file. */
static void random_change(struct model *m, uint64_t *seed)
{
	if (random_below(seed, 3) == 0)
		m->now_size = 8 + (size_t)random_below(seed, 24);
	for (uint64_t n = random_below(seed, 3); n > 0; n--)
		m->now[random_below(seed, m->now_size)] =
			(char)('a' + random_below(seed, 3));
	m->now[m->now_size] = '\0';
	for (size_t i = 0; i < m->now_size; i++)
		if (!m->now[i])
			m->now[i] = 'a';
	if (random_below(seed, 3) == 0) {
		replace("a", m->now);
	} else {
		desk_write_at("a", 0, m->now);
		ck_assert_int_eq(truncate("a", (off_t)m->now_size), 0);
	}
}

static void random_case(uint64_t *seed)
{
	struct model m = { .size = 24, .now_size = 24 };

	for (size_t i = 0; i < m.size; i++) {
		m.now[i] = (char)('a' + random_below(seed, 3));
		m.v[i].off = (int)i;
	}
	m.count = m.size;
	replace("a", m.now);
	open_inputs("a");
	for (int round = 0; round < 4; round++) {
		bool fits;

		random_edits(&m, seed);
		random_change(&m, seed);
		fits = model_fits(&m);
		ck_assert_int_eq(session_reload(session, 0, false, &err), fits);
		if (fits) {
			model_reload(&m);
			model_shows(&m);
		} else {
			ck_assert_int_eq((int)err.code, ERR_CHANGED);
			reload_dropping();
			check_base(&m);
			reload();
			return;
		}
	}
}

START_TEST(any_edits_and_changes)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(200); n > 0; n--) {
		random_case(&seed);
		session_drop_edits(session, true);
		session_free(session);
		start(true);
	}
}
END_TEST

/* --- asking -------------------------------------------------------------- */

/* Is there a file to ask about? */
static bool asks(unsigned changes, uint64_t want)
{
	uint64_t doc;

	(void)desk_check(session, 0, UINT64_MAX);
	if (!session_changed_next(session, changes, &doc))
		return false;
	ck_assert_uint_eq(doc, want);
	ck_assert(!session_changed_next(session, changes, &doc));
	return true;
}

START_TEST(who_asks)
{
	const unsigned all = CHANGE_REPLACED | CHANGE_SIZE_LESS |
	                     CHANGE_SIZE_MORE | CHANGE_BYTES;

	open_inputs("a;b");
	ck_assert(!asks(all, 0));
	/* Without edits there is no question. */
	desk_write_at("b", 0, "!");
	ck_assert(!asks(all, 0));
	/* That was before the edits, and is known. */
	edit_at(10, 1, "X");
	ck_assert(!asks(all, 0));
	desk_write_at("b", 6, "more");
	ck_assert(asks(all, 2));
	ck_assert(!asks(all, 0));
	/* Told of by the message that it is refused with. */
	desk_write_at("b", 0, "?");
	ck_assert(!session_reload(session, 2, false, &err));
	desk_write_at("b", 0, "!");
	must(session_reload(session, 2, false, &err), &err);
	ck_assert(!asks(all, 0));
	desk_write_at("b", 1, "?");
	ck_assert(asks(all, 2));
	edit_at(0, 1, "Y");
	replace("a", "0123456789");
	ck_assert(!asks(CHANGE_SIZE_LESS, 0));
	replace("a", "0123456789");
	ck_assert(!asks(all & ~(unsigned)CHANGE_REPLACED, 0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_reload");
	TCase *tc = tcase_create("session_reload");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, nothing_has_happened);
	tcase_add_test(tc, changes_beside_the_edits);
	tcase_add_test(tc, a_file_that_grows);
	tcase_add_test(tc, a_file_that_shrinks_behind_the_edits);
	tcase_add_test(tc, a_file_that_is_replaced);
	tcase_add_test(tc, edited_files_stay_open);
	tcase_add_test(tc, edits_that_were_taken_back);
	tcase_add_test(tc, bytes_that_were_moved);
	tcase_add_test(tc, changes_under_the_edits);
	tcase_add_test(tc, dropping_fails);
	tcase_add_test(tc, changes_under_other_lengths);
	tcase_add_test(tc, edits_behind_the_end);
	tcase_add_test(tc, insertions_behind_the_end);
	tcase_add_test(tc, redo_of_what_is_gone);
	tcase_add_test(tc, many_places);
	tcase_add_test(tc, nobody_knows);
	tcase_add_loop_test(tc, another_segment_is_in_the_way, 0, 2);
	tcase_add_test(tc, a_new_file_that_is_locked);
	tcase_add_loop_test(tc, without_memory, 0, 2);
	tcase_add_test(tc, without_a_readable_journal);
	tcase_add_test(tc, any_edits_and_changes);
	tcase_add_test(tc, who_asks);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
