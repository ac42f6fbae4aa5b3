/*
 * test_reader.c - tests of src/command/format.c and reader.c
 *
 * What each format writes is read back, in portions of any size; what other
 * programs write and read is compared where they are there; and a table of
 * texts says what is wrong with each.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/format.h"
#include "command/output.h"
#include "command/reader.h"
#include "tests/support.h"

enum { MOST = 4000 };

/* What came out of a reader: bytes by address from `base` on, -1 for none. */
static int got[MOST];
static uint64_t base;
static size_t got_count;

static bool take(void *arg, uint64_t addr, const unsigned char *bytes,
                 size_t len, struct error *err)
{
	(void)arg;
	(void)err;
	ck_assert(len > 0 && len <= READER_BYTES);
	for (size_t i = 0; i < len; i++) {
		if (addr + i - base >= MOST)
			continue;
		got[addr + i - base] = bytes[i];
	}
	got_count += len;
	return true;
}

/* Read a text in portions of at most `step` characters. */
static bool read_text(const char *format, const char *text, size_t len,
                      size_t step, struct error *err)
{
	struct reader *reader =
		reader_new(format_find(format), take, NULL, err);
	bool ok = true;

	ck_assert_ptr_nonnull(reader);
	for (size_t i = 0; i < MOST; i++)
		got[i] = -1;
	got_count = 0;
	for (size_t at = 0; ok && at < len; at += step)
		ok = reader_put(reader, text + at, size_min(step, len - at),
		                err);
	ok = ok && reader_end(reader, err);
	reader_free(reader);
	return ok;
}

static const char *const all[] = { "hex",    "c",    "python",
	                           "base64", "ihex", "srec" };

static bool has_addresses(const char *format)
{
	return format_flags(format_find(format)) & FORMAT_ADDRESS;
}

/* Write bytes, some of them left out, in portions. */
static void write_some(uint64_t *seed, const char *format, uint64_t start,
                       const int *bytes, size_t count, struct output *out)
{
	struct formatter f;

	output_init(out, false, NULL, NULL);
	format_begin(&f, format_find(format), out);
	for (size_t at = 0, n; at < count; at += n) {
		unsigned char portion[40];

		n = 1;
		if (bytes[at] < 0)
			continue;
		for (n = 0; at + n < count && bytes[at + n] >= 0 &&
		            n < sizeof(portion) && random_below(seed, 30) > 0;
		     n++)
			portion[n] = (unsigned char)bytes[at + n];
		format_put(&f, start + at, portion, n);
	}
	format_end(&f);
	ck_assert(!out->failed);
}

START_TEST(what_is_written_is_read_back)
{
	const char *format = all[_i];
	uint64_t seed = random_seed();
	static int bytes[MOST];
	struct output out;
	struct error err;

	for (size_t n = cases(200); n > 0; n--) {
		size_t count = random_below(&seed, 300);
		uint64_t start = has_addresses(format)
		                         ? random_below(&seed, 1 << 17)
		                         : 0;
		size_t at = 0;

		if (strcmp(format, "hex") == 0 && random_below(&seed, 2))
			start += UINT64_C(1) << (32 + random_below(&seed, 31));
		for (size_t i = 0; i < count; i++) {
			bytes[i] = (int)random_below(&seed, 256);
			if (random_below(&seed, 20) == 0)
				bytes[i] = -1;
		}
		write_some(&seed, format, start, bytes, count, &out);
		base = start;
		must(read_text(format, out.v ? out.v : "", out.len,
		               1 + random_below(&seed, 100), &err),
		     &err);
		for (size_t i = 0; i < count; i++) {
			if (has_addresses(format))
				ck_assert_int_eq(got[i], bytes[i]);
			else if (bytes[i] >= 0)
				ck_assert_int_eq(got[at++], bytes[i]);
		}
		output_free(&out);
	}
}
END_TEST

/* --- what others write --------------------------------------------------- */

static const struct {
	const char *format, *text;
	const char *want; /* the bytes from address 0 on; '.' for none */
} good[] = {
	{ "hex", "", "" },
	{ "hex", "\n  \n", "" },
	{ "hex", "00000000: 6162 63                                  abc\n",
	  "abc" },
	{ "hex", "00000000: 61 62 63 ff\r\n", "abc\377" },
	{ "hex", "0: 6162\n4: 65", "ab..e" },
	{ "hex",
	  "0000000: 61626364 65666768 696a6b6c 6d6e6f70  abcdefghijklmnop",
	  "abcdefghijklmnop" },
	/* A text that looks like digits. */
	{ "hex", "00000000: 6162                                     abcd\n",
	  "ab" },
	/* hexdump -C, with the length at its end. */
	{ "hex",
	  "00000000  61 62 63 64 65 66 67 68  69 6a                    "
	  "|abcdefghij|\n0000000a\n",
	  "abcdefghij" },
	/* xxd -p, and what copy-as hex gives. */
	{ "hex", "616263\n6465\n", "abcde" },
	{ "hex", "61 62 63", "abc" },
	{ "hex", "DEADBEEF", "\336\255\276\357" },
	/* od -A x -t x1; digits alone that look so, but for the address. */
	{ "hex", "000000 61 62\n000002 63\n000003\n", "abc" },
	{ "hex", "000000 61\n000001\n", "a" },
	{ "hex", "616263 64 65\n66", "abcdef" },
	{ "hex", "616263 64 65", "abcde" },
	{ "hex", "616263 64 65\n616264 66", "abcdeabdf" },
	/* od -A x -j 3, and from 16 on but one byte too far: no address. */
	{ "hex", "000003 61 62\n000005 63\n000006\n", "...abc" },
	{ "hex", "000003 61 62\n000005\n", "...ab" },
	{ "hex", "00000a 61 62\n\n00000c 63\n00000d\n", "..........abc" },
	{ "hex", "616263 64 65\n616266", "abcdeabf" },
	{ "hex", "000000 6162", "\0\0\0ab" },
	/* With blanks around, and one line of octal addresses. */
	{ "hex", "000003 61 62 \n000005 63\t\n 000006\n", "...abc" },
	{ "hex", " 000000 61\n\t000001 62 \r\n000002 \n", "ab" },
	{ "hex",
	  "0000000 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61\n0000020\n",
	  "aaaaaaaaaaaaaaaa" },
	{ "hex", "61626364 65666768\n", "abcdefgh" },
	{ "c", "{}", "" },
	{ "c",
	  "unsigned char a_txt[] = {\n  0x61, 0x62\n};\n"
	  "unsigned int a_txt_len = 2;\n",
	  "ab" },
	{ "c", "/* { */ x = { 97, 0142, 0X63U, /* 1, */ 100, // 2,\n 101 }",
	  "abcde" },
	{ "c", "{/**/97/***/}", "a" },
	{ "python", "b''", "" },
	{ "python", "data = (\n    b\"\\x61b\"\n    b'c'\n)\n", "abc" },
	{ "python", "x = B'\\n\\\\\\'\\101\\1\\0' # b'no'", "\n\\'A\1" },
	{ "python", "b'a\\\nb'", "ab" },
	{ "base64", "", "" },
	{ "base64", "YQ==", "a" },
	{ "base64", "YWI=\n", "ab" },
	{ "base64", "YW\r\n Jj", "abc" },
	{ "ihex", ":00000001FF\n", "" },
	{ "ihex",
	  ":020002006162"
	  "39\r\n\n:00000001FF",
	  "..ab" },
	/* An address beyond the first 64 KiB by 02, back to 0 by 04. */
	{ "ihex",
	  ":020000021000EC\n:01000000629D\n:020000040000FA\n:01000000619E\n"
	  ":00000001FF\n",
	  "a" },
	{ "ihex", ":0400000500000000F7\n:01000000619E\n:00000001FF", "a" },
	{ "srec", "S9030000FC", "" },
	{ "srec", "S00600004844521B\nS1040000619A\nS5030001FB\nS9030000FC",
	  "a" },
	{ "srec",
	  "S20500000161"
	  "98\nS306000000026295\nS70500000000FA\r\n",
	  ".ab" },
};

START_TEST(reads_what_others_write)
{
	size_t len = strlen(good[_i].want);
	struct error err;

	base = 0;
	must(read_text(good[_i].format, good[_i].text, strlen(good[_i].text), 1,
	               &err),
	     &err);
	for (size_t i = 0; i < len; i++) {
		int want = (unsigned char)good[_i].want[i];

		ck_assert_int_eq(got[i], want == '.' ? -1 : want);
	}
	ck_assert_int_le(got[len], 0); /* a NUL cannot stand in the row */
}
END_TEST

static const struct {
	const char *format, *text, *error;
} bad[] = {
	{ "hex", "0: 61\n1: 6", "line 2: a hex digit without its second one" },
	{ "hex", "0: 6g", "line 1: a hex digit without its second one" },
	{ "hex", "0: gg", "line 1: 'g' is no hex digit" },
	{ "hex", "0000000000  61 ?? --", "line 1: '?' is no hex digit" },
	{ "hex", "0: 61\n*\n10: 61",
	  "line 2: lines are left out here (hexdump -v, and xxd without -a, "
	  "write all)" },
	{ "hex", "0: 61\n62\n", "line 2: an address is expected" },
	{ "hex", "0000000 61 62\n0000020 63\n",
	  "line 2: the address does not follow (od writes hex ones with -A "
	  "x)" },
	/* od -j 16, od -A d -j 16, and one with hex addresses too big. */
	{ "hex", "0000020 61 62 63\n0000023\n",
	  "line 1: are the addresses hex, octal or decimal ones? (od writes "
	  "hex ones with -A x; xxd puts a ':' behind them)" },
	{ "hex", "0000016 61 62 63\n0000019\n",
	  "line 1: are the addresses hex, octal or decimal ones? (od writes "
	  "hex ones with -A x; xxd puts a ':' behind them)" },
	{ "hex", "0000050 61 62\n0000060 63\n",
	  "line 1: are the addresses hex ones? (od writes them so with -A x, "
	  "and xxd always)" },
	{ "hex", "fffffffffffffffe 61\nffffffffffffffff\n",
	  "line 1: the address is too big" },
	/* Words: od -t x2, x4, from another address, with blanks. */
	{ "hex", "000000 6261 6463\n000004\n",
	  "line 1: these are words (od writes bytes with -t x1)" },
	{ "hex", "000010 64636261 68676665 \n000018 6261\n",
	  "line 1: these are words (od writes bytes with -t x1)" },
	/* Lines are missing before the end. */
	{ "hex", "000000 61 62\n000010\n",
	  "line 2: the address does not follow: lines are missing before "
	  "it" },
	{ "hex", "000004 61\n000005 62\n000010\n",
	  "line 3: the address does not follow: lines are missing before "
	  "it" },
	{ "hex", "000003 61\n000004 62\n000006 63",
	  "line 3: the address does not follow (od writes hex ones with -A "
	  "x)" },
	{ "hex", "000003 61\n*\n",
	  "line 2: lines are left out here (hexdump -v, and xxd without -a, "
	  "write all)" },
	{ "hex", "11112222333344445: 61", "line 1: the address is too long" },
	{ "hex", "fffffffffffffffe: 61", "line 1: the address is too big" },
	{ "hex", "fffffffffffffffd: 6162", "line 1: the address is too big" },
	{ "c", "", "line 1: there is no list in braces" },
	{ "c", "a\n{ 1,\n", "line 3: the brace is not closed" },
	{ "c", "{1}{2}", "line 1: a second list in braces" },
	{ "c", "{256}", "line 1: '256' is no number 0..255" },
	{ "c", "{08}", "line 1: '08' is no number 0..255" },
	{ "c", "{0x}", "line 1: '0x' is no number 0..255" },
	{ "c", "{1 2}", "line 1: '2' is not expected here" },
	{ "c", "{,1}", "line 1: ',' is not expected here" },
	{ "c", "{1,,2}", "line 1: ',' is not expected here" },
	{ "c", "{1 / 2}", "line 1: '/' is not expected here" },
	{ "c", "{'a'}", "line 1: ''' is not expected here" },
	{ "c", "{000000001}", "line 1: a number is too long" },
	{ "python", "x = 5", "line 1: there is no literal b\"..\"" },
	{ "python", "'a'", "line 1: a literal that is not b\"..\"" },
	{ "python", "br'a'", "line 1: a literal that is not b\"..\"" },
	{ "python", "b\"\"\"a\"\"\"", "line 1: a literal that is not b\"..\"" },
	{ "python", "b'a", "line 1: the literal is not closed" },
	{ "python", "b'a\n'", "line 1: the literal is not closed" },
	{ "python", "b'\\q'", "line 1: an escape that is not known" },
	{ "python", "b'\\x1'", "line 1: \\x wants two hex digits" },
	{ "python", "b'\\400'", "line 1: an escape above \\377" },
	{ "python", "b'\303'", "line 1: a bytes literal has ASCII only" },
	{ "base64", "Y", "line 1: it ends within a group of four" },
	{ "base64", "YQ=", "line 1: it ends within a group of four" },
	{ "base64", "YQ==\nYQ==", "line 2: something stands behind the end" },
	{ "base64", "Y===", "line 1: '=' is not expected in base64" },
	{ "base64", "YQ=a", "line 1: 'a' is not expected in base64" },
	{ "base64", "YW-j", "line 1: '-' is not expected in base64" },
	{ "base64", "YR==", "line 1: bits are left over at the end" },
	{ "ihex", "", "line 1: the end record is missing" },
	{ "ihex", "x", "line 1: a record begins with ':'" },
	{ "ihex", ":0", "line 1: the record has 1 digits" },
	{ "ihex", ":00", "line 1: the record has 0 bytes and says 0" },
	{ "ihex",
	  ":0200000061"
	  "9D",
	  "line 1: the record has 1 bytes and says 2" },
	{ "ihex", ":0g", "line 1: what is no hex digit in a record" },
	{ "ihex", ":01000000619F", "line 1: the checksum is 9F, not 9E" },
	{ "ihex",
	  ":02FFFF00616"
	  "23D",
	  "line 1: the record passes the end of its 64 KiB" },
	{ "ihex", ":00000006FA", "line 1: unknown record type 06" },
	{ "ihex", ":0100000400FB", "line 1: an address record of 1 bytes" },
	{ "ihex", ":0100000500FA", "line 1: a start record of 1 bytes" },
	{ "ihex",
	  ":0100000161"
	  "9D",
	  "line 1: an end record with data" },
	{ "ihex", ":00000001FF\n:00000001FF",
	  "line 2: something stands behind the end record" },
	{ "srec", "", "line 1: the end record is missing" },
	{ "srec", "S4", "line 1: a record begins with S0 to S9" },
	{ "srec", "X", "line 1: a record begins with S0 to S9" },
	{ "srec", "S1040000619B", "line 1: the checksum is 9B, not 9A" },
	{ "srec", "S1050000619A", "line 1: the record has 5 bytes and says 6" },
	{ "srec", "S1020000", "line 1: the record has 3 bytes and says 3" },
	{ "srec", "S5030001FB", "line 1: 0 data records, not 1" },
	{ "srec", "S307FFFFFFFF616239",
	  "line 1: the record passes the end of 4 GiB" },
	{ "srec", "S9030000FC\nS9030000FC",
	  "line 2: something stands behind the end record" },
};

START_TEST(says_what_is_wrong)
{
	struct error err;

	base = 0;
	ck_assert(!read_text(bad[_i].format, bad[_i].text, strlen(bad[_i].text),
	                     3, &err));
	ck_assert_str_eq(err.text, bad[_i].error);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
}
END_TEST

START_TEST(lines_have_an_end)
{
	static char text[20000];
	struct error err;

	memset(text, 'A', sizeof(text));
	ck_assert(!read_text("srec", text, sizeof(text), 4096, &err));
	ck_assert_str_eq(err.text, "line 1: the line is too long");
	memcpy(text, "0: 61", 5);
	ck_assert(!read_text("hex", text, sizeof(text), 4096, &err));
	ck_assert_str_eq(err.text, "line 1: the line is too long");
	memcpy(text, "AAAAA", 5);
	/* Not where characters are read one by one. */
	must(read_text("base64", text, sizeof(text), 4096, &err), &err);
	ck_assert_uint_eq(got_count, sizeof(text) / 4 * 3);
}
END_TEST

/* Digits alone are not cut within a byte, whatever stands between them. */
START_TEST(digits_in_one_line)
{
	static const char *const blanks[] = { "", " ", "  ", "\t" };
	static char text[100000];
	size_t len = 40000;
	struct error err;

	memset(text, '0', len);
	for (size_t i = 0; i < MOST; i++)
		len += (size_t)snprintf(text + len, 10, "%02x%s",
		                        (unsigned)(i & 255), blanks[_i]);
	base = 20000;
	must(read_text("hex", text, len, 4096, &err), &err);
	ck_assert_uint_eq(got_count, 20000 + MOST);
	for (size_t i = 0; i < MOST; i++)
		ck_assert_int_eq(got[i], (int)(i & 255));
	ck_assert(!read_text("hex", text, 39999, 77, &err));
	ck_assert_str_eq(err.text, "line 1: a hex digit without its second "
	                           "one");
}
END_TEST

/* A line of od that is too long, first, second, or from another address on. */
START_TEST(long_lines_of_od)
{
	static const char *const starts[] = { "000000", "000000 61\n000001",
		                              "616263", "000003 61\n000004" };
	static char text[20000];
	size_t len = 0;
	struct error err;

	len = (size_t)snprintf(text, sizeof(text), "%s", starts[_i]);
	while (len < sizeof(text) - 4)
		len += (size_t)snprintf(text + len, 4, " %02x", 0x61);
	ck_assert(!read_text("hex", text, len, 4096, &err));
	ck_assert_str_eq(err.text, _i % 2 ? "line 2: the line is too long"
	                                  : "line 1: the line is too long");
}
END_TEST

/* Any change of a character in a record is seen, but for one in the case of a
   digit. */
START_TEST(no_change_of_a_record_goes_unseen)
{
	static const char ihex[] =
		":10010000214601360121470136007EFE09D2190140";
	static const char srec[] = "S1137AF00A0A0D0000000000000000000000000061";
	uint64_t seed = random_seed();

	for (size_t n = cases(3000); n > 0; n--) {
		bool is_ihex = random_below(&seed, 2);
		char line[100];
		struct error err;
		size_t at;
		char was;

		snprintf(line, sizeof(line), "%s\n%s", is_ihex ? ihex : srec,
		         is_ihex ? ":00000001FF" : "S9030000FC");
		at = random_below(&seed, strcspn(line, "\n"));
		was = line[at];
		line[at] = "0123456789ABCDEFXS:\t"[random_below(&seed, 20)];
		/* The type of an S-record is not in its checksum. */
		if (line[at] == was || (!is_ihex && at == 1))
			continue;
		ck_assert_msg(!read_text(is_ihex ? "ihex" : "srec", line,
		                         strlen(line), 100, &err),
		              "%s", line);
	}
}
END_TEST

START_TEST(memory_runs_out)
{
	struct error err;

	mem_fail_after(0);
	ck_assert_ptr_null(reader_new(format_find("hex"), take, NULL, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
}
END_TEST

/* --- other programs ------------------------------------------------------ */

static const struct {
	const char *format, *program, *command;
} peers[] = {
	{ "hex", "xxd", "xxd -r x.hex" },
	{ "c", "cc",
	  "{ cat x.c; echo '#include <stdio.h>'; echo 'int main(void) { "
	  "fwrite(data, 1, sizeof(data), stdout); return 0; }'; } >y.c && cc "
	  "-w -o y.prog y.c && ./y.prog" },
	{ "python", "python3",
	  "{ cat x.python; echo 'import sys; sys.stdout.buffer.write(data)'; } "
	  "| python3 -" },
	{ "base64", "base64", "base64 -d x.base64" },
	{ "ihex", "objcopy", "objcopy -I ihex -O binary x.ihex y && cat y" },
	{ "srec", "objcopy", "objcopy -I srec -O binary x.srec y && cat y" },
	{ "ihex", "srec_cat", "srec_cat x.ihex -intel -o - -binary" },
	{ "srec", "srec_cat", "srec_cat x.srec -o - -binary" },
};

static bool has(const char *program)
{
	char line[100];

	snprintf(line, sizeof(line), "command -v %s >/dev/null 2>&1", program);
	return system(line) == 0;
}

static size_t run(const char *command, unsigned char *dst, size_t room)
{
	FILE *f = popen(command, "r");
	size_t n = fread(dst, 1, room, f);

	ck_assert_int_eq(pclose(f), 0);
	return n;
}

START_TEST(others_read_what_is_written)
{
	unsigned char bytes[1000], back[2000];
	struct formatter f;
	struct output out;
	char name[40];

	if (!has(peers[_i].program)) {
		printf("skipped: %s is not there\n", peers[_i].program);
		return;
	}
	ck_assert_int_eq(chdir(scratch()), 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * i + i / 7);
	output_init(&out, false, NULL, NULL);
	format_begin(&f, format_find(peers[_i].format), &out);
	format_put(&f, 0, bytes, sizeof(bytes));
	format_end(&f);
	snprintf(name, sizeof(name), "x.%s", peers[_i].format);
	free(scratch_file(name, out.v, out.len));
	output_free(&out);
	ck_assert_uint_eq(run(peers[_i].command, back, sizeof(back)),
	                  sizeof(bytes));
	ck_assert_int_eq(memcmp(back, bytes, sizeof(bytes)), 0);
}
END_TEST

/* And what they write is read. */
static const struct {
	const char *format, *program, *command;
} writers[] = {
	{ "hex", "xxd", "xxd x" },
	{ "hex", "xxd", "xxd -g 1 -c 7 x" },
	{ "hex", "xxd", "xxd -u -g 4 -c 32 x" },
	{ "hex", "xxd", "xxd -p x" },
	{ "c", "xxd", "xxd -i x" },
	{ "hex", "hexdump", "hexdump -Cv x" },
	{ "hex", "od", "od -A x -t x1 -v x" },
	{ "base64", "base64", "base64 x" },
	{ "base64", "base64", "base64 -w 0 x" },
	{ "ihex", "objcopy", "objcopy -I binary -O ihex x y && cat y" },
	{ "srec", "objcopy", "objcopy -I binary -O srec x y && cat y" },
	{ "ihex", "srec_cat", "srec_cat x -binary -o - -intel" },
	{ "srec", "srec_cat", "srec_cat x -binary -o - -motorola" },
	{ "python", "python3",
	  "python3 -c 'print(repr(open(\"x\", \"rb\").read()))'" },
};

START_TEST(what_others_write_is_read)
{
	static unsigned char text[20000];
	unsigned char bytes[1000];
	struct error err;
	size_t len;

	if (!has(writers[_i].program)) {
		printf("skipped: %s is not there\n", writers[_i].program);
		return;
	}
	ck_assert_int_eq(chdir(scratch()), 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * i + i / 7);
	free(scratch_file("x", bytes, sizeof(bytes)));
	len = run(writers[_i].command, text, sizeof(text));
	base = 0;
	must(read_text(writers[_i].format, (const char *)text, len, 100, &err),
	     &err);
	ck_assert_uint_eq(got_count, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		ck_assert_int_eq(got[i], bytes[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader");
	TCase *tc = tcase_create("reader");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_is_written_is_read_back, 0,
	                    ARRAY_LEN(all));
	tcase_add_loop_test(tc, reads_what_others_write, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, says_what_is_wrong, 0, ARRAY_LEN(bad));
	tcase_add_test(tc, lines_have_an_end);
	tcase_add_loop_test(tc, digits_in_one_line, 0, 4);
	tcase_add_loop_test(tc, long_lines_of_od, 0, 4);
	tcase_add_test(tc, no_change_of_a_record_goes_unseen);
	tcase_add_test(tc, memory_runs_out);
	tcase_add_loop_test(tc, others_read_what_is_written, 0,
	                    ARRAY_LEN(peers));
	tcase_add_loop_test(tc, what_others_write_is_read, 0,
	                    ARRAY_LEN(writers));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
