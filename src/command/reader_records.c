/*
 * reader_records.c - bytes out of Intel HEX and S-records: see reader.h
 */
#include "config.h"

#include "base/text.h"
#include "command/reader_impl.h"

#include <inttypes.h>

enum { RECORD_MOST = 260 }; /* bytes of one, its head and checksum too */

/* The bytes of a record's digits. */
static bool record_bytes(const struct reader *r, const char *digits, size_t len,
                         unsigned char *bytes, size_t *count)
{
	while (len > 0 && reader_is_blank(digits[len - 1]))
		len--;
	if (len % 2 != 0 || len / 2 > RECORD_MOST)
		return reader_wrong(r, "the record has %zu digits", len);
	for (size_t i = 0; i < len; i += 2) {
		int high = text_hex_digit(digits[i]),
		    low = text_hex_digit(digits[i + 1]);

		if (high < 0 || low < 0)
			return reader_wrong(r,
			                    "what is no hex digit in a record");
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

	return is == want || reader_wrong(r, "the checksum is %02X, not %02X",
	                                  last, (last + want - is) & 0xff);
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
			return reader_wrong(r,
			                    "the record passes the end of its "
			                    "64 KiB");
		r->seen = true;
		return reader_give_at(r, (uint64_t)r->base + off, data, len);
	case 1:
		r->ended = true;
		return len == 0 || reader_wrong(r, "an end record with data");
	case 2:
	case 4:
		if (len != 2)
			return reader_wrong(r, "an address record of %u bytes",
			                    len);
		r->base = ((uint32_t)data[0] << 8 | data[1])
		          << (bytes[3] == 2 ? 4 : 16);
		return true;
	case 3:
	case 5: /* where a program starts */
		return len == 4 ||
		       reader_wrong(r, "a start record of %u bytes", len);
	default:
		return reader_wrong(r, "unknown record type %02X", bytes[3]);
	}
}

bool reader_ihex_line(struct reader *r, const char *line, size_t len)
{
	unsigned char bytes[RECORD_MOST] = { 0 };
	size_t count = 0;

	if (reader_is_empty(line, len))
		return true;
	if (r->ended)
		return reader_wrong(r,
		                    "something stands behind the end record");
	if (line[0] != ':')
		return reader_wrong(r, "a record begins with ':'");
	if (!record_bytes(r, line + 1, len - 1, bytes, &count))
		return false;
	if (count < 5 || count != (size_t)bytes[0] + 5)
		return reader_wrong(r, "the record has %zu bytes and says %u",
		                    count < 5 ? 0 : count - 5,
		                    count > 0 ? bytes[0] : 0);
	return check_sum(r, bytes, count, 0) && ihex_record(r, bytes);
}

bool reader_records_end(struct reader *r)
{
	return r->ended || reader_wrong(r, "the end record is missing");
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
			return reader_wrong(r, "the record passes the end of 4 "
			                       "GiB");
		return reader_give_at(r, addr, bytes + 1 + width, len);
	case '5':
	case '6':
		return addr == (r->records &
		                (type == '5' ? 0xffff : 0xffffff)) ||
		       reader_wrong(r, "%" PRIu64 " data records, not %" PRIu32,
		                    r->records, addr);
	default:
		r->ended = true;
		return true;
	}
}

bool reader_srec_line(struct reader *r, const char *line, size_t len)
{
	/* Bytes of the address, by type. */
	static const char widths[] = "2234023432";
	unsigned char bytes[RECORD_MOST] = { 0 };
	size_t count = 0, width;

	if (reader_is_empty(line, len))
		return true;
	if (r->ended)
		return reader_wrong(r,
		                    "something stands behind the end record");
	if (len < 2 || line[0] != 'S' || line[1] < '0' || line[1] > '9' ||
	    line[1] == '4')
		return reader_wrong(r, "a record begins with S0 to S9");
	if (!record_bytes(r, line + 2, len - 2, bytes, &count))
		return false;
	width = (size_t)(widths[line[1] - '0'] - '0');
	if (count < width + 2 || count != (size_t)bytes[0] + 1)
		return reader_wrong(r, "the record has %zu bytes and says %u",
		                    count, count > 0 ? bytes[0] + 1u : 0);
	return check_sum(r, bytes, count, 0xff) &&
	       srec_record(r, line[1], width, bytes, count);
}
