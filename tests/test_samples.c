/* test_samples.c - keep/samples: parts of a file */
#include "config.h"

#include "keep/samples.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/sys.h"
#include "source/file.h"
#include "source/files.h"
#include "source/source.h"
#include "tests/support.h"

static unsigned char bytes[4096];
static struct files *files;
static struct source *src;
static struct error err;

static void with_file(size_t len)
{
	char *path = scratch_file("file", bytes, len);

	files = files_new(&sys_real, files_limits_default(), &err);
	must(files != NULL, &err);
	src = file_open(files, path, &err);
	must(src != NULL, &err);
	free(path);
}

static void without_file(void)
{
	source_free(src);
	files_free(files);
}

static void fits(const struct samples *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct record_sample *v = &s->v[i];

		ck_assert_uint_le(v->off, src->size);
		ck_assert_uint_le(v->len, src->size - v->off);
		ck_assert_uint_eq(v->crc, crc32c(0, bytes + v->off, v->len));
	}
}

/* The ends, and one in each stretch between. */
START_TEST(any_length)
{
	uint64_t rnd = random_seed();

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)random_u64(&rnd);
	for (size_t n = cases(200); n > 0; n--) {
		uint64_t len = random_below(&rnd, n % 2 ? 2 * SAMPLES_WHOLE
		                                        : sizeof(bytes));
		struct samples s;

		with_file((size_t)len);
		ck_assert(samples_take(src, random_u64(&rnd), NULL, &s, &err));
		fits(&s);
		if (len <= SAMPLES_WHOLE) {
			ck_assert_uint_eq(s.count, len > 0);
			ck_assert(len == 0 || s.v[0].len == len);
		} else {
			ck_assert_uint_eq(s.count, SAMPLES_MAX);
			ck_assert_uint_eq(s.v[0].off, 0);
			ck_assert_uint_eq(s.v[s.count - 1].off,
			                  len - SAMPLES_LEN);
			for (uint32_t i = 1; i < s.count; i++)
				ck_assert_uint_ge(s.v[i].off,
				                  s.v[i - 1].off + SAMPLES_LEN);
		}
		without_file();
	}
}
END_TEST

START_TEST(without_memory)
{
	struct samples s;
	bool ok = false;

	for (long n = 0; !ok; n++) {
		with_file(1000);
		mem_fail_after(n);
		ok = samples_take(src, 1, NULL, &s, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		without_file();
	}
	ck_assert_uint_eq(s.count, SAMPLES_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("samples");
	TCase *tc = tcase_create("samples");

	tcase_add_test(tc, any_length);
	tcase_add_test(tc, without_memory);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
