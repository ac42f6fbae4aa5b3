/*
 * test_manifest.c - tests of src/study/manifest.c: lines that are taken, and
 * not
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "study/manifest.h"
#include "tests/faults.h"
#include "tests/support.h"

#define MD5  "900150983cd24fb0d6963f7d28e17f72"
#define SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define SHA256 \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OURS "hexspan-hashes 1\n"
#define DEEP "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n"

/* What stands in a list, one entry behind the other: "algorithm name start end
   skipped;"; or the error. */
static void read_list(const char *file, const char *text, char dst[1024])
{
	char *path = scratch_file(file, text, strlen(text));
	struct manifest m;
	struct error err;
	size_t n = 0;
	bool there = true;

	dst[0] = '\0';
	must(manifest_begin(&m, &faults_sys, path, &err), &err);
	while (there) {
		struct manifest_entry e;

		if (!manifest_next(&m, &e, &there, &err)) {
			snprintf(dst, 1024, "%s", strrchr(err.text, '/') + 1);
			ck_assert_int_eq(err.code, ERR_SYNTAX);
			break;
		}
		if (!there)
			break;
		n += (size_t)snprintf(dst + n, 1024 - n, "%s %s",
		                      algorithm_name(e.algorithm),
		                      e.name ? e.name : "(space)");
		if (e.whole)
			n += (size_t)snprintf(dst + n, 1024 - n, " whole");
		else
			n += (size_t)snprintf(dst + n, 1024 - n, " %ju %ju",
			                      (uintmax_t)e.start,
			                      (uintmax_t)e.end);
		if (e.skipped)
			n += (size_t)snprintf(dst + n, 1024 - n, " -%ju",
			                      (uintmax_t)e.skipped);
		n += (size_t)snprintf(dst + n, 1024 - n, ";");
	}
	manifest_end(&m);
	free(path);
}

static const struct {
	const char *file, *text, *want;
} rows[] = {
	/* Ours. */
	{ "l", OURS MD5 "  md5  0x0,0x10\n", "md5 (space) 0 16;" },
	{ "l", OURS "# #1 0x0 a\n\n" MD5 "  md5  0x10,0x20  skipped 3",
	  "md5 (space) 16 32 -3;" },
	{ "l", OURS MD5 "  md5  0x20,0x20\r\n", "md5 (space) 32 32;" },
	{ "l", OURS MD5 "  md5  0x20,0x1f\n",
	  "l:2: this is no line of a list of digests" },
	{ "l", OURS MD5 "  sha1  0x0,0x1\n",
	  "l:2: this is no line of a list of digests" },
	{ "l", OURS MD5 "  md5  0x0,0x10000000000000000\n", /* 2^64 */
	  "l:2: this is no line of a list of digests" },
	{ "l", OURS MD5 "  md5  0x0,0x10  filled 3\n",
	  "l:2: this is no line of a list of digests" },
	{ "l", OURS MD5 "  md5  0x0,0x10 \n", "md5 (space) 0 16;" },
	{ "l", "hexspan-hashes 12\n",
	  "l:1: version 12 of hashes is not known (only 1)" },
	/* coreutils: two kinds, escapes, a name with blanks, a BOM in front. */
	{ "l", MD5 "  a\n" SHA1 " *b c\n" SHA256 "  -\n",
	  "md5 a whole;sha1 b c whole;sha256 - whole;" },
	{ "l", "\\" MD5 "  a\\\\b\\n\n", "md5 a\\b\n whole;" },
	{ "l", MD5 "  a\\b\n", "md5 a\\b whole;" },
	{ "l", "\xef\xbb\xbf" MD5 "  a\n", "md5 a whole;" },
	{ "l", MD5 "\n", "l:1: this is no line of a list of digests" },
	{ "l", MD5 " a\n", "l:1: this is no line of a list of digests" },
	{ "l", MD5 "0  a\n", "l:1: this is no line of a list of digests" },
	/* The name of the list says what it is of, if that has the length. */
	{ "SHA3-256SUMS", SHA256 "  a\n", "sha3-256 a whole;" },
	{ "x.xxh128", MD5 "  a\n", "xxh128 a whole;" },
	{ "B2SUMS", SHA256 "  a\n" SHA256 SHA256 "  b\n",
	  "sha256 a whole;blake2b b whole;" },
	/* BSD and openssl. */
	{ "l", "SHA256 (a (1)) = " SHA256 "\nMD5(b)= " MD5 "\n",
	  "sha256 a (1) whole;md5 b whole;" },
	{ "l", "SHA2-256(c)= " SHA256 "\n", "sha256 c whole;" },
	{ "l", "SHA256 (a) = " MD5 "\n",
	  "l:1: this is no line of a list of digests" },
	{ "l", "GOST (a) = " MD5 "\n",
	  "l:1: this is no line of a list of digests" },
	/* dcfldd. */
	{ "l", "0 - 512: " MD5 "\n512 - 700: " SHA1 "\n\nTotal (md5): " MD5,
	  "md5 (space) 0 512;sha1 (space) 512 700;md5 (space) whole;" },
	{ "l", "512 - 0: " MD5 "\n",
	  "l:1: this is no line of a list of digests" },
	/* hashdeep, whole files and pieces; a column of Tiger is passed. */
	{ "l", DEEP "## x\n3," MD5 "," SHA256 ",/a,b\n",
	  "md5 /a,b whole;sha256 /a,b whole;" },
	{ "l", DEEP "3," MD5 "," SHA256 ",a offset 0-2\n",
	  "md5 a 0 3;sha256 a 0 3;" },
	{ "l",
	  "%%%% HASHDEEP-1.0\n%%%% size,tiger,sha1,filename\n3,00," SHA1 ",a\n",
	  "sha1 a whole;" },
	{ "l", DEEP "3," MD5 ",a\n",
	  "l:3: this is no line of a list of digests" },
	{ "l", "%%%% HASHDEEP-1.0\n%%%% filename\n",
	  "l:2: no such columns are known" },
	/* Pieces of md5deep: the last byte is in them. */
	{ "l", MD5 "  a offset 16-31\n" MD5 "  a offset 5-4\n",
	  "md5 a 16 32;md5 a offset 5-4 whole;" },
	/* Nothing. */
	{ "l", "", "" },
	{ "l", "# only this\n", "" },
};

START_TEST(lines)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char got[1024];

		read_list(rows[i].file, rows[i].text, got);
		ck_assert_msg(strcmp(got, rows[i].want) == 0,
		              "%s\n is %s\nnot %s", rows[i].text, got,
		              rows[i].want);
	}
}
END_TEST

START_TEST(a_line_without_an_end)
{
	enum { LEN = 4 << 20 };
	char *text = calloc(1, LEN + 1), got[1024];

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', LEN);
	memcpy(text, MD5 "  a\n", sizeof(MD5 "  a\n") - 1);
	read_list("l", text, got);
	ck_assert_str_eq(got, "l:2: a line of more than 1048576 bytes");
	free(text);
}
END_TEST

START_TEST(digests_are_read)
{
	const char text[] = MD5 "  a\n";
	char *path = scratch_file("l", text, sizeof(text) - 1);
	struct manifest_entry e;
	struct manifest m;
	struct error err;
	char hex[DIGEST_TEXT];
	bool there;

	must(manifest_begin(&m, &faults_sys, path, &err), &err);
	must(manifest_next(&m, &e, &there, &err), &err);
	ck_assert(there);
	ck_assert_str_eq(digest_text(e.digest, 16, hex), MD5);
	must(manifest_next(&m, &e, &there, &err), &err);
	ck_assert(!there);
	manifest_end(&m);
	free(path);
}
END_TEST

START_TEST(faults)
{
	const char text[] = DEEP "3," MD5 "," SHA256 ",a\n";
	char *path = scratch_file("l", text, sizeof(text) - 1);
	struct manifest_entry e;
	struct manifest m;
	struct error err;
	bool there = true, ok = false;

	faults_reset();
	faults_fail(FAULT_OPEN, 0, 1, EACCES);
	ck_assert(!manifest_begin(&m, &faults_sys, path, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	faults_reset();
	must(manifest_begin(&m, &faults_sys, path, &err), &err);
	faults_fail(FAULT_READ, 0, 1, EIO);
	ck_assert(!manifest_next(&m, &e, &there, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	manifest_end(&m);
	for (long n = 0; !ok; n++) {
		faults_reset();
		mem_fail_after(n);
		ok = manifest_begin(&m, &faults_sys, path, &err);
		if (ok) {
			for (there = true; ok && there;)
				ok = manifest_next(&m, &e, &there, &err);
			manifest_end(&m);
		}
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert_uint_eq(faults_descriptors(), 0);
	}
	free(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("manifest");
	TCase *tc = tcase_create("manifest");

	tcase_add_test(tc, lines);
	tcase_add_test(tc, a_line_without_an_end);
	tcase_add_test(tc, digests_are_read);
	tcase_add_test(tc, faults);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
