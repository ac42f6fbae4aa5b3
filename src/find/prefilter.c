/*
 * prefilter.c - what can be said about the matches of a regex beforehand
 *
 * For each node of the tree: which lengths it may take, and at which offsets
 * from the match's start it may begin. Both are sets of small numbers, words in
 * which bit n stands for n and the last bit for all from there on; adding all
 * of one to all of another is a few shifts. Lengths go up the tree, offsets go
 * down, each in one pass over the nodes (Y1 of syntax.c), however deep and
 * however often things repeat. What may stand at offset n of a match is then
 * the union of the bytes that may begin there.
 *
 * P1 lengths of a node hold every length that it can take.
 * P2 offsets of a node hold every offset at which a match can begin it.
 */
#include "config.h"

#include "find/prefilter.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "find/chars.h"
#include "find/syntax.h"

enum {
	LAST = SCAN_POSITIONS, /* this and more */
	LENGTH_MAX = 1 << 30,
};

#define ONLY(n)    (UINT64_C(1) << (n))
#define EVERYTHING (ONLY(LAST + 1) - 1)

struct measure {
	uint64_t lengths; /* P1 */
	uint64_t offsets; /* P2 */
	uint32_t least;   /* of the lengths, however large, to LENGTH_MAX */
};

struct analysis {
	struct syntax tree;
	struct measure *of; /* of each node; owned */
};

/* Every sum of a number of a and one of b. */
static uint64_t sums(uint64_t a, uint64_t b)
{
	uint64_t sum = 0;

	if (a & ONLY(LAST) && b)
		sum = ONLY(LAST);
	for (unsigned n = 0; n < LAST; n++)
		if (a & ONLY(n))
			sum |= b << n;
	if (sum > EVERYTHING)
		sum |= ONLY(LAST);
	return sum & EVERYTHING;
}

/* The sums of exactly n numbers of a. They settle after LAST steps or so: when
   0 is in a, they only grow; else their least does. */
static uint64_t exactly(uint64_t a, uint32_t n)
{
	uint64_t sum = ONLY(0);

	for (uint32_t i = 0; i < n; i++) {
		uint64_t more = sums(sum, a);

		if (more == sum)
			break;
		sum = more;
	}
	return sum;
}

/* The sums of up to n. */
static uint64_t up_to(uint64_t a, uint32_t n)
{
	return exactly(a | ONLY(0), n);
}

static uint32_t capped(uint64_t length)
{
	return (uint32_t)u64_min(length, LENGTH_MAX);
}

static void measure_row(struct analysis *a, const struct syntax_node *node,
                        struct measure *out)
{
	bool is_alt = node->kind == SYNTAX_ALT;

	out->lengths = is_alt ? 0 : ONLY(0);
	out->least = is_alt ? LENGTH_MAX : 0;
	for (uint32_t c = node->child; c; c = a->tree.nodes[c].next) {
		const struct measure *child = &a->of[c];

		if (is_alt) {
			out->lengths |= child->lengths;
			if (child->least < out->least)
				out->least = child->least;
		} else {
			out->lengths = sums(out->lengths, child->lengths);
			out->least =
				capped((uint64_t)out->least + child->least);
		}
	}
}

static void measure_repeat(struct analysis *a, const struct syntax_node *node,
                           struct measure *out)
{
	const struct measure *child = &a->of[node->child];
	uint32_t more = node->max < node->min ? 0 : node->max - node->min;

	out->lengths = sums(exactly(child->lengths, node->min),
	                    up_to(child->lengths, more));
	out->least = capped((uint64_t)child->least * node->min);
}

static void measure_lengths(struct analysis *a)
{
	for (size_t i = 1; i < a->tree.count; i++) {
		const struct syntax_node *node = &a->tree.nodes[i];
		struct measure *out = &a->of[i];

		switch (node->kind) {
		case SYNTAX_EMPTY:
		case SYNTAX_ASSERT:
			out->lengths = ONLY(0);
			break;
		case SYNTAX_BYTE:
			out->lengths = ONLY(1);
			out->least = 1;
			break;
		case SYNTAX_ANY:
			out->lengths = EVERYTHING;
			break;
		case SYNTAX_SEQ:
		case SYNTAX_ALT:
			measure_row(a, node, out);
			break;
		case SYNTAX_REPEAT:
			measure_repeat(a, node, out);
			break;
		}
	}
}

static void pass_down(struct analysis *a, const struct syntax_node *node,
                      uint64_t offsets)
{
	if (node->kind == SYNTAX_REPEAT) {
		const struct measure *child = &a->of[node->child];
		uint32_t before = node->max > 0 ? node->max - 1 : 0;

		if (node->max > 0)
			a->of[node->child].offsets |=
				sums(offsets, up_to(child->lengths, before));
		return;
	}
	for (uint32_t c = node->child; c; c = a->tree.nodes[c].next) {
		a->of[c].offsets |= offsets;
		if (node->kind == SYNTAX_SEQ)
			offsets = sums(offsets, a->of[c].lengths);
	}
}

static void measure_offsets(struct analysis *a)
{
	for (size_t i = 0; i < a->tree.count; i++)
		a->of[i].offsets = 0;
	a->of[a->tree.root].offsets = ONLY(0);
	for (size_t i = a->tree.count; i-- > 1;)
		if (a->of[i].offsets)
			pass_down(a, &a->tree.nodes[i], a->of[i].offsets);
}

/* What a node may take at each of the offsets where it may begin; if it takes
   anything, at those behind them too. */
static void collect_node(const struct syntax_node *node, uint64_t offsets,
                         size_t count, struct byte_set *sets)
{
	for (size_t at = 0; at < count; at++) {
		if (node->kind == SYNTAX_ANY) {
			if (offsets & (ONLY(at + 1) - 1))
				byte_set_add_range(&sets[at], 0, 0xff);
		} else if (offsets & ONLY(at)) {
			byte_set_add_set(&sets[at], &node->set);
		}
	}
}

/* What may stand at each offset: a match that is at least so long has a byte
   there, and some node has taken it. */
static void collect(const struct analysis *a, size_t count,
                    struct byte_set sets[SCAN_POSITIONS])
{
	memset(sets, 0, SCAN_POSITIONS * sizeof(*sets));
	for (size_t i = 1; i < a->tree.count; i++) {
		const struct syntax_node *node = &a->tree.nodes[i];

		if (node->kind == SYNTAX_ANY || node->kind == SYNTAX_BYTE)
			collect_node(node, a->of[i].offsets, count, sets);
	}
}

/* Without those at the end that say nothing. */
static size_t useful(const struct byte_set *sets, size_t count)
{
	while (count > 0 && byte_set_count(&sets[count - 1]) == 256)
		count--;
	return count;
}

/* Rows of bytes, so that each offset has one node, which says all of it. */
static bool is_exact(const struct analysis *a)
{
	if (!a->tree.is_plain || a->of[a->tree.root].least > SCAN_POSITIONS)
		return false;
	for (size_t i = 1; i < a->tree.count; i++) {
		const struct syntax_node *node = &a->tree.nodes[i];

		switch (node->kind) {
		case SYNTAX_EMPTY:
		case SYNTAX_SEQ:
			break;
		case SYNTAX_BYTE:
			if (node->is_wider)
				return false;
			break;
		case SYNTAX_REPEAT:
			if (node->min != node->max)
				return false;
			break;
		case SYNTAX_ASSERT:
		case SYNTAX_ANY:
		case SYNTAX_ALT:
			return false;
		}
	}
	return true;
}

/* Nodes in lookarounds have no offsets, and take nothing. */
static bool has_zero(const struct analysis *a)
{
	for (size_t i = 1; i < a->tree.count; i++) {
		const struct syntax_node *node = &a->tree.nodes[i];

		if (!a->of[i].offsets)
			continue;
		if (node->kind == SYNTAX_ANY ||
		    (node->kind == SYNTAX_BYTE && byte_set_has(&node->set, 0)))
			return true;
	}
	return false;
}

static size_t leading_zeros(const struct prefilter *pf)
{
	for (size_t i = 0; i < pf->count; i++)
		if (!byte_set_has(&pf->sets[i], 0))
			return i;
	return SIZE_MAX;
}

/* The repeated byte that every match begins with, or 0. */
static uint32_t leading_run(const struct syntax *tree)
{
	uint32_t i = tree->root;
	const struct syntax_node *node;

	while (tree->nodes[i].kind == SYNTAX_SEQ) {
		i = tree->nodes[i].child;
		while (tree->nodes[i].kind == SYNTAX_EMPTY &&
		       tree->nodes[i].next)
			i = tree->nodes[i].next;
	}
	node = &tree->nodes[i];
	if (node->kind != SYNTAX_REPEAT || node->max != SYNTAX_FOREVER ||
	    node->min == 0 || node->is_lazy ||
	    tree->nodes[node->child].kind != SYNTAX_BYTE ||
	    tree->nodes[node->child].is_wider)
		return 0;
	return i;
}

/*
 * X+ or more of X, and then at once, in every match, a byte outside X. Of all
 * starts in one run of X, the first is where a match is if it is anywhere: X+
 * takes all of the run from each, being greedy, giving back does not help, as
 * no byte of X can follow, and what follows does not know where it began (no
 * back references and the like). The sets behind the run are those of a tree
 * in which the run takes nothing.
 */
static void derive_run(struct analysis *a, struct prefilter_run *run)
{
	uint32_t lead = a->tree.is_plain ? leading_run(&a->tree) : 0;
	struct syntax_node *node = &a->tree.nodes[lead];
	const struct byte_set *set;
	size_t count;

	if (!lead)
		return;
	set = &a->tree.nodes[node->child].set;
	run->min = node->min;
	node->min = 0;
	node->max = 0;
	measure_lengths(a);
	measure_offsets(a);
	count = size_min(a->of[a->tree.root].least, SCAN_POSITIONS - 1);
	collect(a, count, run->sets);
	if (count == 0 || byte_set_meets(set, &run->sets[0]))
		return;
	count = useful(run->sets, count);
	memmove(run->sets + 1, run->sets, count * sizeof(*run->sets));
	run->sets[0] = *set;
	run->count = count + 1;
}

static void derive(struct analysis *a, bool utf, struct prefilter *out)
{
	measure_lengths(a);
	measure_offsets(a);
	out->min_length = a->of[a->tree.root].least;
	/* In UTF mode a match begins at a character, too. */
	out->is_exact = out->min_length > 0 && !utf && is_exact(a);
	/* What may be empty is not. */
	if (out->min_length == 0)
		out->min_length = 1;
	out->count = size_min(out->min_length, SCAN_POSITIONS);
	collect(a, out->count, out->sets);
	out->count = useful(out->sets, out->count);
	out->has_zero = has_zero(a);
	out->zeros = leading_zeros(out);
	derive_run(a, &out->run);
}

bool prefilter_derive(const char *regex, size_t len, unsigned flags,
                      struct prefilter *out, struct error *err)
{
	struct prefilter found = {
		.min_length = 1,
		.has_zero = true,
		.zeros = SIZE_MAX,
	};
	struct analysis a = { .of = NULL };
	bool ok = syntax_parse(&a.tree, regex, len, flags, err);

	if (!ok && err->code != ERR_NO)
		return false;
	if (ok) {
		a.of = mem_zalloc(a.tree.count * sizeof(*a.of), err);
		ok = a.of != NULL;
		if (ok)
			derive(&a, flags & CHARS_UTF, &found);
		mem_free(a.of);
		syntax_free(&a.tree);
		if (!ok)
			return false;
	}
	*out = found;
	return true;
}
