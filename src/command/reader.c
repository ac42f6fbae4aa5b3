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

enum {
	LINE_MOST = 16384,  /* characters of a line */
	RECORD_MOST = 260,  /* bytes of a record, its head and checksum too */
	OFFSET_DIGITS = 16, /* of an address, at most */
	OFFSET_LEAST = 7,   /* fewer are no address, but bytes */
};

struct kind {
	const char *name;
	/* One of these: a line without its end, or a character. */
	bool (*line)(struct reader *r, const char *line, size_t len);
	bool (*put)(struct reader *r, char c);
	bool (*end)(struct reader *r); /* or NULL */
};

struct reader {
	const struct kind *kind;
	reader_take *take;
	void *arg; /* of take */
	struct error *err;
	uint64_t number; /* of the line, from 1 */
	uint64_t addr;   /* of the next byte that comes out */
	unsigned char bytes[READER_BYTES];
	size_t count; /* of bytes that wait, those before addr */
	char line[LINE_MOST];
	size_t len;
	bool ended; /* no more data may follow */
	/* hex */
	bool has_offsets;
	/* ihex, srec */
	uint32_t base;
	uint64_t records;
	/* c, python, base64 */
	enum {
		OUTSIDE,
		SLASH, /* a comment may begin */
		COMMENT_LINE,
		COMMENT,
		COMMENT_STAR, /* and may end */
		NUMBER,
		LITERAL,
		ESCAPE,
		ESCAPE_HEX,
		ESCAPE_OCTAL,
	} state;
	bool inside;  /* the braces of C */
	bool comma;   /* one must come before the next number */
	bool seen;    /* there was something to read */
	char before;  /* the last character, or the quote */
	char word[8]; /* a number of C */
	size_t word_len;
	uint32_t value; /* bits of base64, or of an escape */
	unsigned digits;
	unsigned padding;
};

/* --- what all need ----------------------------------------------------------- */

static bool wrong(const struct reader *r, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

static bool wrong(const struct reader *r, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(r->err, ERR_SYNTAX, "line %" PRIu64 ": %s", r->number,
	                 text);
}

static bool hand_out(struct reader *r)
{
	size_t n = r->count;

	r->count = 0;
	return n == 0 || r->take(r->arg, r->addr - n, r->bytes, n, r->err);
}

static bool give(struct reader *r, unsigned char byte)
{
	r->bytes[r->count++] = byte;
	r->addr++;
	return r->count < READER_BYTES || hand_out(r);
}

/* The next byte is at this address. */
static bool go_to(struct reader *r, uint64_t addr)
{
	if (addr == r->addr)
		return true;
	if (!hand_out(r))
		return false;
	r->addr = addr;
	return true;
}

/* Bytes at an address, of which the last must have one, too. */
static bool give_at(struct reader *r, uint64_t addr, const unsigned char *bytes,
                    size_t len)
{
	if (len > UINT64_MAX - 1 - addr)
		return wrong(r, "the address is too big");
	if (!go_to(r, addr))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!give(r, bytes[i]))
			return false;
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_empty(const char *line, size_t len)
{
	while (len > 0 && is_blank(line[len - 1]))
		len--;
	return len == 0;
}

/* --- hex --------------------------------------------------------------------- */

static size_t count_digits(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && digit(line[n]) >= 0)
		n++;
	return n;
}

/* Does a line begin with an address: "00000200: ..", "00000200  .."? Alone it
   is one behind others. */
static bool is_offset(const struct reader *r, const char *line, size_t len,
                      size_t n)
{
	if (n == 0)
		return false;
	if (n < len && line[n] == ':')
		return true;
	if (n < OFFSET_LEAST || n > OFFSET_DIGITS)
		return false;
	return n == len ? r->has_offsets
	                : len - n > 1 && line[n] == ' ' && line[n + 1] == ' ';
}

/* The pairs of digits that stand there. Two blanks end them where a text may
   follow, but for the two in the middle of a line of hexdump. */
static bool give_pairs(struct reader *r, const char *line, size_t len,
                       bool colon)
{
	size_t at = 0;

	while (at < len && line[at] != '|') {
		int high = digit(line[at]);

		if (high < 0 && !is_blank(line[at]))
			return wrong(r, "'%s' is no hex digit",
			             text_shown((char[]){ line[at], '\0' }).s);
		if (high < 0) {
			if (colon && at > 1 && at + 1 < len &&
			    line[at + 1] == ' ')
				return true;
			at++;
			continue;
		}
		if (at + 1 == len || digit(line[at + 1]) < 0)
			return wrong(r, "a hex digit without its second one");
		if (r->addr == UINT64_MAX - 1)
			return wrong(r, "the address is too big");
		if (!give(r, (unsigned char)(high << 4 | digit(line[at + 1]))))
			return false;
		at += 2;
	}
	return true;
}

static bool hex_line(struct reader *r, const char *line, size_t len)
{
	size_t n = count_digits(line, len);
	uint64_t addr = 0;
	bool colon;

	if (is_empty(line, len))
		return true;
	if (line[0] == '*')
		return wrong(r, "lines are left out here (hexdump -v, and xxd "
		                "without -a, write all)");
	if (!is_offset(r, line, len, n))
		return !r->has_offsets ? give_pairs(r, line, len, false)
		                       : wrong(r, "an address is expected");
	if (n > OFFSET_DIGITS)
		return wrong(r, "the address is too long");
	for (size_t i = 0; i < n; i++)
		addr = addr << 4 | (unsigned)digit(line[i]);
	if (addr >= UINT64_MAX - 1)
		return wrong(r, "the address is too big");
	r->has_offsets = true;
	if (n == len)
		return true;
	colon = line[n] == ':';
	return go_to(r, addr) &&
	       give_pairs(r, line + n + 1, len - n - 1, colon);
}

/* --- records ------------------------------------------------------------------- */

/* The bytes of a record's digits. */
static bool record_bytes(const struct reader *r, const char *digits, size_t len,
                         unsigned char *bytes, size_t *count)
{
	while (len > 0 && is_blank(digits[len - 1]))
		len--;
	if (len % 2 != 0 || len / 2 > RECORD_MOST)
		return wrong(r, "the record has %zu digits", len);
	for (size_t i = 0; i < len; i += 2) {
		int high = digit(digits[i]), low = digit(digits[i + 1]);

		if (high < 0 || low < 0)
			return wrong(r, "what is no hex digit in a record");
		bytes[i / 2] = (unsigned char)(high << 4 | low);
	}
	*count = len / 2;
	return true;
}

static unsigned sum_of(const unsigned char *bytes, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += bytes[i];
	return sum & 0xff;
}

static bool check_sum(const struct reader *r, const unsigned char *bytes,
                      size_t count, unsigned want)
{
	unsigned is = sum_of(bytes, count);
	unsigned last = bytes[count - 1];

	return is == want || wrong(r, "the checksum is %02X, not %02X", last,
	                           (last + want - is) & 0xff);
}

/* What a record of Intel HEX says, its length checked. */
static bool ihex_record(struct reader *r, const unsigned char *bytes)
{
	unsigned off = (unsigned)bytes[1] << 8 | bytes[2];
	unsigned len = bytes[0];
	const unsigned char *data = bytes + 4;

	switch (bytes[3]) {
	case 0:
		if (len > 0x10000 - off)
			return wrong(r, "the record passes the end of its "
			                "64 KiB");
		r->seen = true;
		return give_at(r, (uint64_t)r->base + off, data, len);
	case 1:
		r->ended = true;
		return len == 0 || wrong(r, "an end record with data");
	case 2:
	case 4:
		if (len != 2)
			return wrong(r, "an address record of %u bytes", len);
		r->base = ((uint32_t)data[0] << 8 | data[1])
		          << (bytes[3] == 2 ? 4 : 16);
		return true;
	case 3:
	case 5: /* where a program starts */
		return len == 4 || wrong(r, "a start record of %u bytes", len);
	default:
		return wrong(r, "unknown record type %02X", bytes[3]);
	}
}

static bool ihex_line(struct reader *r, const char *line, size_t len)
{
	unsigned char bytes[RECORD_MOST] = { 0 };
	size_t count = 0;

	if (is_empty(line, len))
		return true;
	if (r->ended)
		return wrong(r, "something stands behind the end record");
	if (line[0] != ':')
		return wrong(r, "a record begins with ':'");
	if (!record_bytes(r, line + 1, len - 1, bytes, &count))
		return false;
	if (count < 5 || count != (size_t)bytes[0] + 5)
		return wrong(r, "the record has %zu bytes and says %u",
		             count < 5 ? 0 : count - 5,
		             count > 0 ? bytes[0] : 0);
	return check_sum(r, bytes, count, 0) && ihex_record(r, bytes);
}

static bool records_end(struct reader *r)
{
	return r->ended || wrong(r, "the end record is missing");
}

/* The number in the address field of an S-record. */
static uint32_t srec_address(const unsigned char *bytes, size_t width)
{
	uint32_t addr = 0;

	for (size_t i = 0; i < width; i++)
		addr = addr << 8 | bytes[1 + i];
	return addr;
}

static bool srec_record(struct reader *r, char type, size_t width,
                        const unsigned char *bytes, size_t count)
{
	uint32_t addr = srec_address(bytes, width);
	size_t len = count - width - 2;

	switch (type) {
	case '0':
		return true;
	case '1':
	case '2':
	case '3':
		r->records++;
		r->seen = true;
		if (len > UINT64_C(0x100000000) - addr)
			return wrong(r, "the record passes the end of 4 GiB");
		return give_at(r, addr, bytes + 1 + width, len);
	case '5':
	case '6':
		return addr == (r->records &
		                (type == '5' ? 0xffff : 0xffffff)) ||
		       wrong(r, "%" PRIu64 " data records, not %" PRIu32,
		             r->records, addr);
	default:
		r->ended = true;
		return true;
	}
}

static bool srec_line(struct reader *r, const char *line, size_t len)
{
	/* Bytes of the address, by type. */
	static const char widths[] = "2234023432";
	unsigned char bytes[RECORD_MOST] = { 0 };
	size_t count = 0, width;

	if (is_empty(line, len))
		return true;
	if (r->ended)
		return wrong(r, "something stands behind the end record");
	if (len < 2 || line[0] != 'S' || line[1] < '0' || line[1] > '9' ||
	    line[1] == '4')
		return wrong(r, "a record begins with S0 to S9");
	if (!record_bytes(r, line + 2, len - 2, bytes, &count))
		return false;
	width = (size_t)(widths[line[1] - '0'] - '0');
	if (count < width + 2 || count != (size_t)bytes[0] + 1)
		return wrong(r, "the record has %zu bytes and says %u", count,
		             count > 0 ? bytes[0] + 1u : 0);
	return check_sum(r, bytes, count, 0xff) &&
	       srec_record(r, line[1], width, bytes, count);
}

/* --- base64 ---------------------------------------------------------------------- */

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
		return wrong(r, "bits are left over at the end");
	for (unsigned i = 0; i < 3 - r->padding; i++)
		if (!give(r, (unsigned char)(v >> (16 - 8 * i))))
			return false;
	r->ended = r->padding > 0;
	r->value = 0;
	r->digits = 0;
	return true;
}

static bool base64_put(struct reader *r, char c)
{
	int value = base64_value(c);

	if (is_blank(c))
		return true;
	if (r->ended)
		return wrong(r, "something stands behind the end");
	if (c == '=' && r->digits + r->padding >= 2) {
		r->padding++;
	} else if (value < 0 || r->padding > 0) {
		return wrong(r, "'%s' is not expected in base64",
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
	       wrong(r, "it ends within a group of four");
}

/* --- comments, of C and Python ------------------------------------------------------ */

/* Go on in a comment of C, or begin one. False: it is none. */
static bool comment_put(struct reader *r, char c)
{
	switch (r->state) {
	case SLASH:
		r->state = c == '*'   ? COMMENT
		           : c == '/' ? COMMENT_LINE
		                      : OUTSIDE;
		return r->state != OUTSIDE;
	case COMMENT_LINE:
		if (c == '\n')
			r->state = OUTSIDE;
		return true;
	case COMMENT:
	case COMMENT_STAR:
		if (r->state == COMMENT_STAR && c == '/')
			r->state = OUTSIDE;
		else
			r->state = c == '*' ? COMMENT_STAR : COMMENT;
		return true;
	default:
		if (c == '/')
			r->state = SLASH;
		return c == '/';
	}
}

/* --- C ------------------------------------------------------------------------------- */

/* The number in r->word. */
static bool c_number(struct reader *r)
{
	const char *p = r->word;
	unsigned radix = 10, value = 0;
	bool any = false;

	r->word[r->word_len] = '\0';
	r->state = OUTSIDE;
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		radix = 16;
		p += 2;
	} else if (p[0] == '0') {
		radix = 8;
	}
	for (; digit(*p) >= 0 && (unsigned)digit(*p) < radix; p++) {
		value = value * radix + (unsigned)digit(*p);
		any = true;
	}
	if (*p == 'u' || *p == 'U')
		p++;
	if (!any || *p || value > 255)
		return wrong(r, "'%s' is no number 0..255",
		             text_shown(r->word).s);
	r->comma = true;
	return give(r, (unsigned char)value);
}

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

static bool c_inside(struct reader *r, char c)
{
	if (is_blank(c))
		return true;
	if (c == '}') {
		r->inside = false;
		return true;
	}
	if (c == ',' && r->comma) {
		r->comma = false;
		return true;
	}
	if (!is_word_char(c) || r->comma)
		return wrong(r, "'%s' is not expected here",
		             text_shown((char[]){ c, '\0' }).s);
	r->state = NUMBER;
	r->word[0] = c;
	r->word_len = 1;
	return true;
}

static bool c_put(struct reader *r, char c)
{
	if (r->state == NUMBER) {
		if (is_word_char(c) && r->word_len + 1 < sizeof(r->word)) {
			r->word[r->word_len++] = c;
			return true;
		}
		if (is_word_char(c))
			return wrong(r, "a number is too long");
		if (!c_number(r))
			return false;
	}
	if (r->state == SLASH && r->inside && c != '/' && c != '*')
		return wrong(r, "'/' is not expected here");
	if (comment_put(r, c))
		return true;
	if (r->inside)
		return c_inside(r, c);
	if (c == '{') {
		if (r->seen)
			return wrong(r, "a second list in braces");
		r->inside = r->seen = true;
	}
	return true;
}

static bool c_end(struct reader *r)
{
	if (!r->seen)
		return wrong(r, "there is no list in braces");
	return !r->inside || wrong(r, "the brace is not closed");
}

/* --- Python -------------------------------------------------------------------------- */

static bool python_simple_escape(struct reader *r, char c)
{
	static const char from[] = "\\'\"abfnrtv";
	static const char to[] = "\\'\"\a\b\f\n\r\t\v";
	const char *at = c ? strchr(from, c) : NULL;

	r->state = LITERAL;
	if (c == '\n')
		return true;
	return at ? give(r, (unsigned char)to[at - from])
	          : wrong(r, "an escape that is not known");
}

static bool python_escape(struct reader *r, char c)
{
	if (r->state == ESCAPE && c == 'x') {
		r->state = ESCAPE_HEX;
	} else if (r->state == ESCAPE && c >= '0' && c <= '7') {
		r->state = ESCAPE_OCTAL;
		r->value = (uint32_t)(c - '0');
		r->digits = 1;
		return true;
	} else if (r->state == ESCAPE) {
		return python_simple_escape(r, c);
	} else {
		if (digit(c) < 0)
			return wrong(r, "\\x wants two hex digits");
		r->value = r->value << 4 | (uint32_t)digit(c);
		if (++r->digits < 2)
			return true;
		r->state = LITERAL;
		return give(r, (unsigned char)r->value);
	}
	r->value = 0;
	r->digits = 0;
	return true;
}

/* One to three octal digits; what ends them is looked at anew. */
static bool python_octal(struct reader *r, char c, bool *used)
{
	*used = c >= '0' && c <= '7' && r->digits < 3;
	if (*used) {
		r->value = r->value << 3 | (uint32_t)(c - '0');
		r->digits++;
		return true;
	}
	r->state = LITERAL;
	return r->value > 255 ? wrong(r, "an escape above \\377")
	                      : give(r, (unsigned char)r->value);
}

static bool python_literal(struct reader *r, char c)
{
	if (c == '\\')
		r->state = ESCAPE;
	else if (c == r->before)
		r->state = OUTSIDE;
	else if (c == '\n')
		return wrong(r, "the literal is not closed");
	else if ((unsigned char)c >= 0x80)
		return wrong(r, "a bytes literal has ASCII only");
	else
		return give(r, (unsigned char)c);
	r->before = r->state == OUTSIDE ? '\0' : r->before;
	return true;
}

static bool python_outside(struct reader *r, char c)
{
	bool quote = c == '"' || c == '\'';

	if (quote && r->before != 'b' && r->before != 'B')
		return wrong(r, "a literal that is not b\"..\"");
	if (c == '#')
		r->state = COMMENT_LINE;
	if (quote) {
		r->state = LITERAL;
		r->seen = true;
	}
	r->before = c;
	return true;
}

static bool python_put(struct reader *r, char c)
{
	bool used;

	switch (r->state) {
	case COMMENT_LINE:
		return comment_put(r, c);
	case ESCAPE:
	case ESCAPE_HEX:
		return python_escape(r, c);
	case ESCAPE_OCTAL:
		if (!python_octal(r, c, &used))
			return false;
		return used || python_literal(r, c);
	case LITERAL:
		return python_literal(r, c);
	default:
		return python_outside(r, c);
	}
}

static bool python_end(struct reader *r)
{
	if (!r->seen)
		return wrong(r, "there is no literal b\"..\"");
	return r->state == OUTSIDE || r->state == COMMENT_LINE ||
	       wrong(r, "the literal is not closed");
}

/* --- the reader ----------------------------------------------------------------------- */

static const struct kind kinds[] = {
	{ .name = "hex", .line = hex_line },
	{ .name = "c", .put = c_put, .end = c_end },
	{ .name = "python", .put = python_put, .end = python_end },
	{ .name = "base64", .put = base64_put, .end = base64_end },
	{ .name = "ihex", .line = ihex_line, .end = records_end },
	{ .name = "srec", .line = srec_line, .end = records_end },
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

	r->len = 0;
	while (len > 0 && r->line[len - 1] == '\r')
		len--;
	return len == 0 || r->kind->line(r, r->line, len);
}

static bool put(struct reader *r, char c)
{
	if (!r->kind->line)
		return r->kind->put(r, c);
	if (c == '\n')
		return end_line(r);
	if (r->len == LINE_MOST)
		return wrong(r, "the line is too long");
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
	       hand_out(reader);
}
