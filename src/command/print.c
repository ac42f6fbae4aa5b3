/*
 * print.c - the command print: bytes in every form
 *
 * hex and row show what every byte is. The formats of format.h cannot: bytes
 * without values stop them, unless the user says what to put there (K7): skip
 * leaves them out, fill writes a value.
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
#include "command/format.h"
#include "command/table.h"
#include "open/unreadable.h"
#include "session.h"
#include "space/view.h"

enum {
	CHUNK = 1 << 16,    /* bytes of one read, and of one JSON object */
	ROW = 16,           /* bytes of a row of hex */
	OFFSET_DIGITS = 10, /* of the offset column, at least: as on screen */
};

enum form {
	FORM_NONE, /* not said yet */
	FORM_HEX,
	FORM_ROW,
	FORM_FORMAT,
};

struct print {
	struct context *ctx;
	struct output *out;
	enum form form;
	const struct format *format; /* of FORM_FORMAT */
	struct formatter to;
	struct unreadable unreadable;
	uint64_t start, end; /* what is printed */
	uint64_t addr;       /* of the next byte */
	uint64_t skipped;
	unsigned char *bytes; /* owned; CHUNK of them */
	struct runs runs;
};

/* --- formats ------------------------------------------------------------- */

static bool put_unreadable(struct print *print, const struct run *run,
                           struct error *err)
{
	if (print->unreadable.what == UNREADABLE_STOP) {
		format_flush(&print->to);
		return unreadable_error(run, print->addr, err);
	}
	print->skipped += run->len;
	for (uint64_t i = 0;
	     print->unreadable.what == UNREADABLE_FILL && i < run->len; i++) {
		uint64_t addr = print->addr + i;
		unsigned char byte = unreadable_byte(&print->unreadable,
		                                     addr - print->start);

		format_put(&print->to, addr, &byte, 1);
	}
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
			format_put(&print->to, print->addr, p,
			           (size_t)run->len);
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
		cell.text = text_is_print(byte) ? (char)byte : '.';
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
		if (print->out->json && print->form == FORM_HEX)
			hex_json(print, len);
		else
			hex_text(print, len);
		print->addr += len;
	}
	return true;
}

static bool print_lines(struct print *print, struct error *err)
{
	format_begin(&print->to, print->format, print->out);
	while (print->addr < print->end && !output_failed(print->out)) {
		size_t len = (size_t)u64_min(CHUNK, print->end - print->addr);

		if (!load(print, len, err) || !put_chunk(print, err))
			return false;
	}
	format_end(&print->to);
	return true;
}

static bool print_form(struct print *print, struct error *err)
{
	return print->form == FORM_FORMAT ? print_lines(print, err)
	                                  : print_states(print, err);
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
	if (print->format && format_flags(print->format) & FORMAT_TEXT) {
		if (!load(print, len, err))
			return false;
		len = format_whole(print->bytes, len);
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
	if (print->form != FORM_NONE)
		return error_set(err, ERR_SYNTAX, "one form at a time");
	print->format = format_find(word);
	if (strcmp(word, "hex") == 0)
		print->form = FORM_HEX;
	else if (strcmp(word, "row") == 0)
		print->form = FORM_ROW;
	else if (print->format)
		print->form = FORM_FORMAT;
	else
		return error_set(err, ERR_SYNTAX,
		                 "unknown form '%s' (hex raw text dec c python "
		                 "base64 row ihex srec digits)",
		                 text_shown(word).s);
	return true;
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
	if (print->form == FORM_NONE)
		print->form = FORM_HEX;
	if (print->form == FORM_FORMAT && print->out->json &&
	    format_flags(print->format) & FORMAT_BINARY)
		return error_set(err, ERR_SYNTAX,
		                 "%s has no JSON form: leave out --json",
		                 format_name(print->format));
	return true;
}

bool print_rows(struct context *ctx, uint64_t start, uint64_t end,
                struct output *out, struct error *err)
{
	struct print print = {
		.ctx = ctx,
		.out = out,
		.form = FORM_ROW,
		.start = start,
		.end = end,
		.addr = start,
	};
	bool ok;

	output_init(out, false, NULL, NULL);
	print.bytes = mem_resize(NULL, CHUNK, 1, err);
	ok = print.bytes && print_states(&print, err);
	if (ok && out->failed) {
		*err = out->err;
		ok = false;
	}
	if (!ok)
		output_free(out);
	mem_free(print.bytes);
	runs_free(&print.runs);
	return ok;
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
	    (print.form == FORM_FORMAT &&
	     !format_fits(print.format, print.start, print.end, err)))
		return false;
	print.bytes = mem_resize(NULL, CHUNK, 1, err);
	if (!print.bytes)
		return false;
	if (print.out->json && print.form != FORM_HEX)
		ok = print_as_json(&print, err);
	else
		ok = print_form(&print, err);
	if (ok && print.skipped)
		context_say(ctx, "print: %" PRIu64 " byte%s without values %s",
		            print.skipped, text_plural(print.skipped),
		            print.unreadable.what == UNREADABLE_SKIP
		                    ? "skipped"
		                    : "filled");
	mem_free(print.bytes);
	runs_free(&print.runs);
	return ok;
}
