/* test_fold.c - tests of src/base/fold.c
 *
 * PCRE2 has tables of its own, made from the same standard: what a character
 * matches there without case is what fold_variants() must list.
 */
#include "config.h"

#include "base/fold.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/text.h"
#include "tests/support.h"

enum { LAST = 0x10ffff, SURROGATES = 0xd800, SURROGATES_END = 0xe000 };

static const struct {
	uint32_t cp;
	size_t count;
	uint32_t v[FOLD_VARIANTS];
} known[] = {
	{ '1', 1, { '1' } },
	{ 'a', 2, { 'a', 'A' } },
	{ 'A', 2, { 'A', 'a' } },
	{ '@', 1, { '@' } },                   /* before the first letter */
	{ '[', 1, { '[' } },                   /* behind the last one */
	{ 'k', 3, { 'k', 'K', 0x212a } },      /* KELVIN SIGN */
	{ 0x17f, 3, { 0x17f, 's', 'S' } },     /* LONG S */
	{ 0xdf, 2, { 0xdf, 0x1e9e } },         /* sharp s, but not "ss" */
	{ 0x130, 1, { 0x130 } },               /* dotted I: Turkic only */
	{ 0x131, 1, { 0x131 } },               /* dotless i */
	{ 0x1c5, 3, { 0x1c5, 0x1c6, 0x1c4 } }, /* title case */
	{ 0x3b9, 4, { 0x3b9, 0x345, 0x399, 0x1fbe } },
	{ 0x13a0, 2, { 0x13a0, 0xab70 } },    /* Cherokee: folds to capitals */
	{ 0x10400, 2, { 0x10400, 0x10428 } }, /* Deseret: past 16 bits */
	{ 0x10ffff, 1, { 0x10ffff } },
	{ 0x110000, 1, { 0x110000 } }, /* no character */
	{ UINT32_MAX, 1, { UINT32_MAX } },
};

START_TEST(known_characters)
{
	uint32_t v[FOLD_VARIANTS];

	ck_assert_uint_eq(fold_variants(known[_i].cp, v), known[_i].count);
	for (size_t i = 0; i < known[_i].count; i++)
		ck_assert_uint_eq(v[i], known[_i].v[i]);
}
END_TEST

static size_t index_of(const uint32_t *v, size_t count, uint32_t cp)
{
	size_t i = 0;

	while (i < count && v[i] != cp)
		i++;
	return i;
}

/* Variants are one another's, fold to the same, and the fold is one of them. */
START_TEST(variants_agree)
{
	for (uint32_t cp = 0; cp <= LAST + 1; cp++) {
		uint32_t v[FOLD_VARIANTS], w[FOLD_VARIANTS];
		size_t count = fold_variants(cp, v);

		ck_assert_uint_eq(v[0], cp);
		ck_assert_uint_lt(index_of(v, count, fold(cp)), count);
		ck_assert_uint_eq(fold(fold(cp)), fold(cp));
		for (size_t i = 1; i < count; i++) {
			ck_assert_uint_eq(fold(v[i]), fold(cp));
			ck_assert_uint_eq(fold_variants(v[i], w), count);
			ck_assert_uint_lt(index_of(w, count, cp), count);
			ck_assert_uint_eq(index_of(v, i, v[i]), i);
		}
	}
}
END_TEST

/* All characters, one behind the other. */
struct all {
	char text[4 * (LAST + 1)];
	size_t len;
};

/* How many characters match this one without case; each must be in v. */
static size_t matches_of(uint32_t cp, const struct all *all, const uint32_t *v,
                         size_t count)
{
	char needle[4];
	int code;
	PCRE2_SIZE offset, from = 0;
	size_t found = 0;
	pcre2_code *re =
		pcre2_compile((PCRE2_SPTR)needle, text_encode(needle, cp),
	                      PCRE2_UTF | PCRE2_CASELESS | PCRE2_LITERAL, &code,
	                      &offset, NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);

	ck_assert_ptr_nonnull(re);
	ck_assert_ptr_nonnull(data);
	(void)pcre2_jit_compile(re, PCRE2_JIT_COMPLETE);
	while (pcre2_match(re, (PCRE2_SPTR)all->text, all->len, from,
	                   PCRE2_NO_UTF_CHECK, data, NULL) > 0) {
		PCRE2_SIZE at = pcre2_get_ovector_pointer(data)[0];
		uint32_t hit;

		from = pcre2_get_ovector_pointer(data)[1];
		ck_assert_uint_eq(text_decode(all->text + at, from - at, &hit),
		                  from - at);
		ck_assert_uint_lt(index_of(v, count, hit), count);
		found++;
	}
	pcre2_match_data_free(data);
	pcre2_code_free(re);
	return found;
}

START_TEST(folds_as_pcre2_does)
{
	static struct all all;
	uint64_t seed = random_seed();

	for (uint32_t cp = 0; cp <= LAST; cp++)
		all.len += text_encode(all.text + all.len, cp);
	for (size_t i = 0; i < cases(400); i++) {
		uint32_t v[FOLD_VARIANTS];
		uint32_t cp;
		size_t count;

		do {
			cp = (uint32_t)random_below(&seed,
			                            i % 2 ? LAST + 1 : 0x2000);
		} while (cp >= SURROGATES && cp < SURROGATES_END);
		count = fold_variants(cp, v);
		ck_assert_uint_eq(matches_of(cp, &all, v, count), count);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fold");
	TCase *tc = tcase_create("fold");

	tcase_set_timeout(tc, 0);
	tcase_add_loop_test(tc, known_characters, 0, (int)ARRAY_LEN(known));
	tcase_add_test(tc, variants_agree);
	tcase_add_test(tc, folds_as_pcre2_does);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
