/* test_search.c - tests of src/find/search.c
 *
 * The reference is PCRE2 itself, on each run of readable bytes put together by
 * the test, with one call for each match and the whole run as its subject. The
 * search under test sees the same bytes through segments of any size, in
 * windows of 16 bytes.
 */
#include "config.h"

#include "find/search.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "edit/document.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "find/pattern.h"
#include "find/team.h"
#include "source/file.h"
#include "source/files.h"
#include "source/guard.h"
#include "source/memory.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/support.h"

enum {
	WIDTH = 400,
	PARTS = 40,
	MATCHES = 2 * WIDTH,
	QUERIES = 20, /* of a world */
	STEPS = 5000, /* what takes more at a start is not compared */
};

/* --- a world: bytes and states behind a view ----------------------------- */

struct world {
	unsigned char bytes[WIDTH];
	enum state states[WIDTH];
	size_t len;
	struct layout layout;
	uint64_t sizes[PARTS];
	struct view *view;
	/* What happens to it before the read or map of this number, from 1 on;
	   0: nothing ever. */
	size_t change_at;
	void (*change)(struct world *w);
	atomic_size_t reads; /* of all threads */
};

/* What an edit hides of a source, instead of a place in the world. */
enum { HIDDEN = -1, HIDDEN_BAD = -2 };

/* A source that shows bytes and states of the world, without those that edits
   have put in, and others that they have taken away. */
struct fake {
	struct source head;  /* first: it is this source's ops that cast */
	struct world *world; /* borrowed */
	short at[2 * WIDTH]; /* of each byte, or HIDDEN */
	atomic_uint checks;  /* how often it was looked for changes */
};

static enum state fake_state(const struct fake *fake, uint64_t off)
{
	short at = fake->at[off];

	if (at < 0)
		return at == HIDDEN ? STATE_DATA : STATE_BAD;
	return fake->world->states[at];
}

/* What has no value must not be looked at. */
static unsigned char fake_byte(const struct fake *fake, uint64_t off)
{
	if (!state_has_bytes(fake_state(fake, off)) || fake->at[off] < 0)
		return 'a';
	return fake->world->bytes[fake->at[off]];
}

static void count_read(struct world *w)
{
	if (atomic_fetch_add(&w->reads, 1) + 1 == w->change_at)
		w->change(w);
}

static bool fake_read(struct source *src, uint64_t off, void *buf, size_t len,
                      unsigned flags, struct runs *runs, struct error *err)
{
	const struct fake *fake = (const struct fake *)src;
	struct world *w = fake->world;
	unsigned char *dst = buf;

	(void)flags;
	count_read(w);
	for (size_t i = 0; i < len; i++) {
		struct run run = { .len = 1,
			           .state = fake_state(fake, off + i) };

		dst[i] = fake_byte(fake, off + i);
		if (!runs_add(runs, run, err))
			return false;
	}
	return true;
}

static struct stretch fake_stretch(struct source *src, uint64_t off)
{
	const struct fake *fake = (const struct fake *)src;
	bool hole = fake_state(fake, off) == STATE_HOLE;
	uint64_t end = off + 1;

	while (end < src->size && (fake_state(fake, end) == STATE_HOLE) == hole)
		end++;
	return (struct stretch){ hole ? STATE_HOLE : STATE_DATA, end };
}

/* Data as far as they go, without what is bad; a copy, so that reading past its
   end is seen. Now and then there is none. */
static const void *fake_map(struct source *src, uint64_t off, size_t *len,
                            void **pin)
{
	const struct fake *fake = (const struct fake *)src;
	struct world *w = fake->world;
	size_t n = 0;
	unsigned char *bytes;

	count_read(w);
	ck_assert(*len <= src->size - off);
	while (n < *len && fake_state(fake, off + n) == STATE_DATA)
		n++;
	if (n == 0 || (off + n) % 5 == 0)
		return NULL;
	bytes = malloc(n);
	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = fake_byte(fake, off + i);
	*len = n;
	*pin = bytes;
	return bytes;
}

static void fake_unmap(struct source *src, void *pin)
{
	(void)src;
	free(pin);
}

/* A file that is shorter after some of the windows. */
static unsigned fake_check(struct source *src)
{
	struct fake *fake = (struct fake *)src;

	return atomic_fetch_add(&fake->checks, 1) % 7 ? 0 : CHANGE_SIZE_LESS;
}

static void fake_free(struct source *src)
{
	mem_free(src);
}

static const struct source_ops fake_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.map = fake_map,
	.unmap = fake_unmap,
	.check = fake_check,
	.free = fake_free,
};

/* The document of the next segment. */
static struct document *add_source(struct world *w, struct source *src)
{
	struct error err;
	struct placement *p = placement_new("x", &err);

	must(p != NULL, &err);
	w->sizes[w->layout.count] = src->size;
	p->doc = document_new(src, w->layout.count + 1, "x", ACCESS_READ, &err);
	must(p->doc != NULL, &err);
	must(layout_add(&w->layout, p, &err), &err);
	return p->doc;
}

/* A segment in the making. */
struct making {
	uint64_t *seed;
	struct world *world;
	struct fake *fake;
	struct store *store;
	struct piece pieces[2 * WIDTH];
	size_t count;
};

/* The next bytes of the world are those of the source. */
static void make_base(struct making *m, size_t len)
{
	struct fake *fake = m->fake;

	if (len == 0)
		return;
	m->pieces[m->count++] = (struct piece){ .len = len,
		                                .off = fake->head.size,
		                                .tag = PIECE_BASE };
	for (size_t i = 0; i < len; i++)
		fake->at[fake->head.size++] = (short)m->world->len++;
}

/* The next bytes of the world are those of an edit. */
static void make_added(struct making *m, size_t len)
{
	struct world *w = m->world;
	struct error err;

	if (len == 0)
		return;
	must(store_put(m->store, w->bytes + w->len, len, &m->pieces[m->count++],
	               &err),
	     &err);
	for (size_t i = 0; i < len; i++)
		w->states[w->len++] = STATE_DATA;
}

/* The source has bytes that an edit hides. */
static void make_hidden(struct making *m, size_t len)
{
	struct fake *fake = m->fake;
	bool bad = random_below(m->seed, 16) == 0;

	for (; len > 0 && fake->head.size < ARRAY_LEN(fake->at); len--)
		fake->at[fake->head.size++] = bad ? HIDDEN_BAD : HIDDEN;
}

/* An edit that overwrites bytes, puts some in or deletes some, mostly small. */
static void make_edit(struct making *m, size_t most)
{
	size_t len = random_below(m->seed, random_below(m->seed, 8) ? 4 : 20);
	size_t put = size_min(len, most);

	switch (random_below(m->seed, 3)) {
	case 0:
		make_added(m, put);
		make_hidden(m, put);
		break;
	case 1:
		make_added(m, put);
		break;
	default:
		make_hidden(m, len);
	}
}

static struct fake *new_fake(struct world *w)
{
	struct error err;
	struct fake *fake = mem_zalloc(sizeof(*fake), &err);

	must(fake != NULL, &err);
	fake->head.ops = &fake_ops;
	fake->head.kind = "fake";
	fake->world = w;
	return fake;
}

/* The next `len` bytes of the world as a segment. */
static void add_segment(struct world *w, size_t len)
{
	struct making m = { .world = w, .fake = new_fake(w) };

	make_base(&m, len);
	add_source(w, &m.fake->head);
}

/* The same with edits all over. */
static void add_edited(uint64_t *seed, struct world *w, size_t len)
{
	struct making m = { .seed = seed, .world = w, .fake = new_fake(w) };
	size_t end = w->len + len;
	size_t apart = 1 + random_below(seed, 30);
	struct document *doc;
	struct error err;
	struct tree *root;

	m.store = store_new(&err);
	must(m.store, &err);
	while (w->len < end) {
		size_t base = random_below(seed, apart);

		make_base(&m, size_min(base, end - w->len));
		make_edit(&m, end - w->len);
	}
	doc = add_source(w, &m.fake->head);
	root = tree_new(m.pieces, m.count, &err);
	must(root, &err);
	document_set_root(doc, m.store, root);
	store_unref(m.store);
	w->sizes[w->layout.count - 1] = len;
}

static void add_gap(struct world *w, uint64_t len)
{
	struct error err;
	char text[32];
	struct placement *p;

	snprintf(text, sizeof(text), "gap:%" PRIu64, len);
	p = placement_new(text, &err);
	must(p != NULL, &err);
	must(layout_add(&w->layout, p, &err), &err);
	for (uint64_t i = 0; i < len && w->len < WIDTH; i++)
		w->states[w->len++] = STATE_GAP;
}

static void finish_world(struct world *w)
{
	struct error err;
	struct space *sp = space_derive(&w->layout, w->sizes, &err);

	must(sp != NULL, &err);
	w->view = view_new(sp, &err);
	must(w->view != NULL, &err);
	space_unref(sp);
}

static void close_world(struct world *w)
{
	view_unref(w->view);
	layout_clear(&w->layout);
}

/* --- random worlds ------------------------------------------------------- */

/* What a world's bytes are put together from; each has five pieces. */
static const char *const alphabets[][5] = {
	{ "a", "b", "ab", "c", "a" },
	{ "a", "b", " ", "\n", "x" },
	{ "\xc3\xa9", "a", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc3" },
	{ "a", "\xff", "\x80", "\xc3\xa9", "b" },
	{ "foo", "1", "-", "\r\n", "_" },
	{ "a", "\r", "\n", "\r\n", "b" },
	/* two regional indicators, which \X takes by twos */
	{ "\xf0\x9f\x87\xa6", "\xf0\x9f\x87\xa7", "a",
	  "\xf0\x9f\x87\xa6\xf0\x9f\x87\xa6\xf0\x9f\x87\xa6",
	  "\xf0\x9f\x87\xa7" },
	/* what else \X takes together: a joiner, an accent, a skin, Hangul */
	{ "\xf0\x9f\x98\x80", "\xe2\x80\x8d", "e\xcc\x81", "\xf0\x9f\x8f\xbd",
	  "\xe1\x84\x80\xe1\x85\xa1\r\n" },
	/* one character in cases of several lengths: k, Kelvin, long s */
	{ "k", "K", "\xe2\x84\xaa", "s", "\xc5\xbf" },
	/* what is nearly UTF-8 */
	{ "\x80", "\xf0\x9f\x98", "\xed\xa0\x80", "\xc0\x80", "a" },
	{ "\xf4\x90\x80\x80", "\xe2\x82", "b", "\xc3\xa9", "\xbf\xbf" },
};

static void random_bytes(uint64_t *seed, struct world *w)
{
	const char *const *pieces =
		alphabets[random_below(seed, ARRAY_LEN(alphabets))];
	bool zeros = random_below(seed, 2);
	size_t at = 0;

	while (at < WIDTH) {
		const char *piece = pieces[random_below(seed, 5)];
		size_t len = size_min(strlen(piece), WIDTH - at);

		if (zeros && random_below(seed, 6) == 0) {
			w->bytes[at++] = 0;
			continue;
		}
		memcpy(w->bytes + at, piece, len);
		at += len;
	}
}

/* Stretches that are bad or not tried, and holes, some of them long. */
static void random_states(uint64_t *seed, struct world *w)
{
	static const enum state some[] = { STATE_BAD, STATE_NOT_TRIED,
		                           STATE_MISSING, STATE_HOLE,
		                           STATE_HOLE };

	for (size_t i = 0; i < WIDTH; i++)
		w->states[i] = STATE_DATA;
	for (size_t n = random_below(seed, 6); n > 0; n--) {
		enum state state = some[random_below(seed, ARRAY_LEN(some))];
		size_t at = random_below(seed, WIDTH);
		size_t len = random_below(seed, state == STATE_HOLE ? 120 : 8);

		for (; len > 0 && at < WIDTH; len--, at++) {
			w->states[at] = state;
			if (state == STATE_HOLE)
				w->bytes[at] = 0;
		}
	}
}

static void random_world(uint64_t *seed, struct world *w)
{
	size_t parts = 1 + random_below(seed, PARTS);
	size_t most = 1 + random_below(seed, WIDTH / parts);
	bool gaps = random_below(seed, 2);
	bool edits = random_below(seed, 2);

	*w = (struct world){ .len = 0 };
	random_bytes(seed, w);
	random_states(seed, w);
	for (; parts > 0; parts--) {
		size_t len = random_below(seed, 3)
		                     ? random_below(seed, most + 1)
		                     : random_below(seed, 2);

		if (gaps && random_below(seed, 8) == 0)
			add_gap(w, 1 + random_below(seed, 3));
		else if (edits && random_below(seed, 2))
			add_edited(seed, w, len);
		else
			add_segment(w, len);
	}
	finish_world(w);
	ck_assert_uint_eq(view_size(w->view), w->len);
}

/* --- patterns ------------------------------------------------------------ */

/* What PCRE2 has, in the order of its manual, and what was ever wrong. */
static const char *const constructs[] = {
	"/a/",
	"/ab/",
	"/abab/",
	"/aab|b/",
	"/\\x61\\o{142}/",
	"/\\ca|\\n|\\0/",
	"/\\Qab\\E+/",
	"/[ab]+c/",
	"/[^a]+/",
	"/[a-c]{2}/",
	"/[[:alpha:]]+/",
	"/[^[:space:]]+ /",
	"/./",
	"/.+/",
	"/.*b/",
	"/.*?b/",
	"/a.c/s",
	"/.+/s",
	"/\\d+/",
	"/\\D{3}/",
	"/\\h+a?/",
	"/\\H\\h/",
	"/\\s+/",
	"/\\S+\\s/",
	"/\\v/",
	"/\\V+/",
	"/\\w+/",
	"/\\W+\\w/",
	"/\\N+/",
	"/\\R/",
	"/a\\R?b/",
	"/a\\R?/",
	"/\\R+/",
	"/\\R*?a/",
	"/\\R{2}/",
	"/\\R{1,3}a?/",
	"/\\R++./s",
	"/(\\R)\\1/",
	"/(?=a?(\\R?)).\\1/s",
	"/(?=.{2}(\\R?)).\\1/s",
	"/\\R^/m",
	"/\\n(?=^)/m",
	"/\\n(?!^)/m",
	"/(?m:^)a|b^/",
	"/(?m)[^a](^)/",
	"/(?:\\n^)+/m",
	"/a(?>\\n*)^b?/m",
	"/(?s).*?(*THEN)b/",
	"/.*?(*THEN)b/",
	"/.*?(*PRUNE)b/s",
	"/(?s)(?:.*+b|a)/",
	"/(.*)b\\1/s",
	"/(?>.*?a)b/s",
	"/(?^)a/i",
	"/(?xx)[a b] c?/",
	"/(?J)(?:(?<n>a)|(?<n>b))\\k<n>/",
	"/(?-i)a/i",
	"/(*napla:a)ab/",
	"/(*naplb:a)b/",
	"/(*positive_lookahead:ab)./",
	"/(*negative_lookbehind:a)b/",
	"/(a)(?=\\1)/",
	"/(a|b)(?<=a\\b.|b)/s",
	"/(?<=(?1))b(a)/",
	"/(?(R)a|b)/",
	"/(?(?!a)b|a+)c?/",
	"/(?(1)a|(b))+/",
	"/\\x{61}\\N{1,2}/",
	"/a(?:b(*PRUNE)c|b)/",
	"/(?:a(*THEN)c|ab)/",
	"/(a|ab)(?:c|b)*+./",
	"/(?i)a(?-i)b/",
	"/[a\\n]+$/",
	"/[a\\n]+$/m",
	"/a$\\n/m",
	"/$./ms",
	"/(?<=^)a/m",
	"/(?<=^a\\n)./m",
	"/(?<=\\A.{20})./s",
	"/(?<!\\A)(?<!.{18})./s",
	"/\\B\\W\\B/",
	"/(?<=\\B.)\\B/",
	"/\\X/",
	"/\\X{2}/",
	"/\\p{L}+/",
	"/\\P{L}/",
	"/\\p{Lu}|\\p{Ll}b/",
	"/a?b/",
	"/a*b/",
	"/a+b/",
	"/a{2}/",
	"/a{2,}/",
	"/a{1,3}b/",
	"/a{,2}/",
	"/a??b/",
	"/a*?b/",
	"/a+?/",
	"/a{1,3}?b/",
	"/a?+b/",
	"/a*+b/",
	"/a++b/",
	"/a{1,2}+b/",
	"/a{8,40}/",
	"/(?:ab){3,}/",
	"/^a/",
	"/^a/m",
	"/^/m",
	"/^.+$/m",
	"/a$/",
	"/a$/m",
	"/$\\n?./m",
	"/\\Aa/",
	"/a\\z/",
	"/a\\Z/",
	"/\\n\\Z|b\\z/",
	"/\\ba/",
	"/a\\b/",
	"/\\Ba/",
	"/a\\B/",
	"/\\b\\w+\\b/",
	"/a|b|c/",
	"/(a|ab)(c|bcd)?/",
	"/(?<n>a)\\k<n>/",
	"/(a)\\1/",
	"/(a|b)\\g{-1}/",
	"/(?|(a)|(b))\\1/",
	"/(?i)AB/",
	"/(?i:A)b/",
	"/a(?s-i:.)b/",
	"/AB/i",
	"/a b # c/x",
	"/(?x) a  b/",
	"/(?#comment)ab/",
	"/(?>a+)b/",
	"/(?>a|ab)c/",
	"/(?=ab)a/",
	"/a(?=b)/",
	"/a(?!b)/",
	"/(?!ab)./s",
	"/a(?=.*c)/",
	"/a(?!.*c)/s",
	"/a(?=.{20})/s",
	"/a(?!.{20})/s",
	"/(?<=a)b/",
	"/(?<!a)b/",
	"/(?<=ab|c)b+/",
	"/(?<=\\n)a/",
	"/(?<!\\n)a/",
	"/(?<=^a)b/m",
	"/(?<=\\ba)b/",
	"/(?<=(?<=a)b)c/",
	"/(?<=(?<!a)b)c/",
	"/(?<=(?<=(?<=a)b)a)b/",
	"/(?<=a.{10})b/s",
	"/(?<!a.{19})b/s",
	"/(?<=\\Aa)b/",
	"/(?<!^.)a/m",
	"/(?<![ab])c/",
	"/(?<=a(?=b))b+/",
	"/(?<=(?=ab)a)b/",
	"/(?*a)ab/",
	"/(?<*a)b/",
	"/(*pla:ab)./",
	"/(*nlb:a)b/",
	"/(*atomic:a+)b/",
	"/(a)?(?(1)b|c)/",
	"/(?<x>a)?(?(<x>)b|c)/",
	"/(?(?=a)ab|c)/",
	"/(?(?<=a)b|c)/",
	"/(?(DEFINE)(?<y>a+b))(?&y)/",
	"/a(?R)?b/",
	"/(a(?1)?b)/",
	"/(?:a|b(?R)?c)/",
	"/(ab)(?1)/",
	"/(a|b)(?-1)/",
	"/\\g<1>(a)/",
	"/((?<=b)c|a(?1)?)/",
	"/a(*F)|b/",
	"/a(*FAIL)|ab/",
	"/a+(*PRUNE)b|c/",
	"/a(*THEN)b|ac/",
	"/(?:a(*THEN)b|ac)/",
	"/a(*MARK:x)b/",
	"/a(?C1)b/",
	"/(a+)+b/",
	"/(?:a|ab)+c/",
	"/x|$/",
	"/a\\n?|\\r\\n/",
	"/\\n?a/",
	"/.\\n./s",
	"/.{16}/s",
	"/.{17}/s",
	"/.{15,33}?a/s",
	"/a[^c]*c/s",
	"/(?s)a.*c/",
	"/(?s)\\A.{3}/",
	"/(?s).{5}\\z/",
	"/(?s)^.*$/",
	"/\\x00+/",
	"/\\x00a/",
	"/a\\x00{3}/",
	"/(?<=\\x00)a/",
	"/\\x00{30}/",
	"/(?<!a)\\x00/",
	"/[^\\x00]\\x00\\x00/",
	"/\\xc3\\xa9/",
	"/[\\x80-\\xff]+/",
	"/.\\z/s",
	/* characters of UTF-8 */
	"/./u",
	"/.+/u",
	"/\xc3\xa9/u",
	"/\xc3\xa9+/iu",
	"/[^a]+/u",
	"/\\x{20ac}/u",
	"/\xe2\x82\xac|\xf0\x9f\x98\x80/u",
	"/(?<=.)a/u",
	"/(?<=..)a/u",
	"/(?<=\xc3\xa9)./u",
	"/(?<!\xe2\x82\xac)a/u",
	"/(?<!\\p{Xwd})a(?!\\p{Xwd})/u",
	"/(?<=\xc3\xa9\xe2\x82\xac)./su",
	"/(?<=...)./su",
	"/\\b./u",
	"/.\\b/u",
	"/\\w+/u",
	"/\\W/u",
	"/.$/u",
	"/^./mu",
	"/(?<=(?<=.)\xc3\xa9)./u",
	"/\\X/u",
	"/a.{3}/su",
	"/.{9}/su",
	"/[\\x{80}-\\x{10ffff}]{2}/u",
	"/\\p{So}/u",
	"/(?=.)./u",
	"/.(?!.)/u",
	"/.(?!a)/su",
	"/\\N\\R/u",
	"/.(?=\xe2\x82\xac)/u",
	"/\\z|./u",
	"/.*b/u",
	"/.*b/su",
	"/(?s).*a|.*b/u",
	"/.+?a/su",
	"/^.*a/mu",
	"/.*$/mu",
	"/\\X\\X/u",
	"/\\X{3}/u",
	"/\\X+?a/u",
	"/\\Xa/u",
	"/(?<=a)\\X/u",
	"/(?<=.)\\X/u",
	"/(?=\\X{2})./u",
	"/(?<=(?=\\X)a)./u",
	"/\\p{RI}+/u",
	"/\\p{M}/u",
	"/k/iu",
	"/[k-s]+/iu",
	"/(k|s)\\1/iu",
	"/(.)\\1/su",
	"/(..)(?=.*\\1)/su",
	"/[^k]s/iu",
	"/(?<=k)s/iu",
	"/(?<!s)k/iu",
	"/(*sr:\\w+)/u",
	"/(*asr:\\w+)\\W/u",
	"/\\R/u",
	"/\\R+/u",
	"/\\A./u",
	"/.\\Z/u",
	"/.\\z/u",
	"/\\B./u",
	"/[[:^ascii:]]/u",
	"/\\x{1f1e6}\\X/u",
	"/(?<=\\x{1f1e6})./u",
	"/a|\\xc3/",
	/* what is not written as a regex */
	"{61 ?? 62}",
	"{61 [0-4] 62}",
	"{61 [3-] 62}",
	"{(61|62 63) 6?}",
	"{00 00}",
	"{00 00 01}",
	"\"ab\"",
	"\"foo\"",
	"u16le:0x6261",
};

struct tried {
	struct pattern *pattern;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	uint32_t how; /* options of a match */
};

/* `interpreted`: without the JIT on both sides, unless it has flag u. */
static struct tried new_tried(const char *text, bool interpreted)
{
	struct pattern_options options = {
		.numbers.units = &units_default,
	};
	struct lexer lx = lexer_of(text, strlen(text));
	struct tried t;
	const struct regex *regex;
	struct error err;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	uint32_t flags = PCRE2_DOLLAR_ENDONLY | PCRE2_NO_DOTSTAR_ANCHOR;
	PCRE2_SIZE offset;
	int code;

	t.pattern = pattern_parse(&lx, &options, &err);
	if (!t.pattern)
		ck_abort_msg("%s: %s", text, err.text);
	regex = pattern_regex(t.pattern);
	flags |= regex->flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
	flags |= regex->flags & REGEX_MULTILINE ? PCRE2_MULTILINE : 0;
	flags |= regex->flags & REGEX_DOTALL ? PCRE2_DOTALL : 0;
	flags |= regex->flags & REGEX_EXTENDED ? PCRE2_EXTENDED : 0;
	flags |= regex->flags & REGEX_UTF ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF
	                                  : 0;
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	t.code = pcre2_compile((PCRE2_SPTR)regex->text, regex->len, flags,
	                       &code, &offset, context);
	ck_assert_ptr_nonnull(t.code);
	(void)pcre2_jit_compile(t.code, PCRE2_JIT_COMPLETE);
	t.how = PCRE2_NOTEMPTY;
	if (interpreted && !(flags & PCRE2_UTF))
		must(pattern_interpret(t.pattern, &err), &err);
	if (pattern_is_interpreted(t.pattern))
		t.how |= PCRE2_NO_JIT;
	t.data = pcre2_match_data_create_from_pattern(t.code, NULL);
	t.context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(t.context, STEPS);
	pcre2_compile_context_free(context);
	return t;
}

static void free_tried(struct tried *t)
{
	pattern_unref(t->pattern);
	pcre2_code_free(t->code);
	pcre2_match_data_free(t->data);
	pcre2_match_context_free(t->context);
}

/* A regex as it grows. */
struct body {
	char v[1024];
	size_t len;
};

static void append(struct body *body, const char *text, size_t len)
{
	ck_assert_uint_lt(body->len + len, sizeof(body->v));
	memcpy(body->v + body->len, text, len);
	body->len += len;
	body->v[body->len] = '\0';
}

/* A regex out of parts; it may be one that PCRE2 does not take. */
static void random_regex(uint64_t *seed, int depth, struct body *out)
{
	static const char *const atoms[] = {
		"a",      "b",        "c",
		"x",      ".",        "[ab]",
		"[^a]",   "\\n",      "\\b",
		"^",      "$",        "\\w",
		"\\W",    "\\z",      "\\A",
		"\\x00",  "\\R",      "\\B",
		"ab",     "\\Z",      "\\X",
		"\\r",    "\\1",      "(?1)",
		"(?R)?",  "\\s",      "(*F)",
		"k",      "(*PRUNE)", "(*THEN)",
		"\\p{L}", "\\N",      "\\xc3",
		".*",     ".*?",      "(?:)",
		"\\D",    "[^\\n]",   "[\\x80-\\xff]",
		"\\1+",
	};
	/* % stands for what is wrapped */
	static const char *const wraps[] = {
		"(%)",       "(?:%)",       "(?>%)",      "(?=%)",
		"(?!%)",     "(?<=%)",      "(?<!%)",     "(?:%)+",
		"(?:%)*",    "(?:%)?",      "(?:%){2}",   "(?:%){1,3}",
		"(?:%)*?",   "(?:%)++",     "(?i:%)",     "%%",
		"%|%",       "%%%",         "%{0,2}+",    "(?|%|(%))",
		"(?(1)%|%)", "(?(?=%)%|%)", "(?(?<!%)%)", "(?m:%)",
		"(?s:%)",    "(*napla:%)",  "(*naplb:%)", "%(?<=%)",
		"%(?!%)",    "%(?=%)",      "%|%|%",      "(?(R)%|%)",
	};
	const char *text = wraps[random_below(seed, ARRAY_LEN(wraps))];

	if (depth == 0 || random_below(seed, 4) == 0) {
		text = atoms[random_below(seed, ARRAY_LEN(atoms))];
		append(out, text, strlen(text));
		return;
	}
	for (; *text; text++) {
		if (*text == '%')
			random_regex(seed, depth - 1, out);
		else
			append(out, text, 1);
	}
}

static struct tried random_tried(uint64_t *seed, bool interpreted)
{
	static const char *const flags[] = { "/",   "/s", "/m",  "/i",
		                             "/su", "/u", "/ms", "/imu" };
	struct pattern_options options = { .numbers.units = &units_default };

	for (;;) {
		const char *flag = flags[random_below(seed, ARRAY_LEN(flags))];
		struct body body = { .len = 0 };
		struct lexer lx;
		struct error err;
		struct pattern *p;

		append(&body, "/", 1);
		random_regex(seed, 4, &body);
		append(&body, flag, strlen(flag));
		lx = lexer_of(body.v, body.len);
		p = pattern_parse(&lx, &options, &err);
		if (!p)
			continue;
		pattern_unref(p);
		return new_tried(body.v, interpreted);
	}
}

/* --- the reference ------------------------------------------------------- */

struct found {
	struct match v[MATCHES];
	size_t count;
};

struct query {
	struct search_options o;
	bool backward;
};

/* Is byte `at` of the world one that can match? */
static bool is_readable(const struct world *w, uint64_t at)
{
	return state_has_bytes(w->states[at]);
}

static bool fits(const struct world *w, const struct search_options *o,
                 uint64_t addr)
{
	uint64_t at = addr;

	if (o->align.step == 0)
		return true;
	if (!o->align.has_base)
		at = space_locate(view_space(w->view), addr).off;
	/* base may be the greater one: these numbers are small */
	return (at + (o->align.has_base ? o->align.step * WIDTH - o->align.base
	                                : 0)) %
	               o->align.step ==
	       o->align.rest;
}

/* One call on the run [a, b); false: no match from `at` on; *failed: a
   limit. */
static bool reference_call(const struct world *w, struct tried *t, uint64_t a,
                           uint64_t b, uint64_t at, struct match *m,
                           bool *failed)
{
	int rc = pcre2_match(t->code, w->bytes + a, b - a, at - a, t->how,
	                     t->data, t->context);
	const PCRE2_SIZE *where = pcre2_get_ovector_pointer(t->data);

	*failed = rc < 0 && rc != PCRE2_ERROR_NOMATCH;
	if (rc < 0)
		return false;
	m->addr = a + where[0];
	m->len = where[1] - where[0];
	return true;
}

/* Where an attempt may begin, from `at` on: at bytes that begin a character. */
static uint64_t next_start(const struct world *w, const struct tried *t,
                           uint64_t at, uint64_t end)
{
	if (pattern_is_utf(t->pattern))
		while (at < end && (w->bytes[at] & 0xc0) == 0x80)
			at++;
	return at;
}

/* The matches in [from, limit) that fit, in the range's runs. False: PCRE2
   failed. */
static bool reference(const struct world *w, struct tried *t,
                      const struct search_options *o, uint64_t from,
                      uint64_t limit, bool overlapping, struct found *out)
{
	uint64_t a = o->start;

	out->count = 0;
	while (a < o->end) {
		struct match m = { 0 };
		uint64_t b = a, at;
		bool failed = false;

		while (b < o->end && is_readable(w, b))
			b++;
		at = next_start(w, t, u64_max(a, from), b);
		while (at < b && reference_call(w, t, a, b, at, &m, &failed) &&
		       m.addr < limit) {
			bool wanted = fits(w, o, m.addr);

			if (wanted)
				out->v[out->count++] = m;
			at = m.addr + (wanted && !overlapping ? m.len : 1);
			at = next_start(w, t, at, b);
		}
		if (failed)
			return false;
		a = b + 1;
	}
	return true;
}

/*
 * Does the next match depend on more than the place it is sought from? It must
 * not, but PCRE2's JIT does not always forget what failed attempts captured:
 * /(?>(?(R)\1|\1)|.*|(\N))./ may find with \1 what an earlier start had.
 */
static bool contradicts_itself(const struct world *w, struct tried *t,
                               const struct search_options *o)
{
	uint64_t b = o->start;

	for (uint64_t a = o->start; a < o->end; a = b + 1) {
		struct match next = { 0 };
		bool found = false, failed = false;

		for (b = a; b < o->end && is_readable(w, b);)
			b++;
		for (uint64_t at = b; at-- > a && !failed;) {
			struct match m = { 0 };

			if (next_start(w, t, at, b) != at)
				continue;
			if (!reference_call(w, t, a, b, at, &m, &failed)) {
				if (found)
					return true;
				continue;
			}
			if (m.addr != at && (!found || m.addr != next.addr ||
			                     m.len != next.len))
				return true;
			found = true;
			next = m;
		}
	}
	return false;
}

/* --- the search under test ----------------------------------------------- */

static bool take(void *arg, const struct match *m)
{
	struct found *found = arg;

	ck_assert_uint_lt(found->count, MATCHES);
	found->v[found->count++] = *m;
	return true;
}

static void random_query(uint64_t *seed, const struct world *w, struct query *q)
{
	struct search_options *o = &q->o;

	*q = (struct query){ .backward = random_below(seed, 3) == 0 };
	o->end = w->len;
	if (random_below(seed, 2)) {
		o->start = random_below(seed, w->len + 1);
		o->end = o->start + random_below(seed, w->len - o->start + 1);
	}
	o->from = q->backward ? o->end : o->start;
	if (random_below(seed, 2))
		o->from = o->start + random_below(seed, o->end - o->start + 1);
	o->overlapping = random_below(seed, 3) == 0;
	if (random_below(seed, 4) == 0) {
		o->align.step =
			1 + random_below(seed, random_below(seed, 2) ? 5 : 60);
		o->align.rest = random_below(seed, o->align.step);
		o->align.has_base = random_below(seed, 2);
		o->align.base = random_below(seed, WIDTH);
	}
	if (random_below(seed, 4) == 0)
		o->max = 1 + random_below(seed, 4);
}

static void complain(const struct world *w, const struct tried *t,
                     const struct query *q, const struct found *want,
                     const struct found *got)
{
	fprintf(stderr,
	        "%s%s%s%s range %" PRIu64 "..%" PRIu64 " from %" PRIu64
	        " align %" PRIu64 "+%" PRIu64 "@%" PRIu64 " max %" PRIu64 "\n",
	        pattern_text(t->pattern),
	        t->how & PCRE2_NO_JIT ? " interpreted" : "",
	        q->backward ? " backward" : "",
	        q->o.overlapping ? " overlapping" : "", q->o.start, q->o.end,
	        q->o.from, q->o.align.step, q->o.align.rest, q->o.align.base,
	        q->o.max);
	for (size_t i = 0; i < w->len; i++)
		fprintf(stderr, is_readable(w, i) ? "%02x " : "-- ",
		        w->bytes[i]);
	fprintf(stderr, "\nwant");
	for (size_t i = 0; i < want->count; i++)
		fprintf(stderr, " %" PRIu64 "+%" PRIu64, want->v[i].addr,
		        want->v[i].len);
	fprintf(stderr, "\ngot");
	for (size_t i = 0; i < got->count; i++)
		fprintf(stderr, " %" PRIu64 "+%" PRIu64, got->v[i].addr,
		        got->v[i].len);
	fprintf(stderr, "\n");
	ck_abort_msg("found something else than PCRE2 does");
}

static bool is_same(const struct found *a, const struct found *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->v[i].addr != b->v[i].addr || a->v[i].len != b->v[i].len)
			return false;
	return true;
}

/* All bytes of the part that was to be searched are in the totals. */
static void check_totals(const struct world *w, uint64_t from, uint64_t to,
                         const struct search_totals *totals)
{
	struct search_totals want = { 0 };

	for (uint64_t i = from; i < to; i++) {
		want.searched += is_readable(w, i);
		want.skipped += !is_readable(w, i) && w->states[i] != STATE_GAP;
	}
	ck_assert_uint_eq(totals->searched, want.searched);
	ck_assert_uint_eq(totals->skipped, want.skipped);
}

/* What backward has to find: the last of all that fit and begin before `from`,
   overlapping ones too. */
static bool want_backward(const struct world *w, struct tried *t,
                          const struct query *q, struct found *out)
{
	struct found all;

	if (!reference(w, t, &q->o, q->o.start, q->o.from, true, &all))
		return false;
	out->count = all.count > 0;
	if (all.count > 0)
		out->v[0] = all.v[all.count - 1];
	return true;
}

static void try_backward(const struct world *w, struct tried *t,
                         const struct query *q)
{
	struct found want, got = { .count = 0 };
	struct search_totals totals;
	struct error err;

	if (!want_backward(w, t, q, &want))
		return;
	if (search_prev(w->view, t->pattern, &q->o, NULL, &got.v[0], &totals,
	                &err))
		got.count = 1;
	else if (err.code == ERR_LIMIT)
		return;
	else
		ck_assert_int_eq(err.code, ERR_NO);
	if (!is_same(&want, &got)) {
		if (!contradicts_itself(w, t, &q->o))
			complain(w, t, q, &want, &got);
		return;
	}
	if (want.count == 0)
		check_totals(w, q->o.start, q->o.from, &totals);
}

static void try_forward(const struct world *w, struct tried *t,
                        const struct query *q)
{
	struct found want, got = { .count = 0 };
	struct search_totals totals;
	struct error err;
	struct match first;
	bool stopped;

	if (!reference(w, t, &q->o, q->o.from, q->o.end, q->o.overlapping,
	               &want))
		return;
	stopped = q->o.max && want.count >= q->o.max;
	if (stopped)
		want.count = q->o.max;
	if (!search_all(w->view, t->pattern, &q->o, NULL, take, &got, &totals,
	                &err)) {
		/* It may be just below the limit in one of them. */
		ck_assert_int_eq(err.code, ERR_LIMIT);
		return;
	}
	if (!is_same(&want, &got)) {
		if (!contradicts_itself(w, t, &q->o))
			complain(w, t, q, &want, &got);
		return;
	}
	if (!stopped)
		check_totals(w, q->o.from, q->o.end, &totals);
	if (search_next(w->view, t->pattern, &q->o, NULL, &first, &totals,
	                &err)) {
		ck_assert_uint_gt(want.count, 0);
		ck_assert_uint_eq(first.addr, want.v[0].addr);
		ck_assert_uint_eq(first.len, want.v[0].len);
	} else {
		ck_assert_uint_eq(want.count, 0);
		ck_assert_int_eq(err.code, ERR_NO);
	}
}

static void try_query(uint64_t *seed, const struct world *w, struct tried *t)
{
	struct query q;

	random_query(seed, w, &q);
	if (q.backward)
		try_backward(w, t, &q);
	else
		try_forward(w, t, &q);
}

/* With a new pattern and a new world, and patterns of the list. */
static void try_world(uint64_t *seed, struct tried *list, bool interpreted)
{
	struct tried made = random_tried(seed, interpreted);
	struct world w;

	random_world(seed, &w);
	for (size_t i = 0; i < QUERIES / 2; i++) {
		try_query(seed, &w,
		          &list[random_below(seed, ARRAY_LEN(constructs))]);
		try_query(seed, &w, &made);
	}
	close_world(&w);
	free_tried(&made);
}

/* 200,000 queries: half of them by the list, half by made-up patterns; and some
   more where there is no JIT. */
START_TEST(finds_what_pcre2_finds)
{
	bool interpreted = _i;
	static struct tried list[ARRAY_LEN(constructs)];
	uint64_t seed = random_seed();

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		list[i] = new_tried(constructs[i], interpreted);
	for (size_t n = cases((interpreted ? 20000u : 200000u) / QUERIES);
	     n > 0; n--)
		try_world(&seed, list, interpreted);
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		free_tried(&list[i]);
}
END_TEST

/* --- single cases -------------------------------------------------------- */

static struct pattern *pattern_of(const char *text)
{
	struct pattern_options options = { .numbers.units = &units_default };
	struct lexer lx = lexer_of(text, strlen(text));
	struct error err;
	struct pattern *p = pattern_parse(&lx, &options, &err);

	must(p != NULL, &err);
	return p;
}

static struct search_options everything(const struct world *w)
{
	return (struct search_options){ .end = view_size(w->view) };
}

/* A world of one segment of data, with these bytes at its start. */
static void text_world(struct world *w, const char *text)
{
	*w = (struct world){ .len = 0 };
	memcpy(w->bytes, text, strlen(text));
	add_segment(w, strlen(text));
	finish_world(w);
}

/* Zeros of this size, with the world's bytes before and behind them. */
static void sparse_world(struct world *w, const char *text, uint64_t zeros)
{
	struct error err;
	struct source *src = memory_open(zeros, &err);

	must(src != NULL, &err);
	*w = (struct world){ .len = 0 };
	memcpy(w->bytes, text, strlen(text));
	memcpy(w->bytes + strlen(text), text, strlen(text));
	add_segment(w, strlen(text));
	add_source(w, src);
	add_segment(w, strlen(text));
	finish_world(w);
}

#define HUGE (UINT64_C(1) << 61)

static const struct {
	const char *pattern;
	uint64_t first, last; /* addresses; UINT64_MAX: none */
} sparse[] = {
	{ "/ab/", 0, HUGE + 3 },
	{ "/b\\x00/", 1, 1 },               /* into the hole */
	{ "/\\x00a/", HUGE + 2, HUGE + 2 }, /* out of it */
	{ "{00 00 61}", HUGE + 1, HUGE + 1 },
	{ "/(?<=\\x00)a/", HUGE + 3, HUGE + 3 },
	{ "/(?<!\\x00)a/", 0, 0 },
	{ "{62 00 00 00 00 01}", UINT64_MAX, UINT64_MAX },
	{ "/x/", UINT64_MAX, UINT64_MAX },
	{ "/^a/", 0, 0 },
	{ "/b$/", HUGE + 4, HUGE + 4 },
};

/* No time would be enough to look at all of these zeros. */
START_TEST(holes_are_passed)
{
	struct world w;
	struct search_options o;
	struct search_totals totals;
	struct pattern *p = pattern_of(sparse[_i].pattern);
	struct match m;
	struct error err = { 0 };

	sparse_world(&w, "ab", HUGE + 1);
	o = everything(&w);
	if (search_next(w.view, p, &o, NULL, &m, &totals, &err)) {
		ck_assert_uint_eq(m.addr, sparse[_i].first);
	} else {
		ck_assert_int_eq(err.code, ERR_NO);
		ck_assert_uint_eq(sparse[_i].first, UINT64_MAX);
		ck_assert_uint_eq(totals.searched, o.end);
	}
	o.from = o.end;
	if (search_prev(w.view, p, &o, NULL, &m, &totals, &err)) {
		ck_assert_uint_eq(m.addr, sparse[_i].last);
	} else {
		ck_assert_int_eq(err.code, ERR_NO);
		ck_assert_uint_eq(sparse[_i].last, UINT64_MAX);
		ck_assert_uint_eq(totals.searched, o.end);
	}
	pattern_unref(p);
	close_world(&w);
}
END_TEST

START_TEST(zeros_are_found_in_holes)
{
	struct world w;
	struct search_options o;
	struct search_totals totals;
	struct pattern *p = pattern_of("{00 00}");
	struct found got = { .count = 0 };
	struct error err;

	sparse_world(&w, "ab", HUGE);
	o = everything(&w);
	o.max = 3;
	must(search_all(w.view, p, &o, NULL, take, &got, &totals, &err), &err);
	ck_assert_uint_eq(got.count, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(got.v[i].addr, 2 + 2 * i);
	pattern_unref(p);
	close_world(&w);
}
END_TEST

START_TEST(gaps_are_passed)
{
	struct world w = { .len = 0 };
	struct search_options o;
	struct search_totals totals;
	struct pattern *p = pattern_of("/ab/");
	struct match m;
	struct error err;

	memcpy(w.bytes, "abb", 3);
	add_segment(&w, 2);
	add_gap(&w, HUGE);
	w.len = 2;
	w.states[2] = STATE_DATA;
	add_segment(&w, 1);
	finish_world(&w);
	o = everything(&w);
	o.from = o.end;
	must(search_prev(w.view, p, &o, NULL, &m, &totals, &err), &err);
	ck_assert_uint_eq(m.addr, 0);
	ck_assert_uint_eq(totals.searched, 3);
	ck_assert_uint_eq(totals.skipped, 0);
	o.from = 1;
	ck_assert(!search_next(w.view, p, &o, NULL, &m, &totals, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert_uint_eq(totals.searched, 2);
	pattern_unref(p);
	close_world(&w);
}
END_TEST

/* What came before the start that takes too many steps was given. */
START_TEST(too_many_steps)
{
	static const char text[] =
		"aab xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"
		"aaaab";
	struct world w;
	struct search_options o;
	struct search_totals totals;
	struct pattern *p = pattern_of("/(a+)+b/");
	struct found got = { .count = 0 };
	struct match m;
	struct error err = { 0 };

	text_world(&w, text);
	o = everything(&w);
	ck_assert(!search_all(w.view, p, &o, NULL, take, &got, &totals, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert(err.has_addr);
	ck_assert_uint_eq(err.addr, 5);
	ck_assert_ptr_nonnull(strstr(err.text, "0x5: match limit exceeded"));
	ck_assert_uint_eq(got.count, 1);
	ck_assert_uint_eq(got.v[0].len, 3);
	/* Backward it is hit only where the search comes by. */
	o.from = o.end;
	must(search_prev(w.view, p, &o, NULL, &m, &totals, &err), &err);
	ck_assert_uint_eq(m.addr, o.end - 2);
	o.from = o.end - 10;
	ck_assert(!search_prev(w.view, p, &o, NULL, &m, &totals, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	pattern_unref(p);
	close_world(&w);
}
END_TEST

/* One byte more or less decides whether a match is too long to be held. */
START_TEST(longest_match)
{
	enum { LONGEST = 4096 };
	struct pattern *p = pattern_of("/b\\x00+ab/");

	for (uint64_t len = LONGEST - 1; len <= LONGEST + 1; len++) {
		struct world w;
		struct search_options o;
		struct search_totals totals;
		struct match m;
		struct error err = { 0 };
		bool ok;

		sparse_world(&w, "ab", len - 3);
		o = everything(&w);
		ok = search_next(w.view, p, &o, NULL, &m, &totals, &err);
		ck_assert_int_eq(ok, len <= LONGEST);
		if (ok)
			ck_assert_uint_eq(m.len, len);
		ck_assert_int_eq(err.code, ok ? err.code : ERR_LIMIT);
		if (!ok)
			ck_assert_uint_eq(err.addr, 1);
		close_world(&w);
	}
	pattern_unref(p);
}
END_TEST

/* --- what changes -------------------------------------------------------- */

static void lose_the_end(struct world *w)
{
	for (size_t i = w->len / 2; i < w->len; i++)
		w->states[i] = STATE_MISSING;
}

static void lose_all(struct world *w)
{
	for (size_t i = 0; i < w->len; i++)
		w->states[i] = STATE_MISSING;
}

static void rewrite(struct world *w)
{
	for (size_t i = 0; i < w->len; i++)
		w->bytes[i] = i % 16 < 8 ? 'a' : 'b';
}

static void show_the_end(struct world *w)
{
	for (size_t i = 0; i < w->len; i++)
		w->states[i] = i % 50 ? STATE_DATA : STATE_BAD;
}

static const struct {
	const char *pattern;
	void (*change)(struct world *w);
} changes[] = {
	{ "/ab/", lose_the_end },
	{ "/ab/", lose_all },
	{ "/ab/", rewrite },
	{ "/ab/", show_the_end },
	{ "/a[ab]+/", lose_the_end }, /* a window that grows */
	{ "/a[ab]+/", lose_all },
	{ "/a[ab]+/", rewrite },
	{ "/a[ab]+/", show_the_end },
	{ "/(?<=a.{20})b/u", lose_the_end },
	{ "/(?<=a.{20})b/u", rewrite },
	{ "/\\X+$/u", lose_all },
	{ "/^a|b$/m", show_the_end },
	{ "/a[ab]*x/", lose_the_end },
	{ "/x/", lose_the_end },
	{ "/x/", show_the_end },
};

/* Search while what is searched changes before a read. True: there was no such
   read. */
static bool search_in_change(struct pattern *p, bool backward, size_t change_at,
                             void (*change)(struct world *w))
{
	struct world w;
	struct search_options o;
	struct search_totals totals;
	struct found got = { .count = 0 };
	struct error err = { 0 };
	struct match m;
	bool late;

	text_world(&w, "ababab abab\nab ababababababababababababababab ab ab"
	               "abababababababababababababababababababab ab \nabab");
	w.change_at = change_at;
	w.change = change;
	o = everything(&w);
	if (backward) {
		o.from = o.end;
		if (search_prev(w.view, p, &o, NULL, &m, &totals, &err))
			ck_assert_uint_le(m.len, o.end - m.addr);
		else
			ck_assert_int_eq(err.code, ERR_NO);
		ck_assert_uint_le(totals.searched + totals.skipped, o.end);
	} else {
		must(search_all(w.view, p, &o, NULL, take, &got, &totals, &err),
		     &err);
		for (size_t i = 1; i < got.count; i++)
			ck_assert_uint_ge(got.v[i].addr,
			                  got.v[i - 1].addr + got.v[i - 1].len);
		/* What has gone is skipped, what has been seen is not. */
		ck_assert_uint_eq(totals.searched + totals.skipped, o.end);
		if (change_at == 1 && change == lose_the_end)
			ck_assert_uint_eq(totals.skipped, o.end - o.end / 2);
		if (change_at == 1 && change == lose_all)
			ck_assert_uint_eq(totals.skipped, o.end);
	}
	late = w.reads < change_at;
	close_world(&w);
	return late;
}

START_TEST(bytes_change_between_windows)
{
	struct pattern *p = pattern_of(changes[_i].pattern);

	for (int backward = 0; backward < 2; backward++) {
		size_t at = 1;

		while (!search_in_change(p, backward, at, changes[_i].change))
			at++;
		/* Backward it often is the first window. */
		ck_assert_uint_gt(at, backward ? 1 : 3);
	}
	pattern_unref(p);
}
END_TEST

struct cut {
	const char *path;
	uint64_t size, matches;
};

static bool take_and_cut(void *arg, const struct match *m)
{
	struct cut *cut = arg;

	ck_assert_uint_eq(m->addr, cut->matches * 100);
	if (++cut->matches == 3)
		ck_assert_int_eq(truncate(cut->path, (off_t)cut->size), 0);
	return true;
}

/* Of a real file the part behind the cut is lost. */
START_TEST(a_file_is_cut)
{
	static char bytes[100000];
	struct world w = { .len = 0 };
	struct search_options o;
	struct search_totals totals;
	struct pattern *p = pattern_of("/xy/");
	struct cut cut = { .size = 50000 };
	struct error err;
	struct files *files =
		files_new(&sys_real, files_limits_default(), &err);
	struct source *src;
	char *path;

	must(files != NULL, &err);
	must(guard_install(&err), &err);
	memset(bytes, 'a', sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i += 100)
		memcpy(bytes + i, "xy", 2);
	path = scratch_file("cut", bytes, sizeof(bytes));
	cut.path = path;
	src = file_open(files, path, &err);
	must(src != NULL, &err);
	add_source(&w, src);
	finish_world(&w);
	o = everything(&w);
	must(search_all(w.view, p, &o, NULL, take_and_cut, &cut, &totals, &err),
	     &err);
	ck_assert_uint_eq(cut.matches, 500);
	ck_assert_uint_eq(totals.searched, 50000);
	ck_assert_uint_eq(totals.skipped, 50000);
	pattern_unref(p);
	close_world(&w);
	files_free(files);
	free(path);
}
END_TEST

/* --- jobs ---------------------------------------------------------------- */

struct endless {
	struct world w;
	struct pattern *p;
	bool backward;
	bool ok;
	struct error err;
};

static bool take_and_post(void *arg, const struct match *m)
{
	(void)m;
	job_post(arg);
	return true;
}

static void search_endlessly(struct job *job, void *arg)
{
	struct endless *e = arg;
	struct search_options o = everything(&e->w);
	struct search_totals totals;
	struct match m;

	if (e->backward) {
		o.from = o.end;
		job_post(job);
		e->ok = search_prev(e->w.view, e->p, &o, job, &m, &totals,
		                    &e->err);
	} else {
		e->ok = search_all(e->w.view, e->p, &o, job, take_and_post, job,
		                   &totals, &e->err);
	}
}

/* It would go on for ages: that it ends at all is the test. */
START_TEST(a_search_is_cancelled)
{
	struct endless e = { .backward = _i };
	struct error err;
	struct pool *pool = pool_new(1, &err);
	struct pool_event event;
	struct job *job;

	must(pool != NULL, &err);
	sparse_world(&e.w, "ab", HUGE);
	e.p = pattern_of(e.backward ? "/\\x00{40}x/" : "/\\x00/");
	job = job_start(pool, JOB_COMPUTE, search_endlessly, &e, &err);
	must(job != NULL, &err);
	while (!pool_next(pool, &event)) {
	}
	job_cancel(job);
	job_wait(job);
	ck_assert(!e.ok);
	ck_assert_int_eq(e.err.code, ERR_CANCELLED);
	job_free(job);
	pool_free(pool);
	pattern_unref(e.p);
	close_world(&e.w);
}
END_TEST

static void search_for_nothing(struct job *job, void *arg)
{
	struct endless *e = arg;
	struct search_options o = everything(&e->w);
	struct search_totals totals;
	struct match m;

	o.from = e->backward ? o.end : 0;
	e->ok = e->backward ? search_prev(e->w.view, e->p, &o, job, &m, &totals,
	                                  &e->err)
	                    : search_next(e->w.view, e->p, &o, job, &m, &totals,
	                                  &e->err);
}

/* What lies between files takes no time. */
START_TEST(progress_leaves_gaps_out)
{
	struct endless e = { .backward = _i, .p = pattern_of("\"x\"") };
	struct error err;
	struct pool *pool = pool_new(1, &err);
	uint64_t done, total;
	struct job *job;

	must(pool != NULL, &err);
	memcpy(e.w.bytes, "abcde", 5);
	add_segment(&e.w, 3);
	add_gap(&e.w, 50);
	memcpy(e.w.bytes + 53, "de", 2);
	add_segment(&e.w, 2);
	finish_world(&e.w);
	job = job_start(pool, JOB_COMPUTE, search_for_nothing, &e, &err);
	must(job != NULL, &err);
	job_wait(job);
	ck_assert_int_eq(e.err.code, ERR_NO);
	job_progress(job, &done, &total);
	ck_assert_uint_eq(total, 5);
	ck_assert_uint_le(done, 5);
	job_free(job);
	pool_free(pool);
	pattern_unref(e.p);
	close_world(&e.w);
}
END_TEST

START_TEST(without_memory)
{
	struct world w;
	struct pattern *p = pattern_of("/b\\x00+a/");
	struct search_totals totals;
	struct search_options o;
	struct match m;

	sparse_world(&w, "ab", 200);
	o = everything(&w);
	for (int backward = 0; backward < 2; backward++) {
		bool ok = false;
		long n = 0;

		o.from = backward ? o.end : 0;
		for (; !ok; n++) {
			struct error err = { 0 };

			mem_fail_after(n);
			ok = backward ? search_prev(w.view, p, &o, NULL, &m,
			                            &totals, &err)
			              : search_next(w.view, p, &o, NULL, &m,
			                            &totals, &err);
			mem_fail_after(-1);
			ck_assert(ok || err.code == ERR_NOMEM);
			ck_assert_int_lt(n, 1000);
		}
		ck_assert_uint_eq(m.addr, 1);
		ck_assert_uint_eq(m.len, 202);
		ck_assert_int_gt(n, 5);
	}
	pattern_unref(p);
	close_world(&w);
}
END_TEST

START_TEST(an_empty_space)
{
	struct world w = { .len = 0 };
	struct pattern *p = pattern_of("/a/");
	struct search_options o = { .end = 0 };
	struct search_totals totals;
	struct match m;
	struct error err;

	finish_world(&w);
	ck_assert(!search_next(w.view, p, &o, NULL, &m, &totals, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert(!search_prev(w.view, p, &o, NULL, &m, &totals, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert_uint_eq(totals.searched, 0);
	pattern_unref(p);
	close_world(&w);
}
END_TEST

/* --- teams --------------------------------------------------------------- */

static void *help(void *arg)
{
	search_team_help(arg);
	return NULL;
}

static bool run_team(const struct world *w, struct pattern *p,
                     const struct search_options *o, size_t workers,
                     struct found *got, struct search_totals *totals,
                     struct error *err)
{
	struct search_team *team =
		search_team_new(w->view, p, o, workers, take, got, err);
	pthread_t threads[4];
	size_t count;
	bool ok;

	must(team != NULL, err);
	count = search_team_workers(team);
	ck_assert_uint_le(count, workers);
	for (size_t i = 1; i < count; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, help, team),
		                 0);
	ok = search_team_run(team, NULL, totals, err);
	for (size_t i = 1; i < count; i++)
		pthread_join(threads[i], NULL);
	search_team_free(team);
	return ok;
}

/* However many work, they find what one does. */
static void try_team(uint64_t *seed, const struct world *w, struct tried *t)
{
	struct found want = { .count = 0 }, got = { .count = 0 };
	struct search_totals all, totals;
	struct error err, other;
	struct query q;
	bool ok;

	random_query(seed, w, &q);
	q.backward = false;
	ok = search_all(w->view, t->pattern, &q.o, NULL, take, &want, &all,
	                &err);
	if (run_team(w, t->pattern, &q.o, 1 + random_below(seed, 4), &got,
	             &totals, &other) != ok)
		/* It may be just below the limit in one of them. */
		ck_assert_int_eq(ok ? other.code : err.code, ERR_LIMIT);
	else if (!is_same(&want, &got))
		complain(w, t, &q, &want, &got);
	else if (ok && (q.o.max == 0 || want.count < q.o.max)) {
		ck_assert_uint_eq(totals.searched, all.searched);
		ck_assert_uint_eq(totals.skipped, all.skipped);
	}
}

START_TEST(a_team_finds_what_one_does)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(1000); n > 0; n--) {
		struct tried t =
			random_below(&seed, 2)
				? random_tried(&seed, false)
				: new_tried(constructs[random_below(
						    &seed,
						    ARRAY_LEN(constructs))],
		                            false);
		struct world w;

		random_world(&seed, &w);
		for (int i = 0; i < 5; i++)
			try_team(&seed, &w, &t);
		close_world(&w);
		free_tried(&t);
	}
}
END_TEST

/* Chunks go as far as what is passed at once. */
START_TEST(a_team_passes_holes)
{
	struct world w;
	struct search_options o;
	struct search_totals totals;
	struct pattern *p = pattern_of("/ab/");
	struct found got = { .count = 0 };
	struct error err;

	sparse_world(&w, "ab", HUGE);
	o = everything(&w);
	must(run_team(&w, p, &o, 3, &got, &totals, &err), &err);
	ck_assert_uint_eq(got.count, 2);
	ck_assert_uint_eq(got.v[1].addr, HUGE + 2);
	ck_assert_uint_eq(totals.searched, o.end);
	pattern_unref(p);
	close_world(&w);
}
END_TEST

/* One that never runs keeps no helper waiting. */
START_TEST(a_team_that_does_not_run)
{
	struct world w;
	struct search_options o;
	struct pattern *p = pattern_of("/ab/");
	struct found got = { .count = 0 };
	struct search_team *team = NULL;
	struct error err = { 0 };
	pthread_t thread;

	sparse_world(&w, "ab", 100);
	o = everything(&w);
	for (long n = 0; !team; n++) {
		mem_fail_after(n);
		team = search_team_new(w.view, p, &o, 2, take, &got, &err);
		mem_fail_after(-1);
		ck_assert(team || err.code == ERR_NOMEM);
	}
	ck_assert_int_eq(pthread_create(&thread, NULL, help, team), 0);
	search_team_close(team);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(got.count, 0);
	search_team_free(team);
	search_team_free(NULL);
	pattern_unref(p);
	close_world(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("search");
	TCase *tc = tcase_create("search");

	tcase_set_timeout(tc, 0);
	tcase_add_loop_test(tc, finds_what_pcre2_finds, 0, 2);
	tcase_add_loop_test(tc, holes_are_passed, 0, (int)ARRAY_LEN(sparse));
	tcase_add_test(tc, zeros_are_found_in_holes);
	tcase_add_test(tc, gaps_are_passed);
	tcase_add_test(tc, too_many_steps);
	tcase_add_test(tc, longest_match);
	tcase_add_loop_test(tc, bytes_change_between_windows, 0,
	                    (int)ARRAY_LEN(changes));
	tcase_add_test(tc, a_file_is_cut);
	tcase_add_loop_test(tc, a_search_is_cancelled, 0, 2);
	tcase_add_loop_test(tc, progress_leaves_gaps_out, 0, 2);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, an_empty_space);
	tcase_add_test(tc, a_team_finds_what_one_does);
	tcase_add_test(tc, a_team_passes_holes);
	tcase_add_test(tc, a_team_that_does_not_run);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
