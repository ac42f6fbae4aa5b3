/*
 * test_acquired.c - tests of src/open/acquired.c, and of what comes of it
 *
 * A table of names and of what stands beside them, and a session that opens
 * such files.
 */
#include "config.h"

#include "open/acquired.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "source/file.h"
#include "source/files.h"
#include "source/source.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

#define FTK            \
	"\xef\xbb\xbf" \
	"Created By AccessData\xc2\xae FTK\xc2\xae Imager 3\r\n"
#define EVF "EVF\x09\x0d\x0a\xff"

static char said[DESK_SAID];

static void setup(void)
{
	desk_begin();
	ck_assert_int_eq(system("rm -rf ./*"), 0);
}

static void make(const char *name, const char *text, size_t len)
{
	free(scratch_file(name, text, len));
}

/* What is said of a file as a session opens it. */
static bool is(const char *name, struct acquired *found)
{
	struct error err;
	struct files *files =
		files_new(&faults_sys, files_limits_default(), &err);
	struct source *src;
	bool is;

	must(files != NULL, &err);
	src = file_open(files, name, &err);
	is = acquired_is(&faults_sys, src, name, found);
	if (src)
		source_free(src);
	files_free(files);
	ck_assert_uint_eq(faults_descriptors(), 0);
	return is;
}

static const struct {
	const char *name, *side, *text;
	bool is;
} rows[] = {
	{ "disk.001", "disk.001.txt", FTK, true },
	{ "disk.001", "disk.txt", FTK, true },
	{ "disk.dd", "disk.info", "GUYMAGER ACQUISITION INFO FILE", true },
	{ "disk.DD", "disk.DD.log", "\ndc3dd 7.2.646 started at", true },
	{ "disk.img", "disk.map", "# Mapfile. Created by GNU ddrescue", true },
	{ "disk.raw", "disk.mapfile",
	  "# Rescue Logfile. Created by GNU ddrescue", true },
	/* What does not say so is no report. */
	{ "disk.001", "disk.001.txt", "my notes", false },
	{ "disk.001", "disk.001.txt", "", false },
	{ "disk.001", NULL, NULL, false },
	/* A digest alone is beside many a file. */
	{ "disk.dd", "disk.dd.md5", "0123456789abcdef0123456789abcdef  disk.dd",
	  false },
	/* Nor is it one of something else, or of no image. */
	{ "disk.001", "disc.001.txt", FTK, false },
	{ "disk", "disk.txt", FTK, false },
	{ "notes.c", "notes.txt", FTK, false },
};

START_TEST(reports)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct acquired found = { 0 };

		setup();
		make(rows[i].name, "data", 4);
		if (rows[i].side)
			make(rows[i].side, rows[i].text, strlen(rows[i].text));
		ck_assert_msg(is(rows[i].name, &found) == rows[i].is, "row %zu",
		              i);
		if (rows[i].is)
			ck_assert_str_eq(found.side, rows[i].side);
		ck_assert_uint_eq(faults_descriptors(), 0);
	}
}
END_TEST

START_TEST(containers)
{
	static const struct {
		const char *name, *bytes;
		bool is;
	} all[] = {
		{ "a.E01", EVF, true },
		{ "a.e02", EVF, true },
		{ "a.EAB", EVF, true },
		{ "a.Ex01", "EVF2\x0d\x0a\x81", true },
		{ "a.aff", "AFF10\r\n", true },
		{ "a.aff4", "PK\x03\x04", true },
		{ "a.AFF4", "PK\x05\x06", false },
		{ "a.sxw", "PK\x03\x04", false },
		{ "a.E01", "EVF", false },
		{ "a.exe", "MZ", false },
		{ "a.bin", EVF, false },
	};
	struct acquired found = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		/* The NUL is the last byte of the magic. */
		make(all[i].name, all[i].bytes, strlen(all[i].bytes) + 1);
		ck_assert_msg(is(all[i].name, &found) == all[i].is, "row %zu",
		              i);
	}
}
END_TEST

/* How often files are opened until this one is shown. */
static size_t opens_of(const char *name)
{
	struct session *session = desk_session(&faults_sys, NULL);
	char text[DESK_TEXT];
	size_t opens;

	make(name, "MZ and more", 11);
	faults_reset();
	desk_open(session, name);
	(void)desk_text(session_view(session), text);
	ck_assert_str_eq(text, "MZ and more");
	opens = faults_count(FAULT_OPEN);
	desk_finish(&session);
	return opens;
}

/* A name that containers have costs no more than another one. */
START_TEST(looked_at_once)
{
	ck_assert_uint_eq(opens_of("a.exe"), opens_of("a.bin"));
}
END_TEST

/* The parts of a set have one report, for which it is looked once. */
START_TEST(sets)
{
	struct acquired found = { 0 };
	size_t opens;

	make("set.001", "data", 4);
	make("set.001.txt", FTK, strlen(FTK));
	ck_assert(is("set.001", &found));
	opens = faults_count(FAULT_OPEN);
	ck_assert(is("set.002", &found));
	ck_assert_uint_eq(faults_count(FAULT_OPEN), opens);
	ck_assert(!is("other.001", &found));
	ck_assert(!is("other.002", &found));
	/* Of the first part, whichever is opened. */
	ck_assert(is("set.003", &found));
	ck_assert_str_eq(found.side, "set.001.txt");
	ck_assert(!is("no", &found));
	ck_assert(!is("no.d/x", &found));
}
END_TEST

static bool can_edit(const char *input)
{
	struct session *session = desk_session(&faults_sys, NULL);
	struct error err;
	bool ok;

	desk_hear(session, said);
	desk_open(session, input);
	ok = desk_splice(session, desk_place(session, 0), 1, "x", 0, &err);
	ck_assert(ok || err.code == ERR_READONLY);
	session_drop_edits(session, true);
	session_free(session);
	return ok;
}

START_TEST(opened_for_reading)
{
	make("disk.001", "data", 4);
	make("disk.002", "data", 4);
	make("disk.001.txt", FTK, strlen(FTK));
	make("free.001", "data", 4);
	ck_assert(!can_edit("disk.001;disk.002"));
	ck_assert_str_eq(said, "disk.001: was acquired, as disk.001.txt says: "
	                       "it is for reading, --rw lets it be edited");
	ck_assert(can_edit("disk.001 rw"));
	ck_assert_str_eq(said, "");
	ck_assert(can_edit("disk.001 copy"));
	ck_assert(can_edit("free.001"));
	ck_assert_str_eq(said, "");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("acquired");
	TCase *tc = tcase_create("acquired");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, reports);
	tcase_add_test(tc, containers);
	tcase_add_test(tc, looked_at_once);
	tcase_add_test(tc, sets);
	tcase_add_test(tc, opened_for_reading);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
