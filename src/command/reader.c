/*
 * reader.c - see reader.h
 *
 * Formats of lines collect a line and look at it whole; the others go on a
 * character at a time, so that a file of one line needs no more memory.
 */
#include "config.h"

#include "command/reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/format.h"
#include "command/reader_impl.h"

_Static_assert((int)BYTES_MOST == (int)READER_BYTES, "as reader.h says");

enum {
	OFFSET_DIGITS = 16, /* of an address, at most */
	OFFSET_LEAST = 7,   /* fewer are no address, but bytes */
	OFFSET_OD = 6,      /* of od -A x */
};

/* --- what all need ------------------------------------------------------- */

bool reader_wrong(const struct reader *r, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(r->err, ERR_SYNTAX, "line %" PRIu64 ": %s", r->number,
	                 text);
}

bool reader_hand_out(struct reader *r)
{
	size_t n = r->count;

	r->count = 0;
	return n == 0 || r->take(r->arg, r->addr - n, r->bytes, n, r->err);
}

/* The next byte is at this address. */
static bool go_to(struct reader *r, uint64_t addr)
{
	if (addr == r->addr)
		return true;
	if (!reader_hand_out(r))
		return false;
	r->addr = addr;
	return true;
}

bool reader_give_at(struct reader *r, uint64_t addr, const unsigned char *bytes,
                    size_t len)
{
	if (len > UINT64_MAX - 1 - addr)
		return reader_wrong(r, "the address is too big");
	if (!go_to(r, addr))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!reader_give(r, bytes[i]))
			return false;
	return true;
}

bool reader_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool reader_is_empty(const char *line, size_t len)
{
	while (len > 0 && reader_is_blank(line[len - 1]))
		len--;
	return len == 0;
}

/* --- hex ----------------------------------------------------------------- */

static size_t count_digits(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && text_hex_digit(line[n]) >= 0)
		n++;
	return n;
}

/* A number to this base; false: it is none. */
static bool number_of(const char *digits, size_t n, unsigned base,
                      uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)text_hex_digit(digits[i]);

		if (digit >= base)
			return false;
		*out = *out * base + digit;
	}
	return true;
}

static uint64_t offset_value(const char *line, size_t n)
{
	uint64_t addr;

	(void)number_of(line, n, 16, &addr);
	return addr;
}

/* As od writes it: one blank, and groups of so many digits apart from each
   other. */
static bool has_groups(const char *line, size_t len, size_t n, size_t digits)
{
	size_t at = n;

	while (len - at > digits && line[at] == ' ' &&
	       count_digits(line + at + 1, len - at - 1) == digits)
		at += 1 + digits;
	return at > n && at == len;
}

static bool has_form_of_od(const char *line, size_t len, size_t n)
{
	return has_groups(line, len, n, 2);
}

/* With words instead of bytes, the order of which is another machine's. */
static bool has_form_of_words(const char *line, size_t len, size_t n)
{
	return has_groups(line, len, n, 4) || has_groups(line, len, n, 8) ||
	       has_groups(line, len, n, 16);
}

/* The bytes behind an address of n digits. */
static uint64_t bytes_behind(const char *line, size_t len, size_t n)
{
	uint64_t digits = 0;

	for (size_t i = n; i < len; i++)
		digits += line[i] != ' ';
	return digits / 2;
}

/* Digits alone may look so, too, but do not begin with the right address. */
static bool is_od(const struct reader *r, const char *line, size_t len,
                  size_t n)
{
	return (r->has_offsets || offset_value(line, n) == r->addr) &&
	       has_form_of_od(line, len, n);
}

/* Is this the first line, of od if the next one begins with the address behind
   its bytes, and digits alone if not? */
static bool may_be_od(const struct reader *r, const char *line, size_t len,
                      size_t n)
{
	return r->addr == 0 && !r->has_offsets && n >= OFFSET_OD &&
	       n <= OFFSET_DIGITS &&
	       (has_form_of_od(line, len, n) ||
	        has_form_of_words(line, len, n));
}

/* Does a line begin with an address: "00000200: ..", "00000200  ..", or
   "000200 61 62"? Alone it is one behind others. */
static bool is_offset(const struct reader *r, const char *line, size_t len,
                      size_t n)
{
	if (n == 0)
		return false;
	if (n < len && line[n] == ':')
		return true;
	if (n < OFFSET_OD || n > OFFSET_DIGITS)
		return false;
	if (n == len)
		return r->has_offsets;
	return is_od(r, line, len, n) || (n >= OFFSET_LEAST && len - n > 1 &&
	                                  line[n] == ' ' && line[n + 1] == ' ');
}

/* The pairs of digits that stand there. Two blanks end them where a text may
   follow, but for the two in the middle of a line of hexdump. */
static bool give_pairs(struct reader *r, const char *line, size_t len,
                       bool colon)
{
	size_t at = 0;

	while (at < len && line[at] != '|') {
		int high = text_hex_digit(line[at]);

		if (high < 0 && !reader_is_blank(line[at]))
			return reader_wrong(r, "'%s' is no hex digit",
			                    text_shown(
						    (char[]){ line[at], '\0' })
			                            .s);
		if (high < 0) {
			if (colon && at > 1 && at + 1 < len &&
			    line[at + 1] == ' ')
				return true;
			at++;
			continue;
		}
		if (at + 1 == len || text_hex_digit(line[at + 1]) < 0)
			return reader_wrong(r, "a hex digit without its second "
			                       "one");
		if (r->addr == UINT64_MAX - 1)
			return reader_wrong(r, "the address is too big");
		if (!reader_give(r,
		                 (unsigned char)(high << 4 |
		                                 text_hex_digit(line[at + 1]))))
			return false;
		at += 2;
	}
	return true;
}

/* Does a line begin with the address behind the bytes of the line that is held,
   addresses being to this base? */
static bool follows(const struct reader *r, const char *line, size_t len,
                    unsigned base)
{
	size_t held = count_digits(r->held, r->held_len);
	size_t n = count_digits(line, len);
	uint64_t from, addr;

	return n >= OFFSET_OD && n <= OFFSET_DIGITS &&
	       (n == len || has_form_of_od(line, len, n) ||
	        has_form_of_words(line, len, n)) &&
	       number_of(r->held, held, base, &from) &&
	       number_of(line, n, base, &addr) && addr > from &&
	       addr - from == bytes_behind(r->held, r->held_len, held);
}

/* The line that is held begins with an address, or does not. Addresses of more
   than six digits may be octal or decimal, too. */
static bool give_held(struct reader *r, bool hex, bool other)
{
	size_t held = r->held_len;
	size_t n = count_digits(r->held, held);
	uint64_t addr = offset_value(r->held, n);

	if ((hex || other) && has_form_of_words(r->held, held, n))
		return reader_wrong(r, "these are words (od writes bytes with "
		                       "-t x1)");
	if (hex && other)
		return reader_wrong(r, "are the addresses hex, octal or "
		                       "decimal ones? (od writes hex ones with "
		                       "-A x; xxd puts a ':' behind them)");
	if (other || (!hex && n % 2 > 0))
		return reader_wrong(r, "are the addresses hex ones? (od writes "
		                       "them so with -A x, and xxd always)");
	if (!hex)
		return give_pairs(r, r->held, held, false);
	r->has_offsets = true;
	r->od_lines++;
	if (addr >= UINT64_MAX - 1)
		return reader_wrong(r, "the address is too big");
	return go_to(r, addr) &&
	       give_pairs(r, r->held + n + 1, held - n - 1, false);
}

/* Read it, now that the next one is known, or that there is none. */
static bool release(struct reader *r, const char *next, size_t len)
{
	bool other = count_digits(r->held, r->held_len) > OFFSET_OD &&
	             (follows(r, next, len, 8) || follows(r, next, len, 10));
	uint64_t number = r->number;
	bool ok;

	r->number = r->held_number;
	ok = give_held(r, follows(r, next, len, 16), other);
	r->number = number;
	r->held_len = 0;
	return ok;
}

/* The address behind the last line. Of a single one it may be octal or decimal:
   zero is zero. */
static bool end_of_od(struct reader *r, const char *line, size_t n)
{
	static const unsigned bases[] = { 16, 8, 10 };
	size_t count = r->od_lines == 1 ? ARRAY_LEN(bases) : 1;
	uint64_t addr;

	for (size_t i = 0; r->od_lines > 0 && i < count; i++)
		if (number_of(line, n, bases[i], &addr) && addr == r->addr)
			return true;
	return r->od_lines == 0 ||
	       reader_wrong(r, "the address does not follow: lines are "
	                       "missing before it");
}

/* A line without the blanks around it. */
static bool bare_line(struct reader *r, const char *line, size_t len)
{
	size_t n = count_digits(line, len);
	uint64_t addr;
	bool colon;

	if (line[0] == '*')
		return reader_wrong(r, "lines are left out here (hexdump -v, "
		                       "and xxd "
		                       "without -a, write all)");
	if (r->held_len > 0 && !release(r, line, len))
		return false;
	if (!is_offset(r, line, len, n) && may_be_od(r, line, len, n)) {
		memcpy(r->held, line, len);
		r->held_len = len;
		r->held_number = r->number;
		return true;
	}
	if (!is_offset(r, line, len, n))
		return !r->has_offsets
		               ? give_pairs(r, line, len, false)
		               : reader_wrong(r, "an address is expected");
	if (n > OFFSET_DIGITS)
		return reader_wrong(r, "the address is too long");
	addr = offset_value(line, n);
	if (addr >= UINT64_MAX - 1)
		return reader_wrong(r, "the address is too big");
	if (n < len && is_od(r, line, len, n) && addr != r->addr)
		return reader_wrong(r, "the address does not follow (od writes "
		                       "hex ones with -A x)");
	r->has_offsets = true;
	if (n == len)
		return end_of_od(r, line, n);
	colon = line[n] == ':';
	r->od_lines += has_form_of_od(line, len, n);
	return go_to(r, addr) &&
	       give_pairs(r, line + n + 1, len - n - 1, colon);
}

static bool hex_line(struct reader *r, const char *line, size_t len)
{
	if (reader_is_empty(line, len))
		return true;
	if (r->goes_on)
		return give_pairs(r, line, len, false);
	while (reader_is_blank(line[len - 1]))
		len--;
	for (; reader_is_blank(*line); line++)
		len--;
	return bare_line(r, line, len);
}

/* Digits alone may stand in one line, whatever its length. It is cut between
   two of its bytes. */
static bool hex_part(struct reader *r, const char *line, size_t *len)
{
	size_t n = count_digits(line, *len);

	if (n == *len)
		*len -= n % 2;
	else
		while (*len > 0 && !reader_is_blank(line[*len - 1]))
			--*len;
	/* Behind a '|' there is text. */
	if (*len == 0 || memchr(line, '|', *len))
		return reader_wrong(r, "the line is too long");
	if (!r->goes_on) {
		/* That of od ends without a blank. */
		size_t end = *len - (n < *len);

		if (r->held_len > 0 && !release(r, line, end))
			return false;
		if (r->has_offsets || is_offset(r, line, end, n) ||
		    may_be_od(r, line, end, n))
			return reader_wrong(r, "the line is too long");
	}
	r->goes_on = true;
	return give_pairs(r, line, *len, false);
}

static bool hex_end(struct reader *r)
{
	return r->held_len == 0 || release(r, "", 0);
}

/* --- base64 -------------------------------------------------------------- */

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* A group of four is there, `padding` of them not. */
static bool base64_group(struct reader *r)
{
	uint32_t v = r->value << (6 * r->padding);

	if (v & ((UINT32_C(1) << (8 * r->padding)) - 1))
		return reader_wrong(r, "bits are left over at the end");
	for (unsigned i = 0; i < 3 - r->padding; i++)
		if (!reader_give(r, (unsigned char)(v >> (16 - 8 * i))))
			return false;
	r->ended = r->padding > 0;
	r->value = 0;
	r->digits = 0;
	return true;
}

static bool base64_put(struct reader *r, char c)
{
	int value = base64_value(c);

	if (reader_is_blank(c))
		return true;
	if (r->ended)
		return reader_wrong(r, "something stands behind the end");
	if (c == '=' && r->digits + r->padding >= 2) {
		r->padding++;
	} else if (value < 0 || r->padding > 0) {
		return reader_wrong(r, "'%s' is not expected in base64",
		                    text_shown((char[]){ c, '\0' }).s);
	} else {
		r->value = r->value << 6 | (uint32_t)value;
		r->digits++;
	}
	return r->digits + r->padding < 4 || base64_group(r);
}

static bool base64_end(struct reader *r)
{
	return r->digits + r->padding == 0 || r->ended ||
	       reader_wrong(r, "it ends within a group of four");
}

/* --- the reader ---------------------------------------------------------- */

static const struct reader_kind kinds[] = {
	{ .name = "hex", .line = hex_line, .part = hex_part, .end = hex_end },
	{ .name = "c", .put = reader_c_put, .end = reader_c_end },
	{ .name = "python",
	  .put = reader_python_put,
	  .end = reader_python_end },
	{ .name = "base64", .put = base64_put, .end = base64_end },
	{ .name = "ihex", .line = reader_ihex_line, .end = reader_records_end },
	{ .name = "srec", .line = reader_srec_line, .end = reader_records_end },
};

struct reader *reader_new(const struct format *format, reader_take *take,
                          void *arg, struct error *err)
{
	struct reader *r = mem_zalloc(sizeof(*r), err);

	if (!r)
		return NULL;
	r->kind = kinds;
	while (strcmp(r->kind->name, format_name(format)) != 0)
		r->kind++;
	r->take = take;
	r->arg = arg;
	r->number = 1;
	return r;
}

void reader_free(struct reader *reader)
{
	mem_free(reader);
}

static bool end_line(struct reader *r)
{
	size_t len = r->len;
	bool ok;

	r->len = 0;
	while (len > 0 && r->line[len - 1] == '\r')
		len--;
	ok = len == 0 || r->kind->line(r, r->line, len);
	r->goes_on = false;
	return ok;
}

/* The line is full, and goes on. */
static bool take_part(struct reader *r)
{
	size_t len = r->len;

	if (!r->kind->part)
		return reader_wrong(r, "the line is too long");
	if (!r->kind->part(r, r->line, &len))
		return false;
	memmove(r->line, r->line + len, r->len - len);
	r->len -= len;
	return true;
}

static bool put(struct reader *r, char c)
{
	if (!r->kind->line)
		return r->kind->put(r, c);
	if (c == '\n')
		return end_line(r);
	if (r->len == LINE_MOST && !take_part(r))
		return false;
	r->line[r->len++] = c;
	return true;
}

bool reader_put(struct reader *reader, const char *text, size_t len,
                struct error *err)
{
	reader->err = err;
	for (size_t i = 0; i < len; i++) {
		if (!put(reader, text[i]))
			return false;
		if (text[i] == '\n')
			reader->number++;
	}
	return true;
}

bool reader_end(struct reader *reader, struct error *err)
{
	reader->err = err;
	return (!reader->kind->line || end_line(reader)) &&
	       (!reader->kind->end || reader->kind->end(reader)) &&
	       reader_hand_out(reader);
}
