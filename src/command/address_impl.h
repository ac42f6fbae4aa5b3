/*
 * address_impl.h - the pieces that read an address, for each other
 *
 *	address.c, address_span.c
 *	address_expression.c
 *	address_reference.c    address_function.c
 *	address_parser.c       what numbers and places mean here
 *	address_token.c        what stands here
 *
 * Each uses those below it. What fails has filled in p->err, with a column, and
 * returns false; the columns handed on are those of what is to blame.
 *
 * Threads: as address.h.
 */
#ifndef COMMAND_ADDRESS_IMPL_H
#define COMMAND_ADDRESS_IMPL_H

#include "base/base.h"
#include "base/lexer.h"
#include "command/arith.h"
#include "space/space.h"

struct error;
struct scope;

/* A number, or a place that still knows what was written (E3). */
struct operand {
	struct value v;
	bool is_place; /* `place` is what was written, v the number of it */
	bool bare;     /* "#N" and nothing else */
	struct place place;
	const struct segment *colon; /* "#N:.." and nothing else; or NULL */
};

/* Where reading stands. */
struct parser {
	struct lexer lx;
	const struct scope *scope;
	const struct segment *inside; /* NULL: the space */
	struct place plus;            /* a leading + counts from here */
	bool blanks;                  /* allowed outside parentheses */
	unsigned parens;
	unsigned depth;
	struct error *err;
};

/* A function by its name. */
struct function {
	enum {
		FUNCTION_NONE,
		FUNCTION_READ,
		FUNCTION_ALIGN,
		FUNCTION_SEG
	} what;
	size_t name_len;
	size_t bytes; /* READ: how many */
	bool is_signed, big;
};

/* address_token.c: of the bytes at a lexer, which does not move. */

/* The byte `ahead` of the lexer; NUL past the end. */
char token_peek(const struct lexer *lx, size_t ahead);

bool token_is_digit(char c);
bool token_is_letter(char c);
bool token_is_word(char c);                 /* letter, digit or '_' */
bool token_is_name(char c);                 /* that, or not ASCII */
bool token_one_of(char c, const char *set); /* NUL is in no set */

/* The length of a segment's name without quotes; 0: none stands here. */
size_t token_name_length(const struct lexer *lx);
bool token_begins_name(const struct lexer *lx);    /* and its colon */
bool token_begins_segment(const struct lexer *lx); /* by number or name */
bool token_begins_number(const struct lexer *lx, unsigned radix);

/* The function whose name and parenthesis stand here. */
struct function token_function(const struct lexer *lx);

/* Could an address begin here? A word of hex digits counts if `hex`. */
bool token_begins_address(const struct lexer *lx, bool hex);

/* address_parser.c: what numbers and places mean here. */

struct parser parser_of(const struct lexer *lx, const struct scope *scope,
                        bool blanks, struct error *err);

size_t parser_column(const struct parser *p);
/* Give a failure its column, unless it has one. Returns false. */
bool parser_at_column(const struct parser *p, size_t column);

/* Skip blanks where they may stand. */
void parser_blanks(struct parser *p);
/* Step over a character that must stand here, and blanks before it. */
bool parser_expect(struct parser *p, char c);

/* The size of what the parser is inside of. */
uint64_t parser_end(const struct parser *p);
/* Is a value 0 .. that size? ERR_RANGE. */
bool parser_in_bounds(const struct parser *p, struct value v, size_t column);

/* Say that this byte of a segment is not shown. Returns false. */
bool parser_covered(const struct parser *p, const struct segment *seg,
                    uint64_t off, size_t column);
/* Say that `what` is not in the segment the parser is inside of. False. */
bool parser_not_inside(const struct parser *p, const char *what, size_t column);

/* The place of an offset 0 .. size of a segment. ERR_RANGE: covered. */
bool parser_segment_place(const struct parser *p, const struct segment *seg,
                          uint64_t off, size_t column, struct place *out);
/* The offset in seg of a place; false when it does not lie in it. */
bool place_offset(const struct space *sp, const struct segment *seg,
                  struct place place, uint64_t *off);
/* E2: the number that a place is where the parser stands. ERR_RANGE. */
bool parser_place_value(const struct parser *p, struct place place,
                        const char *what, size_t column, struct value *out);

struct operand operand_number(struct value v);
/* ERR_RANGE as parser_place_value(). */
bool operand_place(const struct parser *p, struct place place, const char *what,
                   size_t column, struct operand *out);
/* E3: the place that a whole address means. ERR_RANGE. */
bool operand_final(const struct parser *p, const struct operand *from,
                   size_t column, struct place *out);

/* address_reference.c: what is read by its name. */

/* The segment whose number or name stands here; stops before a colon. */
bool reference_segment(struct parser *p, const struct segment **out);
bool reference_mark(struct parser *p, struct operand *out);
bool reference_bookmark(struct parser *p, struct operand *out);

/* address_function.c: values of functions. */

/* What a function gives; `step` is of align() only, `column` that of `arg`. */
bool function_apply(const struct parser *p, const struct function *f,
                    struct value arg, struct value step, size_t column,
                    struct value *out);

/* address_expression.c: all the rest. */

/* A whole address inside of p->inside, or of the space where it says so. */
bool expression_whole(struct parser *p, struct operand *operand,
                      struct place *out);

/* What parentheses, one of which must stand here, hold. */
bool expression_in_parentheses(struct parser *p, struct operand *out);

#endif
