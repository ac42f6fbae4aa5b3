/*
 * fuzz_address.c - addresses and ranges over a space with everything in it:
 * a covered byte, an empty segment, a gap, equal names, the end of addresses
 *
 * The first byte says how the line is read: 1 blanks, 2 exact names, 4 hex.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "command/address.h"
#include "space/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct space *make_space(void)
{
	static const struct {
		const char *input, *name, *at;
		uint64_t size;
	} parts[] = {
		{ "a", "disk.001", "0", 0x1000 },
		{ "b", "disk.002", "0x1000", 0x2000 },
		{ "c", "notes-old.bin", "0x3000", 0x100 },
		{ "d", "disk.001", "0x3400", 0x10 },
		{ "e", "my disk", "0x1800", 8 },
		{ "f", "empty", "0x20", 0 },
		{ "gap:16", NULL, "0x2ff8", 16 },
		{ "h", "top", "0xffffffffffffff00", 0xfe },
	};
	uint64_t sizes[ARRAY_LEN(parts)];
	struct layout layout = { 0 };
	struct space *sp;
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct placement *p = placement_new(parts[i].input, &err);

		require(p && placement_set(p, "at", parts[i].at, &units_default,
		                           &err));
		require(placement_set(p, "over", NULL, &units_default, &err));
		if (parts[i].name)
			require(placement_set(p, "name", parts[i].name,
			                      &units_default, &err));
		require(layout_add(&layout, p, &err));
		sizes[i] = parts[i].size;
	}
	sp = space_derive(&layout, sizes, &err);
	require(sp != NULL);
	layout_clear(&layout);
	return sp;
}

static bool mark(void *ctx, char letter, struct place *out, struct error *err)
{
	const struct scope *scope = ctx;

	if (letter == 'z')
		return error_set(err, ERR_RANGE, "the mark is not set");
	*out = letter == 'e' ? (struct place){ 0x1000, 1, SIDE_END }
	                     : space_place(scope->space, 0x1234);
	return true;
}

static bool bookmark(void *ctx, const char *name, size_t len, struct place *out,
                     struct error *err)
{
	require(len > 0);
	return mark(ctx, name[len - 1], out, err);
}

static bool read_bytes(void *ctx, uint64_t addr, void *buf, size_t len,
                       struct error *err)
{
	const struct scope *scope = ctx;
	uint64_t size = space_size(scope->space);

	require(len > 0 && addr < size && len <= size - addr);
	if (!space_locate(scope->space, addr).segment)
		return error_set(err, ERR_STATE, "a gap");
	memset(buf, (int)(addr & 0x83), len);
	return true;
}

/* A place is in the space, and its text leads back to it. */
static void check_place(const struct scope *scope, struct place place)
{
	const struct space *sp = scope->space;
	struct scope plain = *scope;
	char text[PLACE_TEXT];
	struct error err;
	struct place back;

	require(place.addr <= space_size(sp));
	(void)place_text(sp, place, text);
	require((place.segment == 0) == (strcmp(text, "-") == 0));
	if (place.segment == 0)
		return;
	plain.units.radix = 10;
	require(address_eval(text, &plain, &back, &err));
	require(back.addr == place.addr && back.segment == place.segment &&
	        back.side == place.side);
}

static void check_error(const struct error *err, size_t pos, size_t len)
{
	require(err->code != ERR_NONE && err->text[0] != '\0');
	require(pos == 0 && err->column >= 1 && err->column <= len + 1);
}

static void try_line(const struct scope *scope, const char *line, size_t len,
                     bool blanks)
{
	struct lexer lx = lexer_of(line, len);
	struct error err = { 0 };
	struct place place;
	struct span span;

	if (address_parse(&lx, scope, blanks, &place, &err)) {
		require(lx.pos <= len);
		check_place(scope, place);
	} else {
		check_error(&err, lx.pos, len);
	}
	lx.pos = 0;
	if (!span_parse(&lx, scope, blanks, &span, &err)) {
		check_error(&err, lx.pos, len);
		return;
	}
	require(lx.pos <= len && span.given == (lx.pos > 0));
	if (span.given)
		check_place(scope, span.from);
	if (span.given && !span.single) {
		check_place(scope, span.to);
		require(span.from.addr <= span.to.addr);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scope scope = { .units = units_default,
		               .has_selection = true,
		               .sel_start = 0x800,
		               .sel_end = 0x1000,
		               .mark = mark,
		               .bookmark = bookmark,
		               .read = read_bytes };
	struct space *sp;

	if (size == 0)
		return 0;
	sp = make_space();
	scope.space = sp;
	scope.ctx = &scope;
	scope.cursor = space_place(sp, 0x1234);
	scope.exact_names = data[0] & 2;
	scope.units.radix = data[0] & 4 ? 16 : 10;
	try_line(&scope, (const char *)data + 1, size - 1, data[0] & 1);
	space_unref(sp);
	return 0;
}
