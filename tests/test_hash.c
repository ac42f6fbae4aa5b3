/*
 * test_hash.c - tests of the command hash and of src/study/hashing.c
 *
 * The model reads a range whole from the view and makes one digest of it at
 * once. Chunks are a few bytes long here.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/run.h"
#include "session.h"
#include "space/view.h"
#include "study/hashing.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum {
	FILE_BYTES = 700,
	MOST = 8192,
	TEXT = 1 << 20,
};

static struct trial t;

static void setup(void)
{
	const char *const none[] = { NULL };
	unsigned char bytes[FILE_BYTES];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	trial_begin(&t, none);
	trial_file("one", bytes, sizeof(bytes));
	trial_file("two", bytes, 100);
}

static void teardown(void)
{
	trial_end(&t);
}

/* --- the model ----------------------------------------------------------- */

/* What a part says to digests: its bytes, those that have a value, or all with
   a filling. Returns how many have none; *first is the first of them. */
static uint64_t load(uint64_t start, uint64_t end, const char *filling,
                     unsigned char *dst, size_t *len, uint64_t *first)
{
	static unsigned char buf[MOST];
	struct runs runs = { 0 };
	struct error err;
	uint64_t lost = 0, at = 0;

	*len = 0;
	must(view_read(session_view(t.ctx.session), start, buf,
	               (size_t)(end - start), 0, &runs, &err),
	     &err);
	for (size_t i = 0; i < runs.count; i++) {
		bool there = state_has_bytes(runs.v[i].state);

		for (uint64_t k = 0; k < runs.v[i].len; k++, at++) {
			if (!there && lost++ == 0)
				*first = start + at;
			if (there)
				dst[(*len)++] = buf[at];
			else if (filling)
				dst[(*len)++] = (unsigned char)
					filling[at % strlen(filling)];
		}
	}
	runs_free(&runs);
	return lost;
}

static size_t print_part(char *dst, const char *name, uint64_t start,
                         uint64_t end, const char *filling, uint64_t *lost,
                         uint64_t *first)
{
	const struct algorithm *a = algorithm_find(name);
	unsigned char out[DIGEST_MAX], bytes[MOST];
	char text[DIGEST_TEXT];
	struct error err;
	struct digest *d = digest_new(a, &err);
	size_t len;
	int n;

	must(d != NULL, &err);
	*lost = load(start, end, filling, bytes, &len, first);
	digest_add(d, bytes, len);
	must(digest_end(d, out, &err), &err);
	digest_free(d);
	n = sprintf(dst, "%s  %s  0x%" PRIx64 ",0x%" PRIx64,
	            digest_text(out, algorithm_size(a), text),
	            algorithm_name(a), start, end);
	if (*lost > 0)
		n += sprintf(dst + n, "  %s %" PRIu64,
		             filling ? "filled" : "skipped", *lost);
	return (size_t)n + (size_t)sprintf(dst + n, "\n");
}

/* --- random spaces ------------------------------------------------------- */

static void open_some(uint64_t *seed)
{
	size_t count = 1 + random_below(seed, 5);
	char line[128];

	for (size_t i = 0; i < count; i++) {
		uint64_t n = 1 + random_below(seed, 300);

		switch (random_below(seed, 5)) {
		case 0:
			snprintf(line, sizeof(line), "open gap:%" PRIu64, n);
			break;
		case 1:
			snprintf(line, sizeof(line), "open memory:%" PRIu64, n);
			break;
		case 2:
			snprintf(line, sizeof(line), "open two");
			break;
		default:
			snprintf(line, sizeof(line), "open one skip %" PRIu64,
			         n);
			break;
		}
		trial_must(&t, line);
	}
}

static void edit_some(uint64_t *seed)
{
	for (size_t n = random_below(seed, 6); n > 0; n--) {
		uint64_t size = space_size(context_space(&t.ctx));
		uint64_t at = random_below(seed, size);
		uint64_t len = 1 + random_below(seed, size - at);
		const char *const what[] = { "put {ff 00 ab}",
			                     "fill {00 01 02}",
			                     "insert zero 33", "delete" };
		size_t how = random_below(seed, ARRAY_LEN(what));
		char line[160];

		if (how == 0 || how == 2)
			len = 1;
		snprintf(line, sizeof(line), "0x%" PRIx64 ",+%" PRIu64 " %s",
		         at, u64_min(len, 90), what[how]);
		if (how == 0 || how == 2)
			snprintf(line, sizeof(line), "0x%" PRIx64 " %s", at,
			         what[how]);
		/* Gaps, and what is shown twice, cannot be edited so. */
		(void)!trial_run(&t, line);
		if (space_size(context_space(&t.ctx)) == 0)
			trial_must(&t, "open one");
	}
}

static const char *const names[] = {
	"crc32", "crc32c",
#ifdef HAVE_CRYPTO
	"md5",   "sha256", "blake2s",
#endif
#ifdef HAVE_XXHASH
	"xxh3",  "xxh128",
#endif
};

struct wanted {
	char *text; /* what is printed, */
	bool stops; /* or where it stops */
	uint64_t addr;
};

static struct wanted expect(uint64_t start, uint64_t end, uint64_t block,
                            const char *const *algorithms, size_t count,
                            size_t how)
{
	static char text[TEXT];
	struct wanted want = { .text = text };
	uint64_t at = start, lost, next;
	char *p = text;

	text[0] = '\0';
	do {
		next = block ? u64_min(at + block, end) : end;
		for (size_t i = 0; i < count; i++) {
			p += print_part(p, algorithms[i], at, next,
			                how == 2 ? "abc" : NULL, &lost,
			                &want.addr);
			want.stops = lost > 0 && how == 0;
			if (want.stops)
				return want;
		}
		at = next;
	} while (at < end);
	return want;
}

static void hash_once(uint64_t *seed)
{
	const char *const words[] = { "", "--unreadable=skip",
		                      "--unreadable=fill:{616263}" };
	uint64_t size = space_size(context_space(&t.ctx));
	uint64_t start = random_below(seed, size + 1);
	uint64_t end = start + random_below(seed, size - start + 1);
	uint64_t block =
		random_below(seed, 2) ? 1 + random_below(seed, 200) : 0;
	const char *picked[3];
	size_t count = 1 + random_below(seed, 3);
	size_t how = random_below(seed, 3);
	size_t from = random_below(seed, ARRAY_LEN(names) - 1);
	struct wanted want;
	char line[256];
	int n = snprintf(line, sizeof(line),
	                 "0x%" PRIx64 ",0x%" PRIx64 " hash %s", start, end,
	                 words[how]);

	count = u64_min(count, ARRAY_LEN(names) - from);
	for (size_t i = 0; i < count; i++) {
		picked[i] = names[from + i];
		n += snprintf(line + n, sizeof(line) - (size_t)n, " %s",
		              picked[i]);
	}
	if (block)
		snprintf(line + n, sizeof(line) - (size_t)n, " -b %" PRIu64,
		         block);
	want = expect(start, end, block, picked, count, how);
	if (want.stops) {
		ck_assert_msg(!trial_run(&t, line), "%s", line);
		ck_assert_int_eq(t.err.code, ERR_STATE);
		ck_assert(t.err.has_addr);
		ck_assert_uint_eq(t.err.addr, want.addr);
		(void)trial_output(&t, NULL);
		return;
	}
	trial_prints(&t, line, want.text);
}

START_TEST(hashes_are_of_what_is_shown)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(80); n > 0; n--) {
		setup();
		open_some(&seed);
		edit_some(&seed);
		for (size_t k = 0; k < 6; k++)
			hash_once(&seed);
		teardown();
	}
}
END_TEST

/* --- many workers -------------------------------------------------------- */

struct counting {
	struct hashing *hashing;
	uint64_t at, end, block;
	uint64_t taken;
	uint32_t crcs[FILE_BYTES];
	size_t count, fail_at;
	bool ok;
	struct error err;
};

static bool next(void *arg, struct interval *part, bool *there,
                 struct error *err)
{
	struct counting *c = arg;

	(void)err;
	*there = c->at < c->end;
	part->start = c->at;
	part->end = u64_min(c->at + c->block, c->end);
	c->at = part->end;
	return true;
}

static bool take(void *arg, const struct hashed *part, struct error *err)
{
	struct counting *c = arg;
	const unsigned char *d = part->digests;

	if (c->count == c->fail_at)
		return error_set(err, ERR_LIMIT, "enough");
	ck_assert_uint_eq(part->start, c->taken);
	c->taken = part->end;
	c->crcs[c->count++] = (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 |
	                      (uint32_t)d[2] << 8 | d[3];
	return true;
}

static void run_it(struct job *job, void *arg)
{
	struct counting *c = arg;

	c->ok = hashing_run(c->hashing, job, &c->err);
}

static void help_it(struct job *job, void *arg)
{
	(void)job;
	hashing_help(arg);
}

/* Hash all in blocks by these many jobs of a pool of their own. */
static void count_blocks(struct counting *c, size_t workers)
{
	const struct algorithm *const all[] = { algorithm_find("crc32"),
		                                algorithm_find("crc32c") };
	struct view *view = session_view(t.ctx.session);
	struct hashing_plan plan = { .view = view,
		                     .algorithms = all,
		                     .count = 2,
		                     .workers = workers,
		                     .total = c->end,
		                     .arg = c,
		                     .next = next,
		                     .take = take };
	struct job *jobs[8];
	struct error err;
	struct pool *pool = pool_new(workers, &err);

	must(pool != NULL, &err);
	c->hashing = hashing_new(&plan, &err);
	must(c->hashing != NULL, &err);
	for (size_t i = 0; i < workers; i++) {
		jobs[i] = job_start(pool, JOB_COMPUTE, i ? help_it : run_it,
		                    i ? (void *)c->hashing : c, &err);
		must(jobs[i] != NULL, &err);
	}
	for (size_t i = 0; i < workers; i++)
		job_wait(jobs[i]);
	pool_free(pool);
	hashing_free(c->hashing);
}

START_TEST(workers_change_nothing)
{
	static struct counting one, many;
	const uint64_t blocks[] = { 1, 7, 64, 65, 200, FILE_BYTES };

	setup();
	trial_must(&t, "open one");
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		for (size_t workers = 2; workers <= 5; workers++) {
			memset(&one, 0, sizeof(one));
			memset(&many, 0, sizeof(many));
			one.end = many.end = FILE_BYTES;
			one.block = many.block = blocks[i];
			one.fail_at = many.fail_at = SIZE_MAX;
			count_blocks(&one, 1);
			count_blocks(&many, workers);
			must(one.ok, &one.err);
			must(many.ok, &many.err);
			ck_assert_uint_eq(one.count, many.count);
			ck_assert_mem_eq(one.crcs, many.crcs, sizeof(one.crcs));
		}
	}
	teardown();
}
END_TEST

START_TEST(a_taker_ends_it)
{
	static struct counting c;

	setup();
	trial_must(&t, "open one");
	for (size_t workers = 1; workers <= 4; workers++) {
		memset(&c, 0, sizeof(c));
		c.end = FILE_BYTES;
		c.block = 10;
		c.fail_at = 3;
		count_blocks(&c, workers);
		ck_assert(!c.ok);
		ck_assert_int_eq(c.err.code, ERR_LIMIT);
		ck_assert_uint_eq(c.count, 3);
	}
	teardown();
}
END_TEST

/* --- faults -------------------------------------------------------------- */

START_TEST(stops_where_a_read_fails)
{
	setup();
	trial_must(&t, "open one");
	faults_bad(300, 5, false);
	ck_assert(!trial_run(&t, "hash crc32"));
	ck_assert_int_eq(t.err.code, ERR_STATE);
	ck_assert(t.err.has_addr && t.err.addr <= 300);
	ck_assert_ptr_nonnull(strstr(t.err.text, "Input/output error"));
	/* Blocks in front of it are printed. */
	ck_assert(!trial_run(&t, "hash crc32 -b 100"));
	ck_assert_ptr_nonnull(strstr(trial_output(&t, NULL), "0x0,0x64\n"));
	ck_assert(!trial_run(&t, "hash crc32 -b 100 > out"));
	ck_assert_int_ne(access("out", F_OK), 0);
	trial_must(&t, "hash crc32 --unreadable=skip");
	ck_assert_ptr_nonnull(strstr(trial_output(&t, NULL), "  skipped "));
	teardown();
}
END_TEST

/* An output that has failed stays so: each time a new one. */
START_TEST(memory_runs_out)
{
	bool ok = false;

	for (long n = 0; !ok; n++) {
		setup();
		trial_must(&t, "open one; open gap:10; open two; 5 put {00}");
		mem_fail_after(n);
		ok = trial_run(&t, "hash crc32 crc32c -b 30 --unreadable=skip");
		mem_fail_after(-1);
		ck_assert_msg(ok || t.err.code == ERR_NOMEM, "%ld: %s", n,
		              t.err.text);
		ok = ok && !t.out.failed;
		teardown();
	}
}
END_TEST

START_TEST(files_fail)
{
	const enum fault_call calls[] = { FAULT_OPEN, FAULT_WRITE, FAULT_SYNC,
		                          FAULT_RENAME };

	setup();
	trial_must(&t, "open one");
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		faults_reset();
		faults_fail(calls[i], 0, SIZE_MAX, ENOSPC);
		if (trial_run(&t, "hash crc32 -b 30 > out")) {
			ck_assert(!faults_happened());
			ck_assert_int_eq(unlink("out"), 0);
			continue;
		}
		ck_assert_int_eq(t.err.code, ERR_IO);
		ck_assert_int_ne(access("out", F_OK), 0);
	}
	faults_reset();
	teardown();
}
END_TEST

START_TEST(cancel_ends_it)
{
	struct context *ctx = &t.ctx;
	struct error err;
	char name[COMMAND_NAME];

	setup();
	trial_must(&t, "open memory:64G");
	ctx->batch = false;
	must(run_line(ctx, "hash crc32", 10, name, &err), &err);
	ck_assert_ptr_nonnull(ctx->task);
	context_cancel(ctx);
	ck_assert_ptr_null(ctx->task);
	teardown();
}
END_TEST

/* --- words --------------------------------------------------------------- */

START_TEST(words)
{
	setup();
	trial_must(&t, "open two");
	ck_assert(!trial_run(&t, "hash"));
	ck_assert_uint_eq(t.err.column, 5);
	ck_assert(!trial_run(&t, "hash crc33"));
	ck_assert_uint_eq(t.err.column, 6);
	ck_assert_ptr_nonnull(strstr(t.err.text, "crc32c xxh3"));
	trial_fails(&t, "hash crc32 -b 0", ERR_SYNTAX,
	            "a number from 1 is needed", 15);
	trial_fails(&t, "hash crc32 >", ERR_SYNTAX, "a file name is needed",
	            13);
	trial_file("three", "", 0);
	trial_fails(&t, "hash crc32 > three", ERR_STATE,
	            "three is there already (hash! writes over it)", 0);
	trial_fails(&t, "hash! crc32 > two", ERR_STATE,
	            "two is open: nothing is written over it", 0);
	trial_fails(&t, "hash crc32 --unreadable=fill > out", ERR_SYNTAX,
	            "what is filled cannot be verified: only stop or skip goes "
	            "to a file",
	            0);
	trial_prints(&t, "hash crc32 CRC32 crc32c >out",
	             "hashed 1 blocks, 100 bytes\n");
	trial_prints(&t, "0,0 hash crc32", "00000000  crc32  0x0,0x0\n");
	teardown();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tc = tcase_create("hash");

	tcase_add_test(tc, hashes_are_of_what_is_shown);
	tcase_add_test(tc, workers_change_nothing);
	tcase_add_test(tc, a_taker_ends_it);
	tcase_add_test(tc, stops_where_a_read_fails);
	tcase_add_test(tc, memory_runs_out);
	tcase_add_test(tc, files_fail);
	tcase_add_test(tc, cancel_ends_it);
	tcase_add_test(tc, words);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
