/*
 * test_digest.c - tests of src/study/digest.c and its families
 *
 * The values are those of the standards (RFC 1321, FIPS 180-4, FIPS 202, RFC
 * 7693), of the XXH3 reference, and of the "check" of CRC catalogues.
 */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "base/library.h"
#include "base/mem.h"
#include "study/digest.h"
#include "study/digest_impl.h"
#include "tests/support.h"

struct vector {
	const char *name, *text, *digest;
};

static const struct vector vectors[] = {
	{ "md5", "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "md5", "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ "sha1", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ "SHA-1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "sha224", "abc",
	  "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
	{ "sha256", "",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "sha-256", "abc",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "sha384", "abc",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ "SHA512", "abc",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "sha3-224", "abc",
	  "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf" },
	{ "sha3-256", "",
	  "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
	{ "sha3-256", "abc",
	  "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
	{ "sha3-384", "abc",
	  "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
	  "98d88cea927ac7f539f1edf228376d25" },
	{ "sha3-512", "abc",
	  "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
	  "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
	{ "blake2b", "abc",
	  "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	  "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923" },
	{ "blake2b512", "",
	  "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
	  "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce" },
	{ "blake2s", "abc",
	  "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982" },
	{ "crc32", "", "00000000" },
	{ "crc32", "123456789", "cbf43926" },
	{ "crc32c", "123456789", "e3069283" },
	{ "xxh3", "", "2d06800538d394c2" },
	{ "xxh3", "abc", "78af5f94892f3950" },
	{ "xxh128", "", "99aa06d3014798d86001c324468d497f" },
	{ "xxh3-128", "abc", "06b05ab6733a618578af5f94892f3950" },
};

static char *end_text(struct digest *d, const struct algorithm *a,
                      char dst[static DIGEST_TEXT])
{
	unsigned char bytes[DIGEST_MAX];
	struct error err;

	must(digest_end(d, bytes, &err), &err);
	return digest_text(bytes, algorithm_size(a), dst);
}

static struct digest *make(const struct algorithm *a)
{
	struct error err;
	struct digest *d = digest_new(a, &err);

	must(d != NULL, &err);
	return d;
}

static bool is_built(const char *name)
{
	(void)name;
#ifndef HAVE_CRYPTO
	if (!strstr(name, "crc") && !strstr(name, "xxh"))
		return false;
#endif
#ifndef HAVE_XXHASH
	if (strstr(name, "xxh"))
		return false;
#endif
	return true;
}

START_TEST(known_values)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct vector *v = &vectors[i];
		const struct algorithm *a = algorithm_find(v->name);
		char text[DIGEST_TEXT];
		struct digest *d;

		ck_assert_msg(a != NULL, "%s", v->name);
		if (!is_built(v->name))
			continue;
		d = make(a);
		digest_add(d, v->text, strlen(v->text));
		ck_assert_str_eq(end_text(d, a, text), v->digest);
		/* It begins anew. */
		digest_add(d, v->text, strlen(v->text));
		ck_assert_str_eq(end_text(d, a, text), v->digest);
		digest_free(d);
	}
}
END_TEST

START_TEST(every_algorithm_has_a_value_here)
{
	for (size_t k = 0; algorithm_at(k); k++) {
		const char *name = algorithm_name(algorithm_at(k));
		bool seen = false;

		for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
			seen = seen || algorithm_find(vectors[i].name) ==
			                       algorithm_at(k);
		ck_assert_msg(seen, "%s", name);
		ck_assert_msg(strstr(algorithm_names(), name), "%s", name);
		ck_assert_uint_le(algorithm_size(algorithm_at(k)), DIGEST_MAX);
		ck_assert_uint_lt(k, ALGORITHMS_MAX);
	}
	ck_assert_ptr_null(algorithm_find("sha"));
	ck_assert_ptr_null(algorithm_find(""));
}
END_TEST

/* However the bytes come, the digest is the same: 0 to a few blocks of each
   algorithm, cut at random. */
START_TEST(cuts_do_not_matter)
{
	static unsigned char bytes[1000];
	uint64_t seed = random_seed();

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)random_u64(&seed);
	for (size_t n = cases(100); n > 0; n--) {
		size_t len = random_below(&seed, sizeof(bytes) + 1);

		for (size_t k = 0; algorithm_at(k); k++) {
			const struct algorithm *a = algorithm_at(k);
			char whole[DIGEST_TEXT], cut[DIGEST_TEXT];
			struct digest *d;
			size_t part;

			if (!is_built(algorithm_name(a)))
				continue;
			d = make(a);
			digest_add(d, bytes, len);
			end_text(d, a, whole);
			for (size_t at = 0; at < len; at += part) {
				part = 1 + random_below(&seed, len - at);
				digest_add(d, bytes + at, part);
			}
			ck_assert_str_eq(end_text(d, a, cut), whole);
			digest_free(d);
		}
	}
}
END_TEST

START_TEST(text_and_back)
{
	const unsigned char bytes[] = { 0x00, 0x9a, 0xff };
	unsigned char back[3];
	char text[DIGEST_TEXT];

	ck_assert_str_eq(digest_text(bytes, 3, text), "009aff");
	ck_assert(digest_parse("009AfF", 6, back, 3));
	ck_assert_mem_eq(back, bytes, 3);
	ck_assert(!digest_parse("009aff", 6, back, 2)); /* too long */
	ck_assert(!digest_parse("009af", 5, back, 3));  /* a digit short */
	ck_assert(!digest_parse("009afg", 6, back, 3)); /* no digit */
	ck_assert(!digest_parse("0x9aff", 6, back, 3));
}
END_TEST

/* The loader finds no such library: what needs it says so, all else works. */
static void check_absent(const char *file, const char *algorithm,
                         const char *want)
{
	struct error err;

	library_hide(file);
	ck_assert_ptr_null(digest_new(algorithm_find(algorithm), &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_str_eq(err.text, want);
	digest_free(make(algorithm_find("crc32")));
	library_hide(NULL);
}

START_TEST(absent_libraries)
{
	char line[DIGEST_LIBRARY];

	if (is_built("md5")) {
		check_absent("libcrypto.so.3", "md5",
		             "md5: OpenSSL is not here (libcrypto.so.3)");
		ck_assert_ptr_nonnull(
			strstr(digest_library(0, line), "OpenSSL 3."));
	}
	if (is_built("xxh3")) {
		check_absent("libxxhash.so.0", "xxh3",
		             "xxh3: xxhash is not here (libxxhash.so.0)");
		ck_assert_ptr_nonnull(
			strstr(digest_library(1, line), "xxhash 0."));
		library_hide("libxxhash.so.0");
		ck_assert_str_eq(digest_library(1, line),
		                 "xxhash is not here (libxxhash.so.0)");
		library_hide(NULL);
	}
	ck_assert_ptr_null(digest_library(2, line));
}
END_TEST

START_TEST(families_that_were_not_built_in)
{
	static const struct digest_family family = { .library = "libnone" };
	static const struct algorithm algorithm = { "none", NULL, 4, &family,
		                                    "" };
	struct error err;

	ck_assert_ptr_null(digest_new(&algorithm, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_str_eq(err.text, "none: built without libnone");
}
END_TEST

START_TEST(library_that_lacks_a_function)
{
	void (*keep)(void) = NULL;
	const struct library_symbol symbol = { "no_such_function", &keep };
	struct error err;

	ck_assert_ptr_null(library_open("libc.so.6", "C", &symbol, 1, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(keep == NULL);
}
END_TEST

START_TEST(memory_runs_out)
{
	for (size_t k = 0; algorithm_at(k); k++) {
		if (!is_built(algorithm_name(algorithm_at(k))))
			continue;
		for (long n = 0;; n++) {
			struct error err;
			struct digest *d;

			mem_fail_after(n);
			d = digest_new(algorithm_at(k), &err);
			mem_fail_after(-1);
			digest_free(d);
			if (d)
				break;
			ck_assert_int_eq(err.code, ERR_NOMEM);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("digest");
	TCase *tc = tcase_create("digest");

	tcase_add_test(tc, known_values);
	tcase_add_test(tc, every_algorithm_has_a_value_here);
	tcase_add_test(tc, cuts_do_not_matter);
	tcase_add_test(tc, text_and_back);
	tcase_add_test(tc, absent_libraries);
	tcase_add_test(tc, families_that_were_not_built_in);
	tcase_add_test(tc, library_that_lacks_a_function);
	tcase_add_test(tc, memory_runs_out);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
