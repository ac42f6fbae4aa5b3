/*
 * test_patch_file.c - tests of src/open/patch_read.c, patch_write.c and the
 * formats, and of src/open/reading.c
 *
 * What is written is read back. An IPS patch is also read by a second parser,
 * which is too simple to be wrong, and laid over an image.
 */
#include "config.h"

#include "open/patch_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { HUNKS = 12, IMAGE = 512 << 10 };

static struct error err;

/* A hunk of the model. */
struct some {
	struct patch_hunk hunk;
	unsigned char *old, *new; /* owned */
};

struct model {
	struct some v[HUNKS];
	size_t count;
	unsigned files;
};

static void setup(void)
{
	desk_begin();
}

static void teardown(void)
{
	mem_fail_after(-1);
	ck_assert_uint_eq(faults_descriptors(), 0);
}

static const char *const names[] = { "a", "b \"\\\x01\xff",
	                             "\xc3\xa9t\xc3\xa9" };

/* Bytes with runs, as edits have them. */
static unsigned char *random_bytes(uint64_t *state, size_t len)
{
	unsigned char *v = malloc(len + 1);
	size_t i = 0;

	ck_assert_ptr_nonnull(v);
	while (i < len) {
		size_t run = random_below(state, 8)
		                     ? 1
		                     : 1 + (size_t)random_below(state, 90000);
		unsigned char c = (unsigned char)random_below(state, 256);

		for (; run > 0 && i < len; run--)
			v[i++] = c;
	}
	return v;
}

static size_t random_len(uint64_t *state)
{
	return (size_t)random_below(state, random_below(state, 10)
	                                           ? 100
	                                           : PATCH_HUNK + 1);
}

static void random_hunk(struct model *m, uint64_t *state, unsigned file,
                        uint64_t *off)
{
	struct some *s = &m->v[m->count++];
	struct patch_hunk *h = &s->hunk;

	*off += random_below(state, 50);
	*h = (struct patch_hunk){ .file = file, .off = *off, .before = -1 };
	h->old_len = random_len(state);
	h->new_len = random_below(state, 2) ? h->old_len : random_len(state);
	if (h->old_len + h->new_len == 0)
		h->new_len = 1;
	s->old = random_bytes(state, h->old_len);
	s->new = random_bytes(state, h->new_len);
	h->old = h->old_len > 0 && random_below(state, 6) == 0 ? NULL : s->old;
	h->new = s->new;
	*off += h->old_len;
}

static void forget(struct model *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->v[i].old);
		free(m->v[i].new);
	}
	*m = (struct model){ 0 };
}

static void make(struct model *m, uint64_t *state)
{
	m->files = (unsigned)random_below(state, ARRAY_LEN(names) + 1);
	for (unsigned file = 1; file <= m->files; file++) {
		uint64_t off =
			random_below(state, 2) ? 0 : random_u64(state) >> 2;

		for (size_t n = (size_t)random_below(state, 5); n > 0; n--)
			random_hunk(m, state, file, &off);
	}
}

static bool save(const struct model *m, const char *path,
                 enum patch_format format)
{
	struct patch_writer w;
	unsigned file = 0;
	size_t i = 0;
	bool ok = patch_begin(&w, &faults_sys, path, format, &err);

	if (!ok)
		return false;
	for (unsigned n = 1; ok && n <= m->files; n++) {
		ok = patch_put_file(&w, names[n - 1], &file, &err);
		ck_assert(!ok || file == (format == PATCH_IPS ? 0 : n));
		for (; ok && i < m->count && m->v[i].hunk.file == n; i++)
			ok = patch_put(&w, &m->v[i].hunk, &err);
	}
	if (ok)
		return patch_commit(&w, &err);
	patch_cancel(&w);
	return false;
}

/* --- round trips --------------------------------------------------------- */

struct seen {
	const struct model *m;
	enum patch_format format;
	size_t hunks;
	unsigned files;
};

static bool see_begin(void *arg, enum patch_format format, struct error *e)
{
	struct seen *seen = arg;

	(void)e;
	ck_assert_int_eq(format, seen->format);
	return true;
}

static bool see_file(void *arg, unsigned number, const char *path,
                     struct error *e)
{
	struct seen *seen = arg;

	(void)e;
	ck_assert_uint_eq(number, ++seen->files);
	ck_assert_str_eq(path, names[number - 1]);
	return true;
}

static bool see_hunk(void *arg, const struct patch_hunk *got, struct error *e)
{
	struct seen *seen = arg;
	const struct patch_hunk *want = &seen->m->v[seen->hunks++].hunk;

	(void)e;
	ck_assert_uint_le(seen->hunks, seen->m->count);
	ck_assert_uint_eq(got->file, want->file);
	ck_assert_uint_eq(got->off, want->off);
	ck_assert_uint_eq(got->old_len, want->old_len);
	ck_assert_uint_eq(got->new_len, want->new_len);
	ck_assert(!got->old == !want->old);
	if (want->old)
		ck_assert_mem_eq(got->old, want->old, want->old_len);
	ck_assert_mem_eq(got->new, want->new, want->new_len);
	return true;
}

START_TEST(what_is_written_is_read)
{
	uint64_t state = random_seed();

	for (size_t n = cases(200); n > 0; n--) {
		struct model m = { 0 };
		enum patch_format format = n % 2 ? PATCH_HEX : PATCH_JSON;
		struct seen seen = { .m = &m, .format = format };
		struct patch_taker to = { see_begin, see_file, see_hunk,
			                  &seen };

		make(&m, &state);
		must(save(&m, "p", format), &err);
		must(patch_read(&faults_sys, "p", &to, &err), &err);
		ck_assert_uint_eq(seen.hunks, m.count);
		ck_assert_uint_eq(seen.files, m.files);
		forget(&m);
	}
}
END_TEST

/* --- IPS ----------------------------------------------------------------- */

struct image {
	unsigned char *v; /* IMAGE bytes from PATCH_IPS_END - IMAGE / 2 on */
};

#define FIRST (PATCH_IPS_END - IMAGE / 2)

static bool lay(void *arg, const struct patch_hunk *hunk, struct error *e)
{
	struct image *image = arg;

	(void)e;
	ck_assert_uint_ge(hunk->off, FIRST);
	ck_assert_uint_le(hunk->off + hunk->new_len, FIRST + IMAGE);
	ck_assert_ptr_null(hunk->old);
	ck_assert_uint_eq(hunk->old_len, hunk->new_len);
	memcpy(image->v + (hunk->off - FIRST), hunk->new, hunk->new_len);
	return true;
}

static bool begin_any(void *arg, enum patch_format format, struct error *e)
{
	(void)arg;
	(void)e;
	ck_assert_int_eq(format, PATCH_IPS);
	return true;
}

static unsigned long number(const unsigned char *v, int len)
{
	unsigned long n = 0;

	for (int i = 0; i < len; i++)
		n = n << 8 | v[i];
	return n;
}

/* The whole format, in as few words as it has. */
static void lay_simply(const char *path, unsigned char *image)
{
	static unsigned char all[4 << 20];
	FILE *f = fopen(path, "r");
	size_t len = f ? fread(all, 1, sizeof(all), f) : 0;
	const unsigned char *p = all + 5;

	ck_assert_int_eq(f ? fclose(f) : EOF, 0);
	ck_assert_uint_lt(len, sizeof(all));
	ck_assert_mem_eq(all, "IPS32", 5);
	while (memcmp(p, "EEOF", 4) != 0) {
		unsigned long off = number(p, 4) - FIRST, n = number(p + 4, 2);

		if (n > 0) {
			memcpy(image + off, p + 6, n);
			p += 6 + n;
		} else {
			memset(image + off, p[8], number(p + 6, 2));
			p += 9;
		}
		ck_assert(p + 4 <= all + len);
	}
	ck_assert_ptr_eq(p + 4, all + len);
}

START_TEST(ips_around_its_end)
{
	uint64_t state = random_seed();
	unsigned char *want = malloc(IMAGE), *v = malloc(IMAGE);
	unsigned char *simple = malloc(IMAGE), *bytes;
	struct image image = { v };
	struct patch_taker to = { begin_any, NULL, lay, &image };

	ck_assert(want && v && simple);
	for (size_t n = cases(200); n > 0; n--) {
		uint64_t off = PATCH_IPS_END - random_below(&state, 300);
		struct patch_writer w;

		if (n % 4 == 0)
			off = PATCH_IPS_END - 65535 - random_below(&state, 3);
		memset(want, 0x55, IMAGE);
		memset(v, 0x55, IMAGE);
		memset(simple, 0x55, IMAGE);
		must(patch_begin(&w, &faults_sys, "p", PATCH_IPS, &err), &err);
		for (size_t i = 0; i < 3; i++) {
			size_t len = 1 + random_len(&state) % PATCH_HUNK;
			struct patch_hunk hunk = { .off = off,
				                   .old_len = len,
				                   .new_len = len };

			if (off == PATCH_IPS_END)
				hunk.before = want[off - FIRST - 1];
			bytes = random_bytes(&state, len);
			hunk.new = bytes;
			memcpy(want + (off - FIRST), bytes, len);
			must(patch_put(&w, &hunk, &err), &err);
			free(bytes);
			off += len;
			if (off < PATCH_IPS_END && random_below(&state, 2))
				off = PATCH_IPS_END;
		}
		must(patch_commit(&w, &err), &err);
		must(patch_read(&faults_sys, "p", &to, &err), &err);
		lay_simply("p", simple);
		ck_assert(memcmp(v, want, IMAGE) == 0);
		ck_assert(memcmp(simple, want, IMAGE) == 0);
	}
	free(want);
	free(v);
	free(simple);
}
END_TEST

START_TEST(what_ips_cannot_say)
{
	static const unsigned char byte = 'x';
	static const struct {
		uint64_t off;
		size_t old_len, new_len;
		int before;
		enum err code;
	} rows_[] = {
		{ 0, 1, 1, -1, ERR_NONE },
		{ 0, 0, 1, -1, ERR_STATE },
		{ 0, 1, 0, -1, ERR_STATE },
		{ UINT32_MAX, 1, 1, -1, ERR_NONE },
		{ UINT64_C(1) << 32, 1, 1, -1, ERR_LIMIT },
		{ UINT64_MAX, 1, 1, -1, ERR_LIMIT },
		{ PATCH_IPS_END, 1, 1, -1, ERR_STATE },
		{ PATCH_IPS_END, 1, 1, 7, ERR_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows_); i++) {
		struct patch_hunk hunk = { .off = rows_[i].off,
			                   .old_len = rows_[i].old_len,
			                   .new_len = rows_[i].new_len,
			                   .new = &byte,
			                   .before = rows_[i].before };
		struct patch_writer w;

		must(patch_begin(&w, &faults_sys, "q", PATCH_IPS, &err), &err);
		if (patch_put(&w, &hunk, &err)) {
			ck_assert_int_eq(rows_[i].code, ERR_NONE);
			must(patch_commit(&w, &err), &err);
			ck_assert_int_eq(unlink("q"), 0);
		} else {
			ck_assert_int_eq(rows_[i].code, err.code);
			patch_cancel(&w);
			ck_assert_int_ne(access("q", F_OK), 0);
		}
	}
}
END_TEST

/* --- what is no patch ---------------------------------------------------- */

static bool take_any_file(void *arg, unsigned number_, const char *path,
                          struct error *e)
{
	(void)arg;
	(void)number_;
	(void)path;
	(void)e;
	return true;
}

static bool take_any_hunk(void *arg, const struct patch_hunk *hunk,
                          struct error *e)
{
	size_t *count = arg;

	(void)hunk;
	(void)e;
	++*count;
	return true;
}

static bool take_any(void *arg, enum patch_format format, struct error *e)
{
	(void)arg;
	(void)format;
	(void)e;
	return true;
}

#define HEX "hexspan-patch 1\nfile 1 \"a\"\n"
#define JSON                                             \
	"{\"format\":\"hexspan-patch\",\"version\":1}\n" \
	"{\"file\":1,\"path\":\"a\"}\n"

static const struct {
	const char *text;
	size_t len;      /* 0: of the text */
	const char *why; /* NULL: it is one */
} patches[] = {
	{ "", 0, "p:1: no patch" },
	{ "hexspan", 0, "p:1: no patch" },
	{ "hexspan-patch", 0, "p:1: this version" },
	{ "hexspan-patch1", 0, "p:1: this version" },
	{ "hexspan-patch 1", 0, NULL },
	{ "hexspan-patch 1\r\nfile 1 a\r\n@ 1 0 0 1\r\n+ 61\r\n", 0, NULL },
	{ HEX, 0, NULL },
	{ HEX "file 1 b\n", 0, "p:3: files are numbered" },
	{ HEX "file 2\n", 0, "p:3: a line is" },
	{ HEX "file 2 \"\\0\"\n", 0, "p:3: a line is" },
	{ HEX "+ 61\n", 0, "p:3: bytes before the first @" },
	{ HEX "@ 1 0 0 0\n", 0, "p:3: a hunk without bytes" },
	{ HEX "@ 0 0 0 1\n", 0, "p:3: no file has this number" },
	{ HEX "@ 1 0 0 1 1\n", 0, "p:3: @ FILE OFFSET OLD NEW" },
	{ HEX "@ 1 0 1 1\n- ??*2\n", 0, "p:4: more old bytes" },
	{ HEX "@ 1 0 9 1\n- ?? 61\n", 0, "p:4: ?? and bytes" },
	{ HEX "@ 1 0 9 1\n- ??\n- 61\n", 0, "p:5: ?? and bytes" },
	{ HEX "@ 1 0 1 1\n- ??\n+ ??\n", 0, "p:3: new bytes must" },
	{ HEX "@ 1 0 99999 1\n- 00*65537\n", 0, "p:4: more than 65536" },
	{ HEX "@ 1 0 99999 1\n- 00*0\n", 0, "p:4: 0 times" },
	{ HEX "@ 1 0 1 1\n- 0\n", 0, "p:4: bytes are two" },
	{ HEX "@ 1 0xfffffffffffffffe 1 1\n- 00\n+ 61\n", 0, NULL },
	{ HEX "@ 1 0xfffffffffffffffe 2 1\n- 00*2\n+ 61\n", 0, "p:3: past" },
	{ HEX "@ 1 9 1 1\n- 00\n+ 61\n@ 1 9 0 1\n+ 61\n", 0, "p:6: 0x9 lies" },
	{ HEX "@ 1 9 1 1\n- 00\n+ 61\n@ 1 0xa 0 1\n+ 61\n@ 1 0xa 0 1\n+ 61\n",
	  0, NULL },
	{ JSON, 0, NULL },
	{ "{\n", 0, "p:1: a string is meant" },
	{ "{}\n", 0, "p:1: the first object" },
	{ JSON "\n{}", 0, "p:4: the key file" },
	{ JSON "[]", 0, "p:3: a line is an object" },
	{ JSON "{\"file\":1}", 0, "p:3: a hunk has the keys" },
	{ JSON "{\"file\":1,\"off\":0,\"old\":\"\",\"new\":\"\"}", 0,
	  "p:3: a hunk without bytes" },
	{ JSON "{\"file\":1,\"off\":0,\"old\":null,\"new\":\"\"}", 0,
	  "p:3: \"old\":null wants" },
	{ JSON "{\"file\":1,\"off\":0,\"old\":null,\"old_len\":3,\"new\":\"\"}",
	  0, NULL },
	{ JSON "{\"file\":1,\"off\":18446744073709551616}", 0,
	  "p:3: a number of more" },
	{ JSON "{\"file\":1,\"off\":-1}", 0, "p:3: a number is meant" },
	{ JSON "{\"file\":1,\"x\":true,\"y\":null,\"off\":0,\"old\":\"00\","
	       "\"new\":\"fF\"} ",
	  0, NULL },
	{ JSON "{\"file\":1 \"off\":0}", 0, "p:3: an object without" },
	{ JSON "{\"file\":1} x", 0, "p:3: text behind" },
	{ JSON "{\"file\":2,\"path\":\"\\ud800\"}", 0,
	  "p:3: half a character" },
	{ JSON "{\"file\":2,\"path\":\"\\u0000\"}", 0, "p:3: no name" },
	{ JSON "{\"file\":2,\"path\":\"\\q\"}", 0, "p:3: an escape" },
	{ JSON "{\"file\":2,\"path\":\"a", 0, "p:3: a string without" },
	{ JSON "{\"file\":2,\"path_hex\":\"6100\"}", 0, "p:3: no name" },
	{ JSON "{\"file\":2,\"path_hex\":\"ff\",\"path\":\"?\"}", 0, NULL },
	{ "IPS32EEOF", 0, NULL },
	{ "PATCHEOF", 0, NULL },
	{ "IPS32", 0, "p: record 1: the patch ends" },
	{ "IPS32EEO", 0, "p: record 1: the patch ends" },
	{ "IPS32\0\0\0\0\0\1", 11, "p: record 1: the patch ends" },
	{ "IPS32\0\0\0\0\0\1xEEOF", 16, NULL },
	{ "IPS32\0\0\0\0\0\0\0\1xEEOF", 18, NULL },
	{ "IPS32\0\0\0\0\0\0\0", 12, "p: record 1: the patch ends" },
	{ "IPS32EEOFx", 0, "p: record 1: bytes behind" },
	{ "IPS32EEOF\0\0\0\1", 13, "p: record 1: it cuts" },
	{ "PATCHEOF\0\0\1", 11, "p: record 1: it cuts" },
};

START_TEST(texts)
{
	size_t len = patches[_i].len, count = 0;
	struct patch_taker to = { take_any, take_any_file, take_any_hunk,
		                  &count };

	if (len == 0)
		len = strlen(patches[_i].text);
	free(scratch_file("p", patches[_i].text, len));
	err = (struct error){ 0 };
	if (patch_read(&faults_sys, "p", &to, &err)) {
		ck_assert_msg(!patches[_i].why, "row %d", _i);
		return;
	}
	ck_assert_msg(patches[_i].why != NULL, "row %d: %s", _i, err.text);
	ck_assert_msg(strncmp(err.text, patches[_i].why,
	                      strlen(patches[_i].why)) == 0,
	              "row %d: %s", _i, err.text);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
}
END_TEST

/* A line that does not end, and what is no file. */
START_TEST(long_lines)
{
	size_t len = (2 << 20), count = 0;
	struct patch_taker to = { take_any, take_any_file, take_any_hunk,
		                  &count };
	char *text = malloc(len);

	ck_assert_ptr_nonnull(text);
	memset(text, ' ', len);
	memcpy(text, "hexspan-patch 1\n", 16);
	free(scratch_file("p", text, len));
	ck_assert(!patch_read(&faults_sys, "p", &to, &err));
	ck_assert_str_eq(err.text, "p:2: a line of more than 1048576 bytes");
	ck_assert(!patch_read(&faults_sys, ".", &to, &err));
	ck_assert(!patch_read(&faults_sys, "gone", &to, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	free(text);
}
END_TEST

/* --- failures ------------------------------------------------------------ */

/* A hunk with everything in it. */
static void make_one(struct model *m, enum patch_format format)
{
	uint64_t state = 1, off = 5;

	m->files = 1;
	random_hunk(m, &state, 1, &off);
	m->v[0].hunk.new_len = m->v[0].hunk.old_len;
	free(m->v[0].new);
	m->v[0].new = random_bytes(&state, m->v[0].hunk.new_len);
	m->v[0].hunk.new = m->v[0].new;
	m->v[0].hunk.old = format == PATCH_IPS ? NULL : m->v[0].old;
}

START_TEST(every_call_fails_once)
{
	static const enum fault_call calls[] = {
		FAULT_OPEN, FAULT_WRITE, FAULT_READ,
		FAULT_STAT, FAULT_FSTAT, FAULT_CWD,
	};
	enum patch_format format = (enum patch_format)_i;
	struct model m = { 0 };
	size_t count;
	struct patch_taker to = { take_any, take_any_file, take_any_hunk,
		                  &count };

	make_one(&m, format);
	must(save(&m, "p", format), &err);
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		for (size_t first = 0;; first++) {
			bool saved, ok;

			faults_reset();
			faults_fail(calls[i], first, 1, EIO);
			saved = save(&m, "p", format);
			count = 0;
			ok = saved && patch_read(&faults_sys, "p", &to, &err);
			if (!faults_happened())
				break;
			/* An old patch is there as it was. */
			faults_reset();
			count = 0;
			ck_assert(ok || err.text[0]);
			must(patch_read(&faults_sys, "p", &to, &err), &err);
			ck_assert_uint_ge(count, 1);
		}
	}
	forget(&m);
}
END_TEST

START_TEST(without_memory)
{
	enum patch_format format = (enum patch_format)_i;
	struct model m = { 0 };
	size_t count;
	struct patch_taker to = { take_any, take_any_file, take_any_hunk,
		                  &count };
	bool ok = false;

	make_one(&m, format);
	for (long fail = 0; !ok; fail++) {
		mem_fail_after(fail);
		ok = save(&m, "p", format);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
	}
	ok = false;
	for (long fail = 0; !ok; fail++) {
		mem_fail_after(fail);
		ok = patch_read(&faults_sys, "p", &to, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
	}
	forget(&m);
}
END_TEST

START_TEST(formats)
{
	enum patch_format format;

	ck_assert_int_eq(patch_format_of("a.json"), PATCH_JSON);
	ck_assert_int_eq(patch_format_of("a.ips"), PATCH_IPS);
	ck_assert_int_eq(patch_format_of(".ips32"), PATCH_IPS);
	ck_assert_int_eq(patch_format_of("ips"), PATCH_HEX);
	ck_assert(patch_format_named("ips", &format) && format == PATCH_IPS);
	ck_assert(!patch_format_named("bps", &format));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("patch_file");
	TCase *tc = tcase_create("patch_file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, what_is_written_is_read);
	tcase_add_test(tc, ips_around_its_end);
	tcase_add_test(tc, what_ips_cannot_say);
	tcase_add_loop_test(tc, texts, 0, ARRAY_LEN(patches));
	tcase_add_test(tc, long_lines);
	tcase_add_loop_test(tc, every_call_fails_once, 0, 3);
	tcase_add_loop_test(tc, without_memory, 0, 3);
	tcase_add_test(tc, formats);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
