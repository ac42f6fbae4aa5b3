/* syntax_node.c - making the nodes of a regex: see syntax_impl.h */
#include "config.h"

#include "find/syntax_impl.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum { NODES_MAX = 1 << 16 };

uint32_t syntax_give_up(struct parser *p)
{
	error_set(p->err, ERR_NO, "this regex has no prefilter");
	return 0;
}

static uint32_t add(struct parser *p, struct syntax_node node)
{
	struct syntax *tree = p->tree;

	if (tree->count >= NODES_MAX)
		return syntax_give_up(p);
	if (!mem_grow(&tree->nodes, &tree->cap, tree->count + 1,
	              sizeof(*tree->nodes), p->err))
		return 0;
	tree->nodes[tree->count] = node;
	return (uint32_t)tree->count++;
}

uint32_t syntax_add_kind(struct parser *p, enum syntax_kind kind)
{
	return add(p, (struct syntax_node){ .kind = kind });
}

uint32_t syntax_add_byte(struct parser *p, const struct byte_set *set,
                         const struct byte_set *sure)
{
	return add(p, (struct syntax_node){
			      .kind = SYNTAX_BYTE,
			      .set = *set,
			      .is_wider = !byte_set_is_equal(set, sure) });
}

uint32_t syntax_add_range(struct parser *p, unsigned char first,
                          unsigned char last)
{
	struct byte_set set = { { 0 } };

	byte_set_add_range(&set, first, last);
	return syntax_add_byte(p, &set, &set);
}

uint32_t syntax_add_repeat(struct parser *p, uint32_t child, uint32_t min,
                           uint32_t max)
{
	if (!child)
		return 0;
	return add(p, (struct syntax_node){ .kind = SYNTAX_REPEAT,
	                                    .min = min,
	                                    .max = max,
	                                    .child = child });
}

/* False when there is no child, which has failed then. */
bool syntax_put(struct parser *p, struct row *row, uint32_t child)
{
	if (!child)
		return false;
	if (row->count++)
		p->tree->nodes[row->last].next = child;
	else
		row->first = child;
	row->last = child;
	return true;
}

uint32_t syntax_add_row(struct parser *p, enum syntax_kind kind,
                        const struct row *row)
{
	if (row->count == 0)
		return syntax_add_kind(p, SYNTAX_EMPTY);
	if (row->count == 1)
		return row->first;
	return add(p,
	           (struct syntax_node){ .kind = kind, .child = row->first });
}

/* Any character that is longer than a byte. */
static uint32_t add_wide(struct parser *p)
{
	struct row row = { 0 };
	uint32_t more;

	if (!syntax_put(p, &row, syntax_add_range(p, 0xc2, 0xf4)) ||
	    !syntax_put(p, &row, syntax_add_range(p, 0x80, 0xbf)))
		return 0;
	more = syntax_add_range(p, 0x80, 0xbf);
	if (!syntax_put(p, &row, syntax_add_repeat(p, more, 0, 2)))
		return 0;
	return syntax_add_row(p, SYNTAX_SEQ, &row);
}

uint32_t syntax_add_chars(struct parser *p, const struct chars *chars)
{
	struct byte_set maybe = chars->maybe;
	struct byte_set sure = chars->sure;
	struct row row = { 0 };

	if (!(p->in.flags & CHARS_UTF))
		return syntax_add_byte(p, &maybe, &sure);
	maybe.bits[2] = maybe.bits[3] = 0;
	sure.bits[2] = sure.bits[3] = 0;
	if (!syntax_put(p, &row, syntax_add_byte(p, &maybe, &sure)))
		return 0;
	if (chars->wide && !syntax_put(p, &row, add_wide(p)))
		return 0;
	return syntax_add_row(p, SYNTAX_ALT, &row);
}

uint32_t syntax_add_all(struct parser *p, bool with_newline)
{
	struct chars chars = { .wide = false };

	chars_add_all(&chars, with_newline);
	return syntax_add_chars(p, &chars);
}

/* A character as it stands in the text. */
uint32_t syntax_add_char(struct parser *p, uint32_t cp)
{
	struct chars chars = { .wide = false };
	struct row row = { 0 };
	char bytes[4];
	size_t len;

	if (cp < 0x80 || !(p->in.flags & CHARS_UTF) ||
	    (p->in.flags & CHARS_CASELESS)) {
		chars_add(&chars, cp, p->in.flags);
		chars_fold(&chars, p->in.flags);
		return syntax_add_chars(p, &chars);
	}
	len = text_encode(bytes, cp);
	if (len == 0)
		return syntax_give_up(p);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (!syntax_put(p, &row, syntax_add_range(p, byte, byte)))
			return 0;
	}
	return syntax_add_row(p, SYNTAX_SEQ, &row);
}

uint32_t syntax_add_assert(struct parser *p)
{
	return syntax_add_kind(p, SYNTAX_ASSERT);
}

uint32_t syntax_add_any(struct parser *p)
{
	p->tree->is_plain = false;
	return syntax_add_kind(p, SYNTAX_ANY);
}
