/*
 * reader_impl.h - what the readers of all formats share
 *
 * A format is read by lines or by characters. What these functions return is
 * whether the text is right so far; if not, the error is set.
 *
 * Threads: as reader.h.
 */
#ifndef COMMAND_READER_IMPL_H
#define COMMAND_READER_IMPL_H

#include "base/base.h"

struct error;
struct reader;

enum {
	LINE_MOST = 16384, /* characters of a line */
	BYTES_MOST = 4096, /* that wait to be given away */
};

struct reader_kind {
	const char *name;
	/* One of these: a line without its end, or a character. */
	bool (*line)(struct reader *r, const char *line, size_t len);
	/* Take the first *len characters of a line that is longer than
	   LINE_MOST, or fewer; NULL: no line is. */
	bool (*part)(struct reader *r, const char *line, size_t *len);
	bool (*put)(struct reader *r, char c);
	bool (*end)(struct reader *r); /* or NULL */
};

struct reader {
	const struct reader_kind *kind;
	bool (*take)(void *arg, uint64_t addr, const unsigned char *bytes,
	             size_t len, struct error *err);
	void *arg; /* of take */
	struct error *err;
	uint64_t number; /* of the line, from 1 */
	uint64_t addr;   /* of the next byte that comes out */
	unsigned char bytes[BYTES_MOST];
	size_t count; /* of bytes that wait, those before addr */
	char line[LINE_MOST];
	size_t len;
	bool ended; /* no more data may follow */
	/* hex */
	bool has_offsets;
	bool goes_on; /* a part of this line was read, which is digits alone */
	char held[LINE_MOST]; /* the first line, until the next one says.. */
	size_t held_len;      /* .. whether it begins with an address */
	uint64_t held_number; /* of that line */
	uint64_t od_lines;    /* of od, with bytes, that were read */
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

/* ERR_SYNTAX, with the number of the line. Returns false. */
bool reader_wrong(const struct reader *r, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/* Give away the bytes that wait. */
bool reader_hand_out(struct reader *r);

static inline bool reader_give(struct reader *r, unsigned char byte)
{
	r->bytes[r->count++] = byte;
	r->addr++;
	return r->count < BYTES_MOST || reader_hand_out(r);
}

/* Bytes at an address, of which the last must have one, too. */
bool reader_give_at(struct reader *r, uint64_t addr, const unsigned char *bytes,
                    size_t len);

bool reader_is_blank(char c);
bool reader_is_empty(const char *line, size_t len); /* but for blanks */

/* --- Intel HEX and S-records (reader_records.c) -------------------------- */

bool reader_ihex_line(struct reader *r, const char *line, size_t len);
bool reader_srec_line(struct reader *r, const char *line, size_t len);
bool reader_records_end(struct reader *r);

/* --- numbers of C, literals of Python (reader_source.c) ------------------ */

bool reader_c_put(struct reader *r, char c);
bool reader_c_end(struct reader *r);
bool reader_python_put(struct reader *r, char c);
bool reader_python_end(struct reader *r);

#endif
