/*
 * test_replace.c - tests of replace and replace-all, and of find-all over edits
 *
 * The model is the bytes of the space, and of each state before. What a search
 * finds and what a replacement makes of it is PCRE2's answer about each run of
 * readable bytes of the model. What the commands refuse and print stands in
 * tests/batch/replace.t.
 */
#include "config.h"

#include "command/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "command/context.h"
#include "command/replace.h"
#include "command/run.h"
#include "session.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum {
	MOST = 2000, /* bytes of a model */
	LESS = 200,  /* what makes it shorter is tried from here on */
	STEPS = 30,
	LINE = 160,
	FILES = 300, /* bytes of the files */
};

static struct trial t;

/* What is sought, and the same for PCRE2. */
static const struct sought {
	const char *pattern, *regex;
	uint32_t options;
} patterns[] = {
	{ "\"ab\"", "ab", 0 },
	{ "{61 ?? 62}", "a.b", PCRE2_DOTALL },
	{ "-i \"AB\"", "ab", 0 },
	{ "/a+b/", "a+b", 0 },
	{ "/(a|b)c?\\1/", "(a|b)c?\\1", 0 },
	{ "/(?<=a)(b)(?=c)/", "(?<=a)(b)(?=c)", 0 },
	{ "/\\b(a)(b)?\\b/", "\\b(a)(b)?\\b", 0 },
	{ "/^(?<x>a)|(?<y>c)$/", "^(?<x>a)|(?<y>c)$", 0 },
	{ "/^[ab]+(c)?/m", "^[ab]+(c)?", PCRE2_MULTILINE },
	{ "/a(?s:.*?)b/", "a(?s:.*?)b", 0 },
	{ "/(?!<b)c(?<x>)/", "(?!<b)c(?<x>)", 0 },
};

/* What it is replaced by; `groups` are needed. */
static const struct value {
	const char *value, *substitute;
	uint32_t groups;
} values[] = {
	{ "\"b\"", "b", 0 },
	{ "{}", "", 0 },
	{ "//", "", 0 },
	{ "\"aXb\"", "aXb", 0 },
	{ "/$0$&/", "$0$0", 0 },
	{ "/<$1>/", "<$1>", 1 },
	{ "/\\1${1}0/", "$1${1}0", 1 },
	{ "/$2\\x61$1/", "$2a$1", 2 },
	{ "/$$\\$\\/\\n/", "$$$$/\n", 0 },
};

struct model {
	unsigned char v[MOST];
	bool bad[MOST];
	size_t len;
};

static pcre2_code *compile(const struct sought *sought)
{
	PCRE2_SIZE offset;
	int code;
	pcre2_code *regex =
		pcre2_compile((PCRE2_SPTR)sought->regex, PCRE2_ZERO_TERMINATED,
	                      sought->options | PCRE2_DOLLAR_ENDONLY, &code,
	                      &offset, NULL);

	ck_assert_ptr_nonnull(regex);
	return regex;
}

/* The run of readable bytes from *at on; false: there is none. */
static bool next_run(const struct model *m, size_t *at, size_t *end)
{
	while (*at < m->len && m->bad[*at])
		++*at;
	for (*end = *at; *end < m->len && !m->bad[*end];)
		++*end;
	return *at < m->len;
}

/* --- searching ----------------------------------------------------------- */

static void add_found(char *out, size_t base, const PCRE2_SIZE *where)
{
	size_t len = strlen(out);

	snprintf(out + len, MOST * 16 - len, "0x%zx %zu\n", base + where[0],
	         where[1] - where[0]);
}

/* What find-all prints, without the places. */
static void find_in_model(const struct model *m, const pcre2_code *regex,
                          char *out)
{
	pcre2_match_data *data =
		pcre2_match_data_create_from_pattern(regex, NULL);
	size_t end;

	out[0] = '\0';
	for (size_t at = 0; next_run(m, &at, &end); at = end) {
		const PCRE2_SIZE *where = pcre2_get_ovector_pointer(data);

		for (size_t from = 0;
		     from < end - at &&
		     pcre2_match(regex, m->v + at, end - at, from,
		                 PCRE2_NOTEMPTY, data, NULL) > 0;
		     from = where[1])
			add_found(out, at, where);
	}
	pcre2_match_data_free(data);
}

/* Take the place off each line. */
static void cut_places(char *out)
{
	char *to = out;

	for (const char *from = out; *from;) {
		size_t words = 0;

		for (; *from != '\n'; from++) {
			words += *from == ' ';
			if (words < 2)
				*to++ = *from;
		}
		*to++ = *from++;
	}
	*to = '\0';
}

static void finds(const struct model *m, const struct sought *sought)
{
	static char want[MOST * 16], got[MOST * 40];
	pcre2_code *regex = compile(sought);
	char line[LINE];
	size_t len;

	find_in_model(m, regex, want);
	snprintf(line, LINE, "find-all %s", sought->pattern);
	trial_must(&t, line);
	snprintf(got, sizeof(got), "%s", trial_output(&t, &len));
	cut_places(got);
	ck_assert_str_eq(got, want);
	pcre2_code_free(regex);
}

/* --- replacing ----------------------------------------------------------- */

/* Replace in one run; what comes of it is appended to `out`. */
static uint32_t replace_run(const unsigned char *run, size_t len,
                            const pcre2_code *regex, const char *substitute,
                            struct model *out)
{
	PCRE2_SIZE room = MOST - out->len;
	/* With the option for its length it does not stop at the end. */
	int rc = pcre2_substitute(regex, run, len, 0,
	                          PCRE2_NOTEMPTY | PCRE2_SUBSTITUTE_GLOBAL |
	                                  PCRE2_SUBSTITUTE_UNSET_EMPTY,
	                          NULL, NULL, (PCRE2_SPTR)substitute,
	                          PCRE2_ZERO_TERMINATED, out->v + out->len,
	                          &room);

	ck_assert_int_ge(rc, 0);
	memset(out->bad + out->len, 0, room);
	out->len += room;
	return (uint32_t)rc;
}

static uint32_t replace_in_model(struct model *m, const pcre2_code *regex,
                                 const char *substitute)
{
	static struct model out;
	uint32_t count = 0;
	size_t at = 0, end;

	out.len = 0;
	for (;;) {
		size_t from = at;
		bool more = next_run(m, &at, &end);

		for (; from < at; from++) {
			out.v[out.len] = m->v[from];
			out.bad[out.len++] = true;
		}
		if (!more)
			break;
		count += replace_run(m->v + at, end - at, regex, substitute,
		                     &out);
		at = end;
	}
	*m = out;
	return count;
}

static void replace_all(struct model *m, const struct sought *sought,
                        const struct value *value, bool *edited)
{
	pcre2_code *regex = compile(sought);
	char line[LINE], want[24];
	uint32_t groups, count = 0;

	pcre2_pattern_info(regex, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (value->groups <= groups)
		count = replace_in_model(m, regex, value->substitute);
	pcre2_code_free(regex);
	*edited = count > 0;
	if (value->groups > groups)
		return;
	snprintf(line, LINE, "replace-all %s %s", sought->pattern,
	         value->value);
	snprintf(want, sizeof(want), "%" PRIu32 "\n", count);
	trial_prints(&t, line, want);
}

/* --- edits --------------------------------------------------------------- */

static void model_splice(struct model *m, size_t at, size_t removed,
                         const char *added, size_t len)
{
	memmove(m->v + at + len, m->v + at + removed, m->len - at - removed);
	memmove(m->bad + at + len, m->bad + at + removed,
	        m->len - at - removed);
	memcpy(m->v + at, added, len);
	memset(m->bad + at, 0, len);
	m->len += len - removed;
}

static bool is_readable(const struct model *m, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (m->bad[i])
			return false;
	return true;
}

/* A random edit of some bytes. */
static void edit_bytes(struct model *m, uint64_t *seed)
{
	static const char *const texts[] = { "a", "ab", "c\\nab", "bca" };
	static const char *const bytes[] = { "a", "ab", "c\nab", "bca" };
	size_t i = (size_t)random_below(seed, 4);
	size_t len = strlen(bytes[i]);
	size_t at = (size_t)random_below(seed, m->len - len);
	char line[LINE];

	while (!is_readable(m, at, len))
		at = (size_t)random_below(seed, m->len - len);
	switch (random_below(seed, m->len > LESS ? 3 : 2)) {
	case 0:
		snprintf(line, LINE, "%zu put \"%s\"", at, texts[i]);
		model_splice(m, at, len, bytes[i], len);
		break;
	case 1:
		snprintf(line, LINE, "%zu insert \"%s\"", at, texts[i]);
		model_splice(m, at, 0, bytes[i], len);
		break;
	default:
		snprintf(line, LINE, "%zu,+%zu delete", at, len);
		model_splice(m, at, len, "", 0);
		break;
	}
	trial_must(&t, line);
}

static void edit(struct model *m, uint64_t *seed, bool *edited)
{
	const struct sought *sought =
		&patterns[random_below(seed, ARRAY_LEN(patterns))];
	const struct value *value =
		&values[random_below(seed, ARRAY_LEN(values))];
	/* It may become four times as long, or nothing at all. */
	bool fits = m->len > LESS && m->len < MOST / 5;

	*edited = true;
	if (fits && random_below(seed, 3) == 0)
		replace_all(m, sought, value, edited);
	else
		edit_bytes(m, seed);
}

static void shows(const struct model *m)
{
	unsigned char buf[MOST];
	struct runs runs = { 0 };
	struct view *view = session_view(t.ctx.session);

	ck_assert_uint_eq(view_size(view), m->len);
	must(view_read(view, 0, buf, m->len, 0, &runs, &t.err), &t.err);
	for (size_t i = 0; i < m->len; i++) {
		ck_assert_int_eq(!state_has_bytes(runs_at(&runs, i)->state),
		                 m->bad[i]);
		if (!m->bad[i])
			ck_assert_uint_eq(buf[i], m->v[i]);
	}
	runs_free(&runs);
}

/* --- worlds -------------------------------------------------------------- */

/* Three files, with a gap behind the first one; the second may have lost its
   end, which cannot be read then. */
static void begin(struct model *m, uint64_t *seed)
{
	static const char *const inputs[] = { "a", "gap:3", "b", "c", NULL };
	static const char letters[] = "aaabbbcc \n";
	char v[FILES];
	size_t a = 1 + (size_t)random_below(seed, FILES / 4);
	size_t b = 1 + (size_t)random_below(seed, FILES / 2);
	size_t kept = (size_t)random_below(seed, b + 1);

	for (size_t i = 0; i < sizeof(v); i++)
		v[i] = letters[random_below(seed, sizeof(letters) - 1)];
	*m = (struct model){ .len = FILES + 3 };
	trial_file("a", v, a);
	trial_file("b", v + a, b);
	trial_file("c", v + a + b, FILES - a - b);
	memcpy(m->v, v, a);
	memset(m->bad + a, 1, 3);
	memcpy(m->v + a + 3, v + a, FILES - a);
	trial_begin(&t, inputs);
	memset(m->bad + a + 3 + kept, 1, b - kept);
	ck_assert_int_eq(truncate("b", (off_t)kept), 0);
}

/* Edit, undo and redo at random; each state is searched. */
START_TEST(edits_and_searches)
{
	struct model *past = mem_zalloc((STEPS + 2) * sizeof(*past), &t.err);
	uint64_t seed = random_seed();

	must(past != NULL, &t.err);
	for (size_t n = cases(60); n > 0; n--) {
		size_t here = 0, last = 0;

		begin(&past[0], &seed);
		while (here < STEPS) {
			uint64_t what = random_below(&seed, 5);
			bool edited;

			if (what == 0 && here > 0) {
				trial_prints(&t, "undo", "1\n");
				here--;
			} else if (what == 1 && here < last) {
				trial_prints(&t, "redo", "1\n");
				here++;
			} else {
				struct model *next = &past[STEPS + 1];

				*next = past[here];
				edit(next, &seed, &edited);
				if (edited) {
					past[++here] = *next;
					last = here;
				}
			}
			shows(&past[here]);
			finds(&past[here],
			      &patterns[random_below(&seed,
			                             ARRAY_LEN(patterns))]);
		}
		trial_end(&t);
	}
	mem_free(past);
}
END_TEST

/* --- one after the other ------------------------------------------------- */

static void setup(void)
{
	static const char *const inputs[] = { "a", "b", NULL };

	faults_reset();
	trial_file("a", "foo bar foo ba", 14);
	trial_file("b", "r-foobar", 8);
	trial_begin(&t, inputs);
}

static void teardown(void)
{
	trial_end(&t);
}

/* replace goes on behind what it has put in. */
START_TEST(one_at_a_time)
{
	trial_prints(&t, "replace \"foo\" \"foofoo\"", "1\n");
	ck_assert_uint_eq(t.ctx.cursor.addr, 6);
	trial_prints(&t, "replace \"foo\" {}", "1\n");
	ck_assert_uint_eq(t.ctx.cursor.addr, 11);
	trial_prints(&t, "replace /ba(r)-/ /$1$1/", "1\n");
	trial_prints(&t, "%print raw", "foofoo bar  rrfoobar");
	trial_fails(&t, "replace \"bar-\" {}", ERR_NO, "not found", 0);
	trial_must(&t, "undo 3");
	(void)trial_output(&t, NULL);
	trial_prints(&t, "%print raw", "foo bar foo bar-foobar");
}
END_TEST

/* Whatever memory fails: all is replaced or nothing. */
START_TEST(without_memory)
{
	static const char *const lines[] = {
		"replace-all \"foo\" \"quux\"",
		"replace-all /(b)a(?<x>r)/ /$1${x}/ --pad {20 21}",
		"0 replace \"u\" zero",
		"replace-all --in %s /[a-z]+/ random",
	};

	trial_must(&t, "find-all \"foo\" as %s");
	(void)trial_output(&t, NULL);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		for (long k = 0;; k++) {
			uint64_t was = session_generation(t.ctx.session);
			bool ok;

			ck_assert_int_lt(k, 1000);
			mem_fail_after(k);
			ok = trial_run(&t, lines[i]);
			mem_fail_after(-1);
			if (ok)
				break;
			ck_assert_int_eq(t.err.code, ERR_NOMEM);
			ck_assert_uint_eq(session_generation(t.ctx.session),
			                  was);
		}
	}
	trial_must(&t, "undo");
	(void)trial_output(&t, NULL);
}
END_TEST

START_TEST(too_many)
{
	t.ctx.set_limit = 2;
	trial_fails(&t, "replace-all \"o\" \"0\"", ERR_LIMIT,
	            "more than 2 matches: nothing was replaced (-n limits "
	            "them)",
	            0);
	trial_prints(&t, "replace-all -n 2 \"o\" \"0\"", "2\n");
	trial_prints(&t, "%print raw", "f00 bar foo bar-foobar");
}
END_TEST

/* What is edited while the search runs makes it worthless; so does another
   program. */
START_TEST(something_changes)
{
	char name[COMMAND_NAME];
	static const char line[] = "replace-all /(o)o/ /$1/";

	t.ctx.batch = false;
	must(run_line(&t.ctx, line, strlen(line), name, &t.err), &t.err);
	job_wait(t.ctx.task->job);
	must(run_line(&t.ctx, "0 put \"F\"", 9, name, &t.err), &t.err);
	ck_assert(!context_finish(&t.ctx, &t.err));
	ck_assert_int_eq(t.err.code, ERR_CHANGED);
	t.ctx.batch = true;
	trial_prints(&t, "%print raw", "Foo bar foo bar-foobar");
}
END_TEST

/* --- questions ----------------------------------------------------------- */

static struct replacing *asked;

static void keep(struct context *ctx, struct replacing *r)
{
	(void)ctx;
	ck_assert_ptr_null(asked);
	asked = r;
}

/* Ask, whatever memory there is at first. */
static void ask(const char *line)
{
	bool ok = false;

	t.ctx.ask_replace = keep;
	for (long n = 0; !ok; n++) {
		ck_assert_int_lt(n, 1000);
		mem_fail_after(n);
		ok = trial_run(&t, line);
		mem_fail_after(-1);
		ck_assert_int_eq(ok, asked != NULL);
	}
}

/* What was chosen is replaced as one edit, or nothing is. */
static void answer(const char *answers, const char *want)
{
	uint64_t was = session_generation(t.ctx.session);
	bool ok = false;

	ck_assert_uint_eq(replacing_count(asked), strlen(answers));
	for (size_t i = 0; answers[i]; i++) {
		replacing_choose(asked, i, answers[i] == 'y');
		ck_assert_int_eq(replacing_is_chosen(asked, i),
		                 answers[i] == 'y');
	}
	for (long n = 0; !ok; n++) {
		ck_assert_int_lt(n, 1000);
		mem_fail_after(n);
		ok = replacing_apply(&t.ctx, asked, &t.err);
		mem_fail_after(-1);
		if (!ok)
			ck_assert_uint_eq(session_generation(t.ctx.session),
			                  was);
	}
	replacing_free(asked);
	asked = NULL;
	(void)trial_output(&t, NULL);
	trial_prints(&t, "%print raw", want);
	if (session_generation(t.ctx.session) != was)
		trial_must(&t, "undo");
	(void)trial_output(&t, NULL);
}

START_TEST(questions)
{
	char text[REPLACING_TEXT];
	uint64_t len;

	ask("replace-all -q \"foo\" \"f\"");
	ck_assert_uint_eq(replacing_match(asked, 1, &len), 8);
	ck_assert_uint_eq(len, 3);
	ck_assert_str_eq(replacing_text(&t.ctx, asked, 1, text),
	                 "66 6f 6f -> 66");
	answer("nyn", "foo bar f bar-foobar");
	ask("replace-all -q /(f)o(o)/ /$2$1/");
	ck_assert_str_eq(replacing_text(&t.ctx, asked, 0, text),
	                 "66 6f 6f -> 6f 66");
	answer("yny", "of bar foo bar-ofbar");
	ask("replace-all -q \"foo\" {}");
	ck_assert_str_eq(replacing_text(&t.ctx, asked, 0, text),
	                 "66 6f 6f -> nothing");
	answer("nnn", "foo bar foo bar-foobar");
	ask("replace-all -q /[a-z ]+/ zero");
	ck_assert_str_eq(replacing_text(&t.ctx, asked, 0, text),
	                 "66 6f 6f 20 62 61 72 20.. -> zeros");
	/* What is edited meanwhile makes the matches worthless. */
	trial_must(&t, "0 put \"x\"");
	for (size_t i = 0; i < replacing_count(asked); i++)
		replacing_choose(asked, i, true);
	ck_assert(!replacing_apply(&t.ctx, asked, &t.err));
	ck_assert_int_eq(t.err.code, ERR_CHANGED);
	replacing_free(asked);
	asked = NULL;
	t.ctx.macros.is_running = true;
	trial_fails(&t, "replace-all -q \"foo\" {}", ERR_SYNTAX,
	            "-q asks, which no batch, script or macro can answer", 0);
	t.ctx.macros.is_running = false;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replace");
	TCase *random = tcase_create("random");
	TCase *all = tcase_create("all");

	tcase_set_timeout(random, 300);
	tcase_add_test(random, edits_and_searches);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, one_at_a_time);
	tcase_add_test(all, without_memory);
	tcase_add_test(all, too_many);
	tcase_add_test(all, something_changes);
	tcase_add_test(all, questions);
	suite_add_tcase(suite, random);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
