/* test_document.c - tests of src/edit/document.c */
#include "config.h"

#include "edit/document.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "source/file.h"
#include "source/files.h"
#include "source/memory.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;

/* A source that counts how often it is freed. */
static struct source fake;
static size_t frees;

static bool fake_read(struct source *src, uint64_t off, void *buf, size_t len,
                      unsigned flags, struct runs *runs, struct error *e)
{
	(void)src;
	(void)flags;
	memset(buf, (int)off, len);
	return runs_add(runs, (struct run){ .len = len }, e);
}

static struct stretch fake_stretch(struct source *src, uint64_t off)
{
	return (struct stretch){ .state = STATE_DATA,
		                 .end = off < 10 ? 10 : src->size };
}

static void fake_free(struct source *src)
{
	(void)src;
	frees++;
}

static const struct source_ops fake_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.free = fake_free,
};

static struct source *fake_source(unsigned traits)
{
	frees = 0;
	memset(&fake, 0, sizeof(fake));
	fake.ops = &fake_ops;
	fake.size = 100;
	fake.traits = traits;
	return &fake;
}

/* What is asked for of what can be written, and what comes of it;
   ACCESS_DEFAULT: refused. */
static const struct {
	unsigned traits;
	enum access asked, got;
} accesses[] = {
	{ SOURCE_WRITABLE, ACCESS_DEFAULT, ACCESS_WRITE },
	{ SOURCE_WRITABLE, ACCESS_WRITE, ACCESS_WRITE },
	{ SOURCE_WRITABLE, ACCESS_READ, ACCESS_READ },
	{ SOURCE_WRITABLE, ACCESS_COPY, ACCESS_COPY },
	{ 0, ACCESS_DEFAULT, ACCESS_READ },
	/* A device is not written unless that was said. */
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_DEFAULT, ACCESS_READ },
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_WRITE, ACCESS_WRITE },
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_COPY, ACCESS_COPY },
	{ SOURCE_DEVICE, ACCESS_DEFAULT, ACCESS_READ },
	{ SOURCE_DEVICE, ACCESS_WRITE, ACCESS_DEFAULT },
	{ 0, ACCESS_WRITE, ACCESS_DEFAULT },
	{ 0, ACCESS_READ, ACCESS_READ },
	{ 0, ACCESS_COPY, ACCESS_COPY },
	{ SOURCE_PRIVATE, ACCESS_DEFAULT, ACCESS_COPY },
	{ SOURCE_PRIVATE, ACCESS_WRITE, ACCESS_DEFAULT },
	{ SOURCE_PRIVATE, ACCESS_READ, ACCESS_READ },
	{ SOURCE_PRIVATE, ACCESS_COPY, ACCESS_COPY },
	{ SOURCE_PRIVATE | SOURCE_WRITABLE, ACCESS_DEFAULT, ACCESS_COPY },
};

START_TEST(access_comes_from_the_source)
{
	struct source *src = fake_source(accesses[_i].traits);
	struct document *doc =
		document_new(src, 1, "a name", accesses[_i].asked, &err);

	if (accesses[_i].got == ACCESS_DEFAULT) {
		ck_assert_ptr_null(doc);
		ck_assert_int_eq(err.code, ERR_READONLY);
		ck_assert_str_eq(err.text, "a name: cannot be written");
		ck_assert_str_eq(err.path, "a name");
		ck_assert_uint_eq(frees, 1);
		return;
	}
	ck_assert_ptr_nonnull(doc);
	ck_assert_int_eq(document_access(doc), accesses[_i].got);
	document_unref(doc);
	ck_assert_uint_eq(frees, 1);
}
END_TEST

START_TEST(names_of_access)
{
	ck_assert_str_eq(access_name(ACCESS_READ), "read");
	ck_assert_str_eq(access_name(ACCESS_WRITE), "write");
	ck_assert_str_eq(access_name(ACCESS_COPY), "copy");
	ck_assert_str_eq(access_name(ACCESS_DEFAULT), "default");
}
END_TEST

START_TEST(it_shows_its_source)
{
	struct source *src = fake_source(0);
	char name[] = "a name";
	struct document *doc =
		document_new(src, UINT64_MAX, name, ACCESS_READ, &err);
	struct runs runs = { 0 };
	char buf[4];

	memset(name, 'x', sizeof(name) - 1); /* it has its own */
	ck_assert_str_eq(document_name(doc), "a name");
	ck_assert_uint_eq(document_id(doc), UINT64_MAX);
	ck_assert_uint_eq(document_size(doc), 100);
	ck_assert_ptr_eq(document_source(doc), src);
	must(document_read(doc, 96, buf, 4, 0, &runs, &err), &err);
	ck_assert_mem_eq(buf, "````", 4);
	ck_assert_uint_eq(runs_len(&runs), 4);
	ck_assert_uint_eq(document_stretch_at(doc, NULL, 9).end, 10);
	ck_assert_uint_eq(document_stretch_at(doc, NULL, 10).end, 100);
	ck_assert_uint_eq(document_check(doc), 0);
	runs_free(&runs);
	document_unref(doc);
}
END_TEST

static void *ref_and_unref(void *arg)
{
	struct document *doc = arg;

	for (size_t n = cases(2000); n > 0; n--)
		document_unref(document_ref(doc));
	document_unref(doc);
	return NULL;
}

START_TEST(the_last_one_frees_it)
{
	struct document *doc =
		document_new(fake_source(0), 1, "n", ACCESS_READ, &err);
	pthread_t threads[4];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, ref_and_unref,
		               document_ref(doc));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(frees, 0);
	document_unref(doc);
	ck_assert_uint_eq(frees, 1);
	document_unref(NULL);
}
END_TEST

START_TEST(without_memory_the_source_is_freed)
{
	mem_fail_after(0);
	ck_assert_ptr_null(
		document_new(fake_source(0), 1, "n", ACCESS_READ, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(frees, 1);
	mem_fail_after(-1);
}
END_TEST

/* The same file in a second document; the first one stays what it is. */
static void read_grown(struct files *files, const char *path)
{
	struct document *doc = document_new(file_open(files, path, &err), 1,
	                                    path, ACCESS_DEFAULT, &err);
	struct runs runs = { 0 };
	char buf[6];

	ck_assert_uint_eq(document_check(doc), 0);
	ck_assert_uint_eq(document_size(doc), 6);
	must(document_read(doc, 0, buf, 6, 0, &runs, &err), &err);
	ck_assert_mem_eq(buf, "bytes!", 6);
	runs_free(&runs);
	document_unref(doc);
}

START_TEST(of_a_file_that_grows)
{
	struct files_limits limits = { 1, 0, 65536, 4 };
	struct files *files = files_new(&faults_sys, limits, &err);
	char *path = scratch_file("f", "bytes", 5);
	struct document *doc = document_new(file_open(files, path, &err), 1,
	                                    path, ACCESS_DEFAULT, &err);
	struct runs runs = { 0 };
	char buf[5];

	ck_assert_int_eq(document_access(doc), ACCESS_WRITE);
	ck_assert_uint_eq(document_check(doc), 0);
	free(scratch_file("f", "bytes!", 6));
	ck_assert_uint_eq(document_check(doc), CHANGE_SIZE_MORE);
	ck_assert_uint_eq(document_size(doc), 5);
	read_grown(files, path);
	must(document_read(doc, 0, buf, 5, 0, &runs, &err), &err);
	ck_assert_mem_eq(buf, "bytes", 5);
	ck_assert_uint_eq(document_size(doc), 5);
	runs_free(&runs);
	document_unref(doc);
	files_free(files);
	ck_assert_uint_eq(faults_descriptors(), 0);
	free(path);
}
END_TEST

START_TEST(of_memory)
{
	struct document *doc = document_new(memory_open(10, &err), 1,
	                                    "memory:10", ACCESS_DEFAULT, &err);

	ck_assert_int_eq(document_access(doc), ACCESS_COPY);
	ck_assert_int_eq(document_stretch_at(doc, NULL, 0).state, STATE_HOLE);
	document_unref(doc);
}
END_TEST

/* --- edits --------------------------------------------------------------- */

/*
 * A source of SIZE bytes in stretches of 16, of changing states; the model has
 * what each byte of the document is. A read that may not wait finds every
 * fourth stretch pending.
 */
enum { SIZE = 640, MOST = 2000, STRIPE = 16 };

struct byte {
	uint64_t base; /* offset in the source, or UINT64_MAX */
	unsigned char value;
	bool edited, inserted;
};

struct edited {
	struct document *doc;
	struct store *store;
	struct byte v[2 * MOST];
	size_t len;
	size_t reads; /* of the source */
};

static struct edited *now; /* what the striped source counts for */

static enum state stripe_state(uint64_t off, unsigned flags)
{
	uint64_t i = off / STRIPE;

	if (flags & READ_NOWAIT && i % 4 == 3)
		return STATE_PENDING;
	if (i % 7 == 5)
		return STATE_BAD;
	return i % 5 == 4 ? STATE_HOLE : STATE_DATA;
}

static bool stripes_read(struct source *src, uint64_t off, void *buf,
                         size_t len, unsigned flags, struct runs *runs,
                         struct error *e)
{
	unsigned char *to = buf;

	(void)src;
	now->reads++;
	for (size_t i = 0; i < len; i++) {
		struct run run = { .len = 1 };

		run.state = stripe_state(off + i, flags);
		if (state_has_bytes(run.state))
			to[i] = (unsigned char)((off + i) * 7);
		if (!runs_add(runs, run, e))
			return false;
	}
	return true;
}

static struct stretch stripes_stretch(struct source *src, uint64_t off)
{
	struct stretch out = { .end = off };
	enum state state = stripe_state(off, 0);

	out.state = state == STATE_HOLE ? STATE_HOLE : STATE_DATA;
	while (out.end < src->size && (stripe_state(out.end, 0) ==
	                               STATE_HOLE) == (out.state == STATE_HOLE))
		out.end++;
	return out;
}

static const struct source_ops stripes_ops = {
	.read = stripes_read,
	.stretch = stripes_stretch,
	.free = fake_free,
};

static void edited_begin(struct edited *ed)
{
	struct source *src = fake_source(SOURCE_GROWS | SOURCE_WRITABLE);

	src->ops = &stripes_ops;
	src->size = SIZE;
	now = ed;
	ed->doc = document_new(src, 1, "stripes", ACCESS_DEFAULT, &err);
	ed->store = store_new(&err);
	ed->len = SIZE;
	for (size_t i = 0; i < SIZE; i++)
		ed->v[i] = (struct byte){ i, 0, false, false };
}

static void edited_end(struct edited *ed)
{
	document_unref(ed->doc);
	store_unref(ed->store);
	ck_assert_uint_eq(frees, 1);
}

/* Replace bytes by stored ones, or by others of the document. */
static void edit(struct edited *ed, uint64_t *state)
{
	struct byte added[MOST];
	size_t off = (size_t)random_below(state, ed->len + 1);
	size_t removed = (size_t)random_below(state, ed->len - off + 1);
	size_t n = (size_t)random_below(state, random_below(state, 5) ? 4 : 90);
	bool insert = random_below(state, 2);
	bool move = random_below(state, 4) == 0;
	struct tree *root = document_tree(ed->doc, &err);
	struct splice splice = { .off = off };
	struct piece piece;
	size_t from;

	if (ed->len < MOST / 2 && random_below(state, 30))
		removed = size_min(removed, (size_t)random_below(state, 4));
	n = size_min(n, ed->len > MOST ? 0 : n);
	n = move ? size_min(n, ed->len) : n;
	from = (size_t)random_below(state, ed->len - (move ? n : 0) + 1);
	splice.removed = removed;
	splice.tag = PIECE_EDITED;
	if (insert)
		splice.tag |= PIECE_INSERTED;
	for (size_t i = 0; i < n; i++) {
		if (move)
			added[i] = ed->v[from + i];
		else
			added[i] = (struct byte){
				.base = UINT64_MAX,
				.value = (unsigned char)random_u64(state),
			};
		added[i].edited = true;
		added[i].inserted = added[i].inserted || insert;
	}
	if (move) {
		splice.tree = tree_slice(root, from, n, &err);
		must(splice.tree, &err);
	} else {
		unsigned char bytes[MOST];

		for (size_t i = 0; i < n; i++)
			bytes[i] = added[i].value;
		must(store_put(ed->store, bytes, n, &piece, &err), &err);
		piece.tag |= splice.tag;
		splice.v = &piece;
		splice.count = n > 0;
	}
	must(tree_splice(&root, &splice, &err), &err);
	tree_unref(splice.tree);
	document_set_root(ed->doc, ed->store, root);
	memmove(ed->v + off + n, ed->v + off + removed,
	        (ed->len - off - removed) * sizeof(*ed->v));
	memcpy(ed->v + off, added, n * sizeof(*added));
	ed->len = ed->len - removed + n;
}

static void check_byte(const struct byte *want, const struct run *run,
                       unsigned char value, unsigned flags)
{
	enum state state = STATE_DATA;

	if (want->base != UINT64_MAX)
		state = stripe_state(want->base, flags);
	ck_assert_int_eq(run->state, state);
	ck_assert(run->edited == (want->edited && !(flags & READ_PLAIN)));
	ck_assert(run->inserted == (want->inserted && !(flags & READ_PLAIN)));
	if (want->base == UINT64_MAX)
		ck_assert_uint_eq(value, want->value);
	else if (state_has_bytes(state))
		ck_assert_uint_eq(value, (unsigned char)(want->base * 7));
}

static void check_read(const struct edited *ed, const struct tree *root,
                       uint64_t *state)
{
	size_t off = (size_t)random_below(state, ed->len + 1);
	size_t len = (size_t)random_below(state, ed->len - off + 1);
	unsigned flags = (random_below(state, 2) ? READ_NOWAIT : 0) |
	                 (random_below(state, 2) ? READ_PLAIN : 0);
	unsigned char buf[2 * MOST];
	struct runs runs = { 0 };
	const struct run *run;
	size_t left = 0;

	must(document_read_at(ed->doc, root, off, buf, len, flags, &runs, &err),
	     &err);
	ck_assert_uint_eq(runs_len(&runs), len);
	run = runs.v;
	for (size_t i = 0; i < len; i++, left--) {
		if (left == 0 && i > 0)
			run++;
		if (left == 0)
			left = (size_t)run->len;
		check_byte(&ed->v[off + i], run, buf[i], flags);
	}
	runs_free(&runs);
}

static void check_stretch(const struct edited *ed, const struct tree *root,
                          uint64_t *state)
{
	size_t from = (size_t)random_below(state, ed->len + 1);
	struct stretch both[2];

	if (from == ed->len)
		return;
	both[0] = document_stretch_at(ed->doc, root, from);
	both[1] = document_piece_at(ed->doc, root, from);
	ck_assert_uint_le(both[0].end, ed->len);
	ck_assert_uint_le(both[1].end, both[0].end);
	for (size_t i = 0; i < 2; i++) {
		const struct stretch *st = &both[i];

		ck_assert_uint_gt(st->end, from);
		for (size_t off = from; off < st->end; off++) {
			bool hole =
				ed->v[off].base != UINT64_MAX &&
				stripe_state(ed->v[off].base, 0) == STATE_HOLE;

			ck_assert(hole == (st->state == STATE_HOLE));
		}
	}
}

START_TEST(edits_are_read)
{
	static struct edited ed, old;
	uint64_t state = random_seed();
	struct tree *kept = NULL;

	edited_begin(&ed);
	for (size_t n = cases(5000); n > 0; n--) {
		edit(&ed, &state);
		ck_assert_uint_eq(document_size(ed.doc), ed.len);
		check_read(&ed, document_root(ed.doc), &state);
		check_stretch(&ed, document_root(ed.doc), &state);
		if (random_below(&state, 100) == 0 && document_root(ed.doc)) {
			tree_unref(kept);
			kept = tree_ref(document_root(ed.doc));
			old = ed;
		}
		if (kept)
			check_read(&old, kept, &state);
	}
	tree_unref(kept);
	edited_end(&ed);
}
END_TEST

/* Many small edits are read in few reads of the source: at the end of the
   pieces that one serves, here 5, there is another one. */
START_TEST(small_edits_take_few_reads)
{
	static struct edited ed;
	unsigned char buf[SIZE];
	struct runs runs = { 0 };

	edited_begin(&ed);
	for (uint64_t off = 5; off < SIZE; off += 10) {
		struct tree *root = document_tree(ed.doc, &err);
		struct piece piece;
		struct splice splice = { off, 1, &piece, 1, NULL, 0, NULL };

		must(store_put(ed.store, "x", 1, &piece, &err), &err);
		must(tree_splice(&root, &splice, &err), &err);
		document_set_root(ed.doc, ed.store, root);
	}
	must(document_read(ed.doc, 0, buf, SIZE, 0, &runs, &err), &err);
	ck_assert_uint_le(ed.reads, SIZE / 20);
	ck_assert_uint_eq(buf[15], 'x');
	runs_free(&runs);
	edited_end(&ed);
}
END_TEST

START_TEST(what_is_undone_is_no_edit)
{
	static struct edited ed;
	struct tree *before, *root;
	struct piece piece;
	struct splice splice = { 3, 1, &piece, 1, NULL, 0, NULL };

	edited_begin(&ed);
	ck_assert_ptr_null(document_root(ed.doc));
	before = document_tree(ed.doc, &err);
	root = tree_ref(before);
	must(store_put(ed.store, "x", 1, &piece, &err), &err);
	must(tree_splice(&root, &splice, &err), &err);
	document_set_root(ed.doc, ed.store, root);
	ck_assert_ptr_eq(document_root(ed.doc), root);
	document_set_root(ed.doc, ed.store, before);
	ck_assert_ptr_null(document_root(ed.doc));
	ck_assert_uint_eq(document_size(ed.doc), SIZE);
	/* A part of the base is an edit, and so is nothing at all. */
	root = document_take_root(ed.doc, &err);
	splice = (struct splice){ .off = SIZE - 1, .removed = 1 };
	must(tree_splice(&root, &splice, &err), &err);
	document_set_root(ed.doc, ed.store, root);
	ck_assert_uint_eq(document_size(ed.doc), SIZE - 1);
	root = document_take_root(ed.doc, &err);
	splice = (struct splice){ .removed = SIZE - 1 };
	must(tree_splice(&root, &splice, &err), &err);
	document_set_root(ed.doc, ed.store, root);
	ck_assert_ptr_nonnull(document_root(ed.doc));
	ck_assert_uint_eq(document_size(ed.doc), 0);
	edited_end(&ed);
}
END_TEST

START_TEST(edits_without_memory)
{
	static struct edited ed;
	uint64_t state = random_seed();
	unsigned char buf[2 * MOST];
	struct runs runs = { 0 };

	edited_begin(&ed);
	mem_fail_after(0);
	ck_assert_ptr_null(document_tree(ed.doc, &err));
	ck_assert_ptr_null(document_take_root(ed.doc, &err));
	mem_fail_after(-1);
	for (size_t n = 0; n < 50; n++)
		edit(&ed, &state);
	must(runs_add(&runs, (struct run){ .len = 9 }, &err), &err);
	for (long n = 0;; n++) {
		bool ok;

		mem_fail_after(n);
		ok = document_read(ed.doc, 0, buf, ed.len, 0, &runs, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_uint_eq(runs_len(&runs), 9);
	}
	runs_free(&runs);
	edited_end(&ed);
}
END_TEST

static const struct {
	unsigned traits;
	enum access access;
	bool length;
	const char *text; /* NULL: allowed */
} refusals[] = {
	{ SOURCE_GROWS, ACCESS_COPY, true, NULL },
	{ 0, ACCESS_COPY, false, NULL },
	{ SOURCE_GROWS, ACCESS_READ, false, "n: opened for reading only" },
	/* what is so by itself says what would let it be edited */
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_DEFAULT, false,
	  "n: opened for reading only (--rw lets it be edited)" },
	{ SOURCE_GROWS, ACCESS_DEFAULT, false,
	  "n: cannot be written: opened for reading only" },
	{ SOURCE_DEVICE, ACCESS_COPY, true,
	  "n: the length of a device cannot change" },
};

START_TEST(what_may_change)
{
	struct source *src = fake_source(refusals[_i].traits);
	struct document *doc;

	src->kind = "device";
	doc = document_new(src, 1, "n", refusals[_i].access, &err);
	ck_assert(document_may_change(doc, refusals[_i].length, &err) ==
	          !refusals[_i].text);
	if (refusals[_i].text) {
		ck_assert_int_eq(err.code, ERR_READONLY);
		ck_assert_str_eq(err.text, refusals[_i].text);
		ck_assert_str_eq(err.path, "n");
	}
	document_unref(doc);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("document");
	TCase *tc = tcase_create("document");

	tcase_set_timeout(tc, 60); /* on a busy machine */
	tcase_add_loop_test(tc, access_comes_from_the_source, 0,
	                    ARRAY_LEN(accesses));
	tcase_add_test(tc, names_of_access);
	tcase_add_test(tc, it_shows_its_source);
	tcase_add_test(tc, the_last_one_frees_it);
	tcase_add_test(tc, without_memory_the_source_is_freed);
	tcase_add_test(tc, of_a_file_that_grows);
	tcase_add_test(tc, of_memory);
	tcase_add_test(tc, edits_are_read);
	tcase_add_test(tc, small_edits_take_few_reads);
	tcase_add_test(tc, what_is_undone_is_no_edit);
	tcase_add_test(tc, edits_without_memory);
	tcase_add_loop_test(tc, what_may_change, 0, ARRAY_LEN(refusals));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
