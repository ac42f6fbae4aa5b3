/*
 * print.c - the command print: bytes in every form
 *
 * A form is a set of functions that are given the bytes in chunks. Bytes
 * without values stop every form but hex, row and their JSON, unless the user
 * says what to put there (K7): skip leaves them out, fill writes a value.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "open/unreadable.h"
#include "session.h"
#include "space/view.h"

enum {
	CHUNK = 1 << 16,    /* bytes of one read, and of one JSON object */
	ROW = 16,           /* bytes of a row of hex and dec */
	OFFSET_DIGITS = 10, /* of the offset column, at least: as on screen */
	PER_LINE = 12,      /* bytes of a line of C and Python */
	BASE64_LINE = 57,   /* bytes of a line of 76 characters */
	RECORD = 16,        /* bytes of an Intel HEX or S-record line */
};

struct print {
	struct context *ctx;
	struct output *out;
	const struct form *form;
	struct unreadable unreadable;
	uint64_t start, end; /* what is printed */
	uint64_t addr;       /* of the next byte */
	uint64_t count;      /* bytes written so far */
	uint64_t skipped;
	unsigned char *bytes; /* owned; CHUNK of them */
	struct runs runs;
	/* What a form carries over from chunk to chunk: a line begun. */
	unsigned char line[64];
	size_t line_len;
	uint64_t line_addr;
	uint32_t upper; /* Intel HEX: the upper half of addresses now */
};

struct form {
	const char *name;
	bool shows_states; /* unreadable bytes have a sign of their own */
	bool is_binary;    /* cannot be JSON */
	size_t line;       /* bytes of a line; 0: none are collected */
	bool aligned;      /* lines begin at multiples of `line` */
	/* Can this range be written so? Or NULL. */
	bool (*check)(struct print *print, struct error *err);
	void (*begin)(struct print *print); /* or NULL */
	/* A line of line_len bytes at line_addr. */
	void (*put)(struct print *print);
	void (*end)(struct print *print); /* or NULL */
};

/* --- forms that collect lines of bytes ----------------------------------- */

static void put_text(struct print *print)
{
	const unsigned char *p = print->line;
	const unsigned char *end = p + print->line_len;
	const unsigned char *from = p;

	for (; p < end; p++) {
		if (*p != '\n' && *p != '\t')
			continue;
		output_safe_bytes(print->out, from, (size_t)(p - from));
		output_bytes(print->out, p, 1);
		from = p + 1;
	}
	output_safe_bytes(print->out, from, (size_t)(end - from));
}

static void end_text(struct print *print)
{
	output_text(print->out, "\n");
}

static void put_raw(struct print *print)
{
	output_bytes(print->out, print->line, print->line_len);
}

static void put_dec(struct print *print)
{
	output_text(print->out, "%0*" PRIu64 " ", OFFSET_DIGITS,
	            print->line_addr);
	for (size_t i = 0; i < print->line_len; i++)
		output_text(print->out, " %3u", print->line[i]);
	output_text(print->out, "\n");
}

static void begin_c(struct print *print)
{
	output_text(print->out, "static const unsigned char data[] = {\n");
}

static void put_c(struct print *print)
{
	for (size_t i = 0; i < print->line_len; i++)
		output_text(print->out, "%s0x%02x,", i ? " " : "\t",
		            print->line[i]);
	output_text(print->out, "\n");
}

static void end_c(struct print *print)
{
	output_text(print->out, "};\n");
}

static void begin_python(struct print *print)
{
	output_text(print->out, "data = (\n");
}

static void put_python(struct print *print)
{
	output_text(print->out, "    b\"");
	for (size_t i = 0; i < print->line_len; i++)
		output_text(print->out, "\\x%02x", print->line[i]);
	output_text(print->out, "\"\n");
}

static void end_python(struct print *print)
{
	/* () alone would be an empty tuple. */
	output_text(print->out, print->count ? ")\n" : "    b\"\"\n)\n");
}

static void put_base64(struct print *print)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = print->line;

	for (size_t i = 0; i < print->line_len; i += 3) {
		size_t n = size_min(3, print->line_len - i);
		unsigned v = (unsigned)p[i] << 16;
		char four[4];

		v |= n > 1 ? (unsigned)p[i + 1] << 8 : 0;
		v |= n > 2 ? p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			four[k] = k <= n ? digits[v >> (18 - 6 * k) & 63] : '=';
		output_bytes(print->out, four, sizeof(four));
	}
	output_text(print->out, "\n");
}

/* Both record formats hold 32-bit addresses. */
static bool check_records(struct print *print, struct error *err)
{
	if (print->end - 1 <= UINT32_MAX || print->start == print->end)
		return true;
	return error_set(err, ERR_RANGE,
	                 "%s records end at 4 GiB: 0x%" PRIx64 " is past that",
	                 print->form->name, print->end - 1);
}

static void put_hex_digits(struct output *out, const unsigned char *bytes,
                           size_t len, unsigned *sum)
{
	for (size_t i = 0; i < len; i++) {
		output_text(out, "%02X", bytes[i]);
		*sum += bytes[i];
	}
}

/* Intel HEX: :LLAAAATT data checksum, with type 04 for the upper half. */
static void put_ihex(struct print *print)
{
	uint32_t addr = (uint32_t)print->line_addr;
	unsigned char head[4] = { (unsigned char)print->line_len,
		                  (unsigned char)(addr >> 8),
		                  (unsigned char)addr, 0 };
	unsigned char upper[6] = { 2,
		                   0,
		                   0,
		                   4,
		                   (unsigned char)(addr >> 24),
		                   (unsigned char)(addr >> 16) };
	unsigned sum = 0;

	if (addr >> 16 != print->upper) {
		print->upper = addr >> 16;
		output_text(print->out, ":");
		put_hex_digits(print->out, upper, sizeof(upper), &sum);
		output_text(print->out, "%02X\n", -sum & 0xff);
		sum = 0;
	}
	output_text(print->out, ":");
	put_hex_digits(print->out, head, sizeof(head), &sum);
	put_hex_digits(print->out, print->line, print->line_len, &sum);
	output_text(print->out, "%02X\n", -sum & 0xff);
}

static void end_ihex(struct print *print)
{
	output_text(print->out, ":00000001FF\n");
}

/* Motorola S-records with 32-bit addresses: S3, ended by S7. */
static void put_srec(struct print *print)
{
	uint32_t addr = (uint32_t)print->line_addr;
	unsigned char head[5] = { (unsigned char)(print->line_len + 5),
		                  (unsigned char)(addr >> 24),
		                  (unsigned char)(addr >> 16),
		                  (unsigned char)(addr >> 8),
		                  (unsigned char)addr };
	unsigned sum = 0;

	output_text(print->out, "S3");
	put_hex_digits(print->out, head, sizeof(head), &sum);
	put_hex_digits(print->out, print->line, print->line_len, &sum);
	output_text(print->out, "%02X\n", ~sum & 0xff);
}

static void end_srec(struct print *print)
{
	output_text(print->out, "S70500000000FA\n");
}

static const struct form forms[] = {
	{ .name = "hex", .shows_states = true },
	{ .name = "row", .shows_states = true },
	{ .name = "raw", .is_binary = true, .line = 64, .put = put_raw },
	{ .name = "text", .line = 64, .put = put_text, .end = end_text },
	{ .name = "dec", .line = ROW, .aligned = true, .put = put_dec },
	{ .name = "c",
	  .line = PER_LINE,
	  .begin = begin_c,
	  .put = put_c,
	  .end = end_c },
	{ .name = "python",
	  .line = PER_LINE,
	  .begin = begin_python,
	  .put = put_python,
	  .end = end_python },
	{ .name = "base64", .line = BASE64_LINE, .put = put_base64 },
	{ .name = "ihex",
	  .line = RECORD,
	  .aligned = true,
	  .check = check_records,
	  .put = put_ihex,
	  .end = end_ihex },
	{ .name = "srec",
	  .line = RECORD,
	  .aligned = true,
	  .check = check_records,
	  .put = put_srec,
	  .end = end_srec },
};

static void flush_line(struct print *print)
{
	if (print->line_len > 0)
		print->form->put(print);
	print->count += print->line_len;
	print->line_len = 0;
}

/* How much of a text is shown as it would be whatever follows: what may be the
   beginning of a character, or of something like an escape, is left out. */
static size_t whole_text(const unsigned char *text, size_t len)
{
	size_t cut = len;

	for (size_t i = len; i > 0 && len - i < 3; i--)
		if (text[i - 1] == '\\' || text[i - 1] >= 0xc0)
			cut = i - 1;
	return cut;
}

static void flush_full_text(struct print *print)
{
	size_t cut = whole_text(print->line, print->line_len);
	size_t rest = print->line_len - cut;

	print->line_len = cut;
	flush_line(print);
	memmove(print->line, print->line + cut, rest);
	print->line_len = rest;
}

static void put_byte(struct print *print, uint64_t addr, unsigned char byte)
{
	size_t line = print->form->line;

	/* A line of addressed bytes goes on only where its addresses do. */
	if (print->form->aligned && print->line_len > 0 &&
	    (addr % line == 0 || addr != print->line_addr + print->line_len))
		flush_line(print);
	if (print->line_len == 0)
		print->line_addr = addr;
	print->line[print->line_len++] = byte;
	if (print->line_len < line)
		return;
	if (print->form->put == put_text)
		flush_full_text(print);
	else
		flush_line(print);
}

static bool put_unreadable(struct print *print, const struct run *run,
                           struct error *err)
{
	if (print->unreadable.what == UNREADABLE_STOP) {
		flush_line(print);
		return unreadable_error(run, print->addr, err);
	}
	print->skipped += run->len;
	for (uint64_t i = 0;
	     print->unreadable.what == UNREADABLE_FILL && i < run->len; i++)
		put_byte(print, print->addr + i,
		         unreadable_byte(&print->unreadable,
		                         print->addr + i - print->start));
	return true;
}

static bool put_chunk(struct print *print, struct error *err)
{
	const unsigned char *p = print->bytes;

	for (size_t i = 0; i < print->runs.count; i++) {
		const struct run *run = &print->runs.v[i];

		if (!state_has_bytes(run->state)) {
			if (!put_unreadable(print, run, err))
				return false;
		} else {
			for (uint64_t k = 0; k < run->len; k++)
				put_byte(print, print->addr + k, p[k]);
		}
		p += run->len;
		print->addr += run->len;
	}
	return true;
}

/* --- hex ----------------------------------------------------------------- */

/* What the bytes of a row are, at most ROW of them. */
struct cell_text {
	char hex[3];
	char text;
};

static struct cell_text cell_of(const struct run *run, unsigned char byte)
{
	struct cell_text cell = { "--", ' ' };

	if (state_has_bytes(run->state)) {
		snprintf(cell.hex, sizeof(cell.hex), "%02x", byte);
		cell.text = byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
	} else if (run->state != STATE_GAP && run->state != STATE_MISSING) {
		memcpy(cell.hex, "??", 3);
		cell.text = '?';
	}
	return cell;
}

static int offset_digits(uint64_t last)
{
	int digits = OFFSET_DIGITS;

	while (digits < 16 && last >> (4 * digits))
		digits += 2;
	return digits;
}

/* A row of bytes at [addr, addr + count), aligned so that its first column is
   that of addr - addr % ROW. */
static void hex_row(struct print *print, uint64_t addr,
                    const struct cell_text *cells, size_t count)
{
	size_t first = addr % ROW;
	char line[128];
	int n = snprintf(line, sizeof(line), "%0*" PRIx64 " ",
	                 offset_digits(print->end ? print->end - 1 : 0),
	                 addr - first);
	char *p = line + n;

	for (size_t i = 0; i < ROW; i++) {
		bool in = i >= first && i - first < count;

		p += sprintf(p, "%s %s", i == ROW / 2 ? " " : "",
		             in ? cells[i - first].hex : "  ");
	}
	p += sprintf(p, "  |");
	for (size_t i = 0; i < ROW; i++)
		*p++ = i >= first && i - first < count ? cells[i - first].text
		                                       : ' ';
	p += sprintf(p, "|\n");
	output_bytes(print->out, line, (size_t)(p - line));
}

/* Goes through runs a byte at a time. */
struct run_walk {
	const struct run *next, *run;
	uint64_t left;
};

static const struct run *walk_on(struct run_walk *walk)
{
	while (walk->left == 0) {
		walk->run = walk->next++;
		walk->left = walk->run->len;
	}
	walk->left--;
	return walk->run;
}

static void hex_text(struct print *print, size_t len)
{
	struct cell_text cells[ROW];
	struct run_walk walk = { .next = print->runs.v };
	size_t filled = 0;
	uint64_t row_addr = print->addr;

	for (size_t i = 0; i < len; i++) {
		uint64_t addr = print->addr + i;
		if (addr % ROW == 0 && filled > 0) {
			hex_row(print, row_addr, cells, filled);
			filled = 0;
		}
		if (filled == 0)
			row_addr = addr;
		cells[filled++] = cell_of(walk_on(&walk), print->bytes[i]);
	}
	if (filled > 0)
		hex_row(print, row_addr, cells, filled);
}

static bool has_edits(const struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		if (runs->v[i].edited)
			return true;
	return false;
}

static void hex_json(struct print *print, size_t len)
{
	struct run_walk walk = { .next = print->runs.v };

	json_begin(print->out);
	json_addr(print->out, print->addr);
	json_number(print->out, "len", len);
	json_open_string(print->out, "hex");
	for (size_t i = 0; i < len; i++) {
		struct cell_text cell =
			cell_of(walk_on(&walk), print->bytes[i]);

		output_bytes(print->out, cell.hex, 2);
	}
	json_close_string(print->out);
	if (has_edits(&print->runs))
		json_bool(print->out, "edited", true);
	json_end(print->out);
}

/* --- the command --------------------------------------------------------- */

static bool load(struct print *print, size_t len, struct error *err)
{
	runs_clear(&print->runs);
	return view_read(session_view(print->ctx->session), print->addr,
	                 print->bytes, len, 0, &print->runs, err);
}

static bool print_states(struct print *print, struct error *err)
{
	while (print->addr < print->end && !output_failed(print->out)) {
		/* Chunks end at rows, so that no row is cut in two. */
		size_t len = (size_t)u64_min(CHUNK - print->addr % ROW,
		                             print->end - print->addr);

		if (!load(print, len, err))
			return false;
		if (print->out->json && print->form == &forms[0])
			hex_json(print, len);
		else
			hex_text(print, len);
		print->addr += len;
	}
	return true;
}

static bool print_lines(struct print *print, struct error *err)
{
	if (print->form->begin)
		print->form->begin(print);
	while (print->addr < print->end && !output_failed(print->out)) {
		size_t len = (size_t)u64_min(CHUNK, print->end - print->addr);

		if (!load(print, len, err) || !put_chunk(print, err))
			return false;
	}
	flush_line(print);
	if (print->form->end)
		print->form->end(print);
	return true;
}

static bool print_form(struct print *print, struct error *err)
{
	return print->form->shows_states ? print_states(print, err)
	                                 : print_lines(print, err);
}

static bool to_memory(void *ctx, const char *bytes, size_t len,
                      struct error *err)
{
	output_bytes(ctx, bytes, len);
	(void)err;
	return true;
}

/* What the text of print->addr .. print->end would be, as one value. */
static bool put_object(struct print *print, struct error *err)
{
	struct output *out = print->out;
	struct output collected, inner;
	uint64_t start = print->addr;
	bool ok;

	output_init(&collected, false, NULL, NULL);
	output_init(&inner, false, to_memory, &collected);
	print->out = &inner;
	ok = print_form(print, err) && output_flush(&inner, err);
	print->out = out;
	if (ok) {
		json_begin(out);
		json_addr(out, start);
		json_number(out, "len", print->end - start);
		json_lines(out, "text", collected.v, collected.len);
		if (print->skipped)
			json_number(out, "skipped", print->skipped);
		json_end(out);
	}
	output_free(&inner);
	output_free(&collected);
	return ok;
}

/* Where the object that begins at print->addr ends: at a row, or so that no
   character is cut in two. */
static bool object_end(struct print *print, uint64_t end, uint64_t *out,
                       struct error *err)
{
	size_t len = CHUNK - print->addr % ROW;

	*out = end;
	if (end - print->addr <= len)
		return true;
	if (print->form->put == put_text) {
		if (!load(print, len, err))
			return false;
		len = whole_text(print->bytes, len);
	}
	*out = print->addr + len;
	return true;
}

/* Other forms in JSON: each object is what print makes of its range alone, but
   that a fill goes on. */
static bool print_as_json(struct print *print, struct error *err)
{
	uint64_t end = print->end;
	uint64_t skipped = 0;
	bool ok = true;

	do {
		print->skipped = 0;
		print->count = 0;
		print->upper = 0;
		ok = object_end(print, end, &print->end, err) &&
		     put_object(print, err);
		skipped += print->skipped;
	} while (ok && print->end < end && !output_failed(print->out));
	print->skipped = skipped;
	return ok;
}

static bool parse_word(struct print *print, const char *word, struct error *err)
{
	if (unreadable_is(word))
		return unreadable_parse(word, &print->unreadable, err);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (strcmp(word, forms[i].name) != 0)
			continue;
		if (print->form)
			return error_set(err, ERR_SYNTAX, "one form at a time");
		print->form = &forms[i];
		return true;
	}
	return error_set(err, ERR_SYNTAX,
	                 "unknown form '%s' (hex raw text dec c python base64 "
	                 "row ihex srec)",
	                 text_shown(word).s);
}

static bool parse_words(struct print *print, struct call *call,
                        struct error *err)
{
	while (call_more(call)) {
		struct word word;
		bool ok;

		if (!call_word(call, &word, err))
			return false;
		ok = parse_word(print, word.text, err);
		if (!ok)
			err->column = word.column;
		word_free(&word);
		if (!ok)
			return false;
	}
	if (!print->form)
		print->form = &forms[0];
	if (print->form->is_binary && print->out->json)
		return error_set(err, ERR_SYNTAX,
		                 "%s has no JSON form: leave out --json",
		                 print->form->name);
	return true;
}

RUN(print)
{
	struct print print = {
		.ctx = ctx,
		.out = ctx->out,
		.start = call->start,
		.end = call->end,
		.addr = call->start,
	};
	bool ok;

	if (!parse_words(&print, call, err) ||
	    (print.form->check && !print.form->check(&print, err)))
		return false;
	print.bytes = mem_resize(NULL, CHUNK, 1, err);
	if (!print.bytes)
		return false;
	if (print.out->json && print.form != &forms[0])
		ok = print_as_json(&print, err);
	else
		ok = print_form(&print, err);
	if (ok && print.skipped)
		context_say(ctx, "print: %" PRIu64 " bytes without values %s",
		            print.skipped,
		            print.unreadable.what == UNREADABLE_SKIP
		                    ? "skipped"
		                    : "filled");
	mem_free(print.bytes);
	runs_free(&print.runs);
	return ok;
}
