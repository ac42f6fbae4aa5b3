/*
 * test_print.c - tests of src/command/print.c
 *
 * A space of data, holes, gaps and bad bytes is painted into a model by hand.
 * hex is rendered a second time from the model; what the other forms print is
 * read back by decoders that are strict about every character.
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum {
	DATA = 300, /* bytes of the file "data" */
	GAP = 7,
	HOLEY = 200, /* of "holey": 96 of a hole, 104 of data */
	HOLE = 96,
	EDGES = 536, /* of "edges": 12, 512 bad ones, 12 */
	SIZE = DATA + GAP + HOLEY + EDGES,
	OUTPUT = 1 << 16,
};

static struct trial t;
static uint64_t base; /* address of model[0] */

/* The model: a value, or one of these. */
enum { NO_FILE = 256, UNREADABLE };
static int model[SIZE];

/* --- the space ----------------------------------------------------------- */

static unsigned char data_byte(size_t i)
{
	static const char text[] =
		"\303\251\342\202\254\360\237\230\200\\x4a\t\n"
		"\033[m\\\377\302";

	if (i < 64)
		return (unsigned char)text[i % (sizeof(text) - 1)];
	return (unsigned char)(i * 37);
}

static void make_files(void)
{
	unsigned char bytes[1536];
	size_t at = 0;
	int fd;

	for (size_t i = 0; i < DATA; i++)
		bytes[i] = data_byte(i), model[at++] = bytes[i];
	trial_file("data", bytes, DATA);
	for (size_t i = 0; i < GAP; i++)
		model[at++] = NO_FILE;
	for (size_t i = 0; i < HOLEY; i++)
		model[at++] = i < HOLE ? 0 : (int)(i ^ 0x55);
	for (size_t i = HOLE; i < HOLEY; i++)
		bytes[i - HOLE] = (unsigned char)(i ^ 0x55);
	trial_file("holey", "", 0);
	fd = open("holey", O_WRONLY);
	ck_assert_int_eq(pwrite(fd, bytes, HOLEY - HOLE, 4096), HOLEY - HOLE);
	close(fd);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(200 - i % 100);
	trial_file("edges", bytes, sizeof(bytes));
	for (size_t i = 500; i < 1036; i++)
		model[at++] = i >= 512 && i < 1024 ? UNREADABLE : bytes[i];
	ck_assert_uint_eq(at, SIZE);
}

static void begin_at(const char *where)
{
	char first[64];
	const char *const inputs[] = { first, "gap:7",
		                       "holey skip 4000 size 200",
		                       "edges skip 500 size 536", NULL };

	ck_assert_int_eq(chdir(scratch()), 0);
	make_files();
	snprintf(first, sizeof(first), "data at %s", where);
	trial_begin(&t, inputs);
	faults_bad(512, 512, false);
	base = strtoull(where, NULL, 0);
}

static void setup(void)
{
	begin_at("0");
}

static void teardown(void)
{
	trial_end(&t);
}

/* Print the range of the model in a form, and give what came out. */
static const char *print(size_t from, size_t to, const char *words, size_t *len)
{
	char line[128];

	snprintf(line, sizeof(line), "0x%" PRIx64 ",0x%" PRIx64 " print %s",
	         base + from, base + to, words);
	trial_must(&t, line);
	return trial_output(&t, len);
}

/* --- what is expected of a form ------------------------------------------ */

struct expected {
	uint64_t addr[SIZE];
	unsigned char byte[SIZE];
	size_t count, skipped;
};

enum unreadable { STOP, SKIP, FILL };

static const char *const words_of[] = {
	[STOP] = "",
	[SKIP] = " --unreadable=skip",
	[FILL] = " --unreadable=fill:{aabbcc}",
};

static struct expected *expect(size_t from, size_t to, enum unreadable how)
{
	static const unsigned char fill[] = { 0xaa, 0xbb, 0xcc };
	static struct expected e;

	e.count = e.skipped = 0;
	for (size_t i = from; i < to; i++) {
		bool has = model[i] < 256;

		e.skipped += !has;
		if (!has && how == STOP)
			break;
		if (!has && how == SKIP)
			continue;
		e.addr[e.count] = base + i;
		e.byte[e.count++] = has ? (unsigned char)model[i]
		                        : fill[(i - from) % sizeof(fill)];
	}
	return &e;
}

/* A reader of one output. */
struct reader {
	const char *at, *end;
	const struct expected *want;
	size_t next; /* of want */
};

static void take(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	ck_assert_uint_ge((size_t)(r->end - r->at), n);
	ck_assert_msg(memcmp(r->at, text, n) == 0, "%.*s instead of %s", (int)n,
	              r->at, text);
	r->at += n;
}

static bool taken(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
		return false;
	r->at += n;
	return true;
}

/* A number of exactly so many digits. */
static uint64_t take_number(struct reader *r, size_t digits, int radix)
{
	char text[32];
	char *end;
	uint64_t n;

	ck_assert_uint_ge((size_t)(r->end - r->at), digits);
	memcpy(text, r->at, digits);
	text[digits] = '\0';
	n = strtoull(text, &end, radix);
	ck_assert_ptr_eq(end, text + digits);
	r->at += digits;
	return n;
}

static void take_byte(struct reader *r, unsigned byte)
{
	ck_assert_uint_lt(r->next, r->want->count);
	ck_assert_uint_eq(byte, r->want->byte[r->next]);
	r->next++;
}

static void take_addr(const struct reader *r, uint64_t addr)
{
	ck_assert_uint_lt(r->next, r->want->count);
	ck_assert_uint_eq(addr, r->want->addr[r->next]);
}

static size_t left(const struct reader *r)
{
	return r->want->count - r->next;
}

/* How many bytes may stand on a line that begins here and ends where a multiple
   of 16 does, or addresses jump. */
static size_t row_length(const struct reader *r)
{
	const uint64_t *addr = r->want->addr + r->next;
	size_t n = 1;

	while (n < left(r) && addr[n] == addr[0] + n && addr[n] % 16 != 0)
		n++;
	return n;
}

/* --- decoders ------------------------------------------------------------ */

static void read_raw(struct reader *r)
{
	while (left(r))
		take_byte(r, (unsigned char)*r->at++);
}

/* What is between newlines and tabs, made safe. */
static void read_text(struct reader *r)
{
	const unsigned char *p = r->want->byte;
	const unsigned char *end = p + r->want->count;
	char safe[4 * SIZE + 1];

	while (p < end) {
		size_t n = 0;

		while (p + n < end && p[n] != '\n' && p[n] != '\t')
			n++;
		text_safe(safe, sizeof(safe), p, n);
		take(r, safe);
		p += n;
		if (p < end)
			take(r, *p++ == '\n' ? "\n" : "\t");
	}
	take(r, "\n");
	r->next = r->want->count;
}

static void read_dec(struct reader *r)
{
	while (left(r)) {
		size_t n = row_length(r);
		size_t digits = strspn(r->at, "0123456789");

		ck_assert_uint_ge(digits, 10);
		take_addr(r, take_number(r, digits, 10));
		take(r, " ");
		for (; n > 0; n--) {
			take(r, " ");
			while (*r->at == ' ')
				r->at++;
			take_byte(r, (unsigned)take_number(r,
			                                   strspn(r->at,
			                                          "0123456789"),
			                                   10));
		}
		take(r, "\n");
	}
}

static void read_c(struct reader *r)
{
	take(r, "static const unsigned char data[] = {\n");
	while (left(r)) {
		size_t n = left(r) < 12 ? left(r) : 12;

		for (size_t i = 0; i < n; i++) {
			take(r, i ? " 0x" : "\t0x");
			take_byte(r, (unsigned)take_number(r, 2, 16));
			take(r, ",");
		}
		take(r, "\n");
	}
	take(r, "};\n");
}

static void read_python(struct reader *r)
{
	take(r, "data = (\n");
	if (left(r) == 0)
		take(r, "    b\"\"\n");
	while (left(r)) {
		size_t n = left(r) < 12 ? left(r) : 12;

		take(r, "    b\"");
		for (size_t i = 0; i < n; i++) {
			take(r, "\\x");
			take_byte(r, (unsigned)take_number(r, 2, 16));
		}
		take(r, "\"\n");
	}
	take(r, ")\n");
}

static unsigned sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0') + 52;
	ck_assert(c == '+' || c == '/');
	return c == '+' ? 62 : 63;
}

/* RFC 4648, lines of 76 as in RFC 2045. */
static void read_base64(struct reader *r)
{
	size_t column = 0;

	while (left(r)) {
		size_t n = left(r) < 3 ? left(r) : 3;
		unsigned v = 0;

		for (size_t i = 0; i < 4; i++) {
			char c = *r->at++;

			ck_assert_int_eq(c == '=', i > n);
			v = v << 6 | (c == '=' ? 0 : sextet(c));
		}
		/* No bits are set that mean nothing. */
		ck_assert_uint_eq(v & ((1u << (24 - 8 * n)) - 1), 0);
		for (size_t i = 0; i < n; i++)
			take_byte(r, v >> (16 - 8 * i) & 0xff);
		column += 4;
		if (column == 76 || left(r) == 0) {
			take(r, "\n");
			column = 0;
		}
	}
}

/* The bytes of a record in hex, with their sum. */
static size_t take_record(struct reader *r, unsigned char *bytes, unsigned *sum)
{
	size_t n = 0;

	*sum = 0;
	while (*r->at != '\n') {
		ck_assert_uint_lt(n, 32);
		ck_assert(!strpbrk((char[]){ r->at[0], r->at[1], '\0' },
		                   "abcdef"));
		bytes[n] = (unsigned char)take_number(r, 2, 16);
		*sum += bytes[n++];
	}
	take(r, "\n");
	return n;
}

static void read_ihex(struct reader *r)
{
	uint64_t upper = 0;

	while (!taken(r, ":00000001FF\n")) {
		unsigned char b[32];
		unsigned sum;
		size_t n;

		take(r, ":");
		n = take_record(r, b, &sum);
		ck_assert_uint_eq(sum & 0xff, 0);
		ck_assert_uint_eq(n, b[0] + 5u);
		if (b[3] == 4) {
			ck_assert_uint_eq(b[0], 2);
			upper = (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16;
			continue;
		}
		ck_assert_uint_eq(b[3], 0);
		ck_assert_uint_eq(b[0], row_length(r));
		take_addr(r, upper | (uint64_t)b[1] << 8 | b[2]);
		for (size_t i = 0; i < b[0]; i++)
			take_byte(r, b[4 + i]);
	}
}

static void read_srec(struct reader *r)
{
	while (!taken(r, "S70500000000FA\n")) {
		unsigned char b[32];
		unsigned sum;
		size_t n;

		take(r, "S3");
		n = take_record(r, b, &sum);
		ck_assert_uint_eq(sum & 0xff, 0xff);
		ck_assert_uint_eq(n, b[0] + 1u);
		ck_assert_uint_eq(b[0], row_length(r) + 5);
		take_addr(r, (uint64_t)b[1] << 24 | (uint64_t)b[2] << 16 |
		                     (uint64_t)b[3] << 8 | b[4]);
		for (size_t i = 5; i < n - 1; i++)
			take_byte(r, b[i]);
	}
}

static const struct {
	const char *name;
	void (*read)(struct reader *r);
} forms[] = {
	{ "raw", read_raw },       { "text", read_text },
	{ "dec", read_dec },       { "c", read_c },
	{ "python", read_python }, { "base64", read_base64 },
	{ "ihex", read_ihex },     { "srec", read_srec },
};

/* Run a decoder over an output: all of it, and all bytes. */
static void decode(size_t form, const char *text, size_t len,
                   const struct expected *want)
{
	struct reader r = { .at = text, .end = text + len, .want = want };

	forms[form].read(&r);
	ck_assert_uint_eq(left(&r), 0);
	ck_assert_ptr_eq(r.at, r.end);
}

/* A range of at least one byte. */
static void random_range(uint64_t *random, size_t most, size_t *from,
                         size_t *to)
{
	*from = (size_t)random_below(random, most);
	*to = *from + 1 + (size_t)random_below(random, most - *from);
}

/* Ranges without unreadable bytes, and with them, skipped and filled. */
START_TEST(forms_can_be_read_back)
{
	uint64_t random = random_seed();

	for (size_t n = cases(300); n > 0; n--) {
		enum unreadable how = (enum unreadable)random_below(&random, 3);
		char words[64];
		size_t from, to, len;
		struct expected *want;
		const char *text;

		random_range(&random, how == STOP ? DATA : SIZE, &from, &to);
		snprintf(words, sizeof(words), "%s%s", forms[_i].name,
		         words_of[how]);
		want = expect(from, to, how);
		t.said_count = 0;
		text = print(from, to, words, &len);
		decode((size_t)_i, text, len, want);
		ck_assert_uint_eq(t.said_count, want->skipped > 0);
		if (want->skipped > 0) {
			snprintf(words, sizeof(words),
			         "print: %zu byte%s without values %s",
			         want->skipped, want->skipped == 1 ? "" : "s",
			         how == SKIP ? "skipped" : "filled");
			ck_assert_str_eq(t.said, words);
		}
	}
}
END_TEST

/* What stands in front of the first unreadable byte comes out, then an error
   with its address; so it is where nothing can be printed at all. */
START_TEST(unreadable_bytes_stop)
{
	static const struct {
		size_t from, to, at;
		const char *why;
	} rows[] = {
		{ 290, 400, DATA, "gap" },
		{ DATA, DATA + 1, DATA, "gap" },
		{ DATA + 6, SIZE, DATA + 6, "gap" },
		{ SIZE - EDGES, SIZE, SIZE - 524, "bad: Input/output error" },
		{ SIZE - 13, SIZE, SIZE - 13, "bad: Input/output error" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t at = rows[i].at;
		struct expected *want = expect(rows[i].from, rows[i].to, STOP);
		char line[128];
		const char *text;
		size_t len;

		snprintf(line, sizeof(line), "%zu,%zu print %s", rows[i].from,
		         rows[i].to, forms[_i].name);
		ck_assert(!trial_run(&t, line));
		ck_assert_int_eq(t.err.code, ERR_STATE);
		ck_assert(t.err.has_addr);
		ck_assert_uint_eq(t.err.addr, at);
		snprintf(line, sizeof(line),
		         "the byte at 0x%" PRIx64
		         " has no value (%s); --unreadable=skip or fill:VALUE "
		         "goes on",
		         at, rows[i].why);
		ck_assert_str_eq(t.err.text, line);
		text = trial_output(&t, &len);
		if (strcmp(forms[_i].name, "raw") == 0)
			decode((size_t)_i, text, len, want);
	}
}
END_TEST

/* --- hex ----------------------------------------------------------------- */

static int digits_of(uint64_t last)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%" PRIx64, last);

	return n <= 10 ? 10 : n + n % 2;
}

static void hex_cell(int cell, char hex[static 3], char *letter)
{
	snprintf(hex, 3,
	         cell == NO_FILE      ? "--"
	         : cell == UNREADABLE ? "??"
	                              : "%02x",
	         (unsigned)cell);
	*letter = cell == NO_FILE           ? ' '
	          : cell == UNREADABLE      ? '?'
	          : cell < 32 || cell > 126 ? '.'
	                                    : (char)cell;
}

/* The rows of a range, column by column. */
static void render(size_t from, size_t to, char *dst)
{
	uint64_t first = base + from, end = base + to;

	*dst = '\0';
	if (from == to)
		return;
	for (uint64_t row = first - first % 16; row < end; row += 16) {
		char hex[64] = "", letters[17];

		for (unsigned i = 0; i < 16; i++) {
			uint64_t addr = row + i;
			char two[3] = "  ";

			letters[i] = ' ';
			if (addr >= first && addr < end)
				hex_cell(model[addr - base], two, &letters[i]);
			strcat(hex, i == 8 ? "  " : " ");
			strcat(hex, two);
		}
		letters[16] = '\0';
		dst += sprintf(dst, "%0*" PRIx64 " %s  |%s|\n",
		               digits_of(end - 1), row, hex, letters);
	}
}

START_TEST(hex_at_any_alignment)
{
	static const char *const bases[] = {
		"0",
		"5",
		"0xfffffffff0", /* eleven digits behind the first rows */
		"0x1000000000000000",
		"0xfffffffffffff000",
	};
	uint64_t random = random_seed();
	char want[OUTPUT];

	trial_end(&t);
	begin_at(bases[_i]);
	for (size_t n = cases(200); n > 0; n--) {
		size_t from, to;

		random_range(&random, SIZE, &from, &to);
		render(from, to, want);
		ck_assert_str_eq(print(from, to, n % 2 ? "" : "hex", NULL),
		                 want);
		ck_assert_str_eq(print(from, to, "row", NULL), want);
	}
}
END_TEST

/* Rows are not cut where a read of 64 KiB ends. */
START_TEST(hex_of_much)
{
	enum { MUCH = 200001 };
	unsigned char *bytes = malloc(MUCH);
	const char *at;
	char want[128], two[3], letter;

	for (size_t i = 0; i < MUCH; i++)
		bytes[i] = (unsigned char)(i * i >> 3);
	trial_file("much", bytes, MUCH);
	faults_reset();
	trial_must(&t, "open much at 0x10003");
	trial_must(&t, "0x10003,+200001 print");
	at = trial_output(&t, NULL);
	for (uint64_t row = 0x10000; row < 0x10003 + MUCH; row += 16) {
		char hex[64] = "", letters[17] = "                ";

		for (unsigned i = 0; i < 16; i++) {
			uint64_t off = row + i - 0x10003;

			memcpy(two, "  ", 3);
			if (off < MUCH)
				hex_cell(bytes[off], two, &letter);
			letters[i] = off < MUCH ? letter : ' ';
			strcat(hex, i == 8 ? "  " : " ");
			strcat(hex, two);
		}
		snprintf(want, sizeof(want), "%010" PRIx64 " %s  |%s|\n", row,
		         hex, letters);
		ck_assert_int_eq(strncmp(at, want, strlen(want)), 0);
		at += strlen(want);
	}
	ck_assert_str_eq(at, "");
	free(bytes);
}
END_TEST

/* --- JSON ---------------------------------------------------------------- */

/* {"addr":N,"at":"0xN","len":N,"KEY":" at the reader. */
static void take_head(struct reader *r, uint64_t *addr, uint64_t *len,
                      const char *key)
{
	take(r, "{\"addr\":");
	*addr = take_number(r, strspn(r->at, "0123456789"), 10);
	take(r, ",\"at\":\"0x");
	ck_assert_uint_eq(take_number(r, strspn(r->at, "0123456789abcdef"), 16),
	                  *addr);
	take(r, "\",\"len\":");
	*len = take_number(r, strspn(r->at, "0123456789"), 10);
	take(r, ",\"");
	take(r, key);
	take(r, "\":\"");
}

START_TEST(hex_in_json)
{
	uint64_t random = random_seed();

	t.out.json = true;
	for (size_t n = cases(100); n > 0; n--) {
		struct reader r = { 0 };
		uint64_t addr, len;
		size_t from, to, size;
		char two[3], letter;

		random_range(&random, SIZE, &from, &to);
		r.at = print(from, to, "", &size);
		r.end = r.at + size;
		take_head(&r, &addr, &len, "hex");
		ck_assert_uint_eq(addr, from);
		ck_assert_uint_eq(len, to - from);
		for (size_t i = from; i < to; i++) {
			hex_cell(model[i], two, &letter);
			take(&r, two);
		}
		take(&r, "\"}\n");
		ck_assert_ptr_eq(r.at, r.end);
	}
}
END_TEST

/* The value of a JSON string, to its closing quote. */
static size_t take_string(struct reader *r, char *dst)
{
	size_t n = 0;

	while (*r->at != '"') {
		char c = *r->at++;

		ck_assert_int_ge((unsigned char)c, 0x20);
		if (c == '\\') {
			c = *r->at++;
			ck_assert(strchr("nt\"\\", c));
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		dst[n++] = c;
	}
	r->at++;
	dst[n] = '\0';
	return n;
}

START_TEST(forms_in_json)
{
	uint64_t random = random_seed();
	char *text = malloc(OUTPUT);

	t.out.json = true;
	for (size_t n = cases(50); n > 0; n--) {
		struct reader r = { 0 };
		uint64_t addr, len;
		size_t from, to, size;
		struct expected *want;
		char words[64];

		random_range(&random, SIZE, &from, &to);
		snprintf(words, sizeof(words), "%s%s", forms[_i].name,
		         words_of[SKIP]);
		want = expect(from, to, SKIP);
		r.at = print(from, to, words, &size);
		r.end = r.at + size;
		take_head(&r, &addr, &len, "text");
		ck_assert_uint_eq(addr, from);
		ck_assert_uint_eq(len, to - from);
		size = take_string(&r, text);
		decode((size_t)_i, text, size, want);
		if (want->skipped > 0) {
			snprintf(words, sizeof(words), ",\"skipped\":%zu",
			         want->skipped);
			take(&r, words);
		}
		take(&r, "}\n");
		ck_assert_ptr_eq(r.at, r.end);
	}
	free(text);
}
END_TEST

/* Each object is at most 64 KiB, and what print makes of its range alone. */
START_TEST(much_in_json)
{
	enum { MUCH = 150000 };
	static const char *const names[] = { "hex",    "text", "dec", "c",
		                             "base64", "ihex", "row" };
	const char *name = names[_i];
	bool is_hex = strcmp(name, "hex") == 0;
	char *bytes = malloc(MUCH), *copy, *value = malloc(1 << 20);
	struct reader r = { 0 };
	uint64_t at = 0x10001, addr, len;
	size_t objects = 0, size;
	char line[128];

	/* A character of three bytes never ends at a multiple of 64 KiB. */
	for (size_t i = 0; i < MUCH; i++)
		bytes[i] = "\342\202\254"[i % 3];
	trial_file("much", bytes, MUCH);
	faults_reset();
	trial_must(&t, "open much at 0x10001");
	t.out.json = true;
	snprintf(line, sizeof(line), "0x10001, print %s", name);
	trial_must(&t, line);
	r.at = trial_output(&t, &size);
	copy = malloc(size + 1);
	memcpy(copy, r.at, size + 1);
	r.at = copy;
	r.end = copy + size;
	t.out.json = false;
	for (; r.at < r.end; at += len, objects++) {
		take_head(&r, &addr, &len, is_hex ? "hex" : "text");
		ck_assert_uint_eq(addr, at);
		ck_assert_uint_gt(len, 0);
		ck_assert_uint_le(len, 65536);
		take_string(&r, value);
		take(&r, "}\n");
		if (is_hex)
			continue;
		snprintf(line, sizeof(line),
		         "0x%" PRIx64 ",+%" PRIu64 " print %s", addr, len,
		         name);
		trial_prints(&t, line, value);
		if (strcmp(name, "text") == 0)
			ck_assert_ptr_null(strchr(value, '\\'));
	}
	ck_assert_uint_eq(at, 0x10001 + MUCH);
	ck_assert_uint_eq(objects, 3);
	free(value);
	free(bytes);
	free(copy);
}
END_TEST

START_TEST(raw_is_no_json)
{
	t.out.json = true;
	trial_fails(&t, "print raw", ERR_SYNTAX,
	            "raw has no JSON form: leave out --json", 0);
}
END_TEST

/* --- ranges and words ---------------------------------------------------- */

START_TEST(what_is_printed_without_a_range)
{
	char want[OUTPUT];

	render(0, 256, want);
	trial_prints(&t, "print", want);
	render(20, 276, want);
	trial_prints(&t, "20 print", want);
	trial_prints(&t, "goto 20; p", want);
	render(1000, SIZE, want);
	trial_prints(&t, "1000 print", want);
	trial_prints(&t, "$ print", "");
	render(3, 9, want);
	trial_prints(&t, "select 3,9; print", want);
	render(0, DATA, want);
	trial_prints(&t, "#1 print", want);
	render(0, SIZE, want);
	trial_prints(&t, "% print", want);
	t.said_count = 0;
	trial_prints(&t, "5,5 print", "");
	trial_prints(&t, "5,5 print c", "");
	ck_assert_uint_eq(t.said_count, 2);
	ck_assert_str_eq(t.said, "print: the range is empty: nothing to do");
}
END_TEST

/* An empty segment may stand behind the end: there is nothing to print. */
START_TEST(an_empty_segment_behind_the_end)
{
	trial_file("empty", "", 0);
	trial_must(&t, "open empty at 0x10000");
	trial_prints(&t, "#4 print", "");
	trial_prints(&t, "#4:0 print", "");
	trial_prints(&t, "goto $; print", "");
	trial_prints(&t, "print raw", "");
	trial_fails(&t, "info", ERR_RANGE,
	            "there is no byte at the end of the space (size 0x413)", 0);
}
END_TEST

static const struct {
	const char *line;
	size_t column;
	const char *text;
} wrong[] = {
	{ "print hexx", 7,
	  "unknown form 'hexx' (hex raw text dec c python base64 row ihex "
	  "srec digits)" },
	{ "print c hex", 9, "one form at a time" },
	{ "print --unreadable=no", 7,
	  "--unreadable wants stop, skip or fill[:VALUE]" },
	{ "print --unreadable=filler", 7,
	  "--unreadable wants stop, skip or fill[:VALUE]" },
	{ "print --unreadable=fill:256", 7, "256 does not fit in a byte" },
	{ "print --unreadable=fill:-1", 7, "number expected" },
	{ "print --unreadable=fill:", 7, "number expected" },
	{ "print --unreadable=fill:{0}", 7,
	  "a fill value is a number 0..255 or {hex digits}, 64 bytes at most" },
	{ "print \"--unreadable=fill:{ 5}\"", 7,
	  "a fill value is a number 0..255 or {hex digits}, 64 bytes at most" },
	{ "print --unreadable=fill:{}", 7, "'}' expected" },
	{ "print --unreadable=fill:{00}1", 7, "'}' expected" },
	{ "print --unreadable=fill:{00", 7, "'}' expected" },
	{ "print \"raw\\0\"", 7, "a NUL byte" },
	{ "print! raw", 6, "print takes no '!'" },
};

START_TEST(words_that_are_wrong)
{
	trial_fails(&t, wrong[_i].line, ERR_SYNTAX, wrong[_i].text,
	            wrong[_i].column);
}
END_TEST

START_TEST(values_to_fill_with)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "fill", "UNREADA" },          { "fill:42", "*******" },
		{ "fill:0x41", "AAAAAAA" },     { "fill:{4142}", "ABABABA" },
		{ "fill:{61626a}", "abjabja" },
	};
	char line[128];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(line, sizeof(line), "%d,+%d print raw --unreadable=%s",
		         DATA, GAP, rows[i].word);
		trial_prints(&t, line, rows[i].want);
	}
	/* The last word counts. */
	trial_prints(&t,
	             "300,+7 print raw --unreadable=fill:1 --unreadable=skip",
	             "");
	trial_prints(&t,
	             "300,+3 print raw --unreadable=fill:{4142} "
	             "--unreadable=fill:67",
	             "CCC");
}
END_TEST

/* Records hold addresses of 32 bits: to the last one, and not one more. */
START_TEST(records_end_at_4_gib)
{
	const char *name = _i ? "srec" : "ihex";
	struct expected *want;
	char line[64], text[128];
	const char *out;
	size_t len;

	trial_end(&t);
	begin_at("0xffffff00");
	want = expect(0, 256, STOP);
	out = print(0, 256, name, &len);
	decode(_i ? 7 : 6, out, len, want);
	snprintf(line, sizeof(line), "0xffffff00,+257 print %s", name);
	snprintf(text, sizeof(text),
	         "%s records end at 4 GiB: 0x100000000 is past that", name);
	trial_fails(&t, line, ERR_RANGE, text, 0);
	t.out.json = true;
	trial_fails(&t, line, ERR_RANGE, text, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("print");
	TCase *tc = tcase_create("print");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, forms_can_be_read_back, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(tc, unreadable_bytes_stop, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(tc, hex_at_any_alignment, 0, 5);
	tcase_add_test(tc, hex_of_much);
	tcase_add_test(tc, hex_in_json);
	tcase_add_loop_test(tc, forms_in_json, 1, ARRAY_LEN(forms));
	tcase_add_loop_test(tc, much_in_json, 0, 7);
	tcase_add_test(tc, raw_is_no_json);
	tcase_add_test(tc, what_is_printed_without_a_range);
	tcase_add_test(tc, an_empty_segment_behind_the_end);
	tcase_add_loop_test(tc, words_that_are_wrong, 0, ARRAY_LEN(wrong));
	tcase_add_test(tc, values_to_fill_with);
	tcase_add_loop_test(tc, records_end_at_4_gib, 0, 2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
