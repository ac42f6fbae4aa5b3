/*
 * format.c - see format.h
 *
 * A format is a function that writes a line of at most so many bytes. The lines
 * of formats with addresses begin at multiples of that, and wherever bytes are
 * left out; so what is read back lies where it was.
 */
#include "config.h"

#include "command/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command/output.h"

enum {
	ROW = 16,           /* bytes of a row of hex and dec */
	OFFSET_DIGITS = 10, /* of the offset column of dec, at least */
	PER_LINE = 12,      /* bytes of a line of C and Python */
	BASE64_LINE = 57,   /* bytes of a line of 76 characters */
	RECORD = 16,        /* bytes of an Intel HEX or S-record line */
	LINE_TEXT = 128,    /* characters of any line but text */
};

struct format {
	const char *name;
	unsigned flags;                     /* FORMAT_* */
	size_t line;                        /* bytes of a line */
	bool is_32_bit;                     /* addresses end at 4 GiB */
	void (*begin)(struct formatter *f); /* or NULL */
	/* A line of line_len bytes at line_addr. */
	void (*put)(struct formatter *f);
	void (*end)(struct formatter *f); /* or NULL */
};

static char *put_digits(char *p, unsigned char byte, const char *digits)
{
	*p++ = digits[byte >> 4];
	*p++ = digits[byte & 15];
	return p;
}

static char *put_lower(char *p, unsigned char byte)
{
	return put_digits(p, byte, "0123456789abcdef");
}

static void put_line(struct formatter *f, const char *line, const char *end)
{
	output_bytes(f->out, line, (size_t)(end - line));
}

/* --- raw, text, dec ------------------------------------------------------ */

static void put_raw(struct formatter *f)
{
	output_bytes(f->out, f->line, f->line_len);
}

static void put_text(struct formatter *f)
{
	const unsigned char *p = f->line;
	const unsigned char *end = p + f->line_len;
	const unsigned char *from = p;

	for (; p < end; p++) {
		if (*p != '\n' && *p != '\t')
			continue;
		output_safe_bytes(f->out, from, (size_t)(p - from));
		output_bytes(f->out, p, 1);
		from = p + 1;
	}
	output_safe_bytes(f->out, from, (size_t)(end - from));
}

static void end_line(struct formatter *f)
{
	output_text(f->out, "\n");
}

static void put_dec(struct formatter *f)
{
	output_text(f->out, "%0*" PRIu64 " ", OFFSET_DIGITS, f->line_addr);
	for (size_t i = 0; i < f->line_len; i++)
		output_text(f->out, " %3u", f->line[i]);
	output_text(f->out, "\n");
}

/* --- hex, digits --------------------------------------------------------- */

/* A line as xxd writes it: "00000200: 6461 7461  data". */
static void put_hex(struct formatter *f)
{
	char line[LINE_TEXT];
	char *p = line + sprintf(line, "%08" PRIx64 ":", f->line_addr);

	for (size_t i = 0; i < ROW; i++) {
		if (i % 2 == 0)
			*p++ = ' ';
		if (i < f->line_len) {
			p = put_lower(p, f->line[i]);
		} else {
			*p++ = ' ';
			*p++ = ' ';
		}
	}
	*p++ = ' ';
	*p++ = ' ';
	for (size_t i = 0; i < f->line_len; i++) {
		unsigned char byte = f->line[i];

		*p++ = text_is_print(byte) ? (char)byte : '.';
	}
	*p++ = '\n';
	put_line(f, line, p);
}

static void put_pairs(struct formatter *f)
{
	char line[LINE_TEXT];
	char *p = line;

	for (size_t i = 0; i < f->line_len; i++) {
		if (f->count > 0 || i > 0)
			*p++ = ' ';
		p = put_lower(p, f->line[i]);
	}
	put_line(f, line, p);
}

/* --- C, Python, base64 --------------------------------------------------- */

static void begin_c(struct formatter *f)
{
	output_text(f->out, "static const unsigned char data[] = {\n");
}

static void put_c(struct formatter *f)
{
	char line[LINE_TEXT];
	char *p = line;

	for (size_t i = 0; i < f->line_len; i++) {
		*p++ = i ? ' ' : '\t';
		*p++ = '0';
		*p++ = 'x';
		p = put_lower(p, f->line[i]);
		*p++ = ',';
	}
	*p++ = '\n';
	put_line(f, line, p);
}

static void end_c(struct formatter *f)
{
	output_text(f->out, "};\n");
}

static void begin_python(struct formatter *f)
{
	output_text(f->out, "data = (\n");
}

static void put_python(struct formatter *f)
{
	char line[LINE_TEXT];
	char *p = line + sprintf(line, "    b\"");

	for (size_t i = 0; i < f->line_len; i++) {
		*p++ = '\\';
		*p++ = 'x';
		p = put_lower(p, f->line[i]);
	}
	*p++ = '"';
	*p++ = '\n';
	put_line(f, line, p);
}

static void end_python(struct formatter *f)
{
	/* () alone would be an empty tuple. */
	output_text(f->out, f->count ? ")\n" : "    b\"\"\n)\n");
}

static void put_base64(struct formatter *f)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *bytes = f->line;
	char line[LINE_TEXT];
	char *p = line;

	for (size_t i = 0; i < f->line_len; i += 3) {
		size_t n = size_min(3, f->line_len - i);
		unsigned v = (unsigned)bytes[i] << 16;

		v |= n > 1 ? (unsigned)bytes[i + 1] << 8 : 0;
		v |= n > 2 ? bytes[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			*p++ = k <= n ? digits[v >> (18 - 6 * k) & 63] : '=';
	}
	*p++ = '\n';
	put_line(f, line, p);
}

/* --- records ------------------------------------------------------------- */

static char *put_upper(char *p, const unsigned char *bytes, size_t len,
                       unsigned *sum)
{
	for (size_t i = 0; i < len; i++) {
		p = put_digits(p, bytes[i], "0123456789ABCDEF");
		*sum += bytes[i];
	}
	return p;
}

static void put_ihex_record(struct formatter *f, const unsigned char head[4],
                            const unsigned char *bytes, size_t len)
{
	unsigned sum = 0;
	unsigned char check;
	char line[LINE_TEXT];
	char *p = line;

	*p++ = ':';
	p = put_upper(p, head, 4, &sum);
	p = put_upper(p, bytes, len, &sum);
	check = (unsigned char)-sum;
	p = put_upper(p, &check, 1, &sum);
	*p++ = '\n';
	put_line(f, line, p);
}

/* Intel HEX: :LLAAAATT data checksum, with type 04 for the upper half. */
static void put_ihex(struct formatter *f)
{
	uint32_t addr = (uint32_t)f->line_addr;
	const unsigned char head[4] = { (unsigned char)f->line_len,
		                        (unsigned char)(addr >> 8),
		                        (unsigned char)addr, 0 };
	const unsigned char extend[4] = { 2, 0, 0, 4 };
	const unsigned char upper[2] = { (unsigned char)(addr >> 24),
		                         (unsigned char)(addr >> 16) };

	if (addr >> 16 != f->upper) {
		f->upper = addr >> 16;
		put_ihex_record(f, extend, upper, 2);
	}
	put_ihex_record(f, head, f->line, f->line_len);
}

static void end_ihex(struct formatter *f)
{
	output_text(f->out, ":00000001FF\n");
}

/* Motorola S-records with 32-bit addresses: S3, ended by S7. */
static void put_srec(struct formatter *f)
{
	uint32_t addr = (uint32_t)f->line_addr;
	const unsigned char head[5] = { (unsigned char)(f->line_len + 5),
		                        (unsigned char)(addr >> 24),
		                        (unsigned char)(addr >> 16),
		                        (unsigned char)(addr >> 8),
		                        (unsigned char)addr };
	unsigned sum = 0;
	unsigned char check;
	char line[LINE_TEXT] = "S3";
	char *p = line + 2;

	p = put_upper(p, head, sizeof(head), &sum);
	p = put_upper(p, f->line, f->line_len, &sum);
	check = (unsigned char)~sum;
	p = put_upper(p, &check, 1, &sum);
	*p++ = '\n';
	put_line(f, line, p);
}

static void end_srec(struct formatter *f)
{
	output_text(f->out, "S70500000000FA\n");
}

/* --- the formats --------------------------------------------------------- */

static const struct format formats[] = {
	{ .name = "raw",
	  .flags = FORMAT_BINARY | FORMAT_READ,
	  .line = 64,
	  .put = put_raw },
	{ .name = "hex",
	  .flags = FORMAT_ADDRESS | FORMAT_READ,
	  .line = ROW,
	  .put = put_hex },
	{ .name = "text",
	  .flags = FORMAT_TEXT,
	  .line = 64,
	  .put = put_text,
	  .end = end_line },
	{ .name = "dec", .flags = FORMAT_ADDRESS, .line = ROW, .put = put_dec },
	{ .name = "digits", .line = ROW, .put = put_pairs, .end = end_line },
	{ .name = "c",
	  .flags = FORMAT_READ,
	  .line = PER_LINE,
	  .begin = begin_c,
	  .put = put_c,
	  .end = end_c },
	{ .name = "python",
	  .flags = FORMAT_READ,
	  .line = PER_LINE,
	  .begin = begin_python,
	  .put = put_python,
	  .end = end_python },
	{ .name = "base64",
	  .flags = FORMAT_READ,
	  .line = BASE64_LINE,
	  .put = put_base64 },
	{ .name = "ihex",
	  .flags = FORMAT_ADDRESS | FORMAT_READ,
	  .line = RECORD,
	  .is_32_bit = true,
	  .put = put_ihex,
	  .end = end_ihex },
	{ .name = "srec",
	  .flags = FORMAT_ADDRESS | FORMAT_READ,
	  .line = RECORD,
	  .is_32_bit = true,
	  .put = put_srec,
	  .end = end_srec },
};

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(name, formats[i].name) == 0)
			return &formats[i];
	return NULL;
}

const char *format_name(const struct format *format)
{
	return format->name;
}

unsigned format_flags(const struct format *format)
{
	return format->flags;
}

bool format_fits(const struct format *format, uint64_t start, uint64_t end,
                 struct error *err)
{
	if (!format->is_32_bit || start == end || end - 1 <= UINT32_MAX)
		return true;
	return error_set(err, ERR_RANGE,
	                 "%s records end at 4 GiB: 0x%" PRIx64 " is past that",
	                 format->name, end - 1);
}

void format_begin(struct formatter *f, const struct format *format,
                  struct output *out)
{
	*f = (struct formatter){ .format = format, .out = out };
	if (format->begin)
		format->begin(f);
}

void format_flush(struct formatter *f)
{
	if (f->line_len > 0)
		f->format->put(f);
	f->count += f->line_len;
	f->line_len = 0;
}

/* What may be the beginning of a character, or of something like an escape, is
   left out. */
size_t format_whole(const unsigned char *text, size_t len)
{
	size_t cut = len;

	for (size_t i = len; i > 0 && len - i < 3; i--)
		if (text[i - 1] == '\\' || text[i - 1] >= 0xc0)
			cut = i - 1;
	return cut;
}

static void flush_full_text(struct formatter *f)
{
	size_t cut = format_whole(f->line, f->line_len);
	size_t rest = f->line_len - cut;

	f->line_len = cut;
	format_flush(f);
	memmove(f->line, f->line + cut, rest);
	f->line_len = rest;
}

/* How many of `len` bytes at addr go into the line, which is not full. */
static size_t room_for(const struct formatter *f, uint64_t addr, size_t len)
{
	size_t room = f->format->line - f->line_len;

	if (f->format->flags & FORMAT_ADDRESS)
		room = f->format->line - (size_t)(addr % f->format->line);
	return size_min(room, len);
}

void format_put(struct formatter *f, uint64_t addr, const unsigned char *bytes,
                size_t len)
{
	bool aligned = f->format->flags & FORMAT_ADDRESS;

	while (len > 0) {
		size_t n;

		/* A line goes on only where its addresses do. */
		if (aligned && f->line_len > 0 &&
		    (addr % f->format->line == 0 ||
		     addr != f->line_addr + f->line_len))
			format_flush(f);
		if (f->line_len == 0)
			f->line_addr = addr;
		n = room_for(f, addr, len);
		memcpy(f->line + f->line_len, bytes, n);
		f->line_len += n;
		addr += n;
		bytes += n;
		len -= n;
		if (f->line_len < f->format->line)
			continue;
		if (f->format->flags & FORMAT_TEXT)
			flush_full_text(f);
		else
			format_flush(f);
	}
}

void format_end(struct formatter *f)
{
	format_flush(f);
	if (f->format->end)
		f->format->end(f);
}
