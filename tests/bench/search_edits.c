/*
 * search_edits.c - searching a space with many small edits
 *
 * The space is one file of random bytes; what is measured is the CPU time of a
 * search by one thread, over the file as it is and after edits of one byte each
 * at random. A search of what is not there goes through all of it.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "edit/store.h"
#include "find/pattern.h"
#include "find/search.h"
#include "session.h"
#include "source/guard.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/bench/bench.h"

enum { TURNS = 7 };

#define SPACE (UINT64_C(1) << 30)

static struct error err;

static void must(bool ok)
{
	errno = 0;
	if (!ok)
		bench_fail("%s", err.text);
}

static struct session *open_session(const char *input)
{
	struct session_options o = {
		.files = { .descriptors = 16,
		           .windows = 4,
		           .window_len = 1 << 24,
		           .blocks = 1024 },
		.threads = 1,
		.access = ACCESS_COPY, /* several of them edit one file */
	};
	struct session *session = session_new(&o, &err);
	struct layout inputs = { 0 };
	struct placement *p;

	must(session);
	p = placement_new(input, &err);
	must(p && layout_push(&inputs, p, &err) &&
	     session_open(session, &inputs, &err));
	layout_clear(&inputs);
	return session;
}

/* --- searching ------------------------------------------------------------ */

static const char *const patterns[] = {
	"{de ad be ef 01 02 03 04}",
	"\"absent sentence\"",
	"/(?i)password\\s*[:=]/",
	"/[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}/",
	"/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,6}/",
	"/(foo|bar|baz|quux)[0-9]+/",
	"/(?s)\\x50\\x4b\\x03\\x04.{22}/",
};

enum { PATTERNS = ARRAY_LEN(patterns) };

static bool count(void *arg, const struct match *match)
{
	uint64_t *found = arg;

	(void)match;
	++*found;
	return true;
}

/* How long it takes to find all, in ns. */
static double search(struct session *session, const char *text, uint64_t *found)
{
	struct lexer lx = lexer_of(text, strlen(text));
	struct pattern_options options = { .numbers.units = &units_default };
	struct pattern *pattern = pattern_parse(&lx, &options, &err);
	struct view *view = session_view(session);
	struct search_options o = { .end = view_size(view) };
	struct search_totals totals;
	uint64_t from = bench_cpu();

	must(pattern != NULL);
	*found = 0;
	must(search_all(view, pattern, &o, NULL, count, found, &totals, &err));
	pattern_unref(pattern);
	return (double)(bench_cpu() - from);
}

static void search_all_ways(struct session *plain, struct session *over,
                            struct session *between, const struct bench *b)
{
	double len = (double)view_size(session_view(plain));

	for (size_t i = 0; i < PATTERNS; i++) {
		struct sample times[3] = { { .count = 0 } };
		uint64_t found[3];

		for (size_t n = 0; n < b->turns; n++) {
			sample_add(&times[0],
			           search(plain, patterns[i], &found[0]));
			sample_add(&times[1],
			           search(over, patterns[i], &found[1]));
			sample_add(&times[2],
			           search(between, patterns[i], &found[2]));
		}
		printf("| `%s` | %" PRIu64 " | %.2f | %.2f | %.2f |\n",
		       patterns[i], found[0], len / sample_median(&times[0]),
		       sample_ratio(&times[0], &times[1]),
		       sample_ratio(&times[0], &times[2]));
		fflush(stdout);
	}
}

/* --- edits ---------------------------------------------------------------- */

/* A space with so many edits of one byte at random, each of which overwrites
   one, or inserts it. */
static struct session *edited(const char *path, size_t count, uint64_t removed)
{
	struct session *session = open_session(path);
	uint64_t size = view_size(session_view(session));
	uint64_t seed = 5;

	for (size_t i = 0; i < count; i++) {
		unsigned char byte = (unsigned char)i;
		struct piece piece;
		struct session_splice splice = {
			.at = { .addr = bench_random(&seed) % size },
			.removed = removed,
			.added = &piece,
			.count = 1,
		};

		splice.at = space_place(session_space(session), splice.at.addr);
		must(store_put(session_store(session), &byte, 1, &piece,
		               &err) &&
		     session_edit(session, &splice, 1, EDIT_SEEN, &err));
	}
	return session;
}

int main(int argc, char **argv)
{
	struct session *plain, *over, *between;
	struct bench_path path;
	struct bench b;
	size_t edits;

	must(guard_install(&err));
	bench_begin(&b, "search_edits", TURNS, argc, argv);
	edits = b.full ? 1000000 : 1000;
	path = bench_path(&b, "edits");
	bench_file(path.s, b.full ? SPACE : SPACE >> 10);
	plain = open_session(path.s);
	over = edited(path.s, edits, 1);
	between = edited(path.s, edits, 0);
	printf("| no edits | matches | GB/s | "
	       "%zu bytes overwritten, of that | inserted |\n"
	       "|---|---|---|---|---|\n",
	       edits);
	search_all_ways(plain, over, between, &b);
	session_free(plain);
	session_free(over);
	session_free(between);
	bench_end(&b);
	return 0;
}
