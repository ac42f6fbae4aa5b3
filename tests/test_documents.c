/* test_documents.c - tests of src/edit/documents.c */
#include "config.h"

#include "edit/documents.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tests/support.h"

enum {
	MOST = 40,  /* documents at once, in the model */
	FILES = 12, /* files that they are of: several are shared */
};

static struct error err;
static struct documents docs;
static size_t alive; /* sources that were made and not freed */

static void fake_free(struct source *src)
{
	alive--;
	free(src);
}

static const struct source_ops fake_ops = { .free = fake_free };

/* ino 0: no file, as memory is. */
static struct document *make(uint64_t id, uint64_t ino, enum access access)
{
	struct source *src = calloc(1, sizeof(*src));
	struct document *doc;

	ck_assert_ptr_nonnull(src);
	src->ops = &fake_ops;
	src->id = (struct identity){ .dev = 7, .ino = ino };
	src->traits = ino ? SOURCE_WRITABLE : SOURCE_PRIVATE;
	alive++;
	doc = document_new(src, id, "name", access, &err);
	must(doc, &err);
	return doc;
}

static void setup(void)
{
	alive = 0;
	must(documents_init(&docs, &err), &err);
}

static void teardown(void)
{
	mem_fail_after(-1);
	documents_free(&docs);
	ck_assert_uint_eq(alive, 0);
}

/* The model: the documents that are open, in order of their ids. */
struct model {
	uint64_t id[MOST];
	uint64_t ino[MOST]; /* 0: cannot be shared */
	size_t count;
	uint64_t last_id;
};

static struct identity file_of(uint64_t ino)
{
	return (struct identity){ .dev = 7, .ino = ino };
}

static bool holds_file(const struct model *m, uint64_t ino)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->ino[i] == ino)
			return true;
	return false;
}

static void agree(const struct model *m)
{
	ck_assert_uint_eq(docs.count, m->count);
	for (size_t i = 0; i < m->count; i++)
		ck_assert_uint_eq(documents_find(&docs, m->id[i]), i);
	ck_assert_uint_eq(documents_find(&docs, m->last_id + 1), m->count);
	for (uint64_t ino = 1; ino <= FILES; ino++) {
		struct identity id = file_of(ino);
		struct document *doc = documents_of_file(&docs, &id);

		ck_assert_int_eq(doc != NULL, holds_file(m, ino));
		if (doc)
			ck_assert_uint_eq(document_source(doc)->id.ino, ino);
	}
	ck_assert_ptr_null(documents_of_file(&docs, &(struct identity){ 0 }));
}

static void add_one(struct model *m, uint64_t *random)
{
	uint64_t ino = random_below(random, FILES + 1);
	bool copy = random_below(random, 4) == 0;

	/* As the session does: what is open already is not opened twice. */
	if (!copy && ino && holds_file(m, ino))
		return;
	must(documents_add(&docs,
	                   make(++m->last_id, ino,
	                        copy ? ACCESS_COPY : ACCESS_DEFAULT),
	                   &err),
	     &err);
	m->id[m->count] = m->last_id;
	m->ino[m->count++] = copy ? 0 : ino;
}

static void sweep_some(struct model *m, uint64_t *random)
{
	size_t kept = 0;

	documents_unmark(&docs);
	for (size_t i = 0; i < m->count; i++) {
		if (random_below(random, 3) == 0)
			continue;
		documents_mark(&docs, docs.v[i].doc);
		m->id[kept] = m->id[i];
		m->ino[kept++] = m->ino[i];
	}
	m->count = kept;
	documents_sweep(&docs);
}

/* A file that was replaced: the same id, another inode. */
static void exchange_one(struct model *m, uint64_t *random)
{
	struct document *fresh[MOST] = { NULL };
	size_t at;

	if (m->count == 0)
		return;
	at = (size_t)random_below(random, m->count);
	if (m->ino[at] == 0)
		return;
	for (uint64_t ino = 1; ino <= FILES; ino++) {
		if (holds_file(m, ino))
			continue;
		fresh[at] = make(m->id[at], ino, ACCESS_DEFAULT);
		m->ino[at] = ino;
		break;
	}
	docs.v[at].changes = CHANGE_REPLACED;
	documents_exchange(&docs, fresh);
	if (fresh[at])
		ck_assert_uint_eq(docs.v[at].changes, 0);
	document_unref(fresh[at]);
}

START_TEST(against_a_model)
{
	uint64_t random = random_seed();

	for (size_t n = cases(200); n > 0; n--) {
		struct model m = { 0 };

		for (size_t step = 0; step < 60; step++) {
			uint64_t what = random_below(&random, 8);

			if (what == 0)
				sweep_some(&m, &random);
			else if (what == 1)
				exchange_one(&m, &random);
			else if (m.count < MOST)
				add_one(&m, &random);
			agree(&m);
		}
		documents_free(&docs);
		ck_assert_uint_eq(alive, 0);
		must(documents_init(&docs, &err), &err);
	}
}
END_TEST

START_TEST(ten_thousand_files)
{
	for (uint64_t i = 1; i <= 10000; i++)
		must(documents_add(&docs, make(i, i, ACCESS_DEFAULT), &err),
		     &err);
	for (uint64_t i = 1; i <= 10000; i++) {
		struct identity id = file_of(i);

		ck_assert_uint_eq(document_id(documents_of_file(&docs, &id)),
		                  i);
	}
}
END_TEST

/* Whatever allocation fails, the document is let go and the rest stays. */
START_TEST(no_memory_changes_nothing)
{
	for (uint64_t i = 1; i <= 100; i++) {
		for (long n = 0;; n++) {
			struct document *doc = make(i, i, ACCESS_DEFAULT);
			bool ok;

			mem_fail_after(n);
			ok = documents_add(&docs, doc, &err);
			mem_fail_after(-1);
			ck_assert_uint_eq(alive, docs.count);
			if (ok)
				break;
			ck_assert_int_eq(err.code, ERR_NOMEM);
			ck_assert_uint_eq(docs.count, i - 1);
		}
		ck_assert_uint_eq(docs.count, i);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("documents");
	TCase *tc = tcase_create("documents");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, against_a_model);
	tcase_add_test(tc, ten_thousand_files);
	tcase_add_test(tc, no_memory_changes_nothing);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
