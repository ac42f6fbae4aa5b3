/*
 * sim_flush.c - the product's flush and its recovery on the simulated disk
 *
 * A scenario edits three small files through a journal and flushes them, some
 * or all, twice. Some edits change a file's length: it is exchanged for
 * another, while others of the same flush are written in place. The scenario
 * is run again and again: with the power cut at each step that changes the
 * disk, with each call failing in each way. After each, recovery finishes what
 * is open, or takes it back, and the files are looked at; recovery is crashed
 * and made to fail as well.
 *
 * I1	The files are all as before a flush, or all as after it.
 * I2	A flush that was reported done stays, one that was reported undone too.
 * I3	The changes that were not flushed wait, and others do not.
 * I4	Recovery twice is recovery once.
 * I6	A healthy disk makes no error and is not called damaged.
 * I7	A bit that was flipped in a journal is noticed, or does no harm.
 * I8	Beside the files nothing is left.
 *
 * Then parts of the protocol are left out, one at a time, and each must be
 * noticed.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "keep/disk.h"
#include "keep/exchange.h"
#include "keep/flush.h"
#include "keep/journal.h"
#include "keep/recover.h"
#include "keep/temp.h"
#include "tests/sim_disk.h"
#include "tests/sim_tally.h"
#include "tests/support.h"

enum {
	DOCS = 3,
	SIZE = 160,
	MOST = 600,
	ROUNDS = 2,
	NEW = 100000,
};

/* What a file has. */
struct content {
	uint8_t v[MOST];
	size_t len;
};

struct state {
	struct content docs[DOCS];
};

/* An edited file, on its way. */
struct doc {
	struct content want;
	size_t from[MOST];   /* offsets of these bytes in the file, or NEW */
	size_t size;         /* of the file */
	bool edited, synced; /* not flushed; durable in the journal */
	bool chosen;
	size_t at, gone; /* of next() and next_gone() */
	uint32_t number;
	uint64_t ino;
};

static struct {
	uint64_t rnd;
	struct doc docs[DOCS];
	struct state before, after; /* of the flush; equal when there is none */
	bool trying;                /* a flush is not over */
	bool committed;             /* its COMMIT is durable */
	bool marked;                /* and a file may be written */
	bool failed;                /* a call did */
	size_t flips, reported;
} run;

static uint64_t below(uint64_t n)
{
	return random_below(&run.rnd, n);
}

static const char *const names[DOCS] = { "f0", "f1", "f2" };
static const char *const paths[DOCS] = { "/f0", "/f1", "/f2" };

static struct folder folder;

static void open_folder(void)
{
	static char path[] = SIM_FOLDER;

	folder.sys = &sim_sys;
	folder.path = path;
	folder.fd = sim_sys.open(path, SYS_FOLDER);
}

/* --- the scenario -------------------------------------------------------- */

static bool name_doc(struct journal *j, int i, struct error *err)
{
	struct record_file file = { .kind = RECORD_FILE_REGULAR,
		                    .ino = run.docs[i].ino,
		                    .size = run.docs[i].size,
		                    .path = paths[i],
		                    .path_len = 3 };

	return run.docs[i].number != 0 ||
	       journal_file(j, &file, &run.docs[i].number, err);
}

/* Let `removed` bytes at `off` be these. */
static void splice(struct doc *doc, size_t off, size_t removed,
                   const uint8_t *bytes, size_t added)
{
	struct content *c = &doc->want;
	size_t rest = c->len - off - removed;

	memmove(c->v + off + added, c->v + off + removed, rest);
	memmove(doc->from + off + added, doc->from + off + removed,
	        rest * sizeof(*doc->from));
	memcpy(c->v + off, bytes, added);
	for (size_t i = 0; i < added; i++)
		doc->from[off + i] = NEW;
	c->len += added - removed;
}

/* Change some bytes of a file, in the journal: most times as many as before. */
static bool edit(struct journal *j, int i, struct error *err)
{
	struct doc *doc = &run.docs[i];
	size_t len = 1 + (size_t)below(below(3) ? 8 : 70);
	size_t off = (size_t)below(doc->want.len - len + 1);
	size_t removed = below(4) ? len : (size_t)below(len);
	uint8_t bytes[SIZE];
	struct record_piece pieces[2] = {
		{ .kind = RECORD_PIECE_EDITED, .len = removed },
		{ .kind = RECORD_PIECE_STORE, .len = len },
	};
	struct record_change change = { .off = off,
		                        .removed_count = removed > 0,
		                        .added_count = 1 };
	uint32_t was = doc->number;
	size_t took = 0;

	for (size_t k = 0; k < len; k++)
		bytes[k] = (uint8_t)below(256);
	if (!name_doc(j, i, err) ||
	    !journal_store(j, bytes, len, &took, &pieces[1].off, err)) {
		doc->number = was;
		return false;
	}
	change.file = doc->number;
	pieces[1].len = took;
	if (removed == len)
		removed = took;
	pieces[0].len = removed;
	/* Deleted, rather than inserted. */
	if (removed < len && below(2)) {
		pieces[0].len = removed = len;
		change.removed_count = 1;
		took = took > 1 ? took / 2 : 0;
		pieces[1].len = took;
		change.added_count = took > 0;
	}
	if (!journal_change(j, &change,
	                    change.removed_count ? pieces : pieces + 1, err) ||
	    !journal_commit(j, false, NULL, err)) {
		doc->number = was;
		return false;
	}
	splice(doc, off, removed, bytes, took);
	doc->edited = true;
	doc->synced = false;
	return true;
}

static bool sync_edits(struct journal *j, struct error *err)
{
	if (!journal_sync(j, err))
		return false;
	for (int i = 0; i < DOCS; i++)
		run.docs[i].synced = run.docs[i].edited;
	return true;
}

static bool next_range(void *ctx, uint64_t *off, uint64_t *len)
{
	struct doc *doc = ctx;
	size_t at = doc->at;

	while (at < doc->want.len && doc->from[at] == at)
		at++;
	*off = at;
	while (at < doc->want.len && doc->from[at] != at)
		at++;
	*len = at - *off;
	doc->at = at;
	return *len > 0;
}

static bool next_part(void *ctx, struct temp_part *part)
{
	struct doc *doc = ctx;
	size_t at = doc->at, from = doc->from[at];
	bool kept = from != NEW;

	if (at == doc->want.len)
		return false;
	while (at < doc->want.len && (doc->from[at] != NEW) == kept &&
	       (!kept || doc->from[at] == from + (at - doc->at)))
		at++;
	*part = (struct temp_part){ at - doc->at, kept ? from : 0, kept };
	doc->at = at;
	return true;
}

/* Old bytes that are in the file no longer. */
static bool next_gone(void *ctx, uint64_t *off, uint64_t *len)
{
	struct doc *doc = ctx;
	bool kept[MOST] = { false };
	size_t at = doc->gone;

	for (size_t i = 0; i < doc->want.len; i++)
		if (doc->from[i] != NEW)
			kept[doc->from[i]] = true;
	while (at < doc->size && kept[at])
		at++;
	*off = at;
	while (at < doc->size && !kept[at])
		at++;
	*len = at - *off;
	doc->gone = at;
	return *len > 0;
}

static bool read_new(void *ctx, uint64_t off, void *buf, size_t len,
                     struct error *err)
{
	struct doc *doc = ctx;

	(void)err;
	memcpy(buf, doc->want.v + off, len);
	return true;
}

/* Choose files to flush, and what they will be. *rest: others go on waiting. */
static size_t choose(struct flush_target *targets, bool *rest)
{
	int not = below(3) ? -1 : (int)below(DOCS);
	size_t n = 0;

	*rest = false;
	run.after = run.before;
	for (int i = 0; i < DOCS; i++) {
		struct doc *doc = &run.docs[i];

		doc->chosen = doc->edited && i != not ;
		*rest = *rest || (doc->edited && !doc->chosen);
		if (!doc->chosen)
			continue;
		doc->at = doc->gone = 0;
		targets[n++] = (struct flush_target){
			.to = { .path = paths[i],
			        .id = { .ino = doc->ino, .size = doc->size } },
			.record = { .file = doc->number,
			            .kind = RECORD_FILE_REGULAR,
			            .path = paths[i],
			            .path_len = 3 },
			.next = next_range,
			.read = read_new,
			.ctx = doc,
			.parts = doc->want.len == doc->size ? NULL : next_part,
			.size = doc->want.len,
			.gone = next_gone,
		};
		run.after.docs[i] = doc->want;
	}
	return n;
}

static void set_base(struct doc *doc)
{
	doc->size = doc->want.len;
	for (size_t i = 0; i < doc->size; i++)
		doc->from[i] = i;
}

static void report_done(const struct flush_target *targets)
{
	size_t n = 0;

	run.before = run.after;
	run.trying = false;
	run.committed = false;
	for (int i = 0; i < DOCS; i++) {
		struct doc *doc = &run.docs[i];

		if (!doc->chosen)
			continue;
		set_base(doc);
		doc->ino = targets[n++].after.ino;
		doc->edited = false;
		doc->synced = false;
		doc->number = 0;
	}
}

static void report_undone(void)
{
	run.after = run.before;
	run.trying = false;
	run.committed = false;
}

/* Commit, write and end, with one more try of what may be tried again. */
static bool try_flush(struct flush *flush, bool rest)
{
	struct error err;

	if (!flush_commit(flush, &err) && flush->state == FLUSH_NOTHING)
		return false;
	run.committed =
		flush->state == FLUSH_OPEN && !sim_crashed() && !sim_failed();
	if (!flush_write(flush, &err) &&
	    (flush->state == FLUSH_NOTHING || !flush_write(flush, &err)))
		return false;
	run.committed = true;
	return flush_end(flush, rest, &err) || flush_end(flush, rest, &err);
}

static bool any_began(const struct flush *flush)
{
	for (size_t i = 0; i < flush->count; i++)
		if (flush->targets[i].began)
			return true;
	return false;
}

/* True if the journal goes on. */
static bool flush_some(struct journal *j)
{
	struct flush_target targets[DOCS];
	struct flush flush = { .sys = &sim_sys,
		               .log = { .journal = j },
		               .targets = targets };
	bool rest;
	bool ok;

	flush.count = choose(targets, &rest);
	if (flush.count == 0)
		return true;
	run.trying = true;
	ok = try_flush(&flush, rest);
	run.marked = flush.state == FLUSH_OPEN && any_began(&flush);
	if (ok)
		report_done(targets);
	else if (flush.state == FLUSH_NOTHING && !sim_crashed())
		report_undone();
	flush_free(&flush);
	return rest || !ok;
}

static void round_of_edits(struct journal *j)
{
	struct error err;

	for (size_t n = 1 + below(4); n > 0; n--)
		if (!edit(j, (int)below(DOCS), &err))
			return;
	if (below(2))
		(void)!sync_edits(j, &err);
}

static void scenario(void)
{
	struct error err;
	struct journal *j;

	open_folder();
	j = journal_new(&folder, &err);
	for (int n = 0; n < ROUNDS && !sim_crashed() && !run.trying; n++) {
		bool on;

		round_of_edits(j);
		on = sim_crashed() || flush_some(j);
		if (on || n == ROUNDS - 1 || run.trying)
			continue;
		/* It is history. */
		journal_free(j);
		j = journal_new(&folder, &err);
	}
	journal_free(j);
}

/* --- looking at what is left --------------------------------------------- */

struct recovery {
	enum recover_end end;
	size_t open, ended, failed, damaged, unreadable;
	const struct sim *sim;
	bool too_late; /* to take it back */
	bool was_done; /* all was written then */
	bool waits[DOCS];
	struct error err;
};

static bool recover_one(void *arg, const char *name);
static bool is_state(const struct sim *sim, const struct state *want);

/* What was displaced goes when all is written, before the journal says so: from
   then on a flush can only be finished. */
static bool finish_instead(struct recovery *r, const char *name)
{
	r->too_late = true;
	r->was_done = is_state(r->sim, &run.after);
	r->end = RECOVER_FINISH;
	r->open--;
	return recover_one(r, name);
}

static bool recover_one(void *arg, const char *name)
{
	struct recovery *r = arg;
	struct recover *rec = recover_open(&folder, name, &r->err);
	const char *all[32] = { 0 };
	struct recover_flush flush;
	uint32_t missing;

	if (!rec) {
		r->failed++;
		return true;
	}
	for (uint32_t i = 0; i < recover_files(rec) && i < 32; i++) {
		int doc = recover_file(rec, i + 1)->path[2] - '0';

		all[i] = paths[doc];
		if (recover_kind(rec) == RECOVER_WAITING &&
		    recover_file_waits(rec, i + 1))
			r->waits[doc] = true;
	}
	r->damaged += recover_kind(rec) == RECOVER_DAMAGED;
	r->unreadable += recover_kind(rec) == RECOVER_UNREADABLE;
	if (recover_flushing(rec, &flush)) {
		r->open++;
		if (recover_end_flush(rec, all, r->end, &missing, &r->err)) {
			r->ended++;
		} else if (r->end == RECOVER_BACK &&
		           r->err.code == ERR_CHANGED) {
			recover_free(rec);
			return finish_instead(r, name);
		} else {
			r->failed++;
		}
	} else if (!recover_drop_temps(rec, all, &r->err)) {
		r->failed++;
	}
	recover_free(rec);
	return true;
}

/* All journals of the folder. */
static struct recovery recover_all(const struct sim *sim, enum recover_end end)
{
	struct recovery r = { .end = end, .sim = sim };

	open_folder();
	if (!recover_names(&folder, recover_one, &r, &r.err))
		r.failed++;
	(void)sim_sys.close(folder.fd);
	return r;
}

static bool is_state(const struct sim *sim, const struct state *want)
{
	for (int i = 0; i < DOCS; i++) {
		const struct content *c = &want->docs[i];
		size_t len;
		const uint8_t *bytes = sim_get(sim, names[i], &len);

		if (len != c->len || memcmp(bytes, c->v, len) != 0)
			return false;
	}
	return true;
}

#define REQUIRE(holds, why)                 \
	do {                                \
		if (!(holds)) {             \
			sim_violation(why); \
			return;             \
		}                           \
	} while (0)

/* Which changes wait: I3. */
static void check_waiting(const struct sim *sim, const struct recovery *r)
{
	bool forward = !is_state(sim, &run.before);

	for (int i = 0; i < DOCS; i++) {
		const struct doc *doc = &run.docs[i];
		bool flushed = doc->chosen && forward;

		if (run.trying && flushed)
			REQUIRE(!r->waits[i], "what was flushed waits");
		else if (doc->synced)
			REQUIRE(r->waits[i], "changes are lost");
		else if (!doc->edited)
			REQUIRE(!r->waits[i], "what was flushed waits still");
	}
}

/* The disk after a crash, with nothing wrong with it. */
static void check_left(struct sim *sim)
{
	enum recover_end end =
		sim_tally.states % 2 ? RECOVER_BACK : RECOVER_FINISH;
	struct recovery r, again;
	bool old, new_;

	sim_tally.states++;
	sim_use(sim);
	r = recover_all(sim, end);
	REQUIRE(r.damaged == 0, "called damaged");
	REQUIRE(r.failed == 0, r.err.text);
	REQUIRE(r.open <= 1, "two flushes are open");
	old = is_state(sim, &run.before);
	new_ = is_state(sim, &run.after);
	REQUIRE(old || new_, "half flushed");
	REQUIRE(run.trying || old, "not what was reported");
	REQUIRE(!r.too_late || r.was_done, "it cannot be taken back");
	if (r.too_late || (run.committed && end == RECOVER_FINISH))
		REQUIRE(new_, "a committed flush was not finished");
	sim_kill(sim);
	again = recover_all(sim, RECOVER_FINISH);
	REQUIRE(again.open == 0 && again.failed == 0, "it was not ended");
	REQUIRE(old == is_state(sim, &run.before), "twice is not once");
	check_waiting(sim, &again);
	REQUIRE(run.failed || !sim_has(sim, ".hxtmp"), "a file is left");
}

static void look(struct sim *sim, void *arg)
{
	(void)arg;
	check_left(sim);
}

static void look_killed(const struct sim *sim)
{
	struct sim *copy = sim_clone(sim);

	sim_kill(copy);
	check_left(copy);
	sim_free(copy);
}

/* --- running ------------------------------------------------------------- */

static void begin(struct sim *sim, uint64_t seed)
{
	sim_tally.seed = seed;
	run.rnd = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	memset(run.docs, 0, sizeof(run.docs));
	run.trying = false;
	run.committed = false;
	run.failed = false;
	run.marked = false;
	for (int i = 0; i < DOCS; i++) {
		struct content *c = &run.before.docs[i];

		c->len = SIZE;
		for (int k = 0; k < SIZE; k++)
			c->v[k] = (uint8_t)below(256);
		run.docs[i].want = *c;
		set_base(&run.docs[i]);
		run.docs[i].ino = sim_put(sim, names[i], c->v, SIZE);
	}
	run.after = run.before;
	sim_seed(seed);
	sim_count_from_0();
}

static struct sim *run_scenario(uint64_t seed)
{
	struct sim *sim = sim_new();

	sim_use(sim);
	begin(sim, seed);
	scenario();
	run.failed = sim_failed();
	return sim;
}

static void explore(struct sim *sim, size_t most, enum sim_fill fill)
{
	uint64_t seed = run.rnd | 1;

	sim_crash_at(SIZE_MAX);
	sim_count_from_0();
	(void)sim_states(sim, most, fill, &seed, look, NULL);
}

/* Recovery is crashed at each of its steps, or one of its calls fails. */
static void crash_again(const struct sim *sim, enum sim_fill fill, bool killed)
{
	uint64_t seed = random_u64(&run.rnd) | 1;
	struct sim *left =
		killed ? sim_clone(sim) : sim_random_state(sim, fill, &seed);
	enum recover_end end =
		random_below(&seed, 3) ? RECOVER_FINISH : RECOVER_BACK;
	bool committed = run.committed;
	bool fails = random_below(&seed, 3) == 0;
	struct sim *again;
	size_t steps;
	struct recovery r;

	sim_kill(left);
	again = sim_clone(left);
	sim_use(again);
	sim_count_from_0();
	r = recover_all(again, end);
	steps = fails ? sim_calls() : sim_steps();
	sim_free(again);
	if (r.open > 0 && steps > 0) {
		size_t at = (size_t)random_below(&seed, steps);

		sim_use(left);
		sim_count_from_0();
		if (fails)
			sim_fail_at(at, SIM_FAULT_ERROR,
			            random_below(&seed, 2) ? EIO : ENOSPC,
			            random_below(&seed, 2) != 0);
		else
			sim_crash_at(at);
		sim_tally.nested++;
		(void)recover_all(left, end);
		sim_fail_never();
		if (end == RECOVER_BACK)
			run.committed = false;
		explore(left, 4, fill);
		look_killed(left);
		run.committed = committed;
	}
	sim_free(left);
}

static void crash_everywhere(uint64_t seed, size_t most)
{
	struct sim *sim;
	size_t steps;
	char what[64];

	sim_tally.what = what;
	snprintf(what, sizeof(what), "no crash");
	sim = run_scenario(seed);
	steps = sim_steps();
	if (run.trying)
		sim_violation("a healthy flush failed");
	explore(sim, most, SIM_FILL_ZERO);
	look_killed(sim);
	sim_free(sim);
	for (int fill = 0; fill < 2; fill++)
		for (size_t k = 0; k < steps; k++) {
			snprintf(what, sizeof(what), "crash at %zu, fill %d", k,
			         fill);
			sim_crash_at(k);
			sim = run_scenario(seed);
			explore(sim, most, (enum sim_fill)fill);
			look_killed(sim);
			for (int n = 0; n < 3 && run.trying; n++)
				crash_again(sim, (enum sim_fill)fill, n == 0);
			sim_free(sim);
		}
}

static void fail_once(uint64_t seed, const struct sim_failing *f, size_t call,
                      size_t most)
{
	struct sim *sim;

	sim_sync_loses(f->lost);
	sim_fail_at(call, f->fault, f->errnum, f->sticky);
	sim = run_scenario(seed);
	sim_fail_never();
	explore(sim, most, SIM_FILL_ZERO);
	look_killed(sim);
	if (run.trying)
		crash_again(sim, SIM_FILL_ZERO, true);
	sim_free(sim);
}

static size_t count_calls(uint64_t seed)
{
	sim_free(run_scenario(seed));
	return sim_calls();
}

static void fail_everywhere(uint64_t seed, size_t most)
{
	sim_fail_each(seed, most, count_calls, fail_once);
}

/* --- bits ---------------------------------------------------------------- */

static struct state state_of(const struct sim *sim)
{
	struct state state = { 0 };

	for (int i = 0; i < DOCS; i++) {
		struct content *c = &state.docs[i];
		const uint8_t *bytes = sim_get(sim, names[i], &c->len);

		memcpy(c->v, bytes, c->len);
	}
	return state;
}

/* Recovery of a disk on which a bit of a journal with an open flush is another
   one: either that does no harm, or it says so and changes nothing (I7). */
static void look_flipped(struct sim *sim)
{
	struct state left = state_of(sim);
	struct recovery r;

	sim_use(sim);
	r = recover_all(sim, RECOVER_FINISH);
	run.flips++;
	if (r.ended > 0) {
		REQUIRE(is_state(sim, &run.after), "a flipped bit is written");
		return;
	}
	run.reported++;
	REQUIRE(r.damaged + r.failed + r.unreadable > 0,
	        "a flipped bit is silent");
	REQUIRE(is_state(sim, &left), "damaged, and files are written");
}

static bool find_open(void *arg, const char *name)
{
	struct error err;
	struct recover *rec = recover_open(&folder, name, &err);
	struct recover_flush flush;

	if (rec && recover_flushing(rec, &flush))
		strcpy(arg, name);
	recover_free(rec);
	return true;
}

/* The journal with an open flush; "" for none. */
static void name_open(struct sim *sim, char name[static 64])
{
	struct error err;

	name[0] = '\0';
	sim_use(sim);
	sim_count_from_0();
	open_folder();
	(void)!recover_names(&folder, find_open, name, &err);
	(void)sim_sys.close(folder.fd);
}

/* The program is killed at a step of a flush, so that all of its journal can be
   read; then bits of that are flipped. */
static void flip_everywhere(uint64_t seed)
{
	struct sim *sim = run_scenario(seed);
	size_t steps = sim_steps();

	sim_free(sim);
	for (size_t k = 0; k < steps; k++) {
		char what[64], name[64];
		size_t len = 0;

		sim_crash_at(k);
		sim = run_scenario(seed);
		sim_crash_at(SIZE_MAX);
		sim_kill(sim);
		name_open(sim, name);
		if (run.marked && name[0])
			(void)sim_get(sim, name, &len);
		for (uint64_t bit = below(512); bit < len * 8;
		     bit += 1 + below(512)) {
			struct sim *copy = sim_clone(sim);

			snprintf(what, sizeof(what),
			         "bit %" PRIu64 ", killed at %zu", bit, k);
			sim_tally.what = what;
			sim_flip_in(copy, name, bit);
			sim_count_from_0();
			look_flipped(copy);
			sim_free(copy);
		}
		sim_free(sim);
	}
}

/* --- tests --------------------------------------------------------------- */

START_TEST(crashes)
{
	sim_explore_all("crashes", crash_everywhere, 16, cases(300000));
}
END_TEST

START_TEST(failing_calls)
{
	sim_explore_all("failing calls", fail_everywhere, 3, cases(60000));
}
END_TEST

START_TEST(flipped_bits)
{
	size_t least = cases(3000);

	sim_tally_reset(false);
	for (uint64_t seed = sim_first_seed(); run.flips < least; seed++)
		flip_everywhere(seed);
	printf("%zu flips, %zu reported\n", run.flips, run.reported);
	ck_assert_uint_eq(sim_tally.violations, 0);
}
END_TEST

struct mutation {
	const char *what;
	unsigned flush, apply, recover, temp, exchange;
};

static const struct mutation mutations[] = {
	{ "written before the COMMIT is durable", .flush = FLUSH_BREAK_COMMIT },
	{ "the end before the writes", .flush = FLUSH_BREAK_END },
	{ "not taken back after a failure", .flush = FLUSH_BREAK_BACK },
	{ "taken back and not said", .flush = FLUSH_BREAK_OVER },
	{ "files are not synced", .apply = APPLY_BREAK_SYNC },
	{ "a second sync as proof", .apply = APPLY_BREAK_RETRY },
	{ "recovery trusts what was read", .recover = RECOVER_BREAK_DURABLE },
	{ "a temporary file is not synced", .temp = TEMP_BREAK_SYNC },
	{ "nor is its name", .temp = TEMP_BREAK_FOLDER },
	{ "nor are the times of the file", .temp = TEMP_BREAK_OLD },
	{ "exchanged names are not synced", .exchange = EXCHANGE_BREAK_FOLDER },
	{ "old files go too early", .flush = FLUSH_BREAK_CLEAN },
	{ "old files come back", .exchange = EXCHANGE_BREAK_CLEAN },
};

/* What only flipped bits show. */
START_TEST(a_mark_is_missed)
{
	sim_tally_reset(true);
	flush_break(FLUSH_BREAK_MARK);
	for (uint64_t seed = sim_first_seed();
	     sim_tally.violations == 0 && run.flips < 3000; seed++)
		flip_everywhere(seed);
	flush_break(0);
	ck_assert_uint_gt(sim_tally.violations, 0);
}
END_TEST

START_TEST(mutations_are_noticed)
{
	const struct mutation *m = &mutations[_i];

	flush_break(m->flush);
	apply_break(m->apply);
	recover_break(m->recover);
	temp_break(m->temp);
	exchange_break(m->exchange);
	sim_search(m->what, sim_first_seed(), crash_everywhere, fail_everywhere,
	           false);
	flush_break(0);
	apply_break(0);
	recover_break(0);
	temp_break(0);
	exchange_break(0);
	ck_assert_uint_gt(sim_tally.violations, 0);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 600);
	suite_add_tcase(s, tc);
	return tc;
}

int main(void)
{
	Suite *s = suite_create("sim_flush");

	(void)sim_first_seed();
	tcase_add_test(add_case(s, "crashes"), crashes);
	tcase_add_test(add_case(s, "faults"), failing_calls);
	tcase_add_test(add_case(s, "bits"), flipped_bits);
	tcase_add_test(add_case(s, "mark"), a_mark_is_missed);
	tcase_add_loop_test(add_case(s, "mutations"), mutations_are_noticed, 0,
	                    (int)ARRAY_LEN(mutations));
	return run_suite(s);
}
