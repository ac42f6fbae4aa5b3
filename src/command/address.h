/*
 * address.h - address expressions: from text to a place
 *
 *	-1   $   #2:-1s   disk.002:0x10   .+4K   (.+511)/512*512   u32le(.)*1s
 *
 * The grammar stands in doc/commands.md (terminal-ui 5.2 with the answers A1,
 * A2, B20, B21, C11, C12). Arithmetic is on a sign and a 64-bit magnitude and
 * never wraps. An address is 0 .. size of the space, or of the segment after
 * "#N:"; anything else is an error, never another place. Behind "#N:" all is
 * inside that segment: numbers, `.`, `$`, marks (an error if they are not in
 * it), and what u32le() reads. "%:" in front of an address says "the space".
 *
 * Threads: any; an expression reads the scope only.
 */
#ifndef COMMAND_ADDRESS_H
#define COMMAND_ADDRESS_H

#include "base/base.h"
#include "base/lexer.h"
#include "space/space.h"

struct error;

/* What an expression may refer to. All borrowed for the call. */
struct scope {
	const struct space *space;
	struct place cursor; /* "." */
	struct units units;
	bool exact_names; /* batch: a beginning of a name is not enough */
	bool has_selection;
	uint64_t sel_start, sel_end; /* '< and '>, half-open */
	/* The place of mark 'letter, of '' for '\''. ERR_RANGE: not set. */
	bool (*mark)(void *ctx, char letter, struct place *out,
	             struct error *err);
	/* The place of @name. ERR_RANGE: none of that name. */
	bool (*bookmark)(void *ctx, const char *name, size_t len,
	                 struct place *out, struct error *err);
	/* The bytes for u32le(..). ERR_STATE: they have no values. */
	bool (*read)(void *ctx, uint64_t addr, void *buf, size_t len,
	             struct error *err);
	void *ctx;
};

/*
 * Parse and evaluate the address at the lexer, and stop behind it (at a comma,
 * a word that cannot go on, or the end). `blanks`: blanks may stand between its
 * parts; else only inside parentheses. Errors have columns: ERR_SYNTAX for what
 * cannot be read or calculated, ERR_RANGE for what is outside or not there;
 * ERR_NOMEM, and what the scope's functions fail with. Then lx did not move.
 */
bool address_parse(struct lexer *lx, const struct scope *scope, bool blanks,
                   struct place *out, struct error *err) MUST_USE;

/*
 * The value of the expression in parentheses at the lexer, which goes behind
 * them; it need not be an address. Places are numbers in it. Fails as
 * address_parse().
 */
bool address_value(struct lexer *lx, const struct scope *scope, bool *negative,
                   uint64_t *mag, struct error *err) MUST_USE;

/* The whole text as one address; more text behind it is ERR_SYNTAX. */
bool address_eval(const char *text, const struct scope *scope,
                  struct place *out, struct error *err) MUST_USE;

/* A range as it was written. */
struct span {
	bool given;   /* false: no range here */
	bool single;  /* "A" alone: only from is set */
	bool segment; /* "#N" alone: the whole segment; from and to are set */
	struct place from, to; /* half-open */
};

/*
 * [ "%" | ADDRESS [ "," [ ADDRESS ] ] | "," ADDRESS ]. In "A,B", B is read
 * where A is: behind "#N:" numbers, $ and -N are inside that segment, unless B
 * begins with "#", a name, or "%:"; "+N" counts from A. ",B" starts at 0, "A,"
 * ends at $. ERR_RANGE: B < A. Behind "A," and a blank, a word that begins with
 * a letter is a command, even one that could be hex digits. Nothing that begins
 * a range is no error: then `given` is false and lx did not move.
 */
bool span_parse(struct lexer *lx, const struct scope *scope, bool blanks,
                struct span *out, struct error *err) MUST_USE;

/* "#2:0x10", "#2:$", "-" in a gap: a place as text, behind the address.
   dst has room for 48 bytes. Returns dst. */
enum { PLACE_TEXT = 48 };
char *place_text(const struct space *sp, struct place place,
                 char dst[static PLACE_TEXT]);

#endif
